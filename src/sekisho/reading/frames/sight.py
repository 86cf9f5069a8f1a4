"""Simple questions about the places of a sentence."""

from __future__ import annotations

from bisect import bisect_right

from sekisho.reading.clauses import Clause
from sekisho.reading.frames.scan import Act, Scan
from sekisho.reading.parties import Party, owner_of
from sekisho.reading.times import Time
from sekisho.reading.tokens import Token
from sekisho.reading.vocabulary import vocabulary

_OWN_REACH = 8
_REACH = 60
_REACH_BETWEEN = 8
_PREPS = vocabulary("preps")
_BESIDE_NAMES = frozenset({"the", "both", "visiting", "then", "its", "his", "her"})
_TITLES = vocabulary("titles") | {
    "prime",
    "foreign",
    "trade",
    "finance",
    "defense",
    "defence",
    "industry",
    "vice",
}
_TELLING = vocabulary("telling")


def pact_named(scan: Scan) -> bool:
    """Whether the sentence names an agreement."""
    return any("pact" in found.value for found in scan.things)


def agent(scan: Scan, start: int, end: int) -> Party | None:
    """The party behind "by"."""
    return next(
        (
            p
            for p in scan.parties
            if start <= p.first < end
            and p.first > 0
            and (
                scan.tokens[p.first - 1].lower == "by"
                or (scan.tokens[p.first - 1].lower == "the" and scan.tokens[p.first - 2].lower == "by")
            )
            and p.acts
        ),
        None,
    )


def subject_in(scan: Scan, start: int, end: int, *, leading: bool = False) -> Party | None:
    """The nearest party before a place that no preposition governs; the first, if leading."""
    found: Party | None = None
    for party in scan.parties:
        if not (start <= party.first and party.last <= end):
            continue
        owns = owner_of(scan.tokens, party)
        if owns and not leading and end - party.last <= _OWN_REACH:
            found = party
            continue
        if party.form == "own" and not owns:
            continue
        if party.form == "adjective" or party.kind in {"firm", "goods", "people"}:
            continue
        if governed(scan, party, start):
            continue
        if leading:
            return party
        found = found if found is not None and party.first - found.last <= 2 else party  # noqa: PLR2004
    return found


def governed(scan: Scan, party: Party, start: int) -> bool:
    """Whether a preposition governs a party."""
    at = party.first - 1
    while at >= start and (scan.tokens[at].lower in _BESIDE_NAMES or _is_title(scan, at, party)):
        at -= 1
    if at < start or at < 0:
        return False
    word = scan.tokens[at].lower
    if word == "of":
        return scan.tokens[at - 1].lower not in {
            "officials",
            "ministers",
            "leaders",
            "government",
            "governments",
            "ministry",
            "representatives",
            "president",
            "minister",
            "diplomats",
            "delegations",
            "envoys",
            "chiefs",
            "office",
            "cabinet",
            "parliament",
        }
    if word in _TELLING:
        return True  # "notified Tokyo of its intent": who is told, not who acts
    if word == "and":
        beside = next((other for other in scan.parties if 0 <= at - other.last <= 1), None)
        between = any(token.lower == "between" for token in scan.tokens[max(start, at - _REACH_BETWEEN) : at])
        return between or (at > start and beside is not None and governed(scan, beside, start))
    return word in _PREPS


def _is_title(scan: Scan, place: int, party: Party) -> bool:
    """Whether a word is of the title of a person: "with Prime Minister Fumio Kishida"."""
    token = scan.tokens[place]
    return party.kind in {"person", "government"} and token.lower in _TITLES


def word_before(scan: Scan, party: Party) -> str:
    """The word before a party."""
    at = party.first - 1
    while at >= 0 and (
        scan.tokens[at].lower in {"the", "both", "its", "then", "former", "new", "visiting"}
        or _is_title(scan, at, party)
    ):
        at -= 1
    return scan.tokens[at].lower if at >= 0 else ""


def words_of(scan: Scan, first: int, last: int) -> str:
    """The words between two places, as they stand in the text."""
    return scan.seen.text[scan.tokens[first].start : scan.tokens[last - 1].end]


def within(scan: Scan, time: Time, clause: Clause) -> bool:
    """Whether a time stands in a clause."""
    return scan.tokens[clause.first].start <= time.start < scan.tokens[clause.last - 1].end


def ended_by(scan: Scan, offset: int) -> int:
    """How many tokens of the sentence end at an offset or before it."""
    return bisect_right(scan.tokens, offset, key=_end)


def words_before(scan: Scan, time: Time) -> str:
    """The words before a time."""
    found = scan.before.get(time.start)
    if found is None:
        place = ended_by(scan, time.start + 2)
        found = " ".join(token.lower for token in scan.tokens[max(0, place - _REACH) : place])[-_REACH:]
        scan.before[time.start] = found
    return found


def _end(token: Token) -> int:
    return token.end


def clause_at(scan: Scan, place: int) -> Clause:
    """The clause in which a token stands; the last one for a place behind the sentence."""
    return next((clause for clause in scan.clauses if clause.first <= place < clause.last), scan.clauses[-1])


def reported_from(scan: Scan, act: Act) -> int:
    """Where the clause of an act begins, or the one that reports it: "reports said that"."""
    at = scan.clauses.index(act.clause)
    return scan.clauses[at - 1].first if act.clause.opener == "that" and at else act.clause.first
