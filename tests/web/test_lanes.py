"""The lanes of the timeline say of every day what the register says."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.register.open import open_register
from sekisho.register.register import Register
from sekisho.web.lanes import TONES, Scale, lanes, together

REGISTER = open_register()
SCALE = Scale(dt.date(2018, 1, 1), dt.date(2023, 12, 31))
DAYS = st.dates(SCALE.since, SCALE.until)


@given(day=DAYS, asked=DAYS, known=st.none() | DAYS)
def test_the_state_of_a_day_is_that_of_the_register(
    day: dt.date, asked: dt.date, known: dt.date | None
) -> None:
    for lane in lanes(REGISTER, ("JP", "KR"), SCALE, asked, known):
        segment = next(one for one in together(lane.segments) if one.first <= day <= one.last)
        assert segment.state == REGISTER.status(lane.dossier.id, day, known).state
        assert segment.to_come is (day > asked)


@given(asked=DAYS, known=st.none() | DAYS)
def test_the_segments_fill_the_width_and_do_not_overlap(asked: dt.date, known: dt.date | None) -> None:
    for lane in lanes(REGISTER, ("JP", "KR"), SCALE, asked, known):
        found = together(lane.segments)
        assert found[0].left == 0
        assert found[-1].left + found[-1].width == pytest.approx(100, abs=0.01)
        for one, other in pairwise(found):
            assert one.left + one.width == pytest.approx(other.left, abs=0.01)
            assert other.first - one.last == dt.timedelta(days=1)
        for mark in lane.marks:
            assert known is None or mark.moment.event.known_from <= known


@pytest.mark.parametrize("asked", [dt.date.min, dt.date.max])
def test_the_ends_of_the_calendar_are_days_like_others(asked: dt.date) -> None:
    scale = Scale(dt.date.min, dt.date.max)
    for lane in lanes(REGISTER, ("JP", "KR"), scale, asked, None):
        found = together(lane.segments)
        assert (found[0].left, found[-1].last) == (0, dt.date.max)
        assert found[-1].left + found[-1].width == pytest.approx(100, abs=0.01)
    assert list(scale.ticks())


def test_every_state_has_its_colour(register: Register) -> None:
    states = {state for cycle in register.life_cycles.values() for state in cycle.states}
    assert sorted(states - set(TONES)) == []


@pytest.mark.parametrize(
    ("since", "until", "first", "count"),
    [
        ("2018-01-01", "2023-12-31", "2018", 6),
        ("2019-07-01", "2019-12-31", "2019-07", 6),
        ("2019-01-01", "2020-06-30", "2019-01", 6),
        ("1999-01-01", "2026-12-31", "2000", 6),
        ("2019-07-04", "2019-07-04", "", 0),
    ],
)
def test_ticks_stand_where_years_or_months_begin(since: str, until: str, first: str, count: int) -> None:
    ticks = list(Scale(dt.date.fromisoformat(since), dt.date.fromisoformat(until)).ticks())
    assert len(ticks) == count
    assert not count or ticks[0][1] == first
