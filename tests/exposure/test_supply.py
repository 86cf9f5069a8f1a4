"""How concentrated supply is, and networks too large for the best response."""

from __future__ import annotations

import dataclasses

import pytest

from sekisho.exposure.expose import Asked, expose
from sekisho.exposure.network import Network
from sekisho.register.register import Register

ASKED = Asked(event="jp-three-materials-individual", rank=False)


def test_shares_are_by_capacity_if_none_is_stated(example_b: Network, register: Register) -> None:
    """400 and 80 kg a week: five sixths and one sixth."""
    found = expose(example_b, register, ASKED).supplies
    assert [(one.site_id, one.item_id, one.suppliers) for one in found] == [("F1", "hf", 2), ("F2", "hf", 2)]
    assert found[0].countries == pytest.approx({"JP": 5 / 6, "KR": 1 / 6})
    assert found[0].concentration == pytest.approx(26 / 36)
    assert [one.cover_weeks for one in found] == pytest.approx([600 / 200, 240 / 180])


def test_two_suppliers_under_one_government_are_one(example_b: Network, register: Register) -> None:
    sites = tuple(
        dataclasses.replace(site, country="JP") if site.site_id == "K" else site for site in example_b.sites
    )
    found = expose(dataclasses.replace(example_b, sites=sites), register, ASKED).supplies
    assert [one.concentration for one in found] == pytest.approx([1.0, 1.0])


def test_shares_that_are_stated_count(example_b: Network, register: Register) -> None:
    arcs = tuple(
        dataclasses.replace(arc, share={"J": 3.0, "K": 1.0}.get(arc.from_site_id)) for arc in example_b.arcs
    )
    found = expose(dataclasses.replace(example_b, arcs=arcs), register, ASKED).supplies
    assert found[0].countries == pytest.approx({"JP": 0.75, "KR": 0.25})


def test_the_simulation_stands_in_for_a_model_that_is_too_large(
    example_b: Network, register: Register
) -> None:
    exact = expose(example_b, register, ASKED)
    found = expose(example_b, register, dataclasses.replace(ASKED, largest=10))
    assert (exact.simulated, found.simulated) == (False, True)
    assert found.lost_margin.typical == found.lost_margin_simulated == exact.lost_margin_simulated
    assert found.mitigation_sets == ()
    assert "is too large to solve; the simulation stands in its place" in found.assumptions[-2]
    assert "The best sets are looked for up to 60,000 columns" in found.assumptions[-1]
