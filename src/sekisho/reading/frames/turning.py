"""The types that a status turns into others: talks to come are agreed, not renewing a pact is ending it."""

from __future__ import annotations

from collections.abc import Collection

from sekisho.reading.frames.roles import chain_of
from sekisho.reading.frames.scan import Act, Scan
from sekisho.reading.frames.sight import reported_from, within
from sekisho.reading.status import Status
from sekisho.reading.vocabulary import vocabulary

_NEAR = 32
_NOTIFIES = frozenset({"notified", "notify", "notifies", "notifying", "informed", "ordered"})
_NOTICES = frozenset({"notice", "notification", "letter"})
_GIVEN = frozenset({"gave", "given", "served", "sent", "submitted", "delivered", "handed"})
_OPEN = frozenset({"may", "might", "could", "considering", "consider", "whether", "not", "plans", "should"})
_WILLING = frozenset({"willing", "ready", "open", "urged", "asked", "hopes", "wants"})


def is_decided(scan: Scan, act: Act) -> bool:
    """Whether the act is governed by a word of deciding."""
    words = [scan.tokens[place].lower for place in chain_of(scan, act)]
    return bool({"decided", "decision", "decides", "agreed", "chose", "opted", "will"} & set(words))


def turned(scan: Scan, kind: str, status: Status, act: Act) -> tuple[str, Status]:
    """Types that the status turns into others: talks to come are agreed; not renewing is ending."""
    if kind.startswith(("talks", "summit")):
        return _turned_talks(scan, kind, status, act)
    if kind.startswith("agreement"):
        return _turned_pact(scan, kind, status, act)
    if kind == "compensation_plan" and status is Status.HAPPENED:
        return kind, Status.ANNOUNCED
    return kind, status


def _turned_talks(scan: Scan, kind: str, status: Status, act: Act) -> tuple[str, Status]:
    """Talks of leaders are a summit; talks that did not take place yet, or not at all, were agreed or not."""
    if kind == "talks_held" and of_leaders(scan, act):
        kind = "summit_held"
    if status is Status.HAPPENED and _is_to_come(scan, act):
        status = Status.ANNOUNCED
    agreed = _says(scan, act, {"agreed", "agree", "agrees"})
    to_come = status not in {Status.HAPPENED, Status.DENIED} or (status is Status.DENIED and agreed)
    if kind.endswith("_held") and to_come:
        kind = kind.replace("_held", "_agreed")
    if kind == "talks_resumed" and status is Status.ANNOUNCED and agreed:
        kind = "summit_agreed" if _of_visits(scan, act) else "talks_agreed"
    if kind.endswith("_agreed") and status is Status.HAPPENED:
        status = Status.ANNOUNCED
    return kind, status


def _of_visits(scan: Scan, act: Act) -> bool:
    """Whether what resumes is that leaders visit each other."""
    thing = act.match[1] if act.match is not None else None
    return thing is not None and scan.tokens[thing.first].lower == "shuttle"


def _is_to_come(scan: Scan, act: Act) -> bool:
    """Whether the present is of a time to come: "when they meet next month"."""
    times = (time for time in scan.times if within(scan, time, act.clause))
    by = act.form in {"past", "done"} and scan.tokens[min(act.last, len(scan.tokens) - 1)].lower == "by"
    return (by or act.form in {"base", "s"}) and any(
        time.get("w") in {"next", "coming", "the coming"} or time.get("rd") == "tomorrow" for time in times
    )


def _turned_pact(scan: Scan, kind: str, status: Status, act: Act) -> tuple[str, Status]:
    """A decision to end an agreement is the notice; a decision not to end it, its suspension."""
    if kind == "agreement_renewed" and status is Status.DENIED:
        decided = _says(scan, act, {"decided", "decision", "decides", "announced"}) or _is_notified(scan, act)
        return "agreement_termination_notice", Status.HAPPENED if decided else Status.ANNOUNCED
    if kind == "agreement_terminated" and act.form == "s" and status is Status.HAPPENED:
        return kind, Status.ANNOUNCED
    if kind == "agreement_termination_suspended":
        if status.real and scan.tokens[act.first].lower in vocabulary("takes_back"):
            return "agreement_normalised", Status.HAPPENED
        return kind, Status.HAPPENED if status is Status.ANNOUNCED else status
    return _turned_notice(scan, status, act) if kind == "agreement_termination_notice" else (kind, status)


def _turned_notice(scan: Scan, status: Status, act: Act) -> tuple[str, Status]:
    """A notice that is rethought or decided against is suspended; one who has left has ended it."""
    kind = "agreement_termination_notice"
    if _says(scan, act, vocabulary("rethinks")):
        return "agreement_termination_suspended", status
    if _says(scan, act, vocabulary("takes_back")):
        return _taken_back_notice(scan, status, act)
    if status is Status.HAPPENED and _left_for_good(scan, act):
        return "agreement_terminated", status
    if status is Status.DENIED and _says(scan, act, {"decided", "decision", "agreed"}):
        return "agreement_termination_suspended", Status.HAPPENED
    notified = _is_notified(scan, act)
    if status is Status.CONSIDERED and notified and not _says(scan, act, _OPEN):
        return kind, Status.HAPPENED
    decided = notified or _says(scan, act, {"decided", "decision", "decides", "announced"})
    return kind, Status.HAPPENED if status is Status.ANNOUNCED and decided else status


def _taken_back_notice(scan: Scan, status: Status, act: Act) -> tuple[str, Status]:
    """A notice that was taken back leaves the agreement as before; one that may be is suspended."""
    if status in {Status.DENIED, Status.CONDITIONAL} or _says(scan, act, _OPEN | _WILLING):
        return "agreement_termination_suspended", status
    return "agreement_normalised", Status.HAPPENED


def _is_notified(scan: Scan, act: Act) -> bool:
    """Whether notice is given of the act, in its clause or in the one that reports it."""
    words = {token.lower for token in scan.tokens[reported_from(scan, act) : act.first]}
    return not words.isdisjoint(_NOTIFIES) or not (words.isdisjoint(_NOTICES) or words.isdisjoint(_GIVEN))


def _says(scan: Scan, act: Act, words: Collection[str]) -> bool:
    """Whether one of some words governs the act."""
    return any(scan.tokens[place].lower in words for place in chain_of(scan, act))


def _left_for_good(scan: Scan, act: Act) -> bool:
    """Whether a party is out of an agreement: "formally abandoned the treaty", not "decided to leave"."""
    near = {token.lower for token in scan.tokens[max(0, act.first - 2) : act.last + 2]}
    return (
        act.form in {"past", "s", "done"}
        and "formally" in near
        and not any("notice" in thing.value for thing in scan.things)
        and not _says(scan, act, {"decided", "announced", "said", "notified", "ordered"})
    )


def of_leaders(scan: Scan, act: Act) -> bool:
    """Whether heads of two countries stand near the act."""
    if not {"leaders", "presidents"}.isdisjoint(t.lower for t in scan.tokens[act.clause.first : act.first]):
        return True
    own = act.match[1].first if act.match is not None else act.first
    others = (thing.first for thing in scan.things if {"talks", "summit"} & set(thing.value))
    stop = min((first for first in others if first > max(own, act.first)), default=len(scan.tokens))
    near = [p for p in scan.parties if p.leader and abs(p.first - act.first) < _NEAR and p.first < stop]
    return len({code for party in near for code in party.codes}) > 1
