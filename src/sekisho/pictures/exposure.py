"""How long sites last and what they lose, drawn: survival, loss, the network, mitigations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sekisho.pictures.network import network_picture
from sekisho.pictures.page import Table
from sekisho.pictures.picture import (
    AMOUNTS,
    BLUE,
    DAYS,
    GREEN,
    INK,
    MUTED,
    ORANGE,
    PALE,
    PAPER,
    ROW,
    VERMILION,
    WIDTH,
    Picture,
    Spec,
)
from sekisho.pictures.render import write

if TYPE_CHECKING:
    from sekisho.exposure.network import Network
    from sekisho.exposure.result import Band, Exposure, SiteResult

_DAYS = 7
_SITES_SHOWN = 30
_UNSURE = [{"filter": "datum.high > datum.low"}]
_MITIGATIONS_SHOWN = 20


def exposure_pictures(exposure: Exposure, network: Network) -> list[Picture]:
    """The charts of an exposure: survival by site, loss by week, the network, mitigations."""
    found = [survival_picture(exposure)] if exposure.sites else []
    found += [loss_picture(exposure)] if exposure.lost_margin_by_week else []
    found.append(network_picture(exposure, network))
    return found + list(mitigation_pictures(exposure))


def draw(path: Path, exposure: Exposure, network: Network) -> None:
    """Draws an exposure to a file: an image, or one page with its tables.

    Raises:
        InputInvalid: If the ending is not that of a picture.
        OutputRefused: If the file cannot be written.
    """
    title = exposure.title or "How long the sites last, and what it costs"
    write(
        path, title, exposure_pictures(exposure, network), exposure_lead(exposure), exposure_tables(exposure)
    )


def horizon(exposure: Exposure) -> float:
    """The weeks that the run looks ahead."""
    return exposure.periods * exposure.period_days / _DAYS


def _money(exposure: Exposure) -> str:
    basis = exposure.value_basis
    return f"{basis}, {exposure.currency}" if exposure.currency else basis


def survival_picture(exposure: Exposure) -> Picture:
    """Full weeks before the first loss at each site, with the worst and the best case."""
    most = horizon(exposure)
    first = sorted(exposure.sites, key=lambda site: _at_most(site.survival_weeks.low, most))[:_SITES_SHOWN]
    values = [_bar(site, most) for site in first]
    names = [value["site"] for value in values]
    y = {"field": "site", "type": "nominal", "sort": names, "title": None}
    x = {"type": "quantitative", "scale": {"domain": [0, most]}, "title": "weeks without loss",
         "axis": {"tickMinStep": 1}}  # fmt: skip
    colour = {
        "field": "kind", "type": "nominal",
        "scale": {"domain": ["loses before the horizon", "no loss within the horizon"],
                  "range": [VERMILION, BLUE]},
    }  # fmt: skip
    layer = [
        {"mark": {"type": "bar", "height": {"band": 0.6}},
         "encoding": {"y": y, "x": {"field": "typical", **x}, "color": colour}},
        {"mark": {"type": "rule", "color": INK, "strokeWidth": 2}, "transform": _UNSURE,
         "encoding": {"y": y, "x": {"field": "low", **x}, "x2": {"field": "high"}}},
        *({"mark": {"type": "tick", "color": INK, "thickness": 2, "size": 12}, "transform": _UNSURE,
           "encoding": {"y": y, "x": {"field": end, **x}}} for end in ("low", "high")),
        {"mark": {"type": "text", "align": "left", "dx": 8}, "encoding": {
            "y": y, "x": {"field": "high", **x}, "text": {"field": "text"}}},
    ]  # fmt: skip
    spec = {"width": WIDTH, "height": {"step": ROW + 8}, "data": {"values": values}, "layer": layer}
    more = len(exposure.sites) - len(first)
    caption = f"Full weeks from {exposure.starts_on} before the first loss, under the best response."
    if any(value["high"] > value["low"] for value in values):
        caption += f" The line spans the worst and the best case{_drawn(exposure)}."
    caption += f" Horizon {most:.4g} weeks.{_counted(exposure)}"
    caption += f" {more} sites that last longer are not drawn." if more else ""
    return Picture("survival", _survival_title(exposure), caption, spec)


def _drawn(exposure: Exposure) -> str:
    return f" of {exposure.draws:,} seeded draws" if exposure.draws else ""


def _counted(exposure: Exposure) -> str:
    """How arcs are counted of which the law on record cannot tell."""
    return " Arcs not covered by the law are open in the best case only." if exposure.arcs_not_covered else ""


def _survival_title(exposure: Exposure) -> str:
    band = exposure.survival_weeks
    if band.low is None:
        return "No site loses anything within the horizon"
    if band.low == band.high:
        return f"The first site runs short after {band.low:.4g} full weeks"
    if band.high is None:
        return f"At worst the first site runs short after {band.low:.4g} full weeks; at best none does"
    return f"The first site runs short after {band.low:.4g} full weeks at worst, {band.high:.4g} at best"


def _at_most(weeks: float | None, most: float) -> float:
    """Weeks to draw: one that is not reached ends at the horizon."""
    return most if weeks is None else min(weeks, most)


def _bar(site: SiteResult, most: float) -> dict[str, Any]:
    band = site.survival_weeks
    return {
        "site": site.name or site.site_id,
        "low": _at_most(band.low, most), "typical": _at_most(band.typical, most),
        "high": _at_most(band.high, most), "text": _span(band),
        "kind": "no loss within the horizon" if band.typical is None else "loses before the horizon",
    }  # fmt: skip


def _span(band: Band) -> str:
    if band.low is None:
        return "not reached"
    if band.high is None:
        return f"{band.low:.4g}, or not reached"
    return f"{band.low:.4g}" if band.low == band.high else f"{band.low:.4g} to {band.high:.4g}"


def loss_picture(exposure: Exposure) -> Picture:
    """What is lost in each week, with the worst and the best case, and where the law closes arcs."""
    step = dt.timedelta(days=exposure.period_days)
    values = [
        {"from": (exposure.starts_on + at * step).isoformat(),
         "until": (exposure.starts_on + (at + 1) * step).isoformat(),
         "middle": (exposure.starts_on + at * step + step / 2).isoformat(),
         "low": band.low or 0.0, "typical": band.typical or 0.0, "high": band.high or 0.0}
        for at, band in enumerate(exposure.lost_margin_by_week)
    ]  # fmt: skip
    x = {"field": "from", **DAYS, "title": None,
         "axis": {"format": "%d %b %Y", "tickCount": 6, "labelOverlap": True, "grid": False}}  # fmt: skip
    y = {"type": "quantitative", "axis": AMOUNTS}
    unit = "week" if exposure.period_days == _DAYS else "day"
    bar = {"type": "bar", "orient": "vertical", "color": VERMILION, "stroke": PAPER, "strokeWidth": 1.5}
    bars = {"mark": bar,
            "encoding": {"x": x, "x2": {"field": "until"},
                         "y": {"field": "typical", **y, "title": f"lost {_money(exposure)}"}}}  # fmt: skip
    band = {"mark": {"type": "rule", "color": INK, "strokeWidth": 1.4},
            "transform": _UNSURE,
            "encoding": {"x": {"field": "middle", **DAYS},
                         "y": {"field": "low", **y}, "y2": {"field": "high"}}}  # fmt: skip
    spec = {"width": WIDTH, "height": 220, "data": {"values": values}, "layer": [bars, band]}
    lost, sure = exposure.lost_margin, exposure.lost_margin.low == exposure.lost_margin.high
    caption = f"Lost {_money(exposure)}, best response, typical case" + (
        "." if sure else f"; the thin line spans the best and the worst case{_drawn(exposure)}."
    )
    caption += _counted(exposure)
    return Picture("loss", _loss_title(exposure, unit, lost), caption, spec)


def _loss_title(exposure: Exposure, unit: str, lost: Band) -> str:
    if not lost.high:
        return f"Nothing is lost in any {unit}, not in the worst case"
    low, typical, high = (
        f"{_amount(value)} {exposure.currency}".rstrip() for value in (lost.low, lost.typical, lost.high)
    )
    if not lost.typical:
        return f"Nothing is lost in the typical case, {high} in the worst"
    if lost.low == lost.high:
        return f"What is lost by {unit}: {typical} in all"
    return f"What is lost by {unit}: {typical} in all ({low} to {high})"


def _amount(value: float | None) -> str:
    return "0" if not value else f"{value:,.0f}"


def mitigation_pictures(exposure: Exposure) -> Iterator[Picture]:
    """Mitigations side by side: the loss that each avoids, what it costs, and what is left of it."""
    found = sorted(exposure.mitigations, key=lambda one: one.rank_by_net_benefit)[:_MITIGATIONS_SHOWN]
    if not found:
        return
    names = [f"{one.description or one.mitigation_id}{' *' if one.note else ''}" for one in found]
    free = [name for name, one in zip(names, found, strict=True) if not one.note]
    values = [
        {"name": name, "loss avoided": one.loss_avoided, "cost": one.cost, "net benefit": one.net_benefit,
         "loss avoided rank": f"rank {one.rank_by_loss}", "cost rank": "",
         "net benefit rank": f"rank {one.rank_by_net_benefit}"}
        for name, one in zip(names, found, strict=True)
    ]  # fmt: skip
    columns = [("loss avoided", BLUE), ("cost", ORANGE), ("net benefit", GREEN)]
    views = [
        _column(name, colour, names, labelled=not at, values=values)
        for at, (name, colour) in enumerate(columns)
    ]
    spec: Spec = {"hconcat": views, "spacing": 18}
    title = f"Greatest net benefit: {free[0]}" if free else "What the mitigations bring"
    caption = (
        f"Each on its own against doing nothing, {_money(exposure)}, typical case. Ranks by loss and by net"
        " benefit differ: what avoids most is not always worth most."
    )
    if len(free) < len(names):
        caption += " * has a reservation, which the result tells."
    yield Picture("mitigations", title, caption, spec)


def _column(
    name: str, colour: str, order: Sequence[str], *, labelled: bool, values: Sequence[Mapping[str, Any]]
) -> Spec:
    y: Spec = {"field": "name", "type": "nominal", "sort": list(order), "title": None}
    if not labelled:
        y["axis"] = None
    x = {"field": name, "type": "quantitative", "title": name, "axis": {**AMOUNTS, "tickCount": 3}}
    text = {"mark": {"type": "text", "align": "left", "dx": 5, "color": MUTED, "fontSize": 11},
            "encoding": {"y": y, "x": x, "text": {"field": f"{name} rank"}}}  # fmt: skip
    zero = {"mark": {"type": "rule", "color": PALE}, "encoding": {"x": {"datum": 0}}}
    bar = {"mark": {"type": "bar", "color": colour, "height": {"band": 0.62}}, "encoding": {"y": y, "x": x}}
    return {
        "width": 178,
        "height": {"step": ROW + 6},
        "data": {"values": list(values)},
        "layer": [bar, zero, *([text] if name != "cost" else [])],
    }


def exposure_lead(exposure: Exposure) -> list[str]:
    """The sentences above the charts of a page."""
    known = f", as known on {exposure.known_on}" if exposure.known_on else ""
    what = f"Event {exposure.event}{known}." if exposure.event else ""
    scenario = f"With the scenario {exposure.scenario}." if exposure.scenario else ""
    return [
        line
        for line in (what, scenario, _not_covered(exposure), f"Decided by the register {exposure.register}.")
        if line
    ]


def _not_covered(exposure: Exposure) -> str:
    count = len(exposure.arcs_not_covered)
    if not count:
        return ""
    arcs = f"{count} arc{'s are' if count > 1 else ' is'} not covered by the law on record"
    return (
        f"{arcs}: the best case has {'them' if count > 1 else 'it'} open, the typical and the worst closed."
    )


def exposure_tables(exposure: Exposure) -> list[Table]:
    """The tables under the charts of a page: what closes, and what was assumed."""
    arcs = tuple(
        (arc.arc_id, arc.item_id, str(arc.cause), str(arc.closed_on),
         " / ".join(str(day or "not within the horizon") for day in dict.fromkeys(arc.opens_on)), arc.why)
        for arc in exposure.arcs_closed
    )  # fmt: skip
    head = ("arc", "item", "cause", "closed on", "opens on", "why")
    unknown = tuple((arc.arc_id, arc.item_id, arc.missing) for arc in exposure.arcs_not_covered)
    noted = tuple(
        (one.description or one.mitigation_id, one.note) for one in exposure.mitigations if one.note
    )
    assumed = tuple((sentence,) for sentence in exposure.assumptions)
    return [
        *([Table("What closes", head, arcs)] if arcs else []),
        *(
            [Table("Not covered by the law on record", ("arc", "item", "missing"), unknown)]
            if unknown
            else []
        ),
        *([Table("Reservations", ("mitigation", "reservation"), noted)] if noted else []),
        *([Table("What was assumed", ("assumption",), assumed)] if assumed else []),
    ]
