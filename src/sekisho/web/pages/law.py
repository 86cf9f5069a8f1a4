"""The law of a day as a matrix: items against destinations, and what differs from another day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from sekisho.determine.matrix import Cell, Matrix, Row, matrix_kept
from sekisho.errors import NotFound
from sekisho.register.difference import Change, difference
from sekisho.register.law import Regime
from sekisho.register.register import Register
from sekisho.register.span import beyond_law
from sekisho.web.api.law import MATRIX_GAPS, matrix_sources
from sekisho.web.pages.layout import day_of, page
from sekisho.web.settings import Settings

router = APIRouter()
_APART = "KR"
_FIRST = dt.date(2018, 1, 1)


@router.get("/law")
def law(request: Request) -> Response:
    """Draws the matrix."""
    settings: Settings = request.app.state.settings
    register, query = settings.register, request.query_params
    country = register.countries.resolve(query.get("country") or next(iter(register.regimes))).alpha_2
    regime = register.regimes.get(country)
    if regime is None:
        raise NotFound("law of a country", country, sorted(register.regimes))
    apart = register.countries.resolve(query.get("apart") or _APART).alpha_2
    in_force_on = day_of(query, "in_force_on", regime.read_until) or regime.read_until
    known_on, against = day_of(query, "known_on"), day_of(query, "against")
    found = matrix_kept(register, country, in_force_on, known_on, (apart,))
    other = matrix_kept(register, country, against, known_on, (apart,)) if against else None
    changed = _changed(found, other) if other else {}
    first = dict.fromkeys(at for at, _ in changed)
    order = [*first, *(at for at in range(len(found.rows)) if at not in first)]
    return page(
        request, "law.html", regime=regime, apart=apart, in_force_on=in_force_on, known_on=known_on,
        against=against, matrix=found, changed=changed, order=order,
        by_event=_by_event(register, regime, in_force_on, against, known_on, apart),
        types=_types(register, regime, in_force_on, known_on), countries=_countries(register),
        gaps=[*MATRIX_GAPS, *beyond_law(regime, in_force_on)], sources=list(matrix_sources(found)),
        slider=(max(regime.covered_from, _FIRST), regime.read_until),
    )  # fmt: skip


def _countries(register: Register) -> list[tuple[str, str]]:
    found = register.countries.by_code.values()
    return sorted(((one.alpha_2, one.name) for one in found), key=lambda pair: pair[1])


def _types(register: Register, regime: Regime, day: dt.date, known_on: dt.date | None) -> dict[str, Any]:
    """The licence types that stand, by id, lightest first."""
    found = register.law(regime.country, known_on)
    return {name: entry.row for name, entry in found.on(day).licence_types.items()} if found else {}


def _changed(found: Matrix, other: Matrix) -> Mapping[tuple[int, int], Cell]:
    """By place in the matrix, the cell that stood there on the other day, where it differs."""
    before = {(item.item, row.group): row for row in other.rows for item in row.items}
    changed: dict[tuple[int, int], Cell] = {}
    for at, row in enumerate(found.rows):
        for place, column in enumerate(found.columns):
            held = _before(before, row, other, column.countries[0])
            if held is not None and _weight(held) != _weight(row.cells[place]):
                changed[at, place] = held
    return changed


def _before(before: Mapping[tuple[str, str], Row], row: Row, other: Matrix, destination: str) -> Cell | None:
    held = before.get((row.items[0].item, row.group)) or before.get((row.items[0].item, ""))
    return held.cells[other.column_of(destination)] if held else None


def _weight(cell: Cell) -> tuple[Any, ...]:
    return cell.lightest, cell.certain, cell.possible


def _by_event(
    register: Register,
    regime: Regime,
    day: dt.date,
    against: dt.date | None,
    known_on: dt.date | None,
    apart: str,
) -> list[tuple[Any, list[Change]]]:
    """The rows of law that differ for the destination, under the event that made the difference."""
    if against is None:
        return []
    first, second = sorted((against, day))
    found = difference(register, first, second, country=regime.country, destination=apart, known_on=known_on)
    events = dict.fromkeys(change.event.id if change.event else "" for change in found)
    return [
        (register.events.get(name), [c for c in found if (c.event.id if c.event else "") == name])
        for name in events
    ]
