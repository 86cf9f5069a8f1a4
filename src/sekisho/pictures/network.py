"""A supply network drawn before and after a change: who supplies whom, and which arcs are closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sekisho.pictures.picture import BLUE, INK, MUTED, ORANGE, PALE, VERMILION, WIDTH, Picture, Spec, scale

if TYPE_CHECKING:
    from sekisho.exposure.network import Arc, Network
    from sekisho.exposure.result import Exposure

OPEN, CLOSED, POSSIBLE, UNKNOWN = "open", "closed", "only as a mitigation", "not covered"
_COLOURS = {OPEN: BLUE, CLOSED: VERMILION, UNKNOWN: ORANGE, POSSIBLE: PALE}
_DASHES = {OPEN: [1, 0], CLOSED: [6, 4], UNKNOWN: [4, 2], POSSIBLE: [2, 3]}
_SITES_DRAWN = 60
_STEP = 40
_MARGIN, _LABEL = 0.44, 170
"""Room for the names beside the outer sites: as a part of the width, and in points."""
Place = tuple[float, float]


def network_picture(exposure: Exposure, network: Network) -> Picture:
    """The network twice, before and after; of a large one the part that the change reaches."""
    closed = {arc.arc_id for arc in exposure.arcs_closed}
    shut = {site.site_id for site in exposure.sites_closed}
    unknown = {arc.arc_id for arc in exposure.arcs_not_covered if not arc.mitigation_id}
    names = _drawn(exposure, network, closed | unknown, shut)
    arcs = [arc for arc in network.arcs if arc.from_site_id in names and arc.to_site_id in names]
    places = _places(names, arcs)
    labels = {site.site_id: _label(site.name or site.site_id, site.country) for site in network.sites}
    drawn = _Drawn(arcs, places, labels, _states(arcs, closed, unknown))
    views = [
        _view("Before", drawn, {}, frozenset()),
        _view(
            _after(exposure),
            drawn,
            {**dict.fromkeys(unknown, UNKNOWN), **dict.fromkeys(closed, CLOSED)},
            frozenset(shut),
        ),
    ]
    left = len(network.sites) - len(names)
    caption = "Who supplies whom, from left to right."
    caption += " Dotted arcs would be opened by a mitigation." if POSSIBLE in drawn.states else ""
    caption += " Of arcs that are not covered it is not known whether they may ship." if unknown else ""
    caption += f" {left} sites that the change does not reach are not drawn." if left else ""
    title = f"{len(closed)} of {len(network.arcs)} arcs close" if closed else "No arc closes"
    title += f", and {len(shut)} sites" if shut else ""
    title += f"; {len(unknown)} are not covered" if unknown else ""
    return Picture("network", title, caption, {"vconcat": views, "spacing": 26})


def _after(exposure: Exposure) -> str:
    days = sorted(
        {arc.closed_on for arc in exposure.arcs_closed} | {s.closed_on for s in exposure.sites_closed}
    )
    return f"After {days[0]}" if days else "After"


def _label(name: str, country: str) -> str:
    return f"{name} ({country})" if country else name


def _drawn(exposure: Exposure, network: Network, closed: set[str], shut: set[str]) -> list[str]:
    """The sites to draw: all, or of a large network those at closed arcs, and their neighbours."""
    names = [site.site_id for site in network.sites]
    if len(names) <= _SITES_DRAWN:
        return names
    core = {*shut, *exposure.affected_sites}
    core |= {
        end for arc in network.arcs if arc.arc_id in closed for end in (arc.from_site_id, arc.to_site_id)
    }
    near = core | {arc.from_site_id for arc in network.arcs if arc.to_site_id in core}
    chosen = near if len(near) <= _SITES_DRAWN else core
    return [name for name in names if name in chosen][:_SITES_DRAWN]


def _places(names: Sequence[str], arcs: Sequence[Arc]) -> Mapping[str, Place]:
    """Where each site stands: as far right as it has tiers of suppliers, near those below."""
    tier = dict.fromkeys(names, 0)
    for _ in names:  # a network without circles settles in at most as many rounds as it has sites
        moved = False
        for arc in arcs:
            if tier[arc.to_site_id] < tier[arc.from_site_id] + 1 <= len(names):
                tier[arc.to_site_id], moved = tier[arc.from_site_id] + 1, True
        if not moved:
            break
    last = max(tier.values(), default=0)
    sells_on = {arc.from_site_id for arc in arcs}
    columns: dict[int, list[str]] = {}
    for name in names:
        columns.setdefault(tier[name] if name in sells_on else last, []).append(name)
    most = max((len(column) for column in columns.values()), default=1)
    places: dict[str, Place] = {}
    for at, column in sorted(columns.items()):
        gap = most / len(column)
        ordered = sorted(column, key=lambda name: _weight(name, arcs, places))
        places |= {name: (float(at), gap * (row + 0.5)) for row, name in enumerate(ordered)}
    return places


def _weight(name: str, arcs: Sequence[Arc], places: Mapping[str, Place]) -> float:
    """The mean height of the suppliers that have a place, so that arcs cross little."""
    rows = [
        places[arc.from_site_id][1] for arc in arcs if arc.to_site_id == name and arc.from_site_id in places
    ]
    return sum(rows) / len(rows) if rows else 0.0


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What both views share.

    Attributes:
        states: The states of arcs that occur in one of them, which the legend names.
    """

    arcs: Sequence[Arc]
    places: Mapping[str, Place]
    labels: Mapping[str, str]
    states: Sequence[str]


def _states(arcs: Sequence[Arc], closed: set[str], unknown: set[str]) -> list[str]:
    found = {POSSIBLE if arc.mitigation_id else OPEN for arc in arcs}
    found |= ({CLOSED} if closed else set()) | ({UNKNOWN} if unknown else set())
    return [state for state in _COLOURS if state in found]


def _view(title: str, drawn: _Drawn, after: Mapping[str, str], shut: frozenset[str]) -> Spec:
    places, states = drawn.places, drawn.states
    lines = [_line(arc, places, after) for arc in drawn.arcs]
    rows = max((y for _, y in places.values()), default=1.0) + 0.5
    tiers = max((x for x, _ in places.values()), default=0.0)
    dots = [_dot(name, place, drawn.labels, shut, tiers) for name, place in places.items()]
    x = {
        "type": "quantitative",
        "axis": None,
        "scale": {"domain": [-_MARGIN * (tiers or 1), (tiers or 1) * (1 + _MARGIN)]},
    }
    y = {"type": "quantitative", "axis": None, "scale": {"domain": [rows, 0]}}
    arc = {
        "data": {"values": lines},
        "mark": {"type": "rule", "strokeWidth": 2.2},
        "encoding": {
            "x": {"field": "x", **x}, "y": {"field": "y", **y}, "x2": {"field": "x2"}, "y2": {"field": "y2"},
            "color": {"field": "state", "type": "nominal", "scale": scale(states, _COLOURS),
                      "legend": {"symbolType": "stroke", "symbolStrokeWidth": 3}},
            "strokeDash": {"field": "state", "type": "nominal", "legend": None,
                           "scale": {"domain": states, "range": [_DASHES[name] for name in states]}},
        },
    }  # fmt: skip
    return {
        "title": {"text": title, "fontSize": 13, "fontWeight": 600, "offset": 4, "color": MUTED},
        "width": WIDTH + 120,
        "height": max(rows * _STEP, 90),
        "layer": [arc, *_dots(dots, x, y)],
    }


def _line(arc: Arc, places: Mapping[str, Place], after: Mapping[str, str]) -> dict[str, Any]:
    (x, y), (x2, y2) = places[arc.from_site_id], places[arc.to_site_id]
    state = after.get(arc.arc_id, POSSIBLE if arc.mitigation_id else OPEN)
    return {"x": x, "y": y, "x2": x2, "y2": y2, "state": state, "arc": arc.arc_id}


def _dot(
    name: str, place: Place, labels: Mapping[str, str], shut: frozenset[str], tiers: float
) -> dict[str, Any]:
    ends = "end" if place[0] == tiers and tiers else "start" if place[0] == 0 else "middle"
    return {"x": place[0], "y": place[1], "label": labels[name], "shut": name in shut, "ends": ends}


def _dots(dots: Sequence[Mapping[str, Any]], x: Spec, y: Spec) -> list[Spec]:
    colour = {"condition": {"test": "datum.shut", "value": VERMILION}, "value": INK}
    point = {
        "data": {"values": list(dots)},
        "mark": {"type": "circle", "size": 110, "opacity": 1, "stroke": "#fff", "strokeWidth": 1.5},
        "encoding": {"x": {"field": "x", **x}, "y": {"field": "y", **y}, "color": colour},
    }
    texts = [
        {
            "data": {"values": [dot for dot in dots if dot["ends"] == ends]},
            "mark": {"type": "text", "align": align, "dx": dx, "dy": dy, "fontSize": 12, "limit": _LABEL},
            "encoding": {"x": {"field": "x", **x}, "y": {"field": "y", **y}, "text": {"field": "label"}},
        }
        for ends, align, dx, dy in (
            ("start", "right", -10, 0), ("middle", "center", 0, -14), ("end", "left", 10, 0),
        )
    ]  # fmt: skip
    return [point, *texts]
