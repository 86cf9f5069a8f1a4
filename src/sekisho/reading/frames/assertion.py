"""What a sentence asserts of an act, and the types that this turns into others."""

from __future__ import annotations

from collections.abc import Iterator

from sekisho.reading.clauses import Clause
from sekisho.reading.frames.roles import chain_of
from sekisho.reading.frames.scan import Act, Scan
from sekisho.reading.frames.sight import subject_in
from sekisho.reading.status import Status, status_of

_FAR = 16


def is_decided(scan: Scan, act: Act) -> bool:
    """Whether the act is governed by a word of deciding."""
    words = [scan.tokens[place].lower for place in chain_of(scan, act)]
    return bool({"decided", "decision", "decides", "agreed", "chose", "opted", "will"} & set(words))


def turned(scan: Scan, kind: str, status: Status, act: Act) -> tuple[str, Status]:  # noqa: C901
    """Types that the status turns into others: talks to come are agreed; not renewing is ending."""
    if kind == "talks_held" and status is not Status.HAPPENED and status is not Status.DENIED:
        kind = "talks_agreed"
    if kind == "summit_held" and status is not Status.HAPPENED and status is not Status.DENIED:
        kind = "summit_agreed"
    if kind in {"talks_agreed", "summit_agreed", "compensation_plan"} and status is Status.HAPPENED:
        status = Status.ANNOUNCED
    if kind == "talks_held" and of_leaders(scan, act):
        kind = "summit_held"
    if (
        kind == "talks_held"
        and status is Status.DENIED
        and any(scan.tokens[place].lower in {"agreed", "agree"} for place in chain_of(scan, act))
    ):
        kind = "talks_agreed"
    if kind == "agreement_renewed" and status is Status.DENIED:
        words = [scan.tokens[place].lower for place in chain_of(scan, act)]
        decided = {"decided", "decision", "announced", "decides"} & set(words)
        return "agreement_termination_notice", Status.HAPPENED if decided else Status.ANNOUNCED
    if kind == "agreement_termination_notice" and status is Status.DENIED:
        words = [scan.tokens[place].lower for place in chain_of(scan, act)]
        if {"decided", "decision", "agreed"} & set(words):
            return "agreement_termination_suspended", Status.HAPPENED
    if (
        kind == "agreement_termination_notice"
        and status is Status.ANNOUNCED
        and any(
            scan.tokens[place].lower in {"decided", "announced", "decision", "decides"}
            for place in chain_of(scan, act)
        )
    ):
        status = Status.HAPPENED
    if kind == "agreement_termination_suspended" and status is Status.ANNOUNCED:
        status = Status.HAPPENED
    return kind, status


def of_leaders(scan: Scan, act: Act) -> bool:
    """Whether heads of two countries stand near the act."""
    near = [p for p in scan.parties if p.leader and abs(p.first - act.first) < 2 * _FAR]
    return len({code for party in near for code in party.codes}) > 1


def as_kept(status: Status) -> Status:
    """The status of easing what is told to be kept."""
    return Status.CONSIDERED if status in {Status.CONSIDERED, Status.CONDITIONAL} else Status.DENIED


def status_in(scan: Scan, act: Act) -> Status:
    """What the sentence asserts of an act."""
    chain = chain_of(scan, act)
    before = next((clause for clause in reversed(scan.clauses) if clause.last == act.clause.first), None)
    if act.clause.opener == "that" and before is not None:
        chain = [*governors(scan, before), *chain]
    elif (
        not subject_in(scan, act.clause.first, act.first)
        and act.clause.opener in {"and", "but", "or"}
        and before is not None
    ) and act.form == "base":
        first = subject_in(scan, before.first, before.last, leading=True)
        chain = [*range(first.last if first is not None else before.first, before.last), *chain]
    conditional = any(
        clause.conditional and clause is not act.clause and governs(clause, act.clause)
        for clause in scan.clauses
    ) or (
        " depending on " in scan.lower
        and bool({"can", "could", "may", "might", "will", "possible"} & set(scan.lower.split()))
    )
    if act.reduced:
        return Status.HAPPENED
    found = status_of(scan.tokens, chain, act.form, conditional=conditional, headline=scan.headline)
    if found is Status.HAPPENED and act.form == "noun":
        found = noun_status(scan, act)
    return found


def governors(scan: Scan, clause: Clause) -> Iterator[int]:
    """Words of the reporting clause that weigh on what it reports."""
    weigh = {
        "denied",
        "denies",
        "threatened",
        "warned",
        "considering",
        "hopes",
        "hope",
        "expects",
        "expected",
        "proposed",
        "urged",
        "demanded",
        "asked",
        "suggested",
        "hinted",
        "might",
        "may",
        "could",
        "possible",
        "possibility",
        "recommended",
        "speculation",
        "hoped",
    }
    words = {token.lower for token in scan.tokens[clause.first : clause.last]}
    if words & {"mean", "means"}:
        weigh |= {"not", "doesn't", "n't"}
    return (place for place in range(clause.first, clause.last) if scan.tokens[place].lower in weigh)


def governs(condition: Clause, clause: Clause) -> bool:
    """Whether a condition governs a clause: it stands next to it."""
    return condition.last == clause.first or clause.last == condition.first


def noun_status(scan: Scan, act: Act) -> Status:
    """An act told as a noun: what its clause says of it behind it."""
    words = [token.lower for token in scan.tokens[act.last : act.clause.last]]
    if {"would", "will", "could", "may", "might"} & set(words[:12]):
        return Status.CONSIDERED if {"could", "may", "might", "would"} & set(words[:12]) else Status.ANNOUNCED
    chain = {scan.tokens[place].lower for place in chain_of(scan, act)}
    if chain & {"for", "on", "about", "toward"} and chain & {
        "talks",
        "discussions",
        "discussion",
        "consultations",
        "negotiations",
        "discussing",
        "call",
        "calling",
        "calls",
        "called",
    }:
        return Status.CONSIDERED
    return Status.HAPPENED
