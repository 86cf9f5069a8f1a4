"""The text of a page: the article of an HTML page, in whatever letters it is written."""

from __future__ import annotations

from typing import Any

import pytest

from sekisho.dates import PartialDate
from sekisho.errors import ValueInvalid
from sekisho.reading import Reading, read
from sekisho.reading.page import Page, page_of

DAY = PartialDate(2022, 5, 23)
FIRST = "Chile lifted its ban on imports of beef from Peru on Monday, the farm ministry in Santiago said."
SECOND = (
    "Peru withdrew its complaint against Chile at the World Trade Organization the same day. Herders on both"
    " sides of the border had waited for two years, and a lorry with the first carcasses left within hours."
)
PAGE = f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Beef | The Example Courier</title>
<script>var text = "Chile banned imports of wine from Peru on Monday.";</script>
<style>p {{ color: black }}</style></head>
<body><nav><ul><li><a href="#">Home</a></li><li><a href="#">World</a></li></ul></nav>
<article><h1>Beef crosses the border again</h1>
<p>{FIRST}</p>
<p>{SECOND}</p></article>
<section class="comments"><h2>Comments</h2>
<div class="comment"><p>Brazil banned exports of soy to Chile on Monday!</p></div></section>
<footer><p>We use cookies. All rights reserved.</p></footer></body></html>"""


def told(reading: Reading) -> list[tuple[str, ...]]:
    for proposal, _ in reading:
        for quote in proposal.quotes:
            assert reading.text[quote.start : quote.end] == quote.text
    return [(p.type, *p.actor, *p.counterpart, *(str(d.date) for d in p.dates)) for p, _ in reading]


EXPECTED = [
    ("import_restriction_eased", "CL", "PE", "2022-05-23"),
    ("dispute_withdrawn", "PE", "CL", "2022-05-23"),
]


def test_a_page_is_read_like_its_article(register: Any) -> None:
    """Scripts, navigation, comments and footers tell nothing."""
    reading = read(PAGE, register, published_on=DAY)
    assert told(reading) == told(read(f"{FIRST}\n\n{SECOND}", register, published_on=DAY)) == EXPECTED
    assert "soy" not in reading.text
    assert "wine" not in reading.text
    assert "<" not in reading.text


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-16", "windows-1252", "iso-8859-15", "shift_jis", "euc-kr"]
)
def test_a_page_in_its_own_letters(register: Any, encoding: str) -> None:
    page = PAGE.replace('charset="utf-8"', f'charset="{encoding}"').encode(encoding)
    assert told(read(page, register, published_on=DAY)) == EXPECTED


@pytest.mark.parametrize(
    "broken",
    [
        PAGE.replace("</p>", ""),
        PAGE.replace("</article>", "").replace("</body>", "").replace("</html>", ""),
        PAGE.replace("<p>", "<p><span><b><i>"),
        PAGE.split("<body>")[1],
        PAGE.upper().replace(FIRST.upper(), FIRST).replace(SECOND.upper(), SECOND),
    ],
)
def test_a_broken_page_still_tells_its_first_event(register: Any, broken: str) -> None:
    assert EXPECTED[0] in told(read(broken, register, published_on=DAY))


def test_signs_of_less_and_more_make_no_page(register: Any) -> None:
    text = f"Purity < 99.9 % and > 95 %. {FIRST}"
    reading = read(text, register, published_on=DAY)
    assert reading.text == text
    assert told(reading) == EXPECTED[:1]


def test_a_page_without_an_article_is_read_by_its_words(register: Any) -> None:
    reading = read(f"<html><body><div>{FIRST}</div></body></html>", register, published_on=DAY)
    assert EXPECTED[0] in told(reading)


def test_an_empty_page_tells_nothing(register: Any) -> None:
    assert told(read("<html><head></head><body></body></html>", register)) == []
    assert told(read("", register)) == []


def test_a_mark_in_plain_text_makes_it_no_page() -> None:
    text = "Peru lifted its ban on Monday.</p><p> </p><p>[Pool photo]\n\nIt was imposed in 2016."
    assert page_of(text) == Page(text)


def test_a_page_declares_no_day_that_it_does_not_hold() -> None:
    body = (
        "Peru lifted its ban on imports of beef from Chile on Monday, the trade ministry in Lima said. " * 4
    )
    picture = '<img src="/media/2016/photo.jpg">'
    assert page_of(f"<html><body><article><p>{body}</p>{picture}</article></body></html>").published is None


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"%PDF-1.7\n1 0 obj", "it is a PDF"),
        (b"PK\x03\x04\x14\x00\x06\x00word", "it is an archive or an office document"),
        (b"\x89PNG\r\n\x1a\n", "it is a picture"),
        (b"SQLite format 3\0", "it is a database"),
        (bytes(range(1, 32)) * 9 + b" letters", "it holds many characters that no text is written with"),
        (
            "UTF-16 without its mark".encode("utf-16-le"),
            "it holds many characters that no text is written with",
        ),
    ],
)
def test_what_is_no_text_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(ValueInvalid) as refused:
        page_of(content)
    problem = f"the content is not text: {why}"
    assert str(refused.value) == f"{problem}; expected plain text or HTML, best in UTF-8"


@pytest.mark.parametrize(
    "content", [b"a\x0cb\r\n\tc", b"\x1b[1mBold\x1b[0m news", b"one stray \x00 in a text of words"]
)
def test_a_stray_control_character_makes_it_no_less_a_text(content: bytes) -> None:
    assert page_of(content).text == content.decode()
