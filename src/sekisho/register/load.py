"""Data files to records: every file is read, every fault kept with its place.

The reader never stops at the first fault. A bad row is left out and named; the other
rows still load, so that one look at the report shows everything there is to mend.
"""

from __future__ import annotations

import csv
import io
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sekisho.errors import Fault, ValueInvalid
from sekisho.register.tables import Column, Table


@dataclass(slots=True)
class Reader:
    """Reads data files under one folder and gathers faults and places of rows.

    Attributes:
        root: The folder; faults name files relative to it.
        faults: All faults met so far.
        places: Where each id stands: file and line.
        texts: The bytes of each file read, by relative name, for the fingerprint.
    """

    root: Path
    faults: list[Fault] = field(default_factory=list)
    places: dict[str, tuple[str, int]] = field(default_factory=dict)
    texts: dict[str, bytes] = field(default_factory=dict)

    def fault(self, place: tuple[str, int], column: str, problem: str, expected: str = "") -> None:
        """Keeps one fault."""
        self.faults.append(Fault(place[0], place[1], column, problem, expected))

    def fault_at(self, row: str, column: str, problem: str, expected: str = "") -> None:
        """Keeps one fault of the row or event with this id."""
        self.fault(self.places.get(row, (row, 0)), column, problem, expected)

    def text(self, path: Path) -> str | None:
        """The text of a file, or ``None`` with a fault if it is not UTF-8 text."""
        name = path.relative_to(self.root).as_posix()
        if not path.is_file():
            self.fault((name, 0), "", "the file is missing", "see the README.md of the data")
            return None
        content = path.read_bytes()
        self.texts[name] = content
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            self.fault((name, line), "", f"byte {error.start} is not UTF-8", "a UTF-8 text file")
            return None

    def table(self, path: Path, table: Table) -> Iterator[Any]:
        """The records of one CSV file; a file that is missing is a fault if it is needed."""
        name = path.relative_to(self.root).as_posix()
        if not path.exists():
            if not table.optional:
                self.fault((name, 0), "", "the file is missing", f"columns {','.join(table.headers)}")
            return
        content = self.text(path)
        if content is not None:
            yield from self._rows(name, content, table)

    def _rows(self, name: str, content: str, table: Table) -> Iterator[Any]:
        rows = csv.reader(io.StringIO(content, newline=""), strict=True)
        try:
            if not self._header(name, next(rows, []), table):
                return
            for cells in rows:
                if cells:
                    yield from self._row((name, rows.line_num), cells, table)
        except csv.Error as error:
            self.fault((name, rows.line_num), "", f"not CSV: {error}", 'cells quoted with "')

    def _header(self, name: str, header: list[str], table: Table) -> bool:
        expected = ",".join(table.headers)
        for missing in (column for column in table.headers if column not in header):
            self.fault((name, 1), missing, "the column is missing", f"the header {expected}")
        for extra in (column for column in header if column not in table.headers):
            self.fault((name, 1), extra, "the column is not known", f"the header {expected}")
        if sorted(header) == sorted(table.headers) and tuple(header) != table.headers:
            self.fault((name, 1), "", "the columns are in another order", f"the header {expected}")
        return tuple(header) == table.headers

    def _row(self, place: tuple[str, int], cells: list[str], table: Table) -> Iterator[Any]:
        if len(cells) != len(table.columns):
            problem = f"the row has {len(cells)} cells"
            self.fault(place, "", problem, f"{len(table.columns)}, as in the header")
            return
        values = self.values(place, dict(zip(table.headers, cells, strict=True)), table.columns)
        if values is not None:
            self.keep(str(values.get("id") or values.get("name") or ""), place)
            yield table.record(**values)

    def values(
        self, place: tuple[str, int], cells: Mapping[str, str], columns: Iterable[Column]
    ) -> dict[str, object] | None:
        """The parsed cells of a row, or ``None`` if any is faulty."""
        values: dict[str, object] = {}
        faulty = False
        for column in columns:
            try:
                values[column.field] = column.parser(cells[column.header].strip())
            except ValueInvalid as error:
                self.fault(place, column.header, error.problem, error.expected)
                faulty = True
        return None if faulty else values

    def keep(self, name: str, place: tuple[str, int]) -> None:
        """Keeps where an id stands; the same id twice is a fault."""
        if not name:
            return
        if name in self.places:
            file, line = self.places[name]
            self.fault(place, "id", f"{name!r} is already used at {file}:{line}", "a new id")
        self.places.setdefault(name, place)

    def toml(self, path: Path) -> dict[str, Any] | None:
        """A TOML file as a mapping, or ``None`` with a fault that names the line."""
        content = self.text(path)
        if content is None:
            return None
        try:
            return tomllib.loads(content)
        except tomllib.TOMLDecodeError as error:
            name = path.relative_to(self.root).as_posix()
            self.fault(
                (name, _line_of(error) or content.count("\n") + 1), "", f"not TOML: {error}", "valid TOML"
            )
            return None

    def tables(self, path: Path, content: Any, name: str) -> list[dict[str, Any]]:
        """The entries ``[[name]]`` of a TOML table; anything else under that name is a fault."""
        found = content.get(name, []) if isinstance(content, dict) else None
        if isinstance(found, list) and all(isinstance(entry, dict) for entry in found):
            return found
        place = path.relative_to(self.root).as_posix(), self.line_with(path, f"[{name}")
        self.fault(place, name, "it is not a list of tables", f"[[{name}]]")
        return []

    def line_with(self, path: Path, needle: str) -> int:
        """The first line of a file that holds a text; 0 if none does."""
        name = path.relative_to(self.root).as_posix()
        before, found, _ = self.texts[name].partition(needle.encode())
        return before.count(b"\n") + 1 if found else 0


def _line_of(error: tomllib.TOMLDecodeError) -> int:
    """The line in a TOML error's text; Python 3.11 gives it in words only."""
    _, _, tail = str(error).partition("(at line ")
    number = tail.partition(",")[0]
    return int(number) if number.isdecimal() else 0
