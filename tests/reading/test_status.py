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
    ),
    "considered": (
        "Chile may {base}.",
        "Chile could {base} this year, analysts said.",
        "Chile is considering {ing}.",
        "Chile is studying whether to {base}.",
        "Peru asked Chile to {base}.",
        "Chile proposed {ing}.",
        "Chile has not decided whether to {base}.",
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
    ),
}
SENTENCES: list[Any] = [
    (status, sentence) for status, sentences in GOVERNED.items() for sentence in sentences
]
NOT_OUT = pytest.mark.xfail(reason="what is not ruled out is read as ruled out")
SENTENCES.append(pytest.param("considered", "Chile did not rule out {ing}.", marks=NOT_OUT))


@pytest.mark.parametrize("kind", ACTS)
@pytest.mark.parametrize(("status", "sentence"), SENTENCES)
def test_the_words_that_govern_an_act(register: Any, kind: str, status: str, sentence: str) -> None:
    base, past, ing = ACTS[kind]
    text = sentence.format(base=base, past=past, ing=ing)
    reading = read(text, register, published_on=MONDAY)
    found = [(p.type, p.actor, p.counterpart, p.status.value) for p, _ in reading]
    assert found == [(kind, ("CL",), ("PE",), status)]
