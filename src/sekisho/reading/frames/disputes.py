"""Disputes before the WTO, and rulings of courts and panels."""

from __future__ import annotations

from sekisho.reading.frames.actors import subject_of
from sekisho.reading.frames.assertion import status_in
from sekisho.reading.frames.pairing import Pairing
from sekisho.reading.frames.roles import elsewhere
from sekisho.reading.frames.scan import Act, Scan
from sekisho.reading.frames.sight import clause_at
from sekisho.reading.frames.telling import tell
from sekisho.reading.frames.told import Told

_ASKED_WITHIN = 9
_TAKEN_WITHIN = 4
_CASES = frozenset({"case", "suit", "lawsuit", "petition", "litigation", "proceedings"})
_ASKS_BASE = frozenset({"request", "demand", "ask", "seek", "call"})
_ASKS = _ASKS_BASE | {
    "requested",
    "requests",
    "requesting",
    "demanded",
    "demands",
    "asked",
    "asks",
    "sought",
    "seeks",
}


def before_wto(pair: Pairing) -> bool:
    """Whether a complaint is one before the WTO."""
    following = {token.lower for token in pair.scan.tokens[pair.thing.last : pair.thing.last + 4]}
    if pair.verb.base in {"take", "bring"} and following.isdisjoint({"to", "before"}):
        return False
    if pair.first_word.startswith("dispute") and pair.verb.base in {"end", "close"}:
        return False  # a dispute ends by many ways
    if "wto" in pair.words or " world trade organi" in pair.scan.lower:
        return True
    goes_on = pair.verb.head in {"suspend", "resume", "retract"} and pair.first_word in _CASES
    told = not pair.plain or goes_on or pair.first_word.startswith(("complaint", "dispute"))
    return pair.scan.seen.disputed and told


def gone_to_wto(scan: Scan, act: Act) -> Told | None:
    """A complaint told as a way: "had gone to the WTO"."""
    there = any("WTO" in p.codes and act.last <= p.first <= act.last + _TAKEN_WITHIN for p in scan.parties)
    subject = subject_of(scan, act) if there else None
    if subject is None or "WTO" in subject.codes:
        return None
    taken = next((p for p in scan.parties if p.first == act.last), None)
    at = taken.codes if taken is not None and "WTO" not in taken.codes else elsewhere(scan, subject.codes)
    return tell(scan, act, "dispute_filed", subject.codes, at, status_in(scan, act), None, subject)


def panel_asked(scan: Scan, act: Act) -> Act | None:
    """The act of asking for a panel, if it is only asked for: "requested the establishment of a panel"."""
    for place in range(act.first - 1, max(-1, act.first - _ASKED_WITHIN), -1):
        if scan.tokens[place].lower in _ASKS:
            clause = clause_at(scan, place)
            form = "base" if scan.tokens[place].lower in _ASKS_BASE else "past"
            return Act(act.verbs, place, act.last, form, False, clause, match=act.match)
    return None
