"""Which second date an event may have beside its first, and that there may be none."""

from __future__ import annotations

import pytest

from sekisho.dates import PartialDate
from sekisho.reading.article import draft, proposals, setting_of
from sekisho.reading.choice import Option, options_of
from sekisho.reading.dating import ruled
from sekisho.reading.second import role_of_second, seconds_of
from sekisho.reading.weights import Weights

THURSDAY = PartialDate(2022, 5, 26)
FROM_JUNE = (
    "Chile will require licences for exports of lithium from June 15, the mining ministry said Monday."
)
MEETING = "Chile and Peru will hold talks on tin in Lima next Tuesday. The two sides met in March."
LIFTED = "Chile and Peru held talks on tin on Monday. They met in Lima in March."


def seconds(text: str, first: str, at: int = 0) -> list[Option]:
    read = draft(text)
    setting, one = setting_of(read, THURSDAY), read.told[at]
    by_rule, _, _ = ruled(one, setting)
    options = list(options_of(one, setting, by_rule))
    chosen = next(each for each in options if str(each.date) == first)
    return list(seconds_of(one, chosen, options, by_rule))


def days(found: list[Option], feature: str) -> set[str]:
    return {str(each.date) for each in found if feature in each.features}


def dates(text: str, by: Weights) -> list[tuple[str, str]]:
    told = proposals("x", draft(text), THURSDAY, of_dates=by)[0]
    return [(str(dated.date), dated.role) for dated in told.dates]


def test_what_the_rules_say_comes_first_and_then_that_there_is_none() -> None:
    found = seconds(FROM_JUNE, "2022-05-23")
    assert str(found[0].date) == "2022-06-15"
    assert str(seconds(FROM_JUNE, "2022-06-15")[0].date) == "2022-05-23"
    assert [each.date for each in found].count(None) == 1
    assert seconds(MEETING, "2022-05-31")[0].date is None


def test_a_day_told_more_finely_is_no_second_date() -> None:
    text = "In May, Chile said on May 16 that it would ban exports of lithium from July."
    found = seconds(text, "2022-05")
    assert "2022-05-16" not in {str(each.date) for each in found}


def test_each_lies_before_or_behind_the_first() -> None:
    found = seconds(FROM_JUNE, "2022-05-26")
    assert days(found, "also:later") >= {"2022-06-15"}
    assert days(found, "also:earlier") >= {"2022-05-23"}


def test_what_has_happened_has_one_date_unless_it_is_a_control() -> None:
    assert {each.date for each in seconds(LIFTED, "2022-05-23")} == {None}
    text = "Chile banned exports of lithium on Monday. Peru said in March that it would follow."
    assert len({each.date for each in seconds(text, "2022-05-23")}) > 1


def test_what_is_denied_or_tied_to_a_condition_has_no_second_date_but_by_rule() -> None:
    for text in (
        "Chile will not ban exports of tin from June 15.",
        "Without a deal, Chile bans tin exports.",
    ):
        found = seconds(text, "2022-05-26")
        assert {each.date for each in found if "also:rules=other" in each.features} == set()
        assert found[-1].date is None


@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        ({"when=future": 1.0}, [("2022-05-31", "planned")]),
        (
            {"when=future": 1.0, "also:report:is=news+printed": 1.0},
            [("2022-05-26", "announced"), ("2022-05-31", "planned")],
        ),
        (
            {"report:is=news+printed": 1.0, "also:when=future": 1.0},
            [("2022-05-26", "announced"), ("2022-05-31", "planned")],
        ),
        ({"when=future": 1.0, "also:none": 2.0, "also:earlier": 1.0}, [("2022-05-31", "planned")]),
    ],
)
def test_the_heaviest_second_date_is_taken(weights: dict[str, float], expected: list[object]) -> None:
    assert dates(MEETING, Weights(0.0, weights)) == expected


def test_the_later_of_two_is_that_of_the_effect() -> None:
    control = draft(FROM_JUNE).told[0]
    talks = draft(MEETING).told[0]
    told = Option(PartialDate(2022, 6, 15), "announced", None, ())
    planned = Option(PartialDate(2022, 6, 15), "planned", None, ())
    assert role_of_second(control, told, later=True) == "effective"
    assert role_of_second(talks, told, later=True) == "planned"
    assert role_of_second(talks, planned, later=True) == "planned"
    assert role_of_second(talks, planned, later=False) == "announced"
