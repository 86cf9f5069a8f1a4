"""A network as arrays over periods: what the models read.

Periods count from 0; period ``w`` is the days from ``start + w * days``. Rates per week
become quantities per period. A quantity of an arc is in units of its seller's item; times
its conversion it is in units of the material it serves.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sekisho.exposure.network import DAYS, Component, Network

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Clock:
    """How days become periods."""

    start: dt.date
    days: int
    periods: int

    def first(self, day: dt.date) -> int:
        """The period that holds a day; what closes on it is closed for all of the period."""
        return min(max((day - self.start).days // self.days, 0), self.periods)

    def next(self, day: dt.date) -> int:
        """The first period that starts on the day or later; what opens on it is open from there."""
        return min(max(-((self.start - day).days // self.days), 0), self.periods)

    def day(self, period: int) -> dt.date:
        """The first day of a period."""
        return self.start + dt.timedelta(days=period * self.days)

    def count(self, days: float) -> int:
        """How many whole periods a time takes, rounded up."""
        return math.ceil(days / self.days - 1e-9)

    def part(self, first: dt.date | None, until: dt.date | None) -> Floats:
        """The part of each period that lies from a day until another."""
        edges = np.arange(self.periods + 1, dtype=np.float64) * self.days
        lower = 0 if first is None else (first - self.start).days
        upper = float(edges[-1]) if until is None else (until - self.start).days
        inside: Floats = np.clip(edges, lower, max(lower, upper))
        return (inside[1:] - inside[:-1]) / self.days


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Arrays of a network; sites ``n``, needs ``m``, arcs ``a``, periods ``W``.

    A *need* is one component of one site.

    Attributes:
        capacity: (W, n) the most each site can make.
        stock: (n) of own output, on the first day.
        arriving_stock: (W, n) own output that becomes usable.
        demand: (W, n).
        margin: (n) money per unit.
        sells: (n) whether a site has demand.
        need_site, need_rate, need_stock: (m) whose, units per unit made, stock.
        arriving: (W, m) goods afloat, in units of the material.
        arc_from, arc_need: (a) the seller, the need served.
        arc_capacity: (W, a).
        arc_lead: (a) in periods.
        conversion, share: (a).
        level: (n) suppliers lie on lower levels than those they supply.
    """

    clock: Clock
    sites: tuple[str, ...]
    arcs: tuple[str, ...]
    need_items: tuple[str, ...]
    capacity: Floats
    stock: Floats
    arriving_stock: Floats
    demand: Floats
    margin: Floats
    sells: Flags
    need_site: Ints
    need_rate: Floats
    need_stock: Floats
    arriving: Floats
    arc_from: Ints
    arc_need: Ints
    arc_capacity: Floats
    arc_lead: Ints
    conversion: Floats
    share: Floats
    level: Ints

    @property
    def arc_to(self) -> Ints:
        """The buyer of each arc."""
        return self.need_site[self.arc_need]


def make_plan(network: Network, clock: Clock, mitigations: Iterable[str] = ()) -> Plan:
    """The arrays of a network.

    Args:
        network: As :func:`sekisho.exposure.load.read_network` gives it.
        clock: First day, days of a period, periods.
        mitigations: Ids of mitigations whose arcs are there; others are left out.
    """
    place = {site.site_id: at for at, site in enumerate(network.sites)}
    needs = components(network)
    at_need = {(place[site], item): at for at, (site, item, _) in enumerate(needs)}
    taken = {"", *mitigations}
    arcs = [
        (arc, need)
        for arc in network.arcs
        if arc.mitigation_id in taken
        and (need := at_need.get((place[arc.to_site_id], arc.material))) is not None
    ]
    arc_from = _ints(place[arc.from_site_id] for arc, _ in arcs)
    arc_need = _ints(need for _, need in arcs)
    need_site = _ints(place[site] for site, _, _ in needs)
    week = clock.days / DAYS
    plan = Plan(
        clock=clock,
        sites=tuple(place),
        arcs=tuple(arc.arc_id for arc, _ in arcs),
        need_items=tuple(item for _, item, _ in needs),
        capacity=_repeated([site.capacity * week for site in network.sites], clock),
        stock=np.zeros(len(place)),
        arriving_stock=np.zeros((clock.periods, len(place))),
        demand=np.zeros((clock.periods, len(place))),
        margin=_floats(site.margin for site in network.sites),
        sells=np.zeros(len(place), dtype=np.bool_),
        need_site=need_site,
        need_rate=_floats(rate for _, _, rate in needs),
        need_stock=np.zeros(len(needs)),
        arriving=np.zeros((clock.periods, len(needs))),
        arc_from=arc_from,
        arc_need=arc_need,
        arc_capacity=_repeated([arc.capacity * week for arc, _ in arcs], clock),
        arc_lead=_ints(clock.count(arc.lead_time_days) for arc, _ in arcs),
        conversion=_floats(arc.conversion for arc, _ in arcs),
        share=_floats(math.nan if arc.share is None else arc.share for arc, _ in arcs),
        level=levels(len(place), arc_from, need_site[arc_need] if arcs else arc_from),
    )
    _fill(plan, network, place, at_need)
    return replace(plan, share=_shares(plan))


def components(network: Network) -> list[tuple[str, str, float]]:
    """What each site needs: site, item, quantity per unit; a row of a site goes before the general."""
    by_parent: dict[str, list[Component]] = {}
    for row in network.bill_of_materials:
        by_parent.setdefault(row.parent_item_id, []).append(row)
    found = []
    for site in network.sites:
        rows = by_parent.get(site.item_id, ())
        own = {row.component_item_id: row for row in rows if row.site_id == site.site_id}
        general = {row.component_item_id: row for row in rows if not row.site_id}
        chosen = (general | own).values()
        found += [(site.site_id, row.component_item_id, row.quantity_per) for row in chosen]
    return found


def _fill(plan: Plan, network: Network, place: dict[str, int], needs: dict[tuple[int, str], int]) -> None:
    """Writes stocks, goods afloat, demand and other capacities into fresh arrays."""
    _fill_stocks(plan, network, place, needs)
    clock, week = plan.clock, plan.clock.days / DAYS
    for demand in network.demand:
        at = place[demand.site_id]
        plan.sells[at] = True
        part = clock.part(demand.from_day, demand.until_day)
        plan.demand[:, at] += part * demand.quantity.typical * week
    at_arc = {name: at for at, name in enumerate(plan.arcs)}
    for change in network.capacity:
        table = plan.capacity if change.site_id else plan.arc_capacity
        column = place[change.site_id] if change.site_id else at_arc.get(change.arc_id)
        if column is not None:
            part = clock.part(change.from_day, change.until_day)
            _change(table[:, column], part, change.capacity * week)
    for arc in network.arcs:
        if arc.available_from is not None and arc.arc_id in at_arc:
            plan.arc_capacity[: clock.next(arc.available_from), at_arc[arc.arc_id]] = 0


def _fill_stocks(
    plan: Plan, network: Network, place: dict[str, int], needs: dict[tuple[int, str], int]
) -> None:
    makes = {site.site_id: site.item_id for site in network.sites}
    clock = plan.clock
    for stock in network.stocks:
        own = makes[stock.site_id] == stock.item_id
        at = place[stock.site_id] if own else needs[place[stock.site_id], stock.item_id]
        first = 0 if stock.available_on is None else clock.next(stock.available_on)
        now, later = (plan.stock, plan.arriving_stock) if own else (plan.need_stock, plan.arriving)
        _add(now, later, at, first, stock.quantity)
    at_arc = {name: at for at, name in enumerate(plan.arcs)}
    for transit in network.in_transit:
        arc = at_arc.get(transit.arc_id)
        period = (transit.arrives_on - clock.start).days // clock.days
        if arc is not None and period >= 0:  # what arrived before is in the stock that was counted
            quantity = transit.quantity * float(plan.conversion[arc])
            _add(None, plan.arriving, int(plan.arc_need[arc]), period, quantity)


def _add(now: Floats | None, later: Floats, at: int, period: int, quantity: float) -> None:
    if period <= 0 and now is not None:
        now[at] += quantity
    elif period < len(later):
        later[period, at] += quantity


def _change(column: Floats, part: Floats, capacity: float) -> None:
    inside = part > 0
    kept = np.where(part < 1, (1 - part) * np.where(part < 1, column, 0), 0)
    column[inside] = (kept + part * capacity)[inside]


def _shares(plan: Plan) -> Floats:
    """Weights of the suppliers of each need: as stated, else by capacity, else equal."""
    bound = np.minimum(_first(plan.arc_capacity), _first(plan.capacity)[plan.arc_from]) * plan.conversion
    count = len(plan.need_site)
    stated = ~np.isnan(plan.share)
    some_stated = np.bincount(plan.arc_need, stated, count) > 0
    unbounded = np.bincount(plan.arc_need, np.isinf(bound), count) > 0
    by_capacity = np.where(unbounded[plan.arc_need], 1.0, bound)
    return np.where(some_stated[plan.arc_need], np.nan_to_num(plan.share), by_capacity)


def _first(table: Floats) -> Floats:
    """The usual capacity: the largest of the horizon, so that a shut week weighs nothing."""
    largest: Floats = table.max(axis=0, initial=0)
    return largest


def levels(count: int, arc_from: Ints, arc_to: Ints) -> Ints:
    """The level of each site: 0 without suppliers, else above all of them."""
    level = np.zeros(count, dtype=np.int64)
    for _ in range(count + 1):
        above = level.copy()
        np.maximum.at(above, arc_to, level[arc_from] + 1)
        if np.array_equal(above, level):
            return level
        level = above
    msg = "the sites supply one another in a circle"
    raise ValueError(msg)


def part_of(plan: Plan, keep: Flags) -> Plan:
    """The plan of some sites, with the arcs between them."""
    place = np.cumsum(keep) - 1
    needs = keep[plan.need_site]
    at_need = np.cumsum(needs) - 1
    arcs = keep[plan.arc_from] & needs[plan.arc_need] if len(plan.arcs) else np.zeros(0, dtype=np.bool_)
    return replace(
        plan,
        sites=_chosen(plan.sites, keep),
        arcs=_chosen(plan.arcs, arcs),
        need_items=_chosen(plan.need_items, needs),
        **{name: getattr(plan, name)[keep] for name in ("stock", "margin", "sells", "level")},
        **{name: getattr(plan, name)[:, keep] for name in ("capacity", "arriving_stock", "demand")},
        **{name: getattr(plan, name)[needs] for name in ("need_rate", "need_stock")},
        **{name: getattr(plan, name)[arcs] for name in ("arc_lead", "conversion", "share")},
        arriving=plan.arriving[:, needs],
        arc_capacity=plan.arc_capacity[:, arcs],
        need_site=place[plan.need_site[needs]],
        arc_from=place[plan.arc_from[arcs]],
        arc_need=at_need[plan.arc_need[arcs]],
    )


def _chosen(names: Sequence[str], keep: Flags) -> tuple[str, ...]:
    return tuple(names[at] for at in np.flatnonzero(keep).tolist())


def _ints(values: Iterable[Any]) -> Ints:
    return np.fromiter(values, np.int64)


def _floats(values: Iterable[Any]) -> Floats:
    return np.fromiter(values, np.float64)


def _repeated(row: Sequence[float], clock: Clock) -> Floats:
    return np.tile(np.asarray(row, dtype=np.float64), (clock.periods, 1))
