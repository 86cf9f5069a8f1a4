"""One server and one browser for all tests of the web, started when a test first asks for them."""

from __future__ import annotations

import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from sekisho.register.register import Register
from sekisho.web.server import listen, server_of
from sekisho.web.settings import Limits, Settings

TOKEN = "the-token-of-the-tests"  # noqa: S105  of no other server
EXAMPLES = Path(__file__).parents[2] / "examples"
LINE: dict[str, Any] = {
    "transaction_id": "SO-1", "line_id": "10", "ship_from_country": "JP", "destination_country": "KR",
    "code": "7(19)", "classification_status": "approved", "item_kind": "goods", "decisive_date": "2019-07-04",
    "value": 5_000_000, "currency": "JPY", "licences_held": ["special_general_bulk"], "icp": True,
    "end_use_code": "none", "end_user_concern": "none", "informed": False,
}  # fmt: skip
ARTICLE = (
    "TOKYO, July 1, 2019 - Japan's industry ministry announced on Monday that it will tighten export"
    " controls on resist, hydrogen fluoride and fluorinated polyimide to South Korea from July 4."
)


def settings_for(register: Register, folder: Path, **more: Any) -> Settings:
    """Settings of a server of its own."""
    limits = Limits(body_bytes=4 << 20, body_seconds=1.5, seconds=60, lines=20_000, bulk_lines=50_000)
    given = {"token": TOKEN, "desk": folder / "desk.sqlite", "overlay": folder / "overlay", "limits": limits}
    return Settings(register=register, base=register, **{**given, **more})


class Served:
    """A server in a thread of its own.

    Attributes:
        url: Where it answers.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._listening = listen("127.0.0.1", 0)
        self.socket: socket.socket = self._listening.__enter__()
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        self.server: uvicorn.Server = server_of(settings)
        self.thread = threading.Thread(target=self.server.run, args=([self.socket],), daemon=True)

    def start(self) -> None:
        self.thread.start()
        while not self.server.started:
            time.sleep(0.01)

    def stop(self) -> None:
        self.server.should_exit = True
        self.thread.join(10)
        self._listening.__exit__(None, None, None)


@pytest.fixture(scope="session")
def served(register: Register, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server on a free port of this machine."""
    found = Served(settings_for(register, tmp_path_factory.mktemp("served")))
    found.start()
    yield found
    found.stop()


@pytest.fixture(scope="session")
def client(served: Served) -> Iterator[httpx.Client]:
    """Calls the server as anybody may."""
    with httpx.Client(base_url=served.url, timeout=60) as found:
        yield found


@pytest.fixture(scope="session")
def writer(served: Served) -> Iterator[httpx.Client]:
    """Calls the server with its token."""
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with httpx.Client(base_url=served.url, timeout=60, headers=headers) as found:
        yield found


ARGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Debian's Chromium, driven by Playwright."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if program is None:
        pytest.skip("no Chromium here (apt-get install chromium), so the pages are not opened")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  only where there is a browser

    with sync_playwright() as play:
        found = play.chromium.launch(executable_path=program, args=ARGS, chromium_sandbox=False)
        yield found
        found.close()
