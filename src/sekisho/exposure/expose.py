"""What a change of the law, or a disruption, does to a supply network."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from sekisho.determine.rates import Rates
from sekisho.errors import NotFound, ValueInvalid
from sekisho.exposure.cases import (
    Choice,
    Disruption,
    Setting,
    closings_of,
    cut,
    earlier,
    find_arc,
    find_site,
    opens_on,
    weekly_use,
)
from sekisho.exposure.closings import Stop
from sekisho.exposure.columns import LONGEST_DAYS, day_in_reach
from sekisho.exposure.licences import Change, Judgement, Verdict, change_of, judge
from sekisho.exposure.mitigate import LARGEST_SET, best_sets, compare
from sekisho.exposure.network import DAYS, Network, Site
from sekisho.exposure.orders import Orders
from sekisho.exposure.outcome import LARGEST, Outcome, band, bands, columns, corners, draws
from sekisho.exposure.plan import Clock, Plan, make_plan
from sekisho.exposure.result import (
    ArcClosed,
    Band,
    Cause,
    Exposure,
    Scenario,
    SiteClosed,
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
    out_of_horizon,
    too_large,
    too_large_for_sets,
)
from sekisho.exposure.weekly import full_periods
from sekisho.register.register import Register, nearest

Advance = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is."""
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
    """What the parts of a result are made of."""

    asked: Asked
    register: Register
    change: Change | None
    whole: Setting
    part: Setting
    judgement: Judgement
    orders: Orders | None
    advance: Advance
    outcomes: tuple[Outcome, ...] = ()
    typical: Outcome = field(init=False)
    course: Course = field(init=False)


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
    drawn = asked.draws > 0

    def step(what: str, total: int) -> Callable[[int], None]:
        done = [0]

        def advanced(count: int) -> None:
            done[0] += count
            advance(what, done[0], total)

        return advanced

    ends = corners(work.part, step("best, typical and worst case", 3))
    work.typical = ends[1]
    work.outcomes = draws(work.part, asked.draws, asked.seed, step("draws", asked.draws)) if drawn else ends
    case = work.typical.case
    work.course = simulate(case.plan, case.bounds, case.open)
    return in_own_units(_result(work, drawn=drawn, step=step), work.whole.network.scale)


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
        judgement = judge(network, change, until, orders.cells if orders else None, rates)
    on = change.on if change else start
    disruptions = tuple(_disruption(network, name, asked, asked.on or on) for name in asked.close)
    whole = Setting(network, clock, on, judgement.verdicts, disruptions)
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


def _result(work: _Work, *, drawn: bool, step: Callable[[str, int], Callable[[int], None]]) -> Exposure:
    asked, clock, network = work.asked, work.whole.clock, work.whole.network
    week = clock.days / DAYS
    outcomes = work.outcomes
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
        seed=asked.seed if drawn else None,
        arcs_closed=_arcs_closed(work),
        sites_closed=_sites_closed(work),
        survival_weeks=band([one.lasts for one in outcomes], drawn=drawn),
        survival_simulated=None if full is None else full * week,
        time_to_survive=time,
        time_to_recover=recovery,
        lost_margin=band([one.response.lost_margin for one in outcomes], drawn=drawn),
        lost_margin_simulated=work.course.lost_margin,
        lost_margin_by_week=_by_week(outcomes, drawn=drawn),
        sites=_sites(work, drawn=drawn),
        scenarios=_ranked(work, step) if asked.rank else (),
        mitigations=compare(work.part, base, step("mitigations", len(network.mitigations))),
        mitigation_sets=best_sets(work.part),
        affected_sites=tuple(site.site_id for site in work.part.network.sites),
        not_judged=tuple(arc.arc_id for arc in work.judgement.not_judged),
        assumptions=(
            *assumptions(work.whole, asked.draws, asked.stop, work.judgement, work.orders),
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


def _by_week(outcomes: Sequence[Outcome], *, drawn: bool) -> tuple[Band, ...]:
    table = np.array([one.response.lost @ one.case.plan.margin for one in outcomes])
    return bands(table, drawn=drawn)


def _one_bucket(work: _Work) -> tuple[float | None, float | None]:
    """TTS with everything closed at once, and TTR: the longest recovery in weeks."""
    closings = closings_of(work.part, Choice())
    if not closings:
        return None, None
    lasting = Survival(bucket(work.typical.case.open)).weeks(closings)
    days = work.part.clock.days
    leads = {arc.arc_id: arc.lead_time_days for arc in work.part.network.arcs}
    weeks = max((c.until - c.first) * days + leads.get(c.name, 0.0) for c in closings) / DAYS
    return lasting, weeks


def _arcs_closed(work: _Work) -> tuple[ArcClosed, ...]:
    network, clock = work.whole.network, work.whole.clock
    sites = {site.site_id: site for site in network.sites}
    found = [_by_law(work, verdict, sites) for verdict in work.whole.verdicts if verdict.closed]
    for one in work.whole.disruptions:
        arc = find_arc(network, one.name)
        if arc is None or one.is_site:
            continue
        opens = None if one.days is None else one.on + dt.timedelta(days=one.days)
        weeks = None if one.days is None else (one.days + arc.lead_time_days) / DAYS
        seller, buyer = sites[arc.from_site_id], sites[arc.to_site_id]
        found.append(
            ArcClosed(
                arc_id=arc.arc_id, from_site_id=seller.site_id, to_site_id=buyer.site_id,
                from_country=seller.country, to_country=buyer.country, item_id=seller.item_id,
                cause=Cause.DISRUPTION, closed_on=max(one.on, clock.start), applied_on=None,
                opens_on=(opens, opens, opens), recovery_weeks=Band(weeks, weeks, weeks),
                why="closed for another reason than a licence",
            )
        )  # fmt: skip
    return tuple(found)


def _by_law(work: _Work, verdict: Verdict, sites: Mapping[str, Site]) -> ArcClosed:
    arc = verdict.arc
    seller, buyer = sites[arc.from_site_id], sites[arc.to_site_id]
    days = [opens_on(verdict, Choice(review=end), earlier(arc, ())) for end in ("low", "typical", "high")]
    if verdict.freed_on is not None:
        days = [verdict.freed_on if day is None else min(day, verdict.freed_on) for day in days]
    lead = dt.timedelta(days=arc.lead_time_days)
    weeks = [None if day is None else (day + lead - work.whole.on).days / DAYS for day in days]
    review = verdict.review
    return ArcClosed(
        arc_id=arc.arc_id, from_site_id=seller.site_id, to_site_id=buyer.site_id,
        from_country=seller.country, to_country=buyer.country, item_id=seller.item_id,
        cause=verdict.cause, closed_on=work.whole.on,
        applied_on=verdict.applied_on if review is not None else None,
        opens_on=(days[0], days[1], days[2]), recovery_weeks=Band(*weeks),
        answer_before=verdict.before.answer, answer_after=verdict.after.answer,
        licence_types=verdict.after.licence_types,
        review_days=None if review is None else Band(review.low, review.typical, review.high),
        rules=verdict.after.rules, sources=verdict.after.sources,
        questions=tuple(map(str, verdict.after.questions)), why=verdict.after.explanation,
    )  # fmt: skip


def _sites_closed(work: _Work) -> tuple[SiteClosed, ...]:
    return tuple(
        SiteClosed(
            site_id=one.name,
            stops=one.stop,
            closed_on=one.on,
            opens_on=None if one.days is None else one.on + dt.timedelta(days=one.days),
        )
        for one in work.whole.disruptions
        if one.is_site
    )


def _sites(work: _Work, *, drawn: bool) -> tuple[SiteResult, ...]:
    """Every affected site that sells."""
    case, network = work.typical.case, work.part.network
    closings = closings_of(work.part, Choice())
    units = {item.item_id: item.unit for item in network.items}
    use = weekly_use(network, work.part.clock)
    found = []
    for at, site in enumerate(network.sites):
        if not case.plan.sells[at]:
            continue
        lost = [one.response.lost[:, at].sum() for one in work.outcomes]
        alone = None if work.part.simulated else lasts_alone(case.open, at, closings)
        full = full_periods(work.course.lost[:, at])
        found.append(
            SiteResult(
                site_id=site.site_id,
                name=site.name,
                country=site.country,
                item_id=site.item_id,
                unit=units.get(site.item_id, ""),
                survival_weeks=band([one.survival[at] for one in work.outcomes], drawn=drawn),
                survival_simulated=None if full is None else full * work.part.clock.days / DAYS,
                time_to_survive=alone,
                lost_units=band(lost, drawn=drawn),
                lost_margin=band([units_ * site.margin for units_ in lost], drawn=drawn),
                lost_margin_simulated=float(work.course.lost[:, at].sum() * site.margin),
                weeks=_weeks(work, at, use, drawn=drawn),
            )
        )
    return tuple(found)


def _weeks(
    work: _Work, at: int, use: Mapping[tuple[str, str], float], *, drawn: bool
) -> tuple[SiteWeek, ...]:
    plan, response = work.typical.case.plan, work.typical.response
    lost = bands(np.array([one.response.lost[:, at] for one in work.outcomes]), drawn=drawn)
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


def _ranked(work: _Work, step: Callable[[str, int], Callable[[int], None]]) -> tuple[Scenario, ...]:
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
