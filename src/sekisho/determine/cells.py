"""Cells: one typed cell as text, and a column as its different texts.

The text of a cell is what a CSV file would hold. Whatever the type of a column, a cell
means what its text means.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sekisho.determine.codes import Codes, same
from sekisho.determine.intake import cell_text


def is_text(kind: pa.DataType) -> bool:
    """Whether a column holds texts."""
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def texts(column: pa.Array) -> list[str]:
    """The cells of a column as texts."""
    if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
        column = column.cast(pa.timestamp("us", column.type.tz), safe=False)  # Python knows no finer time
    try:
        cells = column.to_pylist()
    except (ValueError, OverflowError):  # a day beyond the calendar, or bytes that are no text
        cells = [_legible(cell) for cell in column]
    if is_text(column.type) and column.null_count == 0:
        plain: list[str] = cells
        return plain
    return [cell_text(cell) for cell in cells]


def _legible(cell: pa.Scalar) -> Any:
    try:
        return cell.as_py()
    except (ValueError, OverflowError) as error:
        return f"(illegible: {error})"


def encoded(column: pa.Array) -> tuple[list[str], Codes]:
    """The different texts of a column, and the place of each cell among them."""
    if not pa.types.is_dictionary(column.type):
        column = _dictionary(column)
    indices = column.indices
    if indices.null_count == len(indices):
        return [""], same(0, len(indices))
    if len(column.dictionary) > len(indices):  # that of a longer column, of which this is a part
        used = indices.drop_null().unique()
        indices, known = pc.index_in(indices, used, skip_nulls=True), texts(column.dictionary.take(used))
    else:
        known = texts(column.dictionary)
    if indices.null_count:
        return [*known, ""], np.asarray(indices.cast(pa.int32()).fill_null(len(known)))
    return known, same(0, len(indices)) if len(known) == 1 else np.asarray(indices.cast(pa.int32()))


def _dictionary(column: pa.Array) -> pa.DictionaryArray:
    kind = column.type
    if pa.types.is_nested(kind) or pa.types.is_null(kind):
        column = pa.array(texts(column), pa.string())
    return column.dictionary_encode()


def text_bytes(column: pa.Array) -> bytes:
    """The bytes of all cells of a column of texts, one after the other."""
    column = column.cast(pa.large_string())
    _, offsets, data = column.buffers()
    if data is None or not len(column):
        return b""
    ends = np.frombuffer(offsets, dtype=np.int64)
    return bytes(memoryview(data)[ends[column.offset] : ends[column.offset + len(column)]])


def as_texts(column: pa.Array) -> pa.Array:
    """A column of any type as a column of texts; an empty cell is an empty text."""
    kind = column.type
    if pa.types.is_dictionary(kind) or not (is_text(kind) or pa.types.is_integer(kind)):
        known, indices = encoded(column)
        return pa.array(known, pa.string()).take(pa.array(np.ascontiguousarray(indices)))
    return column.cast(pa.string()).fill_null("")


def plain_type(kind: pa.DataType) -> pa.DataType:
    """The type of cells, whether each is held by itself or as a place in a dictionary."""
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def retyped(column: pa.Array, kind: pa.DataType) -> pa.Array:
    """A column with cells of another type, each of which still means what it meant.

    Any cell has a text, but a text made a number loses its zeros; a number may be held
    otherwise if it is the same. A dictionary of cells of that type stays one.

    Raises:
        pa.ArrowInvalid: If a cell would mean something else.
    """
    given = plain_type(column.type)
    if given == kind:
        return column
    if is_text(kind):
        return pc.if_else(column.is_valid(), as_texts(column).cast(kind), pa.scalar(None, kind))
    if column.null_count == len(column):
        return pa.nulls(len(column), kind)
    if not _holds_number(kind, given):
        msg = f"{given} is not taken for {kind}"
        raise pa.ArrowInvalid(msg)
    return column.cast(kind)


def _holds_number(kind: pa.DataType, given: pa.DataType) -> bool:
    """Whether numbers of one type may be held in another, if they are in its range."""
    if pa.types.is_floating(given):
        return bool(
            pa.types.is_integer(kind) or (pa.types.is_floating(kind) and kind.bit_width >= given.bit_width)
        )
    return bool(pa.types.is_integer(given) and (pa.types.is_integer(kind) or pa.types.is_floating(kind)))
