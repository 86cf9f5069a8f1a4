"""Which file of an input gives the next batch.

One thread reads one file, and text is read more slowly than it is decided. So several files may
be read side by side, each in a thread of its own; one batch of each is taken in turn. Whose turn it
is hangs on the files alone, never on which thread is ready first, so that the same files give the
same decisions in the same order on any machine. With one file at a time that is the order of the
input.

- Files are begun in the order of the input, as many as are read side by side.
- One batch is taken of each, in the order in which they were begun, and then again.
- A file that has ended gives its turn to the next that was not begun.
- A file with other columns than those that were begun waits until these have ended, since
  decisions with other columns go to a part of their own.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from sekisho.determine.ahead import Ahead
from sekisho.determine.files import Batch, Wants, read_batches

SIDE_BY_SIDE = 4
"""How many files are read side by side where lines may come in any order.

It does not hang on the cores of a machine, as the order of the decisions hangs on it. Four read
JSON lines about as fast as one thread decides and writes them, within half a GiB.
"""
_SHARE = 2
"""Each of several files gives batches of text of half the size, for the memory of all."""


def files_side_by_side(files: int, *, any_order: bool) -> int:
    """How many files of an input are read side by side; with one file no order is given up."""
    return SIDE_BY_SIDE if any_order and files > 1 else 1


Shape = object
"""What is the same for batches whose decisions have the same columns."""


@dataclass(frozen=True, slots=True)
class Reached:
    """How far a run has come in its files.

    Attributes:
        begun: How many files were begun; those that are not open were gone through.
        open: The place of each open file among the inputs, and how many of its rows were
            taken, in the order of their turns.
    """

    begun: int = 0
    open: Sequence[tuple[int, int]] = ()

    def rows(self, place: int) -> int:
        """How many rows of a file were taken, at most."""
        return dict(self.open).get(place, sys.maxsize if place < self.begun else 0)


class Turns:
    """The batches of several files, each taken when it is the turn of its file.

    Args:
        paths: The files, in the order of the input.
        wants: Whether a column is wanted.
        shape_of: What must be the same for files that are read side by side.
        side_by_side: How many files are, at most.
        passed: How far an earlier run came.

    Attributes:
        reached: How far the files have been gone through, with the last batch given.
    """

    def __init__(
        self,
        paths: Sequence[Path],
        wants: Wants,
        shape_of: Callable[[Batch], Shape],
        side_by_side: int = 1,
        passed: Reached | None = None,
    ) -> None:
        self.paths, self.side_by_side = paths, min(side_by_side, len(paths))
        self._wants, self._shape_of, self._passed = wants, shape_of, passed or Reached()
        self._begun = 0
        self._ready: deque[_File] = deque()
        self._open: deque[_File] = deque()
        self._held: list[_File] = []

    @property
    def reached(self) -> Reached:
        """How far the files have been gone through."""
        return Reached(self._begun, tuple((file.place, file.rows) for file in self._open))

    def batches(self) -> Iterator[tuple[Batch, bool]]:
        """Every batch, and whether an earlier run took its rows; those come first."""
        try:
            yield from ((batch, True) for batch in self._again())
            yield from ((batch, False) for batch in self._taken(len(self.paths)))
        finally:
            for file in (*self._open, *self._held, *self._ready):
                file.work.close()

    def _again(self) -> Iterator[Batch]:
        """What an earlier run took, in the same turns; a file from which it took no more is held."""
        passed = self._passed
        yield from self._taken(passed.begun, passed.rows)
        held = {file.place: file for file in self._held}
        self._open, self._held = deque(held[place] for place, _ in passed.open if place in held), []

    def _taken(self, end: int, most: Callable[[int], int] = lambda _: sys.maxsize) -> Iterator[Batch]:
        """Batches of the files before a place, of each up to so many rows."""
        while self._join(end):
            file = self._open[0]
            left = most(file.place) - file.rows
            batch = file.take(left) if left > 0 else None
            if batch is None:
                self._pass_on(end, is_held=left <= 0)
                continue
            if len(batch.lines):  # without rows there is nothing by which to tell that it was taken
                self._open.rotate(-1)
            yield batch

    def _pass_on(self, end: int, *, is_held: bool) -> None:
        """Takes the first file out of the turns; what takes its place has its turn now."""
        file, begun = self._open.popleft(), self._begun
        if is_held:
            self._held.append(file)
        else:
            file.work.close()
        self._join(end)
        self._open.rotate(self._begun - begun)

    def _join(self, end: int) -> bool:
        """Has files join those that are open, as far as there is room; whether any is open."""
        while self._begun < end and self._has_room():
            self._open.append(self._next())
            self._ready.popleft()
            self._begun += 1
        self._read_ahead()
        return bool(self._open)

    def _has_room(self) -> bool:
        """Whether the next file may join."""
        if not self._open:
            return True
        if len(self._open) + len(self._held) >= self.side_by_side:
            return False
        return self._next().shape(self._shape_of) == self._open[0].shape(self._shape_of)

    def _next(self) -> _File:
        """The next file that has not joined; it is being read."""
        if not self._ready:
            self._read()
        return self._ready[0]

    def _read_ahead(self) -> None:
        """Has files read before their turn comes, so that as many threads read as may."""
        while self._begun + len(self._ready) < len(self.paths) and self._readers() < self.side_by_side:
            self._read()

    def _read(self) -> None:
        place = self._begun + len(self._ready)
        share = _SHARE if self.side_by_side > 1 else 1
        batches = _batches(self.paths[place], self._wants, self._passed.rows(place), share)
        self._ready.append(_File(place, Ahead(batches)))

    def _readers(self) -> int:
        return sum(file.work.works for file in (*self._open, *self._held, *self._ready))


class _File:
    """A file that is read in a thread of its own.

    Attributes:
        place: Its place among the inputs.
        rows: How many rows were taken.
    """

    def __init__(self, place: int, work: Ahead[Batch]) -> None:
        self.place, self.rows, self.work = place, 0, work
        self._rest: Batch | None = None
        self._shape: Shape = None

    def shape(self, shape_of: Callable[[Batch], Shape]) -> Shape:
        """What must be the same for files that are read side by side, as its first batch has it."""
        if self._shape is None:
            self._rest = self.work.take() if self._rest is None else self._rest
            self._shape = None if self._rest is None else shape_of(self._rest)
        return self._shape

    def take(self, most: int) -> Batch | None:
        """The next batch, of so many rows at most; ``None`` at the end of the file."""
        batch = self.work.take() if self._rest is None else self._rest
        self._rest = None
        if batch is None:
            return None
        rows = len(batch.lines)
        if rows > most:
            batch, self._rest = batch.part(0, most), batch.part(most, rows)
        self.rows += len(batch.lines)
        return replace(batch, file=self.place)


def _batches(path: Path, wants: Wants, passed: int, share: int) -> Iterator[Batch]:
    """The batches of a file, which is opened when the first is asked for."""
    yield from read_batches(path, wants, passed, share)
