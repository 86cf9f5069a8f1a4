"""When a text was published, by the evidence that it carries itself.

In this order: a day that is given, the day in a dateline, a "Published" stamp, a bare day in
the header, and at last the days on which the register has what the text reports. How it was
found is part of the answer; a day by bare header or by inference is marked.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sekisho.dates import PartialDate
from sekisho.model import Event
from sekisho.reading.article import Draft
from sekisho.reading.claims import KINDS
from sekisho.reading.clean import BARE_DAY, HEADER_DATE, STAMP, Part, flat
from sekisho.reading.frames.told import Told
from sekisho.reading.record import DECIDED
from sekisho.reading.status import Status
from sekisho.reading.subjects import dossier_of
from sekisho.reading.times import Frame, Time, resolve, times_of
from sekisho.register.register import Register

_GIVEN = re.compile(r"\s*date\s*:?\s*\d", re.IGNORECASE)
_NUMERIC = re.compile(r"(\d{4})[./-](\d\d?)[./-](\d\d?)$")
_DASHED = re.compile(r"(\d{1,2})-([A-Za-z]{3,9})-(\d{4})$")
_NUMERIC_LAST = re.compile(r"(\d\d?)[./](\d\d?)[./](\d{4})$")
_COMMA = re.compile(r"^(\d{1,2}(?:st|nd|rd|th)?),")
_WEEK = 7
_MONTH = 31
_SHORT = 9
_LOOKED_AT = 400
_NO_YEAR = frozenset({"month", "monthday", "daymonth"})
_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Published:
    """The day of publication, at the resolution at which it is known.

    Attributes:
        found_by: option, metadata, given, dateline, stamp, bare_header, inferred or nothing.
        evidence: The words or the records that say so.
        not_before: The earliest possible day, if only that is known.
    """

    date: PartialDate | None
    found_by: str
    evidence: str = ""
    not_before: dt.date | None = None

    @property
    def sure(self) -> bool:
        """Whether the text itself, or its user, gives the day."""
        return self.found_by in {"option", "metadata", "given", "dateline", "stamp"}


def published(
    read: Draft,
    register: Register | None,
    *,
    given: PartialDate | None = None,
    metadata: PartialDate | None = None,
) -> Published:
    """The day of publication of a text.

    Args:
        read: The text, read but not yet dated.
        register: The record from which a day may be inferred.
        given: The day that the user gives; it goes before everything.
        metadata: The day that the page itself declares.
    """
    if given is not None:
        return Published(given, "option", "--published")
    if metadata is not None:
        return Published(metadata, "metadata", "the page's own metadata")
    return _by_words(read) or (
        _inferred(read, register) if register is not None else Published(None, "nothing")
    )


def _by_words(read: Draft) -> Published | None:
    found: dict[str, Published] = {}
    for block in read.blocks:
        line = flat(read.text[block.start : min(block.end, block.start + _LOOKED_AT)])
        for how, date, words in _days(block.part, line):
            found.setdefault(how, Published(date, how, words))
    for how in ("given", "dateline", "stamp", "bare_header"):
        if how in found:
            return found[how]
    return None


def _days(part: Part, line: str) -> Iterator[tuple[str, PartialDate, str]]:
    header = HEADER_DATE.match(line) if part in {Part.HEADER, Part.BYLINE} else None
    if header is not None and (date := _day(header[1])) is not None:
        yield (
            ("given" if _GIVEN.match(line) else "stamp" if STAMP.search(line) else "bare_header"),
            date,
            line.strip(),
        )
    stamp = STAMP.search(line) if part in {Part.HEADER, Part.BYLINE, Part.FOOTER, Part.HEADLINE} else None
    if stamp is not None and (date := _day(stamp[1])) is not None:
        yield "stamp", date, line.strip()
    if part is Part.DATELINE and (bare := BARE_DAY.search(line)) and (date := _day(bare[1])) is not None:
        yield "dateline", date, line.strip()
    if (
        (part in {Part.HEADER, Part.BYLINE} or (part is Part.HEADLINE and len(line.split()) <= _SHORT))
        and (bare := BARE_DAY.search(line))
        and (date := _day(bare[1])) is not None
    ):
        yield "bare_header", date, line.strip()


def _day(words: str) -> PartialDate | None:
    """A full day in words or numbers; ``None`` if its order of day and month is not told."""
    numeric = _NUMERIC.match(words)
    try:
        if numeric is not None:
            year, month, day = map(int, numeric.groups())
            return PartialDate.of(dt.date(year, month, day))
        last = _NUMERIC_LAST.match(words)
        if last is not None:
            first, second, year = map(int, last.groups())
            if first > 12 or first == second:  # noqa: PLR2004
                return PartialDate.of(dt.date(year, second, first))
            return PartialDate.of(dt.date(year, first, second)) if second > 12 else None  # noqa: PLR2004
    except ValueError:
        return None
    dashed = _DASHED.match(words)
    plain = _COMMA.sub(r"\1", words)
    time = next(times_of(" ".join(dashed.groups()) if dashed is not None else plain), None)
    found = resolve(time, Frame(None)) if time is not None else None
    return found if found is not None and found.is_day else None


def _inferred(read: Draft, register: Register) -> Published:
    """By events of the text that the register dates: their weekdays, else their months."""
    anchors = list(_anchors(read, register))
    if anchors:
        return _by_weekdays(read, anchors)
    bounds = list(_months(read, register))
    if bounds:
        day, event = max(bounds)
        return Published(PartialDate(day.year), "inferred", f"reports {event} without a year", day)
    return Published(None, "nothing")


def _anchors(read: Draft, register: Register) -> Iterator[tuple[dt.date, str]]:
    """Days on record of events that the text puts on a weekday, with that weekday right."""
    before: Time | None = None
    weekday: dict[Time, int] = {}
    for time in read.times:
        if time.kind == "weekday":
            weekday[time] = _weekday(time)
            before = time
        elif time.kind == "sameday" and before is not None:
            weekday[time] = weekday[before]
    for told in _sure(read):
        days = {weekday[time] for time, role in told.times if time in weekday and role != "planned"}
        for event in _recorded(told, register) if days else ():
            for name, date in event.moments:
                right = name in {"announced", "promulgated"} if told.status == "announced" else True
                if date.is_day and right and date.first.weekday() in days:
                    yield date.first, event.id


def _sure(read: Draft) -> Iterator[Told]:
    """What rules tell; from a guess no day is inferred."""
    return (told for told in read.told if not told.guess)


def _weekday(time: Time) -> int:
    return next(at for at, name in enumerate(_NAMES) if name.lower() == time.get("d"))


def _recorded(told: Told, register: Register) -> Iterator[Event]:
    """Events on record that one of the text may be."""
    dossier = dossier_of(told.type, told.actor, told.counterpart, told.sentence_text, register)
    if dossier is None:
        return
    for event in register.dossier(dossier).events:
        kinds = KINDS.get(told.type, (told.type,))
        if event.kind in kinds or (told.status == "announced" and event.kind == DECIDED.get(told.type)):
            yield event


def _by_weekdays(read: Draft, anchors: Sequence[tuple[dt.date, str]]) -> Published:
    """The day that lets most anchors be the last such weekday, and is a weekday of the lead.

    It lies behind what the text dates with its year: who writes "in May 2020" writes no more in that month.
    Where days far apart fit as well, none is taken, and the evidence names what may be meant.
    """
    votes: Counter[dt.date] = Counter()
    for day, _ in set(anchors):
        votes.update(day + dt.timedelta(days=more) for more in range(_WEEK))
    lead = next((_weekday(time) for time in read.times if time.kind == "weekday"), None)
    told = _told_with_year(read)
    votes = Counter({day: count for day, count in votes.items() if told is None or day > told}) or votes
    best = max(votes.values())
    days = sorted(day for day, count in votes.items() if count == best)
    fitting = [day for day in days if lead is None or day.weekday() == lead] or days[:1]
    chosen = fitting[0]
    if (fitting[-1] - chosen).days > _MONTH:
        meant = sorted({event for day in fitting for event in _behind(day, anchors)})
        return Published(None, "nothing", f"may report {' or '.join(meant)}")
    names = _behind(chosen, anchors)
    return Published(PartialDate.of(chosen), "inferred", f"reports {', '.join(names)} by weekday")


def _behind(day: dt.date, anchors: Sequence[tuple[dt.date, str]]) -> list[str]:
    """The events of the week that ends on a day."""
    return sorted({event for at, event in anchors if 0 <= (day - at).days < _WEEK})


def _told_with_year(read: Draft) -> dt.date | None:
    """The last month that the text names with its year for what has happened."""
    named = {time for told in read.told for time, role in told.times if role == "happened"}
    dates = (resolve(time, Frame(None)) for time in named if time.kind == "monthyear")
    return max((date.last for date in dates if date is not None), default=None)


def _months(read: Draft, register: Register) -> Iterator[tuple[dt.date, str]]:
    """Events on record in a month, or on a day, that the text names without a year."""
    for told in _sure(read):
        named = [time for time, role in told.times if time.kind in _NO_YEAR and role != "planned"]
        for event in _recorded(told, register) if named and told.status.real else ():
            for _, date in event.moments:
                if date.is_day and any(_fits(time, date, told.status) for time in named):
                    yield date.first, event.id


def _fits(time: Time, date: PartialDate, status: Status) -> bool:
    """Whether a month of what has happened, or a day and a month, is that of a date on record."""
    found = resolve(time, Frame(date))
    if found is None or (time.kind == "month" and status is not Status.HAPPENED):
        return False
    return found == date if found.is_day else (found.year, found.month) == (date.year, date.month)
