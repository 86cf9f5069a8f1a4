"""Order lines beside a network: the facts of arcs, and the goods afloat on them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa

from sekisho.determine.cells import texts
from sekisho.determine.codes import distinct
from sekisho.determine.files import Batch, read_batches
from sekisho.determine.intake import DATES, KEY, read_day, read_line, read_quantity, tidy
from sekisho.determine.kinds import Kinds
from sekisho.errors import Fault, InputInvalid, ValueInvalid
from sekisho.exposure.network import Arc, Item, Network, Site, Transit
from sekisho.register.register import Register, nearest

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Orders:
    """What order lines say of a network.

    Attributes:
        cells: The different facts of the lines of each arc.
        in_transit: Lines that left before the first day and arrive on it or later.
        matched: How many lines are of an arc.
        unmatched: How many are of none.
        shared: How many would be afloat but are of several arcs, so that none brings them.
    """

    cells: Mapping[str, tuple[Mapping[str, str], ...]]
    in_transit: tuple[Transit, ...]
    matched: int
    unmatched: int
    shared: int = 0


def read_orders(
    path: Path,
    network: Network,
    register: Register,
    start: dt.date,
    advance: Callable[[Batch], None] = lambda _: None,
) -> Orders:
    """Reads order lines and finds the arc of each.

    A line is of the arc that its ``arc_id`` names. Without that column it is of an arc if
    its countries are those of the two sites, its item (``item_id``, else ``code``) is the
    seller's, and the parties it names (``exporter_id``, ``consignee_id``) are theirs.

    Args:
        path: A file of order lines.
        network: The network.
        register: Names countries.
        start: The first day; what left before and arrives on it or later is afloat.
        advance: Called with each part of the file that is read.

    Raises:
        InputInvalid: If the file cannot be read, with every line that names an arc or a country
            that is not there, and every quantity or day of goods afloat that cannot be read.
    """
    reading = _Reading(path.name, network, register, start)
    for batch in read_batches(path):
        advance(batch)
        reading.read(batch)
    return reading.result()


class _Reading:
    """What was read of an order file so far."""

    def __init__(self, file: str, network: Network, register: Register, start: dt.date) -> None:
        self.file, self.start = file, start
        self.matcher, self.cells_read = _Matcher(network, register), _CellsRead(register)
        self.cells: dict[str, dict[tuple[tuple[str, str], ...], Mapping[str, str]]] = {}
        self.transit: list[Transit] = []
        self.faults: list[Fault] = []
        self.stands: dict[tuple[str, ...], int] = {}
        self.matched = self.unmatched = self.shared = 0

    def read(self, batch: Batch) -> None:
        """Reads a part of the file; what is wrong with one line loses no other."""
        _require_columns(self.file, batch)
        self.faults += (
            replace(fault, file=self.file, line=fault.line or batch.lines[at])
            for at, fault in batch.broken.items()
        )
        faults_of = self.cells_read.of(batch)
        for at, line, row in _lines(batch):
            place = Fault(self.file, line, "", "")
            try:
                arcs = self.matcher.arcs(row)
            except _CellInvalid as error:
                self.faults.append(error.at(place))
                continue
            if not arcs:
                self.unmatched += 1
                continue
            self.matched += 1
            self.faults += (replace(one, file=self.file, line=line) for one in faults_of(at))
            self.faults += self._again(row, place)
            self._keep(row, arcs, place)

    def _keep(self, row: Mapping[str, str], arcs: Sequence[Arc], place: Fault) -> None:
        """Keeps the facts of a line for its arcs, and its goods if they are afloat."""
        facts = {name: cell for name, cell in row.items() if cell and name not in DATES}
        key = tuple(sorted(_told(facts).items()))
        for arc in arcs:
            self.cells.setdefault(arc.arc_id, {})[key] = facts
        afloat = tuple(_afloat(row, arcs[0], self.matcher, self.start, self.faults, place))
        if len(arcs) == 1:
            self.transit += afloat
        else:
            self.shared += len(afloat)

    def _again(self, row: Mapping[str, str], place: Fault) -> Iterator[Fault]:
        """That a key stood before: the same line twice would bring its goods twice."""
        key = tuple(row.get(name, "") for name in KEY)
        if any(key) and key in self.stands:
            problem = f"the key {'/'.join(filter(None, key))!r} already stands on line {self.stands[key]}"
            column = KEY[-1] if key[-1] else KEY[0]
            yield replace(place, column=column, problem=problem, expected="a key of its own for each line")
        self.stands.setdefault(key, place.line)

    def result(self) -> Orders:
        """What the lines say.

        Raises:
            InputInvalid: With everything that was wrong.
        """
        if self.faults:
            raise InputInvalid(sorted(set(self.faults)))
        found = {arc: tuple(rows.values()) for arc, rows in self.cells.items()}
        return Orders(found, tuple(self.transit), self.matched, self.unmatched, self.shared)


_OWN = frozenset({"transaction_id", "line_id", "quantity", "description", "arc_id", "arrival_date"})


def _told(facts: Mapping[str, str]) -> dict[str, str]:
    """What of a line can matter for its licence."""
    return {name: cell for name, cell in facts.items() if name not in _OWN}


class _CellsRead:
    """Tells the cells of lines that the determination could not read; each different kind is read once."""

    def __init__(self, register: Register) -> None:
        self.register, self.kinds = register, Kinds(register, None, None)
        self.known: dict[tuple[Any, ...], tuple[Fault, ...]] = {}

    def of(self, batch: Batch) -> Callable[[int], tuple[Fault, ...]]:
        """What gives the faults of each row of a batch, without their place."""
        coded = list(self.kinds.coded(batch).values())
        beside = [texts(batch.columns[name]) for name in _BY_TEXT if name in batch.columns]
        codes = [*coded, *(pa.array(cells).dictionary_encode().indices.to_numpy() for cells in beside)]
        first, of_row = distinct(codes, len(batch.lines))
        keys = [
            (*(int(column[at]) for column in coded), *(cells[at] for cells in beside))
            for at in first.tolist()
        ]
        rows = batch.rows(first.tolist())
        for key, row in zip(keys, rows, strict=True):
            if key not in self.known:
                told = {name: cell for name, cell in row.items() if cell and name not in DATES}
                self.known[key] = read_line(_told(told), self.register).faults
        return lambda at: self.known[keys[of_row[at]]]


_BY_TEXT = ("contract_date", "quantity_unit")
"""Columns that are read and are no part of a kind."""


def _require_columns(file: str, batch: Batch) -> None:
    """Refuses a file by which no line can be put to an arc."""
    if "arc_id" in batch.columns:
        return
    faults = [
        Fault(file, 1, name, "the column is missing", f"it in the header, or {instead}")
        for name, instead in (
            ("ship_from_country", "arc_id"),
            ("destination_country", "arc_id"),
            ("item_id", "code or arc_id"),
        )
        if name not in batch.columns and not (name == "item_id" and "code" in batch.columns)
    ]
    if faults:
        raise InputInvalid(faults)


class _CellInvalid(Exception):
    """A cell of a line that cannot be read, with its column."""

    def __init__(self, column: str, error: ValueInvalid) -> None:
        self.column, self.error = column, error

    def at(self, place: Fault) -> Fault:
        """The fault at a place."""
        return replace(place, column=self.column, problem=self.error.problem, expected=self.error.expected)


def _cell(row: Mapping[str, str], column: str, read: Callable[[str], T]) -> T:
    try:
        return read(row.get(column, ""))
    except ValueInvalid as error:
        raise _CellInvalid(column, error) from None


def _lines(batch: Batch) -> Iterator[tuple[int, int, dict[str, str]]]:
    for at, row in enumerate(batch.rows(range(len(batch.lines)))):
        if at not in batch.broken:
            yield at, batch.lines[at], {name: tidy(cell) for name, cell in row.items()}


class _Matcher:
    """Finds the arc of an order line."""

    def __init__(self, network: Network, register: Register) -> None:
        self.register = register
        self.sites: Mapping[str, Site] = {site.site_id: site for site in network.sites}
        self.items: Mapping[str, Item] = {item.item_id: item for item in network.items}
        self.arcs_by_id = {arc.arc_id: arc for arc in network.arcs}
        self.by_countries: dict[tuple[str, str], list[Arc]] = {}
        for arc in network.arcs:
            ends = self.sites[arc.from_site_id].country, self.sites[arc.to_site_id].country
            self.by_countries.setdefault(ends, []).append(arc)

    def arcs(self, row: Mapping[str, str]) -> Sequence[Arc]:
        """The arcs that a line is of."""
        if row.get("arc_id"):
            return [_cell(row, "arc_id", self._named)]
        countries = self.register.countries
        seller, buyer = (
            _cell(row, column, countries.resolve).alpha_2
            for column in ("ship_from_country", "destination_country")
        )
        return [arc for arc in self.by_countries.get((seller, buyer), ()) if self._is_of(row, arc)]

    def _named(self, name: str) -> Arc:
        arc = self.arcs_by_id.get(name)
        if arc is None:
            near = nearest(name, self.arcs_by_id)
            hint = f". Did you mean {' or '.join(near)}?" if near else ""
            msg = f"there is no arc {name!r}"
            raise ValueInvalid(msg, f"one that arcs.csv names{hint}")
        return arc

    def _is_of(self, row: Mapping[str, str], arc: Arc) -> bool:
        seller, buyer = self.sites[arc.from_site_id], self.sites[arc.to_site_id]
        item = self.items.get(seller.item_id)
        code = item.cells.get("code") if item is not None else None
        stated, by_code = row.get("item_id"), code is not None and row.get("code") == code
        same = stated == seller.item_id if stated else by_code
        parties = ((row.get("exporter_id"), seller), (row.get("consignee_id"), buyer))
        return same and all(not name or name in {site.party_id, site.site_id} for name, site in parties)


def _afloat(
    row: Mapping[str, str], arc: Arc, matcher: _Matcher, start: dt.date, faults: list[Fault], at: Fault
) -> Iterator[Transit]:
    """The goods of a line, if they left before the first day and arrive on it or later."""
    try:
        left = _cell(row, "export_date", read_day) if row.get("export_date") else None
        if left is None or left >= start:
            return
        arrives = (
            _cell(row, "arrival_date", read_day)
            if row.get("arrival_date")
            else left + dt.timedelta(days=arc.lead_time_days)
        )
        if arrives < start:
            return
        quantity = _cell(row, "quantity", read_quantity)
    except _CellInvalid as error:
        faults.append(error.at(at))
        return
    unit = matcher.items.get(matcher.sites[arc.from_site_id].item_id)
    given = row.get("quantity_unit", "").upper()
    if unit is not None and given and given != unit.unit:
        problem = f"{given!r} is not the unit of {unit.item_id!r}, which is {unit.unit!r}"
        faults.append(
            replace(at, column="quantity_unit", problem=problem, expected=f"the quantity in {unit.unit}")
        )
        return
    yield Transit(arc_id=arc.arc_id, quantity=quantity, arrives_on=arrives)
