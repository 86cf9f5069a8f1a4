"""Goods of another that are kept out: "China banned Chilean cherries", "beef from Peru is banned"."""

from __future__ import annotations

from collections.abc import Iterator

from sekisho.reading.frames.actors import subject_of
from sekisho.reading.frames.assertion import status_in
from sekisho.reading.frames.scan import Act, Scan
from sekisho.reading.frames.sight import agent, word_before
from sekisho.reading.frames.telling import tell
from sekisho.reading.frames.told import Told
from sekisho.reading.parties import Party
from sekisho.reading.vocabulary import vocabulary

_BARS = frozenset({"ban", "bar", "prohibit", "block", "outlaw"})
_BEHIND, _FROM_WITHIN, _BEFORE_WITHIN = 3, 8, 5


def barred_goods(scan: Scan) -> Iterator[Told]:
    """Imports that are barred without the word; a sentence tells at most one."""
    for act in scan.acts:
        bars = act.form != "noun" and any(verb.base in _BARS for verb in act.verbs)
        told = _barred(scan, act) if bars and act.match is None and not act.clause.conditional else None
        if told is not None:
            yield told
            return


def _barred(scan: Scan, act: Act) -> Told | None:
    goods = _before(scan, act) if act.passive else _behind(scan, act)
    who = _agent(scan, act) if act.passive else subject_of(scan, act)
    if goods is None or who is None or not who.acts or set(goods.codes) & set(who.codes):
        return None
    return tell(
        scan, act, "import_restriction_imposed", who.codes[:1], goods.codes, status_in(scan, act), None, who
    )


def _behind(scan: Scan, act: Act) -> Party | None:
    """Whose goods an act bars: "banned Chilean cherries", "banned beef and pork from Peru"."""
    words = [token.lower for token in scan.tokens[act.last : act.last + _FROM_WITHIN]]
    if not vocabulary("no_goods").isdisjoint(words):
        return None
    for party in scan.parties:
        gap = party.first - act.last
        if 0 <= gap <= _BEHIND and party.kind == "goods":
            return party
        if 1 < gap <= _FROM_WITHIN and party.kind == "country" and word_before(scan, party) == "from":
            return party if party.form == "noun" and not _does(scan, party.last) else None
    return None


def _does(scan: Scan, place: int) -> bool:
    """Whether who is named is kept from doing something: "barred traders from Peru from selling"."""
    return place < len(scan.tokens) and scan.tokens[place].lower == "from"


def _before(scan: Scan, act: Act) -> Party | None:
    """Whose goods are barred: "Chilean cherries have been banned", "beef from Peru is banned"."""
    for party in reversed(scan.parties):
        if not 0 <= act.first - party.last <= _BEFORE_WITHIN or party.first < act.clause.first:
            continue
        words = {token.lower for token in scan.tokens[act.clause.first : act.first]}
        made = party.kind == "goods" or word_before(scan, party) == "from"
        return party if made and vocabulary("no_goods").isdisjoint(words) else None
    return None


def _agent(scan: Scan, act: Act) -> Party | None:
    """By whom, or where: "banned by Chile", "banned in Chile"."""
    by = agent(scan, act.last, act.clause.last)
    there = (
        p for p in scan.parties if 0 < p.first - act.last <= 1 and word_before(scan, p) in {"in", "from"}
    )
    return by or next(there, None)
