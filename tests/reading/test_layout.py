"""Lines, paragraphs and page furniture: what is read as one, and what is not read at all."""

from __future__ import annotations

from typing import Any

import pytest

from sekisho.dates import PartialDate
from sekisho.reading import read
from sekisho.reading.clean import blocks_of

EASED = "Japan eased its export controls on photoresist bound for South Korea on Friday."
LONG = (
    f"{EASED} Makers of resist in Chiba and Oita said that they would ship as before, and that they had "
    "asked their buyers for the papers that the ministry wants. Shares of two of them rose in the "
    "afternoon. The ministry gave no reason for the step and took no questions at its briefing."
)
BANNED = "Chile banned exports of lithium to Peru on Thursday."


def parts(text: str) -> list[tuple[str, str]]:
    return [(block.part.value, " ".join(text[block.start : block.end].split())) for block in blocks_of(text)]


WRAPPED_LINES = {
    "no sign": "Japan eased its export controls on photoresist bound for\nSouth Korea on Friday.",
    "name": "Japan eased its export controls on photoresist bound for South\nKorea on Friday.",
    "narrow": "Japan eased its export controls\non photoresist bound for South Korea\non Friday.",
    "hyphen": "Japan eased its export-\ncontrols on photoresist bound for South Korea on Friday.",
    "Windows": "Japan eased its export controls on photoresist bound\r\nfor South Korea on Friday.",
    "old Mac": "Japan eased its export controls on photoresist bound\rfor South Korea on Friday.",
    "indent": "  Japan eased its export controls on photoresist bound\n  for South Korea on Friday.",
    "mail": "> Japan eased its export controls on photoresist bound for\n> South Korea on Friday.",
    "nested": "> > Japan eased its export controls on photoresist\n> > bound for South Korea on Friday.",
    "first": "   Japan eased its export controls on photoresist bound\nfor South Korea on Friday.",
}


@pytest.mark.parametrize("text", WRAPPED_LINES.values(), ids=WRAPPED_LINES.keys())
def test_a_line_break_inside_a_sentence_ends_nothing(register: Any, text: str) -> None:
    """The same event, and its quote stands in the text as it is, line break and all."""
    reading = read(text, register, published_on=PartialDate(2019, 12, 20))
    ((found, _),) = reading
    assert (found.type, found.actor, found.counterpart) == ("export_control_eased", ("JP",), ("KR",))
    assert [str(dated.date) for dated in found.dates] == ["2019-12-20"]
    for quote in found.quotes:
        assert text[quote.start : quote.end] == quote.text
    assert len([block for block in reading.blocks if block.part == "body"]) == 1


def test_header_lines_of_a_wrapped_notice_stay_apart() -> None:
    text = (
        "2 minutes read\nBy A. Mori\nDecember 20, 2019\n"
        "TOKYO, Dec. 20 (Example) - Japan eased its export controls on\n"
        "photoresist bound for South Korea on Friday. Makers in Chiba\nwelcomed the step.\n\n"
        "Reporting by A. Mori\nShare\nFacebook\n"
    )
    body = (
        "Japan eased its export controls on photoresist bound for South Korea on Friday. "
        "Makers in Chiba welcomed the step."
    )
    assert parts(text) == [
        ("read_time", "2 minutes read"),
        ("byline", "By A. Mori"),
        ("header", "December 20, 2019"),
        ("dateline", "TOKYO, Dec. 20 (Example) -"),
        ("body", body),
        ("footer", "Reporting by A. Mori"),
        ("junk", "Share"),
        ("junk", "Facebook"),
    ]


APART = {
    "headline": f"Tokyo lifts curbs on resist makers\n{EASED}",
    "dateline": f"Tokyo lifts curbs on resist of Chiba\nTOKYO, Dec. 20 (Example) - {EASED}",
    "list": "Lithium\nTin ore\nCopper scrap\nNickel ore and what is made of it\nCobalt",
    "bullets": "- tin ore from the mines of Chile, and\n- copper scrap\n- nickel",
}


@pytest.mark.parametrize("text", APART.values(), ids=APART.keys())
def test_lines_that_are_no_paragraph_stay_apart(text: str) -> None:
    starts = {block.start for block in blocks_of(text)}
    assert all(text.index(line) in starts for line in text.splitlines())


@pytest.mark.parametrize(
    "sentence",
    [
        "By August Japan had removed South Korea from its list of trusted partners.",
        "The ministry gave no reason. Related stories were told by makers of resist in Chiba.",
    ],
)
def test_a_sentence_that_begins_like_furniture_is_read(sentence: str) -> None:
    assert parts(f"{LONG}\n\n{sentence}")[-1] == ("body", sentence)


def test_a_full_stop_without_its_space_ends_a_sentence(register: Any) -> None:
    text = f"The talks failed last month.{EASED}Makers of resist in Chiba welcomed it."
    ((found, _),) = read(text, register, published_on=PartialDate(2019, 12, 20))
    assert found.quotes[0].text in EASED


AROUND = {
    "related links": f"Related articles\n\n{BANNED}\n\nNickel ore is short",
    "links with full stops": f"Most read\n\n1. {BANNED}\n2. {BANNED}",
    "more from": f"More from Example News\n{BANNED}",
    "comments": f"2 Comments\n\nAnna\n{BANNED}\n\nBen\nI think that {BANNED}",
    "reply": f"Leave a reply\n\n{BANNED}",
    "caption": f"{BANNED[:-1]} in Lima. (AP Photo/B. Han)",
    "file photo": f"File photo: {BANNED}",
    "agency's picture": f"The port of Arica after {BANNED[:-1]}. REUTERS/B. Han",
    "cookies": f"We use cookies. {BANNED}",
    "author": f"Anna Mori is a correspondent in Lima. She wrote that {BANNED}",
    "about": f"About the author: she was in Lima when {BANNED}",
    "advertisement": f"Sponsored: {BANNED}",
}


@pytest.mark.parametrize("around", AROUND.values(), ids=AROUND.keys())
def test_what_is_no_part_of_the_body_tells_no_event(register: Any, around: str) -> None:
    reading = read(f"{LONG}\n\n{around}\n", register, published_on=PartialDate(2019, 12, 20))
    assert [(found.type, found.actor) for found, _ in reading] == [("export_control_eased", ("JP",))]


def test_an_article_goes_on_behind_a_link_in_its_midst(register: Any) -> None:
    text = f"{LONG}\n\nRead also: Resist makers wait\n\n{BANNED}\n\n{LONG}"
    told = {(found.type, found.actor) for found, _ in read(text, register)}
    assert ("export_control_tightened", ("CL",)) in told


@pytest.mark.parametrize(
    "line", ["in{}x", "date{}x", "date:{}x", "by{}x", "reading time{}x", "1 min{}x", "TOKYO{}x"]
)
@pytest.mark.parametrize("filler", [" ", "\t", "-", "."])
def test_no_line_makes_a_pattern_try_without_end(register: Any, line: str, filler: str) -> None:
    text = line.format(filler * 20_000)
    assert read(text, register).text == text
