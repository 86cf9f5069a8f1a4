"""Words of a text with their places, and the sentences they stand in.

Every place is an offset into the text as it was given; nothing is normalised in place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sekisho.reading.vocabulary import vocabulary

_TOKEN = re.compile(
    r"(?P<dotted>(?:[A-Za-z]\.){2,})"
    r"|(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)(?P<ordinal>st|nd|rd|th)?(?![^\W_])"
    r"|(?P<own>['’](?:s\b|(?=[\s\u00a0,.;:]|$)))"
    r"|(?P<word>[^\W_]+(?:['’](?!s\b)[^\W_]+)*)"
    r"|(?P<mark>\S)"
)
_APOSTROPHES = str.maketrans({"’": "'", "‘": "'"})
_SHORT = vocabulary("short")
_UNSEEN = frozenset(
    "\ufeff\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069"
)
"""Marks of order and of bytes, which no reader sees; no quote begins or ends with one."""
_LONGEST = 250
"""Tokens of the longest sentence; a longer stretch without an end is no sentence, and is cut."""
_HYPHENS = frozenset("-‑‐")
_NO_INITIAL = 3
_MARGIN = 16
_CLOSING = "\"”’')]»"


class Token(NamedTuple):
    """A word, number or mark of a text.

    Attributes:
        text: As it stands in the text.
        lower: In lower case, apostrophes made alike.
        start: Offset of its first character.
        end: Offset behind its last.
    """

    text: str
    lower: str
    start: int
    end: int

    @property
    def is_word(self) -> bool:
        """Whether it is a word or a number, not a mark."""
        return self.text[0].isalnum()

    @property
    def capital(self) -> bool:
        """Whether it begins with a capital letter."""
        return self.text[0].isupper()


@dataclass(frozen=True, slots=True)
class Sentence:
    """The words of one sentence, without the hyphens that join words."""

    tokens: tuple[Token, ...]
    start: int
    end: int


def tokens_of(text: str, start: int = 0, end: int | None = None) -> Iterator[Token]:
    """The tokens of a stretch of text; a hyphen inside a word parts it and is left out."""
    stop = len(text) if end is None else end
    for found in _TOKEN.finditer(text, start, stop):
        piece, at = found[0], found.start()
        if found.lastgroup == "mark" and _is_unseen(text, piece, at):
            continue
        lower = piece.lower()
        yield Token(piece, lower if lower.isascii() else lower.translate(_APOSTROPHES), at, found.end())


def _is_unseen(text: str, piece: str, at: int) -> bool:
    """Whether a mark is no part of what is read: of order, of a cut word, of a line that a mail quotes."""
    if piece == ">":
        start = max(text.rfind("\n", max(0, at - _MARGIN), at), text.rfind("\r", max(0, at - _MARGIN), at))
        margin = text[start + 1 : at] if start >= 0 or at < _MARGIN else "x"
        return not margin.strip(" \t>")
    return piece in _UNSEEN or (piece in _HYPHENS and _joins(text, at))


def _joins(text: str, at: int) -> bool:
    """Whether a hyphen joins two words, also where a line was cut behind it."""
    if not (0 < at < len(text) - 1 and text[at - 1].isalnum()):
        return False
    return text[at + 1].isalnum() or (text[at + 1] in "\r\n" and text[at + 1 : at + 3].strip()[:1].isalnum())


def sentences_of(text: str, start: int = 0, end: int | None = None) -> Iterator[Sentence]:
    """The sentences of a stretch of text; a line break of the text is not an end by itself."""
    held: list[Token] = []
    found = list(tokens_of(text, start, end))
    for at, token in enumerate(found):
        held.append(token)
        if _ends(found, at) or len(held) >= _LONGEST:
            yield _sentence(held)
            held = []
    if held:
        yield _sentence(held)


def _sentence(held: Sequence[Token]) -> Sentence:
    return Sentence(tuple(held), held[0].start, held[-1].end)


def _ends(found: Sequence[Token], at: int) -> bool:
    """Whether a sentence ends with a token: a stop, then a capital, a quote or the end."""
    token = found[at]
    if token.text in _CLOSING and at and found[at - 1].text in {".", "!", "?"}:
        return _opens(found, at)
    if token.text in {"!", "?"}:
        return _opens(found, at)
    if token.text == ".":
        before = found[at - 1] if at else None
        if before is not None and (before.lower in _SHORT or len(before.text) == 1) and before.capital:
            return False
        return _opens(found, at)
    if token.text.endswith(".") and len(token.text) > 1:  # U.S. may end a sentence
        following = found[at + 1] if at + 1 < len(found) else None
        return (
            following is not None
            and following.lower in {"the", "it", "in", "but", "on", "this"}
            and (following.capital)
        )
    return False


def _opens(found: Sequence[Token], at: int) -> bool:
    if at + 1 >= len(found):
        return True
    following = found[at + 1]
    if following.text in _CLOSING and following.start == found[at].end:
        return False
    if following.start == found[at].end:  # a page that lost the space: "last month.Japan said"
        before = found[at - 1].text if at else ""
        whole = before[-1:].islower() and (before[:1].islower() or len(before) > _NO_INITIAL)
        return whole and len(following.text) > 1 and following.capital
    return following.capital or following.text[0] in "\"“‘'([" or following.text[0].isdigit()
