"""Sums over order lines: value by currency, quantity by unit, who is concerned, and when first.

Amounts of different currencies or units are never added.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

PARTIES = ("consignee_id", "buyer_id", "end_user_id")
"""Columns that name a counterparty."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum in one unit.

    Attributes:
        unit: ISO 4217 for a value, the unit as the file has it for a quantity.
        amount: The sum.
        lines: How many lines were added.
    """

    unit: str
    amount: float
    lines: int


@dataclass(frozen=True, slots=True)
class Total:
    """What some order lines come to.

    Attributes:
        lines: How many there are.
        values: Their value, by currency; a value of zero, or without currency, is not stated.
        quantities: Their quantity, by unit.
        unvalued: How many state no value.
        counterparties: Who is named as consignee, buyer or end user.
        first_ship_date: The earliest day on which one of them ships.
    """

    lines: int = 0
    values: tuple[Amount, ...] = ()
    quantities: tuple[Amount, ...] = ()
    unvalued: int = 0
    counterparties: tuple[str, ...] = ()
    first_ship_date: dt.date | None = None


def total(lines: pa.Table) -> Total:
    """What lines come to; they have the columns of :data:`sekisho.determine.impact_lines.LINES`."""
    values = tuple(_amounts(lines, "amount", "currency"))
    return Total(
        lines=lines.num_rows,
        values=values,
        quantities=tuple(_amounts(lines, "quantity", "quantity_unit")),
        unvalued=lines.num_rows - sum(value.lines for value in values),
        counterparties=tuple(_parties(lines)),
        first_ship_date=pc.min(lines["ship_date"]).as_py(),
    )


def _amounts(lines: pa.Table, column: str, unit: str) -> Iterator[Amount]:
    found: dict[str, list[float]] = {}
    for name, amount in zip(lines[unit].to_pylist(), lines[column].to_pylist(), strict=True):
        if amount is not None:
            found.setdefault(name or "", []).append(amount)
    for name, amounts in sorted(found.items()):
        yield Amount(name, math.fsum(amounts), len(amounts))


def _parties(lines: pa.Table) -> list[str]:
    names = (lines[name].unique().to_pylist() for name in PARTIES)
    return sorted({name for column in names for name in column if name})


def by_columns(lines: pa.Table, names: Iterable[str]) -> Mapping[tuple[Any, ...], pa.Table]:
    """Lines under each different combination of the cells of some columns, in order of standing."""
    names = list(names)
    keys = list(zip(*(lines[name].to_pylist() for name in names), strict=True))
    places: dict[tuple[Any, ...], list[int]] = {}
    for at, key in enumerate(keys):
        places.setdefault(key, []).append(at)
    return {key: lines.take(pa.array(rows, pa.int64())) for key, rows in places.items()}
