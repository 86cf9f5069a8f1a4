"""What is on record, asked in two times."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

LATER = "Not covered what happened after 2026-06-05, the newest day on record, was not read"
EARLIER = "Not covered what happened before 1999-01-01, the oldest day on record, was not read"
LAW_LATER = (
    "Not covered amendments of Japan's Foreign Exchange and Foreign Trade Act (FEFA) after 2026-06-05"
    " were not read"
)


def test_a_notice_that_was_given(run: Any, run_json: Any) -> None:
    text = run("status", "gsomia", "--on", "2019-09-01", "--known-on", "2019-09-01").stdout
    assert "On 2019-09-01, as known on 2019-09-01: in force, notice of termination given" in text
    assert "Pending\n  2019-11-23 effective" in text
    assert "2023" not in text  # no link and no source that came later
    assert "gsomia-text: " in text
    found = run_json("status", "gsomia", "--on", "2019-09-01")
    assert found["since"]["event"]["id"] == "gsomia-termination-notice"
    assert found["confidence"] in {"high", "medium", "low", "disputed"}


def test_a_stopped_end_is_not_pending_by_what_came_later(run_json: Any) -> None:
    found = run_json("status", "gsomia", "--on", "2019-09-01")
    assert ("effective", "2019-11-23") not in [(m["name"], m["date"]) for m in found["pending"]]


def test_inside_a_month_it_is_not_known(run: Any, run_json: Any) -> None:
    text = " ".join(run("status", "chip-4", "--on", "2022-09-03").stdout.split())
    assert "not known on that day" in text
    assert "Its day is known only as 2022-09" in text
    assert run_json("status", "chip-4", "--on", "2022-09-03")["state"] == "uncertain"


def test_the_timeline_keeps_resolution_and_order(run: Any, run_json: Any) -> None:
    text = run("timeline", "--between", "JP", "KR", "--since", "2019-07-01", "--until", "2019-08-31").stdout
    assert "\n2019-07     effective        kr-boycott\n" in text
    assert "\n2019-07-04  effective        jp-three-materials\n" in text
    found = run_json("timeline", "--between", "Japan", "KOR", "--kind", "agreement")
    assert found["between"] == ["JP", "KR"]
    assert {moment["event"]["dossier"] for moment in found["moments"]} >= {"gsomia"}


def test_the_timeline_knows_only_what_was_known(run_json: Any) -> None:
    known = run_json("timeline", "--since", "2019-07-01", "--known-on", "2019-07-03")["moments"]
    events = {moment["event"]["id"] for moment in known}
    assert "jp-three-materials-individual" in events
    assert "gsomia-termination-notice" not in events


def test_what_is_coming(run: Any, run_json: Any) -> None:
    text = run("coming", "--on", "2019-07-10").stdout
    assert "2019-08-24  notice_deadline  gsomia" in text
    assert "as known on 2019-07-10" in text
    found = run_json("coming", "--on", "2019-07-02")["coming"]
    assert "jp-three-materials-individual" in [entry["event"]["id"] for entry in found if entry["event"]]


def test_a_difference_names_its_events(run: Any, run_json: Any) -> None:
    text = run("diff", "2019-07-03", "2019-07-04", "--to", "KR").stdout
    assert text.startswith("jp-three-materials-individual (announced 2019-07-01, effective 2019-07-04)")
    assert "came: Policy jp-pol-kr-resist-individual" in " ".join(text.split())
    found = run_json("diff", "2019-07-03", "2019-07-04", "--to", "South Korea")
    assert (found["country"], found["destination"]) == ("JP", "KR")
    assert {change["change"] for change in found["changes"]} == {"came", "went"}


def test_no_difference(run: Any, run_json: Any) -> None:
    assert run("diff", "2019-07-05", "2019-07-06").stdout.startswith("0 rows differ")
    assert run_json("diff", "2019-07-05", "2019-07-06")["changes"] == []


def test_a_scenario_shows_in_the_difference(run_json: Any, examples: Path) -> None:
    scenario = examples / "scenario_hf_eased.toml"
    found = run_json("diff", "2020-02-29", "2020-03-01", "--scenario", scenario)
    assert "scenario-hf-eased" in {change["event"]["id"] for change in found["changes"]}


@pytest.mark.parametrize(
    ("args", "gap"),
    [
        (("status", "gsomia", "--on", "2035-01-01"), LATER),
        (("status", "gsomia", "--on", "1990-01-01"), EARLIER),
        (("coming", "--on", "2030-01-01"), LATER),
        (("coming", "--on", "1998-12-31"), EARLIER),
        (("timeline", "--since", "2026-01-01", "--until", "2026-06-06"), LATER),
        (("timeline", "--since", "1998-01-01", "--until", "1999-12-31"), EARLIER),
        (("diff", "2026-06-05", "2026-06-06"), LAW_LATER),
        (("diff", "2003-12-31", "2004-01-01"), "Not covered the law of JP before 2004-01-01 is not in the"),
    ],
)
def test_where_the_record_ends_is_said(args: tuple[str, ...], gap: str, run: Any, run_json: Any) -> None:
    assert gap in " ".join(run(*args).stdout.split())
    (told,) = run_json(*args)["not_covered"]
    assert f"Not covered {told}".startswith(gap)


@pytest.mark.parametrize(
    "args",
    [
        ("status", "gsomia", "--on", "2026-06-05"),
        ("status", "gsomia", "--on", "1999-01-01"),
        ("coming", "--on", "2019-07-10"),
        ("timeline",),
        ("diff", "2004-01-01", "2026-06-05"),
    ],
)
def test_inside_the_record_nothing_is_left_out(args: tuple[str, ...], run: Any, run_json: Any) -> None:
    assert "Not covered" not in run(*args).stdout
    assert run_json(*args)["not_covered"] == []


def test_what_a_scenario_imagines_is_no_record(run_json: Any, tmp_path: Path) -> None:
    scenario = tmp_path / "later.toml"
    scenario.write_text(
        """
title = "A notice that is given in 2031"
[[source]]
id = "imagined"
title = "Imagined"
publisher = "Nobody"
kind = "derived"
published = "2031-01-01"
[[event]]
dossier = "gsomia"
id = "imagined-talks"
kind = "statement_made"
by = ["JP"]
toward = ["KR"]
effective = 2031-01-01
summary = "Talks that are imagined."
source = ["imagined"]
confidence = "low"
""",
        encoding="utf-8",
    )
    found = run_json("status", "gsomia", "--on", "2031-01-02", "--scenario", scenario)
    assert found["not_covered"] == [LATER.removeprefix("Not covered ")]
    assert found["scenario"] == "later"


@pytest.mark.parametrize(
    "args",
    [
        ("status", "gsomia", "--on", "2019-09-01"),
        ("timeline", "--since", "2019-07-01", "--until", "2019-07-04"),
        ("coming", "--on", "2019-07-10"),
        ("diff", "2020-02-29", "2020-03-01"),
    ],
    ids=lambda args: args[0],
)
def test_a_scenario_is_named(args: tuple[str, ...], run: Any, examples: Path) -> None:
    text = run(*args, "--scenario", examples / "scenario_hf_eased.toml").stdout
    assert "with the scenario scenario_hf_eased" in " ".join(text.split())
    assert "scenario" not in run(*args).stdout


def test_a_scenario_is_named_where_a_line_is_explained(run: Any, examples: Path) -> None:
    line = ("explain", examples / "orders_with_faults.csv", "--line", "SO-F001/10")
    text = run(*line, "--scenario", examples / "scenario_hf_eased.toml").stdout
    assert " ".join(text.split()).startswith(
        "SO-F001/10, orders_with_faults.csv:2, by everything on record with the scenario scenario_hf_eased"
    )


@pytest.mark.parametrize("day", ["2019/09/01", "20190901", "2019年9月1日", "令和元年9月1日"])
def test_days_are_read_as_those_of_files(day: str, run: Any) -> None:
    assert "On 2019-09-01, by everything on record: " in run("status", "gsomia", "--on", day).stdout


def test_a_day_that_may_be_two_is_refused(run: Any) -> None:
    errors = run("status", "gsomia", "--on", "01/09/2019", code=2).stderr
    assert "Did you mean 2019-09-01 or 2019-01-09?" in " ".join(errors.split())


@pytest.mark.parametrize(
    "args",
    [("diff", "2019-07-04", "2019-07-03"), ("timeline", "--since", "2019-07-04", "--until", "2019-07-03")],
    ids=lambda args: args[0],
)
def test_days_in_the_wrong_order_are_refused(args: tuple[str, ...], run: Any) -> None:
    assert run(*args, code=2).stderr == (
        "error: the second day, 2019-07-03, lies before the first, 2019-07-04;"
        " expected the earlier day first: 2019-07-03, then 2019-07-04\n"
    )


@pytest.mark.parametrize("command", ["check", "explain", "ask", "status", "timeline", "coming", "diff"])
def test_help_says_what_is_known_if_no_day_is_given(command: str, run: Any) -> None:
    text = " ".join(run(command, "--help").stdout.split())
    default = "on the day asked about" if command == "coming" else "by all on record"
    assert f"By what was known on this day; else {default}." in text
