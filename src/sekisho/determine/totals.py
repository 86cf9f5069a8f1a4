"""Sums over order lines: value by currency, quantity by unit, who is concerned, and when first.

Amounts of different currencies or units are never added.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sekisho.determine.codes import Codes, distinct

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
    columns = [lines[name].combine_chunks() for name in names]
    first, of_row = distinct([_numbered(column) for column in columns], lines.num_rows)
    keys = zip(*(column.take(pa.array(first)).to_pylist() for column in columns), strict=True)
    order = np.argsort(of_row, kind="stable")
    ends = np.searchsorted(of_row[order], np.arange(1, len(first)))
    rows = np.split(order, ends) if len(first) else []
    return {key: lines.take(pa.array(part)) for key, part in zip(keys, rows, strict=True)}


def _numbered(column: pa.Array) -> Codes:
    """A number for each cell, the same where the cell is the same; 0 where there is none."""
    indices = column.dictionary_encode().indices
    return np.asarray(indices.cast(pa.int64()).fill_null(-1)) + 1
