"""Dates in news: what words mean on a day of publication, and that no day is ever invented."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.dates import PartialDate
from sekisho.reading.grammar import GRAMMAR, OPENS, rules_found
from sekisho.reading.times import Frame, Time, resolve, times_of

PAST, COMING = False, True
DAYS = st.dates(dt.date(1990, 1, 1), dt.date(2060, 12, 31))
MONTHS = tuple(calendar.month_name)[1:]


def found(words: str, published: str | None, *, coming: bool = False, before: str | None = None) -> str:
    """The date of the one time expression in some words; empty if it cannot be told."""
    (time,) = times_of(words)
    frame = Frame(_date(published), _date(before), future=coming)
    date = resolve(time, frame)
    return str(date) if date is not None else ""


def _date(text: str | None) -> PartialDate | None:
    return PartialDate.parse(text) if text else None


@pytest.mark.parametrize(
    ("words", "published", "coming", "meant"),
    [
        # a few of them are no number: the month or the year in which all that they may be lie
        ("a few weeks ago", "2014-05-01", PAST, "2014"),
        ("several weeks ago", "2014-02-01", PAST, ""),
        ("a few days ago", "2014-05-20", PAST, "2014-05"),
        ("some five weeks ago", "2019-08", PAST, "2019"),
        ("five weeks ago", "2019-08-20", PAST, "2019-07"),
        ("a few months ago", "2019-08-20", PAST, ""),
        # a day alone is a day before more words than a mark, but no ordinal of a noun
        ("on the 24th and 25th", "2023-04-28", PAST, "2023-04-24"),
        # whole days, in the ways in which they are written
        ("on 4 July 2019", "2020-01-09", PAST, "2019-07-04"),
        ("on July 4, 2019", "2020-01-09", PAST, "2019-07-04"),
        ("on the 4th of July 2019", "2020-01-09", PAST, "2019-07-04"),
        ("on Sept. 18, 2019", "2020-01-09", PAST, "2019-09-18"),
        ("2019-07-04", None, PAST, "2019-07-04"),
        ("on 30 February 2019", "2020-01-09", PAST, ""),
        ("on Feb. 29, 2023", "2023-05-01", PAST, ""),
        # a day and a month: the year is that of the nearest
        ("on July 4", "2020-01-09", PAST, "2019-07-04"),
        ("on Dec. 1", "2023-10-20", COMING, "2023-12-01"),
        ("from Jan. 1", "2023-10-20", COMING, "2024-01-01"),
        ("on 28 August", "2019-08-28", PAST, "2019-08-28"),
        # months and years keep their resolution
        ("in July", "2020-01-09", PAST, "2019-07"),
        ("in July", "2020-07-09", PAST, "2020-07"),
        ("in July", "2020-01-09", COMING, "2020-07"),
        ("in January", "2020-06-02", COMING, "2021-01"),
        ("in May 2020", "2023-04-11", PAST, "2020-05"),
        ("in mid-March", "2023-04-25", PAST, "2023-03"),
        ("in late November", "2019-08-29", COMING, "2019-11"),
        pytest.param("in early December 2019", "2020-01-09", PAST, "2019-12"),
        ("in October last year", "2023-11-15", PAST, "2022-10"),
        ("in 2019", "2023-04-25", PAST, "2019"),
        ("since 2016", "2023-12-22", PAST, "2016"),
        ("in the second half of 2021", "2023-12-22", PAST, "2021"),
        # weekdays: the day itself counts, for what is to come too: "will go as planned on Thursday"
        ("on Thursday", "2023-03-16", PAST, "2023-03-16"),
        ("on Monday", "2023-03-16", PAST, "2023-03-13"),
        ("on Friday", "2023-03-16", PAST, "2023-03-10"),
        ("on Friday", "2023-03-16", COMING, "2023-03-17"),
        ("on Thursday", "2023-03-16", COMING, "2023-03-16"),
        ("next Thursday", "2023-03-16", COMING, "2023-03-23"),
        ("next Monday", "2023-03-16", COMING, "2023-03-20"),
        ("last Thursday", "2023-03-16", PAST, "2023-03-09"),
        # days by their number
        ("on the 27th", "2023-06-28", PAST, "2023-06-27"),
        ("on the 30th", "2023-06-28", COMING, "2023-06-30"),
        ("on the 30th", "2019-09-02", PAST, "2019-08-30"),
        ("on the 21st of next month", "2023-06-27", COMING, "2023-07-21"),
        ("on the 3rd of last month", "2023-01-27", PAST, "2022-12-03"),
        # relative to the day of publication
        ("today", "2023-03-16", PAST, "2023-03-16"),
        ("yesterday", "2023-03-01", PAST, "2023-02-28"),
        ("tomorrow", "2023-12-31", COMING, "2024-01-01"),
        ("last month", "2023-01-31", PAST, "2022-12"),
        ("next month", "2019-11-23", COMING, "2019-12"),
        ("earlier this month", "2023-03-16", PAST, "2023-03"),
        ("last year", "2023-01-01", PAST, "2022"),
        ("earlier this year", "2023-12-22", PAST, "2023"),
        ("two years ago", "2023-08-24", PAST, "2021"),
        ("three months ago", "2023-01-31", PAST, "2022-10"),
        ("last week", "2019-08-29", PAST, "2019-08"),
        ("last week", "2019-09-04", PAST, "2019"),  # of Monday 26 August to Sunday 1 September
        ("late last week", "2023-03-16", PAST, "2023-03"),
        ("earlier this week", "2023-10-20", PAST, "2023-10"),
        ("last week", "2020-01-02", PAST, "2019-12"),  # of Monday 23 to Sunday 29 December
        ("last week", "2020-01-08", PAST, ""),  # in two years
        ("over the weekend", "2022-11-02", PAST, "2022-10"),
        ("over the weekend", "2022-08-03", PAST, "2022-07"),  # of Saturday 30 and Sunday 31 July
        ("at the weekend", "2023-10-03", PAST, "2023"),  # of Saturday 30 September and Sunday 1 October
        ("over the weekend", "2023-09-30", PAST, "2023-09"),  # on that Saturday
        ("over the weekend", "2022-11", PAST, ""),
        ("this past Friday", "2023-03-16", COMING, "2023-03-10"),
        ("this past July", "2019-11-18", PAST, "2019-07"),
        ("this past weekend", "2023-03-16", PAST, "2023-03"),
        ("this past year", "2023-03-16", PAST, ""),
        ("recently", "2023-12-22", PAST, "2023"),
        ("recently", "2023-02-01", PAST, ""),
        # without a day of publication nothing relative can be told
        ("on Thursday", None, PAST, ""),
        ("on Thursday", "2018-11", PAST, ""),
        ("yesterday", "2018-11", PAST, ""),
        ("last month", "2018-11", PAST, "2018-10"),
        ("in July", None, PAST, ""),
        ("last year", None, PAST, ""),
        ("on 4 July 2019", None, PAST, "2019-07-04"),
    ],
)  # fmt: skip
def test_what_words_mean(words: str, published: str | None, coming: bool, meant: str) -> None:  # noqa: FBT001
    assert found(words, published, coming=coming) == meant


@pytest.mark.parametrize(
    ("words", "before", "meant"),
    [
        ("the same day", "2023-03-16", "2023-03-16"),
        ("the same day", "2023-03", ""),
        ("earlier in the day", "2023-03-16", "2023-03-16"),
        ("that same month", "2023-02-14", "2023-02"),
        ("that same month", "2023-02", "2023-02"),
        ("in August the same year", "2019-07", "2019-08"),
        ("later that year", "2019", "2019"),
        ("the following day", "2019-08-31", "2019-09-01"),
        ("the previous month", "2019-09", "2019-08"),
        ("two months later", "2019-07-04", "2019-09"),
        ("two months later", "2019", ""),
        ("a year later", "2019-07-04", "2020"),
        ("three weeks later", "2019-08-07", "2019-08"),
        ("the same day", None, ""),
    ],
)  # fmt: skip
def test_words_that_lean_on_the_date_before(words: str, before: str | None, meant: str) -> None:
    """From the date last told, never from the day of publication."""
    assert found(words, "2023-12-22", before=before) == meant


@pytest.mark.parametrize(
    ("words", "length"),
    [
        ("for eight years", "P8Y"),
        ("a decade-long ban", "P10Y"),
        ("first in 12 years", "P12Y"),
        ("for three months", "P3M"),
        ("for 60 days", "P60D"),
    ],
)  # fmt: skip
def test_lengths_are_no_dates(words: str, length: str) -> None:
    (time,) = times_of(words)
    assert time.duration == length
    assert resolve(time, Frame(PartialDate(2023, 3, 16))) is None


@pytest.mark.parametrize(
    "words",
    [
        "1,120 items", "35 percent", "about 2000 products", "DS590", "7(19)", "the 28th amendment",
        "it may ban exports", "in 12 countries",
        "a sun day", "the second panel", pytest.param("it will march on"),
    ],
)  # fmt: skip
def test_what_is_no_date(words: str) -> None:
    frame = Frame(PartialDate(2023, 3, 16))
    assert [time for time in times_of(words) if resolve(time, frame) is not None] == []


def test_colonial_rule_has_no_date_of_an_act() -> None:
    for time in times_of("Japan's 1910-1945 colonial rule of the Korean Peninsula"):
        assert resolve(time, Frame(PartialDate(2023, 3, 16))) is None


VAGUE = (
    "last week", "earlier this week", "late last week", "next week", "last month", "next month",
    "this month", "earlier this month", "mid-March", "late November", "in early May 2020",
    "in July", "last July", "in 2019", "since 2016", "last year", "next year", "recently",
    "three weeks ago", "two months ago", "a decade ago", "two months later", "a year earlier",
    "that same month", "later that year", "this spring", "at the weekend",
    "in the third quarter of 2022", "over the past month", "within two weeks", "a decade-long",
    "for eight years", "in the 1990s", "fiscal 2019", "the end of the year", "by the end of March",
)  # fmt: skip


@given(st.sampled_from(VAGUE), DAYS, st.none() | DAYS, st.booleans())
def test_no_day_is_invented(words: str, published: dt.date, before: dt.date | None, coming: bool) -> None:  # noqa: FBT001
    """Words that name no day never give one, whenever they were written."""
    frame = Frame(PartialDate.of(published), PartialDate.of(before) if before else None, future=coming)
    for time in times_of(words):
        date = resolve(time, frame)
        assert date is None or not date.is_day


@given(DAYS, DAYS)
def test_a_full_day_is_itself_in_every_form(day: dt.date, published: dt.date) -> None:
    name = MONTHS[day.month - 1]
    for words in (
        f"on {day.day} {name} {day.year}",
        f"on {name} {day.day}, {day.year}",
        f"on {name[:3]}. {day.day}, {day.year}",
        day.isoformat(),
    ):
        assert found(words, published.isoformat()) == day.isoformat()


@given(DAYS, st.sampled_from(tuple(calendar.day_name)))
def test_a_weekday_is_within_a_week_and_is_that_day(published: dt.date, name: str) -> None:
    past = dt.date.fromisoformat(found(f"on {name}", published.isoformat()))
    coming = dt.date.fromisoformat(found(f"on {name}", published.isoformat(), coming=True))
    assert past.strftime("%A") == coming.strftime("%A") == name
    assert 0 <= (published - past).days <= 6
    assert 0 <= (coming - published).days <= 6


@given(DAYS, st.sampled_from(MONTHS))
def test_a_bare_month_is_within_a_year(published: dt.date, name: str) -> None:
    past = PartialDate.parse(found(f"in {name} there", published.isoformat()))
    coming = PartialDate.parse(found(f"in {name} there", published.isoformat(), coming=True))
    assert past.first <= published
    assert (published - past.last).days < 366
    assert coming.last >= published
    assert (coming.first - published).days < 366


@given(
    st.text(max_size=300)
    | st.lists(st.sampled_from((*VAGUE, *MONTHS, "on 31", "99", "-", "2019", ",")), max_size=30).map(" ".join)
)
def test_any_text_has_ordered_times_that_can_be_resolved(text: str) -> None:
    found = list(times_of(text))
    assert [time.start for time in found] == sorted(time.start for time in found)
    assert all(0 <= time.start < time.end <= len(text) for time in found)
    assert all(one.end <= other.start for one, other in pairwise(found))
    for time in found:
        _resolved_everywhere(time)


def _resolved_everywhere(time: Time) -> None:
    for published in (
        None,
        PartialDate(2023),
        PartialDate(2023, 3),
        PartialDate(2023, 3, 31),
        PartialDate(1, 1, 1),
    ):
        for before in (None, PartialDate(9999, 12, 31), PartialDate(2019, 7)):
            for coming in (PAST, COMING):
                resolve(time, Frame(published, before, future=coming))


_OTHERS = ("4", "21st", "2019", "2019-07-04", "1990s", "of", "month", "later", "ago", "long", "-", "'s")
_WORDS = st.sampled_from([*sorted(frozenset().union(*OPENS.values()) - {"0"}), *_OTHERS])


@given(st.lists(_WORDS, max_size=9), st.sampled_from([" ", "-", ", "]), st.sampled_from([str, str.title]))
def test_no_rule_is_passed_over_for_its_first_word(words: list[str], between: str, case: Any) -> None:
    text = case(between.join(words))
    rules = "|".join(f"(?P<{kind}_>{pattern})" for kind, pattern in GRAMMAR)
    every = re.compile(rf"(?<!\w)(?=[\w,])(?:{rules})", re.IGNORECASE)
    found = [(match.lastgroup, *match.span()) for match in rules_found(text, 0, len(text))]
    assert found == [(match.lastgroup, *match.span()) for match in every.finditer(text)]


@pytest.mark.parametrize("words", ["the 14th package of curbs", "in recent years", "just three of them"])
def test_what_only_looks_like_a_time_is_none(words: str) -> None:
    assert not list(times_of(words))


def test_a_span_of_years_is_no_month() -> None:
    assert [time.kind for time in times_of("the 1910-45 rule")] == ["range"]
