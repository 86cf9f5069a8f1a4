"""CSV blocks: what Arrow reads at once is what Python reads row by row."""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.determine import blocks, csv_rows
from sekisho.determine.blocks import Rows
from sekisho.determine.csv_rows import read_csv

PIECES = [
    "a",
    "1",
    "",
    "é",
    ",",
    '"',
    '""',
    '"x"',
    '"a,b"',
    '"a\nb"',
    "\n",
    "\r\n",
    "\r",
    "\n\n",
    " ",
    "NA",
    "null",
    "\t",
    ";",
]


def read(content: bytes, block: int, piece: int = 1 << 18) -> list[tuple[int, list[str], str]]:
    """Line, cells and problem of every row."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "BLOCK", block)
        patch.setattr(blocks, "PIECE", piece)
        path = Path(folder) / "x.csv"
        path.write_bytes(content)
        return [row for rows in read_csv(path, list) for row in told(rows)]


def told(rows: Rows) -> list[tuple[int, list[str], str]]:
    cells = zip(*(column.to_pylist() for column in rows.columns.values()), strict=True)
    problems = [rows.broken[at].problem if at in rows.broken else "" for at in range(len(rows.lines))]
    return [(line, list(row), why) for line, row, why in zip(rows.lines, cells, problems, strict=True)]


@settings(max_examples=400)
@given(
    st.lists(st.sampled_from(PIECES), max_size=40),
    st.sampled_from([7, 16, 64, 1 << 20]),
    st.sampled_from([1, 5, 1 << 18]),
)
def test_blocks_of_any_size_give_the_same_rows(pieces: list[str], block: int, piece: int) -> None:
    content = ("one,two,three\n" + "".join(pieces)).encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_rows._Reader, "_at_once", lambda *_: None)
        slow = read(content, 1 << 20)
    assert read(content, block, piece) == slow


@given(st.lists(st.sampled_from(PIECES), max_size=40), st.sampled_from([7, 64, 1 << 20]), st.integers(0, 9))
def test_rows_that_are_passed_over_have_at_least_their_key(
    pieces: list[str], block: int, passed: int
) -> None:
    content = ("one,two,three\n" + "".join(pieces)).encode()
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "BLOCK", block)
        path = Path(folder) / "x.csv"
        path.write_bytes(content)
        at = 0
        for few, rows in zip(read_csv(path, list, passed, {"two"}), read_csv(path, list), strict=True):
            at += len(rows.lines)
            assert list(few.columns) in (["one", "two", "three"], ["two"])
            assert (list(few.lines), few.broken) == (list(rows.lines), rows.broken)
            assert all(column.equals(rows.columns[name]) for name, column in few.columns.items())
            assert len(few.columns) == 3 or at <= passed


@given(
    st.lists(
        st.lists(st.text(max_size=8).filter(lambda t: "\r" not in t), min_size=2, max_size=2), max_size=20
    )
)
def test_what_was_written_is_read(rows: list[list[str]]) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows([["one", "two"], *rows])
    try:
        content = text.getvalue().encode()
    except UnicodeEncodeError:
        return
    if b"\0" not in content:
        assert [cells for _, cells, _ in read(content, 32)] == rows
