"""Synthetic registers and inputs that grow in one direction at a time.

- ``items``: so many further items on the control list, each with a rule of its own on
  licence types; lines name them.
- ``changes``: so many further dated changes of licence types, spread over 2018 to 2026.
- ``countries``: lines go to so many countries, by the shipped register.
- ``users``: lines name so many end users, by the shipped register.
"""

from __future__ import annotations

import csv
import datetime as dt
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from order_lines import FEW_CODES, FEW_PLACES, order_lines, texts_at

from sekisho.register.open import open_register
from sekisho.register.register import DATA

SHAPES = ("items", "changes", "countries", "users")
_START, _SOURCE = "jp-order-text-2017-02-22", "S90"
_FIRST, _DAYS = dt.date(2018, 1, 1), 3000
_LISTED = tuple(code for code in FEW_CODES if code != "NOT_LISTED")


def write_register(folder: Path, shape: str, size: int) -> Path | None:
    """A register grown in one direction; ``None`` for the shipped one."""
    if shape not in {"items", "changes"}:
        return None
    root = folder / f"{shape}-{size}"
    shutil.copytree(DATA, root, dirs_exist_ok=True)
    {"items": _add_items, "changes": _add_changes}[shape](root, size)
    return root


def growth_lines(shape: str, size: int, rows: int) -> pa.Table:
    """Lines that use what has grown."""
    table = pa.concat_tables(order_lines(rows))
    chance = np.random.default_rng(size)
    if shape == "items":
        codes = [_item(at) for at in range(size)]
        return _set(table, chance, {"code": codes, "classification_status": ["approved"]})
    if shape == "changes":
        return _set(table, chance, {"code": list(_LISTED), "classification_status": ["approved"]})
    if shape == "countries":
        everywhere = (country.alpha_2 for country in open_register().countries)
        places = [place for place in everywhere if place != "JP"][:size]
        column = texts_at(places, chance.integers(0, len(places), rows))
        table = _replaced(table, "destination_country", column)
        return _replaced(table, "ultimate_destination_country", column)
    return _set(table, chance, {"end_user_name": [f"end user {at}" for at in range(size)]})


def _set(table: pa.Table, chance: np.random.Generator, cells: dict[str, list[str]]) -> pa.Table:
    for name, texts in cells.items():
        table = _replaced(table, name, texts_at(texts, chance.integers(0, len(texts), table.num_rows)))
    return table


def _replaced(table: pa.Table, name: str, column: pa.Array) -> pa.Table:
    return table.set_column(table.schema.get_field_index(name), name, column)


def _item(at: int) -> str:
    """An item number that no list uses: ``10(50)1``, ``10(50)2`` and so on."""
    heads, last = divmod(at, 99)
    row, head = divmod(heads, 50)
    return f"{10 + row}({50 + head}){last + 1}"


def _add_items(root: Path, size: int) -> None:
    rows = range(size)
    _append(root / "japan" / "items.csv", (
        {"id": f"jp-item-more-{at}", "item": _item(at), "row": _item(at).partition("(")[0], "kind": "item",
         "origin": "WA", "heading_en": f"further item {at}", "conditions": "none"} | _valid() for at in rows
    ))  # fmt: skip
    _append(root / "japan" / "policy.csv", (
        {"id": f"jp-pol-more-{at}", "kind": "any", "item": _item(at), "destination": "!table_3",
         "licence_types": "special_general_bulk;individual"} | _valid() for at in rows
    ))  # fmt: skip


def _add_changes(root: Path, size: int) -> None:
    """Each change ends the licence types of an item to a place and begins others."""
    places = list(FEW_PLACES)
    pairs = [(item, place) for item in _LISTED for place in places]
    days = [_FIRST + dt.timedelta(at * _DAYS // size) for at in range(size)]
    events = "".join(
        f'\n[[event]]\nid = "jp-more-{at}"\nkind = "rule_amended"\nby = ["JP"]\ntoward = ["*"]\n'
        f'effective = {day}\nsummary = "Change {at}."\nsource = ["{_SOURCE}"]\nconfidence = "high"\n'
        for at, day in enumerate(days)
    )
    head = (
        'id = "jp-more"\nkind = "measure"\ntitle = "Further changes"\nparties = ["JP", "*"]\n'
        f'about = "Synthetic."\nfirst = "in_force"\nsource = ["{_SOURCE}"]\n'
    )
    (root / "relations" / "dossiers" / "jp-more.toml").write_text(head + events, encoding="utf-8")
    ends = [at + len(pairs) for at in range(size)]
    _append(root / "japan" / "policy.csv", (
        {"id": f"jp-pol-more-{at}", "kind": "any", "item": pairs[at % len(pairs)][0],
         "destination": pairs[at % len(pairs)][1],
         "licence_types": "special_general_bulk;individual" if at // len(pairs) % 2 else "individual"}
        | _valid(f"jp-more-{at}", f"jp-more-{end}" if end < size else "") for at, end in enumerate(ends)
    ))  # fmt: skip


def _valid(start: str = _START, end: str = "") -> dict[str, str]:
    basis = "earliest_read" if start == _START else "amended"
    return {"from_event": start, "until_event": end, "basis": basis, "source": _SOURCE, "confidence": "high"}


def _append(path: Path, rows: Any) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        names = next(csv.reader(file))
    with path.open("a", encoding="utf-8", newline="") as file:
        csv.DictWriter(file, names, restval="", lineterminator="\n").writerows(rows)
