"""Days as people and other programs write them: ISO, Japanese eras, spreadsheets.

What is taken has one meaning only. Where the order of month and day is open, or a time
zone may move the day, the cell is refused with the days it may mean.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping

from sekisho.dates import check_day, parse_day
from sekisho.errors import ValueInvalid

_ERA = re.compile(r"(令和|平成|昭和|[RHS])\s*(元|\d{1,2})[年.\-/]\s*(\d{1,2})[月.\-/]\s*(\d{1,2})日?")
_ERAS: Mapping[str, tuple[str, int, dt.date, dt.date]] = {
    "令和": ("Reiwa (令和)", 2018, dt.date(2019, 5, 1), dt.date.max),
    "平成": ("Heisei (平成)", 1988, dt.date(1989, 1, 8), dt.date(2019, 4, 30)),
    "昭和": ("Showa (昭和)", 1925, dt.date(1926, 12, 25), dt.date(1989, 1, 7)),
}
_LETTERS = {"R": "令和", "H": "平成", "S": "昭和"}
_YEAR_FIRST = re.compile(r"(\d{4})(?:/(\d{1,2})/(\d{1,2})|年\s*(\d{1,2})月\s*(\d{1,2})日|(\d{2})(\d{2}))")
_YEAR_LAST = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})")
_TIMED = re.compile(
    r"(\d{4}[-/]\d{1,2}[-/]\d{1,2})[T ]+(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?"
    r"\s*(Z|UTC|GMT|JST|[+-]\d{2}(?::?\d{2})?)?",
    re.IGNORECASE,
)
_SERIAL = re.compile(r"([1-9]\d{4})(?:\.\d+)?")
_SERIAL_START = dt.date(1899, 12, 30)
"""Day 0 of a spreadsheet, for serials after its leap day that never was."""
_EXPECTED = "YYYY-MM-DD"


def read_day(cell: str) -> dt.date:
    """A day in a form that has one meaning: ISO, year first, or a Japanese era.

    >>> read_day("令和元年7月4日")
    datetime.date(2019, 7, 4)
    >>> read_day("2019/7/4") == read_day("20190704") == read_day("2019-07-04 09:30:00")
    True

    Raises:
        ValueInvalid: If there is no such day, or it is not certain which is meant.
    """
    timed = _TIMED.fullmatch(cell)
    if timed is not None:
        return _without_time(timed, cell)
    era = _ERA.fullmatch(cell)
    if era is not None:
        return _of_era(era, cell)
    form = _YEAR_FIRST.fullmatch(cell)
    if form is not None:
        year, month, day = (int(part) for part in form.groups() if part)
        return check_day(year, month, day, cell)
    _refuse_uncertain(cell)
    return parse_day(cell)


def _without_time(form: re.Match[str], cell: str) -> dt.date:
    """The day of a time without a zone; a zone may put it on another day."""
    if form[2]:
        msg = f"{cell!r} carries a time zone, which may put it on another day"
        raise ValueInvalid(msg, "the day alone, in the time zone of the regulator (YYYY-MM-DD)")
    return read_day(form[1])


def _of_era(form: re.Match[str], cell: str) -> dt.date:
    era, year, month, day = form.groups()
    name, before, first, last = _ERAS[_LETTERS.get(era, era)]
    date = check_day(before + (1 if year == "元" else int(year)), int(month), int(day), cell)
    if not first <= date <= last:
        span = f"began on {first}" if date < first else f"ended on {last}"
        msg = f"{cell!r} is not a date: the {name} era {span}"
        raise ValueInvalid(msg, f"{date.isoformat()} if that day is meant")
    return date


def _refuse_uncertain(cell: str) -> None:
    """Refuses what looks like a day and may be another, with what it may be."""
    serial = _SERIAL.fullmatch(cell)
    if serial is not None:
        day = _SERIAL_START + dt.timedelta(days=int(serial[1]))
        msg = f"{cell!r} is not a day"
        raise ValueInvalid(msg, f"{_EXPECTED}. An Excel serial? {serial[1]} is {day.isoformat()} if so")
    form = _YEAR_LAST.fullmatch(cell)
    if form is None:
        return
    first, second, year = (int(part) for part in form.groups())
    meant = dict.fromkeys(_days(year, ((second, first), (first, second))))
    hint = f". Did you mean {' or '.join(meant)}?" if meant else ""
    msg = f"{cell!r} is not a day: the order of its parts is not certain"
    raise ValueInvalid(msg, f"{_EXPECTED}{hint}")


def _days(year: int, readings: tuple[tuple[int, int], ...]) -> list[str]:
    found = []
    for month, day in readings:
        try:
            found.append(check_day(year, month, day, "").isoformat())
        except ValueInvalid:
            continue
    return found
