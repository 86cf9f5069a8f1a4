"""The documentation: what it shows is what happens, and nothing that exists is left out.

``python tests/test_docs.py`` writes the present output into every block that differs and
has no ``...``.
"""

from __future__ import annotations

import contextlib
import importlib.util
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from urllib.parse import unquote

import pytest
from typer.testing import CliRunner

import sekisho
from sekisho import errors
from sekisho.cli import app
from sekisho.determine import rates
from sekisho.determine.check import NEEDED, OUTPUT
from sekisho.determine.impact_lines import LINES, Effect, Timing
from sekisho.determine.intake import CONCERNS, OWN, STATUSES
from sekisho.model import Answer, Confidence
from sekisho.register import tables

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
DATA_FORMAT = ROOT / "src/sekisho/data/README.md"
PAGES = (
    *sorted(path for path in DOCS.rglob("*.md") if "_build" not in path.parts),
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "examples/README.md")),
    DATA_FORMAT,
)
ENVIRONMENT = {"COLUMNS": "100", "LINES": "50", "NO_COLOR": "1", "TERM": "dumb"}
SKIPPED = "..."

_BLOCK = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_DOC_ROLE = re.compile(r"\{doc\}`(?:[^`<]*<([^>`]+)>|([^`<]+))`")
_FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_FINGERPRINT = re.compile(r"\b[0-9a-f]{16}\b")


@dataclass(frozen=True, slots=True)
class Step:
    """One command of a console block and the output it shows."""

    written: str
    command: str
    shown: str


def blocks(text: str) -> Iterator[tuple[int, str]]:
    """The console blocks of a page, each with its first line."""
    for found in _BLOCK.finditer(text):
        yield text.count("\n", 0, found.start()) + 2, found[1]


def steps(block: str) -> Iterator[Step]:
    """The commands of a block; a line that ends with a backslash goes on after ``> ``."""
    for part in re.split(r"^(?=\$ )", block, flags=re.MULTILINE)[1:]:
        lines = part.splitlines(keepends=True)
        count = next(n for n, line in enumerate(lines, start=1) if not line.endswith("\\\n"))
        written = "".join(lines[:count])
        command = written.removeprefix("$ ").replace("\\\n> ", "").rstrip("\n")
        yield Step(written, command, "".join(lines[count:]))


def run(command: str, code: int) -> tuple[str, int]:
    """What a command prints, and its exit code; ``code`` is that of the command before."""
    if command == "echo $?":
        return f"{code}\n", 0
    if command.startswith("sekisho "):
        result = CliRunner().invoke(app, shlex.split(command)[1:], prog_name="sekisho", env=ENVIRONMENT)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.output, result.exit_code
    done = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, check=False)
    return done.stdout + done.stderr, done.returncode


def agrees(shown: str, given: str) -> bool:
    """Whether an output is as shown; ``...`` skips lines, and any fingerprint will do.

    A fingerprint changes with every edit of the data, and says nothing to a reader.
    """
    parts = [re.escape(_tidy(part)) for part in re.split(r"^\.\.\.\n", shown, flags=re.MULTILINE)]
    return re.fullmatch("(?:.*\n)*?".join(parts), _tidy(given)) is not None


def _tidy(text: str) -> str:
    lines = (line.rstrip() + "\n" for line in text.splitlines())
    return _FINGERPRINT.sub("0" * 16, "".join(lines))


def conf() -> ModuleType:
    """The Sphinx configuration, which makes the generated parts."""
    spec = importlib.util.spec_from_file_location("docs_conf", DOCS / "conf.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module", name="conf")
def _conf() -> ModuleType:
    return conf()


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that looks like the repository's root and may be written to."""
    monkeypatch.chdir(_furnished(tmp_path))
    return tmp_path


def _furnished(folder: Path) -> Path:
    for name in ("examples", "docs"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("_build"))
    return folder


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("page", [p for p in PAGES if "```console\n$ " in p.read_text("utf-8")], ids=_name)
@pytest.mark.usefixtures("workplace")
def test_console_blocks_show_what_happens(page: Path) -> None:
    wrong = []
    for line, block in blocks(page.read_text("utf-8")):
        code = 0
        for step in steps(block):
            given, code = run(step.command, code)
            if not agrees(step.shown, given):
                wrong.append(f"{_name(page)}, block at line {line}\n{step.written}{given}")
    assert not wrong, "\n\n".join(wrong)


def test_dots_skip_whole_lines() -> None:
    assert agrees("a\n...\nd\n", "a\nb\nc\nd\n")
    assert agrees("a\n...\n", "a\n")
    assert not agrees("a\n...\nd\n", "a\nb\nc\n")
    assert not agrees("a\n", "a\nb\n")


def test_a_command_may_go_on_in_the_next_line() -> None:
    found = list(steps("$ a \\\n> b\nout\n$ c\n"))
    assert [(step.command, step.shown) for step in found] == [("a b", "out\n"), ("c", "")]


def test_every_command_has_its_reference(conf: ModuleType) -> None:
    text = conf.fill_in((DOCS / "reference/commands.md").read_text("utf-8"))
    for path in conf.command_paths():
        assert f"## sekisho {' '.join(path)}\n" in text


def test_every_command_is_shown_at_work(conf: ModuleType) -> None:
    text = "".join(path.read_text("utf-8") for path in PAGES)
    groups = {path[:-1] for path in conf.command_paths()}
    for path in conf.command_paths():
        if path not in groups:
            assert f"$ sekisho {' '.join(path)}" in text


def test_every_option_is_described(conf: ModuleType) -> None:
    import typer.main  # noqa: PLC0415  only here

    commands = {(): typer.main.get_command(app)}
    text = conf.commands()
    for path in conf.command_paths():
        commands[path] = commands[path[:-1]].commands[path[-1]]  # type: ignore[attr-defined]
    for command in commands.values():
        for parameter in command.params:
            for option in (*parameter.opts, *parameter.secondary_opts):
                assert option in text if option.startswith("-") else True


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_links_lead_somewhere(page: Path) -> None:
    text = _FENCED.sub("", page.read_text("utf-8"))
    targets = [found[1] for found in _LINK.finditer(text)]
    targets += [f"{found[1] or found[2]}.md" for found in _DOC_ROLE.finditer(text)]
    for target in targets:
        if "://" in target:
            continue
        name, _, anchor = unquote(target).partition("#")
        found = (page.parent / name).resolve() if name else page
        assert found.exists(), f"{_name(page)}: {target}"
        assert not anchor or anchor in _anchors(found), f"{_name(page)}: {target}"


def _anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", _FENCED.sub("", page.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_column_and_word_is_named() -> None:
    text = (DOCS / "reference/columns.md").read_text("utf-8")
    words = {*OWN, *NEEDED, *OUTPUT, *STATUSES, *CONCERNS, *Answer, *Confidence}
    words |= {*LINES.names, *Effect, *Timing}
    missing = sorted(word for word in words if f"`{word}`" not in text)
    assert not missing
    assert f"`{','.join(rates.COLUMNS)}`" in text


def test_every_deal_fact_is_listed(conf: ModuleType) -> None:
    facts = sekisho.open_register().regimes["JP"].facts.values()
    text = conf.fill_in((DOCS / "reference/columns.md").read_text("utf-8"))
    assert all(f"`{fact.name}`" in text for fact in facts if fact.scope != "item")


def test_every_error_has_its_exit_code() -> None:
    text = (DOCS / "reference/errors.md").read_text("utf-8")
    for name in dir(errors):
        error = getattr(errors, name)
        if isinstance(error, type) and issubclass(error, errors.SekishoError):
            named = [line for line in text.splitlines() if line.startswith(f"| {error.exit_code} |")]
            assert error is errors.SekishoError or f"`{name}`" in named[0]


def test_every_public_name_is_in_the_reference() -> None:
    text = "".join((DOCS / f"reference/{name}.md").read_text("utf-8") for name in ("python", "errors"))
    assert all(f"sekisho.{name}" in text for name in sekisho.__all__)


def test_the_data_format_names_every_column() -> None:
    text = DATA_FORMAT.read_text("utf-8")
    validity = ",".join(tables.ITEMS.headers[-6:])
    selection = ",".join(tables.BARS.headers[:5])
    assert f"`{validity}`" in text
    assert f"`{selection}`" in text
    for table in (*tables.PROVISIONS, tables.FACTS, tables.ITEM_CHANGES, tables.SOURCES):
        own = ",".join(table.headers).removesuffix(f",{validity}").removeprefix(f"{selection},")
        assert table.file in text
        assert f"`{own}`" in text or f"`{own}`, validity" in text


def test_the_changelog_is_of_this_version() -> None:
    versions = re.findall(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert sekisho.__version__ in versions[:2]


def rewrite(page: Path) -> None:
    """Writes the present output into the blocks of a page that differ and skip nothing."""
    text = page.read_text("utf-8")
    for _, block in list(blocks(text)):
        code, made = 0, ""
        for step in steps(block):
            given, code = run(step.command, code)
            keep = agrees(step.shown, given)
            if not keep and SKIPPED in step.shown.splitlines():
                print(f"{_name(page)}: mend by hand: {step.command}")  # noqa: T201  told to a person
                keep = True
            made += step.written + (step.shown if keep else _trimmed(given))
        text = text.replace(f"```console\n{block}```", f"```console\n{made}```")
    page.write_text(text, encoding="utf-8")


def _trimmed(output: str) -> str:
    return "".join(line.rstrip() + "\n" for line in output.splitlines())


if __name__ == "__main__":
    for each in PAGES:
        with TemporaryDirectory() as place, contextlib.chdir(_furnished(Path(place))):
            rewrite(each)
