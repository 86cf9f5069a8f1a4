"""The application: the API, the pages and MCP behind one gate."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

from anyio import to_thread
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from sekisho import __version__
from sekisho.errors import SekishoError
from sekisho.web import api_routes, pages
from sekisho.web.bulk import Checkers
from sekisho.web.faults import DESCRIBED, described_fields, request_faults
from sekisho.web.guard import require_reader, require_same_site
from sekisho.web.jobs import Jobs
from sekisho.web.limits import Gate
from sekisho.web.mcp import mount
from sekisho.web.openapi import completed
from sekisho.web.pages.layout import error_page
from sekisho.web.problems import Problem, detail_of, problem_of, problem_response
from sekisho.web.settings import Settings
from sekisho.web.slots import Slots
from sekisho.web.store import Store

API = "/api/v1"
_STATIC = Path(__file__).parent / "static"
_DESCRIPTION = """\
Which export licence does an order line need on a day, why, and who says so?

Every answer carries `in_force_on`, `known_on`, the `register`'s fingerprint, what is
`not_covered`, and its `sources`. What is not stated is unknown, and unknown never becomes
"no licence needed". Errors are problem documents with stable codes. Nothing reads the clock:
days are parameters, in the time zone of the regulator.
"""


def create_app(settings: Settings) -> FastAPI:
    """The application of a server.

    Args:
        settings: The register that answers, who may write, and the limits.
    """
    app = FastAPI(
        title="Sekisho", version=__version__, description=_DESCRIPTION, lifespan=_lifespan,
        docs_url=None, redoc_url=None, openapi_url=f"{API}/openapi.json", license_info={"name": "Apache-2.0"},
    )  # fmt: skip
    limits = settings.limits
    app.state.settings = settings
    app.state.kept = Store(limits.kept_bytes, limits.kept_seconds, settings.clock)
    app.state.checkers = Checkers()
    app.state.slots = Slots(limits)
    app.state.jobs = Jobs(limits, settings.clock, settings.new_id)
    app.include_router(api_routes.router, prefix=API)
    app.include_router(pages.router, include_in_schema=False)
    app.mount("/static", StaticFiles(directory=_STATIC), name="static")
    app.state.mcp = mount(app, settings, app.state.slots)
    _handle_errors(app)
    described = app.openapi
    document = cache(lambda: completed(described(), API))
    app.openapi = document  # type: ignore[method-assign]  # as FastAPI's own documentation does
    app.middleware("http")(_guarded)
    app.add_middleware(GZipMiddleware, minimum_size=2000, compresslevel=4)
    app.add_middleware(Gate, settings=settings)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with AsyncExitStack() as stack:
        to_thread.current_default_thread_limiter().total_tokens = app.state.settings.limits.quick
        await stack.enter_async_context(app.state.mcp.session_manager.run())
        yield
        app.state.jobs.close()
        app.state.slots.close()


async def _guarded(request: Request, call_next: Any) -> Response:
    """Refuses who may not read at all, and writes that another site's page sends."""
    try:
        require_reader(request, request.app.state.settings)
        require_same_site(request)
    except Problem as problem:
        return _told(request, problem)
    response: Response = await call_next(request)
    return response


def _told(request: Request, problem: Problem) -> Response:
    """A problem as a document for programs, or as a page for people."""
    path = request.url.path
    wants_page = "text/html" in request.headers.get("accept", "")
    if wants_page and not path.startswith((API, "/mcp", "/static")):
        return error_page(request, problem)
    return problem_response(problem)


def _handle_errors(app: FastAPI) -> None:
    app.exception_handler(SekishoError)(_of_library)
    app.exception_handler(RequestValidationError)(_of_request)
    app.exception_handler(HTTPException)(_of_http)
    app.exception_handler(Exception)(_of_server)


async def _of_library(request: Request, error: Exception) -> Response:
    assert isinstance(error, SekishoError)  # noqa: S101  registered for it
    return _told(request, problem_of(error))


async def _of_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101  registered for it
    faults = request_faults(error.errors(), described_fields(request))
    return _told(request, Problem(422, "value_invalid", detail_of(faults), faults))


_OF_STATUS = {
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    413: "too_large",
    415: "unsupported_media_type",
}


async def _of_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  registered for it
    code = _OF_STATUS.get(error.status_code, "bad_request")
    headers = {name.replace("-", "_"): value for name, value in (error.headers or {}).items()}
    return _told(request, Problem(error.status_code, code, _detail(request, error), (), **headers))


def _detail(request: Request, error: HTTPException) -> str:
    """What is wrong in our words, where the library gives the name of the status only."""
    path, told = request.url.path, str(error.detail)
    if told != HTTPStatus(error.status_code).phrase:
        return told
    match error.status_code:
        case HTTPStatus.METHOD_NOT_ALLOWED:
            allowed = (error.headers or {}).get("Allow", "another method")
            return f"{request.method} {path}: this address is not asked so; expected {allowed}"
        case HTTPStatus.NOT_FOUND if path.startswith("/api/"):
            return f"{request.method} {path}: there is nothing; expected an address of {DESCRIBED}"
        case HTTPStatus.NOT_FOUND:
            return f"there is no page {path}; the menu leads to those that there are"
        case _:
            return told


async def _of_server(request: Request, _: Exception) -> Response:
    detail = "the fault is in the server, and is in its log; the request was not carried out"
    problem = Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "internal", detail, Connection="close")
    return _told(request, problem)
