"""What a change of the law does to order lines, drawn: by rule, by week, by value."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sekisho.pictures.page import Table
from sekisho.pictures.picture import (
    AMOUNTS,
    BLUE,
    DAYS,
    INK,
    ORANGE,
    PALE,
    ROW,
    SKY,
    VERMILION,
    WIDTH,
    Picture,
    Spec,
    scale,
)
from sekisho.plain import row_title

if TYPE_CHECKING:
    from sekisho.determine.impact import Impact

STOPPED, CHANGED, RELEASED = "stopped", "another licence or review time", "released"
BEFORE, AGAIN = "ships before the change", "the law has changed once more"
_COLOURS = {STOPPED: VERMILION, CHANGED: ORANGE, RELEASED: BLUE, BEFORE: PALE, AGAIN: SKY}
_EFFECTS = {"stopped": STOPPED, "changed": CHANGED, "released": RELEASED}
_LATE = {"ships_before": BEFORE, "changed_again": AGAIN}
_LONG = dt.timedelta(weeks=104)
_REACH, _LAST = dt.timedelta(days=20 * 365), dt.date(9999, 1, 1)
_FEW = 10


def impact_pictures(impact: Impact, rows: Sequence[Mapping[str, Any]] | None = None) -> list[Picture]:
    """The charts of an impact: lines by rule, lines by week, and value by rule.

    Args:
        impact: What a change of the law does.
        rows: Its lines as records; taken from its Arrow table if not given.
    """
    found = impact.lines.to_pylist() if rows is None else rows
    flipped = [row for row in found if row["effect"] != "open"]
    if not flipped:
        blank = {"data": {"values": [{}]}, "mark": {"type": "text", "text": ""}, "width": WIDTH, "height": 20}
        return [Picture("by-rule", "No order line is answered otherwise", _what(impact), blank)]
    return [_by_rule(impact, flipped), *_by_time(impact, flipped), *_by_value(impact)]


def _state(row: Mapping[str, Any]) -> str:
    return _LATE.get(row["timing"]) or _EFFECTS[row["effect"]]


def _states(values: Iterable[Mapping[str, Any]]) -> list[str]:
    present = {value["state"] for value in values}
    return [name for name in _COLOURS if name in present]


def _colour(values: Sequence[Mapping[str, Any]]) -> Spec:
    return {"field": "state", "type": "nominal", "scale": scale(_states(values), _COLOURS)}


def _by_rule(impact: Impact, rows: Sequence[Mapping[str, Any]]) -> Picture:
    titles = rule_titles(impact)
    names = [titles[group.rules] for group in impact.groups]
    counts = Counter((row["flipped_by"], _state(row)) for row in rows)
    order = list(_COLOURS)
    values = [
        {
            "rule": titles[tuple(filter(None, rules.split(";")))],
            "state": state,
            "lines": lines,
            "order": order.index(state),
        }
        for (rules, state), lines in counts.items()
    ]
    totals = [{"rule": titles[group.rules], "lines": group.lines} for group in impact.groups]
    y = {"field": "rule", "type": "nominal", "sort": names, "title": None}
    bars = {
        "data": {"values": values},
        "mark": {"type": "bar", "height": {"band": 0.72}},
        "encoding": {
            "y": y,
            "x": {"field": "lines", "type": "quantitative", "title": "order lines",
                  "axis": _whole(max((group.lines for group in impact.groups), default=0))},
            "color": _colour(values),
            "order": {"field": "order", "type": "quantitative"},
        },
    }  # fmt: skip
    labels = {
        "data": {"values": totals},
        "mark": {"type": "text", "align": "left", "dx": 6},
        "encoding": {
            "y": y,
            "x": {"field": "lines", "type": "quantitative"},
            "text": {"field": "lines", "format": ",d"},
        },
    }
    spec = {"width": WIDTH, "height": {"step": ROW + 6}, "layer": [bars, labels]}
    title = f"{impact.flipped:,} of {impact.looked_at:,} order lines are answered otherwise"
    return Picture("by-rule", title, f"By the row of law that flips them. {_what(impact)}", spec)


def _what(impact: Impact) -> str:
    known = impact.change.known_on
    return f"Compared: {impact.change.words}; " + (
        f"as known on {known}." if known else "by everything on record."
    )


def rule_titles(impact: Impact) -> dict[tuple[str, ...], str]:
    """The rows of law of each group by their titles; by id too where two have one title."""
    found = {group.rules: "; ".join(_title(impact, name) for name in group.rules) for group in impact.groups}
    count = Counter(found.values())
    return {
        rules: (f"{title} ({_ids(rules)})" if count[title] > 1 else title) or "no single row of law"
        for rules, title in found.items()
    }


def _title(impact: Impact, name: str) -> str:
    for state in (impact.change.after, impact.change.before):
        regimes = state.register.regimes.values()
        row = next((row for regime in regimes for row in regime.provisions if row.id == name), None)
        if row is not None:
            return row_title(row, state.register.countries.name)
    return name


def _ids(rules: Sequence[str]) -> str:
    return ", ".join(rules)


def _by_time(impact: Impact, rows: Sequence[Mapping[str, Any]]) -> Iterator[Picture]:
    all_dated = [row for row in rows if row["ship_date"] is not None]
    dated = _near(all_dated)
    if not dated:
        return
    days = [row["ship_date"] for row in dated]
    months = max(days) - min(days) > _LONG
    counts = Counter((_start(row["ship_date"], months=months), _state(row)) for row in dated)
    order = list(_COLOURS)
    values = [
        {"from": start.isoformat(), "until": _end(start, months=months).isoformat(), "state": state,
         "lines": lines, "order": order.index(state)}
        for (start, state), lines in sorted(counts.items())
    ]  # fmt: skip
    bars = {
        "data": {"values": values},
        "mark": {"type": "bar", "orient": "vertical", "binSpacing": 1},
        "encoding": {
            "x": {"field": "from", **DAYS, "title": None,
                  "axis": {"format": "%b %Y" if months else "%d %b %Y", "tickCount": 10 if months else 7,
                           "labelOverlap": True, "grid": False}},
            "x2": {"field": "until"},
            "y": {"field": "lines", "type": "quantitative", "title": "order lines", "stack": "zero",
                  "axis": _whole(max(Counter(start for start, _ in counts.elements()).values()))},
            "color": _colour(values),
            "order": {"field": "order", "type": "quantitative"},
        },
    }  # fmt: skip
    layers = [bars, *_change_marks(impact)]
    unit = "month" if months else "week"
    title = f"The lines that flip, by {unit} of shipment"
    undated, far = len(rows) - len(all_dated), len(all_dated) - len(dated)
    caption = "Each line on its decisive day; the upright line is the change."
    caption += f" Lines without a day, not drawn: {undated:,}." if undated else ""
    caption += (
        f" Lines more than {_REACH.days // 365} years from the middle one, not drawn: {far:,}." if far else ""
    )
    yield Picture("by-week", title, caption, {"width": WIDTH, "height": 220, "layer": layers})


def _whole(most: int) -> Spec:
    """An axis of whole numbers: each once, where there are few."""
    ticks: Spec = {"values": list(range(most + 1))} if most <= _FEW else {"tickMinStep": 1}
    return {**ticks, "format": ",d"}


def _near(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The lines near the middle one: a day such as 9999-12-31, which stands for none, would hide them."""
    days = sorted(row["ship_date"] for row in rows)
    middle = days[len(days) // 2] if days else None
    return [row for row in rows if abs(row["ship_date"] - middle) <= _REACH and row["ship_date"] < _LAST]


def _start(day: dt.date, *, months: bool) -> dt.date:
    return day.replace(day=1) if months else day - dt.timedelta(days=day.weekday())


def _end(start: dt.date, *, months: bool) -> dt.date:
    if not months:
        return start + dt.timedelta(days=7)
    return (start + dt.timedelta(days=31)).replace(day=1)


def _change_marks(impact: Impact) -> Iterator[Spec]:
    days = sorted({group.changed_on for group in impact.groups if group.changed_on is not None})
    if not days:
        return
    data = {"values": [{"day": day.isoformat(), "text": day.isoformat()} for day in days]}
    x = {"field": "day", **DAYS}
    yield {"data": data, "mark": {"type": "rule", "color": INK, "strokeWidth": 1.4}, "encoding": {"x": x}}
    text = {"type": "text", "align": "left", "baseline": "top", "dx": 5, "y": 3, "fontWeight": 600}
    yield {"data": data, "mark": text, "encoding": {"x": x, "text": {"field": "text"}}}


def _by_value(impact: Impact) -> Iterator[Picture]:
    titles = rule_titles(impact)
    values: list[dict[str, Any]] = [
        {"rule": titles[group.rules], "currency": value.unit, "amount": value.amount,
         "lines": f"{value.amount:,.4g}" if value.amount < 1 else f"{value.amount:,.0f}"}
        for group in impact.groups
        for value in group.affected.values
    ]  # fmt: skip
    if not values:
        return
    currencies = sorted({value["currency"] for value in values})
    views = [_values_in(currency, values) for currency in currencies]
    spec: Spec = views[0] if len(views) == 1 else {"vconcat": views, "spacing": 14}
    unvalued = impact.affected.unvalued
    caption = "Lines that ship after the change or state no day. Currencies are not added."
    caption += f" Lines without a value: {unvalued:,}." if unvalued else ""
    yield Picture("by-value", "Value of the lines that the change reaches, by rule", caption, spec)


def _values_in(currency: str, values: Sequence[Mapping[str, Any]]) -> Spec:
    own = [value for value in values if value["currency"] == currency]
    y = {"field": "rule", "type": "nominal", "sort": "-x", "title": None}
    x = {"field": "amount", "type": "quantitative", "title": f"value, {currency}",
         "axis": {**AMOUNTS, "tickCount": 6}}  # fmt: skip
    return {
        "width": WIDTH,
        "height": {"step": ROW},
        "data": {"values": own},
        "layer": [
            {"mark": {"type": "bar", "color": BLUE, "height": {"band": 0.7}}, "encoding": {"y": y, "x": x}},
            {
                "mark": {"type": "text", "align": "left", "dx": 6},
                "encoding": {"y": y, "x": x, "text": {"field": "lines"}},
            },
        ],
    }


def impact_lead(impact: Impact) -> list[str]:
    """The sentences above the charts of a page."""
    said = [_what(impact)]
    if impact.change.event is not None:
        said.append(impact.change.event.summary)
    said += impact.change.notes
    if impact.open:
        said.append(
            f"Besides, {impact.open:,} lines that the change may reach cannot be told: facts are missing."
        )
    if impact.faulty:
        said.append(f"{impact.faulty:,} lines have faults and were left out.")
    register = impact.change.after.register
    scenario = f" with the scenario {register.scenario}" if register.scenario else ""
    return [*said, f"Decided by the register {register.fingerprint}{scenario}."]


def impact_tables(impact: Impact) -> list[Table]:
    """The tables under the charts of a page: what the groups come to, need, and what helps."""
    titles = rule_titles(impact)
    groups = tuple(
        (
            titles[group.rules], group.event, f"{group.lines:,}", f"{group.affected.lines:,}",
            ", ".join(f"{value.amount:,.10g} {value.unit}" for value in group.affected.values),
            ", ".join(f"{value.amount:,.10g} {value.unit}" for value in group.affected.quantities),
            str(group.affected.first_ship_date or ""), _ids(group.rules),
        )
        for group in impact.groups
    )  # fmt: skip
    head = ("rule", "event", "lines", "reached", "value", "quantity", "first ship date", "row of law")
    needs = tuple(
        (titles[group.rules], f"{need.lines:,}", need.licence_type.replace("_", " "),
         str(need.review_days or ""), need.office, need.papers)
        for group in impact.groups
        for need in group.needs
    )  # fmt: skip
    releases = tuple(
        (titles[group.rules], str(each.action), f"{each.lines:,}")
        for group in impact.groups
        for each in group.releases
    )
    return [
        Table("What flips", head, groups, frozenset({2, 3})),
        *([Table("What the lines need now", ("rule", "lines", "licence", "days", "office", "papers"), needs,
                 frozenset({1, 3}))] if needs else []),
        *([Table("What would let them ship", ("rule", "action", "lines"), releases, frozenset({2}))]
          if releases else []),
    ]  # fmt: skip
