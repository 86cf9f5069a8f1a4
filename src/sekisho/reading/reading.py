"""A text read: its parts, its day of publication, its proposals and how they stand to the record."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sekisho.dates import PartialDate
from sekisho.errors import ValueInvalid
from sekisho.reading.article import Draft, draft, proposals
from sekisho.reading.claims import Telling
from sekisho.reading.clean import Block, flat
from sekisho.reading.confidence import THRESHOLD
from sekisho.reading.notes import notes_of, require_plausible
from sekisho.reading.page import Page, page_of
from sekisho.reading.proposal import Proposal
from sekisho.reading.publication import Published, published
from sekisho.reading.record import AgainstRecord, hold
from sekisho.reading.times import Frame, resolve
from sekisho.reading.tokens import sentences_of
from sekisho.register.register import Register


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read of one text.

    Attributes:
        name: Of the text; for a file its name without the ending.
        text: The text that offsets point into.
        published: When it was published and how that was found.
        blocks: What each stretch of it is in its page.
        proposals: The events it tells, as sure as was asked for.
        against: For each proposal, how it stands to the record.
        doubtful: What it may tell besides, less surely; held against nothing.
        least_confidence: From which confidence on an event is proposed.
        register: The fingerprint of the register it was held against.
        notes: What a person should know before trusting it, in sentences.
    """

    name: str
    text: str
    published: Published
    blocks: tuple[Block, ...]
    proposals: tuple[Proposal, ...]
    against: tuple[AgainstRecord, ...]
    register: str
    doubtful: tuple[Proposal, ...] = ()
    least_confidence: float = THRESHOLD
    notes: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[tuple[Proposal, AgainstRecord]]:
        return zip(self.proposals, self.against, strict=True)


def read(
    text: str | bytes,
    register: Register,
    *,
    name: str = "text",
    published_on: PartialDate | None = None,
    known_on: dt.date | None = None,
    least_confidence: float = THRESHOLD,
) -> Reading:
    """Reads an article or notice, and holds what it tells against the record.

    Args:
        text: Plain text or HTML; bytes are decoded as they declare themselves.
        register: The record that the text is held against.
        name: What the ids of the proposals begin with.
        published_on: The day of publication, if known; it goes before what the text says.
        known_on: Hold the text against the record as known on this day; ``None`` is all.
        least_confidence: From which confidence on an event is proposed; what is less sure is doubtful.

    Raises:
        ValueInvalid: If bytes are not text, the day of publication lies more than a century
            outside of the record, or the least confidence is not between 0 and 1.
    """
    if not 0 <= least_confidence <= 1:
        msg = f"least_confidence {least_confidence!r} is no confidence"
        raise ValueInvalid(msg, "a number between 0 and 1")
    if published_on is not None:
        require_plausible(published_on, register)
    page = page_of(text)
    first = draft(page.text)
    when = published(first, register, given=published_on, metadata=page.published)
    own = published(first, None, metadata=page.published) if published_on is not None else None
    found = proposals(name, first, when.date, when.not_before)
    told = tuple(one for one in found if one.confidence >= least_confidence)
    doubtful = tuple(one for one in found if one.confidence < least_confidence)
    tellings = _tellings(first, page, told, when)
    against = tuple(hold(telling, register, when.date, known_on) for telling in tellings)
    notes = tuple(notes_of(page, when, own, told, register, known_on))
    return Reading(
        name, page.text, when, first.blocks, told, against, register.fingerprint, doubtful, least_confidence,
        notes,
    )  # fmt: skip


def _tellings(read: Draft, page: Page, told: Sequence[Proposal], when: Published) -> Iterator[Telling]:
    """Each proposal with its sentences, and what stands beside and before it."""
    quoted = {bisect_right(read.blocks, quote.start, key=_start) - 1 for one in told for quote in one.quotes}
    spans = [
        (s.start, s.end)
        for at in sorted(quoted)
        for s in sentences_of(page.text, read.blocks[at].start, read.blocks[at].end)
    ]
    starts = [start for start, _ in spans]
    beside = {one.start: one.beside for one in read.told if one.beside}
    frame = Frame(when.date, None, not_before=when.not_before)
    order = sorted(((quote.start, at) for at, one in enumerate(told) for quote in one.quotes))
    for proposal in told:
        places = [spans[bisect_right(starts, quote.start) - 1] for quote in proposal.quotes if starts]
        dates = [resolve(time, frame) for quote in proposal.quotes for time in beside.get(quote.start, ())]
        sentences = tuple(flat(page.text[start:end]) for start, end in places)
        before = tuple(_before(proposal, quote.start, order, told) for quote in proposal.quotes)
        yield Telling(
            proposal, sentences, tuple(date for date in dates if date is not None), before, when.sure
        )


def _start(block: Block) -> int:
    return block.start


def _before(
    proposal: Proposal, start: int, order: Sequence[tuple[int, int]], told: Sequence[Proposal]
) -> Proposal | None:
    """The proposal told just before a place of the text, if the same party acts in it."""
    at = bisect_right(order, (start, -1)) - 1
    before = told[order[at][1]] if at >= 0 else None
    same = before is not None and before is not proposal and set(before.actor) == set(proposal.actor)
    return before if same else None


def as_record(reading: Reading) -> Mapping[str, Any]:
    """A reading in the schema of events: one object for the article, a row for each date of an event."""
    rows = [row for proposal, against in reading for row in _rows(proposal, against)]
    date = str(reading.published.date) if reading.published.date is not None else ""
    return {
        "id": reading.name,
        "publication_date": date,
        "publication_date_source": reading.published.found_by
        + (f": {reading.published.evidence}" if reading.published.evidence else ""),
        "register": reading.register,
        "least_confidence": reading.least_confidence,
        "events": rows,
    }


def doubtful_rows(reading: Reading) -> list[dict[str, Any]]:
    """What a reading leaves out for too little confidence, in the schema of events."""
    return [row for proposal in reading.doubtful for row in _told(proposal)]


def _rows(proposal: Proposal, against: AgainstRecord) -> Iterator[dict[str, Any]]:
    """The rows of an event, with how it stands to the record."""
    for row in _told(proposal):
        yield {**row, "dossier": against.dossier, "against_record": _against(against)}


def _told(proposal: Proposal) -> Iterator[dict[str, Any]]:
    quote = proposal.quotes[0]
    for dated in proposal.dates:
        yield {
            "event_id": proposal.id,
            "type": proposal.type,
            "actor": ";".join(proposal.actor),
            "counterpart": ";".join(proposal.counterpart),
            "subject": proposal.subject,
            "status": proposal.status.value,
            "condition": proposal.condition,
            "date": str(dated.date) if dated.date is not None else "",
            "date_role": dated.role,
            "quote_start": quote.start,
            "quote_end": quote.end,
            "quote": quote.text,
            "further_quotes": [[each.start, each.end] for each in proposal.quotes[1:]],
            "attribution": proposal.attribution,
            "confidence": proposal.confidence,
        }


def _against(against: AgainstRecord) -> dict[str, Any]:
    return {
        "state": against.state.value,
        "events": list(against.events),
        "adds": list(against.adds),
        "contradicts": [
            {
                "field": each.field,
                "text": each.text,
                "record": each.record,
                "events": list(each.events),
                "sources": list(each.sources),
            }
            for each in against.contradicts
        ],
        "note": against.note,
    }


def merged(readings: Sequence[Reading]) -> dict[str, tuple[str, ...]]:
    """Events told in several texts: for the first telling of each, the ids of the others.

    Two tellings are one event if they are the same on record, or agree in type, parties,
    status and a date.
    """
    held: dict[tuple[Any, ...], list[str]] = {}
    for reading in readings:
        for proposal, against in reading:
            held.setdefault(_key(proposal, against), []).append(proposal.id)
    return {first: tuple(others) for first, *others in held.values() if others}


def _key(proposal: Proposal, against: AgainstRecord) -> tuple[Any, ...]:
    real = proposal.status.real
    if real and len(against.events) == 1:
        return (proposal.type, against.events[0])
    dates = tuple(sorted(str(dated.date) for dated in proposal.dates if dated.date is not None))
    if not dates:
        return (proposal.id,)
    return (proposal.type, proposal.parties, real or proposal.status, dates)
