"""A run takes the memory of a few batches, however long its input is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

PART, FEWER, MORE = 200_000, 22, 44
"""Rows of a part, and parts: their keys do not rise, and with the fewer are more than are held."""
MOST = 512.0
GROWTH = 1.1
RUN = """
import resource, sys
from pathlib import Path
from sekisho.determine.check import Checker, Wanted
from sekisho.determine.runs import check_file, spare_memory
from sekisho.register.open import open_register

spare_memory()
source, target = map(Path, sys.argv[1:])
checker = Checker(open_register(), name=source.name, wanted=Wanted(("answer",), "all"))
checker.use_kept()
for _ in check_file(source, target, checker):
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


def _peak(folder: Path, parts: int) -> float:
    """The most memory, in MiB, that a run over a file held."""
    source = folder / f"lines-{parts}.parquet"
    _write(source, parts)
    run = subprocess.run(
        [sys.executable, "-c", RUN, str(source), str(folder / "decisions.parquet")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    rows, peak = run.stdout.split()
    assert int(rows) == parts * PART
    return float(peak)


@pytest.mark.skipif(sys.platform == "win32", reason="the peak is read from the system's own counters")
def test_peak_memory_is_bounded_and_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    fewer, more = _peak(tmp_path, FEWER), _peak(tmp_path, MORE)
    assert more < MOST, f"{more:.0f} MiB for {MORE * PART:,} rows"
    assert more < GROWTH * fewer, f"{fewer:.0f} MiB for {FEWER * PART:,} rows, {more:.0f} MiB for twice that"
