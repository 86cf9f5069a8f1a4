"""One-bucket models: how long a network lasts (TTS), and what a closing costs (TTR).

After Simchi-Levi and others 2015 (doi 10.1287/inte.2015.0804), with stocks of inputs at
their sites. Time is one bucket of ``t`` weeks at the rates of the first period, leads are
left out, and what is closed stays closed. Where leads, licence days or ramps matter,
:mod:`sekisho.exposure.weekly` has the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sekisho.exposure.closings import Closing, Stop
from sekisho.exposure.network import DAYS
from sekisho.exposure.plan import Floats, Ints, Plan, part_of
from sekisho.exposure.solver import Model, Rows, Solution, Solver

LONGEST = 520.0
"""Weeks, ten years: a time that nothing limits is capped here and told as not reached."""
_CLOSE = 1e-9


@dataclass(frozen=True, slots=True)
class Bucket:
    """The rates of a plan as one bucket: those of its first period, per week.

    Attributes:
        stock: Own output, with what becomes usable or arrives within the horizon if asked.
    """

    plan: Plan
    capacity: Floats
    demand: Floats
    arc_capacity: Floats
    stock: Floats
    need_stock: Floats

    @property
    def names(self) -> Iterator[tuple[str, str]]:
        """Every single closing: kind and name, arcs first."""
        yield from (("arc", name) for name in self.plan.arcs)
        yield from (("site", name) for name in self.plan.sites)


def bucket(plan: Plan, *, afloat: bool = True) -> Bucket:
    """The one-bucket rates of a plan.

    Args:
        plan: Before anything is closed.
        afloat: Whether goods afloat with a good licence count as stock.
    """
    weekly = DAYS / plan.clock.days
    first = plan.arriving.sum(axis=0) if afloat else plan.arriving[0] * 0
    own = plan.arriving_stock.sum(axis=0) if afloat else plan.arriving_stock[0] * 0
    return Bucket(
        plan,
        plan.capacity[0] * weekly,
        plan.demand[0] * weekly,
        plan.arc_capacity[0] * weekly,
        plan.stock + own,
        plan.need_stock + first,
    )


class _Columns:
    """Columns of both models: made (n), moved (a), lost (n), time (1)."""

    def __init__(self, plan: Plan) -> None:
        n, a = len(plan.sites), len(plan.arcs)
        self.made, self.moved = np.arange(n), n + np.arange(a)
        self.lost = n + a + np.arange(n)
        self.time = 2 * n + a
        self.count = self.time + 1


def _model(b: Bucket, cost: Floats, lower: Floats, upper: Floats) -> Model:
    """The rows that both models share; time, loss and bounds are columns."""
    plan, at = b.plan, _Columns(b.plan)
    n, m, inf = len(plan.sites), len(plan.need_site), np.inf
    rows = Rows()
    made = rows.block(np.full(m, -inf), b.need_stock)  # r u - sum of what comes <= R
    rows.add(made + np.arange(m), plan.need_site, plan.need_rate)
    rows.add(made + plan.arc_need, at.moved[: len(plan.arcs)], -plan.conversion)
    sent = rows.block(np.full(n, -inf), b.stock)  # what goes + d t - l - u <= s
    rows.add(sent + plan.arc_from, at.moved, 1.0)
    rows.add(sent + at.made, at.made, -1.0)
    rows.add(sent + at.made, at.lost, -1.0)
    rows.add(sent + at.made, at.time, b.demand)
    for capacity, columns in ((b.capacity, at.made), (b.arc_capacity, at.moved)):
        bounded = np.flatnonzero(np.isfinite(capacity))
        first = rows.block(np.full(len(bounded), -inf), np.zeros(len(bounded)))  # u <= c t
        rows.add(first + np.arange(len(bounded)), columns[bounded], 1.0)
        rows.add(first + np.arange(len(bounded)), at.time, -capacity[bounded])
    return Model(cost, lower, upper, rows)


class Survival:
    """The longest time without loss, for one closing after another.

    Args:
        b: The rates.
        method: ``simplex``, ``ipm`` or ``choose``; further runs start from the last basis.
        only: Index of the one site that sells; ``None`` is every site.
    """

    def __init__(self, b: Bucket, method: str = "choose", only: int | None = None) -> None:
        self.at = _Columns(b.plan)
        cost, lower, upper = (np.zeros(self.at.count) for _ in range(3))
        cost[self.at.time] = -1.0
        upper[:] = np.inf
        upper[self.at.lost] = 0.0
        if only is not None:
            b = replace(b, demand=np.where(np.arange(len(b.plan.sites)) == only, b.demand, 0.0))
        upper[self.at.time] = LONGEST
        self.runs = _Runs(b.plan, Solver(_model(b, cost, lower, upper), method))

    def weeks(self, closings: Sequence[Closing]) -> float | None:
        """Weeks with no loss; ``None`` is not reached."""
        found = self.runs.solve(closings, "how long the sites last")
        weeks = max(float(found.columns[self.at.time]), 0.0) + 0.0  # no minus zero
        return None if weeks >= LONGEST * (1 - _CLOSE) else weeks

    def used(self, closings: Sequence[Closing]) -> Solution:
        """The whole optimum."""
        return self.runs.solve(closings, "how long the sites last")


def lasts_alone(plan: Plan, site: int, closings: Sequence[Closing]) -> float | None:
    """Weeks that one site can sell if no other does: with first call on all that is shared.

    Args:
        plan: With nothing closed.
        site: Its place.
        closings: What is closed.

    Returns:
        Weeks; ``None`` is not reached.
    """
    keep = np.zeros(len(plan.sites), dtype=np.bool_)
    keep[site] = True
    for _ in range(int(plan.level[site])):
        keep[plan.arc_from[keep[plan.arc_to]]] = True
    part = part_of(plan, keep)
    return Survival(bucket(part), only=int(keep[:site].sum())).weeks(closings)


class Loss:
    """What is lost while a closing lasts, for one closing after another of the same length.

    Args:
        b: The rates.
        weeks: How long it lasts.
        method: ``simplex``, ``ipm`` or ``choose``.
    """

    def __init__(self, b: Bucket, weeks: float, method: str = "choose") -> None:
        self.b, self.at, self.weeks = b, _Columns(b.plan), weeks
        cost, lower, upper = np.zeros(self.at.count), np.zeros(self.at.count), np.full(self.at.count, np.inf)
        cost[self.at.lost] = b.plan.margin
        lower[self.at.time] = upper[self.at.time] = weeks
        upper[self.at.lost] = b.demand * weeks
        self.runs = _Runs(b.plan, Solver(_model(b, cost, lower, upper), method))

    def solve(self, closings: Sequence[Closing]) -> tuple[float, Floats]:
        """The least loss in money, and the lost units of each site."""
        found = self.runs.solve(closings, "what the closing costs")
        return max(found.cost, 0.0), found.columns[self.at.lost]

    def used(self, closings: Sequence[Closing]) -> Solution:
        """The whole optimum."""
        return self.runs.solve(closings, "what the closing costs")


class _Runs:
    """One solver, of which the columns of what is closed are held at zero for a run."""

    def __init__(self, plan: Plan, solver: Solver) -> None:
        self.plan, self.solver, self.at = plan, solver, _Columns(plan)
        self.sites = {name: at for at, name in enumerate(plan.sites)}
        self.arcs = {name: at for at, name in enumerate(plan.arcs)}

    def solve(self, closings: Sequence[Closing], what: str) -> Solution:
        shut = self.columns(closings)
        zeros, free = np.zeros(len(shut)), np.full(len(shut), np.inf)
        self.solver.bound(shut, zeros, zeros)
        found = self.solver.solve(what)
        self.solver.bound(shut, zeros, free)
        assert found is not None  # noqa: S101  to move nothing and lose all is always possible
        return found

    def columns(self, closings: Iterable[Closing]) -> Ints:
        """The columns that a closing holds at zero."""
        found: list[int] = []
        for closing in closings:
            if not closing.is_site:
                found += [int(self.at.moved[self.arcs[closing.name]])] if closing.name in self.arcs else []
                continue
            site = self.sites.get(closing.name)
            if site is None:
                continue
            if closing.stop is not Stop.SHIPPING:
                found.append(site)
            if closing.stop is not Stop.MAKING:
                found += self.at.moved[self.plan.arc_from == site].tolist()
        return np.array(sorted(set(found)), dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Single:
    """One closing of one arc or site: how long all lasts, and what is lost.

    Attributes:
        flow: What usually goes through it per week, in units shipped or made.
    """

    kind: str
    name: str
    time_to_survive: float | None
    time_to_recover: float
    lost_margin: float
    flow: float


def every_single(
    b: Bucket,
    weeks_of: Callable[[str, str], float],
    advance: Callable[[int], None] = lambda _: None,
    stop: Stop = Stop.ALL,
) -> list[Single]:
    """Closes every arc and every site alone.

    What does not flow in the best plan without a closing can be closed at no cost, since
    that plan is still there; only the others are solved, from the last basis.

    Args:
        b: The rates.
        weeks_of: Time to recover of a kind and name, in weeks.
        advance: Called with how many closings are done.
        stop: What stops at a closed site.
    """
    survival = Survival(b)
    longest = survival.used(())
    base_time = survival.weeks(())
    by_weeks: dict[float, list[tuple[int, str, str]]] = {}
    for place, (kind, name) in enumerate(b.names):
        by_weeks.setdefault(weeks_of(kind, name), []).append((place, kind, name))
    found: list[tuple[int, Single]] = []
    for weeks, names in sorted(by_weeks.items()):
        loss = Loss(b, weeks)
        usual = loss.used(())
        for place, kind, name in names:
            closings = [Closing(name, 0, 1, is_site=kind == "site", stop=stop)]
            shut = loss.runs.columns(closings)
            idle = not usual.columns[shut].any()
            lost = max(usual.cost, 0.0) if idle else loss.solve(closings)[0]
            still = not longest.columns[shut].any()
            time = base_time if still else survival.weeks(closings)
            flow = float(usual.columns[shut[:1]].sum()) / weeks if weeks and len(shut) else 0.0
            found.append((place, Single(kind, name, time, weeks, lost, flow)))
            advance(1)
    return [single for _, single in sorted(found, key=lambda pair: pair[0])]
