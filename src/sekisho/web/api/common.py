"""What the routes share: the settings at hand, query parameters, and the problems they may answer with."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any

from fastapi import Depends, Query, Request

from sekisho.register.register import Register
from sekisho.web.api.models import Day, ProblemOut
from sekisho.web.guard import Writer, require_writer
from sekisho.web.settings import Settings

_PROBLEM = {"model": ProblemOut, "content": {"application/problem+json": {}}}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The problems that a route may answer with, for the OpenAPI document."""
    return {status: {**_PROBLEM, "description": _TOLD[status]} for status in statuses}


_TOLD = {
    400: "The input has faults, or the request cannot be read.",
    401: "The token of the server is needed.",
    403: "The request comes from another site.",
    404: "It is not on record, or there is no such thing.",
    409: "It is not ready, or stands against what is there.",
    410: "It is no longer kept.",
    413: "There is more than is taken at once.",
    415: "A body of this type is not taken.",
    422: "A value is not what its field takes.",
    503: "The server is busy, or the answer took too long.",
}


def settings_of(request: Request) -> Settings:
    """The settings of the server."""
    found: Settings = request.app.state.settings
    return found


def register_of(request: Request) -> Register:
    """The register that answers."""
    return settings_of(request).register


def writer_of(request: Request) -> Writer:
    """Who asks, where only those may ask who may write."""
    return require_writer(request, settings_of(request))


def digest(register: Register, *parts: Any) -> str:
    """An id that follows from a request and the register, and so is the same for the same."""
    told = json.dumps([register.fingerprint, *parts], sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:32]


TheRegister = Annotated[Register, Depends(register_of)]
TheSettings = Annotated[Settings, Depends(settings_of)]
TheWriter = Annotated[Writer, Depends(writer_of)]
InForceOn = Annotated[Day, Query(description="The day asked about.", examples=["2019-07-04"])]
KnownOn = Annotated[
    Day | None,
    Query(description="By what was known on this day; else by all on record.", examples=["2019-07-04"]),
]
Limit = Annotated[int, Query(ge=1, le=1000, description="At most so many.")]
Offset = Annotated[int, Query(ge=0, le=1_000_000, description="After so many.")]
