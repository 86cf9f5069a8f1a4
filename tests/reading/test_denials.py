"""What was not done is never told as done: "imposed no curbs", "it is untrue that", "never took place"."""

from __future__ import annotations

from typing import Any

import pytest

from sekisho.dates import PartialDate
from sekisho.reading import read

PUBLISHED = PartialDate(2022, 5, 26)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Ghana has imposed no export restrictions on Kenya.", "export_control_tightened"),
        ("Lima has placed no export curbs on Chile.", "export_control_tightened"),
        ("Peru filed no complaint against Chile at the World Trade Organization.", "dispute_filed"),
        ("Chile removed no country from its white list, and Peru stayed on it.", "country_list_removed"),
        ("It is untrue that Chile removed Peru from its white list.", "country_list_removed"),
        ("It is not the case that Chile removed Peru from its white list.", "country_list_removed"),
        ("Nobody has banned exports from Ghana to Kenya, Accra said.", "export_control_tightened"),
        ("Norway pretended it had banned exports to Chile.", "export_control_tightened"),
        ("A boycott of Chilean goods in Peru never happened.", "boycott"),
        ("The boycott of Norwegian prawns in Chile never took place.", "boycott"),
    ],
)
def test_what_did_not_happen_is_denied(register: Any, text: str, kind: str) -> None:
    told = [one for one, _ in read(text, register, published_on=PUBLISHED, least_confidence=0)]
    assert [one.status.value for one in told if one.type == kind] == ["denied"]
    assert not any(one.status.real for one in told)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (
            "Chile lifted curbs on exports of tin to Peru that no longer served a purpose.",
            "export_control_eased",
        ),
        ("Chile removed Peru from its white list no later than Monday.", "country_list_removed"),
    ],
)
def test_no_longer_and_no_later_deny_nothing(register: Any, text: str, kind: str) -> None:
    told = [one for one, _ in read(text, register, published_on=PUBLISHED, least_confidence=0)]
    assert [one.status.value for one in told if one.type == kind] == ["happened"]
