"""Decisions out: CSV, Parquet, XLSX and JSON lines, each file whole or not at all."""

from __future__ import annotations

import base64
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sekisho.determine.cells import as_texts, is_text, text_bytes
from sekisho.determine.codes import Codes
from sekisho.determine.files import format_of
from sekisho.determine.intake import KEY, cell_text
from sekisho.determine.workbook import WorkbookWriter


class Writer:
    """Writes decisions to a file in its format, whole or not at all.

    The file is written beside its place and moved there when it is complete.

    Args:
        path: The place.
        settled: Whether the file is to be on the disk itself before it is moved, so that it
            is whole even if the power fails.
    """

    def __init__(self, path: Path, *, settled: bool = False) -> None:
        self.path, self.format, self.settled = path.resolve(), format_of(path), settled
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
            if self.settled:
                settle(self.part)
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


def settle(path: Path) -> None:
    """Waits until what was written to a file is on the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


class _LineWriter:
    """Writes rows as lines: each column becomes texts, and those of a row are joined."""

    def __init__(self, path: Path) -> None:
        self.file = path.open("wb")

    def write(self, table: pa.RecordBatch) -> None:
        if not table.num_rows:
            return
        lines = pc.binary_join_element_wise(*_joined(self.parts(table)), _NOTHING)
        _, offsets, data = lines.buffers()
        ends = memoryview(offsets).cast("q")
        self.file.write(memoryview(data)[ends[lines.offset] : ends[lines.offset + len(lines)]])

    def parts(self, table: pa.RecordBatch) -> Iterator[_Part]:
        """The columns of every line, in order."""
        raise NotImplementedError

    def close(self) -> None:
        self.file.close()


@dataclass(frozen=True, slots=True)
class _Part:
    """A column, with how its cells are worded and what stands before and after each."""

    before: str
    column: pa.Array
    words: Callable[[pa.Array], pa.Array]
    after: str = ""

    @property
    def is_coded(self) -> bool:
        return bool(pa.types.is_dictionary(self.column.type))

    def plain(self) -> list[pa.Array | pa.Scalar]:
        """The texts of all rows, and what stands around them."""
        return [*_scalars(self.before), self.words(self.column), *_scalars(self.after)]

    def coded(self) -> _Coded:
        """The different texts, and which of them each row has; the last is that of an empty cell."""
        known = self.column.dictionary
        worded = self.words(pa.concat_arrays([known, pa.nulls(1, known.type)]))
        places = np.asarray(self.column.indices.cast(pa.int64()).fill_null(len(known)))
        around = [*_scalars(self.before), worded, *_scalars(self.after)]
        return pc.binary_join_element_wise(*around, _NOTHING), places


def _scalars(text: str) -> list[pa.Scalar]:
    return [pa.scalar(text, _TEXT)] if text else []


_Coded = tuple[pa.Array, Codes]
_MOST_JOINED = 1 << 12
_MOST_PAIRS = 1 << 18


def _joined(parts: Iterable[_Part]) -> Iterator[pa.Array | pa.Scalar]:
    """Texts that make up the lines: columns with few different cells are one with their neighbours."""
    kept: _Coded | None = None
    for part in parts:
        coded = part.coded() if part.is_coded else None
        both = _both(kept, coded) if kept and coded else coded
        if both is None:
            yield from _taken(kept)
        kept = coded if both is None else both
        if coded is None:
            yield from part.plain()
    yield from _taken(kept)


def _taken(coded: _Coded | None) -> list[pa.Array]:
    return [coded[0].take(pa.array(coded[1]))] if coded is not None else []


def _both(one: _Coded, other: _Coded) -> _Coded | None:
    """The different pairs of texts of two columns; ``None`` if they are too many."""
    size = len(other[0])
    if len(one[0]) * size > _MOST_PAIRS:
        return None
    pairs = one[1] * size + other[1]
    used = np.flatnonzero(np.bincount(pairs))
    if len(used) > _MOST_JOINED:
        return None
    place = np.zeros(int(used[-1]) + 1, dtype=np.int64)
    place[used] = np.arange(len(used))
    texts = (one[0].take(pa.array(used // size)), other[0].take(pa.array(used % size)))
    return pc.binary_join_element_wise(*texts, _NOTHING), place[pairs]


class _CsvWriter(_LineWriter):
    def __init__(self, path: Path, schema: pa.Schema) -> None:
        super().__init__(path)
        self.separator = "\t" if path.name.endswith(".tsv.part") else ","
        self.file.write((self.separator.join(map(_quoted, schema.names)) + "\n").encode())

    def parts(self, table: pa.RecordBatch) -> Iterator[_Part]:
        last = table.num_columns - 1
        for at, column in enumerate(table.columns):
            yield _Part(self.separator if at else "", column, _csv_words, "\n" if at == last else "")


class _JsonWriter(_LineWriter):
    def __init__(self, path: Path, _: pa.Schema) -> None:
        super().__init__(path)

    def parts(self, table: pa.RecordBatch) -> Iterator[_Part]:
        last = table.num_columns - 1
        for at, (name, column) in enumerate(zip(table.schema.names, table.columns, strict=True)):
            before = f"{', ' if at else '{'}{json.dumps(name, ensure_ascii=False)}: "
            yield _Part(before, column, _json_words, "}\n" if at == last else "")


_TEXT = pa.large_string()
_NOTHING = pa.scalar("", _TEXT)
_QUOTABLE = '[,"\r\n\t]'
_ESCAPED = r'[\x00-\x1f"\\]'
_QUOTABLE_BYTES = tuple(mark.encode() for mark in ',"\r\n\t')


def _csv_words(column: pa.Array) -> pa.Array:
    column = as_texts(column).cast(_TEXT)
    held = text_bytes(column)
    if not any(mark in held for mark in _QUOTABLE_BYTES):
        return column
    odd = pc.match_substring_regex(column, _QUOTABLE)
    doubled = pc.replace_substring(column, '"', '""') if b'"' in held else column
    mark = pa.scalar('"', _TEXT)
    return pc.if_else(odd, pc.binary_join_element_wise(mark, doubled, mark, _NOTHING), column)


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if re.search(_QUOTABLE, cell) else cell


def _json_words(column: pa.Array) -> pa.Array:
    if pa.types.is_integer(column.type):
        return column.cast(_TEXT).fill_null("null")
    if is_text(column.type):
        column = column.cast(_TEXT)
        if not pc.any(pc.match_substring_regex(column, _ESCAPED), min_count=0).as_py():
            quote = pa.scalar('"', _TEXT)
            return pc.binary_join_element_wise(quote, column, quote, _NOTHING).fill_null("null")
    return pa.array(map(_json_word, column.to_pylist()), _TEXT)


def _json_word(cell: Any) -> str:
    if cell is None or cell != cell:  # noqa: PLR0124  not a number
        return "null"
    return json.dumps(
        cell if isinstance(cell, bool | int | float | str) else cell_text(cell), ensure_ascii=False
    )


_AT_ONCE = 1 << 13
"""Rows that the Parquet writer looks at together."""


class _ParquetWriter:
    """Writes dictionaries as they are; whoever reads the file finds plain columns.

    The least and the greatest of the few texts of a dictionary help nobody to find a row, and
    finding them is dear; those of keys, numbers and days are given.
    """

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self.schema = schema
        coded = [field.name for field in schema if pa.types.is_dictionary(field.type)]
        told = [name for name in schema.names if name not in coded or name in KEY]
        self.file = pq.ParquetWriter(
            path, schema, use_dictionary=coded, store_schema=False, write_statistics=told,
            write_batch_size=_AT_ONCE,
        )  # fmt: skip
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


_OPENERS: Any = {"csv": _CsvWriter, "jsonl": _JsonWriter, "parquet": _ParquetWriter, "xlsx": WorkbookWriter}
