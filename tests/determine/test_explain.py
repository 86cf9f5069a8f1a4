"""The reasoning as a tree, and the changes that would alter an answer."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from sekisho.determine.explain import as_dict, changes, explain, render
from sekisho.model import Answer, Shipment
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


def test_changes_are_the_same_each_time_and_limited(register: Register) -> None:
    assert changes(RESIST, register) == changes(RESIST, register)
    assert len(changes(RESIST, register, limit=2)) == 2
