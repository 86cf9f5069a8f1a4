"""What a person should know of a text before trusting what was read of it, or that nothing was."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from sekisho.dates import PartialDate
from sekisho.errors import ValueInvalid
from sekisho.reading import read

DATED = "TOKYO, July 10, 2019 - Japan tightened export controls on resist to South Korea on Thursday."
PAST = "Japan removed South Korea from its white list on August 28, 2019."
GERMAN = (
    "Japan hat am Donnerstag die Ausfuhrkontrollen für drei Stoffe verschärft, aus denen Halbleiter gemacht"
    " werden. Die Regierung in Seoul hat dagegen bei der Welthandelsorganisation Klage erhoben."
)
NOT_ENGLISH = "it does not seem to be in English, and nothing else is read"


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("", "it is empty"),
        (" \n\n", "it is empty"),
        ("12 34 !!", "there are no words in it"),
        ("<html><body><script>var one = 1</script></body></html>", "no text was found in the page"),
        ("日本政府は韓国をホワイト国から除外した。", NOT_ENGLISH),
        ("일본 정부는 한국을 백색국가에서 제외했다.", NOT_ENGLISH),
        (GERMAN, NOT_ENGLISH),
    ],
)
def test_a_text_that_cannot_be_read_says_so(register: Any, text: str, note: str) -> None:
    """That no event was found would look like an answer."""
    reading = read(text, register)
    assert (reading.notes, reading.proposals) == ((note,), ())


@pytest.mark.parametrize("text", [DATED, PAST, "Tokyo tightens controls", "Embargo! Beijing: gallium"])
def test_a_text_in_english_has_no_note(register: Any, text: str) -> None:
    assert read(text, register).notes == ()


def test_a_day_that_the_text_speaks_against_is_told(register: Any) -> None:
    reading = read(DATED, register, published_on=PartialDate(2019, 10, 7))
    (note,) = reading.notes
    given = "the day of publication that is given, 2019-10-07, is not that of the text itself"
    assert note == f"{given}, 2019-07-10 (TOKYO, July 10, 2019 -)"
    assert read(DATED, register, published_on=PartialDate(2019, 7)).notes == ()


def test_what_is_told_as_past_before_it_was_is_told(register: Any) -> None:
    reading = read(PAST, register, published_on=PartialDate(2019, 7, 10))
    assert reading.notes == ("it was published on 2019-07-10, and tells of 2019-08-28 as past",)


def test_a_text_from_beyond_the_record_says_what_was_not_read(register: Any) -> None:
    (later,) = read(PAST, register, published_on=PartialDate(2062, 5, 11)).notes
    unread = "what happened after 2026-06-05, the newest day on record, was not read"
    assert later == f"it was published on 2062-05-11; {unread}"
    (_, earlier) = read(PAST, register, published_on=PartialDate(1962)).notes
    assert earlier.startswith("it was published on 1962; what happened before 1999-01-01, the oldest day")


def test_a_text_held_against_what_was_known_before_it_says_so(register: Any) -> None:
    note = "it was published on 2019-07-10, held against the record as known before, on 2019-07-09"
    assert read(DATED, register, known_on=dt.date(2019, 7, 9)).notes == (note,)
    assert read(DATED, register, known_on=dt.date(2019, 7, 10)).notes == ()


@pytest.mark.parametrize("day", [PartialDate(9999, 12, 31), PartialDate(2919, 7, 4), PartialDate(219)])
def test_a_day_a_century_away_is_no_day_of_publication(register: Any, day: PartialDate) -> None:
    """Placeholders for "no end" and slips of a digit; every weekday of the text would hang on it."""
    with pytest.raises(ValueInvalid) as refused:
        read(DATED, register, published_on=day)
    assert str(refused.value) == (
        f"the day of publication, {day}, lies more than a century outside of the record (1999-01-01 to"
        " 2026-06-05); expected the day on which the text was published"
    )
