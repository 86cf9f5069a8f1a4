"""``impact``: what a change of the law does to a file of order lines, told and written."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from sekisho.determine.output import Writer
from sekisho.register.register import DATA

ANNOUNCED = ("--event", "jp-three-materials-individual", "--known-on", "2019-07-01")


def test_the_announcement_of_july_2019_is_told_by_rule(run: Any, examples: Path) -> None:
    text = run("impact", examples / "orders_2019_2023.csv", *ANNOUNCED).stdout
    assert "Lines answered otherwise: 91 of 263" in text
    assert "15  ship before the change, if they leave on their day" in text
    assert "By jp-pol-kr-resist-individual: 29 lines" in text
    assert "items 7(19), destinations KR: individual" in text
    assert "from METI headquarters, Security" in text
    assert "24  apply for an individual licence" in text
    assert "24  ship by 2019-07-03" in text
    assert "sell another grade: substance_wt_pct 30" in text


def test_json_and_the_written_lines_say_the_same(run_json: Any, examples: Path, tmp_path: Path) -> None:
    output = tmp_path / "flips.csv"
    found = run_json("impact", examples / "orders_2019_2023.csv", *ANNOUNCED, "-o", output)
    with output.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["line_id"] for row in rows] == [row["line_id"] for row in found["flipped_lines"]]
    assert len([row for row in rows if row["effect"] != "open"]) == found["flipped"]
    assert sum(group["lines"] for group in found["groups"]) == found["flipped"]
    assert found["before"]["in_force_on"] == "2019-07-03"
    assert found["after"] | {"register": ""} == {
        "in_force_on": "2019-07-04", "known_on": "2019-07-01", "register": "", "scenario": "",
    }  # fmt: skip
    assert found["groups"][0]["releases"][0]["action"] == "apply:individual"


def test_the_same_question_gives_the_same_bytes(run: Any, examples: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        run("impact", examples / "orders_2019_2023.csv", *ANNOUNCED, "-o", tmp_path / f"{name}.parquet")
    assert (tmp_path / "one.parquet").read_bytes() == (tmp_path / "two.parquet").read_bytes()


@pytest.mark.parametrize("ending", [".parquet", ".xlsx", ".jsonl", ".tsv"])
def test_every_format_of_orders_gives_the_same_lines(
    run_json: Any, examples: Path, tmp_path: Path, ending: str
) -> None:
    with (examples / "orders_2019_2023.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["code"] in {"3(1)", "7(19)"}]
    writer = Writer(tmp_path / f"orders{ending}")
    for batch in pa.Table.from_pylist(rows).to_batches():
        writer.write(batch)
    writer.close()
    found = run_json("impact", tmp_path / f"orders{ending}", *ANNOUNCED)
    assert (found["lines"], found["flipped"]) == (len(rows), 64)


def test_a_scenario_is_held_against_the_record(run: Any, examples: Path) -> None:
    scenario = examples / "scenario_hf_eased.toml"
    text = run("impact", examples / "orders_2019_2023.csv", "--scenario", scenario).stdout
    assert "By scenario-pol-kr-hf-special: 9 lines" in text
    assert "9 licence_required -> authorised" in text


def test_an_older_register_is_held_against_this_one(
    run: Any, run_json: Any, examples: Path, tmp_path: Path
) -> None:
    """An update of the register that knows a longer review: nothing else of the lines differs."""
    old = tmp_path / "old"
    shutil.copytree(DATA, old)
    rows = (old / "japan/consequences.csv").read_text("utf-8")
    changed = rows.replace(
        "review_days,individual,90,about 90 days", "review_days,individual,60,about 60 days", 1
    )
    assert changed != rows
    (old / "japan/consequences.csv").write_text(changed, encoding="utf-8")
    orders = examples / "orders_2019_2023.csv"
    found = run_json("impact", orders, "--old-register", old)
    assert [group["rules"] for group in found["groups"]] == [["jp-rev-individual"]]
    days = {
        (row["review_days_before"], row["review_days_after"])
        for row in found["flipped_lines"]
        if row["effect"] == "changed"
    }
    assert days == {(60, 90)}
    assert found["before"]["register"] != found["after"]["register"]
    assert "changed" in found["groups"][0]["effects"]
    same = run("impact", orders, "--old-register", DATA).stdout
    assert "Lines answered otherwise: 0 of 263" in same


def test_a_change_that_flips_nothing_writes_an_empty_table(run: Any, examples: Path, tmp_path: Path) -> None:
    output = tmp_path / "flips.csv"
    days = ("--before", "2019-07-10", "--after", "2019-07-11")
    text = run("impact", examples / "orders_2019_2023.csv", *days, "-o", output).stdout
    assert "Lines answered otherwise: 0 of 263" in text
    assert output.read_text("utf-8").splitlines()[0].startswith("transaction_id,line_id,file,line,effect,")


def test_lines_with_faults_are_told_and_the_others_looked_at(run: Any, run_json: Any, examples: Path) -> None:
    orders = examples / "orders_with_faults.csv"
    checked, found = run_json("check", orders, code=1), run_json("impact", orders, *ANNOUNCED, code=1)
    assert found["faulty"] == checked["faulty"] > 20
    assert [fault["line"] for fault in found["faults"]] == [fault["line"] for fault in checked["faults"]]
    assert "orders_with_faults.csv:" in run("impact", orders, *ANNOUNCED, code=1).stdout


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ((), "options: no change of the law is named; expected --before DAY --after DAY, or --event ID"),
        (("--before", "2019-07-03"), "--after: it is missing; expected two days"),
        ((*ANNOUNCED, "--before", "2019-07-03"), "options: they name more than one change of the law"),
        (("--event", "jp-licence-polyimide-first"), "is on record only as 2019-09; expected two days with"),
        (("--before", "2019-07-04", "--after", "2019-07-03"), "the earlier day first: 2019-07-03"),
    ],
)
def test_what_is_no_change_of_the_law_is_refused(
    run: Any, examples: Path, options: tuple[str, ...], message: str
) -> None:
    assert message in run("impact", examples / "orders_2019_2023.csv", *options, code=2).stderr


def test_the_input_is_never_written_over(run: Any, examples: Path, tmp_path: Path) -> None:
    orders = tmp_path / "orders.csv"
    orders.write_bytes((examples / "orders_2019_2023.csv").read_bytes())
    assert "it is the input" in run("impact", orders, *ANNOUNCED, "-o", orders, code=5).stderr
    assert (
        "there is no such folder"
        in run("impact", orders, *ANNOUNCED, "-o", tmp_path / "x/y.csv", code=5).stderr
    )


def test_a_picture_is_drawn(run: Any, examples: Path, tmp_path: Path) -> None:
    pytest.importorskip("vl_convert", reason="the extra pictures is not installed")
    picture = tmp_path / "impact.html"
    text = run("impact", examples / "orders_2019_2023.csv", *ANNOUNCED, "--picture", picture).stdout
    assert "a picture to" in text
    assert "91 of 263 order lines are answered otherwise" in picture.read_text("utf-8")
    problem = run(
        "impact", examples / "orders_2019_2023.csv", *ANNOUNCED, "--picture", tmp_path / "x.gif", code=2
    )
    assert "--picture: the ending '.gif' is no picture; expected .html, .png, .svg" in problem.stderr


def test_a_book_is_watched_as_the_law_becomes_known(
    run: Any, run_json: Any, examples: Path, tmp_path: Path
) -> None:
    orders, state = examples / "orders_2019_2023.csv", tmp_path / "state.parquet"
    first = run("impact", orders, "--watch", state, "--known-on", "2019-07-01").stdout
    assert "263 lines looked at for the first time; nothing to compare with yet" in first
    second = run_json("impact", orders, "--watch", state, "--known-on", "2019-08-05")
    assert (second["since"]["known_on"], second["now"]["known_on"]) == ("2019-07-01", "2019-08-05")
    assert second["impact"]["flipped"] == 6
    third = run("impact", orders, "--watch", state, "--known-on", "2019-08-05").stdout
    assert "the same register and days as before" in third
    assert "0  answered otherwise by the law" in third
    problem = run("impact", orders, "--watch", state, *ANNOUNCED, code=2).stderr
    assert "--event: it does not go with --watch; expected one of the two" in problem
