"""What is only rumoured, put to the public, or tied to a condition is not told as done."""

from __future__ import annotations

from typing import Any

import pytest

from sekisho.dates import PartialDate
from sekisho.reading import read

MONDAY = PartialDate(2022, 5, 23)
BANNED = "Chile had banned exports of tin to Peru"


@pytest.mark.parametrize(
    ("text", "status"),
    [
        (f"Rumours swept the market on Monday that {BANNED}.", "considered"),
        (f"There were rumors on Monday that {BANNED}.", "considered"),
        (f"Speculation grew that {BANNED}.", "considered"),
        (f"Unconfirmed reports said that {BANNED}.", "considered"),
        (f"Unconfirmed reports said {BANNED}.", "considered"),
        (f"Rumours spread that {BANNED}, but they were false.", "denied"),
        ("Rumours spread after Chile banned exports of tin to Peru.", "happened"),
        (f"Ending weeks of speculation, Chile said that it {BANNED[6:]}.", "happened"),
        ("Chile opened a public consultation on banning exports of tin to Peru.", "considered"),
        ("Chile is holding a referendum on banning exports of tin to Peru.", "considered"),
        ("Chile banned exports of tin to Peru after a public consultation on the change.", "happened"),
        ("If talks fail, Chile will recall its envoy and will ban exports of tin to Peru.", "conditional"),
        ("If talks fail, Chile will recall its envoy, and Bolivia will ban exports of tin.", "announced"),
    ],
)
def test_what_is_not_yet_done(register: Any, text: str, status: str) -> None:
    told = [p for p, _ in read(text, register, published_on=MONDAY) if p.type == "export_control_tightened"]
    assert [one.status.value for one in told] == [status]


@pytest.mark.parametrize(("published", "done"), [(None, "None"), (PartialDate(2022, 3, 4), "2022-03-03")])
def test_nothing_is_done_on_the_day_from_which_it_is_to_be_in_force(
    register: Any, published: PartialDate | None, done: str
) -> None:
    text = (
        "Chile on Thursday imposed sanctions on three banks"
        " and said it would bar exports of tin to Peru from 1 April 2022."
    )
    ((told, _),) = read(text, register, published_on=published)
    by_role = {dated.role: str(dated.date) for dated in told.dates}
    assert by_role.get("happened", "None") == done
    assert by_role["planned"] == "2022-04-01"
