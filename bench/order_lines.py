"""Order lines for measurements: a mix as companies have it, the same for the same seed.

Three mixes, which differ in how many lines are of the same kind:

- ``few``: six item numbers to eight countries, every fact stated, nothing of concern.
- ``master``: a line joins one of a thousand articles, one of 20,000 customers and one of
  three exporting companies. The article brings its item number and technical facts, the
  customer its country and what is known of it, the exporter its licences. Some articles
  are not classified yet, some facts are missing, a few cells cannot be read.
- ``unlike``: the same cells, each drawn by itself: the worst case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

Cells = dict[str, pa.Array]
Places = np.ndarray[Any, Any]
Draw = Callable[[np.random.Generator, int], Cells]
PART = 1 << 17
FIRST_DAY = np.datetime64("2018-01-01")
DAYS = 3000
LINES_OF_AN_ORDER = 10
CODES = {
    "NOT_LISTED": 45, "16": 8, "3(1)": 8, "7(19)": 7, "5(17)": 5, "7(16)": 9, "6(2)": 6, "7(1)": 4,
    "9(7)": 3, "2(12)": 2, "": 2.8, "7 (19)": 0.15, "7(99)": 0.05,
}  # fmt: skip
PLACES = {
    "KR": 22, "CN": 18, "TW": 14, "US": 13, "DE": 6, "SG": 5, "VN": 5, "TH": 4, "IN": 3, "NL": 3, "MY": 2,
    "GB": 2, "FR": 1, "IT": 0.8, "AE": 0.5, "RU": 0.3, "TR": 0.3, "Korea": 0.05, "kr": 0.05,
}  # fmt: skip
STATUSES = {"approved": 88, "under_review": 6, "unclassified": 3, "": 3}
KINDS = {"goods": 92, "technology": 5, "program": 3}
HELD = {"none": 45, "general_bulk": 25, "special_general_bulk": 20, "specific_bulk": 4, "individual": 6}
CELLS = {"": 60, "general_bulk": 20, "special_general_bulk": 15, "none": 5}
CONCERNS = {"none": 99, "wmd": 0.1, "conventional_weapons": 0.1, "": 0.8}
YES_NO = {"yes": 30, "no": 65, "": 5}
PERCENTS = np.array([0.5, 5, 30, 49, 50, 75, 99.9])
ARTICLES = 1000
CUSTOMERS = 20_000
FEW_CODES = ("3(1)", "7(19)", "5(17)", "6(2)", "7(16)", "NOT_LISTED")
FEW_PLACES = {"KR": 3, "TW": 1, "CN": 1, "US": 1, "DE": 1, "SG": 1, "VN": 1, "IN": 1}
FEW_HELD = ("none", "general_bulk", "special_general_bulk")
_GOODS = [f"article {at:04}, as in the catalogue" for at in range(ARTICLES)]
_USERS = [f"customer {at:05}" for at in range(CUSTOMERS)]


def order_lines(rows: int, seed: int = 1, mix: str = "few", number: int = 0) -> Iterator[pa.Table]:
    """Order lines from Japan, 2018 to 2026, in tables of some rows each; keys go on from a number."""
    chance = np.random.default_rng(seed)
    masters = (_articles(chance, ARTICLES), _customers(chance, CUSTOMERS), _exporters())
    mixes: Mapping[str, Draw] = {"few": _few, "unlike": _unlike, "master": partial(_joined, masters=masters)}
    drawn = mixes[mix]
    for first in range(0, rows, PART):
        numbers = number + np.arange(first, min(first + PART, rows))
        size = len(numbers)
        yield pa.table(keys(numbers) | _days(chance, size) | drawn(chance, size) | _deal(chance, size))


def write_parquet_lines(
    path: Path,
    rows: int,
    seed: int = 1,
    mix: str = "few",
    columns: Sequence[str] | None = None,
    number: int = 0,
) -> None:
    """Writes a Parquet file of order lines, with some of their columns if not all are wanted."""
    tables = order_lines(rows, seed, mix, number)
    write_tables(path, (table.select(columns) if columns else table for table in tables))


NARROW = (
    "transaction_id", "line_id", "requested_ship_date", "ship_from_country", "destination_country", "code",
    "classification_status", "licences_held", "end_use_code", "value", "currency",
)  # fmt: skip
"""The columns of a small order file."""


def write_order_lines(path: Path, rows: int, seed: int = 1, number: int = 0) -> None:
    """Writes a CSV file of order lines."""
    tables = order_lines(rows, seed, number=number)
    first = next(tables)
    with pc.CSVWriter(path, first.schema, write_options=pc.WriteOptions(quoting_style="needed")) as writer:
        writer.write(first)
        for table in tables:
            writer.write(table)


def write_tables(path: Path, tables: Iterator[pa.Table]) -> None:
    """Writes tables one after the other into a Parquet file."""
    first = next(tables)
    with pq.ParquetWriter(path, first.schema) as writer:
        writer.write_table(first)
        for table in tables:
            writer.write_table(table)


def picked(chance: np.random.Generator, shares: Mapping[str, float], rows: int) -> pa.Array:
    """Cells drawn by their shares."""
    weights = np.array(list(shares.values()))
    places = chance.choice(len(shares), rows, p=weights / weights.sum())
    return texts_at(list(shares), places)


def texts_at(texts: Sequence[str], places: Places, where: Places | None = None) -> pa.Array:
    """The text at each place; empty cells elsewhere than ``where``."""
    mask = None if where is None else ~where
    indices = pa.array(places.astype(np.int32), mask=mask)
    return pa.DictionaryArray.from_arrays(indices, pa.array(texts)).cast(pa.string())


def keys(number: Places) -> dict[str, pa.Array]:
    """The key columns of lines by their number."""
    return {
        "transaction_id": pa.array(np.char.add("T", (number // LINES_OF_AN_ORDER).astype(str))),
        "line_id": pa.array((number % LINES_OF_AN_ORDER + 1).astype(np.int32)),
    }


def _joined(chance: np.random.Generator, rows: int, masters: Sequence[Cells]) -> Cells:
    """Each line's article, customer and exporter; a few are far more frequent than others."""
    cells: Cells = {}
    for master in masters:
        size = len(next(iter(master.values())))
        places = pa.array((size * chance.random(rows) ** 2).astype(np.int64))
        cells |= {name: column.take(places) for name, column in master.items()}
    return cells


def _few(chance: np.random.Generator, rows: int) -> Cells:
    code = picked(chance, dict.fromkeys(FEW_CODES, 1), rows)
    place = picked(chance, FEW_PLACES, rows)
    names, same = np.asarray(code), np.zeros(rows)
    acid = names == "3(1)"
    percent = PERCENTS[chance.integers(0, len(PERCENTS), rows)]
    goods, users = chance.integers(0, ARTICLES, rows), chance.integers(0, CUSTOMERS, rows)
    return {
        "ship_from_country": texts_at(["JP"], same),
        "destination_country": place,
        "ultimate_destination_country": place,
        "end_user_name": texts_at(_USERS, users),
        "code": code,
        "classification_status": texts_at(["approved"], same, ~acid),
        "item_kind": texts_at(["goods"], same),
        "hs_code": texts_at(["8542.31"], same, names == "NOT_LISTED"),
        "controlled_substance": texts_at(["hydrogen_fluoride"], same, acid),
        "substance_wt_pct": pa.array(percent, mask=~acid),
        "description": texts_at(_GOODS, goods),
        "end_use_code": texts_at(["none"], same),
        "end_user_concern": texts_at(["none"], same),
        "informed": texts_at(["no"], same),
        "licences_held": picked(chance, dict.fromkeys(FEW_HELD, 1), rows),
        "icp": picked(chance, {"yes": 1, "no": 1}, rows),
        "named_pair": texts_at(["no"], same),
    }


def _unlike(chance: np.random.Generator, rows: int) -> Cells:
    exporters = {
        "licences_held": picked(chance, HELD, rows),
        "icp": picked(chance, YES_NO, rows),
        "informed": picked(chance, {"no": 99.5, "yes": 0.1, "": 0.4}, rows),
    }
    return _articles(chance, rows) | _customers(chance, rows) | exporters


def _articles(chance: np.random.Generator, rows: int) -> Cells:
    code = picked(chance, CODES, rows)
    names, zeros = np.asarray(code), np.zeros(rows)
    acid, film = names == "3(1)", names == "5(17)"
    unlisted = (names == "NOT_LISTED") | (names == "16")
    percent = PERCENTS[chance.integers(0, len(PERCENTS), rows)]
    chapters = [f"{chapter}.{sub}" for chapter in (8486, 8542, 3901, 9030) for sub in (10, 20, 31, 90)]
    return {
        "code": code,
        "classification_status": picked(chance, STATUSES, rows),
        "item_kind": picked(chance, KINDS, rows),
        "hs_code": texts_at(chapters, chance.integers(0, len(chapters), rows), unlisted),
        "controlled_substance": texts_at(["hydrogen_fluoride"], zeros, acid),
        "substance_wt_pct": pa.array(percent, mask=~acid),
        "material": texts_at(["fluorinated_polyimide"], zeros, film),
        "combined_fluorine_wt_pct": pa.array(percent, mask=~film),
        "bulk_matrix_cell": picked(chance, CELLS, rows),
        "description": texts_at(_GOODS, np.arange(rows) % ARTICLES),
    }


def _customers(chance: np.random.Generator, rows: int) -> Cells:
    place = picked(chance, PLACES, rows)
    return {
        "ship_from_country": texts_at(["JP"], np.zeros(rows)),
        "destination_country": place,
        "ultimate_destination_country": place,
        "end_user_name": texts_at(_USERS, np.arange(rows) % CUSTOMERS),
        "end_use_code": picked(chance, CONCERNS, rows),
        "end_user_concern": picked(chance, CONCERNS, rows),
        "named_pair": picked(chance, YES_NO, rows),
    }


def _exporters() -> Cells:
    held = ["general_bulk;special_general_bulk", "none", "general_bulk"]
    cells = {"licences_held": held, "icp": ["yes", "no", "no"], "informed": ["no", "no", "no"]}
    return {name: pa.array(column) for name, column in cells.items()}


def _days(chance: np.random.Generator, rows: int) -> Cells:
    ordered = FIRST_DAY + chance.integers(0, DAYS, rows)
    shipped = ordered + chance.integers(20, 60, rows)
    return {
        "order_date": pa.array(ordered),
        "requested_ship_date": pa.array(ordered + 30),
        "export_date": pa.array(shipped, mask=chance.random(rows) < 0.3),  # noqa: PLR2004  a share
    }


def _deal(chance: np.random.Generator, rows: int) -> Cells:
    return {
        "quantity": pa.array(chance.integers(1, 1000, rows)),
        "value": pa.array(np.round(np.exp(chance.normal(13, 2, rows)))),
        "currency": texts_at(["JPY"], np.zeros(rows)),
    }
