"""``/jobs``: long work that goes on, how far it is, what it gave, and stopping it."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request

from sekisho.web.api.common import TheSettings, problems
from sekisho.web.api.models import Answered
from sekisho.web.envelope import about
from sekisho.web.jobs import Job, Jobs
from sekisho.web.problems import Problem
from sekisho.web.settings import Settings

router = APIRouter(tags=["jobs"])


class JobOut(Answered):
    """A job and how far it is."""

    id: str
    kind: str
    state: str
    progress: float
    doing: str
    problem: dict[str, Any] | None


class JobResultOut(Answered):
    """What a job gave; the other fields hang on its kind."""


def job_fields(settings: Settings, job: Job) -> dict[str, Any]:
    """A job with what every answer carries."""
    return {**about(settings.register, in_force_on=None, known_on=None), **job.fields()}


@router.get("/jobs/{name}", response_model=JobOut, responses=problems(401, 404), summary="How far a job is")
def get_job(name: str, request: Request, settings: TheSettings) -> dict[str, Any]:
    """The state and the progress of a job; `problem` says why it failed."""
    jobs: Jobs = request.app.state.jobs
    return job_fields(settings, jobs.get(name))


@router.delete("/jobs/{name}", response_model=JobOut, responses=problems(401, 404), summary="Stop a job")
def delete_job(name: str, request: Request, settings: TheSettings) -> dict[str, Any]:
    """Tells a job to stop; one that has finished is forgotten."""
    jobs: Jobs = request.app.state.jobs
    return job_fields(settings, jobs.cancel(name))


@router.get(
    "/jobs/{name}/result", response_model=JobResultOut, responses=problems(401, 404, 409),
    summary="What a job gave",
)  # fmt: skip
def get_job_result(name: str, request: Request) -> dict[str, Any]:
    """The result of a job that is done; of one that failed its problem."""
    jobs: Jobs = request.app.state.jobs
    job = jobs.get(name)
    if job.problem is not None:
        raise job.problem
    if job.state != "done":
        raise Problem(409, "not_ready", f"the job is {job.state}; ask /jobs/{job.id} how far it is")
    told: dict[str, Any] = job.result.told()
    return told
