"""A proposal held against the record: on record, contradicted by it, or new to it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sekisho.dates import PartialDate
from sekisho.model import Event
from sekisho.reading.claims import KINDS, Contradiction, Telling, is_like, of_date, of_passage, overlap
from sekisho.reading.proposal import Dated, Proposal
from sekisho.reading.status import Status
from sekisho.reading.subjects import dossier_of
from sekisho.register.register import Register

DECIDED = {
    "dispute_withdrawn": "statement_made",
    "country_list_reinstated": "plan_announced",
    "agreement_normalised": "statement_made",
}
_UNREAL = {
    "agreement_termination_notice": ("statement_made",),
    "country_list_reinstated": ("plan_announced", "procedure_opened"),
    "country_list_removed": ("procedure_opened",),
    "export_control_tightened": ("procedure_opened",),
}
_ALSO = re.compile(
    r"^\W*(?:it|they|the (?:country|government|ministry)|tokyo|seoul|\w+)\s+also\b", re.IGNORECASE
)


class Against(StrEnum):
    """How a proposal stands to the record."""

    ON_RECORD = "on_record"
    CONTRADICTS = "contradicts"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class AgainstRecord:
    """A proposal held against the register.

    Attributes:
        dossier: The dossier it belongs to; empty if none was found.
        events: The events on record that it tells, or may tell.
        adds: What the record would gain: "source", "closer date: ...".
        note: What stands between the text and the record without contradicting it.
    """

    state: Against
    dossier: str = ""
    events: tuple[str, ...] = ()
    adds: tuple[str, ...] = ()
    contradicts: tuple[Contradiction, ...] = ()
    note: str = ""


def hold(
    telling: Telling, register: Register, published: PartialDate | None, known_on: dt.date | None = None
) -> AgainstRecord:
    """Holds a proposal against the register as known on a day."""
    proposal = telling.proposal
    words = f"{proposal.sentence} {proposal.subject.lower()}"
    name = dossier_of(proposal.type, proposal.actor, proposal.counterpart, words, register)
    if name is None:
        return AgainstRecord(Against.NEW)
    events = [
        event for event in register.dossier(name).events if known_on is None or event.known_from <= known_on
    ]
    latest = known_on or max(event.known_from for event in register.events.values())
    found = linked(proposal, events, published)
    contradictions = [*of_passage(telling, name, events, register, published)]
    if found is None:
        contradictions = [*of_date(telling, name, events, register, latest), *contradictions]
    note = _note(telling, found or (), register)
    if contradictions:
        shown = found or tuple(dict.fromkeys(event for each in contradictions for event in each.events))
        return AgainstRecord(Against.CONTRADICTS, name, shown, (), tuple(contradictions), note)
    if found is None:
        return AgainstRecord(Against.NEW, name)
    return AgainstRecord(Against.ON_RECORD, name, found, tuple(_adds(proposal, found, register)), (), note)


def linked(
    proposal: Proposal, events: Sequence[Event], published: PartialDate | None
) -> tuple[str, ...] | None:
    """The events on record that the proposal tells; ``None`` if there is none."""
    if not proposal.status.real:
        return _stated(proposal, events)
    kinds = KINDS.get(proposal.type, (proposal.type,))
    likely = [event for event in events if is_like(proposal, event)]
    if proposal.status is Status.ANNOUNCED and proposal.type in DECIDED:
        likely += [event for event in events if event.kind == DECIDED[proposal.type] and _by(proposal, event)]
    dated = [event for event in likely if _dated_like(proposal, event)]
    if dated:
        return tuple(event.id for event in _nearest(proposal, dated))
    if any(date.date is not None and not date.by_report for date in proposal.dates):
        return None
    past = [
        event
        for event in likely
        if event.kind in kinds and (published is None or event.moments[0][1].first <= published.last)
    ]
    return tuple(event.id for event in past) or None


def _stated(proposal: Proposal, events: Sequence[Event]) -> tuple[str, ...] | None:
    """The statement on record that something may be done; an event that was accepted as one, too."""
    kinds = _UNREAL.get(proposal.type, ("statement_made",))
    dated = any(each.date is not None for each in proposal.dates)
    stated = [
        event
        for event in events
        if (event.kind in kinds and _dated_like(proposal, event))
        or (_accepted_as(event, proposal) and (not dated or _dated_like(proposal, event)))
    ]
    return (stated[0].id,) if stated else None


def _accepted_as(event: Event, proposal: Proposal) -> bool:
    """Whether an event of an overlay is a statement accepted from a text that tells the same."""
    return event.kind == "statement_made" and event.summary.startswith(
        f"{proposal.type}, {proposal.status.value}: "
    )


def _by(proposal: Proposal, event: Event) -> bool:
    return not event.by or bool(proposal.parties & {*event.by})


def _dated_like(proposal: Proposal, event: Event) -> bool:
    """Whether a date of the proposal fits a moment of the event."""
    return any(
        dated.date is not None and overlap(dated.date, moment) and _fits(proposal, dated, event, name, moment)
        for dated in proposal.dates
        for name, moment in event.moments
    )


def _fits(proposal: Proposal, dated: Dated, event: Event, name: str, moment: PartialDate) -> bool:
    """Whether a day of announcing is held against the day of effect only where they are one."""
    if dated.role != "announced" or proposal.status is not Status.ANNOUNCED or name != "effective":
        return True
    early = event.announced is None or event.announced == event.effective
    return len(event.moments) == 1 or not moment.is_day or early


def _nearest(proposal: Proposal, events: Sequence[Event]) -> Sequence[Event]:
    """Of several events that fit, those that fit to the day, if there are any."""
    days = {dated.date for dated in proposal.dates if dated.date is not None and dated.date.is_day}
    exact = [event for event in events if any(date in days for _, date in event.moments)]
    return exact or events


def _adds(proposal: Proposal, found: Sequence[str], register: Register) -> Iterator[str]:
    """What the record would gain from the text."""
    yield "source"
    for moment, date in register.events[found[0]].moments if found else ():
        for dated in proposal.dates:
            closer = dated.date is not None and len(str(dated.date)) > len(str(date))
            if dated.date is not None and closer and overlap(dated.date, date):
                yield f"closer date: {moment} {dated.date}, on record {date}"


def _note(telling: Telling, found: Sequence[str], register: Register) -> str:
    """An act told in one breath with another that the record dates apart: "it also removed"."""
    if not found or any(dated.date is not None for dated in telling.proposal.dates):
        return ""
    event = register.events[found[0]]
    for sentence, before in zip(telling.sentences, telling.before, strict=False):
        dates = [dated.date for dated in before.dates if dated.date is not None] if before is not None else []
        if before is None or not dates or not _ALSO.search(sentence):
            continue
        if not any(overlap(dates[0], when) for _, when in event.moments):
            moments = ", ".join(f"{name} {when}" for name, when in event.moments)
            told = f"told together with {before.type} of {dates[0]}, without a date of its own"
            return f"{told}; the record holds two acts, this one {moments}"
    return ""
