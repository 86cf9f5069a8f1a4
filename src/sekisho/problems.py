"""An error as a document with stable fields, for the API (RFC 9457) and for ``--json``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sekisho.errors import (
    DependencyMissing,
    Fault,
    InputInvalid,
    ModelRefused,
    NotFound,
    OutputRefused,
    RegisterInvalid,
    SekishoError,
    ValueInvalid,
)

TITLES: Mapping[str, str] = {
    "bad_request": "The request cannot be read",
    "input_invalid": "The input has faults",
    "value_invalid": "A value is not what its field takes",
    "not_on_record": "What was asked for is not on record",
    "cannot_write": "The answer cannot be kept",
    "register_invalid": "The register has faults",
    "dependency_missing": "A package that this needs is not installed",
    "model_refused": "A model could not be solved",
    "stopped": "The work was stopped",
}
"""The codes of what the library and the command line can meet, with their titles."""


def code_of(error: SekishoError) -> str:
    """The stable code of an error of the library."""
    return next((code for kind, code in _CODES if isinstance(error, kind)), "bad_request")


_CODES: tuple[tuple[type[SekishoError], str], ...] = (
    (InputInvalid, "input_invalid"),
    (RegisterInvalid, "register_invalid"),
    (NotFound, "not_on_record"),
    (ValueInvalid, "value_invalid"),
    (OutputRefused, "cannot_write"),
    (DependencyMissing, "dependency_missing"),
    (ModelRefused, "model_refused"),
)


def faults_of(error: SekishoError, place: str) -> tuple[Fault, ...]:
    """Every fault that an error names; one value that is wrong stands at ``place``."""
    match error:
        case InputInvalid() | RegisterInvalid():
            return error.faults
        case ValueInvalid():
            return (Fault(place, 0, "", error.problem, error.expected),)
        case _:
            return ()


def document(code: str, title: str, detail: str, faults: Iterable[Fault], **status: int) -> dict[str, Any]:
    """The document of a problem.

    Args:
        code: Its stable code.
        title: What kind of problem it is.
        detail: What is wrong this time, in words.
        faults: Every place that is at fault.
        status: ``status`` of HTTP, or ``exit_code`` of the command line.
    """
    return {
        "type": f"urn:sekisho:problem:{code}",
        "title": title,
        **status,
        "code": code,
        "detail": detail,
        "faults": [fault_fields(fault) for fault in faults],
    }


def fault_fields(fault: Fault) -> dict[str, Any]:
    """One fault by field; the value is in the problem, the advice in what was expected."""
    return {
        "file": fault.file, "line": fault.line, "column": fault.column,
        "problem": fault.problem, "expected": fault.expected,
    }  # fmt: skip
