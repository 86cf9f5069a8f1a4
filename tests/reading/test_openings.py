"""The words with which a sentence or a line begins, and the dates that they give to what it tells."""

from __future__ import annotations

import pytest

from sekisho.dates import PartialDate
from sekisho.reading.article import draft, setting_of
from sekisho.reading.dating import ruled
from sekisho.reading.status import Status

THURSDAY = PartialDate(2022, 5, 26)
CHRONOLOGY = """Chile and Peru since 2021.

Oct. 3 -- Chile restricts exports of tin to Peru. Peru reaffirms it has no intention of lifting its ban on imports of beef from Chile.

May 5 -- Chile removes Peru from its white list, says it will file a complaint against Peru at the World Trade Organization.

Peru suspended a water treaty with Chile."""  # noqa: E501


def ruled_in(text: str) -> list[tuple[str, list[str]]]:
    """The type of each act that is told by rule, with the dates that the rules give it."""
    read = draft(text)
    setting = setting_of(read, THURSDAY)
    return [
        (one.type, [str(date) for date in ruled(one, setting)[0].values()])
        for one in read.told
        if not one.guess
    ]


@pytest.mark.parametrize("opening", ["", "But ", "But, ", "While ", "Although "])
@pytest.mark.parametrize(("time", "date"), [("in July 2019", "2019-07"), ("last month", "2022-04")])
def test_the_time_before_the_main_clause_is_its_own_whatever_word_stands_before_it(
    opening: str, time: str, date: str
) -> None:
    text = f"{opening}{time}, Chile restricted exports of tin to Peru"
    text += ", Peru did not." if opening in {"While ", "Although "} else "."
    assert ruled_in(text[0].upper() + text[1:]) == [("export_control_tightened", [date])]


def test_a_clause_after_which_something_was_done_keeps_its_time() -> None:
    text = "After talks in July 2019, Chile restricted exports of tin to Peru."
    assert ("export_control_tightened", ["2019-07"]) not in ruled_in(text)


@pytest.mark.parametrize("time", ["on May 5", "in May", "in May 2021", "on 5 May"])
def test_the_month_of_may_leaves_nothing_open(time: str) -> None:
    (one,) = draft(f"Chile {time} lifted its ban on imports of beef from Peru.").told
    assert one.status is Status.HAPPENED


def test_what_may_be_stays_open() -> None:
    one = draft("Chile may lift its ban on imports of beef from Peru.").told[0]
    assert one.status is Status.CONSIDERED


def test_the_date_of_a_line_of_a_chronology_is_that_of_all_it_tells() -> None:
    assert ruled_in(CHRONOLOGY) == [
        ("export_control_tightened", ["2021-10-03"]),
        ("import_restriction_eased", ["2021-10-03"]),
        ("country_list_removed", ["2022-05-05"]),
        ("dispute_filed", ["2022-05-05"]),
        ("agreement_suspended", []),
    ]


def test_a_date_and_a_mark_at_the_head_of_one_paragraph_make_no_chronology() -> None:
    text = "May 5 -- Chile lifted its ban on imports of beef from Peru. Peru suspended a treaty with Chile."
    assert ruled_in(text)[-1] == ("agreement_suspended", [])
