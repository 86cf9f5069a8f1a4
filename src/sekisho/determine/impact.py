"""What a change of the law does to order lines: which flip, by which rule, and what helps.

Only lines for whose places or item other rows stand are decided, each kind of them once in
each state; what would release a blocked kind is found by deciding it changed.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from sekisho.determine.actions import Action, ActionKind, Actions
from sekisho.determine.cells import Codes, texts
from sekisho.determine.check import require_columns
from sekisho.determine.days import is_day
from sekisho.determine.decider import Decider
from sekisho.determine.files import Batch, table_batches
from sekisho.determine.flips import Comparison, Decided, Pair, State
from sekisho.determine.frames import like_kind, to_arrow
from sekisho.determine.intake import KEY, read_amount, read_currency, read_quantity, tidy, value_jpy
from sekisho.determine.law_change import Cause, Causes, LawChange, change_of
from sekisho.determine.line_faults import LineFaults
from sekisho.determine.rates import Rates
from sekisho.determine.shipments import require_known_on, require_register
from sekisho.determine.totals import PARTIES, Total, by_columns, total
from sekisho.errors import Fault, ValueInvalid
from sekisho.model import Answer, Decision
from sekisho.register.open import open_register
from sekisho.register.register import Register

FAULTS_KEPT = 1000


class Effect(StrEnum):
    """What the change does to a line."""

    STOPPED = "stopped"
    RELEASED = "released"
    CHANGED = "changed"
    OPEN = "open"


class Timing(StrEnum):
    """When a line ships, seen from the change."""

    SHIPS_AFTER = "ships_after"
    SHIPS_BEFORE = "ships_before"
    CHANGED_AGAIN = "changed_again"
    NO_DATE = "no_date"


LINES = pa.schema(
    [
        *((name, pa.string()) for name in KEY),
        ("file", pa.string()),
        ("line", pa.int64()),
        ("effect", pa.string()),
        ("timing", pa.string()),
        ("ship_date", pa.date32()),
        ("changed_on", pa.date32()),
        ("flipped_by", pa.string()),
        ("event", pa.string()),
        *((name, pa.string()) for name in PARTIES),
        ("code", pa.string()),
        ("destination_country", pa.string()),
        ("quantity", pa.float64()),
        ("quantity_unit", pa.string()),
        ("amount", pa.float64()),
        ("currency", pa.string()),
        ("answer_before", pa.string()),
        ("answer_after", pa.string()),
        ("licence_types_before", pa.string()),
        ("licence_types_after", pa.string()),
        ("usable_licence_before", pa.string()),
        ("usable_licence_after", pa.string()),
        ("review_days_before", pa.int64()),
        ("review_days_after", pa.int64()),
        ("rules_before", pa.string()),
        ("rules_after", pa.string()),
        ("questions_after", pa.string()),
        ("papers", pa.string()),
        ("office", pa.string()),
        ("apply_by", pa.date32()),
        ("ship_by", pa.date32()),
        ("released_by", pa.string()),
    ]
)
"""The columns of the lines of an impact, in order."""


@dataclass(frozen=True, slots=True)
class Need:
    """What lines need now.

    Attributes:
        licence_type: The lightest licence that the exporter can use.
        office: Where it is asked for.
        papers: What is asked with it.
        review_days: The usual time of review.
        lines: How many lines need this.
        in_time: How many of them would have it on their day by the usual review, if it is
            applied for on the day as known on which was asked; ``None`` if none was.
    """

    licence_type: str
    office: str
    papers: str
    review_days: int | None
    lines: int
    in_time: int | None


@dataclass(frozen=True, slots=True)
class Release:
    """An action, and how many of the lines of a group it would release.

    Attributes:
        action: The action.
        lines: How many of the lines that ship after the change.
    """

    action: Action
    lines: int


@dataclass(frozen=True, slots=True)
class Group:
    """The lines that flip by the same rows of law.

    Attributes:
        rules: The rows of law; empty if none that was read tells.
        event: The event that brought them in or took them out, or empty.
        changed_on: The day of the event, or from which the second state stands.
        lines: How many lines flip, whenever they ship.
        effects: Number of lines by effect.
        timings: Number of lines by timing.
        answers: Number of lines by answer before and after.
        affected: What the lines that ship after the change, or state no day, come to.
        needs: What those of them need that may not ship.
        releases: What would release those of them that may not ship.
    """

    rules: tuple[str, ...]
    event: str
    changed_on: dt.date | None
    lines: int
    effects: Mapping[str, int]
    timings: Mapping[str, int]
    answers: Mapping[str, int]
    affected: Total
    needs: tuple[Need, ...]
    releases: tuple[Release, ...]


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


_REACHED = frozenset({str(Timing.SHIPS_AFTER), str(Timing.NO_DATE)})


class Assessment:
    """Holds batches of order lines against a change of the law.

    Args:
        change: The two states of the law.
        rates: Exchange rates; with them values are summed up in JPY.
    """

    def __init__(self, change: LawChange, rates: Rates | None = None) -> None:
        self.change, self.rates = change, rates
        self.comparison = Comparison(change.before, change.after, rates)
        own_day = State(change.after.register, change.known_on)
        self.own_day = Comparison(change.after, own_day, rates) if change.effective else None
        self.causes = Causes(change)
        decider = Decider(change.after.register, with_reasons=False)
        self.actions = Actions(decider, change.known_on)
        self.checked = LineFaults(self.comparison.kinds[1], change.after.register, rates)
        self._tables: list[pa.Table] = []
        self._questions: Counter[str] = Counter()
        self._actions: dict[str, Action] = {}
        self._faults: list[Fault] = []
        self._faulty = 0

    def batch(self, batch: Batch, file: str = "") -> None:
        """Looks at a batch of lines of a file."""
        faults = self.checked.of(batch, file)
        self._faulty += len(faults)
        for found in faults.values():
            self._faults += found[: max(FAULTS_KEPT - len(self._faults), 0)]
        decided = self.comparison.decided(batch)
        kinds = [_Kind.of(pair, self.causes, self.actions) for pair in decided.pairs]
        concerns = np.array([kind.effect is not None for kind in kinds], dtype=np.bool_)
        sound = ~np.isin(decided.rows, np.array(list(faults), dtype=np.int64))
        kept = concerns[decided.of_row] & sound if len(decided.rows) else sound
        rows, of_row = decided.rows[kept], decided.of_row[kept]
        if len(rows):
            of_rows = [kinds[at] for at in of_row.tolist()]
            self._tables.append(self._table(batch, file, rows, of_rows))
            self._remember(of_rows, self._tables[-1]["timing"].to_pylist())

    def _remember(self, kinds: Sequence[_Kind], timings: Sequence[str]) -> None:
        """Counts what is asked of open lines, and keeps actions by their code."""
        for kind, timing in zip(kinds, timings, strict=True):
            self._actions.update({action.code: action for action in kind.actions})
            if kind.effect is Effect.OPEN and timing in _REACHED:
                self._questions.update(question.fact for question in kind.pair.after.questions)

    def _table(self, batch: Batch, file: str, rows: Codes, kinds: Sequence[_Kind]) -> pa.Table:
        part = Batch(
            {name: column.take(pa.array(rows)) for name, column in batch.columns.items()},
            [batch.lines[row] for row in rows.tolist()],
        )
        days = self._days(part)
        timings = self._timings(part, kinds, days)
        columns = {**_stated(part, self.change, self.rates), **_by_kind(kinds, days)}
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

    def _timings(self, part: Batch, kinds: Sequence[_Kind], days: Sequence[dt.date | None]) -> list[Timing]:
        again = self._changed_again(part)
        return [
            self._timing(kind, day, changed=at in again)
            for at, (kind, day) in enumerate(zip(kinds, days, strict=True))
        ]

    def _changed_again(self, part: Batch) -> frozenset[int]:
        """The lines that the law of their own day answers otherwise than the second state."""
        if self.own_day is None:
            return frozenset()
        found: Decided = self.own_day.decided(part)
        places = zip(found.rows.tolist(), found.of_row.tolist(), strict=True)
        return frozenset(row for row, at in places if found.pairs[at].flips)

    def _timing(self, kind: _Kind, day: dt.date | None, *, changed: bool) -> Timing:
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
        opened = _affected(by_effect.get((str(Effect.OPEN),), LINES.empty_table()))
        flipped = pa.concat_tables(
            [LINES.empty_table(), *(part for key, part in by_effect.items() if key != (str(Effect.OPEN),))]
        )
        groups = by_columns(flipped, ["flipped_by", "event", "changed_on"])
        found = [_group(key, part, self._actions, self.change.known_on) for key, part in groups.items()]
        return Impact(
            change=self.change, looked_at=self.comparison.rows, decided=self.comparison.candidates,
            flipped=flipped.num_rows, open=opened.num_rows, timings=_counts(flipped["timing"]),
            affected=total(_affected(flipped)),
            groups=tuple(sorted(found, key=lambda group: (-group.lines, group.rules))),
            questions=dict(self._questions.most_common()), faulty=self._faulty,
            faults=tuple(self._faults), lines=lines,
        )  # fmt: skip


_EPOCH = dt.date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class _Kind:
    """A kind of line that the change could touch, and what is told of each line of it."""

    pair: Pair
    effect: Effect | None
    cause: Cause
    actions: tuple[Action, ...]

    @classmethod
    def of(cls, pair: Pair, causes: Causes, actions: Actions) -> _Kind:
        effect = _effect(pair)
        if effect in {None, Effect.OPEN}:
            return cls(pair, effect, Cause(()), ())
        return cls(pair, effect, causes.of(pair), actions.of(pair.shipment, pair.after))

    def turns_on(self, change: LawChange) -> dt.date | None:
        """The day from which the line is answered otherwise."""
        return self.cause.day or change.effective

    def ship_by(self) -> dt.date | None:
        """The last earlier day on which the line may ship."""
        found = (action.name for action in self.actions if action.kind is ActionKind.SHIP_BY)
        return next((dt.date.fromisoformat(day) for day in found), None)

    def apply_by(self, day: dt.date | None) -> dt.date | None:
        """The last day to apply on, by the usual time of review, to ship on a day."""
        found = (action.review_days for action in self.actions if action.kind is ActionKind.APPLY)
        days = next(found, None)
        return None if day is None or days is None else day - dt.timedelta(days)


def _effect(pair: Pair) -> Effect | None:
    """What the change does to a kind of line; ``None`` if it does nothing for sure."""
    before, after = pair.before.answer, pair.after.answer
    if not pair.flips:
        return Effect.OPEN if after is Answer.UNDETERMINED else None
    if before.may_ship is after.may_ship:
        return Effect.CHANGED
    return Effect.RELEASED if after.may_ship else Effect.STOPPED


def _stated(part: Batch, change: LawChange, rates: Rates | None) -> dict[str, Any]:
    """What lines say of themselves, cell by cell."""
    rows = len(part.lines)
    found: dict[str, Any] = {}
    for name in (*KEY, *PARTIES, "code", "destination_country", "quantity_unit"):
        column = part.columns.get(name)
        found[name] = [tidy(cell) for cell in texts(column)] if column is not None else [""] * rows
    cells = part.rows(range(rows))
    found["quantity"] = [_read(read_quantity, row.get("quantity", "")) for row in cells]
    money = [_money(row, change, rates) for row in cells]
    found["amount"], found["currency"] = [amount for amount, _ in money], [unit for _, unit in money]
    return found


def _read(read: Any, cell: str) -> Any:
    """A cell, or nothing if it is empty or cannot be read: the line's fault says so."""
    cell = tidy(cell)
    try:
        return read(cell) if cell else None
    except ValueInvalid:
        return None


def _money(row: dict[str, str], change: LawChange, rates: Rates | None) -> tuple[float | None, str]:
    """The value of a line and its currency: JPY where a rate tells it."""
    amount, currency = _read(read_amount, row.get("value", "")), _read(read_currency, row.get("currency", ""))
    if not amount or not currency:  # zero stands for unpriced and free goods too
        return None, currency or ""
    if rates is not None:
        converted = value_jpy(row, change.after.register, rates)
        if converted is not None:
            return converted, "JPY"
    return amount, currency


def _by_kind(kinds: Sequence[_Kind], days: Sequence[dt.date | None]) -> dict[str, list[Any]]:
    """What is told of lines by their kind."""
    found: dict[str, list[Any]] = {
        "effect": [str(kind.effect) for kind in kinds],
        "flipped_by": [";".join(kind.cause.rules) for kind in kinds],
        "event": [kind.cause.event for kind in kinds],
        "changed_on": [kind.cause.day for kind in kinds],
        "questions_after": ["; ".join(map(str, kind.pair.after.questions)) for kind in kinds],
        "papers": [kind.pair.after.papers for kind in kinds],
        "office": [kind.pair.after.office for kind in kinds],
        "apply_by": [kind.apply_by(day) for kind, day in zip(kinds, days, strict=True)],
        "ship_by": [kind.ship_by() for kind in kinds],
        "released_by": [";".join(action.code for action in kind.actions) for kind in kinds],
    }
    for side in ("before", "after"):
        decisions: list[Decision] = [getattr(kind.pair, side) for kind in kinds]
        found[f"answer_{side}"] = [one.answer.value for one in decisions]
        found[f"licence_types_{side}"] = [";".join(one.licence_types) for one in decisions]
        found[f"usable_licence_{side}"] = [one.usable_licence for one in decisions]
        found[f"review_days_{side}"] = [one.review_days for one in decisions]
        found[f"rules_{side}"] = [";".join(one.rules) for one in decisions]
    return found


def _affected(lines: pa.Table) -> pa.Table:
    """The lines that the change reaches: those that ship after it, or may."""
    return lines.filter(pa.array([timing in _REACHED for timing in lines["timing"].to_pylist()], pa.bool_()))


def _counts(column: pa.ChunkedArray) -> dict[str, int]:
    return dict(Counter(column.to_pylist()).most_common())


def _group(
    key: tuple[str, str, dt.date | None],
    lines: pa.Table,
    actions: Mapping[str, Action],
    known_on: dt.date | None,
) -> Group:
    rules, event, changed_on = key
    reached = _affected(lines)
    answers = zip(lines["answer_before"].to_pylist(), lines["answer_after"].to_pylist(), strict=True)
    return Group(
        rules=tuple(rules.split(";")) if rules else (), event=event, changed_on=changed_on,
        lines=lines.num_rows, effects=_counts(lines["effect"]), timings=_counts(lines["timing"]),
        answers=dict(Counter(f"{one} -> {other}" for one, other in answers).most_common()),
        affected=total(reached), needs=tuple(_needs(reached, known_on)),
        releases=tuple(_releases(reached, actions)),
    )  # fmt: skip


def _blocked(lines: pa.Table) -> Iterator[dict[str, Any]]:
    yield from (row for row in lines.to_pylist() if not Answer(row["answer_after"]).may_ship)


def _needs(lines: pa.Table, known_on: dt.date | None) -> Iterator[Need]:
    needed: dict[tuple[Any, ...], list[dt.date | None]] = {}
    for row in _blocked(lines):
        key = row["usable_licence_after"], row["office"], row["papers"], row["review_days_after"]
        if key[0]:
            needed.setdefault(key, []).append(row["apply_by"])
    for key, days in sorted(needed.items(), key=lambda entry: -len(entry[1])):
        in_time = sum(day is not None and day >= known_on for day in days) if known_on else None
        yield Need(*key, len(days), in_time)


def _releases(lines: pa.Table, actions: Mapping[str, Action]) -> Iterator[Release]:
    counts = Counter(code for row in _blocked(lines) for code in row["released_by"].split(";") if code)
    found = [Release(actions[code], count) for code, count in counts.items()]
    kinds = list(ActionKind)
    yield from sorted(found, key=lambda r: (kinds.index(r.action.kind), -r.lines, r.action.code))


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
    for batch in table_batches(table):
        require_columns("frame", batch.columns, dated=False)
        assessment.batch(batch, "frame")
    found = assessment.result()
    return replace(found, lines=like_kind(frame, found.lines))


def _laid_over(register: Register, scenario: str | Path) -> Register:
    return open_register(register.root, scenario)
