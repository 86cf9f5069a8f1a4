"""A result as tables, for frames and files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

import pyarrow as pa

from sekisho.exposure.result import Band, Exposure, Supply


def as_tables(exposure: Exposure) -> Mapping[str, pa.Table]:
    """The records of a result as Arrow tables, which every kind of frame reads.

    Returns:
        ``sites``, ``weeks`` (one row for each site and period), ``arcs_closed``,
        ``sites_closed``, ``scenarios``, ``mitigations``, ``mitigation_sets`` and ``supplies``. A band
        becomes three columns; what is not reached is null.
    """
    weeks = [{"site_id": site.site_id, **_cells(week)} for site in exposure.sites for week in site.weeks]
    found = {"sites": [_cells(site) for site in exposure.sites], "weeks": weeks}
    for name in ("arcs_closed", "sites_closed", "scenarios", "mitigations", "mitigation_sets"):
        found[name] = [_cells(record) for record in getattr(exposure, name)]
    found["supplies"] = [_shares(one) for one in exposure.supplies]
    return {name: pa.Table.from_pylist(rows) for name, rows in found.items()}


def _cells(record: Any) -> dict[str, Any]:
    """One record as cells; records within it, but for bands, are tables of their own."""
    cells: dict[str, Any] = {}
    for field in fields(record):
        value = getattr(record, field.name)
        if isinstance(value, Band):
            cells |= {f"{field.name}_{end}": getattr(value, end) for end in ("low", "typical", "high")}
        elif field.name == "opens_on" and isinstance(value, tuple):
            cells |= {
                f"opens_on_{end}": day for end, day in zip(("low", "typical", "high"), value, strict=True)
            }
        elif isinstance(value, Enum):
            cells[field.name] = value.value
        elif _is_list_of_texts(value):
            cells[field.name] = ";".join(value)
        elif not isinstance(value, tuple) and not is_dataclass(value):
            cells[field.name] = value
    return cells


def _shares(supply: Supply) -> dict[str, Any]:
    countries = ";".join(f"{country}={share:.6g}" for country, share in supply.countries.items())
    return {**_cells(supply), "countries": countries}


def _is_list_of_texts(value: Any) -> bool:
    return isinstance(value, tuple) and all(isinstance(part, str) for part in value)
