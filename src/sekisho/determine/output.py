"""Decisions out: CSV, Parquet, XLSX and JSON lines, each file whole or not at all."""

from __future__ import annotations

import base64
import datetime as dt
import json
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sekisho.determine.cells import as_texts, is_text
from sekisho.determine.files import format_of
from sekisho.determine.intake import cell_text


class Writer:
    """Writes decisions to a file in its format, whole or not at all.

    The file is written beside its place and moved there when it is complete.
    """

    def __init__(self, path: Path) -> None:
        self.path, self.format = path.resolve(), format_of(path)
        self.part = self.path.with_name(self.path.name + ".part")
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
        try:
            if self._open is not None:
                self._open.close()
        except (OSError, pa.ArrowException):
            pass  # what stopped the run, such as a full disk, stops its last bytes too
        finally:
            self.part.unlink(missing_ok=True)


class _LineWriter:
    """Writes rows as lines: each column becomes texts, and those of a row are joined."""

    def __init__(self, path: Path) -> None:
        self.file = path.open("wb")

    def write(self, table: pa.RecordBatch) -> None:
        if table.num_rows:
            parts = [
                part if isinstance(part, pa.Array) else pa.scalar(part, _TEXT) for part in self.line(table)
            ]
            lines = pc.binary_join_element_wise(*parts, pa.scalar("", _TEXT))
            _, offsets, data = lines.buffers()
            ends = memoryview(offsets).cast("q")
            self.file.write(memoryview(data)[ends[lines.offset] : ends[lines.offset + len(lines)]])

    def line(self, table: pa.RecordBatch) -> Iterator[pa.Array | str]:
        """The parts of every line, in order: columns of texts, and what stands between them."""
        raise NotImplementedError

    def close(self) -> None:
        self.file.close()


class _CsvWriter(_LineWriter):
    def __init__(self, path: Path, schema: pa.Schema) -> None:
        super().__init__(path)
        self.separator = "\t" if path.name.endswith(".tsv.part") else ","
        self.file.write((self.separator.join(map(_quoted, schema.names)) + "\n").encode())

    def line(self, table: pa.RecordBatch) -> Iterator[pa.Array | str]:
        for at, column in enumerate(table.columns):
            yield self.separator if at else ""
            yield _worded(column, _csv_words)
        yield "\n"


class _JsonWriter(_LineWriter):
    def __init__(self, path: Path, _: pa.Schema) -> None:
        super().__init__(path)

    def line(self, table: pa.RecordBatch) -> Iterator[pa.Array | str]:
        for at, (name, column) in enumerate(zip(table.schema.names, table.columns, strict=True)):
            yield f"{', ' if at else '{'}{json.dumps(name, ensure_ascii=False)}: "
            yield _worded(column, _json_words)
        yield "}\n"


_TEXT = pa.large_string()
_QUOTABLE = '[,"\r\n\t]'
_ESCAPED = r'[\x00-\x1f"\\]'


def _worded(column: pa.Array, words: Callable[[pa.Array], pa.Array]) -> pa.Array:
    """A column as the texts of its cells; what many cells share is worded once."""
    if not pa.types.is_dictionary(column.type):
        return words(column)
    known = column.dictionary
    worded = words(pa.concat_arrays([known, pa.nulls(1, known.type)]))
    return worded.take(column.indices.cast(pa.int64()).fill_null(len(known)))


def _csv_words(column: pa.Array) -> pa.Array:
    column = as_texts(column).cast(_TEXT)
    if not pc.any(pc.match_substring_regex(column, _QUOTABLE), min_count=0).as_py():
        return column
    return pa.array(map(_quoted, column.to_pylist()), _TEXT)


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if re.search(_QUOTABLE, cell) else cell


def _json_words(column: pa.Array) -> pa.Array:
    if pa.types.is_integer(column.type):
        return column.cast(_TEXT).fill_null("null")
    if is_text(column.type):
        column = column.cast(_TEXT)
        if not pc.any(pc.match_substring_regex(column, _ESCAPED), min_count=0).as_py():
            quote = pa.scalar('"', _TEXT)
            return pc.binary_join_element_wise(quote, column, quote, pa.scalar("", _TEXT)).fill_null("null")
    return pa.array(map(_json_word, column.to_pylist()), _TEXT)


def _json_word(cell: Any) -> str:
    if cell is None or cell != cell:  # noqa: PLR0124  not a number
        return "null"
    return json.dumps(
        cell if isinstance(cell, bool | int | float | str) else cell_text(cell), ensure_ascii=False
    )


class _ParquetWriter:
    """Writes dictionaries as they are; whoever reads the file finds plain columns."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self.schema = schema
        coded = [field.name for field in schema if pa.types.is_dictionary(field.type)]
        self.file = pq.ParquetWriter(path, schema, use_dictionary=coded, store_schema=False)
        described = base64.b64encode(plain(schema).serialize().to_pybytes())
        self.file.add_key_value_metadata({"ARROW:schema": described.decode()})

    def write(self, table: pa.RecordBatch) -> None:
        self.file.write_batch(table.cast(self.schema) if table.schema != self.schema else table)

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
    kept = bool | int | float | str | dt.date
    cells = column.to_pylist()
    return ["" if cell is None else cell if isinstance(cell, kept) else cell_text(cell) for cell in cells]
