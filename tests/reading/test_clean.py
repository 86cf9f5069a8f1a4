"""Offsets never move, no input breaks the reader, and work grows with the length of the text."""

from __future__ import annotations

import contextlib
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sekisho.dates import PartialDate
from sekisho.errors import ValueInvalid
from sekisho.reading import Reading, as_record, read

TOLD = "Japan eased its export controls on photoresist bound for South Korea on Friday."
DAY = PartialDate(2019, 12, 20)
PIECES = (
    TOLD, "Seoul filed a complaint with the WTO in September 2019", "China may ban imports of tin",
    "\u202eJapan\u202c and \u200fSouth Korea\u200e held talks", "the Dutch government", "will", "not",
    "on Monday", '"', "“", "’s", "(", ")", ".", ",", ";", "--", "—", "\n", "\r\n", "\r", "\t", "\u00a0",
    "\u2028", "\x00", "\x1b[31m", "\ufeff", "\ud800", "🗾", "日本は輸出規制。", "<p>", "</article>",
    "&nbsp;", "Share this", "2 minutes read", "Related articles", "By A. Mori", " date 2019-12-20 ",
    "TOKYO, Dec. 20 (Example) - ", "Published: 20 December 2019", "0" * 40, "A" * 60, "a." * 30,
)  # fmt: skip
SALAD = tuple(
    word
    for name in ("texts.toml", "articles.toml")
    for word in (Path(__file__).parent / name).read_text("utf-8").split(" ")
)
ANY_TEXT = st.text(max_size=400) | st.lists(st.sampled_from(PIECES), max_size=60).map(" ".join)
ANY_BYTES = st.binary(max_size=600) | ANY_TEXT.flatmap(
    lambda text: st.sampled_from(("utf-8", "utf-16", "utf-16-be", "cp1252", "cp932", "cp949", "latin-1")).map(
        lambda name: text.encode(name, "replace" if name != "utf-8" else "surrogatepass")
    )
)


def holds(reading: Reading) -> None:
    """What is true of every reading, whatever was read."""
    text = reading.text
    for proposal, _ in reading:
        for quote in proposal.quotes:
            assert 0 <= quote.start < quote.end <= len(text)
            assert text[quote.start : quote.end] == quote.text
        for dated in proposal.dates:
            assert dated.role in {"announced", "effective", "happened", "planned"}
    assert all(0 <= block.start < block.end <= len(text) for block in reading.blocks)
    assert all(one.end <= other.start for one, other in pairwise(reading.blocks))
    as_record(reading)


@given(ANY_TEXT)
def test_any_text_can_be_read(register: Any, text: str) -> None:
    reading = read(text, register)
    holds(reading)
    if "<" not in text:
        assert reading.text == text


@settings(max_examples=250)
@example("Dutch government journalist.\n\nThe WTO the ministry")  # a place behind the last clause
@given(st.lists(st.sampled_from(SALAD) | st.sampled_from(PIECES), max_size=120).map(" ".join))
def test_words_of_the_news_in_any_order_can_be_read(register: Any, text: str) -> None:
    """Where every rule finds something to begin with, and nothing to end with."""
    holds(read(text, register, published_on=DAY))


@given(ANY_BYTES)
def test_any_bytes_are_read_or_refused(register: Any, content: bytes) -> None:
    with contextlib.suppress(ValueInvalid):
        holds(read(content, register))


def test_bytes_that_are_no_text_are_refused(register: Any) -> None:
    with pytest.raises(ValueInvalid, match="the content is not text: it holds many zero bytes"):
        read(b"\x89PNG\xff" + b"\x00" * 90, register)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_an_encoding_changes_nothing_that_is_told(register: Any, encoding: str) -> None:
    text = f"“{TOLD}” – said a café owner"
    plain, coded = read(text, register), read(text.encode(encoding), register)
    assert coded.text == text
    assert as_record(coded)["events"] == as_record(plain)["events"] != []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "\n\nShare this\n\nLeave a Reply\n\nYour email address will not be published.\n"),
        ("Home > World\n\n3 minutes read\n\nWe use cookies to improve this site.\n\n", ""),
        ("\u202b\u200f\n\n", "\n\n\u202c"),
        ("\r\n\r\n\t\r\n", "\r\n"),
        ("", "\n\nRelated articles\n\nJapan bans exports of everything to South Korea\n\nMost read\n"),
        pytest.param("\ufeff", "\n" * 500),
    ],
)  # fmt: skip
def test_what_stands_around_an_article_tells_nothing(register: Any, before: str, after: str) -> None:
    """The same event, once, at the offsets that it has in the page."""
    reading = read(f"{before}{TOLD}{after}", register, published_on=DAY)
    (found,) = [proposal for proposal, _ in reading]
    assert (found.type, found.actor, found.counterpart) == ("export_control_eased", ("JP",), ("KR",))
    assert [str(dated.date) for dated in found.dates] == ["2019-12-20"]
    assert found.quotes[0].start >= len(before)
    assert reading.text[found.quotes[0].start : found.quotes[0].end] == found.quotes[0].text


def test_headers_and_footers_are_kept_as_evidence(register: Any) -> None:
    text = (
        "2 minutes read\n\nBy A. Mori\n\nTOKYO, Dec. 20, 2019 (Example News) - "
        f"{TOLD}\n\nReporting by A. Mori; Editing by B. Han\n\nRelated coverage\n\nResist makers wait"
    )
    parts = {
        text[block.start : block.end].split(maxsplit=1)[0]: block.part.value
        for block in read(text, register).blocks
    }
    assert parts["2"] == "read_time"
    assert parts["TOKYO,"] == "dateline"
    assert parts["Japan"] == "body"
    assert parts["Related"] == parts["Resist"] == "related"
    assert {parts["By"], parts["Reporting"]} <= {"byline", "footer"}


GROWING = {
    "articles": TOLD + "\n\n",
    "no sentence ends": TOLD.rstrip(".") + " and ",
    "one long list": "Japan, South Korea, the United States, ",
    "open quotes": '"Japan said "Seoul ',
    "open brackets": "(((( Japan ",
    "dates": "in July 2019 on Monday ",
    "conditions": "if Japan lifts unless ",
    "dashes": "- ",
    "dots": ". ",
    "lines": "Share\n",
    "capitals": "SEOUL ",
    "one word": "a",
    "right to left": "\u202eJapan\u202c ",
    "zero bytes": "\x00",
}


@pytest.mark.parametrize("unit", GROWING.values(), ids=GROWING.keys())
def test_work_grows_with_the_length(register: Any, unit: str) -> None:
    """Four times the text is about four times the calls, also where nothing ever ends."""
    short, long = _calls(register, unit, 1_500), _calls(register, unit, 6_000)
    assert long <= 5 * short + 1_000


def _calls(register: Any, unit: str, length: int) -> int:
    """How many functions are called to read so much of it."""
    count = 0

    def counted(_frame: Any, event: str, _arg: Any) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    text = (unit * (length // len(unit) + 1))[:length]
    previous = sys.getprofile()
    sys.setprofile(counted)
    try:
        read(text, register)
    finally:
        sys.setprofile(previous)
    return count


@pytest.mark.parametrize("unit", [" ", "\n", "<", "x" * 50 + "\n", "and ", "1", '"'])
def test_long_nonsense_is_read_to_its_end(register: Any, unit: str) -> None:
    """A pattern that tries again from every place would not come back from these."""
    holds(read((unit * 60_000)[:60_000], register))
