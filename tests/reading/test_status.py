"""What a text asserts of an act: the words that govern it decide, whatever the act is."""

from __future__ import annotations

from typing import Any

import pytest

from sekisho.dates import PartialDate
from sekisho.reading import read

MONDAY = PartialDate(2022, 5, 23)
ACTS = {
    "export_control_eased": (
        "ease its controls on exports of tin to Peru",
        "eased its controls on exports of tin to Peru",
        "easing its controls on exports of tin to Peru",
    ),
    "dispute_filed": (
        "file a complaint against Peru at the World Trade Organization",
        "filed a complaint against Peru at the World Trade Organization",
        "filing a complaint against Peru at the World Trade Organization",
    ),
    "country_list_removed": (
        "remove Peru from its white list",
        "removed Peru from its white list",
        "removing Peru from its white list",
    ),
    "import_restriction_eased": (
        "lift its ban on imports of beef from Peru",
        "lifted its ban on imports of beef from Peru",
        "lifting its ban on imports of beef from Peru",
    ),
}
GOVERNED = {
    "happened": (
        "Chile {past} on Monday.",
        "Chile has {past}, the ministry said.",
        "The Chilean government {past} on Monday, despite a plea by farmers not to do so.",
    ),
    "announced": (
        "Chile will {base} next month.",
        "Chile decided on Monday to {base}.",
        "Chile announced that it would {base}.",
        "Chile agreed to {base}.",
        "Chile is set to {base} in June.",
        "Chile pledged to {base}.",
        "Chile vowed to {base}.",
        "Chile is due to {base} in June.",
        "Chile embarked on the process of {ing}.",
        "Chile has started the process to {base}.",
    ),
    "considered": (
        "Chile may {base}.",
        "Chile could {base} this year, analysts said.",
        "Chile is considering {ing}.",
        "Chile is studying whether to {base}.",
        "Peru asked Chile to {base}.",
        "Chile proposed {ing}.",
        "Chile has not decided whether to {base}.",
        "Farmers recommended that Chile {base}.",
        "Chile is undecided about {ing}.",
        "Chile laid the groundwork for {ing}.",
        "Chile drafted rules for {ing}.",
    ),
    "conditional": (
        "Chile will {base} if talks fail.",
        "Chile will {base} unless talks succeed.",
        "Once talks end, Chile will {base}.",
        "If talks fail, Chile will {base}.",
        "Chile threatened to {base}.",
        "Chile reserves the right to {base}.",
    ),
    "denied": (
        "Chile will not {base}, the ministry said.",
        "Chile has not {past}.",
        "Chile did not {base}.",
        "Chile refused to {base}.",
        "Chile ruled out {ing}.",
        "Chile has no plan to {base}.",
        "Chile denied that it had {past}.",
        "Chile denied {ing}.",
        "Chile avoided {ing}.",
        "Chile refrained from {ing}.",
        "Chile backed away from {ing}.",
        "Chile held back from {ing}.",
    ),
}
SENTENCES: list[Any] = [
    (status, sentence) for status, sentences in GOVERNED.items() for sentence in sentences
]
SENTENCES.append(pytest.param("considered", "Chile did not rule out {ing}."))


@pytest.mark.parametrize("kind", ACTS)
@pytest.mark.parametrize(("status", "sentence"), SENTENCES)
def test_the_words_that_govern_an_act(register: Any, kind: str, status: str, sentence: str) -> None:
    base, past, ing = ACTS[kind]
    text = sentence.format(base=base, past=past, ing=ing)
    reading = read(text, register, published_on=MONDAY)
    found = [(p.type, p.actor, p.counterpart, p.status.value) for p, _ in reading]
    assert found == [(kind, ("CL",), ("PE",), status)]


ACT = "Chile will remove Peru from its white list"


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        (f"If talks fail, {ACT}.", "If talks fail"),
        (f"Unless talks succeed, {ACT}.", "Unless talks succeed"),
        (f"Once the talks end, {ACT}.", "Once the talks end"),
        (f"Should talks fail, {ACT}.", "Should talks fail"),
        (f"{ACT} if talks fail.", "if talks fail"),
        (f"{ACT} unless talks succeed by July 1.", "unless talks succeed by July 1"),
        (f"{ACT} if talks fail, the trade ministry said on Monday.", "if talks fail"),
        (f"{ACT} depending on the outcome of talks.", "depending on the outcome"),
        (f"{ACT} as long as Peru keeps its ban.", "as long as Peru keeps its ban"),
        (f"{ACT} on condition that talks fail.", "on condition that talks fail"),
        (f"{ACT} in the event that talks fail.", "in the event that talks fail"),
        (f"{ACT} provided that talks fail.", "provided that talks fail"),
    ],
)
def test_a_condition_is_kept_with_its_act(register: Any, text: str, condition: str) -> None:
    ((proposal, _),) = read(text, register, published_on=MONDAY)
    assert proposal.status.value == "conditional"
    assert proposal.condition.startswith(condition)
    assert "said" not in proposal.condition
    assert proposal.condition.rstrip(".,") in text


DONE = "remove Peru from its white list"
PAST = "removed Peru from its white list"


@pytest.mark.parametrize(
    "text",
    [
        f"What if Chile {PAST}?",
        f"Chile never {PAST}.",
        f"Chile failed to {DONE}.",
        f"Chile would have {PAST} if talks had failed.",
        f"No one expects Chile to {DONE}.",
        f"It would be wrong for Chile to {DONE}.",
        f"Fears that Chile would {DONE} grew.",
        "Chile stopped short of removing Peru from its white list.",
        "A removal of Peru from Chile's white list would hurt miners.",
        f"Had Chile {PAST}, trade would have stopped.",
        "Chile came close to removing Peru from its white list.",
        f"Chile almost {PAST} in 2019.",
        "The risk that Chile removes Peru from its white list is low.",
        f"Rumours that Chile {PAST} are false, the ministry said.",
        f"The report that Chile had {PAST} was denied by Santiago.",
        f"Did Chile {DONE}?",
        "Chile's removal of Peru from its white list is expected next month.",
        "The removal of Peru from Chile's white list was averted.",
        "The removal of Peru from Chile's white list hangs on an audit.",
        "The removal of Peru from Chile's white list is up to the cabinet.",
        "Comments are invited on the removal of Peru from Chile's white list.",
        "Removing Peru from its white list would hurt miners, Chile said.",
        "Chile set out its conditions for removing Peru from its white list.",
        f"Peru asked whether Chile had {PAST}.",
        f"It is unclear whether Chile {PAST}.",
        "Reports of Chile removing Peru from its white list are false.",
        "Chile and Peru are negotiating a trade agreement.",
        "Chile and Peru are coordinating on holding a summit.",
        "Chile is leaning toward removing Peru from its white list.",
        "Chile toyed with removing Peru from its white list.",
        "Talk of Chile removing Peru from its white list is premature.",
        "Lawmakers in Chile voted against removing Peru from its white list.",
        "Chile considered granting export licences for tin to Peru.",
        "Chile would gain if the WTO panel ruled against Peru.",
        "At its meeting on Monday the WTO deferred the establishment of a panel against Peru.",
    ],
)
def test_what_did_not_happen_is_never_offered_as_happened(register: Any, text: str) -> None:
    """The worst error that the reader can make: better nothing than this."""
    statuses = [proposal.status.value for proposal, _ in read(text, register, published_on=MONDAY)]
    assert "happened" not in statuses
