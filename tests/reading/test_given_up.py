"""What is given up, voted down, called off or tied to a deal is not told as done; the end of licences is."""

from __future__ import annotations

from typing import Any

import pytest

from sekisho.dates import PartialDate
from sekisho.reading import Proposal, read
from sekisho.reading.confidence import THRESHOLD

WEDNESDAY = PartialDate(2022, 5, 25)


def told_of(register: Any, text: str) -> list[Proposal]:
    return [one for one, _ in read(text, register, published_on=WEDNESDAY, least_confidence=0)]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Ghana's parliament voted down a ban on exports of cocoa on Tuesday.", "export_control_tightened"),
        ("A bill to ban exports of cocoa was voted down in Accra.", "export_control_tightened"),
        ("Accra scrapped plans to ban exports of cocoa to Kenya.", "export_control_tightened"),
        ("Lima dropped its threat to restrict exports of copper to Chile.", "export_control_tightened"),
        ("The EU shelved a proposal to restrict exports of pumps to Peru.", "export_control_tightened"),
        ("Accra's plans to ban exports of cocoa to Kenya were scrapped.", "export_control_tightened"),
        ("A bid by Lima to remove Chile from its white list failed.", "country_list_removed"),
        ("A planned summit between Chile and Peru on Monday was cancelled.", "summit_agreed"),
        ("Chile and Peru were to hold a summit on Monday but it was cancelled.", "summit_held"),
    ],
)
def test_what_was_given_up_is_denied(register: Any, text: str, kind: str) -> None:
    told = told_of(register, text)
    assert [one.status.value for one in told if one.type == kind] == ["denied"]
    assert not any(one.type.endswith("_eased") and one.status.real for one in told)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Accra may drop plans to restrict exports to Kenya.", "export_control_tightened"),
        ("Accra considered scrapping plans to ban exports of cocoa to Kenya.", "export_control_tightened"),
    ],
)
def test_what_may_be_given_up_is_open(register: Any, text: str, kind: str) -> None:
    assert [one.status.value for one in told_of(register, text) if one.type == kind] == ["considered"]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Without a deal, Chile removes Peru from its white list from August 1.", "2022-08-01"),
        ("Without an agreement, Chile will remove Peru from its white list on June 3.", "2022-06-03"),
        ("Barring a breakthrough, Chile will ban exports of tin to Peru from August 1.", "2022-08-01"),
    ],
)
def test_what_a_deal_would_stop_is_conditional(register: Any, text: str, day: str) -> None:
    (told,) = told_of(register, text)
    assert told.status.value == "conditional"
    assert told.condition.startswith(("Without", "Barring"))
    assert [str(dated.date) for dated in told.dates] == [day]


def test_what_was_done_without_a_deal_was_done(register: Any) -> None:
    (told,) = told_of(register, "Chile removed Peru from its white list without a deal.")
    assert told.status.value == "happened"


@pytest.mark.parametrize(
    "text",
    [
        "China stopped issuing export licences for graphite.",
        "Chile halted issuing licences for exports of tin to Peru.",
        "Chile suspended issuing permits to export tin to Peru on Tuesday.",
    ],
)
def test_the_end_of_licences_is_a_control(register: Any, text: str) -> None:
    told = told_of(register, text)
    assert [one.type for one in told if one.confidence >= THRESHOLD] == ["export_control_tightened"]
    assert all(one.type != "export_licence_granted" for one in told)


def test_licences_that_are_issued_again_are_granted(register: Any) -> None:
    told = told_of(register, "China has resumed issuing export licences for graphite.")
    assert [one.type for one in told] == ["export_licence_granted"]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Chile stopped short of removing Peru from its white list on Monday.", "2022-05-23"),
        ("Chile did not remove Peru from its white list on Monday.", "2022-05-23"),
        ("Chile will not remove Peru from its white list on Monday.", "2022-05-30"),
    ],
)
def test_the_day_of_what_was_left_undone_is_past(register: Any, text: str, day: str) -> None:
    (told,) = told_of(register, text)
    assert (told.status.value, [str(dated.date) for dated in told.dates]) == ("denied", [day])
