"""What a change of the law does to the lines of an order file, drawn and told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import APIRouter, Request
from starlette.datastructures import FormData, UploadFile
from starlette.responses import Response

from sekisho.determine.check import require_columns
from sekisho.determine.files import read_batches
from sekisho.determine.impact import Assessment, Impact
from sekisho.determine.law_change import LawChange
from sekisho.errors import Fault, InputInvalid
from sekisho.pictures.impact import impact_lead, impact_pictures, impact_tables
from sekisho.pictures.page import Table
from sekisho.web.changes import change_asked, events_of_law
from sekisho.web.downloads import Drawn, draw, keep_batches
from sekisho.web.pages.check import Counted
from sekisho.web.pages.layout import day_of, page
from sekisho.web.settings import Settings
from sekisho.web.uploads import order_file

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Shown:
    """An impact as its page shows it."""

    name: str
    impact: Impact
    lead: Sequence[str]
    pictures: Sequence[Drawn]
    tables: Sequence[Table]
    downloads: Mapping[str, str]


@router.get("/impact")
def ask(request: Request) -> Response:
    """Asks for an order file and a change of the law."""
    settings: Settings = request.app.state.settings
    return page(request, "impact.html", events=events_of_law(settings.register), limits=settings.limits)


@router.post("/impact")
async def impact(request: Request) -> Response:
    """Holds the lines of the file against the change."""
    settings: Settings = request.app.state.settings
    async with request.form(max_files=2, max_fields=20) as form:
        name, content = await upload(form, "file", "a file of order lines")
        known_on = _day(form, "known_on")
        scenario = await text_of(form, "scenario")
        event, before, after = str(form.get("event", "")), _day(form, "before"), _day(form, "after")

    def work() -> Shown:
        change = change_asked(
            settings, event=event, before=before, after=after, scenario=scenario,
            known_on=known_on,
        )  # fmt: skip
        return _shown(request, name, content, change)

    shown = await request.app.state.slots.run(work)
    return page(request, "impact_found.html", shown=shown, known_on=known_on)


async def upload(form: FormData, field: str, expected: str) -> tuple[str, bytes]:
    """Name and content of a file of a form.

    Raises:
        InputInvalid: If there is none.
    """
    found = form.get(field)
    if not isinstance(found, UploadFile) or not found.filename:
        raise InputInvalid([Fault("form", 0, field, "there is no file", expected)])
    return found.filename, await found.read()


async def text_of(form: FormData, field: str) -> str:
    """The text of a file of a form; empty without one.

    Raises:
        InputInvalid: If it is not UTF-8.
    """
    found = form.get(field)
    if not isinstance(found, UploadFile) or not found.filename:
        return ""
    try:
        return (await found.read()).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputInvalid([Fault(found.filename, 0, "", f"not UTF-8: {error}", "a TOML file")]) from error


def _day(form: FormData, field: str) -> dt.date | None:
    return day_of({field: str(form.get(field, ""))}, field)


def _shown(request: Request, name: str, content: bytes, change: LawChange) -> Shown:
    settings: Settings = request.app.state.settings
    counted, assessment = Counted(settings.limits), Assessment(change, settings.rates)
    with order_file(content, name, settings.limits) as path:
        for batch in read_batches(path):
            counted(batch)
            require_columns(path.name, batch.columns, dated=False)
            assessment.batch(batch, path.name)
        stem, file = path.stem, path.name
    found = assessment.result()
    downloads = keep_batches(request, found.lines.combine_chunks().to_batches(), f"{stem}-impact")
    pictures = draw(request, impact_pictures(found)) if found.flipped else []
    return Shown(file, found, impact_lead(found), pictures, impact_tables(found), downloads)
