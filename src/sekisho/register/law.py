"""The law of one regime as known on a day: windows, epochs, and what stands in each.

Between two days on which something changes, nothing changes: those spans are *epochs*.
What stands in an epoch is worked out once and kept; a decision on any of its days reads
the same rows.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, TypeVar

from sekisho.model import (
    Approval,
    Bar,
    Basis,
    CatchAll,
    Confidence,
    Consequence,
    Event,
    Exemption,
    Fact,
    Item,
    ItemChange,
    LicenceType,
    Limb,
    Policy,
    Provision,
    Region,
    Rule,
)
from sekisho.register.candidates import Candidate, LimbTests, RulesAt, candidate, selects
from sekisho.register.condition import facts_of
from sekisho.register.selectors import (
    CATCH_ALL_ROW,
    Held,
    destination_selector,
    item_selector,
    lineage,
    row_of,
)

P = TypeVar("P", bound=Provision, covariant=True)
R = TypeVar("R", bound=Rule, covariant=True)
INDIVIDUAL = "individual"
_NEVER = dt.date.max
_ALWAYS = dt.date.min


@dataclass(frozen=True, kw_only=True)
class Regime:
    """One authority's body of control law, as read from its folder.

    Attributes:
        covered_from: The first day for which the record tries to answer.
        read_until: The day of the newest text read; later law may differ.
    """

    id: str
    country: str
    title: str
    title_ja: str
    authority: str
    time_zone: str
    covered_from: dt.date
    read_until: dt.date
    items: tuple[Item, ...]
    limbs: tuple[Limb, ...]
    regions: tuple[Region, ...]
    licence_types: tuple[LicenceType, ...]
    policies: tuple[Policy, ...]
    exemptions: tuple[Exemption, ...]
    catch_alls: tuple[CatchAll, ...]
    bars: tuple[Bar, ...]
    approvals: tuple[Approval, ...]
    consequences: tuple[Consequence, ...]
    changes: tuple[ItemChange, ...]
    facts: Mapping[str, Fact]

    @cached_property
    def numbers(self) -> tuple[str, ...]:
        """Every item number that the list ever had, in its order."""
        return tuple(dict.fromkeys(item.item for item in self.items))

    @cached_property
    def claims(self) -> frozenset[str]:
        """The facts that count as not claimed where they are not stated."""
        return frozenset(name for name, fact in self.facts.items() if fact.scope == "claim")

    @property
    def provisions(self) -> tuple[Provision, ...]:
        """Every row of law."""
        return (
            *self.items,
            *self.limbs,
            *self.regions,
            *self.licence_types,
            *self.policies,
            *self.exemptions,
            *self.catch_alls,
            *self.bars,
            *self.approvals,
            *self.consequences,
        )


@dataclass(frozen=True, slots=True)
class Standing(Generic[P]):
    """A row of law on a day.

    Attributes:
        row: The row.
        certain: True, or ``None`` if the record cannot say whether it stood that day.
        confidence: That of the row, lowered where its start was not read.
        caveat: Why it was lowered, or why it is uncertain; empty otherwise.
    """

    row: P
    certain: Held
    confidence: Confidence
    caveat: str = ""


@dataclass(frozen=True, slots=True)
class Window:
    """When a row of law stands; partial dates leave spans at its ends where it may.

    ``start`` and ``end`` are (certainly not before, certainly from) pairs.
    """

    start: tuple[dt.date, dt.date]
    end: tuple[dt.date, dt.date]
    basis: Basis

    def edges(self) -> Iterable[dt.date]:
        """The days on which its standing changes."""
        return (*self.start, *self.end)

    def holds(self, day: dt.date) -> Held:
        """Whether the row stands on a day."""
        if day >= self.end[1]:
            return False
        if day >= self.end[0]:
            return None
        if day >= self.start[1]:
            return True
        if self.basis is Basis.AMENDED:
            return False if day < self.start[0] else None
        return None if self.basis is Basis.NOT_BEFORE else True

    def unread(self, day: dt.date) -> bool:
        """Whether the row is only assumed on a day before the oldest text read."""
        return self.basis is not Basis.AMENDED and day < self.start[1]


def window(row: Provision, events: Mapping[str, Event], known_on: dt.date | None) -> Window | None:
    """When a row stands, as known on a day; ``None`` if it was not yet known."""
    begins, ends = events[row.from_event], events.get(row.until_event)
    amended = row.basis is Basis.AMENDED
    if amended and known_on is not None and begins.known_from > known_on:
        return None
    if ends is not None and known_on is not None and ends.known_from > known_on:
        ends = None
    return Window(_span(begins), _end(ends) if ends else (_NEVER, _NEVER), row.basis)


def learned(regime: Regime, events: Mapping[str, Event]) -> set[dt.date]:
    """The days from which more of a law is known: between two of them :func:`window` is the same."""
    named = {name for row in regime.provisions for name in (row.from_event, row.until_event)}
    return {events[name].known_from for name in named & events.keys()}


def _end(event: Event) -> tuple[dt.date, dt.date]:
    """When an event ends a row; after one that is disputed the row may stand for ever."""
    first, last = _span(event)
    return first, _NEVER if event.confidence is Confidence.DISPUTED else last


def _span(event: Event) -> tuple[dt.date, dt.date]:
    if event.effective is None:
        return _NEVER, _NEVER
    return event.effective.first, event.effective.last


@dataclass(frozen=True)
class Law:
    """The law of one regime as known on a day (``None``: all that is recorded).

    It may serve other days as well, between which and this one nothing was learned.
    """

    regime: Regime
    events: Mapping[str, Event]
    known_on: dt.date | None
    _states: dict[int, LawInForce] = field(default_factory=dict, repr=False, compare=False)
    _on: dict[dt.date, LawInForce] = field(default_factory=dict, repr=False, compare=False)
    """The states of some days that were asked for."""
    _standing: dict[type, dict[tuple[int, int], Standing[Provision] | None]] = field(
        default_factory=dict, repr=False, compare=False
    )
    _candidates: dict[tuple[int, Held, Held, tuple[str, ...]], Candidate[Any]] = field(
        default_factory=dict, repr=False, compare=False
    )
    _limb_tests: dict[tuple[int, ...], LimbTests] = field(default_factory=dict, repr=False, compare=False)
    _places: dict[tuple[int, ...], dict[tuple[str, str], Held]] = field(
        default_factory=dict, repr=False, compare=False
    )
    """Whether selectors select countries, by the regions that stand, whose rows are kept here."""

    def __reduce__(self) -> tuple[type[Law], tuple[object, ...]]:
        """Leaves what was worked out behind: another process works it out as it is asked."""
        return Law, (self.regime, self.events, self.known_on)

    @cached_property
    def windows(self) -> tuple[tuple[Provision, Window], ...]:
        """Each row that was known, with when it stands."""
        found = ((row, window(row, self.events, self.known_on)) for row in self.regime.provisions)
        return tuple((row, span) for row, span in found if span is not None)

    @cached_property
    def tables(self) -> Mapping[type, Index]:
        """The rows of each table, ready to be found by item number."""
        found: dict[type, list[Dated]] = {}
        for row, span in self.windows:
            found.setdefault(type(row), []).append((row, span))
        return {kind: Index(tuple(rows)) for kind, rows in found.items()}

    @cached_property
    def changes(self) -> tuple[dt.date, ...]:
        """The days on which anything changes, oldest first: each begins an epoch."""
        edges = {edge for _, span in self.windows for edge in span.edges()}
        edges.add(self.regime.covered_from)
        if self.regime.read_until < _NEVER:
            edges.add(self.regime.read_until + dt.timedelta(days=1))
        return tuple(sorted(edges - {_NEVER, _ALWAYS}))

    def epoch(self, day: dt.date) -> int:
        """The number of the epoch that a day lies in."""
        return bisect_right(self.changes, day)

    def on(self, day: dt.date) -> LawInForce:
        """What stands on a day."""
        found = self._on.get(day)
        if found is None:
            if len(self._on) >= _DAYS_KEPT:
                self._on.clear()
            found = self._on[day] = self._of_epoch(day)
        return found

    def _of_epoch(self, day: dt.date) -> LawInForce:
        epoch = self.epoch(day)
        if epoch not in self._states:
            self._states[epoch] = self._state(day)
        return self._states[epoch]

    def _state(self, day: dt.date) -> LawInForce:
        regions = range(len(self.tables[Region].rows)) if Region in self.tables else ()
        standing = tuple(map(id, self.standing_of(Region, regions, day)))
        return LawInForce(self.regime, self, day, _places=self._places.setdefault(standing, {}))

    def standing(self, kind: type[Provision], at: int, day: dt.date) -> Standing[Provision] | None:
        """How a row of a table stands on a day; ``None`` if it does not.

        Days between the same edges of its window have the same.
        """
        return next(self.standing_of(kind, (at,), day))

    def standing_of(
        self, kind: type[Provision], places: Iterable[int], day: dt.date
    ) -> Iterator[Standing[Provision] | None]:
        """How each of some rows of a table stands on a day."""
        index, kept = self.tables[kind], self._standing.setdefault(kind, {})
        for at in places:
            key = at, bisect_right(index.edges[at], day)
            if key not in kept:
                kept[key] = self._worked_out(*index.rows[at], day)
            yield kept[key]

    def limb_tests(self, limbs: Sequence[Standing[Limb]]) -> LimbTests:
        """Conditions, ready to be asked of facts, made once for all epochs in which they stand alike."""
        key = tuple(map(id, limbs))  # which are kept here, so that their ids stay their own
        found = self._limb_tests.get(key)
        if found is None:
            found = self._limb_tests[key] = LimbTests(limbs)
        return found

    def candidate(self, entry: Standing[R], place: Held, item: Held, gaps: tuple[str, ...]) -> Candidate[R]:
        """A rule that selects, or may select, a place and an item number, made once for all of these."""
        key = id(entry), place, item, gaps  # the entry is kept here, so that its id stays its own
        found: Candidate[R] | None = self._candidates.get(key)
        if found is None:
            found = self._candidates[key] = candidate(entry, place, item, self.regime.claims, gaps)
        return found

    def _worked_out(self, row: Provision, span: Window, day: dt.date) -> Standing[Provision] | None:
        certain = span.holds(day)
        if certain is False:
            return None
        begins, ends = self.events[row.from_event], self.events.get(row.until_event)
        confidence = row.confidence.capped(begins.confidence) if not span.unread(day) else row.confidence
        if certain is None:
            return Standing(row, None, confidence, _doubt(row, begins, ends, span))
        if span.unread(day):
            caveat = (
                f"{row.id} is applied before {begins.effective}, the oldest text read that holds it;"
                " its true start is not on record"
            )
            return Standing(row, True, confidence.capped(Confidence.LOW), caveat)
        return Standing(row, True, confidence)


def _doubt(row: Provision, begins: Event, ends: Event | None, span: Window) -> str:
    if span.basis is Basis.NOT_BEFORE:
        return f"{row.id} is on record only from {begins.effective}"
    if ends is not None and ends.confidence is Confidence.DISPUTED:
        return f"it is disputed whether {ends.id} ended {row.id}"
    event = ends if ends is not None and span.end[0] != span.end[1] else begins
    return f"the day of {event.id} is known only as {event.effective}"


Dated = tuple[Provision, Window]


class Index:
    """The rows of one table, found by the item numbers they name, whenever they stand.

    Attributes:
        rows: In the order of the file; rows are named by their place in it.
    """

    def __init__(self, rows: tuple[Dated, ...]) -> None:
        self.rows = rows
        self._places: dict[str, list[int]] = {}
        for at, (row, _) in enumerate(rows):
            for name in dict.fromkeys(_named(row)):
                self._places.setdefault(name, []).append(at)

    @cached_property
    def edges(self) -> tuple[tuple[dt.date, ...], ...]:
        """The days on which the standing of each row changes, in order."""
        return tuple(tuple(sorted(span.edges())) for _, span in self.rows)

    def places(self, name: str) -> list[int]:
        """The rows that name an item number."""
        return self._places.get(name, [])

    def rules(self, item: str) -> list[int]:
        """The rules that may include an item: by its number, one above it, its row, or a group."""
        names = ("", f"row:{row_of(item)}", *lineage(item))
        return sorted({at for name in names for at in self._places.get(name, ())})

    def under(self, item: str) -> list[str]:
        """The numbers under an item that rows name."""
        return self._under.get(item, [])

    @cached_property
    def _under(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for name in self._places:
            for above in lineage(name)[1:]:
                found.setdefault(above, []).append(name)
        return found


def _named(row: Provision) -> Iterable[str]:
    """What an index finds a row by; a rule for every item or a group is found by the empty name."""
    if isinstance(row, Item):
        return (row.item,)
    if isinstance(row, Limb):
        return row.items
    if not isinstance(row, Rule):
        return ()
    parts = (part for part in item_selector(row.item).parts if not part.excluded)
    return [_NAMES.get(part.kind, "").format(part.value) for part in parts]


_NAMES = {"item": "{}", "row": "row:{}"}
_NO_ROWS = Index(())
_RULES_KEPT, _DAYS_KEPT = 1 << 14, 1 << 14


@dataclass(frozen=True)
class LawInForce:
    """What stands on the days of one epoch, worked out as it is asked for."""

    regime: Regime
    law: Law = field(repr=False, compare=False)
    day: dt.date
    _kept: dict[type, list[Any]] = field(default_factory=dict, repr=False, compare=False)
    _granted: dict[tuple[str, ...], bool] = field(default_factory=dict, repr=False, compare=False)
    _items: dict[str, Standing[Item] | None] = field(default_factory=dict, repr=False, compare=False)
    _own: dict[str, list[Standing[Limb]]] = field(default_factory=dict, repr=False, compare=False)
    _limbs_found: dict[str, list[Standing[Limb]]] = field(default_factory=dict, repr=False, compare=False)
    _rules_of: dict[tuple[type, str], list[Any]] = field(default_factory=dict, repr=False, compare=False)
    _limb_tests: dict[str, LimbTests] = field(default_factory=dict, repr=False, compare=False)
    _rules_at: dict[tuple[str, str], RulesAt] = field(default_factory=dict, repr=False, compare=False)
    _members: dict[tuple[str, str], tuple[Standing[Region], ...]] = field(
        default_factory=dict, repr=False, compare=False
    )
    regions_of_tests: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)
    _places: dict[tuple[str, str], Held] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def standing(self) -> Mapping[type, list[Standing[Provision]]]:
        """Every row that stands, by table."""
        found: dict[type, list[Standing[Provision]]] = {kind: self.rows(kind) for kind in self.law.tables}
        return {kind: rows for kind, rows in found.items() if rows}

    def rows(self, kind: type[P]) -> list[Standing[P]]:
        """The rows of one table that stand, in the order of the file."""
        if kind not in self._kept:
            self._kept[kind] = self._at(kind, range(len(self._index(kind).rows)))
        return self._kept[kind]

    def _index(self, kind: type[Provision]) -> Index:
        return self.law.tables.get(kind, _NO_ROWS)

    def _at(self, kind: type[P], places: Iterable[int]) -> list[Standing[P]]:
        """Those of some rows of a table that stand."""
        if kind not in self.law.tables:
            return []
        found = self.law.standing_of(kind, places, self.day)
        return [entry for entry in found if entry is not None]  # type: ignore[misc]  # rows of this table

    @cached_property
    def items(self) -> Mapping[str, Standing[Item]]:
        """The items of the control list by number."""
        return {entry.row.item: entry for entry in self.rows(Item)}

    def item(self, number: str) -> Standing[Item] | None:
        """The item of the control list that has a number."""
        if number not in self._items:
            entries = self._at(Item, self._index(Item).places(number))
            self._items[number] = entries[-1] if entries else None
        return self._items[number]

    def own_limbs(self, item: str) -> list[Standing[Limb]]:
        """The conditions that stand under exactly this number."""
        if item not in self._own:
            self._own[item] = self._at(Limb, self._index(Limb).places(item))
        return self._own[item]

    def limbs(self, item: str) -> list[Standing[Limb]]:
        """The conditions of an item: its own, those of items above it and under it."""
        if item not in self._limbs_found:
            self._limbs_found[item] = self._find_limbs(item)
        return self._limbs_found[item]

    def _find_limbs(self, item: str) -> list[Standing[Limb]]:
        found = [limb for name in lineage(item) for limb in self.own_limbs(name)]
        under = []
        for name in self._index(Limb).under(item):
            limbs = self.own_limbs(name)
            if limbs:  # numbers come in the order in which the conditions that stand first name them
                first = self._place(limbs[0])
                under.append((first, limbs[0].row.items.index(name), limbs))
        found.extend(limb for _, _, limbs in sorted(under, key=lambda one: one[:2]) for limb in limbs)
        return found

    def _place(self, limb: Standing[Limb]) -> int:
        """Where a standing condition is in its table."""
        places = self._index(Limb).places(limb.row.items[0])
        return next(at for at in places if self.law.standing(Limb, at, self.day) is limb)

    def limb_tests(self, item: str) -> LimbTests:
        """The conditions of an item, ready to be asked of facts."""
        found = self._limb_tests.get(item)
        if found is None:
            found = self._limb_tests[item] = self.law.limb_tests(self.limbs(item))
        return found

    @cached_property
    def licence_types(self) -> Mapping[str, Standing[LicenceType]]:
        """The licence types by id, lightest first."""
        entries = sorted(self.rows(LicenceType), key=lambda entry: entry.row.rank)
        return {entry.row.id: entry for entry in entries}

    @cached_property
    def _regions(self) -> Mapping[str, list[tuple[Standing[Region], Collection[str]]]]:
        """The rows of each region, with the countries that each names."""
        found: dict[str, list[tuple[Standing[Region], Collection[str]]]] = {}
        for entry in self.rows(Region):
            found.setdefault(entry.row.region, []).append((entry, frozenset(entry.row.countries)))
        return found

    @property
    def regions(self) -> tuple[str, ...]:
        """The names of the regions that stand, in the order of the file."""
        return tuple(self._regions)

    @cached_property
    def limbs_by_fact(self) -> Mapping[str, list[Standing[Limb]]]:
        """The conditions that name each fact, without those of the catch-all row."""
        found: dict[str, list[Standing[Limb]]] = {}
        for limb in self.rows(Limb):
            if row_of(limb.row.items[0]) != CATCH_ALL_ROW:
                for name in facts_of(limb.row.condition):
                    found.setdefault(name, []).append(limb)
        return found

    def rules_of(self, kind: type[R], item: str) -> list[Standing[R]]:
        """The rows of a table that may speak of an item, whatever the destination."""
        key = kind, item
        if key not in self._rules_of:
            self._rules_of[key] = self._at(kind, self._index(kind).rules(item))
        return self._rules_of[key]

    def rules_at(self, country: str, item: str) -> RulesAt:
        """The rules that speak, or may speak, of a destination and an item."""
        key = country, item
        found = self._rules_at.get(key)
        if found is None:
            if len(self._rules_at) >= _RULES_KEPT:
                self._rules_at.clear()
            found = self._rules_at[key] = RulesAt(self, country, item)
        return found

    def candidates(self, kind: type[R], country: str, item: str) -> Iterator[Candidate[R]]:
        """The rows of a table that speak, or may speak, of a destination and an item."""
        rows = self.rows(kind) if kind is CatchAll else self.rules_of(kind, item)
        is_unlisted = item == CATCH_ALL_ROW  # of goods that may meet the conditions of any item
        groups = None if is_unlisted else {group for limb in self.limbs(item) for group in limb.row.groups}
        for entry in rows:
            place = self.is_at(entry.row.destination, country)
            if place is not False and self._may_grant(entry.row):
                gaps = self._region_gaps(entry.row.destination, country) if place is None else ()
                yield self.law.candidate(entry, place, selects(entry.row, item, groups), gaps)

    def _region_gaps(self, selector: str, country: str) -> tuple[str, ...]:
        """Why it is not certain that a destination selector selects a country."""
        regions = (self.in_region(name, country) for name in sorted(destination_selector(selector).names))
        return tuple(dict.fromkeys(row.caveat for held, rows in regions if held is None for row in rows))

    def _may_grant(self, row: Rule) -> bool:
        """A row that grants only lighter licence types which do not exist that day does not speak."""
        if not isinstance(row, Policy):
            return True
        found = self._granted.get(row.licence_types)
        if found is None:
            lighter = [name for name in row.licence_types if name != INDIVIDUAL]
            found = not lighter or any(name in self.licence_types for name in lighter)
            self._granted[row.licence_types] = found
        return found

    def is_at(self, selector: str, country: str) -> Held:
        """Whether a destination selector selects a country on these days."""
        key = selector, country
        if key not in self._places:
            places = destination_selector(selector)
            self._places[key] = places.matches(country, lambda region: self.in_region(region, country)[0])
        return self._places[key]

    def in_region(self, region: str, country: str) -> tuple[Held, list[Standing[Region]]]:
        """Whether a country is in a region, and the rows that say so or leave it open."""
        found: Held = False
        rows: list[Standing[Region]] = []
        for entry, countries in self._regions.get(region, ()):
            if (country in countries) is (entry.row.list_kind == "all_except"):
                continue
            rows.append(entry)
            if entry.certain:
                return True, [entry]
            found = None
        return found, rows

    def memberships(self, selector: str, country: str) -> tuple[Standing[Region], ...]:
        """The rows that put a country into the regions that a destination selector names."""
        key = selector, country
        found = self._members.get(key)
        if found is None:
            regions = sorted(destination_selector(selector).names)
            inside = (self.in_region(region, country) for region in regions)
            found = self._members[key] = tuple(rows[0] for held, rows in inside if held)
        return found
