"""``/timeline``, ``/dossiers``, ``/events``, ``/coming``: what is on record, asked in two times."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Query

from sekisho.errors import NotFound, ValueInvalid
from sekisho.model import Event, Provision
from sekisho.plain import plain, row_text, row_title
from sekisho.register.check import PARTIES
from sekisho.register.dossiers import KINDS
from sekisho.register.register import Register, concerns, nearest
from sekisho.register.span import beyond_record
from sekisho.web.api.common import InForceOn, KnownOn, Limit, Offset, TheRegister, problems
from sekisho.web.api.models import Answered, Day
from sekisho.web.envelope import about

router = APIRouter(tags=["record"])


class TimelineOut(Answered):
    """What happened, oldest first."""

    total: int
    moments: list[dict[str, Any]]


class DossiersOut(Answered):
    """The dossiers on record."""

    dossiers: list[dict[str, Any]]


class DossierOut(Answered):
    """Where a dossier stood on a day."""

    dossier: str
    title: str
    state: str
    words: str
    since: dict[str, Any] | None
    happened: list[dict[str, Any]]
    pending: list[dict[str, Any]]
    uncertain: list[dict[str, Any]]
    deadlines: list[dict[str, Any]]
    links: list[dict[str, Any]]


class EventOut(Answered):
    """One event."""

    event: dict[str, Any]


class ComingOut(Answered):
    """What is known and not yet in force."""

    coming: list[dict[str, Any]]


class RecordOut(Answered):
    """Any record by id."""

    kind: str
    record: dict[str, Any]


Between = Annotated[
    list[str] | None,
    Query(description="Only what concerns all of these.", examples=[["JP", "KR"]], max_length=10),
]


@router.get(
    "/timeline", response_model=TimelineOut, responses=problems(401, 404, 422), summary="What happened"
)
def get_timeline(  # noqa: PLR0913  one parameter for each thing asked
    *,
    register: TheRegister,
    between: Between = None,
    since: Annotated[Day | None, Query(examples=["2019-07-01"])] = None,
    until: Annotated[Day | None, Query(examples=["2019-12-31"])] = None,
    known_on: KnownOn = None,
    kind: Annotated[str | None, Query(description=f"Only dossiers of a kind: {', '.join(KINDS)}.")] = None,
    limit: Limit = 500,
    offset: Offset = 0,
) -> dict[str, Any]:
    """The moments of all dossiers, oldest first; a date that is known as a month stays a month."""
    return timeline(
        register,
        between or [],
        since=since,
        until=until,
        known_on=known_on,
        kind=kind,
        limit=limit,
        offset=offset,
    )


def timeline(  # noqa: PLR0913  one argument for each thing asked
    register: Register, between: list[str], *, since: dt.date | None, until: dt.date | None,
    known_on: dt.date | None, kind: str | None, limit: int, offset: int,
) -> dict[str, Any]:  # fmt: skip
    """The moments of dossiers, as the API and MCP tell them.

    Raises:
        ValueInvalid: If a party or a kind is not known, or ``until`` lies before ``since``.
    """
    if kind is not None and kind not in KINDS:
        msg = f"{kind!r} is not a kind of dossier"
        raise ValueInvalid(msg, ", ".join(KINDS))
    parties = tuple(party(register, name) for name in between)
    found = [
        moment
        for moment in register.timeline(parties, since, until, known_on)
        if kind in {None, register.dossiers[moment.event.dossier].kind}
    ]
    shown = found[offset : offset + limit]
    sources = (name for moment in shown for name in moment.event.sources)
    gaps = beyond_record(register, since, until)
    return {
        **about(register, in_force_on=None, known_on=known_on, not_covered=gaps, sources=sources),
        "between": list(parties), "since": plain(since), "until": plain(until), "kind": kind,
        "total": len(found), "moments": plain(shown),
    }  # fmt: skip


def party(register: Register, name: str) -> str:
    """The code of a party: a country, or a body on record.

    Raises:
        ValueInvalid: If it is neither.
    """
    return name if name in PARTIES else register.countries.resolve(name).alpha_2


@router.get("/dossiers", response_model=DossiersOut, responses=problems(401, 422), summary="What is followed")
def get_dossiers(register: TheRegister, between: Between = None) -> dict[str, Any]:
    """Every measure, listing, agreement, dispute, dialogue, judgment and arrangement that is followed."""
    parties = tuple(party(register, name) for name in between or ())
    found = [dossier for dossier in register.dossiers.values() if concerns(dossier, parties)]
    return {
        **about(register, in_force_on=None, known_on=None),
        "dossiers": [
            {
                "id": dossier.id, "kind": dossier.kind, "title": dossier.title, "title_ja": dossier.title_ja,
                "title_ko": dossier.title_ko, "parties": list(dossier.parties), "about": dossier.about,
            }
            for dossier in found
        ],
    }  # fmt: skip


@router.get(
    "/dossiers/{name}",
    response_model=DossierOut,
    responses=problems(401, 404, 422),
    summary="Where one stood",
)
def get_dossier(
    name: str, register: TheRegister, in_force_on: InForceOn, known_on: KnownOn = None
) -> dict[str, Any]:
    """Where a dossier stood on a day, what was still to come, and the deadlines that follow from it."""
    return dossier_status(register, name, in_force_on, known_on)


def dossier_status(register: Register, name: str, on: dt.date, known_on: dt.date | None) -> dict[str, Any]:
    """Where a dossier stood, as the API and MCP tell it.

    Raises:
        NotFound: With the nearest ids.
    """
    dossier = register.dossier(name)
    found = register.status(name, on, known_on)
    events = [moment.event for moment in (*found.happened, *found.uncertain, *found.pending)]
    own = dossier.sources if register.published(dossier.sources, known_on) else ()
    deadlines = [e for e in register.coming(on, known_on) if e.dossier == name and e.event is None]
    fields = plain(found)
    assert isinstance(fields, dict)  # noqa: S101  a record is told by its fields
    return {
        **about(
            register, in_force_on=on, known_on=known_on, not_covered=beyond_record(register, on),
            sources=[*own, *(source for event in events for source in event.sources)],
        ),
        "dossier": dossier.id, "kind": dossier.kind, "title": dossier.title, "title_ja": dossier.title_ja,
        "title_ko": dossier.title_ko, "about": dossier.about, "parties": list(dossier.parties),
        **fields, "deadlines": plain(deadlines), "links": plain(register.links(name, known_on)),
    }  # fmt: skip


@router.get("/events/{name}", response_model=EventOut, responses=problems(401, 404), summary="One event")
def get_event(name: str, register: TheRegister) -> dict[str, Any]:
    """An event with its dates, its sources, and what it answers or stops."""
    event = register.events.get(name)
    if event is None:
        raise NotFound("event", name, nearest(name, register.events))
    return {
        **about(register, in_force_on=None, known_on=None, sources=event.sources),
        "event": event_fields(register, event),
    }


def event_fields(register: Register, event: Event) -> dict[str, Any]:
    """An event with the rows of law that it brought in and took out."""
    fields = plain(event)
    assert isinstance(fields, dict)  # noqa: S101  a record is told by its fields
    rows = [row for regime in register.regimes.values() for row in regime.provisions]
    return {
        **fields,
        "brings_in": [_row(row, register) for row in rows if row.from_event == event.id],
        "takes_out": [_row(row, register) for row in rows if row.until_event == event.id],
    }


def _row(row: Provision, register: Register) -> dict[str, str]:
    return {
        "id": row.id, "table": type(row).__name__,
        "title": row_title(row, register.countries.name), "text": row_text(row),
    }  # fmt: skip


@router.get(
    "/coming", response_model=ComingOut, responses=problems(401, 422), summary="What is still to come"
)
def get_coming(register: TheRegister, in_force_on: InForceOn, known_on: KnownOn = None) -> dict[str, Any]:
    """What is known and not yet in force, with the last days to give notice that follow from terms."""
    known = known_on or in_force_on
    found = register.coming(in_force_on, known)
    sources = (name for entry in found if entry.event for name in entry.event.sources)
    gaps = beyond_record(register, in_force_on)
    return {
        **about(register, in_force_on=in_force_on, known_on=known, not_covered=gaps, sources=sources),
        "coming": plain(found),
    }


@router.get(
    "/records/{name:path}", response_model=RecordOut, responses=problems(401, 404), summary="Any record"
)
def get_record(name: str, register: TheRegister) -> dict[str, Any]:
    """Any record by id: a source, dossier, event, row of law, item or fact."""
    found = register.find(name)
    return {
        **about(register, in_force_on=None, known_on=None, sources=getattr(found, "sources", ())),
        "kind": type(found).__name__, "record": plain(found),
    }  # fmt: skip
