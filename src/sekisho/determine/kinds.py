"""The kinds of line in a batch: rows whose cells all lie in the same classes.

Cells become small numbers, column by column, and the numbers of a row become one key;
only the distinct keys of a batch are looked at one by one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sekisho.determine.classes import Classify, classifiers, days, value_class, value_limits
from sekisho.determine.files import Batch
from sekisho.determine.intake import DATES, KEY, OWN, read_day, read_quantity, tidy, value_jpy
from sekisho.determine.rates import Rates
from sekisho.errors import ValueInvalid
from sekisho.register.law import Law
from sekisho.register.register import Register

Codes = np.ndarray[tuple[int], np.dtype[np.int64]]
_VALUED_BY = ("value", "currency", "contract_date", "order_date", *DATES)
"""Columns that give the value in JPY: the amount, and the day whose rate counts."""
_LARGEST = 1 << 62
_PLAIN = "^[0-9]{1,15}$"


class Kinds:
    """Numbers the kinds of line of one input.

    Attributes:
        relevant: Columns whose cells can change a decision.
    """

    def __init__(self, register: Register, laws: list[Law], rates: Rates | None) -> None:
        self.register, self.rates = register, rates
        self.limits = value_limits(laws)
        self.in_jpy = value_class(self.limits)
        self.classify: dict[str, Classify] = dict(classifiers(laws))
        self.classify |= dict.fromkeys(DATES, days(laws))
        self.classify["value"] = self._amount
        facts = {name for law in laws for name in law.regime.facts}
        self.relevant = {*OWN, *facts} - {*KEY, "quantity_unit", "contract_date"}
        self.numbers: dict[tuple[str, Hashable], int] = {}
        self.known: dict[tuple[tuple[str, int], ...], int] = {}

    def of(self, batch: Batch) -> tuple[Codes, list[int]]:
        """The number of the kind of each row, and the first row of each new kind.

        New kinds are numbered in the order in which they are listed.
        """
        coded = self._coded(batch)
        key = np.zeros(len(batch.lines), dtype=np.int64)
        size = 1
        for codes in coded.values():
            span = int(codes.max(initial=0)) + 1
            if size * span > _LARGEST:
                key = np.unique(key, return_inverse=True)[1]
                size = int(key.max(initial=0)) + 1
            key, size = key * span + codes, size * span
        _, first, position = np.unique(key, return_index=True, return_inverse=True)
        new: list[int] = []
        numbers = np.zeros(len(first), dtype=np.int64)
        for rank in np.argsort(first, kind="stable"):
            row = int(first[rank])
            kind = tuple((name, int(codes[row])) for name, codes in coded.items() if codes[row])
            if kind not in self.known:
                self.known[kind] = len(self.known)
                new.append(row)
            numbers[rank] = self.known[kind]
        return numbers[position], new

    def _coded(self, batch: Batch) -> dict[str, Codes]:
        names = sorted(name for name in batch.columns if name in self.relevant - {*DATES, "value"})
        coded = {name: self._codes(name, batch.columns[name]) for name in names}
        if "value" in batch.columns:
            coded["value"] = self._amounts(batch.columns["value"])
        coded["decisive_date"] = self._dates(batch)
        if self.rates is not None and "value" in batch.columns:
            coded["value"] = self._converted(batch, coded["value"])
        return coded

    def _codes(self, name: str, cells: Sequence[str]) -> Codes:
        """The number of the class of each cell; 0 for an empty one."""
        distinct, indices = encoded(cells)
        return np.array([self._number(name, cell) for cell in distinct], dtype=np.int64)[indices]

    def _amounts(self, cells: Sequence[str]) -> Codes:
        """As ``_codes`` for amounts, which seldom repeat: plain digits are compared at once."""
        array = pa.array(cells, pa.string())
        plain = pc.all(pc.match_substring_regex(array, _PLAIN), min_count=0).as_py()
        if not plain or not len(array):
            return self._codes("value", cells)
        values = np.asarray(pc.cast(array, pa.float64()))
        below, upto = (np.searchsorted(self.limits, values, side) for side in ("left", "right"))
        classes, indices = np.unique(below + upto, return_inverse=True)
        return np.array([self._numbered("value", int(one)) for one in classes], dtype=np.int64)[indices]

    def _number(self, name: str, cell: str) -> int:
        if not tidy(cell):
            return 0
        classify = self.classify.get(name)
        return self._numbered(name, classify(cell) if classify is not None else cell)

    def _numbered(self, name: str, place: Hashable) -> int:
        return self.numbers.setdefault((name, place), len(self.numbers) + 1)

    def _dates(self, batch: Batch) -> Codes:
        """The class of the decisive date of each row, with the column that gave it."""
        found = np.zeros(len(batch.lines), dtype=np.int64)
        for name in (name for name in reversed(DATES) if name in batch.columns):
            codes = self._codes(name, batch.columns[name])
            found = np.where(codes > 0, codes, found)
        return found

    def _amount(self, cell: str) -> Hashable:
        """The class of an amount as if it were in JPY."""
        try:
            return self.in_jpy(read_quantity(tidy(cell)))
        except ValueInvalid:
            return cell

    def _converted(self, batch: Batch, codes: Codes) -> Codes:
        """Amounts in other currencies have the class of their value in JPY."""
        blank = [""] * len(batch.lines)
        columns = [batch.columns.get(name, blank) for name in _VALUED_BY]
        codes = codes.copy()
        for row in np.flatnonzero(np.asarray(columns[1]) != "JPY").tolist():
            cells = {name: column[row] for name, column in zip(_VALUED_BY, columns, strict=True)}
            value = value_jpy(cells, self.register, self.rates)
            place = tuple(cells.values()) if value is None else self.in_jpy(value)
            codes[row] = self._numbered("value", place)
        return codes


def encoded(cells: Sequence[str]) -> tuple[list[str], Codes]:
    """The distinct cells of a column, and the index of each cell among them."""
    array = pa.array(cells, pa.string()).dictionary_encode()
    return array.dictionary.to_pylist(), np.asarray(array.indices, dtype=np.int64)


def days_in_force(columns: Mapping[str, Sequence[str]], rows: int) -> pa.DictionaryArray:
    """The decisive date of each row as an ISO day; nothing where it cannot be read."""
    distinct: list[str | None] = [None]
    found = np.zeros(rows, dtype=np.int64)
    for name in (name for name in reversed(DATES) if name in columns):
        cells, indices = encoded(columns[name])
        at = np.array(
            [len(distinct) + n if tidy(cell) else 0 for n, cell in enumerate(cells)], dtype=np.int64
        )
        found = np.where(at[indices] > 0, at[indices], found)
        distinct += [_iso_day(cell) for cell in cells]
    return pa.DictionaryArray.from_arrays(pa.array(found), pa.array(distinct, pa.string()))


def _iso_day(cell: str) -> str | None:
    try:
        day: dt.date | None = read_day(tidy(cell)) if tidy(cell) else None
    except ValueInvalid:
        day = None
    return day.isoformat() if day else None
