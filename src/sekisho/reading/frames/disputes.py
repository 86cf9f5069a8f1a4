"""Disputes before the WTO, and rulings of courts and panels."""

from __future__ import annotations

from collections.abc import Iterator

from sekisho.reading.frames.assertion import status_in
from sekisho.reading.frames.roles import respondent
from sekisho.reading.frames.scan import Act, Scan
from sekisho.reading.frames.sight import governed, words_of
from sekisho.reading.frames.telling import tell
from sekisho.reading.frames.told import Told
from sekisho.reading.lexicon import Found
from sekisho.reading.status import Status


def before_wto(scan: Scan, thing: Found[list[str]]) -> bool:
    """Whether a complaint is one before the WTO."""
    plain = thing.last - thing.first == 1
    words = set(scan.lower.split())
    legal = bool(words & {"wto"}) or " world trade organi" in scan.lower
    return legal or (
        scan.seen.disputed
        and (not plain or scan.tokens[thing.first].lower.startswith(("complaint", "dispute")))
    )


def court_rulings(scan: Scan) -> Iterator[Told]:
    """Rulings of national courts and of the panels of the WTO."""
    for party in scan.parties:
        if party.kind != "court":
            continue
        clause = next(clause for clause in scan.clauses if clause.first <= party.first < clause.last)
        noun = next(
            (
                f
                for f in scan.things
                if "ruling" in f.value
                and party.last <= f.first <= party.last + 3
                and scan.tokens[f.last - 1].lower
                not in {"report", "lawsuit", "finding", "appeal", "decision"}
            ),
            None,
        )
        verb = next(
            (
                a
                for a in scan.acts
                if a.first >= party.last
                and a.first - party.last <= 9  # noqa: PLR2004
                and any(v.head == "rule" for v in a.verbs)
                and a.form != "noun"
                and a.clause.first <= a.first
            ),
            None,
        )
        if noun is None and (verb is None or governed(scan, party, clause.first)):
            continue
        act = (
            verb
            if noun is None or (verb is not None and verb.first < noun.first)
            else Act([], noun.first, noun.last, "noun", False, clause)
        )
        if act is None or (act.verbs and scan.tokens[act.first].lower in {"said", "say", "says"}):
            continue
        status = status_in(scan, act) if act.verbs else Status.HAPPENED
        if status is Status.DENIED and any(v.base in {"reject", "dismiss"} for v in act.verbs):
            status = Status.HAPPENED
        defendant = tuple(
            dict.fromkeys(
                c
                for p in scan.parties
                if p.first >= party.last and p.kind in {"firm", "country", "government"}
                for c in p.codes
                if c not in party.codes
            )
        )[:1]
        told = tell(scan, act, "court_ruling", party.codes, defendant, status, None, party)
        told.subject = words_of(scan, party.first, max(party.last, noun.last if noun else party.last))
        yield told
        return


def panel_rulings(scan: Scan) -> Iterator[Told]:
    """A panel or the Appellate Body of the WTO ruled."""
    for party in scan.parties:
        if "WTO" not in party.codes or party.first >= len(scan.tokens):
            continue
        clause = next(clause for clause in scan.clauses if clause.first <= party.first < clause.last)
        near = {token.lower for token in scan.tokens[party.last : party.last + 5]}
        noun = next(
            (
                f
                for f in scan.things
                if "ruling" in f.value
                and party.last <= f.first <= party.last + 3
                and scan.tokens[f.first].lower not in {"report", "appeal", "lawsuit", "decision"}
            ),
            None,
        )
        verb = next(
            (
                a
                for a in scan.acts
                if party.last <= a.first <= party.last + 6
                and a.clause is clause
                and any(
                    v.head == "rule" and v.base not in {"say", "grant", "hold", "adopt", "issue"}
                    for v in a.verbs
                )
                and a.form != "noun"
            ),
            None,
        )
        if not ((near & {"panel", "body", "judges", "arbitrators"} and verb is not None) or noun is not None):
            continue
        act = (
            verb
            if verb is not None
            else Act([], noun.first, noun.last, "noun", False, clause)
            if noun is not None
            else None
        )
        if act is None or (governed(scan, party, clause.first) and noun is None):
            continue
        status = status_in(scan, act) if act.verbs else Status.HAPPENED
        told = tell(scan, act, "dispute_ruling", ("WTO",), respondent(scan), status, noun, party)
        yield told
        return
