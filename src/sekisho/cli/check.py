"""``sekisho check``: every line of a file decided, written and summed up."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from sekisho.cli import show
from sekisho.cli.options import (
    FAULTY,
    AsJson,
    KnownOn,
    OrderFile,
    RatesFile,
    RegisterPath,
    Scenario,
    opened,
    rates_of,
)
from sekisho.cli.progress import Bar
from sekisho.errors import OutputRefused
from sekisho.model import Answer

if TYPE_CHECKING:  # these read and write files with Arrow, which is slow to import
    import pyarrow as pa

    from sekisho.determine.check import Checker, Summary

    _Batches = Generator[pa.RecordBatch, None, None]

_STDOUT = Path("-")
_FAULTS_SHOWN = 20
_TOP = 10


def check(  # noqa: PLR0913  one option for each thing asked
    file: OrderFile,
    *,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="OUT", help="Write decisions here; - is stdout.")
    ] = None,
    known_on: KnownOn = None,
    scenario: Scenario = None,
    rates: RatesFile = None,
    register: RegisterPath = None,
    as_json: AsJson = False,
) -> None:
    """Decides every order line of a file and sums up what came out.

    With -o each line is written with its answer, rules, sources and open questions, in
    the format of OUT's ending. Exit code 1 says that some lines have faults.
    """
    from sekisho.determine.check import Checker  # noqa: PLC0415  see above

    checker = Checker(opened(register, scenario), known_on, rates_of(rates), file.name)
    blocked = _decide(file, output, checker)
    with show.beside_output(taken=output == _STDOUT):
        if as_json:
            show.as_json(_summary(checker, blocked, output))
        else:
            _print(file, checker, blocked, output)
    if checker.summary.faulty:
        raise typer.Exit(FAULTY)


def _decide(file: Path, output: Path | None, checker: Checker) -> Counter[str]:
    """Decides the file, writes what is asked for, and counts why lines are blocked."""
    if output != _STDOUT:
        return _decide_to(file, output, checker)
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "decisions.csv"
        blocked = _decide_to(file, whole, checker)
        with whole.open("rb") as content:
            shutil.copyfileobj(content, typer.get_binary_stream("stdout"))
        return blocked


def _decide_to(file: Path, output: Path | None, checker: Checker) -> Counter[str]:
    from sekisho.determine.runs import check_file  # noqa: PLC0415  see above

    blocked: Counter[str] = Counter()
    with (
        _writing(file, output),
        Bar(file) as bar,
        closing(cast("_Batches", check_file(file, output, checker, bar.advance))) as batches,
    ):
        for decisions in batches:
            blocked.update(_why_blocked(decisions))
    return blocked


def _writing(file: Path, output: Path | None) -> Any:
    return nullcontext() if output is None else _refusing(file, output)


@contextmanager
def _refusing(file: Path, output: Path) -> Iterator[None]:
    """Refuses a place that cannot be written, before and while it is."""
    if output.exists() and file.exists() and output.samefile(file):
        raise OutputRefused(str(output), "it is the input", "give another name")
    if not output.absolute().parent.is_dir():
        raise OutputRefused(str(output), "there is no such folder", "make it first")
    if output.is_dir():
        raise OutputRefused(str(output), "it is a folder", "give the name of a file")
    try:
        yield
    except OSError as error:
        if error.filename is not None and Path(os.fsdecode(error.filename)) == file:
            raise
        problem = error.strerror or str(error)
        raise OutputRefused(str(output), problem, "mend that or give another place") from None


def _why_blocked(decisions: pa.RecordBatch) -> Counter[str]:
    """The explanations of the lines that may not ship, counted."""
    import pyarrow as pa  # noqa: PLC0415  see above

    pairs = pa.Table.from_batches([decisions.select(["answer", "explanation"])])
    counts = pairs.group_by(["answer", "explanation"]).aggregate([([], "count_all")]).to_pydict()
    blocked: Counter[str] = Counter()
    for answer, why, count in zip(*(counts[name] for name in counts), strict=True):
        if Answer(answer) not in show.MAY_SHIP:
            blocked[why.partition(" First to answer:")[0]] += count
    return blocked


def _summary(checker: Checker, blocked: Counter[str], output: Path | None) -> dict[str, object]:
    """What came out, as JSON shows it."""
    summary, register = checker.summary, checker.register
    return {
        "file": checker.name, "lines": summary.rows,
        "answers": {a.value: summary.answers[a.value] for a in Answer},
        "may_ship": _may_ship(summary), "blocked": dict(blocked.most_common()),
        "questions": [
            {"fact": fact, "lines": count, "text": summary.texts[fact]}
            for fact, count in summary.questions.most_common()
        ],
        "dated_by": dict(summary.dated_by.most_common()), "not_covered": dict(summary.gaps.most_common()),
        "faulty": summary.faulty, "faults": summary.faults,
        "output": str(output) if output else None, "known_on": checker.known_on,
        "register": register.fingerprint, "scenario": register.scenario,
    }  # fmt: skip


def _may_ship(summary: Summary) -> int:
    return sum(summary.answers[answer.value] for answer in show.MAY_SHIP)


def _print(file: Path, checker: Checker, blocked: Counter[str], output: Path | None) -> None:
    summary = checker.summary
    free = _may_ship(summary)
    show.say(f"{file.name}: {summary.rows:,} lines, {free:,} may ship, {summary.rows - free:,} may not")
    show.heading("Answers (lines, may ship, meaning)")
    show.table(_answers(summary), frozenset({1}))
    show.say("May ship speaks of the export licence and of nothing else.", indent=2)
    _print_top("What blocks (lines)", blocked)
    questions = {f"{name}: {summary.texts[name]}": n for name, n in summary.questions.items()}
    _print_top("Open questions (lines)", Counter(questions))
    dates = {name or "none (no date stated)": n for name, n in summary.dated_by.items()}
    _print_top("Decisive date taken from (lines)", Counter(dates))
    _print_top("Not covered (lines)", summary.gaps)
    _print_faults(summary)
    show.section("Decided by", _decided_by(checker, output))


def _answers(summary: Summary) -> list[tuple[str, str, str, str]]:
    return [
        (a, f"{summary.answers[a.value]:,}", "yes" if a in show.MAY_SHIP else "no", show.MEANINGS[a])
        for a in Answer
        if summary.answers[a.value]
    ]


def _print_top(title: str, counts: Counter[str]) -> None:
    if not counts:
        return
    show.heading(title)
    show.table([(f"{count:,}", text) for text, count in counts.most_common(_TOP)], frozenset({0}))
    if len(counts) > _TOP:
        show.say(f"and {len(counts) - _TOP} more", indent=2)


def _print_faults(summary: Summary) -> None:
    if not summary.faulty:
        return
    show.section(f"Faults ({summary.faulty:,} lines)", map(str, summary.faults[:_FAULTS_SHOWN]))
    if len(summary.faults) > _FAULTS_SHOWN:
        show.say(f"and {len(summary.faults) - _FAULTS_SHOWN:,} more", indent=2)


def _decided_by(checker: Checker, output: Path | None) -> Iterator[str]:
    scenario = f" with the scenario {checker.register.scenario}" if checker.register.scenario else ""
    yield f"register {checker.register.fingerprint}{scenario}, {show.known(checker.known_on)}"
    if output is not None:
        yield f"decisions written to {'standard output' if output == _STDOUT else output}"
    else:
        yield "decisions not written; -o decisions.csv writes them"
