"""Order lines beside a network: the facts of arcs, and the goods afloat on them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sekisho.determine.files import Batch, read_batches
from sekisho.determine.intake import DATES, cell_text, read_day, read_quantity, tidy
from sekisho.errors import Fault, InputInvalid, ValueInvalid
from sekisho.exposure.network import Arc, Item, Network, Site, Transit
from sekisho.register.register import Register


@dataclass(frozen=True, slots=True)
class Orders:
    """What order lines say of a network.

    Attributes:
        cells: The different facts of the lines of each arc.
        in_transit: Lines that left before the first day and arrive on it or later.
        matched: How many lines are of an arc.
        unmatched: How many are of none.
    """

    cells: Mapping[str, tuple[Mapping[str, str], ...]]
    in_transit: tuple[Transit, ...]
    matched: int
    unmatched: int


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
        InputInvalid: If the file cannot be read, or goods afloat are in another unit.
    """
    cells: dict[str, dict[tuple[tuple[str, str], ...], Mapping[str, str]]] = {}
    transit: list[Transit] = []
    faults: list[Fault] = []
    matcher = _Matcher(network, register)
    counts = [0, 0]
    for batch in read_batches(path):
        faults += batch.broken.values()
        for line, row in _lines(batch):
            arcs = matcher.arcs(row)
            counts[not arcs] += 1
            facts = {name: cell for name, cell in row.items() if cell and name not in DATES}
            for arc in arcs:
                cells.setdefault(arc.arc_id, {})[tuple(sorted(_told(facts).items()))] = facts
            if len(arcs) == 1:
                transit += _afloat(row, arcs[0], matcher, start, faults, Fault(path.name, line, "", ""))
    if faults:
        raise InputInvalid(faults)
    found = {arc: tuple(rows.values()) for arc, rows in cells.items()}
    return Orders(found, tuple(transit), *counts)


_OWN = frozenset({"transaction_id", "line_id", "quantity", "description", "arc_id", "arrival_date"})


def _told(facts: Mapping[str, str]) -> dict[str, str]:
    """What of a line can matter for its licence."""
    return {name: cell for name, cell in facts.items() if name not in _OWN}


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
            named = self.arcs_by_id.get(row["arc_id"])
            return [] if named is None else [named]
        ends = self._country(row, "ship_from_country"), self._country(row, "destination_country")
        return [arc for arc in self.by_countries.get(ends, ()) if self._is_of(row, arc)]

    def _country(self, row: Mapping[str, str], column: str) -> str:
        try:
            return self.register.countries.resolve(row.get(column, "")).alpha_2
        except ValueInvalid:
            return ""  # of no arc; the check of the order file says why

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
        left = read_day(row["export_date"]) if row.get("export_date") else None
        if left is None or left >= start:
            return
        arrives = (
            read_day(row["arrival_date"])
            if row.get("arrival_date")
            else left + dt.timedelta(days=arc.lead_time_days)
        )
        if arrives < start:
            return
        quantity = read_quantity(row.get("quantity", ""))
    except ValueInvalid as error:
        faults.append(replace(at, problem=error.problem, expected=error.expected))
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
