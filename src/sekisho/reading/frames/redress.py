"""Compensation of victims, boycotts and bans on imports told as nouns."""

from __future__ import annotations

from collections.abc import Iterator

from sekisho.reading.frames.actors import subject_of
from sekisho.reading.frames.assertion import status_in
from sekisho.reading.frames.pairing import Pairing
from sekisho.reading.frames.roles import elsewhere
from sekisho.reading.frames.scan import Act, Scan
from sekisho.reading.frames.telling import tell
from sekisho.reading.frames.told import Told
from sekisho.reading.status import Status
from sekisho.reading.vocabulary import vocabulary

_COURT_WITHIN = 3


def not_by_court(pair: Pairing) -> bool:
    """Whether a plan to compensate is a state's own, not what a court orders."""
    first = pair.act.first
    return not any(
        party.kind == "court" and 0 <= first - party.last <= _COURT_WITHIN for party in pair.scan.parties
    )


def compensating(scan: Scan, act: Act) -> Iterator[Told]:
    """A state plans that victims are paid: "plans for its companies to compensate"."""
    words = [scan.tokens[place].lower for place in range(act.clause.first, act.first)]
    planned = {
        "plan",
        "plans",
        "decision",
        "decided",
        "agreed",
        "scheme",
        "announced",
        "proposal",
        "solution",
        "foundation",
        "proposed",
        "fund",
    } & set(words)
    bound = {
        "ordered",
        "ordering",
        "order",
        "must",
        "ruled",
        "ruling",
        "orders",
        "liable",
        "refused",
        "failed",
    } & set(words)
    meant = not vocabulary("victims").isdisjoint(scan.lower.split())
    if not planned or bound or not meant or any(party.kind == "court" for party in scan.parties):
        return
    subject = subject_of(scan, act)
    actor = subject.codes if subject is not None else ()
    status = status_in(scan, act)
    if status is Status.HAPPENED:
        status = Status.ANNOUNCED
    yield tell(scan, act, "compensation_plan", actor, elsewhere(scan, actor), status, None, subject)
