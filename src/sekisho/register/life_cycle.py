"""Life cycles: which event moves a kind of dossier from which state to which.

They are data (``life_cycles.toml``) and are enforced when the register loads. The state
of a dossier on a day, as known on another, is the fold of all moments of the events
known by then whose day had come. A later event may *stop* an earlier one: what the
earlier one had still to do (a notice that would have ended a pact) does not come to pass.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sekisho.dates import PartialDate
from sekisho.model import Confidence, Dossier, Event


@dataclass(frozen=True, slots=True)
class LifeCycle:
    """The states of one kind of dossier and the moves between them.

    Attributes:
        first: The state before any event.
        states: Plain words for each state.
        moves: (event kind, moment) -> state before -> state after.
        neutral: Event kinds that never move the state.
    """

    first: str
    states: Mapping[str, str]
    moves: Mapping[tuple[str, str], Mapping[str, str]]
    neutral: frozenset[str]

    @property
    def event_kinds(self) -> frozenset[str]:
        """Every event kind that this life cycle allows."""
        return self.neutral | {kind for kind, _ in self.moves}


@dataclass(frozen=True, slots=True)
class Moment:
    """One dated moment of one event."""

    date: PartialDate
    name: str
    event: Event


@dataclass(frozen=True, slots=True)
class Status:
    """Where a dossier stands on a day, as known on another.

    Attributes:
        state: The state, or ``uncertain`` inside the span of a partial date.
        words: The state in plain words.
        since: The moment that brought it about; ``None`` before any.
        happened: The moments that had come, oldest first.
        pending: The moments known and still to come, soonest first.
        uncertain: Moments whose day is not known well enough to say.
        confidence: The lowest confidence among the events that led here.
    """

    state: str
    words: str
    since: Moment | None
    happened: tuple[Moment, ...]
    pending: tuple[Moment, ...]
    uncertain: tuple[Moment, ...]
    confidence: Confidence


def read_life_cycles(content: Mapping[str, Any]) -> dict[str, LifeCycle]:
    """Life cycles from the parsed ``life_cycles.toml``."""
    return {kind: _life_cycle(table) for kind, table in content.items()}


def _life_cycle(table: Mapping[str, Any]) -> LifeCycle:
    _require_texts(table)
    moves: dict[tuple[str, str], dict[str, str]] = {}
    for move in table.get("transition", []):
        before = moves.setdefault((move["event"], move["moment"]), {})
        before.update(dict.fromkeys(move["from"], move["to"]))
    return LifeCycle(table["first"], table["states"], moves, frozenset(table.get("neutral", [])))


def _require_texts(table: Mapping[str, Any]) -> None:
    """Refuses a value that is not of the kind its key takes.

    Raises:
        TypeError: With the key.
        KeyError: If a key is missing.
    """
    texts = {"first": table["first"], **{f"states.{name}": told for name, told in table["states"].items()}}
    lists = {"neutral": table.get("neutral", [])}
    for at, move in enumerate(table.get("transition", []), start=1):
        texts |= {f"transition {at}.{key}": move[key] for key in ("event", "moment", "to")}
        lists[f"transition {at}.from"] = move["from"]
    for key, value in texts.items():
        if not isinstance(value, str):
            raise TypeError(f"{key} is {value!r}, not a text")
    for key, value in lists.items():
        if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
            raise TypeError(f"{key} is {value!r}, not a list of texts")


def moments(events: tuple[Event, ...], known_on: dt.date | None) -> list[Moment]:
    """The moments of the events known on a day, oldest first, without the stopped ones."""
    known = [e for e in events if known_on is None or e.known_from <= known_on]
    stopped = {name: min(d for _, d in _dated(e)) for e in known for name in e.stops}
    found = [
        Moment(date, name, event)
        for event in known
        for name, date in event.moments
        if event.id not in stopped or date.last < stopped[event.id]
    ]
    return sorted(found, key=lambda moment: moment.date.last)


def _dated(event: Event) -> Iterator[tuple[str, dt.date]]:
    for name, date in event.moments:
        yield name, date.first


def status(dossier: Dossier, cycle: LifeCycle, on: dt.date, known_on: dt.date | None = None) -> Status:
    """Where a dossier stood on a day, as known on another (``None``: all that is recorded)."""
    found = moments(dossier.events, known_on)
    happened = tuple(m for m in found if m.date.reached(on))
    uncertain = tuple(m for m in found if m.date.reached(on) is None)
    state, since = _fold(cycle, dossier.first or cycle.first, happened)
    doubtful = _fold(cycle, state, uncertain)[0] != state
    confidence = Confidence.HIGH
    for moment in happened:
        if (moment.event.kind, moment.name) in cycle.moves:
            confidence = confidence.capped(moment.event.confidence)
    return Status(
        state="uncertain" if doubtful else state,
        words="not known on that day" if doubtful else cycle.states[state],
        since=since,
        happened=happened,
        pending=tuple(m for m in found if m.date.reached(on) is False),
        uncertain=uncertain,
        confidence=confidence,
    )


def _fold(cycle: LifeCycle, state: str, found: tuple[Moment, ...]) -> tuple[str, Moment | None]:
    """The state after some moments, and the moment that brought it about."""
    since = None
    for moment in found:
        after = next_state(cycle, state, moment)
        if after is not None and after != state:
            state, since = after, moment
    return state, since


def next_state(cycle: LifeCycle, state: str, moment: Moment) -> str | None:
    """The state after a moment; ``None`` if the life cycle forbids it."""
    moves = cycle.moves.get((moment.event.kind, moment.name))
    if moves is None:
        return state
    return moves.get(state)


def forbidden(dossier: Dossier, cycle: LifeCycle) -> Iterator[tuple[str, str, str]]:
    """What the life cycle forbids: id of the record, its key, and why."""
    state = dossier.first or cycle.first
    if state not in cycle.states:
        yield dossier.id, "first", f"{state!r} is not a state of a dossier of kind {dossier.kind}"
    for event in dossier.events:
        if event.kind not in cycle.event_kinds:
            yield event.id, "kind", f"{event.kind!r} is not an event of a dossier of kind {dossier.kind}"
    for moment in moments(dossier.events, None):
        after = next_state(cycle, state, moment)
        if after is None and moment.event.kind in cycle.event_kinds:
            yield (
                moment.event.id,
                "kind",
                (f"{moment.event.kind!r} ({moment.name}) is forbidden while the {dossier.kind} is {state!r}"),
            )
        state = after or state


def notice_deadline(dossier: Dossier, on: dt.date) -> tuple[dt.date, dt.date] | None:
    """The next day by which notice must be given, and the end of the term it would stop.

    A term of one year from 23 November ends with 22 November; notice of 90 days must be
    given by 24 August.
    """
    if dossier.term is None:
        return None
    start = next(e for e in dossier.events if e.id == dossier.term.starts_with).effective
    if start is None or on < start.first:
        return None
    end = start.first
    while end.year + dossier.term.years <= dt.MAXYEAR:
        end = _same_day(start.first, end.year + dossier.term.years)
        last_day = end - dt.timedelta(days=1)
        deadline = last_day - dt.timedelta(days=dossier.term.notice_days)
        if deadline >= on:
            return deadline, last_day
    return None  # the calendar ends before the term does


def _same_day(day: dt.date, year: int) -> dt.date:
    """The day in another year; of 29 February, where there is none, 1 March."""
    leap = (day.month, day.day) == (2, 29) and not calendar.isleap(year)
    return dt.date(year, 3, 1) if leap else day.replace(year=year)
