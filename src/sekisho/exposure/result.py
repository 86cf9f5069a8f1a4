"""What an exposure tells: frozen records that the command prints and the pictures draw.

Weeks of survival count from the first day of the horizon. ``None`` means *not reached*:
nothing was lost within the horizon, or nothing limits the time at all; it is never
written as a number.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Band:
    """A result for the best, the typical and the worst case, never one false number.

    Attributes:
        low: The lower end: of a loss the best case, of a survival the worst.
        typical: With typical review times and demands.
        high: The upper end.
    """

    low: float | None
    typical: float | None
    high: float | None


class Cause(StrEnum):
    """Why an arc or a site is closed."""

    LICENCE = "licence"
    PROHIBITED = "prohibited"
    UNDETERMINED = "undetermined"
    ELSEWHERE = "refer_elsewhere"
    STATED = "stated"
    DISRUPTION = "disruption"


@dataclass(frozen=True, slots=True, kw_only=True)
class ArcClosed:
    """An arc that a change of the law, or a disruption, closes.

    Attributes:
        closed_on: The first day on which nothing may ship.
        applied_on: The day of the application; ``None`` without a licence to apply for.
        opens_on: The day it ships again: earliest, typical, latest; ``None`` is not within
            the horizon.
        recovery_weeks: Weeks from the closing to the first arrival.
        answer_before: The determination on the day before; empty for a disruption.
        answer_after: The determination on ``closed_on``.
        licence_types: Licence types usable now, lightest first.
        review_days: Low, typical, high.
        why: One plain sentence.
    """

    arc_id: str
    from_site_id: str
    to_site_id: str
    from_country: str
    to_country: str
    item_id: str
    cause: Cause
    closed_on: dt.date
    applied_on: dt.date | None
    opens_on: tuple[dt.date | None, dt.date | None, dt.date | None]
    recovery_weeks: Band
    answer_before: str = ""
    answer_after: str = ""
    licence_types: tuple[str, ...] = ()
    review_days: Band | None = None
    rules: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArcNotCovered:
    """An arc of which the law on record cannot tell whether it may ship after the change.

    It is neither open nor closed: :attr:`Exposure.bounds` tell the loss both ways.

    Attributes:
        answer: ``not_covered``.
        missing: What is not on record, and what would answer it.
        mitigation_id: The mitigation that opens it; empty if it is there already.
    """

    arc_id: str
    from_site_id: str
    to_site_id: str
    from_country: str
    to_country: str
    item_id: str
    answer: str
    missing: str
    mitigation_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """The result with every arc that is not covered counted one way.

    Attributes:
        counted: ``open`` or ``closed``.
        survival_weeks: Full weeks before the first loss at any site.
        lost_margin: What is lost.
    """

    counted: str
    survival_weeks: Band
    lost_margin: Band


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteClosed:
    """A site that a disruption closes.

    Attributes:
        stops: ``all``, ``making`` or ``shipping``.
    """

    site_id: str
    stops: str
    closed_on: dt.date
    opens_on: dt.date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteWeek:
    """One period of one site under the best response, in the typical case.

    Attributes:
        week: Counted from 1 (days, where the run is by day).
        lost: Units not sold: best, typical, worst case.
        lost_simulated: Units not sold in the forward simulation, where nobody sees ahead.
        cover_weeks: Weeks of use that the scarcest input at hand lasts; ``None``: no inputs.
    """

    week: int
    starts_on: dt.date
    demand: float
    made: float
    lost: Band
    lost_simulated: float
    lost_margin: float
    stock: float
    cover_weeks: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteResult:
    """How long a site that sells lasts, and what it loses.

    Attributes:
        survival_weeks: Full weeks before the first loss under the best response: worst,
            typical, best case.
        survival_simulated: The same in the forward simulation, typical case.
        time_to_survive: The one-bucket optimum for this site alone, with first call on all
            that is shared and leads left out: an upper bound, unless an arc opens again or
            an alternate comes within it. Not looked at where :attr:`Exposure.simulated`.
        lost_units: Best, typical, worst.
        lost_margin: Best, typical, worst.
    """

    site_id: str
    name: str
    country: str
    item_id: str
    unit: str
    survival_weeks: Band
    survival_simulated: float | None
    time_to_survive: float | None
    lost_units: Band
    lost_margin: Band
    lost_margin_simulated: float
    weeks: tuple[SiteWeek, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One closing among all single arcs and sites, with the one-bucket models.

    Attributes:
        kind: ``arc`` or ``site``.
        time_to_survive: Weeks with no loss; ``None``: not reached.
        time_to_recover: Weeks the closing lasts.
        lost_margin: What is lost in that time.
        risk_exposure_index: The loss over the largest loss of all scenarios.
        spend: Money per week that usually flows through it; ``None`` without prices.
        hidden: Whether it is among the worst quarter by loss and the smaller half by spend.
    """

    rank: int
    kind: str
    id: str
    name: str
    time_to_survive: float | None
    time_to_recover: float
    lost_margin: float
    risk_exposure_index: float
    spend: float | None
    hidden: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MitigationResult:
    """What one mitigation does on its own.

    Attributes:
        lost_margin: With the mitigation, typical case.
        loss_avoided: Against doing nothing.
        net_benefit: Loss avoided less cost.
        rank_by_loss: 1 is the least loss left.
        rank_by_net_benefit: 1 is the greatest net benefit; the two ranks differ.
        survival_weeks: Full weeks before the first loss anywhere; ``None``: not reached.
        note: Such as a stockpile that would not keep.
    """

    mitigation_id: str
    kind: str
    description: str
    cost: float
    lost_margin: float
    loss_avoided: float
    net_benefit: float
    rank_by_loss: int
    rank_by_net_benefit: int
    survival_weeks: float | None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MitigationSet:
    """A set of mitigations that is best by some measure.

    Attributes:
        aim: ``keep_running``: the cheapest that loses nothing; ``net_benefit``: the least
            of cost and loss together.
        found: Whether there is such a set; if not, the least loss that all together leave.
        method: How it was found, and that it is exact.
        still_losing: The sites that lose even so.
    """

    aim: str
    found: bool
    mitigation_ids: tuple[str, ...]
    cost: float
    lost_margin: float
    method: str
    still_losing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Supply:
    """How a need of an affected site is usually supplied, by the shares of its suppliers.

    Attributes:
        suppliers: How many there are.
        countries: Share of each country, largest first.
        concentration: Sum of the squared shares of countries (Herfindahl-Hirschman), 0 to 1.
            By country, since two suppliers under one government are one when it closes arcs.
        cover_weeks: Weeks of usual use that the stock at the site lasts.
    """

    site_id: str
    item_id: str
    suppliers: int
    countries: Mapping[str, float]
    concentration: float
    cover_weeks: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exposure:
    """What a change of the law, or a disruption, does to a supply network.

    Attributes:
        value_basis: ``margin``, ``revenue`` or ``units``: what every loss states.
        period_days: 7 for weeks, 1 for days.
        periods: The horizon in periods.
        draws: Number of seeded draws behind the bands; 0 where they are the corner cases.
        survival_weeks: Full weeks before the first loss at any site.
        affected_sites: The part of the network that the weekly model holds.
        arcs_not_covered: Arcs of which the law on record cannot tell whether they may ship. Bands
            go from the best case with them open to the worst with them closed; every single
            number counts them as closed.
        bounds: The result with these arcs open, and with them closed; empty if there are none.
        assumptions: What was assumed, in plain sentences, for printing with every result.
        simulated: Whether the simulation stands for the best response, which would be too
            large; losses are then no less than they need be.
        network: Fingerprint of the network's files.
        register: Fingerprint of the register.
    """

    title: str
    event: str
    scenario: str
    known_on: dt.date | None
    starts_on: dt.date
    period_days: int
    periods: int
    currency: str
    value_basis: str
    draws: int
    seed: int | None
    arcs_closed: tuple[ArcClosed, ...]
    sites_closed: tuple[SiteClosed, ...]
    survival_weeks: Band
    survival_simulated: float | None
    time_to_survive: float | None
    time_to_recover: float | None
    lost_margin: Band
    lost_margin_simulated: float
    lost_margin_by_week: tuple[Band, ...]
    sites: tuple[SiteResult, ...]
    scenarios: tuple[Scenario, ...]
    mitigations: tuple[MitigationResult, ...]
    mitigation_sets: tuple[MitigationSet, ...]
    affected_sites: tuple[str, ...]
    arcs_not_covered: tuple[ArcNotCovered, ...]
    bounds: tuple[Bound, ...]
    assumptions: tuple[str, ...]
    network: str
    register: str
    explanation: Mapping[str, str]
    supplies: tuple[Supply, ...] = ()
    simulated: bool = False
