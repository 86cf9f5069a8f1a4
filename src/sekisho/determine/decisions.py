"""The columns of decisions: each different cell held once, and found by the number of a decision."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from sekisho.determine.codes import Codes, spread

Cell = str | int | None
_NONE = -1


class Cells:
    """The cells of one column of decisions, which are numbered as they are added."""

    def __init__(self, kind: pa.DataType) -> None:
        self.kind = kind
        self._of = array("i")
        self._cells: list[Cell] = []
        self._numbers: dict[Cell, int] = {None: _NONE}

    def add(self, cell: Cell) -> None:
        """Adds the cell of the next decision."""
        number = self._numbers.setdefault(cell, len(self._cells))
        if number == len(self._cells):
            self._cells.append(cell)
        self._of.append(number)

    def column(self, of_row: Codes, used: Codes, others: Sequence[Cell]) -> pa.DictionaryArray:
        """The cell of each row; the different ones are in their order, whatever was added before.

        Args:
            of_row: The number of the decision of each row.
            used: The numbers that stand in it.
            others: The cells of further decisions, numbered from the last that was added on.
        """
        numbers, at = np.unique(np.frombuffer(self._of, dtype=np.int32)[used], return_inverse=True)
        held = [self._cells[number] if number != _NONE else None for number in numbers.tolist()]
        cells = sorted({cell for cell in (*held, *others) if cell is not None})
        places: dict[Cell, int] = {cell: place for place, cell in enumerate(cells)} | {None: _NONE}
        place_of = np.full(len(self._of) + len(others), _NONE, dtype=np.int32)
        place_of[used] = np.array([places[cell] for cell in held], dtype=np.int32)[at]
        place_of[len(self._of) :] = [places[cell] for cell in others]
        return self._at(place_of, of_row, cells, gaps=None in held or None in others)

    def _at(self, place_of: Codes, of_row: Codes, cells: Sequence[Cell], *, gaps: bool) -> pa.DictionaryArray:
        alike = len(cells) == 1 and not gaps
        places = np.zeros(len(of_row), dtype=np.int32) if alike else spread(place_of, of_row)
        indices = pa.array(places, mask=places == _NONE if gaps else None)
        return pa.DictionaryArray.from_arrays(indices, pa.array(cells, self.kind))
