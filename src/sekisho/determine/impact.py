"""What a change of the law does to order lines: which flip, by which rule, and what helps.

Only lines for whose places or item other rows stand are decided, each kind of them once in
each state; what would release a blocked kind is found by deciding it changed.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pyarrow as pa

from sekisho.determine.actions import Action, Actions
from sekisho.determine.check import require_columns
from sekisho.determine.codes import Codes
from sekisho.determine.days import is_day
from sekisho.determine.decider import Decider
from sekisho.determine.files import Batch, key_columns, table_batches
from sekisho.determine.flips import Comparison, Decided, Pair, State
from sekisho.determine.frames import like_kind, to_arrow
from sekisho.determine.impact_groups import REACHED, Group, affected, counts, group_of
from sekisho.determine.impact_lines import LINES, Effect, LineKind, Timing, by_kind, stated
from sekisho.determine.kinds import Kinds
from sekisho.determine.law_change import Causes, LawChange, change_of
from sekisho.determine.line_faults import LineFaults
from sekisho.determine.rates import Rates
from sekisho.determine.shipments import require_known_on, require_register
from sekisho.determine.totals import Total, by_columns, total
from sekisho.errors import Fault
from sekisho.register.open import open_register
from sekisho.register.register import Register

FAULTS_KEPT = 1000
_KEPT = 1 << 16
"""How many kinds of line are remembered before starting anew."""
_EPOCH = dt.date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Impact:
    """What a change of the law does to order lines.

    Attributes:
        change: The two states that were compared.
        looked_at: How many lines were read.
        decided: How many of them the change could touch, and so were decided.
        flipped: How many are answered otherwise.
        open: How many the change may reach and are undetermined before and after.
        timings: Number of flipped lines by timing.
        affected: What the flipped lines that ship after the change, or state no day, come to.
        groups: The flipped lines by the rule that flips them, most lines first.
        questions: What is missing of the open lines: fact and number of lines.
        faulty: How many lines have faults; they are neither flipped nor open.
        faults: The first of these faults.
        lines: A table with one row for each line that flips or is open; see :data:`LINES`.
    """

    change: LawChange
    looked_at: int
    decided: int
    flipped: int
    open: int
    timings: Mapping[str, int]
    affected: Total
    groups: tuple[Group, ...]
    questions: Mapping[str, int]
    faulty: int
    faults: tuple[Fault, ...]
    lines: pa.Table = field(repr=False)


class Compares(Protocol):
    """Decides the rows of batches in two states, as :class:`Comparison` does."""

    rows: int
    candidates: int
    kinds: tuple[Kinds, Kinds]

    def decided(self, batch: Batch) -> Decided:
        """The rows of a batch that could differ."""


class Assessment:
    """Holds batches of order lines against a change of the law.

    Args:
        change: The two states of the law.
        rates: Exchange rates; with them values are summed up in JPY.
        comparison: Where the first state is not to be decided but is on file.
    """

    def __init__(
        self, change: LawChange, rates: Rates | None = None, comparison: Compares | None = None
    ) -> None:
        self.change, self.rates = change, rates
        self.comparison = comparison or Comparison(change.before, change.after, rates)
        own_day = State(change.after.register, change.known_on)
        self.own_day = Comparison(change.after, own_day, rates) if change.effective else None
        self.causes = Causes(change)
        decider = Decider(change.after.register, change.known_on, with_reasons=False)
        self.actions = Actions(decider)
        self.checked = LineFaults(self.comparison.kinds[1], change.after.register, rates)
        self._tables: list[pa.Table] = []
        self._kinds: dict[int, LineKind] = {}
        self._questions: Counter[str] = Counter()
        self._actions: dict[str, Action] = {}
        self._faults: list[Fault] = []
        self._faulty = 0

    def read_again_by(self, batches: Callable[[], Iterable[Batch]]) -> None:
        """Says how the keys of all batches are read again where there are too many to hold."""
        self.checked.read_again_by(batches)

    def batch(self, batch: Batch, file: str = "") -> None:
        """Looks at a batch of lines of a file."""
        faults = self.checked.of(batch, file)
        self._faulty += len(faults)
        for found in faults.values():
            self._faults += found[: max(FAULTS_KEPT - len(self._faults), 0)]
        decided = self.comparison.decided(batch)
        kinds = [self._kind(pair) for pair in decided.pairs]
        concerns = np.array([kind.effect is not None for kind in kinds], dtype=np.bool_)
        sound = ~np.isin(decided.rows, np.array(list(faults), dtype=np.int64))
        kept = concerns[decided.of_row] & sound if len(decided.rows) else sound
        rows, of_row = decided.rows[kept], decided.of_row[kept]
        if len(rows):
            self._tables.append(self._table(batch, file, rows, kinds, of_row))
            self._remember(kinds, of_row, self._tables[-1]["timing"])

    def _kind(self, pair: Pair) -> LineKind:
        """What the change does to lines of a pair, worked out once for each."""
        found = self._kinds.get(id(pair))
        if found is None:  # the kind keeps the pair, so that its id stays its own
            if len(self._kinds) >= _KEPT:
                self._kinds.clear()
            found = self._kinds[id(pair)] = LineKind.of(pair, self.causes, self.actions)
        return found

    def _remember(self, kinds: Sequence[LineKind], of_row: Codes, timings: pa.ChunkedArray) -> None:
        """Counts what is asked of open lines, and keeps actions by their code."""
        reached = np.isin(np.asarray(timings.to_pylist()), sorted(REACHED))
        lines = np.bincount(of_row[reached], minlength=len(kinds)).tolist()
        for kind, count in zip(kinds, lines, strict=True):
            self._actions.update({action.code: action for action in kind.actions})
            if kind.effect is Effect.OPEN and count:
                asked = kind.pair.after.questions
                self._questions.update({question.fact: count for question in asked})

    def _table(
        self, batch: Batch, file: str, rows: Codes, kinds: Sequence[LineKind], of_row: Codes
    ) -> pa.Table:
        part = Batch(
            {name: column.take(pa.array(rows)) for name, column in batch.columns.items()},
            [batch.lines[row] for row in rows.tolist()],
        )
        days = self._days(part)
        timings = self._timings(part, [kinds[at] for at in of_row.tolist()], days)
        columns = {**stated(part, self.change.after.register, self.rates), **by_kind(kinds, of_row, days)}
        columns |= {
            "file": [file] * len(rows), "line": list(part.lines), "timing": [str(one) for one in timings],
            "ship_date": days,
        }  # fmt: skip
        return pa.Table.from_pydict({name: columns[name] for name in LINES.names}, schema=LINES)

    def _days(self, part: Batch) -> list[dt.date | None]:
        own, _ = self.comparison.kinds[1].days.decisive(part.columns, len(part.lines))
        held = is_day(own).tolist()
        return [
            _EPOCH + dt.timedelta(day) if ok else None for day, ok in zip(own.tolist(), held, strict=True)
        ]

    def _timings(
        self, part: Batch, kinds: Sequence[LineKind], days: Sequence[dt.date | None]
    ) -> list[Timing]:
        again = self._changed_again(part)
        return [
            self._timing(kind, day, changed=at in again)
            for at, (kind, day) in enumerate(zip(kinds, days, strict=True))
        ]

    def _changed_again(self, part: Batch) -> frozenset[int]:
        """The lines that the law of their own day answers otherwise than the second state."""
        if self.own_day is None:
            return frozenset()
        found = self.own_day.compared(part)
        flips = np.array([pair.flips for pair in found.pairs], dtype=np.bool_)
        return frozenset(found.rows[flips[found.of_row]].tolist())

    def _timing(self, kind: LineKind, day: dt.date | None, *, changed: bool) -> Timing:
        if day is None:
            return Timing.NO_DATE
        turns = kind.turns_on(self.change)
        if turns is not None and self.change.effective is not None and day < turns:
            return Timing.SHIPS_BEFORE
        return Timing.CHANGED_AGAIN if changed else Timing.SHIPS_AFTER

    def result(self) -> Impact:
        """What was found in all batches."""
        lines = pa.concat_tables(self._tables) if self._tables else LINES.empty_table()
        by_effect = by_columns(lines, ["effect"])
        opened = affected(by_effect.get((str(Effect.OPEN),), LINES.empty_table()))
        flipped = pa.concat_tables(
            [LINES.empty_table(), *(part for key, part in by_effect.items() if key != (str(Effect.OPEN),))]
        )
        groups = by_columns(flipped, ["flipped_by", "event", "changed_on"])
        found = [group_of(key, part, self._actions, self.change.known_on) for key, part in groups.items()]
        return Impact(
            change=self.change, looked_at=self.comparison.rows, decided=self.comparison.candidates,
            flipped=flipped.num_rows, open=opened.num_rows, timings=counts(flipped["timing"]),
            affected=total(affected(flipped)),
            groups=tuple(sorted(found, key=lambda group: (-group.lines, group.rules))),
            questions=dict(self._questions.most_common()), faulty=self._faulty,
            faults=tuple(self._faults), lines=lines,
        )  # fmt: skip


def impact(  # noqa: PLR0913  one argument for each thing asked
    frame: Any,
    *,
    before: dt.date | None = None,
    after: dt.date | None = None,
    event: str | None = None,
    scenario: str | Path | Register | None = None,
    register: Register | None = None,
    known_on: dt.date | None = None,
    rates: Rates | None = None,
) -> Impact:
    """What a change of the law does to the order lines of a data frame.

    The change is one of: two days (``before`` and ``after``), an event on record
    (``event``), or a scenario or another register (``scenario`` alone). With days or an
    event a scenario may be given too, and is then part of both states.

    Args:
        frame: Order lines, as for :func:`sekisho.check`.
        before: The day of the first state.
        after: The day of the second.
        event: The id of an event; its effective day is compared with the day before.
        scenario: A scenario file or folder, or an opened register to compare with.
        register: The register to decide by; the shipped one if not given.
        known_on: What was known on this day; ``None`` is all that is recorded.
        rates: Exchange rates; with them values are summed up in JPY.

    Raises:
        InputInvalid: If needed columns are missing.
        NotFound: If there is no such event.
        ValueInvalid: If what is asked does not make one change of the law.
    """
    table = to_arrow(frame)
    register = open_register() if register is None else register
    require_register(register)
    require_known_on(known_on)
    other = scenario if isinstance(scenario, Register) or scenario is None else _laid_over(register, scenario)
    change = change_of(register, other, before=before, after=after, event=event, known_on=known_on)
    assessment = Assessment(change, rates)
    keys = table.select(key_columns(table.column_names))
    assessment.read_again_by(lambda: table_batches(keys))
    for batch in table_batches(table):
        require_columns("frame", batch.columns, dated=False)
        assessment.batch(batch, "frame")
    found = assessment.result()
    return replace(found, lines=like_kind(frame, found.lines))


def _laid_over(register: Register, scenario: str | Path) -> Register:
    return open_register(register.root, scenario)
