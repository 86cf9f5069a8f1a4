"""Workbooks out: the same bytes at any time, nothing cut, nothing that a spreadsheet would change."""

from __future__ import annotations

import datetime as dt
import time
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pytest

from sekisho.determine import workbook
from sekisho.determine.output import Writer
from sekisho.errors import OutputRefused


def written(path: Path, columns: dict[str, list[Any]]) -> Path:
    writer = Writer(path)
    try:
        writer.write(pa.RecordBatch.from_pydict(columns))
    except OutputRefused:
        writer.discard()
        raise
    writer.close()
    return path


def test_the_same_rows_give_the_same_bytes_at_any_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = written(tmp_path / "a.xlsx", {"line_id": ["1"], "day": [dt.date(2019, 7, 4)]})
    monkeypatch.setattr(time, "time", lambda: 2e9)
    monkeypatch.setattr(time, "localtime", lambda *_: time.gmtime(2_000_000_000))
    second = written(tmp_path / "b.xlsx", {"line_id": ["1"], "day": [dt.date(2019, 7, 4)]})
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.read("docProps/core.xml").count(b">1980-01-01T00:00:00Z<") == 2


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        (7, 7),
        (0.1, 0.1),
        (True, True),
        (12345678901234567, "12345678901234567"),
        (float("inf"), "inf"),
        (float("nan"), None),
        (dt.date(2019, 7, 4), dt.datetime(2019, 7, 4)),  # noqa: DTZ001  a day of a sheet has no zone
        (dt.date(1899, 7, 4), "1899-07-04"),
        (dt.datetime(2019, 7, 4, 9, tzinfo=dt.UTC), "2019-07-04T09:00:00+00:00"),
        ("=1+1", "=1+1"),
        ("a\x01b", "a\ufffdb"),
    ],
)
def test_what_a_spreadsheet_would_change_is_its_text(cell: object, read: object, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(written(tmp_path / "out.xlsx", {"=n": [cell]}))
    ((header,), (found,)) = book.active.rows
    assert (header.value, header.data_type) == ("=n", "s")
    assert found.value == read
    assert found.data_type != "f"


def test_what_a_workbook_does_not_hold_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "out.xlsx"
    advice = "write .csv, .parquet or .jsonl"
    with pytest.raises(OutputRefused) as found:
        written(path, {"line_id": ["1", "2"], "remark": ["", "x" * 40_000]})
    problem = "row 3, column remark: the text has 40,000 characters; a cell of a workbook holds 32,767"
    assert str(found.value) == f"cannot write 'out.xlsx': {problem}; {advice}"
    monkeypatch.setattr(workbook, "_MOST_ROWS", 3)
    with pytest.raises(OutputRefused) as found:
        written(path, {"line_id": ["1", "2", "3"]})
    problem = "there are more lines than the 2 that a sheet of a workbook holds"
    assert str(found.value) == f"cannot write 'out.xlsx': {problem}; {advice}"
    monkeypatch.setattr(workbook, "_MOST_COLUMNS", 1)
    with pytest.raises(OutputRefused) as found:
        written(path, {"line_id": ["1"], "answer": ["x"]})
    problem = "there are 2 columns; a sheet of a workbook holds 1"
    assert str(found.value) == f"cannot write 'out.xlsx': {problem}; {advice}"
    assert not list(tmp_path.iterdir())
