"""CSV files in blocks of whole lines.

A block whose every line is plain is read by Arrow at once. Anything odd in it (quotes that
do not fit, rows too short or too long, blank lines) has it read again row by row, so that
each broken row is named and kept in its place, and the others are not lost.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from sekisho.errors import Fault, InputInvalid

BLOCK = 1 << 23
"""Bytes read at once."""
_SAMPLE = 1 << 16
_REPEATED = 4
_CELL_LIMIT = 1 << 30
_UTF_8 = "a UTF-8 file; in a spreadsheet save as 'CSV UTF-8'"
_QUOTING = 'a cell that holds the separator or a quote written as "..." with "" for each quote'
_LINE = re.compile("[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one block.

    Attributes:
        columns: The cells, in the order of the header.
        lines: The line each row begins on.
        broken: Rows that could not be read, by position.
        read: How many bytes of the file were read so far.
    """

    columns: Sequence[pa.Array]
    lines: Sequence[int]
    broken: dict[int, Fault]
    read: int


def read_csv(
    path: Path, name_columns: Callable[[Sequence[str]], list[str]]
) -> Iterator[tuple[list[str], Rows]]:
    """The names of the columns and the rows of each block, at least one.

    Args:
        path: A file that exists.
        name_columns: Makes the names of columns from the cells of the header.

    Raises:
        InputInvalid: If the file is empty, or no text in UTF-8.
    """
    csv.field_size_limit(_CELL_LIMIT)
    with path.open("rb") as raw:
        _refuse_binary(path, raw)
        source = _Source(path, raw)
        header, delimiter = source.header()
        names = name_columns(header)
        reader = _Reader(source, len(names), delimiter)
        while not source.ended or not source.blocks:
            yield names, reader.rows(source.block())


def _refuse_binary(path: Path, raw: BinaryIO) -> None:
    head = raw.read(4096)
    raw.seek(0)
    if not head.strip():
        raise InputInvalid([Fault(path.name, 0, "", "the file is empty", "a header row and order lines")])
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputInvalid([Fault(path.name, 0, "", "the file is UTF-16", _UTF_8)])
    if b"\0" in head or head.startswith((b"PK\x03\x04", b"PAR1")):
        problem = "the file is binary, not CSV"
        advice = "a text file, or the ending .xlsx or .parquet if it is one"
        raise InputInvalid([Fault(path.name, 1, "", problem, advice)])


class _Source:
    """A file as blocks of whole lines."""

    def __init__(self, path: Path, raw: io.BufferedReader) -> None:
        self.path, self.raw = path, raw
        self.line = 0
        self.rest = b""
        self.ended = False
        self.blocks = 0

    def header(self) -> tuple[list[str], str]:
        """The cells of the first line, and what separates them."""
        content = self.raw.readline().removeprefix(b"\xef\xbb\xbf")
        while content.count(b'"') % 2 and (more := self.raw.readline()):
            content += more  # a quoted name goes on in the next line
        end = re.search(b"\r\n|\n|\r", content) if b'"' not in content else None
        cut = end.end() if end else len(content)
        text, self.rest = self.decoded(content[:cut], 1), content[cut:]
        self.line = max(1, content.count(b"\n", 0, cut))
        delimiter = max((",", ";", "\t"), key=text.count)
        return next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), []), delimiter

    def block(self) -> bytes:
        """The next whole lines; empty at the end of a file that ends with its header."""
        self.blocks += 1
        parts = [self.rest]
        while part := self.raw.read(BLOCK):
            cut = part.rfind(b"\n") + 1
            if cut:
                self.rest = part[cut:]
                self.ended = not self.rest and not self.raw.peek(1)
                return b"".join([*parts, part[:cut]])
            parts.append(part)
        self.rest, self.ended = b"", True
        return b"".join(parts)

    def more(self) -> bytes:
        """The lines after a block, for a cell that goes on beyond it."""
        return b"" if self.ended else self.block()

    def decoded(self, content: bytes, line: int) -> str:
        """Bytes as text; ``line`` is the number of their first line."""
        try:
            return content.decode()
        except UnicodeDecodeError as error:
            line += content.count(b"\n", 0, error.start)
            problem = f"byte {content[error.start]:#04x} is not UTF-8"
            raise InputInvalid([Fault(self.path.name, line, "", problem, _UTF_8)]) from None


class _Reader:
    """Reads blocks of rows of one width."""

    def __init__(self, source: _Source, width: int, delimiter: str) -> None:
        self.source, self.width, self.delimiter = source, width, delimiter
        self.names = [str(at) for at in range(width)]
        self.types: dict[str, pa.DataType] = {}

    def rows(self, block: bytes) -> Rows:
        if not self.types:
            self.types = self._types(block)
        columns = self._at_once(block, self.types)
        if columns is None:
            return self._one_by_one(block)
        first = self.source.line + 1
        self.source.line += len(columns[0])
        return Rows(columns, range(first, self.source.line + 1), {}, self.source.raw.tell())

    def _types(self, block: bytes) -> dict[str, pa.DataType]:
        """How to hold each column: one whose cells repeat as places in a list of texts."""
        sample = block[: block.rfind(b"\n", 0, _SAMPLE) + 1] or block
        plain = dict.fromkeys(self.names, pa.string())
        columns = self._at_once(sample, plain)
        if columns is None or not len(columns[0]):
            return plain
        coded = pa.dictionary(pa.int32(), pa.string())
        different = [pc.count_distinct(column).as_py() for column in columns]
        return {
            name: coded if count * _REPEATED < len(columns[0]) else pa.string()
            for name, count in zip(self.names, different, strict=True)
        }

    def _at_once(self, block: bytes, types: dict[str, pa.DataType]) -> list[pa.Array] | None:
        """The columns of a block as Arrow reads them; ``None`` if anything in it is odd."""
        if not block or not self._is_plain(block):
            return None
        try:
            table = pacsv.read_csv(
                pa.BufferReader(block),
                pacsv.ReadOptions(column_names=self.names, block_size=len(block) + 1, use_threads=False),
                pacsv.ParseOptions(delimiter=self.delimiter),
                pacsv.ConvertOptions(column_types=types, strings_can_be_null=False),
            )
        except pa.ArrowInvalid:
            return None
        lines = block.count(b"\n") + (not block.endswith(b"\n"))
        if table.num_rows != lines:
            return None
        return [column.combine_chunks() for column in table.columns]

    def _is_plain(self, block: bytes) -> bool:
        """Whether Arrow and Python would read it alike."""
        if b"\n\n" in block or b"\n\r\n" in block or block.startswith((b"\n", b"\r\n")):
            return False  # blank lines count as lines, though not as rows
        if b"\0" in block or (b"\r" in block and block.count(b"\r") != block.count(b"\r\n")):
            return False
        return b'"' not in block or _is_well_quoted(block, self.delimiter.encode())

    def _one_by_one(self, block: bytes) -> Rows:
        kept, lines, broken = list[list[str]](), list[int](), dict[int, Fault]()
        texts = _Lines(self.source, block)
        reader = csv.reader(texts, delimiter=self.delimiter, strict=True)
        while not texts.done:
            first = self.source.line + 1
            for line, cells, fault in self._row(reader, first):
                if fault is not None:
                    broken[len(kept)] = fault
                kept.append(cells)
                lines.append(line)
        columns = list(zip(*kept, strict=True)) if kept else [()] * self.width
        arrays = [self._held(name, cells) for name, cells in zip(self.names, columns, strict=True)]
        return Rows(arrays, lines, broken, self.source.raw.tell())

    def _held(self, name: str, cells: Sequence[str]) -> pa.Array:
        column = pa.array(cells, pa.string())
        return column if pa.types.is_string(self.types[name]) else column.dictionary_encode()

    def _row(self, reader: Iterator[list[str]], first: int) -> Iterator[tuple[int, list[str], Fault | None]]:
        """The row that begins on a line; for wrong quotes a broken row for each line they swallow."""
        name, nothing = self.source.path.name, [""] * self.width
        try:
            cells = next(reader, [])
        except csv.Error as error:
            last = self.source.line
            problem = _wrong_quotes(first, last, error)
            for line in range(first, last + 1):
                yield line, nothing, Fault(name, line, "", problem, _QUOTING)
            return
        if len(cells) == self.width:
            yield first, cells, None
        elif cells:
            fault = Fault(
                name, first, "", f"the row has {len(cells)} cells", f"{self.width}, as in the header"
            )
            yield first, [*cells[: self.width], *nothing[len(cells) :]], fault


def _is_well_quoted(block: bytes, delimiter: bytes) -> bool:
    """Whether every quote opens a cell, closes it, or is doubled inside one.

    A cell that goes on in the next line is seen by the number of rows, which is less than
    that of the lines.
    """
    content = np.frombuffer(b"\n" + block + b"\n", dtype=np.uint8)
    quotes = np.flatnonzero(content == _QUOTE)
    if len(quotes) % 2:
        return False
    before, after = content[quotes[::2] - 1], content[quotes[1::2] + 1]
    separates = np.zeros(256, dtype=np.bool_)
    separates[[delimiter[0], _NEWLINE]] = True
    opens = separates[before]
    separates[_RETURN] = True
    closes = separates[after]
    if opens.all() and closes.all():
        return True
    doubled = np.concatenate([[False], quotes[2::2] == quotes[1:-1:2] + 1])
    return bool((opens | doubled).all() and (closes | (after == _QUOTE)).all())


_NEWLINE, _RETURN, _QUOTE = b'\n\r"'


def _wrong_quotes(first: int, last: int, error: csv.Error) -> str:
    if "unexpected end" in str(error):
        return f"a quoted cell of line {first} is never closed; everything to line {last} is in it"
    where = "the row" if first == last else f"lines {first} to {last}"
    return f"the quotes of {where} are wrong ({error})"


class _Lines:
    """The lines of a block as texts, and those after it as long as a cell goes on."""

    def __init__(self, source: _Source, block: bytes) -> None:
        self.source = source
        self.lines = self._split(block)
        self.at = 0

    @property
    def done(self) -> bool:
        """Whether every line was given."""
        return self.at == len(self.lines)

    def _split(self, block: bytes) -> list[str]:
        return _LINE.findall(self.source.decoded(block, self.source.line + 1))

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self.done:
            self.lines, self.at = self._split(self.source.more()), 0
            if not self.lines:
                raise StopIteration
        self.at += 1
        self.source.line += 1
        return self.lines[self.at - 1]
