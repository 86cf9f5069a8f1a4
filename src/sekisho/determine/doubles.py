"""Lines whose key stands on an earlier line, found in an input that is read again, on disk.

Keys of more lines than memory holds are gone through beside the run. Hashes of all keys go
into files by their range, each of which is sorted: a hash that stands once is that of a key
that stands once. Only lines whose hash stands twice are read once more, and their keys
themselves are compared, so that two keys of one hash are never taken for one. What is found
goes into files by the number of the line, which the run reads on its way.
"""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from sekisho.determine.cells import as_texts, texts
from sekisho.determine.key_hashes import Hashes, Lines, hash_rows
from sekisho.errors import OutputRefused

KeyRows = tuple[Sequence[pa.Array], Lines]
"""The columns of the key of some rows, and the number of each line; numbers rise within a file."""
ReadAgain = Callable[[], Iterator[KeyRows]]
"""Reads the keys of a whole input from its beginning, in the order in which its lines are decided."""
Key = tuple[str, ...]
Numbers = np.ndarray[Any, np.dtype[Any]]

_HASH_SHIFT = 56
"""The first bits of a hash say in which of 256 files it is: 32 MB each for a billion lines."""
_LINE_SHIFT = 20
"""A million lines share a file of what was found: 16 MB if every key stood before."""
_GATHERED = 1 << 20
"""How many numbers are sorted and written at once."""
_TWICE_KEPT = 1 << 22
"""So many hashes that stand twice are held (32 MB); of more no line is left out."""
_KEYS_KEPT = 1 << 17
"""About so many different keys are compared at once, with their first lines (20 MB)."""
_MOST_GROUPS = 1 << 10


class Doubles:
    """The lines of an input whose key stands on an earlier line, each with that line.

    Args:
        read: Reads the keys of the whole input; called twice at most.
        folder: Where files of about 8 bytes a line are made, and more for each line whose key
            stood before; a folder for temporary files if not given. It is taken away when the
            doubles are closed, or not used any more.

    Raises:
        OutputRefused: If the files cannot be written.
    """

    def __init__(self, read: ReadAgain, folder: Path | None = None) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="sekisho-keys-")) if folder is None else _emptied(folder)
        self._removed = weakref.finalize(self, shutil.rmtree, self.folder, ignore_errors=True)
        self._bucket, self._known = -1, np.zeros((0, 2), dtype=np.int64)
        try:
            self._find(read)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Takes the files away."""
        self._removed()

    def of(self, lines: Lines) -> dict[int, int]:
        """The places of those of some lines whose key stood before, each with the line it stood on first."""
        found: dict[int, int] = {}
        if len(lines):
            for bucket in range(int(lines[0]) >> _LINE_SHIFT, (int(lines[-1]) >> _LINE_SHIFT) + 1):
                known = self._found_in(bucket)
                low, high = np.searchsorted(known[:, 0], [lines[0], lines[-1] + 1])
                places = np.searchsorted(lines, known[low:high, 0])
                found.update(zip(places.tolist(), known[low:high, 1].tolist(), strict=True))
        return found

    def _found_in(self, bucket: int) -> Numbers:
        if bucket != self._bucket:
            pairs = self._load("again", bucket, np.int64).reshape(-1, 2)
            self._bucket, self._known = bucket, pairs[np.argsort(pairs[:, 0])]
        return self._known

    def _find(self, read: ReadAgain) -> None:
        rows = self._sort_hashes(read)
        twice = self._twice()
        if twice is not None and not len(twice):
            return
        different = rows // 2 if twice is None else len(twice)
        groups = min(1 + different // _KEYS_KEPT, _MOST_GROUPS)
        self._gather_keys(read, twice, groups)
        pairs = (pairs for group in range(groups) for pairs in self._compare(group))
        for gathered in _together(pairs):
            self._split("again", gathered[:, 0] >> _LINE_SHIFT, gathered)

    def _sort_hashes(self, read: ReadAgain) -> int:
        """Puts the hash of every key into the file of its range; gives how many there are."""
        rows = 0
        for hashes in _together(_hashes(read)):
            rows += len(hashes)
            hashes.sort()
            kept = np.ones(len(hashes), dtype=np.bool_)
            kept[2:] = hashes[2:] != hashes[:-2]  # what stands twice says as much as what stands often
            self._split("hashes", hashes[kept] >> np.uint64(_HASH_SHIFT), hashes[kept])
        return rows

    def _twice(self) -> Hashes | None:
        """Every hash that stands twice, in order; ``None`` if there are too many to hold."""
        found, held = [np.zeros(0, dtype=np.uint64)], 0
        for bucket in range(1 << (64 - _HASH_SHIFT)):
            hashes = self._load("hashes", bucket, np.uint64)
            (self.folder / f"hashes-{bucket}").unlink(missing_ok=True)
            hashes.sort()
            more = np.unique(hashes[1:][hashes[1:] == hashes[:-1]])
            held += len(more)
            if held <= _TWICE_KEPT:
                found.append(more)
        return np.concatenate(found) if held <= _TWICE_KEPT else None

    def _gather_keys(self, read: ReadAgain, twice: Hashes | None, groups: int) -> None:
        """Puts the keys of lines whose hash stands twice into the file of their group."""
        for columns, lines in read():
            hashes, stated = hash_rows(columns)
            if twice is not None:
                at = np.minimum(np.searchsorted(twice, hashes), len(twice) - 1)
                stated = stated & (twice[at] == hashes)
            rows = np.flatnonzero(stated)
            if len(rows):
                of_row = (hashes[rows] % np.uint64(groups)).astype(np.int64)
                self._keep_keys([column.take(pa.array(rows)) for column in columns], lines[rows], of_row)

    def _keep_keys(self, columns: Sequence[pa.Array], lines: Lines, groups: Lines) -> None:
        cells = [as_texts(column) for column in columns]
        names = [str(part) for part in range(len(cells))]
        records = pa.RecordBatch.from_arrays([pa.array(lines), *cells], ["line", *names])
        for group, rows in _parts(groups):
            chosen, path = records.take(pa.array(rows)), self.folder / f"keys-{group}"
            with _writing(self.folder), path.open("ab") as file, _stream(file, chosen.schema) as stream:
                stream.write_batch(chosen)

    def _compare(self, group: int) -> Iterator[Numbers]:
        """The lines of a group whose key stood before, each with the line it stood on first."""
        path, first = self.folder / f"keys-{group}", dict[Key, int]()
        for records in _streams(path):
            lines, *columns = records.columns
            keys = list(zip(*map(texts, columns), strict=True))
            stood = [first.setdefault(key, at) for key, at in zip(keys, lines.to_pylist(), strict=True)]
            pairs = np.stack([np.asarray(lines), np.array(stood, dtype=np.int64)], axis=1)
            yield pairs[pairs[:, 0] != pairs[:, 1]]
        path.unlink(missing_ok=True)

    def _split(self, name: str, buckets: Numbers, rows: Numbers) -> None:
        """Adds rows to the files of their buckets."""
        for bucket, chosen in _parts(buckets):
            with _writing(self.folder), (self.folder / f"{name}-{bucket}").open("ab") as file:
                file.write(rows[chosen].data)

    def _load(self, name: str, bucket: int, kind: type[np.generic]) -> Numbers:
        path = self.folder / f"{name}-{bucket}"
        return np.fromfile(path, kind) if path.exists() else np.zeros(0, kind)


_stream = pa.ipc.new_stream


def _emptied(folder: Path) -> Path:
    """A folder without what a run that was killed left in it."""
    with _writing(folder):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
    return folder


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        problem = f"{error.strerror or error}, while keys were compared"
        advice = f"this takes about 8 bytes for each line in {folder.parent}; make room there"
        raise OutputRefused(str(folder), problem, advice) from None


def _hashes(read: ReadAgain) -> Iterator[Hashes]:
    for columns, _ in read():
        hashes, stated = hash_rows(columns)
        yield hashes if stated.all() else hashes[stated]


def _streams(path: Path) -> Iterator[pa.RecordBatch]:
    """The records of a file of one stream after another; of none if there is no file."""
    if path.exists():
        with pa.OSFile(str(path)) as file:
            while file.tell() < file.size():
                yield from pa.ipc.open_stream(file)


def _together(arrays: Iterator[Numbers]) -> Iterator[Numbers]:
    """The same rows in fewer and larger arrays."""
    held, rows = list[Numbers](), 0
    for one in arrays:
        held.append(one)
        rows += len(one)
        if rows >= _GATHERED:
            yield np.concatenate(held)
            held, rows = [], 0
    if rows:
        yield np.concatenate(held)


def _parts(buckets: Numbers) -> Iterator[tuple[int, Numbers]]:
    """Each different bucket, and the rows that are in it, in their order."""
    order = np.argsort(buckets, kind="stable")
    ordered = buckets[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]])[: len(ordered)])
    for part in np.split(order, starts[1:]):
        if len(part):
            yield int(buckets[part[0]]), part
