"""Keys of lines: found again however many there are."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from sekisho.determine.keys import Keys, hash_rows

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
    column = pa.array([f"T{number}" for number in range(300)])
    assert keys.doubles([column], range(300)) == {}
    assert keys.full
    again = keys.doubles([column], range(300, 600))
    assert len(again) > 80
    assert all(again[at] == at for at in again)


def test_what_a_cell_holds_counts_and_not_how_it_is_stored() -> None:
    plain = pa.array(["7", "12", None, "7"])
    stored = [plain, plain.dictionary_encode(), pa.array([7, 12, None, 7]), plain.cast(pa.large_string())]
    hashes = [hash_rows([column])[0].tolist() for column in stored]
    assert all(one == hashes[0] for one in hashes)
    assert len(set(hashes[0])) == 3
    parts = pa.array(["ab", "a"]), pa.array(["c", "bc"])
    first, second = hash_rows(parts)[0].tolist()
    assert first != second
