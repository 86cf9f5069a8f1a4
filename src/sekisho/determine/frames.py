"""Data frames in and out: pandas, Polars, Arrow, and anything with the Arrow C stream interface."""

from __future__ import annotations

import sys
from typing import Any

import pyarrow as pa

from sekisho.determine.intake import cell_text
from sekisho.errors import Fault, InputInvalid


def to_arrow(frame: Any) -> pa.Table:
    """A pandas, Polars or Arrow frame, or anything with an Arrow C stream, as a table.

    Raises:
        InputInvalid: If it is none of them.
    """
    if isinstance(frame, pa.Table):
        return frame
    if isinstance(frame, pa.RecordBatch):
        return pa.Table.from_batches([frame])
    if _is_pandas(frame):
        return _from_pandas(frame)
    if hasattr(frame, "__arrow_c_stream__"):
        return _without_views(pa.table(frame))
    problem = f"{type(frame).__name__} is not a data frame"
    raise InputInvalid([Fault("frame", 0, "", problem, "a pandas, Polars or Arrow frame")])


def _without_views(table: pa.Table) -> pa.Table:
    """A table without views inside lists and structs, and of bytes, which Arrow cannot pick rows of."""
    kinds = [kind if pa.types.is_string_view(kind) else _viewless(kind) for kind in table.schema.types]
    if kinds == table.schema.types:
        return table
    return table.cast(pa.schema(list(zip(table.column_names, kinds, strict=True))))


def _viewless(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_string_view(kind):
        return pa.string()
    if pa.types.is_binary_view(kind):
        return pa.binary()
    if pa.types.is_struct(kind):
        return pa.struct([(part.name, _viewless(part.type)) for part in kind])
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        make = pa.list_ if pa.types.is_list(kind) else pa.large_list
        return make(_viewless(kind.value_type))
    return kind


def _from_pandas(frame: Any) -> pa.Table:
    frame = _without_odd_types(frame)
    try:
        return pa.Table.from_pandas(frame, preserve_index=False)
    except (pa.ArrowException, ValueError):  # cells of different types in one column, or a name twice
        columns = (frame.iloc[:, at] for at in range(frame.shape[1]))
        texts = [
            ["" if gone else cell_text(cell) for cell, gone in zip(column, column.isna(), strict=True)]
            for column in columns
        ]
        return pa.Table.from_arrays(
            [pa.array(cells, pa.string()) for cells in texts], list(map(str, frame.columns))
        )


def _without_odd_types(frame: Any) -> Any:
    """A pandas frame without the types that Arrow does not take, each cell as it would be written.

    A sparse column is filled in. Periods and intervals become their texts: that of a day is
    a day, and that of a month is refused with its line, as in a file.
    """
    pandas = sys.modules["pandas"]
    columns = [frame.iloc[:, at] for at in range(frame.shape[1])]
    if not any(isinstance(one.dtype, _odd_types(pandas)) for one in columns):
        return frame
    plain = [_plain(one, pandas) for one in columns]
    made = pandas.concat(plain, axis=1)
    made.columns = frame.columns
    return made


def _odd_types(pandas: Any) -> tuple[type, ...]:
    return pandas.SparseDtype, pandas.PeriodDtype, pandas.IntervalDtype


def _plain(column: Any, pandas: Any) -> Any:
    if isinstance(column.dtype, pandas.SparseDtype):
        return column.sparse.to_dense()
    if isinstance(column.dtype, _odd_types(pandas)):
        return column.astype(str).where(column.notna(), None).astype(object)
    return column


def like(frame: Any, table: pa.Table) -> Any:
    """A table with the rows of a frame as the kind of frame that came in; pandas keeps its index."""
    found = like_kind(frame, table)
    return found.set_index(frame.index) if _is_pandas(frame) else found


def like_kind(frame: Any, table: pa.Table) -> Any:
    """A table with rows of its own as the kind of frame that came in."""
    if _is_pandas(frame):
        return table.to_pandas()
    polars = sys.modules.get("polars")
    if polars is not None and isinstance(frame, polars.DataFrame):
        return polars.from_arrow(table)
    return table


def _is_pandas(frame: Any) -> bool:
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(frame, pandas.DataFrame)
