"""The example of 2019: a stop that was feared and never came, and where its numbers are from."""

from __future__ import annotations

import csv
import datetime as dt
from dataclasses import replace
from pathlib import Path

import pytest

from sekisho.exposure import Asked, Exposure, expose, read_network
from sekisho.exposure.network import Network
from sekisho.register.register import Register

pytest.importorskip("highspy", reason="the extra exposure is not installed")
ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "examples/panel_and_chip_makers_2019"
SHARED = ROOT.parent / "shared/facts/supply_2019.csv"
EVENT = "jp-three-materials-individual"
TURN = dt.date(2019, 7, 4)
NETWORKS = ("as_feared", "as_it_was")
KINDS = {"reported", "derived", "assumption", "register", "outcome"}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module", name="networks")
def _networks(register: Register) -> dict[str, Network]:
    return {name: read_network(FOLDER / name, register) for name in NETWORKS}


def ask(network: Network, register: Register) -> Exposure:
    return expose(replace(network, mitigations=()), register, Asked(event=EVENT, rank=False))


def test_a_month_of_stock_and_no_other_source_predict_a_stop_in_august(
    networks: dict[str, Network], register: Register
) -> None:
    feared = networks["as_feared"]
    found = ask(replace(feared, arcs=tuple(a for a in feared.arcs if not a.mitigation_id)), register)
    assert {site.survival_weeks.typical for site in found.sites} == {4.0}
    days = [TURN + dt.timedelta(weeks=site.time_to_survive or 0) for site in found.sites]
    assert {dt.date(2019, 8, 3), dt.date(2019, 8, 4)} >= set(days)
    assert {arc.arc_id.split(">")[0] for arc in found.arcs_closed} == {
        "JP-LIQUID", "JP-GAS", "JP-RESIST", "JP-FILM",
    }  # fmt: skip


def test_with_what_firms_really_had_no_site_stops(networks: dict[str, Network], register: Register) -> None:
    found = ask(networks["as_it_was"], register)
    assert found.survival_weeks.typical is None
    assert found.lost_margin.typical == 0
    assert found.survival_weeks.low == 12.0
    assert (found.lost_margin.high or 0) > 0
    assert all("JP-FILM" not in arc.arc_id for arc in found.arcs_closed)


def test_resist_stock_under_48_days_needs_the_belgian_source(
    networks: dict[str, Network], register: Register
) -> None:
    was = networks["as_it_was"]
    short = tuple(
        replace(stock, quantity=100 / 7 * 44) if stock.item_id == "euv-resist" else stock
        for stock in was.stocks
    )
    short_of_it = replace(was, stocks=short, in_transit=())
    alone = replace(short_of_it, arcs=tuple(a for a in was.arcs if a.from_site_id != "BE-RESIST"))
    lost = {}
    for name, network in (("with", short_of_it), ("without", alone)):
        found = expose(network, register, Asked(event=EVENT, rank=False, by="day", weeks=10))
        line = next(site for site in found.sites if site.site_id == "A-EUV")
        lost[name] = round(line.lost_units.typical or 0.0, 1)
    assert lost == {"with": 0.0, "without": round(100 / 7 * 4, 1)}


def test_the_approvals_are_those_on_record(register: Register) -> None:
    reviews = {row["arc_id"]: row["review_days"] for row in rows(FOLDER / "as_it_was/arcs.csv")}
    for event, arc in (
        ("jp-licence-resist-first", "JP-RESIST>A-EUV"),
        ("jp-licence-hf-gas-first", "JP-GAS>B-MEMORY"),
    ):
        effective = register.events[event].effective
        assert effective is not None
        assert effective.first == TURN + dt.timedelta(days=int(reviews[arc]))
    liquid = register.events["jp-licence-hf-liquid-first"].announced
    assert liquid is not None
    assert (liquid.first - TURN).days - int(reviews["JP-LIQUID>PANEL"]) == 1


def test_every_number_says_where_it_is_from() -> None:
    found = rows(FOLDER / "sources.csv")
    assert {row["kind"] for row in found} == KINDS
    for row in found:
        if row["kind"] in {"reported", "derived", "outcome"}:
            assert row["source"].startswith("http"), row
        assert row["source"] or row["note"] or row["kind"] == "assumption"
        for folder in filter(None, row["folder"].split(";")):
            assert row["column"] in rows(FOLDER / folder / row["file"])[0], row
    for folder in NETWORKS:
        told = {row["file"] for row in found if folder in row["folder"].split(";")}
        tables = {path.name for path in (FOLDER / folder).glob("*.csv") if rows(path)}
        assert told == tables
    values = {part for row in found for part in row["value"].split(";")}
    for row in rows(FOLDER / "as_it_was/arcs.csv"):
        assert {row[name] for name in ("review_days", "review_days_high", "available_from")} <= {"", *values}
    for row in (*rows(FOLDER / "as_it_was/capacity.csv"), *rows(FOLDER / "as_it_was/sites.csv")):
        assert row["capacity_per_week"] in {"", *values}


def test_the_sources_are_those_of_the_facts() -> None:
    if not SHARED.exists():
        pytest.skip("the facts are not shared beside the clone")
    known = {row["source_url"] for row in rows(SHARED)}
    assert {row["source"] for row in rows(FOLDER / "sources.csv") if row["source"]} <= known


def test_the_order_lines_are_of_the_network(networks: dict[str, Network]) -> None:
    network = networks["as_it_was"]
    for row in rows(FOLDER / "orders.csv"):
        assert row["item_id"] in {item.item_id for item in network.items}
        assert row["consignee_id"] in {site.party_id for site in network.sites}


def test_the_picture_of_the_tutorial_is_of_the_network() -> None:
    drawn = (ROOT / "docs/tutorial/panel-and-chip-makers-survival.svg").read_text("utf-8")
    for text in ("12, or not reached", "13, or not reached", ">not reached<", "Chip maker B, memory"):
        assert text in drawn
