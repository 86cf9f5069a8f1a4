"""Keys that rise from line to line, as an order system numbers them.

A key above all before it cannot have stood before, so that an ordered input of any length is
compared without a table of its keys. Files are told apart, as their lines may come in turns: a
month of orders rises by itself, and lies below or above another month. A shorter text is below a
longer one, as a number of fewer digits is; texts of one length are compared byte by byte.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sekisho.determine.cells import as_texts, is_text
from sekisho.determine.codes import Codes, Flags

Rank = tuple[tuple[int, bytes], ...]
"""Where the key of a line stands in the order: length and bytes of each of its cells."""


class Rising:
    """Whether every key so far was above all before it in its file, and apart from those of others.

    >>> rising = Rising()
    >>> rising.goes_on([pa.array(["T9", "T10"])]), rising.goes_on([pa.array(["T11", "T10"])])
    (True, False)
    """

    def __init__(self) -> None:
        self._spans: dict[int, tuple[Rank, Rank]] = {}

    def goes_on(self, columns: Sequence[pa.Array], file: int = 0) -> bool:
        """Whether the keys of some lines, a column for each part, go on rising in their file.

        No key of another file may lie between the first and the last of these.
        """
        rows = len(columns[0])
        if not rows:
            return True
        first, last = _rank(columns, 0), _rank(columns, rows - 1)
        lowest, highest = self._spans.get(file, (first, ()))
        others = (span for other, span in self._spans.items() if other != file)
        is_apart = all(last < low or high < first for low, high in others)
        if not (highest < first and is_apart and _rise(columns, rows)):
            return False
        self._spans[file] = lowest, last
        return True


def _rank(columns: Sequence[pa.Array], row: int) -> Rank:
    cells = [_cell(column, row).encode() for column in columns]
    return tuple((len(cell), cell) for cell in cells)


def _cell(column: pa.Array, row: int) -> str:
    if pa.types.is_dictionary(column.type) and column.indices[row].is_valid:
        column, row = column.dictionary, column.indices[row].as_py()
    if is_text(column.type):
        return column[row].as_py() or ""
    text: str = as_texts(column.slice(row, 1))[0].as_py()
    return text


def _rise(columns: Sequence[pa.Array], rows: int) -> bool:
    """Whether each row is above the one before it, by its first part that differs from it."""
    risen, level = np.zeros(rows - 1, dtype=np.bool_), np.ones(rows - 1, dtype=np.bool_)
    for column in columns:
        above, alike = _steps(column)
        risen |= level & above
        level &= alike
    return bool(risen.all())


def _steps(column: pa.Array) -> tuple[Flags, Flags]:
    """Whether each cell but the first is above the one before it, and whether it is the same."""
    if column.null_count == 0:
        if pa.types.is_dictionary(column.type):
            return _number_steps(_rank_of_each(column))
        if pa.types.is_integer(column.type) and pc.min(column).as_py() >= 0:
            return _number_steps(np.asarray(column))
    return _text_steps(column if is_text(column.type) and column.null_count == 0 else as_texts(column))


def _number_steps(numbers: Codes) -> tuple[Flags, Flags]:
    return numbers[1:] > numbers[:-1], numbers[1:] == numbers[:-1]


def _text_steps(column: pa.Array) -> tuple[Flags, Flags]:
    above, as_long = _text_above(column)
    return above, as_long & np.asarray(pc.equal(column[1:], column[:-1]))


def _text_above(column: pa.Array) -> tuple[Flags, Flags]:
    """Whether each text but the first is above the one before it, and whether it is as long."""
    above, as_long = _number_steps(np.asarray(pc.binary_length(column)))
    above |= as_long & np.asarray(pc.greater(column[1:], column[:-1]))
    return above, as_long


def _rank_of_each(column: pa.DictionaryArray) -> Codes:
    """The place of each cell among the different ones in their order."""
    places, cells = np.asarray(column.indices), as_texts(column.dictionary)
    is_ordered = not len(cells) or bool(_text_above(cells)[0].all())
    return places if is_ordered else _ranks(cells).take(places)


def _ranks(cells: pa.Array) -> Codes:
    """The place of each of some different texts in their order."""
    table = pa.table({"length": pc.binary_length(cells), "cell": cells})
    order = np.asarray(pc.sort_indices(table, [("length", "ascending"), ("cell", "ascending")]))
    above, _ = _text_steps(cells.take(pa.array(order)))  # a text that stands twice has one rank
    ranks = np.zeros(len(cells), dtype=np.int32)
    ranks[order[1:]] = np.cumsum(above)
    return ranks
