"""What of a text is the article, and what stands around it; no offset is ever changed.

A line of a text is a block. Its part in the page is told by its own form and by its place:
header, dateline and stamp say when and where something was published; share bars, cookie
notes, comments and related links say nothing of the matter.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files

_LINE = re.compile(r"[^\r\n]+")
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY = rf"(?:\d{{4}}-\d\d?-\d\d?|\d{{1,2}}(?:st|nd|rd|th)?\s+{_MONTH},?\s+\d{{4}}|{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}|\d{{1,2}}-{_MONTH}-\d{{4}}|\d{{4}}[./]\d\d?[./]\d\d?|\d\d?[./]\d\d?[./]\d{{4}})"  # noqa: E501
HEADER_DATE = re.compile(rf"\s*(?:date|published|posted)?\s*:?\s*({_DAY})(?=\s|$|\|)", re.IGNORECASE)
STAMP = re.compile(
    rf"\b(?:published|posted|first published|date published|publication date|issued|released|pubdate)"
    rf"(?:\s+on|\s+at)?\s*:?\s*(?:\w+day,?\s+)?(?:[\d:]+\s*(?:[ap]\.?m\.?)?\s*(?:[a-z]{{2,4}})?,?\s+)?({_DAY})",
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
    rf"|\s*[A-Z][a-z]+(?:[ -][A-Z][a-z]+){{0,2}},?\s+{_MONTH}\s+\d{{1,2}},?(?:\s+\d{{4}})?,?"
    rf"\s*{_IN_BRACKETS}\s*{_DASH}\s*(?=\S)"
    rf"|\s*{_MONTH}\s+\d{{1,2}}\s*[(][A-Z][\w ]{{1,20}}[)]\s*{_DASH}\s*(?=\S)"
)


def _lines(name: str, *, behind: str) -> re.Pattern[str]:
    """The lines of a list in ``page.toml`` as one pattern for whole lines."""
    text = files("sekisho.reading").joinpath("lexicon", "page.toml").read_text(encoding="utf-8")
    return re.compile(rf"^\W*(?:{'|'.join(tomllib.loads(text)[name])}){behind}$", re.IGNORECASE)


_JUNK = _lines("junk", behind=r"\W*")
_RELATED = _lines("related", behind=r"\W*")
_READ_TIME = re.compile(r"^\W*\d+\s*-?\s*min(?:ute)?s?(?:\s+read)?\W*$|^\W*reading time\b.*$", re.IGNORECASE)
_BYLINE = _lines("byline", behind=r"")
_SENTENCE_END = re.compile(r"[.!?][\"”’')\]]*\s*$")
_SHORT_LINE = 16
_WIDE = 100
_SHARE = 0.3
_TRAILER_WORDS = 7
_PARAGRAPH = 200


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
    for line in _LINE.finditer(text):
        if line[0].strip(" \t\ufeff\u00a0"):
            found += _split(line[0], line.start(), begun=_so_far(text, found))
    return tuple(_headlines(text, _after_the_end(text, list(_paragraphs(text, found)))))


def _paragraphs(text: str, found: Sequence[Block]) -> Iterator[Block]:
    """Body lines that a fixed width has cut are one block again."""
    narrow = _narrow(text, found)
    held: Block | None = None
    for block in found:
        if held is not None and block.part is Part.BODY and _goes_on(text, held, block, narrow=narrow):
            held = Block(Part.BODY, held.start, block.end)
            continue
        if held is not None:
            yield held
        held = block if block.part is Part.BODY else None
        if held is None:
            yield block
    if held is not None:
        yield held


def _narrow(text: str, found: Sequence[Block]) -> bool:
    """Whether the page has cut its lines at a width: many go on in small letters, none is long."""
    body = [block for block in found if block.part is Part.BODY]
    going = sum(text[block.start].islower() for block in body)
    return going >= len(body) * _SHARE and max((b.end - b.start for b in body), default=0) <= _WIDE


def _goes_on(text: str, one: Block, other: Block, *, narrow: bool) -> bool:
    """Whether a line stops in mid-sentence and the next one is its rest."""
    if text.count("\n", one.end, other.start) > 1 or _SENTENCE_END.search(
        text, max(one.start, one.end - 9), one.end
    ):
        return False
    return text[other.start].islower() or (narrow and one.end - text.rfind("\n", 0, one.end) > _WIDE / 3)


def _so_far(text: str, found: list[Block]) -> bool:
    """Whether the article has begun: the last block of it ends like a sentence."""
    return any(
        block.part is Part.BODY and _SENTENCE_END.search(text[block.end - 5 : block.end].rstrip("\u00a0 "))
        for block in found[-1:]
    ) or any(block.part is Part.BODY and block.end - block.start > _PARAGRAPH for block in found[-3:])


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
        loose = not _SENTENCE_END.search(rest) and offset and len(rest.split()) <= _TRAILER_WORDS
        yield Block(Part.HEADER if loose else Part.BODY, at + offset + lead, end)


def _whole(line: str, *, begun: bool) -> Part | None:  # noqa: PLR0911
    """The part of a line that says by itself what it is."""
    if _RELATED.match(line):
        return Part.RELATED
    if _READ_TIME.match(line):
        return Part.READ_TIME
    if _JUNK.match(line):
        return Part.JUNK
    if _BYLINE.match(line):
        return (
            Part.FOOTER
            if begun and line.lower().startswith(("report", "writ", "edit", "source", "("))
            else Part.BYLINE
        )
    if _ONLY_DAY.match(line):
        return Part.HEADER
    if (STAMP.search(line) or UPDATED.search(line)) and len(line) < 160:  # noqa: PLR2004
        return Part.HEADER
    return None


def _after_the_end(text: str, found: list[Block]) -> Iterator[Block]:
    """Short lines behind a mark of related links, or behind the last sentence, are no body."""
    ended = False
    footed = False
    for block in found:
        line = text[block.start : block.end]
        ended = ended or block.part is Part.RELATED
        footed = footed or block.part is Part.FOOTER
        sentence = bool(_SENTENCE_END.search(line))
        if ended and block.part is Part.BODY and not sentence:
            yield Block(Part.RELATED, block.start, block.end)
        elif footed and block.part is Part.BODY and not sentence:
            yield Block(Part.FOOTER, block.start, block.end)
        else:
            if block.part is Part.BODY and sentence and len(line) > 200:  # noqa: PLR2004
                ended = False
            yield block


def _headlines(text: str, found: Iterator[Block]) -> Iterator[Block]:
    """A line without an end of a sentence is a headline or a heading."""
    blocks = list(found)
    alone = sum(block.part is Part.BODY for block in blocks) == 1
    for block in blocks:
        line = text[block.start : block.end]
        words = len(line.split())
        headed = block.part is Part.BODY and not _SENTENCE_END.search(line.rstrip("\u00a0 ")) and words <= 25  # noqa: PLR2004
        if headed and not alone and not line.rstrip().endswith((",", ";", ":")):
            yield Block(Part.HEADLINE, block.start, block.end)
        else:
            yield block
