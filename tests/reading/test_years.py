"""Which year a month without one is of, and which week a day: by what is told and what lies nearer."""

from __future__ import annotations

import pytest

from sekisho.dates import PartialDate
from sekisho.reading.article import draft, setting_of


def dates(text: str, published: str) -> set[str]:
    found = setting_of(draft(text), PartialDate.parse(published)).dates.values()
    return {str(date) for date in found if date is not None}


@pytest.mark.parametrize(
    ("text", "published", "expected"),
    [
        # what is weighed up lies ahead where that is far nearer
        ("Kenya could remove Ghana from its white list on June 2.", "2022-05-26", "2022-06-02"),
        ("Kenya may lift its ban on exports of tin to Ghana in July.", "2022-05-26", "2022-07"),
        # "will", but in a month just over: the day of the announcement
        ("Kenya announced that it will not renew the defence pact in March.", "2022-05-26", "2022-03"),
        ("Kenya will not renew the defence pact with Ghana in August.", "2022-05-26", "2022-08"),
        # what has happened stays behind, however near the next such month is
        ("Kenya removed Ghana from its white list in June.", "2022-05-26", "2021-06"),
        # what goes on from a month with its year does not go on beyond the report
        (
            "Kenya filed it in May 2019 and Ghana lifted its ban on imports of tin in July.",
            "2022-05-26",
            "2019-07",
        ),
    ],
)
def test_the_year_of_a_month(text: str, published: str, expected: str) -> None:
    assert expected in dates(text, published)
    months = {date[5:7] for date in dates(text, published) if date[:4] != expected[:4]}
    assert expected[5:7] not in months


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Kenya could decide as early as Monday to remove Ghana from its white list.", "2022-05-30"),
        (
            "Kenya eased its curbs ahead of a Tuesday meeting between the ministers of Kenya and Ghana.",
            "2022-05-31",
        ),
        ("Kenya eased its curbs on Tuesday.", "2022-05-24"),
        ("Kenya eased its curbs ahead of schedule on Tuesday.", "2022-05-24"),
    ],
)
def test_a_day_that_is_waited_for_is_to_come(text: str, expected: str) -> None:
    assert dates(text, "2022-05-26") == {expected}


@pytest.mark.parametrize(
    ("text", "published", "expected"),
    [
        # of this week what has happened lies before the report, though the week goes on into another month
        ("Kenya this week lifted its ban on exports of tin.", "2022-06-30", "2022-06"),
        ("Kenya will lift its ban on exports of tin this week.", "2022-06-30", "2022"),
        ("Kenya this week lifted its ban on exports of tin.", "2022-06-01", "2022"),
        ("Kenya last week lifted its ban on exports of tin.", "2022-07-08", "2022"),
    ],
)
def test_a_week_is_a_month_if_what_is_over_of_it_lies_in_one(
    text: str, published: str, expected: str
) -> None:
    assert dates(text, published) == {expected}
