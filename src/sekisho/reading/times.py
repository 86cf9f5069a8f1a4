"""Dates in news: what a text says of a time, at the resolution at which it says it.

A time is first recognised (:func:`times_of`) and then resolved against the day of
publication and the time named before it (:func:`resolve`). A day is never invented: "last
week" is a month or nothing, "mid-March" a month, "recently" a year at best.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from sekisho.dates import PartialDate

_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
_MONTHS |= {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name} | {"sept": 9}
_DAYS = {name.lower(): number for number, name in enumerate(calendar.day_name)}
_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "a couple of": 2,
}  # fmt: skip
_M = (
    r"(?:"
    + "|".join(sorted((re.escape(m) for m in _MONTHS if m != "may"), key=len, reverse=True))
    + r"|may(?=\.?,?\s+\d)|(?<=in )may|(?<=last )may|(?<=since )may|(?<=mid-)may|(?<=early )may|(?<=late )may|(?<=next )may|(?<=of )may)\b\.?"  # noqa: E501
)
_D = r"(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
_N = r"(?:\d{1,3}|a couple of|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_U = r"(?:day|week|month|year|decade)s?"
_ORD = r"(?:st|nd|rd|th)"
_VAGUE = r"(?:mid[-\s]?|early\s+(?:in\s+)?|late\s+(?:in\s+)?|the\s+(?:beginning|start|middle|end)\s+of\s+|end[-\s]of[-\s])"  # noqa: E501

_GRAMMAR = (
    ("iso", r"(?P<iso>\d{4}-\d{2}(?:-\d{2})?)(?![\d-])"),
    ("dmy", rf"(?P<dmy_d>\d{{1,2}}){_ORD}?\s+(?:of\s+)?(?P<dmy_m>{_M}),?\s+(?P<dmy_y>(?:19|20)\d\d)\b"),
    ("mdy", rf"(?P<mdy_m>{_M})\s+(?P<mdy_d>\d{{1,2}}){_ORD}?,?\s+(?P<mdy_y>(?:19|20)\d\d)\b"),
    (
        "range",
        r"(?:(?:from|between)\s+)?(?:19|20|18)\d\d\s*(?:-|–|—|to|and|until|through)\s*(?:(?:19|20|18)\d\d|\d\d)(?=\W|$)(?!\s*(?:%|percent))",
    ),
    ("nextday", rf"(?:on\s+)?(?:the\s+)?(?P<nd_d>\d{{1,2}}){_ORD}\s+of\s+(?P<nd_w>next|this|last)\s+month"),
    ("daymonth", rf"(?:the\s+)?(?P<dm_d>\d{{1,2}}){_ORD}?\s+(?:of\s+)?(?P<dm_m>{_M})(?!\s*\d)"),
    (
        "monthday",
        rf"(?P<md_m>{_M})\s+(?P<md_d>\d{{1,2}}){_ORD}?(?![\d:,]?\d|\s*(?:percent|%|items|countries))",
    ),
    ("monthyear", rf"{_VAGUE}?(?P<my_m>{_M}),?\s+(?:of\s+)?(?P<my_y>(?:19|20)\d\d)\b"),
    (
        "monthrel",
        rf"{_VAGUE}?(?P<mr_m>{_M})\s+(?:of\s+)?(?P<mr_w>last|this|next|that|the same|the following|the previous)\s+year",  # noqa: E501
    ),
    (
        "relyearmonth",
        rf"(?P<rm_w>last|next|this|earlier in|later in|earlier this|in early|in late|in mid|earlier last)\s+(?P<rm_m>{_M})(?!,?\s+(?:of\s+)?(?:19|20)\d\d)",  # noqa: E501
    ),
    (
        "sameday",
        r"(?:on\s+)?(?:the|that|this)\s+(?:very\s+)?same\s+day|(?:later|earlier)\s+(?:on\s+)?(?:that|the same)\s+day|(?:on\s+)?that\s+day",  # noqa: E501
    ),
    (
        "samemonth",
        r"(?:in\s+)?(?:the|that)\s+(?:very\s+)?same\s+month|(?:(?:later|earlier)\s+)?(?:in\s+)?that\s+month",
    ),
    ("sameyear", r"(?:in\s+)?(?:the|that)\s+same\s+year|(?:(?:later|earlier)\s+)?(?:in\s+)?that\s+year"),
    (
        "nextto",
        rf"(?P<nt_c>comes?\s+|came\s+)?(?:just\s+|only\s+)?(?P<nt_n>{_N})\s+(?P<nt_u>{_U})\s+(?P<nt_w>later|earlier|before|after|on|prior)\b(?!\s+than)(?P<nt_e>\s*(?:[.,;]|$))?|(?:the\s+(?P<nt_f>following|previous|next)|(?P<nt_g>following|previous))\s+(?P<nt_fu>day|month|year)\b",
    ),
    (
        "ago",
        rf"(?:(?:about|around|nearly|almost|some|just|over|more\s+than)\s+)?(?P<ago_n>{_N})\s+(?P<ago_u>{_U})\s+ago",
    ),
    ("in", rf"(?:with)?in\s+(?P<in_n>{_N})\s+(?P<in_u>{_U})(?:['’]\s*time)?(?=\W|$)"),
    (
        "for",
        rf"(?:for|over|in)\s+(?:the\s+)?(?:about|around|nearly|almost|some|over|more\s+than|past|last|first\s+time\s+in)?\s*(?P<for_n>{_N}|several|many)\s+(?P<for_u>{_U})|(?P<long_n>decade|year|month|week|(?:{_N})[-\s](?:year|month|week|day|decade))s?[-\s](?:long|old)|first\s+(?:[\w-]+\s+){{0,12}}in\s+(?P<first_n>{_N})\s+(?P<first_u>{_U})",
    ),
    (
        "relweek",
        r"(?:(?P<rw_p>earlier|later|late|early|the\s+end\s+of|at\s+the\s+end\s+of|by\s+the\s+end\s+of|the\s+beginning\s+of)\s+)?(?P<rw_w>this|last|next|the\s+past|the\s+coming)\s+(?P<rw_u>week|weekend|month|year|quarter|spring|summer|autumn|fall|winter)(?!-)",
    ),
    ("weekday", rf"(?:(?P<wd_w>last|next|this|coming|this\s+coming|following)\s+)?(?P<wd_d>{_D})\b"),
    (
        "relday",
        r"\b(?P<rd>today|yesterday|tomorrow|tonight|overnight|the\s+day\s+before\s+yesterday|the\s+day\s+after\s+tomorrow)\b",
    ),
    (
        "dayof",
        rf"(?:on|from|by|until|of|the)\s+(?:the\s+)?(?P<do_d>\d{{1,2}}){_ORD}(?!\s*(?:century|round|anniversary|meeting|session|time|amendment|year|summit|talks|day|edition|annual|largest|biggest|straight|consecutive|floor|congress|of|[A-Z]))",
    ),
    (
        "season",
        r"(?P<se_s>spring|summer|autumn|fall|winter|(?:the\s+)?(?:first|second|third|fourth)\s+(?:quarter|half)|h[12]|q[1-4])\s+(?:of\s+|in\s+)?(?P<se_y>(?:19|20)\d\d)\b",
    ),
    ("month", rf"{_VAGUE}?(?P<mo_m>{_M})(?=\W|$)"),
    ("fiscal", r"fiscal\s+(?:year\s+)?(?P<fy>(?:19|20)\d\d)"),
    ("decade", r"(?:the\s+)?(?:19|20)\d0s|mid-(?:19|20)\d0s"),
    (
        "year",
        rf"(?:{_VAGUE}|(?:in|since|of|by|from|until|during|to|the|back\s+in|as\s+early\s+as|and|as|for|,)\s+)?(?P<ye_y>(?:19|20)\d\d)(?=['’]s|\W|$)(?![-–]\d|[,.]\d|\s*(?:items|won|yen|km|people|percent|%|products|companies))",
    ),
    ("recent", r"\b(?P<re>recently|recent|just)\b"),
)
_TIME = re.compile(
    r"(?<!\w)(?=[\w,])(?:" + "|".join(f"(?P<{name}_>{pattern})" for name, pattern in _GRAMMAR) + ")",
    re.IGNORECASE,
)
_ALSO_VERBS = frozenset({"march", "may"})
"""Words that are months in news only with a capital letter."""
_YEAR_AT_LEAST = 1950
_RECENT_DAYS = 90
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
    for found in _TIME.finditer(text, start, stop):
        kind, at = _kind(found), found.start()
        if at and text[at - 1].isalnum() and text[at].isalnum():
            continue
        if kind == "month" and found[0] in _ALSO_VERBS:
            continue
        fields = tuple(
            (name.split("_", 1)[-1], value.lower())
            for name, value in found.groupdict().items()
            if value and not name.endswith("_")
        )
        yield Time(kind, _long(kind, fields), at, found.end())


def _kind(found: re.Match[str]) -> str:
    return next(name for name, _ in _GRAMMAR if found[f"{name}_"] is not None)


def _long(kind: str, fields: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """As in "decade-long" and "eight-year-long" as a number and a unit."""
    if kind != "for" or len(fields) != 1:
        return fields
    words = re.split(r"[-\s]", fields[0][1])
    return (("n", words[0] if len(words) > 1 else "a"), ("u", words[-1]))


def _number(word: str) -> int | None:
    return int(word) if word.isdigit() else _NUMBERS.get(word)


def _month(word: str) -> int:
    return _MONTHS[word.rstrip(".").lower()]


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
    found = _month_near(_month(time.get("m")), frame)
    if found is None or time.get("w") != "last" or frame.month is None:
        return found
    return found if (found.year, found.month) != frame.month else _checked(found.year - 1, found.month)


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
    number = _number(time.get("n"))
    if frame.published is None or number is None:
        return None
    return _moved(frame.published, -number, time.get("u").rstrip("s"))


def _ahead(time: Time, frame: Frame) -> PartialDate | None:
    del time, frame
    return None  # "within two weeks", "in 12 years": a length or a bound, not a date


def _week(time: Time, frame: Frame) -> PartialDate | None:
    """As in "last week", "earlier this month", "next year"."""
    word, unit, part = time.get("w"), time.get("u"), time.get("p")
    shift = {"last": -1, "next": 1, "the past": -1, "the coming": 1}.get(word, 0)
    if frame.published is None:
        return None
    if unit == "year":
        return None if word in {"the past", "the coming"} else _checked(frame.published.year + shift)
    if frame.month is None:
        return None
    if unit == "month":
        return _checked(*_shifted(*frame.month, shift)) if word not in {"the past", "the coming"} else None
    if unit in {"week", "weekend"}:
        return _month_of_week(frame, shift, part)
    return _checked(frame.published.year + shift) if unit != "quarter" else None


def _month_of_week(frame: Frame, shift: int, part: str) -> PartialDate | None:
    """The month of a week that lies in one month; a part of this week that is over, likewise."""
    if frame.day is None:
        return _checked(*frame.month) if frame.month is not None and shift == 0 else None
    monday = frame.day + dt.timedelta(days=7 * shift - frame.day.weekday())
    first, last = monday, monday + dt.timedelta(days=6)
    if shift == 0 and part in {"earlier", "early"}:
        last = frame.day
    if (first.year, first.month) != (last.year, last.month):
        return None
    return _checked(first.year, first.month)


def _weekday(time: Time, frame: Frame) -> PartialDate | None:
    if frame.day is None:
        return None
    word, wanted = time.get("w"), _DAYS[time.get("d")]
    behind = (frame.day.weekday() - wanted) % 7
    if word in {"next", "coming", "this coming"} or (frame.future and word != "last" and behind):
        return PartialDate.of(frame.day + dt.timedelta(days=7 - behind))
    if word == "last":
        return PartialDate.of(frame.day - dt.timedelta(days=behind or 7))
    return PartialDate.of(frame.day - dt.timedelta(days=behind))


def _relative_day(time: Time, frame: Frame) -> PartialDate | None:
    if frame.day is None:
        return None
    words = " ".join(time.get("rd").split())
    shift = {"yesterday": -1, "tomorrow": 1, "the day before yesterday": -2, "the day after tomorrow": 2}
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
    """As in "recently": the year, if the last three months lie in one."""
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
    "ago": _ago,
    "in": _ahead,
    "relweek": _week,
    "weekday": _weekday,
    "relday": _relative_day,
    "dayof": _day_alone,
    "season": _season,
    "year": _year,
    "recent": _recent,
}
