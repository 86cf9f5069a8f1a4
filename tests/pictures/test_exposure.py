"""Pictures of an exposure: what is drawn is what was found."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sekisho.exposure import Asked, Exposure, expose, read_network, write_template
from sekisho.exposure.network import Arc, Network, Site
from sekisho.exposure.result import Band
from sekisho.pictures import Picture, svg
from sekisho.pictures.exposure import draw, exposure_pictures
from sekisho.pictures.network import CLOSED, OPEN, POSSIBLE, UNKNOWN
from sekisho.register.register import Register

pytest.importorskip("vl_convert", reason="the extra pictures is not installed")
pytest.importorskip("highspy", reason="the extra exposure is not installed")


@pytest.fixture(scope="module", name="network")
def _network(register: Register, tmp_path_factory: Any) -> Network:
    folder = tmp_path_factory.mktemp("network")
    write_template(folder)
    return read_network(folder, register)


@pytest.fixture(scope="module", name="found")
def _found(register: Register, network: Network) -> Exposure:
    return expose(network, register, Asked(event="jp-three-materials-individual", rank=False))


@pytest.fixture(scope="module", name="pictures")
def _pictures(found: Exposure, network: Network) -> dict[str, Picture]:
    return {picture.name: picture for picture in exposure_pictures(found, network)}


def test_there_is_one_of_each(pictures: dict[str, Picture]) -> None:
    assert list(pictures) == ["survival", "loss", "network", "mitigations"]


def test_survival_is_a_band_and_not_reached_is_no_number(
    found: Exposure, pictures: dict[str, Picture]
) -> None:
    drawn = {value["site"]: value for value in pictures["survival"].spec["data"]["values"]}
    for site in found.sites:
        value, band = drawn[site.name], site.survival_weeks
        assert (value["low"], value["high"]) == (band.low, band.high if band.high is not None else 12)
    safe = replace(found.sites[0], name="safe", survival_weeks=Band(None, None, None))
    unsure = replace(found.sites[0], name="unsure", survival_weeks=Band(3.0, None, None))
    changed = replace(found, sites=(safe, unsure), survival_weeks=Band(3.0, None, None))
    picture = exposure_pictures(changed, Network(sites=()))[0]
    texts = {value["site"]: value["text"] for value in picture.spec["data"]["values"]}
    assert texts == {"safe": "not reached", "unsure": "3, or not reached"}
    assert picture.title == "At worst the first site runs short after 3 full weeks; at best none does"


def test_the_loss_of_all_weeks_is_drawn(found: Exposure, pictures: dict[str, Picture]) -> None:
    values = pictures["loss"].spec["data"]["values"]
    assert len(values) == found.periods
    assert sum(value["typical"] for value in values) == pytest.approx(found.lost_margin.typical)
    assert values[0]["from"] == "2019-07-04"


def test_the_network_is_drawn_before_and_after(found: Exposure, pictures: dict[str, Picture]) -> None:
    before, after = (
        {line["arc"]: line["state"] for line in view["layer"][0]["data"]["values"]}
        for view in pictures["network"].spec["vconcat"]
    )
    closed = {arc.arc_id for arc in found.arcs_closed}
    assert {arc for arc, state in after.items() if state == CLOSED} == closed == {"J>F1", "J>F2"}
    assert set(before.values()) == {OPEN, POSSIBLE}
    assert pictures["network"].title == "2 of 6 arcs close"


def test_of_a_large_network_the_part_that_is_reached_is_drawn(found: Exposure) -> None:
    sites = tuple(Site(site_id=f"S{at}", item_id="x") for at in range(300))
    arcs = tuple(
        Arc(arc_id=f"A{at}", from_site_id=f"S{at}", to_site_id=f"S{at + 1}", material="x")
        for at in range(299)
    )
    closed = replace(found.arcs_closed[0], arc_id="A7", from_site_id="S7", to_site_id="S8")
    changed = replace(found, arcs_closed=(closed,), affected_sites=("S8",))
    picture = exposure_pictures(changed, Network(sites=sites, arcs=arcs))[2]
    drawn = picture.spec["vconcat"][1]["layer"][0]["data"]["values"]
    assert {line["arc"] for line in drawn} == {"A6", "A7"}
    assert "sites that the change does not reach are not drawn" in picture.caption


def test_mitigations_stand_side_by_side(found: Exposure, pictures: dict[str, Picture]) -> None:
    columns = pictures["mitigations"].spec["hconcat"]
    for view, name in zip(columns, ("loss avoided", "cost", "net benefit"), strict=True):
        drawn = [value[name] for value in view["data"]["values"]]
        ranked = sorted(found.mitigations, key=lambda one: one.rank_by_net_benefit)
        assert drawn == [getattr(one, name.replace(" ", "_")) for one in ranked]
    assert "keep the bulk licence *" in svg(pictures["mitigations"])
    assert pictures["mitigations"].title == "Greatest net benefit: apply three weeks before the change"


def test_a_page_tells_what_was_assumed(found: Exposure, network: Network, tmp_path: Path) -> None:
    path = tmp_path / "exposure.html"
    draw(path, found, network)
    text = path.read_text("utf-8")
    assert text.count("<svg") == 4
    assert "What was assumed" in text
    assert found.assumptions[0] in text
    assert str(dt.date(2019, 8, 22)) in text


def test_arcs_that_are_not_covered_are_neither_open_nor_closed(register: Register, network: Network) -> None:
    sites = tuple(replace(site, country="TW") if site.site_id == "K" else site for site in network.sites)
    abroad = replace(network, sites=sites)
    found = expose(abroad, register, Asked(event="jp-three-materials-individual", rank=False))
    drawn = {picture.name: picture for picture in exposure_pictures(found, abroad)}
    after = drawn["network"].spec["vconcat"][1]["layer"][0]["data"]["values"]
    assert {line["arc"]: line["state"] for line in after if line["arc"][0] == "K"} == {
        "K>F1": UNKNOWN, "K>F2": UNKNOWN,
    }  # fmt: skip
    assert drawn["network"].title == "2 of 6 arcs close; 2 are not covered"
    for name in ("survival", "loss"):
        assert drawn[name].caption.endswith("Arcs not covered by the law are open in the best case only.")
