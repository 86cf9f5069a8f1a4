"""One question, read like a line of a file."""

from __future__ import annotations

from typing import Any

import pytest

RESIST = ("ask", "--from", "JP", "--to", "KR", "--code", "7(19)")
APPROVED = (*RESIST, "--status", "approved", "--value", "5000000")

TOTAL = "What is the total value under the contract of all goods of this item number (in JPY)?"


def test_what_is_not_stated_is_asked(run_json: Any) -> None:
    answer = run_json(*RESIST, "--on", "2019-07-10")
    assert answer["answer"] == "undetermined"
    assert answer["may_ship"] is False
    assert "product_type" in [question["fact"] for question in answer["questions"]]
    assert answer["notes"] == ["the item number is not stated to be approved (--status approved)"]


def test_an_approved_number_is_not_tested(run_json: Any) -> None:
    answer = run_json(*APPROVED, "--on", "2019-07-10")
    assert (answer["answer"], answer["licence_types"]) == ("licence_required", ["individual"])
    assert answer["notes"] == []
    assert answer["in_force_on"] == "2019-07-10"


def test_a_day_before_another_law_stood(run_json: Any) -> None:
    deal = ("--icp", "--not-informed", "--end-use", "none", "--end-user", "none")
    day_before = run_json(*APPROVED, *deal, "--on", "2019-07-03", "--licences", "special_general_bulk")
    assert (day_before["answer"], day_before["usable_licence"]) == ("authorised", "special_general_bulk")
    known = run_json(*APPROVED, "--on", "2019-07-10", "--known-on", "2019-06-01", "--icp")
    assert "special_general_bulk" in known["licence_types"]


def test_text_tells_everything(run: Any) -> None:
    text = run(*APPROVED, "--on", "2019-07-10").stdout
    assert text.startswith("licence_required: a licence is needed")
    for part in (
        "individual: individual licence  <- the lightest that this exporter can use",
        "review: 90 days", "office: METI headquarters", "penalty: ", "records: keep them",
        "jp-pol-kr-resist-individual", "bakermckenzie-2019-07-three-materials: ", "Not covered",
        "law in force on 2019-07-10, by everything on record", "confidence high",
    ):  # fmt: skip
        assert part in " ".join(text.split()) or part in text


def test_facts_decide(run_json: Any) -> None:
    answer = run_json(
        "ask", "--from", "JP", "--to", "KR", "--code", "3(1)", "--on", "2019-07-10",
        "--fact", "controlled_substance=hydrogen_fluoride", "--fact", "substance_wt_pct=50",
        "--value", "5000000",
    )  # fmt: skip
    assert answer["answer"] == "licence_required"


def test_the_value_is_asked_for_as_the_total(run_json: Any) -> None:
    asked = (*RESIST, "--on", "2019-07-10", "--status", "approved")
    free = run_json(*asked, "--value", "600000")
    assert free["answer"] == "no_requirement_found"
    assert not any("the value of this line" in gap for gap in free["not_covered"])
    line = run_json(*asked, "--value", "600000", "--fact", "value_basis=line")
    assert any("only the value of this line was compared" in gap for gap in line["not_covered"])


@pytest.mark.parametrize(
    ("value", "why"),
    [
        (("0",), "The value is stated as 0, which frees nothing."),
        (("5000", "--currency", "USD"), "The value is in USD: give its rates (--rates FILE)."),
    ],
)
def test_a_value_that_is_none_says_why(value: tuple[str, ...], why: str, run_json: Any) -> None:
    (question,) = run_json(
        *RESIST, "--on", "2019-07-10", "--status", "approved", "--value", *value
    )["questions"]  # fmt: skip
    assert question == {
        "fact": "value_jpy",
        "text": f"{why} {TOTAL}",
    }


@pytest.mark.parametrize(
    ("to", "on", "confidence"),
    [
        ("KR", "2010-01-01", "high"),  # in Table 3 since 2004, where no catch-all control of 2002 reaches
        ("KR", "2004-06-01", "low"),  # the day of 2004 is not known
        ("TW", "2010-01-01", "low"),  # the conventional controls are read as of 2017 only
        ("TW", "2018-01-01", "high"),
    ],
)
def test_days_before_the_oldest_text_are_as_sure_as_their_rules(
    to: str, on: str, confidence: str, run_json: Any
) -> None:
    deal = ("--end-use", "none", "--end-user", "none", "--not-informed", "--fact", "hs_code=3707")
    line = ("ask", "--from", "JP", "--to", to, "--code", "NOT_LISTED", "--status", "approved", "--on", on)
    answer = run_json(*line, *deal)
    assert (answer["answer"], answer["confidence"]) == ("not_listed", confidence)


def test_an_empty_question_asks(run_json: Any) -> None:
    assert run_json("ask")["questions"][0]["fact"] == "decisive_date"


def test_japanese_days_and_names_are_read(run_json: Any) -> None:
    words = ("ask", "--from", "日本", "--to", "大韓民国", "--code", "７(１９)")
    assert run_json(*words, "--on", "令和元年7月10日")["in_force_on"] == "2019-07-10"


@pytest.mark.parametrize(
    ("args", "problem"),
    [
        (("--on", "2019-02-29"), "--on: '2019-02-29' is not a date: February 2019 has 28 days"),
        (("--to", "Korea"), "--to: unknown country 'Korea'"),
        (("--code", "7(99)"), "--code: unknown item number '7(99)'"),
        (("--kind", "good"), "--kind: 'good' is not allowed here; expected goods"),
        (("--status", "ok"), "--status: 'ok' is not allowed here"),
        (("--value", "-1"), "--value: '-1' is negative"),
        (("--end-use", "none;wmd"), "--end-use: 'none;wmd' says none and something else"),
        (("--licences", "bulk"), "--licences: 'bulk' is not allowed here"),
        (("--fact", "substance_wt_pc=5"), "--fact: there is no fact 'substance_wt_pc'; expected a declared"),
        (("--fact", "substance_wt_pct=x"), "--fact substance_wt_pct: 'x' is not a number"),
        (("--fact", "substance_wt_pct"), "--fact: 'substance_wt_pct' states nothing; expected NAME=VALUE"),
        (("--fact", "code=3(1)"), "--fact: 'code' is stated twice"),
        (
            ("--fact", "end_use_code=wmd"),
            "--fact: 'end_use_code' has an option of its own; expected",
        ),
    ],
)
def test_bad_values_name_the_option(args: tuple[str, ...], problem: str, run: Any) -> None:
    assert problem in run(*RESIST, "--on", "2019-07-10", *args, code=2).stderr


def test_all_bad_values_are_told_at_once(run: Any) -> None:
    bad = ("--to", "Korea", "--on", "4/7/2019", "--code", "7(99)", "--value", "5,000,000円")
    more = ("--fact", "sustance=1", "--fact", "substance_wt_pct=x", "--rates", "none.csv")
    result = run("ask", "--from", "JP", *bad, *more, "--known-on", "2019-02-30", code=2)
    assert result.stderr == (
        "error: --fact: there is no fact 'sustance'; expected a declared fact"
        " (sekisho register list facts). Did you mean substance_wt_pct?\n"
        "none.csv: the file cannot be read: No such file or directory; expected a file of exchange rates\n"
        "--known-on: '2019-02-30' is not a date: February 2019 has 28 days; expected YYYY-MM-DD\n"
        "--on: '4/7/2019' is not a day: the order of its parts is not certain; expected YYYY-MM-DD."
        " Did you mean 2019-07-04 or 2019-04-07?\n"
        "--to: unknown country 'Korea'; expected ISO 3166-1 alpha-2 (KR), alpha-3 (KOR) or an exact name."
        " Did you mean KR (South Korea) or KP (North Korea)?\n"
        "--code: unknown item number '7(99)'; expected a number of Appended Table 1 such as 3(1),"
        " or NOT_LISTED. Did you mean 7(9) or 7(19) or 9(9)?\n"
        "--fact substance_wt_pct: 'x' is not a number; expected a number in % by weight\n"
        "--value: '5,000,000円' is not a number;"
        " expected a number: write 5,000,000 in value and JPY in currency\n"
    )
    result = run("ask", "--from", "Japann", "--to", "Korea", "--on", "yesterday", code=2)
    assert [line.partition(": ")[0] for line in result.stderr.splitlines()] == ["error", "--from", "--to"]


def test_a_day_as_spreadsheets_write_it(run_json: Any) -> None:
    answer = run_json(*APPROVED, "--on", "2019/7/10", "--known-on", "20190601")
    assert (answer["in_force_on"], answer["known_on"]) == ("2019-07-10", "2019-06-01")


LOADED = """
import sys
from sekisho.cli import main
try:
    main()
finally:
    roots = {name.partition(".")[0] for name in sys.modules}
    print(*sorted(roots & {"pyarrow", "numpy", "pandas", "openpyxl", "trafilatura", "rich"}), file=sys.stderr)
"""


def test_a_cold_start_loads_no_library_of_files_frames_or_pages(start: Any) -> None:
    process = start(*RESIST, "--on", "2019-07-10", program=LOADED)
    printed, loaded = process.communicate(timeout=60)
    assert printed.startswith("undetermined")
    assert loaded.split() == []
