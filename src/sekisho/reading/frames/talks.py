"""Talks, summits, visits and joint work."""

from __future__ import annotations

from collections.abc import Iterator

from sekisho.reading.clauses import Clause
from sekisho.reading.frames.actors import subject_of
from sekisho.reading.frames.assertion import status_in, told_behind
from sekisho.reading.frames.pacts import ordered
from sekisho.reading.frames.pairing import Pairing
from sekisho.reading.frames.roles import all_parties
from sekisho.reading.frames.scan import Act, Scan
from sekisho.reading.frames.sight import clause_at, word_before
from sekisho.reading.frames.telling import tell
from sekisho.reading.frames.told import Told
from sekisho.reading.frames.turning import of_leaders, turned
from sekisho.reading.lexicon import Found
from sekisho.reading.status import Status
from sekisho.reading.vocabulary import vocabulary

_TWO = 2
_HOST_WITHIN = 4
_TOGETHER_WITHIN = 9
_NAMED_WITHIN = 7
_PLANNED_WITHIN = 4
_SETTING_WITHIN = 8
_MINISTERS_WITHIN = 12
_NAMED_BEFORE = 24
_MET_WITHIN = 4
_COUNTERPARTS = frozenset({"counterpart", "counterparts"})
_PERSONAL = frozenset({"person", "government", "ministry"})
_MEETING_IS_NOUN = vocabulary("meeting_is_noun")
_BEHIND_MET = vocabulary("behind_met")
_JOINT = vocabulary("joint")


def are_talks(pair: Pairing) -> bool:
    """Whether talks are between states, not a meeting of the cabinet or with the press."""
    if _is_setting(pair.scan, pair.thing):
        return False
    before = {token.lower for token in pair.scan.tokens[max(0, pair.thing.first - 1) : pair.thing.first]}
    return vocabulary("not_between_states").isdisjoint(before.union(pair.between))


def _is_setting(scan: Scan, thing: Found[list[str]]) -> bool:
    """Whether a meeting is only where others talk: "on the sidelines of the security summit"."""
    before = {token.lower for token in scan.tokens[max(0, thing.first - _SETTING_WITHIN) : thing.first]}
    return not before.isdisjoint({"sidelines", "margins", "fringes"})


def is_cooperation(pair: Pairing) -> bool:
    """Whether a joint body or system begins."""
    scan, act = pair.scan, pair.act
    similar = scan.tokens[max(0, pair.thing.first - 1)].lower == "similar"
    if similar or (act.form == "noun" and not ordered(scan, act)):
        return False
    several = any(len(party.codes) > 1 for party in scan.parties) or pair.says(_JOINT)
    behind = {token.lower for token in scan.tokens[act.last : act.last + 2]}
    return several and len(pair.between) <= _TOGETHER_WITHIN and behind.isdisjoint({"talks", "negotiations"})


def for_talks(scan: Scan, thing: Found[list[str]]) -> bool:
    """Whether what is set up is only a place to talk: "a framework to discuss export controls"."""
    words = [token.lower for token in scan.tokens[thing.last : thing.last + 5]]
    return bool({"discuss", "talks", "dialogue", "consultations", "consult"} & set(words)) and words[0] in {
        "to",
        "for",
        "of",
        "on",
    }


def meetings(scan: Scan, act: Act) -> Iterator[Told]:
    """Two sides met."""
    subject = subject_of(scan, act)
    codes = all_parties(scan, act, subject.codes if subject is not None else ())
    if len(codes) < _TWO:
        codes = _met_by_pronoun(scan, act, codes)
    if len(codes) < _TWO:
        codes = _counterparts(scan, act, codes)
    before = scan.tokens[act.first - 1].lower if act.first else ""
    if len(codes) < _TWO or (act.form == "ing" and before in _MEETING_IS_NOUN) or not _met_someone(scan, act):
        return
    status = status_in(scan, act)
    kind = "summit_held" if of_leaders(scan, act) else "talks_held"
    kind, status = turned(scan, kind, status, act)
    yield tell(scan, act, kind, codes, (), status, None, subject)


def hosts_leader(scan: Scan, act: Act) -> bool:
    """As in "hosted Prime Minister Kishida at his ranch": a summit that is not called one."""
    if act.match is not None or all(verb.base != "host" for verb in act.verbs):
        return False
    return any(party.leader and act.last <= party.first <= act.last + _HOST_WITHIN for party in scan.parties)


def _met_someone(scan: Scan, act: Act) -> bool:
    """Whether what follows "met" is a partner, a place or a time, not a demand."""
    behind = {token.lower for token in scan.tokens[act.last : act.last + _MET_WITHIN]}
    if not behind.isdisjoint(vocabulary("no_officials")):
        return False
    if act.last - act.first > 1 or hosts_leader(scan, act):  # "spoke with"
        return True
    if any(act.last <= each.first <= act.last + 1 and each.kind in _PERSONAL for each in scan.parties):
        return True  # "met Chilean President Rojas"
    words = [token.lower for token in scan.tokens[act.last : act.clause.last]]
    return bool(words) and words[0] in _BEHIND_MET


def _counterparts(scan: Scan, act: Act, codes: tuple[str, ...]) -> tuple[str, ...]:
    """As in "Chile's minister and her Peruvian counterpart, Ana Rojas, met": a name stands in between."""
    first = max(0, act.first - _NAMED_BEFORE)
    words = {token.lower for token in scan.tokens[first : act.first]}
    if scan.tokens[max(0, act.first - 1)].text != "," or words.isdisjoint(_COUNTERPARTS):
        return codes
    named = (party for party in scan.parties if first <= party.first < act.first and party.kind in _PERSONAL)
    return tuple(dict.fromkeys(code for party in named for code in party.codes))


def _met_by_pronoun(scan: Scan, act: Act, codes: tuple[str, ...]) -> tuple[str, ...]:
    """Who "they" and "he" are: the persons of the sentence, or who acted before it."""
    words = {token.lower for token in scan.tokens[max(act.clause.first, act.first - 3) : act.first]}
    if words & {"they", "both"}:
        earlier = [p for p in scan.parties if p.last <= act.first and p.kind in _PERSONAL]
        return tuple(dict.fromkeys(code for party in earlier for code in party.codes))
    if words & {"he", "she"}:
        person = next((p for p in scan.parties if p.last <= act.first and p.kind == "person"), None)
        who = person.codes if person is not None else scan.seen.person or scan.seen.subject
        return tuple(dict.fromkeys((*who[:1], *codes)))
    return codes


def talks_by_name(scan: Scan) -> Iterator[Told]:
    """Talks told as a noun: "after a three-day meeting between the two countries"."""
    used = {act.match[1].first for act in scan.acts if act.match is not None}
    for thing in scan.things:
        if not {"talks", "summit"} & set(thing.value) or thing.first in used or _is_setting(scan, thing):
            continue
        if scan.tokens[max(0, thing.first - 1)].lower in vocabulary("not_between_states"):
            continue
        clause = clause_at(scan, thing.first)
        act = Act([], thing.first, thing.last, "noun", False, clause)
        status = None if clause.conditional else _status_by_name(scan, thing, clause)
        codes = _partners(scan, thing, clause) if status is not None else ()
        if status is not None and (len(codes) >= _TWO or _was_last(scan, thing)):
            met = not _by_phone(scan, thing)
            led = met and (
                of_leaders(scan, act) or ("summit" in thing.value and not _of_ministers(scan, thing))
            )
            kind = "summit" if led else "talks"
            kind += "_held" if status is Status.HAPPENED else "_agreed"
            told = tell(scan, act, kind, codes if len(codes) >= _TWO else (), (), status, thing, None)
            if status is not Status.HAPPENED:
                end = scan.tokens[thing.last - 1].end
                told.times = [(time, role) for time, role in told.times if time.start >= end]
            yield told


def _by_phone(scan: Scan, thing: Found[list[str]]) -> bool:
    """Whether who talked did not meet: "a phone call between"."""
    words = {token.lower for token in scan.tokens[max(0, thing.first - 1) : thing.last]}
    return not words.isdisjoint({"phone", "telephone", "call"})


def _of_ministers(scan: Scan, thing: Found[list[str]]) -> bool:
    """Whether ministers met at what is called a summit: "the defence ministers' meeting at the summit"."""
    words = [token.lower for token in scan.tokens[max(0, thing.first - _MINISTERS_WITHIN) : thing.first]]
    return any(
        word in {"ministers", "ministers'", "minister"} and words[at - 1 : at] != ["prime"]
        for at, word in enumerate(words)
    )


def _status_by_name(scan: Scan, thing: Found[list[str]], clause: Clause) -> Status | None:
    """What is said of talks by the words around their name; ``None`` if they are only named."""
    if _leads_to(scan, thing, clause) or _was_last(scan, thing):
        return Status.HAPPENED
    before = {
        token.lower for token in scan.tokens[max(clause.first, thing.first - _PLANNED_WITHIN) : thing.first]
    }
    behind = scan.tokens[thing.last].lower if thing.last < len(scan.tokens) else ""
    if behind in {"between", "with", "among"} and not before.isdisjoint(
        {"last", "previous", "earlier", "recent"}
    ):
        return Status.HAPPENED
    ahead = "ahead" in before and not before & {"last", "earlier"}
    if behind not in {"between", "of", "with", "among"} or not (ahead or before & vocabulary("planned")):
        return None
    said = told_behind([token.lower for token in scan.tokens[thing.last : clause.last]])
    if said is Status.DENIED:
        return said  # "a planned summit between both was cancelled"
    return Status.CONSIDERED if before & {"possible", "proposed"} else Status.ANNOUNCED


def _was_last(scan: Scan, thing: Found[list[str]]) -> bool:
    """As in "the last meeting was in Lima in 2017": talks that are told by when they were."""
    before = {token.lower for token in scan.tokens[max(0, thing.first - _PLANNED_WITHIN) : thing.first]}
    behind = [token.lower for token in scan.tokens[thing.last : thing.last + 2]]
    was = behind[:1] in (["was"], ["were"]) and behind[1:] in (["in"], ["held"], ["on"])
    return (was or behind[:1] == ["in"]) and not before.isdisjoint({"last", "previous"}) and bool(scan.times)


def _leads_to(scan: Scan, thing: Found[list[str]], clause: Clause) -> bool:
    """Whether the words before the noun say that the talks took place."""
    first = max(clause.first, thing.first - _NAMED_WITHIN)
    words = [token.lower for token in scan.tokens[first : thing.first]]
    inside = {token.lower for token in scan.tokens[clause.first : clause.last]}
    if inside & vocabulary("still_to_come"):
        return False
    for at in range(len(words) - 1, -1, -1):
        if words[at] == "of":
            return at > 0 and words[at - 1] in vocabulary("spans_of_talks")
        if words[at] in vocabulary("leads_to_talks"):
            return True
        if words[at] in vocabulary("preps") or words[at] in {",", ";"}:
            return False
    return False


def _partners(scan: Scan, thing: Found[list[str]], clause: Clause) -> tuple[str, ...]:
    """Who talked: the parties behind "between", "with" or "of", with the subject of the sentence."""
    codes: list[str] = []
    joined = False
    for party in scan.parties:
        if thing.last <= party.first < min(clause.last, thing.last + _NAMED_WITHIN * 2):
            before = word_before(scan, party)
            if (
                before in {"between", "with", "of", "among", "and", "his", "her", "its", "their"}
                or party.form == "adjective"
                or (joined and before not in {"in", "at", "near"})
            ):
                codes += [code for code in party.codes if code not in codes]
                joined = True
    first = max(clause.first, thing.first - _NAMED_WITHIN)
    own = any(token.lower == "their" for token in scan.tokens[first : thing.first])
    if not codes and own:
        subject = next((party for party in scan.parties if party.acts and party.last <= thing.first), None)
        codes = list(subject.codes) if subject is not None else []
    words = {token.lower for token in scan.tokens[thing.last : thing.last + 2]}
    if (len(codes) == 1 and "with" in words) or "his" in {
        t.lower for t in scan.tokens[thing.last : thing.last + 3]
    }:
        subject = next((p for p in scan.parties if p.acts and p.last <= thing.first), None)
        codes = [*(subject.codes if subject is not None else scan.seen.subject[:1]), *codes]
    if not codes:
        sides = next(
            (p.codes for p in scan.parties if p.acts and clause.first <= p.first and p.last <= thing.first),
            (),
        )
        codes = list(sides) if len(sides) > 1 else []
    return tuple(dict.fromkeys(code for code in codes if code not in {"WTO", "UN"}))


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
        clause = clause_at(scan, place)
        guest = next((p for p in reversed(scan.parties) if p.last <= place and p.leader), None)
        host = next((p for p in scan.parties if place < p.first <= place + _HOST_WITHIN), None)
        words = {scan.tokens[at].lower for at in range(clause.first, place)}
        if guest is None or host is None or host.kind != "country" or set(host.codes) & set(guest.codes):
            continue
        if not vocabulary("before_visits").isdisjoint(words):
            act = Act([], place, place + 1, "noun", False, clause)
            open_yet = words & {"considering", "arranging", "may", "might", "could"}
            status = Status.CONSIDERED if open_yet else Status.ANNOUNCED
            yield tell(scan, act, "summit_agreed", (*guest.codes, *host.codes), (), status, None, guest)
            return
