"""The keys of lines: whether one stood on an earlier line of the same input.

While keys rise from line to line none can have stood before. From the first that does not,
a hash of 64 bits of each key is kept, in a table of fixed size, so that an input of any
length needs the same memory.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from sekisho.determine.cells import as_texts, encoded
from sekisho.determine.codes import Flags
from sekisho.determine.key_order import Rising

KEPT = 1 << 22
"""How many different keys are remembered; keys of later lines are compared with these.

Keys that rise above all before them need not be.
"""
_FIRST_SLOTS = 1 << 14
_WORD = 8
_SEED = 0x9E3779B97F4A7C15
_MIX = 0xFF51AFD7ED558CCD
_FREE = -1
_PLACED_TWICE = 2
"""Two rows of one batch may reach for one slot; the later then takes a second place."""

Hashes = np.ndarray[tuple[int], np.dtype[np.uint64]]
Lines = np.ndarray[tuple[int], np.dtype[np.int64]]


class Keys:
    """The keys that stood so far, by hash, with the line each first stood on."""

    def __init__(self, kept: int = KEPT) -> None:
        self.kept, self.count = kept, 0
        self._rising: Rising | None = Rising()
        self._risen: list[tuple[Sequence[pa.Array], Sequence[int] | Lines]] = []
        self._risen_rows = 0
        self.slots = np.full(_FIRST_SLOTS, _FREE, dtype=np.int32)
        self.hashes: Hashes = np.zeros(_FIRST_SLOTS // 2, dtype=np.uint64)
        self.lines: Lines = np.zeros(_FIRST_SLOTS // 2, dtype=np.int64)

    @property
    def full(self) -> bool:
        """Whether there was a key that was not compared with all before, as too many are."""
        return self.count >= self.kept

    def doubles(self, columns: Sequence[pa.Array], lines: Sequence[int] | Lines) -> dict[int, int]:
        """The rows whose key stood before, each with the line it stood on first.

        A row all of whose key is empty has no key.
        """
        if self._rising is not None:
            if self._rising.goes_on(columns):
                self._keep(columns, lines)
                return {}
            self._put_down()
        return self._doubles(columns, lines)

    def _keep(self, columns: Sequence[pa.Array], lines: Sequence[int] | Lines) -> None:
        """Keeps keys that rise, as far as they may be wanted when one does not."""
        if self._risen_rows < self.kept:
            self._risen.append((columns, lines))
        self._risen_rows += len(lines)

    def _put_down(self) -> None:
        """Puts the keys that rose so far into the table."""
        self._rising = None
        for columns, lines in self._risen:
            self._doubles(columns, lines)
        self.count = self.kept if self._risen_rows > self.kept else self.count
        self._risen = []

    def _doubles(self, columns: Sequence[pa.Array], lines: Sequence[int] | Lines) -> dict[int, int]:
        numbers = _as_numbers(lines)
        hashes, stated = hash_rows(columns)
        rows = np.flatnonzero(stated)
        first = self._known(hashes[rows], numbers[rows])
        again = first != numbers[rows]
        return dict(zip(rows[again].tolist(), first[again].tolist(), strict=True))

    def _known(self, hashes: Hashes, lines: Lines) -> Lines:
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


def _as_numbers(lines: Sequence[int] | Lines) -> Lines:
    return np.arange(lines.start, lines.stop) if isinstance(lines, range) else np.asarray(lines, np.int64)


def _slots(keys: int) -> int:
    """A power of eight, since moving every key to a larger table is dear."""
    slots = _FIRST_SLOTS
    while slots < 2 * keys:
        slots *= 8
    return slots


def hash_rows(columns: Sequence[pa.Array]) -> tuple[Hashes, Flags]:
    """A hash of 64 bits of the cells of each row, and whether any of them is stated."""
    rows = len(columns[0]) if columns else 0
    found = np.zeros(rows, dtype=np.uint64)
    stated = np.zeros(rows, dtype=np.bool_)
    for column in columns:
        hashes, lengths = _hash_cells(column)
        found = _mixed(found * np.uint64(3) + hashes)
        stated |= lengths > 0
    return found, stated


def _hash_cells(column: pa.Array) -> tuple[Hashes, Lines]:
    """A hash of the text of each cell, and its length in bytes; a text that repeats is hashed once."""
    if not pa.types.is_dictionary(column.type) and not pa.types.is_integer(column.type):
        return _hash_texts(as_texts(column))
    known, places = encoded(column)
    hashes, lengths = _hash_texts(pa.array(known, pa.string()))
    return hashes.take(places), lengths.take(places)


def _hash_texts(column: pa.Array) -> tuple[Hashes, Lines]:
    """A hash of each text, and its length in bytes."""
    column = column.cast(pa.large_string())
    _, offsets, data = column.buffers()
    ends = np.frombuffer(offsets, dtype=np.int64)[column.offset : column.offset + len(column) + 1]
    held = data if data is None else data.slice(int(ends[0]), int(ends[-1] - ends[0]))
    starts, lengths = ends[:-1] - ends[0], np.diff(ends)
    words = _words(held)
    found = _mixed(lengths.astype(np.uint64) + np.uint64(_SEED))
    for word in range(0, int(lengths.max(initial=0)), _WORD):
        left = np.clip(lengths - word, 0, _WORD)
        part = words[np.minimum(starts + word, len(words) - 1)]
        cut = (8 * (_WORD - left)).astype(np.uint64)
        mixed = _mixed(found + ((part << cut) >> cut) * np.uint64(_SEED))
        found = np.where(left > 0, mixed, found)
    return found, lengths


def _words(data: pa.Buffer | None) -> Hashes:
    """The eight bytes from each place of a buffer on, as a number."""
    padded = np.frombuffer((data.to_pybytes() if data is not None else b"") + bytes(_WORD), dtype=np.uint8)
    return np.ndarray((len(padded) - _WORD + 1,), dtype="<u8", buffer=padded, strides=(1,))


def _mixed(value: Hashes) -> Hashes:
    value = (value ^ (value >> np.uint64(33))) * np.uint64(_MIX)
    return value ^ (value >> np.uint64(29))
