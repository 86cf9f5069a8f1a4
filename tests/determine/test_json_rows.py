"""JSON lines: what Arrow reads at once is what Python reads line by line."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.determine import blocks, json_rows
from sekisho.determine.blocks import Rows
from sekisho.determine.check import Checker, Wanted
from sekisho.determine.json_rows import read_json_lines
from sekisho.determine.runs import check_file
from sekisho.errors import InputInvalid
from sekisho.register.register import Register

NUMBERS = st.one_of(
    st.integers(-(10**20), 10**20), st.integers(-9, 9), st.floats(), st.sampled_from([1e15, -0.0, 1e300, 0.1])
)
DAYS = st.sampled_from(["2019-07-04", "2019-07-04T00:00:00Z", "2019-07-04 10:00:00.5", "12:00", "1", ""])
CELLS = st.one_of(
    NUMBERS, DAYS, st.booleans(), st.none(), st.text(max_size=4), st.lists(st.integers(0, 3), max_size=2)
)
NAMES = st.sampled_from(["code", "Code", "value", "Order No", "transaction_id", "", "品名"])
OBJECTS = st.dictionaries(NAMES, CELLS, max_size=4).map(json.dumps)
ALIKE = st.fixed_dictionaries({"code": st.text(max_size=3), "value": NUMBERS, "order_date": DAYS}).map(
    json.dumps
)
ODD = st.sampled_from([
    "", " ", "{", "}", "[]", "1", '{"a": 1} {"a": 2}', '{"a": 1, "a": 2}', '{"a":', '1}{"a": 2}', '{"a": "x}',
    '{y"}', '{"a": NaN}', '{"a": 1e400}', '{"a": 01}', '{"a": "\\ud800"}', '{"a": "\\u0000"}', '{"a": "\t"}',
    '{"a": {"b": [1, {}]}}', "{'a': 1}", '{"a": 1}\r', ' {"a": 1} ', "{}", '{"a": -0}',
    '{"a": 12345678901234567890}',
    '{"a": "\\ud83d\\ude00"}', "\N{ZERO WIDTH NO-BREAK SPACE}{}",
])  # fmt: skip


def told(rows: Rows) -> list[tuple[int, list[str], str]]:
    cells = list(zip(*(column.to_pylist() for column in rows.columns.values()), strict=True))
    problems = [rows.broken[at].problem if at in rows.broken else "" for at in range(len(rows.lines))]
    return [(line, list(row), why) for line, row, why in zip(rows.lines, cells, problems, strict=True)]


def read(content: bytes, block: int = 1 << 20) -> Any:
    """The names, and the line, cells and problem of every row; or what is wrong with the file."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(blocks, "BLOCK", block)
        path = Path(folder) / "x.jsonl"
        path.write_bytes(content)
        try:
            found = list(read_json_lines(path, lambda _: None))
        except InputInvalid as error:
            return str(error)
        return list(found[0].columns), [row for rows in found for row in told(rows)]


def read_slowly(content: bytes) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_rows, "_kinds", lambda _: None)
        return read(content)


@settings(max_examples=300)
@given(
    st.one_of(
        st.lists(ALIKE, max_size=12),
        st.lists(st.one_of(OBJECTS, ALIKE), max_size=12),
        st.lists(st.one_of(OBJECTS, ODD), max_size=12),
    ),
    st.sampled_from([30, 200, 1 << 20]),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
)
def test_blocks_of_any_size_give_the_same_rows(lines: list[str], block: int, end: str, ended: bool) -> None:  # noqa: FBT001  a case
    content = (end.join(lines) + end * ended).encode("utf-8", "surrogatepass")
    assert read(content, block) == read_slowly(content)


def test_plain_lines_are_read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [
        {"code": "3(1)", "Order No": 7, "value": 1.5, "icp": True, "order_date": "2019-07-04"},
        {"code": None, "value": 30, "remark": "漢字 \U0001f600"},
    ]
    content = "".join(json.dumps(row) + "\n" for row in rows).encode()
    slow = read_slowly(content)
    monkeypatch.setattr(json_rows, "_json_row", None)
    names = ["code", "transaction_id", "value", "icp", "order_date", "remark"]
    first = (1, ["3(1)", "7", "1.5", "yes", "2019-07-04", ""], "")
    assert read(content) == slow == (names, [first, (2, ["", "", "30", "", "", "漢字 \U0001f600"], "")])


def test_lists_without_end_and_bytes_that_are_no_text_are_read_line_by_line() -> None:
    deep = b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}\n"
    names, rows = read(b'{"code": "1"}\n' + deep + b'{"code": "\xff"}\n')
    assert (names, [why[:9] for _, _, why in rows]) == (["code"], ["", "not JSON:", "not JSON:"])


def test_a_mark_of_utf_8_does_not_hinder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_rows, "_json_row", None)
    assert read(b'\xef\xbb\xbf{"code": "1"}\n') == (["code"], [(1, ["1"], "")])


@pytest.mark.parametrize("more", ["", "\n\n"])
def test_a_cell_without_a_name_is_carried_too(more: str, tmp_path: Path, register: Register) -> None:
    path, output = tmp_path / "orders.jsonl", tmp_path / "decisions.csv"
    line = {
        "order_date": "2019-07-10",
        "ship_from_country": "JP",
        "destination_country": "KR",
        "code": "3(1)",
    }
    path.write_text(json.dumps({**line, "": "kept"}) + more, encoding="utf-8")
    list(check_file(path, output, Checker(register, wanted=Wanted(("answer",)))))
    assert output.read_text(encoding="utf-8").splitlines()[0] == "answer,unnamed"
    assert output.read_text(encoding="utf-8").splitlines()[1].endswith(",kept")
