"""``/checks`` and ``/explanations``: order lines decided, many at once or one with its reasoning."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import TypeAdapter, ValidationError

from sekisho.determine.check import OUTPUT, Wanted
from sekisho.determine.counterfactual import changes
from sekisho.determine.explain import answer_dict, explain
from sekisho.determine.intake import read_line
from sekisho.errors import InputInvalid
from sekisho.plain import plain
from sekisho.web.api.common import TheRegister, TheSettings, digest, problems
from sekisho.web.api.models import ChecksIn, ChecksOut, Day, ExplanationIn, ExplanationOut
from sekisho.web.bulk import (
    ARROW,
    Checkers,
    Decided,
    arrow_batches,
    as_arrow,
    as_results,
    canonical_cells,
    decide_lines,
    json_batches,
    summary_fields,
    with_place,
)
from sekisho.web.envelope import about, source_fields
from sekisho.web.faults import request_faults, schema_fields
from sekisho.web.problems import Problem, detail_of
from sekisho.web.settings import Settings
from sekisho.web.store import Kept, Store, once

router = APIRouter(tags=["checks"])
_JSON = "application/json"
_BODY = {
    "required": True,
    "content": {
        _JSON: {"schema": ChecksIn.model_json_schema(ref_template="#/components/schemas/{model}")},
        ARROW: {"schema": {"type": "string", "format": "binary"}},
    },
}
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"description": "Every line was read and decided.", "content": {ARROW: {}}},
    207: {"model": ChecksOut, "description": "Some lines have faults; all others are decided."},
    **problems(400, 401, 409, 413, 415, 422, 503),
}
Key = Annotated[
    str | None,
    Header(alias="Idempotency-Key", max_length=200, description="The same key gets the same answer again."),
]


@router.post(
    "/checks", response_model=ChecksOut, responses=_ANSWERS, openapi_extra={"requestBody": _BODY},
    summary="Decide order lines",
)  # fmt: skip
async def post_checks(
    request: Request,
    settings: TheSettings,
    key: Key = None,
    accept: Annotated[str, Header()] = _JSON,
    columns: Annotated[str | None, Query(description="With Arrow: fields, with commas between.")] = None,
    known_on: Annotated[Day | None, Query(description="With Arrow: by what was known on this day.")] = None,
) -> Response:
    """Decides one or many order lines; what is wrong with one line never loses the others.

    Send JSON, or an Arrow IPC stream for bulk; ask for either with `Accept`. Nothing that is
    not stated is assumed: what is missing comes back as a question.
    """
    body = await request.body()
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    wants_arrow = ARROW in accept
    told = hashlib.sha256(body).hexdigest()
    name = digest(settings.register, kind, wants_arrow, columns, known_on, told)
    kept: Store = request.app.state.kept
    with once(kept, key, name) as again:
        found = again or kept.get(f"check:{name}")
        if found is None:
            asked = _Asked(body, kind, name, columns, known_on, wants_arrow)
            checkers = request.app.state.checkers
            found = await request.app.state.slots.run(lambda: _answer(settings, checkers, asked))
            kept.put(f"check:{name}", found)
        if key:
            kept.put(f"key:{key}", found)
    return _response(found, name)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a request asks: its body and type, and what its address says."""

    body: bytes
    kind: str
    name: str
    columns: str | None
    known_on: dt.date | None
    wants_arrow: bool


def _response(kept: Kept, name: str) -> Response:
    headers = {"Content-Location": f"/api/v1/checks/{name}"}
    return Response(kept.body, kept.status, media_type=kept.media_type, headers=headers)


def _answer(settings: Settings, checkers: Checkers, asked: _Asked) -> Kept:
    limits, known_on = settings.limits, asked.known_on
    names = tuple(part.strip() for part in asked.columns.split(",")) if asked.columns is not None else OUTPUT
    limit, carry = (limits.bulk_lines, "other") if asked.wants_arrow else (limits.lines, "none")
    if asked.kind == ARROW:
        batches = arrow_batches(asked.body, limits.bulk_lines)
    elif asked.kind in {_JSON, ""}:
        told = _checks_in(asked.body)
        names = names if told.columns is None else tuple(told.columns)
        batches, known_on, limit = json_batches(told.lines), told.known_on or known_on, limits.lines
    else:
        raise Problem(415, "unsupported_media_type", f"send {_JSON} or {ARROW}")
    decided = decide_lines(settings, checkers, batches, known_on, Wanted(names, carry), limit)
    if asked.wants_arrow:
        return Kept(as_arrow(decided), ARROW, digest=asked.name)
    return _as_json(settings, decided, asked.name, known_on)


def _checks_in(body: bytes) -> ChecksIn:
    try:
        return TypeAdapter(ChecksIn).validate_json(body)
    except ValidationError as error:
        raise invalid(error) from None


def invalid(error: ValidationError) -> Problem:
    """What is wrong with a body, every fault of it that is worth reading."""
    faults = request_faults(error.errors(include_url=False), schema_fields(ChecksIn.model_json_schema()))
    status, code = (400, "bad_request") if not faults[0].column else (422, "value_invalid")
    return Problem(status, code, detail_of(faults), faults)


def _as_json(settings: Settings, decided: Decided, name: str, known_on: dt.date | None) -> Kept:
    head = {
        "id": name,
        **about(
            settings.register, in_force_on=None, known_on=known_on,
            not_covered=decided.not_covered, sources=decided.sources,
        ),
        "summary": summary_fields(decided),
    }  # fmt: skip
    told = json.dumps(head, ensure_ascii=False)
    results = ",\n".join(as_results(decided))
    text = f'{told[:-1]}, "results": [\n{results}\n]}}'
    status = 207 if decided.checker.summary.faulty else 200
    return Kept(text.encode("utf-8", "replace"), _JSON, status, name)


@router.get(
    "/checks/{name}", response_model=ChecksOut, responses=problems(401, 404), summary="The same answer again"
)
def get_checks(name: str, request: Request) -> Response:
    """An answer of `POST /checks`, as long as it is kept; the same request gives it again at any time."""
    found = request.app.state.kept.get(f"check:{name}")
    if found is None:
        raise Problem(404, "gone", "it is not kept any more; send the request again, the answer is the same")
    return _response(found, name)


@router.post(
    "/explanations",
    response_model=ExplanationOut,
    responses=problems(400, 401, 413, 422),
    summary="Explain a line",
)
def post_explanations(asked: ExplanationIn, settings: TheSettings) -> dict[str, Any]:
    """Decides one order line and tells every rule that was read, and what would change the answer."""
    return explanation(settings, asked.line, asked.known_on)


def explanation(settings: Settings, line: dict[str, Any], known_on: dt.date | None) -> dict[str, Any]:
    """One order line with its whole reasoning, as the API and MCP tell it.

    Raises:
        InputInvalid: With everything in the line that cannot be read.
    """
    register: TheRegister = settings.register
    read = read_line(canonical_cells(line), register, settings.rates)
    if read.faults:
        raise InputInvalid(with_place(read.faults, "line"))
    found = explain(read.shipment, register, known_on)
    decision = found.decision
    told = answer_dict(found, read.shipment)
    return {
        **about(
            register, in_force_on=decision.in_force_on, known_on=known_on, not_covered=decision.not_covered
        ),
        **told,
        "sources": source_fields(register, found.sources),
        "dated_by": read.dated_by,
        "changes": plain(changes(read.shipment, register, known_on)),
    }  # fmt: skip
