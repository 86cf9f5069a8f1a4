"""``sekisho check``: every line of a file decided, written and summed up."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, cast

import typer

from sekisho.cli import show
from sekisho.cli.options import (
    FAULTY,
    AnyOrder,
    AsJson,
    KnownOnOrColumn,
    OrderFiles,
    RatesFile,
    RegisterPath,
    Scenario,
    opened,
    rates_of,
)
from sekisho.cli.progress import Bar
from sekisho.errors import Fault, InputInvalid, OutputRefused
from sekisho.model import Answer

if TYPE_CHECKING:  # these read and write files with Arrow, which is slow to import
    import pyarrow as pa

    from sekisho.determine.check import Checker, Wanted
    from sekisho.determine.summaries import Summary

    _Batches = Generator[pa.RecordBatch, None, None]

_STDOUT = Path("-")
_FAULTS_SHOWN = 20
_TOP = 10


def check(  # noqa: PLR0913  one option for each thing asked
    files: OrderFiles,
    *,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="OUT", help="Write decisions to this file or folder; - is stdout."
        ),
    ] = None,
    file_format: Annotated[
        str | None, typer.Option("--format", metavar="F", help="Of a folder: parquet, csv or jsonl.")
    ] = None,
    columns: Annotated[
        str | None, typer.Option(metavar="NAMES", help="Columns of the decision, with commas between.")
    ] = None,
    carry: Annotated[
        str, typer.Option(metavar="WHICH", help="Columns of the input to write: other, all or none.")
    ] = "other",
    known_on: KnownOnOrColumn = None,
    scenario: Scenario = None,
    rates: RatesFile = None,
    register: RegisterPath = None,
    any_order: AnyOrder = False,
    engine: Annotated[
        str, typer.Option(metavar="E", help="columns (this machine), or spark for a cluster.")
    ] = "columns",
    master: Annotated[
        str | None, typer.Option(metavar="URL", help="Where Spark runs; as it is configured if not given.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Decides every order line of files and sums up what came out.

    With -o each line is written with its answer, rules, sources and open questions, in
    the format of OUT's ending, in the order of the input. An OUT without an ending is a
    folder of parts; a run that was stopped goes on where its folder left off. Exit code 1
    says that some lines have faults.

    With --any-order four files are read side by side, and a batch of lines of each is decided in
    turn: always in the same turns, so that the output is the same on any machine. The lines of
    one file keep their order. It is quicker for several files of JSON lines, and for CSV if
    Parquet is written; for Parquet, workbooks and one file it is not.
    """
    from sekisho.determine.check import Checker  # noqa: PLC0415  see above
    from sekisho.determine.runs import find_inputs  # noqa: PLC0415  see above
    from sekisho.determine.turns import files_side_by_side  # noqa: PLC0415  see above

    wanted = _wanted(columns, carry)
    _require_format(file_format, output)
    inputs = find_inputs(files)
    if output is not None and rates is not None and output.exists() and output.samefile(rates):
        raise OutputRefused(str(output), "it is the rates file", "give another name")
    checker = Checker(opened(register, scenario), known_on, rates_of(rates), inputs[0].name, wanted)
    if _is_spark(engine, output, master, any_order=any_order):
        _on_spark(inputs, cast("Path", output), file_format, checker, master, as_json=as_json)
        return
    side_by_side = files_side_by_side(len(inputs), any_order=any_order)
    checker.use_kept()
    found = _decide(inputs, output, file_format, checker, side_by_side)
    with show.beside_output(taken=output == _STDOUT):
        if as_json:
            show.as_json(_summary(inputs, checker, output) | {"any_order": side_by_side > 1})
        else:
            _print(inputs, checker, output, found)
            if output is not None and side_by_side > 1:
                too = "" if output.is_dir() else "; verify needs --any-order too"
                show.say(f"lines of the files stand there in turns{too}", indent=2)
    if checker.summary.faulty:
        raise typer.Exit(FAULTY)


def _is_spark(engine: str, output: Path | None, master: str | None, *, any_order: bool) -> bool:
    """Whether the lines are decided with Spark.

    Raises:
        InputInvalid: If the options do not go together.
    """
    if engine not in {"columns", "spark"}:
        raise InputInvalid([Fault("--engine", 0, "", f"{engine!r} is not allowed here", "columns or spark")])
    if engine == "columns" and master is not None:
        raise InputInvalid([Fault("--master", 0, "", "it is of Spark", "--engine spark with it")])
    if engine == "spark" and (output is None or output == _STDOUT or output.suffix):
        raise InputInvalid([Fault("--engine", 0, "", "Spark writes a folder", "-o FOLDER with it")])
    if engine == "spark" and any_order:
        raise InputInvalid(
            [Fault("--any-order", 0, "", "Spark keeps no order anyway", "--engine spark without it")]
        )
    return engine == "spark"


def _on_spark(
    inputs: list[Path], output: Path, file_format: str | None, checker: Checker, master: str | None,
    *, as_json: bool,
) -> None:  # fmt: skip
    try:
        from sekisho.spark import check_paths  # noqa: PLC0415  not installed everywhere
    except ModuleNotFoundError as error:
        problem = f"{error.name} is not installed"
        raise InputInvalid([Fault("--engine", 0, "", problem, "pip install 'sekisho[spark]'")]) from None
    answers = Counter(
        check_paths(inputs, output, checker, file_format=file_format or "parquet", master=master)
    )
    if as_json:
        show.as_json({"lines": answers.total(), "answers": dict(answers.most_common()), "output": str(output),
                      "known_on": checker.known_on, "register": checker.register.fingerprint,
                      "scenario": checker.register.scenario})  # fmt: skip
        return
    show.say(f"{answers.total():,} lines decided with Spark")
    show.table([(f"{count:,}", answer) for answer, count in answers.most_common()], frozenset({0}))
    show.section("Decided by", _decided_by(checker, output))


def _wanted(columns: str | None, carry: str) -> Wanted:
    """The columns asked for.

    Raises:
        InputInvalid: With every name that is no column of a decision.
    """
    from sekisho.determine.check import CARRY, OUTPUT, Wanted  # noqa: PLC0415  see above

    names = tuple(name.strip() for name in columns.split(",")) if columns is not None else OUTPUT
    faults = [
        Fault("--columns", 0, "", f"{name!r} is no column of a decision", ", ".join(OUTPUT))
        for name in names
        if name not in OUTPUT
    ]
    if carry not in CARRY:
        faults.append(Fault("--carry", 0, "", f"{carry!r} is not allowed here", ", ".join(CARRY)))
    if faults:
        raise InputInvalid(faults)
    return Wanted(tuple(dict.fromkeys(names)), carry)


def _decide(
    inputs: list[Path], output: Path | None, file_format: str | None, checker: Checker, side_by_side: int
) -> int:
    """Decides the files and writes what is asked for; gives how many parts were there already."""
    if output != _STDOUT:
        return _decide_to(inputs, output, file_format, checker, side_by_side)
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "decisions.csv"
        _decide_to(inputs, whole, file_format, checker, side_by_side)
        with whole.open("rb") as content:
            shutil.copyfileobj(content, _stdout())
    return 0


def _stdout() -> BinaryIO:
    try:
        return typer.get_binary_stream("stdout")
    except RuntimeError:  # it is closed
        raise OutputRefused("standard output", "it is closed", "write to another place") from None


_ALLOCATOR = "ARROW_DEFAULT_MEMORY_POOL"
"""Names the allocator that a user wants Arrow to take."""


def _decide_to(
    inputs: list[Path], output: Path | None, file_format: str | None, checker: Checker, side_by_side: int
) -> int:
    from sekisho.determine.parts import Parts  # noqa: PLC0415  see above
    from sekisho.determine.runs import check_files, spare_memory  # noqa: PLC0415  see above

    if not os.environ.get(_ALLOCATOR):
        spare_memory()
    with _writing(inputs, output), Bar(inputs) as bar:
        asked = checker.described() | {"any_order": side_by_side if side_by_side > 1 else None}
        writer = _writer(inputs, output, file_format, asked)
        batches = cast("_Batches", check_files(inputs, writer, checker, bar.advance, side_by_side))
        with closing(batches):
            for _ in batches:
                pass
    return writer.done.parts if isinstance(writer, Parts) else 0


def _writer(
    inputs: list[Path], output: Path | None, file_format: str | None, asked: Mapping[str, object]
) -> Any:
    from sekisho.determine.output import Writer  # noqa: PLC0415  see above
    from sekisho.determine.parts import Parts, described  # noqa: PLC0415  see above

    if output is None:
        return None
    if _is_file(output):
        return Writer(output)
    return Parts(output, f".{file_format or 'parquet'}", {**asked, "inputs": described(inputs)})


def _is_file(output: Path) -> bool:
    return output.suffix != "" and not output.is_dir()


_PART_FORMATS = ("parquet", "csv", "jsonl")


def _require_format(file_format: str | None, output: Path | None) -> None:
    """Refuses a format of parts where there are none.

    Raises:
        InputInvalid: If the option is of no use, or names no format.
    """
    if file_format is None:
        return
    if output is None:
        problem, advice = "no -o is given, and so no part of a folder is written", _FOLDER
    elif output == _STDOUT:
        problem, advice = "standard output is written as CSV, and is no folder", _FOLDER
    elif _is_file(output):
        problem = f"{output} is a file, and its ending says its format"
        advice = "-o FOLDER with it, or -o FILE without it"
    elif file_format not in _PART_FORMATS:
        problem, advice = f"{file_format!r} is no format of a folder of parts", ", ".join(_PART_FORMATS)
    else:
        return
    raise InputInvalid([Fault("--format", 0, "", problem, advice)])


_FOLDER = "-o FOLDER with it"


def _writing(inputs: list[Path], output: Path | None) -> Any:
    return nullcontext() if output is None else _refusing(inputs, output)


@contextmanager
def _refusing(inputs: list[Path], output: Path) -> Iterator[None]:
    """Refuses a place that cannot be written, before and while it is."""
    if output.exists() and any(output.samefile(file) for file in inputs):
        raise OutputRefused(str(output), "it is the input", "give another name")
    if not output.absolute().parent.is_dir():
        raise OutputRefused(str(output), "there is no such folder", "make it first")
    if output.is_dir() and any(file.resolve().is_relative_to(output.resolve()) for file in inputs):
        raise OutputRefused(str(output), "it is the folder of the input", "give another folder")
    try:
        yield
    except OutputRefused:
        raise
    except OSError as error:
        if error.filename is not None and Path(os.fsdecode(error.filename)) in inputs:
            raise
        problem = error.strerror or str(error)
        raise OutputRefused(str(output), problem, "mend that or give another place") from None


def _summary(inputs: list[Path], checker: Checker, output: Path | None) -> dict[str, object]:
    """What came out, as JSON shows it."""
    summary, register = checker.summary, checker.register
    return {
        "file": inputs[0].name, "files": [path.name for path in inputs], "lines": summary.rows,
        "answers": {a.value: summary.answers[a.value] for a in Answer},
        "may_ship": _may_ship(summary), "blocked": dict(summary.blocked.most_common()),
        "questions": [
            {"fact": fact, "lines": count, "text": summary.texts[fact]}
            for fact, count in summary.questions.most_common()
        ],
        "dated_by": dict(summary.dated_by.most_common()), "not_covered": dict(summary.gaps.most_common()),
        "unread_columns": {name: list(near) for name, near in summary.unread.items()},
        "faulty": summary.faulty, "faults": summary.faults, "keys_compared": summary.keys_compared,
        "output": str(output) if output else None, "known_on": checker.known_on,
        "register": register.fingerprint, "scenario": register.scenario, "supposed": register.supposed,
    }  # fmt: skip


def _may_ship(summary: Summary) -> int:
    return sum(summary.answers[answer.value] for answer in show.MAY_SHIP)


def _print(inputs: list[Path], checker: Checker, output: Path | None, found: int) -> None:
    summary = checker.summary
    free = _may_ship(summary)
    what = inputs[0].name if len(inputs) == 1 else f"{len(inputs)} files"
    show.say(f"{what}: {summary.rows:,} lines, {free:,} may ship, {summary.rows - free:,} may not")
    if summary.rows:
        show.heading("Answers (lines, may ship, meaning)")
        show.table(_answers(summary), frozenset({1}))
        show.say("May ship speaks of the export licence and of nothing else.", indent=2)
    _print_top("What blocks (lines)", summary.blocked)
    questions = {f"{name}: {summary.texts[name]}": n for name, n in summary.questions.items()}
    _print_top("Open questions (lines)", Counter(questions))
    dates = {name or "none (no date stated)": n for name, n in summary.dated_by.items()}
    _print_top("Decisive date taken from (lines)", Counter(dates))
    _print_top("Not covered (lines)", summary.gaps)
    if summary.unread:
        show.section("Columns that no rule reads", _unread(summary.unread))
    _print_faults(summary)
    show.section("Decided by", _decided_by(checker, output, found))


def _unread(columns: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    alike = {name: near for name, near in columns.items() if near}
    for name, near in alike.items():
        yield f"{name} (did you mean {' or '.join(near)}?)"
    others = [name for name in columns if name not in alike]
    if others:
        yield ", ".join(others)


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


def _decided_by(checker: Checker, output: Path | None, found: int = 0) -> Iterator[str]:
    scenario = f" with the scenario {checker.register.scenario}" if checker.register.scenario else ""
    known_on = checker.known_on
    known = f"as known on the day in {known_on}" if isinstance(known_on, str) else show.known(known_on)
    yield f"register {checker.register.fingerprint}{scenario}, {known}"
    yield from show.supposed(checker.register)
    if not checker.summary.keys_compared:
        yield "the input is so long that not every key was compared with all before it"
    if output is not None:
        yield f"decisions written to {'standard output' if output == _STDOUT else output}"
        if found:
            parts = "part" if found == 1 else "parts"
            yield f"of which {found:,} {parts} stood there already"
    else:
        yield "decisions not written; -o decisions.csv writes them"
