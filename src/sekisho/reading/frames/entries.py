"""Chronologies: lines that begin with a date, which is that of all that the line tells."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sekisho.reading.clean import Block
from sekisho.reading.frames.scan import Scan
from sekisho.reading.frames.told import Told
from sekisho.reading.status import Status
from sekisho.reading.times import Time

_MONTH = r"(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.?"
_ENTRY = re.compile(
    rf"[\s•*–—-]*(?:(?:\d{{1,2}}\s+)?{_MONTH}(?:\s+\d{{1,2}})?(?:,?\s+\d{{4}})?|\d{{4}})\s*(?:--|[:–—])"
)
_AT_LEAST = 2


def is_chronology(text: str, blocks: Iterable[Block]) -> bool:
    """Whether several paragraphs of a text begin with a date and a mark: "May 5: Chile lifts its ban"."""
    return sum(_ENTRY.match(text, block.start, block.end) is not None for block in blocks) >= _AT_LEAST


def day_of_entry(scan: Scan) -> Time | None:
    """The date with which a line of a chronology begins."""
    start = scan.tokens[0].start if scan.tokens else 0
    found = _ENTRY.match(scan.seen.text, start)
    return next((time for time in scan.times if found is not None and time.start < found.end()), None)


def date_by_entry(told: Iterable[Told], entry: Time) -> None:
    """Gives the date of the line to what it tells without a time of its own."""
    for one in told:
        if not one.times and not (one.aside and one.status.real):
            one.times = [(entry, "happened" if one.status is Status.HAPPENED else "announced")]
