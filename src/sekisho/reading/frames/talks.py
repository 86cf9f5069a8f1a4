"""Talks, summits, visits and joint work."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sekisho.reading.frames.assertion import of_leaders, status_in, turned
from sekisho.reading.frames.roles import all_parties, subject_of
from sekisho.reading.frames.scan import Act, Scan
from sekisho.reading.frames.telling import tell
from sekisho.reading.frames.told import Told
from sekisho.reading.lexicon import Found, Verb
from sekisho.reading.status import Status
from sekisho.reading.vocabulary import vocabulary

_JOINT = vocabulary("joint")


def talks_fit(verb: Verb, kind: str, between: Sequence[str]) -> bool:
    """Whether an act on talks makes an event of a type."""
    if {
        "cabinet",
        "emergency",
        "press",
        "plenary",
        "board",
        "committee",
        "council",
        "news",
        "parliamentary",
        "nsc",
        "cabinet's",
    } & set(between):
        return False
    if (
        verb.base in {"end", "conclude", "open", "begin", "start", "complete", "finish", "join", "have"}
        and len(between) > 4  # noqa: PLR2004
    ):
        return False
    if (
        kind == "talks_suspended"
        and verb.base in {"cut", "cancel", "delay", "put off", "stop"}
        and len(between) > 4  # noqa: PLR2004
    ):
        return False
    return len(between) <= 11 or kind == "talks_resumed"  # noqa: PLR2004


def cooperation_fits(scan: Scan, act: Act, thing: Found[list[str]]) -> bool:
    """Whether a joint body or system begins."""
    words = set(scan.lower.split())
    several = any(len(party.codes) > 1 for party in scan.parties) or bool(words & _JOINT)
    near = abs(thing.first - act.last) <= 10  # noqa: PLR2004
    return (
        several
        and near
        and not {"talks", "negotiations"} & {t.lower for t in scan.tokens[act.last : act.last + 2]}
    )


def meetings(scan: Scan, act: Act) -> Iterator[Told]:
    """Two sides met."""
    subject = subject_of(scan, act)
    codes = all_parties(scan, act, subject.codes if subject is not None else ())
    words = [token.lower for token in scan.tokens[act.last : act.clause.last]]
    if act.form == "ing" and scan.tokens[act.first - 1].lower in {
        "a",
        "the",
        "bilateral",
        "trilateral",
        "first",
        "this",
        "that",
        "their",
    }:
        return
    if (
        not words
        or words[0]
        not in {
            "with",
            "in",
            "on",
            "for",
            "at",
            "to",
            "and",
            "her",
            "his",
            "their",
            "separately",
            "virtually",
            "here",
            "thursday",
            "friday",
            "monday",
            "tuesday",
            "wednesday",
            "saturday",
            "sunday",
            "face",
            "again",
            "earlier",
            "u",
        }
        or len(codes) < 2  # noqa: PLR2004
    ):
        return
    status = status_in(scan, act)
    kind = "summit_held" if of_leaders(scan, act) else "talks_held"
    kind, status = turned(scan, kind, status, act)
    yield tell(scan, act, kind, codes, (), status, None, subject)


def visit_of(scan: Scan, act: Act) -> Told | None:
    """A head of state or government goes to another country."""
    subject = subject_of(scan, act)
    place = next(
        (p for p in scan.parties if act.last <= p.first <= act.last + 3 and p.kind == "country"), None
    )
    if subject is None or not subject.leader or place is None or set(place.codes) <= set(subject.codes):
        return None
    status = status_in(scan, act)
    if status is Status.HAPPENED:
        return None
    return tell(scan, act, "summit_agreed", (*subject.codes, *place.codes), (), status, None, subject)


def visits(scan: Scan) -> Iterator[Told]:
    """A head of state or government is to travel: "prepares his visit to Washington"."""
    for place, token in enumerate(scan.tokens[:-2]):
        if token.lower not in {"visit", "trip"} or scan.tokens[place + 1].lower != "to":
            continue
        clause = next(clause for clause in scan.clauses if clause.first <= place < clause.last)
        guest = next((p for p in reversed(scan.parties) if p.last <= place and p.leader), None)
        host = next((p for p in scan.parties if place < p.first <= place + 4), None)
        words = {scan.tokens[at].lower for at in range(clause.first, place)}
        ahead = words & {
            "prepares",
            "prepare",
            "preparing",
            "will",
            "plans",
            "planned",
            "upcoming",
            "scheduled",
            "pay",
            "announced",
            "ahead",
            "begin",
            "begins",
            "embarks",
            "arranging",
            "considering",
            "agreed",
        }
        if (
            guest is None
            or host is None
            or not ahead
            or set(host.codes) & set(guest.codes)
            or host.kind != "country"
        ):
            continue
        act = Act([], place, place + 1, "noun", False, clause)
        status = (
            Status.CONSIDERED
            if words & {"considering", "arranging", "may", "might", "could"}
            else Status.ANNOUNCED
        )
        yield tell(scan, act, "summit_agreed", (*guest.codes, *host.codes), (), status, None, guest)
        return
