"""The lines whose answer differs between two states of the law.

Only lines for whose places or item other rows stand in the two states can differ; only
those are decided, each kind of them once in each state.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from sekisho.determine.codes import Codes, distinct
from sekisho.determine.days import NO_DAY, is_day, ordinal
from sekisho.determine.decide import decide
from sekisho.determine.decider import Decider
from sekisho.determine.files import Batch, table_batches
from sekisho.determine.frames import like, to_arrow
from sekisho.determine.intake import KEY, Line, Readings, read_line
from sekisho.determine.kinds import Kinds
from sekisho.determine.rates import Rates
from sekisho.model import Decision, Shipment
from sekisho.register.register import Register

COMPARED = ("answer", "licence_types", "usable_licence", "review_days")
"""What of a decision counts: a line flips if any of these differs."""
_NOTHING = Shipment(decisive_date=None, ship_from=None, destination=None)
_SHOWN = (*COMPARED, "rules")


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
        self.deciders = tuple(Decider(state.register, with_reasons=False) for state in self.states)
        self._readings: tuple[Readings, Readings] = {}, {}
        self.same_facts = _facts(before.register) == _facts(after.register)
        self.rows, self.candidates = 0, 0

    def batch(self, batch: Batch) -> pa.RecordBatch:
        """The lines of a batch that flip, with both decisions."""
        found = self.decided(batch)
        flipped = np.array([pair.flips for pair in found.pairs], dtype=np.bool_)
        kept = flipped[found.of_row] if len(found.rows) else np.zeros(0, dtype=np.bool_)
        pairs = [found.pairs[at] for at in found.of_row[kept].tolist()]
        return _as_records(batch, found.rows[kept], pairs)

    def decided(self, batch: Batch) -> Decided:
        """The rows of a batch that could differ, each different kind of them decided twice."""
        rows = len(batch.lines)
        self.rows += rows
        first, second = self._classes(batch, rows)
        apart = np.zeros(rows, dtype=np.bool_) if self.same_facts else np.ones(rows, dtype=np.bool_)
        for name in first:
            apart |= first[name] != second[name]
        chosen = np.flatnonzero(apart)
        self.candidates += len(chosen)
        pairs, of_row = self._decided(batch, chosen, first, second)
        return Decided(chosen, of_row, pairs)

    def _classes(self, batch: Batch, rows: int) -> tuple[dict[str, Codes], dict[str, Codes]]:
        own, _ = self.kinds[1].days.decisive(batch.columns, rows)
        readable = is_day(own) | (own == NO_DAY)
        coded = self.kinds[1].coded(batch)
        first, second = (
            kinds.by_law(
                coded, own if (day := state.in_force_on) is None else np.where(readable, ordinal(day), own)
            )
            for kinds, state in zip(self.kinds, self.states, strict=True)
        )
        return first, second

    def _decided(
        self, batch: Batch, chosen: Codes, first: dict[str, Codes], second: dict[str, Codes]
    ) -> tuple[list[Pair], Codes]:
        """Both decisions of each different kind among the chosen rows, and the kind of each."""
        both = [codes[chosen] for classes in (first, second) for codes in classes.values()]
        kinds, of_row = distinct(both, len(chosen))
        rows = batch.rows(chosen[kinds].tolist())
        return [self._pair(cells) for cells in rows], of_row

    def _pair(self, cells: dict[str, str]) -> Pair:
        first = self._line(cells, 0)
        second = first if self.states[0].register is self.states[1].register else self._line(cells, 1)
        (_, before), (shipment, after) = self._decide(first, 0), self._decide(second, 1)
        return Pair(shipment, before, after)

    def _line(self, cells: dict[str, str], at: int) -> Line:
        return read_line(cells, self.states[at].register, self.rates, self._readings[at])

    def _decide(self, line: Line, at: int) -> tuple[Shipment, Decision]:
        state = self.states[at]
        shipment = _as_of(line.shipment, state)
        if line.faults:  # what cannot be read is undetermined in any state
            return shipment, decide(_NOTHING, state.register, state.known_on, with_reasons=False)
        return shipment, self.deciders[at].decide(shipment, state.known_on)


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
