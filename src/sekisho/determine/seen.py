"""What was found for rows of numbers met before.

Most rows of a file are like one before. So what was found for a row stands in a table with a
place for each row that there can be, and finding it again is one look. Where the columns are
too many for one table, some of them are looked up first, which gives few numbers for many
columns; and so on, until what is left fits. Rows of which hardly any two are alike are told
apart by one large number, made of all of theirs.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from sekisho.determine.codes import (
    LARGEST,
    Codes,
    Numbered,
    distinct,
    distinct_numbers,
    is_same,
    same,
    spread,
)

Find = Callable[[Codes], Codes]
"""Finds a number from 0 for each of some rows, given by their place, which all differ."""
_UNKNOWN = -1
_LONG = 1 << 14
"""From so many rows on a table is worth its making."""
_FIRST_TABLE = 1 << 20
_LARGEST_TABLE = 1 << 22
_COMBINED = 1 << 12
"""So many different cells of several columns are worked out once for all rows."""
_REPEATED = 4
"""Rows that repeat less often are not worth keeping."""
_KEPT = 1 << 17


class Seen:
    """What was found for each row of some columns, found once for rows that are the same."""

    def __init__(self) -> None:
        self._tables: dict[tuple[str, ...], _Tables] = {}
        self._numbers = _OneNumber()

    def of(self, columns: Mapping[str, Numbered], rows: int, find: Find) -> Codes:
        """What is found for each row.

        Args:
            columns: Numbers from 0, by the name of their column.
            rows: How many there are in each.
            find: Finds a number from 0 for each of some rows, which all differ.
        """
        if rows >= _LONG:
            tables = self._tables.setdefault(tuple(columns), _Tables())
            found = tables.of(columns, rows, find)
            if found is not None:
                return found
        return self._numbers.of({name: column.spread() for name, column in columns.items()}, rows, find)


class _Tables:
    """A chain of tables: each finds a number for that of the table before and for some columns."""

    def __init__(self) -> None:
        self._chain: list[tuple[list[str], _Table]] = []
        self._fits = True

    def of(self, columns: Mapping[str, Numbered], rows: int, find: Find) -> Codes | None:
        """What is found for each row; ``None`` if the rows are too unlike for tables."""
        if not self._fits:
            return None
        found = self._looked_up(columns, rows, find) if self._chain else None
        if found is None:
            self._chain = self._planned(columns, rows)
            found = self._looked_up(columns, rows, find)
        self._fits = found is not None and sum(table.size for _, table in self._chain) <= _LARGEST_TABLE
        self._chain = self._chain if self._fits else []
        return found

    def _looked_up(self, columns: Mapping[str, Numbered], rows: int, find: Find) -> Codes | None:
        found: Codes | None = None
        for at, (names, table) in enumerate(self._chain, start=1):
            before = [] if found is None else [Numbered(found)]
            chosen = [*before, *(columns[name] for name in names)]
            found = table.of(chosen, rows, find if at == len(self._chain) else table.new_numbers)
            if found is None:
                return None
        return found

    def _planned(self, columns: Mapping[str, Numbered], rows: int) -> list[tuple[list[str], _Table]]:
        """Tables as large as these rows want them; more numbers may come later, and find room.

        Columns that say the same on all rows have one of their own, which costs nothing for a row.
        """
        alike = [name for name, column in columns.items() if is_same(column.places)]
        chain: list[tuple[list[str], _Table]] = [(alike, _Table())]
        before, size = list[Numbered](), _FIRST_TABLE + 1
        for name in (name for name in columns if name not in alike):
            room = _rounded(columns[name].span)
            if size * room > _FIRST_TABLE:
                names, table = chain[-1]
                found = table.of([*before, *(columns[n] for n in names)], rows, table.new_numbers)
                if found is None:
                    break
                before, size = [Numbered(found)], _rounded(table.count)
                chain.append(([], _Table()))
            chain[-1][0].append(name)
            size *= room
        return chain


class _Table:
    """What was found for each row of some columns that there can be.

    Attributes:
        count: How many new numbers were given.
    """

    def __init__(self) -> None:
        self._table: Codes = np.full(1, _UNKNOWN, dtype=np.int32)
        self._shape: tuple[int, ...] = ()
        self.count = 0

    @property
    def size(self) -> int:
        """For how many rows it has a place."""
        return len(self._table)

    def new_numbers(self, rows: Codes) -> Codes:
        """The next numbers, for rows unlike all before."""
        first, self.count = self.count, self.count + len(rows)
        return np.arange(first, self.count, dtype=np.int32)

    def of(self, columns: Sequence[Numbered], rows: int, find: Find) -> Codes | None:
        """What is found for each row; ``None`` if the table would be too large."""
        if not self._has_room([column.span for column in columns]):
            return None
        places = self._places(columns, rows)
        if places.numbers is None:
            found = spread(self._table, places.places)
        else:
            found = spread(self._table.take(places.numbers), places.places)
        if found.min(initial=0) >= 0:
            return found
        new = np.flatnonzero(found == _UNKNOWN)
        at = places.at(new)
        first, of_new = distinct([at], len(new))
        made = find(new[first])
        self._table.put(at[first], made)
        found = found.copy()
        found[new] = spread(made, of_new)
        return found

    def _places(self, columns: Sequence[Numbered], rows: int) -> Numbered:
        """The place in the table of each row; what few cells have in common is worked out once."""
        start, parts = 0, list[Codes]()
        numbers, places = np.zeros(1, dtype=np.int32), same(0, rows)
        for column, step in zip(columns, _steps(self._shape), strict=True):
            if is_same(column.places):
                start += step * column.first
            elif column.numbers is None:
                parts.append(np.multiply(column.places, np.int32(step), dtype=np.int32))
            else:
                if len(numbers) * len(column.numbers) > _COMBINED and not is_same(places):
                    parts.append(spread(numbers, places))
                    numbers, places = np.zeros(1, dtype=np.int32), same(0, rows)
                numbers = np.add.outer(numbers, column.numbers * np.int32(step)).ravel()
                places = _beside(places, column.places, len(column.numbers))
        numbers += np.int32(start)
        if not parts:
            return Numbered(places, numbers)
        if is_same(places):
            parts[0] += numbers[0]
        else:
            parts.append(numbers.take(places))
        for part in parts[1:]:
            parts[0] += part
        return Numbered(parts[0])

    def _has_room(self, sizes: Sequence[int]) -> bool:
        """Whether the table has a place for each row of numbers less than these."""
        held = self._shape or (0,) * len(sizes)
        if all(size <= room for size, room in zip(sizes, held, strict=True)):
            return True
        shape = tuple(_rounded(max(pair)) for pair in zip(sizes, held, strict=True))
        if math.prod(shape) > _LARGEST_TABLE:
            return False
        larger = np.full(shape, _UNKNOWN, dtype=np.int32)
        if self._shape:
            larger[tuple(map(slice, held))] = self._table.reshape(held)
        self._table, self._shape = larger.ravel(), shape
        return True


def _beside(places: Codes, others: Codes, span: int) -> Codes:
    """The places of rows among the pairs of cells of one column and the next, which has so many."""
    if is_same(places):
        return others
    made = np.multiply(places, np.int32(span), dtype=np.int32)
    made += others
    return made


def _steps(shape: Sequence[int]) -> list[int]:
    """How far apart the places of neighbouring numbers of each column are."""
    return [math.prod(shape[at + 1 :]) for at in range(len(shape))]


def _rounded(size: int) -> int:
    """A power of two, so that a table seldom grows."""
    return 1 << (size - 1).bit_length()


class _OneNumber:
    """Rows known by one number made of all of their own.

    That number means the same as long as no column brings a larger one than before.
    """

    def __init__(self) -> None:
        self._spans: dict[str, int] = {}
        self._numbers: dict[int, int] = {}

    def of(self, columns: Mapping[str, Codes], rows: int, find: Find) -> Codes:
        """What is found for each row."""
        size = self._make_room(columns)
        if size > LARGEST:
            first, of_row = distinct(list(columns.values()), rows)
            return spread(find(first), of_row)
        key = np.zeros(rows, dtype=np.int64)
        for name, codes in columns.items():
            if self._spans[name] > 1:
                key *= self._spans[name]
                key += codes
        first, of_row = distinct_numbers(key, size)
        repeat = len(first) * _REPEATED <= rows
        return spread(self._known(key[first], first, find) if repeat else find(first), of_row)

    def _known(self, keys: Codes, first: Codes, find: Find) -> Codes:
        numbers = np.array([self._numbers.get(key, _UNKNOWN) for key in keys.tolist()], dtype=np.int32)
        new = np.flatnonzero(numbers == _UNKNOWN)
        if len(new):
            numbers[new] = find(first[new])
            if len(self._numbers) > _KEPT:
                self._numbers.clear()
            self._numbers.update(zip(keys[new].tolist(), numbers[new].tolist(), strict=True))
        return numbers

    def _make_room(self, columns: Mapping[str, Codes]) -> int:
        """How many different rows there can be; forgets those seen if there can be more than before."""
        spans = {
            name: max(self._spans.get(name, 1), int(codes.max(initial=0)) + 1)
            for name, codes in columns.items()
        }
        if spans != self._spans:
            self._spans, self._numbers = spans, {}
        return math.prod(spans.values())
