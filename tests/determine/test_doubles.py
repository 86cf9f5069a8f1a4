"""Keys of more lines than are held: compared on disk, with the same answers as in memory."""

from __future__ import annotations

import datetime as dt
import errno
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.determine import blocks, doubles, files
from sekisho.determine import keys as in_memory
from sekisho.determine.check import Checker
from sekisho.determine.doubles import Doubles, KeyRows
from sekisho.determine.files import table_batches
from sekisho.determine.impact import Assessment
from sekisho.determine.key_hashes import Hashes, hash_rows
from sekisho.determine.keys import Keys
from sekisho.determine.law_change import change_of
from sekisho.determine.output import Writer
from sekisho.determine.parts import Parts
from sekisho.determine.runs import check_files
from sekisho.determine.summaries import Summary
from sekisho.determine.verify import verify
from sekisho.errors import OutputRefused
from sekisho.register.register import Register

ALL = 1 << 30
CELL = st.sampled_from(["", "T1", "T10", "T2", "T3", "é"])
Row = tuple[str, str]


def few_hashes(columns: Any) -> tuple[Hashes, Any]:
    """Hashes that many keys share."""
    hashes, stated = hash_rows(columns)
    return (hashes % np.uint64(3)) << np.uint64(doubles._HASH_SHIFT), stated


def key_rows(batches: list[list[Row]]) -> Iterator[KeyRows]:
    line = 1
    for rows in batches:
        columns = [pa.array([key[part] for key in rows], pa.string()) for part in (0, 1)]
        yield columns, np.arange(line, line + len(rows))
        line += len(rows)


def first_lines(batches: list[list[Row]]) -> list[dict[int, int]]:
    """What is to be found: the rows whose key stood before, with the line it stood on first."""
    seen: dict[Row, int] = {}
    found: list[dict[int, int]] = []
    for rows, (_, lines) in zip(batches, key_rows(batches), strict=True):
        numbered = [(at, int(lines[at]), key) for at, key in enumerate(rows) if any(key)]
        found.append({at: seen[key] for at, line, key in numbered if seen.setdefault(key, line) != line})
    return found


@given(st.data())
def test_keys_are_found_again_however_few_are_held_and_whatever_their_hashes(data: st.DataObject) -> None:
    rows = st.tuples(CELL, st.one_of(CELL, st.integers(0, 30).map(str)))
    batches = data.draw(st.lists(st.lists(rows, max_size=20), max_size=5))
    with pytest.MonkeyPatch.context() as patch:
        if data.draw(st.booleans()):
            patch.setattr(doubles, "hash_rows", few_hashes)
            patch.setattr(in_memory, "hash_rows", few_hashes)
        sizes = {"_TWICE_KEPT": (0, 2, 9), "_GATHERED": (1, 7), "_KEYS_KEPT": (1, 9), "_LINE_SHIFT": (2, 20)}
        for name, sizes_of in sizes.items():
            patch.setattr(doubles, name, data.draw(st.sampled_from(sizes_of)))
        keys = Keys(data.draw(st.sampled_from([1, 5, ALL])))
        keys.read_again_by(lambda: key_rows(batches))
        assert [keys.doubles(*rows) for rows in key_rows(batches)] == first_lines(batches)
        assert not keys.full
        keys.close()


def test_keys_of_one_hash_are_not_taken_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_memory, "hash_rows", few_hashes)
    column = pa.array(["b", "a", "c", "e", "d", "a"])
    assert Keys().doubles([column], range(1, 7)) == {5: 2}


def test_long_keys_are_held_as_far_as_there_is_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(in_memory, "_MOST_BYTES", 10_000)
    column = pa.array([f"{'long ' * 100}{number}" for number in reversed(range(100))])
    for read in (None, lambda: iter([([column], np.arange(100)), ([column], np.arange(100, 200))])):
        keys = Keys()
        if read is not None:
            keys.read_again_by(read)
        assert keys.doubles([column], range(100)) == {}
        again = keys.doubles([column], range(100, 200))
        assert again == {at: at for at in range(100)}
        assert keys.full is (read is None)


def test_files_are_made_in_the_folder_and_taken_away(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    folder.mkdir()
    (folder / "hashes-3").write_bytes(b"left by a run that was killed")
    columns = [pa.array(["T1", "T2", "T1"])]
    found = Doubles(lambda: iter([(columns, np.arange(3))]), folder)
    assert [path.name for path in folder.iterdir()] == ["again-0"]
    assert found.of(np.arange(3)) == {2: 0}
    found.close()
    assert not folder.exists()


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, *_: Any) -> Any:
        raise OSError(errno.ENOSPC, "No space left on device", str(self))

    folder = tmp_path / "keys"
    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(OutputRefused) as told:
        Doubles(lambda: iter([([pa.array(["T1", "T2"])], np.arange(2))]), folder)
    assert str(told.value) == (
        f"cannot write {str(folder)!r}: No space left on device, while keys were compared; "
        f"this takes about 8 bytes for each line in {tmp_path}; make room there"
    )
    assert not folder.exists()


NUMBERS = 400


def lines(first: int, last: int, *, typed: bool = False) -> pa.Table:
    """Order lines whose keys are out of order; some stood before, in this file or another."""
    numbers = [number % 17 if number % 11 == 3 else number * 37 % 1000 + 100 for number in range(first, last)]
    return pa.table(
        {
            "transaction_id": pa.array(numbers) if typed else [str(number) for number in numbers],
            "ship_from_country": ["JP"] * len(numbers),
            "destination_country": [["KR", "CN", "DE"][number % 3] for number in numbers],
            "code": [["3(1)", "7(19)", "NOT_LISTED"][number % 5 % 3] for number in numbers],
            "export_date": [["2019-07-01", "2019-07-10", "2023-08-01"][number % 7 % 3] for number in numbers],
            "known": [["2020-01-01", "2024-01-01"][number % 2] for number in numbers],
        }
    )


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Files of several formats; numbers are keys in one, their texts in others; one has no key."""
    folder = tmp_path_factory.mktemp("several")
    pq.write_table(lines(0, 150, typed=True), folder / "a.parquet", row_group_size=40)
    pacsv.write_csv(lines(150, 290), folder / "b.csv")
    (folder / "b.csv").write_text((folder / "b.csv").read_text().replace("\n", "\n\n", 3) + '"T1"odd,JP\n')
    pacsv.write_csv(lines(290, 300).drop(["transaction_id"]), folder / "c.csv")
    rows = lines(300, NUMBERS).to_pylist()
    (folder / "d.jsonl").write_text("".join(f"{row}\n" for row in rows).replace("'", '"'), encoding="utf-8")
    return sorted(folder.iterdir())


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "BATCH", 20)
    monkeypatch.setattr(files, "_MOST_BATCHES", 1)
    monkeypatch.setattr(blocks, "BLOCK", 2000)


def decide(
    inputs: list[Path], folder: Path, register: Register, kept: int, batches: int | None = None
) -> Summary:
    checker = Checker(register, "known")
    checker.keys = Keys(kept)
    decided = check_files(inputs, Parts(folder, ".parquet", {}, 50), checker)
    for _ in islice(decided, batches):
        pass
    decided.close()  # type: ignore[attr-defined]  # a generator
    return checker.summary


def cells(folder: Path) -> list[Any]:
    return [pq.read_table(path).to_pylist() for path in sorted(folder.glob("part-*.parquet"))]


def test_files_get_the_same_answers_however_few_keys_are_held(
    several: list[Path], tmp_path: Path, register: Register
) -> None:
    whole = decide(several, tmp_path / "whole", register, ALL)
    assert [fault for fault in whole.faults if "of a.parquet" in fault.problem]
    assert whole.faulty > NUMBERS // 50
    for kept in (1, 120, 250):
        folder = tmp_path / str(kept)
        found = decide(several, folder, register, kept)
        assert found == whole
        assert found.keys_compared
        assert cells(folder) == cells(tmp_path / "whole")
        assert sorted(path.name for path in folder.iterdir()) == sorted(
            path.name for path in (tmp_path / "whole").iterdir()
        )


@pytest.mark.parametrize(("kept", "batches"), [(1, 4), (150, 4), (150, 15)])
def test_a_stopped_run_goes_on_with_the_same_keys(
    several: list[Path], tmp_path: Path, register: Register, kept: int, batches: int
) -> None:
    decide(several, tmp_path / "whole", register, ALL)
    folder = tmp_path / "stopped"
    decide(several, folder, register, kept, batches)
    (folder / "keys.part").mkdir()
    (folder / "keys.part" / "hashes-1").write_bytes(b"left by a run that was killed")
    decide(several, folder, register, kept)
    assert cells(folder) == cells(tmp_path / "whole")
    assert not (folder / "keys.part").exists()


def test_decisions_are_verified_with_more_keys_than_are_held(
    several: list[Path], tmp_path: Path, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = tmp_path / "decisions.csv"
    list(check_files(several[:2], Writer(output), Checker(register)))
    monkeypatch.setattr("sekisho.determine.check.Keys", lambda: Keys(10))
    proof = verify(output, several[:2], register)
    assert proof.same_bytes
    assert [path.name for path in tmp_path.iterdir()] == ["decisions.csv"]


def test_a_change_of_the_law_is_held_against_more_lines_than_are_held(register: Register) -> None:
    table = lines(0, NUMBERS)
    change = change_of(register, before=dt.date(2019, 7, 3), after=dt.date(2019, 7, 4))
    found = []
    for kept in (ALL, 10):
        assessment = Assessment(change)
        assessment.checked.keys = Keys(kept)
        assessment.read_again_by(lambda: table_batches(table))
        for batch in table_batches(table):
            assessment.batch(batch)
        found.append(assessment.result())
    assert found[0].faulty > NUMBERS // 50
    assert found[0] == found[1]
