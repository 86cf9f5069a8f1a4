"""What an act is done to: the thing that makes a frame with it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import TypeVar

from sekisho.reading.frames.fits import fits
from sekisho.reading.frames.pairing import Pairing
from sekisho.reading.frames.scan import Act, Scan
from sekisho.reading.lexicon import Found, Frame
from sekisho.reading.vocabulary import vocabulary

_Placed = TypeVar("_Placed", Act, Found[list[str]])
_FAR = 16
_PRONOUNS = frozenset({"it", "them"})
_NEXT = 4
_TALKS = frozenset({"talks", "negotiations", "discussions", "consultations"})
_OF_SUBJECTS = frozenset({"lapse", "resume", "keep", "occur"})
"""Heads of verbs whose subject is what they are done to: "the pact lapsed"."""
_GAP = 5
_BEHIND_PARTICIPLE = frozenset(
    {
        "in",
        "by",
        "on",
        "at",
        "with",
        "between",
        "against",
        "last",
        "since",
        "to",
        "earlier",
        "two",
        "three",
        "this",
    }
)


def match_all(scan: Scan) -> None:
    """Gives each act its thing; of two acts before one thing the nearer one takes it."""
    for act in scan.acts:
        act.match = thing_of(scan, act)
    for act in scan.acts:
        if (
            act.match is not None
            and act.first < act.match[1].first
            and any(
                other.match is not None and other.match[1] is act.match[1]
                for other in _between(scan.acts, act.first + 1, act.match[1].first + 1)
            )
        ):
            act.match = None


def only_discussed(scan: Scan, act: Act) -> bool:
    """Whether the act is what talks are about: "talks on lifting the curbs"."""
    words = [scan.tokens[place].lower for place in range(max(act.clause.first, act.first - 6), act.first)]
    about = {"on", "about", "over", "regarding", "concerning", "to"}
    if any(
        word in about and not vocabulary("about_talks").isdisjoint(words[max(0, at - 2) : at])
        for at, word in enumerate(words)
    ):
        return True
    if act.form != "ing" or words[-1:] not in (["on"], ["about"]):
        return False
    named = (token.lower for token in scan.tokens[act.clause.first : act.first])
    return not _TALKS.isdisjoint(named)  # "talks between Chile and Peru on reviving the pact"


def thing_of(scan: Scan, act: Act) -> tuple[Frame, Found[list[str]]] | None:
    """The nearest thing that makes a frame with the act."""
    for thing in reachable(scan, act):
        for verb in act.verbs:
            pair = Pairing.of(scan, act, verb, thing)
            for head in thing.value:
                for frame in scan.seen.words.frames.get((verb.head, head), ()):
                    if fits(pair, frame):
                        return frame, thing
    return None


def reachable(scan: Scan, act: Act) -> Iterator[Found[list[str]]]:
    """Things the act can be done to, nearest first."""
    meant = _named_by_participle(scan, act) or _meant_by_pronoun(scan, act)
    if meant is not None:
        yield meant
    elif act.form == "noun":
        yield from _of_noun(scan, act)
    elif any(verb.head == "effect" for verb in act.verbs):
        yield from reversed(_before(scan, act))
    elif act.passive:
        yield from _of_passive(scan, act)
    else:
        yield from _of_verb(scan, act)


def _before(scan: Scan, act: Act) -> list[Found[list[str]]]:
    return [found for found in _between(scan.things, act.clause.first, act.first) if found.last <= act.first]


def _after(scan: Scan, act: Act) -> list[Found[list[str]]]:
    """Things behind the act in its clause, up to the next finite verb."""
    end = min(act.clause.last, act.last + _FAR)
    after = _between(scan.things, act.last, end)
    finite = (
        other.first
        for other in _between(scan.acts, act.last, act.clause.last)
        if other.form in {"past", "s"} and other.clause is act.clause
    )
    limit = max(next(finite, end), act.last + _NEXT - 1) if after else end
    return [found for found in after if found.first <= limit]


def _between(placed: Sequence[_Placed], first: int, end: int) -> Sequence[_Placed]:
    """What begins from a place on and before another, of what stands in order."""
    return placed[bisect_left(placed, first, key=_first) : bisect_left(placed, end, key=_first)]


def _first(one: Act | Found[list[str]]) -> int:
    return one.first


def _earlier(scan: Scan, act: Act, gap: int) -> list[Found[list[str]]]:
    """Things that stand before the clause of the act, the nearest first."""
    first = act.clause.first
    return [found for found in reversed(scan.things) if 0 <= first - found.last <= gap]


def _of_noun(scan: Scan, act: Act) -> Iterator[Found[list[str]]]:
    yield from _after(scan, act)
    standing = act.verbs[0].base in {"hiatus", "halt"}
    for found in reversed(scan.things if standing else _before(scan, act)):
        if found.last <= act.first and (standing or act.first - found.last <= 1):
            yield found


def _of_passive(scan: Scan, act: Act) -> Iterator[Found[list[str]]]:
    before = _before(scan, act)
    yield from reversed(before)
    if act.clause.opener in {"which", "that", "who"} or not before:
        yield from _earlier(scan, act, _NEXT)
    for found in _after(scan, act):
        if set(found.value) & {"country_list", "entity_list", "imports"}:
            yield found


def _of_verb(scan: Scan, act: Act) -> Iterator[Found[list[str]]]:
    heads = {verb.head for verb in act.verbs}
    before, after = _before(scan, act), _after(scan, act)
    yield from after
    if act.clause.opener in {"which", "that"} and (not after or "lapse" in heads):
        yield from _earlier(scan, act, _FAR)
    participle = act.form in {"past", "done"} and not after and before and act.first - before[-1].last <= 1
    if before and (participle or heads & _OF_SUBJECTS):
        if "resume" in heads and "talks" in before[0].value:
            yield before[0]  # "talks on the deal resumed"
        yield before[-1]


def _meant_by_pronoun(scan: Scan, act: Act) -> Found[list[str]] | None:
    """What "it" stands for: "filed a complaint and suspended it", "it was suspended in June"."""
    place: int | None = act.last
    if act.passive:
        clause = range(act.clause.first, act.first)
        place = next((at for at in clause if scan.tokens[at].lower in _PRONOUNS), None)
    if place is None or place >= len(scan.tokens) or scan.tokens[place].lower not in _PRONOUNS:
        return None
    earlier = [
        found for found in scan.things if found.last <= min(place, act.first) and found.value != ["wto"]
    ]
    told = scan.seen.told.thing if scan.seen.told is not None else ()
    heads = earlier[-1].value if earlier else list(told)
    return Found(heads, place, place + 1) if heads else None


def _named_by_participle(scan: Scan, act: Act) -> Found[list[str]] | None:
    """The thing before a participle: "a complaint filed with the WTO", "the pact, signed in 2016"."""
    following = scan.tokens[act.last].lower if act.last < len(scan.tokens) else ""
    if act.form not in {"past", "done"} or act.passive or following not in _BEHIND_PARTICIPLE:
        return None
    behind = scan.tokens[act.last + 1].lower if act.last + 1 < len(scan.tokens) else ""
    if (
        following == "with"
        and not any(act.last < p.first <= act.last + 2 for p in scan.parties)
        and behind != "the"
    ):
        return None
    apart = act.first == act.clause.first or scan.tokens[act.first - 1].text == ","
    close = _GAP if apart else 0
    for thing in reversed(scan.things):
        if thing.last <= act.first:
            return thing if act.first - thing.last <= close else None
    return None
