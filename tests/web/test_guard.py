"""Who may write, under which names the server answers, and what headers protect its pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from sekisho.register.register import Register

from .conftest import ARTICLE, TOKEN, Served, settings_for

KEEP = {"text": ARTICLE, "name": "guarded", "keep": True}


def test_a_wrong_token_may_not_write(client: httpx.Client) -> None:
    for headers in (
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": f"Basic {TOKEN}"},
        {"X-User": "Mori"},
    ):
        answer = client.post("/api/v1/readings", json=KEEP, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "sign_in_needed")
        assert answer.headers["www-authenticate"] == 'Bearer realm="sekisho"'


def test_signing_in_keeps_no_token_in_the_browser(served: Served) -> None:
    with httpx.Client(base_url=served.url) as visitor:
        wrong = visitor.post("/sign-in", data={"token": "wrong"})
        assert (wrong.status_code, "not the token" in wrong.text) == (403, True)
        answer = visitor.post("/sign-in", data={"token": TOKEN, "to": "//evil.example/"})
        assert answer.headers["location"] == "/"
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie
        assert TOKEN not in cookie
        assert visitor.post("/api/v1/readings", json=KEEP).status_code == 200
        visitor.post("/sign-out")
        assert visitor.post("/api/v1/readings", json=KEEP).status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_form_of_another_site_is_refused(writer: httpx.Client, headers: dict[str, str]) -> None:
    answer = writer.post("/api/v1/readings", json=KEEP, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "other_site")


def test_other_host_names_are_not_answered(client: httpx.Client) -> None:
    for host in ("evil.example", "evil.example:8350", "127.0.0.1.evil.example", ""):
        answer = client.get("/api/v1/about", headers={"Host": host})
        assert answer.status_code in {400, 421}
    assert client.get("/health", headers={"Host": "localhost:1"}).text == "ok"
    assert client.get("/health", headers={"Host": "[::1]:8350"}).text == "ok"


def test_every_answer_carries_the_protecting_headers(client: httpx.Client) -> None:
    for path in ("/", "/timeline", "/nothing", "/api/v1/about", "/static/sekisho.js", "/api/v1/events/x"):
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "http" not in policy
        assert headers["x-content-type-options"] == "nosniff"


def test_pages_have_no_script_or_style_of_their_own(client: httpx.Client) -> None:
    for path in ("/", "/timeline", "/law", "/check?code=7(19)", "/coming", "/desk", "/impact", "/exposure"):
        text = client.get(path).text
        assert " style=" not in text
        assert "<style" not in text
        assert " onclick" not in text
        assert text.count("<script") == text.count('<script src="/static/')


@pytest.fixture(scope="module")
def proxied(register: Register, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server behind a proxy that names the person, where reading is protected too."""
    folder = tmp_path_factory.mktemp("proxied")
    found = Served(settings_for(register, folder, user_header="X-User", protect_all=True, token=""))
    found.start()
    yield found
    found.stop()


def test_a_proxy_names_who_decides(proxied: Served) -> None:
    with httpx.Client(base_url=proxied.url, headers={"X-User": "A. Mori"}) as person:
        person.post("/api/v1/readings", json={**KEEP, "name": "p"})
        proposal = person.get("/api/v1/proposals").json()["proposals"][0]["id"]
        told = {"verdict": "rejected", "by": "somebody else", "reason": "a test", "on": "2019-07-02"}
        found = person.post(f"/api/v1/proposals/{proposal}/decisions", json=told).json()
    assert found["proposal"]["decisions"][0]["by"] == "A. Mori"


def test_without_the_header_nothing_is_read(proxied: Served) -> None:
    assert httpx.get(f"{proxied.url}/api/v1/about").status_code == 401
    assert httpx.get(f"{proxied.url}/timeline", headers={"Accept": "text/html"}).status_code == 401
    assert httpx.get(f"{proxied.url}/health").text == "ok"


def test_a_header_of_somebody_else_is_not_believed(register: Register, tmp_path: Path) -> None:
    far = Served(settings_for(register, tmp_path, user_header="X-User", proxies=("10.0.0.1",)))
    far.start()
    try:
        answer = httpx.post(f"{far.url}/api/v1/readings", json=KEEP, headers={"X-User": "A. Mori"})
    finally:
        far.stop()
    assert answer.status_code == 401
