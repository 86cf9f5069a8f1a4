"""A chart laid out anew for the width of a phone: narrower views, one under the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sekisho.pictures.picture import CONFIG, Picture, Spec

SCREEN = 312
"""The width of a chart on a phone, with its axes."""
_LEFT, _RIGHT, _CHARACTER = 18, 20, 7
"""Room at the sides, since a reader's font may be wider than the one measured, and for a character."""
_NAMES, _GAP = 112, 24
"""Room for the names at an axis, and for the ticks beside them."""
_LABEL, _SIDES = 92, 172
"""Room for a name inside a view, and what the names at both its sides take beyond it."""
_TEXT = 11
_IN_TWO_LINES = "split(replace(datum.label, regexp('^(.{6,17}) '), '$1\\n'), '\\n')"
"""A name broken at the last space that still fits."""

PHONE_CONFIG: Spec = {
    **CONFIG,
    "axis": {**CONFIG["axis"], "labelLimit": _NAMES, "labelFontSize": _TEXT, "tickCount": 4},
    "axisQuantitative": {"labelOverlap": True, "labelSeparation": 6},
    "legend": {**CONFIG["legend"], "columns": 1, "labelLimit": 148, "labelFontSize": _TEXT},
}
"""The look of every chart on a phone."""


def for_phone(picture: Picture) -> Picture:
    """The same chart, with the same data, for a narrow screen."""
    narrow = _narrow(_named(picture.spec), alone=True)
    right = _RIGHT if "vconcat" in narrow else _beyond(picture.spec)  # of several views the texts count
    room = {"left": _LEFT, "right": right, "top": 6, "bottom": 6}
    return Picture(picture.name, picture.title, picture.caption, {**narrow, "padding": room})


def _narrow(spec: Spec, *, alone: bool) -> Spec:
    """A view that takes no more than the screen; views side by side go under one another."""
    views = spec.get("hconcat") or spec.get("vconcat")
    if views:
        kept = {name: value for name, value in spec.items() if name not in {"hconcat", "vconcat"}}
        return {**kept, "vconcat": [_narrow(view, alone=False) for view in views]}
    if alone:
        return {**spec, "width": SCREEN, "autosize": {"type": "fit-x", "contains": "padding"}}
    if "step" not in str(spec.get("height", "")):
        return {**_small(spec), "width": SCREEN - _SIDES}
    return {**spec, "width": SCREEN - _LEFT - _NAMES - _GAP - _beyond(spec)}


def _beyond(spec: Spec) -> int:
    """Room for the longest text that stands behind the end of a bar."""
    views = spec.get("hconcat") or spec.get("vconcat") or [spec]
    return max([_RIGHT, *(_CHARACTER * length for view in views for length in _lengths(view))])


def _lengths(view: Spec) -> Iterator[int]:
    for layer in view.get("layer", ()):
        text = layer.get("encoding", {}).get("text", {})
        if "field" in text and layer["mark"].get("align") == "left" and "step" in str(view.get("height", "")):
            rows = (layer.get("data") or view.get("data") or {"values": ()})["values"]
            yield from (len(str(row.get(text["field"], ""))) + 2 for row in rows)


def _named(value: Any) -> Any:
    """Every view names its bars itself, where one named those of all beside it, in two lines if need be."""
    if isinstance(value, list):
        return [_named(part) for part in value]
    if not isinstance(value, dict):
        return value
    if value.get("type") == "nominal" and "title" in value:
        return {**value, "axis": {**(value.get("axis") or {}), "labelExpr": _IN_TWO_LINES}}
    return {name: _named(part) for name, part in value.items()}


def _small(value: Any) -> Any:
    """Texts inside a view, cut to the room that it has."""
    if isinstance(value, list):
        return [_small(part) for part in value]
    if not isinstance(value, dict):
        return value
    if value.get("type") == "text" and "limit" in value:
        return {**value, "limit": _LABEL, "fontSize": _TEXT}
    return {name: _small(part) for name, part in value.items()}
