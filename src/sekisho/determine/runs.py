"""Runs over files: many inputs, one output or a folder of parts, and going on after a stop.

Reading, deciding and writing go on side by side, each a few batches ahead of the next, so
that a run takes the memory of a few batches however long its input is.
"""

from __future__ import annotations

import gc
import glob
import queue
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa

from sekisho.determine.cells import plain_type, retyped
from sekisho.determine.check import Checker
from sekisho.determine.files import FORMATS, Batch, read_batches
from sekisho.determine.output import Writer
from sekisho.determine.parts import Done, Parts
from sekisho.determine.summaries import summary_json, summary_of
from sekisho.errors import Fault, InputInvalid

T = TypeVar("T")
_AHEAD = 1
_END = object()
_WAIT = 0.2


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
            what = "the folder holds no such file" if name.is_dir() else "there is no such file"
            faults.append(Fault(str(name), 0, "", what, f"a file of order lines ({', '.join(FORMATS)})"))
    if faults:
        raise InputInvalid(faults)
    return list(found)


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
) -> Iterator[pa.RecordBatch]:
    """Decides the lines of files, writes them if asked, and gives each batch of decisions.

    One file of output is put into its place only when the whole input has been decided; a
    folder gets each part when it is whole. What an earlier run left in the folder is not
    decided again: of its rows only the keys are read, which later ones are compared with.

    Raises:
        InputInvalid: If a file cannot be read, or brings other columns than those before
            it where all go to one file.
    """
    checker.read_again_by(partial(read_keys, paths), _scratch(writer))
    try:
        # The cells of a batch hold no cycles; looking for some in millions of them costs a third.
        gc.disable()
        for batch, decisions in ahead(_decisions(paths, writer, checker)):
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


def _decisions(paths: Sequence[Path], writer: Writer | Parts | None, checker: Checker) -> Iterator[_Decided]:
    if isinstance(writer, Parts):
        checker.go_on(summary_of(writer.done.summary))
        if not writer.done.complete:
            yield from _Course(paths, writer, checker).decided()
        return
    first: pa.Schema | None = None
    for path in paths:
        checker.next_file(path.name)
        for batch in ahead(read_batches(path, checker.wants)):
            decisions = checker.batch(batch)
            first = first or decisions.schema
            if writer is not None:
                _same_columns(path, first.names, decisions.schema.names)
                decisions = _same_types(path, first, decisions) if writer.format == "parquet" else decisions
            yield batch, decisions


class _Course:
    """The way of a run through its files, part by part, from where an earlier run stopped."""

    def __init__(self, paths: Sequence[Path], parts: Parts, checker: Checker) -> None:
        self.paths, self.checker, self.part_rows = paths, checker, parts.part_rows
        self.done = parts.done
        self.file, self.file_rows = 0, 0
        self.names: list[tuple[str, pa.DataType]] = []
        self.rows = 0

    def decided(self) -> Iterator[_Decided]:
        """Every batch; at the end of a part, and of the input, what is done."""
        before = self.done
        for place, path in enumerate(self.paths):
            self.checker.next_file(path.name)
            self.file, self.file_rows = place, 0
            passed = before.in_file(place)
            batches = ahead(read_batches(path, self.checker.wants, max(passed, 0)))
            for batch, is_done in _passing(batches, passed):
                yield from self._pass(batch) if is_done else self._decide(batch)
        yield None, self._end_part(complete=True)

    def _pass(self, batch: Batch) -> Iterator[_Decided]:
        self.checker.pass_over(batch)
        self.file_rows += len(batch.lines)
        yield batch, None

    def _decide(self, batch: Batch) -> Iterator[_Decided]:
        fields, rows = self.checker.fields(batch.columns), len(batch.lines)
        names = [
            (name, plain_type(batch.columns[of].type) if of else pa.string()) for name, of in fields.items()
        ]
        is_begun = bool(self.names or self.done.parts)
        if rows and self.names and names != self.names:
            yield None, self._end_part()
        decisions = self.checker.batch(batch)
        self.file_rows += rows
        if not rows and is_begun:  # a part without rows only says that there are none at all
            yield batch, None
            return
        self.names, self.rows = names, self.rows + rows
        yield batch, decisions
        if self.rows >= self.part_rows:
            yield None, self._end_part()

    def _end_part(self, *, complete: bool = False) -> Done:
        summary = self.checker.so_far()
        number = self.done.parts + bool(self.names)
        told = summary_json(summary)
        self.done = Done(number, summary.rows, self.file, self.file_rows, complete, told)
        self.names, self.rows = [], 0
        return self.done


def _passing(batches: Iterator[Batch], passed: int) -> Iterator[tuple[Batch, bool]]:
    """Batches, and whether their rows are among the first, which were decided before."""
    for batch in batches:
        rows = len(batch.lines)
        if rows <= passed:
            passed -= rows
            yield batch, True
            continue
        if passed > 0:
            yield batch.part(0, passed), True
        yield batch.part(passed, rows) if passed > 0 else batch, False
        passed = min(passed, 0)


def _same_columns(path: Path, first: list[str], names: list[str]) -> None:
    if names != first:
        odd = ", ".join(sorted(set(first) ^ set(names))) or "their order"
        problem = f"its columns differ from those of the first file: {odd}"
        advice = "files with the same columns, no other columns carried, or a folder to write to"
        raise InputInvalid([Fault(path.name, 1, "", problem, advice)])


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


def ahead(items: Iterator[T], depth: int = _AHEAD) -> Iterator[T]:
    """The same items, worked out in a thread of their own, a few ahead of their use."""
    made: queue.Queue[Any] = queue.Queue(depth)
    stop = threading.Event()
    thread = threading.Thread(target=_make, args=(items, made, stop), daemon=True)
    thread.start()
    try:
        while (item := made.get()) is not _END:
            if isinstance(item, _Raised):
                raise item.error
            yield item
    finally:
        stop.set()
        thread.join()


class _Raised:
    def __init__(self, error: BaseException) -> None:
        self.error = error


def _make(items: Iterator[Any], made: queue.Queue[Any], stop: threading.Event) -> None:
    try:
        for item in items:
            if not _put(made, item, stop):
                break
        else:
            _put(made, _END, stop)
    except BaseException as error:  # noqa: BLE001  raised again where the items are used
        _put(made, _Raised(error), stop)
    finally:
        close = getattr(items, "close", None)
        if close is not None:
            close()


def _put(made: queue.Queue[Any], item: object, stop: threading.Event) -> bool:
    """Puts an item where it is wanted; False if nobody wants it any more."""
    while not stop.is_set():
        try:
            made.put(item, timeout=_WAIT)
        except queue.Full:
            continue
        return True
    return False
