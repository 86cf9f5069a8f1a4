"""Decisions out: CSV, Parquet, XLSX and JSON lines, each file whole or not at all."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sekisho.determine.files import format_of


class Writer:
    """Writes decisions to a file in its format, whole or not at all.

    The file is written beside its place and moved there when it is complete.
    """

    def __init__(self, path: Path) -> None:
        self.path, self.format = path, format_of(path)
        self.part = path.with_name(path.name + ".part")
        self._open: Any = None

    def write(self, table: pa.RecordBatch) -> None:
        """Adds the rows of a batch."""
        if self._open is None:
            self._open = _OPENERS[self.format](self.part, table.schema)
        self._open.write(table)

    def close(self) -> None:
        """Completes the file and puts it into its place."""
        if self._open is not None:
            self._open.close()
            self.part.replace(self.path)

    def discard(self) -> None:
        """Takes away what was written so far."""
        if self._open is not None:
            self._open.close()
        self.part.unlink(missing_ok=True)


class _CsvWriter:
    """Writes rows as lines; a cell that many rows share is quoted once."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self.separator = "\t" if path.name.endswith(".tsv.part") else ","
        self.file = path.open("w", encoding="utf-8", newline="")
        self.file.write(self.separator.join(_quoted(name) for name in schema.names) + "\n")

    def write(self, table: pa.RecordBatch) -> None:
        rows = zip(*(_csv_cells(column) for column in table.columns), strict=True)
        self.file.writelines([self.separator.join(row) + "\n" for row in rows])

    def close(self) -> None:
        self.file.close()


def _csv_cells(column: pa.Array) -> Iterable[str]:
    if pa.types.is_dictionary(column.type):
        shared = ["" if cell is None else _quoted(str(cell)) for cell in column.dictionary.to_pylist()]
        return map(shared.__getitem__, column.indices.to_pylist())
    cells = ["" if cell is None else cell for cell in column.to_pylist()]
    return cells if _QUOTABLE.search("".join(cells)) is None else map(_quoted, cells)


_QUOTABLE = re.compile('[,"\r\n]')


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if _QUOTABLE.search(cell) else cell


class _JsonWriter:
    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self.file = path.open("w", encoding="utf-8")
        self.names = schema.names

    def write(self, table: pa.RecordBatch) -> None:
        columns = [column.to_pylist() for column in table.columns]
        for row in zip(*columns, strict=True):
            values = dict(zip(self.names, row, strict=True))
            self.file.write(json.dumps(values, ensure_ascii=False) + "\n")

    def close(self) -> None:
        self.file.close()


class _ParquetWriter:
    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self.file = pq.ParquetWriter(path, plain(schema))

    def write(self, table: pa.RecordBatch) -> None:
        self.file.write_batch(table.cast(self.file.schema))

    def close(self) -> None:
        self.file.close()


def plain(schema: pa.Schema) -> pa.Schema:
    """A schema with the values of dictionary columns in place of their dictionaries."""
    fields = (pa.field(f.name, f.type.value_type) if pa.types.is_dictionary(f.type) else f for f in schema)
    return pa.schema(fields)


class _XlsxWriter:
    def __init__(self, path: Path, schema: pa.Schema) -> None:
        import openpyxl  # noqa: PLC0415  slow to import, needed for this format only

        self.path = path
        self.book = openpyxl.Workbook(write_only=True)
        self.sheet = self.book.create_sheet("decisions")
        self.sheet.append(schema.names)

    def write(self, table: pa.RecordBatch) -> None:
        for row in zip(*(_written(column) for column in table.columns), strict=True):
            self.sheet.append([self._cell(value) for value in row])

    def _cell(self, value: Any) -> Any:
        """A text is never a formula, whatever it starts with."""
        if not isinstance(value, str):
            return value
        from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415  as above
        from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE  # noqa: PLC0415  as above

        value = ILLEGAL_CHARACTERS_RE.sub("\ufffd", value)
        if not value.startswith("="):
            return value
        cell = WriteOnlyCell(self.sheet, value)
        cell.data_type = "s"
        return cell

    def close(self) -> None:
        self.book.save(self.path)


_OPENERS: Any = {"csv": _CsvWriter, "jsonl": _JsonWriter, "parquet": _ParquetWriter, "xlsx": _XlsxWriter}


def _written(column: pa.Array) -> Iterable[Any]:
    return ["" if cell is None else cell for cell in column.to_pylist()]
