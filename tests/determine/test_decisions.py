"""The columns of decisions: the same for the same rows, whatever was decided before."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from sekisho.determine.decisions import Cells

TEXT = st.sampled_from(["approved", "b", "a", "", None])


@given(
    st.lists(TEXT, min_size=1, max_size=8),
    st.lists(TEXT, max_size=3),
    st.lists(st.integers(0, 10), min_size=1, max_size=20),
)
def test_each_row_has_the_cell_of_its_decision(
    known: list[str | None], others: list[str | None], rows: list[int]
) -> None:
    cells = Cells(pa.string())
    for cell in known:
        cells.add(cell)
    both = [*known, *others]
    of_row = np.array([row % len(both) for row in rows], dtype=np.int32)
    used = np.unique(of_row[of_row < len(known)])
    column = cells.column(of_row, used, others)
    assert column.to_pylist() == [both[at] for at in of_row.tolist()]
    held = {known[at] for at in used.tolist()} | set(others)
    assert column.dictionary.to_pylist() == sorted(cell for cell in held if cell is not None)


def test_numbers_are_in_their_order() -> None:
    cells = Cells(pa.int64())
    for days in (90, None, 7):
        cells.add(days)
    column = cells.column(np.array([0, 2, 1, 0]), np.arange(3), [])
    assert (column.to_pylist(), column.dictionary.to_pylist()) == ([90, 7, None, 90], [7, 90])


def test_decisions_that_no_row_has_leave_no_cell() -> None:
    cells = Cells(pa.string())
    for cell in ("b", "a"):
        cells.add(cell)
    assert cells.column(np.array([1, 1]), np.array([1]), []).dictionary.to_pylist() == ["a"]
