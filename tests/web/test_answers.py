"""Examples of answers in the OpenAPI document: real ones, cut short, and valid by their schemas.

Run as ``python -m tests.web.test_answers`` it asks a server anew and writes the examples.
"""

from __future__ import annotations

import json
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest

from sekisho.register.open import open_register
from sekisho.register.register import Register
from sekisho.web.app import create_app
from sekisho.web.exposures import template_zip
from sekisho.web.openapi import ANSWERS, answers
from sekisho.web.settings import Limits

from .conftest import ARTICLE, LINE, TOKEN, Served, settings_for

API = "/api/v1"
EVENT = "jp-three-materials-individual"
DAY = "in_force_on=2019-07-04"
WRONG = {**LINE, "line_id": "20", "destination_country": "Koreaa"}


def _operations(document: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [
        (f"{method} {path.removeprefix(API)} {status}", answer["content"]["application/json"])
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        for status, answer in operation["responses"].items()
        if int(status) < 400 and "application/json" in answer.get("content", {})
    ]


@pytest.fixture(scope="module")
def document(register: Register, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    found: dict[str, Any] = create_app(settings_for(register, tmp_path_factory.mktemp("described"))).openapi()
    return found


def test_every_answer_has_an_example_that_is_valid(document: dict[str, Any]) -> None:
    operations = _operations(document)
    assert [name for name, content in operations if "example" not in content] == []
    for _, content in operations:
        schema = {**content["schema"], "components": document["components"]}
        jsonschema.validate(content["example"], schema)


def test_no_example_is_of_an_address_that_is_gone(document: dict[str, Any]) -> None:
    assert sorted(answers()) == sorted(name for name, _ in _operations(document))


def _short(value: Any) -> Any:
    """Lists cut to their first, so that an example can be read."""
    if isinstance(value, dict):
        return {key: _short(one) for key, one in value.items()}
    return [_short(one) for one in value[:1]] if isinstance(value, list) else value


def _asked(api: httpx.Client) -> dict[str, Any]:
    """An answer of every address."""
    two = {"lines": [WRONG, LINE]}
    checks = api.post("/checks", json={"lines": [LINE]}).json()
    api.post("/readings", json={"text": ARTICLE, "name": "article", "keep": True})
    waiting = api.get("/proposals").json()
    name = waiting["proposals"][0]["id"]
    job = api.post("/exposures", files=[("network", ("n.zip", template_zip()))], data={"event": EVENT}).json()
    while (state := api.get(f"/jobs/{job['id']}").json())["state"] in {"waiting", "running"}:
        time.sleep(0.05)
    decided = {"verdict": "accepted", "by": "A. Mori", "reason": "METI notice seen", "on": "2019-07-02"}
    return {
        "get /about 200": api.get("/about").json(),
        "post /checks 200": checks,
        "post /checks 207": api.post("/checks", json=two).json(),
        "get /checks/{name} 200": api.get(f"/checks/{checks['id']}").json(),
        "post /explanations 200": api.post("/explanations", json={"line": LINE}).json(),
        "get /law/matrix 200": api.get(f"/law/matrix?{DAY}").json(),
        "get /law/rules 200": api.get(f"/law/rules?{DAY}&destination=KR").json(),
        "get /differences 200": api.get("/differences?first=2019-07-03&second=2019-07-04").json(),
        "get /timeline 200": api.get("/timeline?between=JP&between=KR&since=2019-07-01").json(),
        "get /dossiers 200": api.get("/dossiers").json(),
        "get /dossiers/{name} 200": api.get(f"/dossiers/gsomia?{DAY}").json(),
        "get /events/{name} 200": api.get(f"/events/{EVENT}").json(),
        "get /coming 200": api.get("/coming?in_force_on=2019-07-10").json(),
        "get /records/{name} 200": api.get("/records/7(19)").json(),
        "post /impacts 200": api.post("/impacts", json={"lines": [LINE], "event": EVENT}).json(),
        "post /exposures 202": job,
        "get /jobs/{name} 200": state,
        "get /jobs/{name}/result 200": api.get(f"/jobs/{job['id']}/result").json(),
        "delete /jobs/{name} 200": api.delete(f"/jobs/{job['id']}").json(),
        "post /readings 200": api.post("/readings", json={"text": ARTICLE}).json(),
        "get /proposals 200": waiting,
        "get /proposals/{name} 200": api.get(f"/proposals/{name}").json(),
        "post /proposals/{name}/decisions 200": api.post(f"/proposals/{name}/decisions", json=decided).json(),
    }


def _write() -> None:
    with tempfile.TemporaryDirectory() as folder:
        served = Served(settings_for(open_register(), Path(folder), limits=Limits()))
        served.start()
        headers = {"Authorization": f"Bearer {TOKEN}"}
        with httpx.Client(base_url=served.url + API, timeout=60, headers=headers) as api:
            told = _short(_asked(api))
        served.stop()
    text = json.dumps(told, ensure_ascii=False, indent=1)
    ANSWERS.write_text(text.replace(folder, "").rstrip() + "\n", encoding="utf-8")


if __name__ == "__main__":
    _write()
