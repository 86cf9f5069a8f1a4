"""What of a text is the article, and what stands around it; no offset is ever changed.

A line of a text is a block. Its part in the page is told by its own form and by its place:
header, dateline and stamp say when and where something was published; share bars, cookie
notes, comments and related links say nothing of the matter.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from importlib.resources import files

from sekisho.reading.layout import ends_a_sentence, paragraphs_of

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY = rf"(?:\d{{4}}-\d\d?-\d\d?|\d{{1,2}}(?:st|nd|rd|th)?,?\s+{_MONTH},?\s+\d{{4}}|{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}|\d{{1,2}}-{_MONTH}-\d{{4}}|\d{{4}}[./]\d\d?[./]\d\d?|\d\d?[./]\d\d?[./]\d{{4}})"  # noqa: E501
HEADER_DATE = re.compile(rf"\s*(?:(?:date|published|posted)\s*)?(?::\s*)?({_DAY})(?=\s|$|\|)", re.IGNORECASE)
STAMP = re.compile(
    rf"\b(?:published|posted|first published|date published|publication date|issued|released|pubdate"
    rf"|for immediate release|입력|기사입력|등록|송고|公開|发布时间|發布時間)"
    rf"(?:\s+on|\s+at)?\s*[:|]?\s*(?:\w+day,?\s+)?(?:[\d:]+\s*(?:[ap]\.?m\.?)?\s*(?:[a-z]{{2,4}})?,?\s+)?({_DAY})",
    re.IGNORECASE,
)
UPDATED = re.compile(
    rf"\b(?:updated|last modified|modified)(?:\s+on|\s+at)?\s*:?\s*.{{0,30}}?({_DAY})", re.IGNORECASE
)
BARE_DAY = re.compile(rf"({_DAY})", re.IGNORECASE)
_ONLY_DAY = re.compile(
    rf"^\W*(?:\d\d?:\d\d\s*(?:[ap]\.?m\.?)?\s*[A-Z]{{0,4}},?\s*)?(?:[A-Za-z]+day,?\s+)?{_DAY}(?:\W+\d\d?:\d\d.{{0,30}})?\W*$",
    re.IGNORECASE,
)
_DASH = r"(?:--|–|—|-)"
_PLACE = r"[A-Z][A-Z.' -]{2,40}(?:,\s+[A-Z][\w .]{2,30})?"
_IN_BRACKETS = r"[(][^)]{1,90}[)]"
DATELINE = re.compile(
    rf"\s*{_PLACE}\s*(?:{_IN_BRACKETS}\s*(?:{_DASH}|:)?"
    rf"|(?:[,/]\s*[^)–—(]{{0,60}}?(?:{_IN_BRACKETS}\s*)?)?(?:{_DASH}|:))\s*(?=\S)"
    rf"|\s*[A-Z][a-z]+(?:[ -][A-Z][a-z]+){{0,2}},?\s+(?i:{_MONTH})\s+\d{{1,2}},?(?:\s+\d{{4}})?,?"
    rf"\s*{_IN_BRACKETS}\s*{_DASH}\s*(?=\S)"
    rf"|\s*(?i:{_MONTH})\s+\d{{1,2}}\s*[(][A-Z][\w ]{{1,20}}[)]\s*{_DASH}\s*(?=\S)"
)


_PAGE = tomllib.loads(files("sekisho.reading").joinpath("lexicon", "page.toml").read_text(encoding="utf-8"))


def _lines(name: str, *, behind: str) -> re.Pattern[str]:
    """The lines of a list in ``page.toml`` as one pattern for whole lines."""
    return re.compile(rf"^\W*(?:{'|'.join(_PAGE[name])}){behind}$", re.IGNORECASE)


_JUNK = _lines("junk", behind=r"\W*")
_RELATED = _lines("related", behind=r"\W*")
_CLOSING = _lines("closing", behind=r"\W*")
_CAPTION = re.compile("|".join(_PAGE["caption"]))
_READ_TIME = re.compile(r"^\W*\d+\s*-?\s*min(?:ute)?s?(?:\s+read)?\W*$|^\W*reading time\b.*$", re.IGNORECASE)
_BYLINE = _lines("byline", behind=r"")
_FOOTERS = ("report", "writ", "edit", "source", "(")
_SHORT_LINE = 16
_LONG_STAMP = 160
_LOOKED_AT = 600
_LONG_BYLINE = 7
_LONG_CAPTION = 400
_TRAILER_WORDS = 7
_LONG_ALONE = 45
_BREAKS = str.maketrans("\r\n\t", "   ")
_PARAGRAPH = 200
_QUOTED_LINES = re.compile(r"(?m)^[ \t]{0,3}>[> \t]{0,12}")
_HEADLINE_WORDS = 25
_MOST = 0.6
"""How much of the sentences of a page stands before its lists of links and its comments."""


class Part(StrEnum):
    """What a block is in its page."""

    BODY = "body"
    HEADLINE = "headline"
    HEADER = "header"
    DATELINE = "dateline"
    BYLINE = "byline"
    READ_TIME = "read_time"
    JUNK = "junk"
    RELATED = "related"
    FOOTER = "footer"


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of a text and what it is in its page; offsets into the text as given."""

    part: Part
    start: int
    end: int


def blocks_of(text: str) -> tuple[Block, ...]:
    r"""Every stretch of a text with the part it plays, in order.

    >>> [block.part.value for block in blocks_of("2 minutes read\nJapan lifted the curbs on Monday.")]
    ['read_time', 'body']
    """
    found: list[Block] = []
    for start, end in paragraphs_of(text, _stands_alone, _opens):
        found += _split(flat(text[start:end]), start, begun=_so_far(text, found))
    return tuple(_headlines(text, _after_the_end(text, found)))


def flat(text: str) -> str:
    """A text with its line breaks, and the marks of lines that a mail quotes, as spaces; all at its place."""
    return (_QUOTED_LINES.sub(_spaces, text) if ">" in text else text).translate(_BREAKS)


def _spaces(found: re.Match[str]) -> str:
    return " " * len(found[0])


def _stands_alone(line: str) -> bool:
    """Whether a line says by itself what it is; a long line that begins with "By" may be a sentence."""
    part = _whole(line, begun=False)
    return part is not None and not (part is Part.BYLINE and len(line) > _LONG_ALONE)


def _opens(line: str) -> bool:
    """Whether an article begins with a line."""
    return HEADER_DATE.match(line) is not None or DATELINE.match(line) is not None


def _so_far(text: str, found: Sequence[Block]) -> bool:
    """Whether the article has begun: the last block of it ends like a sentence, or a long one is near."""
    if not found:
        return False
    last = found[-1]
    return (last.part is Part.BODY and ends_a_sentence(text, last.start, last.end)) or any(
        block.part is Part.BODY and block.end - block.start > _PARAGRAPH for block in found[-3:]
    )


def _split(line: str, at: int, *, begun: bool) -> Iterator[Block]:
    """One line, its header date and dateline set apart from what follows them."""
    end = at + len(line)
    part = _whole(line, begun=begun)
    if part is not None:
        yield Block(part, at, end)
        return
    offset = 0
    if not begun:
        header = HEADER_DATE.match(line)
        if header is not None:
            yield Block(Part.HEADER, at, at + header.end())
            offset = header.end()
        dateline = DATELINE.match(line, offset)
        if dateline is not None and len(line) - dateline.end() > _SHORT_LINE:
            yield Block(Part.DATELINE, at + offset, at + dateline.end())
            offset = dateline.end()
    rest = line[offset:]
    if rest.strip():
        lead = len(rest) - len(rest.lstrip())
        loose = offset and len(rest.split()) <= _TRAILER_WORDS and not ends_a_sentence(rest, 0, len(rest))
        part = Part.HEADER if loose else Part.JUNK if _is_caption(rest) else Part.BODY
        yield Block(part, at + offset + lead, end)


def _whole(line: str, *, begun: bool) -> Part | None:
    """The part of a line that says by itself what it is."""
    words = " ".join(line[:_LOOKED_AT].split())  # no pattern meets a long run of spaces
    for part, pattern in ((Part.RELATED, _RELATED), (Part.READ_TIME, _READ_TIME), (Part.JUNK, _JUNK)):
        if pattern.match(words):
            return part
    if _is_caption(words) and not HEADER_DATE.match(words):
        return Part.JUNK
    if _BYLINE.match(words) and not _is_sentence(words):
        return Part.FOOTER if begun and words.lower().startswith(_FOOTERS) else Part.BYLINE
    if len(line) < _LONG_STAMP and (_ONLY_DAY.match(words) or STAMP.search(words) or UPDATED.search(words)):
        return Part.HEADER
    return None


def _is_caption(words: str) -> bool:
    return len(words) < _LONG_CAPTION and _CAPTION.search(words) is not None


def _is_sentence(words: str) -> bool:
    """As in "By August Japan had removed South Korea from its list.", which is no byline."""
    return words[:3] == "By " and words[-1] == "." and words.count(" ") >= _LONG_BYLINE


def _after_the_end(text: str, found: Sequence[Block]) -> Iterator[Block]:
    """Short lines behind a mark of related links, or behind the last sentence, are no body."""
    over = _end_of_article(text, found)
    ended = footed = False
    for block in found:
        ended = ended or block.part is Part.RELATED
        footed = footed or block.part is Part.FOOTER
        sentence = ends_a_sentence(text, block.start, block.end)
        if block.part is Part.BODY and block.start >= over:
            yield replace(block, part=Part.RELATED)
        elif block.part is Part.BODY and not sentence and (ended or footed):
            yield replace(block, part=Part.RELATED if ended else Part.FOOTER)
        else:
            if block.part is Part.BODY and block.end - block.start > _PARAGRAPH:
                ended = False
            yield block


def _end_of_article(text: str, found: Sequence[Block]) -> int:
    """Where lists of links or comments begin that nothing but more of them follows."""
    written = sum(block.end - block.start for block in found if block.part is Part.BODY)
    before = 0
    for block in found:
        if block.part is Part.BODY:
            before += block.end - block.start
        elif before >= written * _MOST and _CLOSING.match(text[block.start : block.end][:_LOOKED_AT].strip()):
            return block.start
    return len(text) + 1


def _headlines(text: str, found: Iterator[Block]) -> Iterator[Block]:
    """A line without an end of a sentence is a headline or a heading."""
    blocks = list(found)
    alone = sum(block.part is Part.BODY for block in blocks) == 1
    for block in blocks:
        headed = (
            block.part is Part.BODY
            and not alone
            and block.end - block.start <= _LOOKED_AT
            and not ends_a_sentence(text, block.start, block.end)
            and text[block.end - 1] not in ",;:"
            and len(text[block.start : block.end].split()) <= _HEADLINE_WORDS
        )
        yield replace(block, part=Part.HEADLINE) if headed else block
