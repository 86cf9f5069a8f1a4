"""What cannot be read of order lines, found without deciding them.

Rows whose cells can be read in the same columns have the same faults, so only one of each
kind is read; the same key twice is a fault of the later line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial

import numpy as np

from sekisho.determine.cells import texts
from sekisho.determine.codes import Codes, distinct
from sekisho.determine.days import NO_DAY, is_day
from sekisho.determine.doubles import KeyRows
from sekisho.determine.files import Batch
from sekisho.determine.intake import DATES, KEY, Readings, read_line
from sekisho.determine.keys import Keys
from sekisho.determine.kinds import Kinds
from sekisho.determine.rates import Rates
from sekisho.errors import Fault
from sekisho.register.register import Register

_BY_CLASS = ("ship_from_country", "code")
"""The country of export, on which reading hangs, and the item number, which its list alone refuses."""
_KEPT = 1 << 16
"""How many kinds of line are remembered before starting anew."""


class LineFaults:
    """Finds the lines of batches that have faults.

    Args:
        kinds: Numbers the cells; shared with the comparison of the same lines.
        register: Names countries, items and facts.
        rates: Exchange rates for values that are not in JPY.
    """

    def __init__(self, kinds: Kinds, register: Register, rates: Rates | None) -> None:
        self.kinds, self.register, self.rates = kinds, register, rates
        self.keys = Keys()
        self._rows = 0
        self._known: dict[tuple[tuple[str, ...], bytes], tuple[Fault, ...]] = {}
        self._readings: Readings = {}

    def read_again_by(self, batches: Callable[[], Iterable[Batch]]) -> None:
        """Says how the keys of all batches are read again where there are too many to hold."""
        self.keys.read_again_by(partial(_key_rows, batches))

    def of(self, batch: Batch, file: str) -> dict[int, list[Fault]]:
        """The faults of each row that has some, by place in the batch."""
        found = {at: [fault] for at, fault in batch.broken.items()}
        for at, faults in self._unreadable(batch):
            found.setdefault(at, list(faults))
        for at, fault in self._doubles(batch, file).items():
            found.setdefault(at, [fault])
        return {
            at: [replace(fault, file=file, line=batch.lines[at]) for fault in faults]
            for at, faults in sorted(found.items())
        }

    def _unreadable(self, batch: Batch) -> list[tuple[int, tuple[Fault, ...]]]:
        columns = self._codes(batch)
        first, of_row = distinct(columns, len(batch.lines))
        cells = (
            np.stack([codes[first] for codes in columns], axis=1) if columns else np.zeros((len(first), 0))
        )
        names = tuple(batch.columns)  # files bring columns of their own
        keys = [(names, cells[at].tobytes()) for at in range(len(first))]
        if len(self._known) > _KEPT:
            self._known.clear()
        new = [at for at, key in enumerate(keys) if key not in self._known]
        for at, row in zip(new, batch.rows([int(first[at]) for at in new]), strict=True):
            self._known[keys[at]] = read_line(row, self.register, self.rates, self._readings).faults
        odd = np.array([bool(self._known[key]) for key in keys], dtype=np.bool_)
        rows: list[int] = np.flatnonzero(odd[of_row]).tolist() if len(of_row) else []
        return [(at, self._known[keys[of_row[at]]]) for at in rows]

    def _codes(self, batch: Batch) -> list[Codes]:
        """By what the faults of rows can differ: cells of a column by whether they can be read.

        The country of export, on which reading hangs, and what is read by it are told apart by class.
        """
        coded = self.kinds.coded(batch)
        found = [self._by_readability(name, coded[name]) for name in sorted(coded)]
        for name in DATES:
            if name in batch.columns:
                days = self.kinds.days.codes(batch.columns[name])
                found.append(np.where(is_day(days), 1, np.where(days == NO_DAY, 0, 1 - days)))
        return found

    def _by_readability(self, name: str, codes: Codes) -> Codes:
        """0 for an empty cell, 1 for one that can be read, and a number for each that cannot."""
        coder = self.kinds.coders[name]
        if name in _BY_CLASS or not coder.reads:
            return codes
        return np.where(coder.unreadable()[codes], codes + 1, np.minimum(codes, 1))

    def _doubles(self, batch: Batch, file: str) -> dict[int, Fault]:
        names = [name for name in KEY if name in batch.columns]
        numbers = self._rows + np.arange(1, len(batch.lines) + 1)
        self._rows += len(batch.lines)
        if not names:
            return {}
        again = self.keys.doubles([batch.columns[name] for name in names], numbers)
        found: dict[int, Fault] = {}
        for at in again:
            key = "/".join(texts(batch.columns[name].slice(at, 1))[0] for name in names)
            problem = f"the key {key!r} already stands on an earlier line of the input"
            found[at] = Fault(file, batch.lines[at], names[-1], problem, "a key of its own for each line")
        return found


def _key_rows(batches: Callable[[], Iterable[Batch]]) -> Iterator[KeyRows]:
    """The keys of all batches, with the number of each row counted through them."""
    rows = 0
    for batch in batches():
        columns = [batch.columns[name] for name in KEY if name in batch.columns]
        if columns:
            yield columns, rows + np.arange(1, len(batch.lines) + 1)
        rows += len(batch.lines)
