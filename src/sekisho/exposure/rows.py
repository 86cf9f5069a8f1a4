"""Rows of a network's tables, read cell by cell, with every fault kept with its place."""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sekisho.determine.files import Batch
from sekisho.determine.intake import OWN, tidy
from sekisho.errors import Fault, InputInvalid, ValueInvalid
from sekisho.exposure.columns import Table
from sekisho.exposure.network import Range
from sekisho.register.register import Register, nearest

_NOT_EMPTY = {"sites": "at least one site", "demand": "a site that sells: else nothing can be lost"}
"""Tables without rows of which there is nothing to look at."""

_SLIP = 0.9
"""How alike two names are of which one is the other misspelt: a letter of ten."""


def _alike(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one.casefold(), other.casefold()).ratio()


@dataclass(frozen=True, slots=True)
class Row:
    """One row as read: its place, its values by column, and the cells of open columns."""

    file: str
    line: int
    values: Mapping[str, Any]
    cells: Mapping[str, str]

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a column, or the default where the cell is empty."""
        return self.values.get(name, default)

    def fault(self, column: str, problem: str, expected: str) -> Fault:
        """A fault of this row."""
        return Fault(self.file, self.line, column, problem, expected)


@dataclass(slots=True)
class Reading:
    """What was read so far, with every fault met.

    Attributes:
        unread: Ids of rows that could not be read, by table: what names them is not at fault.
        failed: Whether a whole table could not be read, so that no row can be held against it.
    """

    register: Register
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    rows: dict[str, list[Row]] = field(default_factory=dict)
    unread: dict[str, set[str]] = field(default_factory=dict)
    failed: bool = False

    def read(self, table: Table, file: str, batches: Iterable[Batch]) -> None:
        """Reads the rows of one table; what is wrong in one loses no other."""
        found, before = self.rows.setdefault(table.name, []), len(self.faults)
        try:
            for at, batch in enumerate(batches):
                if at == 0:
                    self._header(table, file, list(batch.columns))
                found += self._batch(table, file, batch)
        except InputInvalid as error:
            self.fail(*error.faults)
        if table.name in _NOT_EMPTY and not found and len(self.faults) == before:
            self.fail(Fault(file, 0, "", "the table has no rows", _NOT_EMPTY[table.name]))

    def fail(self, *faults: Fault) -> None:
        """Keeps why a whole table could not be read."""
        self.faults += faults
        self.failed = True

    def _header(self, table: Table, file: str, names: list[str]) -> None:
        known = [column.name for column in table.columns]
        for column in table.columns:
            if column.needed and column.name not in names:
                self.faults.append(Fault(file, 1, column.name, "the column is missing", column.meaning))
        for name in names:
            if name not in known and not (table.open and self._is_fact(name)):
                self._unknown(file, name, nearest(name, known), names)

    def _unknown(self, file: str, name: str, near: list[str], names: list[str]) -> None:
        """A column that no table has is told; a bound lost to a slip of the pen would be no bound."""
        slip = next((one for one in near if one not in names and _alike(name, one) >= _SLIP), None)
        if slip is not None:
            expected = f"{slip!r}, or a name less like it for a column that is not to be read"
            self.faults.append(Fault(file, 1, name, "there is no such column", expected))
            return
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        self.notes.append(f"{file}: the column {name!r} is not read{hint}")

    def _is_fact(self, name: str) -> bool:
        return name in OWN or any(name in regime.facts for regime in self.register.regimes.values())

    def _batch(self, table: Table, file: str, batch: Batch) -> Iterator[Row]:
        for at, cells in enumerate(batch.rows(range(len(batch.lines)))):
            broken = batch.broken.get(at)
            if broken is not None:
                first = tidy(cells.get(table.columns[0].name) or "")
                self.unread.setdefault(table.name, set()).add(first or _ends(cells))
                self.faults.append(
                    dataclasses.replace(broken, file=file, line=broken.line or batch.lines[at])
                )
            elif any(cells.values()):
                row = self._row(table, file, batch.lines[at], cells)
                if row is not None:
                    yield row

    def _row(self, table: Table, file: str, line: int, cells: Mapping[str, str]) -> Row | None:
        values: dict[str, Any] = {}
        before = len(self.faults)
        for column in table.columns:
            cell = tidy(cells.get(column.name) or "")
            if not cell:
                if column.needed and column.name in cells:
                    self.faults.append(Fault(file, line, column.name, "the cell is empty", column.takes))
                continue
            try:
                values[column.name] = column.parser(cell)
            except ValueInvalid as error:
                self.faults.append(Fault(file, line, column.name, error.problem, error.expected))
        own = {column.name for column in table.columns}
        needed = {column.name for column in table.columns if column.needed}
        if len(self.faults) > before or not needed <= values.keys():
            name = values.get(table.columns[0].name) or _ends(values)
            self.unread.setdefault(table.name, set()).add(name)
            return None
        facts = {
            name: cell for name, cell in cells.items() if name not in own and cell and self._is_fact(name)
        }
        return Row(file, line, values, facts if table.open else {})

    def country(self, row: Row) -> str:
        """The code of the country of a site."""
        try:
            return self.register.countries.resolve(row.values["country"]).alpha_2
        except ValueInvalid as error:
            self.faults.append(row.fault("country", error.problem, error.expected))
            return ""


def arc_id(row: Row) -> str:
    """The id of an arc, made of its ends where none is stated."""
    return str(row.get("arc_id") or _ends(row.values))


def _ends(values: Mapping[str, Any]) -> str:
    return f"{values.get('from_site_id')}>{values.get('to_site_id')}"


def range_of(row: Row, name: str) -> Range | None:
    """A range of three columns: what is not stated is taken from what is."""
    low, typical, high = (row.get(f"{name}{end}") for end in ("_low", "", "_high"))
    if typical is None:
        if low is None or high is None:
            return None
        return Range(low, (low + high) / 2, high, uniform=True)
    return Range(typical if low is None else low, typical, typical if high is None else high)
