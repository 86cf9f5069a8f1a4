"""A whole file: the summary, the decisions, the places they are written to."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest


def test_the_summary_adds_up(run_json: Any, examples: Path) -> None:
    found = run_json("check", examples / "orders_2019_2023.csv", "--rates", examples / "rates_2019_2023.csv")
    assert found["lines"] == sum(found["answers"].values()) == sum(found["dated_by"].values())
    assert sum(found["blocked"].values()) == found["lines"] - found["may_ship"]
    assert (found["faulty"], found["faults"], found["output"]) == (0, [], None)


def test_the_summary_reads_well(run: Any, examples: Path) -> None:
    text = run("check", examples / "orders_2019_2023.csv").stdout
    for part in (
        "lines, ", "may ship", "licence_required", "What blocks (lines)", "Open questions (lines)",
        "export_date", "Not covered (lines)", "Decided by", "by everything on record", "not written",
    ):  # fmt: skip
        assert part in text
    assert max(map(len, text.splitlines())) <= 80


def test_faults_are_shown_with_their_place_and_counted(run: Any, examples: Path) -> None:
    text = " ".join(run("check", examples / "orders_with_faults.csv", code=1).stdout.split())
    assert "orders_with_faults.csv:3: export_date: '2021-02-31' is not a date" in text
    assert "and 8 more" in text


def test_decisions_are_written_for_every_line(run: Any, examples: Path, tmp_path: Path) -> None:
    orders, output = examples / "orders_with_faults.csv", tmp_path / "decisions.csv"
    text = run("check", orders, "-o", output, code=1).stdout
    assert "decisions written to" in text
    with orders.open(encoding="utf-8") as before, output.open(encoding="utf-8") as after:
        keys = [(row["transaction_id"], row["line_id"]) for row in csv.DictReader(before)]
        assert [(row["transaction_id"], row["line_id"]) for row in csv.DictReader(after)] == keys


def test_standard_output_takes_the_same_bytes(run: Any, examples: Path, tmp_path: Path) -> None:
    orders, output = examples / "orders_with_faults.csv", tmp_path / "decisions.csv"
    run("check", orders, "-o", output, code=1)
    result = run("check", orders, "-o", "-", code=1)
    assert result.stdout_bytes == output.read_bytes()
    assert "decisions written to standard output" in result.stderr
    result = run("check", orders, "-o", "-", "--json", code=1)
    assert json.loads(result.stderr)["lines"] == len(list(csv.reader(io.StringIO(result.stdout)))) - 1


def test_known_on_and_scenario_change_the_answers(run_json: Any, examples: Path) -> None:
    orders = examples / "orders_2019_2023.csv"
    now = run_json("check", orders)
    then = run_json("check", orders, "--known-on", "2019-06-30")
    what_if = run_json("check", orders, "--scenario", examples / "scenario_hf_eased.toml")
    assert now["answers"] != then["answers"]
    assert now["answers"] != what_if["answers"]
    assert now["register"] == then["register"] != what_if["register"]
    assert then["known_on"] == "2019-06-30"


@pytest.mark.parametrize("ending", ["xlsx", "parquet", "jsonl"])
def test_other_formats_are_written(ending: str, run: Any, examples: Path, tmp_path: Path) -> None:
    output = tmp_path / f"decisions.{ending}"
    run("check", examples / "orders_with_faults.csv", "-o", output, code=1)
    assert output.stat().st_size > 0


def test_places_that_cannot_be_written_are_refused(run: Any, examples: Path, tmp_path: Path) -> None:
    orders = tmp_path / "orders.csv"
    before = (examples / "orders_with_faults.csv").read_bytes()
    orders.write_bytes(before)
    for output, problem in (
        (orders, "it is the input"),
        (tmp_path / "no" / "out.csv", "there is no such folder"),
        (tmp_path, "it is a folder"),
    ):
        assert problem in run("check", orders, "-o", output, code=5).stderr
    assert "the ending '.doc' is not known" in run("check", orders, "-o", tmp_path / "o.doc", code=2).stderr
    assert orders.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["orders.csv"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "orders.csv: the file is empty"),
        ("a,b\n1,2\n", "orders.csv:1: code: the column is missing"),
    ],
)
def test_unusable_files(text: str, problem: str, run: Any, tmp_path: Path) -> None:
    orders = tmp_path / "orders.csv"
    orders.write_text(text, encoding="utf-8")
    assert problem in run("check", orders, code=2).stderr


def test_faults_of_the_rates_are_told(run: Any, examples: Path, tmp_path: Path) -> None:
    rates = tmp_path / "rates.csv"
    rates.write_text("currency,from,until,jpy\nUSD,2019-13-01,,110\n", encoding="utf-8")
    result = run("check", examples / "orders_with_faults.csv", "--rates", rates, code=2)
    assert "rates.csv:2: '2019-13-01' is not a date" in result.stderr
    assert "no such file" in run("check", "x.csv", "--rates", tmp_path / "no.csv", code=2).stderr
