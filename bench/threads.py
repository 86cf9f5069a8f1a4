"""Whether files are decided faster in more threads, or if files may come in turns (``--any-order``).

    python bench/threads.py [--rows N] [--write]

Where other work runs on the machine, give it priority (``chrt -f 1`` on Linux), or more threads only
get more of the cores. An upper bound for all: every kind of line is known before, and keys are
trusted, so that threads share what was decided without a lock. ``--write`` puts the table into
``bench/RESULTS.md``.
"""

from __future__ import annotations

import argparse
import json
import os
import queue
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
from order_lines import NARROW, order_lines, write_order_lines, write_parquet_lines
from scale import RESULTS, replaced

from sekisho.determine.check import Checker, Wanted
from sekisho.determine.files import Batch, read_batches
from sekisho.determine.output import Writer
from sekisho.determine.runs import check_files, spare_memory
from sekisho.determine.turns import SIDE_BY_SIDE
from sekisho.register.open import open_register

FILES = 4
TIMES = 5
HEAD = ["| case | s | million rows/s | CPU s | cores busy |", "|---|--:|--:|--:|--:|"]


@dataclass(frozen=True)
class Case:
    """What is decided.

    Attributes:
        share: By how much the rows are fewer.
        wanted: What is written.
        columns: Of which columns; all if not given.
        kind: The ending of the files.
        into: The ending of the output.
    """

    share: int
    wanted: Wanted
    columns: Sequence[str] | None = None
    kind: str = ".parquet"
    into: str = ".parquet"


ANSWER = ("answer",)
CASES = {
    "key and answer, eleven columns": Case(1, Wanted(ANSWER, "none"), NARROW),
    "all of 25 columns and the answer": Case(4, Wanted(ANSWER, "all")),
    "25 columns, what `sekisho check` writes": Case(4, Wanted()),
    "CSV, all of 25 columns and the answer": Case(16, Wanted(ANSWER, "all"), None, ".csv", ".csv"),
    "CSV, what `sekisho check` writes": Case(16, Wanted(), None, ".csv", ".csv"),
    "CSV to Parquet": Case(16, Wanted(), None, ".csv"),
    "JSON lines, what `sekisho check` writes": Case(32, Wanted(), None, ".jsonl", ".jsonl"),
    "JSON lines to Parquet": Case(32, Wanted(), None, ".jsonl"),
}


class Runs:
    """Ways to decide the same files.

    Args:
        folder: Holds the files, and gets what is written.
    """

    def __init__(self, folder: Path, rows: int, case: Case) -> None:
        self.folder, self.case = folder, case
        each = rows // case.share // FILES
        self.rows = FILES * each
        self.paths = [_written(folder, case, each, at) for at in range(FILES)]
        self.checker = Checker(open_register(), wanted=case.wanted, compare_keys=False)
        for batch in self.batches():
            self.checker.batch(batch)

    def batches(self) -> Iterator[Batch]:
        """The rows of all files."""
        for path in self.paths:
            yield from read_batches(path, self.checker.wants)

    def alone(self) -> None:
        """One thread reads, decides and writes."""
        self.write(map(self.checker.batch, self.batches()))

    def check(self, side_by_side: int = 1) -> None:
        """Reading, deciding and writing each have a thread, as in every run; or several files are read."""
        for _ in check_files(self.paths, self._writer(), self.checker, side_by_side=side_by_side):
            pass

    def _writer(self) -> Writer:
        return Writer(self.folder / f"decisions{self.case.into}")

    def write(self, decisions: Iterator[pa.RecordBatch]) -> None:
        """Writes decisions to one file."""
        writer = self._writer()
        for batch in decisions:
            writer.write(batch)
        writer.close()

    def deciding_in(self, threads: int, *, ordered: bool) -> None:
        """Several threads decide; rows are written in order, or batch by batch as they are ready."""
        asked: queue.Queue[Any] = queue.Queue(threads)
        made: queue.Queue[Any] = queue.Queue(2 * threads)
        works = [threading.Thread(target=self._decide, args=(asked, made)) for _ in range(threads)]
        works.append(threading.Thread(target=self._ask, args=(asked, threads)))
        for work in works:
            work.start()
        self.write(_in_order(_all(made, threads)) if ordered else (one for _, one in _all(made, threads)))
        for work in works:
            work.join()

    def _ask(self, asked: queue.Queue[Any], threads: int) -> None:
        for told in enumerate(self.batches()):
            asked.put(told)
        for _ in range(threads):
            asked.put(None)

    def _decide(self, asked: queue.Queue[Any], made: queue.Queue[Any]) -> None:
        while (told := asked.get()) is not None:
            made.put((told[0], self.checker.batch(told[1])))
        made.put(None)


def _written(folder: Path, case: Case, rows: int, at: int) -> Path:
    """One of several files, whose keys go on from one to the next."""
    path = folder / f"lines-{at}{case.kind}"
    if case.kind == ".csv":
        write_order_lines(path, rows, seed=at, number=at * rows)
    elif case.kind == ".parquet":
        write_parquet_lines(path, rows, seed=at, columns=case.columns, number=at * rows)
    else:
        with path.open("w", encoding="utf-8") as file:
            for table in order_lines(rows, seed=at, number=at * rows):
                file.writelines(json.dumps(row, default=str) + "\n" for row in table.to_pylist())
    return path


def _all(made: queue.Queue[Any], threads: int) -> Iterator[tuple[int, pa.RecordBatch]]:
    while threads:
        told = made.get()
        if told is None:
            threads -= 1
        else:
            yield told


def _in_order(told: Iterator[tuple[int, pa.RecordBatch]]) -> Iterator[pa.RecordBatch]:
    held: dict[int, pa.RecordBatch] = {}
    at = 0
    for number, batch in told:
        held[number] = batch
        while at in held:
            yield held.pop(at)
            at += 1


def ways(runs: Runs) -> dict[str, Callable[[], None]]:
    """What is measured, by its title; of text, which is read most slowly, not how it is decided."""
    deciding = {
        "deciding in 2 threads, in order": lambda: runs.deciding_in(2, ordered=True),
        "deciding in 2 threads, in any order": lambda: runs.deciding_in(2, ordered=False),
        "deciding in 4 threads, in order": lambda: runs.deciding_in(4, ordered=True),
        "deciding in 4 threads, in any order": lambda: runs.deciding_in(4, ordered=False),
    }
    return {
        "one thread for all": runs.alone,
        "a thread for each of reading, deciding and writing": runs.check,
        **(deciding if runs.case.kind == ".parquet" else {}),
        "2 files in turns": lambda: runs.check(2),
        f"{SIDE_BY_SIDE} files in turns (`--any-order`)": lambda: runs.check(SIDE_BY_SIDE),
    }


def measured(runs: Runs, title: str) -> Iterator[str]:
    """A line of the table for each way: the best of several, taken in turns."""
    best: dict[str, tuple[float, float]] = {}
    for _ in range(TIMES):
        for name, work in ways(runs).items():
            start, cpu = time.perf_counter(), time.process_time()
            work()
            taken = time.perf_counter() - start, time.process_time() - cpu
            best[name] = min(best.get(name, taken), taken)
    for name, (seconds, cpu) in best.items():
        rate = runs.rows / seconds / 1e6
        yield f"| {title}: {name} | {seconds:.2f} | {rate:.1f} | {cpu:.2f} | {cpu / seconds:.2f} |"


def _priority() -> str:
    """Whether other work on the machine had to wait."""
    ahead_of_others = hasattr(os, "sched_getscheduler") and os.sched_getscheduler(0) != os.SCHED_OTHER
    return ", ahead of other work" if ahead_of_others else ""


def main() -> None:
    """Measures, prints, and writes if asked."""
    parser = argparse.ArgumentParser(description="Measures more threads, and files in turns.")
    parser.add_argument("--rows", type=int, default=4_000_000, help="lines of the narrow files")
    parser.add_argument("--write", action="store_true", help="put the table into bench/RESULTS.md")
    asked = parser.parse_args()
    spare_memory()
    run, cores = f"python bench/threads.py {' '.join(sys.argv[1:])}", f"{os.cpu_count()} cores{_priority()}"
    how = f"`{run}`, on {cores}: the best of"
    lines = [
        "## Threads and order",
        "",
        how,
        f"{TIMES} for each way. Kinds known before, keys trusted. Files in turns are what `--any-order`",
        "does: it is quicker where reading is slowest, as of JSON lines and of CSV to Parquet, and no",
        "quicker, or slower, elsewhere.",
        "",
        *HEAD,
    ]
    for title, case in CASES.items():
        with tempfile.TemporaryDirectory() as folder:
            lines += measured(Runs(Path(folder), asked.rows, case), title)
    print("\n".join(lines))
    if asked.write:
        made = replaced(RESULTS.read_text(encoding="utf-8"), "\n".join(lines) + "\n")
        RESULTS.write_text(made, encoding="utf-8")


if __name__ == "__main__":
    main()
