"""Paragraphs of a text: lines that a fixed width has cut are one paragraph again.

Mail, wire copy and notices break their lines at some 60 to 80 columns. Such a break is no
end of anything. A page that sets each paragraph on a line of its own means every break.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from sekisho.reading.vocabulary import vocabulary

_LINE = re.compile(r"[^\r\n]+")
_EDGE = " \t\ufeff\u00a0"
_LIST = re.compile(r"(?:[-*•·▪–]|\d{1,2}[.)]|\([a-z0-9]\))\s")
_QUOTED = re.compile(r"[ \t]{0,3}>[> \t]{0,12}")
"""What a mail sets before the lines that it quotes."""
_ENDED = re.compile(r"[.!?][\"”’')\]]*\s*(?:[—–-]{1,2}\s*[A-Z][\w ./-]{1,24})?$")
_WORD = re.compile(r"\S{0,40}")
_LAST_WORD = re.compile(r"[^\W_]{1,12}$")
_UNFINISHED = vocabulary("unfinished")
_NARROWEST, _WIDEST = 40, 120
_SHORTEST = 30
_CREDIT = 40
"""Characters of the end of a sentence, with the agency behind it: "on Monday. — Reuters"."""
_SLACK = 8
"""How much longer a line may be than the longest of which it is sure that it was cut."""
_SHARE = 0.15


@dataclass(slots=True)
class _Line:
    begins: int
    start: int
    end: int
    indent: int
    alone: bool
    small: bool
    ended: bool

    @property
    def length(self) -> int:
        return self.end - self.start


def ends_a_sentence(text: str, start: int, end: int) -> bool:
    """Whether a stretch of text ends as a sentence does."""
    return _ENDED.search(text, max(start, end - _CREDIT), end) is not None


def paragraphs_of(
    text: str, alone: Callable[[str], bool], opens: Callable[[str], bool]
) -> Iterator[tuple[int, int]]:
    """The paragraphs of a text, without the space around them.

    Args:
        text: Of any layout.
        alone: Whether a line says by itself that it is no part of a paragraph, as a share bar does.
        opens: Whether a line begins an article, as a dateline does.
    """
    lines = list(_lines(text, alone))
    page = _Page(text, opens, *_width(text, lines))
    start = lines[0].start if lines else 0
    for one, other in pairwise(lines):
        if not page.goes_on(one, other, first=one is lines[0]):
            yield start, one.end
            start = other.start
    if lines:
        yield start, lines[-1].end


def _lines(text: str, alone: Callable[[str], bool]) -> Iterator[_Line]:
    for found in _LINE.finditer(text):
        quoted = _QUOTED.match(found[0])
        behind = quoted.end() if quoted is not None else 0
        line = found[0][behind:].strip(_EDGE)
        if line:
            indent = len(found[0]) - behind - len(found[0][behind:].lstrip(_EDGE))
            start = found.start() + behind + indent
            end = start + len(line)
            ended = ends_a_sentence(text, start, end)
            yield _Line(found.start(), start, end, indent, alone(line), line[0].islower(), ended)


def _width(text: str, lines: Sequence[_Line]) -> tuple[int, bool]:
    """At how many columns the text was cut, 0 if it shows no sign of it; and whether it shows several."""
    beside = [pair for pair in pairwise(lines) if _adjacent(text, *pair)]
    cut = [
        one.length
        for one, other in beside
        if other.small and not one.ended and not one.alone and _NARROWEST <= one.length <= _WIDEST
    ]
    wrapped = len(cut) >= _SHARE * len(beside)
    return (max(cut, default=0), len(cut) > 1) if wrapped else (0, False)


def _adjacent(text: str, one: _Line, other: _Line) -> bool:
    """Whether no empty line stands between two lines."""
    if other.begins - one.end <= 2:  # noqa: PLR2004  a line end of Windows
        return text[one.end : other.begins] in {"\n", "\r\n", "\r"}
    return max(text.count("\n", one.end, other.begins), text.count("\r", one.end, other.begins)) <= 1


@dataclass(frozen=True, slots=True)
class _Page:
    """A text, what begins an article in it, the width it was cut at, and whether that is sure."""

    text: str
    opens: Callable[[str], bool]
    width: int
    sure: bool

    def goes_on(self, one: _Line, other: _Line, *, first: bool) -> bool:
        """Whether a line is the rest of the one before it; the first of a text may be its headline."""
        if one.alone or not _adjacent(self.text, one, other):
            return False
        full = self._full(one, other)
        if other.alone:
            return full and other.small and not one.ended
        if other.small and not one.ended:
            return True
        if other.indent > one.indent or _LIST.match(self.text, other.start, other.end):
            return False
        if not one.ended and one.length >= _SHORTEST and self._unfinished(one):
            return True
        return full and (one.ended or not first or self._begins(one, other))

    def _full(self, one: _Line, other: _Line) -> bool:
        """Whether the next word had no room left on a line."""
        word = _WORD.match(self.text, other.start, other.end)
        return (
            one.length <= self.width + _SLACK
            and one.length + 1 + len(word[0] if word else "") > self.width > 0
        )

    def _unfinished(self, line: _Line) -> bool:
        """Whether a line ends with a word that ends nothing: "for", "the", "South"."""
        word = _LAST_WORD.search(self.text, max(line.start, line.end - 12), line.end)
        return self.text[line.end - 1] in ",-" or (word is not None and word[0].lower() in _UNFINISHED)

    def _begins(self, one: _Line, other: _Line) -> bool:
        """Whether the first line of a text is of its first sentence, and no headline."""
        if self.opens(self.text[one.start : one.end]):
            return True
        return self.sure and not self.opens(self.text[other.start : other.end])
