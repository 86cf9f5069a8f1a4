"""Runs over files: many inputs, one output or a folder of parts, and going on after a stop.

Reading, deciding and writing go on side by side, each a few batches ahead of the next, so
that a run takes the memory of a few batches however long its input is. Several files are read
side by side where lines may come in any order (:mod:`sekisho.determine.turns`).
"""

from __future__ import annotations

import gc
import glob
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

import pyarrow as pa

from sekisho.determine.ahead import ahead
from sekisho.determine.cells import plain_type, retyped
from sekisho.determine.check import Checker
from sekisho.determine.files import FORMATS, Batch, read_batches
from sekisho.determine.output import Writer
from sekisho.determine.parts import Done, Parts
from sekisho.determine.summaries import summary_json, summary_of
from sekisho.determine.turns import Reached, Turns
from sekisho.errors import Fault, InputInvalid


def find_inputs(names: Iterable[Path]) -> list[Path]:
    """The files that paths, folders and patterns name, in the order given, each once.

    The files of a folder or a pattern come in the order of their names.

    Raises:
        InputInvalid: With every name that leads to no file.
    """
    found: dict[Path, None] = {}
    faults: list[Fault] = []
    for name in names:
        paths = _matching(name)
        found.update(dict.fromkeys(paths))
        if not paths:
            faults.append(_not_found(name))
    if faults:
        raise InputInvalid(faults)
    return list(found)


def _not_found(name: Path) -> Fault:
    endings = ", ".join(FORMATS)
    if name.is_dir():
        problem = "there is no file of order lines in the folder"
        return Fault(str(name), 0, "", problem, f"files that end in {endings}")
    if any(mark in str(name) for mark in "*?["):
        return Fault(
            str(name), 0, "", "no file matches the pattern", f"one that names files that end in {endings}"
        )
    return Fault(str(name), 0, "", "there is no such file", f"a file of order lines ({endings})")


def _matching(name: Path) -> list[Path]:
    if name.is_dir():
        return sorted(path for path in name.iterdir() if path.suffix.lower() in FORMATS and path.is_file())
    if name.exists():
        return [name]
    return sorted(Path(path) for path in glob.glob(str(name), recursive=True) if Path(path).is_file())  # noqa: PTH207  any pattern, from any root


def check_file(
    path: Path,
    output: Path | None,
    checker: Checker,
    on_batch: Callable[[Batch], None] = lambda _: None,
) -> Iterator[pa.RecordBatch]:
    """Decides the lines of a file; as :func:`check_files` with one input and one output."""
    yield from check_files([path], Writer(output) if output is not None else None, checker, on_batch)


def check_files(
    paths: Sequence[Path],
    writer: Writer | Parts | None,
    checker: Checker,
    on_batch: Callable[[Batch], None] = lambda _: None,
    side_by_side: int = 1,
) -> Iterator[pa.RecordBatch]:
    """Decides the lines of files, writes them if asked, and gives each batch of decisions.

    One file of output is put into its place only when the whole input has been decided; a
    folder gets each part when it is whole. What an earlier run left in the folder is not
    decided again: of its rows only the keys are read, which later ones are compared with.

    Args:
        paths: The files.
        writer: Writes the decisions; ``None`` only sums them up.
        checker: Decides the batches.
        on_batch: Called with each batch that was decided, or passed over.
        side_by_side: How many files are read side by side. With one, lines keep the order of the
            input; with more, those of each file do, and files take turns.

    Raises:
        InputInvalid: If a file cannot be read, or brings other columns than those before
            it where all go to one file.
    """
    checker.files = [path.name for path in paths]
    checker.read_again_by(partial(_keys_again, paths, checker, side_by_side), _scratch(writer))
    try:
        # The cells of a batch hold no cycles; looking for some in millions of them costs a third.
        gc.disable()
        for batch, decisions in ahead(_decisions(paths, writer, checker, side_by_side)):
            if decisions is not None:
                _write(writer, decisions)
            if batch is not None:
                on_batch(batch)
            if isinstance(decisions, pa.RecordBatch):
                yield decisions
        if isinstance(writer, Writer):
            writer.close()
    except BaseException:
        if writer is not None:
            writer.discard()
        raise
    finally:
        gc.enable()
        checker.keys.close()
    checker.keep()


def read_keys(paths: Iterable[Path]) -> Iterator[Iterator[Batch]]:
    """The batches of each file, with their keys only where a file is spared the rest."""
    return (ahead(read_batches(path, passed=sys.maxsize)) for path in paths)


def _keys_again(paths: Sequence[Path], checker: Checker, side_by_side: int) -> Iterator[Batch]:
    """The batches of a run once more, in the same order, with their keys only where that spares work."""
    everything = Reached(len(paths))
    for batch, _ in Turns(paths, checker.wants, partial(_shape, checker), side_by_side, everything).batches():
        yield batch


_Shape = dict[str, pa.DataType]


def _shape(checker: Checker, batch: Batch) -> _Shape:
    """The columns that the decisions of a file have, in whichever order."""
    types = batch.types or {name: plain_type(column.type) for name, column in batch.columns.items()}
    return {name: types[of] if of else pa.string() for name, of in checker.fields(types).items()}


def _scratch(writer: Writer | Parts | None) -> Path | None:
    """Where what does not fit into memory is put during a run: beside what it writes."""
    if isinstance(writer, Parts):
        return writer.folder / _KEYS
    return None if writer is None else writer.path.with_name(f"{writer.path.name}.{_KEYS}")


_KEYS = "keys.part"


def _write(writer: Writer | Parts | None, decisions: pa.RecordBatch | Done) -> None:
    if isinstance(decisions, pa.RecordBatch):
        if writer is not None:
            writer.write(decisions)
    elif isinstance(writer, Parts):
        writer.end_part(decisions)


_Decided = tuple[Batch | None, pa.RecordBatch | Done | None]
"""A batch with its decisions; without, if an earlier run made them; or what is done at the end of a part."""


def _decisions(
    paths: Sequence[Path], writer: Writer | Parts | None, checker: Checker, side_by_side: int
) -> Iterator[_Decided]:
    turns = partial(Turns, paths, checker.wants, partial(_shape, checker), side_by_side)
    if isinstance(writer, Parts):
        checker.go_on(summary_of(writer.done.summary))
        if not writer.done.complete:
            yield from _Course(turns, writer, checker).decided()
        return
    first: pa.Schema | None = None
    for batch, _ in turns().batches():
        decisions = checker.batch(batch)
        first = first or decisions.schema
        if writer is not None:
            path = paths[batch.file]
            decisions = _same_columns(path, first.names, decisions)
            decisions = _same_types(path, first, decisions) if writer.format == "parquet" else decisions
        yield batch, decisions


class _Course:
    """The way of a run through its files, part by part, from where an earlier run stopped."""

    def __init__(self, turns: Callable[[Reached], Turns], parts: Parts, checker: Checker) -> None:
        self.checker, self.part_rows = checker, parts.part_rows
        self.done = parts.done
        self.turns = turns(Reached(self.done.begun, self.done.open))
        self.reached = Reached()
        self.shape: _Shape = {}
        self.rows = 0

    def decided(self) -> Iterator[_Decided]:
        """Every batch; at the end of a part, and of the input, what is done."""
        for batch, is_done in self.turns.batches():
            yield from self._pass(batch) if is_done else self._decide(batch)
        self.reached = self.turns.reached
        yield None, self._end_part(complete=True)

    def _pass(self, batch: Batch) -> Iterator[_Decided]:
        self.checker.pass_over(batch)
        self.reached = self.turns.reached
        yield batch, None

    def _decide(self, batch: Batch) -> Iterator[_Decided]:
        shape, rows = _shape(self.checker, batch), len(batch.lines)
        is_begun = bool(self.shape or self.done.parts)
        if rows and self.shape and shape != self.shape:
            yield None, self._end_part()
        decisions = self.checker.batch(batch)
        self.reached = self.turns.reached
        if not rows and is_begun:  # a part without rows only says that there are none at all
            yield batch, None
            return
        self.shape, self.rows = self.shape or shape, self.rows + rows
        yield batch, decisions.select([*self.shape])
        if self.rows >= self.part_rows:
            yield None, self._end_part()

    def _end_part(self, *, complete: bool = False) -> Done:
        summary = self.checker.so_far()
        number = self.done.parts + bool(self.shape)
        told, at = summary_json(summary), self.reached
        self.done = Done(number, summary.rows, at.begun, at.open, complete, told)
        self.shape, self.rows = {}, 0
        return self.done


def _same_columns(path: Path, first: list[str], decisions: pa.RecordBatch) -> pa.RecordBatch:
    """Decisions with their columns in the order of those of the first file.

    Raises:
        InputInvalid: If they have others.
    """
    odd = set(first) ^ set(decisions.schema.names)
    if odd:
        problem = f"its columns differ from those of the first file: {', '.join(sorted(odd))}"
        advice = "files with the same columns, no other columns carried, or a folder to write to"
        raise InputInvalid([Fault(path.name, 1, "", problem, advice)])
    return decisions.select(first)


def _same_types(path: Path, first: pa.Schema, decisions: pa.RecordBatch) -> pa.RecordBatch:
    """Decisions with the types of those of the first file, where no cell changes by it.

    Raises:
        InputInvalid: With each column for which there is no such way.
    """
    columns, faults = [], []
    for field, column in zip(first, decisions.columns, strict=True):
        try:
            columns.append(retyped(column, plain_type(field.type)))
        except pa.ArrowInvalid:
            types = f"{plain_type(column.type)}, and of the first file {plain_type(field.type)}"
            faults.append(Fault(path.name, 0, field.name, f"its cells are of type {types}", _ONE_TYPE))
    if faults:
        raise InputInvalid(faults)
    return pa.RecordBatch.from_arrays(columns, decisions.schema.names)


_ONE_TYPE = "one type in all files, or decisions in CSV or JSON lines, or in a folder"


def spare_memory() -> None:
    """Has Arrow give memory back sooner: a run then holds about a quarter less, and takes as long.

    For a process that only decides files, since it holds for all that Arrow does there. Where
    Arrow was built without that allocator nothing changes.
    """
    with suppress(NotImplementedError):
        pa.set_memory_pool(pa.jemalloc_memory_pool())
