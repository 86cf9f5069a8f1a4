"""A result as tables, for frames and files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import Field, fields
from enum import Enum
from typing import Any

import pyarrow as pa

from sekisho.exposure.result import (
    ArcClosed,
    ArcNotCovered,
    Band,
    Bound,
    Exposure,
    MitigationResult,
    MitigationSet,
    Scenario,
    SiteClosed,
    SiteResult,
    SiteWeek,
    Supply,
)


def as_tables(exposure: Exposure) -> Mapping[str, pa.Table]:
    """The records of a result as Arrow tables, which every kind of frame reads.

    Returns:
        ``sites``, ``weeks`` (one row for each site and period), ``arcs_closed``,
        ``arcs_not_covered``, ``bounds``, ``sites_closed``, ``scenarios``, ``mitigations``,
        ``mitigation_sets`` and ``supplies``. A band becomes three columns; what is not reached
        is null.
    """
    weeks = [{"site_id": site.site_id, **_cells(week)} for site in exposure.sites for week in site.weeks]
    found = {
        "sites": _table(SiteResult, map(_cells, exposure.sites)),
        "weeks": _table(SiteWeek, weeks, "site_id"),
    }
    for name, kind in _KINDS.items():
        found[name] = _table(kind, map(_cells, getattr(exposure, name)))
    return {**found, "supplies": _table(Supply, map(_shares, exposure.supplies))}


_KINDS: Mapping[str, type] = {
    "arcs_closed": ArcClosed,
    "arcs_not_covered": ArcNotCovered,
    "bounds": Bound,
    "sites_closed": SiteClosed,
    "scenarios": Scenario,
    "mitigations": MitigationResult,
    "mitigation_sets": MitigationSet,
}
"""The other records, by the name of their field and table."""
_ENDS = ("low", "typical", "high")


def _table(kind: type, rows: Iterable[Mapping[str, Any]], *before: str) -> pa.Table:
    """Rows under every column of their kind, whatever the first row states; a header if there are none."""
    names = [*before, *(name for field in fields(kind) for name in _columns(field))]
    cells = list(rows)
    return pa.table({name: [row.get(name) for row in cells] for name in names})


def _columns(field: Field[Any]) -> Iterator[str]:
    """The columns of a field: three of a band, none of records that are tables of their own."""
    told = str(field.type)
    if "Band" in told or (field.name == "opens_on" and told.startswith("tuple")):
        yield from (f"{field.name}_{end}" for end in _ENDS)
    elif "SiteWeek" not in told:
        yield field.name


def _cells(record: Any) -> dict[str, Any]:
    """One record as cells; records within it, but for bands, are tables of their own."""
    cells: dict[str, Any] = {}
    for field in fields(record):
        value, names = getattr(record, field.name), list(_columns(field))
        if isinstance(value, Band):
            cells |= {name: getattr(value, end) for name, end in zip(names, _ENDS, strict=True)}
        elif len(names) > 1:
            cells |= dict(zip(names, value or (None,) * len(names), strict=True))
        elif isinstance(value, Enum):
            cells[field.name] = value.value
        elif _is_list_of_texts(value):
            cells[field.name] = ";".join(value)
        elif names:
            cells[field.name] = value
    return cells


def _shares(supply: Supply) -> dict[str, Any]:
    countries = ";".join(f"{country}={share:.6g}" for country, share in supply.countries.items())
    return {**_cells(supply), "countries": countries}


def _is_list_of_texts(value: Any) -> bool:
    return isinstance(value, tuple) and all(isinstance(part, str) for part in value)
