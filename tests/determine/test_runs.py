"""Runs over large files: stopped at any point, gone on, and never half done."""

from __future__ import annotations

import filecmp
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sekisho.determine.check import Checker
from sekisho.determine.parts import Parts
from sekisho.determine.runs import ahead, check_file, check_files
from sekisho.errors import InputInvalid, OutputRefused
from sekisho.register.register import Register

ROWS = 60_000
PART = 8_192


@pytest.fixture(scope="module")
def orders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    chance = random.Random(3)  # noqa: S311  a test
    path = tmp_path_factory.mktemp("orders") / "orders.parquet"
    columns = {
        "transaction_id": [f"T{number}" for number in range(ROWS)],
        "order_date": [f"20{chance.randrange(18, 24)}-0{chance.randrange(1, 10)}-04" for _ in range(ROWS)],
        "ship_from_country": ["JP"] * ROWS,
        "destination_country": chance.choices(["KR", "CN", "DE"], k=ROWS),
        "code": chance.choices(["3(1)", "7(19)", "NOT_LISTED", "9(9)x"], k=ROWS),
        "value": [chance.randrange(10**7) for _ in range(ROWS)],
    }
    pq.write_table(pa.table(columns), path, row_group_size=10_000)
    return path


RUN = """
import sys
from pathlib import Path
from sekisho.determine import files
from sekisho.determine.check import Checker
from sekisho.determine.parts import Parts
from sekisho.determine.runs import check_files
from sekisho.register.open import open_register
files.BATCH = 2048
source, folder, part = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
writer = Parts(folder, ".parquet", {"of": "a test"}, part)
for _ in check_files([source], writer, Checker(open_register())):
    pass
"""


def run(source: Path, folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", RUN, str(source), str(folder), str(PART)])


def test_a_killed_run_goes_on_and_ends_like_one_that_was_not(orders: Path, tmp_path: Path) -> None:
    whole, folder = tmp_path / "whole", tmp_path / "killed"
    began = time.monotonic()
    assert run(orders, whole).wait() == 0
    took = time.monotonic() - began
    chance = random.Random(7)  # noqa: S311  a test
    for _ in range(4):
        process = run(orders, folder)
        time.sleep(chance.uniform(0.3, 1) * took)
        process.send_signal(signal.SIGKILL)
        process.wait()
        done = sorted(folder.glob("part-*.parquet"))
        assert all(filecmp.cmp(path, whole / path.name, shallow=False) for path in done)
    assert run(orders, folder).wait() == 0
    names = sorted(path.name for path in whole.iterdir())
    assert sorted(path.name for path in folder.iterdir()) == names
    assert all(filecmp.cmp(folder / name, whole / name, shallow=False) for name in names)
    keys = [key for name in names[:-1] for key in pq.read_table(folder / name)["transaction_id"].to_pylist()]
    assert keys == [f"T{number}" for number in range(ROWS)]


def test_what_was_written_before_an_unreadable_input_stays_whole(
    orders: Path, tmp_path: Path, register: Register
) -> None:
    cut = tmp_path / "cut.parquet"
    cut.write_bytes(orders.read_bytes()[:-500])
    folder = tmp_path / "parts"
    writer = Parts(folder, ".parquet", {}, PART)
    with pytest.raises(InputInvalid, match=r"cut\.parquet: not a whole Parquet file"):
        list(check_files([orders, cut], writer, Checker(register)))
    kept = [pq.read_table(path).num_rows for path in sorted(folder.glob("part-*.parquet"))]
    assert sum(kept) > 0
    assert not list(folder.glob("*.part"))
    single = tmp_path / "single.parquet"
    with pytest.raises(InputInvalid, match="not a whole Parquet file"):
        list(check_file(cut, single, Checker(register)))
    assert not single.exists()


def test_files_with_other_columns_do_not_go_to_one_file(
    orders: Path, tmp_path: Path, register: Register
) -> None:
    other = tmp_path / "other.parquet"
    table = pq.read_table(orders).slice(0, 10)
    pq.write_table(table.append_column("remark", pa.array(["x"] * 10)), other)
    from sekisho.determine.output import Writer  # noqa: PLC0415  only here

    output = tmp_path / "out.csv"
    with pytest.raises(InputInvalid) as caught:
        list(check_files([orders, other], Writer(output), Checker(register)))
    assert str(caught.value) == (
        "other.parquet:1: its columns differ from those of the first file: remark; expected files with the"
        " same columns, no other columns carried, or a folder to write to"
    )
    folder = tmp_path / "parts"
    list(check_files([other, orders], Parts(folder, ".csv", {}), Checker(register)))
    assert len(list(folder.glob("part-*.csv"))) == 2


def test_a_folder_without_permission_and_a_full_disk_are_told(
    orders: Path, tmp_path: Path, register: Register
) -> None:
    (tmp_path / "run.json").write_text("{", encoding="utf-8")
    with pytest.raises(OutputRefused, match="it is not JSON; give an empty folder"):
        Parts(tmp_path, ".csv", {})
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full to write to")
    folder = tmp_path / "parts"
    writer = Parts(folder, ".csv", {})
    (folder / "part-00000.csv.part").symlink_to(full)
    with pytest.raises(OSError, match="No space left on device"):
        list(check_files([orders], writer, Checker(register)))
    assert [path.name for path in folder.iterdir()] == ["run.json"]


def test_work_ahead_ends_when_nobody_wants_it_any_more() -> None:
    made: list[int] = []

    def numbers() -> Iterator[int]:
        for number in range(1000):
            made.append(number)
            yield number

    taken = ahead(numbers())
    assert next(taken) == 0
    taken.close()  # type: ignore[attr-defined]  # a generator
    assert len(made) < 10

    def broken() -> Iterator[int]:
        yield 1
        msg = "no more"
        raise ValueError(msg)

    with pytest.raises(ValueError, match="no more"):
        list(ahead(broken()))
