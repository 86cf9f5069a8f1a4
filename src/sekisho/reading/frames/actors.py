"""Who does an act: its owner, its agent, its subject, or who is quoted; in this order of trust."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from sekisho.reading.frames.scan import Act, Scan
from sekisho.reading.frames.sight import agent, subject_in
from sekisho.reading.parties import Party
from sekisho.reading.status import asked
from sekisho.reading.vocabulary import vocabulary

_SAID = vocabulary("said")
_ORDERING = vocabulary("ordering")
_RELATIVES = frozenset({"which", "who", "that", "whose"})
_FIRST_PERSON = frozenset({"we", "our", "i"})
_BEFORE_GERUND = frozenset(
    {"by", "after", "before", "in", "while", "when", "since", "upon", "without", "besides", "on"}
)
_OPENS_WITHIN = 2
_PRONOUN_WITHIN = 3
_FAR, _AGENT_WITHIN, _OWNER_WITHIN, _THING_WITHIN = 16, 10, 3, 2


def subject_of(scan: Scan, act: Act) -> Party | None:
    """The party that does the act: in its clause, or in those before it."""
    if act.form == "noun" and (found := _first(scan, act, (_owner, _agent_far, _orderer))) is not None:
        return found
    if act.form in {"past", "done"} and (by := _agent_near(scan, act)) is not None:
        return by
    if act.passive or act.reduced or any(verb.head == "effect" for verb in act.verbs):
        return _owner_of_thing(scan, act)
    return _first(
        scan,
        act,
        (_asked, _inside, _quoting, _by_pronoun, _behind_gerund, _antecedent, _from_before, quoted_party),
    )


_Rule = Callable[[Scan, Act], Party | None]


def _first(scan: Scan, act: Act, rules: Iterable[_Rule]) -> Party | None:
    return next((found for rule in rules if (found := rule(scan, act)) is not None), None)


def _owner(scan: Scan, act: Act) -> Party | None:
    """As in "Japan's removal of": the possessive right before an act told as a noun."""
    for party in reversed(scan.parties):
        if 0 <= act.first - party.last <= _OWNER_WITHIN and party.form in {"own", "adjective"}:
            return party
    return None


def _agent_far(scan: Scan, act: Act) -> Party | None:
    return agent(scan, act.last, min(act.clause.last, act.last + _FAR))


def _agent_near(scan: Scan, act: Act) -> Party | None:
    return agent(scan, act.last, min(act.clause.last, act.last + _AGENT_WITHIN))


def _orderer(scan: Scan, act: Act) -> Party | None:
    """As in "Seoul announced the termination of": who orders what is told as a noun."""
    ordering = [at for at in range(act.clause.first, act.first) if scan.tokens[at].lower in _ORDERING]
    return subject_in(scan, act.clause.first, ordering[0]) if ordering else None


def _owner_of_thing(scan: Scan, act: Act) -> Party | None:
    """As in "Japan's curbs were lifted": whose thing a passive is about."""
    for party in reversed(scan.parties):
        before = act.clause.first <= party.first and party.last <= act.first
        if before and party.form in {"own", "adjective"} and _owns_thing(scan, party):
            return party
    return None


def _owns_thing(scan: Scan, party: Party) -> bool:
    return any(0 <= thing.first - party.last <= _THING_WITHIN for thing in scan.things)


def _asked(scan: Scan, act: Act) -> Party | None:
    """As in "urged Tokyo to lift": who is asked to act."""
    asking = asked(scan.tokens, range(act.clause.first, act.first))
    if asking is None:
        return None
    told = (p for p in scan.parties if asking < p.first < act.first and p.acts and p.form != "own")
    return next(told, None)


def _inside(scan: Scan, act: Act) -> Party | None:
    return subject_in(scan, act.clause.first, act.first)


def _quoting(scan: Scan, act: Act) -> Party | None:
    """As in "we will lift": who spoke last."""
    words = {token.lower for token in scan.tokens[act.clause.first : act.first]}
    if not words & _FIRST_PERSON or not scan.seen.speaker:
        return None
    return Party(scan.seen.speaker, act.clause.first, act.clause.first, "pointer", "government")


def _by_pronoun(scan: Scan, act: Act) -> Party | None:
    """As in "In June, however, it refiled the suit": "it" is who acted in the sentence before."""
    words = [token.lower for token in scan.tokens[act.clause.first : act.first]]
    before = any(party.acts and party.last <= act.first for party in scan.parties)
    if before or {"it", "they"}.isdisjoint(words[-_PRONOUN_WITHIN:]) or not scan.seen.subject:
        return None
    return Party(scan.seen.subject, act.first - 1, act.first, "pointer", "government")


def _behind_gerund(scan: Scan, act: Act) -> Party | None:
    """As in "By removing it from the list, Japan caused": the subject of the clause that the gerund opens."""
    at = scan.clauses.index(act.clause)
    opens = act.form == "ing" and not at and act.first - act.clause.first <= _OPENS_WITHIN
    if not opens or scan.tokens[act.first - 1].lower not in _BEFORE_GERUND or at + 1 == len(scan.clauses):
        return None
    behind = scan.clauses[at + 1]
    return subject_in(scan, behind.first, behind.last, leading=True)


def _antecedent(scan: Scan, act: Act) -> Party | None:
    """As in "Japan, which lifted": the party right before a relative clause."""
    first = act.clause.first
    if act.clause.opener not in _RELATIVES or not first or scan.tokens[first - 1].lower in _SAID:
        return None
    near = (p for p in reversed(scan.parties) if 0 <= first - p.last <= _OWNER_WITHIN)
    held = next(near, None)
    return held if held is not None and held.acts else None


def _from_before(scan: Scan, act: Act) -> Party | None:
    """The subject of the nearest clause before that has one."""
    for clause in reversed(scan.clauses):
        if clause.last <= act.clause.first:
            found = subject_in(scan, clause.first, clause.last, leading=True)
            if found is not None:
                return found
    return None


def quoted_party(scan: Scan, act: Act) -> Party | None:
    """Who is quoted in the sentence, for what is said without another subject."""
    for clause in scan.clauses:
        words = {token.lower for token in scan.tokens[clause.first : clause.last]}
        if clause.first >= act.clause.first and words & _SAID:
            inside = (
                p for p in scan.parties if act.last <= p.first and clause.first <= p.first < clause.last
            )
            return next((p for p in inside if p.acts and p.form != "own"), None)
    return None
