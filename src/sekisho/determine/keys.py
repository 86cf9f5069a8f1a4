"""The keys of lines: whether one stood on an earlier line of the same input.

While keys rise from line to line none can have stood before. From the first that does not,
a hash of 64 bits of each key is kept, in a table of limited size; keys of one hash are
compared themselves. Where more keys come than the table holds, the input is read again and
compared on disk (:mod:`sekisho.determine.doubles`), so that an input of any length needs the
same memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from sekisho.determine.cells import as_texts, texts
from sekisho.determine.codes import Flags
from sekisho.determine.doubles import Doubles, Key, KeyRows, ReadAgain
from sekisho.determine.key_hashes import Hashes, Lines, hash_rows
from sekisho.determine.key_order import Rising

KEPT = 1 << 21
"""How many different keys are remembered before the input is read again.

Keys that rise above all before them need not be.
"""
_MOST_BYTES = 1 << 26
"""Of so many bytes the keys remembered are, at most."""
_FIRST_SLOTS = 1 << 14
_FREE = -1
_PLACED_TWICE = 2
"""Two rows of one batch may reach for one slot; the later then takes a second place."""


class Keys:
    """The keys that stood so far, with the line each first stood on.

    Args:
        kept: How many keys are remembered. If there are more, those of the whole input are
            compared on disk, where it can be read again; else with the first only.
    """

    def __init__(self, kept: int = KEPT) -> None:
        self.kept = kept
        self._read: ReadAgain | None = None
        self._folder: Path | None = None
        self._rising: Rising | None = Rising()
        self._risen_rows = 0
        self._stood = _Stood()
        self._table = _Table(kept)
        self._collided: dict[Key, int] = {}
        self._on_disk: Doubles | None = None

    @property
    def full(self) -> bool:
        """Whether there was a key that was not compared with all before, as too many are."""
        return self._on_disk is None and self._table.full

    def read_again_by(self, read: ReadAgain, folder: Path | None = None) -> None:
        """Says how the keys of the whole input are read again, and which folder to make for that."""
        self._read, self._folder = read, folder

    def close(self) -> None:
        """Takes away what was put on disk."""
        if self._on_disk is not None:
            self._on_disk.close()

    def doubles(
        self, columns: Sequence[pa.Array], lines: Sequence[int] | Lines, file: int = 0
    ) -> dict[int, int]:
        """The rows whose key stood before, each with the line it stood on first.

        A row all of whose key is empty has no key.

        Args:
            columns: The cells of each part of the key.
            lines: The number of the line of each row; numbers rise within a file, and those of
                another file are all above or all below.
            file: The file of the rows; keys may rise in each by themselves.

        Raises:
            OutputRefused: If there is no room on the disk for what is compared there.
        """
        numbers = np.asarray(lines, dtype=np.int64)
        if self._rising is not None:
            if self._rising.goes_on(columns, file):
                self._keep(columns, numbers)
                return {}
            self._put_down()
        found = self._doubles(columns, numbers) if self._on_disk is None else {}
        if self._table.full:
            self._search()
        return found if self._on_disk is None else self._on_disk.of(numbers)

    def _keep(self, columns: Sequence[pa.Array], lines: Lines) -> None:
        """Keeps keys that rise, as far as they may be wanted when one does not."""
        if self._risen_rows < self.kept and self._stood.bytes < _MOST_BYTES:
            self._stood.add(columns, lines)
        elif self._read is not None:
            self._stood = _Stood()
        self._risen_rows += len(lines)

    def _put_down(self) -> None:
        """Puts the keys that rose so far into the table; if there are too many, all are read again."""
        self._rising, risen = None, self._stood.parts
        has_all = sum(len(lines) for _, lines in risen) == self._risen_rows
        if not has_all and self._read is not None:
            self._search()
            return
        self._stood = _Stood()
        for columns, lines in risen:
            self._doubles(columns, lines)
        if not has_all:
            self._table.close()

    def _search(self) -> None:
        """Has the whole input compared on disk, and forgets what was remembered."""
        if self._read is not None and self._on_disk is None:
            self._table, self._stood, self._collided = _Table(0), _Stood(), {}
            self._on_disk = Doubles(self._read, self._folder)

    def _doubles(self, columns: Sequence[pa.Array], numbers: Lines) -> dict[int, int]:
        hashes, stated = hash_rows(columns)
        rows = np.flatnonzero(stated)
        if not self._table.full:
            self._stood.add(columns, numbers)
        first = self._table.first_lines(hashes[rows], numbers[rows])
        if self._stood.bytes >= _MOST_BYTES:
            self._table.close()
        again = first != numbers[rows]
        return self._compared(columns, numbers, rows[again], first[again]) if again.any() else {}

    def _compared(
        self, columns: Sequence[pa.Array], numbers: Lines, rows: Lines, first: Lines
    ) -> dict[int, int]:
        """Those of some rows whose key, not its hash alone, stood before."""
        found: dict[int, int] = {}
        keys, others = _keys(columns, rows), self._stood.keys(first)
        for row, key, other, line in zip(rows.tolist(), keys, others, first.tolist(), strict=True):
            number = int(numbers[row])
            # Of several keys with one hash only the first has a place in the table.
            stood = line if key == other else self._collided.setdefault(key, number)
            if stood != number:
                found[row] = stood
        return found


def _keys(columns: Sequence[pa.Array], rows: Lines) -> list[Key]:
    chosen = pa.array(rows)
    return list(zip(*(texts(as_texts(column.take(chosen))) for column in columns), strict=True))


class _Stood:
    """The keys of lines that stood before, to be looked up by the number of their line.

    Attributes:
        parts: The columns of the keys of some lines each, and the numbers of these.
        bytes: How much they hold.
    """

    def __init__(self) -> None:
        self.parts: list[KeyRows] = []
        self.bytes = 0

    def add(self, columns: Sequence[pa.Array], lines: Lines) -> None:
        """Adds lines; those between its first and its last are all its own."""
        if len(lines):
            self.parts.append((columns, lines))
            self.bytes += sum(column.nbytes for column in columns)

    def keys(self, lines: Lines) -> list[Key]:
        """The keys of some lines."""
        found: list[Key] = [()] * len(lines)
        starts = np.array([int(numbers[0]) for _, numbers in self.parts], dtype=np.int64)
        order = np.argsort(starts)  # parts of files that are read side by side come in turns
        of_part = order[np.searchsorted(starts[order], lines, "right") - 1]
        for part in np.unique(of_part).tolist():
            columns, numbers = self.parts[part]
            places = np.flatnonzero(of_part == part)
            keys = _keys(columns, np.searchsorted(numbers, lines[places]))
            for place, key in zip(places.tolist(), keys, strict=True):
                found[place] = key
        return found


class _Table:
    """Hashes, each with the line it first stood on."""

    def __init__(self, kept: int) -> None:
        self.kept, self.count = kept, 0
        self.slots = np.full(_FIRST_SLOTS, _FREE, dtype=np.int32)
        self.hashes: Hashes = np.zeros(_FIRST_SLOTS // 2, dtype=np.uint64)
        self.lines: Lines = np.zeros(_FIRST_SLOTS // 2, dtype=np.int64)

    @property
    def full(self) -> bool:
        """Whether it takes no more."""
        return self.count >= self.kept

    def close(self) -> None:
        """Takes no more from now on."""
        self.kept = self.count

    def first_lines(self, hashes: Hashes, lines: Lines) -> Lines:
        """The line on which each hash first stood; a new one stands here first."""
        first = lines.copy()
        self._make_room(len(hashes))
        rows, at = np.arange(len(hashes)), self._home(hashes)
        while len(rows):
            rows, at = self._probe(hashes, lines, first, rows, at)
        return first

    def _probe(
        self, hashes: Hashes, lines: Lines, first: Lines, rows: Lines, at: Lines
    ) -> tuple[Lines, Lines]:
        """Looks at one slot for each row; gives the rows to look further, and where."""
        held = self.slots[at]
        free = held == _FREE
        settled = ~free & (self.hashes[held] == hashes[rows])
        first[rows[settled]] = self.lines[held[settled]]
        at = np.where(free, at, (at + 1) & (len(self.slots) - 1))
        settled[free] = self._place(at[free], hashes[rows[free]], lines[rows[free]])
        return rows[~settled], at[~settled]

    def _place(self, at: Lines, hashes: Hashes, lines: Lines) -> Flags:
        """Puts hashes into free slots while there is room; whether each is done with.

        Of two for one slot the earlier row gets it, and the later looks again.
        """
        new = slice(min(len(at), self.kept - self.count))
        numbers = self.count + np.arange(new.stop, dtype=np.int32)
        self.slots[at[new][::-1]] = numbers[::-1]
        self.hashes[numbers], self.lines[numbers] = hashes[new], lines[new]
        self.count += new.stop
        settled = np.ones(len(at), dtype=np.bool_)
        settled[new] = self.slots[at[new]] == numbers
        return settled

    def _home(self, hashes: Hashes) -> Lines:
        return (hashes & np.uint64(len(self.slots) - 1)).astype(np.int64)

    def _make_room(self, more: int) -> None:
        """Room for more keys: twice as many slots as keys, so that a search is short."""
        wanted = min(self.count + _PLACED_TWICE * more, self.kept)
        if wanted > len(self.hashes):
            spare = np.zeros(max(wanted, 2 * len(self.hashes)) - len(self.hashes), dtype=np.int64)
            self.hashes = np.concatenate([self.hashes, spare.astype(np.uint64)])
            self.lines = np.concatenate([self.lines, spare])
        if 2 * wanted > len(self.slots):
            self.slots = np.full(_slots(wanted), _FREE, dtype=np.int32)
            rows = np.arange(self.count)
            at = self._home(self.hashes[rows])
            while len(rows):
                free = self.slots[at] == _FREE
                self.slots[at[free][::-1]] = rows[free][::-1]
                left = self.slots[at] != rows
                at, rows = (at[left] + ~free[left]) & (len(self.slots) - 1), rows[left]


def _slots(keys: int) -> int:
    """A power of eight, since moving every key to a larger table is dear."""
    slots = _FIRST_SLOTS
    while slots < 2 * keys:
        slots *= 8
    return slots
