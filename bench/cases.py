"""The cases that are measured, each run as ``cases.py NAME ARGUMENTS`` in a process of its own."""

from __future__ import annotations

import datetime as dt
import importlib
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import peers
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from growth import growth_lines, write_register
from measure import Args, Measured, report, timed

import sekisho
from sekisho.determine import kept_kinds
from sekisho.determine.check import OUTPUT, Checker, Wanted, check
from sekisho.determine.decide import decide
from sekisho.determine.decider import Decider
from sekisho.determine.files import read_batches, table_batches
from sekisho.determine.flips import COMPARED
from sekisho.determine.impact import Assessment
from sekisho.determine.intake import read_line
from sekisho.determine.law_change import change_of
from sekisho.determine.runs import check_file, spare_memory
from sekisho.model import Shipment
from sekisho.register.kept import place_of
from sekisho.register.kept import read as read_kept
from sekisho.register.kept_files import VARIABLE
from sekisho.register.open import open_register
from sekisho.register.register import DATA, View

REASONS = ("answer", "rules", "questions", "register")
WANTED = {
    "answer": Wanted(("answer",), "all"),
    "reasons": Wanted(REASONS, "all"),
    "key": Wanted(("answer",), "none"),
    "default": Wanted(OUTPUT, "other"),
    "peers": Wanted(peers.OUTPUT, "none"),
}
ONE_ROW, ONE_DAY = 4000, dt.date(2023, 8, 1)
pa.array([""])  # the first list of texts imports pandas where it is installed; imports are not counted


def copy(args: Args) -> Measured:
    """DuckDB's plain copy of a file, a constant column added, perhaps with one hash join."""
    import duckdb  # noqa: PLC0415  only this case needs it

    with duckdb.connect() as base:
        base.execute(
            "CREATE TABLE places AS SELECT unnest(?) AS code, 'some group' AS answer", [_countries()]
        )
        read = f"read_csv('{args['source']}')" if args["source"].endswith(".csv") else f"'{args['source']}'"
        form = "csv, HEADER" if args["target"].endswith(".csv") else "parquet"
        rows = f"SELECT *, 'licence_required' AS answer FROM {read}"  # noqa: S608  no text of others
        if args.get("join"):
            rows = f"SELECT l.*, p.answer FROM {read} l LEFT JOIN places p ON l.destination_country = p.code"  # noqa: S608
        statement = f"COPY ({rows}) TO '{args['target']}' (FORMAT {form})"
        return timed(args["rows"], lambda: base.execute(statement))


def _countries() -> list[str]:
    return [country.alpha_2 for country in open_register().countries]


def check_lines(args: Args) -> Measured:
    """Sekisho, a file in and a file out, as the command does it; ``kept`` says where kinds are kept."""
    spare_memory()
    if "kept" in args:
        os.environ[VARIABLE] = args["kept"]
    source, target = Path(args["source"]), Path(args["target"])
    found: list[Checker] = []

    def work() -> None:
        found.append(Checker(open_register(), name=source.name, wanted=WANTED[args["wanted"]]))
        if "kept" in args:
            found[0].use_kept()
        for _ in check_file(source, target, found[0]):
            pass

    made = timed(args["rows"], work)
    kinds, new = found[0].summary.kinds, found[0].new_kinds
    return _with(made, note=f"{kinds:,} kinds of line" + (f", {new:,} of them new" if "kept" in args else ""))


def _with(made: Measured, **changes: Any) -> Measured:
    return Measured(made.rows, made.seconds, made.cpu, **changes)


def frame(args: Args) -> Measured:
    """Sekisho, an Arrow table in memory in and out."""
    table = pq.read_table(args["source"])
    return timed(table.num_rows, lambda: check(table, columns=("answer",), carry="all"))


def one_row(args: Args) -> Measured:
    """One shipment after the other: decided anew, then by views that keep what they decided.

    A hundred at a time, so that a shipment is at hand as one that a program has just made, and
    each five times, of which the least counts: other work on the machine takes its time too.
    """
    register = open_register()
    view, again = register.view(ONE_DAY), register.view(ONE_DAY)
    batches = read_batches(Path(args["source"]))
    rows = islice((row for batch in batches for row in batch.rows(range(ONE_ROW))), ONE_ROW)
    dated = [read_line(row, register).shipment for row in rows]
    undated = [replace(shipment, decisive_date=None) for shipment in dated]
    listed = [shipment for shipment in undated if _has_condition(shipment, view)]
    of_one_day = [replace(shipment, decisive_date=ONE_DAY) for shipment in listed]
    coded = Decider(register, with_reasons=False)
    taken = {
        "decided anew, with reasons": _least(dated, lambda shipment: decide(shipment, register)),
        "decided anew, listed items with conditions": _least(
            of_one_day, lambda shipment: decide(shipment, register)
        ),
        "`sekisho.decide`, the same, checked first": _least(
            of_one_day, lambda shipment: sekisho.decide(shipment, register)
        ),
        "`view.decide`, for the first time": _times(undated, again.decide),
        "`view.decide`, with reasons": _least(undated, view.decide),
        "`view.decide`, listed items with conditions": _least(listed, view.decide),
        "`view.decide`, coded": _least(undated, lambda shipment: view.decide(shipment, with_reasons=False)),
        "coded, of lines that were read and checked": _least(dated, coded.decide),
    }
    more = {f"{name} p{q}": float(np.percentile(times, q)) for name, times in taken.items() for q in (50, 95)}
    note = ", ".join(f"{name} {microseconds:,.0f} us" for name, microseconds in more.items())
    return Measured(note=note, more=more)


def _has_condition(shipment: Shipment, view: View) -> bool:
    law = view.law(shipment.ship_from or "")
    return law is not None and bool(shipment.code) and bool(law.limbs(shipment.code or ""))


def _least(shipments: list[Shipment], way: Callable[[Shipment], object]) -> list[float]:
    found: list[float] = []
    for at in range(0, len(shipments), 100):
        group = shipments[at : at + 100]
        found += map(min, zip(*(_times(group, way) for _ in range(5)), strict=True))
    return found


def _times(shipments: list[Shipment], way: Callable[[Shipment], object]) -> list[float]:
    """Microseconds for each."""
    found: list[float] = []
    for shipment in shipments:
        start = time.perf_counter_ns()
        way(shipment)
        found.append((time.perf_counter_ns() - start) / 1000)
    return found


def spark(args: Args) -> Measured:
    """Sekisho on Spark with two local workers, keys compared or trusted; or Spark's own copy."""
    try:
        module = importlib.import_module("sekisho.spark")
        sessions = importlib.import_module("pyspark.sql").SparkSession
        functions = importlib.import_module("pyspark.sql.functions")
    except ImportError:
        return Measured(note="not installed")
    os.environ["PYSPARK_PYTHON"] = sys.executable
    session = sessions.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    lines = session.read.parquet(args["source"])
    keys, wanted = args["keys"], WANTED["answer"]
    made = timed(
        args["rows"],
        lambda: (
            (
                module.check(lines, keys=keys, columns=wanted.columns, carry=wanted.carry)
                if keys
                else lines.withColumn("answer", functions.lit("licence_required"))
            )
            .write.mode("overwrite")
            .parquet(args["target"])
        ),
    )
    session.stop()
    return made


def peer(args: Args) -> Measured:
    """Another engine on its part of the law, a file in and a file out."""
    try:
        decide_rows = peers.PEERS[args["peer"]]()
    except ImportError:
        return Measured(note="not installed")
    source, target = Path(args["source"]), Path(args["target"])
    return timed(args["rows"], lambda: peers.run_peer(source, target, decide_rows, args["rows"]))


def grow(args: Args) -> Measured:
    """A register or an input of some size: CPU seconds to load, for the first batch, for each row."""
    folder = write_register(Path(args["folder"]), args["shape"], args["size"])
    start = time.process_time()
    register = open_register(folder)
    loaded = time.process_time()
    batches = [*table_batches(growth_lines(args["shape"], args["size"], args["rows"]))]
    checker = Checker(register, wanted=WANTED["answer"])
    begun = time.process_time()
    for batch in batches:
        checker.batch(batch)
    first = time.process_time() - begun
    kinds = checker.summary.kinds
    checker.keys = type(checker.keys)()  # the same lines come again, as if they were others
    made = timed(args["rows"], lambda: [checker.batch(batch) for batch in batches])
    more = {"load": loaded - start, "first": first, "kinds": kinds, "row": made.cpu / args["rows"] * 1e6}
    return _with(made, more=more)


def scan(args: Args) -> Measured:
    """DuckDB reads every column of a file and writes nothing: the least of any question about it."""
    import duckdb  # noqa: PLC0415  only this case needs it

    names = ", ".join(pq.read_schema(args["source"]).names)
    asked = f"SELECT bit_xor(hash({names})) FROM '{args['source']}'"  # noqa: S608  no text of others; of statistics alone no row would be read
    with duckdb.connect() as base:
        return timed(args["rows"], lambda: base.execute(asked).fetchall())


def impact(args: Args) -> Measured:
    """What a change of the law does to a file: an event, or a scenario."""
    found: list[Assessment] = []

    def work() -> None:
        register = open_register()
        other = open_register(scenario=args["scenario"]) if args.get("scenario") else None
        found.append(Assessment(change_of(register, other, event=args.get("event"))))
        for batch in read_batches(Path(args["source"])):
            found[0].batch(batch)
        found[0].result()

    made = timed(args["rows"], work)
    result = found[0].result()
    return _with(made, note=f"{result.decided:,} lines decided, {result.flipped:,} flip")


def twice(args: Args) -> Measured:
    """The same file decided by the record and by the scenario, and the answers held against each other."""
    flipped = [0]

    def work() -> None:
        registers = open_register(), open_register(scenario=args["scenario"])
        first, second = (Checker(register, wanted=Wanted(COMPARED, "none")) for register in registers)
        for batch in read_batches(Path(args["source"])):
            one, other = first.batch(batch), second.batch(batch)
            apart = [_differ(one[name], other[name]) for name in COMPARED]
            flipped[0] += int(np.logical_or.reduce(apart).sum())

    made = timed(args["rows"], work)
    return _with(made, note=f"{2 * args['rows']:,} lines decided, {flipped[0]:,} flip")


def _differ(one: pa.Array, other: pa.Array) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    kind = pa.int64() if pa.types.is_integer(one.type) else pa.string()
    unknown = pa.scalar(-1 if pa.types.is_integer(kind) else "", kind)
    same = pc.equal(*(pc.fill_null(cells.cast(kind), unknown) for cells in (one, other)))
    return ~np.asarray(same)


def kept(args: Args) -> Measured:
    """What is kept of kinds of line: its size, and the milliseconds of CPU to find and to open it."""
    os.environ[VARIABLE] = args["folder"]
    place = kept_kinds.place_of(open_register(), None, None)
    if place is None:
        return Measured(note="nothing can be kept")
    more = {
        "size kB": place.path.stat().st_size / 1000,
        "ways": float(sum(len(list(tree.all_ends())) for tree in kept_kinds.read(place).trees.values())),
        "find": _least_of(lambda: kept_kinds.place_of(open_register(), None, None))
        - _least_of(open_register),
        "open": _least_of(lambda: kept_kinds.read(place)),
    }
    return Measured(more=more)


START = {
    "ask": ("ask", "--from", "JP", "--to", "KR", "--code", "7(19)", "--on", "2019-07-10"),
    "register show": ("register", "show", "jp-three-materials"),
}


def start(args: Args) -> Measured:
    """Short commands from start to end, with and without a kept register; milliseconds of CPU."""
    os.environ[VARIABLE] = args["folder"]
    open_register()
    place = place_of(DATA)
    if place is None:
        return Measured(note="nothing can be kept")
    more = {
        "size kB": place.path.stat().st_size / 1000,
        "load": _least_of(lambda: read_kept(place, DATA)),
        "open kept": _least_of(open_register),
        "Python and Typer": _least_of(lambda: _command("--version")),
    }
    more |= {f"{name} kept": _least_of(lambda c=command: _command(*c)) for name, command in START.items()}
    os.environ[VARIABLE] = "off"
    more |= {f"{name} anew": _least_of(lambda c=command: _command(*c)) for name, command in START.items()}
    return Measured(more=more | {"open anew": _least_of(open_register)})


def _command(*args: str) -> None:
    subprocess.run([sys.executable, "-m", "sekisho", *args], check=True, stdout=subprocess.DEVNULL)


def _least_of(work: Callable[[], object]) -> float:
    """Milliseconds of CPU, of this process and of those that it waited for."""
    found = []
    for _ in range(15):
        before = _used()
        work()
        found.append(_used() - before)
    return min(found) * 1000


def _used() -> float:
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, whose))


CASES: dict[str, Callable[[Args], Measured]] = {
    "copy": copy, "check": check_lines, "frame": frame, "one_row": one_row, "spark": spark,
    "peer": peer, "grow": grow, "scan": scan, "impact": impact, "twice": twice, "start": start, "kept": kept,
}  # fmt: skip


if __name__ == "__main__":
    report(CASES[sys.argv[1]](json.loads(sys.argv[2])))
