"""What a plain sentence tells by rule: each of these was once read as nothing, or as another act."""

from __future__ import annotations

import pytest

from sekisho.reading.article import draft

TOLD = {
    "a name stands between who met and the act": (
        "Norwegian Defence Minister Bjorn Berg and his Chilean counterpart, Juan Perez, met on June 4.",
        "talks_held NO>CL happened",
    ),
    "an ordinal stands between a nation and its office": (
        "On Thursday, Poland's first Vice Foreign Minister met his Kenyan counterpart in Warsaw.",
        "talks_held PL>KE happened",
    ),
    "whom a leader is to meet follows at once": (
        "Norwegian Prime Minister Bjorn Berg is due to meet Chilean President Juan Perez next week.",
        "summit_agreed NO>CL announced",
    ),
    "ministers spoke by phone": (
        "Ghana's trade minister spoke by phone with Kenya's foreign minister on Wednesday.",
        "talks_held GH>KE happened",
    ),
    "a phone call of leaders is no summit": (
        "They gave a readout of a phone call between Kenyan President Ruto and Ghanaian President Mahama.",
        "talks_held KE>GH happened",
    ),
    "a summit that was last month": (
        "The visit is a follow-up to last month's summit between Kenya and Ghana.",
        "summit_held KE>GH happened",
    ),
    "a summit that is hosted next week": (
        "The palace denied a link to a three-way summit hosted by Kenya next week with Ghana and Peru.",
        "summit_agreed KE>GH;PE announced",
    ),
    "leaders will visit each other again": (
        "The leaders of Kenya and Ghana agreed to resume shuttle diplomacy.",
        "summit_agreed KE>GH announced",
    ),
    "talks about a treaty are talks": (
        "Peru's foreign ministry says it is suspending peace treaty talks with Chile.",
        "talks_suspended PE>CL announced",
    ),
    "who leaves talks suspends them": (
        "Peru will withdraw from its dialogue with Chile on fishing grounds.",
        "talks_suspended PE>CL announced",
    ),
    "a panel's decision is appealed": (
        "Chile appealed the panel's decision at the World Trade Organization in its dispute with Peru.",
        "dispute_appealed CL>PE happened",
    ),
    "who complains to the WTO": (
        "Peru in May complained to the World Trade Organization over Chile's ban on beef imports.",
        "dispute_filed PE>CL happened",
    ),
    "a decision to withdraw a complaint": (
        "Peru announced its decision to withdraw a complaint it filed with the WTO against Chile.",
        "dispute_withdrawn PE>CL announced",
    ),
    "to decide to set up a panel is no ruling": (
        "The WTO decided on Monday to set up a panel over Chile's duties on Peruvian steel.",
        "dispute_panel_established WTO>CL announced",
    ),
    "people of a nation boycott": (
        "Chileans are boycotting Peruvian wine, beer and holidays.",
        "boycott CL>PE happened",
    ),
    "a tariff comes back where a preference ends": (
        "Peru will suspend tariff exemptions for 34 fruit products imported from Chile.",
        "import_restriction_imposed PE>CL announced",
    ),
    "Korea alone is South Korea where no other is named": (
        "At the World Trade Organization, Peru requested consultations with Korea on May 18.",
        "dispute_filed PE>KR happened",
    ),
    "goods of another are banned": (
        "Norway banned Chilean lobster in August.",
        "import_restriction_imposed NO>CL happened",
    ),
    "goods from another are banned": (
        "Norway may ban pork and beef from Chile.",
        "import_restriction_imposed NO>CL considered",
    ),
    "goods were banned by someone": (
        "Chilean wine was banned by Norway in May.",
        "import_restriction_imposed NO>CL happened",
    ),
    "a market reopens": (
        "Norway reopened its market to Chilean beef.",
        "import_restriction_eased NO>CL happened",
    ),
    "a market is closed": (
        "Norway closed its market to Chilean avocados.",
        "import_restriction_imposed NO>CL happened",
    ),
    "tariffs are cut": (
        "Norway agreed to lower tariffs on cars from Chile.",
        "import_restriction_eased NO>CL announced",
    ),
    "both sides suspend a dispute": (
        "Kenya filed a complaint against Ghana at the WTO. Both Ghana and Kenya suspended the WTO dispute.",
        "dispute_suspended KE>GH happened",
    ),
    "who bans beef is the respondent": (
        "A WTO panel sided with Kenya over Ghana's beef ban.",
        "dispute_ruling WTO>GH happened",
    ),
}
UNTOLD = {
    "visitors are no goods": ("Norway banned all visitors from Chile.", "import_restriction_imposed"),
    "firms are no goods": ("Norway banned firms from Chile from its ports.", "import_restriction_imposed"),
    "executives are no officials": ("President Yoon met with executives from Japan in Tokyo.", "talks_held"),
    "licensing policies are no licence": (
        "Chile's ministry issued its update of licensing policies and procedures on exports to Peru.",
        "export_licence_granted",
    ),
    "a case by case permit is no complaint": (
        "Chile's exports to Peru dropped in July, the first month of a case-by-case permit, the WTO heard.",
        "dispute_withdrawn",
    ),
    "a lawsuit is no ruling": ("Chile will withdraw the WTO lawsuits against Peru.", "dispute_ruling"),
    "a deal that allowed exports is not ended": (
        "Peru agreed to extend a deal that has allowed Chile to ship grain.",
        "agreement_termination_notice",
    ),
    "what is still to come bars what is before it": (
        "Chile and Peru must talk before the export bans on tin to Peru are lifted.",
        "export_control_eased",
    ),
}


def told(text: str) -> set[str]:
    return {
        f"{one.type} {';'.join(one.actor)}>{';'.join(one.counterpart)} {one.status.value}"
        for one in draft(text).told
        if not one.guess
    }


@pytest.mark.parametrize(("text", "event"), TOLD.values(), ids=TOLD)
def test_a_plain_sentence_is_read(text: str, event: str) -> None:
    assert event in told(text)


@pytest.mark.parametrize(("text", "kind"), UNTOLD.values(), ids=UNTOLD)
def test_what_only_looks_like_an_act_is_not_read(text: str, kind: str) -> None:
    assert kind not in {event.split()[0] for event in told(text)}
