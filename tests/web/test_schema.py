"""Requests made up from the OpenAPI document: none makes the server fail, and answers keep their form."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from sekisho.register.register import Register
from sekisho.web.app import create_app
from sekisho.web.settings import Settings

from .conftest import Served

pytestmark = pytest.mark.filterwarnings("ignore")


def _operations(served: Served) -> list[Any]:
    schema = schemathesis.openapi.from_url(f"{served.url}/api/v1/openapi.json")
    return [found.ok() for found in schema.get_all_operations()]


def _paths() -> list[str]:
    from sekisho.register.open import open_register  # noqa: PLC0415  needed before there are fixtures

    register: Register = open_register()
    document = create_app(Settings(register=register, base=register)).openapi()
    return [f"{method.upper()} {path}" for path, methods in document["paths"].items() for method in methods]


@pytest.mark.parametrize("name", _paths())
def test_no_request_makes_the_server_fail(served: Served, name: str) -> None:
    operation = next(one for one in _operations(served) if f"{one.method.upper()} {one.path}" == name)

    @settings(
        max_examples=8, derandomize=True, deadline=None, database=None,
        phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        case.call_and_validate(
            checks=[not_a_server_error, content_type_conformance, response_schema_conformance],
            base_url=served.url, timeout=30,
        )  # fmt: skip

    ask()
