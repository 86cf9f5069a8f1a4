"""Decisions in a workbook, for whoever reads them in a spreadsheet."""

from __future__ import annotations

import datetime as dt
import shutil
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

import pyarrow as pa

from sekisho.determine.intake import cell_text
from sekisho.errors import OutputRefused

_MOST_ROWS, _MOST_COLUMNS, _MOST_LETTERS = 1_048_576, 16_384, 32_767
"""What a sheet and a cell of a workbook hold: Excel's specifications and limits."""
_MOST_NUMBER = 10**15
"""Numbers have fifteen digits there; a longer key would lose some."""
_FIRST_YEAR = 1900
_NO_TIME = dt.datetime(1980, 1, 1)  # noqa: DTZ001  a workbook knows no zones; archives begin with this day
_SHOWN = 40


class WorkbookWriter:
    """Writes a workbook with one sheet; the same rows give the same bytes at any time.

    Raises:
        OutputRefused: If the sheet or a cell cannot hold all there is; nothing is cut.
    """

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        import openpyxl  # noqa: PLC0415  slow to import, needed for this format only

        self.path = path
        if len(schema) > _MOST_COLUMNS:
            raise self._refused(
                f"there are {len(schema):,} columns; a sheet of a workbook holds {_MOST_COLUMNS:,}"
            )
        self.book = openpyxl.Workbook(write_only=True)
        self.book.properties.created = self.book.properties.modified = _NO_TIME
        self.sheet = self.book.create_sheet("decisions")
        self.sheet.freeze_panes = "A2"
        self.names, self.rows = schema.names, 1
        self.sheet.append([self._cell(name, name) for name in schema.names])

    def write(self, table: pa.RecordBatch) -> None:
        """Adds the rows of a batch."""
        if self.rows + table.num_rows > _MOST_ROWS:
            raise self._refused(
                f"there are more lines than the {_MOST_ROWS - 1:,} that a sheet of a workbook holds"
            )
        for row in zip(*(_written(column) for column in table.columns), strict=True):
            self.rows += 1
            self.sheet.append([self._cell(*each) for each in zip(self.names, row, strict=True)])

    def _cell(self, name: str, value: Any) -> Any:
        """A text is never a formula, whatever it starts with, and never cut."""
        if not isinstance(value, str):
            return value
        from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415  as above
        from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # noqa: PLC0415  as above

        if len(value) > _MOST_LETTERS:
            place = f"row {self.rows}, column {name[:_SHOWN]}"
            held = f"a cell of a workbook holds {_MOST_LETTERS:,}"
            raise self._refused(f"{place}: the text has {len(value):,} characters; {held}")
        value = ILLEGAL_CHARACTERS_RE.sub("\ufffd", value)
        if not value.startswith("="):
            return value
        cell = WriteOnlyCell(self.sheet, value)
        cell.data_type = "s"
        return cell

    def _refused(self, problem: str) -> OutputRefused:
        return OutputRefused(self.path.name.removesuffix(".part"), problem, "write .csv, .parquet or .jsonl")

    def close(self) -> None:
        """Completes the file."""
        from openpyxl.writer.excel import ExcelWriter  # noqa: PLC0415  as above

        ExcelWriter(self.book, _Timeless(self.path, "w", zipfile.ZIP_DEFLATED)).save()


class _Timeless(zipfile.ZipFile):
    """An archive that does not say when its entries were made."""

    def writestr(self, zinfo_or_arcname: Any, data: Any, *_: Any, **__: Any) -> None:
        """Adds an entry."""
        with self._entry(str(zinfo_or_arcname)) as entry:
            entry.write(data if isinstance(data, bytes) else data.encode())

    def write(self, filename: Any, arcname: Any = None, *_: Any, **__: Any) -> None:
        """Adds a file."""
        with Path(filename).open("rb") as file, self._entry(str(arcname)) as entry:
            shutil.copyfileobj(file, entry)

    def _entry(self, name: str) -> IO[bytes]:
        described = zipfile.ZipInfo(name)
        described.compress_type = self.compression
        return self.open(described, "w", force_zip64=True)


def _written(column: pa.Array) -> Iterable[Any]:
    return ["" if cell is None else cell if _fits(cell) else cell_text(cell) for cell in column.to_pylist()]


def _fits(cell: Any) -> bool:
    """Whether a spreadsheet shows a cell as it is; else it gets its text."""
    if isinstance(cell, dt.date):
        return cell.year > _FIRST_YEAR and getattr(cell, "tzinfo", None) is None
    if isinstance(cell, int | float):
        return abs(cell) < _MOST_NUMBER
    return isinstance(cell, str)
