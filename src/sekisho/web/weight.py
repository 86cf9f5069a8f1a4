"""What the cells of an upload come to when each is written out.

Formats that write a text once and name it often can say much in few bytes: a file of ten
kilobytes may hold gigabytes. Here that is found out before any cell is written out.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sekisho.errors import Fault, InputInvalid
from sekisho.web.problems import too_heavy
from sekisho.web.settings import MEBIBYTE

UNPACKED = 256 * MEBIBYTE
"""The most that the cells of one upload may come to."""
_BATCH = 1 << 13
_VIEW = 4
"""A view takes four whole numbers; the first is the length of its text."""


def weight(column: pa.Array) -> int:
    """How many bytes the cells of a column come to, each written out."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        lengths = pc.binary_length(column.dictionary.cast(pa.large_string()))
        return int(pc.sum(lengths.cast(pa.int64()).take(column.indices)).as_py() or 0)
    if pa.types.is_string_view(kind):
        views = np.frombuffer(column.buffers()[1], dtype=np.int32).reshape(-1, _VIEW)
        return int(views[column.offset : column.offset + len(column), 0].sum(dtype=np.int64))
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return weight(column.flatten())
    return int(column.nbytes)


class Weighed:
    """Adds up the columns of an upload."""

    def __init__(self) -> None:
        self.total = 0

    def add(self, columns: Iterable[pa.Array]) -> None:
        """Weighs more columns.

        Raises:
            Problem: If all of them come to too much.
        """
        self.total += sum(map(weight, columns))
        if self.total > UNPACKED:
            raise too_heavy(UNPACKED)


def require_light(path: Path, metadata: pq.FileMetaData) -> None:
    """Refuses a Parquet file whose cells come to too much, before any is written out.

    Raises:
        Problem: If they do.
    """
    chunks = [
        metadata.row_group(group).column(at)
        for group in range(metadata.num_row_groups)
        for at in range(metadata.num_columns)
    ]
    if sum(chunk.num_values for chunk in chunks) > UNPACKED:
        raise too_heavy(UNPACKED)
    names = list(dict.fromkeys(c.path_in_schema for c in chunks if c.physical_type == "BYTE_ARRAY"))
    if names:
        file, weighed = pq.ParquetFile(path, read_dictionary=names, pre_buffer=False), Weighed()
        for batch in file.iter_batches(batch_size=_BATCH, columns=names):
            weighed.add(batch.columns)


def require_kinds(file: str, schema: pa.Schema) -> None:
    """Refuses columns of a type that is no cell.

    Raises:
        InputInvalid: Naming each of them.
    """
    faults = [
        Fault(file, 0, each.name, f"a column of type {each.type} is not taken", "texts, numbers or days")
        for each in schema
        if not _is_kind(each.type)
    ]
    if faults:
        raise InputInvalid(faults)


def _is_kind(kind: pa.DataType) -> bool:
    types = pa.types
    if types.is_dictionary(kind) or types.is_list(kind) or types.is_large_list(kind):
        inner = kind.value_type
        return _is_text(inner) or (types.is_dictionary(inner) and _is_text(inner.value_type))
    plain = (
        types.is_integer, types.is_floating, types.is_boolean, types.is_decimal, types.is_date,
        types.is_timestamp, types.is_null,
    )  # fmt: skip
    return _is_text(kind) or types.is_string_view(kind) or any(one(kind) for one in plain)


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def require_calendar(file: str, batch: pa.RecordBatch) -> None:
    """Refuses days and moments that no calendar holds, or of a time zone that is not known.

    Raises:
        InputInvalid: Naming the columns.
    """
    faults = []
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        if pa.types.is_temporal(column.type) and len(column):
            try:
                _ends(column)
            except (ValueError, OverflowError, LookupError) as error:
                problem = f"a day or moment cannot be read: {error}"
                faults.append(Fault(file, 0, name, problem, "days of the years 1 to 9999"))
    if faults:
        raise InputInvalid(faults)


def _ends(column: pa.Array) -> None:
    if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
        column = column.cast(pa.timestamp("us", column.type.tz), safe=False)
    pc.min_max(column).as_py()
