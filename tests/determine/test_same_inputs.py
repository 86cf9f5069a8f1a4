"""Whether files are those that decisions were made of; ``verify`` tells it in tests/cli/test_verify.py."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sekisho.determine.parts import described
from sekisho.determine.same_inputs import changed_inputs
from sekisho.errors import InputInvalid


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / f"{at:02}.csv" for at in range(12)]
    for at, path in enumerate(paths):
        path.write_text(f"line_id\n{at}\n", encoding="utf-8")
    return paths


def test_the_same_files_under_any_name_are_the_same(files: list[Path], tmp_path: Path) -> None:
    recorded = {"inputs": described(files)}
    assert changed_inputs(recorded, files) == ()
    renamed = [path.rename(tmp_path / f"again-{path.name}") for path in files]
    assert changed_inputs(recorded, renamed) == ()


@pytest.mark.parametrize("inputs", [None, [], "two", [3], {}])
def test_a_run_that_tells_of_no_files_says_nothing(files: list[Path], inputs: Any) -> None:
    assert changed_inputs({"inputs": inputs}, files) == ()
    assert changed_inputs({}, files) == ()


def test_every_file_that_is_missing_or_too_many_is_named(files: list[Path]) -> None:
    """Of two files alike the first is taken for the one that was decided; many names are cut."""
    twin = files[0].with_name("twin.csv")
    twin.write_bytes(files[0].read_bytes())
    with pytest.raises(InputInvalid) as refused:
        changed_inputs({"inputs": described(files)}, [*files[:10], twin])
    first, second, third = refused.value.faults
    assert (first.file, second.file, third.file) == ("10.csv", "11.csv", str(twin))
    assert third.expected.endswith("08.csv, 09.csv and 2 more")


def test_sizes_and_hashes_that_are_none_are_no_reason_to_fail(files: list[Path]) -> None:
    odd = [{"name": path.name, "bytes": "many", "ends": [1]} for path in files]
    (first, *_) = changed_inputs({"inputs": odd}, files)
    assert first.endswith("it has 10 bytes, and had a size that is not told")
    with pytest.raises(InputInvalid, match="of a size that is not told"):
        changed_inputs({"inputs": odd}, files[:2])
