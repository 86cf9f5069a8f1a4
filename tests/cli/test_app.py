"""What all commands share: help, exit codes, errors, quick start."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

import sekisho
from sekisho.cli import app
from sekisho.cli.progress import Bar
from sekisho.determine.files import Batch

DOCS = Path(sekisho.__file__).parent.parent.parent / "docs" / "reference"
HEAVY = ("numpy", "pyarrow", "pandas", "polars", "openpyxl", "rich")
STOPPED = """
import os, signal, sys, threading, time
from sekisho.cli import main
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
def stop():
    while not os.path.exists(sys.argv[-1] + ".part"):
        time.sleep(0.002)
    os.kill(os.getpid(), signal.SIGINT)
threading.Thread(target=stop, daemon=True).start()
main()
"""
"""Ctrl-C as soon as a part is there, from inside: another process may come too late on a busy machine."""
COMMANDS = [
    ("check",), ("verify",), ("explain",), ("ask",), ("status",), ("timeline",), ("coming",), ("diff",),
    ("impact",),
    ("read",), ("serve",), ("mcp",),
    ("proposals", "list"), ("proposals", "show"), ("proposals", "accept"), ("proposals", "reject"),
    ("proposals", "scenario"),
    ("exposure", "run"), ("exposure", "init"),
    ("register", "check"), ("register", "show"), ("register", "list"),
]  # fmt: skip


def names(command: Any, before: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    commands = getattr(command, "commands", None)
    if commands is None:
        return [before]
    return [name for key, below in commands.items() for name in names(below, (*before, key))]


def test_these_are_all_commands() -> None:
    assert names(get_command(app)) == COMMANDS


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_has_an_example_and_fits_the_page(command: tuple[str, ...], run: Any) -> None:
    text = run(*command, "--help").stdout
    assert re.search(rf"^    sekisho {' '.join(command)}\b", text, re.MULTILINE)
    assert max(map(len, text.splitlines())) <= 90
    assert run(*command, "-h").stdout == text


SPEAKS_JSON_ONLY = [("mcp",)]


@pytest.mark.parametrize("command", [c for c in COMMANDS if c not in SPEAKS_JSON_ONLY], ids=" ".join)
def test_every_command_can_print_json(command: tuple[str, ...], run: Any) -> None:
    assert "--json" in run(*command, "--help").stdout


FAILING: dict[str, tuple[str, int, str]] = {
    "check": ("no.csv", 2, "input_invalid"),
    "verify": ("no.csv no.csv", 2, "input_invalid"),
    "explain": ("no.csv --line 1", 2, "input_invalid"),
    "ask": ("--from JP --to Korea --on 2019-07-04", 2, "input_invalid"),
    "status": ("gsomai --on 2019-07-04", 4, "not_on_record"),
    "timeline": ("--kind rumour", 2, "value_invalid"),
    "coming": ("--on 2019-07-10 --scenario no.toml", 4, "not_on_record"),
    "diff": ("2019-07-04 2019-07-03", 2, "value_invalid"),
    "impact": ("no.csv --event gsomia", 2, "input_invalid"),
    "read": ("no.txt", 2, "input_invalid"),
    "serve": ("--scenario no.toml", 4, "not_on_record"),
    "proposals list": ("--desk no.sqlite", 4, "not_on_record"),
    "proposals show": ("text-1 --desk no.sqlite", 4, "not_on_record"),
    "proposals accept": (
        "text-1 --by A --on 2023-03-17 --reason seen --desk no.sqlite", 4, "not_on_record"
    ),
    "proposals reject": (
        "text-1 --by A --on 2023-03-17 --reason seen --desk no.sqlite", 4, "not_on_record"
    ),
    "proposals scenario": ("text-1 -o what_if.toml --desk no.sqlite", 4, "not_on_record"),
    "exposure run": ("no --event gsomia", 4, "not_on_record"),
    "exposure init": ("there", 5, "cannot_write"),
    "register check": ("no", 4, "not_on_record"),
    "register show": ("no-such-record", 4, "not_on_record"),
    "register list": ("records", 4, "not_on_record"),
}  # fmt: skip
"""Each command with what it cannot do, the exit code and the code of the problem."""
FAULT = {"file", "line", "column", "problem", "expected"}


@pytest.mark.parametrize("command", [c for c in COMMANDS if c not in SPEAKS_JSON_ONLY], ids=" ".join)
def test_what_fails_with_json_is_told_as_json(
    command: tuple[str, ...], run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The document stands on standard error, has the fields of a problem of the API, and nothing else."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "sites.csv").touch()
    words, exit_code, code = FAILING[" ".join(command)]
    for given, wanted, kind in ((words, exit_code, code), ("--no-such-option", 2, "bad_request")):
        result = run(*command, *given.split(), "--json", code=wanted)
        problem = json.loads(result.stderr)
        assert result.stdout == ""
        assert (problem["code"], problem["exit_code"]) == (kind, wanted)
        assert problem.keys() == {"type", "title", "exit_code", "code", "detail", "faults"}
        assert problem["detail"]
        assert all(fault.keys() == FAULT for fault in problem["faults"])
        in_words = run(*command, *given.split(), code=wanted).stderr
        assert problem["detail"] in in_words


def test_an_option_that_cannot_be_read_is_named_with_what_was_expected(run: Any) -> None:
    result = run("coming", "--on", "20x", "--json", code=2)
    (fault,) = json.loads(result.stderr)["faults"]
    assert (fault["file"], fault["problem"], fault["expected"]) == (
        "--on", "'20x' is not a day", "YYYY-MM-DD",
    )  # fmt: skip


def test_every_fault_of_a_file_stands_in_the_document(run: Any, tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("a,a\n1,2\n", encoding="utf-8")
    (fault,) = json.loads(run("check", path, "--json", code=2).stderr)["faults"]
    assert (fault["file"], fault["line"], fault["column"]) == ("orders.csv", 1, "a")


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_is_documented(command: tuple[str, ...]) -> None:
    pages = list(DOCS.glob("*.md"))
    if not pages:
        pytest.skip("the reference is not written yet")
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    made_from_help = "<!-- generated: commands -->" in text
    assert made_from_help or f"sekisho {' '.join(command)}" in text


def test_help_of_the_whole_names_the_exit_codes(run: Any) -> None:
    text = run("--help").stdout
    assert [int(code) for code in re.findall(r"[:;]\s+(\d+)", text)] == [0, 1, 2, 3, 4, 5, 130]
    for shown in (text, run("register", "--help").stdout):
        assert "..." not in shown.partition("Commands:")[2].partition("Examples:")[0]


def test_version(run: Any) -> None:
    assert run("--version").stdout == f"sekisho {sekisho.__version__}\n"


@pytest.mark.parametrize(
    ("args", "code", "problem"),
    [
        (("status", "gsomi", "--on", "2019-09-01"), 4, "there is no dossier 'gsomi'; did you mean gsomia?"),
        (
            ("status", "GSOMIA", "--on", "2019-09-01"),
            4,
            "there is no dossier 'GSOMIA'; did you mean gsomia?\n",
        ),
        (
            ("status", "nope", "--on", "2019-09-01"),
            4,
            "there is no dossier 'nope'; sekisho register list dossiers names all\n",
        ),
        (
            ("register", "show", "nope"),
            4,
            "there is no record 'nope'; sekisho register list names the kinds of records\n",
        ),
        (("status", "gsomia", "--on", "2019-02-29"), 2, "February 2019 has 28 days"),
        (("status", "gsomia", "--on", "2019-09"), 2, "'2019-09' is not a day"),
        (("status", "gsomia"), 2, "--on"),
        (("timeline", "--kind", "treaty"), 2, "'treaty' is not a kind of dossier; expected measure"),
        (("timeline", "--between", "JP", "Korea"), 2, "Did you mean KR (South Korea) or KP (North Korea)?"),
        (("diff", "2019-07-03", "2019-07-04", "--from", "KR"), 4, "law of a country 'KR'"),
        (("register", "show", "gsomia-in-forc"), 4, "did you mean gsomia-in-force"),
        (("register", "list", "sorces"), 4, "did you mean sources?"),
        (("register", "check", "nowhere"), 4, "there is no register folder 'nowhere'"),
        (("check", "nowhere.csv"), 2, "nowhere.csv: there is no such file"),
        (("coming", "--on", "2019-07-10", "--scenario", "nowhere"), 4, "there is no scenario 'nowhere'"),
    ],
)
def test_errors_are_plain_words_with_an_exit_code(
    args: tuple[str, ...], code: int, problem: str, run: Any
) -> None:
    result = run(*args, code=code)
    assert problem in result.stderr
    assert result.stderr.splitlines()[-1].lower().startswith(("error: ", "  "))
    assert "Traceback" not in result.output
    assert result.stdout == ""


@pytest.mark.parametrize(
    "args",
    [
        ("ask", "--from", "JP", "--to", "KR", "--code", "7(19)", "--on", "2019-07-10"),
        ("status", "gsomia", "--on", "2019-09-01"),
        ("timeline", "--since", "2019-07-01"),
        ("coming", "--on", "2019-07-10"),
        ("diff", "2019-07-03", "2019-07-04"),
        ("register", "list"),
    ],
    ids=lambda args: args[0],
)
def test_short_questions_load_nothing_heavy(args: tuple[str, ...], start: Any) -> None:
    program = (
        "import sys\nfrom sekisho.cli import app\n"
        "try:\n app(sys.argv[1:])\n"
        f"finally:\n print([m for m in {HEAVY} if m in sys.modules], file=sys.stderr)"
    )
    process = start(*args, program=program)
    _, errors = process.communicate(timeout=60)
    assert errors.strip() == "[]"


LIGHT = {
    "ask": ("ask", "--from", "JP", "--to", "KR", "--code", "7(19)", "--on", "2019-07-10"),
    "register": ("register", "show", "jp-three-materials"),
    "record": ("status", "gsomia", "--on", "2019-09-01"),
}  # fmt: skip
"""Commands that a person waits for, by the module that has them."""


@pytest.mark.parametrize("module", LIGHT)
def test_a_command_imports_itself_and_no_other(module: str, start: Any) -> None:
    """Held by what is imported, not by time, which hangs on the machine."""
    program = (
        "import sys\nfrom sekisho.cli import app\n"
        "try:\n app(sys.argv[1:])\nfinally:\n print('\\n' + ' '.join(sys.modules))"
    )
    said, errors = start(*LIGHT[module], program=program).communicate(timeout=60)
    assert errors == ""
    loaded = said.splitlines()[-1].split()
    assert [name for name in loaded if name.partition(".")[0] in HEAVY] == []
    of_commands = {name.removeprefix("sekisho.cli.") for name in loaded if name.startswith("sekisho.cli.")}
    assert of_commands == {"failing", "later", "show", "options", module}


@pytest.mark.parametrize("module", LIGHT)
def test_what_is_kept_changes_no_answer(
    module: str, run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEKISHO_CACHE", str(tmp_path))
    first, second = (run(*LIGHT[module], "--json").stdout for _ in range(2))
    assert len(list(tmp_path.iterdir())) == 1
    monkeypatch.setenv("SEKISHO_CACHE", "off")
    assert first == second == run(*LIGHT[module], "--json").stdout != ""


def test_the_module_is_the_command(start: Any) -> None:
    process = start("--version", program="import runpy\nrunpy.run_module('sekisho', run_name='__main__')")
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    assert sekisho.__version__ in said


def test_a_closed_pipe_is_no_drama(start: Any) -> None:
    with start("timeline") as process:
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr.read() == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_told(start: Any) -> None:
    with Path("/dev/full").open("w") as full:
        process = start("timeline", stdout=full)
        _, errors = process.communicate(timeout=60)
    assert errors.startswith("error: cannot write 'standard output': No space left on device")
    assert process.returncode == 5


def test_ctrl_c_ends_cleanly_and_leaves_nothing_behind(tmp_path: Path, start: Any) -> None:
    row = "JP,KR,3(1),2019-07-04"
    text = "ship_from_country,destination_country,code,export_date\n" + f"{row}\n" * 2_000_000
    orders = tmp_path / "orders.csv"
    orders.write_text(text, encoding="utf-8")
    process = start("check", orders, "-o", tmp_path / "out.csv", program=STOPPED)
    output, errors = process.communicate(timeout=60)
    assert (process.returncode, output, errors) == (130, "", "error: stopped\n")
    assert [path.name for path in tmp_path.iterdir()] == ["orders.csv"]


def test_a_bar_shows_only_on_a_terminal_and_after_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("x" * 100, encoding="utf-8")
    batch = Batch({}, range(50), read=50)
    with Bar([path]) as bar:
        bar.began -= 5
        bar.advance(batch)
        assert bar.bar is None
        monkeypatch.setattr("sys.stderr.isatty", lambda: True)
        bar.advance(batch)
        shown: Any = bar.bar
        assert shown.tasks[0].percentage == 50
        assert shown.tasks[0].fields["speed"].endswith("rows/s")
    assert capsys.readouterr().out == ""
