"""One chart as plain data, and the look that all of them share."""

# ruff: noqa: E501  settings side by side are easier to check
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Spec = dict[str, Any]

BLUE, VERMILION, ORANGE, GREEN, SKY, PURPLE = "#0072B2", "#D55E00", "#E69F00", "#009E73", "#56B4E9", "#CC79A7"
"""Colours that stay apart for colour-blind readers (Okabe and Ito, 2002)."""
INK, MUTED, PALE, RULE, PAPER = "#22272E", "#5B6570", "#B8C0C8", "#E3E7EB", "#FFFFFF"
WIDTH = 640
ROW = 26
"""Height of one bar with its gap."""
DAYS: Mapping[str, Any] = {"type": "temporal", "scale": {"type": "utc"}}
"""A field of days; by their own time zone a chart would move on another machine."""
AMOUNTS: Mapping[str, Any] = {"labelExpr": "datum.value == 0 ? '0' : format(datum.value, '~s')"}
"""An axis of amounts, short."""
_FONT = "Liberation Sans, Arial, Helvetica, sans-serif"
"""The first comes with the converter, so that a PNG looks the same on every machine."""

CONFIG: Mapping[str, Any] = {
    "background": PAPER,
    "padding": 16,
    "font": _FONT,
    "view": {"stroke": None},
    "title": {
        "anchor": "start", "align": "left", "frame": "group", "color": INK, "fontSize": 17, "fontWeight": 600,
        "subtitleColor": MUTED, "subtitleFontSize": 12.5, "subtitlePadding": 6, "offset": 16, "lineHeight": 21,
        "subtitleLineHeight": 17,
    },
    "axis": {
        "labelColor": INK, "titleColor": MUTED, "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": 400,
        "gridColor": RULE, "domainColor": PALE, "tickColor": PALE, "labelLimit": 260, "titlePadding": 10,
        "labelPadding": 6, "labelFlush": False,
    },
    "legend": {
        "labelColor": INK, "titleColor": MUTED, "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": 400,
        "orient": "top", "direction": "horizontal", "symbolType": "square", "symbolSize": 130, "labelLimit": 260,
        "offset": 10, "columnPadding": 18, "title": None,
    },
    "text": {"color": INK, "fontSize": 12, "font": _FONT},
    "header": {"labelColor": INK, "labelFontSize": 12.5, "labelFontWeight": 600, "titleColor": MUTED},
}  # fmt: skip
"""The look of every chart."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart.

    Attributes:
        name: One word that names it, for file names and anchors.
        title: What the chart says, as a sentence.
        caption: What is drawn, in which unit, and what was assumed.
        spec: The Vega-Lite specification, with its data, without title or configuration.
    """

    name: str
    title: str
    caption: str
    spec: Spec

    def titled(self) -> Spec:
        """The specification with its title, as one view of a larger one."""
        lines = wrapped(self.caption, _CAPTION)
        return {**self.spec, "title": {"text": wrapped(self.title, _TITLE), "subtitle": lines}}


_TITLE, _CAPTION = 84, 112
"""Characters that fit the width of a chart with its labels."""


def wrapped(text: str, width: int) -> list[str]:
    """A text in lines, for titles, which do not break by themselves."""
    import textwrap  # noqa: PLC0415  needed here only

    return textwrap.wrap(text, width) or [""]


def scale(names: Sequence[str], colours: Mapping[str, str]) -> Spec:
    """The colour of each name, in the order given."""
    return {"domain": list(names), "range": [colours[name] for name in names]}
