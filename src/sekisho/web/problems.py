"""Errors as problem documents (RFC 9457) with stable codes; people get the same in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from starlette.responses import JSONResponse

from sekisho import problems
from sekisho.errors import Fault, RegisterInvalid, SekishoError
from sekisho.problems import TITLES, code_of, faults_of
from sekisho.problems import fault_fields as fault_fields  # noqa: PLC0414  pages and answers take it from here

MEDIA_TYPE = "application/problem+json"
CODES: Mapping[str, str] = {
    **{code: title for code, title in TITLES.items() if code != "stopped"},
    "not_found": "There is no such page or resource",
    "method_not_allowed": "This address does not take this method",
    "not_acceptable": "No format that was asked for can be given",
    "sign_in_needed": "This needs the token of the server",
    "other_site": "The request comes from another site",
    "unknown_host": "This server does not answer under that name",
    "too_large": "The body is larger than is taken",
    "too_many_lines": "There are more lines than are taken at once",
    "too_slow_body": "The body took too long to arrive",
    "too_slow": "The answer took too long to work out",
    "too_busy": "The server is busy",
    "key_reused": "The idempotency key was used for another request",
    "key_in_use": "The first request with the idempotency key is still being answered",
    "unsupported_media_type": "A body of this type is not taken",
    "gone": "The result is no longer kept",
    "not_ready": "The job has not finished",
    "internal": "The server failed",
}
"""Every code with its title. Codes stay; titles may be worded better."""


class Problem(SekishoError):
    """A fault of a request that only a server can meet."""

    def __init__(
        self, status: int, code: str, detail: str, faults: Iterable[Fault] = (), **headers: str
    ) -> None:
        self.http_status, self.code, self.detail = status, code, detail
        self.faults = tuple(faults)
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}
        super().__init__(detail)


def detail_of(faults: Sequence[Fault]) -> str:
    """The first faults of a request in words, one a line."""
    more = [f"and {len(faults) - _TOLD} more"] if len(faults) > _TOLD else []
    return "\n".join([*map(str, faults[:_TOLD]), *more])


_TOLD = 5


def problem_of(error: SekishoError) -> Problem:
    """A library's error as a problem."""
    match error:
        case Problem():
            return error
        case RegisterInvalid():  # of a scenario that came with the request
            return Problem(422, code_of(error), str(error), error.faults)
        case _:
            return Problem(error.http_status, code_of(error), str(error), faults_of(error, "request"))


def document(problem: Problem) -> dict[str, Any]:
    """The problem document."""
    title = CODES[problem.code]
    return problems.document(problem.code, title, problem.detail, problem.faults, status=problem.http_status)


def problem_response(problem: Problem) -> JSONResponse:
    """The answer of an API to a problem."""
    return JSONResponse(
        document(problem), problem.http_status, headers=problem.headers, media_type=MEDIA_TYPE
    )


def busy() -> Problem:
    """Too many long computations are asked for at the same time."""
    detail = "as many long computations as are taken already run or wait; try again in a moment"
    return Problem(503, "too_busy", detail, Retry_After="2")


def too_large(limit: int) -> Problem:
    """The body is larger than is taken."""
    detail = f"a body of at most {limit:,} bytes is taken; send the lines in several requests"
    return Problem(413, "too_large", detail, Connection="close")


def too_heavy(limit: int) -> Problem:
    """The cells of an upload come to more than is taken, however few bytes it has."""
    detail = f"its cells come to more than {limit:,} bytes when each is written out; send fewer lines at once"
    return Problem(413, "too_large", detail)


def too_many_lines(limit: int) -> Problem:
    """There are more order lines than are taken at once."""
    detail = f"at most {limit:,} lines are taken at once; send the rest in another request"
    return Problem(413, "too_many_lines", detail)
