"""Guesses: events that no rule tells, but whose words stand in the sentence.

An act and a thing that would make an event stand further apart than a rule allows, or one of
them stands alone. Most guesses are wrong; what was learned from annotated articles weighs them
(see ``confidence``). A guess never counts as told: it completes no other event, dates none, and
what the sentence leaves open in any word is not guessed to have happened.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import chain
from operator import itemgetter

from sekisho.reading.frames.actors import subject_of
from sekisho.reading.frames.assertion import status_in
from sekisho.reading.frames.framing import framed
from sekisho.reading.frames.roles import all_parties, elsewhere, toward
from sekisho.reading.frames.scan import Act, Scan
from sekisho.reading.frames.sight import clause_at
from sekisho.reading.frames.telling import tell
from sekisho.reading.frames.things import only_discussed
from sekisho.reading.frames.told import SYMMETRIC, Told, family_of
from sekisho.reading.lexicon import Found, Frame
from sekisho.reading.status import Status
from sekisho.reading.vocabulary import vocabulary

_MOST = 6
"""Guesses of one sentence."""
_BY_THING: Mapping[str, str] = {
    "summit": "summit_held",
    "talks": "talks_held",
    "export_control": "export_control_tightened",
    "import_ban": "import_restriction_imposed",
    "entity_list": "export_control_tightened",
    "country_list": "country_list_removed",
    "complaint": "dispute_filed",
    "boycott": "boycott",
    "compensation": "compensation_plan",
    "pact": "agreement_signed",
    "notice": "agreement_termination_notice",
    "cooperation": "cooperation_launched",
    "ruling": "court_ruling",
    "exports": "export_control_tightened",
    "imports": "import_restriction_imposed",
}
_BY_ACT: Mapping[str, str] = {
    "meet": "talks_held",
    "restrict": "export_control_tightened",
    "tighten": "export_control_tightened",
    "ease": "export_control_eased",
    "strike": "country_list_removed",
    "relist": "country_list_reinstated",
    "rule": "court_ruling",
    "sign": "agreement_signed",
    "quit": "agreement_termination_notice",
    "scrap": "agreement_termination_notice",
    "agree": "talks_agreed",
    "compensate": "compensation_plan",
    "visit": "summit_held",
    "resume": "talks_resumed",
    "impose": "export_control_tightened",
    "boycott": "boycott",
}


def guesses(scan: Scan, told: Sequence[Told]) -> Iterator[Told]:
    """The events that a sentence may tell besides those that it tells by rule."""
    if scan.tokens[-1].text == "?" or not (scan.acts or scan.things):
        return
    types = {one.type for one in told}
    done = {(place, family_of(one.type)) for one in told for place in (one.place, one.view.thing)}
    used = frozenset(one.view.thing for one in told)
    count = 0
    for one in chain(_paired(scan, types), _alone(scan, used, types)):
        if count == _MOST:
            return
        if one is None or one.type in types:
            continue
        types.add(one.type)
        own = {(place, family_of(one.type)) for place in (one.place, one.view.thing) if place >= 0}
        if own.isdisjoint(done) and not _left_open(scan, one):
            count += 1
            yield one


def _left_open(scan: Scan, one: Told) -> bool:
    """Whether a guess would claim as done what a word of the sentence leaves open."""
    return one.status.real and not vocabulary("leaves_open").isdisjoint(scan.words)


def _paired(scan: Scan, types: AbstractSet[str]) -> Iterator[Told | None]:
    """Acts and things that make a frame, the nearest pair of each type that is not told yet."""
    for act, frame, thing in _nearest(scan, {*types}):
        told = framed(scan, act, frame, thing)
        if told is not None:
            told.guess = "discussed" if only_discussed(scan, act) else "pair"
        yield told


_Pair = tuple[Act, Frame, Found[list[str]]]
_Place = tuple[int, int, int, int]


def _nearest(scan: Scan, done: AbstractSet[str]) -> list[_Pair]:
    """Of each type that is not done the act and the thing that stand nearest, the nearest pair first."""
    best: dict[str, tuple[_Place, _Pair]] = {}
    for gap, act, thing, frames in _pairs(scan):
        for order, frame in enumerate(frames):
            held = best.get(frame.type)
            if frame.type in done or (held is not None and held[0][0] < gap):
                continue
            place = gap, act.first, thing.first, order
            if held is None or place < held[0]:
                best[frame.type] = place, (act, frame, thing)
    return [pair for _, pair in sorted(best.values(), key=itemgetter(0))]


def _pairs(scan: Scan) -> Iterator[tuple[int, Act, Found[list[str]], Sequence[Frame]]]:
    """Every act with every thing that it makes frames with, and how far they stand apart."""
    by_heads: dict[tuple[str, ...], list[Found[list[str]]]] = {}
    for thing in scan.things:
        by_heads.setdefault(tuple(thing.value), []).append(thing)
    made: dict[tuple[tuple[str, ...], tuple[str, ...]], list[Frame]] = {}
    for act in scan.acts:
        verbs = tuple(verb.head for verb in act.verbs)
        for heads, things in by_heads.items() if not act.clause.conditional else ():
            both = verbs, heads
            if both not in made:
                made[both] = _frames(scan, *both)
            if frames := made[both]:
                yield from ((gap, act, thing, frames) for thing in things if (gap := _gap(act, thing)) >= 0)


def _gap(act: Act, thing: Found[list[str]]) -> int:
    return max(thing.first - act.last, act.first - thing.last)


def _frames(scan: Scan, verbs: Sequence[str], heads: Sequence[str]) -> list[Frame]:
    frames = scan.seen.words.frames
    return [frame for verb in verbs for head in heads for frame in frames.get((verb, head), ())]


def _alone(scan: Scan, used: AbstractSet[int], types: AbstractSet[str]) -> Iterator[Told]:
    """Things that nothing is told of, and acts that stand alone; each type once, none that is told."""
    tried: set[str] = set()
    for act, thing, kind, guess in chain(_things(scan, used), _acts(scan)):
        if kind not in tried and kind not in types:
            tried.add(kind)
            yield _told(scan, act, kind, thing, guess)


_Single = tuple[Act, Found[list[str]] | None, str, str]


def _things(scan: Scan, used: AbstractSet[int]) -> Iterator[_Single]:
    for thing in scan.things:
        clause = clause_at(scan, thing.first)
        if not clause.conditional and thing.first not in used:
            act = Act([], thing.first, thing.last, "noun", False, clause)
            yield from ((act, thing, _BY_THING[head], "thing") for head in thing.value if head in _BY_THING)


def _acts(scan: Scan) -> Iterator[_Single]:
    for act in scan.acts:
        if not act.clause.conditional:
            yield from ((act, None, _BY_ACT[verb.head], "act") for verb in act.verbs if verb.head in _BY_ACT)


def _told(scan: Scan, act: Act, kind: str, thing: Found[list[str]] | None, guess: str) -> Told:
    subject = subject_of(scan, act)
    actor = subject.codes if subject is not None else ()
    at: tuple[str, ...] = ()
    if kind in SYMMETRIC:
        actor = all_parties(scan, act, actor)
    else:
        actor = tuple(code for code in actor if code not in {"WTO", "UN"})
        at = toward(scan, act, actor, kind) or (elsewhere(scan, actor) if actor else ())
    status = status_in(scan, act)
    if kind.endswith("_held") and status is not Status.HAPPENED:
        kind = kind.replace("_held", "_agreed")
    told = tell(scan, act, kind, actor, at, status, thing, subject)
    told.guess = guess
    return told
