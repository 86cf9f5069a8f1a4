"""Files read side by side: whose turn it is, and what does not change by it."""

from __future__ import annotations

import filecmp
import json
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.determine import blocks, files, turns
from sekisho.determine.check import Checker
from sekisho.determine.files import Batch, read_batches
from sekisho.determine.keys import Keys
from sekisho.determine.output import Writer
from sekisho.determine.parts import Parts
from sekisho.determine.runs import check_files
from sekisho.determine.turns import Reached, Turns, files_side_by_side
from sekisho.determine.verify import verify
from sekisho.errors import Fault, InputInvalid
from sekisho.register.register import Register

Given = list[tuple[str, list[int]]]
"""Files: the name of their column, and the rows of each of their batches."""
Row = tuple[int, int]
"""The place of a file and the number of one of its rows."""


def reader(given: Given, wait: Callable[[], float]) -> Callable[..., Iterator[Batch]]:
    """Reads files that are not there, each batch after some time."""

    def read(path: Path, _: Any, passed: int, __: int) -> Iterator[Batch]:
        name, sizes = given[int(path.name)]
        first = 1
        for size in sizes:
            time.sleep(wait())
            spared = first + size - 1 <= passed
            columns = {} if spared else {name: pa.array(range(first, first + size), pa.int64())}
            yield Batch(columns, range(first, first + size), types={name: pa.int64()})
            first += size

    return read


def taken(
    given: Given, side_by_side: int, passed: Reached | None = None, wait: Callable[[], float] = lambda: 0.0
) -> Iterator[tuple[list[Row], bool, Reached]]:
    """The rows of each batch, whether an earlier run took them, and how far the files are gone through."""
    paths = [Path(str(place)) for place in range(len(given))]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(turns, "read_batches", reader(given, wait))
        course = Turns(paths, lambda _: True, lambda batch: [*(batch.types or ())], side_by_side, passed)
        for batch, is_passed in course.batches():
            yield [(batch.file, line) for line in batch.lines], is_passed, course.reached


FILES = st.lists(
    st.tuples(st.sampled_from("aab"), st.lists(st.integers(0, 3), min_size=1, max_size=4)), max_size=6
)


@pytest.mark.parametrize(
    ("side_by_side", "given_files", "order"),
    [
        (1, {"a": 2, "b": 1}, "a1 a2 b1"),
        (2, {"a": 3, "b": 1, "c": 2}, "a1 b1 a2 c1 a3 c2"),
        (3, {"a": 3, "b": 1, "c": 2, "d": 1}, "a1 b1 c1 a2 d1 c2 a3"),
        (4, {"a": 2, "b": 2}, "a1 b1 a2 b2"),
    ],
)
def test_one_batch_of_each_file_is_taken_in_turn(
    side_by_side: int, given_files: dict[str, int], order: str
) -> None:
    given = [("n", [5] * batches) for batches in given_files.values()]
    found = [rows[0] for rows, _, _ in taken(given, side_by_side)]
    assert " ".join(f"{'abcd'[file]}{row // 5 + 1}" for file, row in found) == order


def test_a_file_with_other_columns_waits_until_those_before_it_have_ended() -> None:
    given: Given = [("n", [1, 1]), ("n", [1]), ("other", [1, 1]), ("n", [1])]
    assert [rows[0] for rows, _, _ in taken(given, 4)] == [(0, 1), (1, 1), (0, 2), (2, 1), (2, 2), (3, 1)]


@given(FILES, st.integers(1, 4))
def test_every_row_is_taken_once_and_in_the_order_of_its_file(given: Given, side_by_side: int) -> None:
    rows = [row for rows, _, _ in taken(given, side_by_side) for row in rows]
    every = [(at, row + 1) for at, (_, sizes) in enumerate(given) for row in range(sum(sizes))]
    assert sorted(rows) == every
    for at in range(len(given)):
        assert [row for row in rows if row[0] == at] == sorted(row for row in rows if row[0] == at)
    if side_by_side == 1:
        assert rows == sorted(rows)


@given(FILES, st.integers(1, 4), st.data())
def test_a_run_goes_on_with_the_turns_that_are_left(given: Given, side_by_side: int, data: Any) -> None:
    whole = list(taken(given, side_by_side))
    stop = data.draw(st.integers(0, len(whole)))
    reached = whole[stop - 1][2] if stop else Reached()
    again = list(taken(given, side_by_side, reached))
    assert [rows for rows, _, _ in again if rows] == [rows for rows, _, _ in whole if rows]
    of_before = [row for rows, is_passed, _ in again if is_passed for row in rows]
    assert of_before == [row for rows, _, _ in whole[:stop] for row in rows]
    assert not again or again[-1][2] == whole[-1][2]


@pytest.mark.parametrize("other", ["n", "other"])
def test_no_row_is_lost_if_batches_are_other_than_those_of_the_earlier_run(other: str) -> None:
    given: Given = [("n", [3, 3]), (other, [2])]
    found = list(taken(given, 2, Reached(1, ((0, 2),))))
    assert [row for rows, is_passed, _ in found for row in rows if is_passed] == [(0, 1), (0, 2)]
    left = sorted(row for rows, is_passed, _ in found for row in rows if not is_passed)
    assert left == [(0, 3), (0, 4), (0, 5), (0, 6), (1, 1), (1, 2)]


def test_the_order_hangs_on_no_thread() -> None:
    given: Given = [("n", [1, 2, 1]), ("n", [3]), ("n", [1, 1]), ("n", [2, 2, 2, 2]), ("n", [1])]
    first = [rows for rows, _, _ in taken(given, 3)]
    for seed in range(3):
        chance = random.Random(seed)  # noqa: S311  a test
        assert [rows for rows, _, _ in taken(given, 3, wait=lambda c=chance: c.random() / 100)] == first  # type: ignore[misc]


def test_no_more_files_are_read_at_once_than_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[str] = []
    course = Turns([Path(str(at)) for at in range(9)], lambda _: True, lambda _: None, 3)

    def read(path: Path, *_: Any) -> Iterator[Batch]:
        begun.append(path.name)
        for first in (1, 2, 3, 4):
            yield Batch({}, range(first, first + 1))

    monkeypatch.setattr(turns, "read_batches", read)
    batches = course.batches()
    next(batches)
    time.sleep(0.05)
    assert sorted(begun) == ["0", "1", "2"]
    batches.close()  # type: ignore[attr-defined]  # a generator
    assert sorted(begun) == ["0", "1", "2"]


def test_a_file_that_cannot_be_read_ends_the_run_and_every_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[str] = []

    def read(path: Path, *_: Any) -> Iterator[Batch]:
        try:
            yield Batch({}, range(1, 2))
            if path.name == "1":
                raise InputInvalid([Fault(path.name, 2, "", "it is torn", "a whole one")])
            yield from (Batch({}, range(first, first + 1)) for first in range(2, 99))
        finally:
            closed.append(path.name)

    monkeypatch.setattr(turns, "read_batches", read)
    course = Turns([Path(str(at)) for at in range(3)], lambda _: True, lambda _: None, 3)
    with pytest.raises(InputInvalid, match="1:2: it is torn"):
        list(course.batches())
    assert sorted(closed) == ["0", "1", "2"]


def test_one_file_gives_no_order_up() -> None:
    assert files_side_by_side(1, any_order=True) == files_side_by_side(9, any_order=False) == 1
    assert files_side_by_side(2, any_order=True) > 1


ROWS = 90
FACTS = {
    "classification_status": "approved", "item_kind": "goods", "end_use_code": "none",
    "end_user_concern": "none", "informed": "no", "value": "5000000", "currency": "JPY",
}  # fmt: skip


def lines(first: int, last: int, *, twice: bool = False) -> pa.Table:
    """Order lines by number, some with cells that cannot be read; some keys may stand twice in them."""
    numbers = range(first, last)
    return pa.table({
        "transaction_id": [f"T{first + 3 if twice and number % 19 == 7 else number}" for number in numbers],
        "order_date": [["2019-07-01", "2019-07-10", "soon"][number % 5 % 3] for number in numbers],
        "ship_from_country": ["JP"] * len(numbers),
        "destination_country": [["KR", "CN", "DE", "Nowhere"][number * 3 // 7 % 4] for number in numbers],
        "code": [["3(1)", "7(19)", "NOT_LISTED"][number % 7 % 3] for number in numbers],
        "licences_held": [["none", "special_general_bulk"][number % 2] for number in numbers],
        **{name: [cell] * len(numbers) for name, cell in FACTS.items()},
    })  # fmt: skip


def put(table: pa.Table, path: Path) -> Path:
    if path.suffix == ".csv":
        pacsv.write_csv(table, path)
    elif path.suffix == ".parquet":
        pq.write_table(table, path, row_group_size=30)
    else:
        path.write_text("".join(json.dumps(row) + "\n" for row in table.to_pylist()), encoding="utf-8")
    return path


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "BATCH", 20)
    monkeypatch.setattr(files, "_MOST_BATCHES", 1)
    monkeypatch.setattr(blocks, "BLOCK", 3000)


@pytest.fixture
def months(tmp_path: Path) -> list[Path]:
    """Files of several formats and lengths whose keys rise from one to the next."""
    folder = tmp_path / "months"
    folder.mkdir()
    cuts = [(0, 90, "a.csv"), (90, 130, "b.jsonl"), (130, 300, "c.parquet"), (300, 301, "d.csv"),
            (301, 301, "e.csv"), (301, 400, "f.jsonl")]  # fmt: skip
    return [put(lines(first, last, twice=last - first > 50), folder / name) for first, last, name in cuts]


def decided(
    paths: list[Path], register: Register, output: Path, side_by_side: int, kept: int = 1 << 21
) -> tuple[list[dict[str, str]], Checker]:
    """The rows of an output, and what decided them."""
    checker = Checker(register)
    checker.keys = Keys(kept)
    for _ in check_files(paths, Writer(output), checker, side_by_side=side_by_side):
        pass
    (table,) = [pa.Table.from_batches([pa.record_batch(dict(b.columns)) for b in read_batches(output)])]
    return table.to_pylist(), checker


def text(row: dict[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(row.items())


@pytest.mark.usefixtures("small")
def test_each_line_is_decided_as_in_the_order_of_the_input(
    months: list[Path], tmp_path: Path, register: Register
) -> None:
    ordered, before = decided(months, register, tmp_path / "ordered.csv", 1)
    for side_by_side in (2, 4):
        found, checker = decided(months, register, tmp_path / "any.csv", side_by_side)
        assert found != ordered
        assert Counter(map(text, found)) == Counter(map(text, ordered))
        assert set(map(str, checker.summary.faults)) == set(map(str, before.summary.faults))
        assert any("already stands on line" in fault.problem for fault in checker.summary.faults)
        for name in ("answers", "blocked", "questions", "dated_by", "faulty"):
            assert getattr(checker.summary, name) == getattr(before.summary, name)
        again = tmp_path / "again.csv"
        decided(months, register, again, side_by_side)
        assert again.read_bytes() == (tmp_path / "any.csv").read_bytes()


@pytest.mark.usefixtures("small")
def test_one_file_is_decided_as_without_it(months: list[Path], tmp_path: Path, register: Register) -> None:
    first, second = tmp_path / "first.parquet", tmp_path / "second.parquet"
    decided(months[:1], register, first, 1)
    decided(months[:1], register, second, 4)
    assert first.read_bytes() == second.read_bytes()


def refused(rows: list[dict[str, str]]) -> list[str]:
    return [row["transaction_id"] for row in rows if "already stands" in row["questions"]]


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("kept", [1, 40, 100, 1 << 21])
def test_of_two_lines_with_one_key_that_which_is_decided_later_is_refused(
    kept: int, tmp_path: Path, register: Register
) -> None:
    """Whichever way keys are compared: in memory, on disk, or from some line on on disk."""
    first, second = lines(0, ROWS), lines(ROWS, 2 * ROWS)
    names = pa.array(["T80", *second["transaction_id"].to_pylist()[1:-1], "T1"])
    second = second.set_column(0, "transaction_id", names)
    paths = [put(first, tmp_path / "a.csv"), put(second, tmp_path / "b.csv")]
    rows, checker = decided(paths, register, tmp_path / "any.csv", 4, kept)
    assert checker.summary.keys_compared
    assert refused(rows) == ["T80", "T1"]
    told = [str(fault).partition(";")[0] for fault in checker.summary.faults if "stands" in fault.problem]
    assert told == [
        "a.csv:82: transaction_id: the key 'T80' already stands on line 2 of b.csv",
        "b.csv:91: transaction_id: the key 'T1' already stands on line 3 of a.csv",
    ]
    ordered, _ = decided(paths, register, tmp_path / "ordered.csv", 1, kept)
    assert refused(ordered) == ["T80", "T1"]


CELL = st.sampled_from(["", "T1", "T2", "T3", "T10", "T11", "T20"])


@given(st.data())
def test_keys_of_files_in_turns_are_found_again(data: Any) -> None:
    """Rising or not, in memory or on disk, a key is found as a plain dictionary finds it."""
    count = data.draw(st.integers(1, 3))
    contents = [data.draw(st.lists(CELL, max_size=12)) for _ in range(count)]
    if data.draw(st.booleans()):
        contents = [sorted(cells, key=lambda cell: (len(cell), cell)) for cells in contents]
    at, turns_taken = [0] * count, []
    for file in data.draw(st.lists(st.integers(0, count - 1), max_size=12)):
        cells = contents[file][at[file] : at[file] + 3]
        turns_taken.append((file, at[file] + 1, cells))
        at[file] += len(cells)

    def rows() -> Iterator[tuple[list[pa.Array], Any]]:
        for file, first, cells in turns_taken:
            batch = Batch({"transaction_id": pa.array(cells, pa.string())}, range(first, first + len(cells)))
            numbers = pa.array([(file << 40) + line for line in batch.lines], pa.int64()).to_numpy()
            yield [*batch.columns.values()], numbers

    keys, seen = Keys(data.draw(st.sampled_from([1, 4, 1 << 20]))), dict[str, int]()
    keys.read_again_by(rows)
    for (file, _, cells), (columns, numbers) in zip(turns_taken, rows(), strict=True):
        told = keys.doubles(columns, numbers, file)
        first = {n: seen.setdefault(cell, int(numbers[n])) for n, cell in enumerate(cells) if cell}
        assert told == {n: line for n, line in first.items() if line != numbers[n]}
    keys.close()


@pytest.mark.usefixtures("small")
def test_keys_that_rise_in_each_file_need_no_table(tmp_path: Path, register: Register) -> None:
    paths = [put(lines(at * ROWS, (at + 1) * ROWS), tmp_path / f"{at}.csv") for at in (2, 0, 1)]
    _, checker = decided(paths, register, tmp_path / "any.csv", 3, 10)
    assert checker.keys._rising is not None


@pytest.mark.usefixtures("small")
def test_files_with_other_columns_make_few_parts(tmp_path: Path, register: Register) -> None:
    tables = [lines(at * ROWS, (at + 1) * ROWS) for at in range(4)]
    tables[2:] = [table.append_column("remark", pa.array(["x"] * ROWS)) for table in tables[2:]]
    paths = [put(table, tmp_path / f"{at}.csv") for at, table in enumerate(tables)]
    folder = tmp_path / "parts"
    for _ in check_files(paths, Parts(folder, ".csv", {}), Checker(register), side_by_side=4):
        pass
    assert len(list(folder.glob("part-*"))) == 2
    with pytest.raises(InputInvalid, match=r"2\.csv:1: its columns differ .*: remark"):
        decided(paths, register, tmp_path / "one.csv", 4)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("side_by_side", [1, 2])
def test_names_of_json_lines_may_come_in_another_order(
    side_by_side: int, tmp_path: Path, register: Register
) -> None:
    tables = [
        lines(at * ROWS, (at + 1) * ROWS).append_column("note", pa.array(["n"] * ROWS)) for at in (0, 1)
    ]
    tables = [table.append_column("remark", pa.array(["r"] * ROWS)) for table in tables]
    tables[1] = tables[1].select([*reversed(tables[1].column_names)])
    paths = [put(table, tmp_path / f"{at}.jsonl") for at, table in enumerate(tables)]
    rows, _ = decided(paths, register, tmp_path / "one.csv", side_by_side)
    assert {(row["note"], row["remark"]) for row in rows} == {("n", "r")}
    folder = tmp_path / "parts"
    for _ in check_files(paths, Parts(folder, ".csv", {}), Checker(register), side_by_side=side_by_side):
        pass
    assert (folder / "part-00000.csv").read_bytes() == (tmp_path / "one.csv").read_bytes()


@pytest.mark.usefixtures("small")
def test_decisions_in_turns_are_verified(months: list[Path], tmp_path: Path, register: Register) -> None:
    for name in ("any.csv", "any.parquet"):
        decided(months, register, tmp_path / name, turns.SIDE_BY_SIDE)
        proof = verify(tmp_path / name, months, register, any_order=True)
        assert (proof.same_bytes, proof.any_order, proof.lines) == (True, True, 400)
        assert verify(tmp_path / name, months, register).difference is not None
    folder = tmp_path / "parts"
    run = {"any_order": turns.SIDE_BY_SIDE}
    for _ in check_files(months, Parts(folder, ".csv", run, 70), Checker(register), side_by_side=4):
        pass
    proof = verify(folder, months, register)
    assert (proof.difference, proof.any_order) == (None, True)
    (folder / "run.json").write_text('{"any_order": null}', encoding="utf-8")
    assert verify(folder, months, register).difference is not None
    with pytest.raises(InputInvalid) as told:
        verify(folder, months, register, any_order=True)
    assert str(told.value) == (
        "--any-order: run.json says that the lines were decided in the order of the input; expected verify"
        " without it"
    )
    (folder / "run.json").write_text("[]", encoding="utf-8")
    with pytest.raises(InputInvalid, match=r"run\.json: it tells of no run; expected the file that"):
        verify(folder, months, register)


RUN = """
import sys
from pathlib import Path
from sekisho.determine import blocks
from sekisho.determine.check import Checker
from sekisho.determine.parts import Parts
from sekisho.determine.runs import check_files
from sekisho.register.open import open_register
blocks.BLOCK = 1 << 16
folder, *sources = map(Path, sys.argv[1:])
for _ in check_files(sources, Parts(folder, ".csv", {}, 1500), Checker(open_register()), side_by_side=4):
    pass
"""


def test_a_killed_run_goes_on_in_the_same_turns(tmp_path: Path) -> None:
    paths = [put(lines(at * 5000, at * 5000 + 3000 + 400 * at, twice=True), tmp_path / f"{at}.csv")
             for at in range(6)]  # fmt: skip
    whole, folder = tmp_path / "whole", tmp_path / "killed"

    def run(into: Path) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-c", RUN, str(into), *map(str, paths)])

    assert run(whole).wait() == 0
    for parts in (3, 8):
        process = run(folder)
        while len(list(folder.glob("part-*.csv"))) < parts and process.poll() is None:
            time.sleep(0.001)
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert not json.loads((folder / "run.json").read_text(encoding="utf-8"))["done"]["complete"]
    assert run(folder).wait() == 0
    names = sorted(path.name for path in whole.iterdir())
    assert sorted(path.name for path in folder.iterdir()) == names
    assert all(filecmp.cmp(folder / name, whole / name, shallow=False) for name in names)
    assert len(names) > 10
