"""``/impacts``: the order lines that a change of the law flips."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from sekisho.determine.check import require_columns
from sekisho.determine.impact import Assessment, Impact
from sekisho.determine.impact_fields import impact_fields
from sekisho.errors import InputInvalid
from sekisho.register.span import beyond_law
from sekisho.web.api.common import TheSettings, problems
from sekisho.web.api.models import LINE, Answered, Cell, Day
from sekisho.web.bulk import json_batches
from sekisho.web.changes import change_asked
from sekisho.web.envelope import about
from sekisho.web.problems import too_many_lines
from sekisho.web.settings import Settings

router = APIRouter(tags=["impact"])


class ImpactIn(BaseModel):
    """Order lines, and a change of the law: an event, or two days, or a scenario."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"lines": [LINE], "event": "jp-three-materials-individual"}]},
    )
    lines: list[dict[str, Cell]] = Field(description="One object for each order line, cells by column name.")
    event: str = Field(default="", description="The id of an event.")
    before: Day | None = Field(default=None, description="The law of this day ...")
    after: Day | None = Field(default=None, description="... against the law of this later day.")
    scenario: str = Field(default="", description="A scenario as TOML, against the record without it.")
    known_on: Day | None = None


class ImpactOut(Answered):
    """What a change of the law does to order lines."""

    change: str
    lines: int
    flipped: int
    open: int
    faulty: int
    groups: list[dict[str, Any]]
    flipped_lines: list[dict[str, Any]]


@router.post(
    "/impacts", response_model=ImpactOut, responses=problems(400, 401, 404, 413, 422, 503),
    summary="What a change of the law does to order lines",
)  # fmt: skip
async def post_impacts(asked: ImpactIn, request: Request, settings: TheSettings) -> dict[str, Any]:
    """The lines that an event, two days or a scenario flip, by rule, with what would let them ship."""
    result: dict[str, Any] = await request.app.state.slots.run(lambda: impacts(settings, asked))
    return result


def impacts(settings: Settings, asked: ImpactIn) -> dict[str, Any]:
    """What a change of the law does, as the API and MCP tell it.

    Raises:
        InputInvalid: If needed columns are missing, or the change is not one.
        NotFound: If there is no such event.
        Problem: If there are too many lines.
    """
    if len(asked.lines) > settings.limits.lines:
        raise too_many_lines(settings.limits.lines)
    change = change_asked(
        settings, event=asked.event, before=asked.before, after=asked.after,
        scenario=asked.scenario, known_on=asked.known_on,
    )  # fmt: skip
    assessment = Assessment(change, settings.rates)
    for batch in json_batches(asked.lines):
        require_columns("lines", batch.columns, dated=False)
        if batch.broken:
            raise InputInvalid(list(batch.broken.values()))
        assessment.batch(batch, "lines")
    return told(assessment.result())


def told(found: Impact) -> dict[str, Any]:
    """An impact with what every answer carries."""
    after = found.change.after
    day = after.in_force_on
    regimes = after.register.regimes.values()
    gaps = [gap for regime in regimes for gap in (beyond_law(regime, day) if day else ())]
    named = {name for group in found.groups for name in group.rules}
    rows = [row for regime in regimes for row in regime.provisions if row.id in named]
    sources = [name for row in rows for name in row.sources]
    return {
        **about(
            after.register, in_force_on=day, known_on=after.known_on,
            not_covered=[*found.change.notes, *gaps], sources=sources,
        ),
        **impact_fields(found),
    }  # fmt: skip
