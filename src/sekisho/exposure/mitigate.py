"""Mitigations: each alone, and the best set of them.

The best set is found exactly, by one mixed-integer model on HiGHS with no gap: a whole
column for each mitigation, whose stock, arcs and earlier licences are linear in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from sekisho.exposure.cases import Choice, Setting, closings_of, further_stock, make_case
from sekisho.exposure.closings import Allowance, allowances, close
from sekisho.exposure.network import DAYS, Mitigation, MitigationKind
from sekisho.exposure.outcome import answer, columns
from sekisho.exposure.plan import Floats, Plan, make_plan
from sekisho.exposure.result import MitigationResult, MitigationSet
from sekisho.exposure.solver import Model, Solver
from sekisho.exposure.weekly import Layout, make_model, respond

LARGEST_SET = 60_000
"""Columns up to which the best sets are looked for: whole columns take far longer."""
METHOD = "exact: a mixed-integer model, solved by HiGHS with no gap"
TOLERANCE = 1e-7
"""Units below which nothing is lost."""


def compare(
    setting: Setting, base_loss: float, advance: Callable[[int], None] = lambda _: None
) -> tuple[MitigationResult, ...]:
    """What each mitigation does on its own, in the typical case.

    Args:
        setting: The network and what is closed.
        base_loss: What is lost without any.
        advance: Called with 1 after each.
    """
    found = []
    for one in setting.network.mitigations:
        case = make_case(setting, Choice(mitigations=(one.mitigation_id,)))
        response, periods = answer(setting, case)
        loss = response.lost_margin
        avoided = base_loss - loss
        found.append(
            MitigationResult(
                mitigation_id=one.mitigation_id,
                kind=one.kind,
                description=one.description,
                cost=one.cost,
                lost_margin=loss,
                loss_avoided=avoided,
                net_benefit=avoided - one.cost,
                rank_by_loss=0,
                rank_by_net_benefit=0,
                survival_weeks=None if periods is None else periods * setting.clock.days / DAYS,
                note="; ".join(
                    [*case.notes, *_not_lawful(setting, one.kind, one.arc_ids), *_not_covered(setting, one)]
                ),
            )
        )
        advance(1)
    return _ranked(found)


def _not_lawful(setting: Setting, kind: str, arc_ids: tuple[str, ...]) -> Iterator[str]:
    """A bulk licence that the law on record does not let serve is only what one would be worth."""
    if kind != MitigationKind.BULK_LICENCE:
        return
    barred = [
        verdict.arc.arc_id
        for verdict in setting.verdicts
        if verdict.closed
        and verdict.after.licence_types == ("individual",)
        and (not arc_ids or verdict.arc.arc_id in arc_ids)
    ]
    if barred:
        arcs, worth = ", ".join(barred), "this is what one would be worth, and it is in no best set"
        yield f"by the law of {setting.on} no bulk licence serves {arcs}; {worth}"


def _not_covered(setting: Setting, taken: Mitigation) -> Iterator[str]:
    """Arcs that a mitigation opens help only if they may ship, which the law on record cannot tell."""
    arcs = [
        one.arc.arc_id
        for one in setting.not_covered
        if one.arc.mitigation_id == taken.mitigation_id and one.arc.may_ship is None
    ]
    if arcs:
        yield f"{', '.join(arcs)}: not covered by the law on record, counted closed; see may_ship in arcs.csv"


def _ranked(found: list[MitigationResult]) -> tuple[MitigationResult, ...]:
    """Both ranks; the order is that of net benefit."""
    by_loss = {id(one): at for at, one in enumerate(sorted(found, key=lambda one: one.lost_margin), start=1)}
    ordered = sorted(found, key=lambda one: -one.net_benefit)
    return tuple(
        replace(one, rank_by_loss=by_loss[id(one)], rank_by_net_benefit=at)
        for at, one in enumerate(ordered, start=1)
    )


@dataclass(frozen=True, slots=True)
class _Whole:
    """The model with a whole column for each mitigation."""

    model: Model
    at: Layout
    plan: Plan
    first: int
    costs: Floats


def best_sets(setting: Setting) -> tuple[MitigationSet, ...]:
    """The cheapest set that loses nothing, and the set of least cost and loss together.

    None is looked for in a model of more than :data:`LARGEST_SET` columns.
    """
    if not setting.network.mitigations or setting.simulated or columns(setting) > LARGEST_SET:
        return ()
    whole = _whole_model(setting)
    running = _solved(setting, whole, "keep_running")
    return running, _solved(setting, whole, "net_benefit")


def _solved(setting: Setting, whole: _Whole, aim: str) -> MitigationSet:
    model, at = whole.model, whole.at
    solver = Solver(model)
    cost = np.zeros(len(model.cost))
    cost[whole.first :] = whole.costs
    if aim == "keep_running":
        zeros = np.zeros(at.lost.size)
        solver.bound(at.lost.ravel(), zeros, zeros)
    else:
        cost[at.lost] = whole.plan.margin
    solver.cost(cost)
    found = solver.solve("the best set of mitigations")
    names = [one.mitigation_id for one in setting.network.mitigations]
    chosen = model.upper[whole.first :] if found is None else found.columns[whole.first :]
    taken = tuple(name for name, share in zip(names, chosen.tolist(), strict=True) if share > 0.5)  # noqa: PLR2004  whole
    case = make_case(setting, Choice(mitigations=taken))
    response = respond(case.plan, case.bounds)
    still = (response.lost > TOLERANCE).any(axis=0)
    price = sum(one.cost for one in setting.network.mitigations if one.mitigation_id in taken)
    return MitigationSet(
        aim=aim,
        found=found is not None,
        mitigation_ids=taken,
        cost=price,
        lost_margin=response.lost_margin,
        method=METHOD,
        still_losing=tuple(case.plan.sites[at] for at in np.flatnonzero(still).tolist()),
    )


def _whole_model(setting: Setting) -> _Whole:
    """All arcs that any mitigation opens, held shut until its column is one."""
    everything = tuple(one.mitigation_id for one in setting.network.mitigations)
    network = setting.network
    closings = closings_of(setting, Choice())
    part = make_plan(network, setting.clock, everything)
    shut = close(part, closings)
    late = allowances(part, closings)
    model, at = make_model(_opened(setting, part, shut), (), len(network.mitigations))
    first = at.count
    lawful = [not list(_not_lawful(setting, one.kind, one.arc_ids)) for one in network.mitigations]
    model.upper[first:] = lawful
    costs = np.array([one.cost for one in network.mitigations], dtype=np.float64)
    model = replace(model, whole=tuple(range(first, first + len(costs))))
    openers = _openers(setting, part, shut)
    _hold(model, at, part, openers, first)
    _stockpiles(setting, part, model, first)
    _licences(setting, part, model, at, late, first)
    return _Whole(model, at, part, first, costs)


def _opened(setting: Setting, part: Plan, shut: Plan) -> Plan:
    """Capacities where a mitigation, or nothing at all, lets an arc ship."""
    capacity = shut.arc_capacity.copy()
    for _, opened in _each(setting, part):
        np.maximum(capacity, opened, out=capacity)
    return replace(shut, arc_capacity=capacity)


def _each(setting: Setting, part: Plan) -> Iterator[tuple[int, Floats]]:
    """The capacities of arcs with one mitigation taken, for each."""
    place = {name: at for at, name in enumerate(part.arcs)}
    for at, one in enumerate(setting.network.mitigations):
        opened = close(part, closings_of(setting, Choice(mitigations=(one.mitigation_id,)))).arc_capacity
        for arc in setting.network.arcs:
            if arc.mitigation_id not in {"", one.mitigation_id} and arc.arc_id in place:
                opened[:, place[arc.arc_id]] = 0
        yield at, opened


def _openers(setting: Setting, part: Plan, shut: Plan) -> dict[tuple[int, int], list[int]]:
    """For each period and arc that is shut, the mitigations that open it."""
    base = shut.arc_capacity.copy()
    for at, arc in _placed(setting, part):
        if arc:
            base[:, at] = 0
    found: dict[tuple[int, int], list[int]] = {}
    for mitigation, opened in _each(setting, part):
        for period, at in zip(*np.nonzero((opened > 0) & (base <= 0)), strict=True):
            found.setdefault((int(period), int(at)), []).append(mitigation)
    return found


def _placed(setting: Setting, part: Plan) -> Iterator[tuple[int, str]]:
    place = {name: at for at, name in enumerate(part.arcs)}
    for arc in setting.network.arcs:
        if arc.arc_id in place:
            yield place[arc.arc_id], arc.mitigation_id


def _hold(
    model: Model, at: Layout, part: Plan, openers: dict[tuple[int, int], list[int]], first: int
) -> None:
    """What is moved on an arc is at most what its openers allow."""
    most = _most(part)
    for (period, arc), mitigations in openers.items():
        bound = min(float(part.arc_capacity[period, arc]), float(most[arc]))
        row = model.rows.block(np.full(1, -np.inf), np.zeros(1))
        model.rows.add(row, at.moved[period, arc], 1.0)
        model.rows.add(row, first + np.array(mitigations), -bound)


def _most(part: Plan) -> Floats:
    """More than any best response need move on each arc over the horizon."""
    made = part.demand.sum(axis=0)
    for level in range(int(part.level.max(initial=0)), 0, -1):
        arcs = np.flatnonzero(part.level[part.arc_to] == level)
        used = made[part.arc_to[arcs]] * part.need_rate[part.arc_need[arcs]] / part.conversion[arcs]
        made = made + np.bincount(part.arc_from[arcs], used, len(made))
    return np.asarray(made[part.arc_to] * part.need_rate[part.arc_need] / part.conversion, dtype=np.float64)


def _stockpiles(setting: Setting, part: Plan, model: Model, first: int) -> None:
    """A stockpile is stock of the first period: part of the right-hand side of its row."""
    sites = {name: at for at, name in enumerate(part.sites)}
    needs = {
        (part.sites[site], item): at
        for at, (site, item) in enumerate(zip(part.need_site.tolist(), part.need_items, strict=True))
    }
    inputs = part.clock.periods * len(part.need_site)
    for at, one in enumerate(setting.network.mitigations):
        if one.kind is not MitigationKind.STOCK:
            continue
        quantity, _ = further_stock(setting, one)
        place = needs.get((one.site_id, one.item_id))
        row = place if place is not None else inputs + sites[one.site_id]
        model.rows.add(row, first + at, -quantity)


def _licences(
    setting: Setting, part: Plan, model: Model, at: Layout, late: tuple[Allowance, ...], first: int
) -> None:
    """Where each contract needs its own licence, earlier ones add to what may be moved."""
    most = _most(part)
    with_each = [
        {
            bound.arc: bound.granted
            for bound in allowances(part, closings_of(setting, Choice(mitigations=(one.mitigation_id,))))
        }
        for one in setting.network.mitigations
    ]
    for bound in late:
        for period in range(part.clock.periods):
            row = model.rows.block(np.full(1, -np.inf), bound.granted[period : period + 1])
            earliest = [int(np.flatnonzero(one[bound.arc])[0]) for one in with_each if bound.arc in one]
            begin = min([bound.first, *earliest])
            model.rows.add(row, at.moved[begin : period + 1, bound.arc], 1.0)
            for mitigation, granted in enumerate(with_each):
                further = granted.get(bound.arc)
                lifted = (
                    float(most[bound.arc])
                    if further is None
                    else float(further[period] - bound.granted[period])
                )
                model.rows.add(row, first + mitigation, -max(lifted, 0.0))
