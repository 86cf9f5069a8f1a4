"""Network folders: what is read, and every fault with its place."""

# ruff: noqa: E501, ISC004  a message is easier to check on one line
from __future__ import annotations

import dataclasses
import datetime as dt
import math
from pathlib import Path

import pandas as pd
import polars as pl
import pytest

from sekisho.errors import InputInvalid, NotFound, OutputRefused
from sekisho.exposure.columns import TABLES
from sekisho.exposure.load import network_of, read_network
from sekisho.exposure.network import Network, Range, Site
from sekisho.exposure.template_files import write_template
from sekisho.register.register import Register


def test_the_template_is_a_network(example_b: Network) -> None:
    assert example_b.starts_on == dt.date(2019, 7, 4)
    assert [site.site_id for site in example_b.sites] == ["J", "K", "X", "F1", "F2"]
    assert example_b.arcs[0].review_days == Range(35, 49, 84)
    assert example_b.arcs[2].review_days is None
    assert example_b.arcs[0].capacity == math.inf
    assert example_b.items[0].cells["controlled_substance"] == "hydrogen_fluoride"
    assert not example_b.notes


def test_the_template_has_every_column(folder: Path) -> None:
    for table in TABLES:
        header = (folder / f"{table.name}.csv").read_text("utf-8").splitlines()[0].split(",")
        own = {column.name for column in table.columns} - {"item_id", "material_id", "conversion"}
        assert own <= set(header), table.name


def test_the_template_never_overwrites(folder: Path) -> None:
    with pytest.raises(OutputRefused, match="the file is there already; name another folder"):
        write_template(folder)


def test_headers_alone_can_be_written(tmp_path: Path) -> None:
    made = write_template(tmp_path / "new", headers_only=True)
    assert all(len(path.read_text("utf-8").splitlines()) == 1 for path in made if path.suffix == ".csv")


def _write(folder: Path, name: str, *lines: str) -> None:
    (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _faults(folder: Path, register: Register) -> list[str]:
    with pytest.raises(InputInvalid) as raised:
        read_network(folder, register)
    return [str(fault) for fault in raised.value.faults]


@pytest.mark.parametrize(
    ("name", "row", "fault"),
    [
        (
            "stocks", "F1,hf,-5,KGM,",
            "stocks.csv:6: quantity: '-5' is negative; expected a number of zero or more",
        ),
        (
            "stocks", "F1,hf,600.0,KGM,",
            "stocks.csv:6: quantity: the row is that of line 4; expected each row once; what is really there"
            " twice as one sum",
        ),
        (
            "in_transit", "J>F1,200,,2019-07-08",
            "in_transit.csv:4: quantity: the row is that of line 2; expected each row once; what is really"
            " there twice as one sum",
        ),
        (
            "stocks", "F1,hf,5,TNE,",
            "stocks.csv:6: quantity_unit: 'TNE' is not the unit of 'hf', which is 'KGM' at items.csv:2;"
            " expected the quantity in KGM",
        ),
        (
            "stocks", "F9,hf,5,KGM,",
            "stocks.csv:6: site_id: there is no site 'F9'; expected one that sites.csv names",
        ),
        (
            "stocks", "F1,wafer-2,5,H87,",
            "stocks.csv:6: item_id: 'F1' neither makes 'wafer-2' nor needs it; expected its item, or a"
            " component of its bill of materials",
        ),
        (
            "stocks", "F1,hf,,KGM,",
            "stocks.csv:6: quantity: the cell is empty; expected a number, not negative",
        ),
        (
            "stocks", "F1,hf,5,KGM,July",
            "stocks.csv:6: available_on: 'July' is not a day; expected YYYY-MM-DD",
        ),
        (
            "bill_of_materials", "hf,wafer-1,1,H87,",
            "bill_of_materials.csv:2: component_item_id: wafer-1 needs hf needs wafer-1: a circle; expected a"
            " bill without circles",
        ),
        (
            "bill_of_materials", "wafer-1,hf,4,KGM,",
            "bill_of_materials.csv:4: component_item_id: 'wafer-1 to hf to every site' is already used at line"
            " 2; expected each once",
        ),
        (
            "bill_of_materials", "wafer-1,gold,0,KGM,",
            "bill_of_materials.csv:4: quantity_per: '0' is not above zero; expected a number above zero",
        ),
        (
            "bill_of_materials", "wafer-1,gold,1,KGM,",
            "bill_of_materials.csv:4: component_item_id: there is no item 'gold'; expected one that items.csv"
            " names",
        ),
        (
            "demand", "F1,,10,,H87,,",
            "demand.csv:4: from_day: the days are also those of line 2; expected each day in one row",
        ),
        (
            "demand", "K,20,10,5,KGM,,",
            "demand.csv:4: quantity_per_week: low, typical and high are 20, 10, 5; expected them in rising order",
        ),
        (
            "demand", "K,,,,KGM,,",
            "demand.csv:4: quantity_per_week: the cell is empty; expected a quantity, or both bounds",
        ),
        (
            "demand", "K,,1,,KGM,2019-08-01,2019-08-01",
            "demand.csv:4: until_day: 2019-08-01 is not after 2019-08-01; expected a later day; it is not included",
        ),
        (
            "capacity", "K,J>F1,5,,",
            "capacity.csv:3: site_id: a site or an arc must be named, not both; expected one of the two",
        ),
        (
            "in_transit", "J>F3,5,KGM,2019-07-08",
            "in_transit.csv:4: arc_id: there is no arc 'J>F3'; expected one that arcs.csv names. Did you mean J>F2 or J>F1?",
        ),
        (
            "sites", "Q,,Korea,,hf,KGM,,,",
            "sites.csv:7: country: unknown country 'Korea'; expected ISO 3166-1 alpha-2 (KR), alpha-3 (KOR) or"
            " an exact name. Did you mean KR (South Korea) or KP (North Korea)?",
        ),
        (
            "sites", "J,,JP,,hf,KGM,,,",
            "sites.csv:7: site_id: 'J' is already used at line 2; expected each once",
        ),
        (
            "arcs", "K,J,F1,KGM,,7,,20,,56,,,,,,,,,,,",
            "arcs.csv:8: arc_id: 'K' is the site of line 3 of sites.csv too; expected an id of its own: what is"
            " closed is named by it",
        ),
        (
            "demand", "K,,1,,KGM,,",
            "sites.csv:3: margin: the cell is empty, and 'K' sells: what it loses would count nothing; expected money"
            " per unit, above zero, for every site that sells, or for none",
        ),
        (
            "mitigations", "m,apply_earlier,5,,,,,,,1e9",
            "mitigations.csv:6: days: '1e9' is more than a hundred years; expected a number of days up to 36500",
        ),
        (
            "in_transit", "J>F1,5,KGM,9999-12-31",
            "in_transit.csv:4: arrives_on: 9999-12-31 is out of reach; expected a day of the years 1900 to 2199",
        ),
        (
            "mitigations", "m,stock,5,,,,,,,",
            "mitigations.csv:6: site_id: the cell is empty, and 'stock' needs it; expected a value",
        ),
        (
            "mitigations", "m,alternate,5,,,,,,,",
            "mitigations.csv:6: mitigation_id: no arc names 'm' in its mitigation_id; expected an arc in"
            " arcs.csv that it opens",
        ),
        (
            "mitigations", "m,hope,5,,,,,,,",
            "mitigations.csv:6: kind: 'hope' is not allowed here; expected stock, alternate, substitute,"
            " apply_earlier, bulk_licence",
        ),
        (
            "mitigations", "m,bulk_licence,5,,,,,,J>F9,",
            "mitigations.csv:6: arc_id: there is no arc 'J>F9'; expected one that arcs.csv names. Did you mean J>F2 or J>F1?",
        ),
    ],
)  # fmt: skip
def test_each_fault_is_told_with_its_place(
    folder: Path, register: Register, name: str, row: str, fault: str
) -> None:
    path = folder / f"{name}.csv"
    path.write_text(path.read_text("utf-8") + row + "\n", encoding="utf-8")
    assert fault in _faults(folder, register)


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (
            "J>F1,K,F2,hf,,,,",
            "arcs.csv:4: arc_id: 'J>F1' is already used at line 2; expected each once",
        ),
        (
            "b,J,F1,hf,,,,",
            "arcs.csv:4: from_site_id: 'J to F1 to its item' is already used at line 2; expected each once",
        ),
        (
            "c,J,J,hf,,,,",
            "arcs.csv:4: to_site_id: 'J' is the seller too; expected another site",
        ),
        (
            "d,K,F2,wafer-1,,,,",
            "arcs.csv:4: item_id: 'K' makes 'hf', not 'wafer-1'; expected the item of the seller; one site makes"
            " one item",
        ),
        (
            "e,K,F2,hf,wafer-1,,,",
            "arcs.csv:4: conversion: 'hf' is in KGM and serves as 'wafer-1', which is in H87; expected how many"
            " H87 one KGM stands for",
        ),
        (
            "f,K,F2,hf,,90,30,",
            "arcs.csv:4: review_days: low, typical and high are 90, 30; expected them in rising order",
        ),
        (
            "g,K,F2,hf,,,,bulk",
            "arcs.csv:4: mitigation_id: 'bulk' is of the kind 'bulk_licence', which opens no arc; expected an"
            " alternate or a substitute",
        ),
    ],
)  # fmt: skip
def test_faults_of_arcs(folder: Path, register: Register, row: str, fault: str) -> None:
    header = "arc_id,from_site_id,to_site_id,item_id,material_id,review_days_low,review_days,mitigation_id"
    _write(folder, "arcs", header, "J>F1,J,F1,hf,,,,", "x,X,F1,hf,,,,x", row)
    assert fault in _faults(folder, register)


def test_all_faults_of_all_files_at_once(folder: Path, register: Register) -> None:
    _write(folder, "stocks", "site_id,item_id,quantity", "F1,hf,-1", "F9,hf,1", "F2,hf,lots")
    _write(folder, "demand", "site_id,quantity_per_week", "F8,100", "F1,-3")
    (folder / "network.toml").write_text('weeks = 0\nvalue_basis = "profit"\nhorizon = 3\n', encoding="utf-8")
    assert _faults(folder, register) == [
        "demand.csv:2: site_id: there is no site 'F8'; expected one that sites.csv names",
        "demand.csv:3: quantity_per_week: '-3' is negative; expected a number of zero or more",
        "network.toml: horizon: the key is not known; expected one of title, starts_on, weeks, currency,"
        " value_basis",
        "network.toml: value_basis: 'profit' cannot be used; expected margin or revenue",
        "network.toml: weeks: 0 cannot be used; expected a number of weeks from 1 to 520",
        "stocks.csv:2: quantity: '-1' is negative; expected a number of zero or more",
        "stocks.csv:3: site_id: there is no site 'F9'; expected one that sites.csv names",
        "stocks.csv:4: quantity: 'lots' is not a number; expected a number",
    ]


def test_missing_files_and_columns_are_named(tmp_path: Path, register: Register) -> None:
    _write(tmp_path, "sites", "site_id,item_id", "A,k")
    assert _faults(tmp_path, register) == [
        "arcs.csv: the file is missing; expected columns from_site_id,to_site_id",
        "demand.csv: the file is missing; expected columns site_id",
        "sites.csv:1: country: the column is missing; expected where it is: ISO 3166-1 code or exact name",
    ]


def test_no_such_folder(register: Register, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="sekisho exposure init FOLDER writes a template"):
        read_network(tmp_path / "none", register)


def test_a_column_that_is_not_read_is_told(folder: Path, register: Register) -> None:
    _write(folder, "stocks", "site_id,item_id,quantity,quantiti", "F1,hf,1,2")
    assert read_network(folder, register).notes == (
        "stocks.csv: the column 'quantiti' is not read; did you mean quantity or quantity_unit?",
    )


def test_a_misspelt_column_is_a_fault(folder: Path, register: Register) -> None:
    text = (folder / "sites.csv").read_text(encoding="utf-8")
    (folder / "sites.csv").write_text(text.replace("capacity_per_week", "capacity_per_wek"), encoding="utf-8")
    assert _faults(folder, register) == [
        "sites.csv:1: capacity_per_wek: there is no such column; expected 'capacity_per_week', or a name"
        " less like it for a column that is not to be read"
    ]


def test_other_names_and_other_formats_are_read(folder: Path, register: Register, example_b: Network) -> None:
    stocks = pd.read_csv(folder / "stocks.csv").rename(columns={"quantity_unit": "unit"})
    (folder / "stocks.csv").unlink()
    stocks.to_parquet(folder / "stocks.parquet")
    assert read_network(folder, register).stocks == example_b.stocks


@pytest.mark.parametrize("reader", [pd.read_csv, pl.read_csv])
def test_frames_are_read_like_files(
    folder: Path, register: Register, example_b: Network, reader: object
) -> None:
    tables = {table.name: reader(folder / f"{table.name}.csv") for table in TABLES}  # type: ignore[operator]  # either
    found = network_of(tables, register, {"starts_on": dt.date(2019, 7, 4), "weeks": 12})
    assert found.stocks == example_b.stocks
    assert [dataclasses.replace(arc, line=arc.line + 1) for arc in found.arcs] == list(example_b.arcs)
    with pytest.raises(InputInvalid, match="there is no such table"):
        network_of({**tables, "sights": tables["sites"]}, register)


def test_a_row_of_the_bill_of_one_site_goes_before_the_general(folder: Path, register: Register) -> None:
    path = folder / "bill_of_materials.csv"
    path.write_text(path.read_text("utf-8") + "wafer-1,hf,5,KGM,F1\n", encoding="utf-8")
    assert len(read_network(folder, register).bill_of_materials) == 3


def test_a_table_without_rows_is_a_fault(folder: Path, register: Register) -> None:
    """A network that sells nothing would be told as one that loses nothing."""
    header = (folder / "demand.csv").read_text("utf-8").splitlines()[0]
    _write(folder, "demand", header)
    assert _faults(folder, register) == [
        "demand.csv: the table has no rows; expected a site that sells: else nothing can be lost"
    ]


def test_an_arc_that_brings_what_its_buyer_does_not_need_is_a_fault(folder: Path, register: Register) -> None:
    (row,) = (
        line for line in (folder / "bill_of_materials.csv").read_text("utf-8").splitlines() if "-1" in line
    )
    text = (folder / "bill_of_materials.csv").read_text("utf-8")
    _write(folder, "bill_of_materials", *(line for line in text.splitlines() if line != row))
    faults = _faults(folder, register)
    assert (
        "arcs.csv:2: to_site_id: 'F1' does not need 'hf'; expected a component of the bill of materials of"
        " what it makes" in faults
    )


def test_a_row_that_cannot_be_read_is_one_fault(folder: Path, register: Register) -> None:
    """What names it elsewhere is not at fault."""
    sites = (folder / "sites.csv").read_text("utf-8")
    (folder / "sites.csv").write_text(sites.replace(",400,", ",lots,"), "utf-8")
    arcs = (folder / "arcs.csv").read_text("utf-8")
    (folder / "arcs.csv").write_text(arcs.replace(",35,49,84,", ",35,nan,84,", 1), "utf-8")
    assert _faults(folder, register) == [
        "arcs.csv:2: review_days: 'nan' is not a number; expected a number",
        "sites.csv:2: capacity_per_week: 'lots' is not a number; expected a number",
    ]


def test_a_table_that_cannot_be_read_is_one_fault(folder: Path, register: Register) -> None:
    """Not one for each row that names something of it."""
    path = folder / "sites.csv"
    path.write_bytes(path.read_bytes().replace(b"Maker in Japan", b"Maker \xe9 Japan"))
    (fault,) = _faults(folder, register)
    assert fault.startswith("sites.csv")


def test_rows_that_differ_in_their_quantity_are_added_and_told(folder: Path, register: Register) -> None:
    """Two warehouses of a site are two rows; the same row twice is a fault (above)."""
    for name, row in (("stocks", "F1,hf,5,KGM,"), ("in_transit", "J>F1,7,KGM,2019-07-08")):
        path = folder / f"{name}.csv"
        path.write_text(path.read_text("utf-8") + row + "\n", encoding="utf-8")
    network = read_network(folder, register)
    assert network.notes == (
        "stocks: 1 row is added to another of the same goods, such as F1 hf.",
        "in_transit: 1 row is added to another of the same goods, such as J>F1 2019-07-08.",
    )  # fmt: skip


def test_settings_may_begin_with_a_byte_order_mark(folder: Path, register: Register) -> None:
    path = folder / "network.toml"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert read_network(folder, register).weeks == 12


def test_what_a_site_loses_must_count(folder: Path, register: Register) -> None:
    path = folder / "sites.csv"
    text = path.read_text("utf-8")
    assert [site.margin for site in _units(folder, register, text)] == [1.0] * 5
    path.write_text(text.replace("70,2500,56", "70,,56"), encoding="utf-8")
    assert _faults(folder, register) == [
        "sites.csv:6: margin: the cell is empty, and 'F2' sells: what it loses would count nothing; expected money"
        " per unit, above zero, for every site that sells, or for none"
    ]


def _units(folder: Path, register: Register, text: str) -> tuple[Site, ...]:
    """The sites of a folder of which none states a margin."""
    empty = text.replace("120,1500,56", "120,,56").replace("70,2500,56", "70,,56")
    (folder / "sites.csv").write_text(empty, encoding="utf-8")
    network = read_network(folder, register)
    assert network.notes == ("No site states a margin: losses are counted in units, each as 1.",)
    return network.sites
