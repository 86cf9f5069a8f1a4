"""Order lines in: CSV, Parquet, XLSX and JSON lines.

Every format becomes the same thing: batches of Arrow columns with the line each row
stands on. A row that cannot be read keeps its place in the batch with the fault that says
why.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sekisho.determine.blocks import Rows
from sekisho.determine.cells import is_text, plain_type, texts
from sekisho.determine.csv_rows import read_csv
from sekisho.determine.intake import KEY, canonical_column, cell_text
from sekisho.determine.json_rows import read_json_lines
from sekisho.errors import Fault, InputInvalid

BATCH = 1 << 16
"""The rows of a batch; one of short rows has more, one of long rows fewer."""
_MOST_BATCHES = 4
_BYTES = 12 << 20
_FEWEST = 1 << 12
_SIGNS = 1 << 25
"""A workbook holds a text once however often it stands in a cell, so a batch is cut by this too."""
FORMATS = {".csv": "csv", ".tsv": "csv", ".txt": "csv", ".parquet": "parquet", ".xlsx": "xlsx",
           ".jsonl": "jsonl", ".ndjson": "jsonl"}  # fmt: skip


Wants = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows of an input, column by column.

    Attributes:
        columns: canonical name -> cells, of any type; a cell means what its text means.
        lines: The line (CSV, JSON lines) or row of each row.
        broken: Rows that could not be read, by position in the batch.
        read: How many bytes (CSV, JSON lines) or rows were read so far.
        unread: Columns of the input that nobody wanted.
        types: The type of every column that is read from the file, whether it is here or was
            spared in these rows; of those here if not given.
        file: The place of the file among those of the input.
    """

    columns: Mapping[str, pa.Array]
    lines: Sequence[int]
    broken: dict[int, Fault] = field(default_factory=dict)
    read: int = 0
    unread: tuple[str, ...] = ()
    types: Mapping[str, pa.DataType] | None = None
    file: int = 0

    def rows(self, places: Sequence[int], wanted: Collection[str] | None = None) -> list[dict[str, str]]:
        """The cells of some rows as texts; ``wanted`` names the columns if not all are."""
        chosen = pa.array(places, pa.int64())
        names = [name for name in self.columns if wanted is None or name in wanted]
        columns = [texts(self.columns[name].take(chosen)) for name in names]
        return [dict(zip(names, cells, strict=True)) for cells in zip(*columns, strict=True)]

    def row(self, at: int) -> dict[str, str]:
        """The cells of one row as texts."""
        return self.rows([at])[0]

    def part(self, first: int, end: int) -> Batch:
        """The rows from one place to before another."""
        columns = {name: column.slice(first, end - first) for name, column in self.columns.items()}
        broken = {at - first: fault for at, fault in self.broken.items() if first <= at < end}
        return replace(self, columns=columns, lines=self.lines[first:end], broken=broken)


def format_of(path: Path) -> str:
    """The format of a file by its ending.

    Raises:
        InputInvalid: If the ending is not one of those that can be read.
    """
    found = FORMATS.get(path.suffix.lower())
    if found is None:
        problem = f"the ending {path.suffix!r} is not known"
        raise InputInvalid([Fault(path.name, 0, "", problem, ", ".join(FORMATS))])
    return found


def read_batches(
    path: Path, wants: Wants = lambda _: True, passed: int = 0, share: int = 1
) -> Iterator[Batch]:
    """The rows of a file in batches, which are the same each time.

    Args:
        path: The file.
        wants: Whether a column is wanted; a Parquet file is spared the reading of others.
        passed: How many rows at the beginning are wanted with their key only. Other columns
            of these may lack, or be there where they cost nothing.
        share: How many times smaller batches of text are than they may be.

    Raises:
        InputInvalid: If the file is missing, empty, or not of its format.
    """
    if not path.is_file():
        raise InputInvalid([Fault(str(path), 0, "", "there is no such file", "a file of order lines")])
    kind = format_of(path)
    if kind == "parquet":
        return _parquet(path, wants, passed)
    if kind == "csv":
        return _csv(path, passed, share)
    return _jsonl(path, share) if kind == "jsonl" else _xlsx(path)


def _csv(path: Path, passed: int, share: int) -> Iterator[Batch]:
    types: dict[str, pa.DataType] = {}

    def named(header: Sequence[str]) -> list[str]:
        names = name_columns(path.name, header)
        types.update(dict.fromkeys(names, pa.string()))
        return names

    return (replace(_batch(rows), types=types) for rows in read_csv(path, named, passed, KEY, share))


def _jsonl(path: Path, share: int) -> Iterator[Batch]:
    rows = read_json_lines(path, lambda names: require_columns_few(path.name, len(names)), share)
    return map(_batch, rows)


def _batch(rows: Rows) -> Batch:
    return Batch(rows.columns, rows.lines, rows.broken, rows.read)


def name_columns(file: str, header: Sequence[str], line: int = 1) -> list[str]:
    """The names of columns; one without a name is called by its place."""
    names = [canonical_column(name) or f"column_{at}" for at, name in enumerate(header, start=1)]
    require_columns_few(file, len(names), line)
    twice = sorted(name for name, count in Counter(names).items() if count > 1)
    if twice:
        problem = "two columns have this meaning"
        raise InputInvalid([Fault(file, line, name, problem, "one of them") for name in twice])
    return names


MOST_COLUMNS = 1000


def require_columns_few(file: str, count: int, line: int = 0) -> None:
    """Refuses more columns than an order file has: each of them costs a cell in every row.

    Raises:
        InputInvalid: If there are too many.
    """
    if count > MOST_COLUMNS:
        raise InputInvalid(
            [Fault(file, line, "", f"there are {count:,} columns", f"at most {MOST_COLUMNS:,}")]
        )


class _Block:
    """Rows gathered until they make a batch, by their number or by what they hold."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names
        self.rows: list[Sequence[str]] = []
        self.lines: list[int] = []
        self.broken: dict[int, Fault] = {}
        self.signs = 0

    @property
    def full(self) -> bool:
        return len(self.rows) >= BATCH or self.signs >= _SIGNS

    def row(self, line: int, cells: Sequence[str]) -> None:
        self.rows.append(cells)
        self.lines.append(line)
        self.signs += sum(map(len, cells))

    def broken_row(self, line: int, fault: Fault, cells: Sequence[str] = ()) -> None:
        self.broken[len(self.rows)] = fault
        width = len(self.names)
        self.row(line, (*cells[:width], *[""] * (width - len(cells))))

    def batch(self, read: int) -> Batch:
        columns = list(zip(*self.rows, strict=True)) if self.rows else [()] * len(self.names)
        arrays = (pa.array(cells, pa.string()) for cells in columns)
        return Batch(dict(zip(self.names, arrays, strict=True)), self.lines, self.broken, read)


def _xlsx(path: Path) -> Iterator[Batch]:
    try:
        yield from _sheet(path)
    except InputInvalid:
        raise
    except Exception as error:  # openpyxl raises whatever the part it stumbled over raises
        problem = f"not a workbook: {error}"
        raise InputInvalid([Fault(path.name, 0, "", problem, "an .xlsx file")]) from error


def _sheet(path: Path) -> Iterator[Batch]:
    """The rows of the first sheet; trailing empty cells do not count."""
    import openpyxl  # noqa: PLC0415  slow to import, needed for this format only

    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        yield from _sheet_batches(path, book.worksheets[0])
    finally:
        book.close()


def _sheet_batches(path: Path, sheet: Any) -> Iterator[Batch]:
    sheet.reset_dimensions()  # what the file says of its size may be wrong, and rows be lost
    rows = map(_to_last_cell, sheet.iter_rows())
    block = _Block(name_columns(path.name, _sheet_row(next(rows, ()))))
    if not block.names:
        problem = "the first row of the first sheet is empty"
        raise InputInvalid([Fault(path.name, 1, "", problem, "a header row and order lines")])
    width = len(block.names)
    for line, row in enumerate(rows, start=2):
        cells = _sheet_row(row[:width])
        if len(row) > width:
            problem = f"the row has {len(row)} cells"
            block.broken_row(line, Fault(path.name, line, "", problem, f"{width}, as in the header"), cells)
        elif cells:
            block.row(line, [*cells, *[""] * (width - len(cells))])
        if block.full:
            yield block.batch(line)
            block = _Block(block.names)
    yield block.batch(0)


def _sheet_cell(cell: Any) -> Any:
    """The value of a cell; one shown as a percentage is not the number it holds."""
    value = cell.value
    if isinstance(value, float | int) and not isinstance(value, bool) and "%" in str(cell.number_format):
        return f"{cell_text(round(value * 100, 10))}%"
    return value


def _to_last_cell(cells: Sequence[Any]) -> Sequence[Any]:
    """The cells of a row up to the last that is not empty."""
    end = len(cells)
    while end and not cell_text(_sheet_cell(cells[end - 1])):
        end -= 1
    return cells[:end]


def _sheet_row(cells: Iterable[Any]) -> list[str]:
    return [cell_text(_sheet_cell(cell)) for cell in cells]


def _parquet(path: Path, wants: Wants, passed: int) -> Iterator[Batch]:
    try:
        schema, metadata = pq.read_schema(path), pq.read_metadata(path)
        kept, unread = _wanted_columns(path, schema.names, wants)
        coded = _coded_columns(metadata)
        file = pq.ParquetFile(
            path, metadata=metadata, read_dictionary=coded, buffer_size=_PAGES, pre_buffer=False
        )
        first, size = 1, _rows_of(_bytes_of_row(metadata, kept, coded))
        types = {canonical_column(name): plain_type(schema.field(name).type) for name in kept}
        for groups, rows in _row_groups(metadata):
            columns = key_columns(kept) if first + rows - 1 <= passed else kept
            for records in _records(file, groups, columns, size):
                yield replace(arrow_batch(records, first, path.name, unread), types=types)
                first += records.num_rows
    except (pa.ArrowException, OSError) as error:
        problem = f"not a whole Parquet file: {error}"
        advice = "a Parquet file written to its end; write it again"
        raise InputInvalid([Fault(path.name, 0, "", problem, advice)]) from error
    if first == 1:
        yield arrow_batch(pa.RecordBatch.from_pylist([], schema).select(kept), 1, path.name, unread)


def _row_groups(metadata: pq.FileMetaData) -> Iterator[tuple[list[int], int]]:
    """The row groups that are read together, and their rows: a large one alone, small ones to a batch."""
    held, rows = list[int](), 0
    for at in range(metadata.num_row_groups):
        more = metadata.row_group(at).num_rows
        if held and rows + more > BATCH:
            yield held, rows
            held, rows = [], 0
        held, rows = [*held, at], rows + more
    if held:
        yield held, rows


def _records(
    file: pq.ParquetFile, groups: list[int], columns: list[str], size: int
) -> Iterator[pa.RecordBatch]:
    if len(groups) == 1:
        yield from file.iter_batches(batch_size=size, row_groups=groups, columns=columns)
        return
    table = file.read_row_groups(groups, columns=columns, use_threads=False)
    yield from table.unify_dictionaries().combine_chunks().to_batches(max_chunksize=size)


def key_columns(columns: list[str]) -> list[str]:
    """The columns of the key; any one if there are none, which tells how many rows there are."""
    return [column for column in columns if canonical_column(column) in KEY] or columns[:1]


def _rows_of(size: float) -> int:
    """How many rows of a size in bytes a batch has: each batch has a cost of its own, a large one memory."""
    rows = BATCH
    while 2 * rows * size <= _BYTES and rows < _MOST_BATCHES * BATCH:
        rows *= 2
    while rows * size > 2 * _BYTES and rows > _FEWEST:
        rows //= 2
    return rows


def _bytes_of_row(metadata: pq.FileMetaData, kept: Collection[str], coded: Collection[str]) -> float:
    """About how many bytes the cells of a row take that are read."""
    found = 0.0
    for at in range(metadata.num_columns if metadata.num_row_groups else 0):
        chunk = metadata.row_group(0).column(at)
        name = chunk.path_in_schema
        if name in coded:
            found += _CODED_BYTES * (name in kept)
        elif name.partition(".")[0] in kept:
            stored = chunk.total_uncompressed_size / max(chunk.num_values, 1)
            found += _CELL_BYTES.get(chunk.physical_type) or max(_TEXT_BYTES, stored)
    return found


def _wanted_columns(path: Path, columns: list[str], wants: Wants) -> tuple[list[str], tuple[str, ...]]:
    """The columns to read, and the names of those that are not."""
    names = dict(zip(columns, name_columns(path.name, columns, 0), strict=True))
    if any("." in column for column in columns):  # which would be taken for a part of a column
        return columns, ()
    kept = [column for column, name in names.items() if wants(name)]
    return kept, tuple(name for name in names.values() if not wants(name))


_PAGES = 1 << 20
_CODED_BYTES = 4
_TEXT_BYTES = 16
_CELL_BYTES = {"BOOLEAN": 1, "INT32": 4, "FLOAT": 4, "INT64": 8, "DOUBLE": 8}
_DICTIONARY = 1 << 20
"""A list of texts that grows beyond this is given up by those who write one, and cells follow as they are."""


def _coded_columns(metadata: pq.FileMetaData) -> list[str]:
    """Text columns whose cells are stored as places in a list of a few texts."""
    schema, found = metadata.schema.to_arrow_schema(), list[str]()
    for at in range(metadata.num_columns if metadata.num_row_groups else 0):
        chunk = metadata.row_group(0).column(at)
        name = chunk.path_in_schema
        small = chunk.total_uncompressed_size < max(_CODED_BYTES * chunk.num_values, _DICTIONARY)
        coded = small and chunk.has_dictionary_page
        if coded and schema.get_field_index(name) >= 0 and is_text(schema.field(name).type):
            found.append(name)
    return found


def table_batches(table: pa.Table) -> Iterator[Batch]:
    """The rows of a table in batches, one batch without rows if it has none."""
    first = 1
    for records in table.to_batches(max_chunksize=_rows_of(8.0 * table.num_columns)):
        yield arrow_batch(records, first)
        first += records.num_rows
    if first == 1:
        columns = [pa.nulls(0, field.type) for field in table.schema]
        yield arrow_batch(pa.RecordBatch.from_arrays(columns, schema=table.schema), 1)


def arrow_batch(
    records: pa.RecordBatch, first: int, file: str = "frame", unread: tuple[str, ...] = ()
) -> Batch:
    """A batch of Arrow records; ``first`` is the number of its first row.

    Raises:
        InputInvalid: If two columns have the same meaning.
    """
    names = name_columns(file, records.schema.names, 0)
    lines = range(first, first + records.num_rows)
    columns = dict(zip(names, map(_usual, records.columns), strict=True))
    return Batch(columns, lines, read=first + records.num_rows - 1, unread=unread)


def _usual(column: pa.Array) -> pa.Array:
    """A column in a layout that all of Arrow can work with; views are not there yet."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return pa.DictionaryArray.from_arrays(column.indices, _usual(column.dictionary))
    if pa.types.is_string_view(kind):
        return column.cast(pa.string())
    return column
