"""How fast and in how much memory lines are decided, against lower bounds and peers.

    python bench/scale.py [--rows N] [--quick] [--huge] [--only PART] [--write]

One table, measured in one run: each case in a process of its own. ``--write`` puts it
into ``bench/RESULTS.md``; with ``--only`` that part alone, where it stood. The dependency
group ``bench`` holds what it needs; a peer or Spark that is not installed is said to be so
in the table.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

import psutil
import pyarrow.parquet as pq
from measure import Measured, run
from order_lines import NARROW, write_order_lines, write_parquet_lines
from peers import OUTPUT, SUBSET, write_peer_lines

import sekisho
from sekisho.register.open import open_register

RESULTS = Path(__file__).with_name("RESULTS.md")
PACKAGES = ("numpy", "pyarrow", "duckdb", "openfisca-core", "zen-engine", "pyspark")
PEER_ROWS, ZEN_ROWS, UNLIKE_ROWS, SAMPLE = 1_000_000, 50_000, 1_000_000, 20_000
GROWN = {
    "items": (100, 1_000, 10_000),
    "changes": (10, 100, 1_000, 10_000),
    "countries": (10, 50, 200),
    "users": (10, 1_000, 100_000),
}  # fmt: skip
GROWTH_ROWS = 16_384
LIMIT = 900.0


@dataclass(frozen=True, slots=True)
class Case:
    """One line of the table.

    Attributes:
        bound: The title of the case whose time for a row is the lower bound of this one.
    """

    title: str
    case: str
    args: dict[str, Any]
    bound: str = ""
    part: str = ""


@dataclass(slots=True)
class Bench:
    """What was measured so far, and the files of it."""

    folder: Path
    rows: int
    limit: float
    quick: bool
    huge: bool
    lines: list[str] = field(default_factory=list)
    taken: dict[str, Measured] = field(default_factory=dict)

    def say(self, line: str = "") -> None:
        """Prints a line of the results and keeps it."""
        print(line, flush=True)
        self.lines.append(line)

    def table(self, cases: Sequence[Case]) -> None:
        """Measures cases and says a line for each."""
        self.say("| case | rows | s | rows/s | x bound | peak MB | CPU s | x CPU | |")
        self.say("|---|--:|--:|--:|--:|--:|--:|--:|---|")
        for case in cases:
            made = run(case.case, case.args, self.limit, 1 if self.quick else 2)
            self.taken[case.title] = made
            note = "; ".join(text for text in (case.part, made.note, self._agreement(case, made)) if text)
            self.say(f"| {case.title} | {self._numbers(case, made)} | {note} |")

    def _numbers(self, case: Case, made: Measured) -> str:
        if not made.seconds:
            return " | ".join([f"{made.rows:,}" if made.rows else "", *[""] * 6])
        bound = self.taken.get(case.bound, Measured())
        times = [(made.seconds, bound.seconds), (made.cpu, bound.cpu)]
        ratios = [
            f"{spent / made.rows * bound.rows / least:.2f}" if bound.rows and least else ""
            for spent, least in times
        ]
        return " | ".join([
            f"{made.rows:,}", f"{made.seconds:.2f}", f"{made.rows / made.seconds:,.0f}", ratios[0],
            f"{made.peak:,.0f}", f"{made.cpu:.2f}", ratios[1],
        ])  # fmt: skip

    def _agreement(self, case: Case, made: Measured) -> str:
        """On how many rows of the sample a peer gave what Sekisho gave."""
        if case.case != "peer" or not made.seconds:
            return ""
        columns = [*KEY, *OUTPUT]
        ours, theirs = (pq.read_table(self.folder / name, columns=columns).slice(0, SAMPLE).to_pylist()
                        for name in ("peers-sekisho.parquet", Path(case.args["target"]).name))  # fmt: skip
        same = sum(_plain(one) == _plain(other) for one, other in zip(ours, theirs, strict=False))
        return f"agrees with Sekisho on {same:,} of {min(len(ours), len(theirs)):,} rows"


KEY = ("transaction_id", "line_id")


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: cell or "" for name, cell in row.items()}


def main() -> None:
    """Measures, prints, and writes if asked."""
    parser = argparse.ArgumentParser(description="Measures Sekisho against lower bounds and peers.")
    parser.add_argument("--rows", type=int, default=1_000_000, help="lines of the main files")
    parser.add_argument(
        "--quick", action="store_true", help="a short run of every case, to see that it works"
    )
    parser.add_argument("--huge", action="store_true", help="let the rows grow to 100 million")
    parser.add_argument("--write", action="store_true", help="put the table into bench/RESULTS.md")
    parser.add_argument("--limit", type=float, default=LIMIT, help="seconds after which a case is given up")
    parser.add_argument("--only", choices=PARTS, help="measure one part alone")
    asked = parser.parse_args()
    rows = min(asked.rows, 20_000) if asked.quick else asked.rows
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(Path(folder), rows, asked.limit, asked.quick, asked.huge)
        for part in [PARTS[asked.only]] if asked.only else [_machine, *PARTS.values()]:
            part(bench)
    if asked.write:
        lines, before = "\n".join(bench.lines).strip("\n") + "\n", RESULTS.read_text(encoding="utf-8")
        made = replaced(before, lines) if asked.only else lines + others(before, lines)
        RESULTS.write_text(made, encoding="utf-8")


def replaced(results: str, made: str) -> str:
    """The results with one section made anew where it stood, or before those of other measurements."""
    parts = [part for part in re.split(r"(?m)^(?=#{1,2} |<!-- )", results) if part.strip()]
    titles = [part.splitlines()[0] for part in parts]
    at = titles.index(made.splitlines()[0]) if made.splitlines()[0] in titles else None
    if at is None:
        at = titles.index(NOT_OURS) if NOT_OURS in titles else len(parts)
        parts.insert(at, "")
    parts[at] = f"{made}\n"
    return "".join(parts)


def others(results: str, made: str) -> str:
    """The sections of results that other measurements wrote: those this one has not."""
    titles = {line for line in made.splitlines() if line.startswith("#")}
    parts = (part for part in re.split(r"(?m)^(?=#{1,2} |<!-- )", results) if part.strip())
    kept = [part for part in parts if part.splitlines()[0] not in titles]
    return "\n" + "".join(kept) if kept else ""


def _machine(bench: Bench) -> None:
    register = open_register()
    memory = psutil.virtual_memory().total / (1 << 30)
    bench.say("# What was measured")
    bench.say()
    bench.say(f"`python bench/scale.py {' '.join(sys.argv[1:])}`, all in one run; each case in a process of")
    bench.say(
        "its own, the better of two where it took under 20 s. Memory is the most that the process and those"
    )
    bench.say("it started held; `x bound` is the time for a row over that of the lower bound, `x CPU` the")
    bench.say("same for CPU time, which other work on the machine disturbs less. Imports are not counted.")
    bench.say()
    bench.say(f"- Machine: {_processor()}, {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()}")
    versions = ", ".join(f"{name} {version}" for name, version in _versions())
    bench.say(f"- Python {platform.python_version()}, {versions}")
    bench.say(f"- Sekisho {sekisho.__version__}, register {register.fingerprint}")


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    names = (line.partition(": ")[2] for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def _versions() -> Iterator[tuple[str, str]]:
    for name in PACKAGES:
        try:
            yield name, metadata.version(name)
        except metadata.PackageNotFoundError:
            yield name, "not installed"


COPY, CSV = "DuckDB copies Parquet, one column added", "DuckDB copies CSV"
NARROW_COPY = "DuckDB copies narrow Parquet"
SPARK = "Spark copies Parquet, local[2], one column added"
JOIN = "the same with one hash join"


def _files(bench: Bench) -> None:
    rows, source, lines = bench.rows, bench.folder / "lines.parquet", bench.folder / "lines.csv"
    write_parquet_lines(source, rows)
    write_order_lines(lines, rows)
    narrow = bench.folder / "narrow.parquet"
    write_parquet_lines(narrow, rows, columns=NARROW)
    bench.say("\n## Files\n")
    bench.say(f"{rows:,} lines of {len(pq.read_schema(source).names)} columns, "
              f"{source.stat().st_size / 1e6:.0f} MB of Parquet, {lines.stat().st_size / 1e6:.0f} MB of CSV; "
              "few kinds of line (`order_lines.py`, mix `few`). The narrow file has eleven of the "
              "columns.\n")  # fmt: skip
    wanted = {
        "all columns and the answer": "answer",
        "the same, with rules, questions and register": "reasons",
        "key and answer only": "key",
        "the columns `sekisho check` gives": "default",
    }
    bench.table([
        Case(COPY, "copy", _args(bench, source, "copy.parquet", rows), COPY, "lower bound"),
        Case(JOIN, "copy", _args(bench, source, "join.parquet", rows) | {"join": True}, COPY, "lower bound"),
        Case(CSV, "copy", _args(bench, lines, "copy.csv", rows), CSV, "lower bound for CSV"),
        *(Case(f"Sekisho, Parquet, {title}", "check",
               _args(bench, source, "out.parquet", rows) | {"wanted": name}, COPY)
          for title, name in wanted.items()),
        Case(NARROW_COPY, "copy", _args(bench, narrow, "copy.parquet", rows), NARROW_COPY,
             "lower bound for the narrow file"),
        Case("Sekisho, narrow Parquet, key and answer only", "check",
             _args(bench, narrow, "out.parquet", rows) | {"wanted": "key"}, NARROW_COPY),
        Case("Sekisho, CSV, all columns and the answer", "check",
             _args(bench, lines, "out.csv", rows) | {"wanted": "answer"}, CSV),
        Case("Sekisho, Arrow table in memory", "frame", _args(bench, source, "", rows), COPY),
        Case(SPARK, "spark", _args(bench, source, "spark.parquet", rows) | {"keys": ""}, SPARK,
             "lower bound for Spark"),
        *(Case(f"Sekisho on Spark, keys {keys}", "spark",
               _args(bench, source, "spark.parquet", rows) | {"keys": keys}, SPARK)
          for keys in ("trusted", "compared")),
    ])  # fmt: skip


def _args(bench: Bench, source: Path, target: str, rows: int) -> dict[str, Any]:
    return {"source": str(source), "target": str(bench.folder / target), "rows": rows}


def _peers(bench: Bench) -> None:
    rows, source = min(bench.rows, PEER_ROWS), bench.folder / "peers.parquet"
    write_peer_lines(source, rows)
    bench.say("\n## Peers\n")
    bench.say("The same rows, and for the peers the same part of the law (reduced): "
              f"{SUBSET}. Sekisho reads all its rules. Parquet in; key, answer, licence types and usable "
              "licence out.\n")  # fmt: skip
    sizes = {"openfisca": rows, "zen": min(rows, ZEN_ROWS), "loop": rows}
    titles = {"openfisca": "OpenFisca-Core", "zen": "zen-engine", "loop": "a plain Python loop"}
    bound = "DuckDB copies these rows"
    ours = _args(bench, source, "peers-sekisho.parquet", rows) | {"wanted": "peers"}
    bench.table([
        Case(bound, "copy", _args(bench, source, "copy.parquet", rows), bound, "lower bound"),
        Case("Sekisho", "check", ours, bound, "the whole law"),
        *(Case(titles[name], "peer", _args(bench, source, f"{name}.parquet", size) | {"peer": name},
               bound, "reduced") for name, size in sizes.items()),
    ])  # fmt: skip


def _one_row(bench: Bench) -> None:
    source = bench.folder / "mixed.parquet"
    write_parquet_lines(source, 20_000, mix="master")
    bench.say("\n## One shipment\n")
    made = run("one_row", {"source": str(source)}, bench.limit)
    bench.say("Shipments of many kinds and days, decided anew each time, and by a view that keeps what")
    bench.say("it decided; microseconds. A view checks every shipment first, as `sekisho.decide` does.")
    bench.say("Coded is the answer with the ids of its rules. The least of five for each shipment, but for")
    bench.say("the first time.\n")
    bench.say("| | p50 | p95 |\n|---|--:|--:|")
    more = made.more or {}
    for name in (key.removesuffix(" p50") for key in more if key.endswith(" p50")):
        bench.say(f"| {name} | {more[f'{name} p50']:,.1f} | {more[f'{name} p95']:,.1f} |")


def _start(bench: Bench) -> None:
    bench.say("\n## The start of a command\n")
    more = run("start", {"folder": str(bench.folder / "kept")}, bench.limit, 1).more or {}
    size, load, least = (more[name] for name in ("size kB", "load", "Python and Typer"))
    bench.say(
        f"The kept register of the shipped data is {size:,.0f} kB and is read in {load:,.0f} ms. From start"
    )
    bench.say(
        "to end, the least of fifteen, in milliseconds of CPU; `sekisho --version`, which is Python and"
    )
    bench.say(f"Typer, takes {least:,.0f}.\n")
    bench.say("| | kept | read and checked anew |\n|---|--:|--:|")
    for name, title in {"open": "`open_register`", "ask": "`sekisho ask`",
                        "register show": "`sekisho register show`"}.items():  # fmt: skip
        bench.say(f"| {title} | {more[f'{name} kept']:,.0f} | {more[f'{name} anew']:,.0f} |")


def _mixes(bench: Bench) -> None:
    rows, kept = min(bench.rows, UNLIKE_ROWS), str(bench.folder / "kept kinds")
    bench.say("\n## How alike the lines are\n")
    bench.say(
        "Each kind of line is decided once. All columns and the answer, Parquet to Parquet. *Again* is a"
    )
    bench.say("run that finds what a run over the same file kept; kinds with faults are never kept.\n")
    cases = []
    for mix in ("few", "master", "unlike"):
        source = bench.folder / f"{mix}.parquet"
        write_parquet_lines(source, rows, mix=mix)
        bound, args = f"DuckDB copies, mix `{mix}`", _args(bench, source, "out.parquet", rows)
        run("check", args | {"wanted": "answer", "kept": kept}, bench.limit, 1)
        cases += [
            Case(bound, "copy", _args(bench, source, "copy.parquet", rows), bound, "lower bound"),
            Case(f"Sekisho, mix `{mix}`", "check", args | {"wanted": "answer"}, bound),
            Case(f"Sekisho again, mix `{mix}`", "check", args | {"wanted": "answer", "kept": kept}, bound),
        ]
    bench.table(cases)
    more = run("kept", {"folder": kept}, bench.limit, 1).more or {}
    size, ways, find, opened = (more[name] for name in ("size kB", "ways", "find", "open"))
    bench.say(f"\nWhat is kept of all three, {ways:,.0f} kinds, is {size:,.0f} kB, and is opened in")
    bench.say(f"{opened:,.0f} ms; to hash the code that decides, which its name tells, takes {find:,.0f} ms.")


def _row_growth(bench: Bench) -> None:
    most = 10**7 if bench.huge else bench.rows
    sizes = [size for size in (10**5, 10**6, 10**7) if size <= most] or [bench.rows]
    sizes += [10**8] * bench.huge
    bench.say("\n## Growth with the rows\n")
    bench.say("All columns and the answer, Parquet to Parquet.\n")
    cases = []
    for size in sizes:
        source = bench.folder / ("lines.parquet" if size == bench.rows else f"rows-{size}.parquet")
        if not source.exists():
            write_parquet_lines(source, size)
        bound = f"DuckDB copies {size:,} lines"
        cases += [
            Case(bound, "copy", _args(bench, source, "copy.parquet", size), bound, "lower bound"),
            Case(f"Sekisho, {size:,} lines", "check",
                 _args(bench, source, "out.parquet", size) | {"wanted": "answer"}, bound),
        ]  # fmt: skip
    bench.table([*cases, *_narrow_growth(bench, sizes[-2 if bench.huge else -1])])


def _narrow_growth(bench: Bench, size: int) -> list[Case]:
    """Key and answer of a file of eleven columns, of so many lines that the start hardly counts."""
    source, bound = bench.folder / f"narrow-{size}.parquet", f"DuckDB copies {size:,} narrow lines"
    write_parquet_lines(source, size, columns=NARROW)
    return [
        Case(bound, "copy", _args(bench, source, "copy.parquet", size), bound, "lower bound"),
        Case(f"Sekisho, {size:,} narrow lines, key and answer only", "check",
             _args(bench, source, "out.parquet", size) | {"wanted": "key"}, bound),
    ]  # fmt: skip


SCAN = "DuckDB reads every column"
SCENARIO = Path(__file__).parents[1] / "examples" / "scenario_hf_eased.toml"
EVENT = "jp-three-materials-individual"


def _impact(bench: Bench) -> None:
    rows = min(bench.rows, UNLIKE_ROWS)
    bench.say("\n## A change of the law\n")
    bench.say(
        f"`python bench/scale.py {' '.join(sys.argv[1:])}`. What `sekisho impact` does with a file, and"
    )
    bench.say("deciding it in full by both states of the law; nothing is written. Only lines that the change")
    bench.say("may concern are decided, so the ratio falls with what it concerns.\n")
    cases = []
    for mix in ("few", "master"):
        source = bench.folder / f"{mix}.parquet"
        if not source.exists():
            write_parquet_lines(source, rows, mix=mix)
        args, bound = {"source": str(source), "rows": rows}, f"{SCAN}, mix `{mix}`"
        cases += [
            Case(bound, "scan", args, bound, "lower bound"),
            Case(f"impact of an event, mix `{mix}`", "impact", args | {"event": EVENT}, bound),
            Case(f"impact of a scenario, mix `{mix}`", "impact", args | {"scenario": str(SCENARIO)}, bound),
            Case(f"decided twice, mix `{mix}`", "twice", args | {"scenario": str(SCENARIO)}, bound),
        ]
    bench.table(cases)


_SHAPES: dict[str, str] = {
    "items": "further items, each with a rule",
    "changes": "further dated changes",
    "countries": "destination countries",
    "users": "end users",
}


def _growth(bench: Bench) -> None:
    bench.say("\n## Growth with the law and the parties\n")
    bench.say(f"{GROWTH_ROWS:,} lines: CPU seconds to load the register and to decide the first batch, in")
    bench.say("which most lines are new kinds; then microseconds for a row when the same lines come again.\n")
    bench.say(
        "| what grows | size | load s | first batch s | kinds | us for a kind | us for a row | peak MB | |"
    )
    bench.say("|---|--:|--:|--:|--:|--:|--:|--:|---|")
    for shape, sizes in GROWN.items():
        for size in sizes[:1] if bench.quick else sizes:
            args = {"folder": str(bench.folder), "shape": shape, "size": size, "rows": GROWTH_ROWS}
            made = run("grow", args, bench.limit, 1)
            bench.say(f"| {_SHAPES[shape]} | {size:,} | {_grown(made)} | {made.note} |")


def _grown(made: Measured) -> str:
    if made.more is None:
        return " | ".join([""] * 6)
    load, first, kinds, row = (made.more[name] for name in ("load", "first", "kinds", "row"))
    each = first / kinds * 1e6
    return f"{load:.2f} | {first:.2f} | {kinds:,.0f} | {each:,.0f} | {row:.2f} | {made.peak:,.0f}"


NOT_OURS = "## Supply networks"
"""The first section of the results that another measurement wrote."""
PARTS: dict[str, Callable[[Bench], None]] = {
    "files": _files, "peers": _peers, "one-row": _one_row, "start": _start, "mixes": _mixes,
    "impact": _impact, "row-growth": _row_growth, "growth": _growth,
}  # fmt: skip
"""What may be measured alone."""


if __name__ == "__main__":
    main()
