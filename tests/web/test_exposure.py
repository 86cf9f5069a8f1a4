"""Exposure over HTTP: a job with progress, cancel and result; networks that are wrong are told in words."""

from __future__ import annotations

import io
import time
import zipfile
from pathlib import Path
from typing import Any

import httpx
import pytest

from sekisho.exposure import write_template
from sekisho.web.client import Client
from sekisho.web.exposures import template_zip

from .conftest import EXAMPLES, Served

EVENT = "jp-three-materials-individual"
ZIP = [("network", ("network.zip", template_zip()))]


def _start(client: httpx.Client, files: Any = None, **data: Any) -> httpx.Response:
    return client.post("/api/v1/exposures", files=files or ZIP, data={"event": EVENT, **data})


def _until(client: httpx.Client, name: str) -> dict[str, Any]:
    for _ in range(600):
        found: dict[str, Any] = client.get(f"/api/v1/jobs/{name}").json()
        if found["state"] not in {"waiting", "running"}:
            return found
        time.sleep(0.05)
    return found


def test_a_job_is_started_followed_and_read(served: Served, tmp_path: Path) -> None:
    write_template(tmp_path / "network")
    with Client(served.url) as api:
        job = api.expose(tmp_path / "network", event=EVENT, key="exposure-1")
        again = api.expose(tmp_path / "network", event=EVENT, key="exposure-1")
        assert job["id"] == again["id"]
        found = api.wait(job["id"], every=0.05)
    assert found["survival_weeks"] == {"low": 4.0, "typical": 4.0, "high": 4.0}
    assert found["arcs_closed"][0]["answer_after"] == "licence_required"
    assert found["mitigations"]
    assert found["sources"]
    assert [
        name for name in ("in_force_on", "known_on", "register", "not_covered") if name not in found
    ] == []


def test_an_arc_that_is_not_covered_is_told_by_the_api_and_the_page(served: Served, tmp_path: Path) -> None:
    write_template(tmp_path / "network")
    path = tmp_path / "network" / "sites.csv"
    path.write_text(path.read_text("utf-8").replace("Maker in Korea,KR", "Maker in Korea,TW"), "utf-8")
    with Client(served.url) as api:
        found = api.wait(api.expose(tmp_path / "network", event=EVENT)["id"], every=0.05)
    assert found["not_covered"][0].startswith("arc K>F1: the export law of Taiwan (TW) is not on record")
    assert [bound["counted"] for bound in found["bounds"]] == ["open", "closed"]
    files = [("network", (one.name, one.read_bytes())) for one in sorted(path.parent.iterdir())]
    with httpx.Client(base_url=served.url, follow_redirects=True) as browser:
        page = browser.post("/exposure", files=files, data={"event": EVENT})
        for _ in range(200):
            if "With them closed" in page.text:
                break
            time.sleep(0.05)
            page = browser.get(page.url)
    assert "K&gt;F1, K&gt;F2: the export law of Taiwan (TW) is not on record" in page.text
    assert "2 arcs are not covered by the law on record." in page.text


def test_the_network_may_come_with_orders(client: httpx.Client) -> None:
    orders = ("orders.csv", (EXAMPLES / "orders_2019_2023.csv").read_bytes())
    job = _start(client, [*ZIP, ("orders", orders)]).json()
    assert _until(client, job["id"])["state"] == "done"


def test_a_job_is_stopped(client: httpx.Client) -> None:
    answer = _start(client, draws=2000)
    assert answer.status_code == 202
    job = answer.json()["id"]
    assert client.get(f"/api/v1/jobs/{job}/result").json()["code"] == "not_ready"
    client.delete(f"/api/v1/jobs/{job}")
    assert _until(client, job)["state"] == "cancelled"
    assert client.delete(f"/api/v1/jobs/{job}").status_code == 200
    assert client.get(f"/api/v1/jobs/{job}").status_code == 404


def _zip(*members: tuple[str, bytes]) -> list[tuple[str, tuple[str, bytes]]]:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, content in members:
            archive.writestr(name, content)
    return [("network", ("network.zip", held.getvalue()))]


@pytest.mark.parametrize(
    ("files", "data", "told"),
    [
        (_zip(("../sites.csv", b"x")), {}, "leads out of the folder"),
        ([("network", ("network.zip", b"PK"))], {}, "not a readable archive"),
        (_zip(("sites.csv", b"site_id\n")), {}, "the file is missing"),
        (None, {"event": "nothing"}, "nothing"),
        (None, {"scenario": "["}, "not TOML"),
    ],
)
def test_a_job_that_cannot_be_done_says_why(client: httpx.Client, files: Any, data: Any, told: str) -> None:
    job = _start(client, files, **data).json()
    found = _until(client, job["id"])
    assert found["state"] == "failed"
    assert told in found["problem"]["detail"]
    assert client.get(f"/api/v1/jobs/{job['id']}/result").json()["code"] == found["problem"]["code"]


def test_the_page_takes_a_scenario_as_the_api_does(served: Served) -> None:
    scenario = ("what_if.toml", (EXAMPLES / "scenario_hf_eased.toml").read_bytes())
    with httpx.Client(base_url=served.url, follow_redirects=True, timeout=60) as browser:
        page = browser.post("/exposure", files=[*ZIP, ("scenario", scenario)])
        for _ in range(400):
            if "What is lost" in page.text or "Assumed" in page.text:
                break
            time.sleep(0.05)
            page = browser.get(page.url)
        refused = browser.post("/exposure", files=ZIP, headers={"Accept": "application/json"})
        odd = ("what_if.toml", b"\xff\xfe")
        unread = browser.post(
            "/exposure", files=[*ZIP, ("scenario", odd)], headers={"Accept": "application/json"}
        )
    assert "<code>scenario-hf-eased</code> with the scenario" in page.text
    assert refused.json()["faults"][0]["expected"] == "an event, a scenario, or arcs or sites to close"
    assert unread.json()["faults"][0]["expected"] == "a TOML file"


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"stops": "some"}, "all, making, shipping"),
        ({"by": "year"}, "week or day"),
        ({"draws": "5000"}, "draws"),
        ({"on": "soon"}, "is not a day"),
    ],
)
def test_what_is_wrong_at_once_is_told_at_once(client: httpx.Client, data: dict[str, str], told: str) -> None:
    answer = _start(client, **data)
    assert answer.status_code in {400, 422}
    assert told in answer.json()["detail"]


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("draws", "nan", "'nan' is not a whole number"),
        ("draws", "1e400", "'1e400' is not a whole number"),
        ("draws", "1.5", "'1.5' is not a whole number"),
        ("draws", "2001", "2001 is not allowed here"),
        ("close_days", "nan", "nan is not allowed here"),
        ("close_days", "inf", "inf is not allowed here"),
        ("close_days", "-1", "-1.0 is not allowed here"),
    ],
)
def test_numbers_of_the_form_that_are_none(client: httpx.Client, field: str, value: str, told: str) -> None:
    data = {"event": EVENT, field: value}
    answer = client.post("/exposure", files=ZIP, data=data, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()["faults"][0]["column"]) == (400, field)
    assert told in answer.json()["detail"]
