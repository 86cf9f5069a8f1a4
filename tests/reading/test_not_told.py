"""What a text mentions without telling it: each of these was once proposed as an event."""

from __future__ import annotations

from typing import Any

import pytest

from sekisho.dates import PartialDate
from sekisho.reading import read

PUBLISHED = PartialDate(2022, 5, 26)
MENTIONED = {
    "both sides toward nobody": (
        (
            "Peru lifted its ban on exports of tin to Chile on Monday. "
            "For years the two sides imposed tit-for-tat curbs on exports."
        ),
        {"export_control_eased PE CL"},
    ),
    "the WTO complains of nobody": (
        (
            "The WTO ruled last month that Chile's ban on tin exports was against its rules. "
            "The dispute started in 2021 when Peru asked for a panel."
        ),
        {"dispute_ruling WTO CL", "dispute_panel_requested PE CL"},
    ),
    "an ending named as what was suspended": (
        "Peru decided on Monday to suspend the termination of its defence pact with Chile.",
        {"agreement_termination_suspended PE CL"},
    ),
    "a decision named as what was recalled": (
        "Peru has recalled a decision to abrogate its defence pact with Chile, it was said in Lima.",
        {"agreement_normalised PE CL"},
    ),
    "a request that a complaint be withdrawn": (
        (
            "Peru filed a complaint against Chile at the World Trade Organization in 2020. "
            "Chile has requested that the complaint be withdrawn."
        ),
        {"dispute_filed PE CL", "dispute_withdrawn PE CL"},
    ),
    "a complaint filed named as what was withdrawn": (
        (
            "Peru's trade ministry said on Monday that it withdrew its complaint filed with the "
            "World Trade Organization against Chile."
        ),
        {"dispute_withdrawn PE CL"},
    ),
    "a treaty that normalised relations": (
        (
            "Peru removed Chile from its white list on Monday. The officials cited a treaty that "
            "normalised diplomatic relations between Peru and Chile."
        ),
        {"country_list_removed PE CL"},
    ),
    "a summit named as where ministers met": (
        (
            "The defence ministers of Peru and Chile held talks on Monday on the sidelines of the "
            "Pacific security summit."
        ),
        {"talks_held PE CL"},
    ),
    "an end by both, not a notice": (
        "In 2015, Peru and Chile terminated their defence pact.",
        {"agreement_terminated PE CL"},
    ),
    "an act to come before another": (
        "Peru has requested an apology before Chile lifts its export ban on tin.",
        set(),
    ),
    "what is feared": (
        "There is growing concern in Lima over lifting the ban on imports of beef from Chile.",
        set(),
    ),
    "a meeting at home": (
        "Peru held a meeting of ministers on Monday. Chile lifted its ban on exports of tin to Peru.",
        {"export_control_eased CL PE"},
    ),
    "talks named as what was suspended": (
        "Peru on Friday said it was cancelling visits and suspending key tin talks with Chile.",
        {"talks_suspended PE CL"},
    ),
}


@pytest.mark.parametrize(("text", "told"), MENTIONED.values(), ids=MENTIONED)
def test_only_what_is_told_is_proposed(register: Any, text: str, told: set[str]) -> None:
    found = set()
    for proposal, _ in read(text, register, published_on=PUBLISHED):
        found.add(f"{proposal.type} {';'.join(proposal.actor)} {';'.join(proposal.counterpart)}")
    assert found == told
