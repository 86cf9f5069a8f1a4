"""The project keeps its own rules: sizes, versions, no traces of a machine."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

import sekisho

ROOT = Path(__file__).parent.parent
SOURCES = sorted((ROOT / "src").rglob("*.py"))
MACHINE = re.compile(r"(?<![\w.-])/(?:home|Users|root|tmp|opt|mnt|srv|work)/")
"""An absolute path of somebody's machine; a path inside a web address does not count."""


def _tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S607
    if listed.returncode != 0:
        pytest.skip("not a git checkout, so the tracked files are not known")
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def test_changelog_names_the_version() -> None:
    heading = re.search(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert heading is not None
    assert heading[1] in {"Unreleased", sekisho.__version__}


def test_no_path_of_a_machine() -> None:
    here = Path(__file__)
    found = [
        str(path.relative_to(ROOT))
        for path in _tracked()
        if path != here and MACHINE.search(path.read_text(encoding="utf-8", errors="ignore"))
    ]
    assert found == []


def test_the_two_commands_exist_and_the_readme_names_them() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for name in ("scripts/demo", "scripts/check"):
        assert name in readme
        assert (ROOT / name).stat().st_mode & 0o111


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_size_of_files_and_functions(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 600
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 80, node.name


def test_public_names_are_sorted_and_exist() -> None:
    assert sekisho.__all__ == sorted(sekisho.__all__)
    for name in sekisho.__all__:
        assert getattr(sekisho, name) is not None
