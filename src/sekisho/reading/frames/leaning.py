"""Leaning: the time of a predicate that has none of its own and goes on in that of the clause beside it."""

from __future__ import annotations

from collections.abc import Callable

from sekisho.reading.clauses import Clause
from sekisho.reading.frames.saying import LENGTHS
from sekisho.reading.frames.scan import Act, Scan
from sekisho.reading.frames.sight import ended_by, within
from sekisho.reading.status import Status
from sekisho.reading.times import Time
from sekisho.reading.vocabulary import vocabulary

_SAID = vocabulary("said")
_HEAD_WITHIN = 4
_BEFORE_HEAD = vocabulary("before_head")
_BACKGROUND = vocabulary("of_other_times")
_APART = frozenset({"had", "has", "have", "is", "are", "will"})
"""Tenses that leave the time at the head of the sentence: "In May it fell, and is poised to"."""
_ADVERB_WITHIN = 2
_PREPS_OF_TIME = frozenset({"in", "on", "during", "at", "since", "by"})
_PREPS_OF_MEETING = frozenset({"during", "at", "in"})


def time_of_head(scan: Scan) -> Time | None:
    """The time with which a sentence opens, which is that of all that goes on from it."""
    for time in scan.times:
        place = ended_by(scan, time.start)
        before = [token.lower for token in scan.tokens[:place]]
        if len(before) > _HEAD_WITHIN or not _BEFORE_HEAD.issuperset(before):
            return None
        if time.kind not in LENGTHS and time.kind != "recent":
            opens = scan.tokens[min(ended_by(scan, time.end), len(scan.tokens) - 1)]
            return None if opens.lower in {"'s", "’s"} else time
    return None


def _times_in(scan: Scan, clause: Clause) -> list[Time]:
    return [
        time for time in scan.times if time.kind not in LENGTHS | {"recent"} and within(scan, time, clause)
    ]


def _before(scan: Scan, act: Act) -> Clause | None:
    return next((clause for clause in scan.clauses if clause.last == act.clause.first), None)


def _governing(scan: Scan, act: Act) -> set[str]:
    return {token.lower for token in scan.tokens[act.clause.first : act.first]}


def of_head(scan: Scan, act: Act, _: Status) -> Time | None:
    """As in "On May 6 it issued a notice, which bans ...": what stands at the head covers the sentence."""
    if act.clause.opener in _BACKGROUND or not _APART.isdisjoint(_governing(scan, act)):
        return None
    time = time_of_head(scan)
    return time if time is not None and not within(scan, time, act.clause) else None


def of_participle(scan: Scan, act: Act, _: Status) -> Time | None:
    """As in "issued a notice on Monday, prohibiting": a participle is of the time of its main verb."""
    opens = act.clause.first + (act.clause.opener == "and")
    before = _before(scan, act)
    if act.form != "ing" or act.first != opens or before is None:
        return None
    return next((time for time in _times_in(scan, before) if not _is_of(scan, time)), None)


def _is_of(scan: Scan, time: Time) -> bool:
    """Whether a time is of a noun: "Notice No. 18 of 2025"."""
    place = ended_by(scan, time.start)
    return "of" in {token.lower for token in scan.tokens[max(0, place - 1) : place + 1]}


def of_predicate(scan: Scan, act: Act, status: Status) -> Time | None:
    """As in "visited Lima in March and held talks": one subject, one time."""
    before = _before(scan, act)
    near = act.first - act.clause.first <= _ADVERB_WITHIN
    if act.clause.opener != "and" or not near or before is None or status is not Status.HAPPENED:
        return None
    return next((time for time in reversed(_times_in(scan, before)) if _is_adverbial(scan, time)), None)


def _is_adverbial(scan: Scan, time: Time) -> bool:
    """Whether a time stands as an adverb, not with a noun: "in March", not "the March deal"."""
    own = scan.seen.text[time.start : time.end].split()[0].lower()
    place = ended_by(scan, time.start)
    before = scan.tokens[place - 1].lower if place else "on"
    return own in _PREPS_OF_TIME or before in _PREPS_OF_TIME or time.kind in {"weekday", "relweek", "relday"}


def of_fragment(scan: Scan, act: Act, status: Status) -> Time | None:
    """As in "struck it off the list, a group of partners, in August": the mark parts no clause."""
    if status is not Status.HAPPENED:
        return None
    for clause in scan.clauses:
        if clause.first == act.clause.last and clause.opener == "" and not _has_verb(scan, clause):
            times = _times_in(scan, clause)
            return times[0] if times and _is_adverbial(scan, times[0]) else None
    return None


def _has_verb(scan: Scan, clause: Clause) -> bool:
    words = {token.lower for token in scan.tokens[clause.first : clause.last]}
    verbs = any(clause.first <= other.first < clause.last and other.form != "noun" for other in scan.acts)
    return verbs or not words.isdisjoint(_SAID | vocabulary("auxiliaries") | vocabulary("be"))


def of_inner_head(scan: Scan, act: Act, _: Status) -> Time | None:
    """As in "it says that in May, Peru approved": a time right before the mark opens what follows."""
    before = _before(scan, act)
    if before is None or act.clause.opener:
        return None
    for time in _times_in(scan, before):
        behind = scan.tokens[ended_by(scan, time.end) : before.last]
        at = ended_by(scan, time.start)
        at -= at > 0 and scan.tokens[at - 1].lower in _PREPS_OF_TIME
        opens = at == before.first or scan.tokens[at - 1].lower in {"that", "back", "but", "and"}
        if opens and [token.text for token in behind][-1:] == [","]:
            return time
    return None


def of_meeting(scan: Scan, act: Act, _: Status) -> Time | None:
    """As in "held a meeting on Monday at which they agreed": what came of it is of the same day."""
    before = _before(scan, act)
    if before is None or act.clause.opener not in {"which", "where"}:
        return None
    held = act.clause.opener == "where" or scan.tokens[act.clause.first - 1].lower in _PREPS_OF_MEETING
    return next(iter(_times_in(scan, before)), None) if held else None


def of_when(scan: Scan, act: Act, _: Status) -> Time | None:
    """As in "it was agreed by the ministers when they met last month"."""
    for clause in scan.clauses:
        if clause.first == act.clause.last and clause.opener == "when":
            return next(iter(_times_in(scan, clause)), None)
    return None


LEANING: tuple[Callable[[Scan, Act, Status], Time | None], ...] = (
    of_inner_head, of_participle, of_meeting, of_predicate, of_when, of_fragment, of_head,
)  # fmt: skip
