"""Boycotts."""

from __future__ import annotations

from collections.abc import Iterator

from sekisho.reading.frames.assertion import did_not_happen
from sekisho.reading.frames.scan import Act, Scan
from sekisho.reading.frames.sight import clause_at, word_before
from sekisho.reading.frames.telling import tell
from sekisho.reading.frames.told import Told
from sekisho.reading.lexicon import Found
from sekisho.reading.parties import Party
from sekisho.reading.status import Status
from sekisho.reading.vocabulary import vocabulary

_BESIDE = 2
_GOODS_WITHIN = 3


def boycotts(scan: Scan) -> Iterator[Told]:
    """A boycott; a sentence tells at most one."""
    if (told := _boycotting(scan)) is not None:
        yield told
        return
    thing = next((found for found in scan.things if "boycott" in found.value), None)
    if thing is None:
        return
    clause = clause_at(scan, thing.first)
    said = {token.lower for token in scan.tokens[clause.first : thing.first]}
    if said & {"end", "ended", "ending", "stop", "stopped"}:
        return
    asked_for = thing.first > 0 and scan.tokens[thing.first - 1].lower == "to"
    act = Act([], thing.first, thing.last, "base" if asked_for else "noun", False, clause)
    inside = [party for party in scan.parties if clause.first <= party.first < clause.last]
    who = _shoppers(scan, thing, inside)
    actor = who.codes if who is not None else ()
    goods = _goods(scan, thing, inside)
    aim = tuple(code for code in (goods.codes if goods is not None else ()) if code not in actor)
    status = Status.DENIED if did_not_happen(scan, act) else _status(said)
    yield tell(scan, act, "boycott", actor, aim, status, thing, who)


def _boycotting(scan: Scan) -> Told | None:
    """A boycott told as a verb: "shoppers are boycotting Chilean wine"."""
    for place, token in enumerate(scan.tokens):
        subject = next((p for p in reversed(scan.parties) if p.last <= place and p.form != "own"), None)
        beside = subject is not None and subject.last == place
        if token.lower not in {"boycotting", "boycotted"} and not (token.lower == "boycott" and beside):
            continue
        near = (p for p in scan.parties if place < p.first <= place + _GOODS_WITHIN)
        goods = next(near, None)
        if subject is None or goods is None or set(goods.codes) <= set(subject.codes):
            continue
        clause = clause_at(scan, place)
        act = Act([], place, place + 1, "past", False, clause)
        said = {each.lower for each in scan.tokens[clause.first : place]}
        return tell(scan, act, "boycott", subject.codes[:1], goods.codes[:1], _status(said), None, subject)
    return None


def _shoppers(scan: Scan, thing: Found[list[str]], inside: list[Party]) -> Party | None:
    people = [party for party in inside if party.kind == "people"]
    there = [party for party in inside if party.first > thing.last and word_before(scan, party) == "in"]
    return next(iter([*people, *there]), None)


def _goods(scan: Scan, thing: Found[list[str]], inside: list[Party]) -> Party | None:
    """Whose goods: named as goods, by an adjective behind, or right before ("anti-Japan boycott")."""
    for party in inside:
        behind = party.first >= thing.last
        made = behind and scan.tokens[min(party.last, len(scan.tokens) - 1)].lower == "made"
        beside = 0 <= thing.first - party.last <= _BESIDE
        if party.kind == "goods" or made or (party.form == "adjective" and (behind or beside)):
            return party
    return None


def _status(said: set[str]) -> Status:
    if said & vocabulary("calling_for"):
        return Status.CONSIDERED
    return Status.DENIED if said & {"no", "not"} else Status.HAPPENED
