"""``/exposures``: how long the sites of a supply network last, worked out as a job."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Header, Request, UploadFile

from sekisho.web.api.common import TheSettings, digest, problems
from sekisho.web.api.jobs import JobOut, job_fields
from sekisho.web.api.models import Day
from sekisho.web.exposures import ExposureAsked, work_of
from sekisho.web.jobs import Jobs
from sekisho.web.problems import Problem
from sekisho.web.store import Kept, Store, once

router = APIRouter(tags=["exposure"])
Key = Annotated[str | None, Header(alias="Idempotency-Key", max_length=200)]


@router.post(
    "/exposures", response_model=JobOut, status_code=202, summary="How long a supply network lasts",
    responses=problems(400, 401, 404, 409, 413, 422, 503),
)  # fmt: skip
async def post_exposures(  # noqa: PLR0913  one parameter for each thing asked
    *,
    request: Request,
    settings: TheSettings,
    network: Annotated[list[UploadFile], File(description="The tables of a network, or a zip of them.")],
    orders: Annotated[UploadFile | None, File(description="Order lines, if there are some.")] = None,
    event: Annotated[str, Form(description="The id of an event.")] = "",
    scenario: Annotated[str, Form(description="A scenario as TOML.")] = "",
    close: Annotated[list[str] | None, Form(description="Arcs or sites to close for another reason.")] = None,
    close_days: Annotated[float | None, Form(gt=0, le=36500)] = None,
    stops: Annotated[str, Form(description="What stops at a closed site: all, making or shipping.")] = "all",
    on: Annotated[Day | None, Form(description="The day of the closing; else the first.")] = None,
    known_on: Annotated[Day | None, Form()] = None,
    by: Annotated[str, Form(description="week or day.")] = "week",
    weeks: Annotated[int | None, Form(ge=1, le=520)] = None,
    draws: Annotated[int, Form(ge=0, le=2000, description="Seeded draws for the bands.")] = 0,
    seed: Annotated[int, Form(ge=0, le=2**32 - 1)] = 0,
    key: Key = None,
) -> dict[str, Any]:
    """Starts a job; `GET /jobs/{id}` tells how far it is, `GET /jobs/{id}/result` what it gave.

    The change is an event, a scenario, or arcs and sites that close for another reason.
    """
    asked = ExposureAsked(
        files=[(file.filename or "network.csv", await file.read()) for file in network],
        orders=(orders.filename or "orders.csv", await orders.read()) if orders and orders.filename else None,
        event=event, scenario=scenario, close=tuple(close or ()), close_days=close_days, stops=stops, on=on,
        known_on=known_on, by=by, weeks=weeks, draws=draws, seed=seed,
    )  # fmt: skip
    kept: Store = request.app.state.kept
    jobs: Jobs = request.app.state.jobs
    told = digest(settings.register, asked.digest())
    with once(kept, key, told) as again:
        if again is not None:
            return job_fields(settings, _still(jobs, again))
        job = jobs.start("exposure", told, work_of(settings, asked), asked.size)
        if key:
            kept.put(f"key:{key}", Kept(job.id.encode(), "", digest=told))
    return job_fields(settings, job)


def _still(jobs: Jobs, kept: Kept) -> Any:
    try:
        return jobs.get(kept.body.decode())
    except Problem:
        raise Problem(410, "gone", "the job of this key is no longer kept; use another key") from None
