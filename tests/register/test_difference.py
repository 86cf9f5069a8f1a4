"""What changed between two days."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.errors import NotFound, ValueInvalid
from sekisho.model import Rule
from sekisho.register.difference import difference
from sekisho.register.register import Register

DAY = dt.timedelta(days=1)
days = st.dates(dt.date(2003, 1, 1), dt.date(2027, 1, 1))


def changes(register: Register, first: str, second: str, **more: object) -> list[tuple[str, str]]:
    found = difference(register, dt.date.fromisoformat(first), dt.date.fromisoformat(second), **more)  # type: ignore[arg-type]
    return [(change.change, change.row.id) for change in found]


def test_the_day_of_the_three_materials(register: Register) -> None:
    found = changes(register, "2019-07-03", "2019-07-04")
    assert ("came", "jp-pol-kr-hf-individual") in found
    assert ("went", "jp-pol-kr-hf-special-before-2019") in found
    assert ("came", "jp-pol-kr-resist-individual") in found


def test_a_day_of_no_change(register: Register) -> None:
    assert changes(register, "2019-07-05", "2019-07-06") == []


def test_the_removal_from_group_a(register: Register) -> None:
    assert ("went", "jp-table-3-kr-2004") in changes(register, "2019-08-27", "2019-08-28")
    assert ("went", "jp-table-3-kr-2004") not in changes(
        register, "2019-08-27", "2019-08-28", known_on=dt.date(2019, 8, 1)
    )


def test_a_destination_keeps_only_what_may_concern_it(register: Register) -> None:
    korea = changes(register, "2019-07-03", "2019-07-04", destination="KR")
    vietnam = changes(register, "2019-07-03", "2019-07-04", destination="VN")
    assert ("came", "jp-pol-kr-hf-individual") in korea
    assert [row for _, row in vietnam if row.startswith("jp-pol-kr")] == []


def test_the_event_that_made_the_difference_is_named(register: Register) -> None:
    found = difference(register, dt.date(2019, 7, 3), dt.date(2019, 7, 4))
    assert {change.event.id for change in found if change.event} == {"jp-three-materials-individual"}


@settings(max_examples=50)
@given(days, days, st.none() | days)
def test_a_row_that_came_stands_on_the_second_day_only(
    register: Register, one: dt.date, other: dt.date, known_on: dt.date | None
) -> None:
    first, second = sorted((one, other))
    found = difference(register, first, second, known_on=known_on)
    law = register.law("JP", known_on)
    assert law is not None
    before, after = (
        {entry.row.id for entries in law.on(day).standing.values() for entry in entries}
        for day in (first, second)
    )
    assert {c.row.id for c in found if c.change == "came"} == after - before
    assert {c.row.id for c in found if c.change == "went"} == before - after


def test_days_in_the_wrong_order_are_refused(register: Register) -> None:
    """Told backwards, a row would come by the event that took it out."""
    with pytest.raises(ValueInvalid) as refused:
        difference(register, dt.date(2019, 7, 4), dt.date(2019, 7, 3))
    assert str(refused.value) == (
        "the second day, 2019-07-03, lies before the first, 2019-07-04;"
        " expected the earlier day first: 2019-07-03, then 2019-07-04"
    )
    assert difference(register, dt.date(2019, 7, 4), dt.date(2019, 7, 4)) == ()


@settings(max_examples=50)
@given(days, days, st.sampled_from(("KR", "CN", "DE", "KP")))
def test_a_destination_only_leaves_rows_out(
    register: Register, one: dt.date, other: dt.date, destination: str
) -> None:
    """A rule that is left out speaks of the destination on neither day."""
    first, second = sorted((one, other))
    every = difference(register, first, second)
    some = difference(register, first, second, destination=destination)
    assert [change for change in every if change in some] == list(some)
    law = register.law("JP")
    assert law is not None
    for change in (change for change in every if change not in some and isinstance(change.row, Rule)):
        assert isinstance(change.row, Rule)
        for state in (law.on(first), law.on(second)):
            assert state.is_at(change.row.destination, destination) is False


def test_a_country_whose_law_is_not_on_record(register: Register) -> None:
    with pytest.raises(NotFound, match="there is no law of a country 'US'; did you mean JP"):
        difference(register, dt.date(2019, 1, 1), dt.date(2020, 1, 1), country="US")
