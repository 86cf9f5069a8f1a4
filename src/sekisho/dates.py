"""What "on a day" means: days, months and years that keep their resolution.

A law text says "2019-07-04", a newspaper "in July 2012", a chronicle "2004". A
:class:`PartialDate` keeps what is known and is never silently completed. Asked whether
something dated ``2004`` had happened by 1 June 2004, the answer is ``None``: not known.

Intervals are half-open: a rule in force from a day, until another, holds on the first
and not on the second.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from functools import cache

from sekisho.errors import ValueInvalid

_FORM = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A calendar date known to the day, the month or the year.

    >>> PartialDate.parse("2012-07").last
    datetime.date(2012, 7, 31)
    >>> str(PartialDate.parse("2004"))
    '2004'
    """

    year: int
    month: int | None = None
    day: int | None = None

    @classmethod
    def parse(cls, text: str) -> PartialDate:
        """Reads ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``.

        Raises:
            ValueInvalid: If the text has another form or names no such day.
        """
        return _parse_partial(text)

    @classmethod
    def of(cls, day: dt.date) -> PartialDate:
        """The partial date that is exactly one day."""
        return cls(day.year, day.month, day.day)

    @property
    def first(self) -> dt.date:
        """The earliest day it can mean."""
        return dt.date(self.year, self.month or 1, self.day or 1)

    @property
    def last(self) -> dt.date:
        """The latest day it can mean."""
        month = self.month or 12
        return dt.date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    @property
    def is_day(self) -> bool:
        """Whether it is known to the day."""
        return self.day is not None

    def reached(self, day: dt.date) -> bool | None:
        """Whether the date had come on ``day``; ``None`` inside the uncertain span.

        >>> PartialDate.parse("2004").reached(dt.date(2004, 6, 1)) is None
        True
        """
        if day >= self.last:
            return True
        return False if day < self.first else None

    def __str__(self) -> str:
        if self.month is None:
            return f"{self.year:04d}"
        if self.day is None:
            return f"{self.year:04d}-{self.month:02d}"
        return f"{self.year:04d}-{self.month:02d}-{self.day:02d}"


@cache
def _parse_partial(text: str) -> PartialDate:
    form = _FORM.fullmatch(text)
    if form is None:
        msg = f"{text!r} is not a date"
        raise ValueInvalid(msg, "YYYY-MM-DD, YYYY-MM or YYYY")
    year, month, day = (int(part) if part else None for part in form.groups())
    assert year is not None  # noqa: S101  the form has a year
    check_day(year, 1 if month is None else month, 1 if day is None else day, text)
    return PartialDate(year, month, day)


def check_day(year: int, month: int, day: int, text: str) -> dt.date:
    """The day of a calendar date, or an error that says why there is none.

    Raises:
        ValueInvalid: If the month or the day does not exist.
    """
    if not 1 <= year <= dt.MAXYEAR:
        msg = f"{text!r} is not a date: there is no year {year}"
        raise ValueInvalid(msg, "YYYY-MM-DD")
    if not 1 <= month <= 12:  # noqa: PLR2004  months of a year
        msg = f"{text!r} is not a date: there is no month {month}"
        raise ValueInvalid(msg, "YYYY-MM-DD")
    length = calendar.monthrange(year, month)[1]
    if not 1 <= day <= length:
        msg = f"{text!r} is not a date: {calendar.month_name[month]} {year} has {length} days"
        raise ValueInvalid(msg, "YYYY-MM-DD")
    return dt.date(year, month, day)


def parse_day(text: str) -> dt.date:
    """Reads one ISO day.

    >>> parse_day("2019-07-04")
    datetime.date(2019, 7, 4)

    Raises:
        ValueInvalid: If the text is not an ISO day, or only a month or a year.
    """
    form = _FORM.fullmatch(text)
    if form is None or form[3] is None:
        msg = f"{text!r} is not a day"
        raise ValueInvalid(msg, "YYYY-MM-DD")
    return PartialDate.parse(text).first


def in_order(first: dt.date, second: dt.date) -> None:
    """Refuses two days of which the second lies before the first.

    Raises:
        ValueInvalid: Naming both days in the order that was expected.
    """
    if second < first:
        msg = f"the second day, {second}, lies before the first, {first}"
        raise ValueInvalid(msg, f"the earlier day first: {second}, then {first}")


def require_day(name: str, value: object) -> None:
    """Refuses an argument that is not a day.

    >>> require_day("known_on", "2019-07-04")
    Traceback (most recent call last):
    sekisho.errors.ValueInvalid: known_on is '2019-07-04', a str; expected a datetime.date

    Raises:
        ValueInvalid: If it is none, or a moment of a day.
    """
    if type(value) is not dt.date:
        msg = f"{name} is {value!r}, a {type(value).__name__}"
        raise ValueInvalid(msg, "a datetime.date")
