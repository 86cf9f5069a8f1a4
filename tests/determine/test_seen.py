"""What was seen before: found again however the rows are told apart."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.determine import seen as module
from sekisho.determine.codes import Codes, Numbered, same
from sekisho.determine.seen import Seen

SMALL = st.integers(0, 3)
WIDE = st.sampled_from([0, 1, 5000, (1 << 20) + 1, (1 << 31) - 1])
Rows = list[tuple[int, ...]]


@st.composite
def batches(draw: st.DrawFn) -> list[tuple[Rows, dict[str, Numbered]]]:
    """Batches of rows of the same columns, each held in one of the ways that there are."""
    kinds = draw(st.lists(st.sampled_from([SMALL, SMALL, st.integers(0, 40), WIDE]), min_size=1, max_size=5))
    found = []
    for _ in range(draw(st.integers(1, 4))):
        rows = draw(st.integers(1, 40))
        columns = {f"c{at}": draw(numbered(kind, rows)) for at, kind in enumerate(kinds)}
        cells = [column.spread().tolist() for column in columns.values()]
        found.append((list(zip(*cells, strict=True)), columns))
    return found


@st.composite
def numbered(draw: st.DrawFn, number: st.SearchStrategy[int], rows: int) -> Numbered:
    """A column of numbers: each by itself, one for all rows, or as places among a few."""
    match draw(st.sampled_from(["plain", "same", "few", "one of few"])):
        case "plain":
            cells = draw(st.lists(number, min_size=rows, max_size=rows))
            return Numbered(np.array(cells, dtype=draw(st.sampled_from([np.int32, np.int64]))))
        case "same":
            return Numbered(same(draw(number), rows))
        case held:
            known = draw(st.lists(number, min_size=1, max_size=5))
            place = st.integers(0, len(known) - 1)
            places = np.array(draw(st.lists(place, min_size=rows, max_size=rows)), dtype=np.int32)
            return Numbered(
                same(draw(place), rows) if held == "one of few" else places, np.array(known, dtype=np.int32)
            )


LIMITS = {
    "tables": {"_LONG": 0},
    "small tables": {"_LONG": 0, "_FIRST_TABLE": 8, "_LARGEST_TABLE": 64, "_COMBINED": 4},
    "one number": {"_LONG": 1 << 30},
    "few kept": {"_LONG": 1 << 30, "_REPEATED": 0, "_KEPT": 2},
}


@pytest.mark.parametrize("limits", LIMITS.values(), ids=LIMITS)
@given(told=batches())
def test_what_was_seen_is_found_again(
    limits: dict[str, int], told: list[tuple[Rows, dict[str, Numbered]]]
) -> None:
    seen = Seen()
    with pytest.MonkeyPatch.context() as patch:
        for name, limit in limits.items():
            patch.setattr(module, name, limit)
        for rows, columns in told:

            def find(chosen: Codes, rows: Rows = rows) -> Codes:
                assert len({rows[at] for at in chosen.tolist()}) == len(chosen)
                return np.array([sum(rows[at]) % 1009 for at in chosen.tolist()], dtype=np.int32)

            found = seen.of(columns, len(rows), find)
            assert found.tolist() == [sum(row) % 1009 for row in rows]


@pytest.mark.parametrize("limits", LIMITS.values(), ids=LIMITS)
def test_rows_that_repeat_are_asked_for_once(limits: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, limit in limits.items():
        monkeypatch.setattr(module, name, limit)
    seen, asked = Seen(), list[int]()

    def find(chosen: Codes) -> Codes:
        asked.extend(chosen.tolist())
        return np.zeros(len(chosen), dtype=np.int32)

    for _ in range(3):
        seen.of({"a": Numbered(np.array([0, 1] * 20)), "b": Numbered(same(3, 40))}, 40, find)
    assert asked == [0, 1]


def test_rows_that_fit_into_no_table_are_asked_for_as_well() -> None:
    seen = Seen()
    rows = np.arange(1 << 15)
    columns = {name: Numbered(rows * 7) for name in "abc"}
    for _ in range(2):
        assert seen.of(columns, len(rows), lambda chosen: chosen).tolist() == rows.tolist()
