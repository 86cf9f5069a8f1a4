"""From a folder of tables to a network; every fault of every file at once."""

from __future__ import annotations

import datetime as dt
import hashlib
import math
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sekisho.dates import parse_day
from sekisho.determine.files import FORMATS, read_batches, table_batches
from sekisho.determine.frames import to_arrow
from sekisho.errors import Fault, InputInvalid, NotFound, ValueInvalid
from sekisho.exposure.check import added, check
from sekisho.exposure.columns import SETTINGS, TABLES, day_in_reach
from sekisho.exposure.network import (
    Arc,
    CapacityChange,
    Component,
    Demand,
    Item,
    Mitigation,
    MitigationKind,
    Network,
    Site,
    Stock,
    Transit,
)
from sekisho.exposure.rows import Reading, Row, arc_id, range_of
from sekisho.register.register import Register

SETTINGS_FILE = "network.toml"


def read_network(folder: str | Path, register: Register) -> Network:
    """Reads a network folder.

    Args:
        folder: A folder with ``sites.csv``, ``arcs.csv``, ``demand.csv`` and what else is
            known; each file may be CSV, XLSX, Parquet or JSON lines.
        register: Names countries and facts.

    Raises:
        NotFound: If there is no such folder.
        InputInvalid: With every fault of every file.
    """
    root = Path(folder)
    if not root.is_dir():
        advice = "a network is a folder of CSV files; sekisho exposure init FOLDER writes a template"
        raise NotFound("network folder", str(folder), advice=advice)
    reading = Reading(register)
    digest = hashlib.sha256()
    for table in TABLES:
        path = _file(root, table.name, reading)
        if path is not None:
            digest.update(path.name.encode() + b"\0" + path.read_bytes())
            reading.read(table, path.name, read_batches(path))
        elif table.needed:
            problem, columns = "the file is missing", ",".join(c.name for c in table.columns if c.needed)
            reading.fail(Fault(f"{table.name}.csv", 0, "", problem, f"columns {columns}"))
    settings = _settings(root / SETTINGS_FILE, reading, digest)
    return _network(reading, settings, digest.hexdigest()[:16])


def network_of(
    tables: Mapping[str, Any], register: Register, settings: Mapping[str, Any] | None = None
) -> Network:
    """A network from data frames.

    Args:
        tables: A frame of pandas, Polars or Arrow for each table, by name: ``sites``,
            ``arcs``, ``demand`` and so on, with the columns of the files.
        register: Names countries and facts.
        settings: What ``network.toml`` would state.

    Raises:
        InputInvalid: With every fault of every frame; lines count the rows from 1.
    """
    reading = Reading(register)
    known = {table.name for table in TABLES}
    for name in sorted(set(tables) - known):
        reading.faults.append(Fault(name, 0, "", "there is no such table", ", ".join(sorted(known))))
    for table in TABLES:
        if table.name in tables:
            reading.read(table, table.name, table_batches(to_arrow(tables[table.name])))
        elif table.needed:
            reading.fail(Fault(table.name, 0, "", "the table is missing", table.meaning))
    checked = _checked(dict(settings or {}), "settings", reading)
    digest = hashlib.sha256(
        repr([(n, [r.values for r in rows]) for n, rows in reading.rows.items()]).encode()
    )
    return _network(reading, checked, digest.hexdigest()[:16])


def _file(root: Path, name: str, reading: Reading) -> Path | None:
    found = [path for ending in FORMATS if (path := root / f"{name}{ending}").is_file()]
    for other in found[1:]:
        problem = f"{found[0].name} is the same table"
        reading.faults.append(Fault(other.name, 0, "", problem, "one file for each table"))
    return found[0] if found else None


def _settings(path: Path, reading: Reading, digest: Any) -> dict[str, Any]:
    if not path.is_file():
        return {}
    content = path.read_bytes()
    digest.update(content)
    try:
        settings = tomllib.loads(content.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        reading.faults.append(Fault(path.name, 0, "", f"not TOML: {error}", "valid TOML in UTF-8"))
        return {}
    return _checked(settings, path.name, reading)


def _checked(settings: dict[str, Any], file: str, reading: Reading) -> dict[str, Any]:
    """The settings that can be used; the others are faults."""
    kept: dict[str, Any] = {}
    for name, value in settings.items():
        problem, expected = _wrong(name, value)
        if problem:
            reading.faults.append(Fault(file, 0, name, problem, expected))
        else:
            kept[name] = parse_day(value) if name == "starts_on" and isinstance(value, str) else value
    return kept


def _wrong(name: str, value: Any) -> tuple[str, str]:
    """What is wrong with a setting, and what was expected; nothing if it is right."""
    shown = f"{value!r} cannot be used"
    if name not in SETTINGS:
        return "the key is not known", f"one of {', '.join(SETTINGS)}"
    if name == "weeks":
        right = type(value) is int and 1 <= value <= 520  # noqa: PLR2004  ten years
        return ("", "") if right else (shown, "a number of weeks from 1 to 520")
    if name == "starts_on":
        return _wrong_day(value, shown)
    if name == "value_basis" and value not in {"margin", "revenue"}:
        return shown, "margin or revenue"
    return ("", "") if isinstance(value, str) else (shown, "a text in quotes")


def _wrong_day(value: Any, shown: str) -> tuple[str, str]:
    try:
        day = parse_day(value) if isinstance(value, str) else value
        right = type(day) is dt.date and bool(day_in_reach(day))
    except ValueInvalid as error:
        return error.problem, error.expected
    return ("", "") if right else (shown, "a day, such as 2019-07-04")


def _network(reading: Reading, settings: Mapping[str, Any], fingerprint: str) -> Network:
    rows = reading.rows
    countries = {id(row): reading.country(row) for row in rows.get("sites", ())}
    if not reading.failed:  # else every row that names one of the lost table would be at fault
        reading.faults += check(rows, reading.unread)
    if reading.faults:
        raise InputInvalid(sorted(set(reading.faults)))
    reading.notes += added(rows)
    makes = {row.values["site_id"]: row.values["item_id"] for row in rows["sites"]}
    counted = not any(row.get("margin") for row in rows["sites"])
    if counted:
        settings = {**settings, "value_basis": "units", "currency": ""}
        reading.notes.append("No site states a margin: losses are counted in units, each as 1.")
    return Network(
        items=tuple(_item(row) for row in rows.get("items", ())),
        sites=tuple(_site(row, countries[id(row)], 1.0 if counted else 0.0) for row in rows["sites"]),
        arcs=tuple(_arc(row, makes) for row in rows["arcs"]),
        bill_of_materials=tuple(Component(**_bare(row)) for row in rows.get("bill_of_materials", ())),
        stocks=tuple(Stock(**_bare(row)) for row in rows.get("stocks", ())),
        in_transit=tuple(Transit(**_bare(row)) for row in rows.get("in_transit", ())),
        demand=tuple(_demand(row) for row in rows["demand"]),
        capacity=tuple(_capacity(row) for row in rows.get("capacity", ())),
        mitigations=tuple(_mitigation(row) for row in rows.get("mitigations", ())),
        notes=tuple(reading.notes),
        fingerprint=fingerprint,
        **settings,
    )


def _bare(row: Row) -> dict[str, Any]:
    """The values of a row, which are the fields of its record, the checked unit aside."""
    return {name: value for name, value in row.values.items() if name != "quantity_unit"}


def _item(row: Row) -> Item:
    return Item(
        item_id=row.values["item_id"],
        unit=row.values["quantity_unit"],
        description=row.get("description", ""),
        shelf_life_days=row.get("shelf_life_days"),
        cells=row.cells,
    )


def _site(row: Row, country: str, margin: float) -> Site:
    return Site(
        site_id=row.values["site_id"],
        item_id=row.values["item_id"],
        country=country,
        name=row.get("name", ""),
        party_id=row.get("party_id", ""),
        capacity=row.get("capacity_per_week", math.inf),
        margin=row.get("margin", margin),
        recovery_days=row.get("recovery_days"),
    )


def _arc(row: Row, makes: Mapping[str, str]) -> Arc:
    seller = row.values["from_site_id"]
    return Arc(
        arc_id=arc_id(row),
        from_site_id=seller,
        to_site_id=row.values["to_site_id"],
        material=row.get("material_id") or makes[seller],
        conversion=row.get("conversion", 1.0),
        capacity=row.get("capacity_per_week", math.inf),
        lead_time_days=row.get("lead_time_days", 0.0),
        share=row.get("share"),
        price=row.get("price"),
        available_from=row.get("available_from"),
        recovery_days=row.get("recovery_days"),
        review_days=range_of(row, "review_days"),
        apply_on=row.get("apply_on"),
        contract_quantity=row.get("contract_quantity"),
        mitigation_id=row.get("mitigation_id", ""),
        may_ship=row.get("may_ship"),
        cells=row.cells,
        line=row.line,
    )


def _demand(row: Row) -> Demand:
    quantity = range_of(row, "quantity_per_week")
    assert quantity is not None  # noqa: S101  checked before
    days = {name: row.get(name) for name in ("from_day", "until_day")}
    return Demand(site_id=row.values["site_id"], quantity=quantity, **days)


def _capacity(row: Row) -> CapacityChange:
    return CapacityChange(
        capacity=row.values["capacity_per_week"],
        site_id=row.get("site_id", ""),
        arc_id=row.get("arc_id", ""),
        from_day=row.get("from_day"),
        until_day=row.get("until_day"),
    )


def _mitigation(row: Row) -> Mitigation:
    return Mitigation(
        mitigation_id=row.values["mitigation_id"],
        kind=MitigationKind(row.values["kind"]),
        cost=row.values["cost"],
        description=row.get("description", ""),
        site_id=row.get("site_id", ""),
        item_id=row.get("item_id", ""),
        quantity=row.get("quantity"),
        weeks=row.get("weeks"),
        arc_ids=row.get("arc_id", ()),
        days=row.get("days"),
    )
