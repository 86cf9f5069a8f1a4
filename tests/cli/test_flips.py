"""``diff --orders``: the lines that two days answer otherwise."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any


def test_the_fourth_of_july_takes_bulk_licences_away(
    run: Any, run_json: Any, examples: Path, tmp_path: Path
) -> None:
    orders, output = examples / "orders_2019_2023.csv", tmp_path / "flips.csv"
    options = ("diff", "2019-07-03", "2019-07-04", "--to", "KR", "--orders", orders)
    found = run_json(*options, "-o", output)["flips"]
    assert found["lines"] == 263
    assert 0 < found["flipped"] <= found["decided"] < found["lines"]
    assert found["answers"]["authorised -> licence_required"] > 50
    with output.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == found["flipped"]
    assert {"jp-pol-kr-resist-individual", "jp-pol-kr-hf-individual"} <= {
        rule for row in rows for rule in row["rules_after"].split(";")
    }
    text = run(*options).stdout
    assert f"Lines answered otherwise: {found['flipped']} of 263" in text
    assert "authorised -> licence_required" in text


def test_days_between_which_nothing_changed_decide_nothing(run_json: Any, examples: Path) -> None:
    found = run_json("diff", "2019-07-10", "2019-07-11", "--orders", examples / "orders_2019_2023.csv")
    assert found["changes"] == []
    assert (found["flips"]["decided"], found["flips"]["flipped"], found["flips"]["answers"]) == (0, 0, {})


def test_files_that_cannot_be_compared_are_refused(run: Any, tmp_path: Path) -> None:
    orders = tmp_path / "orders.csv"
    orders.write_text("code\n3(1)\n", encoding="utf-8")
    text = run(
        "diff", "2019-07-03", "2019-07-04", "--orders", orders, "-o", tmp_path / "x.csv", code=2
    ).stderr
    assert (
        "orders.csv:1: ship_from_country: the column is missing; expected it in the header, or one of" in text
    )
    assert not (tmp_path / "x.csv").exists()
    text = run("diff", "2019-07-03", "2019-07-04", "-o", tmp_path / "x.csv", code=2).stderr
    assert "--output: there are no lines to write; expected --orders FILE with it" in text
