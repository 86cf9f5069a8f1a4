"""Which dates an event may have, and that the one is taken whose features weigh most."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from sekisho.dates import PartialDate
from sekisho.reading.article import Draft, draft, proposals, setting_of
from sekisho.reading.choice import Option, likeliest, options_of, weighed
from sekisho.reading.dating import ruled
from sekisho.reading.weights import Weights, weights

THURSDAY = PartialDate(2022, 5, 26)
RULES = Weights(0.0, {"rules=same": 10.0, "report:rules=same": 10.0, "none:ruled=none": 5.0})
LIFTED = "Chile lifted its ban on imports of beef from Peru on Monday."


def options(text: str, published: PartialDate | None = THURSDAY, at: int = -1) -> list[Option]:
    read = draft(text)
    setting = setting_of(read, published)
    by_rule, _, _ = ruled(read.told[at], setting)
    return list(options_of(read.told[at], setting, by_rule))


def dates(found: list[Option], feature: str) -> set[str]:
    return {str(each.date) for each in found if feature in each.features}


def told(read: Draft, by: Weights | None = None) -> list[list[tuple[str, str]]]:
    read_with = proposals("x", read, THURSDAY, of_dates=by)
    return [[(str(dated.date or ""), dated.role) for dated in each.dates] for each in read_with]


def test_a_weekday_may_be_over_or_still_to_come() -> None:
    found = options(LIFTED)
    assert dates(found, "kind=weekday") == {"2022-05-23", "2022-05-30"}
    assert dates(found, "turned") == {"2022-05-30"}


def test_a_month_without_a_year_may_go_on_from_the_one_before() -> None:
    text = (
        "Chile restricted exports of tin to Peru in July 2019. It removed Peru from its white list in August."
    )
    assert dates(options(text), "chained") == {"2019-08"}


def test_the_sentences_before_offer_their_times_and_the_day_of_the_news() -> None:
    found = options(f"{LIFTED} Peru also removed Chile from its white list.")
    assert dates(found, "behind=1") == {"2022-05-23", "2022-05-30"}
    assert dates(found, "report:is=news+first+last") == {"2022-05-23"}
    assert dates(found, "report:is=printed") == {"2022-05-26"}


def test_no_date_is_always_an_option() -> None:
    assert [each.date for each in options(LIFTED)].count(None) == 1
    alone = options("Chile lifted its ban on imports of beef from Peru.", published=None)
    assert [(each.date, each.time) for each in alone] == [(None, None)]


def test_a_length_of_time_is_no_option() -> None:
    found = options("Chile lifted its ban on imports of beef from Peru for eight years.")
    assert {each.time for each in found} == {None}


def test_the_heaviest_is_taken_and_of_equals_the_first() -> None:
    first, second = (Option(PartialDate(year), "happened", None, (str(year),)) for year in (2019, 2020))
    assert weighed([first, second], Weights(0.0, {"2020": 0.1})) is second
    assert weighed([first, second], Weights(0.0, {"2020": 0.1, "2019": 0.1})) is first


def test_the_chance_of_a_date_is_that_of_all_options_that_give_it() -> None:
    years = [Option(PartialDate(2019), "happened", None, (name,)) for name in ("one", "other")]
    none = Option(None, "happened", None, ("none",))
    weights = Weights(0.0, {"one": 1.0, "other": 0.5, "none": 0.5})
    assert likeliest([none, *years], weights) == (years[0], 0.73)
    assert likeliest([none], weights) == (none, 1.0)


def test_weights_choose_and_without_any_the_rules_alone_do() -> None:
    read = draft(f"{LIFTED} Peru had filed a complaint against Chile at the World Trade Organization.")
    assert told(read, RULES) == [[("2022-05-23", "happened")], [("", "happened")]]
    assert told(read, Weights(0.0, {"none:always": 1.0})) == [[("", "happened")], [("", "happened")]]
    by_the_report = Weights(0.0, {"report:is=printed": 1.0})
    assert told(read, by_the_report) == [[("2022-05-26", "happened")], [("2022-05-26", "happened")]]


def test_the_day_of_taking_effect_stays_beside_another_day_of_the_act() -> None:
    read = draft(
        "Chile will restrict exports of lithium to Peru from Aug. 1, the trade ministry said on Monday."
    )
    both = [("2022-05-23", "announced"), ("2022-08-01", "effective")]
    assert told(read, RULES) == [both]
    assert told(read, Weights(0.0, {"report:is=printed": 1.0})) == [
        [("2022-05-26", "announced"), ("2022-08-01", "effective")]
    ]


def test_what_is_planned_for_a_day_that_is_over_was_announced() -> None:
    read = draft("Chile and Peru will hold talks on tin on March 3.")
    roles = {role for _, role in told(read, Weights(0.0, {"when=long": 1.0, "when=year": 1.0}))[0]}
    assert roles == {"announced"}


def test_the_times_that_are_weighed_are_few_however_many_a_sentence_has() -> None:
    days = ", ".join(f"May {day}" for day in range(1, 26))
    read = draft(f"Chile lifted its ban on imports of beef from Peru on {days}.")
    assert max(len(one.near) for one in read.told) <= 11


def test_the_weights_that_are_shipped_weigh_what_texts_offer() -> None:
    """A feature that is renamed in the code, but not in the file, would be lost without a word."""
    kinds = {name.partition("=")[0] for name in weights("dates").of if not name.startswith("also:")}
    texts = [
        f"{LIFTED} Peru had filed a complaint. In May 2021 it removed Chile from its white list.",
        "Chile restricted exports of lithium to Peru in July 2019. Peru was removed from its list in August.",
    ]
    found = {
        name.partition("=")[0]
        for text in texts
        for at in range(len(draft(text).told))
        for option in options(text, at=at)
        for name in option.features
    }
    assert {"rules", "when", "clause_side", "report:place", "none:place", "behind", "turned"} <= kinds
    assert len(kinds - found) <= 8, sorted(kinds - found)


@pytest.fixture(scope="module")
def learning() -> ModuleType:
    """The module that learns the weights."""
    bench = Path(__file__).parent.parent.parent / "bench"
    sys.path.insert(0, str(bench))
    try:
        found = importlib.util.spec_from_file_location("bench_dates", bench / "dates.py")
        assert found is not None
        assert found.loader is not None
        module = importlib.util.module_from_spec(found)
        sys.modules["bench_dates"] = module
        found.loader.exec_module(module)
    finally:
        sys.path.remove(str(bench))
    return module


def test_what_is_learned_tells_right_from_wrong_and_is_the_same_again(learning: Any) -> None:
    good, bad = (Option(PartialDate(2019), "happened", None, (name, "any")) for name in ("good", "bad"))
    examples = [learning.Example(None, (bad, good), (False, True), False, True)] * 12
    found = learning.rounded(learning.learn(examples))
    assert found.of["good"] > 0 > found.of["bad"]
    assert weighed([bad, good], found) is good
    assert learning.rounded(learning.learn(examples)) == found


def test_where_it_is_as_likely_that_there_is_no_date_none_is_chosen(learning: Any) -> None:
    told, none = (
        Option(PartialDate(2019), "happened", None, ("told",)),
        Option(None, "", None, ("none:always",)),
    )
    right = [(True, False), (False, True)] * 20
    found = learning.learn([learning.Example(None, (told, none), each, False, True) for each in right])
    assert found.of == {"told": 0.0, "none:always": learning.CAUTION}
    assert weighed([told, none], found) is none


def test_what_is_rare_or_never_right_is_not_learned_from(learning: Any) -> None:
    rare = Option(None, "happened", None, ("rare", "often"))
    seldom = [learning.Example(None, (rare, rare), (False, True), False, True)] * 3
    never = [learning.Example(None, (rare,), (False,), False, True)] * 50
    assert learning.learn(seldom + never).of == {}


def test_the_made_up_texts_are_learned_from_but_for_those_that_are_missed(learning: Any) -> None:
    read = list(learning.made_up_in(Path(__file__).parent))
    assert len(read) >= 180
    assert "seoul-list" not in {one.name for one in read}
    examples = [each for one in read[:40] for each in learning.examples_of(one)]
    assert sum(any(each.right) for each in examples) >= 0.95 * len(examples)
