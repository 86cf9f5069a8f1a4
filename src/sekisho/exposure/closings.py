"""What is closed, and when: arcs by a licence or a disruption, sites by a disruption."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from sekisho.exposure.plan import Flags, Floats, Plan


class Stop(StrEnum):
    """What stops at a closed site.

    With ``making`` its stock still ships, as after a fire in the plant; with ``shipping``
    it goes on making, as with a port; a licence stops shipping and is an arc's.
    """

    ALL = "all"
    MAKING = "making"
    SHIPPING = "shipping"


@dataclass(frozen=True, slots=True)
class Closing:
    """An arc or a site closed from a period until another (not included).

    Attributes:
        name: The arc or the site.
        contract: What one licence covers once the arc is open again; ``None``: no bound.
        again: Periods from one licence to the next, where each contract needs its own.
    """

    name: str
    first: int
    until: int
    is_site: bool = False
    stop: Stop = Stop.ALL
    contract: float | None = None
    again: int = 0


@dataclass(frozen=True, slots=True)
class Allowance:
    """What an arc may carry in all from a period on, by the licences granted so far.

    Attributes:
        granted: (W) cumulated quantity; zero before ``first``.
    """

    arc: int
    first: int
    granted: Floats


def close(plan: Plan, closings: Iterable[Closing]) -> Plan:
    """The plan with everything closed that is to be."""
    capacity, arc_capacity = plan.capacity.copy(), plan.arc_capacity.copy()
    sites = {name: at for at, name in enumerate(plan.sites)}
    arcs = {name: at for at, name in enumerate(plan.arcs)}
    for closing in closings:
        span = slice(closing.first, closing.until)
        if closing.is_site and closing.name in sites:
            at = sites[closing.name]
            if closing.stop is not Stop.SHIPPING:
                capacity[span, at] = 0
            if closing.stop is not Stop.MAKING:
                arc_capacity[span, plan.arc_from == at] = 0
        elif not closing.is_site and closing.name in arcs:
            arc_capacity[span, arcs[closing.name]] = 0
    return replace(plan, capacity=capacity, arc_capacity=arc_capacity)


def allowances(plan: Plan, closings: Iterable[Closing]) -> tuple[Allowance, ...]:
    """The bounds of arcs of which each contract needs its own licence."""
    arcs = {name: at for at, name in enumerate(plan.arcs)}
    found = []
    for closing in closings:
        if closing.contract is not None and closing.name in arcs and closing.until < plan.clock.periods:
            periods = np.arange(plan.clock.periods)
            licences = (periods - closing.until) // max(closing.again, 1) + 1
            granted = np.where(periods >= closing.until, licences, 0) * closing.contract
            found.append(Allowance(arcs[closing.name], closing.until, granted.astype(np.float64)))
    return tuple(found)


def affected(plan: Plan, closings: Sequence[Closing], further: Iterable[str] = ()) -> Flags:
    """The sites whose loss can depend on what is closed.

    These are the sites downstream of it, all that supply them, and the rivals for the same
    supply, until nothing is added. A supplier without bound and without inputs ties nobody:
    what one buyer takes leaves as much for the others.

    Args:
        plan: All of the network.
        closings: What is closed.
        further: Sites that a mitigation touches.
    """
    sites = {name: at for at, name in enumerate(plan.sites)}
    arcs = {name: at for at, name in enumerate(plan.arcs)}
    hit = np.zeros(len(plan.sites), dtype=np.bool_)
    for name in (*(c.name for c in closings if c.is_site), *further):
        hit[sites[name]] = True
    chosen = [arcs[c.name] for c in closings if not c.is_site and c.name in arcs]
    hit[plan.arc_to[chosen]] = True
    return _tied(plan, hit)


def _tied(plan: Plan, hit: Flags) -> Flags:
    """Everything that shares a bounded supplier with a site, or is supplied by it."""
    has_needs = np.zeros(len(plan.sites), dtype=np.bool_)
    has_needs[plan.need_site] = True
    bounded = has_needs | np.isfinite(plan.capacity).any(axis=0)
    ties = bounded[plan.arc_from]
    inside = hit
    while True:
        grown = inside.copy()
        grown[plan.arc_to[inside[plan.arc_from] & (ties | hit[plan.arc_from])]] = True
        grown[plan.arc_from[grown[plan.arc_to]]] = True
        if np.array_equal(grown, inside):
            return inside
        inside = grown
