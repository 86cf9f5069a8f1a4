"""Which date is an event's: a choice among all that its text offers, by weights that were learned.

The rules of :mod:`sekisho.reading.frames.timing` name the times that belong to an act. This module
holds their answer against what else there is: the other times of the sentence, those told
just before, the day of the report, and no date at all. Each option has signs; the option whose
signs weigh most is taken. The weights stand in ``sekisho/reading/lexicon/date_weights.tsv`` and
are made by ``bench/dates.py``; the same text always gives the same date.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from sekisho.dates import PartialDate
from sekisho.reading.frames.told import Near, Told
from sekisho.reading.status import Status
from sekisho.reading.times import Frame, Time, chained, resolve

_TURNS = frozenset({"weekday", "month", "monthday", "daymonth", "dayof"})
"""Times that mean another date if the act is still to come."""
_WEEK, _MONTH, _YEAR = 7, 45, 366
_SOON = 3


@dataclass(frozen=True, slots=True)
class Option:
    """A date that an event may have; ``None`` is that the text gives none.

    Attributes:
        time: The words that give it; ``None`` for the day of the report and for no date.
    """

    date: PartialDate | None
    role: str
    time: Time | None
    signs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Setting:
    """What an article says of its times as a whole.

    Attributes:
        days: Where the text names a day of the week before the report, and which, in order.
        dates: Every time of the text with its date.
        frames: Every time with what it was resolved against.
        taken: For each sentence, the times that the rules give to its events.
    """

    dates: Mapping[Time, PartialDate | None]
    frames: Mapping[Time, Frame]
    taken: Mapping[int, frozenset[Time]]
    future: frozenset[Time]
    passing: frozenset[Time]
    published: PartialDate | None
    news: PartialDate | None
    lead: int
    days: Sequence[tuple[int, PartialDate]] = ()
    leading: Told | None = None


def options_of(one: Told, setting: Setting, ruled: Mapping[str, PartialDate]) -> Iterator[Option]:
    """All dates that an event may have, each with its signs.

    Args:
        ruled: What the rules say, by role.
    """
    context = tuple(_context(one, setting, ruled))
    by_rule = {time for time, _ in one.times}
    chosen = set(ruled.values())
    for near in one.near:
        for option in _of_time(one, near, setting):
            signs = list(option.signs)
            if near.behind and option.date is not None:
                when = _when(option.date, setting.published)
                signs += [f"behind_when={near.behind}_{when}", f"behind_when_status={when}_{one.status.value}"]
                signs += [f"behind_{sign}" for sign in one.signs if sign.startswith(("form=", "tense=", "opens="))]
            if near.time in by_rule:
                signs += [f"ruled={len(by_rule) > 1}", f"ruled_kind={near.time.kind}"]
                signs += ["ruled_report"] if one.by_report else []
            elif near.time in setting.taken.get(one.sentence, frozenset()):
                signs.append("taken")
            if one.sentence - near.behind in setting.taken and near.behind and near.time in setting.taken[one.sentence - near.behind]:
                signs.append("behind_taken")
            signs.append(f"agrees={option.date in chosen}_{bool(chosen)}")
            yield replace(option, signs=tuple(signs))
    told = {near.time for near in one.near}
    for time, role in one.times:
        date = setting.dates.get(time)
        if time not in told and date is not None:
            near = Near(time, role, ("carried", f"carried_kind={time.kind}", f"agrees={date in chosen}_True"))
            yield Option(date, role, time, (*near.signs, *_of_date(one, near, date, setting)))
    role = "happened" if one.status is Status.HAPPENED else "announced"
    for date, which in _days(one, setting).items():
        signs = [f"report:agrees={date in chosen}_{bool(chosen)}", f"report:is={'+'.join(which)}"]
        signs += [f"report:{name}" for name in which]
        signs += [f"report:{name}_{sign}" for name in which for sign in context if sign.startswith(_WHERE)]
        yield Option(date, role, None, (*signs, *(f"report:{sign}" for sign in context)))
    yield Option(None, role, None, tuple(f"none:{sign}" for sign in context))


_WHERE = ("place=", "status=", "own_times=", "opener=", "reported=", "always")


def _days(one: Told, setting: Setting) -> Mapping[PartialDate, list[str]]:
    """The days that may be that of the news, each with what makes it so."""
    found: dict[PartialDate, list[str]] = {}
    if setting.news is not None:
        found.setdefault(setting.news, []).append("news")
    if setting.published is not None:
        found.setdefault(setting.published, []).append("printed")
    if setting.days:
        found.setdefault(setting.days[0][1], []).append("first")
        at = bisect_right(setting.days, one.start, key=lambda each: each[0]) - 1
        if at >= 0:
            found.setdefault(setting.days[at][1], []).append("last")
    return found


def _of_time(one: Told, near: Near, setting: Setting) -> Iterator[Option]:
    """What a time may mean: as it was resolved, and as it would be of what is to come, or is over."""
    date, frame = setting.dates.get(near.time), setting.frames.get(near.time)
    if date is not None:
        yield Option(date, near.role, near.time, (*near.signs, *_of_date(one, near, date, setting)))
    if near.time.kind in _TURNS and frame is not None:
        turned = resolve(near.time, replace(frame, future=not frame.future))
        if turned is not None and turned != date:
            signs = (*near.signs, *_of_date(one, near, turned, setting))
            yield Option(turned, near.role, near.time, (*signs, "turned", f"turned_from={frame.future}"))
    linked = chained(near.time, frame) if frame is not None else None
    if linked is not None and linked != date:
        before = _when(frame.before, setting.published)
        signs = (*near.signs, *_of_date(one, near, linked, setting))
        yield Option(linked, near.role, near.time, (*signs, "chained", f"chained_to={before}", f"chained_from={date is not None}"))


def _of_date(one: Told, near: Near, date: PartialDate, setting: Setting) -> Iterator[str]:
    """Signs of a date: how fine, how long before or after the report, what the text says of it."""
    when = _when(date, setting.published)
    fine = "day" if date.is_day else "month" if date.month else "year"
    yield f"when={when}"
    yield f"fine={fine}"
    yield f"when_status={when}_{one.status.value}"
    yield f"when_lead={when}_{_place(one, setting)}"
    yield f"when_group={when}_{_group(one)}"
    yield f"role={near.role}"
    yield f"kind_status={near.time.kind}_{one.status.value}"
    if date == setting.news:
        yield "is_news"
    if near.time in setting.future:
        yield "to_come"
    if near.time in setting.passing:
        yield "in_passing"


def _when(date: PartialDate, published: PartialDate | None) -> str:
    if published is None:
        return "unknown"
    if not published.is_day:
        return "past" if date.first <= published.last else "future"
    gap = (published.first - date.last).days
    if gap < 0:
        return "now" if date.first <= published.first else "future"
    if gap == 0:
        return "today"
    return "week" if gap < _WEEK else "month" if gap < _MONTH else "year" if gap < _YEAR else "long"


def _place(one: Told, setting: Setting) -> str:
    if one.sentence < 0:
        return "headline"
    behind = one.sentence - setting.lead
    return "early" if behind < 0 else str(behind) if behind < _SOON else "body" if behind < 2 * _SOON else "late"


def _group(one: Told) -> str:
    head, _, tail = one.type.partition("_")
    return head if head in {"talks", "summit", "court", "dispute"} else f"{head}_{tail.rpartition('_')[2]}"


def _context(one: Told, setting: Setting, ruled: Mapping[str, PartialDate]) -> Iterator[str]:
    """Signs of an event as a whole, for and against the day of the report and no date at all."""
    place, status = _place(one, setting), one.status.value
    yield "always"
    yield f"place={place}"
    yield f"status={status}"
    yield f"place_status={place}_{status}"
    yield f"aside={one.aside}"
    yield f"place_aside={place}_{one.aside}"
    yield f"group={_group(one)}"
    yield f"group_status={_group(one)}_{status}"
    yield f"just_now={one.just_now}"
    own = sorted({_when(date, setting.published) for near in one.near if not near.behind and (date := setting.dates.get(near.time))})
    yield f"own_when={'+'.join(own)}"
    last = next((date for near in one.near if near.behind and (date := setting.dates.get(near.time))), None)
    told = _when(last, setting.published) if last is not None else "no"
    yield f"last_when={told}"
    yield f"last_when_own={told}_{bool(own)}"
    yield f"last_when_place={told}_{place}"
    yield f"own_when_status={'+'.join(own)}_{status}"
    first = setting.leading
    if first is not None:
        yield f"as_lead={one.type == first.type}_{one.actor == first.actor}"
        yield f"as_lead_status={first.status.value}_{status}"
    yield f"times={len(one.near) > 0}"
    yield f"ruled={'+'.join(sorted(ruled)) or 'none'}"
    reported = bool(ruled) and not one.times
    yield f"reported={reported}"
    yield f"reported_place={reported}_{place}"
    yield from one.signs
    yield from (f"{place}_{sign}" for sign in one.signs if sign.startswith(("form", "own")))


def days_of_news(
    dates: Mapping[Time, PartialDate | None], published: PartialDate | None
) -> list[tuple[int, PartialDate]]:
    """Where a text names a day of the week before the report, and which, in order."""
    if published is None or not published.is_day:
        return []
    days = ((time.start, date) for time, date in dates.items() if date is not None and date.is_day)
    return sorted((at, day) for at, day in days if 0 <= (published.first - day.first).days < _WEEK)


def weighed(options: Sequence[Option], weights: Mapping[str, float]) -> Option:
    """The option whose signs weigh most; the first of equals."""
    return max(options, key=lambda option: sum(weights.get(sign, 0.0) for sign in option.signs))


def date_weights() -> Mapping[str, float]:
    return {}
