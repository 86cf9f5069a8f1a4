"""The data files: checked, shown, listed."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from sekisho.register.register import DATA


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the shipped data to spoil, with few cases."""
    folder = tmp_path / "data"
    shutil.copytree(DATA, folder, ignore=shutil.ignore_patterns("cases"))
    return folder


def test_the_shipped_register_counts_its_records(run: Any, run_json: Any) -> None:
    found = run_json("register", "list")
    assert set(found["counts"]) == {"sources", "dossiers", "events", "rows", "items", "facts"}
    assert all(found["counts"].values())
    assert "dossiers" in run("register", "list").stdout


def test_a_register_without_cases(copy: Path, run: Any, run_json: Any) -> None:
    found = run_json("register", "check", copy)
    assert (found["counts"]["cases"], found["faults"]) == (0, [])
    assert "no faults; register " in run("register", "check", copy).stdout


def test_all_faults_are_told(copy: Path, run: Any) -> None:
    (copy / "relations" / "dossiers" / "broken.toml").write_text("id = [", encoding="utf-8")
    with (copy / "japan" / "sources.csv").open("a", encoding="utf-8") as sources:
        sources.write("too,few\n")
    result = run("register", "check", copy, code=3)
    assert result.stderr.startswith("error: the register has 2 faults:")
    assert "relations/dossiers/broken.toml:1: not TOML" in result.stderr
    assert "the row has 2 cells" in result.stderr


CASE = """
[[case]]
id = "wrong"
title = "A case that fails"
source = ["S90"]
[case.line]
ship_from_country = "JP"
[case.expect]
answer = "authorised"
"""


def test_a_case_that_fails_is_a_fault(copy: Path, run: Any) -> None:
    cases = copy / "japan" / "cases"
    cases.mkdir()
    (cases / "some.toml").write_text(CASE, encoding="utf-8")
    result = run("register", "check", copy, code=3)
    assert "japan/cases/some.toml:3: wrong: answer: expected authorised, got undetermined" in result.stderr
    passing = CASE.replace("authorised", "undetermined")
    (cases / "some.toml").write_text(passing, encoding="utf-8")
    assert "no faults" in run("register", "check", copy).stdout


def test_a_scenario_may_change_cases(copy: Path, run_json: Any, examples: Path) -> None:
    cases = copy / "japan" / "cases"
    cases.mkdir()
    (cases / "some.toml").write_text(CASE, encoding="utf-8")
    found = run_json("register", "check", copy, "--scenario", examples / "scenario_hf_eased.toml")
    assert "expected authorised, got undetermined" in found["differences"][0]
    assert found["scenario"]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("gsomia", "Dossier"),
        ("gsomia-in-force", "Event"),
        ("jp-pol-kr-resist-individual", "Policy"),
        ("7(19)", "Item"),
        ("substance_wt_pct", "Fact"),
        ("gsomia-text", "Source"),
    ],
)
def test_any_record_is_shown(name: str, kind: str, run: Any, run_json: Any) -> None:
    assert run("register", "show", name).stdout.startswith(f"{kind} {name}\n")
    assert run_json("register", "show", name)["kind"] == kind


def test_a_row_is_shown_with_its_events_and_sources(run: Any) -> None:
    text = run("register", "show", "jp-pol-kr-resist-individual").stdout
    assert "jp-three-materials-individual (announced 2019-07-01, effective 2019-07-04)" in text
    assert "bakermckenzie-2019-07-three-materials: " in " ".join(text.split())


@pytest.mark.parametrize("kind", ["sources", "dossiers", "events", "rows", "items", "facts"])
def test_each_kind_is_listed(kind: str, run: Any, run_json: Any) -> None:
    found = run_json("register", "list", kind)
    assert len(found["records"]) == found["counts"][kind]
    assert len(run("register", "list", kind).stdout.splitlines()) >= found["counts"][kind]
