"""How long the sites of a supply network last: files in, a job, pictures and tables out."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
from fastapi import APIRouter, Request
from starlette.datastructures import FormData, UploadFile
from starlette.responses import RedirectResponse, Response

from sekisho.errors import Fault, InputInvalid
from sekisho.exposure import as_tables
from sekisho.pictures.exposure import exposure_pictures
from sekisho.web.changes import events_of_law
from sekisho.web.downloads import Drawn, draw, keep_one
from sekisho.web.exposures import ExposureAsked, Found, template_zip, work_of
from sekisho.web.jobs import Job, Jobs
from sekisho.web.pages.impact import text_of
from sekisho.web.pages.layout import day_of, page
from sekisho.web.settings import Settings

router = APIRouter()


@router.get("/exposure")
def ask(request: Request) -> Response:
    """Asks for a network and what closes its arcs."""
    settings: Settings = request.app.state.settings
    return page(request, "exposure.html", events=events_of_law(settings.register))


@router.get("/exposure/example.zip")
def example() -> Response:
    """A small network that runs, to try and to replace by one's own."""
    headers = {"Content-Disposition": "attachment; filename=network.zip"}
    return Response(template_zip(), media_type="application/zip", headers=headers)


@router.post("/exposure")
async def start(request: Request) -> Response:
    """Starts the job and leads to it."""
    settings: Settings = request.app.state.settings
    async with request.form(max_files=64, max_fields=30) as form:
        asked = await _asked(form)
    jobs: Jobs = request.app.state.jobs
    job = jobs.start("exposure", "", work_of(settings, asked), asked.size)
    return RedirectResponse(f"/exposure/jobs/{job.id}", 303)


async def _asked(form: FormData) -> ExposureAsked:
    files = [
        (file.filename or "", await file.read())
        for file in form.getlist("network")
        if isinstance(file, UploadFile) and file.filename
    ]
    orders = form.get("orders")
    given = isinstance(orders, UploadFile) and bool(orders.filename)
    close = str(form.get("close", "")).replace(",", ";").split(";")
    texts = {name: str(value) for name, value in form.items() if isinstance(value, str)}
    event, closed = texts.get("event", ""), tuple(part.strip() for part in close if part.strip())
    scenario = await text_of(form, "scenario")
    if not event and not closed and not scenario.strip():
        raise InputInvalid(
            [Fault("form", 0, "event", "nothing closes", "an event, a scenario, or arcs or sites to close")]
        )
    return ExposureAsked(
        files=files, orders=(orders.filename, await orders.read()) if given else None,  # type: ignore[union-attr,arg-type]  # it is a file
        event=event, scenario=scenario, close=closed, close_days=_number(texts, "close_days"),
        on=day_of(texts, "on"), known_on=day_of(texts, "known_on"), draws=_count(texts, "draws"),
    )  # fmt: skip


def _number(texts: dict[str, str], name: str) -> float | None:
    text = texts.get(name, "").strip()
    try:
        return float(text) if text else None
    except ValueError:
        raise InputInvalid([Fault("form", 0, name, f"{text!r} is not a number", "a number")]) from None


def _count(texts: dict[str, str], name: str) -> int:
    text = texts.get(name, "").strip()
    if text and not (text.isascii() and text.isdigit() and len(text) < 10):  # noqa: PLR2004  nine digits
        raise InputInvalid([Fault("form", 0, name, f"{text!r} is not a whole number", "such as 0 or 100")])
    return int(text or 0)


@router.get("/exposure/jobs/{name}")
def job(name: str, request: Request) -> Response:
    """How far the job is; when it is done, what it found."""
    jobs: Jobs = request.app.state.jobs
    found = jobs.get(name)
    if found.problem is not None:
        raise found.problem
    if not isinstance(found.result, Found):
        return page(request, "exposure_job.html", job=found)
    return _shown(request, found)


@router.post("/exposure/jobs/{name}/stop")
def stop(name: str, request: Request) -> Response:
    """Stops the job."""
    jobs: Jobs = request.app.state.jobs
    jobs.cancel(name)
    return RedirectResponse("/exposure", 303)


def _shown(request: Request, job: Job) -> Response:
    found: Found = job.result
    exposure = found.exposure
    closed = bool(exposure.arcs_closed or exposure.sites_closed or exposure.arcs_not_covered)
    pictures: list[Drawn] = draw(request, exposure_pictures(exposure, found.network)) if closed else []
    return page(
        request, "exposure_found.html", exposure=exposure, pictures=pictures,
        downloads=_tables(request, as_tables(exposure)), job=job,
    )  # fmt: skip


def _tables(request: Request, tables: Any) -> dict[str, str]:
    """Every table as CSV, kept for a while; the ids by name."""
    found: dict[str, str] = {}
    for name, table in tables.items():
        if isinstance(table, pa.Table) and table.num_columns:
            found[name] = keep_one(request, table.combine_chunks().to_batches(), "csv", name)
    return found
