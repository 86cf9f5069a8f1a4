"""Pages of single records: an event, a dossier, a row of law, a source."""

from __future__ import annotations

import datetime as dt

from fastapi import APIRouter, Request
from starlette.responses import Response

from sekisho.errors import NotFound
from sekisho.model import Dossier, Event, Provision, Source
from sekisho.plain import plain, row_title
from sekisho.register.register import Register, nearest
from sekisho.register.span import beyond_record, recorded
from sekisho.web.api.record import event_fields
from sekisho.web.pages.layout import day_of, page
from sekisho.web.settings import Settings

router = APIRouter()


@router.get("/events/{name}")
def event(name: str, request: Request) -> Response:
    """One event with its sources, and what it answers, stops, settles or brings into force."""
    settings: Settings = request.app.state.settings
    register = settings.register
    found = register.events.get(name)
    if found is None:
        raise NotFound("event", name, nearest(name, register.events))
    dossier = register.dossiers[found.dossier]
    answered_by = [other for other in register.events.values() if name in (*other.answers, *other.stops)]
    return page(
        request, "event.html", event=found, dossier=dossier, fields=event_fields(register, found),
        answered_by=answered_by, events=register.events,
    )  # fmt: skip


@router.get("/dossiers/{name}")
def dossier(name: str, request: Request) -> Response:
    """A dossier with its state on a day and all its events."""
    settings: Settings = request.app.state.settings
    register = settings.register
    found = register.dossier(name)
    on = day_of(request.query_params, "in_force_on", newest(register)) or newest(register)
    known_on = day_of(request.query_params, "known_on")
    deadlines = [
        each for each in register.coming(on, known_on) if each.dossier == name and each.event is None
    ]
    return page(
        request, "dossier.html", dossier=found, status=register.status(name, on, known_on), in_force_on=on,
        known_on=known_on, links=register.links(name, known_on), linked=_linked(register, found),
        deadlines=deadlines, gaps=list(beyond_record(register, on)),
    )  # fmt: skip


def _linked(register: Register, dossier: Dossier) -> list[tuple[Dossier, str]]:
    """The dossiers that name this one, and how."""
    return [
        (other, link.kind)
        for other in register.dossiers.values()
        for link in other.links
        if link.dossier == dossier.id
    ]


def newest(register: Register) -> dt.date:
    """The newest day on record: where a page begins before a day is given."""
    span = recorded(register)
    return span[1] if span else dt.date.max


def _title(found: object, register: Register) -> str:
    return row_title(found, register.countries.name) if isinstance(found, Provision) else ""


@router.get("/records/{name:path}")
def record(name: str, request: Request) -> Response:
    """Any record by id: a row of law, an item, a fact, a source."""
    settings: Settings = request.app.state.settings
    found = settings.register.find(name)
    if isinstance(found, Event):
        return event(found.id, request)
    if isinstance(found, Dossier):
        return dossier(found.id, request)
    fields = plain(found)
    sources = (
        found.sources if isinstance(found, Provision) else (found.id,) if isinstance(found, Source) else ()
    )
    bounds = [
        (word, settings.register.events[name])
        for word, name in (
            ("in", getattr(found, "from_event", "")),
            ("out", getattr(found, "until_event", "")),
        )
        if name
    ]
    return page(
        request, "record.html", record=found, name=name, kind=type(found).__name__, fields=fields,
        sources=sources, bounds=bounds, title=_title(found, settings.register),
    )  # fmt: skip
