"""Predicates without a time of their own: what their sentence lends them, and what is of another act."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from sekisho.dates import PartialDate
from sekisho.reading.article import draft, setting_of
from sekisho.reading.dating import ruled

PUBLISHED = PartialDate(2022, 5, 26)
CASES = tomllib.loads(Path(__file__).with_name("leaning.toml").read_text("utf-8"))["case"]


@pytest.mark.parametrize("case", [pytest.param(each, id=each["text"][:60]) for each in CASES])
def test_the_rules_lend_a_time_or_none(case: dict[str, str]) -> None:
    """By the rules alone, whatever is weighed against them; "" is that they lend none."""
    read = draft(case["text"])
    setting = setting_of(read, PUBLISHED)
    told = [one for one in read.told if one.type == case["type"] and not one.guess]
    assert told, "the event is not read"
    dates = {str(date) for one in told for date in ruled(one, setting)[0].values()}
    lent = {str(setting.dates[time]) for one in told for time, _ in one.times if setting.dates.get(time)}
    assert (dates if case["date"] else lent) == ({case["date"]} if case["date"] else set())
