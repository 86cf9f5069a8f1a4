"""Dates keep their resolution: a day in the middle of a year that is all we know is not known."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.dates import PartialDate, parse_day
from sekisho.errors import ValueInvalid

days = st.dates(dt.date(1990, 1, 1), dt.date(2030, 12, 31))


@st.composite
def partial_dates(draw: st.DrawFn) -> PartialDate:
    day = draw(days)
    month, date = draw(st.sampled_from(((None, None), (day.month, None), (day.month, day.day))))
    return PartialDate(day.year, month, date)


ORDER = (False, None, True)


@given(partial_dates(), days, days)
def test_once_reached_always_reached(partial: PartialDate, one: dt.date, other: dt.date) -> None:
    """From not yet, through not known, to reached; never back."""
    before, after = sorted((one, other))
    assert ORDER.index(partial.reached(before)) <= ORDER.index(partial.reached(after))


@given(partial_dates(), days)
def test_reached_is_told_by_the_first_and_the_last_day(partial: PartialDate, day: dt.date) -> None:
    assert partial.first <= partial.last
    assert (partial.reached(day) is True) is (day >= partial.last)
    assert (partial.reached(day) is False) is (day < partial.first)
    assert partial.is_day is (partial.first == partial.last) or not partial.is_day


@given(partial_dates())
def test_a_date_reads_back_as_it_was_written(partial: PartialDate) -> None:
    assert PartialDate.parse(str(partial)) == partial


@given(days)
def test_a_day_is_a_date_known_to_the_day(day: dt.date) -> None:
    assert parse_day(day.isoformat()) == day
    assert PartialDate.of(day).first == PartialDate.of(day).last == day


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2004", "2004-01-01", "2004-12-31"),
        ("2004-02", "2004-02-01", "2004-02-29"),
        ("2100-02", "2100-02-01", "2100-02-28"),
        ("2019-07-04", "2019-07-04", "2019-07-04"),
    ],
)
def test_the_span_of_a_partial_date(text: str, first: str, last: str) -> None:
    partial = PartialDate.parse(text)
    assert (partial.first.isoformat(), partial.last.isoformat()) == (first, last)


FORMS = "YYYY-MM-DD, YYYY-MM or YYYY"


@pytest.mark.parametrize(
    ("text", "problem", "expected"),
    [
        ("", "'' is not a date", FORMS),
        ("2019-7-4", "'2019-7-4' is not a date", FORMS),
        ("2019/07/04", "'2019/07/04' is not a date", FORMS),
        ("2019-07-04T00:00", "'2019-07-04T00:00' is not a date", FORMS),
        ("July 2019", "'July 2019' is not a date", FORMS),
        ("2019-13", "'2019-13' is not a date: there is no month 13", "YYYY-MM-DD"),
        ("2019-00-01", "'2019-00-01' is not a date: there is no month 0", "YYYY-MM-DD"),
        ("2019-02-29", "'2019-02-29' is not a date: February 2019 has 28 days", "YYYY-MM-DD"),
        ("2019-02-00", "'2019-02-00' is not a date: February 2019 has 28 days", "YYYY-MM-DD"),
        ("0000", "'0000' is not a date: there is no year 0", "YYYY-MM-DD"),
        ("0000-01-01", "'0000-01-01' is not a date: there is no year 0", "YYYY-MM-DD"),
    ],
)
def test_what_is_no_date_says_why(text: str, problem: str, expected: str) -> None:
    with pytest.raises(ValueInvalid) as caught:
        PartialDate.parse(text)
    assert (caught.value.problem, caught.value.expected) == (problem, expected)


@pytest.mark.parametrize("text", ["2019", "2019-07", "04/07/2019", "soon"])
def test_what_is_no_day_says_so(text: str) -> None:
    with pytest.raises(ValueInvalid, match=f"^'{text}' is not a day; expected YYYY-MM-DD$"):
        parse_day(text)
