"""The lines whose answer differs between two states of the law.

Only lines for whose places or item other rows stand in the two states can differ; only
those are decided, each kind of them once in each state.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from sekisho.determine.codes import Codes, distinct, first_rows
from sekisho.determine.days import NO_DAY, is_day, ordinal, ordinals
from sekisho.determine.decide import decide
from sekisho.determine.docket import Reads
from sekisho.determine.files import Batch, table_batches
from sekisho.determine.frames import like, to_arrow
from sekisho.determine.intake import KEY, Line, Readings, read_line
from sekisho.determine.kinds import BY_LAW, OF_LAW, Kinds, Tree
from sekisho.determine.memo import Memo
from sekisho.determine.rates import Rates
from sekisho.model import Decision, Shipment
from sekisho.register.register import Register

COMPARED = ("answer", "licence_types", "usable_licence", "review_days")
"""What of a decision counts: a line flips if any of these differs."""
_NOTHING = Shipment(decisive_date=None, ship_from=None, destination=None)
_SHOWN = (*COMPARED, "rules")
_KEPT = 1 << 16
"""How many pairs of decisions are kept before starting anew."""


@dataclass(frozen=True, slots=True)
class State:
    """A state of the law to decide lines by.

    Attributes:
        register: The register, with a scenario or not.
        known_on: As known on this day; ``None`` is all that is recorded.
        in_force_on: As if every line shipped on this day; ``None`` leaves each its own.
    """

    register: Register
    known_on: dt.date | None = None
    in_force_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """One kind of line, decided in both states.

    Attributes:
        shipment: The line as it was decided in the second state.
        before: The decision in the first state.
        after: The decision in the second.
    """

    shipment: Shipment
    before: Decision
    after: Decision

    @property
    def flips(self) -> bool:
        """Whether the two decisions differ in what counts."""
        return told(self.before) != told(self.after)


@dataclass(frozen=True, slots=True)
class Decided:
    """The rows of a batch that could differ.

    Attributes:
        rows: Their places in the batch.
        of_row: For each of them the place of its kind in ``pairs``.
        pairs: Each different kind, decided in both states.
    """

    rows: Codes
    of_row: Codes
    pairs: list[Pair]


class Comparison:
    """Finds the lines of batches that flip between two states.

    Attributes:
        rows: How many lines were looked at.
        candidates: How many of them could differ and were decided.
    """

    def __init__(self, before: State, after: State, rates: Rates | None = None) -> None:
        self.states, self.rates = (before, after), rates
        first = Kinds(before.register, before.known_on, rates)
        second = Kinds(after.register, after.known_on, rates, beside=first)
        self.kinds = first, second
        self._readings: tuple[Readings, Readings] = {}, {}
        self.same_facts = _facts(before.register) == _facts(after.register)
        self.rows, self.candidates = 0, 0
        self._forget()

    def _forget(self) -> None:
        self._ways: dict[tuple[str, ...], _Ways] = {}
        self._pairs: list[Pair] = []
        self._own: dict[tuple[tuple[str, ...], bytes], Pair] = {}

    def batch(self, batch: Batch) -> pa.RecordBatch:
        """The lines of a batch that flip, with both decisions."""
        found = self.compared(batch)
        flipped = np.array([pair.flips for pair in found.pairs], dtype=np.bool_)
        kept = flipped[found.of_row] if len(found.rows) else np.zeros(0, dtype=np.bool_)
        pairs = [found.pairs[at] for at in found.of_row[kept].tolist()]
        return _as_records(batch, found.rows[kept], pairs)

    def compared(self, batch: Batch) -> Decided:
        """The rows of a batch that could differ; a pair may have the shipment of a line decided alike."""
        return self._compared(batch)[0]

    def decided(self, batch: Batch) -> Decided:
        """The rows of a batch that could differ, with the shipments of those that flip."""
        found, kinds = self._compared(batch)
        names = tuple(batch.columns)  # files bring columns of their own
        keys = {at: (names, kinds[at].tobytes()) for at, pair in enumerate(found.pairs) if pair.flips}
        new = [at for at, key in keys.items() if key not in self._own]
        first = first_rows(found.of_row, len(kinds))
        texts = batch.rows(found.rows[first[new]].tolist(), self.kinds[1].read)
        for at, cells in zip(new, texts, strict=True):
            self._own[keys[at]] = replace(
                found.pairs[at], shipment=_as_of(self._line(cells, 1).shipment, self.states[1])
            )
        pairs = [self._own[keys[at]] if at in keys else pair for at, pair in enumerate(found.pairs)]
        return replace(found, pairs=pairs)

    def _compared(self, batch: Batch) -> tuple[Decided, Codes]:
        """The rows that could differ, and the numbers of each different kind among them."""
        rows = len(batch.lines)
        self.rows += rows
        if len(self._pairs) > _KEPT or len(self._own) > _KEPT:
            self._forget()
        first, second, days = self._classes(batch, rows)
        apart = np.zeros(rows, dtype=np.bool_) if self.same_facts else np.ones(rows, dtype=np.bool_)
        for name in OF_LAW:
            apart |= first[name] != second[name]
        chosen = np.flatnonzero(apart)
        self.candidates += len(chosen)
        columns = [codes[chosen] for codes in (*first.values(), *(second[name] for name in OF_LAW))]
        columns.append(self._spans(days[chosen]))
        places, of_row = distinct(columns, len(chosen))
        kinds = chosen[places]
        numbers = self._numbers(batch, first, second, kinds)
        pairs = [self._pairs[number] for number in numbers.tolist()]
        return Decided(chosen, of_row, pairs), np.stack([codes[places] for codes in columns], axis=1)

    def _classes(self, batch: Batch, rows: int) -> tuple[dict[str, Codes], dict[str, Codes], Codes]:
        """The classes of rows in both states, and their days in the second."""
        own, _ = self.kinds[1].days.decisive(batch.columns, rows)
        readable = is_day(own) | (own == NO_DAY)
        coded = self.kinds[1].coded(batch)
        days = [
            own if (day := state.in_force_on) is None else np.where(readable, ordinal(day), own)
            for state in self.states
        ]
        first, second = (kinds.by_law(coded, on) for kinds, on in zip(self.kinds, days, strict=True))
        return first, second, days[1]

    def _spans(self, days: Codes) -> Codes:
        """Between which days of a change of either law each day lies, on which hangs what helps a line."""
        return np.searchsorted(self._changes, days, "right").astype(np.int32)

    @cached_property
    def _changes(self) -> Codes:
        laws = (
            state.register.law(c, state.known_on) for state in self.states for c in state.register.regimes
        )
        return np.unique(ordinals(sorted({day for law in laws if law for day in law.changes})))

    def _numbers(
        self, batch: Batch, first: Mapping[str, Codes], second: Mapping[str, Codes], rows: Codes
    ) -> Codes:
        """The number of the pair of each of some rows; only rows unlike all before are decided."""
        names = tuple(name for name in first if name not in BY_LAW)
        if names not in self._ways:
            self._ways[names] = _Ways(self.kinds, names)
        ways = self._ways[names]

        def decide(places: Codes) -> Iterator[tuple[int, Iterable[int]]]:
            for cells in batch.rows(rows[places].tolist(), self.kinds[1].read):
                pair, looked_at = self._pair(cells)
                self._pairs.append(pair)
                yield len(self._pairs) - 1, ways.columns(looked_at)

        return ways.memo.find(ways.cells(first, second, rows), decide)

    def _pair(self, cells: dict[str, str]) -> tuple[Pair, tuple[Reads, Reads]]:
        first = self._line(cells, 0)
        second = first if self.states[0].register is self.states[1].register else self._line(cells, 1)
        (_, before, seen), (shipment, after, then) = self._decide(first, 0), self._decide(second, 1)
        return Pair(shipment, before, after), (seen, then)

    def _line(self, cells: dict[str, str], at: int) -> Line:
        return read_line(cells, self.states[at].register, self.rates, self._readings[at])

    def _decide(self, line: Line, at: int) -> tuple[Shipment, Decision, Reads]:
        """A line in a state, with its decision there and what was looked at."""
        state, looked_at = self.states[at], Reads()
        shipment = _as_of(line.shipment, state)
        made = decide(shipment, state.register, state.known_on, with_reasons=False, reads=looked_at)
        if line.faults:  # what cannot be read is undetermined in any state
            made = decide(_NOTHING, state.register, state.known_on, with_reasons=False)
        return shipment, made, looked_at


class _Ways:
    """The decisions of lines with the same columns in both states, by what was looked at in either."""

    def __init__(self, kinds: tuple[Kinds, Kinds], names: Sequence[str]) -> None:
        self.names, self.memo = names, Memo()
        self._trees = [Tree(names, one.technical, one.unjudged(names)) for one in kinds]
        self._then = {names.index(name): len(names) + at for at, name in enumerate(OF_LAW)}

    def cells(self, first: Mapping[str, Codes], second: Mapping[str, Codes], rows: Codes) -> Codes:
        """A row of numbers for each line: its classes in the first state, and what is other in the second."""
        columns = [*(first[name] for name in self.names), *(second[name] for name in OF_LAW)]
        return np.stack([codes[rows] for codes in columns], axis=1)

    def columns(self, looked_at: tuple[Reads, Reads]) -> Iterator[int]:
        """The columns that were looked at in the first state, then those in the second."""
        first, second = (tree.columns(reads) for tree, reads in zip(self._trees, looked_at, strict=True))
        yield from first
        yield from (self._then.get(column, column) for column in second)


def _as_of(shipment: Shipment, state: State) -> Shipment:
    """A line as if it shipped on the day of a state of the law, if that has one.

    The value keeps the rate of the line's own day, which no change of the law moves.
    """
    return shipment if state.in_force_on is None else replace(shipment, decisive_date=state.in_force_on)


def _facts(register: Register) -> list[Any]:
    return [regime.facts for _, regime in sorted(register.regimes.items())]


def told(decision: Decision) -> tuple[Any, ...]:
    """What of a decision counts in a comparison."""
    return tuple(getattr(decision, name) for name in COMPARED)


def _as_records(batch: Batch, rows: Codes, pairs: Sequence[Pair]) -> pa.RecordBatch:
    places = pa.array(rows)
    columns = {name: batch.columns[name].take(places) for name in KEY if name in batch.columns}
    columns["line"] = pa.array([batch.lines[row] for row in rows.tolist()], pa.int64())
    for name in _SHOWN:
        for when in ("before", "after"):
            cells = [_cell(getattr(getattr(pair, when), name)) for pair in pairs]
            columns[f"{name}_{when}"] = pa.array(cells, pa.int64() if name == "review_days" else pa.string())
    return pa.RecordBatch.from_pydict(columns)


def _cell(value: Any) -> Any:
    return ";".join(value) if isinstance(value, tuple) else value


def compare(batches: Iterable[Batch], comparison: Comparison) -> Iterator[pa.RecordBatch]:
    """The lines of batches that flip, batch by batch."""
    for batch in batches:
        yield comparison.batch(batch)


def flips(frame: Any, before: State, after: State, rates: Rates | None = None) -> Any:
    """The lines of a data frame whose answer differs between two states of the law.

    Args:
        frame: Order lines, as for :func:`sekisho.check`.
        before: One state of the law.
        after: The other.
        rates: Exchange rates for values not in JPY.

    Returns:
        A frame of the same kind: the key and number of each line that flips, and the
        answer, licence types, usable licence, review days and rules before and after.
    """
    comparison = Comparison(before, after, rates)
    found = pa.Table.from_batches(list(compare(table_batches(to_arrow(frame)), comparison)))
    return like(frame, found)
