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
_TOWARD = vocabulary("toward")
_SAID = vocabulary("said")
_FAR = 16


def subject_of(scan: Scan, act: Act) -> Party | None:  # noqa: C901, PLR0911, PLR0912
    """The party that does the act: in its clause, or in those before it."""
    if act.form == "noun":
        owner = next(
            (
                p
                for p in reversed(scan.parties)
                if p.last <= act.first and act.first - p.last <= 3 and p.form in {"own", "adjective"}  # noqa: PLR2004
            ),
            None,
        )
        if owner is not None:
            return owner
        by = agent(scan, act.last, min(act.clause.last, act.last + _FAR))
        if by is not None:
            return by
        ordering = [at for at in range(act.clause.first, act.first) if scan.tokens[at].lower in _ORDERING]
        orderer = subject_in(scan, act.clause.first, ordering[0]) if ordering else None
        if orderer is not None:
            return orderer
    if act.passive or act.reduced or act.form in {"past", "done"}:
        by = agent(scan, act.last, min(act.clause.last, act.last + 10))
        if by is not None:
            return by
    if act.passive or act.reduced or any(verb.head == "effect" for verb in act.verbs):
        return next(
            (
                p
                for p in reversed(scan.parties)
                if p.last <= act.first
                and p.form in {"own", "adjective"}
                and p.first >= act.clause.first
                and any(0 <= thing.first - p.last <= 2 for thing in scan.things)  # noqa: PLR2004
            ),
            None,
        )
    asking = asked(scan.tokens, range(act.clause.first, act.first))
    if asking is not None:
        told = next(
            (p for p in scan.parties if asking < p.first < act.first and p.acts and p.form != "own"), None
        )
        if told is not None:
            return told
    inside = subject_in(scan, act.clause.first, act.first)
    if inside is not None:
        return inside
    if {"we", "our", "i"} & {
        token.lower for token in scan.tokens[act.clause.first : act.first]
    } and scan.seen.speaker:
        return Party(scan.seen.speaker, act.clause.first, act.clause.first, "pointer", "government")
    if act.clause.opener in {"which", "who", "that", "whose"} and act.clause.first > 0:
        held = next(
            (
                p
                for p in reversed(scan.parties)
                if p.last <= act.clause.first and act.clause.first - p.last <= 3  # noqa: PLR2004
            ),
            None,
        )
        if held is not None and held.acts:
            return held
    for clause in reversed([clause for clause in scan.clauses if clause.last <= act.clause.first]):
        found = subject_in(scan, clause.first, clause.last, leading=True)
        if found is not None:
            return found
    return quoted_party(scan, act)


def quoted_party(scan: Scan, act: Act) -> Party | None:
    """Who is quoted in the sentence, for what is said without another subject."""
    for clause in scan.clauses:
        words = {token.lower for token in scan.tokens[clause.first : clause.last]}
        if clause.first >= act.clause.first and words & _SAID:
            return next(
                (
                    p
                    for p in scan.parties
                    if p.first >= act.last
                    and clause.first <= p.first < clause.last
                    and p.acts
                    and p.form != "own"
                ),
                None,
            )
    return None


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
    owner = next(
        (p for p in inside if p.form in {"own", "adjective"} and 0 <= thing.first - p.last <= 3),  # noqa: PLR2004
        None,
    )
    between = [
        p
        for p in inside
        if act.last <= p.first
        and p.first < max(thing.last + 8, act.last + 8)
        and p is not owner
        and p.kind != "court"
    ]
    whom = between[0].codes if between else ()
    who = subject.codes if subject is not None else ()
    own_way = {"return", "regain", "lose", "rejoin", "re enter", "win back"}
    if (
        act.passive
        or (
            act.form != "noun"
            and any(verb.base in own_way for verb in act.verbs)
            and not any(act.last <= p.first <= act.last + 1 for p in inside)
        )
        or (act.form == "noun" and not whom and who and owner is not None)
    ):
        by = agent(scan, act.last, act.clause.last)
        listed = tuple(
            c
            for c in (
                subject_in(scan, act.clause.first, act.first) or subject or Party((), 0, 0, "", "")
            ).codes
        )
        if by is not None and set(by.codes) != set(listed):
            return by.codes, listed
        if owner is not None:
            return owner.codes, tuple(c for c in listed if c not in owner.codes) or whom
        if listed:
            return (), listed
    if owner is not None and not who:
        who = owner.codes
    if act.form == "noun" and who and whom and set(who) == set(whom):
        who = ()
    if act.form == "noun" and not whom and who and owner is None:
        return (), who
    return tuple(c for c in who if c not in whom), tuple(c for c in whom if c not in who) or tuple(
        whom if not who else ()
    )


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
    found = owner or against
    return found.codes[:1] if found is not None else elsewhere(scan, ("WTO",))
