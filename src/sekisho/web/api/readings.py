"""``/readings`` and ``/proposals``: what texts say, and what named persons decide of it."""

from __future__ import annotations

import json
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request
from pydantic import Field

from sekisho.dates import PartialDate
from sekisho.plain import plain
from sekisho.reading.desk import Desk, Kept
from sekisho.reading.overlay import decide_and_write
from sekisho.reading.reading import Reading, as_record, doubtful_rows, read
from sekisho.web.api.common import TheSettings, TheWriter, digest, problems
from sekisho.web.api.models import Answered, DecisionIn, ReadingIn
from sekisho.web.envelope import about
from sekisho.web.guard import require_writer
from sekisho.web.problems import Problem
from sekisho.web.settings import Settings
from sekisho.web.store import Kept as KeptAnswer
from sekisho.web.store import Store, once

router = APIRouter(tags=["readings"])
Key = Annotated[str | None, Header(alias="Idempotency-Key", max_length=200)]


class ReadingOut(Answered):
    """What was read of a text."""

    id: str = Field(description="The name of the text.")
    publication_date: str = Field(description="When it was published, as far as it is known, or empty.")
    publication_date_source: str = Field(description="How that was found, and the words that say so.")
    publication_sure: bool = Field(description="Whether the text itself, or who asks, gives that day.")
    least_confidence: float = Field(description="From which confidence on events are proposed.")
    events: list[dict[str, Any]] = Field(description="A row for each date of each event that is proposed.")
    doubtful: list[dict[str, Any]] = Field(description="What is less sure, and so not proposed.")
    text: str = Field(description="The text that offsets point into; of a page its article.")
    blocks: list[list[str | int]] = Field(description="What each stretch of it is, from where to where.")
    notes: list[str] = Field(description="What a person should know before trusting the reading.")
    kept: int | None = Field(
        description="How many proposals are new on the desk; null if none were put there."
    )


class ProposalsOut(Answered):
    """The proposals on the desk."""

    proposals: list[dict[str, Any]]


class ProposalOut(Answered):
    """One proposal on the desk."""

    proposal: dict[str, Any]


class DecidedOut(Answered):
    """What became of a proposal."""

    proposal: dict[str, Any]
    changed: bool
    overlay_events: list[str] = Field(description="The events that are in the local overlay now.")
    note: str = Field(description="What the event takes from elsewhere than its text, or empty.")


@router.post(
    "/readings",
    response_model=ReadingOut,
    responses=problems(400, 401, 404, 409, 413, 422),
    summary="Read a text",
)
def post_readings(
    asked: ReadingIn, request: Request, settings: TheSettings, key: Key = None
) -> dict[str, Any]:
    """Reads an article or notice into proposed events, each with its quote, held against the record.

    Nothing is added to the register. `keep` puts the proposals on the desk.
    """
    if asked.keep:
        require_writer(request, settings)
    store: Store = request.app.state.kept
    told = digest(settings.register, asked.model_dump(mode="json"))
    with once(store, key, told) as again:
        if again is not None:
            first: dict[str, Any] = json.loads(again.body)
            return first
        answer = _read(settings, asked)
        if key:
            store.put(f"key:{key}", KeptAnswer(json.dumps(answer).encode(), "", digest=told))
    return answer


def _read(settings: Settings, asked: ReadingIn) -> dict[str, Any]:
    published = PartialDate.parse(asked.published_on) if asked.published_on else None
    found = read(
        asked.text, settings.register, name=asked.name, published_on=published, known_on=asked.known_on,
        least_confidence=asked.least_confidence,
    )  # fmt: skip
    kept = desk_of(settings, create=True).put([found]) if asked.keep else None
    return {**reading_fields(settings, found), "known_on": plain(asked.known_on), "kept": kept}


def reading_fields(settings: Settings, found: Reading) -> dict[str, Any]:
    """A reading, as the API and MCP tell it."""
    sources = [name for against in found.against for each in against.contradicts for name in each.sources]
    return {
        **about(settings.register, in_force_on=None, known_on=None, sources=sources),
        **as_record(found),
        "doubtful": doubtful_rows(found),
        "publication_sure": found.published.sure,
        "notes": list(found.notes),
        "blocks": [[block.part.value, block.start, block.end] for block in found.blocks],
        "text": found.text,
    }


def desk_of(settings: Settings, *, create: bool = False) -> Desk:
    """The desk of the server.

    Raises:
        Problem: If it has none.
    """
    if settings.desk is None:
        raise Problem(404, "not_found", "this server has no desk; start it with sekisho serve --desk FILE")
    return Desk(settings.desk, create=create)


def proposal_fields(kept: Kept) -> dict[str, Any]:
    """A proposal on the desk, by field."""
    return {
        "id": kept.id, "text": kept.text, "published": kept.published, "state": kept.state,
        "dossier": kept.dossier, "rows": list(kept.rows), "decisions": plain(kept.history),
    }  # fmt: skip


@router.get(
    "/proposals", response_model=ProposalsOut, responses=problems(401, 404), summary="What waits on the desk"
)
def get_proposals(
    settings: TheSettings, state: Annotated[str, Query(pattern="^(open|accepted|rejected)?$")] = ""
) -> dict[str, Any]:
    """The proposals on the desk, all or those in one state."""
    found = [kept for kept in desk_of(settings, create=True).all() if state in {"", kept.state}]
    return {
        **about(settings.register, in_force_on=None, known_on=None),
        "proposals": [proposal_fields(kept) for kept in found],
    }


@router.get(
    "/proposals/{name:path}", response_model=ProposalOut, responses=problems(401, 404), summary="One proposal"
)
def get_proposal(name: str, settings: TheSettings) -> dict[str, Any]:
    """One proposal with its quote, and who decided what of it."""
    kept = desk_of(settings, create=True).get(name)
    return {
        **about(settings.register, in_force_on=None, known_on=None),
        "proposal": proposal_fields(kept),
    }


@router.post(
    "/proposals/{name:path}/decisions", response_model=DecidedOut, summary="Accept or reject a proposal",
    responses=problems(400, 401, 403, 404, 409, 422),
)  # fmt: skip
def post_decision(
    name: str, asked: DecisionIn, request: Request, settings: TheSettings, who: TheWriter, key: Key = None
) -> dict[str, Any]:
    """Accepts a proposal into the local overlay, or rejects it; a named person, a reason and a day.

    The register that is shipped is never written. The same decision again changes nothing.
    """
    kept: Store = request.app.state.kept
    told = digest(settings.register, name, asked.model_dump(mode="json"), who.name)
    with once(kept, key, told) as again:
        desk = desk_of(settings)
        outcome = decide_and_write(
            desk, settings.base, settings.overlay, name, asked.verdict, by=who.name or asked.by,
            reason=asked.reason, on=asked.on, dossier=asked.dossier, announced=asked.announced,
        )  # fmt: skip
        if key:
            kept.put(f"key:{key}", KeptAnswer(b"", "", digest=told))
    return {
        **about(settings.register, in_force_on=None, known_on=None),
        "proposal": proposal_fields(desk.get(name)),
        "changed": outcome.changed or again is not None,
        "overlay_events": list(outcome.events),
        "note": outcome.note,
    }
