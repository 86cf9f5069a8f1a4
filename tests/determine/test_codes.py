"""Columns of numbers: what rows have in common, however it is found."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.determine.cells import encoded
from sekisho.determine.codes import Codes, Finder, counted, distinct, is_same, same, spread

SMALL = st.integers(0, 3)
WIDE = st.sampled_from([0, 1, 5000, (1 << 20) + 1, (1 << 31) - 1])


@st.composite
def rows_of_numbers(draw: st.DrawFn) -> list[Codes]:
    """Some columns of numbers, a few of which say the same on every row."""
    rows = draw(st.integers(0, 12))
    columns: list[Codes] = []
    for _ in range(draw(st.integers(1, 5))):
        number = draw(st.sampled_from([SMALL, WIDE]))
        if draw(st.booleans()):
            columns.append(same(draw(number), rows))
        else:
            kind = draw(st.sampled_from([np.int32, np.int64]))
            columns.append(np.array(draw(st.lists(number, min_size=rows, max_size=rows)), dtype=kind))
    return columns


def as_rows(columns: list[Codes]) -> list[tuple[int, ...]]:
    return list(zip(*(codes.tolist() for codes in columns), strict=True))


@given(rows_of_numbers())
def test_rows_are_one_where_all_their_numbers_are(columns: list[Codes]) -> None:
    rows = as_rows(columns)
    first, of_row = distinct(columns, len(rows))
    assert [rows[first[at]] for at in of_row] == rows
    assert [rows.index(row) for row in dict.fromkeys(rows)] == (first.tolist() if rows else [])


@given(st.lists(st.lists(st.tuples(SMALL | WIDE, SMALL), max_size=12), max_size=4))
def test_a_finder_finds_each_row_once(batches: list[list[tuple[int, int]]]) -> None:
    finder, asked = Finder(), list[tuple[int, int]]()

    def find(one: int, other: int) -> int:
        asked.append((one, other))
        return (one * 7 + other) % 1000

    for rows in filter(None, batches):
        columns = [np.array(column, dtype=np.int32) for column in zip(*rows, strict=True)]
        assert finder.of(columns, find).tolist() == [(one * 7 + other) % 1000 for one, other in rows]
    assert sorted(asked) == sorted({row for rows in batches for row in rows})
    assert len(finder) == len(asked)


@pytest.mark.parametrize("rows", [0, 1, 3])
def test_the_same_number_for_every_row_is_known_without_a_look(rows: int) -> None:
    codes = same(7, rows)
    assert codes.tolist() == [7] * rows
    assert is_same(codes) == (rows > 0)
    assert not is_same(np.zeros(rows, dtype=np.int32))
    assert spread([3, 4], same(1, rows)).tolist() == [4] * rows
    assert counted(codes, 9) == [0] * 7 + [rows, 0]
    assert all(type(count) is int for count in counted(codes, 9))


@pytest.mark.parametrize(
    ("column", "cells"),
    [
        (pa.array(["a", "a", None]), ["a", "a", ""]),
        (pa.array(["a", "a", "b"]), ["a", "a", "b"]),
        (pa.array(["a", "a"]), ["a", "a"]),
        (pa.nulls(2, pa.string()), ["", ""]),
        (pa.array([], pa.string()), []),
        (pa.array(["x", "a", None, "y"]).dictionary_encode().slice(2, 1), [""]),
        (pa.array(["x", "a", None, "y"]).dictionary_encode().slice(1, 2), ["a", ""]),
        (pa.DictionaryArray.from_arrays(pa.array([1, 0, None], pa.int8()), ["b", "a"]), ["a", "b", ""]),
        (pa.DictionaryArray.from_arrays(pa.array([1, 0], pa.uint64()), ["b", None]), ["", "b"]),
    ],
)
def test_a_column_is_its_different_texts_and_where_they_stand(column: pa.Array, cells: list[str]) -> None:
    known, places = encoded(column)
    assert [known[place] for place in places] == cells
