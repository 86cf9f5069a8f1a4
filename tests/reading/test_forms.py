"""The same article in another form is read the same: line ends, quotes, short names, wrapping, repetition."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from typing import Any

import pytest

from sekisho.dates import PartialDate
from sekisho.reading import Reading, read


def wrapped(width: int) -> Callable[[str], str]:
    """Each paragraph broken into lines, as mail and wire services do."""

    def wrap(text: str) -> str:
        paragraphs = (
            textwrap.fill(each, width, break_long_words=False, break_on_hyphens=False)
            if len(each) > width
            else each
            for each in text.split("\n\n")
        )
        return "\n\n".join(paragraphs)

    return wrap


def swapped(*pairs: tuple[str, str]) -> Callable[[str], str]:
    def swap(text: str) -> str:
        for old, new in pairs:
            text = text.replace(old, new)
        return text

    return swap


ABBREVIATED = (
    ("January", "Jan."),
    ("August", "Aug."),
    ("September", "Sept."),
    ("October", "Oct."),
    ("December", "Dec."),
)
FORMS = {
    "curly quotes": swapped(("'", "’")),
    "hard spaces": swapped((" South Korea", " South\u00a0Korea")),
    "U.S.": swapped(("United States", "U.S.")),
    "US": swapped(("United States", "US")),
    "S. Korea": swapped(("South Korea ", "S. Korea ")),
    "WTO": swapped(("World Trade Organization", "WTO")),
    "Organisation": swapped(("World Trade Organization", "World Trade Organisation (WTO)")),
    "short months": swapped(*ABBREVIATED),
    "line ends of Windows": swapped(("\n", "\r\n")),
    "two spaces after a sentence": swapped((". ", ".  ")),
    "indented": lambda text: re.sub(r"(?m)^", "    ", text),
}
LOOSE = {
    "wrapped at 60": (wrapped(60), 86),
    "wrapped at 72": (wrapped(72), 85),
    "in one paragraph": (lambda text: re.sub(r"\n+", " ", text), 85),
    "with filler": (swapped(("\n\n", "\n\nShares rose in early trade. It rained.\n\n")), 82),
    "printed twice": (lambda text: f"{text}\n\n{text}", 85),
}


def told(reading: Reading) -> list[tuple[Any, ...]]:
    return sorted(
        (p.type, sorted(p.actor), sorted(p.counterpart), p.status.value, sorted(str(d.date) for d in p.dates))
        for p, _ in reading
    )


@pytest.mark.parametrize("form", FORMS)
def test_another_form_is_read_the_same(form: str, made_up: Any, reading_of: Any, register: Any) -> None:
    changed = [case for case in made_up if FORMS[form](case.text) != case.text]
    assert changed
    otherwise = [
        case.id
        for case in changed
        if told(read(FORMS[form](case.text), register, published_on=PartialDate.parse(case.published)))
        != told(reading_of(case))
    ]
    assert otherwise == []


@pytest.mark.parametrize("form", LOOSE)
def test_most_is_read_the_same_where_the_form_means_something(
    form: str, made_up: Any, reading_of: Any, register: Any
) -> None:
    """A paragraph and a line tell a reader something too; of all texts at least so many are read alike."""
    change, least = LOOSE[form]
    alike = sum(
        told(read(change(case.text), register, published_on=PartialDate.parse(case.published)))
        == told(reading_of(case))
        for case in made_up
    )
    assert alike >= least
