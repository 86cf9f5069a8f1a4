"""One line of a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sekisho.cli.explain import find_line
from sekisho.errors import InputInvalid, NotFound, ValueInvalid

HEADER = "transaction_id,line_id,ship_from_country,destination_country,code,export_date\n"
LINES = HEADER + "A,10,JP,KR,7(19),2019-07-04\nA,20,JP,KR,7(19),2019-02-30\nB,10,JP,KR,7(19),2019-07-04\n"


@pytest.fixture
def orders(tmp_path: Path) -> Path:
    path = tmp_path / "orders.csv"
    path.write_text(LINES, encoding="utf-8")
    return path


def test_a_line_is_found_by_its_key(orders: Path) -> None:
    line, cells, broken = find_line(orders, "B/10")
    assert (line, cells["transaction_id"], broken) == (4, "B", None)
    assert find_line(orders, "20")[0] == 3


def test_a_line_id_that_stands_twice_needs_more(orders: Path) -> None:
    with pytest.raises(ValueInvalid, match="stands 2 times; expected transaction_id/line_id: A/10, B/10"):
        find_line(orders, "10")


def test_a_line_that_is_not_there(orders: Path, run: Any) -> None:
    with pytest.raises(NotFound, match="did you mean"):
        find_line(orders, "B/20")
    assert "there is no line 'C/1'" in run("explain", orders, "--line", "C/1", code=4).stderr


def test_a_file_without_keys(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("code\n7(19)\n", encoding="utf-8")
    with pytest.raises(InputInvalid, match="line_id: the column is missing"):
        find_line(path, "1")


def test_a_line_with_faults_is_not_explained(orders: Path, run: Any, run_json: Any) -> None:
    text = run("explain", orders, "--line", "A/20", code=1).stdout
    assert "orders.csv:3: export_date: '2019-02-30' is not a date" in " ".join(text.split())
    found = run_json("explain", orders, "--line", "A/20", code=1)
    assert found["faults"][0]["line"] == 3


def test_a_line_is_explained(run: Any, run_json: Any, examples: Path) -> None:
    orders = examples / "orders_with_faults.csv"
    text = run("explain", orders, "--line", "SO-F001/10").stdout
    assert text.startswith(
        "SO-F001/10, orders_with_faults.csv:2, by everything on record\nlicence_required: "
    )
    assert "jp-pol-kr-hf-individual" in text
    assert "on 2019-07-03 instead of 2019-07-04: authorised (special_general_bulk)" in text
    assert max(map(len, text.partition("Sources")[0].splitlines())) <= 80
    found = run_json("explain", orders, "--line", "SO-F001/10")
    assert found["answer"] == "licence_required"
    assert found["tree"][0]["children"]
    assert "2019-07-03" in [change["after"] for change in found["changes"]]
    then = run_json("explain", orders, "--line", "SO-F001/10", "--known-on", "2019-06-30")
    assert then["answer"] == "authorised"


def test_what_an_explained_line_leaves_out_is_told(tmp_path: Path, run: Any) -> None:
    path = tmp_path / "orders.csv"
    header = "line_id,ship_from_country,destination_country,code,export_date,classification_status,"
    cells = "1,JP,KR,7(19),2019-07-10,approved,goods,600000,JPY"
    path.write_text(f"{header}item_kind,value,currency\n{cells}\n", encoding="utf-8")
    text = " ".join(run("explain", path, "--line", "1").stdout.split())
    assert "Not covered the value limit is on the total value of all goods of the item number" in text
    assert "otherwise what is so) if value_jpy were 1000001, not 600000: licence_required" in text
