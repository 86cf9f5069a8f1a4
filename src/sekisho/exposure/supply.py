"""How concentrated the supply of each need is."""

from __future__ import annotations

import numpy as np

from sekisho.exposure.network import DAYS, Network
from sekisho.exposure.plan import Plan
from sekisho.exposure.result import Supply
from sekisho.exposure.simulate import requirements


def supplies(network: Network, plan: Plan) -> tuple[Supply, ...]:
    """Each need with the shares of the countries that supply it, the most concentrated first.

    Shares are those of the network, else by capacity, else equal; they are what is usual,
    not what flows once something closes.

    Args:
        network: The sites and their countries.
        plan: The arrays of the same network, with nothing closed.
    """
    country = {site.site_id: site.country for site in network.sites}
    use = requirements(plan)[plan.need_site] * plan.need_rate * DAYS / plan.clock.days
    found = [_supply(plan, need, country, float(use[need])) for need in range(len(plan.need_site))]
    return tuple(sorted(found, key=lambda one: (-one.concentration, one.site_id, one.item_id)))


def _supply(plan: Plan, need: int, country: dict[str, str], use: float) -> Supply:
    arcs = np.flatnonzero(plan.arc_need == need)
    weight = plan.share[arcs] / max(plan.share[arcs].sum(), 1e-300)
    shares: dict[str, float] = {}
    for seller, part in zip(plan.arc_from[arcs].tolist(), weight.tolist(), strict=True):
        place = country[plan.sites[seller]]
        shares[place] = shares.get(place, 0.0) + part
    return Supply(
        site_id=plan.sites[int(plan.need_site[need])],
        item_id=plan.need_items[need],
        suppliers=len(arcs),
        countries=dict(sorted(shares.items(), key=lambda pair: -pair[1])),
        concentration=sum(share * share for share in shares.values()),
        cover_weeks=float(plan.need_stock[need]) / use if use > 0 else None,
    )
