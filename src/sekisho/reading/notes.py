"""What a person should know of a text before trusting what was read of it, or that nothing was.

A reading without events says that nothing was found, which a text that cannot be read looks like
too: one without words, one in another language. And every "on Monday" hangs on the day of
publication, so a day that the text itself speaks against is told.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence

from sekisho.dates import PartialDate
from sekisho.errors import ValueInvalid
from sekisho.reading.page import Page
from sekisho.reading.proposal import Proposal
from sekisho.reading.publication import Published
from sekisho.register.register import Register
from sekisho.register.span import beyond_record, recorded

_CENTURY = 100
_WORD = re.compile(r"[^\W\d_]+")
_LOOKED_AT = 100_000
"""Characters; a text of another language is one from its start."""
_COMMON = frozenset({
    "the", "of", "and", "to", "that", "for", "with", "was", "by", "on", "from", "it", "its", "has", "have",
    "had", "will", "would", "at", "be", "are", "not", "said",
})  # fmt: skip
"""Words of which any English prose is full; in news of this kind they are a fifth of all."""
_FEW, _LEAST_WORDS = 0.06, 20


def require_plausible(published_on: PartialDate, register: Register) -> None:
    """Refuses a day of publication on which no text of what is on record can have been written.

    Raises:
        ValueInvalid: If it lies more than a century outside of the record, as 9999-12-31 does.
    """
    span = recorded(register)
    if span is None:
        return
    first, last = span
    if not first.year - _CENTURY <= published_on.year <= last.year + _CENTURY:
        msg = f"the day of publication, {published_on}, lies more than a century outside of the record ({first} to {last})"  # noqa: E501
        raise ValueInvalid(msg, "the day on which the text was published")


def notes_of(
    page: Page, when: Published, own: Published | None, told: Sequence[Proposal], register: Register,
    known_on: dt.date | None = None,
) -> Iterator[str]:  # fmt: skip
    """What is odd about a text or its day of publication, in sentences.

    Args:
        page: The text as it was read.
        when: When it was published, as it was read.
        own: When it was published by its own words, where another day was given.
        told: What it tells.
        register: The record it was held against.
        known_on: As known on which day; ``None`` is all.
    """
    yield from _of_words(page)
    if when.date is None:
        return
    if own is not None and own.date is not None and own.sure and not _may_be_same(when.date, own.date):
        yield f"the day of publication that is given, {when.date}, is not that of the text itself, {own.date} ({own.evidence})"  # noqa: E501
    later = [str(day) for day in _days_told_as_past(told) if day.first > when.date.last]
    if later:
        yield f"it was published on {when.date}, and tells of {', '.join(dict.fromkeys(later))} as past"
    if known_on is not None and known_on < when.date.first:
        yield f"it was published on {when.date}, held against the record as known before, on {known_on}"
    for note in beyond_record(register, when.date.first, when.date.last):
        yield f"it was published on {when.date}; {note}"


def has_words(text: str) -> bool:
    """Whether there is a word in a text, of whatever language."""
    return _WORD.search(text) is not None


def _of_words(page: Page) -> Iterator[str]:
    if not has_words(page.text):
        empty = "no text was found in the page" if page.html else "it is empty"
        yield "there are no words in it" if page.text.strip() else empty
        return
    words = [word.lower() for word in _WORD.findall(page.text[:_LOOKED_AT])]
    latin = sum(map(str.isascii, words)) / len(words)
    common = sum(word in _COMMON for word in words) / len(words)
    if latin < 1 / 2 or (len(words) >= _LEAST_WORDS and common < _FEW):
        yield "it does not seem to be in English, and nothing else is read"


def _may_be_same(one: PartialDate, other: PartialDate) -> bool:
    return one.first <= other.last and other.first <= one.last


def _days_told_as_past(told: Sequence[Proposal]) -> Iterator[PartialDate]:
    for proposal in told:
        for dated in proposal.dates:
            if dated.role == "happened" and dated.date is not None:
                yield dated.date
