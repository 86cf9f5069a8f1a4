"""How fast a file of order lines is decided, in one run against a lower bound and a peer.

    .venv/bin/python bench/check_file.py [ROWS]

The lower bound reads the same CSV file with Python's csv module and writes it back. The
peer decides a sample of the lines one by one with the same library, as a program without
batches would, and is scaled to the number of rows.
"""

from __future__ import annotations

import csv
import platform
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from order_lines import write_order_lines

from sekisho.determine.check import Checker
from sekisho.determine.runs import check_file
from sekisho.determine.decide import decide
from sekisho.determine.intake import read_line
from sekisho.register.open import open_register

SAMPLE = 2000


def main() -> None:
    """Prints one table."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "lines.csv", Path(folder) / "out.csv"
        write_order_lines(source, rows)
        copy = _seconds(lambda: _copy(source, target))
        check = _seconds(lambda: _check(source, target))
        loop = _seconds(lambda: _loop(source)) * rows / SAMPLE
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(f"{rows:,} rows, Python {platform.python_version()}, {platform.machine()}, peak {peak:.2f} GiB")
    print(f"{'':34}{'seconds':>9}{'rows/s':>12}{'x copy':>8}")
    for name, seconds in (
        ("copy the CSV file (lower bound)", copy),
        ("sekisho check, all columns", check),
        ("decide line by line (scaled)", loop),
    ):
        print(f"{name:34}{seconds:9.1f}{rows / seconds:12,.0f}{seconds / copy:8.2f}")


def _seconds(work: Callable[[], None]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _copy(source: Path, target: Path) -> None:
    with source.open(newline="") as read, target.open("w", newline="") as write:
        csv.writer(write, lineterminator="\n").writerows(csv.reader(read))


def _check(source: Path, target: Path) -> None:
    for _ in check_file(source, target, Checker(open_register(), name=source.name)):
        pass


def _loop(source: Path) -> None:
    register = open_register()
    with source.open(newline="") as file:
        for _, row in zip(range(SAMPLE), csv.DictReader(file), strict=False):
            decide(read_line(row, register).shipment, register)


if __name__ == "__main__":
    main()
