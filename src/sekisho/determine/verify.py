"""Replay: decide an input again and compare with the decisions on file, to the byte."""

from __future__ import annotations

import datetime as dt
import filecmp
import tempfile
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pyarrow.compute as pc

from sekisho.determine.cells import texts
from sekisho.determine.check import CARRY, OUTPUT, Checker, Wanted
from sekisho.determine.files import Batch, read_batches
from sekisho.determine.intake import KEY, OWN
from sekisho.determine.output import Writer
from sekisho.determine.parts import PART_ROWS, RUN, Parts, recorded_run
from sekisho.determine.rates import Rates
from sekisho.determine.runs import check_files, find_inputs
from sekisho.determine.same_inputs import changed_inputs
from sekisho.determine.turns import files_side_by_side
from sekisho.errors import Fault, InputInvalid
from sekisho.register.register import Register

Cells = dict[str, str]


@dataclass(frozen=True, slots=True)
class Difference:
    """The first place where decisions on file are not those of today.

    Attributes:
        line: The line of the file of decisions.
        key: The key of the order line, or empty.
        column: The first column that differs; empty if one of the two has no such line.
        on_file: What the file holds.
        decided: What is decided now.
    """

    file: str
    line: int
    key: str
    column: str
    on_file: str
    decided: str


@dataclass(frozen=True, slots=True)
class Proof:
    """Whether decisions on file are those that the input gives.

    Attributes:
        lines: How many lines were decided again.
        same_bytes: Whether the files are the same to the byte.
        difference: The first place where a cell differs, if one does.
        register: The fingerprint of the register that both were decided by.
        any_order: Whether lines of several files were decided in turns.
        changed_inputs: Which files are not as they were when they were decided, in sentences,
            where a folder of parts tells how they were.
    """

    lines: int
    same_bytes: bool
    difference: Difference | None
    register: str
    any_order: bool = False
    changed_inputs: tuple[str, ...] = ()


def verify(  # noqa: PLR0913  one argument for each thing asked
    decisions: Path,
    inputs: Sequence[Path],
    register: Register,
    rates: Rates | None = None,
    known_on: dt.date | str | None = None,
    on_batch: Callable[[Batch], None] = lambda _: None,
    *,
    any_order: bool = False,
) -> Proof:
    """Decides an input again, as a file or folder of decisions says it was.

    Args:
        decisions: What :func:`sekisho.determine.runs.check_files` wrote.
        inputs: The files that were decided.
        register: The register to decide by; must be the one named in the decisions.
        rates: The rates that were used, if any.
        known_on: The column that said as known on which day, if one did; a single day is
            taken from the decisions.
        on_batch: Called with each batch that was decided.
        any_order: Whether lines of several files were decided in turns; a folder of parts
            says so itself.

    Raises:
        InputInvalid: If the decisions name another register, other files or rates, or are no decisions.
    """
    paths = _parts(decisions)
    with closing(_batches(paths[0])) as batches:
        head = next(batches)
    recorded = recorded_run(decisions / RUN) if decisions.is_dir() else {}
    told = _as_recorded(recorded) or _told(head, paths[0])
    _require_register(head, paths[0], register)
    known = known_on if isinstance(known_on, str) else _known_on(head, paths[0])
    checker = Checker(register, known, rates, wanted=told)
    files = find_inputs(inputs)
    _require_rates(recorded, rates)
    changed = changed_inputs(recorded, files)
    side_by_side = _side_by_side(recorded, len(files), any_order=any_order)
    with tempfile.TemporaryDirectory() as folder:
        again = Path(folder) / f"again{paths[0].suffix}"
        writer = Parts(again, paths[0].suffix, {}, _part_rows(recorded)) if recorded else Writer(again)
        for _ in check_files(files, writer, checker, on_batch, side_by_side):
            pass
        made = _parts(again)
        same = len(paths) == len(made) and all(map(_is_same, paths, made))
        difference = None if same else _first_difference(paths, made)
    return Proof(checker.summary.rows, same, difference, register.fingerprint, side_by_side > 1, changed)


def _is_same(path: Path, other: Path) -> bool:
    return filecmp.cmp(path, other, shallow=False)


def _as_recorded(recorded: Mapping[str, Any]) -> Wanted | None:
    """The columns that a folder says it was asked for; ``None`` where it does not."""
    columns, carry = recorded.get("columns"), recorded.get("carry")
    known = isinstance(columns, list) and bool(columns) and all(name in OUTPUT for name in columns)
    return Wanted(tuple(columns or ()), str(carry)) if known and carry in CARRY else None


def _part_rows(recorded: Mapping[str, Any]) -> int:
    rows = recorded.get("part_rows")
    return rows if isinstance(rows, int) and rows > 0 else PART_ROWS


def _side_by_side(recorded: Mapping[str, Any], files: int, *, any_order: bool) -> int:
    """How many files were read side by side, which the order of the decisions hangs on."""
    if not recorded:
        return files_side_by_side(files, any_order=any_order)
    turns = recorded.get("any_order") or 1
    if any_order and files > 1 and turns == 1:
        problem = f"{RUN} says that the lines were decided in the order of the input"
        raise InputInvalid([Fault("--any-order", 0, "", problem, "verify without it")])
    return int(turns)


def _parts(decisions: Path) -> list[Path]:
    if decisions.name == RUN and decisions.is_file():
        problem = "it tells of the run and holds no decisions"
        raise InputInvalid([Fault(str(decisions), 0, "", problem, f"the folder, {decisions.parent}")])
    if not decisions.is_dir():
        return _files(decisions)
    parts = sorted(path for path in decisions.iterdir() if path.name.startswith("part-"))
    if not parts or not (decisions / RUN).exists():
        advice = f"what check wrote, {RUN} and parts"
        raise InputInvalid([Fault(str(decisions), 0, "", "the folder holds no decisions", advice)])
    return parts


def _files(decisions: Path) -> list[Path]:
    try:
        return find_inputs([decisions])
    except InputInvalid:
        problem = "there is no such file or folder"
        advice = "the decisions first, as check wrote them, then the order lines"
        raise InputInvalid([Fault(str(decisions), 0, "", problem, advice)]) from None


def _require_rates(recorded: Mapping[str, Any], rates: Rates | None) -> None:
    was, now = recorded.get("rates"), rates.fingerprint if rates is not None else None
    if not recorded or was == now:
        return
    how, advice = "with other rates", "the rates file that was used"
    if was is None:
        how, advice = "without rates", "no --rates"
    elif now is None:
        how, advice = "with rates", "--rates with the file that was used"
    problem = f"{RUN} says that the lines were decided {how}"
    raise InputInvalid([Fault("--rates", 0, "", problem, advice)])


def _told(head: Batch, path: Path) -> Wanted:
    """The columns that were asked for when decisions were made."""
    columns = tuple(name for name in head.columns if name in OUTPUT)
    if "answer" not in columns and "rules" not in columns:
        raise InputInvalid([Fault(path.name, 1, "", "it holds no decisions", "a file that check wrote")])
    others = [name for name in head.columns if name not in OUTPUT and name not in KEY]
    if not others:
        return Wanted(columns, "none")
    return Wanted(columns, "all" if any(name in OWN for name in others) else "other")


def _require_register(head: Batch, path: Path, register: Register) -> None:
    if "register" not in head.columns or not len(head.lines):
        return
    (named, *more) = pc.unique(head.columns["register"]).to_pylist()
    if more or named != register.fingerprint:
        problem = f"the decisions are by the register {named}, this one is {register.fingerprint}"
        raise InputInvalid([Fault(path.name, 0, "register", problem, "that register, or decisions by this")])


def _known_on(head: Batch, path: Path) -> dt.date | None:
    """The one day as known on which lines were decided."""
    if "known_on" not in head.columns or not len(head.lines):
        return None
    days = list(dict.fromkeys(texts(head.columns["known_on"])))
    if len(days) > 1:
        problem = "the lines were decided as known on different days"
        raise InputInvalid(
            [Fault(path.name, 0, "known_on", problem, "--known-on with the column of the input")]
        )
    return dt.date.fromisoformat(days[0]) if days[0] else None


def _first_difference(paths: Sequence[Path], again: Sequence[Path]) -> Difference | None:
    names = [path.name for path in paths]
    with closing(_rows(paths, names)) as rows, closing(_rows(again, names)) as others:
        for kept, made in zip_longest(rows, others):
            if kept is None or made is None or kept[2] != made[2]:
                return _differ(kept, made)
    return None


def _batches(path: Path) -> Generator[Batch, None, None]:
    yield from read_batches(path)


def _rows(paths: Sequence[Path], names: Sequence[str]) -> Generator[tuple[str, int, Cells], None, None]:
    """The lines of files, by the names of those on file; what was decided again lies where nobody looks."""
    for path, name in zip_longest(paths, names[: len(paths)]):
        with closing(_batches(path)) as batches:
            for batch in batches:
                for line, cells in zip(batch.lines, batch.rows(range(len(batch.lines))), strict=True):
                    yield name or path.name, line, cells


def _differ(kept: tuple[str, int, Cells] | None, made: tuple[str, int, Cells] | None) -> Difference:
    if kept is None or made is None:
        file, line, cells = kept or made or ("", 0, {})
        has, lacks = "a line", "no such line"
        found = (lacks, has) if kept is None else (has, lacks)
        return Difference(file, line, _key(cells), "", *found)
    file, line, cells = kept
    names = dict.fromkeys((*cells, *made[2]))
    column = next(name for name in names if cells.get(name) != made[2].get(name))
    return Difference(file, line, _key(cells), column, cells.get(column, ""), made[2].get(column, ""))


def _key(cells: Cells) -> str:
    return "/".join(cells[name] for name in KEY if cells.get(name))
