"""The reading desk: a text with its quotes marked, proposals beside it, and what a person decides."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.datastructures import FormData, UploadFile
from starlette.responses import RedirectResponse, Response

from sekisho.dates import PartialDate, parse_day
from sekisho.errors import Fault, InputInvalid, NotFound, ValueInvalid
from sekisho.reading.confidence import THRESHOLD
from sekisho.reading.desk import Desk, Kept
from sekisho.reading.overlay import decide_and_write
from sekisho.reading.reading import Reading, as_record, doubtful_rows, read
from sekisho.web.api.readings import desk_of
from sekisho.web.guard import require_writer
from sekisho.web.pages.layout import page
from sekisho.web.settings import Settings
from sekisho.web.uploads import safe_name

router = APIRouter()
_LARGEST = 2 << 20


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text, and the numbers of the proposals that quote it."""

    text: str
    proposals: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """A proposal as it stands beside its text.

    Attributes:
        number: Its place, from 1: the number at its quotes.
        kept: What was decided of it, if it is on the desk.
    """

    number: int
    id: str
    rows: Sequence[Mapping[str, Any]]
    kept: Kept | None

    @property
    def first(self) -> Mapping[str, Any]:
        """What all its rows say alike."""
        return self.rows[0]

    @property
    def spans(self) -> list[tuple[int, int]]:
        """Where its quotes stand in the text."""
        more = [(start, end) for start, end in self.first["further_quotes"]]
        return [(self.first["quote_start"], self.first["quote_end"]), *more]


def pieces(text: str, shown: Sequence[Shown]) -> Iterator[Piece]:
    """The text in pieces, each with the proposals that quote it."""
    spans = [(start, end, one.number) for one in shown for start, end in one.spans]
    edges = sorted({0, len(text), *(edge for start, end, _ in spans for edge in (start, end))})
    for start, end in pairwise(edges):
        numbers = dict.fromkeys(n for first, last, n in spans if first <= start and end <= last)
        yield Piece(text[start:end], tuple(numbers))


@router.get("/desk")
def desk(request: Request) -> Response:
    """Asks for a text, and lists what waits."""
    settings: Settings = request.app.state.settings
    waiting = desk_of(settings, create=True).all() if settings.desk else ()
    texts: dict[str, list[Kept]] = {}
    for kept in waiting:
        texts.setdefault(kept.text, []).append(kept)
    return page(request, "desk.html", texts=texts, has_desk=settings.desk is not None, least=THRESHOLD)


@router.post("/desk/read")
async def read_text(request: Request) -> Response:
    """Reads a text; with a desk and the token the proposals are put on it if that is asked."""
    settings: Settings = request.app.state.settings
    async with request.form(max_files=1, max_fields=10, max_part_size=_LARGEST) as form:
        name, content = await _content(form)
        published = _published(str(form.get("published_on", "")))
        least = _least(str(form.get("least_confidence", "")))
        keep = form.get("keep") == "yes"
    found = await request.app.state.slots.run(
        lambda: read(content, settings.register, name=name, published_on=published, least_confidence=least)
    )
    if keep:
        require_writer(request, settings)
        desk_of(settings, create=True).put([found])
        return RedirectResponse(f"/desk/texts/{quote(name, safe='')}", 303)
    return _shown(request, found.name, found.text, list(_events(as_record(found)["events"])), found)


async def _content(form: FormData) -> tuple[str, str | bytes]:
    upload, pasted = form.get("file"), str(form.get("text", ""))
    if isinstance(upload, UploadFile) and upload.filename:
        content = await upload.read()
        if len(content) > _LARGEST:
            problem = f"it has {len(content):,} bytes"
            raise InputInvalid([Fault(upload.filename, 0, "", problem, f"at most {_LARGEST:,} bytes")])
        return safe_name(upload.filename, "text").rpartition(".")[0] or "text", content
    if not pasted.strip():
        raise InputInvalid([Fault("form", 0, "text", "there is no text", "a text that is pasted, or a file")])
    given = str(form.get("name", "")).strip()
    name = safe_name(given, "") if given else ""
    return name or f"text-{hashlib.sha256(pasted.encode('utf-8', 'replace')).hexdigest()[:8]}", pasted


def _published(text: str) -> PartialDate | None:
    try:
        return PartialDate.parse(text.strip()) if text.strip() else None
    except ValueInvalid as error:
        raise InputInvalid([Fault("form", 0, "published_on", error.problem, error.expected)]) from None


def _least(text: str) -> float:
    """From which confidence on events are proposed; the usual one where nothing is said."""
    try:
        least = float(text) if text.strip() else THRESHOLD
    except ValueError:
        least = math.nan
    if not 0 <= least <= 1:
        problem = f"{text.strip()!r} is no confidence"
        raise InputInvalid([Fault("form", 0, "least_confidence", problem, "a number between 0 and 1")])
    return least


def _events(found: Iterable[Mapping[str, Any]]) -> Iterator[Shown]:
    """Rows put together by their event."""
    by_id: dict[str, list[Mapping[str, Any]]] = {}
    for row in found:
        by_id.setdefault(row["event_id"], []).append(row)
    for number, (name, rows) in enumerate(by_id.items(), start=1):
        yield Shown(number, name, rows, None)


@router.get("/desk/texts/{name:path}")
def text(name: str, request: Request) -> Response:
    """A text on the desk with its proposals."""
    settings: Settings = request.app.state.settings
    held = desk_of(settings, create=True)
    found = _on_desk(held, name)
    return _shown(request, name, held.text_of(name), found, None)


def _on_desk(desk: Desk, name: str) -> list[Shown]:
    found = [kept for kept in desk.all() if kept.text == name]
    if not found and not desk.text_of(name):
        raise NotFound("text on the desk", name)
    return [Shown(number, kept.id, kept.rows, kept) for number, kept in enumerate(found, start=1)]


def _shown(request: Request, name: str, text: str, found: list[Shown], reading: Reading | None) -> Response:
    settings: Settings = request.app.state.settings
    return page(
        request, "desk_text.html", name=name, text=text, shown=found, pieces=list(pieces(text, found)),
        reading=reading, has_desk=settings.desk is not None, dossiers=settings.register.dossiers,
        doubtful=list(_events(doubtful_rows(reading))) if reading else (),
    )  # fmt: skip


@router.post("/desk/decide")
async def decide(request: Request) -> Response:
    """Accepts or rejects a proposal, by a named person with a reason."""
    settings: Settings = request.app.state.settings
    who = require_writer(request, settings)
    async with request.form(max_files=0, max_fields=20) as form:
        told = {name: str(value).strip() for name, value in form.items()}
    held, name = desk_of(settings), told.get("proposal", "")
    faults = _faults(told, named=bool(who.name))
    if faults:
        raise InputInvalid(faults)
    decide_and_write(
        held, settings.base, settings.overlay, name, told["verdict"], by=who.name or told["by"],
        reason=told["reason"], on=parse_day(told["on"]), dossier=told.get("dossier", ""),
        announced=parse_day(told["announced"]) if told.get("announced") else None,
    )  # fmt: skip
    kept = held.get(name)
    return RedirectResponse(f"/desk/texts/{quote(kept.text, safe='')}#proposal-{quote(name, safe='')}", 303)


def _faults(told: Mapping[str, str], *, named: bool) -> list[Fault]:
    """What is missing of a decision, all of it at once."""
    faults = []
    if told.get("verdict") not in {"accepted", "rejected"}:
        faults.append(Fault("form", 0, "verdict", "it is not chosen", "accepted or rejected"))
    if not named and not told.get("by"):
        faults.append(Fault("form", 0, "by", "it is empty", "the name of the person who decides"))
    if not told.get("reason"):
        faults.append(Fault("form", 0, "reason", "it is empty", "why"))
    for name in ("on", "announced"):
        try:
            if name == "on" or told.get(name):
                parse_day(told.get(name, ""))
        except ValueInvalid as error:
            faults.append(Fault("form", 0, name, error.problem, error.expected))
    return faults
