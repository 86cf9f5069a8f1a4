"""One-bucket models: the worked examples by both methods and by hand."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.exposure.closings import Closing, Stop
from sekisho.exposure.network import Arc, Component, Demand, Network, Range, Site, Stock
from sekisho.exposure.plan import Clock, make_plan
from sekisho.exposure.survive import Loss, Survival, bucket, every_single

CLOCK = Clock(dt.date(2019, 7, 4), 7, 12)
METHODS = ("simplex", "ipm")
EXACT = 1e-9


def _closed(*names: str, stop: Stop = Stop.ALL) -> list[Closing]:
    return [Closing(name, 0, 12, is_site=True, stop=stop) for name in names]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("closed", "weeks", "lost", "money"),
    [
        (("J",), Fraction(17, 5), (450, Fraction(460, 3)), Fraction(3_175_000, 3)),
        (("K",), None, (0, 0), 0),
        (("J", "K"), Fraction(4, 3), (450, 400), 1_675_000),
        ((), None, (0, 0), 0),
    ],
)
def test_example_a(
    example_a: Callable[..., Network], method: str, closed: tuple[str, ...], weeks: Fraction | None,
    lost: tuple[Fraction, ...], money: Fraction,
) -> None:  # fmt: skip
    b = bucket(make_plan(example_a(), CLOCK))
    found = Survival(b, method).weeks(_closed(*closed))
    assert found == (None if weeks is None else pytest.approx(float(weeks), rel=EXACT))
    least, units = Loss(b, 8.0, method).solve(_closed(*closed))
    assert least == pytest.approx(float(money), rel=EXACT, abs=EXACT)
    assert units[2:] == pytest.approx([float(one) for one in lost], rel=EXACT, abs=EXACT)


def test_example_a_by_hand() -> None:
    alone = Fraction(50 * 2 + 600, 100 * 2)
    with_all_of_k = Fraction(240 + 100, 180 - 80)
    assert (alone, with_all_of_k) == (Fraction(7, 2), Fraction(17, 5))
    from_k = 80 * 8 + 100  # all of it goes to F2, where a kilogram is worth more
    assert Fraction(2500, 3) > Fraction(1500, 2)
    lost_2 = 60 * 8 - Fraction(240 + from_k, 3)
    lost_1 = 100 * 8 - 50 - Fraction(600, 2)
    assert (lost_1, lost_2) == (450, Fraction(460, 3))
    assert lost_1 * 1500 + lost_2 * 2500 == Fraction(3_175_000, 3)


def test_the_index_of_the_worst_is_one(example_a: Callable[..., Network]) -> None:
    b = bucket(make_plan(example_a(), CLOCK))
    losses = [Loss(b, 8.0).solve(_closed(*names))[0] for names in (("J",), ("K",), ("J", "K"))]
    assert [one / max(losses) for one in losses] == pytest.approx([0.6318407960199005, 0, 1], rel=EXACT)


@pytest.mark.parametrize("method", METHODS)
def test_a_licence_stops_shipping_where_a_fire_stops_making(
    example_a: Callable[..., Network], method: str
) -> None:
    b = bucket(make_plan(example_a(800.0), CLOCK))
    fire = Survival(b, method).weeks(_closed("J", stop=Stop.MAKING))
    port = Survival(b, method).weeks(_closed("J", stop=Stop.SHIPPING))
    assert (fire, port) == (pytest.approx(92 / 15, rel=EXACT), pytest.approx(3.4, rel=EXACT))


def test_stock_is_not_pooled_over_sites(example_a: Callable[..., Network]) -> None:
    found = Survival(bucket(make_plan(example_a(), CLOCK))).weeks(_closed("J"))
    pooled = Fraction(50 * 2 + 600 + 240 + 100, 200 + 180 - 80)
    assert float(pooled) == pytest.approx(3.4667, abs=1e-4)
    assert found == pytest.approx(3.4, rel=EXACT)


@pytest.mark.parametrize("method", METHODS)
def test_goods_afloat_count_as_stock(example_b: Network, method: str) -> None:
    plan = make_plan(example_b, CLOCK)
    shut = [Closing("J>F1", 0, 12), Closing("J>F2", 0, 12)]
    assert Survival(bucket(plan), method).weeks(shut) == pytest.approx(71 / 15, rel=EXACT)
    assert Survival(bucket(plan, afloat=False), method).weeks(shut) == pytest.approx(3.4, rel=EXACT)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("closed", "lost", "weeks"),
    [("S1", 0, 2.25), ("S2", 125_000, 9 / 7), ("S3", 275_000, 0.9), (None, 0, None)],
)
def test_course_case_of_three_plants(
    method: str, closed: str | None, lost: float, weeks: float | None
) -> None:
    """A public course case: capacity 30, 45, 60; demand 75, 50; stock 20, 25; two weeks."""
    network = _course()
    b = bucket(make_plan(network, CLOCK))
    shut = _closed(closed) if closed else []
    assert Survival(b, method).weeks(shut) == (None if weeks is None else pytest.approx(weeks, rel=EXACT))
    assert Loss(b, 2.0, method).solve(shut)[0] == pytest.approx(lost, rel=EXACT, abs=EXACT)


def _course() -> Network:
    """A plant is a site whose hours two products need; which plant makes which does not bind here."""
    plants = {"S1": 30.0, "S2": 45.0, "S3": 60.0}
    products = {"A": (75.0, 20.0, 5000.0), "B": (50.0, 25.0, 6500.0)}
    return Network(
        sites=(
            *(Site(site_id=name, item_id="hours", capacity=capacity) for name, capacity in plants.items()),
            *(Site(site_id=name, item_id=name, margin=margin) for name, (_, _, margin) in products.items()),
        ),
        arcs=tuple(
            Arc(arc_id=f"{plant}>{product}", from_site_id=plant, to_site_id=product, material="hours")
            for plant, product in _LINES
        ),
        bill_of_materials=tuple(
            Component(parent_item_id=name, component_item_id="hours", quantity_per=1.0) for name in products
        ),
        stocks=tuple(
            Stock(site_id=name, item_id=name, quantity=stock) for name, (_, stock, _) in products.items()
        ),
        demand=tuple(
            Demand(site_id=name, quantity=Range.of(demand)) for name, (demand, _, _) in products.items()
        ),
    )


_LINES = (("S1", "A"), ("S2", "A"), ("S2", "B"), ("S3", "A"), ("S3", "B"))


@given(
    stock=st.floats(0, 1000),
    own=st.floats(0, 100),
    rate=st.floats(0.1, 5),
    demand=st.floats(1, 100),
    supply=st.floats(0, 500),
)
def test_one_site_lasts_as_the_formula_says(
    stock: float, own: float, rate: float, demand: float, supply: float
) -> None:
    found = Survival(bucket(make_plan(_single(stock, own, rate, demand, supply), CLOCK))).weeks(())
    short = rate * demand - supply
    expected = (stock + rate * own) / short if short > 1e-9 else np.inf
    if expected < 519:
        assert found == pytest.approx(expected, rel=1e-7, abs=1e-7)
    elif expected > 521:
        assert found is None


def _single(stock: float, own: float, rate: float, demand: float, supply: float) -> Network:
    return Network(
        sites=(Site(site_id="S", item_id="k", capacity=supply), Site(site_id="F", item_id="w", margin=1.0)),
        arcs=(Arc(arc_id="a", from_site_id="S", to_site_id="F", material="k"),),
        bill_of_materials=(Component(parent_item_id="w", component_item_id="k", quantity_per=rate),),
        stocks=(
            Stock(site_id="F", item_id="k", quantity=stock),
            Stock(site_id="F", item_id="w", quantity=own),
        ),
        demand=(Demand(site_id="F", quantity=Range.of(demand)),),
    )


def test_every_single_closing_is_as_if_solved_from_scratch(example_a: Callable[..., Network]) -> None:
    b = bucket(make_plan(example_a(), CLOCK))
    for one in every_single(b, lambda *_: 8.0):
        shut = [Closing(one.name, 0, 1, is_site=one.kind == "site")]
        fresh, (lost, _) = Survival(b).weeks(shut), Loss(b, 8.0).solve(shut)
        assert one.lost_margin == pytest.approx(lost, rel=EXACT, abs=1e-6)
        assert one.time_to_survive == (None if fresh is None else pytest.approx(fresh, rel=EXACT, abs=EXACT))


def test_survival_is_downward_closed_and_so_is_found_by_bisection(example_a: Callable[..., Network]) -> None:
    b = bucket(make_plan(example_a(), CLOCK))
    low, high = 0.0, 10.0
    for _ in range(40):
        middle = (low + high) / 2
        free = Loss(b, middle).solve(_closed("J"))[0] < 1e-7
        low, high = (middle, high) if free else (low, middle)
    assert low == pytest.approx(3.4, abs=1e-6)


@given(factor=st.sampled_from([0.001, 0.5, 7.0, 1000.0]))
def test_scaling_every_unit_leaves_survival(factor: float) -> None:
    network = _single(600.0, 50.0, 2.0, 100.0, 80.0)
    scaled = dataclasses.replace(
        network,
        sites=tuple(dataclasses.replace(site, capacity=site.capacity * factor) for site in network.sites),
        stocks=tuple(
            dataclasses.replace(stock, quantity=stock.quantity * factor) for stock in network.stocks
        ),
        demand=(Demand(site_id="F", quantity=Range.of(100.0 * factor)),),
    )
    plain, large = (bucket(make_plan(one, CLOCK)) for one in (network, scaled))
    assert Survival(large).weeks(()) == pytest.approx(Survival(plain).weeks(()), rel=1e-8)
    assert Loss(large, 12.0).solve(())[0] == pytest.approx(Loss(plain, 12.0).solve(())[0] * factor, rel=1e-8)
