"""The reasoning as a tree, and the changes that would alter an answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

import pytest

from sekisho.determine.counterfactual import changes
from sekisho.determine.explain import Node, as_dict, explain, render
from sekisho.model import Answer, Confidence, Shipment
from sekisho.register.open import open_register
from sekisho.register.register import Register

CLEAN = {
    "item_kind": "goods", "value_jpy": 5e6, "informed": False, "end_use_wmd": False,
    "end_use_conventional": False, "end_user_wmd": False, "end_user_conventional": False,
}  # fmt: skip
RESIST = Shipment(
    decisive_date=dt.date(2019, 7, 4),
    ship_from="JP",
    destination="KR",
    code="7(19)",
    classification_status="approved",
    facts={**CLEAN, "icp": True},
    licences_held=frozenset({"special_general_bulk"}),
)
ACID = replace(
    RESIST,
    code="3(1)",
    classification_status=None,
    facts={**CLEAN, "controlled_substance": "hydrogen_fluoride", "substance_wt_pct": 29.0},
)


@pytest.fixture(scope="module")
def register() -> Register:
    return open_register()


def every(nodes: tuple[Node, ...]) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from every(node.children)


def test_every_rule_of_the_decision_stands_in_the_tree(register: Register) -> None:
    found = explain(RESIST, register)
    told = {rule for step in found.tree for node in step.children for rule in node.rules}
    assert set(found.decision.rules) <= told


def test_a_rule_names_its_events_and_sources(register: Register) -> None:
    nodes = {node.label: node for step in explain(RESIST, register).tree for node in step.children}
    node = nodes["jp-pol-kr-resist-individual"]
    assert node.applies is True
    assert node.from_event is not None
    assert (str(node.from_event.announced), str(node.from_event.effective)) == ("2019-07-01", "2019-07-04")
    assert node.until_event is not None
    assert node.until_event.id == "jp-resist-specific-bulk"
    assert node.sources == ("bakermckenzie-2019-07-three-materials", "jiia-2019-07-three-materials")


def test_conditions_that_fail_alike_are_told_as_one_and_keep_their_ids(register: Register) -> None:
    found = explain(ACID, register)
    classification = found.tree[0]
    assert len(classification.children) == 1
    assert len(classification.children[0].rules) > 50
    assert "jp-cond-0006" in classification.children[0].rules
    assert {turn.name: turn.value for turn in classification.children[0].facts} == {
        "controlled_substance": "hydrogen_fluoride",
        "substance_wt_pct": 29.0,
    }


def test_a_missing_fact_is_told_with_its_question(register: Register) -> None:
    asked = replace(ACID, facts={**CLEAN, "controlled_substance": "hydrogen_fluoride"})
    turns = [t for step in explain(asked, register).tree for n in step.children for t in n.facts]
    missing = {turn.name: turn.question for turn in turns if turn.value is None}
    assert missing["substance_wt_pct"].endswith("?")


def test_text_and_json_tell_the_same_answer(register: Register) -> None:
    found = explain(RESIST, register)
    assert render(found).startswith("licence_required: 7(19) to South Korea needs a licence.")
    assert "is not stated" not in render(found).splitlines()[0]
    assert as_dict(found)["answer"] == "licence_required"
    assert all(len(line) <= 60 for line in render(found, width=60).splitlines())


def test_an_event_not_yet_known_is_not_told(register: Register) -> None:
    known_on = dt.date(2019, 7, 10)
    nodes = list(every(explain(RESIST, register, known_on).tree))
    told = [event for node in nodes for event in (node.from_event, node.until_event) if event]
    assert told
    assert all(event.known_from <= known_on for event in told)


def test_a_rule_is_as_sure_as_it_stood_on_the_day_and_says_why(register: Register) -> None:
    """The text of this condition was read in 2026 only; before that it is assumed."""
    line = replace(
        RESIST,
        decisive_date=dt.date(2022, 12, 6),
        destination="DE",
        code="8",
        classification_status=None,
        facts={**CLEAN, "product_type": "digital_computer", "app_wt": 70.0},
    )
    nodes = {node.label: node for node in every(explain(line, register).tree)}
    node = nodes["jp-cond-0327"]
    assert node.confidence == Confidence.LOW
    assert node.caveat.startswith("jp-cond-0327 is applied before 2026-02-14")
    assert f"caveat: {node.caveat}"[:60] in render(explain(line, register), width=300)


def test_a_place_in_a_region_is_told(register: Register) -> None:
    line = replace(RESIST, decisive_date=dt.date(2023, 8, 1), facts={**CLEAN, "value_jpy": 1e6})
    told = {node.label: node.because for node in every(explain(line, register).tree)}
    assert "South Korea is in table_3" in told.values()


@pytest.mark.parametrize("status", [None, "approved"])
@pytest.mark.parametrize("code", ["3(1)", "7(16)", "7(19)", "2(12)", "NOT_LISTED", "5(17)"])
def test_every_source_of_every_rule_is_named(code: str, status: str | None, register: Register) -> None:
    found = explain(replace(ACID, code=code, classification_status=status), register)
    assert {name for node in every(found.tree) for name in node.sources} <= set(found.sources)


def test_nothing_is_told_of_a_country_without_law(register: Register) -> None:
    found = explain(replace(RESIST, ship_from="US"), register)
    assert found.decision.answer is Answer.UNDETERMINED
    assert [node.because for step in found.tree for node in step.children] == [
        "export controls of United States are not in the register"
    ]
    assert changes(replace(RESIST, ship_from="US"), register) == ()


def test_the_nearest_days_on_which_the_answer_turns(register: Register) -> None:
    found = [change for change in changes(RESIST, register, limit=20) if change.kind == "date"]
    assert [(change.after, change.answer) for change in found] == [
        ("2019-07-03", Answer.AUTHORISED),
        ("2023-03-23", Answer.AUTHORISED),
    ]


def test_a_missing_fact_comes_first_with_each_side_of_its_limit(register: Register) -> None:
    asked = replace(ACID, facts={**CLEAN, "controlled_substance": "hydrogen_fluoride"})
    found = changes(asked, register, limit=4)
    assert found[0].kind == "fact"
    assert found[0].name == "substance_wt_pct"
    answers = {change.after: change.answer for change in found if change.name == "substance_wt_pct"}
    assert answers["30"] is Answer.NOT_LISTED
    assert answers["30.3"] is Answer.LICENCE_REQUIRED


def test_a_held_licence_is_tried_and_a_stated_value_is_left_alone(register: Register) -> None:
    line = replace(RESIST, decisive_date=dt.date(2019, 12, 20), facts={**CLEAN, "named_pair": True})
    found = {(change.kind, change.after): change.answer for change in changes(line, register, limit=30)}
    assert found["licence", "specific_bulk"] is Answer.AUTHORISED
    assert not any(change.name == "value_jpy" for change in changes(line, register, limit=30))


def test_a_value_below_its_limit_is_tried_above_it_first(register: Register) -> None:
    line = replace(RESIST, decisive_date=dt.date(2019, 7, 10), facts={**CLEAN, "value_jpy": 6e5})
    assert [str(change) for change in changes(line, register)][:2] == [
        "if value_jpy were 1000001, not 600000: licence_required (individual)",
        "on 2004-12-30 instead of 2019-07-10: undetermined",
    ]


def test_words_that_no_rule_of_the_line_reads_are_not_tried(register: Register) -> None:
    """``absorption_column`` is a product of other items, the first in the alphabet."""
    facts = {**CLEAN, "product_type": "resist", "optimised_wavelength_nm": 13.5}
    line = replace(RESIST, classification_status=None, facts=facts)
    assert explain(line, register).decision.questions
    assert [c for c in changes(line, register, limit=200) if c.name == "product_type"] == []


def test_changes_are_the_same_each_time_and_limited(register: Register) -> None:
    assert changes(RESIST, register) == changes(RESIST, register)
    assert len(changes(RESIST, register, limit=2)) == 2


@pytest.mark.parametrize("code", ["3(1)", "7(16)", "2(12)"])
def test_words_that_begin_with_a_digit_are_no_numbers(code: str, register: Register) -> None:
    """``2_chloroethanol`` and ``6(xvii)`` are values of a fact that is missing here."""
    line = replace(ACID, code=code, decisive_date=dt.date(2023, 8, 1), facts={**CLEAN, "hs_code": "2811"})
    assert changes(line, register, limit=50) is not None
    line = replace(line, facts={**line.facts, "substance_wt_pct": 50.0})
    assert changes(line, register, limit=50) is not None


def test_the_words_of_the_conditions_are_tried_not_the_first_declared(register: Register) -> None:
    line = replace(ACID, facts={**CLEAN, "controlled_substance": "other", "substance_wt_pct": 50.0})
    tried = {change.after for change in changes(line, register, limit=200)}
    assert "hydrogen_fluoride" in tried


def test_words_for_a_missing_fact_that_give_one_answer_are_told_once(register: Register) -> None:
    line = replace(ACID, facts={**CLEAN, "substance_wt_pct": 50.0})
    found = [change for change in changes(line, register, limit=200) if change.kind == "fact"]
    results = [(change.name, change.answer, change.usable_licence) for change in found]
    assert ("controlled_substance", Answer.LICENCE_REQUIRED, "individual") in results
    assert len(results) == len(set(results))


@pytest.mark.parametrize("percent", [50.0, 50])
def test_a_stated_number_turns_once_at_its_own_limit(percent: float, register: Register) -> None:
    """Limits of other substances do not matter, and no share is below zero."""
    line = replace(ACID, facts={**ACID.facts, "substance_wt_pct": percent})
    found = [change for change in changes(line, register, limit=200) if change.name == "substance_wt_pct"]
    assert [str(change) for change in found] == ["if substance_wt_pct were 30, not 50: not_listed"]


def test_an_approval_that_is_asked_for_is_tried(register: Register) -> None:
    line = replace(ACID, code="NOT_LISTED", facts=CLEAN)
    assert "if classification_status is approved: not_listed" in map(str, changes(line, register))
    proposed = replace(line, classification_status="proposed")
    assert "if classification_status were approved, not proposed: not_listed" in map(
        str, changes(proposed, register)
    )
