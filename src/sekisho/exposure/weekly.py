"""The model period by period: the best response when licences, leads and contracts count.

Inside a period goods arrive, the site makes, the site ships and sells, stock is counted.
What is not sold in its period is lost. The optimum is found in two steps: the least loss
of money, and at that loss the one that serves early, so that the periods of loss are
unique and not the solver's choice.

The model sees all periods at once and shares perfectly. It is what could be done, not
what will be; :mod:`sekisho.exposure.simulate` is what happens if nobody sees ahead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from sekisho.exposure.closings import Allowance
from sekisho.exposure.plan import Floats, Plan
from sekisho.exposure.solver import TOLERANCE, Model, Rows, Solver

WHAT = "the loss by week"
_SLACK = 1e-12
"""How much of the first optimum, relatively, the second step may give up: rounding alone."""


@dataclass(frozen=True, slots=True)
class Response:
    """The best response.

    Attributes:
        lost_margin: Money.
        made, lost, stock: (W, n).
        moved: (W, a), by the period of shipping.
        need_stock: (W, m).
    """

    lost_margin: float
    made: Floats
    moved: Floats
    lost: Floats
    stock: Floats
    need_stock: Floats


class Layout:
    """Where the columns of each kind stand: period after period.

    Attributes:
        count: Of all columns.
    """

    def __init__(self, plan: Plan) -> None:
        periods = plan.clock.periods
        self.count = 0
        n, a, m = len(plan.sites), len(plan.arcs), len(plan.need_site)
        self.made = self._block(periods, n)
        self.moved = self._block(periods, a)
        self.lost = self._block(periods, n)
        self.stock = self._block(periods, n)
        self.need_stock = self._block(periods, m)

    def _block(self, periods: int, width: int) -> np.ndarray[tuple[int, int], np.dtype[np.int64]]:
        first, self.count = self.count, self.count + periods * width
        return first + np.arange(periods * width).reshape(periods, width)


def make_model(plan: Plan, bounds: Sequence[Allowance] = (), further: int = 0) -> tuple[Model, Layout]:
    """The linear model of a plan.

    Args:
        plan: With everything closed that is to be.
        bounds: Of arcs of which each contract needs its own licence.
        further: Columns to leave room for, after all others.
    """
    at = Layout(plan)
    count = at.count + further
    cost, lower, upper = np.zeros(count), np.zeros(count), np.full(count, np.inf)
    cost[at.lost] = plan.margin
    upper[at.made], upper[at.lost] = plan.capacity, plan.demand
    upper[at.moved] = plan.arc_capacity
    rows = Rows()
    _inputs(plan, at, rows)
    _outputs(plan, at, rows)
    for bound in bounds:
        _contract(bound, at, rows)
    return Model(cost, lower, upper, rows), at


def _inputs(plan: Plan, at: Layout, rows: Rows) -> None:
    """Stock of a need: what was there, what is afloat, what arrives, less what is used."""
    periods, needs = at.need_stock.shape
    given = plan.arriving.copy()
    given[0] += plan.need_stock
    first = rows.block(given.ravel(), given.ravel()) + np.arange(periods * needs).reshape(periods, needs)
    rows.add(first, at.need_stock, 1.0)
    rows.add(first[1:], at.need_stock[:-1], -1.0)
    rows.add(first, at.made[:, plan.need_site], plan.need_rate)
    for lead in np.unique(plan.arc_lead).tolist():
        if lead < periods:
            arcs = np.flatnonzero(plan.arc_lead == lead)
            arrives = first[lead:, :][:, plan.arc_need[arcs]]
            rows.add(arrives, at.moved[: periods - lead, arcs], -plan.conversion[arcs])


def _outputs(plan: Plan, at: Layout, rows: Rows) -> None:
    """Stock of own output: what was there and is made, less what is shipped and sold."""
    periods, sites = at.stock.shape
    given = plan.arriving_stock - plan.demand
    given[0] += plan.stock
    first = rows.block(given.ravel(), given.ravel()) + np.arange(periods * sites).reshape(periods, sites)
    rows.add(first, at.stock, 1.0)
    rows.add(first[1:], at.stock[:-1], -1.0)
    rows.add(first, at.made, -1.0)
    rows.add(first, at.lost, -1.0)
    rows.add(first[:, plan.arc_from], at.moved, 1.0)


def _contract(bound: Allowance, at: Layout, rows: Rows) -> None:
    """Until a further licence comes, no more than those granted cover."""
    last = np.flatnonzero(np.diff(bound.granted, append=np.inf) > 0)
    for period in last[last >= bound.first].tolist():
        columns = at.moved[bound.first : period + 1, bound.arc]
        row = rows.block(np.full(1, -np.inf), bound.granted[period : period + 1])
        rows.add(row, columns, 1.0)


def respond(plan: Plan, bounds: Sequence[Allowance] = (), method: str = "choose") -> Response:
    """The least loss, served early.

    Args:
        plan: With everything closed that is to be.
        bounds: Of arcs of which each contract needs its own licence.
        method: ``simplex``, ``ipm`` or ``choose``.
    """
    model, at = make_model(plan, bounds)
    solver = Solver(model, method)
    least = solver.solve(WHAT)
    assert least is not None  # noqa: S101  to move nothing and lose all is always possible
    served = serve_early(solver, plan, at, least.cost)
    return replace(read(served, at, plan), lost_margin=max(least.cost, 0.0))


def serve_early(solver: Solver, plan: Plan, at: Layout, least: float) -> Floats:
    """The columns that lose as late as they can, at the least loss."""
    lost = at.lost.ravel()
    worth = np.broadcast_to(plan.margin, at.lost.shape).ravel()
    solver.row(lost, worth.copy(), -np.inf, least + _SLACK * max(least, 1.0))
    later = np.zeros(solver.count)
    weight = plan.clock.periods - 1 - np.arange(plan.clock.periods)  # W - w, w from 1
    later[at.lost] = plan.margin * weight[:, None]
    solver.cost(later)
    found = solver.solve(WHAT)
    assert found is not None  # noqa: S101  the first optimum is there
    return found.columns


def read(columns: Floats, at: Layout, plan: Plan) -> Response:
    """The columns by kind, without the rounding of zero."""
    columns = np.where(columns < TOLERANCE, 0.0, columns)
    parts = {name: columns[getattr(at, name)] for name in ("made", "moved", "lost", "stock", "need_stock")}
    return Response(float((parts["lost"] @ plan.margin).sum()), **parts)


def lasts(plan: Plan, bounds: Sequence[Allowance] = (), method: str = "choose") -> int | None:
    """The most full periods with no loss anywhere that any response can reach.

    The response of least total loss may lose some earlier, to save more later. If ``k``
    periods can be got through, every smaller number can, so that bisection finds the most.

    Args:
        plan: With everything closed that is to be.
        bounds: Of arcs of which each contract needs its own licence.
        method: ``simplex``, ``ipm`` or ``choose``.

    Returns:
        Periods; ``None`` if nothing need be lost within the horizon.
    """
    model, at = make_model(plan, bounds)
    model.cost[:] = 0.0
    solver = Solver(model, method)
    low, high = 0, plan.clock.periods + 1
    while high - low > 1:
        middle = high - 1 if high > plan.clock.periods else (low + high) // 2
        upper = plan.demand.copy()
        upper[:middle] = 0.0
        solver.bound(at.lost.ravel(), np.zeros(upper.size), upper.ravel())
        if solver.solve(WHAT) is None:
            high = middle
        else:
            low = middle
    return None if low == plan.clock.periods else low


def full_periods(lost: Floats, tolerance: float = 1e-7) -> int | None:
    """Full periods before the first loss; ``None``: none is lost within the horizon.

    >>> full_periods(np.array([[0.0], [0.0], [5.0]]))
    2
    """
    hit = np.flatnonzero((lost > tolerance).any(axis=-1) if lost.ndim > 1 else lost > tolerance)
    return int(hit[0]) if len(hit) else None
