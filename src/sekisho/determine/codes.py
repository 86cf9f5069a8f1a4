"""Columns of whole numbers, one number for each row, and what rows of them have in common."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

Codes = np.ndarray[tuple[int], np.dtype[np.signedinteger[Any]]]
"""One whole number for each row. Where all rows have one it may be held once (see ``same``)."""
Flags = np.ndarray[tuple[int], np.dtype[np.bool_]]
LARGEST = 1 << 62
"""Up to here rows of numbers are told apart by one number."""
_FEW = 1 << 14
_LARGEST_SHORT = 1 << 31


def same(number: int, rows: int) -> Codes:
    """The same number for every row, held once.

    >>> same(7, 3).tolist()
    [7, 7, 7]
    """
    return np.broadcast_to(np.int32(number), (rows,))


def is_same(codes: Codes) -> bool:
    """Whether all rows are known to have one number, without a look at them."""
    return len(codes) > 0 and not codes.strides[0]


def spread(numbers: Sequence[int] | Codes, places: Codes) -> Codes:
    """The number at the place of each row.

    >>> spread([10, 20], np.array([1, 0, 1])).tolist()
    [20, 10, 20]
    """
    if is_same(places):
        return same(int(numbers[int(places[0])]), len(places))
    return np.asarray(numbers, dtype=np.int32).take(places)


@dataclass(frozen=True, slots=True)
class Numbered:
    """A column of numbers, held by the different cells that rows have.

    Attributes:
        places: Which of the different cells each row has.
        numbers: The number of each of these; ``None`` if the place itself is the number.
    """

    places: Codes
    numbers: Codes | None = None

    @property
    def first(self) -> int:
        """The number of the first row."""
        place = int(self.places[0])
        return place if self.numbers is None else int(self.numbers[place])

    @property
    def span(self) -> int:
        """One more than the largest number there may be."""
        if is_same(self.places):
            return self.first + 1
        numbers = self.places if self.numbers is None else self.numbers
        return int(numbers.max(initial=0)) + 1

    def spread(self) -> Codes:
        """The number of each row."""
        return self.places if self.numbers is None else spread(self.numbers, self.places)

    def at(self, rows: Codes) -> Codes:
        """The numbers of some rows."""
        places = self.places[rows]
        return places if self.numbers is None else self.numbers[places]


def distinct(columns: Sequence[Codes], rows: int) -> tuple[Codes, Codes]:
    """The first row of each different row of numbers, and which of these each row is.

    Args:
        columns: Numbers from 0, column by column.
        rows: How many there are in each.
    """
    key, size = same(0, rows), 1
    for codes in columns:
        if is_same(codes) or (span := int(codes.max(initial=0)) + 1) == 1:
            continue
        if size * span > LARGEST:
            key, size = distinct_numbers(key, size)[1], rows
        key = _beside(key, codes, span, np.int32 if size * span < _LARGEST_SHORT else np.int64)
        size *= span
    return distinct_numbers(key, size)


def distinct_numbers(key: Codes, span: int) -> tuple[Codes, Codes]:
    """The first row of each different number, in the order of these rows, and which each row has.

    Args:
        key: Numbers from 0.
        span: They are less than this.
    """
    rows = len(key)
    if is_same(key):
        return np.zeros(1, dtype=np.int64), same(0, rows)
    if span > _FEW:
        kinds = pa.array(key).dictionary_encode()
        places: Codes = np.asarray(kinds.indices)
        return first_rows(places, len(kinds.dictionary)), places
    first = first_rows(key, span, rows)
    chosen = np.argsort(first)[: np.count_nonzero(first < rows)]
    place_of = np.zeros(span, dtype=np.int32)
    place_of[chosen] = np.arange(len(chosen))
    return first[chosen], place_of.take(key)


def first_rows(numbers: Codes, span: int, missing: int = 0) -> Codes:
    """The first row of each number up to a span."""
    first = np.full(span, missing, dtype=np.int64)
    first[numbers[::-1]] = np.arange(len(numbers))[::-1]  # of several, the last written stays
    return first


def counted(numbers: Codes, span: int) -> list[int]:
    """How often each number up to a span stands.

    >>> counted(np.array([2, 0, 2]), 4)
    [1, 0, 2, 0]
    """
    if is_same(numbers):
        return [len(numbers) * int(number == numbers[0]) for number in range(span)]
    found: list[int] = np.bincount(numbers, minlength=span).tolist()
    return found


def _beside(key: Codes, codes: Codes, span: int, kind: type[np.signedinteger[Any]]) -> Codes:
    """A key with one more column, whose numbers are less than a span."""
    if is_same(key):  # it is 0
        return codes
    made = np.multiply(key, kind(span), dtype=kind)
    made += codes
    return made


class Finder:
    """Finds something for rows of small numbers, once for each different row.

    What was found stands in a table with a place for each row that there can be, as long as
    that is small; rows of larger numbers are told apart by their hashes.
    """

    def __init__(self) -> None:
        self._table: np.ndarray[Any, np.dtype[np.int32]] = np.zeros((), dtype=np.int32)
        self._known: dict[tuple[int, ...], int] = {}

    def __len__(self) -> int:
        """How many different rows there were."""
        return len(self._known)

    def of(self, columns: Sequence[Codes], find: Callable[..., int]) -> Codes:
        """What is found for each row.

        Args:
            columns: Numbers from 0, column by column.
            find: Finds a number from 0 for the numbers of one row.
        """
        rows = len(columns[0])
        if all(map(is_same, columns)):
            return same(int(self._found([codes[:1] for codes in columns], find)[0]), rows)
        if self._has_room([int(codes.max(initial=0)) + 1 for codes in columns]):
            return self._looked_up(columns, find)
        first, of_row = distinct(columns, rows)
        return spread(self._found([codes[first] for codes in columns], find), of_row)

    def _looked_up(self, columns: Sequence[Codes], find: Callable[..., int]) -> Codes:
        places: Codes = columns[0]
        for codes, size in zip(columns[1:], self._table.shape[1:], strict=True):
            places = np.multiply(places, np.int32(size), dtype=np.int32) + codes
        found: Codes = self._table.take(places)
        new = np.flatnonzero(found == _UNKNOWN)
        if len(new):
            first, of_new = distinct([places[new]], len(new))
            made = self._found([codes[new[first]] for codes in columns], find)
            self._table.put(places[new[first]], made)
            found[new] = made[of_new]
        return found

    def _found(self, columns: Sequence[Codes], find: Callable[..., int]) -> Codes:
        numbers = []
        for row in zip(*(codes.tolist() for codes in columns), strict=True):
            number = self._known.get(row)
            if number is None:
                number = self._known[row] = find(*row)
            numbers.append(number)
        return np.array(numbers, dtype=np.int32)

    def _has_room(self, sizes: Sequence[int]) -> bool:
        """Whether the table has a place for each row of numbers less than these."""
        held = self._table.shape or (0,) * len(sizes)
        if all(size <= room for size, room in zip(sizes, held, strict=True)):
            return True
        shape = [_rounded(max(pair)) for pair in zip(sizes, held, strict=True)]
        if math.prod(shape) > _TABLE:
            return False
        larger = np.full(shape, _UNKNOWN, dtype=np.int32)
        larger[tuple(map(slice, held))] = self._table
        self._table = larger
        return True


_TABLE = 1 << 22
"""The most places of a table."""
_UNKNOWN = -1


def _rounded(size: int) -> int:
    """A power of two, so that a table seldom grows."""
    return 1 << (size - 1).bit_length()
