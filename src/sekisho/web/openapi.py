"""The OpenAPI document: problems as they are sent, examples for every address, and who may write."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

from sekisho.web.problems import CODES, MEDIA_TYPE

WRITES = frozenset({("post", "/readings"), ("post", "/proposals/{name}/decisions")})
"""What needs the token; reading does only where a server is started with ``--protect-all``."""
NAMES = {
    "/checks/": "0123456789abcdef0123456789abcdef",
    "/dossiers/": "gsomia",
    "/events/": "jp-three-materials-individual",
    "/records/": "7(19)",
    "/jobs/": "Zk3v0b1s9mQ2",
    "/proposals/": "article-1:1",
}
"""An id of each kind of thing, as an example."""
_PROBLEM = {
    400: "input_invalid", 401: "sign_in_needed", 403: "other_site", 404: "not_on_record",
    409: "not_ready", 410: "gone", 413: "too_large", 415: "unsupported_media_type",
    422: "value_invalid", 503: "too_busy",
}  # fmt: skip
ANSWERS = Path(__file__).parent / "answers.json"
"""Answers that a server gave, their lists cut to the first; a test writes them and holds them valid."""


def answers() -> Mapping[str, Any]:
    """An example of an answer for each ``method path status``."""
    found: Mapping[str, Any] = json.loads(ANSWERS.read_text(encoding="utf-8"))
    return found


def completed(document: dict[str, Any], root: str) -> dict[str, Any]:
    """The document that FastAPI made, with what it cannot know.

    Args:
        document: As FastAPI makes it; it is changed.
        root: Where the API stands, such as ``/api/v1``.
    """
    parts = document["components"]
    parts["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "sekisho serve prints it, or takes one."}
    }
    for unused in ("HTTPValidationError", "ValidationError"):
        parts["schemas"].pop(unused, None)
    examples = answers()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            _complete(path.removeprefix(root), method, operation, examples)
    return document


def _complete(path: str, method: str, operation: dict[str, Any], examples: Mapping[str, Any]) -> None:
    for status, answer in operation["responses"].items():
        if int(status) >= 400:  # noqa: PLR2004  the statuses of problems
            _tell_problem(method, int(status), answer)
        elif f"{method} {path} {status}" in examples:
            answer["content"]["application/json"]["example"] = examples[f"{method} {path} {status}"]
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "path":
            parameter["example"] = next(name for start, name in NAMES.items() if path.startswith(start))
    if (method, path) in WRITES:
        operation["security"] = [{"token": []}, {}] if path == "/readings" else [{"token": []}]


def _tell_problem(method: str, status: int, answer: dict[str, Any]) -> None:
    code = _PROBLEM[status] if (method, status) != ("post", HTTPStatus.CONFLICT) else "key_in_use"
    example = {
        "type": f"urn:sekisho:problem:{code}", "title": CODES[code], "status": status, "code": code,
        "detail": CODES[code], "faults": [],
    }  # fmt: skip
    schema = {"$ref": "#/components/schemas/ProblemOut"}
    answer["content"] = {MEDIA_TYPE: {"schema": schema, "example": example}}
