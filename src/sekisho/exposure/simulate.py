"""The network run forward, period by period, when nobody sees ahead.

Each period sites order what brings their stock back to where it was, suppliers make what
is ordered, share in proportion what is short, and a buyer turns to those of its suppliers
that can still deliver. Sites lie on levels, suppliers below buyers, and each level is one
step over arrays.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from sekisho.exposure.closings import Allowance
from sekisho.exposure.plan import Floats, Ints, Plan


@dataclass(frozen=True, slots=True)
class Course:
    """What happened.

    Attributes:
        lost_margin: Money.
        made, lost, stock: (W, n).
        need_stock: (W, m), at the end of each period.
        moved: (W, a), by the period of shipping.
    """

    lost_margin: float
    made: Floats
    lost: Floats
    stock: Floats
    need_stock: Floats
    moved: Floats


@dataclass(frozen=True, slots=True)
class _Level:
    """One level, with what is looked up in every period.

    Attributes:
        sites, needs: Its sites, and their needs in the order of the sites.
        with_needs: Which of the sites have needs, by place among them.
        begins: Where the needs of each of those begin.
        owner: The site of each need, by place among the sites.
        into: The arcs into its needs.
        out: The arcs out of its sites.
        seller: The site of each arc out, by place among the sites.
        by_lead: For each lead the arcs out that have it, by place among them.
    """

    sites: Ints
    needs: Ints
    with_needs: Ints
    begins: Ints
    owner: Ints
    into: Ints
    out: Ints
    seller: Ints
    by_lead: tuple[tuple[int, Ints], ...]

    @classmethod
    def of(cls, plan: Plan, level: int) -> _Level:
        """The level of a plan."""
        sites = np.flatnonzero(plan.level == level)
        place = np.zeros(len(plan.sites), dtype=np.int64)
        place[sites] = np.arange(len(sites))
        needs = np.flatnonzero(plan.level[plan.need_site] == level)
        needs = needs[np.argsort(plan.need_site[needs], kind="stable")]
        owner = place[plan.need_site[needs]]
        with_needs, begins = np.unique(owner, return_index=True)
        into = np.flatnonzero(plan.level[plan.arc_to] == level)
        out = np.flatnonzero(plan.level[plan.arc_from] == level)
        lead = plan.arc_lead[out]
        by_lead = tuple((one, np.flatnonzero(lead == one)) for one in np.unique(lead).tolist())
        return cls(sites, needs, with_needs, begins, owner, into, out, place[plan.arc_from[out]], by_lead)

    def most(self, have: Floats, rate: Floats) -> Floats:
        """The most that each site can make of what it has of its needs."""
        most = np.full(len(self.sites), np.inf)
        if len(self.needs):
            most[self.with_needs] = np.minimum.reduceat(have / rate[self.needs], self.begins)
        return most


class Simulation:
    """A plan ready to run.

    Args:
        plan: With everything closed that is to be.
        bounds: Of arcs of which each contract needs its own licence.
        target: The plan before anything was closed, whose stocks are what sites return to.
    """

    def __init__(self, plan: Plan, bounds: Sequence[Allowance] = (), target: Plan | None = None) -> None:
        self.plan, self.bounds = plan, bounds
        n, m = len(plan.sites), len(plan.need_site)
        self.levels = [_Level.of(plan, level) for level in range(int(plan.level.max(initial=0)) + 1)]
        usual = requirements(target or plan)
        lead = np.zeros(m)
        np.maximum.at(lead, plan.arc_need, plan.arc_lead.astype(np.float64))
        at_hand = plan.need_stock + plan.arriving.sum(axis=0)
        self.target = np.maximum(at_hand, lead * plan.need_rate * usual[plan.need_site])
        self.stock, self.inputs = plan.stock.copy(), plan.need_stock.copy()
        self.own_target = plan.stock.copy()
        self.coming = plan.arriving.copy()
        self.afloat = plan.arriving.sum(axis=0)
        self.made, self.lost = (np.zeros((plan.clock.periods, n)) for _ in range(2))
        self.kept = np.zeros((plan.clock.periods, n))
        self.held = np.zeros((plan.clock.periods, m))
        self.moved = np.zeros_like(plan.arc_capacity)

    def run(self, advance: Callable[[int], None] = lambda _: None) -> Course:
        """All periods.

        Args:
            advance: Called with 1 after each period.
        """
        for period in range(self.plan.clock.periods):
            self._arrive(period)
            limit = self._limit(period)
            asked = self._order(period, limit)
            self._deliver(period, limit, asked)
            advance(1)
        lost = float((self.lost @ self.plan.margin).sum())
        return Course(lost, self.made, self.lost, self.kept, self.held, self.moved)

    def _arrive(self, period: int) -> None:
        self.inputs += self.coming[period]
        self.afloat -= self.coming[period]
        self.stock += self.plan.arriving_stock[period]

    def _limit(self, period: int) -> Floats:
        """What each arc may carry, by its capacity and by the licences granted."""
        limit: Floats = self.plan.arc_capacity[period].copy()
        for bound in self.bounds:
            if period >= bound.first:
                gone = self.moved[bound.first : period, bound.arc].sum()
                limit[bound.arc] = min(limit[bound.arc], max(bound.granted[period] - gone, 0.0))
        return limit

    def _reach(self, period: int, limit: Floats) -> Floats:
        """The most each site could ship this period, if all at lower levels went to it."""
        plan, count = self.plan, len(self.plan.need_site)
        reach = np.zeros(len(plan.sites))
        for level in self.levels:
            now = level.into[plan.arc_lead[level.into] == 0]
            come = np.minimum(limit[now], reach[plan.arc_from[now]]) * plan.conversion[now]
            have = self.inputs[level.needs] + np.bincount(plan.arc_need[now], come, count)[level.needs]
            can = np.minimum(plan.capacity[period, level.sites], level.most(have, plan.need_rate))
            reach[level.sites] = self.stock[level.sites] + can
        return reach

    def _order(self, period: int, limit: Floats) -> tuple[Floats, Floats]:
        """What each site wants to make, and what is asked of each arc; buyers first."""
        plan = self.plan
        reach = self._reach(period, limit)
        want, asked = np.zeros(len(plan.sites)), np.zeros(len(plan.arcs))
        room = np.minimum(limit, reach[plan.arc_from]) * plan.conversion
        for level in reversed(self.levels):
            out = np.bincount(level.seller, asked[level.out], len(level.sites))
            due = (
                plan.demand[period, level.sites]
                + out
                + self.own_target[level.sites]
                - self.stock[level.sites]
            )
            want[level.sites] = np.clip(due, 0.0, plan.capacity[period, level.sites])
            needs = level.needs
            use = plan.need_rate[needs] * want[level.sites][level.owner]
            order = np.zeros(len(plan.need_site))
            order[needs] = np.maximum(self.target[needs] + use - self.inputs[needs] - self.afloat[needs], 0.0)
            asked[level.into] = self._split(level.into, order, room) / plan.conversion[level.into]
        return want, asked

    def _split(self, arcs: Ints, order: Floats, room: Floats) -> Floats:
        """An order over its arcs: by their share, then by the room that is left."""
        plan, count = self.plan, len(self.plan.need_site)
        of = plan.arc_need[arcs]
        weight = np.where(room[arcs] > 0, plan.share[arcs], 0.0)
        first = np.minimum(order[of] * _ratio(weight, _sums(of, weight, count)), room[arcs])
        left = (order - np.bincount(of, first, count))[of]
        rest = room[arcs] - first
        free = np.isinf(rest)
        some_free = _sums(of, free.astype(np.float64), count)
        spare = np.where(some_free > 0, free.astype(np.float64), np.where(free, 0.0, rest))
        part = _ratio(spare, _sums(of, spare, count))
        taken: Floats = np.minimum(first + np.maximum(left, 0.0) * part, room[arcs])
        return taken

    def _deliver(self, period: int, limit: Floats, orders: tuple[Floats, Floats]) -> None:
        """Makes and ships, suppliers first, and counts what is lost."""
        plan, (want, asked) = self.plan, orders
        for level in self.levels:
            sites, needs, out = level.sites, level.needs, level.out
            demand, count = plan.demand[period, sites], len(sites)
            made = np.minimum(want[sites], level.most(self.inputs[needs], plan.need_rate))
            left = self.inputs[needs] - plan.need_rate[needs] * made[level.owner]
            self.inputs[needs] = np.maximum(left, 0.0)
            have = self.stock[sites] + made
            due = np.bincount(level.seller, asked[out], count) + demand
            part = np.minimum(_ratio(have, due), 1.0)
            sent = np.minimum(asked[out] * part[level.seller], limit[out])
            gone = np.bincount(level.seller, sent, count)
            sold = np.minimum(demand, np.maximum(have - gone, 0.0))
            self.made[period, sites], self.moved[period, out] = made, sent
            self.lost[period, sites] = demand - sold
            self.stock[sites] = np.maximum(have - gone - sold, 0.0)
            self._send(period, level, sent)
        self.kept[period], self.held[period] = self.stock, self.inputs

    def _send(self, period: int, level: _Level, sent: Floats) -> None:
        plan = self.plan
        come, needs = sent * plan.conversion[level.out], plan.arc_need[level.out]
        for lead, arcs in level.by_lead:
            quantity = np.bincount(needs[arcs], come[arcs], len(plan.need_site))
            if lead == 0:
                self.inputs += quantity
                continue
            self.afloat += quantity
            if period + lead < plan.clock.periods:
                self.coming[period + lead] += quantity


def _ratio(part: Floats, whole: Floats) -> Floats:
    """A part of a whole; all of it where there is nothing to share."""
    found: Floats = np.divide(part, whole, out=np.ones_like(part), where=whole > 0)
    return found


def _sums(of: Ints, values: Floats, count: int) -> Floats:
    """For each value the sum of all that are of the same."""
    total: Floats = np.bincount(of, values, count).astype(np.float64, copy=False)
    return total[of]


def requirements(plan: Plan) -> Floats:
    """What each site makes in a usual period, by the first period's demand and usual shares."""
    made = plan.demand[0].copy()
    usual = plan.arc_capacity.max(axis=0, initial=0.0) > 0
    weight = np.where(usual, plan.share, 0.0)
    part = weight / np.maximum(np.bincount(plan.arc_need, weight, len(plan.need_site)), 1e-300)[plan.arc_need]
    for level in range(int(plan.level.max(initial=0)), 0, -1):
        arcs = np.flatnonzero(plan.level[plan.arc_to] == level)
        needed = made[plan.arc_to[arcs]] * plan.need_rate[plan.arc_need[arcs]] * part[arcs]
        made += np.bincount(plan.arc_from[arcs], needed / plan.conversion[arcs], len(made))
    usually: Floats = np.minimum(made, plan.capacity.max(axis=0, initial=0.0))
    return usually


def simulate(
    plan: Plan,
    bounds: Sequence[Allowance] = (),
    target: Plan | None = None,
    advance: Callable[[int], None] = lambda _: None,
) -> Course:
    """Runs a plan forward; see :class:`Simulation`."""
    return Simulation(plan, bounds, target).run(advance)
