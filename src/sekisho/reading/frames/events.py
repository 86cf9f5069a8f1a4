"""The events of a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sekisho.reading.frames.barred import barred_goods
from sekisho.reading.frames.boycotts import boycotts
from sekisho.reading.frames.disputes import gone_to_wto
from sekisho.reading.frames.echoes import listed_again, similar_steps
from sekisho.reading.frames.framing import framed
from sekisho.reading.frames.owned import export_controls, import_bans
from sekisho.reading.frames.pacts import letting_lapse
from sekisho.reading.frames.redress import compensating
from sekisho.reading.frames.rulings import court_rulings, panel_rulings
from sekisho.reading.frames.scan import Act, Scan
from sekisho.reading.frames.talks import hosts_leader, meetings, talks_by_name, visit_of, visits
from sekisho.reading.frames.things import match_all, only_discussed
from sekisho.reading.frames.told import LISTS, Told

_TWO = 2
_RULES = (
    court_rulings,
    panel_rulings,
    import_bans,
    barred_goods,
    export_controls,
    boycotts,
    visits,
    talks_by_name,
    similar_steps,
    listed_again,
)


def events_of(scan: Scan) -> Iterator[Told]:
    """The events, each place of the sentence telling at most one of a type."""
    seen: set[tuple[str, int]] = set()
    used: set[int] = set()
    if scan.tokens[-1].text == "?":
        return  # a question tells nothing
    match_all(scan)
    for act in scan.acts:
        for told in _of_act(scan, act, used):
            if (told.type, told.place) not in seen:
                seen.add((told.type, told.place))
                yield told
    for rule in _RULES:
        yield from rule(scan)


def _of_act(scan: Scan, act: Act, used: set[int]) -> Iterator[Told]:
    """The events of one act; the thing of an event that is told counts as used."""
    if act.clause.conditional:
        return
    heads = {verb.head for verb in act.verbs}
    travel = (gone_to_wto(scan, act) or visit_of(scan, act)) if "visit" in heads else None
    if "meet" in heads or hosts_leader(scan, act):
        yield from meetings(scan, act)
    elif travel is not None:
        yield travel
    elif "compensate" in heads:
        yield from compensating(scan, act)
    elif lapse := list(letting_lapse(scan, act)):
        yield from lapse
    else:
        yield from _of_match(scan, act, used)


def _of_match(scan: Scan, act: Act, used: set[int]) -> Iterator[Told]:
    """The event of an act that has a thing; two, if each strikes the other off its list."""
    if act.match is None or only_discussed(scan, act):
        return
    frame, thing = act.match
    act.reduced = not act.passive and act.form in {"past", "done"} and thing.last <= act.first
    if thing.first in used and frame.type in {"talks_agreed", "summit_agreed"}:
        return
    told = framed(scan, act, frame, thing)
    if told is None:
        return
    used.add(thing.first)
    if told.type in LISTS and len(told.actor) == _TWO and " each other " in scan.lower:
        first, second = told.actor
        yield replace(told, actor=(first,), counterpart=(second,))
        yield replace(told, actor=(second,), counterpart=(first,), place=told.place + 1)
    else:
        yield told
