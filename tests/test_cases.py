"""Every worked decision and every status case of the shipped data, one test each."""

from pathlib import Path

import pytest

from sekisho.determine.cases import (
    Case,
    StatusCase,
    read_cases,
    read_status_cases,
    run_case,
    run_status_case,
)
from sekisho.errors import RegisterInvalid
from sekisho.register.open import open_register
from sekisho.register.register import DATA, Register

CASES = tuple(case for folder in sorted(DATA.glob("*/cases")) for case in read_cases(folder))
STATUS_CASES = tuple(
    case for path in sorted(DATA.glob("*/cases/status.csv")) for case in read_status_cases(path)
)

GOOD = """
[[case]]
id = "a"
title = "An empty cell is unknown"
source = ["S90"]
[case.line]
ship_from_country = "JP"
destination_country = "KR"
[case.expect]
answer = "undetermined"
questions = ["decisive_date"]
"""


@pytest.fixture(scope="module")
def register() -> Register:
    return open_register()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_worked_decision(case: Case, register: Register) -> None:
    assert run_case(case, register) == ()


@pytest.mark.parametrize("case", STATUS_CASES, ids=lambda case: case.id)
def test_status(case: StatusCase, register: Register) -> None:
    assert run_status_case(case, register) == ()


def test_ids_of_cases_are_unique_over_all_folders() -> None:
    names = [case.id for case in (*CASES, *STATUS_CASES)]
    assert len(names) == len(set(names))


def write(folder: Path, text: str) -> Path:
    (folder / "some.toml").write_text(text, encoding="utf-8")
    return folder


def test_a_case_that_passes_has_no_differences(tmp_path: Path, register: Register) -> None:
    (case,) = read_cases(write(tmp_path, GOOD))
    assert run_case(case, register) == ()


def test_differences_are_sentences(tmp_path: Path, register: Register) -> None:
    text = GOOD.replace('answer = "undetermined"', 'answer = "authorised"\nnot_covered = ["x"]')
    (case,) = read_cases(write(tmp_path, text))
    assert run_case(case, register) == (
        "answer: expected authorised, got undetermined",
        "not_covered: x is in none of nothing",
    )


def test_an_unknown_source_and_an_unreadable_cell_are_differences(tmp_path: Path, register: Register) -> None:
    text = GOOD.replace("S90", "no-such-source").replace('"KR"', '"Korea"')
    (case,) = read_cases(write(tmp_path, text))
    source, cell = run_case(case, register)
    assert source == "the case names the source no-such-source, which is not in the register"
    assert "unknown country 'Korea'" in cell


def test_a_row_of_law_that_is_not_on_record_is_a_difference(tmp_path: Path, register: Register) -> None:
    text = GOOD.replace('source = ["S90"]', 'derived_from = ["no-such-row"]')
    (case,) = read_cases(write(tmp_path, text))
    (difference,) = run_case(case, register)
    assert "no-such-row" in difference


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('source = ["S90"]', "", "nothing says why this result is right"),
        ('title = "An empty cell is unknown"', "", "title: the key is missing"),
        ('answer = "undetermined"', 'answer = "cleared"', "the answer is missing or not known"),
        ('"KR"', "410", "line.destination_country: 410 is not a text"),
        ("questions", "question", "expect.question: the key is not known"),
        ('["decisive_date"]', '"decisive_date"', "expect.questions: not a list"),
        ('id = "a"', 'id = "a"\nknown_on = "2019"', "known_on: not a day"),
        ('id = "a"', 'id = "a"\nnote = "x"', "note: the key is not known"),
        ("[case.line]", "[case.lines", "not TOML"),
    ],
)
def test_faults_of_a_case_file_say_what_and_where(tmp_path: Path, old: str, new: str, problem: str) -> None:
    with pytest.raises(RegisterInvalid, match=r"some\.toml") as caught:
        read_cases(write(tmp_path, GOOD.replace(old, new)))
    assert problem in str(caught.value)


def test_an_id_used_twice_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(RegisterInvalid, match=r"'a' is already used at some\.toml:3"):
        read_cases(write(tmp_path, GOOD + GOOD))


def test_a_status_case_that_fails_says_both_states(register: Register) -> None:
    case = STATUS_CASES[0]
    other = StatusCase(case.id, case.dossier, case.on, case.known_on, "no_such_state", "")
    (difference,) = run_status_case(other, register)
    assert "expected no_such_state" in difference


def test_a_status_case_of_no_dossier_says_so(register: Register) -> None:
    case = StatusCase("x", "no-such-dossier", STATUS_CASES[0].on, None, "none", "")
    assert "no-such-dossier" in run_status_case(case, register)[0]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("id,dossier\n", "the header is 'id,dossier'"),
        ("id,dossier,on,known_on,state,note\na,b,2019-13-01,,none,\n", "status.csv:2"),
    ],
)
def test_faults_of_a_status_file(tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "status.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RegisterInvalid) as caught:
        read_status_cases(path)
    assert problem in str(caught.value)
