"""The arcs and sites that are closed, and those of which it cannot be told, as records of a result."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from sekisho.exposure.cases import Choice, Disruption, Setting, earlier, find_arc, opens_on
from sekisho.exposure.licences import NotCovered, Verdict
from sekisho.exposure.network import DAYS, Arc, Site
from sekisho.exposure.result import ArcClosed, ArcNotCovered, Band, Cause, SiteClosed

NOT_COVERED = "not_covered"
_TO_ANSWER = "may_ship in arcs.csv answers it, once the exporter has told"
_NEVER = (None, None, None)


def arcs_closed(setting: Setting) -> tuple[ArcClosed, ...]:
    """Every arc that the law, the network itself or a disruption closes."""
    sites = {site.site_id: site for site in setting.network.sites}
    found = [_by_law(setting, verdict, sites) for verdict in setting.verdicts if verdict.closed]
    found += [_as_stated(setting, one, sites) for one in setting.not_covered if one.arc.may_ship is False]
    return (*found, *_by_disruption(setting, sites))


def arcs_not_covered(setting: Setting) -> tuple[ArcNotCovered, ...]:
    """Every arc of which neither the law on record nor the network tells whether it may ship."""
    return tuple(
        ArcNotCovered(
            arc_id=one.arc.arc_id, from_site_id=one.arc.from_site_id, to_site_id=one.arc.to_site_id,
            from_country=one.from_country, to_country=one.to_country, item_id=one.item_id,
            answer=NOT_COVERED, missing=f"{one.missing}; {_TO_ANSWER}", mitigation_id=one.arc.mitigation_id,
        )
        for one in setting.not_covered
        if one.arc.may_ship is None
    )  # fmt: skip


def sites_closed(setting: Setting) -> tuple[SiteClosed, ...]:
    """Every site that a disruption closes."""
    return tuple(
        SiteClosed(site_id=one.name, stops=one.stop, closed_on=one.on, opens_on=_opens(one))
        for one in setting.disruptions
        if one.is_site
    )


def _opens(one: Disruption) -> dt.date | None:
    return None if one.days is None else one.on + dt.timedelta(days=one.days)


def _by_law(setting: Setting, verdict: Verdict, sites: dict[str, Site]) -> ArcClosed:
    arc = verdict.arc
    days = [opens_on(verdict, Choice(review=end), earlier(arc, ())) for end in ("low", "typical", "high")]
    if verdict.freed_on is not None:
        days = [verdict.freed_on if day is None else min(day, verdict.freed_on) for day in days]
    lead = dt.timedelta(days=arc.lead_time_days)
    weeks = [None if day is None else (day + lead - setting.on).days / DAYS for day in days]
    review = verdict.review
    return ArcClosed(
        **_ends(arc, sites),
        cause=verdict.cause, closed_on=setting.on,
        applied_on=verdict.applied_on if review is not None else None,
        opens_on=(days[0], days[1], days[2]), recovery_weeks=Band(*weeks),
        answer_before=verdict.before.answer, answer_after=verdict.after.answer,
        licence_types=verdict.after.licence_types,
        review_days=None if review is None else Band(review.low, review.typical, review.high),
        rules=verdict.after.rules, sources=verdict.after.sources,
        questions=tuple(map(str, verdict.after.questions)), why=verdict.after.explanation,
    )  # fmt: skip


def _as_stated(setting: Setting, one: NotCovered, sites: dict[str, Site]) -> ArcClosed:
    return ArcClosed(
        **_ends(one.arc, sites), cause=Cause.STATED, closed_on=setting.on, applied_on=None,
        opens_on=_NEVER, recovery_weeks=Band(*_NEVER), answer_after=NOT_COVERED,
        why=f"{one.missing}, and the network states that it may not ship",
    )  # fmt: skip


def _by_disruption(setting: Setting, sites: dict[str, Site]) -> Iterator[ArcClosed]:
    for one in setting.disruptions:
        arc = find_arc(setting.network, one.name)
        if arc is not None and not one.is_site:
            opens = _opens(one)
            weeks = None if one.days is None else (one.days + arc.lead_time_days) / DAYS
            yield ArcClosed(
                **_ends(arc, sites), cause=Cause.DISRUPTION, applied_on=None,
                closed_on=max(one.on, setting.clock.start), opens_on=(opens, opens, opens),
                recovery_weeks=Band(weeks, weeks, weeks), why="closed for another reason than a licence",
            )  # fmt: skip


def _ends(arc: Arc, sites: dict[str, Site]) -> dict[str, Any]:
    seller, buyer = sites[arc.from_site_id], sites[arc.to_site_id]
    return {
        "arc_id": arc.arc_id, "from_site_id": seller.site_id, "to_site_id": buyer.site_id,
        "from_country": seller.country, "to_country": buyer.country, "item_id": seller.item_id,
    }  # fmt: skip
