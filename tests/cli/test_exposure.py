"""``sekisho exposure``: template, tables, words and exit codes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("highspy", reason="needs the exposure extra")

EVENT = "jp-three-materials-individual"


@pytest.fixture
def network(run: Any, tmp_path: Path) -> Path:
    run("exposure", "init", tmp_path / "network")
    return tmp_path / "network"


def test_the_template_tells_what_to_try(run: Any, tmp_path: Path) -> None:
    shown = run("exposure", "init", tmp_path / "new").output
    assert "10 files written" in shown
    assert EVENT in shown
    assert "the file is there already" in run("exposure", "init", tmp_path / "new", code=5).output


def test_the_template_as_json(run_json: Callable[..., Any], tmp_path: Path) -> None:
    found = run_json("exposure", "init", tmp_path / "new", "--headers")
    assert len(found["written"]) == 10


def test_the_answer_in_words(run: Any, network: Path) -> None:
    shown = run("exposure", network, "--event", EVENT).output
    assert shown.startswith(
        "2 arcs are closed; all sites can last 4 weeks; 291,667 USD to 1,691,667 USD of\nmargin"
    )
    for heading in (
        "Closed",
        "Weeks before",
        "Why",
        "Mitigations",
        "Best sets",
        "Weak points",
        "Assumed",
        "Read by",
    ):
        assert f"\n{heading}" in shown
    assert "F1 loses from week 5 (2019-08-01): hf has run out" in shown


def test_the_name_of_the_default_command_may_be_given(run: Any, network: Path) -> None:
    assert (
        run("exposure", "run", network, "--event", EVENT).output
        == run("exposure", network, "--event", EVENT).output
    )


def test_json_has_every_record(run_json: Callable[..., Any], network: Path) -> None:
    found = run_json("exposure", network, "--event", EVENT, "--top", "0")
    assert found["survival_weeks"] == {"low": 4.0, "typical": 4.0, "high": 4.0}
    assert found["scenarios"] == []
    assert len(found["sites"][0]["weeks"]) == 12
    assert found["arcs_closed"][0]["rules"][-1] == "jp-pol-kr-hf-individual"


def test_tables_are_written(run: Any, network: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run("exposure", network, "--event", EVENT, "-o", out)
    assert (out / "weeks.csv").read_text("utf-8").startswith("site_id,week,starts_on,demand,")
    assert {path.name for path in out.iterdir()} >= {"sites.csv", "scenarios.csv", "mitigations.csv"}


def test_tables_never_go_over_a_network(run: Any, network: Path) -> None:
    """The tables of a result have names that those of a network have too."""
    sites = (network / "sites.csv").read_bytes()
    shown = run("exposure", network, "--event", EVENT, "--top", "0", "-o", network, code=5).output
    assert "arcs.csv there is an input" in shown
    assert (network / "sites.csv").read_bytes() == sites


def test_a_place_that_cannot_be_written_is_refused(run: Any, network: Path, tmp_path: Path) -> None:
    shown = run("exposure", network, "--event", EVENT, "--picture", tmp_path / "no" / "x.png", code=5).output
    assert "there is no such folder" in shown
    (tmp_path / "out" / "sites.csv").mkdir(parents=True)
    shown = run("exposure", network, "--event", EVENT, "--top", "0", "-o", tmp_path / "out", code=5).output
    assert "Is a directory" in shown


def test_an_event_that_was_not_known_is_refused(run: Any, network: Path) -> None:
    shown = run("exposure", network, "--event", EVENT, "--known-on", "2019-06-30", code=2).output
    assert f"{EVENT} was not known on 2019-06-30" in shown


def test_a_disruption_by_day(run: Any, network: Path) -> None:
    shown = run("exposure", network, "--close", "J", "--for", "30", "--by", "day", "--top", "0").output
    assert "1 site is closed" in shown
    assert "J neither makes nor ships while closed." in shown


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        ((), 2, "nothing is changed and nothing is closed"),
        (("--event", "no-such"), 4, "there is no event 'no-such'"),
        (("--close", "Z"), 4, "there is no arc or site 'Z'"),
        (("--close", "J", "--stops", "sleeping", "--by", "month"), 2, "--by: 'month' is not allowed here"),
    ],
)
def test_errors_and_exit_codes(run: Any, network: Path, words: tuple[str, ...], code: int, told: str) -> None:
    assert told in run("exposure", network, *words, code=code).output.replace("\n", " ")


def test_faults_of_a_network_end_with_2(run: Any, network: Path) -> None:
    (network / "stocks.csv").write_text("site_id,item_id,quantity\nF1,hf,-1\nF9,hf,1\n", "utf-8")
    shown = run("exposure", network, "--event", EVENT, code=2).output
    assert "stocks.csv:2" in shown
    assert "stocks.csv:3" in shown


def test_standard_output_is_json_alone(start: Any, network: Path) -> None:
    """The solver writes its banner nowhere."""
    process = start("exposure", network, "--event", EVENT, "--json", "--top", "0")
    out, err = process.communicate(timeout=60)
    assert (out[0], out.rstrip()[-1], err) == ("{", "}", "")


NOTHING = (
    "error: the scenario 'what_if' changes nothing: it adds no event and moves no row of law; expected an"
    " [[event]], and the rows of law that start or end with it"
)
MOVED = """
title = "The rule for hydrogen fluoride ends with the event that opened resist"
[[end]]
row = "jp-pol-kr-hf-individual"
event = "jp-resist-specific-bulk"
"""


def test_a_scenario_that_changes_nothing_is_refused_by_impact_too(
    run: Any, network: Path, examples: Path, tmp_path: Path
) -> None:
    path = tmp_path / "what_if.toml"
    path.write_text('title = "Nothing"\n', encoding="utf-8")
    for words in (("exposure", network), ("impact", examples / "orders_2019_2023.csv")):
        assert run(*words, "--scenario", path, code=2).output.rstrip() == NOTHING


def test_a_scenario_may_move_a_row_of_law_to_an_event_on_record(
    run: Any, network: Path, examples: Path, tmp_path: Path
) -> None:
    path = tmp_path / "what_if.toml"
    path.write_text(MOVED, encoding="utf-8")
    assert "event jp-resist-specific-bulk" in run("exposure", network, "--scenario", path).output
    run("impact", examples / "orders_2019_2023.csv", "--scenario", path)
