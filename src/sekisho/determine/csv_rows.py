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
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from sekisho.determine.blocks import NEWLINE, RETURN, Block, Bytes, Rows, Source, pieces
from sekisho.errors import Fault, InputInvalid

_SAMPLE = 1 << 20
_REPEATED = 4
_CELL_LIMIT = 1 << 30
_UTF_8 = "a UTF-8 file; in a spreadsheet save as 'CSV UTF-8'"
_QUOTING = 'a cell that holds the separator or a quote written as "..." with "" for each quote'
_QUOTE = ord('"')
_LINE = re.compile("[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")


def read_csv(
    path: Path,
    name_columns: Callable[[Sequence[str]], list[str]],
    passed: int = 0,
    key: Collection[str] = (),
    share: int = 1,
) -> Iterator[Rows]:
    """The rows of each block, at least one.

    Args:
        path: A file that exists.
        name_columns: Makes the names of columns from the cells of the header.
        passed: How many rows at the beginning are wanted with their key only; blocks of
            these may come without the other columns.
        key: The names of the columns of the key.
        share: How many times smaller blocks are than they may be.

    Raises:
        InputInvalid: If the file is empty, or no text in UTF-8.
    """
    csv.field_size_limit(_CELL_LIMIT)
    with path.open("rb") as raw, ThreadPoolExecutor(1) as pool:
        _refuse_binary(path, raw)
        source = Source(path, raw, share)
        header, delimiter = _header(source)
        names = name_columns(header)
        reader = _Reader(source, names, delimiter, pool)
        few = [at for at, name in enumerate(names) if name in key] or [0]
        while not source.ended or not source.blocks:
            rows = reader.rows(source.block(), few, passed)
            passed -= len(rows.lines)
            yield rows


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


def _header(source: Source) -> tuple[list[str], str]:
    """The cells of the first line, and what separates them."""
    content = source.raw.readline().removeprefix(b"\xef\xbb\xbf")
    while content.count(b'"') % 2 and (more := source.raw.readline()):
        content += more  # a quoted name goes on in the next line
    end = re.search(b"\r\n|\n|\r", content) if b'"' not in content else None
    cut = end.end() if end else len(content)
    text, source.rest = _decoded(source, content[:cut], 1), content[cut:]
    source.line = max(1, content.count(b"\n", 0, cut))
    delimiter = max((",", ";", "\t"), key=text.count)
    return next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), []), delimiter


def _decoded(source: Source, content: bytes, line: int) -> str:
    """Bytes as text; ``line`` is the number of their first line."""
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line += content.count(b"\n", 0, error.start)
        problem = f"byte {content[error.start]:#04x} is not UTF-8"
        raise InputInvalid([Fault(source.path.name, line, "", problem, _UTF_8)]) from None


def _is_plain(block: Block, delimiter: str) -> bool:
    """Whether Arrow and Python would read a block alike, if it has as many rows as lines.

    A blank line, and a cell that goes on in the next line, make the rows fewer.
    """
    if block.holds(b"\0") or (block.holds(b"\r") and not _returns_end_lines(block.content())):
        return False
    return not block.holds(b'"') or _is_well_quoted(block.content(), delimiter.encode())


def _returns_end_lines(content: Bytes) -> bool:
    found = (np.flatnonzero(content[piece] == RETURN) + piece.start for piece in pieces(content))
    return all(bool((content[returns + 1] == NEWLINE).all()) for returns in found)


def _is_well_quoted(content: Bytes, delimiter: bytes) -> bool:
    """Whether every quote opens a cell, closes it, or is doubled inside one."""
    opens, closes = np.zeros(256, dtype=np.bool_), np.zeros(256, dtype=np.bool_)
    opens[[delimiter[0], NEWLINE, _QUOTE]] = True
    closes[[delimiter[0], NEWLINE, _QUOTE, RETURN]] = True
    inside = 0
    for piece in pieces(content):
        quotes = np.flatnonzero(content[piece] == _QUOTE) + piece.start
        before, after = content[quotes[inside::2] - 1], content[quotes[1 - inside :: 2] + 1]
        if not (opens[before].all() and closes[after].all()):
            return False
        inside = (inside + len(quotes)) % 2
    return not inside


class _Reader:
    """Reads blocks of rows of one width.

    Whether a block is plain is found out in another thread, while Arrow reads it as if it were:
    reading is the slowest stage of a run.
    """

    def __init__(
        self, source: Source, columns: Sequence[str], delimiter: str, pool: ThreadPoolExecutor
    ) -> None:
        self.source, self.columns, self.delimiter = source, columns, delimiter
        self.width = width = len(columns)
        self.names = [str(at) for at in range(width)]
        self.types: dict[str, pa.DataType] = {}
        self.pool = pool

    def rows(self, block: Block, few: Sequence[int], passed: int) -> Rows:
        """The rows of a block; if no more than ``passed``, a few columns of them are enough."""
        if not self.types:
            self.types = self._types(block)
        places = few if passed > 0 and block.lines() <= passed else range(self.width)
        columns = self._at_once(block, self.types, places)
        if columns is None:
            return self._one_by_one(block)
        first = self.source.line + 1
        self.source.line += len(columns[0])
        named = {self.columns[at]: column for at, column in zip(places, columns, strict=True)}
        return Rows(named, range(first, self.source.line + 1), {}, self.source.raw.tell())

    def _types(self, block: Block) -> dict[str, pa.DataType]:
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
        self, block: Block, types: dict[str, pa.DataType], places: Sequence[int]
    ) -> list[pa.Array] | None:
        """Columns of a block as Arrow reads them; ``None`` if anything in the block is odd."""
        if not len(block):
            return None
        plain = self.pool.submit(_is_plain, block, self.delimiter)
        try:
            table = self._table(block, types, places)
        except pa.ArrowInvalid:
            table = None
        finally:
            is_plain = plain.result()  # it looks at the buffer, which the next block is read into
        if table is None or not is_plain or table.num_rows != block.lines():
            return None
        return [column.combine_chunks() for column in table.columns]

    def _table(self, block: Block, types: dict[str, pa.DataType], places: Sequence[int]) -> pa.Table:
        return pacsv.read_csv(
            pa.BufferReader(pa.py_buffer(block.view)),
            pacsv.ReadOptions(column_names=self.names, block_size=len(block) + 1, use_threads=False),
            pacsv.ParseOptions(delimiter=self.delimiter),
            pacsv.ConvertOptions(
                column_types=types,
                strings_can_be_null=False,
                include_columns=[self.names[at] for at in places],
            ),
        )

    def _one_by_one(self, block: Block) -> Rows:
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
        return Rows(dict(zip(self.columns, arrays, strict=True)), lines, broken, self.source.raw.tell())

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

    def __init__(self, source: Source, block: Block) -> None:
        self.source = source
        self.lines = self._split(block)
        self.at = 0

    @property
    def done(self) -> bool:
        """Whether every line was given."""
        return self.at == len(self.lines)

    def _split(self, block: Block) -> list[str]:
        return _LINE.findall(_decoded(self.source, bytes(block), self.source.line + 1))

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
