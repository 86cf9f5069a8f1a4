"""Which date belongs to which event: its own, one that is carried, the day on which it was said, or none."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from sekisho.dates import PartialDate
from sekisho.reading import read

PUBLISHED = PartialDate(2022, 5, 26)
CASES = tomllib.loads(Path(__file__).with_name("dated.toml").read_text("utf-8"))["case"]


def known(case: dict[str, Any]) -> list[Any]:
    return [pytest.mark.xfail(reason=case["miss"])] if "miss" in case else []


@pytest.mark.parametrize(
    "case", [pytest.param(each, id=each["text"][:60], marks=known(each)) for each in CASES]
)
def test_each_event_has_its_own_dates(register: Any, case: dict[str, Any]) -> None:
    found: dict[str, set[str]] = {}
    for proposal, _ in read(case["text"], register, published_on=PUBLISHED):
        told = {str(dated.date) for dated in proposal.dates if dated.date is not None}
        found.setdefault(proposal.type, set()).update(told)
    assert {kind: sorted(found[kind]) for kind in case["dates"]} == case["dates"]


@pytest.mark.parametrize(
    "words", ["some two months after", "around two months after", "less than a year after"]
)
def test_a_rough_distance_gives_no_day(register: Any, words: str) -> None:
    text = (
        "Chile returned Peru to its white list on Monday."
        f" The step comes {words} Peru lifted its ban on imports of beef from Chile."
    )
    reading = read(text, register, published_on=PUBLISHED)
    told = [p for p, _ in reading if p.type == "import_restriction_eased"]
    dates = {str(dated.date) for proposal in told for dated in proposal.dates}
    assert dates <= {"None", "2021", "2022", "2022-03"}
