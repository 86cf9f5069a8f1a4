"""The times near an act, each with the features by which a reader would take it for the act's own or not.

A feature is a word such as ``clause_side=same_behind`` or ``verbs_between=1_before``. What each
weighs is learned (:mod:`sekisho.reading.choice`); here is only said what is there.
"""

from __future__ import annotations

from collections.abc import Iterator

from sekisho.reading.frames.saying import LENGTHS
from sekisho.reading.frames.scan import Act, Scan, Spot
from sekisho.reading.frames.sight import ended_by
from sekisho.reading.frames.timing import looks_ahead, role_of
from sekisho.reading.frames.told import Near
from sekisho.reading.status import Status
from sekisho.reading.times import Time
from sekisho.reading.vocabulary import vocabulary

_NEAREST = 8
"""Times of its own sentence that an act may have, the nearest."""
_BEFORE = 3
"""Times of the sentences before that an act may lean on, the last."""
_FAR = (1, 3, 6, 10, 16, 25)
"""Where the next class of distance begins, in words."""
_GOVERNS = 4
_MOST = 2
_FARTHEST = 3
_SAID = vocabulary("said")
_AUXILIARIES = vocabulary("auxiliaries")
_BEFORE_TIMES = vocabulary("before_times")
_CLAUSES = {0: "same", 1: "next", -1: "previous"}


def times_near(scan: Scan, act: Act, status: Status, kind: str) -> tuple[Near, ...]:
    """The times near an act, of its sentence the nearest first, then the last of those before it."""
    spots = [(time, spot_of(scan, time)) for time in scan.times if time.kind not in LENGTHS]
    spots.sort(key=lambda each: abs(each[1].place - act.first))
    near, ahead = [], looks_ahead(scan, act, status)
    for order, (time, spot) in enumerate(spots[:_NEAREST]):
        role = role_of(scan, time, act, status, kind, ahead=ahead)
        beside = (f"nearest={min(order, _FARTHEST)}", *_between(scan, act, spot))
        near.append(Near(time, role, (*spot.features, *beside)))
    role = "happened" if status is Status.HAPPENED else "announced"
    for number, time in reversed(scan.seen.placed[-_BEFORE:]):
        behind = max(1, scan.number - number)
        near.append(Near(time, role, (f"behind={min(behind, _FARTHEST)}",), behind))
    return tuple(near)


def features_of(scan: Scan, act: Act) -> tuple[str, ...]:
    """Features of an act: its form, its tense, whether its sentence says that somebody says so."""
    before = [token.lower for token in scan.tokens[act.clause.first : act.first]][-_GOVERNS:]
    tenses = dict.fromkeys(word for word in before if word in _AUXILIARIES)
    form = f"form={act.form}{'_passive' if act.passive else ''}{'_reduced' if act.reduced else ''}"
    saying = not _SAID.isdisjoint(scan.words)
    return (form, f"saying={saying}", *(f"tense={tense}" for tense in tenses))


def spot_of(scan: Scan, time: Time) -> Spot:
    """Where a time stands, looked up once for all acts of its sentence."""
    found = scan.spots.get(time)
    if found is None:
        place = ended_by(scan, time.start)
        clause = next((at for at, one in enumerate(scan.clauses) if place < one.last), len(scan.clauses) - 1)
        opener = scan.clauses[clause].opener
        features = (f"kind={time.kind}", f"prep={_governing(scan, place)}", f"time_opener={opener}")
        found = scan.spots[time] = Spot(place, clause, features)
    return found


def _governing(scan: Scan, place: int) -> str:
    """The preposition of a time, which may be its own first word; ``^`` at the head of the sentence."""
    own = scan.tokens[place].lower if place < len(scan.tokens) else ""
    if own in _BEFORE_TIMES:
        return own
    before = scan.tokens[place - 1].lower if place else "^"
    return before if before in _BEFORE_TIMES or before == "^" else ""


def _between(scan: Scan, act: Act, spot: Spot) -> Iterator[str]:
    """Features of a time toward an act: on which side, in which clause, how far, what stands between."""
    side = "behind" if spot.place >= act.last else "before"
    first, last = (act.last, spot.place) if side == "behind" else (spot.place, act.first)
    where = _CLAUSES.get(spot.clause - scan.clauses.index(act.clause), "far")
    verbs = sum(first <= other.first < last and other.form != "noun" for other in scan.acts)
    yield f"side={side}"
    yield f"clause_side={where}_{side}"
    yield f"far={sum(last - first > each for each in _FAR)}_{side}"
    yield f"verbs_between={min(verbs, _MOST)}_{side}"
    yield f"other_nearer={_other_nearer(scan, act, spot)}"


def _other_nearer(scan: Scan, act: Act, spot: Spot) -> bool:
    """Whether another act that has its thing stands nearer to the time."""
    away = abs(act.first - spot.place)
    return any(other.match is not None and abs(other.first - spot.place) < away for other in scan.acts)
