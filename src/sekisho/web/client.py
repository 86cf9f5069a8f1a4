"""A thin client of the HTTP API, typed as far as its answers are.

>>> from sekisho.web.client import Client
>>> with Client("http://127.0.0.1:8350") as sekisho:  # doctest: +SKIP
...     sekisho.check([{"ship_from_country": "JP", "destination_country": "KR", "code": "7(19)"}])
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, NotRequired, Self, TypedDict, cast
from urllib.parse import quote

import httpx
import pyarrow as pa

from sekisho.determine.frames import like, to_arrow
from sekisho.errors import SekishoError

_ARROW = "application/vnd.apache.arrow.stream"
Cells = Mapping[str, str | float | bool | Sequence[str] | None]


class Source(TypedDict):
    """A text that says something."""

    id: str
    title: str
    publisher: str
    kind: str
    published: str | None
    url: str
    language: str


class Answered(TypedDict):
    """What every answer carries."""

    in_force_on: str | None
    known_on: str | None
    register: str
    register_version: str
    scenario: str
    engine_version: str
    not_covered: list[str]
    sources: list[Source]


class Question(TypedDict):
    """A fact that is missing, and how to ask for it."""

    fact: str
    text: str


class Fault(TypedDict):
    """One thing wrong in one place."""

    file: str
    line: int
    column: str
    problem: str
    expected: str


class Result(TypedDict):
    """The answer for one line."""

    transaction_id: NotRequired[str]
    line_id: NotRequired[str]
    line: int
    answer: str
    licence_types: list[str]
    usable_licence: str
    rules: list[str]
    sources: list[str]
    questions: list[Question]
    review_days: int | None
    confidence: str
    not_covered: list[str]
    in_force_on: str | None
    known_on: str | None
    register: str
    explanation: str
    faults: NotRequired[list[Fault]]


class Checks(Answered):
    """Every line with its answer."""

    id: str
    summary: dict[str, Any]
    results: list[Result]


class Job(Answered):
    """A job and how far it is."""

    id: str
    kind: str
    state: str
    progress: float
    doing: str
    problem: dict[str, Any] | None


class Refused(SekishoError):
    """The server refused a request.

    Attributes:
        code: The stable code of the problem.
        faults: What is wrong, place by place.
    """

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        self.http_status = status
        self.code = str(problem.get("code", "internal"))
        self.faults: list[Fault] = list(problem.get("faults", []))
        super().__init__(str(problem.get("detail") or problem.get("title") or f"HTTP {status}"))


class Client:
    """Calls a server.

    Args:
        url: Where it answers.
        token: The token for writing, if needed.
        timeout: Seconds to wait for an answer.
        transport: Another way to send requests, for tests.
    """

    def __init__(
        self,
        url: str,
        *,
        token: str = "",
        timeout: float = 120.0,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        base = f"{url.rstrip('/')}/api/v1"
        self._http = httpx.Client(base_url=base, headers=headers, timeout=timeout, transport=transport)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Hangs up."""
        self._http.close()

    def check(
        self, lines: Iterable[Cells], *, known_on: dt.date | None = None,
        columns: Sequence[str] | None = None, key: str | None = None,
    ) -> Checks:  # fmt: skip
        """Decides order lines; lines with faults come back undetermined with their faults.

        Args:
            lines: One mapping for each line, cells by column name.
            known_on: By what was known on this day; all that is recorded if not given.
            columns: The fields of each result; all if not given.
            key: An idempotency key.

        Raises:
            Refused: If the server refuses the whole request.
        """
        asked = {"lines": [dict(line) for line in lines], "known_on": known_on and known_on.isoformat()}
        headers = {"Idempotency-Key": key} if key else {}
        more = {"columns": list(columns)} if columns is not None else {}
        return cast("Checks", self._post("/checks", {**asked, **more}, headers))

    def check_frame(
        self, frame: Any, *, known_on: dt.date | None = None, columns: Sequence[str] | None = None
    ) -> Any:
        """Decides the order lines of a pandas, Polars or Arrow frame, in bulk; gives the same kind back.

        Raises:
            Refused: If the server refuses the whole request.
        """
        table = to_arrow(frame)
        held = pa.BufferOutputStream()
        with pa.ipc.new_stream(held, table.schema) as stream:
            stream.write_table(table)
        params = _stated(known_on=known_on, columns=",".join(columns) if columns is not None else None)
        answer = self._http.post(
            "/checks", content=held.getvalue().to_pybytes(), params=params,
            headers={"Content-Type": _ARROW, "Accept": _ARROW},
        )  # fmt: skip
        _require(answer)
        return like(frame, pa.ipc.open_stream(answer.content).read_all())

    def explain(self, line: Cells, *, known_on: dt.date | None = None) -> dict[str, Any]:
        """One order line with every rule that was read, and what would change its answer."""
        asked = {"line": dict(line), "known_on": known_on and known_on.isoformat()}
        return self._post("/explanations", asked)

    def matrix(
        self,
        in_force_on: dt.date,
        *,
        known_on: dt.date | None = None,
        country: str = "JP",
        apart: Sequence[str] = (),
    ) -> dict[str, Any]:
        """The licence matrix of a day."""
        return self._get(
            "/law/matrix", in_force_on=in_force_on, known_on=known_on, country=country, apart=list(apart)
        )

    def rules(self, in_force_on: dt.date, **asked: Any) -> dict[str, Any]:
        """The rows of law that stand on a day; parameters as the API names them."""
        return self._get("/law/rules", in_force_on=in_force_on, **asked)

    def differences(self, first: dt.date, second: dt.date, **asked: Any) -> dict[str, Any]:
        """The rows of law that two days differ in."""
        return self._get("/differences", first=first, second=second, **asked)

    def timeline(self, between: Sequence[str] = (), **asked: Any) -> dict[str, Any]:
        """What happened, oldest first."""
        return self._get("/timeline", between=list(between), **asked)

    def dossiers(self, between: Sequence[str] = ()) -> dict[str, Any]:
        """What is followed."""
        return self._get("/dossiers", between=list(between))

    def dossier(self, name: str, in_force_on: dt.date, *, known_on: dt.date | None = None) -> dict[str, Any]:
        """Where a dossier stood on a day."""
        return self._get(f"/dossiers/{name}", in_force_on=in_force_on, known_on=known_on)

    def event(self, name: str) -> dict[str, Any]:
        """One event."""
        return self._get(f"/events/{name}")

    def coming(self, in_force_on: dt.date, *, known_on: dt.date | None = None) -> dict[str, Any]:
        """What is known and still to come."""
        return self._get("/coming", in_force_on=in_force_on, known_on=known_on)

    def read(
        self,
        text: str,
        *,
        name: str = "text",
        published_on: str | None = None,
        least_confidence: float | None = None,
        keep: bool = False,
    ) -> dict[str, Any]:
        """The dated events that a text tells, held against the record; apart what is less sure."""
        asked = {"published_on": published_on or None, "least_confidence": least_confidence}
        told = {given: value for given, value in asked.items() if value is not None}
        return self._post("/readings", {"text": text, "name": name, "keep": keep, **told})

    def proposals(self, state: str = "") -> dict[str, Any]:
        """What waits on the desk."""
        return self._get("/proposals", state=state)

    def decide(  # noqa: PLR0913  what a decision is made of
        self,
        proposal: str,
        verdict: str,
        *,
        by: str,
        reason: str,
        on: dt.date,
        dossier: str = "",
        announced: dt.date | None = None,
        key: str | None = None,
    ) -> dict[str, Any]:
        """Accepts or rejects a proposal; ``announced`` is the day of an act whose text tells none."""
        asked = {"verdict": verdict, "by": by, "reason": reason, "on": on.isoformat(), "dossier": dossier}
        asked |= {"announced": announced.isoformat()} if announced is not None else {}
        headers = {"Idempotency-Key": key} if key else {}
        return self._post(f"/proposals/{quote(proposal, safe='')}/decisions", asked, headers)

    def impact(
        self, lines: Iterable[Cells], *, event: str = "", before: dt.date | None = None,
        after: dt.date | None = None, scenario: str = "", known_on: dt.date | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        """The order lines that a change of the law flips."""
        asked = {"lines": [dict(line) for line in lines], "event": event, "scenario": scenario}
        return self._post("/impacts", {**asked, **_stated(before=before, after=after, known_on=known_on)})

    def expose(
        self, network: Path, *, orders: Path | None = None, key: str | None = None, **asked: Any
    ) -> Job:
        """Starts a job that works out how long the sites of a network last.

        Args:
            network: A folder of tables, or a zip archive of them.
            orders: A file of order lines.
            key: An idempotency key.
            asked: What else the API takes, such as ``event`` or ``draws``.
        """
        paths = (
            sorted(path for path in network.iterdir() if path.is_file()) if network.is_dir() else [network]
        )
        files = [("network", (path.name, path.read_bytes())) for path in paths]
        files += [("orders", (orders.name, orders.read_bytes()))] if orders is not None else []
        headers = {"Idempotency-Key": key} if key else {}
        answer = self._http.post("/exposures", files=files, data=_stated(**asked), headers=headers)
        return cast("Job", _require(answer))

    def job(self, name: str) -> Job:
        """How far a job is."""
        return cast("Job", self._get(f"/jobs/{name}"))

    def cancel(self, name: str) -> Job:
        """Tells a job to stop."""
        answer = self._http.delete(f"/jobs/{name}")
        return cast("Job", _require(answer))

    def wait(self, name: str, *, every: float = 0.5) -> dict[str, Any]:
        """The result of a job, when it has finished.

        Raises:
            Refused: If it failed or was cancelled.
        """
        while self.job(name)["state"] in {"waiting", "running"}:
            time.sleep(every)
        return self._get(f"/jobs/{name}/result")

    def _get(self, path: str, **params: Any) -> dict[str, Any]:
        return _require(self._http.get(path, params=_stated(**params)))

    def _post(self, path: str, body: Mapping[str, Any], headers: Mapping[str, str] = {}) -> dict[str, Any]:
        told = {name: value for name, value in body.items() if value is not None}
        return _require(self._http.post(path, json=told, headers=dict(headers)))


def _stated(**params: Any) -> dict[str, Any]:
    found = {name: value for name, value in params.items() if value not in (None, [], "")}
    return {name: value.isoformat() if isinstance(value, dt.date) else value for name, value in found.items()}


def _require(answer: httpx.Response) -> dict[str, Any]:
    """The body of an answer.

    Raises:
        Refused: If the server refused.
    """
    kind = answer.headers.get("content-type", "")
    if answer.is_error:
        raise Refused(answer.status_code, answer.json() if "json" in kind else {"detail": answer.text[:500]})
    return cast("dict[str, Any]", answer.json()) if "json" in kind else {}
