"""Which date is an event's: a choice among all that its text offers, by weights that were learned.

The rules of :mod:`sekisho.reading.frames.timing` name the times that belong to an act. This module
holds their answer against what else there is: the other times of the sentence, those told
just before, the day of the report, and no date at all. Each option has features; the option whose
features weigh most is taken. The weights are the model ``dates`` of :mod:`sekisho.reading.weights`,
made by ``bench/dates.py``; the same text always gives the same date.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from sekisho.dates import PartialDate
from sekisho.reading.frames.told import Near, Told
from sekisho.reading.status import Status
from sekisho.reading.times import NO_YEAR, Frame, Time, chained, nearness, resolve
from sekisho.reading.weights import Weights

_TURNS = frozenset({"weekday", "month", "monthday", "daymonth", "dayof"})
"""Times that mean another date if the act is still to come."""
_WEEK, _RECENT, _YEAR = 7, 45, 366
_FIRST_SENTENCES, _BODY = 3, 6
_OF_THE_ACT = ("form=", "tense=")


@dataclass(frozen=True, slots=True)
class Option:
    """A date that an event may have.

    Attributes:
        date: The date; ``None`` is that the text gives none.
        role: What it would be the day of: happened, announced, effective or planned.
        time: The words that give it; ``None`` for the day of the report and for no date.
        features: What speaks for it and against it.
    """

    date: PartialDate | None
    role: str
    time: Time | None
    features: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Setting:
    """What an article says of its times as a whole.

    Attributes:
        dates: Every time of the text with its date.
        frames: Every time with what it was resolved against.
        taken: For each sentence, the times that the rules give to its events.
        news: The day of which the article brings the news.
        lead: The sentence with which it comes to its news.
        leading: The first event of that sentence.
        days: Where the text names a day of the week before the report, and which, in order.
    """

    dates: Mapping[Time, PartialDate | None]
    frames: Mapping[Time, Frame]
    taken: Mapping[int, AbstractSet[Time]]
    published: PartialDate | None
    news: PartialDate | None
    lead: int
    leading: Told | None
    days: Sequence[tuple[int, PartialDate]]


def weighed(options: Sequence[Option], weights: Weights) -> Option:
    """The option whose features weigh most; the first of equals."""
    return likeliest(options, weights)[0]


def likeliest(options: Sequence[Option], weights: Weights) -> tuple[Option, float]:
    """The option whose features weigh most, and the chance of its date, in hundredths.

    The chance is that of all options with that date, among all that the text offers.
    """
    scores = [weights.score(option.features) for option in options]
    most = max(scores)
    chosen = options[scores.index(most)]
    odds = [math.exp(score - most) for score in scores]
    its = [each for each, option in zip(odds, options, strict=True) if option.date == chosen.date]
    return chosen, round(math.fsum(its) / math.fsum(odds), 2)


def days_of_news(
    dates: Mapping[Time, PartialDate | None], published: PartialDate | None
) -> list[tuple[int, PartialDate]]:
    """Where a text names a day of the week before the report, and which, in order."""
    if published is None or not published.is_day:
        return []
    days = ((time.start, date) for time, date in dates.items() if date is not None and date.is_day)
    return sorted((at, day) for at, day in days if 0 <= (published.first - day.first).days < _WEEK)


def options_of(one: Told, setting: Setting, ruled: Mapping[str, PartialDate]) -> Iterator[Option]:
    """All dates that an event may have, each with its features; at last, that it has none.

    Args:
        one: The event.
        setting: The times of its article.
        ruled: What the rules say, by role.
    """
    chosen = {*ruled.values()}
    for option in _by_times(one, setting):
        yield replace(option, features=(*option.features, _agreement(option, chosen)))
    role = "happened" if one.status is Status.HAPPENED else "announced"
    about = tuple(_of_event(one, setting, ruled))
    for day, names in _days(one, setting).items():
        option = Option(
            day, role, None, (f"report:is={'+'.join(names)}", *(f"report:{each}" for each in about))
        )
        yield replace(option, features=(*option.features, f"report:{_agreement(option, chosen)}"))
    yield Option(None, role, None, tuple(f"none:{each}" for each in about))


def _agreement(option: Option, chosen: AbstractSet[PartialDate]) -> str:
    """Whether the rules say so too, or say another date, or none."""
    return f"rules={'same' if option.date in chosen else 'other' if chosen else 'none'}"


def _by_times(one: Told, setting: Setting) -> Iterator[Option]:
    """The options that words of the text give: those near the act, and those that the rules carry to it."""
    for near in one.near:
        beside = tuple(_of_rules(one, near, setting))
        for option in _meanings(near, setting):
            yield replace(option, features=(*option.features, *beside))
    known = {near.time for near in one.near}
    for time, role in one.times:
        date = setting.dates.get(time)
        if time not in known and date is not None:
            yield Option(date, role, time, ("carried", *_of_date(date, role, setting)))


def _meanings(near: Near, setting: Setting) -> Iterator[Option]:
    """What a time may mean: as resolved, turned to what is to come or over, or going on from the last."""
    time, date, frame = near.time, setting.dates.get(near.time), setting.frames.get(near.time)
    if frame is None:
        return
    turned = resolve(time, replace(frame, future=not frame.future)) if time.kind in _TURNS else None
    nearer = nearness(date, turned, setting.published) if time.kind in NO_YEAR else None
    if date is not None:
        yield _option(near, date, setting, *_nearness(near, nearer))
    if turned is not None and turned != date:
        other = -nearer if nearer is not None else None
        yield _option(near, turned, setting, "turned", f"turned_from={frame.future}", *_nearness(near, other))
    linked = chained(time, frame)
    if linked is not None and linked != date:
        yield _option(near, linked, setting, "chained", f"chained_from={date is not None}")


def _nearness(near: Near, nearer: int | None) -> tuple[str, ...]:
    return () if nearer is None else (f"nearer={nearer}", f"nearer_role={nearer}_{near.role}")


def _option(near: Near, date: PartialDate, setting: Setting, *features: str) -> Option:
    over = setting.published is not None and date.last < setting.published.first
    role = "announced" if near.role == "planned" and over else near.role
    return Option(date, role, near.time, (*near.features, *_of_date(date, near.role, setting), *features))


def _of_date(date: PartialDate, role: str, setting: Setting) -> Iterator[str]:
    """Features of a date: how fine, how long before or after the report, of what it would be the day."""
    yield f"when={_when(date, setting.published)}"
    yield f"fine={'day' if date.is_day else 'month' if date.month else 'year'}"
    yield f"role={role}"
    if date == setting.news:
        yield "is_news"


def _of_rules(one: Told, near: Near, setting: Setting) -> Iterator[str]:
    """Features of what the rules do with a time, and of the act where the time stands in another sentence."""
    by_rule = {time for time, _ in one.times}
    if near.time in by_rule:
        yield f"ruled={'one of several' if len(by_rule) > 1 else 'alone'}"
    elif near.time in setting.taken.get(one.sentence - near.behind, frozenset()):
        yield "behind_taken" if near.behind else "taken"
    if near.behind:
        yield from (f"behind_{each}" for each in one.features if each.startswith(_OF_THE_ACT))


def _of_event(one: Told, setting: Setting, ruled: Mapping[str, PartialDate]) -> Iterator[str]:
    """Features of an event as a whole, for and against the day of the report and no date at all."""
    place, first = _place(one, setting), setting.leading
    last = next((date for near in one.near if near.behind and (date := setting.dates.get(near.time))), None)
    yield "always"
    yield f"place={place}"
    yield f"status={one.status.value}"
    yield f"place_status={place}_{one.status.value}"
    yield f"aside={one.aside}"
    yield f"group={_group(one)}"
    yield f"last_when_place={_when(last, setting.published) if last is not None else 'no'}_{place}"
    yield f"times={bool(one.near)}"
    yield f"ruled={'+'.join(sorted(ruled)) or 'none'}"
    if first is not None:
        yield f"as_lead={one.type == first.type}_{one.actor == first.actor}"
        yield f"as_lead_place={one.type == first.type}_{one.status is first.status}_{place}"
    yield from one.features


def _days(one: Told, setting: Setting) -> Mapping[PartialDate, list[str]]:
    """The days that may be that of the news, each with what makes it so."""
    found: dict[PartialDate, list[str]] = {}
    if setting.news is not None:
        found.setdefault(setting.news, []).append("news")
    if setting.published is not None and (setting.published.month or setting.news is not None):
        found.setdefault(setting.published, []).append("printed")
    if setting.days:
        found.setdefault(setting.days[0][1], []).append("first")
    last = bisect_right(setting.days, one.start, key=_at) - 1
    if last >= 0:
        found.setdefault(setting.days[last][1], []).append("last")
    return found


def _at(day: tuple[int, PartialDate]) -> int:
    return day[0]


def _when(date: PartialDate, published: PartialDate | None) -> str:
    """How long before the report a date lies; after it is the future."""
    if published is None:
        return "unknown"
    if not published.is_day:
        return "past" if date.first <= published.last else "future"
    gap = (published.first - date.last).days
    if gap < 0:
        return "now" if date.first <= published.first else "future"
    if gap == 0:
        return "today"
    return "week" if gap < _WEEK else "month" if gap < _RECENT else "year" if gap < _YEAR else "long"


def _place(one: Told, setting: Setting) -> str:
    """Where in its article an event is told, counted from the lead."""
    behind = one.sentence - setting.lead
    if one.sentence < 0 or behind < 0:
        return "headline" if one.sentence < 0 else "early"
    return str(behind) if behind < _FIRST_SENTENCES else "body" if behind < _BODY else "late"


def _group(one: Told) -> str:
    """Its type, coarsely: talks, disputes, controls that tighten."""
    head, _, tail = one.type.partition("_")
    return head if head in {"talks", "summit", "court", "dispute"} else f"{head}_{tail.rpartition('_')[2]}"
