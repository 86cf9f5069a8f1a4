"""What a change of the law, or a disruption, does to a supply network."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from sekisho.determine.rates import Rates
from sekisho.errors import NotFound, ValueInvalid
from sekisho.exposure.cases import (
    Choice,
    Disruption,
    Setting,
    closings_of,
    cut,
    find_arc,
    find_site,
    weekly_use,
)
from sekisho.exposure.closed import arcs_closed, arcs_not_covered, sites_closed
from sekisho.exposure.closings import Stop
from sekisho.exposure.columns import LONGEST_DAYS, day_in_reach
from sekisho.exposure.licences import Change, Judgement, change_of, judge
from sekisho.exposure.mitigate import LARGEST_SET, best_sets, compare
from sekisho.exposure.network import DAYS, Network
from sekisho.exposure.orders import Orders
from sekisho.exposure.outcome import LARGEST, Outcome, band, bands, columns, corners, draws, either
from sekisho.exposure.plan import Clock, Floats, Plan, make_plan
from sekisho.exposure.result import (
    Band,
    Bound,
    Exposure,
    Scenario,
    SiteResult,
    SiteWeek,
)
from sekisho.exposure.scale import in_own_units, of_usual_size
from sekisho.exposure.simulate import Course, simulate
from sekisho.exposure.supply import supplies
from sekisho.exposure.survive import LONGEST as LONGEST_HORIZON
from sekisho.exposure.survive import Survival, bucket, every_single, lasts_alone
from sekisho.exposure.tell import (
    assumptions,
    explain_sites,
    of_change,
    of_scenario,
    out_of_horizon,
    too_large,
    too_large_for_sets,
)
from sekisho.exposure.weekly import full_periods
from sekisho.register.register import Register, nearest

Advance = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is."""
Steps = Callable[[str, int], Callable[[int], None]]
"""Given what is done and how much of it there is; what it gives back is called with each further count."""
PERIODS = {"week": DAYS, "day": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked of a network.

    Attributes:
        event: Id of an event of the register, or of the scenario.
        scenario: The register with a scenario laid over it.
        close: Arcs and sites that a disruption closes.
        close_days: How long; ``None`` takes ``recovery_days``, else the whole horizon.
        stop: What stops at a closed site.
        on: The day of the disruption; ``None`` is that of the change, or the first.
        known_on: As known on this day; ``None`` is all on record.
        by: ``week`` or ``day``.
        weeks: The horizon; ``None`` takes the network's.
        draws: Number of seeded draws for the bands; 0 takes the best and the worst case.
        seed: Of the draws.
        rank: Whether every single arc and site is closed in turn.
        largest: Columns up to which the best response is solved; above, the simulation
            stands in its place.
    """

    event: str | None = None
    scenario: Register | None = None
    close: tuple[str, ...] = ()
    close_days: float | None = None
    stop: Stop = Stop.ALL
    on: dt.date | None = None
    known_on: dt.date | None = None
    by: str = "week"
    weeks: int | None = None
    draws: int = 0
    seed: int = 0
    rank: bool = True
    largest: int = LARGEST


@dataclass(slots=True)
class _Work:
    """What the parts of a result are made of.

    Attributes:
        outcomes: Cases or draws with every arc that is not covered closed.
        opened: The same with them open; empty if all arcs are covered.
    """

    asked: Asked
    register: Register
    change: Change | None
    whole: Setting
    part: Setting
    judgement: Judgement
    orders: Orders | None
    advance: Advance
    outcomes: tuple[Outcome, ...] = ()
    opened: tuple[Outcome, ...] = ()
    typical: Outcome = field(init=False)
    course: Course = field(init=False)

    def bands(self, values: Callable[[Outcome], Floats]) -> tuple[Band, ...]:
        """A band of each value, over both ways to count the arcs that are not covered."""
        closed, opened = (
            bands(np.array([values(one) for one in outcomes]), drawn=self.asked.draws > 0)
            for outcomes in (self.outcomes, self.opened or self.outcomes)
        )
        return tuple(map(either, opened, closed))

    def band(self, value: Callable[[Outcome], float]) -> Band:
        """The band of one value."""
        return self.bands(lambda one: np.array([value(one)], dtype=np.float64))[0]


def expose(
    network: Network,
    register: Register,
    asked: Asked,
    *,
    orders: Orders | None = None,
    rates: Rates | None = None,
    advance: Advance = lambda *_: None,
) -> Exposure:
    """How long each site lasts under a change of the law or a disruption, and what it costs.

    Args:
        network: As :func:`sekisho.exposure.load.read_network` gives it.
        register: The register to decide arcs by.
        asked: The change and how to look at it.
        orders: Facts of arcs and goods afloat, from order lines.
        rates: Exchange rates for values that are not in JPY.
        advance: Told of the progress of long work.

    Raises:
        NotFound: If an event, an arc or a site does not exist.
        ValueInvalid: If there is nothing to look at, or no first day.
        InputInvalid: With every cell of an arc or item that cannot be read.
        DependencyMissing: If HiGHS is not installed.
    """
    work = _prepared(network, register, asked, (orders, rates), advance)

    def step(what: str, total: int) -> Callable[[int], None]:
        done = [0]

        def advanced(count: int) -> None:
            done[0] += count
            advance(what, done[0], total)

        return advanced

    _reckon(work, step)
    return in_own_units(_result(work, step), work.whole.network.scale)


def _reckon(work: _Work, step: Steps) -> None:
    """Fills in the cases, or the draws, and the course of the simulation."""
    asked, part = work.asked, work.part
    ends = corners(part, step("best, typical and worst case", 3))
    work.typical = ends[1]
    drawn = step("draws", asked.draws)
    work.outcomes = draws(part, asked.draws, asked.seed, drawn) if asked.draws else ends
    if any(one.arc.may_ship is None for one in part.not_covered):
        again = step("the same with open what is not covered", asked.draws or len(ends))
        work.opened = (
            draws(part, asked.draws, asked.seed, again, not_covered_open=True)
            if asked.draws
            else corners(part, again, not_covered_open=True)
        )
    case = work.typical.case
    work.course = simulate(case.plan, case.bounds, case.open)


def first_day(network: Network, register: Register, asked: Asked) -> dt.date:
    """The first day of the horizon: the network's, else that of the change.

    Raises:
        ValueInvalid: If neither is stated.
    """
    change = change_of(register, event=asked.event, scenario=asked.scenario, known_on=asked.known_on)
    start = network.starts_on or (change.on if change else asked.on)
    if start is None:
        msg = "the first day is not stated"
        raise ValueInvalid(msg, "starts_on in network.toml, or the day of the disruption (--on)")
    return start


def _prepared(
    network: Network,
    register: Register,
    asked: Asked,
    beside: tuple[Orders | None, Rates | None],
    advance: Advance,
) -> _Work:
    orders, rates = beside
    _check(asked)
    change = change_of(register, event=asked.event, scenario=asked.scenario, known_on=asked.known_on)
    if change is None and not asked.close:
        msg = "nothing is changed and nothing is closed"
        raise ValueInvalid(msg, "an event (--event), a scenario (--scenario) or what is closed (--close)")
    start = first_day(network, register, asked)
    days = PERIODS[asked.by]
    clock = Clock(start, days, (asked.weeks or network.weeks) * DAYS // days)
    if orders is not None:
        network = replace(network, in_transit=(*network.in_transit, *orders.in_transit))
    network = of_usual_size(network)
    until = clock.day(clock.periods)
    judgement = Judgement((), ())
    if change is not None:
        told = orders.cells if orders else None
        judgement = judge(network, change, until, told, rates, partial(advance, "arcs held against the law"))
    on = change.on if change else start
    disruptions = tuple(
        _disruption(network, name, asked, asked.on or on) for name in dict.fromkeys(asked.close)
    )
    whole = Setting(network, clock, on, judgement.verdicts, disruptions, not_covered=judgement.not_covered)
    part = cut(whole)
    part = replace(part, simulated=columns(part) > asked.largest)
    return _Work(asked, register, change, whole, part, judgement, orders, advance)


def _check(asked: Asked) -> None:
    """Refuses what cannot be asked.

    Raises:
        ValueInvalid: Naming the first of it.
    """
    days, weeks = asked.close_days, asked.weeks
    wrong = (
        (asked.by not in PERIODS, f"{asked.by!r} is no period", "week or day"),
        (days is not None and not 0 < days <= LONGEST_DAYS, f"nothing can be closed for {days} days",
         f"a number above zero, up to {LONGEST_DAYS}"),
        (weeks is not None and not 1 <= weeks <= LONGEST_HORIZON, f"{weeks} weeks are no horizon",
         f"1 to {LONGEST_HORIZON:g}"),
        (asked.draws < 0, f"{asked.draws} draws cannot be made", "a number of zero or more"),
        (asked.seed < 0, f"{asked.seed} is no seed", "a number of zero or more"),
        (not asked.close and (days is not None or asked.on is not None),
         "a time of closing is stated, but not what is closed", "an arc or a site (--close)"),
    )  # fmt: skip
    for is_wrong, problem, expected in wrong:
        if is_wrong:
            raise ValueInvalid(problem, expected)
    if asked.on is not None:
        day_in_reach(asked.on)


def _disruption(network: Network, name: str, asked: Asked, on: dt.date) -> Disruption:
    found = find_arc(network, name) or find_site(network, name)
    if found is None:
        known = [*(arc.arc_id for arc in network.arcs), *(site.site_id for site in network.sites)]
        raise NotFound("arc or site", name, nearest(name, known), "arcs.csv and sites.csv name them")
    days = asked.close_days if asked.close_days is not None else found.recovery_days
    is_site = find_arc(network, name) is None
    return Disruption(name, on, days, is_site, asked.stop)


def _result(work: _Work, step: Steps) -> Exposure:
    asked, clock, network = work.asked, work.whole.clock, work.whole.network
    week = clock.days / DAYS
    full = full_periods(work.course.lost)
    time, recovery = _one_bucket(work)
    base = work.typical.response.lost_margin
    return Exposure(
        title=network.title,
        event=work.change.event if work.change else "",
        scenario=asked.scenario.scenario if asked.scenario else "",
        known_on=asked.known_on,
        starts_on=clock.start,
        period_days=clock.days,
        periods=clock.periods,
        currency=network.currency,
        value_basis=network.value_basis,
        draws=asked.draws,
        seed=asked.seed if asked.draws else None,
        arcs_closed=arcs_closed(work.whole),
        arcs_not_covered=arcs_not_covered(work.whole),
        bounds=_bounds(work),
        sites_closed=sites_closed(work.whole),
        survival_weeks=work.band(_lasts),
        survival_simulated=None if full is None else full * week,
        time_to_survive=time,
        time_to_recover=recovery,
        lost_margin=work.band(_lost),
        lost_margin_simulated=work.course.lost_margin,
        lost_margin_by_week=work.bands(lambda one: one.response.lost @ one.case.plan.margin),
        sites=_sites(work),
        scenarios=_ranked(work, step) if asked.rank else (),
        mitigations=compare(work.part, base, step("mitigations", len(network.mitigations))),
        mitigation_sets=best_sets(work.part),
        affected_sites=tuple(site.site_id for site in work.part.network.sites),
        assumptions=(
            *assumptions(work.whole, asked.draws, asked.stop, work.judgement, work.orders),
            *of_scenario(asked.scenario),
            *of_change(work.change.notes if work.change else ()),
            *out_of_horizon(work.whole, is_change=work.change is not None),
            *too_large(work.part),
            *too_large_for_sets(work.part, LARGEST_SET, columns(work.part)),
        ),
        network=network.fingerprint,
        register=(asked.scenario or work.register).fingerprint,
        explanation=explain_sites(work.part, work.typical),
        supplies=supplies(work.part.network, work.typical.case.open),
        simulated=work.part.simulated,
    )


def _lasts(one: Outcome) -> float:
    return one.lasts


def _lost(one: Outcome) -> float:
    return one.response.lost_margin


def _bounds(work: _Work) -> tuple[Bound, ...]:
    """The result with everything that is not covered open, and closed; nothing if all is covered."""
    drawn = work.asked.draws > 0
    return tuple(
        Bound(
            counted=counted,
            survival_weeks=band([_lasts(one) for one in outcomes], drawn=drawn),
            lost_margin=band([_lost(one) for one in outcomes], drawn=drawn),
        )
        for counted, outcomes in (("open", work.opened), ("closed", work.outcomes))
        if work.opened
    )


def _one_bucket(work: _Work) -> tuple[float | None, float | None]:
    """TTS with everything closed at once, and TTR: the longest recovery in weeks."""
    there = {*work.typical.case.open.arcs, *work.typical.case.open.sites}
    closings = [one for one in closings_of(work.part, Choice()) if one.name in there]
    if not closings:
        return None, None
    lasting = Survival(bucket(work.typical.case.open)).weeks(closings)
    days = work.part.clock.days
    leads = {arc.arc_id: arc.lead_time_days for arc in work.part.network.arcs}
    weeks = max((c.until - c.first) * days + leads.get(c.name, 0.0) for c in closings) / DAYS
    return lasting, weeks


def _sites(work: _Work) -> tuple[SiteResult, ...]:
    """Every affected site that sells."""
    case, network = work.typical.case, work.part.network
    closings = closings_of(work.part, Choice())
    units = {item.item_id: item.unit for item in network.items}
    use = weekly_use(network, work.part.clock)
    found = []
    for at, site in enumerate(network.sites):
        if not case.plan.sells[at]:
            continue
        lost = partial(_lost_units, at)
        alone = None if work.part.simulated else lasts_alone(case.open, at, closings)
        full = full_periods(work.course.lost[:, at])
        found.append(
            SiteResult(
                site_id=site.site_id,
                name=site.name,
                country=site.country,
                item_id=site.item_id,
                unit=units.get(site.item_id, ""),
                survival_weeks=work.band(partial(_lasting, at)),
                survival_simulated=None if full is None else full * work.part.clock.days / DAYS,
                time_to_survive=alone,
                lost_units=work.band(lost),
                lost_margin=_priced(work.band(lost), site.margin),
                lost_margin_simulated=float(work.course.lost[:, at].sum() * site.margin),
                weeks=_weeks(work, at, use),
            )
        )
    return tuple(found)


def _lost_units(at: int, one: Outcome) -> float:
    return float(one.response.lost[:, at].sum())


def _lasting(at: int, one: Outcome) -> float:
    return float(one.survival[at])


def _priced(units: Band, margin: float) -> Band:
    return Band(*(None if end is None else end * margin for end in (units.low, units.typical, units.high)))


def _weeks(work: _Work, at: int, use: Mapping[tuple[str, str], float]) -> tuple[SiteWeek, ...]:
    plan, response = work.typical.case.plan, work.typical.response
    lost = work.bands(lambda one: one.response.lost[:, at])
    name = plan.sites[at]
    needs = [(m, use[name, plan.need_items[m]]) for m in np.flatnonzero(plan.need_site == at).tolist()]
    covers = [response.need_stock[:, m] / rate for m, rate in needs if rate > 0]
    cover = np.min(covers, axis=0) if covers else None
    return tuple(
        SiteWeek(
            week=w + 1,
            starts_on=plan.clock.day(w),
            demand=float(plan.demand[w, at]),
            made=float(response.made[w, at]),
            lost=lost[w],
            lost_simulated=float(work.course.lost[w, at]),
            lost_margin=float(response.lost[w, at] * plan.margin[at]),
            stock=float(response.stock[w, at]),
            cover_weeks=None if cover is None else float(cover[w]),
        )
        for w in range(plan.clock.periods)
    )


def _ranked(work: _Work, step: Steps) -> tuple[Scenario, ...]:
    """Every single arc and site of the whole network, worst first."""
    setting = work.whole
    plan = make_plan(setting.network, setting.clock)
    weeks = _recoveries(setting)
    advance = step("single arcs and sites", len(plan.arcs) + len(plan.sites))
    found = every_single(bucket(plan), lambda kind, name: weeks[kind, name], advance, work.asked.stop)
    worst = max((single.lost_margin for single in found), default=0.0) or 1.0
    spends = _spends(setting.network, plan, {(one.kind, one.name): one.flow for one in found})
    names = {site.site_id: site.name for site in setting.network.sites}
    hidden = _hidden([(one.lost_margin, spends.get((one.kind, one.name))) for one in found])
    ordered = sorted(
        zip(found, hidden, strict=True),
        key=lambda pair: (
            -pair[0].lost_margin,
            np.inf if pair[0].time_to_survive is None else pair[0].time_to_survive,
        ),
    )
    return tuple(
        Scenario(
            rank=at,
            kind=one.kind,
            id=one.name,
            name=names.get(one.name, ""),
            time_to_survive=one.time_to_survive,
            time_to_recover=one.time_to_recover,
            lost_margin=one.lost_margin,
            risk_exposure_index=one.lost_margin / worst,
            spend=spends.get((one.kind, one.name)),
            hidden=is_hidden,
        )
        for at, (one, is_hidden) in enumerate(ordered, start=1)
    )


def _recoveries(setting: Setting) -> dict[tuple[str, str], float]:
    """Weeks that each arc and site stands still: as stated, by review and lead, else the horizon."""
    horizon = setting.clock.periods * setting.clock.days / DAYS
    reviews = {v.arc.arc_id: v.review.typical for v in setting.verdicts if v.review is not None}
    found: dict[tuple[str, str], float] = {}
    for arc in setting.network.arcs:
        days = arc.recovery_days
        if days is None and arc.arc_id in reviews:
            days = reviews[arc.arc_id] + arc.lead_time_days
        found["arc", arc.arc_id] = horizon if days is None else days / DAYS
    for site in setting.network.sites:
        found["site", site.site_id] = horizon if site.recovery_days is None else site.recovery_days / DAYS
    return found


def _spends(
    network: Network, plan: Plan, flows: Mapping[tuple[str, str], float]
) -> dict[tuple[str, str], float]:
    """Money per week that usually goes through an arc, or to a site as a supplier."""
    prices = {arc.arc_id: arc.price for arc in network.arcs if arc.price is not None}
    found = {
        ("arc", name): flows["arc", name] * price for name, price in prices.items() if ("arc", name) in flows
    }
    for at, name in zip(plan.arc_from.tolist(), plan.arcs, strict=True):
        if ("arc", name) in found:
            key = "site", plan.sites[at]
            found[key] = found.get(key, 0.0) + found["arc", name]
    return found


def _hidden(pairs: Iterable[tuple[float, float | None]]) -> list[bool]:
    """Among the worst quarter by loss, and in the smaller half by spend."""
    rows = list(pairs)
    losses = [loss for loss, _ in rows]
    spends = [spend for _, spend in rows if spend is not None]
    if not spends:
        return [False] * len(rows)
    much, little = float(np.quantile(losses, 0.75)), float(np.median(spends))
    return [spend is not None and 0 < loss >= much and spend <= little for loss, spend in rows]
