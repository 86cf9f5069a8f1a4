"""Keys of lines: found again however many there are."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.determine.key_hashes import hash_rows
from sekisho.determine.key_order import Rising
from sekisho.determine.keys import Keys

CELL = st.one_of(st.text("aé\u0000", max_size=20), st.sampled_from(["", "T1", "T10", "1"]))


@given(st.lists(st.lists(st.tuples(CELL, CELL), max_size=30), max_size=6))
def test_a_key_is_found_again_with_its_first_line(batches: list[list[tuple[str, str]]]) -> None:
    keys, seen, line = Keys(), dict[tuple[str, str], int](), 1
    for rows in batches:
        expected = {}
        for at, key in enumerate(rows):
            if any(key) and seen.setdefault(key, line + at) != line + at:
                expected[at] = seen[key]
        columns = [pa.array([key[part] for key in rows], pa.string()) for part in (0, 1)]
        assert keys.doubles(columns, range(line, line + len(rows))) == expected
        line += len(rows)


def test_a_table_grows_and_keeps_the_first_line() -> None:
    keys = Keys()
    column = pa.array([f"T{number}" for number in range(50_000)])
    assert keys.doubles([column], range(50_000)) == {}
    again = keys.doubles([column.slice(40_000)], range(50_000, 60_000))
    assert again == {at: 40_000 + at for at in range(10_000)}


def test_when_the_table_is_full_the_first_keys_are_still_found() -> None:
    keys = Keys(kept=100)
    column = pa.array([f"T{number}" for number in reversed(range(300))])
    assert keys.doubles([column], range(300)) == {}
    assert keys.full
    again = keys.doubles([column], range(300, 600))
    assert len(again) > 80
    assert all(again[at] == at for at in again)


def numbered(numbers: range) -> list[pa.Array]:
    """Keys of two parts, the second of which counts lines from 1 to 10, as an order system gives them."""
    orders = pa.array([f"T{number // 10}" for number in numbers])
    return [orders.dictionary_encode(), pa.array([number % 10 + 1 for number in numbers], pa.int32())]


def test_rising_keys_are_compared_however_many_there_are() -> None:
    keys = Keys(kept=100)
    assert all(
        keys.doubles(numbered(range(at, at + 95)), range(at, at + 95)) == {} for at in range(0, 950, 95)
    )
    assert not keys.full


def test_keys_that_rose_are_found_again_when_one_does_not() -> None:
    keys = Keys(kept=400)
    assert keys.doubles(numbered(range(300)), range(300)) == {}
    assert keys.doubles(numbered(range(250, 310)), range(300, 360)) == {at: 250 + at for at in range(50)}
    assert not keys.full


def test_when_too_many_keys_rose_before_one_that_does_not_it_is_told() -> None:
    keys = Keys(kept=100)
    for at in range(0, 300, 60):
        assert keys.doubles(numbered(range(at, at + 60)), range(at, at + 60)) == {}
    again = keys.doubles(numbered(range(50, 60)), range(300, 310))
    assert again == {at: 50 + at for at in range(10)}
    assert keys.full


@pytest.mark.parametrize(
    "column",
    [
        pa.DictionaryArray.from_arrays(pa.array([0, 1], pa.int8()), pa.array(["T1", "T1"])),
        pa.DictionaryArray.from_arrays(pa.array([0, 1, 2]), pa.array(["T1", "T2", "T1"])),
        pa.array([1, 2, 1]),
        pa.array([-2, -1, -2]),
        pa.array([1.0, 2.0, 1.0]),
        pa.array(["1", None, "1"]),
        pa.array(["a", "b", "aa", "b"], pa.large_string()),
    ],
)
def test_a_key_is_found_again_in_a_column_of_any_type(column: pa.Array) -> None:
    again = Keys().doubles([column], range(len(column)))
    assert list(again) == [len(column) - 1]


@given(st.lists(CELL, min_size=1, max_size=20, unique=True), st.data())
def test_keys_that_rise_are_each_above_those_before(cells: list[str], data: st.DataObject) -> None:
    ordered = sorted(cells, key=lambda cell: (len(cell.encode()), cell.encode()))
    cut = data.draw(st.integers(0, len(cells)))
    column = pa.array(ordered, pa.string())
    stored = column.dictionary_encode() if data.draw(st.booleans()) else column
    rising = Rising()
    assert rising.goes_on([stored.slice(0, cut)])
    assert rising.goes_on([stored.slice(cut)])
    assert not rising.goes_on([stored.slice(data.draw(st.integers(0, len(cells) - 1)), 1)])


def test_what_a_cell_holds_counts_and_not_how_it_is_stored() -> None:
    plain = pa.array(["7", "12", None, "7"])
    stored = [plain, plain.dictionary_encode(), pa.array([7, 12, None, 7]), plain.cast(pa.large_string())]
    hashes = [hash_rows([column])[0].tolist() for column in stored]
    assert all(one == hashes[0] for one in hashes)
    assert len(set(hashes[0])) == 3
    parts = pa.array(["ab", "a"]), pa.array(["c", "bc"])
    first, second = hash_rows(parts)[0].tolist()
    assert first != second
