"""What is wrong with a request, in the form of every other fault: what, where, and what was expected.

FastAPI and Pydantic find the faults; their words are for who wrote the models. Which field is at
fault, its value, and what it takes is said here in our own.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from fastapi import Request

from sekisho.errors import Fault, ValueInvalid
from sekisho.register.register import nearest

DESCRIBED = "/api/v1/openapi.json"
_MOST = 100
"""So many faults are worth reading."""
_SHOWN = 60
_CELL = frozenset({"str", "float", "int", "bool", "list[str]"})
"""How Pydantic names what a cell may be; it tells a fault for each."""
_AN_OBJECT = "one JSON object, sent as application/json"
_A_CELL = "a text, a number, true, false, null or a list of texts"
PATTERNS: dict[str, str] = {
    r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$": "1 to 80 of A-Z a-z 0-9 . _ - with a letter or number first",
    r"^(open|accepted|rejected)?$": "open, accepted or rejected",
}
"""What the patterns of fields mean, in words."""


def request_faults(errors: Iterable[Mapping[str, Any]], described: Mapping[str, str]) -> list[Fault]:
    """The faults of a request, each place once.

    Args:
        errors: What Pydantic found.
        described: What each field takes, by its place, such as ``body.text``.
    """
    found: dict[str, Fault] = {}
    for error in errors:
        fault = _fault(error, described)
        found.setdefault(fault.column, fault)
    return list(found.values())[:_MOST]


def described_fields(request: Request) -> Mapping[str, str]:
    """What each field of a request takes, by its place, as the OpenAPI document says it."""
    path = getattr(request.scope.get("route"), "path_format", "") or "?"
    document = request.app.openapi()
    methods: Mapping[str, Any] = next(
        (found for name, found in document["paths"].items() if name.endswith(path)), {}
    )
    operation = methods.get(request.method.lower(), {})
    found = {
        f"{one['in']}.{one['name']}": one.get("description", "") for one in operation.get("parameters", ())
    }
    for content in operation.get("requestBody", {}).get("content", {}).values():
        schema = content.get("schema", {})
        name = schema.get("$ref", "").rpartition("/")[2]
        found |= schema_fields(document["components"]["schemas"].get(name, schema), "body.")
    return found


def schema_fields(schema: Mapping[str, Any], place: str = "") -> Mapping[str, str]:
    """What each field of a JSON schema takes, by its place."""
    fields = schema.get("properties", {})
    return {f"{place}{name}": field.get("description", "") for name, field in fields.items()}


def _fault(error: Mapping[str, Any], described: Mapping[str, str]) -> Fault:
    parts = [_writable(str(part)) for part in error["loc"]]
    cell = max((at for at, part in enumerate(parts) if at and part in _CELL), default=0)
    value = _shown(error.get("input"))
    if cell:
        return Fault("request", 0, ".".join(parts[:cell]), f"{value} is no cell", _A_CELL)
    if error["type"] == "json_invalid":
        at = f" at character {parts[-1]}" if parts[-1:] and parts[-1].isdigit() else ""
        why = str(error.get("ctx", {}).get("error", ""))
        return Fault("request", 0, "".join(parts[:1]), f"it is not JSON: {why}{at}", _AN_OBJECT)
    place = ".".join(parts)
    problem, expected = _told(error, place, value, described)
    return Fault("request", 0, place, problem, expected)


def _told(error: Mapping[str, Any], place: str, value: str, described: Mapping[str, str]) -> tuple[str, str]:
    """What is wrong and what was expected."""
    limits: Mapping[str, Any] = error.get("ctx", {})
    cause = limits.get("error")
    takes = _plain(described.get(place, "")) or f"it as {DESCRIBED} describes it"
    match error["type"]:
        case "missing":
            return "it is missing", takes if place != "body" else _AN_OBJECT
        case "string_too_short" if not error["input"]:
            return "it is empty", takes
        case "extra_forbidden":
            return "there is no such field", _fields(place, described)
        case "value_error" if isinstance(cause, ValueInvalid):
            return cause.problem, cause.expected
        case kind if kind in _TOLD:
            problem, expected = _TOLD[kind](value, limits)
            return problem, expected
        case _:
            return f"{value}: {error['msg']}", f"what {DESCRIBED} describes"


_Words = Callable[[str, Mapping[str, Any]], tuple[str, str]]


def _kinds(names: str, problem: str, expected: str) -> Iterator[tuple[str, _Words]]:
    """The same words for several kinds of fault; ``{v}`` is the value, a name a limit."""
    for name in names.split():
        yield name, lambda value, limits: (problem.format(v=value, **limits), expected.format(**limits))


_TOLD: Mapping[str, _Words] = dict(
    [
        *_kinds("string_type string_unicode", "{v} is not a text", "a text in quotes"),
        *_kinds("int_type int_parsing int_from_float", "{v} is not a whole number", "a whole number"),
        *_kinds("float_type float_parsing finite_number", "{v} is not a number", "a number"),
        *_kinds("bool_type bool_parsing", "{v} is neither true nor false", "true or false"),
        *_kinds("list_type", "{v} is not a list", "a list"),
        *_kinds(
            "dict_type model_type model_attributes_type", "{v} is not an object", _AN_OBJECT
        ),
        *_kinds("literal_error enum", "{v} is not allowed here", "{expected}"),
        *_kinds("greater_than_equal", "{v} is too small", "a number of at least {ge}"),
        *_kinds("greater_than", "{v} is too small", "a number above {gt}"),
        *_kinds("less_than_equal", "{v} is too large", "a number of at most {le}"),
        *_kinds("less_than", "{v} is too large", "a number below {lt}"),
        *_kinds("string_too_short", "{v} is too short", "a text of at least {min_length} characters"),
        *_kinds("string_too_long", "{v} is too long", "a text of at most {max_length:,} characters"),
        *_kinds("too_long", "the list is too long", "at most {max_length:,} entries"),
        *_kinds("too_short", "the list is too short", "{min_length:,} entries or more"),
        (
            "string_pattern_mismatch",
            lambda value, limits: (
                f"{value} is not allowed here",
                PATTERNS.get(limits["pattern"], f"a text of the form {limits['pattern']}"),
            ),
        ),
    ]
)  # fmt: skip
"""Problem and expectation of each type of Pydantic's errors, of a value and its limits."""


def _shown(value: object) -> str:
    """A value as JSON, cut where it is long."""
    value = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
    text = _writable(json.dumps(value, ensure_ascii=False, default=str))
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def _writable(text: str) -> str:
    """A text without halves of pairs, which no answer can carry."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _plain(description: str) -> str:
    """A description as the end of a sentence."""
    words = description.strip().removesuffix(".")
    return words[:1].lower() + words[1:] if words[1:2].islower() or words[1:2] == " " else words


def _fields(place: str, described: Mapping[str, str]) -> str:
    """The fields that may stand beside one that is not known, the nearest first."""
    beside, _, name = place.rpartition(".")
    names = [one.rpartition(".")[2] for one in described if one.rpartition(".")[0] == beside]
    like = nearest(name, names)
    hint = f". Did you mean {' or '.join(like)}?" if like else ""
    return f"one of {', '.join(names)}{hint}" if names else f"what {DESCRIBED} describes"
