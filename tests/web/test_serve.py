"""``sekisho serve`` as a process: it says where it answers, answers at once, and ends when it is told to."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from sekisho.cli import app
from sekisho.errors import OutputRefused
from sekisho.web.server import listen

START = "import sys; from sekisho.cli import main; main()"


def test_it_says_where_it_answers_and_who_may_write(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("a-token-of-a-file\n", encoding="utf-8")
    words = [
        "serve",
        "--port",
        "0",
        "--json",
        "--token-file",
        str(token),
        "--desk",
        str(tmp_path / "d.sqlite"),
    ]
    command = [sys.executable, "-c", START, *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        text = ""
        while not text.endswith("}\n"):
            text += process.stdout.readline()
        told = json.loads(text)
        try:
            assert told["this_machine_alone"] is True
            assert told["token"] is None
            assert httpx.get(f"{told['url']}health", timeout=20).text == "ok"
            headers = {"Authorization": "Bearer a-token-of-a-file"}
            asked = {"text": "Japan eased controls.", "keep": True}
            answer = httpx.post(f"{told['api']}readings", json=asked, headers=headers, timeout=20)
            assert answer.status_code == 200
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=20)


def test_answers_are_sent_at_once() -> None:
    with listen("127.0.0.1", 0) as held:
        assert held.proto == socket.IPPROTO_TCP


def test_an_address_that_is_taken_is_told() -> None:
    with listen("127.0.0.1", 0) as held:
        port = held.getsockname()[1]
        with pytest.raises(OutputRefused, match="give another --port"), listen("127.0.0.1", port):
            pass


def test_an_empty_token_is_refused(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("\n", encoding="utf-8")
    result = CliRunner().invoke(app, ["serve", "--token-file", str(tmp_path / "token")])
    assert result.exit_code == 2
    assert "the file is empty" in result.output
    gone = CliRunner().invoke(app, ["serve", "--token-file", os.devnull])
    assert gone.exit_code == 2


def test_the_document_shows_what_it_prints() -> None:
    page = (Path(__file__).parents[2] / "docs/how-to/serve.md").read_text(encoding="utf-8")
    source = (Path(__file__).parents[2] / "src/sekisho/cli/serve.py").read_text(encoding="utf-8")
    for line in ("It listens on this machine alone; --bind ADDRESS opens it to others.", "Ctrl-C stops it."):
        assert line in page
        assert line in source
