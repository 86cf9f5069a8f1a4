"""Order lines decided on a page: one by a form, or a file that is dropped."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.datastructures import UploadFile
from starlette.responses import Response

from sekisho.determine.check import Checker
from sekisho.determine.counterfactual import changes
from sekisho.determine.explain import Explanation, explain
from sekisho.determine.files import Batch
from sekisho.determine.intake import CONCERNS, STATUSES, read_line
from sekisho.determine.runs import check_files
from sekisho.determine.summaries import Summary
from sekisho.errors import Fault, InputInvalid
from sekisho.model import Answer, Fact
from sekisho.register.register import Register
from sekisho.web.downloads import keep_batches
from sekisho.web.pages.layout import day_of, page
from sekisho.web.problems import Problem, too_many_lines
from sekisho.web.settings import Limits, Settings
from sekisho.web.uploads import order_file
from sekisho.web.weight import Weighed

router = APIRouter()
FIELDS = (
    "ship_from_country", "destination_country", "ultimate_destination_country", "code", "item_kind",
    "decisive_date", "classification_status", "value", "currency", "licences_held", "end_use_code",
    "end_user_concern", "informed", "icp",
)  # fmt: skip
"""What the form asks for; every other fact is asked for when it matters."""


@dataclass(frozen=True, slots=True)
class Field:
    """A fact as a field of the form.

    Attributes:
        value: What is stated; empty if it is open.
        choices: What may be chosen; none where it is written.
        fault: What is wrong with the value.
    """

    name: str
    question: str
    value: str
    unit: str
    choices: tuple[str, ...]
    fault: str = ""


@router.get("/check")
def check(request: Request) -> Response:
    """Asks for a shipment, and answers as soon as there is something to answer."""
    settings: Settings = request.app.state.settings
    stated = _stated(request)
    known_on = day_of(request.query_params, "known_on")
    asked = bool(stated.keys() - {"item_kind", "currency", "ship_from_country"})
    found, faults, smallest = _decided(settings, stated, known_on) if asked else (None, [], ())
    register = settings.register
    return page(
        request, "check.html", stated=stated, known_on=known_on, found=found, faults=faults, changes=smallest,
        asked=asked, fields=list(_fields(register, stated, found, faults)), concerns=CONCERNS,
        statuses=STATUSES, regimes=register.regimes,
        countries=sorted(register.countries.by_code.values(), key=lambda one: one.name),
        types=_types(register, stated), titles=_titles(register), limits=settings.limits,
    )  # fmt: skip


def _stated(request: Request) -> dict[str, str]:
    """What the form states, by column; several boxes of one name are a list."""
    query = request.query_params
    names = dict.fromkeys(name for name in query if name != "known_on")
    joined = {name: ";".join(part.strip() for part in query.getlist(name) if part.strip()) for name in names}
    return {name: cell for name, cell in joined.items() if cell}


def _decided(
    settings: Settings, stated: Mapping[str, str], known_on: dt.date | None
) -> tuple[Explanation | None, list[Fault], tuple[Any, ...]]:
    cells = dict(stated)
    if "value" in cells:  # the form asks for the total
        cells.setdefault("value_basis", "contract")
    elif "currency" in cells:
        del cells["currency"]
    line = read_line(cells, settings.register, settings.rates)
    if line.faults:
        return None, list(line.faults), ()
    found = explain(line.shipment, settings.register, known_on)
    return found, [], changes(line.shipment, settings.register, known_on)


def _fields(
    register: Register, stated: Mapping[str, str], found: Explanation | None, faults: list[Fault]
) -> Iterator[Field]:
    """The facts that were stated beyond the form, and those that are asked for now."""
    declared = {name: fact for regime in register.regimes.values() for name, fact in regime.facts.items()}
    wrong = {fault.column: f"{fault.problem}; expected {fault.expected}" for fault in faults}
    own = [name for name in stated if name not in FIELDS and name in declared]
    asked = [question for question in found.decision.questions if question.fact not in own] if found else []
    for name in own:
        yield _field(declared[name], stated[name], wrong.get(name, ""))
    for question in asked:
        if question.fact not in (*FIELDS, "value_jpy") and question.fact in declared:
            yield _field(declared[question.fact], "", "", question.text)


def _field(fact: Fact, value: str, fault: str, question: str = "") -> Field:
    choices = ("yes", "no") if fact.type == "yes_no" else fact.values
    unit = "" if fact.unit == "1" else fact.unit
    return Field(fact.name, question or fact.question, value, unit, choices, fault)


def _types(register: Register, stated: Mapping[str, str]) -> list[Any]:
    regime = register.regimes.get(stated.get("ship_from_country", ""))
    regimes = [regime] if regime else list(register.regimes.values())[:1]
    return sorted((row for each in regimes for row in each.licence_types), key=lambda row: row.rank)


def _titles(register: Register) -> dict[str, Any]:
    return {row.id: row for regime in register.regimes.values() for row in regime.licence_types}


@dataclass(frozen=True, slots=True)
class Result:
    """What came out of a file.

    Attributes:
        downloads: By format, the id under which the decisions wait.
    """

    name: str
    summary: Summary
    downloads: Mapping[str, str]
    lines: tuple[Mapping[str, Any], ...]


@router.post("/check/file")
async def check_file(request: Request) -> Response:
    """Decides the lines of a file that was dropped, and offers the decisions to be fetched."""
    settings: Settings = request.app.state.settings
    async with request.form(max_files=1, max_fields=10) as form:
        upload = form.get("file")
        if not isinstance(upload, UploadFile) or not upload.filename:
            raise InputInvalid([Fault("form", 0, "file", "there is no file", "a file of order lines")])
        name, content = upload.filename, await upload.read()
        known_on = day_of({"known_on": str(form.get("known_on", ""))}, "known_on")
    result = await request.app.state.slots.run(lambda: _result(request, settings, name, content, known_on))
    return page(request, "check_file.html", result=result, Answer=Answer, known_on=known_on)


_SHOWN = 200


def _result(
    request: Request, settings: Settings, name: str, content: bytes, known_on: dt.date | None
) -> Result:
    with order_file(content, name, settings.limits) as path:
        checker = Checker(settings.register, known_on, settings.rates, path.name)
        found = list(check_files([path], None, checker, Counted(settings.limits)))
        lines: list[Mapping[str, Any]] = []
        for batch in found:
            lines += batch.slice(0, max(_SHOWN - len(lines), 0)).to_pylist()
        downloads = keep_batches(request, found, f"{path.stem}-decisions")
        return Result(path.name, checker.summary, downloads, tuple(lines))


class Counted:
    """Stops when more lines were read than are taken."""

    def __init__(self, limits: Limits) -> None:
        self.limit, self.rows, self.weighed = limits.bulk_lines, 0, Weighed()

    def __call__(self, batch: Batch) -> None:
        """Counts a batch."""
        self.rows += len(batch.lines)
        if self.rows > self.limit:
            raise too_many_lines(self.limit)
        self.weighed.add(batch.columns.values())


@router.get("/kept/{name}")
def fetch(name: str, request: Request) -> Response:
    """A result that waits to be fetched: a table, or a picture."""
    found = request.app.state.kept.get(f"file:{name}")
    if found is None:
        raise Problem(410, "gone", "it is no longer kept; ask again, the answer is the same")
    headers = {"Cache-Control": "no-store"}
    if not found.media_type.startswith("image/"):
        headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(found.name)}"
    return Response(found.body, media_type=found.media_type, headers=headers)
