"""``/law`` and ``/differences``: what stands in the law on a day, and what two days differ in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query

from sekisho.determine.matrix import Cell, Matrix, matrix_kept
from sekisho.errors import NotFound
from sekisho.model import Rule
from sekisho.plain import plain, row_text
from sekisho.register.difference import difference
from sekisho.register.law import LawInForce, Standing
from sekisho.register.register import Register
from sekisho.register.span import beyond_law
from sekisho.web.api.common import InForceOn, KnownOn, Limit, Offset, TheRegister, problems
from sekisho.web.api.models import Answered, Day
from sekisho.web.envelope import about

router = APIRouter(tags=["law"])
Country = Annotated[str, Query(description="The exporting country.", examples=["JP"])]
Destination = Annotated[
    str | None, Query(description="Only what may concern this destination.", examples=["KR"])
]
Table = Literal[
    "Item",
    "Limb",
    "Region",
    "LicenceType",
    "Policy",
    "Exemption",
    "CatchAll",
    "Bar",
    "Approval",
    "Consequence",
]


class MatrixOut(Answered):
    """The licence matrix of a day."""

    country: str
    columns: list[dict[str, Any]]
    rows: list[dict[str, Any]]


class RulesOut(Answered):
    """Rows of law that stand on a day."""

    country: str
    total: int
    rules: list[dict[str, Any]]


class DifferencesOut(Answered):
    """The rows that differ between two days."""

    first: str
    second: str
    country: str
    changes: list[dict[str, Any]]


@router.get(
    "/law/matrix", response_model=MatrixOut, responses=problems(401, 404, 422), summary="The licence matrix"
)
def get_matrix(
    register: TheRegister,
    in_force_on: InForceOn,
    known_on: KnownOn = None,
    country: Country = "JP",
    apart: Annotated[
        list[str] | None, Query(description="Destinations with a column of their own.", max_length=10)
    ] = None,
) -> dict[str, Any]:
    """Items against destinations: the licence types usable for certain, and those that may be.

    Exceptions and catch-all controls hang on facts of a shipment and are not in it; ask `/checks`.
    """
    code = register.countries.resolve(country).alpha_2
    own = tuple(dict.fromkeys(register.countries.resolve(name).alpha_2 for name in apart or ()))
    found = matrix_kept(register, code, in_force_on, known_on, own)
    gaps = (*MATRIX_GAPS, *beyond_law(register.regimes[code], in_force_on))
    return {
        **about(
            register, in_force_on=in_force_on, known_on=known_on, not_covered=gaps,
            sources=matrix_sources(found),
        ),
        "country": code,
        "columns": [plain(column) for column in found.columns],
        "rows": [
            {
                "items": [item.item for item in row.items], "group": row.group,
                "cells": [_cell(cell) for cell in row.cells],
            }
            for row in found.rows
        ],
    }  # fmt: skip


MATRIX_GAPS = (
    "exceptions, such as that for small value, are not in the matrix: they hang on facts of a shipment",
    "catch-all controls on end use and end user are not in the matrix: they hang on facts of a shipment",
    "technology and software are not in the matrix: it speaks of goods",
)


def matrix_sources(found: Matrix) -> dict[str, None]:
    """The sources of every cell, each once."""
    return dict.fromkeys(name for row in found.rows for cell in row.cells for name in cell.sources)


def _cell(cell: Cell) -> dict[str, Any]:
    return {
        "lightest": cell.lightest, "perhaps": cell.perhaps, "certain": list(cell.certain),
        "possible": list(cell.possible), "barred": cell.barred, "rules": list(cell.rules),
        "confidence": cell.confidence.value,
        "questions": list(cell.questions),
    }  # fmt: skip


@router.get(
    "/law/rules", response_model=RulesOut, responses=problems(401, 404, 422), summary="Rows of law that stand"
)
def get_rules(  # noqa: PLR0913  one parameter for each thing asked
    *,
    register: TheRegister,
    in_force_on: InForceOn,
    known_on: KnownOn = None,
    country: Country = "JP",
    destination: Destination = None,
    table: Annotated[Table | None, Query(description="Only rows of this table.")] = None,
    limit: Limit = 100,
    offset: Offset = 0,
) -> dict[str, Any]:
    """The rows of a country's law that stand on a day, with how sure that is."""
    code = register.countries.resolve(country).alpha_2
    law = register.view(in_force_on, known_on).law(code)
    if law is None:
        raise NotFound("law of a country", code, sorted(register.regimes))
    place = register.countries.resolve(destination).alpha_2 if destination else None
    found = list(_standing(law, place, table))
    shown = found[offset : offset + limit]
    sources = (name for entry in shown for name in entry.row.sources)
    gaps = beyond_law(register.regimes[code], in_force_on)
    return {
        **about(register, in_force_on=in_force_on, known_on=known_on, not_covered=gaps, sources=sources),
        "country": code,
        "total": len(found),
        "rules": [
            {
                "table": type(entry.row).__name__, "certain": entry.certain,
                "confidence": entry.confidence.value, "caveat": entry.caveat, "text": row_text(entry.row),
                "row": plain(entry.row),
            }
            for entry in shown
        ],
    }  # fmt: skip


def _standing(law: LawInForce, destination: str | None, table: str | None) -> Iterator[Standing[Any]]:
    for kind, entries in law.standing.items():
        if table in {None, kind.__name__}:
            for entry in entries:
                row: Any = entry.row
                speaks = not isinstance(row, Rule) or destination is None
                if speaks or law.is_at(row.destination, destination or "") is not False:
                    yield entry


@router.get(
    "/differences",
    response_model=DifferencesOut,
    responses=problems(401, 404, 422),
    summary="What two days differ in",
)
def get_differences(
    register: TheRegister,
    first: Annotated[Day, Query(description="The earlier day.", examples=["2019-07-03"])],
    second: Annotated[Day, Query(description="The later day.", examples=["2019-07-04"])],
    known_on: KnownOn = None,
    country: Country = "JP",
    destination: Destination = None,
) -> dict[str, Any]:
    """The rows of a country's law that came, went, or stand differently."""
    return differences(register, first, second, known_on, country, destination)


def differences(
    register: Register, first: Day, second: Day, known_on: Day | None, country: str, destination: str | None
) -> dict[str, Any]:
    """The rows that differ, as the API and MCP tell them.

    Raises:
        NotFound: If the law of the country is not in the register.
        ValueInvalid: If the second day lies before the first, or a country is not known.
    """
    code = register.countries.resolve(country).alpha_2
    place = register.countries.resolve(destination).alpha_2 if destination else None
    found = difference(register, first, second, country=code, destination=place, known_on=known_on)
    sources = (name for change in found for name in change.row.sources)
    gaps = beyond_law(register.regimes[code], first, second)
    return {
        **about(register, in_force_on=second, known_on=known_on, not_covered=gaps, sources=sources),
        "first": first.isoformat(),
        "second": second.isoformat(),
        "country": code,
        "destination": place,
        "changes": [
            {
                "change": change.change, "table": type(change.row).__name__, "text": row_text(change.row),
                "row": plain(change.row), "event": plain(change.event),
            }
            for change in found
        ],
    }  # fmt: skip
