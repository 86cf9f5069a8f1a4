"""The worked example that most tests of exposure start from, and small random networks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("highspy", reason="needs the exposure extra")

from sekisho.exposure.load import read_network
from sekisho.exposure.network import Arc, Component, Demand, Network, Range, Site, Stock
from sekisho.exposure.template_files import write_template
from sekisho.register.register import Register

START = dt.date(2019, 7, 4)


def _network(stock_of_j: float = 0.0) -> Network:
    sites = (
        Site(site_id="J", item_id="hf", capacity=400.0),
        Site(site_id="K", item_id="hf", capacity=80.0),
        Site(site_id="F1", item_id="w1", capacity=120.0, margin=1500.0),
        Site(site_id="F2", item_id="w2", capacity=70.0, margin=2500.0),
    )
    arcs = tuple(
        Arc(arc_id=f"{seller}>{buyer}", from_site_id=seller, to_site_id=buyer, material="hf")
        for seller in "JK"
        for buyer in ("F1", "F2")
    )
    held = (
        ("K", "hf", 100.0),
        ("F1", "w1", 50.0),
        ("F1", "hf", 600.0),
        ("F2", "hf", 240.0),
        ("J", "hf", stock_of_j),
    )
    return Network(
        sites=sites,
        arcs=arcs,
        bill_of_materials=(
            Component(parent_item_id="w1", component_item_id="hf", quantity_per=2.0),
            Component(parent_item_id="w2", component_item_id="hf", quantity_per=3.0),
        ),
        stocks=tuple(Stock(site_id=site, item_id=item, quantity=quantity) for site, item, quantity in held),
        demand=(
            Demand(site_id="F1", quantity=Range.of(100.0)),
            Demand(site_id="F2", quantity=Range.of(60.0)),
        ),
        starts_on=START,
        weeks=12,
    )


@pytest.fixture
def example_a() -> Callable[[float], Network]:
    """Two makers and two fabs, with a stock at the first maker."""
    return _network


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The template of a network folder, which is the weekly worked example."""
    write_template(tmp_path / "network")
    return tmp_path / "network"


@pytest.fixture
def example_b(folder: Path, register: Register) -> Network:
    """The weekly worked example."""
    return read_network(folder, register)
