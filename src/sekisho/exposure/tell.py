"""What was assumed, and why a site stops, in plain sentences."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from sekisho.exposure.cases import Choice, Setting, closings_of
from sekisho.exposure.closings import Stop
from sekisho.exposure.licences import Judgement
from sekisho.exposure.network import DAYS
from sekisho.exposure.orders import Orders
from sekisho.exposure.plan import Clock
from sekisho.exposure.result import Cause
from sekisho.exposure.weekly import full_periods
from sekisho.model import Answer
from sekisho.register.register import Register

if TYPE_CHECKING:
    from sekisho.exposure.outcome import Outcome

_SOME = 5


def assumptions(
    setting: Setting, draws: int, stop: Stop, judgement: Judgement, orders: Orders | None
) -> tuple[str, ...]:
    """What a result rests on, for printing beside it."""
    return (
        *_general(setting, draws),
        *_not_counted(setting),
        *_by_law(setting, judgement),
        *_by_disruption(setting, stop),
        *_orders(orders),
        *setting.network.notes,
    )


def _general(setting: Setting, draws: int) -> Iterator[str]:
    network, clock = setting.network, setting.clock
    weeks = clock.periods * clock.days // DAYS
    horizon = f"{weeks} week{'s' if weeks > 1 else ''} of 7 days"
    yield f"Stocks are those of {clock.start}; the horizon is {horizon}."
    yield f"Losses are {network.value_basis}, and what is not sold in its {_period(setting)} is lost."
    yield "The best response sees all that comes and shares perfectly; the simulation sees nothing ahead."
    ranges = [row for row in network.demand if not row.quantity.is_known]
    ranges_of_review = [v for v in setting.verdicts if v.closed and v.review and not v.review.is_known]
    if draws:
        yield f"Bands are the 5 and 95 per cent points of {draws} draws, each range drawn on its own."
    elif ranges or ranges_of_review:
        yield "Bands are the best and the worst case: all review times and demands at one end together."
    elif any(one.arc.may_ship is None for one in setting.not_covered):
        yield "No range is stated for a demand or a review time; bands come from what is not covered alone."
    else:
        yield "No range is stated for a demand or a review time, so that the bands have no width."


def _not_counted(setting: Setting) -> Iterator[str]:
    """Rows of goods that lie outside the horizon, and what is taken of them."""
    clock = setting.clock
    end = clock.day(clock.periods)
    days = [row.arrives_on for row in setting.network.in_transit]
    before, after = sum(day < clock.start for day in days), sum(day >= end for day in days)
    if before:
        yield f"in_transit: {before} rows arrive before {clock.start}; they are taken to be in the stocks."
    if after:
        yield f"in_transit: {after} rows arrive after the horizon and help nobody within it."
    late = sum(row.available_on is not None and row.available_on >= end for row in setting.network.stocks)
    if late:
        yield f"stocks: {late} rows can be used after the horizon only and help nobody within it."


def _period(setting: Setting) -> str:
    return "week" if setting.clock.days == DAYS else "day"


def _some(names: list[str]) -> str:
    shown = ", ".join(names[:_SOME])
    return f"{shown} and {len(names) - _SOME} more" if len(names) > _SOME else shown


def _by_law(setting: Setting, judgement: Judgement) -> Iterator[str]:
    closed = [verdict for verdict in judgement.verdicts if verdict.closed]
    told = (
        ("the review time is that of the register, the network states none",
         [v for v in closed if v.review is not None and not v.stated]),
        ("no review time is on record, so that no licence opens them in the horizon",
         [v for v in closed if v.cause is Cause.LICENCE and v.review is None]),
        (f"the licence is applied for on {setting.on}",
         [v for v in closed if v.review is not None and v.arc.apply_on is None]),
        ("each contract needs a licence, but its quantity is not stated: one review opens the arc",
         [v for v in closed if v.contract is None and v.after.licence_types == ("individual",)]),
        ("it cannot be determined on the facts stated, which counts as closed",
         [v for v in closed if v.cause is Cause.UNDETERMINED]),
        ("no licence is given", [v for v in closed if v.cause is Cause.PROHIBITED]),
        ("another authority must be asked, which counts as closed",
         [v for v in closed if v.cause is Cause.ELSEWHERE]),
        ("what was needed before is needed now; they go on under the licences they have",
         [v for v in judgement.verdicts if not v.closed and v.after.answer is Answer.LICENCE_REQUIRED]),
        ("neither before nor now can it be determined on the facts stated; their rules did not change",
         [v for v in judgement.verdicts if not v.closed and v.after.answer is Answer.UNDETERMINED]),
    )  # fmt: skip
    yield from (f"{_some([v.arc.arc_id for v in found])}: {words}." for words, found in told if found)
    yield from _beyond_the_law(judgement)


def _beyond_the_law(judgement: Judgement) -> Iterator[str]:
    """How arcs are counted of which the law on record cannot tell, and statements it does not need."""
    arcs = {answer: [] for answer in (True, False, None)}  # type: dict[bool | None, list[str]]
    for one in judgement.not_covered:
        arcs[one.arc.may_ship].append(one.arc.arc_id)
    if arcs[True]:
        yield f"{_some(arcs[True])}: not covered by the law on record; the network states that they may ship."
    if arcs[None]:
        yield (
            f"{_some(arcs[None])}: not covered by the law on record; bands go from the best case with them"
            " open to the worst with them closed, and every single number counts them closed."
        )
    beyond = {one.arc.arc_id for one in judgement.not_covered}
    needless = [
        v.arc.arc_id for v in judgement.verdicts if v.arc.may_ship is not None and v.arc.arc_id not in beyond
    ]
    if needless:
        yield f"{_some(needless)}: may_ship is not read, since the law on record decides them."


def of_scenario(scenario: Register | None) -> Iterator[str]:
    """What the scenario supposes, by its own title."""
    if scenario is not None and scenario.supposed:
        yield f"The scenario supposes: {scenario.supposed}"


def of_change(notes: Iterable[str]) -> Iterator[str]:
    """What to know of the event, such as that no row of law turns on it."""
    yield from (f"{note[0].upper()}{note[1:]}." for note in notes)


def out_of_horizon(setting: Setting, *, is_change: bool) -> Iterator[str]:
    """That the change does not lie within the horizon, if so."""
    clock = setting.clock
    if is_change and setting.on >= clock.day(clock.periods):
        yield f"The change takes effect on {setting.on}, after the horizon; nothing closes within it."
    elif is_change and setting.on < clock.start:
        yield f"The change took effect on {setting.on}, before the first day; its arcs are closed from there."


def _by_disruption(setting: Setting, stop: Stop) -> Iterator[str]:
    sites = [one.name for one in setting.disruptions if one.is_site]
    if setting.disruptions and not setting.verdicts and not setting.not_covered:
        yield "No arc is decided by a change of the law: what is not closed here ships as it did."
    if sites:
        what = {
            Stop.ALL: "neither makes nor ships",
            Stop.MAKING: "makes nothing and ships what it has",
            Stop.SHIPPING: "ships nothing and goes on making",
        }[stop]
        yield f"{_some(sites)} {what} while closed."
    clock = setting.clock
    for one in setting.disruptions:
        if one.on >= clock.day(clock.periods):
            yield f"{one.name} closes on {one.on}, after the horizon; nothing of it is seen within it."
        elif one.days is not None and one.on + dt.timedelta(days=one.days) <= clock.start:
            yield f"{one.name} is open again before the first day, {clock.start}; nothing of it is seen."
        if one.days is None:
            yield f"{one.name} states no recovery_days and stays closed to the end of the horizon."


def _orders(orders: Orders | None) -> Iterator[str]:
    if orders is not None:
        afloat = f"{len(orders.in_transit)} of them are afloat"
        facts = f"{orders.matched} order lines gave the facts of {len(orders.cells)} arcs"
        yield f"{facts}, {afloat}; {orders.unmatched} are of no arc and were left out."
        if orders.shared:
            yield (
                f"{orders.shared} order lines afloat are of more than one arc, so that their goods are not"
                " counted; arc_id in the order file tells which."
            )


def too_large(part: Setting) -> Iterator[str]:
    """That the best response was not solved, if so."""
    if part.simulated:
        sites, weeks = len(part.network.sites), part.clock.periods
        yield (
            f"The best response of {sites:,} tied sites over {weeks} periods is too large to solve; the"
            " simulation stands in its place, which loses no less, and sites alone are not looked at. Fewer"
            " --weeks, or a network cut to what matters, let it be solved."
        )


def too_large_for_sets(part: Setting, largest: int, size: int) -> Iterator[str]:
    """That no best set was looked for, if so."""
    if part.network.mitigations and (part.simulated or size > largest):
        yield f"The best sets are looked for up to {largest:,} columns; this network has {size:,}."


def explain_sites(setting: Setting, typical: Outcome) -> dict[str, str]:
    """Why each affected site that sells loses, and when, in the typical case."""
    plan, response = typical.case.plan, typical.response
    closed = {closing.name: closing.until for closing in closings_of(setting, Choice())}
    unknown = {one.arc.arc_id for one in setting.not_covered if one.arc.may_ship is None}
    found = {}
    for at in np.flatnonzero(plan.sells).tolist():
        name = plan.sites[at]
        first = full_periods(response.lost[:, at])
        if first is None:
            found[name] = f"loses nothing within {plan.clock.periods} {_period(setting)}s"
            continue
        told = f"loses from {_period(setting)} {first + 1} ({plan.clock.day(first)})"
        found[name] = f"{told}: {_why(typical, at, first, closed, unknown)}"
    return found


def _why(typical: Outcome, at: int, first: int, closed: dict[str, int], unknown: set[str]) -> str:
    plan, response = typical.case.plan, typical.response
    if plan.sites[at] in closed and plan.capacity[first, at] == 0:
        return "it stands still itself"
    needs = np.flatnonzero(plan.need_site == at)
    out = [m for m in needs.tolist() if response.need_stock[first, m] <= 1e-6 * max(plan.need_rate[m], 1.0)]
    if not out:
        return "it cannot make more in a week, or loses here so as to save more elsewhere"
    reasons = []
    for m in out:
        arcs = [plan.arcs[a] for a in np.flatnonzero(plan.arc_need == m).tolist()]
        shut = [f"{arc} ({_state(plan.clock, closed[arc], not_covered=arc in unknown)})"
                for arc in arcs if arc in closed]  # fmt: skip
        ways = f"; {', '.join(shut)}" if shut else ""
        reasons.append(f"{plan.need_items[m]} has run out{ways}")
    return "; ".join(reasons)


def _state(clock: Clock, until: int, *, not_covered: bool) -> str:
    """Until when an arc is closed, or that it only counts so."""
    if not_covered:
        return "not covered, counted closed"
    return f"closed until {clock.day(until) if until < clock.periods else 'the end of the horizon or longer'}"
