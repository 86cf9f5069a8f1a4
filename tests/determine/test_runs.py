"""Runs over large files: stopped at any point, gone on, and never half done."""

from __future__ import annotations

import filecmp
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest

from sekisho.determine import blocks, files, runs
from sekisho.determine.ahead import ahead
from sekisho.determine.check import Checker
from sekisho.determine.output import Writer
from sekisho.determine.parts import Parts
from sekisho.determine.runs import check_file, check_files, spare_memory
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


@pytest.fixture(scope="module")
def more(orders: Path) -> Path:
    """Lines of another format, the first of whose keys stand in the orders too."""
    path = orders.with_name("more.csv")
    columns = rows_of(ROWS - 2_000, ROWS + 10_000)
    pacsv.write_csv(pa.table(columns), path)
    return path


RUN = """
import sys
from pathlib import Path
from sekisho.determine import blocks, files
from sekisho.determine.check import Checker
from sekisho.determine.output import Writer
from sekisho.determine.parts import Parts
from sekisho.determine.runs import check_files
from sekisho.register.open import open_register
files.BATCH = 2048
files._MOST_BATCHES = 1
blocks.BLOCK = 1 << 18
part, folder, *sources = int(sys.argv[1]), *map(Path, sys.argv[2:])
writer = Parts(folder, ".parquet", {"of": "a test"}, part)
for _ in check_files(sources, writer, Checker(open_register())):
    pass
"""


def run(sources: list[Path], folder: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", RUN, str(PART), str(folder), *map(str, sources)])


def test_a_killed_run_goes_on_and_ends_like_one_that_was_not(
    orders: Path, more: Path, tmp_path: Path
) -> None:
    whole, folder = tmp_path / "whole", tmp_path / "killed"
    began = time.monotonic()
    assert run([orders, more], whole).wait() == 0
    took = time.monotonic() - began
    chance = random.Random(7)  # noqa: S311  a test
    for _ in range(4):
        process = run([orders, more], folder)
        time.sleep(chance.uniform(0.3, 1) * took)
        process.send_signal(signal.SIGKILL)
        process.wait()
        parts = sorted(folder.glob("part-*.parquet"))
        assert all(filecmp.cmp(path, whole / path.name, shallow=False) for path in parts)
    assert run([orders, more], folder).wait() == 0
    names = sorted(path.name for path in whole.iterdir())
    assert sorted(path.name for path in folder.iterdir()) == names
    assert all(filecmp.cmp(folder / name, whole / name, shallow=False) for name in names)
    keys = [key for name in names[:-1] for key in pq.read_table(folder / name)["transaction_id"].to_pylist()]
    assert (
        keys
        == [f"T{number}" for number in range(ROWS)] + rows_of(ROWS - 2_000, ROWS + 10_000)["transaction_id"]
    )
    done = json.loads((folder / "run.json").read_text(encoding="utf-8"))["done"]
    assert (done["rows"], done["complete"]) == (len(keys), True)
    assert done["summary"]["blocked"]["Cannot be determined: faults in transaction_id."] >= 2_000


FACTS = {
    "classification_status": "approved",
    "item_kind": "goods",
    "end_use_code": "none",
    "end_user_concern": "none",
    "informed": "no",
    "value": "5000000",
    "currency": "JPY",
}


def rows_of(first: int, last: int, **more: str) -> dict[str, list[str]]:
    """Order lines by number; some keys stood before, some cells cannot be read."""
    numbers = range(first, last)
    days = ["2019-07-01", "2019-07-10", "2023-08-01", "soon"]
    return {
        "transaction_id": [f"T{number - 30 if number % 23 == 5 else number}" for number in numbers],
        "order_date": [days[number % 4] if number % 7 else "2020-01-01" for number in numbers],
        "ship_from_country": ["JP" for _ in numbers],
        "destination_country": [["KR", "CN", "DE", "Nowhere"][number * 3 // 41 % 4] for number in numbers],
        "code": [["3(1)", "7(19)", "NOT_LISTED"][number * number % 5 % 3] for number in numbers],
        "licences_held": [["none", "special_general_bulk"][number % 2] for number in numbers],
        **{name: [cell for _ in numbers] for name, cell in {**FACTS, **more}.items()},
    }


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Files of all formats that lines are streamed from; one is empty, one has other columns."""
    folder = tmp_path_factory.mktemp("several")
    first, second = pa.table(rows_of(0, 150)), pa.table(rows_of(150, 290))
    pq.write_table(first, folder / "a.parquet", row_group_size=25)
    pacsv.write_csv(second, folder / "b.csv")
    pacsv.write_csv(second.slice(0, 0), folder / "c.csv")
    pq.write_table(pa.table(rows_of(290, 350, remark="other")), folder / "d.parquet")
    lines = pa.table(rows_of(350, 420, remark="other")).to_pylist()
    (folder / "e.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return sorted(folder.iterdir())


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "BATCH", 20)
    monkeypatch.setattr(files, "_MOST_BATCHES", 1)
    monkeypatch.setattr(blocks, "BLOCK", 3000)


def decide(
    inputs: list[Path],
    folder: Path,
    register: Register,
    batches: int | None = None,
    suffix: str = ".parquet",
    side_by_side: int = 1,
) -> tuple[Checker, int]:
    """Decides files into a folder, or some batches of them; how many rows were decided."""
    checker = Checker(register)
    decided = check_files(inputs, Parts(folder, suffix, {}, 50), checker, side_by_side=side_by_side)
    rows = sum(batch.num_rows for batch in islice(decided, batches))
    decided.close()  # type: ignore[attr-defined]  # a generator
    return checker, rows


def assert_same(folder: Path, other: Path) -> None:
    names = sorted(path.name for path in folder.iterdir())
    assert names == sorted(path.name for path in other.iterdir())
    assert [name for name in names if (folder / name).read_bytes() != (other / name).read_bytes()] == []


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("suffix", "side_by_side"), [(".parquet", 1), (".csv", 1), (".jsonl", 1), (".parquet", 2), (".csv", 4)]
)
def test_a_run_stopped_anywhere_goes_on_behind_its_whole_parts(
    several: list[Path], tmp_path: Path, register: Register, suffix: str, side_by_side: int
) -> None:
    whole = tmp_path / "whole"
    checker, total = decide(several, whole, register, None, suffix, side_by_side)
    assert total == 420
    assert len(checker.summary.answers) > 1
    assert any("already stands on line" in fault.problem for fault in checker.summary.faults)
    for batches in range(1, 25, 3 if suffix == ".parquet" else 8):
        folder = tmp_path / f"stopped-{batches}"
        decide(several, folder, register, batches, suffix, side_by_side)
        done = json.loads((folder / "run.json").read_text(encoding="utf-8"))["done"]
        again, rows = decide(several, folder, register, None, suffix, side_by_side)
        assert rows == total - done["rows"]
        assert_same(folder, whole)
        assert replace(again.summary, kinds=0) == replace(checker.summary, kinds=0)
        assert list(again.summary.blocked) == list(checker.summary.blocked)


@pytest.mark.usefixtures("small")
def test_a_run_stopped_again_and_again_comes_to_its_end(
    several: list[Path], tmp_path: Path, register: Register
) -> None:
    folder, begun = tmp_path / "stopped", 0
    while not Parts(folder, ".parquet", {}, 50).done.complete:
        begun += 1
        checker, _ = decide(several, folder, register, 7)
    assert 3 < begun < 20
    assert checker.summary.rows == 420
    whole = tmp_path / "whole"
    decide(several, whole, register)
    assert_same(folder, whole)


@pytest.mark.usefixtures("small")
def test_a_complete_run_is_not_decided_again(several: list[Path], tmp_path: Path, register: Register) -> None:
    folder = tmp_path / "parts"
    checker, _ = decide(several, folder, register)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runs, "read_batches", None)
        again, rows = decide(several, folder, register)
    assert (rows, replace(again.summary, kinds=checker.summary.kinds)) == (0, checker.summary)


@pytest.mark.usefixtures("small")
def test_a_run_whose_parts_or_record_are_behind_is_mended(
    several: list[Path], tmp_path: Path, register: Register
) -> None:
    whole, folder = tmp_path / "whole", tmp_path / "parts"
    decide(several, whole, register)
    decide(several, folder, register, 8)
    before = (folder / "run.json").read_bytes()
    decide(several, folder, register, 8)
    (folder / "run.json").write_bytes(before)  # as if stopped between a part and its record
    decide(several, folder, register)
    assert_same(folder, whole)
    (folder / "part-00002.parquet").unlink()
    assert decide(several, folder, register)[1] == 420
    assert_same(folder, whole)


@pytest.mark.usefixtures("small")
def test_rows_are_neither_lost_nor_doubled_if_batches_come_otherwise(
    several: list[Path], tmp_path: Path, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "parts"
    decide(several, folder, register, 5)
    monkeypatch.setattr(files, "BATCH", 33)
    monkeypatch.setattr(blocks, "BLOCK", 1000)
    checker, _ = decide(several, folder, register)
    parts = sorted(folder.glob("part-*.parquet"))
    keys = [key for path in parts for key in pq.read_table(path)["transaction_id"].to_pylist()]
    assert keys == [*rows_of(0, 420)["transaction_id"]]
    assert checker.summary.rows == 420


@pytest.mark.usefixtures("small")
def test_a_part_and_its_record_are_on_the_disk_before_they_are_named(
    several: list[Path], tmp_path: Path, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, settled = tmp_path / "parts", list[tuple[str, ...]]()

    def fsync(_: int) -> None:
        settled.append(tuple(sorted(path.name for path in folder.iterdir())))

    monkeypatch.setattr(os, "fsync", fsync)
    decide(several[:1], folder, register)
    assert settled[0] == ("run.json.part",)
    assert settled[1] == ("part-00000.parquet.part", "run.json")
    assert settled[2] == ("part-00000.parquet", "run.json", "run.json.part")


def test_a_folder_with_another_record_is_refused(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text("[]", encoding="utf-8")
    with pytest.raises(OutputRefused, match="it tells of no run; give an empty folder"):
        Parts(tmp_path, ".csv", {})
    (tmp_path / "run.json").write_text('{"done": {"parts": 1, "of": 2}}', encoding="utf-8")
    with pytest.raises(OutputRefused, match="it tells of no run"):
        Parts(tmp_path, ".csv", {})


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


@pytest.mark.parametrize(
    ("first", "second", "made"),
    [
        (["T1", None], [7, None], ["T1", None, "7", None]),
        ([1.5, None], [7, 8], [1.5, None, 7.0, 8.0]),
        ([1, 2], pa.array([7, 300], pa.int16()), [1, 2, 7, 300]),
        ([1, 2], [None, None], [1, 2, None, None]),
        ([1, 2], pa.nulls(2, pa.string()), [1, 2, None, None]),
        ([1, 2], ["012", "T1"], "string, and of the first file int64"),
        ([1, 2], [1.5, 8.0], "double, and of the first file int64"),
        ([1, 2], [True, False], "bool, and of the first file int64"),
        (pa.array([1, 2], pa.int8()), [3, 300], "int64, and of the first file int8"),
        ([None, None], ["T1", "T2"], "string, and of the first file null"),
    ],
)
def test_no_cell_of_a_later_file_becomes_another_by_the_type_of_the_first(
    first: Any, second: Any, made: Any, tmp_path: Path, register: Register
) -> None:
    line = {
        "order_date": "2019-07-10",
        "ship_from_country": "JP",
        "destination_country": "KR",
        "code": "3(1)",
    }
    paths = [tmp_path / "first.parquet", tmp_path / "second.parquet"]
    for path, cells in zip(paths, (first, second), strict=True):
        pq.write_table(pa.table({"remark": cells, **{name: [cell] * 2 for name, cell in line.items()}}), path)
    output, folder = tmp_path / "decisions.parquet", tmp_path / "parts"
    if isinstance(made, list):
        list(check_files(paths, Writer(output), Checker(register)))
        assert pq.read_table(output)["remark"].to_pylist() == made
    else:
        with pytest.raises(InputInvalid) as caught:
            list(check_files(paths, Writer(output), Checker(register)))
        assert str(caught.value) == (
            f"second.parquet: remark: its cells are of type {made}; expected one type in all files, or"
            " decisions in CSV or JSON lines, or in a folder"
        )
    list(check_files(paths, Parts(folder, ".parquet", {}), Checker(register)))
    parts = [pq.read_table(path)["remark"] for path in sorted(folder.glob("part-*.parquet"))]
    assert [part.to_pylist() for part in parts] == [pa.array(cells).to_pylist() for cells in (first, second)]


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


def test_arrow_gives_memory_back_sooner_where_it_can() -> None:
    before = pa.default_memory_pool()
    try:
        spare_memory()
        assert pa.default_memory_pool().backend_name in {"jemalloc", before.backend_name}
    finally:
        pa.set_memory_pool(before)
