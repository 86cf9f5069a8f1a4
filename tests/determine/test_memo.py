"""The tree of decisions: every row finds the decision of what was looked at for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sekisho.determine.codes import Codes
from sekisho.determine.memo import Memo

COLUMNS = 4
ROWS = st.lists(st.tuples(*[st.integers(0, 3)] * COLUMNS), min_size=1, max_size=60)


def looked_at(row: tuple[int, ...]) -> list[int]:
    """What a made-up decision looks at: the next column hangs on the class of the one before."""
    way, at = [0], 0
    while row[at] and len(way) < COLUMNS:
        at = (at + row[at]) % COLUMNS
        if at in way:
            break
        way.append(at)
    return way


def answer(row: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
    return tuple((at, row[at]) for at in looked_at(row))


@given(st.lists(ROWS, min_size=1, max_size=4))
def test_rows_get_the_decision_of_what_was_looked_at_and_none_is_made_twice(
    batches: list[list[tuple[int, ...]]],
) -> None:
    memo, made = Memo(), list[tuple[tuple[int, int], ...]]()
    for rows in batches:

        def decide(places: Codes, rows: list[tuple[int, ...]] = rows) -> Iterator[tuple[int, Iterable[int]]]:
            for at in places.tolist():
                made.append(answer(rows[at]))
                yield len(made) - 1, looked_at(rows[at])

        found = memo.find(np.array(rows, dtype=np.int64), decide)
        assert [made[number] for number in found.tolist()] == [answer(row) for row in rows]
    assert len(made) == len(set(made)) == len({answer(row) for rows in batches for row in rows})


def test_a_tree_grows_beyond_its_first_tables() -> None:
    rows = np.stack([np.arange(20_000), np.arange(20_000) % 7], axis=1)
    memo = Memo()
    decide = lambda places: [(at, (0, 1)) for at in places.tolist()]  # noqa: E731  one line
    assert (memo.find(rows, decide) == np.arange(20_000)).all()
    assert (memo.find(rows[::-1], lambda _: []) == np.arange(20_000)[::-1]).all()
    assert len(memo) == 40_001
