"""The timeline: every dossier between two parties as a lane, in two times."""

from __future__ import annotations

import datetime as dt

from fastapi import APIRouter, Request
from starlette.responses import Response

from sekisho.dates import in_order
from sekisho.register.register import Register
from sekisho.register.span import beyond_record, recorded
from sekisho.web.api.record import party
from sekisho.web.lanes import Scale, lanes, together
from sekisho.web.pages.layout import day_of, page
from sekisho.web.settings import Settings

router = APIRouter()
_PARTIES = ("JP", "KR")
_YEARS = dt.date(2018, 1, 1), dt.date(2023, 12, 31)
"""The years that the record tells best; any others can be asked for."""


@router.get("/timeline")
def timeline(request: Request) -> Response:
    """Draws the lanes."""
    settings: Settings = request.app.state.settings
    register, query = settings.register, request.query_params
    parties = tuple(
        party(register, query.get(name) or default) for name, default in zip("ab", _PARTIES, strict=True)
    )
    since = day_of(query, "since", _YEARS[0]) or _YEARS[0]
    until = day_of(query, "until", _YEARS[1]) or _YEARS[1]
    in_order(since, until)
    in_force_on = day_of(query, "in_force_on", until) or until
    known_on = day_of(query, "known_on")
    scale = Scale(since, until)
    found = lanes(register, parties, scale, in_force_on, known_on)
    return page(
        request, "timeline.html", parties=parties, countries=_countries(register), scale=scale, lanes=found,
        together=together, in_force_on=in_force_on, known_on=known_on, span=recorded(register),
        gaps=list(beyond_record(register, in_force_on, known_on)),
    )  # fmt: skip


def _countries(register: Register) -> list[tuple[str, str]]:
    """The parties of any dossier, with their names."""
    named = {code for dossier in register.dossiers.values() for code in dossier.parties}
    codes = sorted(named & set(register.countries.by_code))
    return [(code, register.countries.name(code)) for code in codes]
