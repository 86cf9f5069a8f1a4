"""A change of the law to hold order lines against: two states, what made the difference, and when.

The two states are the law of two days, the days before and of an event, the record with a
scenario and without, or two registers. A line is asked of both, and what differs is put
down to the rows of law that came or went between them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from sekisho.dates import in_order
from sekisho.determine.flips import Pair, State, told
from sekisho.errors import NotFound, ValueInvalid
from sekisho.model import Consequence, Event, Provision, Region
from sekisho.register.register import Register, nearest

_ONE_DAY = dt.timedelta(days=1)
_EVENTS_LISTED = "sekisho register list events names all"


@dataclass(frozen=True, slots=True)
class LawChange:
    """Two states of the law.

    Attributes:
        before: The state before the change.
        after: The state after it.
        effective: The day from which the second state stands; ``None`` where every line is
            decided on its own day in both states.
        event: The event asked about, if one was.
        notes: What to know of the comparison.
        told: What is compared, in words, where the first state is known by its answers only.
    """

    before: State
    after: State
    effective: dt.date | None = None
    event: Event | None = None
    notes: tuple[str, ...] = ()
    told: str = ""

    @property
    def known_on(self) -> dt.date | None:
        """The day as known on which the second state is taken."""
        return self.after.known_on

    @property
    def words(self) -> str:
        """What is compared, in words."""
        if self.told:
            return self.told
        if self.event is not None:
            return f"{self.event.id}, effective {self.effective}: the day before against the day"
        if self.effective is not None:
            return f"the law of {self.before.in_force_on} against that of {self.effective}"
        names = [_named(state.register) for state in (self.before, self.after)]
        return f"{names[0]} against {names[1]}, each line on its own day"


def _named(register: Register) -> str:
    scenario = f" with the scenario {register.scenario}" if register.scenario else ""
    return f"register {register.fingerprint}{scenario}"


def between_days(
    register: Register, before: dt.date, after: dt.date, known_on: dt.date | None = None
) -> LawChange:
    """The law of one day against that of a later one.

    Raises:
        ValueInvalid: If the second day does not lie after the first.
    """
    in_order(before, after)
    return LawChange(State(register, known_on, before), State(register, known_on, after), after)


def by_event(register: Register, name: str, known_on: dt.date | None = None) -> LawChange:
    """The law of the day before an event took effect against that of the day itself.

    Raises:
        NotFound: If there is no such event.
        ValueInvalid: If the event was not known, or has no day on which it took effect.
    """
    event = register.events.get(name)
    if event is None:
        raise NotFound("event", name, nearest(name, dict(register.events)), _EVENTS_LISTED)
    day = _day_of(register, event, known_on)
    found = between_days(register, day - _ONE_DAY, day, known_on)
    return LawChange(found.before, found.after, day, event, tuple(_notes(register, event, day)))


def _day_of(register: Register, event: Event, known_on: dt.date | None) -> dt.date:
    """The day on which an event took effect, or why there is none to compare by."""
    if known_on is not None and known_on < event.known_from:
        raise ValueInvalid(
            f"{event.id} was not known on {known_on}: it became known on {event.known_from}",
            "a later day after --known-on",
        )
    if event.effective is None:
        raise ValueInvalid(_never_effective(event), _instead(register, event))
    if not event.effective.is_day:
        problem = f"the day of {event.id} is on record only as {event.effective}"
        raise ValueInvalid(
            problem, "two days with sekisho impact --before and --after, or an event known to the day"
        )
    return event.effective.first


def _never_effective(event: Event) -> str:
    said = ", ".join(f"{name} {date}" for name, date in event.moments)
    return f"{event.id} ({said}) has no day on which it took effect, so no law changed with it"


def _instead(register: Register, event: Event) -> str:
    answers = (other for other in register.events.values() if event.id in other.answers)
    later = [other.id for other in answers if other.dossier == event.dossier and other.effective]
    hint = f" ({', '.join(later)} followed it)" if later else ""
    return f"an event with an effective day{hint}, or a scenario that imagines one"


def _notes(register: Register, event: Event, day: dt.date) -> Iterator[str]:
    rows = [row for regime in register.regimes.values() for row in regime.provisions]
    if not any(event.id in {row.from_event, row.until_event} for row in rows):
        yield f"no row of law on record starts or ends with {event.id}"
    same_day = [
        other.id
        for other in register.events.values()
        if other.id != event.id and other.effective is not None and other.effective.is_day
        and other.effective.first == day
        and any(other.id in {row.from_event, row.until_event} for row in rows)
    ]  # fmt: skip
    if same_day:
        yield f"the law changed on that day by {', '.join(same_day)} too"


def by_scenario(register: Register, scenario: Register, known_on: dt.date | None = None) -> LawChange:
    """The record against the record with a scenario over it, each line on its own day.

    Two registers, such as an older and a newer release, are compared in the same way.

    Raises:
        ValueInvalid: If the scenario changes nothing.
    """
    if scenario.scenario and not register.scenario:
        first_event(register, scenario)
    return LawChange(State(register, known_on), State(scenario, known_on))


def first_event(register: Register, scenario: Register) -> Event:
    """The event of a scenario that takes effect first; one without a day only if none has one.

    A scenario that adds no event may still move rows of law to events on record.

    Raises:
        ValueInvalid: If it does neither, so that there is nothing to compare.
    """
    new = [scenario.events[name] for name in scenario.events if name not in register.events]
    found = new or [scenario.events[name] for name in dict.fromkeys(_moved_to(register, scenario))]
    if not found:
        msg = f"the scenario {scenario.scenario!r} changes nothing: it adds no event and moves no row of law"
        raise ValueInvalid(msg, "an [[event]], and the rows of law that start or end with it")
    return min(found, key=lambda one: one.effective.first if one.effective else dt.date.max)


def _moved_to(register: Register, scenario: Register) -> Iterator[str]:
    """The events with which rows start or end in a scenario, and did not on record."""
    before = {row.id: row for regime in register.regimes.values() for row in regime.provisions}
    for row in (row for regime in scenario.regimes.values() for row in regime.provisions):
        old = before.get(row.id)
        if row.from_event and (old is None or old.from_event != row.from_event):
            yield row.from_event
        if row.until_event and (old is None or old.until_event != row.until_event):
            yield row.until_event


def change_of(
    register: Register,
    other: Register | None = None,
    *,
    before: dt.date | None = None,
    after: dt.date | None = None,
    event: str | None = None,
    known_on: dt.date | None = None,
) -> LawChange:
    """The change of the law that is asked about: two days, an event, or another register.

    Args:
        register: The record.
        other: The record with a scenario, or another register. With days or an event it is
            the register of both states; alone it is compared with ``register``.
        before: The day of the first state.
        after: The day of the second.
        event: The id of an event.
        known_on: What was known on this day; ``None`` is all that is recorded.

    Raises:
        ValueInvalid: If the three do not make one change of the law, or a scenario changes nothing.
        NotFound: If there is no such event.
    """
    if event is not None and (before is not None or after is not None):
        raise ValueInvalid("an event and days are given", "the event alone: its day is on record")
    if event is not None:
        return by_event(other or register, event, known_on)
    if before is not None and after is not None:
        return between_days(other or register, before, after, known_on)
    if before is not None or after is not None:
        raise ValueInvalid("only one of the two days is given", "both before and after")
    if other is None:
        raise ValueInvalid("no change of the law is named", "days before and after, an event, or a scenario")
    return by_scenario(register, other, known_on)


@dataclass(frozen=True, slots=True)
class Cause:
    """What made a line flip.

    Attributes:
        rules: The rows of law it turns on; empty if no row that was read tells.
        event: The event that brought them in or took them out, or empty.
        day: The day of that event, if it is known to the day.
    """

    rules: tuple[str, ...]
    event: str = ""
    day: dt.date | None = None


@dataclass
class Causes:
    """Puts differing decisions down to the rows of law that came or went."""

    change: LawChange
    _known: dict[tuple[str, dt.date], _Moved] = field(default_factory=dict)

    def of(self, pair: Pair) -> Cause:
        """What made a kind of line flip."""
        country, destination = pair.shipment.ship_from or "", pair.shipment.destination or ""
        new = [name for name in pair.after.rules if name not in pair.before.rules]
        old = [name for name in pair.before.rules if name not in pair.after.rules]
        moved = self._moved(country, pair.shipment.decisive_date)
        chosen = (
            _reviews(pair, moved)
            or [name for name in new if name in moved.came]
            or [name for name in old if name in moved.went]
            or [name for name, row in moved.regions.items() if _speaks_of(row, destination)]
            or new
            or old
        )
        return self._cause(chosen, moved)

    def _cause(self, rules: list[str], moved: _Moved) -> Cause:
        events = dict.fromkeys(moved.event_of[name] for name in rules if moved.event_of.get(name))
        event = self._event(next(iter(events))) if len(events) == 1 else None
        day = event.effective.first if event and event.effective and event.effective.is_day else None
        return Cause(tuple(dict.fromkeys(rules)), event.id if event else "", day)

    @cached_property
    def _ends(self) -> Mapping[str, str]:
        """The event that ends each row; a scenario may end one of those it found."""
        registers = (self.change.before.register, self.change.after.register)
        regimes = (regime for register in registers for regime in register.regimes.values())
        return {row.id: row.until_event for regime in regimes for row in regime.provisions}

    def _event(self, name: str) -> Event | None:
        return self.change.after.register.events.get(name) or self.change.before.register.events.get(name)

    def _moved(self, country: str, day: dt.date | None) -> _Moved:
        first, second = self.change.before, self.change.after
        days = first.in_force_on or day or dt.date.min, second.in_force_on or day or dt.date.min
        key = country, days[1]
        if key not in self._known:
            old, new = (_standing(s, country, on) for s, on in zip((first, second), days, strict=True))
            self._known[key] = _Moved.between(old, new, self._ends)
        return self._known[key]


@dataclass(frozen=True, slots=True)
class _Moved:
    """The rows of law that stand in one state and not in the other, by id."""

    came: Mapping[str, Provision]
    went: Mapping[str, Provision]
    event_of: Mapping[str, str]

    @property
    def regions(self) -> dict[str, Provision]:
        moved = {**self.went, **self.came}
        return {name: row for name, row in moved.items() if isinstance(row, Region)}

    @classmethod
    def between(
        cls, old: Mapping[str, Provision], new: Mapping[str, Provision], ends: Mapping[str, str]
    ) -> _Moved:
        came = {name: row for name, row in new.items() if not _same_law(old.get(name), row)}
        went = {name: row for name, row in old.items() if name not in new}
        event_of = {name: ends.get(name, "") for name in went}
        event_of |= {name: row.from_event for name, row in came.items()}
        return cls(came, went, event_of)


def _same_law(old: Provision | None, new: Provision) -> bool:
    """Whether two rows say the same while they stand; when they will end does not change that."""
    if old is None or type(old) is not type(new):
        return False
    return old is new or old == new or replace(old, until_event=new.until_event) == new


def _standing(state: State, country: str, day: dt.date) -> dict[str, Provision]:
    law = state.register.law(country, state.known_on)
    if law is None:
        return {}
    found = law.on(day).standing.values()
    return {entry.row.id: entry.row for entries in found for entry in entries}


def _reviews(pair: Pair, moved: _Moved) -> list[str]:
    """The moved rows on review times, where nothing but the review time differs."""
    before, after = (replace(one, review_days=None) for one in (pair.before, pair.after))
    if told(before) != told(after):
        return []
    rows = {**moved.went, **moved.came}
    return [name for name, row in rows.items() if isinstance(row, Consequence) and row.topic == "review_days"]


def _speaks_of(row: Provision, destination: str) -> bool:
    return isinstance(row, Region) and (destination in row.countries) is (row.list_kind == "members")
