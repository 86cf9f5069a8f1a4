"""What is known and not yet in force, with deadlines, and where data is missing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from fastapi import APIRouter, Request
from starlette.responses import Response

from sekisho.model import Confidence, Event
from sekisho.register.register import Register
from sekisho.register.span import beyond_law, beyond_record
from sekisho.web.pages.layout import day_of, page
from sekisho.web.pages.record import newest
from sekisho.web.settings import Settings

router = APIRouter()


@router.get("/coming")
def coming(request: Request) -> Response:
    """Lists it for a day."""
    settings: Settings = request.app.state.settings
    register, query = settings.register, request.query_params
    on = day_of(query, "in_force_on", newest(register)) or newest(register)
    known_on = day_of(query, "known_on", on) or on
    return page(
        request, "coming.html", in_force_on=on, known_on=known_on, coming=register.coming(on, known_on),
        missing=list(missing(register, known_on)), gaps=_gaps(register, on),
    )  # fmt: skip


def _gaps(register: Register, on: dt.date) -> list[str]:
    laws = (gap for regime in register.regimes.values() for gap in beyond_law(regime, on))
    return list(dict.fromkeys((*beyond_record(register, on), *laws)))


def missing(register: Register, known_on: dt.date) -> Iterator[tuple[Event, str]]:
    """Events known by a day of which the record lacks something, with what it lacks."""
    for event in register.events.values():
        if event.known_from > known_on:
            continue
        partial = [f"{name} {date}" for name, date in event.moments if not date.is_day]
        if partial:
            yield event, f"the day is not known: {', '.join(partial)}"
        if event.confidence in {Confidence.LOW, Confidence.DISPUTED}:
            yield (
                event,
                "the record is disputed"
                if event.confidence is Confidence.DISPUTED
                else "the record is not sure",
            )
