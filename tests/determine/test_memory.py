"""A run takes the memory of a few batches, however long its input is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest

from sekisho.determine.turns import SIDE_BY_SIDE

PART, FEWER, MORE = 200_000, 22, 44
"""Rows of a part, and parts: their keys do not rise, and with the fewer are more than are held."""
MOST = 512.0
GROWTH = 1.1
RUN = """
import resource, sys
from pathlib import Path
from sekisho.determine.check import Checker, Wanted
from sekisho.determine.runs import check_files, spare_memory
from sekisho.determine.output import Writer
from sekisho.register.open import open_register

spare_memory()
side_by_side, (target, *sources) = int(sys.argv[1]), map(Path, sys.argv[2:])
checker = Checker(open_register(), wanted=Wanted(("answer",), "all"))
checker.use_kept()
for _ in check_files(sources, Writer(target), checker, side_by_side=side_by_side):
    pass
assert checker.summary.keys_compared
status = Path("/proc/self/status")
if status.exists():  # ru_maxrss may be that of the process which started this one
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    print(checker.summary.rows, float(line.split()[1]) / 1024)
else:
    unit = 1 << (20 if sys.platform == "darwin" else 10)
    print(checker.summary.rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit)
"""


def _write(path: Path, parts: int) -> None:
    """One table several times over, each time with keys of its own."""
    chance = np.random.default_rng(1)
    days = np.datetime64("2019-01-09") + chance.integers(0, 2000, PART)
    places = pa.array(["KR", "TW", "CN", "US"]).take(pa.array(chance.integers(0, 4, PART)))
    always = {
        "ship_from_country": "JP", "code": "7(19)", "classification_status": "approved",
        "item_kind": "goods", "end_use_code": "none", "informed": "no", "licences_held": "none",
    }  # fmt: skip
    table = pa.table({
        "transaction_id": pa.nulls(PART, pa.string()),
        "line_id": np.arange(PART) % 10,
        "export_date": days,
        "destination_country": places,
        "value": chance.integers(10_000, 9_000_000, PART),
        "description": pa.array([f"goods {at % 5000}" for at in range(PART)]),
        **{name: pa.repeat(cell, PART) for name, cell in always.items()},
    })  # fmt: skip
    number = (np.arange(PART) // 10).astype(str)
    with pq.ParquetWriter(path, table.schema) as writer:
        for part in range(parts):
            keys = pa.array(np.char.add(f"T{part}-", number))
            writer.write_table(table.set_column(0, "transaction_id", keys))


def _peak(target: Path, *sources: Path, rows: int, side_by_side: int = 1) -> float:
    """The most memory, in MiB, that a run over files held."""
    run = subprocess.run(
        [sys.executable, "-c", RUN, str(side_by_side), str(target), *map(str, sources)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    decided, peak = run.stdout.split()
    assert int(decided) == rows
    return float(peak)


def _peak_of(folder: Path, parts: int) -> float:
    source = folder / f"lines-{parts}.parquet"
    _write(source, parts)
    return _peak(folder / "decisions.parquet", source, rows=parts * PART)


@pytest.mark.skipif(sys.platform == "win32", reason="the peak is read from the system's own counters")
def test_peak_memory_is_bounded_and_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    fewer, more = _peak_of(tmp_path, FEWER), _peak_of(tmp_path, MORE)
    assert more < MOST, f"{more:.0f} MiB for {MORE * PART:,} rows"
    assert more < GROWTH * fewer, f"{fewer:.0f} MiB for {FEWER * PART:,} rows, {more:.0f} MiB for twice that"


@pytest.mark.skipif(sys.platform == "win32", reason="the peak is read from the system's own counters")
def test_peak_memory_is_bounded_with_files_side_by_side(tmp_path: Path) -> None:
    table = tmp_path / "lines.parquet"
    _write(table, 1)
    lines = pq.read_table(table)
    wide = {
        f"remark_{at}": pa.array([f"{at} {row * 7919 % PART}" for row in range(PART)]) for at in range(12)
    }
    for name, column in wide.items():
        lines = lines.append_column(name, column)
    paths = [tmp_path / f"{at}.csv" for at in range(SIDE_BY_SIDE)]
    for at, path in enumerate(paths):
        keys = pa.array(np.char.add(f"T{at}-", (np.arange(PART)[::-1] // 10).astype(str)))
        pacsv.write_csv(lines.set_column(0, "transaction_id", keys), path)
    target = tmp_path / "decisions.csv"
    found = _peak(target, *paths, rows=len(paths) * PART, side_by_side=SIDE_BY_SIDE)
    assert found < MOST, f"{found:.0f} MiB"
