"""Events told by pointing back at one told before: "a similar step", "the change takes effect"."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sekisho.reading.frames.assertion import status_in
from sekisho.reading.frames.scan import Act, Scan
from sekisho.reading.frames.sight import agent, clause_at, subject_in, within
from sekisho.reading.frames.telling import quote_of, tell
from sekisho.reading.frames.told import LISTS, Told
from sekisho.reading.status import Status
from sekisho.reading.vocabulary import vocabulary

_CHANGES = vocabulary("changes")
_LISTED = {"strike": "country_list_removed", "relist": "country_list_reinstated"}
_STEPS = vocabulary("steps")


def similar_steps(scan: Scan) -> Iterator[Told]:
    """An act told by its likeness: "after Japan took a similar step the previous month"."""
    model = scan.seen.told
    for place, token in enumerate(scan.tokens[:-1]):
        before = scan.tokens[place - 1].lower if place else ""
        if model is None or not _likens(before, token.lower, scan.tokens[place + 1].lower):
            continue
        clause = clause_at(scan, place)
        subject = agent(scan, place + 2, min(place + 5, clause.last)) or subject_in(scan, clause.first, place)
        if subject is None or set(subject.codes) & set(model.actor):
            continue
        act = Act([], place, place + 2, "past", False, clause)
        at = model.actor if set(subject.codes) & set(model.counterpart) else model.counterpart
        yield tell(scan, act, model.type, subject.codes, at, status_in(scan, act), None, subject)


def listed_again(scan: Scan) -> Iterator[Told]:
    """A list that is not named again: "South Korea removed Japan in September"."""
    model = scan.seen.told
    if model is None or model.type not in LISTS:
        return
    for act in scan.acts:
        kind = next((_LISTED[verb.head] for verb in act.verbs if verb.head in _LISTED), "")
        whom = next((party for party in scan.parties if act.last <= party.first <= act.last + 1), None)
        subject = subject_in(scan, act.clause.first, act.first)
        plain = act.match is None and act.form in {"past", "base", "s"} and not act.passive
        if plain and kind and whom is not None and whom.kind == "country" and subject is not None:
            status = status_in(scan, act)
            yield tell(scan, act, kind, subject.codes, whom.codes, status, None, subject)


def _likens(before: str, word: str, following: str) -> bool:
    if (word, following) == ("the", "same"):
        return before in {"do", "does", "did", "done", "doing"}
    return (word == "similar" and following in _STEPS) or (word, following) == ("followed", "suit")


def taking_effect(scan: Scan, last: Told | None) -> list[Told]:
    """As in "The change takes effect on July 21": a day of effect for the event told before."""
    acts = [act for act in scan.acts if act.match is None and (_takes_effect(act) or _is_enforced(scan, act))]
    for act in acts if last is not None else ():
        behind = scan.tokens[act.first].start
        times = [time for time in scan.times if within(scan, time, act.clause) and time.start > behind]
        joined = act.clause.opener in {"and", "which", "that"}
        first = scan.clauses[0].first if joined else act.clause.first
        words = {token.lower for token in scan.tokens[first : act.first]}
        if times and words & _CHANGES and last is not None:
            due = _due(scan, act) or _expected(scan, act)
            status = Status.ANNOUNCED if due else status_in(scan, act)
            if not status.real:
                return []
            ahead = act.form in {"s", "base"}
            return [
                replace(
                    last,
                    start=scan.tokens[act.clause.first].start,
                    end=quote_of(scan, act, None)[1],
                    status=Status.ANNOUNCED if ahead else status,
                    times=[(times[0], "effective")],
                    sentence=scan.number,
                    place=act.first,
                    beside=[],
                )
            ]
    return []


def _takes_effect(act: Act) -> bool:
    return any(verb.head == "effect" and verb.base != "apply to" for verb in act.verbs)


def _is_enforced(scan: Scan, act: Act) -> bool:
    """As in "the revised ordinance will be enforced from Aug. 28"."""
    words = [token.lower for token in scan.tokens[act.first : act.first + 2]]
    return act.passive and words in (["enforced", "from"], ["enforced", "on"], ["implemented", "from"])


def _expected(scan: Scan, act: Act) -> bool:
    """As in "the changes are expected to take effect in May": decided, and only the day is not sure."""
    return [token.lower for token in scan.tokens[max(0, act.first - 2) : act.first]] == ["expected", "to"]


def _due(scan: Scan, act: Act) -> bool:
    """As in "is due to come into force": a day that is set, no mere plan."""
    return [token.lower for token in scan.tokens[max(0, act.first - 3) : act.first]] in (
        ["is", "due", "to"], ["are", "due", "to"], ["is", "set", "to"], ["are", "set", "to"],
    )  # fmt: skip
