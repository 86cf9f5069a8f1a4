"""Errors as documents: every error has a code, and every code is documented."""

from __future__ import annotations

from pathlib import Path

import pytest

from sekisho import errors
from sekisho.errors import Fault
from sekisho.problems import TITLES, code_of, document, faults_of

DOCS = Path(__file__).parent.parent / "docs" / "reference" / "errors.md"
FAULT = Fault("orders.csv", 3, "code", "'x' is no item", "an item")
DAY = Fault("here", 0, "", "'x' is no day", "a day")
CODES = [
    (errors.InputInvalid([FAULT]), "input_invalid", (FAULT,)),
    (errors.RegisterInvalid([FAULT]), "register_invalid", (FAULT,)),
    (errors.NotFound("event", "x"), "not_on_record", ()),
    (errors.ValueInvalid("'x' is no day", "a day"), "value_invalid", (DAY,)),
    (errors.OutputRefused("x", "it is the input", "another"), "cannot_write", ()),
    (errors.DependencyMissing("highspy", "exposure", "it solves"), "dependency_missing", ()),
    (errors.ModelRefused("a case", "unbounded"), "model_refused", ()),
    (errors.ConditionInvalid("a >", 3, "it ends here", "a value"), "bad_request", ()),
]  # fmt: skip


@pytest.mark.parametrize(("error", "code", "faults"), CODES, ids=lambda case: type(case).__name__)
def test_an_error_has_a_code_and_its_faults(
    error: errors.SekishoError, code: str, faults: tuple[Fault, ...]
) -> None:
    assert (code_of(error), faults_of(error, "here")) == (code, faults)


def test_a_document_has_every_field_of_every_fault() -> None:
    found = document("input_invalid", "T", "D", [FAULT], exit_code=2)
    assert found["faults"] == [
        {
            "file": "orders.csv",
            "line": 3,
            "column": "code",
            "problem": "'x' is no item",
            "expected": "an item",
        }
    ]
    assert (found["type"], found["exit_code"]) == ("urn:sekisho:problem:input_invalid", 2)


def test_every_code_of_the_command_line_is_documented() -> None:
    text = DOCS.read_text("utf-8")
    assert [code for code in TITLES if f"| `{code}` |" not in text] == []
