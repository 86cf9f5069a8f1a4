"""The tree of decisions: every row finds the decision of what was looked at for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pytest
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


@given(st.lists(ROWS, min_size=1, max_size=3), ROWS, st.data())
def test_ways_of_another_tree_are_those_of_this_one(
    batches: list[list[tuple[int, ...]]], own: list[tuple[int, ...]], data: st.DataObject
) -> None:
    """Whose numbers stand for the same classes, and are others."""
    told, trees = list[tuple[tuple[int, int], ...]](), [Memo(), Memo(), Memo()]

    def find(memo: Memo, rows: list[tuple[int, ...]], first: int) -> Codes:
        def decide(places: Codes) -> Iterator[tuple[int, Iterable[int]]]:
            for at in places.tolist():
                told.append(answer(rows[at]))
                yield len(told) - 1, looked_at(rows[at])

        return memo.find(np.array(rows, dtype=np.int64) * first, decide)

    kept, other, whole = trees
    for rows in batches:
        find(kept, rows, 1)
        find(whole, rows, 7)
    find(other, own, 7)
    find(whole, own, 7)
    rows = data.draw(st.sampled_from(batches))
    ends = np.unique(kept.ends(np.array(rows, dtype=np.int64)))
    assert (kept.ends(np.full((1, COLUMNS), 9)) == -1).all()
    for _ in range(2):  # the second time changes nothing
        other.graft(kept, ends, kept.decisions(ends), lambda _, codes: codes * 7)
        size, before = len(other), len(told)
        assert [told[at] for at in find(other, [*rows, *own], 7).tolist()] == [*map(answer, [*rows, *own])]
        assert (len(other), len(told)) == (size, before)
    for rows in batches:
        find(other, rows, 7)
    assert len(other) == len(whole)
    assert len(list(other.all_ends())) == len(list(whole.all_ends()))
    copy = Memo.of(*other.nodes())
    assert all((one == same).all() for one, same in zip(copy.nodes(), other.nodes(), strict=True))
    assert [told[at] for at in find(copy, own, 7).tolist()] == [*map(answer, own)]


def test_a_way_that_looks_at_something_else_is_left_out() -> None:
    one, other = Memo(), Memo()
    one.find(np.array([[1, 2], [2, 2]]), lambda places: [(int(at), (0, 1)) for at in places])
    other.find(np.array([[1, 2]]), lambda places: [(int(at), (1,)) for at in places])
    ends, numbers = np.array([end for end, _ in one.all_ends()]), np.array([5, 6])
    other.graft(one, ends, numbers, lambda _, codes: codes)
    assert (len(other), other.find(np.array([[1, 2]]), lambda _: []).tolist()) == (2, [0])
    other.graft(one, ends[:0], numbers[:0], lambda _, codes: codes)
    half = Memo()
    half.find(np.array([[1, 3]]), lambda places: [(9, (0,)) for _ in places])
    half.graft(one, ends, numbers, lambda _, codes: codes)
    assert half.find(np.array([[1, 2], [2, 2]]), lambda _: []).tolist() == [9, 6]


@pytest.mark.parametrize(
    "nodes",
    [
        ([0, -2], [0, 1], [0, 0]),
        ([0, -2], [1, 0], [0, 0]),
        ([-2, -2], [0, 0], [0, 0]),
        ([0, -2], [0, 0], [0, -1]),
    ],
)
def test_what_is_no_tree_is_refused(nodes: tuple[list[int], ...]) -> None:
    with pytest.raises(ValueError, match="a node stands before"):
        Memo.of(*map(np.array, nodes))
