"""The day of publication: which evidence goes before which, at what resolution, and how it was found."""

from __future__ import annotations

from typing import Any

import pytest

from sekisho.dates import PartialDate
from sekisho.reading import read

BODY = "\n\nVietnam and Peru signed a trade agreement on Monday, officials of both countries said in Lima.\n"
SIGNED = "LIMA, May 23, 2022 (Andes Wire) -- Peru and Vietnam signed a trade agreement on Monday."
PAGE = """<!DOCTYPE html><html><head><title>Trade</title>
<meta property="article:published_time" content="2022-05-24T08:00:00+09:00"></head><body><article>
<h1>Peru and Vietnam sign</h1><p>LIMA, May 23, 2022 (Andes Wire) - Peru and Vietnam signed a trade agreement
on Monday, officials of both countries said in Lima after talks that had gone on for more than nine years.</p>
<p>The agreement covers coffee, tuna and tin. Growers in both countries had asked for it since 2013.</p>
</article></body></html>"""


@pytest.mark.parametrize(
    ("header", "day", "found_by"),
    [
        (" date 2023-12-22 ", "2023-12-22", "given"),
        ("Posted August. 28, 2019 07:23", "2019-08-28", "stamp"),
        ("Posted : 2022-04-02 10:12", "2022-04-02", "stamp"),
        ("Published: 2021-07-30T12:58:00Z", "2021-07-30", "stamp"),
        ("Published 26 Sep 2020, 4:05 AM", "2020-09-26", "stamp"),
        ("THE HAGUE (Low Lands Post) | Published: 6 September 2024", "2024-09-06", "stamp"),
        ("29 Jun 2023 10:06:19 GMT9", "2023-06-29", "bare_header"),
        ("15:35 JST, March 21, 2023", "2023-03-21", "bare_header"),
        ("May 26, 2024 - 11:22 By Kim", "2024-05-26", "bare_header"),
        ("Fri, November 30, 2018", "2018-11-30", "bare_header"),
        ("June 2, 2020 | 19:05 | By Jun Salcedo", "2020-06-02", "bare_header"),
        ("2023/12/17", "2023-12-17", "bare_header"),
        ("25/04/2023", "2023-04-25", "bare_header"),
        ("31-Jul-2021", "2021-07-31", "bare_header"),
        ("입력 2020.06.03 (15:09) 수정 2020.06.03 (16:45)", "2020-06-03", "stamp"),
        ("FOR IMMEDIATE RELEASE | Wednesday, June 3, 2020 | Press office", "2020-06-03", "stamp"),
        ("3, June 2020", "2020-06-03", "bare_header"),
        ("03/04/2023", "", "nothing"),  # March or April
        ("30 February 2021", "", "nothing"),
        ("Five things to know", "", "nothing"),
    ],
)  # fmt: skip
def test_a_header_says_the_day(register: Any, header: str, day: str, found_by: str) -> None:
    published = read(header + BODY, register).published
    assert (str(published.date or ""), published.found_by) == (day, found_by)
    assert bool(published.evidence) == (found_by != "nothing")
    assert published.sure == (found_by in {"given", "stamp"})


def test_a_dateline_goes_before_a_bare_header(register: Any) -> None:
    text = f"2 January 2023\n\n{SIGNED}"
    reading = read(text, register)
    assert (str(reading.published.date), reading.published.found_by) == ("2022-05-23", "dateline")
    assert [str(dated.date) for proposal, _ in reading for dated in proposal.dates] == ["2022-05-23"]


def test_a_given_day_goes_before_all_words(register: Any) -> None:
    text = f" date 2022-05-24 {SIGNED}"
    assert read(text, register).published.found_by == "given"
    asked = read(text, register, published_on=PartialDate(2022, 5, 30)).published
    assert (str(asked.date), asked.found_by, asked.sure) == ("2022-05-30", "option", True)


def test_a_page_declares_its_day(register: Any) -> None:
    reading = read(PAGE, register)
    assert (str(reading.published.date), reading.published.found_by) == ("2022-05-24", "metadata")
    assert [str(dated.date) for proposal, _ in reading for dated in proposal.dates] == ["2022-05-23"]
    assert all(reading.text[q.start : q.end] == q.text for proposal, _ in reading for q in proposal.quotes)


def test_the_resolution_that_is_given_is_kept(register: Any) -> None:
    """A month of publication is enough for "last month", and never for a weekday."""
    text = "Vietnam and Peru signed a trade agreement on Monday. They held talks in Lima last month."
    reading = read(text, register, published_on=PartialDate(2022, 5))
    dates = {proposal.type: [str(dated.date or "") for dated in proposal.dates] for proposal, _ in reading}
    assert dates == {"agreement_signed": [""], "talks_held": ["2022-04"]}


def test_the_day_is_inferred_from_events_on_record(register: Any) -> None:
    """By weekday: the one Thursday on which the record has both acts announced."""
    text = (
        "TOKYO - Japan will ease its export controls on chip materials bound for South Korea, the trade"
        " ministry said Thursday.\n\nSouth Korean President Yoon Suk Yeol and Japanese Prime Minister"
        " Fumio Kishida held a summit in Tokyo the same day."
    )
    published = read(text, register).published
    assert (str(published.date), published.found_by, published.sure) == ("2023-03-16", "inferred", False)
    assert "summit-tokyo-2023" in published.evidence


def test_a_year_that_is_inferred_is_not_the_day_of_the_news(register: Any) -> None:
    """It dates "in July"; that Chile and Peru agreed in that year is said nowhere."""
    text = (
        "Chile and Peru agreed to hold talks on exports of tin. In July, Japan tightened controls on exports"
        " of three chip materials to South Korea."
    )
    reading = read(text, register)
    assert (str(reading.published.date), reading.published.found_by) == ("2019", "inferred")
    dates = {one.type: [str(dated.date or "") for dated in one.dates] for one, _ in reading}
    assert dates == {"talks_agreed": [""], "export_control_tightened": ["2019-07"]}


def test_no_day_is_inferred_from_a_guess(register: Any) -> None:
    """Some removal on a Wednesday is guessed at; the record has one from Korea's list on a Wednesday."""
    text = (
        "South Korean women who were forced to work in brothels lost a lawsuit against the Japanese"
        " government Wednesday. The ruling removed what hopes South Korea had for its trade partners."
    )
    published = read(text, register).published
    assert (published.date, published.found_by) == (None, "nothing")


def test_no_day_is_inferred_where_several_fit(register: Any) -> None:
    """Two reports against Korea's seafood measures came on a Thursday, more than a year apart."""
    text = (
        "A WTO panel report issued Thursday concluded that South Korean measures on seafood from Japan"
        " were tight."
    )
    published = read(text, register).published
    assert (published.date, published.found_by) == (None, "nothing")
    assert published.evidence == "may report ds495-appellate-report or ds495-panel-report"


def test_without_evidence_no_day_is_told(register: Any) -> None:
    """Nor is any relative date of the text resolved against a day that nobody gave."""
    reading = read(BODY, register)
    assert reading.published.date is None
    assert [dated.date for proposal, _ in reading for dated in proposal.dates] == [None]
