"""The lines of an impact: what the change does to each kind, and the cells that tell of each line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import pyarrow as pa

from sekisho.determine.actions import Action, ActionKind, Actions
from sekisho.determine.cells import encoded
from sekisho.determine.codes import Codes
from sekisho.determine.files import Batch
from sekisho.determine.flips import Pair
from sekisho.determine.intake import DATES, KEY, read_amount, read_currency, read_quantity, tidy, value_jpy
from sekisho.determine.law_change import Cause, Causes, LawChange
from sekisho.determine.rates import Rates
from sekisho.determine.totals import PARTIES
from sekisho.errors import ValueInvalid
from sekisho.model import Answer, Decision
from sekisho.register.register import Register


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
class LineKind:
    """A kind of line that the change could touch, and what is told of each line of it."""

    pair: Pair
    effect: Effect | None
    cause: Cause
    actions: tuple[Action, ...]

    @classmethod
    def of(cls, pair: Pair, causes: Causes, actions: Actions) -> LineKind:
        """What a change does to a kind of line, why, and what helps."""
        effect = effect_of(pair)
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
        if day is None or days is None or (day - dt.date.min).days < days:
            return None  # 0001-01-01 stands for no day in some order systems, and there is none before
        return day - dt.timedelta(days)


def effect_of(pair: Pair) -> Effect | None:
    """What the change does to a kind of line; ``None`` if it does nothing for sure."""
    before, after = pair.before.answer, pair.after.answer
    if not pair.flips:
        return Effect.OPEN if after is Answer.UNDETERMINED else None
    if before.may_ship is after.may_ship:
        return Effect.CHANGED
    return Effect.RELEASED if after.may_ship else Effect.STOPPED


_AMOUNTS = ("value", "currency", "contract_date", *DATES)
"""Columns that give the value of a line, in the currency of a day."""


def stated(part: Batch, register: Register, rates: Rates | None) -> dict[str, Any]:
    """What lines say of themselves, cell by cell."""
    found: dict[str, Any] = {
        name: _tidied(part, name) for name in (*KEY, *PARTIES, "code", "destination_country", "quantity_unit")
    }
    found["quantity"] = _read_each(part, "quantity", read_quantity)
    amounts, units = _read_each(part, "value", read_amount), _read_each(part, "currency", read_currency)
    priced = [bool(amount and unit) for amount, unit in zip(amounts, units, strict=True)]
    found["amount"] = [amount if ok else None for amount, ok in zip(amounts, priced, strict=True)]
    found["currency"] = [unit or "" for unit in units]
    if rates is not None:
        rows = [at for at, ok in enumerate(priced) if ok]
        for at, cells in zip(rows, part.rows(rows, _AMOUNTS), strict=True):
            converted = value_jpy(cells, register, rates)
            if converted is not None:
                found["amount"][at], found["currency"][at] = converted, "JPY"
    return found


def _read_each(part: Batch, name: str, read: Any) -> list[Any]:
    """What the cells of a column are read as, each different cell read once.

    Nothing stands for one that is empty or cannot be read: the line's fault says so. An amount
    of zero stands for unpriced and free goods too.
    """
    if name not in part.columns:
        return [None] * len(part.lines)
    known, places = encoded(part.columns[name])
    values = [_read(read, cell) for cell in known]
    return [values[at] for at in places.tolist()]


def _tidied(part: Batch, name: str) -> pa.Array:
    """A column as tidy texts, each different cell tidied once; empty if it is not there."""
    if name not in part.columns:
        return pa.array([""] * len(part.lines), pa.string())
    known, places = encoded(part.columns[name])
    return pa.array([tidy(cell) for cell in known], pa.string()).take(pa.array(places))


def _read(read: Any, cell: str) -> Any:
    cell = tidy(cell)
    try:
        return read(cell) if cell else None
    except ValueInvalid:
        return None


def by_kind(kinds: Sequence[LineKind], of_row: Codes, days: Sequence[dt.date | None]) -> dict[str, Any]:
    """What is told of lines by their kind.

    Args:
        kinds: The different kinds.
        of_row: Which of them each line is of.
        days: The day on which each line ships.
    """
    places = pa.array(of_row)
    found = {
        name: pa.array(cells, LINES.field(name).type).take(places) for name, cells in _cells(kinds).items()
    }
    chosen = [kinds[at] for at in of_row.tolist()]
    found["apply_by"] = [kind.apply_by(day) for kind, day in zip(chosen, days, strict=True)]
    return found


def _cells(kinds: Sequence[LineKind]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {
        "effect": [str(kind.effect) for kind in kinds],
        "flipped_by": [";".join(kind.cause.rules) for kind in kinds],
        "event": [kind.cause.event for kind in kinds],
        "changed_on": [kind.cause.day for kind in kinds],
        "questions_after": ["; ".join(map(str, kind.pair.after.questions)) for kind in kinds],
        "papers": [kind.pair.after.papers for kind in kinds],
        "office": [kind.pair.after.office for kind in kinds],
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
