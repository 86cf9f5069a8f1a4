"""The licence matrix of a day: items against destinations, each cell the licences usable there.

A cell is read from the same rows, and with the same rules for which row is the narrowest, as
a decision. It speaks of the goods of an item and of the licence duty alone: exceptions and
catch-all controls hang on facts of a shipment, which a matrix does not have. What hangs on a
fact is told as possible, never as certain.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from sekisho.determine.docket import APPROVED, Docket
from sekisho.determine.licensing import licence_types_of
from sekisho.errors import NotFound
from sekisho.model import Bar, Confidence, Item, Policy, Shipment
from sekisho.register.law import LawInForce
from sekisho.register.register import Register
from sekisho.register.selectors import CATCH_ALL_ROW, Held, item_selector, row_of


@dataclass(frozen=True, slots=True)
class Cell:
    """What is asked for goods of an item to some destinations.

    Attributes:
        certain: The licence types usable for certain, lightest first.
        possible: Licence types usable if what is open turns out so.
        barred: Why no licence is given; empty if one may be.
        questions: The facts that what is possible hangs on.
    """

    certain: tuple[str, ...]
    possible: tuple[str, ...]
    barred: str
    rules: tuple[str, ...]
    sources: tuple[str, ...]
    confidence: Confidence
    questions: tuple[str, ...]
    gaps: tuple[str, ...] = field(compare=False)

    @property
    def lightest(self) -> str:
        """The lightest licence usable for certain; ``none`` where none is given."""
        return "none" if self.barred else self.certain[0]

    @property
    def perhaps(self) -> str:
        """A lighter licence that may be usable, or empty."""
        return self.possible[0] if self.possible and not self.barred else ""


@dataclass(frozen=True, slots=True)
class Column:
    """Destinations to which every item has the same cell.

    Attributes:
        countries: ISO 3166-1 alpha-2.
        regions: The regions of the law that hold all of them.
    """

    countries: tuple[str, ...]
    regions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """Items of one row of the list that have the same cells.

    Attributes:
        group: The goods of the item that are meant, where the law singles some out.
    """

    items: tuple[Item, ...]
    group: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Matrix:
    """The licence matrix of a country on a day."""

    country: str
    in_force_on: dt.date
    known_on: dt.date | None
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    def column_of(self, destination: str) -> int:
        """Where a destination stands.

        Raises:
            NotFound: If the law says nothing of it, as of the country itself.
        """
        for at, column in enumerate(self.columns):
            if destination in column.countries:
                return at
        raise NotFound("destination", destination)


def matrix(
    register: Register, country: str, in_force_on: dt.date, known_on: dt.date | None = None,
    apart: Sequence[str] = (),
) -> Matrix:  # fmt: skip
    """The licence matrix of a country's law.

    Args:
        register: The register to read.
        country: The exporting country.
        in_force_on: The day of the law.
        known_on: What was known on this day; ``None`` is all that is recorded.
        apart: Destinations that get a column of their own, before all others.

    Raises:
        NotFound: If the law of the country is not in the register.
    """
    law = register.law(country, known_on)
    if law is None:
        raise NotFound("law of a country", country, sorted(register.regimes))
    in_force = law.on(in_force_on)
    columns = tuple(_columns(register, in_force, country, apart))
    rows = (
        Row((item,), group, tuple(_cells(register, in_force, in_force_on, item, group, columns)))
        for item in _items(in_force)
        for group in _groups(in_force, item.item)
    )
    return Matrix(country, in_force_on, known_on, columns, tuple(_together(rows)))


def _items(law: LawInForce) -> Iterator[Item]:
    for entry in law.items.values():
        if entry.row.row != CATCH_ALL_ROW and entry.certain is not False:
            yield entry.row


def _groups(law: LawInForce, item: str) -> tuple[str, ...]:
    """The groups of goods of an item that rules single out, after the item as a whole."""
    named = {
        part.value
        for entry in (*law.rows(Policy), *law.rows(Bar))
        for part in item_selector(entry.row.item).parts
        if part.kind == "group"
    }
    found = (group for limb in law.limbs(item) for group in limb.row.groups if group in named)
    return ("", *dict.fromkeys(found))


def _columns(register: Register, law: LawInForce, country: str, apart: Sequence[str]) -> Iterator[Column]:
    selectors = sorted({entry.row.destination for entry in (*law.rows(Policy), *law.rows(Bar))})
    alike: dict[tuple[object, ...], list[str]] = {}
    for code in register.countries.by_code:
        if code != country:
            alone = code if code in apart else ""
            alike.setdefault((alone, *(law.is_at(text, code) for text in selectors)), []).append(code)
    found = [Column(tuple(codes), _regions(law, codes)) for codes in alike.values()]
    order = {code: at for at, code in enumerate(apart)}
    yield from sorted(found, key=lambda c: (order.get(c.countries[0], len(order)), len(c.countries) == 1))


def _regions(law: LawInForce, codes: Sequence[str]) -> tuple[str, ...]:
    names = law.regions
    return tuple(name for name in names if all(law.in_region(name, code)[0] for code in codes))


def _cells(
    register: Register, law: LawInForce, day: dt.date, item: Item, group: str, columns: Iterable[Column]
) -> Iterator[Cell]:  # fmt: skip
    for column in columns:
        line = Shipment(
            decisive_date=day, ship_from=law.regime.country, destination=column.countries[0],
            code=item.item, classification_status=APPROVED, facts={"item_kind": "goods"},
            licences_held=frozenset(),
        )  # fmt: skip
        yield _cell(_Goods(register, law, day, line, column.countries[0], listed=True, group=group))


@dataclass
class _Goods(Docket):
    """Goods of an item, all of which fall, or none, under a group that the law singles out."""

    group: str = ""

    @property
    def goods(self) -> Hashable:
        """What groups of conditions tell of the goods by."""
        return self.group, super().goods

    def in_group(self, group: str) -> Held:
        """Whether the goods fall under a group of conditions."""
        return group == self.group if self.group else super().in_group(group)

    def selected(self, item: str) -> Held:
        """Whether an item selector selects the goods."""
        return item_selector(item).matches(self.number, self.in_group)


def _cell(docket: Docket) -> Cell:
    barred = _barred(docket)
    certain, possible = licence_types_of(docket)
    findings = docket.findings
    return Cell(
        certain=certain, possible=_lighter(certain, possible, docket.law), barred=barred,
        rules=tuple(findings.rules), sources=tuple(findings.sources), confidence=findings.confidence,
        questions=tuple(findings.questions), gaps=tuple(findings.not_covered),
    )  # fmt: skip


def _lighter(certain: tuple[str, ...], possible: tuple[str, ...], law: LawInForce) -> tuple[str, ...]:
    """Of the possible types those that are lighter than the lightest certain one."""
    ranks = {name: entry.row.rank for name, entry in law.licence_types.items()}
    return tuple(name for name in possible if ranks[name] < ranks[certain[0]])


def _barred(docket: Docket) -> str:
    for rule in docket.rules(Bar):
        match = docket.match(rule)
        if match.held:
            docket.use(rule.entry)
            return rule.row.clause
        if match.held is None:
            docket.ask(match.asks)
            docket.leave_open((f"it cannot be excluded that no licence is given: {rule.row.clause}",))
    return ""


def _together(rows: Iterable[Row]) -> Iterator[Row]:
    """Rows of the same row of the list with the same cells as one."""
    found: dict[tuple[object, ...], Row] = {}
    for row in rows:
        what = tuple((c.lightest, c.certain, c.possible, c.barred, c.confidence) for c in row.cells)
        key = (row_of(row.items[0].item), row.group, what)
        held = found.get(key)
        found[key] = replace(held, items=(*held.items, *row.items)) if held else row
    yield from found.values()


@lru_cache(maxsize=64)
def _kept(
    register: _Named, country: str, day: dt.date, known_on: dt.date | None, apart: tuple[str, ...]
) -> Matrix:
    return matrix(register.register, country, day, known_on, apart)


@dataclass(frozen=True, slots=True)
class _Named:
    """A register as a key: by its fingerprint."""

    fingerprint: str
    register: Register = field(compare=False)


def matrix_kept(
    register: Register, country: str, in_force_on: dt.date, known_on: dt.date | None, apart: tuple[str, ...]
) -> Matrix:
    """As :func:`matrix`; what stands on many days alike is worked out once."""
    law = register.law(country, known_on)
    if law is None:
        raise NotFound("law of a country", country, sorted(register.regimes))
    epoch = law.epoch(in_force_on)
    first = law.changes[epoch - 1] if epoch else in_force_on
    named = _Named(register.fingerprint, register)
    return replace(_kept(named, country, first, known_on, apart), in_force_on=in_force_on)
