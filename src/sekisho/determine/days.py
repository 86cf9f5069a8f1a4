"""Columns of days as numbers: days since 1970-01-01."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sekisho.determine.cells import encoded, is_text
from sekisho.determine.codes import Codes, is_same, same, spread
from sekisho.determine.intake import DATES, read_day, tidy
from sekisho.errors import ValueInvalid

NO_DAY = -(1 << 31)
"""Stands for an empty cell."""
UNREADABLE = -(1 << 30)
"""Cells that are no day have numbers from here down, each text its own."""
_EPOCH = dt.date(1970, 1, 1)
_LAST_DAY = (dt.date.max - _EPOCH).days
_CELLS_KEPT = 1 << 16


def ordinal(day: dt.date) -> int:
    """The number of a day.

    >>> ordinal(dt.date(2019, 7, 4))
    18081
    """
    return (day - _EPOCH).days


def ordinals(days: Iterable[dt.date]) -> Codes:
    """The numbers of days."""
    return np.array([ordinal(day) for day in days], dtype=np.int64)


def is_day(days: Codes) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which rows hold a day."""
    return days > UNREADABLE


def are_days(days: Codes) -> bool:
    """Whether all rows hold a day."""
    return int(days.min(initial=0)) > UNREADABLE


def is_in_calendar(days: pa.Array) -> bool:
    """Whether all days have a date in Python."""
    ends = pc.min_max(days)
    first, last = ends["min"].as_py(), ends["max"].as_py()
    return first is None or (first >= ordinal(dt.date.min) and last <= ordinal(dt.date.max))


class Calendar:
    """The spans between some days, numbered: each day begins a new one.

    Args:
        changes: The days.

    Attributes:
        spans: How many there are.
    """

    def __init__(self, changes: Iterable[dt.date]) -> None:
        starts = np.sort(ordinals(set(changes)))
        self.spans = len(starts) + 1
        self._first = int(starts.min(initial=0)) - 1
        days = np.arange(self._first, int(starts.max(initial=self._first)) + 1)
        self._of_day = np.searchsorted(starts, days, "right").astype(np.int32)

    def span(self, days: Codes) -> Codes:
        """The number of the span that each day lies in; 0 for what is no day.

        >>> Calendar([dt.date(2019, 7, 4)]).span(ordinals([dt.date(2019, 7, 3), dt.date(2019, 7, 4)]))
        array([0, 1], dtype=int32)
        """
        return self._of_day.take(days - self._first, mode="clip")


class Days:
    """Numbers the cells of columns of days."""

    def __init__(self) -> None:
        self.unreadable: dict[str, int] = {}
        self._cells: dict[str, int] = {}

    def codes(self, column: pa.Array) -> Codes:
        """The number of each cell."""
        if is_text(column.type):
            column = _iso_days_read(column)
        if pa.types.is_date32(column.type):
            days = column.cast(pa.int32())
            if is_in_calendar(days):
                return np.asarray(days.fill_null(NO_DAY) if days.null_count else days)
        known, indices = encoded(column)
        return spread([self._number(cell) for cell in known], indices)

    def _number(self, cell: str) -> int:
        found = self._cells.get(cell)
        if found is None:
            if len(self._cells) >= _CELLS_KEPT:
                self._cells.clear()
            found = self._cells[cell] = self._new_number(cell)
        return found

    def _new_number(self, cell: str) -> int:
        text = tidy(cell)
        if not text:
            return NO_DAY
        try:
            return ordinal(read_day(text))
        except ValueInvalid:
            return UNREADABLE - self.unreadable.setdefault(cell, len(self.unreadable))

    def decisive(self, columns: Mapping[str, pa.Array], rows: int) -> tuple[Codes, Codes]:
        """The decisive day of each row, and which of the columns that may give it did.

        The second is the place in ``DATES``; one beyond the last if none is stated.
        """
        found, given_by = same(NO_DAY, rows), same(len(DATES), rows)
        for at, name in enumerate(DATES):
            if name not in columns:
                continue
            codes = self.codes(columns[name])
            if is_same(found) and _are_stated(codes):
                return codes, same(at, rows)
            missing = found == NO_DAY
            found, given_by = (
                np.where(missing, codes, found),
                np.where(missing & (codes != NO_DAY), at, given_by),
            )
            if _are_stated(found):
                break
        return found, given_by


def _are_stated(days: Codes) -> bool:
    """Whether no cell is empty."""
    return int(days.min(initial=0)) > NO_DAY


def _iso_days_read(column: pa.Array) -> pa.Array:
    """Texts that are all ISO days, or empty, as days; others as they are."""
    lengths = pc.min_max(pc.binary_length(column))
    if lengths["max"].as_py() != _ISO_LENGTH:
        return column
    stated = column if lengths["min"].as_py() else pc.if_else(pc.equal(column, ""), None, column)
    try:
        return stated.cast(pa.date32())
    except pa.ArrowInvalid:
        return column


_ISO_LENGTH = 10


def iso_days(days: Codes) -> pa.DictionaryArray:
    """Days as ISO texts; nothing where there is no day."""
    gaps = None if are_days(days) else ~is_day(days)
    first = int((days if gaps is None else days[~gaps]).min(initial=_LAST_DAY))
    places = days - first if gaps is None else np.where(gaps, 0, days - first)
    used = np.flatnonzero(np.bincount(places if gaps is None else places[~gaps]))
    place_of = np.zeros(int(used.max(initial=0)) + 1, dtype=np.int32)
    place_of[used] = np.arange(len(used))
    texts = pa.array(used + first, pa.int32()).cast(pa.date32()).cast(pa.string())
    indices = pa.array(place_of.take(places), mask=gaps)
    return pa.DictionaryArray.from_arrays(indices, texts)
