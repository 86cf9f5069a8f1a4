"""What the law says of a line's place and item on its day, as a few numbers.

Rules change on a few dozen days, and most changes touch few places and few items. So what
stands is looked up in parts, each with the days on which it changes: what holds for an
item, what a place belongs to, and what both together leave of the rules. Destinations of
which the same rules and memberships stand have one number, as have two days, or two days
as known on, between which nothing changed for place and item. All is worked out as lines
ask for it.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

import numpy as np

from sekisho.determine.classes import Unreadable
from sekisho.determine.codes import Codes, Finder
from sekisho.determine.contents import Number, digest
from sekisho.determine.days import Calendar, are_days, is_day
from sekisho.errors import ValueInvalid
from sekisho.model import (
    Approval,
    Bar,
    CatchAll,
    Consequence,
    Exemption,
    Item,
    LicenceType,
    Limb,
    Policy,
    Provision,
    Region,
    Rule,
)
from sekisho.register.candidates import may_include
from sekisho.register.law import Dated, Law, LawInForce, Standing
from sekisho.register.selectors import CATCH_ALL_ROW, Held, destination_selector, lineage

T = TypeVar("T")
_IF_UNLISTED = (Approval, Consequence)
"""Rules that may speak of goods whatever was found of their item number."""
_ALL = (Bar, Exemption, Policy, *_IF_UNLISTED)


class Interned:
    """Gives each different thing a number, from 1.

    What stands for lines has numbers of its own, so that these stay small.
    """

    def __init__(self) -> None:
        self._numbers: dict[Hashable, Number] = {}
        self._lines: dict[Hashable, int] = {}
        self._things: list[Hashable] = []
        self._lines_met: list[Hashable] = []
        self._digests: dict[Number, bytes] = {}
        self._entries: dict[int, tuple[Standing[Provision], Number]] = {}

    def __len__(self) -> int:
        """How many things have a number."""
        return len(self._numbers) + len(self._lines)

    def number(self, thing: Hashable) -> Number:
        """The number of a thing, a new one if it is new."""
        found = self._numbers.get(thing)
        if found is None:
            self._things.append(thing)
            found = self._numbers[thing] = Number(len(self._things))
        return found

    def line(self, thing: Hashable) -> int:
        """The number of what stands for a line, among all that may."""
        found = self._lines.get(thing)
        if found is None:
            self._lines_met.append(thing)
            found = self._lines[thing] = len(self._lines_met)
        return found

    def digest_of_line(self, number: int) -> bytes:
        """The digest of what stands for a line; 0 is the number of nothing."""
        return digest(self._lines_met[number - 1] if number else None, self._digest)

    def _digest(self, number: Number) -> bytes:
        found = self._digests.get(number)
        if found is None:
            thing = self._things[number - 1] if number else None
            found = self._digests[number] = digest(thing, self._digest)
        return found

    def mark(self, entry: Standing[Provision]) -> Number:
        """The number of what of a standing row can show in a decision."""
        found = self._entries.get(id(entry))
        if found is None:  # the entry is kept, so that its id stays its own
            shown = entry.row, entry.certain, entry.confidence, entry.caveat
            found = self._entries[id(entry)] = entry, self.number(shown)
        return found[1]

    def marks(self, entries: Iterable[Standing[Provision]]) -> tuple[Number, ...]:
        """The numbers of several standing rows."""
        return tuple(map(self.mark, entries))


@dataclass(frozen=True, slots=True)
class _Rules:
    """What stands for an item number, or for goods on no list, whatever the place.

    Attributes:
        number: Of all of it.
        own: Of what is the same for every place.
        rows: Rules, each of which may speak of some places only.
    """

    number: Number
    own: Number
    rows: tuple[_Speaks, ...]


@dataclass(frozen=True, slots=True)
class _Speaks:
    """A rule that speaks of places.

    Attributes:
        number: Of what of it can show in a decision.
        selector: The places.
        regions: What the selector names.
        always: Whether it is read of any place.
    """

    number: Number
    selector: str
    regions: tuple[str, ...]
    always: bool


@dataclass(frozen=True, slots=True)
class _Place:
    """What a place belongs to.

    Attributes:
        number: Of all of it.
        is_home: Whether it is the country of export.
        held: The answer of every destination selector of the law.
        members: Whether it is in each region that stands, and the numbers of the rows that say so.
    """

    number: Number
    is_home: bool
    held: Mapping[str, Held]
    members: Mapping[str, tuple[Held, tuple[Number, ...]]]


_NOWHERE: tuple[Held, tuple[Number, ...]] = False, ()
"""What is said of a place and a region that does not stand, or a country."""


class _Dated(Generic[T]):
    """Something that is found anew only where one of some rows changes.

    Args:
        edges: The epochs with which it may change, in order.
        find: Finds it in an epoch.
    """

    def __init__(self, edges: Sequence[int], find: Callable[[int], T]) -> None:
        self.edges, self.find = edges, find
        self._found: dict[int, T] = {}

    def at(self, epoch: int) -> T:
        span = bisect_right(self.edges, epoch)
        if span not in self._found:
            self._found[span] = self.find(epoch)
        return self._found[span]


class LawClasses:
    """The numbers of one law.

    Args:
        law: The law of one country as known on a day.
        read_code: Makes an item number of a cell, as for a single line.
        interned: Numbers what stands; share one among laws whose decisions may be shared.
    """

    def __init__(self, law: Law, read_code: Callable[[str], str], interned: Interned) -> None:
        self.law, self.read_code, self.interned = law, read_code, interned
        self._items: dict[str, _Dated[_Rules]] = {}
        self._places: dict[str, _Dated[_Place]] = {}
        self._pairs: dict[tuple[int, ...], int] = {}
        self._spoken: dict[int, _Speaks] = {}

    def line(self, cell: str, place: str, epoch: int) -> int:
        """What stands for an item number, as a cell states it, to a place in an epoch."""
        return self._pair(self._item(cell).at(epoch), self._place(place).at(epoch), self._common.at(epoch))

    def unlisted(self, place: str, epoch: int) -> int:
        """What stands for goods on no list to a place in an epoch."""
        return self._pair(self._row_16.at(epoch), self._place(place).at(epoch), 0)

    def conditions(self, epoch: int) -> int:
        """What stands of the technical conditions of all items in an epoch."""
        return self._limbs.at(epoch)

    def _pair(self, rules: _Rules, there: _Place, common: int) -> int:
        key = rules.number, there.number, common
        if key not in self._pairs:
            self._pairs[key] = self.interned.line((common, rules.own, *self._speaking(rules.rows, there)))
        return self._pairs[key]

    def _speaking(self, rules: Iterable[_Speaks], there: _Place) -> Iterator[Hashable]:
        """The rules that speak, or may speak, of a place, and the memberships these name."""
        yield there.is_home
        regions: dict[str, None] = {}
        for rule in rules:
            held = there.held[rule.selector]
            if held is not False or rule.always:
                yield rule.number, held
                regions.update(dict.fromkeys(rule.regions))
        for region in regions:
            yield region, there.members.get(region, _NOWHERE)

    def _rules(self, own: Number, rules: Iterable[Standing[Rule]]) -> _Rules:
        speaking = tuple(map(self._speaks, rules))
        return _Rules(self.interned.number((own, tuple(rule.number for rule in speaking))), own, speaking)

    def _speaks(self, entry: Standing[Rule]) -> _Speaks:
        number = self.interned.mark(entry)
        found = self._spoken.get(number)
        if found is None:
            selector = entry.row.destination
            regions = tuple(sorted(destination_selector(selector).names))
            always = isinstance(entry.row, CatchAll)
            found = self._spoken[number] = _Speaks(number, selector, regions, always)
        return found

    def _item(self, cell: str) -> _Dated[_Rules]:
        found = self._items.get(cell)
        if found is None:
            found = self._items[cell] = self._new_item(cell)
        return found

    def _new_item(self, cell: str) -> _Dated[_Rules]:
        code, fault = "", ""
        try:  # a cell that is no item number of this country is a fault of the line, which has none
            code = self.read_code(cell) if cell else ""
        except ValueInvalid:
            fault = cell
        return self._dated(self._rows_on(code), lambda epoch: self._find_item(code, fault, epoch))

    def _rows_on(self, code: str) -> Iterator[Dated]:
        for kind, table in self.law.tables.items():
            if issubclass(kind, Rule):
                yield from (table.rows[at] for at in table.rules(code))
            elif kind in {Item, Limb}:
                names = (*lineage(code), *table.under(code))
                yield from (table.rows[at] for name in names for at in table.places(name))

    def _find_item(self, code: str, fault: str, epoch: int) -> _Rules:
        state, marks = self._state(epoch), self.interned.marks
        entry = state.item(code)
        kinds = _ALL if entry is not None else _IF_UNLISTED
        limbs = state.limbs(code)
        groups = {group for limb in limbs for group in limb.row.groups}
        found = (rule for kind in kinds for rule in state.rules_of(kind, code))
        rules = (rule for rule in found if may_include(rule.row, groups))
        own = self.interned.number(("item", code, fault, marks([entry] if entry else ()), marks(limbs)))
        return self._rules(own, rules)

    @cached_property
    def _row_16(self) -> _Dated[_Rules]:
        return self._dated(self._of_kinds(CatchAll, *_IF_UNLISTED, Limb), self._find_row_16)

    def _find_row_16(self, epoch: int) -> _Rules:
        state, marks = self._state(epoch), self.interned.marks
        tests = state.rows(CatchAll)
        rules = (*tests, *(rule for kind in _IF_UNLISTED for rule in state.rules_of(kind, CATCH_ALL_ROW)))
        names = dict.fromkeys(name.strip() for entry in tests for name in entry.row.item.split(";"))
        limbs = tuple(marks(state.own_limbs(name)) for name in names)
        return self._rules(self.interned.number(("row 16", limbs)), rules)

    def _place(self, name: str) -> _Dated[_Place]:
        found = self._places.get(name)
        if found is None:
            rows = self._of_kinds(Region)
            found = self._places[name] = self._dated(rows, lambda epoch: self._find_place(name, epoch))
        return found

    def _find_place(self, name: str, epoch: int) -> _Place:
        state = self._state(epoch)
        held = {selector: state.is_at(selector, name) for selector in self._selectors}
        inside = ((region, *state.in_region(region, name)) for region in state.regions)
        members = {region: (is_in, self.interned.marks(rows)) for region, is_in, rows in inside}
        is_home = name == self.law.regime.country
        stands = tuple(held.values()), tuple(members.items())
        return _Place(self.interned.number(("place", is_home, stands)), is_home, held, members)

    @cached_property
    def _selectors(self) -> tuple[str, ...]:
        """Every destination that a rule of the law selects, on any day."""
        rules = (row for row, _ in self._of_kinds(CatchAll, *_ALL) if isinstance(row, Rule))
        return tuple(dict.fromkeys(row.destination for row in rules))

    @cached_property
    def _common(self) -> _Dated[Number]:
        """What stands whatever the place and the item: licence types, and whether the law was read."""
        regime = self.law.regime
        days = [regime.covered_from]
        if regime.read_until < dt.date.max:
            days.append(regime.read_until + dt.timedelta(days=1))
        return self._dated(self._of_kinds(LicenceType), self._find_common, days)

    def _find_common(self, epoch: int) -> Number:
        types, regime = self.interned.marks(self._state(epoch).rows(LicenceType)), self.law.regime
        day = self._day(epoch)
        read = day >= regime.covered_from, day <= regime.read_until
        return self.interned.number(("law", regime.country, types, read))

    @cached_property
    def _limbs(self) -> _Dated[int]:
        marks = self.interned.marks
        return self._dated(
            self._of_kinds(Limb),
            lambda epoch: self.interned.line(("limbs", marks(self._state(epoch).rows(Limb)))),
        )

    def _of_kinds(self, *kinds: type[Provision]) -> Iterator[Dated]:
        tables = self.law.tables
        return (dated for kind in kinds if kind in tables for dated in tables[kind].rows)

    def _dated(
        self, rows: Iterable[Dated], find: Callable[[int], T], days: Iterable[dt.date] = ()
    ) -> _Dated[T]:
        """Something that changes with some rows, and on some other days."""
        edges = {day for _, span in rows for day in span.edges()} | set(days)
        return _Dated(sorted(map(self.law.epoch, edges)), find)

    def _day(self, epoch: int) -> dt.date:
        return self.law.changes[epoch - 1] if epoch else dt.date.min

    def _state(self, epoch: int) -> LawInForce:
        return self.law.on(self._day(epoch))


class LawNumbers:
    """The numbers of one law, or of none, for columns of cells.

    Args:
        law: The law of the country that lines ship from; ``None`` if it is not on record.
    """

    def __init__(self, law: Law | None, read_code: Callable[[str], str], interned: Interned) -> None:
        self.classes = LawClasses(law, read_code, interned) if law else None
        self.interned, self.country = interned, law.regime.country if law else None
        self._calendar = Calendar(law.changes if law else ())
        self.epochs = self._calendar.spans
        self._lines, self._unlisted, self._conditions = Finder(), Finder(), Finder()

    def __len__(self) -> int:
        """How many numbers were looked up."""
        return len(self._lines) + len(self._unlisted) + len(self._conditions)

    def epoch(self, days: Codes) -> Codes:
        """The epoch of each day; the last number is that of a line without a day."""
        found = self._calendar.span(days)
        return found if are_days(days) else np.where(is_day(days), found, self.epochs)

    def lines(
        self, codes: Codes, cells: Sequence[Hashable], places: Codes, names: Sequence[Hashable], epochs: Codes
    ) -> Codes:
        """What stands for the item and the place of each row.

        Args:
            codes: A number for the cell of the item number of each row.
            cells: The cell of each such number.
            places: A number for the place of each row.
            names: The country of each such number.
            epochs: The epoch of each row.
        """

        def find(code: int, place: int, epoch: int) -> int:
            return self._line(cells[code], names[place], epoch)

        return self._lines.of((codes, places, epochs), find)

    def unlisted(self, places: Codes, names: Sequence[Hashable], epochs: Codes) -> Codes:
        """What stands for goods on no list to the place of each row."""

        def find(place: int, epoch: int) -> int:
            name = names[place]
            law = self.classes if epoch < self.epochs and _is_country(name) else None
            return law.unlisted(str(name), epoch) if law else 0

        return self._unlisted.of((places, epochs), find)

    def conditions(self, epochs: Codes) -> Codes:
        """What stands of the technical conditions of all items on the day of each row."""
        law = self.classes
        return self._conditions.of((epochs,), lambda e: law.conditions(e) if law and e < self.epochs else 0)

    def _line(self, cell: Hashable, place: Hashable, epoch: int) -> int:
        if self.classes is not None and epoch < self.epochs and _is_country(place):
            return self.classes.line(str(cell), str(place), epoch)
        stated = None if isinstance(place, Unreadable) else bool(place)
        outside = self.classes is None, epoch == self.epochs, stated, place == self.country, cell
        return self.interned.line(("outside", outside))


def _is_country(place: Hashable) -> bool:
    return isinstance(place, str) and bool(place) and not isinstance(place, Unreadable)
