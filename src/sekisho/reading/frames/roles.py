"""Who acts, and toward whom."""

from __future__ import annotations

from sekisho.reading.frames.scan import Act, Scan
from sekisho.reading.frames.sight import agent, subject_in, word_before
from sekisho.reading.lexicon import Found
from sekisho.reading.parties import Party, owner_of
from sekisho.reading.status import asked
from sekisho.reading.vocabulary import vocabulary

_ORDERING = vocabulary("ordering")
_NOT_OF_EXPORTS = frozenset({"from", "with", "between"})
_OWN_WAY = frozenset({"return", "regain", "lose", "rejoin", "re enter", "win back"})
_OWNER_WITHIN, _LISTED_WITHIN = 3, 8
_TOWARD = vocabulary("toward")
_SAID = vocabulary("said")
_FAR = 16


def chain_of(scan: Scan, act: Act) -> list[int]:
    """Places of the words that govern the act: from its subject, or its clause, to it."""
    asking = asked(scan.tokens, range(act.clause.first, act.first))
    subject = subject_in(scan, act.clause.first, act.first if asking is None else asking)
    start = subject.last if subject is not None else act.clause.first
    return list(range(start, act.first))


def toward(scan: Scan, act: Act, actor: tuple[str, ...], kind: str = "") -> tuple[str, ...]:
    """Toward whom: a party behind a preposition in the clause, else another in the sentence."""
    clause = act.clause
    places = [p for p in scan.parties if clause.first <= p.first < clause.last]
    stop = _next_act(scan, act)
    after = [p for p in places if act.first <= p.first < stop]
    for party in (*after, *(p for p in reversed(places) if p.last <= act.first)):
        rest = tuple(code for code in party.codes if code not in actor)
        if not rest or "WTO" in rest or "UN" in rest:
            continue
        before = word_before(scan, party)
        if before != "against" and owner_of(scan.tokens, party):
            continue  # "in response to Japan's decision": whose act it was, not at whom
        if before in _TOWARD and not (before in _NOT_OF_EXPORTS and kind.startswith("export_control")):
            return rest
    return ()


def _next_act(scan: Scan, act: Act) -> int:
    """Where the next act of the clause begins that has a thing of its own."""
    behind = max(act.last, act.match[1].last if act.match is not None else act.last)
    return min(
        (
            other.first
            for other in scan.acts
            if other.first >= behind
            and other.clause is act.clause
            and other.match is not None
            and other.form != "noun"
        ),
        default=act.clause.last,
    )


def elsewhere(scan: Scan, actor: tuple[str, ...]) -> tuple[str, ...]:
    """Another party of the sentence, if there is only one."""
    conditions = [clause for clause in scan.clauses if clause.conditional]
    outside = [
        p
        for p in scan.parties
        if p.kind != "goods" and not any(clause.first <= p.first < clause.last for clause in conditions)
    ]
    codes = list(
        dict.fromkeys(code for p in outside for code in p.codes if code not in {"WTO", "UN", *actor})
    )
    return tuple(codes) if len(codes) == 1 else ()


def list_parties(
    scan: Scan, act: Act, thing: Found[list[str]], subject: Party | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Whose list, and who loses or gains a place on it."""
    inside = [p for p in scan.parties if act.clause.first <= p.first < act.clause.last]
    owner = _owner_of_list(inside, thing)
    whom = _listed_behind(act, thing, inside, owner)
    who = subject.codes if subject is not None else ()
    by_itself = act.form == "noun" and not whom and bool(who) and owner is not None
    if (act.passive or by_itself or _moves_itself(act, inside)) and (
        found := _listed_before(scan, act, owner, subject, whom)
    ) is not None:
        return found
    if owner is not None and not who:
        who = owner.codes
    if act.form == "noun" and set(who) == set(whom):
        who = ()
    if act.form == "noun" and not whom and owner is None:
        return (), who
    return _without(who, whom), _without(whom, who) or (() if who else whom)


def _without(codes: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(code for code in codes if code not in others)


def _owner_of_list(inside: list[Party], thing: Found[list[str]]) -> Party | None:
    """As in "Japan's white list"."""
    for party in inside:
        if party.form in {"own", "adjective"} and 0 <= thing.first - party.last <= _OWNER_WITHIN:
            return party
    return None


def _listed_behind(
    act: Act, thing: Found[list[str]], inside: list[Party], owner: Party | None
) -> tuple[str, ...]:
    """Who is named behind the act: "removed South Korea from"."""
    end = max(thing.last, act.last) + _LISTED_WITHIN
    behind = (p for p in inside if act.last <= p.first < end and p is not owner and p.kind != "court")
    found = next(behind, None)
    return found.codes if found is not None else ()


def _moves_itself(act: Act, inside: list[Party]) -> bool:
    """As in "South Korea returns to the list": who is listed is the subject."""
    own_way = any(verb.base in _OWN_WAY for verb in act.verbs)
    return own_way and act.form != "noun" and not any(act.last <= p.first <= act.last + 1 for p in inside)


def _listed_before(
    scan: Scan, act: Act, owner: Party | None, subject: Party | None, whom: tuple[str, ...]
) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """The parties where who is listed stands before the act: "South Korea was removed by Japan"."""
    by = agent(scan, act.last, act.clause.last)
    before = subject_in(scan, act.clause.first, act.first) or subject
    listed = before.codes if before is not None else ()
    if by is not None and set(by.codes) != set(listed):
        return by.codes, listed
    if owner is not None:
        return owner.codes, _without(listed, owner.codes) or whom
    return ((), listed) if listed else None


def all_parties(scan: Scan, act: Act, actor: tuple[str, ...]) -> tuple[str, ...]:
    """Everyone in an event without direction."""
    codes = list(actor)
    ends = [
        clause.last for clause in scan.clauses if clause.first == act.clause.last and clause.opener == "with"
    ]
    stop = ends[0] if ends else act.clause.last
    for party in scan.parties:
        if party.first >= stop or party.last <= act.clause.first:
            continue
        before = word_before(scan, party)
        joined = before in {"with", "between", "and", "of", "among", "from", "counterpart"} or (
            party.form == "noun" and party.kind in {"government", "ministry"}
        )
        after_seat = before in {"in", "at"}
        if joined and not after_seat and party.kind not in {"firm", "goods", "people", "body", "court"}:
            codes += [code for code in party.codes if code not in codes]
    return tuple(dict.fromkeys(code for code in codes if code not in {"WTO", "UN"} or len(codes) == 1))


def _opposed(scan: Scan) -> Party | None:
    """As in "ruled in favour of Chile in its dispute with Peru": the other side of who had its way."""
    for party in scan.parties:
        words = [token.lower for token in scan.tokens[max(0, party.first - 3) : party.first]]
        if "with" in words and not {"dispute", "case", "row"}.isdisjoint(words) and "WTO" not in party.codes:
            return party
    return None


def respondent(scan: Scan) -> tuple[str, ...]:
    """Whose measure a dispute is about."""
    owner = next(
        (
            p
            for p in scan.parties
            if p.form in {"own", "adjective"}
            and "WTO" not in p.codes
            and any(
                0 <= thing.first - p.last <= 3 and set(thing.value) & {"export_control", "import_ban"}  # noqa: PLR2004
                for thing in scan.things
            )
        ),
        None,
    )
    against = next(
        (p for p in scan.parties if "WTO" not in p.codes and word_before(scan, p) == "against"), None
    )
    found = owner or against or _opposed(scan)
    return found.codes[:1] if found is not None else elsewhere(scan, ("WTO",))
