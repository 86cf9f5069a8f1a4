"""Rulings of national courts, and of panels of the WTO."""

from __future__ import annotations

from collections.abc import Iterator

from sekisho.reading.frames.assertion import status_in
from sekisho.reading.frames.roles import respondent
from sekisho.reading.frames.scan import Act, Scan
from sekisho.reading.frames.sight import clause_at, governed, word_before, words_of
from sekisho.reading.frames.telling import tell
from sekisho.reading.frames.told import Told
from sekisho.reading.lexicon import Found
from sekisho.reading.parties import Party
from sekisho.reading.status import Status
from sekisho.reading.vocabulary import vocabulary

_NOUN_WITHIN = 3
_NOUN_BEFORE_WITHIN = 5
_VERB_WITHIN = 9
_PANEL_VERB_WITHIN = 8
_SUITS = frozenset({"lawsuit", "lawsuits", "suit", "suits", "case", "cases", "litigation"})
_DEFENDANTS = frozenset({"firm", "country", "government"})


def court_rulings(scan: Scan) -> Iterator[Told]:
    """The ruling of a national court; a sentence tells at most one."""
    for party in scan.parties:
        act = _act_of_court(scan, party) if party.kind == "court" else None
        if act is not None:
            status = status_in(scan, act) if act.verbs else Status.HAPPENED
            if status is Status.DENIED and any(verb.base in {"reject", "dismiss"} for verb in act.verbs):
                status = Status.HAPPENED  # to reject a claim is to rule
            told = tell(
                scan, act, "court_ruling", party.codes, _defendant(scan, party, act), status, None, party
            )
            told.subject = words_of(
                scan, party.first, max(party.last, act.last if not act.verbs else party.last)
            )
            yield told
            return


def _act_of_court(scan: Scan, party: Party) -> Act | None:
    """How a court is said to rule: by a noun, a verb, or as the agent of a passive."""
    clause = clause_at(scan, party.first)
    noun = _noun(scan, party)
    verb = _verb(scan, party, _VERB_WITHIN)
    if word_before(scan, party) == "by":
        ruled = [act for act in scan.acts if act.last <= party.first and act.passive and _rules(act)]
        named = _noun_before(scan, party)
        if named is not None and (not ruled or ruled[-1].first < named.first):
            return Act([], named.first, named.last, "noun", False, clause_at(scan, named.first))
        return ruled[-1] if ruled else None
    if noun is not None and (verb is None or noun.first <= verb.first):
        return Act([], noun.first, noun.last, "noun", False, clause)
    if verb is None or governed(scan, party, clause.first) or scan.tokens[verb.first].lower in _SAYS:
        return None
    return verb


_SAYS = frozenset({"said", "say", "says"})


def _noun(scan: Scan, party: Party) -> Found[list[str]] | None:
    return next(
        (
            found
            for found in scan.things
            if "ruling" in found.value
            and party.last <= found.first <= party.last + _NOUN_WITHIN
            and scan.tokens[found.last - 1].lower not in vocabulary("no_rulings")
        ),
        None,
    )


def _noun_before(scan: Scan, party: Party) -> Found[list[str]] | None:
    """As in "rulings last year by its top court"."""
    near = (
        found
        for found in reversed(scan.things)
        if "ruling" in found.value
        and 0 < party.first - found.last <= _NOUN_BEFORE_WITHIN
        and scan.tokens[found.last - 1].lower not in vocabulary("no_rulings")
    )
    return next(near, None)


def _rules(act: Act) -> bool:
    return act.form != "noun" and any(verb.head == "rule" for verb in act.verbs)


def _verb(scan: Scan, party: Party, within: int) -> Act | None:
    return next(
        (act for act in scan.acts if 0 <= act.first - party.last <= within and _rules(act)),
        None,
    )


def _defendant(scan: Scan, court: Party, act: Act) -> tuple[str, ...]:
    """The country of who must answer: named behind the court, or before what it is the agent of."""
    agent = act.last <= court.first
    for party in scan.parties:
        inside = party.last <= act.first if agent and act.verbs else party.first >= court.last
        codes = tuple(code for code in party.codes if code not in court.codes)
        if inside and codes and party.kind in _DEFENDANTS:
            return codes[:1]
    return ()


def panel_rulings(scan: Scan) -> Iterator[Told]:
    """The ruling of a panel of the WTO or of the Appellate Body; a sentence tells at most one."""
    for place in _panels(scan):
        clause = clause_at(scan, place)
        act = next(
            (
                act
                for act in scan.acts
                if 0 <= act.first - place <= _PANEL_VERB_WITHIN
                and act.clause is clause
                and _rules(act)
                and any(_by_panel(scan, verb.base) for verb in act.verbs if verb.head == "rule")
                and not (scan.tokens[act.first].lower == "rules" and act.first == place)
                and not _decides_to(scan, act)
                and (act.form != "base" or scan.tokens[act.first - 1].lower != "to" or _is_due(scan, act))
            ),
            None,
        )
        if act is not None and not act.clause.conditional:
            status = status_in(scan, act)
            if status is Status.ANNOUNCED and act.form in {"past", "done"}:
                status = Status.HAPPENED  # a ruling that is made known is made
            yield tell(scan, act, "dispute_ruling", ("WTO",), respondent(scan), status, None, None)
            return
    for party in scan.parties:
        noun = _noun(scan, party) if "WTO" in party.codes else None
        if noun is not None and scan.tokens[noun.last - 1].lower not in _SUITS:
            act = Act([], noun.first, noun.last, "noun", False, clause_at(scan, noun.first))
            yield tell(scan, act, "dispute_ruling", ("WTO",), respondent(scan), Status.HAPPENED, noun, party)
            return


def _decides_to(scan: Scan, act: Act) -> bool:
    """Whether what is decided is to do something, not a case: "decided to set up a panel"."""
    following = scan.tokens[min(act.last, len(scan.tokens) - 1)].lower
    return following == "to" and any(verb.base in {"decide", "agree"} for verb in act.verbs)


def _is_due(scan: Scan, act: Act) -> bool:
    """Whether a ruling is to come, and not only what a panel is for: "set up a panel to rule on"."""
    words = {token.lower for token in scan.tokens[act.clause.first : act.first]}
    return (
        not words.isdisjoint({"expected", "due", "scheduled", "likely", "set", "is", "are"})
        and "up" not in words
    )


def _by_panel(scan: Scan, base: str) -> bool:
    """Whether a panel rules by a verb: it may say much, but not that a measure breaks the rules."""
    if base == "say":
        return not vocabulary("breach").isdisjoint(scan.lower.split())
    return base not in vocabulary("not_of_panels")


def _panels(scan: Scan) -> Iterator[int]:
    """Where a panel, a body of the WTO or the WTO itself stands as who may rule."""
    for party in scan.parties:
        if "WTO" in party.codes and not governed(scan, party, clause_at(scan, party.first).first):
            yield party.last
    if scan.seen.disputed:
        yield from (at for at, token in enumerate(scan.tokens) if token.lower in {"panel", "arbitrators"})
