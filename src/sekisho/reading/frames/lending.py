"""Lending: the times that an act has from other clauses of its sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sekisho.reading.clauses import Clause
from sekisho.reading.frames.leaning import LEANING, time_of_head
from sekisho.reading.frames.saying import DAYS, LENGTHS
from sekisho.reading.frames.scan import Act, Scan
from sekisho.reading.frames.sight import ended_by, within
from sekisho.reading.status import Status
from sekisho.reading.times import Time
from sekisho.reading.vocabulary import vocabulary

_SAID = vocabulary("said")
_RELATIVES = frozenset({"which", "who", "that", "where", "whose"})
_SPEAKING = vocabulary("speaking")
_IN_ANSWER = vocabulary("in_answer")
_SOON = frozenset({"shortly", "hours", "minutes", "soon", "immediately", "moments", "right", "just"})
_DAYS_OF_NEWS = frozenset({"weekday", "relday", "monthday", "daymonth", "mdy", "dmy", "sameday"})


def times_lent(scan: Scan, act: Act, status: Status) -> Iterator[Time]:
    """Times that other clauses of the sentence lend to an act."""
    if (starts := _starting(scan, act)) is not None:
        yield starts
    lent = (rule(scan, act, status) for rule in _RULES)
    yield from (time for time in (next((time for time in lent if time is not None), None),) if time)


def _times_in(scan: Scan, clause: Clause) -> list[Time]:
    return [time for time in scan.times if time.kind not in LENGTHS and within(scan, time, clause)]


def _beside(scan: Scan, act: Act) -> Iterator[tuple[Clause, list[Time]]]:
    """The other clauses of the sentence that have times."""
    for clause in scan.clauses:
        if clause is not act.clause and (times := _times_in(scan, clause)):
            yield clause, times


def _behind_relative(scan: Scan, act: Act, _: Status) -> Time | None:
    """The day behind a relative clause: "decided to end the pact, which had helped both, on Aug. 22"."""
    for clause in scan.clauses:
        if clause.opener in _RELATIVES and clause.first == act.clause.last:
            for time in _times_in(scan, clause):
                at = ended_by(scan, time.start) - 1
                at -= scan.tokens[at].lower in {"on", "in"}
                if time.kind in DAYS and scan.tokens[at].text == "," and at > clause.first:
                    return time
    return None


def _of_saying(scan: Scan, act: Act, status: Status) -> Time | None:
    """The time of a saying: "it will end the pact, the ministry said on Monday"."""
    if status is Status.HAPPENED and not (scan.number == 0 and act.clause.opener in {"", "and", "that"}):
        return None
    for at, clause in enumerate(scan.clauses):
        if clause is act.clause or _SAID.isdisjoint(
            token.lower for token in scan.tokens[clause.first : clause.last]
        ):
            continue
        times = _times_in(scan, clause)
        if not times and clause.opener == "and" and at and scan.clauses[at - 1] is not act.clause:
            times = _times_in(scan, scan.clauses[at - 1])  # "on Monday released data and said that"
        if times:
            return times[0]
    return None


def _of_opening(scan: Scan, act: Act, status: Status) -> Time | None:
    """The time with which a sentence opens: "In a statement issued on Monday, Peru said"."""
    opening = scan.clauses[0]
    times = _times_in(scan, opening) if opening.last <= act.clause.first else []
    if not times:
        return None
    verb = next((other.first for other in scan.acts if other.clause is opening), opening.last)
    early = times[0].start < scan.tokens[min(verb, opening.last - 1)].start
    if _goes_on(scan, act, status) and early:
        return times[0]
    setting = opening.last == act.clause.first and times[0] is not time_of_head(scan)
    return times[-1] if setting and _is_setting(scan, opening) else None


def _is_setting(scan: Scan, clause: Clause) -> bool:
    """Whether a clause is no act of its own but where or how the main one was told."""
    words = [token.lower for token in scan.tokens[clause.first : clause.last]]
    answers = len(words) > 1 and words[1] in _IN_ANSWER
    return words[0] in _SPEAKING or (words[0] in {"in", "at", "during"} and not answers)


def _at_once(scan: Scan, act: Act, status: Status) -> Time | None:
    """The time of a clause that tells of the same moment: "shortly after", "when", "as it vowed to"."""
    opener, at = act.clause.opener, scan.clauses.index(act.clause)
    before = scan.clauses[at - 1] if at else None
    soon = act.clause.first > 0 and scan.tokens[act.clause.first - 1].lower in _SOON
    promised = opener == "as" and status is Status.ANNOUNCED
    if opener == "when" or promised or (opener == "after" and soon):
        main = before or next(iter(scan.clauses[1:2]), None)
        return next(reversed(_times_in(scan, main)), None) if main is not None else None
    if before is not None and before.opener in {"upon", "when"}:
        return next(iter(_times_in(scan, before)), None)
    return None


def _behind_talks(scan: Scan, act: Act, _: Status) -> Time | None:
    """The day of what was told right behind talks: "said on March 16 after meeting with"."""
    talked = (act.form == "noun" and not act.verbs) or not {"meet", "hold"}.isdisjoint(
        verb.head for verb in act.verbs
    )
    if act.clause.opener not in {"after", "following"} or not talked or act.form not in {"ing", "noun"}:
        return None
    before = next((clause for clause in scan.clauses if clause.last == act.clause.first), None)
    return next(reversed(_times_in(scan, before)), None) if before is not None else None


def _of_cause(scan: Scan, act: Act, _: Status) -> Time | None:
    """The time of the clause that an act follows from, or that follows from it."""
    opener = act.clause.opener
    before = next((clause for clause in scan.clauses if clause.last == act.clause.first), None)
    times = _times_in(scan, before) if before is not None else []
    if opener in {"marking", "prompting", "granting", "making"} and times:
        return times[0]
    if opener in {"upon", "following"}:
        return next((each[0] for _, each in _beside(scan, act)), None)
    if opener == "after" and not times and before is not None and before.opener == "as":
        times = next((_times_in(scan, main) for main in scan.clauses if main.last == before.first), [])
    if opener in {"after", "as"} and times and times[0].kind not in _DAYS_OF_NEWS:
        return times[0]
    return None


def _goes_on(scan: Scan, act: Act, status: Status) -> bool:
    """Whether an act goes on from the clause before it, and is no plan told beside what has happened."""
    words = {token.lower for token in scan.tokens[act.clause.first : act.first]}
    return act.clause.opener in {"and", "but"} and (status is Status.HAPPENED or bool(words & _SAID))


def _starting(scan: Scan, act: Act) -> Time | None:
    """The time of a clause that says from when: "that starting on August 1, restrictions apply"."""
    for clause in scan.clauses:
        if clause.last == act.clause.first or clause.first == act.clause.last:
            words = [token.lower for token in scan.tokens[clause.first : clause.first + 2]]
            if {"starting", "beginning", "effective", "from"} & set(words):
                return next((time for time in scan.times if within(scan, time, clause)), None)
    return None


def _and_so(scan: Scan, act: Act, _: Status) -> Time | None:
    """The time of the clause before, if the act came of it: "and subsequently it was suspended"."""
    words = {token.lower for token in scan.tokens[act.clause.first : act.first]}
    if act.clause.opener != "and" or not words & {"subsequently", "thereby", "thus", "consequently"}:
        return None
    before = [clause for clause in scan.clauses if clause.last == act.clause.first]
    return next((time for clause in before for time in scan.times if within(scan, time, clause)), None)


def _behind_participle(scan: Scan, act: Act, _: Status) -> Time | None:
    """The time of an act that stands behind a participle in between: "a deal, inked in 2016, on Monday"."""
    for other in scan.acts:
        opens = other.form in {"past", "done"} and other.first == other.clause.first
        if opens and other.clause.first == act.clause.last:
            end = end_of_participle(scan, other)
            times = (time for time in scan.times if within(scan, time, other.clause) and time.start > end)
            return next((time for time in times if time.kind in DAYS), None)
    return None


def end_of_participle(scan: Scan, act: Act) -> int:
    """Where the words of a participle end: "inked in 2016, the office said Monday" ends at its comma."""
    places = range(act.last, act.clause.last - 1)
    ends = (
        scan.tokens[at].start for at in places if scan.tokens[at].text == "," and not _in_a_date(scan, at)
    )
    return next(ends, scan.tokens[act.clause.last - 1].end)


def _in_a_date(scan: Scan, place: int) -> bool:
    at = scan.tokens[place].start
    return any(time.start <= at < time.end for time in scan.times)


def times_beside(scan: Scan, act: Act) -> list[Time]:
    """Times of the predicates that "and" joins to the act: they may cover it too."""
    at = scan.clauses.index(act.clause)
    joined = [
        clause for clause in scan.clauses[at + 1 : at + 3] if clause.opener in {"and", "granting", "giving"}
    ]
    return [
        time
        for clause in joined
        for time in scan.times
        if within(scan, time, clause) and time.kind not in LENGTHS
    ]


_RULES: tuple[Callable[[Scan, Act, Status], Time | None], ...] = (
    _and_so, _behind_participle, _behind_relative, _of_saying, _of_opening,
    _at_once, _behind_talks, _of_cause, *LEANING,
)  # fmt: skip
