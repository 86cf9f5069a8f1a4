"""Facts of a wrong type or unit are faults of their row, in every way that rows come in."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import sekisho
from sekisho.determine.check import Checker
from sekisho.determine.runs import check_file
from sekisho.register.register import Register

ROW = {
    "ship_from_country": "JP", "destination_country": "KR", "code": "3(1)", "order_date": "2019-07-10",
    "classification_status": "approved", "item_kind": "goods",
}  # fmt: skip
CELLS = [
    ("icp", "maybe", "'maybe' is neither yes nor no, expected yes or no, or an empty cell"),
    ("icp", "2", "'2' is neither yes nor no, expected yes or no"),
    ("value", "5 USD", "'5 USD' is not a number, expected a number: write 5 in value and USD in currency"),
    ("value", "-1", "'-1' is negative, expected a number of zero or more"),
    ("value", "1e400", "'1e400' is too large, expected a number"),
    ("substance_wt_pct", "fifty", "'fifty' is not a number, expected a number in % by weight"),
    ("substance_wt_pct", "50 g", "'50 g' is in 'g', the unit is % by weight, expected a number in % by"),
    ("substance_wt_pct", "150", "'150' is not between 0 and 100, expected a number in % by weight"),
    ("anneal_temperature_c", "50 K", "'50 K' is in 'K', the unit is deg C, expected a number in deg C"),
    ("controlled_substance", "HF", "'HF' is not allowed here, expected one of"),
    ("item_kind", "service", "'service' is not allowed here, expected goods, technology, software"),
    ("hs_code", "28111", "'28111' is not an HS code, expected 2, 4, 6 or up to 10 digits"),
    ("licences_held", "none;individual", "says none and something else, expected none alone, or the"),
]
"""Cells as text, with the fault that names the fact, the value and what was expected."""

TYPED: list[tuple[str, Any, str]] = [
    ("icp", 2, "icp: '2' is neither yes nor no, expected yes or no"),
    ("icp", 1.5, "icp: '1.5' is neither yes nor no, expected yes or no"),
    ("icp", dt.date(2020, 1, 1), "icp: '2020-01-01' is neither yes nor no, expected yes or no"),
    ("icp", b"1", "icp: \"b'1'\" is neither yes nor no, expected yes or no"),
    ("value", True, "value: 'yes' is not a number, expected a number"),
    ("value", float("inf"), "value: 'inf' is not a number, expected a number"),
    ("value", dt.date(2020, 1, 1), "value: '2020-01-01' is not a number, expected a number"),
    ("value", [5, 6], "is not a number, expected a number"),
    ("substance_wt_pct", 150.0, "substance_wt_pct: '150' is not between 0 and 100, expected a number in %"),
    ("substance_wt_pct", Decimal("-0.5"), "substance_wt_pct: '-0.5' is not between 0 and 100, expected"),
    ("substance_wt_pct", True, "substance_wt_pct: 'yes' is not a number, expected a number in % by weight"),
    ("controlled_substance", 5, "controlled_substance: '5' is not allowed here, expected one of"),
    ("item_kind", True, "item_kind: 'yes' is not allowed here, expected goods, technology, software"),
    ("hs_code", True, "hs_code: 'yes' is not an HS code, expected 2, 4, 6 or up to 10 digits"),
    ("destination_country", 5, "destination_country: unknown country '5', expected ISO 3166-1 alpha-2"),
    ("order_date", 2019.5, "order_date: '2019.5' is not a day, expected YYYY-MM-DD"),
]


def sheet() -> list[dict[str, str]]:
    """A row for each cell, between two that are sound."""
    rows = [ROW, *({**ROW, name: cell} for name, cell, _ in CELLS), ROW]
    names = dict.fromkeys(name for row in rows for name in row)
    return [{name: row.get(name, "") for name in names} for row in rows]


def write(rows: Sequence[dict[str, str]], path: Path) -> Path:
    if path.suffix == ".csv":
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    elif path.suffix == ".jsonl":
        path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    else:
        pq.write_table(pa.Table.from_pylist(list(rows)), path)
    return path


@pytest.mark.parametrize("kind", [".csv", ".jsonl", ".parquet", "frame"])
def test_a_wrong_cell_is_a_fault_of_its_row_and_of_no_other(
    kind: str, tmp_path: Path, register: Register
) -> None:
    rows, target = sheet(), tmp_path / "out.parquet"
    if kind == "frame":
        found = sekisho.check(pa.Table.from_pylist(rows), register=register).to_pylist()
    else:
        for _ in check_file(write(rows, tmp_path / f"in{kind}"), target, Checker(register)):
            pass
        found = pq.read_table(target).to_pylist()
    first, *wrong, last = found
    assert first["answer"] == last["answer"] == "licence_required"
    for row, (name, _, told) in zip(wrong, CELLS, strict=True):
        assert row["answer"] == "undetermined"
        assert row["questions"].startswith(f"{name}: ")
        assert told in row["questions"]


@pytest.mark.parametrize("make", [pa.Table.from_pylist, pd.DataFrame, pl.DataFrame])
@pytest.mark.parametrize(("name", "value", "told"), TYPED)
def test_a_typed_cell_of_a_wrong_type_is_a_fault_of_its_row(
    make: Any, name: str, value: Any, told: str, register: Register
) -> None:
    result = sekisho.check(make([{**ROW, name: value}]), register=register)
    assert list(map(str, result["answer"])) == ["undetermined"]
    assert told in str(next(iter(result["questions"])))


def test_lists_and_bytes_of_polars_are_taken(register: Register) -> None:
    """Polars hands them over as views, which Arrow cannot pick rows of."""
    frame = pl.DataFrame([{**ROW, "licences_held": ["individual"], "seal": b"x", "note": {"by": "me"}}])
    result = sekisho.check(frame, register=register)
    assert result["answer"].to_list() == ["authorised"]
    assert result["seal"].to_list() == [b"x"]
    assert result["note"].to_list() == [{"by": "me"}]


@pytest.mark.parametrize("cells", [["2811", ""], ["", "2811"], [2811, None], [None, 2811.0]])
def test_a_heading_stated_beside_the_hs_code_is_a_fault_of_its_own_line_alone(cells: list[Any]) -> None:
    home = {**ROW, "destination_country": "JP"}  # of which no rule looks at a heading
    frame = pa.table({"hs_4": cells, **{name: [cell] * 2 for name, cell in home.items()}})
    told = sekisho.check(frame)["questions"].to_pylist()
    fault = "hs_4: '2811' is not taken: it follows from hs_code, expected the HS code in hs_code"
    assert told == [fault if cell else "" for cell in cells]
