"""Dates in news: what a text says of a time, at the resolution at which it says it.

A time is first recognised (:func:`times_of`) and then resolved against the day of
publication and the time named before it (:func:`resolve`). A day is never invented: "last
week" is a month or nothing, "mid-March" a month, "recently" a year at best.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from sekisho.dates import PartialDate
from sekisho.reading.grammar import MONTHS, NUMBERS, WEEKDAYS, rules_found

_ALSO_VERBS = frozenset({"march", "may"})
"""Words that are months in news only with a capital letter."""
_YEAR_AT_LEAST = 1950
_RECENT_DAYS = 60
_OVER = frozenset({"last", "past", "this past"})
"""Words that put a day behind the report, whatever is told of it."""
NO_YEAR = frozenset({"month", "monthday", "daymonth"})
"""Times that name a month and leave its year to the reader."""
FAR_NEARER = 2
_FAR = 2
"""Of two dates that many times as far away from the report, the nearer is far nearer."""
_SPANS = frozenset({"the past", "this past", "the coming"})
_DAYS_IN = {"day": 1, "week": 7}
_FEW = (1, 9)
"""How many "a few" and "several" may be, at the least and at the most."""
_DURATIONS = {"day": "D", "week": "W", "month": "M", "year": "Y", "decade": "0Y"}


@dataclass(frozen=True, slots=True)
class Time:
    """A time expression of a text.

    Attributes:
        kind: Which rule of the grammar it follows.
        fields: What the rule found: day, month, year, word, number, unit.
    """

    kind: str
    fields: tuple[tuple[str, str], ...]
    start: int
    end: int

    def get(self, name: str) -> str:
        """One field in lower case; empty if not said."""
        return dict(self.fields).get(name, "")

    @property
    def duration(self) -> str:
        """The length in ISO 8601, such as ``P8Y``; empty if it is no length."""
        if self.kind != "for":
            return ""
        number, unit = self.get("n"), self.get("u").rstrip("s")
        count = _number(number)
        if count is None or unit not in _DURATIONS:
            return ""
        return f"P{count}{_DURATIONS[unit]}"


def times_of(text: str, start: int = 0, end: int | None = None) -> Iterator[Time]:
    """The time expressions of a stretch of text, in order.

    >>> [time.kind for time in times_of("On Thursday it said that controls of July 2019 end next month.")]
    ['weekday', 'monthyear', 'relweek']
    """
    stop = len(text) if end is None else end
    for found in rules_found(text, start, stop):
        kind = (found.lastgroup or "").removesuffix("_")
        if kind == "month" and found[0] in _ALSO_VERBS:
            continue
        fields = tuple(
            (name.split("_", 1)[-1], value.lower())
            for name, value in found.groupdict().items()
            if value and not name.endswith("_")
        )
        yield Time(kind, _long(kind, fields), found.start(), found.end())


def _long(kind: str, fields: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """As in "decade-long" and "eight-year-long" as a number and a unit."""
    if kind != "for" or len(fields) != 1:
        return fields
    words = re.split(r"[-\s]", fields[0][1])
    return (("n", words[0] if len(words) > 1 else "a"), ("u", words[-1]))


def _number(word: str) -> int | None:
    return int(word) if word.isdigit() else NUMBERS.get(word)


def _month(word: str) -> int:
    return MONTHS[word.rstrip(".").lower()]


@dataclass(frozen=True, slots=True)
class Frame:
    """What times are resolved against.

    Attributes:
        published: The day of publication, at the resolution at which it is known.
        before: The time last named in the text.
        future: Whether the time is of something still to come.
        not_before: The earliest day of publication, where only its year is known.
    """

    published: PartialDate | None
    before: PartialDate | None = None
    future: bool = False
    not_before: dt.date | None = None

    @property
    def day(self) -> dt.date | None:
        """The day of publication, if known to the day."""
        return self.published.first if self.published is not None and self.published.is_day else None

    @property
    def month(self) -> tuple[int, int] | None:
        """Year and month of publication, if known."""
        if self.published is None or self.published.month is None:
            return None
        return self.published.year, self.published.month


def resolve(time: Time, frame: Frame) -> PartialDate | None:
    """The date that a time expression means; ``None`` if it cannot be told.

    >>> (time,) = times_of("mid-March")
    >>> str(resolve(time, Frame(PartialDate.parse("2023-04"))))
    '2023-03'
    """
    resolver = _RESOLVERS.get(time.kind)
    if resolver is None:
        return None
    try:
        return resolver(time, frame)
    except (ValueError, OverflowError):
        return None  # 31 February, or a year beyond the calendar: the text names no such day


def _checked(year: int, month: int | None = None, day: int | None = None) -> PartialDate:
    dt.date(year, month or 1, day or 1)
    return PartialDate(year, month, day)


def _iso(time: Time, _: Frame) -> PartialDate:
    return PartialDate.parse(time.get("iso"))


def _full(time: Time, _: Frame) -> PartialDate:
    return _checked(int(time.get("y")), _month(time.get("m")), int(time.get("d")) if time.get("d") else None)


def _year(time: Time, _: Frame) -> PartialDate | None:
    year = int(time.get("y"))
    return _checked(year) if year >= _YEAR_AT_LEAST else None


def _month_near(month: int, frame: Frame) -> PartialDate | None:
    """A month without a year: the nearest not after the article, or the nearest after it."""
    if frame.published is None:
        return None
    if frame.month is None:
        least = frame.not_before
        told = least is not None and not frame.future and month <= least.month
        return _checked(frame.published.year, month) if told else None
    year, now = frame.month
    if frame.future:
        return _checked(year if month >= now else year + 1, month)
    return _checked(year if month <= now else year - 1, month)


def _bare_month(time: Time, frame: Frame) -> PartialDate | None:
    if time.get("w").split()[:1] in (["that"], ["the"]):
        return _month_behind(_month(time.get("m")), frame.before, same_year=time.get("w") == "that")
    found = _month_near(_month(time.get("m")), frame)
    if found is None or time.get("w") != "last" or frame.month is None:
        return found
    return found if (found.year, found.month) != frame.month else _checked(found.year - 1, found.month)


def chained(time: Time, frame: Frame) -> PartialDate | None:
    """A month without a year that goes on from the time before it: "in July 2019 ... In August"."""
    if time.kind not in NO_YEAR or frame.before is None or time.get("w"):
        return None
    month, before = _month(time.get("m")), frame.before
    later = before.month is not None and month < before.month
    try:
        return _checked(before.year + later, month, int(time.get("d")) if time.get("d") else None)
    except ValueError:
        return None


def nearness(one: PartialDate | None, other: PartialDate | None, published: PartialDate | None) -> int | None:
    """How much nearer to the report a date is than another: 2 for far nearer, 1, -1, -2 for far less.

    >>> nearness(PartialDate(2019, 8), PartialDate(2020, 8), PartialDate(2019, 9, 18))
    2
    """
    if one is None or other is None or published is None or one == other:
        return None
    here, there = (abs((published.first - each.first).days) + 1 for each in (one, other))
    size = FAR_NEARER if max(here, there) > _FAR * min(here, there) else 1
    return size if here < there else -size


def _month_behind(month: int, before: PartialDate | None, *, same_year: bool) -> PartialDate | None:
    """As in "that November", "the following May": counted from the time before."""
    if before is None:
        return None
    later = not same_year and before.month is not None and month <= before.month
    return _checked(before.year + later, month)


def _day_of_month(time: Time, frame: Frame) -> PartialDate | None:
    month = _month_near(_month(time.get("m")), frame)
    if month is None:
        return None
    found = _checked(month.year, month.month, int(time.get("d")))
    day = frame.day
    if day is None or (found.year, found.month) != (day.year, day.month):
        return found
    if frame.future or found.first <= day:
        return found
    return found  # later in the month of publication: a day to come, not one of last year


def _relative_month(time: Time, frame: Frame) -> PartialDate | None:
    base = _based(frame, own=time.get("w") in {"that", "the same", "the following", "the previous"})
    if base is None:
        return None
    shift = {"last": -1, "next": 1, "the previous": -1, "the following": 1}.get(time.get("w"), 0)
    return _checked(base.year + shift, _month(time.get("m")))


def _based(frame: Frame, *, own: bool) -> PartialDate | None:
    return frame.before if own else frame.published


def _day_of_rel_month(time: Time, frame: Frame) -> PartialDate | None:
    if frame.month is None:
        return None
    year, month = _shifted(*frame.month, {"next": 1, "last": -1, "this": 0}[time.get("w")])
    return _checked(year, month, int(time.get("d")))


def _shifted(year: int, month: int, by: int) -> tuple[int, int]:
    count = year * 12 + month - 1 + by
    return count // 12, count % 12 + 1


def _same(time: Time, frame: Frame) -> PartialDate | None:
    before = frame.before
    if before is None:
        return None
    if time.kind == "sameday":
        return before if before.is_day else None
    if time.kind == "samemonth":
        return _checked(before.year, before.month) if before.month is not None else None
    return _checked(before.year)


def _steps(time: Time, frame: Frame) -> PartialDate | None:
    """As in "two months later", "a day earlier", "the following day": from the time before."""
    word = time.get("f") or time.get("g") or time.get("w")
    unit = (time.get("fu") or time.get("u")).rstrip("s")
    number = 1 if time.get("fu") else _number(time.get("n"))
    base = frame.before
    if base is None or number is None:
        return None
    if word in {"after", "before"} and not time.get("e") and not time.get("c"):
        return None  # "two months after Peru lifted it": counted from a day that the text need not give
    sign = 1 if word in {"later", "after", "on", "following", "next"} else -1
    if time.get("c"):
        sign = -sign  # "it comes a month after ...": what follows was a month before
    return _moved(base, sign * number, unit)


def _after(time: Time, frame: Frame) -> PartialDate | None:
    """As in "and suspended it after two months": from the time before."""
    number = _number(time.get("n"))
    if frame.before is None or number is None:
        return None
    return _moved(frame.before, number, time.get("u").rstrip("s"))


def _moved(base: PartialDate, by: int, unit: str) -> PartialDate | None:
    """A date some units away, no finer than the unit and the date allow."""
    if unit in {"day", "week"}:
        if not base.is_day:
            return None
        day = base.first + dt.timedelta(days=by * (7 if unit == "week" else 1))
        return PartialDate.of(day) if unit == "day" else PartialDate(day.year, day.month)
    if unit == "month":
        if base.month is None:
            return None
        return _checked(*_shifted(base.year, base.month, by))
    return _checked(base.year + by * (10 if unit == "decade" else 1)) if unit == "year" else None


def _ago(time: Time, frame: Frame) -> PartialDate | None:
    number, unit, base = _number(time.get("n")), time.get("u").rstrip("s"), frame.published
    if base is None:
        return None
    if unit in _DAYS_IN and (number is None or (unit == "week" and not base.is_day)):
        least, most = (number, number) if number is not None else _FEW
        size = dt.timedelta(days=_DAYS_IN[unit])
        return _common(base.first - most * size, base.last - least * size)
    return _moved(base, -number, unit) if number is not None else None


def _common(first: dt.date, last: dt.date) -> PartialDate | None:
    """The month or the year in which a span lies: "a few weeks ago"."""
    if first.year != last.year:
        return None
    return _checked(first.year, first.month if first.month == last.month else None)


def _ahead(time: Time, frame: Frame) -> PartialDate | None:
    del time, frame
    return None  # "within two weeks", "in 12 years": a length or a bound, not a date


def _week(time: Time, frame: Frame) -> PartialDate | None:
    """As in "last week", "earlier this month", "next year"."""
    word, unit, part = time.get("w"), time.get("u"), time.get("p")
    shift = {"last": -1, "this past": -1, "next": 1, "the past": -1, "the coming": 1}.get(word, 0)
    if frame.published is None:
        return None
    if unit == "year":
        return None if word in _SPANS else _checked(frame.published.year + shift)
    if frame.month is None:
        return None
    if unit == "month":
        return _checked(*_shifted(*frame.month, shift)) if word not in _SPANS else None
    if unit in {"week", "weekend"}:
        return _month_of_week(frame, shift, part)
    return _checked(frame.published.year + shift) if unit != "quarter" else None


def _month_of_week(frame: Frame, shift: int, part: str) -> PartialDate | None:
    """The month of a week that lies in one month, else its year; of this week the part that is over."""
    if frame.day is None:
        return _checked(*frame.month) if frame.month is not None and shift == 0 else None
    monday = frame.day + dt.timedelta(days=7 * shift - frame.day.weekday())
    first, last = monday, monday + dt.timedelta(days=6)
    if shift == 0 and (part in {"earlier", "early"} or not (frame.future or part)):
        last = frame.day
    if first.year != last.year:
        return None
    return _checked(first.year, first.month) if first.month == last.month else _checked(first.year)


def _weekend(_: Time, frame: Frame) -> PartialDate | None:
    """As in "over the weekend": the month of the last one, else its year."""
    if frame.day is None:
        return None
    saturday = frame.day - dt.timedelta(days=(frame.day.weekday() - WEEKDAYS["saturday"]) % 7)
    sunday = min(saturday + dt.timedelta(days=1), frame.day)
    if saturday.year != sunday.year:
        return None
    return _checked(sunday.year, sunday.month) if saturday.month == sunday.month else _checked(sunday.year)


def _weekday(time: Time, frame: Frame) -> PartialDate | None:
    if frame.day is None:
        return None
    word, wanted = time.get("w"), WEEKDAYS[time.get("d")]
    behind = (frame.day.weekday() - wanted) % 7
    if word in {"next", "coming", "this coming"} or (frame.future and word not in _OVER and behind):
        return PartialDate.of(frame.day + dt.timedelta(days=7 - behind))
    if word == "last":
        return PartialDate.of(frame.day - dt.timedelta(days=behind or 7))
    return PartialDate.of(frame.day - dt.timedelta(days=behind))


def _relative_day(time: Time, frame: Frame) -> PartialDate | None:
    if frame.day is None:
        return None
    words = " ".join(time.get("rd").split())
    shift = {
        "yesterday": -1,
        "last night": -1,
        "tomorrow": 1,
        "the day before yesterday": -2,
        "the day after tomorrow": 2,
    }
    if words == "overnight":
        return None
    return PartialDate.of(frame.day + dt.timedelta(days=shift.get(words, 0)))


def _day_alone(time: Time, frame: Frame) -> PartialDate | None:
    """As in "the 27th": of the month of publication, or of the one before for what is past."""
    if frame.month is None:
        return None
    day = int(time.get("d"))
    if frame.day is None or frame.future or day <= frame.day.day:
        if frame.future and frame.day is not None and day < frame.day.day:
            return _checked(*_shifted(*frame.month, 1), day)
        return _checked(*frame.month, day)
    return _checked(*_shifted(*frame.month, -1), day)


def _season(time: Time, _: Frame) -> PartialDate:
    return _checked(int(time.get("y")))


def _recent(_: Time, frame: Frame) -> PartialDate | None:
    """As in "recently": the year, if the last two months lie in one."""
    if frame.day is None:
        return None
    since = frame.day - dt.timedelta(days=_RECENT_DAYS)
    return _checked(frame.day.year) if since.year == frame.day.year else None


_RESOLVERS = {
    "iso": _iso,
    "dmy": _full,
    "mdy": _full,
    "monthyear": _full,
    "nextday": _day_of_rel_month,
    "daymonth": _day_of_month,
    "monthday": _day_of_month,
    "monthrel": _relative_month,
    "relyearmonth": _bare_month,
    "month": _bare_month,
    "sameday": _same,
    "samemonth": _same,
    "sameyear": _same,
    "nextto": _steps,
    "after": _after,
    "ago": _ago,
    "in": _ahead,
    "relweek": _week,
    "weekday": _weekday,
    "weekend": _weekend,
    "relday": _relative_day,
    "dayof": _day_alone,
    "season": _season,
    "year": _year,
    "recent": _recent,
}
