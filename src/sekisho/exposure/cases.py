"""One case of a network: what is closed, for how long, and what is done against it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sekisho.exposure.closings import Allowance, Closing, Stop, affected, allowances, close
from sekisho.exposure.licences import NotCovered, Verdict
from sekisho.exposure.network import DAYS, Arc, Mitigation, MitigationKind, Network, Site, Stock
from sekisho.exposure.plan import Clock, Floats, Plan, components, make_plan
from sekisho.exposure.simulate import requirements


@dataclass(frozen=True, slots=True)
class Disruption:
    """An arc or a site closed for another reason than a licence.

    Attributes:
        days: How long; ``None`` is to the end of the horizon.
    """

    name: str
    on: dt.date
    days: float | None
    is_site: bool
    stop: Stop = Stop.ALL


@dataclass(frozen=True, slots=True)
class Setting:
    """A network, what the law closes of it, and what else is closed.

    Attributes:
        on: The day of the change of the law.
        not_covered: Arcs of which the law on record cannot tell whether they may ship from then.
        simulated: Whether the simulation stands for the best response, which would be too large.
    """

    network: Network
    clock: Clock
    on: dt.date
    verdicts: tuple[Verdict, ...] = ()
    disruptions: tuple[Disruption, ...] = ()
    simulated: bool = False
    not_covered: tuple[NotCovered, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """What is chosen within a setting.

    Attributes:
        review: Which end of the review times: ``low``, ``typical`` or ``high``.
        demand: Which end of the demands.
        review_days: Review times by arc, instead of an end: of a draw.
        demands: Demand of each row of the network per week, instead of an end.
        mitigations: Ids of the mitigations taken.
        not_covered_open: Whether arcs that are not covered count as open; else as closed.
    """

    review: str = "typical"
    demand: str = "typical"
    review_days: Mapping[str, float] = field(default_factory=dict)
    demands: Sequence[float] = ()
    mitigations: tuple[str, ...] = ()
    not_covered_open: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """A choice as arrays.

    Attributes:
        open: With nothing closed.
        plan: With all closed that is.
        bounds: Of arcs of which each contract needs its own licence.
        notes: What was cut off, such as a stockpile that would not keep.
    """

    open: Plan
    plan: Plan
    bounds: tuple[Allowance, ...]
    notes: tuple[str, ...] = ()


def cut(setting: Setting) -> Setting:
    """The part of a setting whose loss can depend on what is closed, or on a mitigation.

    The part is the same for every case, so that their losses can be compared.
    """
    network = setting.network
    everything = tuple(one.mitigation_id for one in network.mitigations)
    whole = make_plan(network, setting.clock, everything)
    closings = closings_of(setting, Choice(review="high"))
    keep = affected(whole, closings, touched(network, everything))
    names = {name for name, kept in zip(whole.sites, keep.tolist(), strict=True) if kept}
    return replace(setting, network=_restricted(network, names))


def _restricted(network: Network, names: set[str]) -> Network:
    arcs = tuple(arc for arc in network.arcs if {arc.from_site_id, arc.to_site_id} <= names)
    known = {arc.arc_id for arc in arcs}
    return replace(
        network,
        sites=tuple(site for site in network.sites if site.site_id in names),
        arcs=arcs,
        stocks=tuple(row for row in network.stocks if row.site_id in names),
        demand=tuple(row for row in network.demand if row.site_id in names),
        in_transit=tuple(row for row in network.in_transit if row.arc_id in known),
        capacity=tuple(row for row in network.capacity if row.site_id in names or row.arc_id in known),
    )


def make_case(setting: Setting, choice: Choice) -> Case:
    """The arrays of a choice.

    Args:
        setting: The network and what is closed, cut or whole.
        choice: Ends or draws of the ranges, and mitigations.
    """
    network, notes = _mitigated(setting, choice)
    whole = make_plan(network, setting.clock, choice.mitigations)
    closings = closings_of(setting, choice)
    return Case(whole, close(whole, closings), allowances(whole, closings), notes)


def touched(network: Network, mitigations: Iterable[str]) -> list[str]:
    """The buyers to whom mitigations open arcs, and the sites whose stock they raise."""
    taken = set(mitigations)
    stocks = (one.site_id for one in network.mitigations if one.mitigation_id in taken and one.site_id)
    arcs = (arc.to_site_id for arc in network.arcs if arc.mitigation_id in taken)
    return [*stocks, *arcs]


def closings_of(setting: Setting, choice: Choice) -> list[Closing]:
    """Every closing of a case, in periods."""
    clock = setting.clock
    taken = [one for one in setting.network.mitigations if one.mitigation_id in choice.mitigations]
    found = [
        _by_licence(setting, verdict, choice, taken)
        for verdict in setting.verdicts
        if verdict.closed and not _kept_in_bulk(verdict, taken)
    ]
    found += [
        Closing(one.arc.arc_id, clock.first(setting.on), clock.periods)
        for one in setting.not_covered
        if one.arc.may_ship is False or (one.arc.may_ship is None and not choice.not_covered_open)
    ]
    for one in setting.disruptions:
        until = clock.periods if one.days is None else clock.next(one.on + dt.timedelta(days=one.days))
        found.append(Closing(one.name, clock.first(one.on), until, is_site=one.is_site, stop=one.stop))
    return [closing for closing in found if closing.until > closing.first or closing.contract is not None]


def _by_licence(setting: Setting, verdict: Verdict, choice: Choice, taken: Sequence[Mitigation]) -> Closing:
    clock = setting.clock
    first, until = clock.first(setting.on), clock.periods
    opens = opens_on(verdict, choice, earlier(verdict.arc, taken))
    days = review_of(verdict, choice)
    if opens is not None:
        until = max(first, clock.next(opens))
    contract = verdict.contract
    if verdict.freed_on is not None and clock.next(verdict.freed_on) <= until:
        until, contract = clock.next(verdict.freed_on), None
    again = clock.count(days) if days is not None else 0
    return Closing(verdict.arc.arc_id, first, until, contract=contract, again=again)


def review_of(verdict: Verdict, choice: Choice) -> float | None:
    """The days of review in a case; ``None`` if no licence opens the arc."""
    if verdict.review is None:
        return None
    end: float = getattr(verdict.review, choice.review)
    return choice.review_days.get(verdict.arc.arc_id, end)


def opens_on(verdict: Verdict, choice: Choice, days_earlier: float = 0) -> dt.date | None:
    """The day a licence opens an arc; ``None`` if none does."""
    days = review_of(verdict, choice)
    return None if days is None else verdict.applied_on + dt.timedelta(days=days - days_earlier)


def earlier(arc: Arc, taken: Iterable[Mitigation]) -> float:
    """How many days earlier the licence of an arc is applied for."""
    days = (
        one.days or 0
        for one in taken
        if one.kind is MitigationKind.APPLY_EARLIER and (not one.arc_ids or arc.arc_id in one.arc_ids)
    )
    return max(days, default=0)


def _kept_in_bulk(verdict: Verdict, taken: Iterable[Mitigation]) -> bool:
    return verdict.review is not None and any(
        one.kind is MitigationKind.BULK_LICENCE and (not one.arc_ids or verdict.arc.arc_id in one.arc_ids)
        for one in taken
    )


def _mitigated(setting: Setting, choice: Choice) -> tuple[Network, tuple[str, ...]]:
    """The network with the demand of the case and the stock of its mitigations."""
    network = setting.network
    demands = choice.demands or [getattr(row.quantity, choice.demand) for row in network.demand]
    rows = (
        replace(row, quantity=replace(row.quantity, typical=quantity))
        for row, quantity in zip(network.demand, demands, strict=True)
    )
    network = replace(network, demand=tuple(rows))
    notes, stocks = [], []
    for one in network.mitigations:
        if one.mitigation_id in choice.mitigations and one.kind is MitigationKind.STOCK:
            quantity, note = further_stock(setting, one)
            stocks.append(Stock(site_id=one.site_id, item_id=one.item_id, quantity=quantity))
            notes += [note] if note else []
    return replace(network, stocks=(*network.stocks, *stocks)), tuple(notes)


def further_stock(setting: Setting, one: Mitigation) -> tuple[float, str]:
    """The quantity of a stockpile, cut to what is used before it spoils, and a note if cut."""
    network = setting.network
    use = weekly_use(network, setting.clock)[one.site_id, one.item_id]
    quantity = one.quantity if one.quantity is not None else (one.weeks or 0.0) * use
    life = next((item.shelf_life_days for item in network.items if item.item_id == one.item_id), None)
    if life is None:
        return quantity, ""
    held = sum(s.quantity for s in network.stocks if (s.site_id, s.item_id) == (one.site_id, one.item_id))
    most = max(use * life / DAYS - held, 0.0)
    if quantity <= most:
        return quantity, ""
    told = most * network.scale, quantity * network.scale
    note = (
        f"{one.mitigation_id}: {one.item_id} keeps {life:g} days, so that only {told[0]:g} of"
        f" {told[1]:g} count"
    )
    return most, note


def weekly_use(network: Network, clock: Clock) -> dict[tuple[str, str], float]:
    """What each site usually uses of each need, and makes of its own item, in a week."""
    plan = make_plan(network, clock)
    made: Floats = requirements(plan) * DAYS / clock.days
    place = {name: at for at, name in enumerate(plan.sites)}
    own = {(site.site_id, site.item_id): float(made[place[site.site_id]]) for site in network.sites}
    needs = {(site, item): rate * float(made[place[site]]) for site, item, rate in components(network)}
    return own | needs


def find_site(network: Network, name: str) -> Site | None:
    """A site by id."""
    return next((site for site in network.sites if site.site_id == name), None)


def find_arc(network: Network, name: str) -> Arc | None:
    """An arc by id."""
    return next((arc for arc in network.arcs if arc.arc_id == name), None)
