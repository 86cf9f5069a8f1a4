"""How the tests of the command line call it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

import sekisho
from sekisho.cli import app

SOURCE = Path(sekisho.__file__).parent.parent
EXAMPLES = SOURCE.parent / "examples"
START = "import sys; sys.argv[0] = 'sekisho'; from sekisho.cli import main; main()"

EASED = """ date 2023-03-24 Tokyo eases export controls

Japan eased export controls on three chip materials to South Korea on Thursday.

Japan removed South Korea from its white list on Sept. 5, 2019.

If Hanoi agrees, Peru will ban exports of tin ore to Vietnam, an official said.
"""

Run = Callable[..., Result]


@pytest.fixture
def run() -> Run:
    """Runs the app inside this process, 80 columns wide."""

    def run(*args: object, code: int | None = 0) -> Result:
        result = CliRunner(env={"COLUMNS": "80"}).invoke(app, [str(arg) for arg in args])
        if code is not None:
            assert result.exit_code == code, result.output
        return result

    return run


@pytest.fixture
def run_json(run: Run) -> Callable[..., Any]:
    """What a command prints with ``--json``."""

    def run_json(*args: object, code: int = 0) -> Any:
        return json.loads(run(*args, "--json", code=code).stdout)

    return run_json


@pytest.fixture
def start() -> Callable[..., subprocess.Popen[str]]:
    """Starts the command as a process of its own."""

    def start(*args: object, program: str = START, **how: Any) -> subprocess.Popen[str]:
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | how
        env = {**os.environ, "PYTHONPATH": str(SOURCE), "COLUMNS": "80"}
        words = [sys.executable, "-c", program, *map(str, args)]
        return subprocess.Popen(words, env=env, text=True, encoding="utf-8", **pipes)

    return start


@pytest.fixture
def examples() -> Path:
    """The folder of example files."""
    return EXAMPLES


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "eased.txt"
    path.write_text(EASED, encoding="utf-8")
    return path


@pytest.fixture
def desk(run: Any, article: Path, tmp_path: Path) -> Path:
    path = tmp_path / "desk.sqlite"
    run("read", article, "--desk", path)
    return path


def words(text: str) -> str:
    return " ".join(text.split())
