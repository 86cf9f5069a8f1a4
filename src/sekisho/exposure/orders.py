"""Order lines beside a network: the facts of arcs, and the goods afloat on them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from sekisho.determine.files import Batch, read_batches
from sekisho.determine.intake import DATES, cell_text, read_day, read_line, read_quantity, tidy
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


def read_orders(path: Path, network: Network, register: Register, start: dt.date) -> Orders:
    """Reads order lines and finds the arc of each.

    A line is of the arc that its ``arc_id`` names. Without that column it is of an arc if
    its countries are those of the two sites, its item (``item_id``, else ``code``) is the
    seller's, and the parties it names (``exporter_id``, ``consignee_id``) are theirs.

    Args:
        path: A file of order lines.
        network: The network.
        register: Names countries.
        start: The first day; what left before and arrives on it or later is afloat.

    Raises:
        InputInvalid: If the file cannot be read, with every line that names an arc or a country
            that is not there, and every quantity or day of goods afloat that cannot be read.
    """
    cells: dict[str, dict[tuple[tuple[str, str], ...], Mapping[str, str]]] = {}
    transit: list[Transit] = []
    faults: list[Fault] = []
    matcher = _Matcher(network, register)
    counts, shared = [0, 0], 0
    cells_read = _CellsRead(register)
    for batch in read_batches(path):
        _require_columns(path.name, batch)
        faults += (
            replace(fault, file=path.name, line=fault.line or batch.lines[at])
            for at, fault in batch.broken.items()
        )
        for line, row in _lines(batch):
            place = Fault(path.name, line, "", "")
            try:
                arcs = matcher.arcs(row)
            except _CellInvalid as error:
                faults.append(error.at(place))
                continue
            counts[not arcs] += 1
            facts = {name: cell for name, cell in row.items() if cell and name not in DATES}
            told = _told(facts)
            key = tuple(sorted(told.items()))
            faults += cells_read.faults(told, place) if arcs else ()
            for arc in arcs:
                cells.setdefault(arc.arc_id, {})[key] = facts
            afloat = tuple(_afloat(row, arcs[0], matcher, start, faults, place)) if arcs else ()
            if len(arcs) == 1:
                transit += afloat
            else:
                shared += len(afloat)
    if faults:
        raise InputInvalid(sorted(set(faults)))
    found = {arc: tuple(rows.values()) for arc, rows in cells.items()}
    return Orders(found, tuple(transit), counts[0], counts[1], shared)


_OWN = frozenset({"transaction_id", "line_id", "quantity", "description", "arc_id", "arrival_date"})


def _told(facts: Mapping[str, str]) -> dict[str, str]:
    """What of a line can matter for its licence."""
    return {name: cell for name, cell in facts.items() if name not in _OWN}


class _CellsRead:
    """Tells the cells of lines that the determination could not read; each different cell is read once."""

    def __init__(self, register: Register) -> None:
        self.register = register
        self.known: dict[tuple[str, str], Fault | None] = {}

    def faults(self, told: Mapping[str, str], place: Fault) -> Iterator[Fault]:
        """The faults of a line, where they stand."""
        new = {name: cell for name, cell in told.items() if (name, cell) not in self.known}
        if new:
            beside = {name: told[name] for name in _BESIDE if name in told}
            found = {fault.column: fault for fault in read_line({**beside, **new}, self.register).faults}
            self.known.update(((name, cell), found.get(name)) for name, cell in new.items())
        for entry in told.items():
            fault = self.known[entry]
            if fault is not None:
                yield replace(fault, file=place.file, line=place.line)


_BESIDE = ("ship_from_country", "destination_country", "code", "currency")
"""Cells by which another cell is read."""


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


def _lines(batch: Batch) -> Iterator[tuple[int, dict[str, str]]]:
    for at, row in enumerate(batch.rows(range(len(batch.lines)))):
        if at not in batch.broken:
            yield batch.lines[at], {name: tidy(cell_text(cell)) for name, cell in row.items()}


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
