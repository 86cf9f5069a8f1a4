"""The events of a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sekisho.reading.frames.assertion import as_kept, status_in, turned
from sekisho.reading.frames.disputes import court_rulings, panel_rulings
from sekisho.reading.frames.pacts import letting_lapse
from sekisho.reading.frames.redress import acts_by_themselves, compensating
from sekisho.reading.frames.roles import all_parties, elsewhere, list_parties, respondent, subject_of, toward
from sekisho.reading.frames.scan import Act, Scan
from sekisho.reading.frames.sight import within
from sekisho.reading.frames.talks import meetings, visit_of, visits
from sekisho.reading.frames.telling import quote_of, tell
from sekisho.reading.frames.things import match_all, only_discussed
from sekisho.reading.frames.told import LISTS, SYMMETRIC, Told
from sekisho.reading.lexicon import Found, Frame
from sekisho.reading.status import Status
from sekisho.reading.vocabulary import vocabulary

_CHANGES = vocabulary("changes")


def events_of(scan: Scan) -> Iterator[Told]:
    """The events, each place of the sentence telling at most one of a type."""
    seen: set[tuple[str, int]] = set()
    used: set[int] = set()
    match_all(scan)
    for act in scan.acts:
        for told in of_act(scan, act, used):
            if (told.type, told.place) not in seen:
                seen.add((told.type, told.place))
                yield told
    yield from court_rulings(scan)
    yield from panel_rulings(scan)
    yield from acts_by_themselves(scan)
    yield from visits(scan)


def taking_effect(scan: Scan, last: Told | None) -> list[Told]:
    """As in "The change takes effect on July 21": a day of effect for the event told before."""
    for act in scan.acts:
        if (
            last is None
            or act.match is not None
            or not any(verb.head == "effect" and verb.base != "apply to" for verb in act.verbs)
        ):
            continue
        words = {token.lower for token in scan.tokens[act.clause.first : act.first]}
        times = [
            time
            for time in scan.times
            if within(scan, time, act.clause) and time.start > scan.tokens[act.first].start
        ]
        if times and words & _CHANGES:
            status = status_in(scan, act)
            if status.real and act.form in {"s", "base"}:
                status = Status.ANNOUNCED
            return (
                [
                    replace(
                        last,
                        start=scan.tokens[act.clause.first].start,
                        end=quote_of(scan, act, None)[1],
                        status=status,
                        times=[(times[0], "effective")],
                        sentence=scan.number,
                        place=act.first,
                        beside=[],
                    )
                ]
                if status.real
                else []
            )
    return []


def of_act(scan: Scan, act: Act, used: set[int]) -> Iterator[Told]:  # noqa: C901, PLR0911
    """The events of one act."""
    if act.clause.conditional:
        return
    if any(verb.head == "meet" for verb in act.verbs):
        yield from meetings(scan, act)
        return
    if any(verb.head == "visit" for verb in act.verbs) and (told := visit_of(scan, act)) is not None:
        yield told
        return
    if any(verb.head == "compensate" for verb in act.verbs):
        yield from compensating(scan, act)
        return
    if act.match is None:
        yield from letting_lapse(scan, act)
        return
    frame, thing = act.match
    act.reduced = not act.passive and act.form in {"past", "done"} and thing.last <= act.first
    if only_discussed(scan, act):
        return
    if thing.first in used and frame.type in {"talks_agreed", "summit_agreed"}:
        return
    told = framed_event(scan, act, frame, thing)
    if told is not None and told.type in LISTS and len(told.actor) == 2 and " each other " in scan.lower:  # noqa: PLR2004
        first, second = told.actor
        used.add(thing.first)
        yield replace(told, actor=(first,), counterpart=(second,))
        yield replace(told, actor=(second,), counterpart=(first,), place=told.place + 1)
        return
    if (
        told is not None
        and not (told.type == "agreement_terminated" and told.status is not Status.HAPPENED)
        and not (told.type == "agreement_signed" and told.status is Status.DENIED)
    ):
        used.add(thing.first)
        yield told


def framed_event(scan: Scan, act: Act, frame: Frame, thing: Found[list[str]]) -> Told | None:  # noqa: C901
    """The event that an act on a thing makes."""
    kind = frame.type
    subject = subject_of(scan, act)
    actor = subject.codes if subject is not None else ()
    status = status_in(scan, act)
    if (
        kind in {"talks_held", "summit_held"}
        and act.clause.opener == "while"
        and act.form in {"base", "s", "ing"}
    ):
        return None  # as long as talks go on: nothing is said to have been held
    if frame.status == "denied":
        status = as_kept(status)
    kind, status = turned(scan, kind, status, act)
    if kind in LISTS:
        actor, counterpart = list_parties(scan, act, thing, subject)
    elif kind in SYMMETRIC:
        actor, counterpart = all_parties(scan, act, actor), ()
    elif kind in {"dispute_panel_established", "dispute_ruling"}:
        counterpart = respondent(scan)
        actor = ("WTO",)
    else:
        if "WTO" in actor and not kind.startswith("dispute"):
            return None
        counterpart = toward(scan, act, actor) or (elsewhere(scan, actor) if actor else ())
    if kind == "export_licence_granted" and any(
        verb.base in {"receive", "obtain", "get", "win", "secure"} for verb in act.verbs
    ):
        firm = next((p for p in reversed(scan.parties) if p.last <= act.first and p.kind == "firm"), None)
        actor = firm.codes if firm is not None else actor
    if kind == "summit_held" and subject is not None and subject.kind == "ministry":
        kind = "talks_held"
    return tell(scan, act, kind, actor, counterpart, status, thing, subject)
