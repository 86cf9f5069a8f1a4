"""Quantities of a usual size for the solver, whatever the unit in which a network counts.

The tolerances of a solver are absolute. A network in grams, or in millions of chips, would be
refused by it, or answered wrongly. Every model is linear in its quantities, so that all of
them can be divided by one number and the answer multiplied by it. A power of two changes no
digit.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from sekisho.exposure.network import Network, Range
from sekisho.exposure.result import Band, Exposure, SiteResult, SiteWeek

USUAL = (0.1, 1e7)
"""A network whose largest demand or stock lies between these is left as it is."""
_MIDDLE = 1e3


def of_usual_size(network: Network) -> Network:
    """The network with all quantities divided by one number, which it keeps as its scale."""
    by = _scale(max(_quantities(network), default=0.0))
    if by == 1.0:
        return network
    return replace(
        network,
        scale=by,
        sites=tuple(replace(s, capacity=s.capacity / by, margin=s.margin * by) for s in network.sites),
        arcs=tuple(
            replace(
                arc,
                capacity=arc.capacity / by,
                price=None if arc.price is None else arc.price * by,
                contract_quantity=None if arc.contract_quantity is None else arc.contract_quantity / by,
            )
            for arc in network.arcs
        ),
        stocks=tuple(replace(row, quantity=row.quantity / by) for row in network.stocks),
        in_transit=tuple(replace(row, quantity=row.quantity / by) for row in network.in_transit),
        demand=tuple(replace(row, quantity=_divided(row.quantity, by)) for row in network.demand),
        capacity=tuple(replace(row, capacity=row.capacity / by) for row in network.capacity),
        mitigations=tuple(
            replace(one, quantity=None if one.quantity is None else one.quantity / by)
            for one in network.mitigations
        ),
    )


def in_own_units(found: Exposure, by: float) -> Exposure:
    """A result in the units of the network as it was read."""
    if by == 1.0:
        return found
    return replace(found, sites=tuple(_site(site, by) for site in found.sites))


def _quantities(network: Network) -> Iterator[float]:
    """What is sold and held; a capacity may be a large number that stands for none."""
    yield from (row.quantity.high for row in network.demand)
    yield from (row.quantity for row in network.stocks)
    yield from (row.quantity for row in network.in_transit)


def _scale(largest: float) -> float:
    if largest == 0 or USUAL[0] <= largest <= USUAL[1]:
        return 1.0
    return 2.0 ** round(math.log2(largest / _MIDDLE))


def _divided(number: Range, by: float) -> Range:
    return replace(number, low=number.low / by, typical=number.typical / by, high=number.high / by)


def _times(band: Band, by: float) -> Band:
    return Band(*(None if end is None else end * by for end in (band.low, band.typical, band.high)))


def _site(site: SiteResult, by: float) -> SiteResult:
    weeks = tuple(_week(week, by) for week in site.weeks)
    return replace(site, lost_units=_times(site.lost_units, by), weeks=weeks)


def _week(week: SiteWeek, by: float) -> SiteWeek:
    return replace(
        week,
        demand=week.demand * by,
        made=week.made * by,
        lost=_times(week.lost, by),
        lost_simulated=week.lost_simulated * by,
        stock=week.stock * by,
    )
