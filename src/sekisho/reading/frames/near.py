"""The times near an act, each with the signs by which a reader would take it for the act's own or not.

A sign is a word such as ``clause=same`` or ``verbs_between=1``. What each sign weighs is learned
(:mod:`sekisho.reading.choice`); here is only said what is there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sekisho.reading.frames.saying import LENGTHS, is_saying_day
from sekisho.reading.frames.scan import Act, Scan
from sekisho.reading.frames.sight import ended_by
from sekisho.reading.frames.timing import bounds_span, names_thing, role_of
from sekisho.reading.frames.told import Near
from sekisho.reading.status import Status
from sekisho.reading.times import Time
from sekisho.reading.vocabulary import vocabulary

_NEAREST = 8
"""Times of its own sentence that an act may have, the nearest."""
_BEFORE = 3
"""Times of the sentences before that an act may lean on, the last."""
_FAR = (1, 3, 6, 10, 16, 25)
_GOVERNS = 4
_TENSES = {
    "will": "will", "would": "would", "had": "had", "has": "has", "have": "has", "was": "was", "were": "was",
    "to": "to", "is": "is", "are": "is", "been": "been", "may": "may", "could": "may", "might": "may",
}  # fmt: skip
_PREPS = frozenset(
    {"on", "in", "since", "until", "till", "by", "from", "of", "after", "before", "during", "at", "for", "to"}
    | {"between", "as", "through", "starting", "effective", "around", "and", "a", "the", "its", "(", ","}
)
_SAID = vocabulary("said")


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where a time stands in its sentence."""

    place: int
    clause: int
    signs: tuple[str, ...]


def times_near(scan: Scan, act: Act, status: Status, kind: str) -> tuple[tuple[str, ...], tuple[Near, ...]]:
    """The signs of an act, and the times near it with theirs."""
    about = tuple(_of_act(scan, act))
    spots = [(time, _spot(scan, time)) for time in scan.times if time.kind not in LENGTHS]
    spots.sort(key=lambda each: abs(each[1].place - act.first))
    at = scan.clauses.index(act.clause)
    near = []
    for order, (time, spot) in enumerate(spots[:_NEAREST]):
        role = role_of(scan, time, act, status, kind, ahead=status is not Status.HAPPENED)
        signs = (*spot.signs, *_between(scan, act, at, time, spot, kind), f"nearest={min(order, 3)}")
        near.append(Near(time, role, signs))
    role = "happened" if status is Status.HAPPENED else "announced"
    own = f"own_times={min(len(spots), 2)}"
    for back, (number, time) in enumerate(reversed(scan.seen.placed[-_BEFORE:])):
        signs = (f"behind={min(scan.number - number, 3)}", f"behind_order={back}", f"behind_{own}", f"behind_kind={time.kind}")
        near.append(Near(time, role, signs, scan.number - number))
    return (*about, own), tuple(near)


def _of_act(scan: Scan, act: Act) -> Iterator[str]:
    """Signs of the act itself: its form, its tense, what opens its clause and its sentence."""
    before = [token.lower for token in scan.tokens[act.clause.first : act.first]][-_GOVERNS:]
    yield f"form={act.form}{'_passive' if act.passive else ''}{'_reduced' if act.reduced else ''}"
    yield f"opener={act.clause.opener}"
    yield from (f"tense={tense}" for tense in {_TENSES[word]: 1 for word in before if word in _TENSES})
    yield f"saying={any(token.lower in _SAID for token in scan.tokens)}"


def _spot(scan: Scan, time: Time) -> _Spot:
    """Where a time stands, looked up once for all acts of its sentence."""
    found = scan.spots.get(time)
    if found is None:
        place = ended_by(scan, time.start)
        clause = next((at for at, one in enumerate(scan.clauses) if place < one.last), len(scan.clauses) - 1)
        found = scan.spots[time] = _Spot(place, clause, tuple(_of_time(scan, time, place, clause)))
    return found


def _of_time(scan: Scan, time: Time, place: int, clause: int) -> Iterator[str]:
    """Signs of a time wherever the act is: its kind, what governs it, what its clause says."""
    yield f"kind={time.kind}"
    inside = scan.tokens[place].lower if place < len(scan.tokens) else ""
    outside = scan.tokens[place - 1].lower if place else "^"
    prep = inside if inside in _PREPS else outside if outside in _PREPS or outside == "^" else ""
    yield f"prep={prep}"
    yield f"prep_kind={prep}_{time.kind}"
    if time.get("w"):
        yield f"word={time.get('w')}"
    if time.get("p"):
        yield f"part={time.get('p')}"
    if is_saying_day(scan, time):
        yield "saying_day"
    if names_thing(scan, time):
        yield "names_thing"
    if scan.tokens[min(place, len(scan.tokens) - 1)].start <= scan.tokens[0].end:
        yield "opens_sentence"
    one = scan.clauses[clause]
    before = [token.lower for token in scan.tokens[one.first : place]]
    yield from (f"time_tense={tense}" for tense in {_TENSES[word]: 1 for word in before[-8:] if word in _TENSES})
    yield f"time_opener={one.opener}"


def _between(scan: Scan, act: Act, at: int, time: Time, spot: _Spot, kind: str) -> Iterator[str]:
    """Signs of a time toward an act: which side, how far, what stands between."""
    side = "behind" if spot.place >= act.last else "before"
    apart = spot.clause - at
    where = "same" if apart == 0 else "next" if apart == 1 else "previous" if apart == -1 else "far"
    far = spot.place - act.last if side == "behind" else act.first - spot.place
    yield f"side={side}"
    yield f"clause={where}"
    yield f"clause_side={where}_{side}"
    yield f"clause_form={where}_{side}_{act.form}"
    yield f"clause_kind={where}_{time.kind}"
    yield f"far={sum(far > each for each in _FAR)}_{side}"
    low, high = (act.last, spot.place) if side == "behind" else (spot.place, act.first)
    acts = [other for other in scan.acts if low <= other.first < high and other.first != act.first]
    verbs = sum(other.form != "noun" for other in acts)
    matched = sum(other.match is not None for other in acts)
    yield f"verbs_between={min(verbs, 2)}_{side}"
    yield f"acts_between={min(matched, 2)}_{side}"
    words = [token.lower for token in scan.tokens[low:high]]
    if "," in words:
        yield f"comma_{side}"
    if not _SAID.isdisjoint(words):
        yield f"said_{side}"
    for word in ("after", "before", "since", "and", "that", "which", "when", "as", "who", "until", "following"):
        if word in words:
            yield f"word_between={word}_{side}"
    if bounds_span(scan, time, kind):
        yield "bounds_span"
    nearer = any(
        other.match is not None and other.first != act.first and abs(other.first - spot.place) < abs(act.first - spot.place)
        for other in scan.acts
    )
    yield f"other_nearer={nearer}"
    yield f"other_nearer_clause={nearer}_{where}"
