"""CSV files in blocks of whole lines.

A block whose every line is plain is read by Arrow at once. Anything odd in it (quotes that
do not fit, rows too short or too long, blank lines) has it read again row by row, so that
each broken row is named and kept in its place, and the others are not lost.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from sekisho.errors import Fault, InputInvalid

BLOCK = 1 << 23
"""Bytes read at once."""
_SAMPLE = 1 << 20
_REPEATED = 4
_CELL_LIMIT = 1 << 30
_UTF_8 = "a UTF-8 file; in a spreadsheet save as 'CSV UTF-8'"
_QUOTING = 'a cell that holds the separator or a quote written as "..." with "" for each quote'
_NEWLINE, _RETURN, _QUOTE = b'\n\r"'
_PIECE = 1 << 18
_Bytes = np.ndarray[Any, np.dtype[np.uint8]]
_LINE = re.compile("[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one block.

    Attributes:
        columns: The cells, column by column.
        places: The place of each of these columns in the header.
        lines: The line each row begins on.
        broken: Rows that could not be read, by position.
        read: How many bytes of the file were read so far.
    """

    columns: Sequence[pa.Array]
    places: Sequence[int]
    lines: Sequence[int]
    broken: dict[int, Fault]
    read: int


def read_csv(
    path: Path,
    name_columns: Callable[[Sequence[str]], list[str]],
    passed: int = 0,
    key: Collection[str] = (),
) -> Iterator[tuple[list[str], Rows]]:
    """The names of the columns and the rows of each block, at least one.

    Args:
        path: A file that exists.
        name_columns: Makes the names of columns from the cells of the header.
        passed: How many rows at the beginning are wanted with their key only; blocks of
            these may come without the other columns.
        key: The names of the columns of the key.

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
        few = [at for at, name in enumerate(names) if name in key] or [0]
        while not source.ended or not source.blocks:
            rows = reader.rows(source.block(), few, passed)
            passed -= len(rows.lines)
            yield [names[at] for at in rows.places], rows


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


@dataclass(frozen=True, slots=True)
class _Block:
    """Whole lines at the start of a buffer, until the next block is read into it.

    Behind a last line of the file that has no end stands one in the buffer.
    """

    buffer: bytearray
    end: int

    def __len__(self) -> int:
        return self.end

    def __bytes__(self) -> bytes:
        return bytes(self.view)

    @property
    def view(self) -> memoryview:
        """The bytes of the lines."""
        return memoryview(self.buffer)[: self.end]

    def head(self, size: int) -> _Block:
        """The whole lines among the first bytes; all lines if the first is longer."""
        return _Block(self.buffer, self.buffer.rfind(b"\n", 0, min(size, self.end)) + 1 or self.end)

    def lines(self) -> int:
        """How many lines there are."""
        content = self._content()
        return sum(int(np.count_nonzero(content[piece] == _NEWLINE)) for piece in _pieces(content))

    def is_plain(self, delimiter: str) -> bool:
        """Whether Arrow and Python would read it alike, if it has as many rows as lines.

        A blank line, and a cell that goes on in the next line, make the rows fewer.
        """
        if self._holds(b"\0") or (self._holds(b"\r") and not self._returns_end_lines()):
            return False
        return not self._holds(b'"') or self._is_well_quoted(delimiter.encode())

    def _holds(self, mark: bytes) -> bool:
        return self.buffer.find(mark, 0, self.end) >= 0

    def _returns_end_lines(self) -> bool:
        content = self._content()
        found = (np.flatnonzero(content[piece] == _RETURN) + piece.start for piece in _pieces(content))
        return all(bool((content[returns + 1] == _NEWLINE).all()) for returns in found)

    def _is_well_quoted(self, delimiter: bytes) -> bool:
        """Whether every quote opens a cell, closes it, or is doubled inside one."""
        content = self._content()
        opens, closes = np.zeros(256, dtype=np.bool_), np.zeros(256, dtype=np.bool_)
        opens[[delimiter[0], _NEWLINE, _QUOTE]] = True
        closes[[delimiter[0], _NEWLINE, _QUOTE, _RETURN]] = True
        inside = 0
        for piece in _pieces(content):
            quotes = np.flatnonzero(content[piece] == _QUOTE) + piece.start
            before, after = content[quotes[inside::2] - 1], content[quotes[1 - inside :: 2] + 1]
            if not (opens[before].all() and closes[after].all()):
                return False
            inside = (inside + len(quotes)) % 2
        return not inside

    def _content(self) -> _Bytes:
        """The bytes of the lines, each of which has its end."""
        open_ended = bool(self.end) and self.buffer[self.end - 1] != _NEWLINE
        return np.frombuffer(self.buffer, dtype=np.uint8, count=self.end + open_ended)


def _pieces(content: _Bytes) -> Iterator[slice]:
    """Parts that stay in the cache of a processor while they are looked at."""
    return (slice(first, first + _PIECE) for first in range(0, len(content), _PIECE))


class _Source:
    """A file as blocks of whole lines."""

    def __init__(self, path: Path, raw: io.BufferedReader) -> None:
        self.path, self.raw = path, raw
        self.line = 0
        self.buffer = bytearray()
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

    def block(self) -> _Block:
        """The next whole lines; empty at the end of a file that ends with its header."""
        self.blocks += 1
        held = len(self.rest)
        self._make_room(held)
        self.buffer[:held] = self.rest
        while read := self.raw.readinto(memoryview(self.buffer)[held : held + BLOCK]):
            end = self.buffer.rfind(b"\n", held, held + read) + 1
            held += read
            if end:
                self.rest = bytes(memoryview(self.buffer)[end:held])
                self.ended = not self.rest and not self.raw.peek(1)
                return _Block(self.buffer, end)
            self._make_room(held)
        self.rest, self.ended = b"", True
        self.buffer[held] = _NEWLINE
        return _Block(self.buffer, held)

    def _make_room(self, held: int) -> None:
        """Room for a block after what is held; the same memory again is quicker than new."""
        if len(self.buffer) <= held + BLOCK:
            self.buffer = self.buffer[:held] + bytearray(held + BLOCK + 1)

    def more(self) -> _Block:
        """The lines after a block, for a cell that goes on beyond it."""
        return _Block(self.buffer, 0) if self.ended else self.block()

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

    def rows(self, block: _Block, few: Sequence[int], passed: int) -> Rows:
        """The rows of a block; if no more than ``passed``, a few columns of them are enough."""
        if not self.types:
            self.types = self._types(block)
        places = few if passed > 0 and block.lines() <= passed else range(self.width)
        columns = self._at_once(block, self.types, places)
        if columns is None:
            return self._one_by_one(block)
        first = self.source.line + 1
        self.source.line += len(columns[0])
        return Rows(columns, places, range(first, self.source.line + 1), {}, self.source.raw.tell())

    def _types(self, block: _Block) -> dict[str, pa.DataType]:
        """How to hold each column: one whose cells repeat as places in a list of texts."""
        plain = dict.fromkeys(self.names, pa.string())
        columns = self._at_once(block.head(_SAMPLE), plain, range(self.width))
        if columns is None or not len(columns[0]):
            return plain
        coded = pa.dictionary(pa.int32(), pa.string())
        different = [pc.count_distinct(column).as_py() for column in columns]
        return {
            name: coded if count * _REPEATED < len(columns[0]) else pa.string()
            for name, count in zip(self.names, different, strict=True)
        }

    def _at_once(
        self, block: _Block, types: dict[str, pa.DataType], places: Sequence[int]
    ) -> list[pa.Array] | None:
        """Columns of a block as Arrow reads them; ``None`` if anything in the block is odd."""
        if not len(block) or not block.is_plain(self.delimiter):
            return None
        try:
            table = pacsv.read_csv(
                pa.BufferReader(pa.py_buffer(block.view)),
                pacsv.ReadOptions(column_names=self.names, block_size=len(block) + 1, use_threads=False),
                pacsv.ParseOptions(delimiter=self.delimiter),
                pacsv.ConvertOptions(
                    column_types=types,
                    strings_can_be_null=False,
                    include_columns=[self.names[at] for at in places],
                ),
            )
        except pa.ArrowInvalid:
            return None
        if table.num_rows != block.lines():
            return None
        return [column.combine_chunks() for column in table.columns]

    def _one_by_one(self, block: _Block) -> Rows:
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
        return Rows(arrays, range(self.width), lines, broken, self.source.raw.tell())

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


def _wrong_quotes(first: int, last: int, error: csv.Error) -> str:
    if "unexpected end" in str(error):
        return f"a quoted cell of line {first} is never closed; everything to line {last} is in it"
    where = "the row" if first == last else f"lines {first} to {last}"
    return f"the quotes of {where} are wrong ({error})"


class _Lines:
    """The lines of a block as texts, and those after it as long as a cell goes on."""

    def __init__(self, source: _Source, block: _Block) -> None:
        self.source = source
        self.lines = self._split(block)
        self.at = 0

    @property
    def done(self) -> bool:
        """Whether every line was given."""
        return self.at == len(self.lines)

    def _split(self, block: _Block) -> list[str]:
        return _LINE.findall(self.source.decoded(bytes(block), self.source.line + 1))

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
