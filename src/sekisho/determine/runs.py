"""Runs over files: many inputs, one output or a folder of parts, and going on after a stop.

Reading, deciding and writing go on side by side, each a few batches ahead of the next, so
that a run takes the memory of a few batches however long its input is.
"""

from __future__ import annotations

import gc
import glob
import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa

from sekisho.determine.check import Checker
from sekisho.determine.files import FORMATS, Batch, read_batches
from sekisho.determine.output import Writer
from sekisho.determine.parts import Parts
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
    folder gets each part when it is whole.

    Raises:
        InputInvalid: If a file cannot be read, or brings other columns than those before
            it where all go to one file.
    """
    try:
        # The cells of a batch hold no cycles; looking for some in millions of them costs a third.
        gc.disable()
        for batch, decisions in ahead(_decisions(paths, checker, one_file=isinstance(writer, Writer))):
            if writer is not None:
                writer.write(decisions)
            on_batch(batch)
            yield decisions
        if writer is not None:
            writer.close()
    except BaseException:
        if writer is not None:
            writer.discard()
        raise
    finally:
        gc.enable()


def _decisions(
    paths: Sequence[Path], checker: Checker, *, one_file: bool
) -> Iterator[tuple[Batch, pa.RecordBatch]]:
    names: list[str] = []
    for path in paths:
        checker.next_file(path.name)
        for batch in ahead(read_batches(path, checker.wants)):
            decisions = checker.batch(batch)
            names = names or decisions.schema.names
            if one_file:
                _same_columns(path, names, decisions.schema.names)
            yield batch, decisions


def _same_columns(path: Path, first: list[str], names: list[str]) -> None:
    if names != first:
        odd = ", ".join(sorted(set(first) ^ set(names))) or "their order"
        problem = f"its columns differ from those of the first file: {odd}"
        advice = "files with the same columns, no other columns carried, or a folder to write to"
        raise InputInvalid([Fault(path.name, 1, "", problem, advice)])


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
