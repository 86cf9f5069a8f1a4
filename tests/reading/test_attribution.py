"""Who says so: the first link and the last, in the words of the text; nobody rather than somebody else."""

from __future__ import annotations

from typing import Any

import pytest

from sekisho.dates import PartialDate
from sekisho.reading import read

PUBLISHED = PartialDate(2022, 5, 26)
ACT = "Chile will lift its ban on imports of beef from Peru"
LATER = "Chile would lift its ban on imports of beef from Peru"


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        (f"{ACT}, the farm ministry said on Monday.", "the farm ministry"),
        (f"{ACT}, its farm minister said on Monday.", "its farm minister"),
        (f"{ACT}, a person briefed on the matter said.", "a person briefed on the matter"),
        (f"{ACT}, two people familiar with the talks said.", "two people familiar with the talks"),
        (f"{ACT}, an official there said.", "an official there"),
        (f"{ACT}, a newspaper in Santiago reported.", "a newspaper in Santiago"),
        (f"{ACT}, according to the farm ministry.", "the farm ministry"),
        (f"{ACT}, Reuters reported on Monday.", "Reuters"),
        (f"{ACT}, President Gabriel Boric told reporters in Santiago.", "President Gabriel Boric"),
        (f"{ACT}, the farm ministry said, as quoted by Kyodo.", "the farm ministry (via Kyodo)"),
        (f"The farm ministry in Santiago said that {LATER}.", "The farm ministry in Santiago"),
        (f"Chilean Foreign Minister Ana Rojas said that {LATER}.", "Chilean Foreign Minister Ana Rojas"),
        (f"According to a statement of the farm ministry, {ACT}.", "a statement of the farm ministry"),
        (f"Analysts said that {LATER}.", "Analysts"),
        (f"LIMA (Reuters) - {ACT}.", "Reuters"),
        (f"{ACT}.", ""),
    ],
)
def test_who_says_so(register: Any, text: str, speaker: str) -> None:
    ((proposal, _),) = read(text, register, published_on=PUBLISHED)
    assert proposal.attribution == speaker


@pytest.mark.parametrize(
    "speaker",
    [
        "Reuters",
        "President Gabriel Boric",
        "an official there",
        "a trader",
        "the ministry",
    ],
)
def test_a_party_of_the_act_is_not_made_its_witness(register: Any, speaker: str) -> None:
    """Worse than no speaker is a wrong one: that Peru says so would be a fact of its own."""
    ((proposal, _),) = read(f"{ACT}, {speaker} said.", register, published_on=PUBLISHED)
    assert "Peru" not in proposal.attribution
