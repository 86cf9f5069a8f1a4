"""The dates of an event: those its sentence gives, else the day of the report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sekisho.dates import PartialDate
from sekisho.reading.choice import Option, Setting, likeliest, options_of
from sekisho.reading.frames.told import Told
from sekisho.reading.proposal import Dated
from sekisho.reading.second import role_of_second, seconds_of
from sekisho.reading.status import Status
from sekisho.reading.times import FAR_NEARER, NO_YEAR, Frame, Time, nearness, resolve
from sekisho.reading.vocabulary import vocabulary
from sekisho.reading.weights import Weights

_LEAD_AT_MOST = 3
_LEAD_SENTENCES = 2
_HEADLINE = -1
_OF_EFFECT = frozenset({"effective", "planned"})
_ROLES = ("announced", "happened", "effective", "planned")
_OPEN = frozenset({Status.CONSIDERED, Status.CONDITIONAL})
_NEWS_DAYS = 7
_IN_FULL = frozenset({"mdy", "dmy"})
_LEANING = frozenset({"nextto", "after", "sameyear", "monthrel"})
"""Times that lean on the date of an act told before, not on the day of a saying."""


@dataclass(frozen=True, slots=True)
class Marks:
    """What the sentences say of their times, besides the dates.

    Attributes:
        future: Times of what is still to come.
        passing: Days of a saying, and times told beside another: none leans on them.
        series: Times without a year that go on from one with a year.
    """

    future: frozenset[Time]
    passing: frozenset[Time]
    series: frozenset[Time]


def resolved(
    told: Sequence[Told],
    times: Sequence[Time],
    marks: Marks,
    published: PartialDate | None,
    not_before: dt.date | None,
) -> tuple[dict[Time, PartialDate | None], dict[Time, Frame]]:
    """Every time of the text, each against the one before it; and what it was resolved against."""
    ahead = {
        time
        for one in told
        for time, role in one.times
        if role == "planned" or (role == "effective" and one.status is not Status.HAPPENED)
    }
    past = {time for one in told for time, role in one.times if role in {"announced", "happened"}}
    sure = {time for one in told for time, _ in one.times if one.status not in _OPEN}
    weighed_up = {time for one in told for time, _ in one.times} - sure
    found: dict[Time, PartialDate | None] = {}
    frames: dict[Time, Frame] = {}
    before: PartialDate | None = None
    base: PartialDate | None = None
    for time in times:
        coming = time in marks.future or (time in ahead and time not in past)
        leans = base if time.kind in _LEANING and not _of_days(time) else before
        frame = Frame(published, leans, future=coming, not_before=not_before)
        if time in marks.series and before is not None and not coming:
            frame = _going_on(time, frame, before)
        elif coming or time in weighed_up:
            frame = _likelier(time, frame)
        frames[time] = frame
        found[time] = date = resolve(time, frame)
        if date is not None and time.kind not in {"recent", "for"}:
            before = date
            base = date if time not in marks.passing else base
    for one in told:
        _count_from_announcement(one, found)
    return found, frames


def _going_on(time: Time, frame: Frame, before: PartialDate) -> Frame:
    """The year of a month that goes on from the time before it, unless the report is older than that."""
    series = Frame(before, frame.before, future=True)
    date = resolve(time, series)
    late = date is not None and frame.published is not None and date.first > frame.published.last
    return frame if late else series


def _likelier(time: Time, frame: Frame) -> Frame:
    """Where a month without a year is far nearer to the report on its other side, it is meant there.

    "It will not renew the pact in August", in November: what was said in August, not a day to come.
    """
    turned = replace(frame, future=not frame.future)
    if time.kind not in NO_YEAR:
        return frame
    far = nearness(resolve(time, turned), resolve(time, frame), frame.published) == FAR_NEARER
    return turned if far else frame


def _of_days(time: Time) -> bool:
    """Whether a time is counted in days, as the day of a saying is: "said Monday that the day before"."""
    return time.kind == "nextto" and (time.get("fu") or time.get("u")).startswith("day")


def _count_from_announcement(one: Told, found: dict[Time, PartialDate | None]) -> None:
    """A day to come is counted from when it was announced: "said in June that from September 1"."""
    said = next(
        (found.get(time) for time, role in one.times if role == "announced" and found.get(time)), None
    )
    for time, role in one.times:
        if said is not None and role in {"planned", "effective"} and time.kind in NO_YEAR:
            found[time] = resolve(time, Frame(said, future=True))


def lead_of(told: Sequence[Told]) -> int:
    """The sentence with which the article comes to its news; beyond the first few there is none."""
    first = min((one.sentence for one in told if one.sentence >= 0), default=0)
    return first if first <= _LEAD_AT_MOST else 0


def news_day(
    told: Sequence[Told],
    dates: dict[Time, PartialDate | None],
    published: PartialDate | None,
    lead: int,
    said: Time | None,
) -> PartialDate | None:
    """The day of which an article brings the news: that of its lead in the days before it, else its own."""
    leading = [one for one in told if one.sentence == lead and one.status.real and not one.aside]
    named = [(time, role) for one in leading for time, role in one.times]
    ahead = {time for one in told for time, role in one.times if role in _OF_EFFECT}
    named += [(said, "announced")] if said is not None and said not in ahead else []
    for time, role in named:
        date = dates.get(time)
        if date is not None and date.is_day and role in {"announced", "happened"}:
            if published is None or not published.is_day:
                return date if published is None else published
            gap = (published.first - date.first).days
            return date if 0 <= gap < _NEWS_DAYS else published
    return published


def dates_of(one: Told, setting: Setting, weights: Weights) -> tuple[Dated, ...]:
    """The dates of an event: what the rules say, held against all else that its text offers."""
    by_rule, words, by_report = ruled(one, setting)
    options = tuple(options_of(one, setting, by_rule))
    chosen, chance = likeliest(options, weights)
    if chosen.date is None:
        return (Dated(None, _role_without_date(one.status)),)
    second, of_second = likeliest(tuple(seconds_of(one, chosen, options, by_rule)), weights)
    dates: dict[str, Dated] = {}
    for option, other, sure in ((second, chosen, of_second), (chosen, second, chance)):
        roles = [role for role, date in by_rule.items() if date == option.date]
        for role in roles or _role_beside(one, option, other):
            reported = by_report if roles else option.time is None or one.by_report
            said_as = words.get(role, "") if roles else ""
            dates[role] = Dated(option.date, role, reported and role not in _OF_EFFECT, said_as, sure)
    return tuple(dates[role] for role in _ROLES if role in dates)


def _role_beside(one: Told, option: Option, other: Option) -> list[str]:
    """What a date that no rule gives is the day of, beside the other date."""
    if option.date is None or other.date is None:
        return [option.role] if option.date is not None else []
    return [role_of_second(one, option, later=other.date.first < option.date.first)]


def ruled(one: Told, setting: Setting) -> tuple[dict[str, PartialDate], dict[str, str], bool]:
    """By the rules one date for each role; the finest; the day of the report where it is left at that."""
    by_role: dict[str, PartialDate] = {}
    words: dict[str, str] = {}
    news = setting.news
    times = [(time, role) for time, role in one.times if not _is_ahead(one, role, setting, time)]
    for time, told_as in times:
        date = setting.dates.get(time)
        role = "announced" if told_as == "planned" and _is_over(date, setting.published) else told_as
        held = by_role.get(role)
        if date is not None and (
            held is None or (held.year == date.year and fineness(date) > fineness(held))
        ):
            by_role[role] = date
            words[role] = time.kind if time in one.sure and not one.by_report else ""
    by_report = one.by_report
    if news is not None and not times and _of_the_report(one, setting.lead):
        by_role["happened" if one.status is Status.HAPPENED else "announced"] = news
        by_report = True
    announced = one.status is Status.ANNOUNCED and "announced" not in by_role
    if announced and by_role and _announces(one, setting.lead):
        by_role |= {"announced": news} if news is not None else {}
        by_report = True
    if by_role.get("happened") is not None and by_role["happened"] == by_role.get("effective"):
        del by_role["happened"]
    return by_role, words, by_report


def _is_ahead(one: Told, role: str, setting: Setting, time: Time) -> bool:
    """Whether what has happened would have happened after the report: the time is of something else.

    A day that the text gives with its year is kept: then it is the report that cannot be right.
    """
    date, published = setting.dates.get(time), setting.published
    told = one.status is Status.HAPPENED and role == "happened" and time.kind not in _IN_FULL
    return told and date is not None and published is not None and date.first > published.last


def _is_over(date: PartialDate | None, published: PartialDate | None) -> bool:
    """Whether a date lies before the report, so that nothing is to come on it."""
    return date is not None and published is not None and date.last < published.first


def _announces(one: Told, lead: int) -> bool:
    """Whether the news is that something was announced, so that the day of the news is that day."""
    return one.sentence == lead and not vocabulary("announcing").isdisjoint(one.sentence_text.split())


def _of_the_report(one: Told, lead: int) -> bool:
    """Whether an event without a date is the news of the day itself."""
    if one.aside and not (one.sentence == lead and one.just_now):
        return False
    if one.status is not Status.CONDITIONAL and one.sentence in {lead, _HEADLINE}:
        return True
    return one.status is Status.ANNOUNCED and lead < one.sentence <= lead + _LEAD_SENTENCES


def _role_without_date(status: Status) -> str:
    if status is Status.HAPPENED:
        return "happened"
    return "announced" if status in {Status.ANNOUNCED, Status.DENIED} else "planned"


def fineness(date: PartialDate) -> int:
    """How fine a date is: year, month, day."""
    return (date.month is not None) + (date.day is not None)
