"""The weekly model: the worked example by both methods, and what must hold for any network."""

from __future__ import annotations

import dataclasses
import datetime as dt
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.exposure.closings import Closing, affected, allowances, close
from sekisho.exposure.network import Arc, Component, Demand, Network, Range, Site, Stock
from sekisho.exposure.plan import Clock, Plan, make_plan, part_of
from sekisho.exposure.simulate import simulate
from sekisho.exposure.weekly import full_periods, lasts, respond

START = dt.date(2019, 7, 4)
CLOCK = Clock(START, 7, 12)
METHODS = ("simplex", "ipm")
EXACT = 1e-9

F1, F2 = 3, 4  # places of the fabs in the template
CASES = {
    "base": (
        7, (), (), 2_275_000 / 3, 4,
        {4: 50, **dict.fromkeys((5, 6, 7), 100)}, {5: 80 / 3, 6: 100 / 3, 7: 100 / 3},
    ),
    "no approval": (
        12, (), (), 5_075_000 / 3, 4,
        {4: 50, **dict.fromkeys(range(5, 12), 100)}, {5: 80 / 3, **dict.fromkeys(range(6, 12), 100 / 3)},
    ),
    "stockpile": (7, (), ((F2, 300.0),), 510_000, 5, {4: 40, 5: 100, 6: 100, 7: 100}, {}),
    "alternate": (7, ("x",), (), 435_000, 5, {5: 90, 6: 100, 7: 100}, {}),
    "early": (4, (), (), 60_000, 4, {4: 40}, {}),
    "bulk": (0, (), (), 0, None, {}, {}),
}  # fmt: skip
"""Closed weeks, mitigations, further stock; lost margin, full weeks, lost by week of F1 and F2."""


def _plan(network: Network, weeks: int, taken: tuple[str, ...], stock: tuple[tuple[int, float], ...]) -> Plan:
    further = tuple(
        Stock(site_id=network.sites[site].site_id, item_id="hf", quantity=quantity)
        for site, quantity in stock
    )
    plan = make_plan(dataclasses.replace(network, stocks=(*network.stocks, *further)), CLOCK, taken)
    return close(plan, [Closing("J>F1", 0, weeks), Closing("J>F2", 0, weeks)])


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", CASES)
def test_example_b(example_b: Network, name: str, method: str) -> None:
    weeks, taken, stock, money, full, lost_1, lost_2 = CASES[name]
    plan = _plan(example_b, weeks, taken, stock)
    found = respond(plan, (), method)
    assert found.lost_margin == pytest.approx(money, rel=EXACT, abs=1e-6)
    assert lasts(plan, (), method) == full
    for site, lost in ((F1, lost_1), (F2, lost_2)):
        expected = [lost.get(week, 0.0) for week in range(12)]
        assert found.lost[:, site] == pytest.approx(expected, rel=EXACT, abs=1e-7)


def test_example_b_by_hand() -> None:
    """J's goods come in week 9, so that eight weeks live on stock, goods afloat and K."""
    from_k = 100 + 8 * 80
    short_1 = 2 * (8 * 100 - 50) - (600 + 200)
    short_2 = 3 * (8 * 60) - (240 + 180)
    assert Fraction(2500, 3) > Fraction(1500, 2)  # a kilogram is worth more at F2
    lost_1, lost_2 = Fraction(short_1, 2), Fraction(short_2 - from_k, 3)
    assert (lost_1, lost_2) == (350, Fraction(280, 3))
    assert lost_1 * 1500 + lost_2 * 2500 == Fraction(2_275_000, 3)
    never = (Fraction(2 * (12 * 100 - 50) - 800, 2), Fraction(3 * 12 * 60 - 420 - (100 + 12 * 80), 3))
    assert never[0] * 1500 + never[1] * 2500 == Fraction(5_075_000, 3)


def test_example_b_by_day_lasts_no_longer_than_in_one_bucket(example_b: Network) -> None:
    clock = Clock(START, 1, 84)
    plan = close(make_plan(example_b, clock), [Closing("J>F1", 0, 49), Closing("J>F2", 0, 49)])
    days = lasts(plan)
    assert days is not None
    assert 4 <= days / 7 <= 71 / 15


@pytest.mark.parametrize("name", CASES)
def test_the_simulation_loses_no_less(example_b: Network, name: str) -> None:
    weeks, taken, stock, money, *_ = CASES[name]
    plan = _plan(example_b, weeks, taken, stock)
    assert simulate(plan, (), make_plan(example_b, CLOCK, taken)).lost_margin >= money - 1e-6


def test_each_contract_needs_its_own_licence() -> None:
    """One licence covers 10 units; the next comes two weeks after it."""
    network = _chain(lead=0, capacity=np.inf, stock=0.0)
    closing = Closing("a", 0, 1, contract=10.0, again=2)
    plan = close(make_plan(network, Clock(START, 7, 6)), [closing])
    bounds = allowances(plan, [closing])
    assert bounds[0].granted.tolist() == [0, 10, 10, 20, 20, 30]
    for method in METHODS:
        assert respond(plan, bounds, method).lost[:, 1].tolist() == pytest.approx([10, 0, 10, 0, 10, 0])
    assert simulate(plan, bounds).lost_margin == pytest.approx(30)


def test_goods_arrive_after_their_lead() -> None:
    plan = make_plan(_chain(lead=2, capacity=np.inf, stock=15.0), Clock(START, 7, 5))
    found = respond(plan)
    assert found.lost[:, 1].tolist() == pytest.approx([0, 5, 0, 0, 0])
    assert simulate(plan).lost[:, 1].tolist() == pytest.approx([0, 5, 0, 0, 0])


def _chain(lead: int, capacity: float, stock: float, demand: float = 10.0) -> Network:
    """One supplier, one buyer: nothing to decide."""
    return Network(
        sites=(Site(site_id="S", item_id="k", capacity=capacity), Site(site_id="F", item_id="w", margin=1.0)),
        arcs=(Arc(arc_id="a", from_site_id="S", to_site_id="F", material="k", lead_time_days=7.0 * lead),),
        bill_of_materials=(Component(parent_item_id="w", component_item_id="k", quantity_per=1.0),),
        stocks=(Stock(site_id="F", item_id="k", quantity=stock),),
        demand=(Demand(site_id="F", quantity=Range.of(demand)),),
    )


@settings(max_examples=40)
@given(
    lead=st.integers(0, 3),
    capacity=st.sampled_from([10.0, 30.0, np.inf]),  # with less, to make ahead would be a decision
    stock=st.floats(0, 80),
    weeks=st.integers(0, 10),
)
def test_simulation_and_model_agree_when_nothing_is_to_decide(
    lead: int, capacity: float, stock: float, weeks: int
) -> None:
    whole = make_plan(_chain(lead, capacity, stock), Clock(START, 7, 10))
    plan = close(whole, [Closing("a", 0, weeks)])
    best, run = respond(plan), simulate(plan, (), whole)
    assert run.lost_margin == pytest.approx(best.lost_margin, rel=1e-7, abs=1e-6)
    assert full_periods(run.lost) == full_periods(best.lost) == lasts(plan)


@st.composite
def networks(draw: st.DrawFn) -> Network:
    """Two to three tiers, a few sites each, any arcs from one tier to the next."""
    makers, fabs = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    quantity = st.floats(0, 200).map(lambda number: round(number, 1))
    rate = st.sampled_from([0.5, 1.0, 3.0])
    sites = [
        Site(site_id=f"M{at}", item_id="gas", capacity=draw(st.sampled_from([20.0, 60.0, np.inf])))
        for at in range(makers)
    ]
    sites += [
        Site(
            site_id=f"F{at}",
            item_id=f"w{at}",
            capacity=draw(st.sampled_from([40.0, np.inf])),
            margin=1.0 + at,
        )
        for at in range(fabs)
    ]
    arcs = [
        Arc(
            arc_id=f"M{m}>F{f}", from_site_id=f"M{m}", to_site_id=f"F{f}", material="gas",
            lead_time_days=7.0 * draw(st.integers(0, 2)),
        )
        for m in range(makers)
        for f in range(fabs)
        if draw(st.booleans())
    ]  # fmt: skip
    return Network(
        sites=tuple(sites),
        arcs=tuple(arcs),
        bill_of_materials=tuple(
            Component(parent_item_id=f"w{f}", component_item_id="gas", quantity_per=draw(rate))
            for f in range(fabs)
        ),
        stocks=tuple(Stock(site_id=f"F{f}", item_id="gas", quantity=draw(quantity)) for f in range(fabs)),
        demand=tuple(Demand(site_id=f"F{f}", quantity=Range.of(20.0 + 10 * f)) for f in range(fabs)),
    )  # fmt: skip


_SHORT = Clock(START, 7, 8)


def _reach(plan: Plan) -> float:
    found = lasts(plan)
    return np.inf if found is None else found


@settings(max_examples=40)
@given(network=networks(), data=st.data())
def test_survival_never_rises_when_an_arc_closes(network: Network, data: st.DataObject) -> None:
    plan = make_plan(network, _SHORT)
    shut = (
        [Closing(arc, 0, 8) for arc in data.draw(st.lists(st.sampled_from(plan.arcs), max_size=3))]
        if plan.arcs
        else []
    )
    closed = close(plan, shut)
    assert _reach(closed) <= _reach(plan)
    assert respond(closed).lost_margin >= respond(plan).lost_margin - 1e-6


@settings(max_examples=30)
@given(network=networks(), part=st.floats(0, 1))
def test_survival_never_rises_when_stock_falls(network: Network, part: float) -> None:
    less = tuple(dataclasses.replace(stock, quantity=stock.quantity * part) for stock in network.stocks)
    plan, poorer = make_plan(network, _SHORT), make_plan(dataclasses.replace(network, stocks=less), _SHORT)
    assert _reach(poorer) <= _reach(plan)
    assert respond(poorer).lost_margin >= respond(plan).lost_margin - 1e-6


@settings(max_examples=40)
@given(network=networks(), data=st.data())
def test_the_simulation_is_one_response_of_the_model(network: Network, data: st.DataObject) -> None:
    """It keeps every row of the model, so that the model can never lose more."""
    whole = make_plan(network, _SHORT)
    plan = whole
    if plan.arcs:
        arc = data.draw(st.sampled_from(plan.arcs))
        plan = close(whole, [Closing(arc, data.draw(st.integers(0, 4)), data.draw(st.integers(4, 8)))])
    run = simulate(plan, (), whole)
    assert run.lost_margin >= respond(plan).lost_margin - 1e-6
    assert (run.stock >= 0).all()
    assert (run.need_stock >= 0).all()
    assert (run.moved <= plan.arc_capacity + 1e-9).all()
    came = np.zeros_like(run.need_stock)
    for arc, (need, lead) in enumerate(zip(plan.arc_need.tolist(), plan.arc_lead.tolist(), strict=True)):
        came[lead:, need] += run.moved[: 8 - lead, arc] * plan.conversion[arc]
    used = run.made[:, plan.need_site] * plan.need_rate
    held = plan.need_stock + np.cumsum(came - used, axis=0)
    assert run.need_stock == pytest.approx(held, abs=1e-6)


@settings(max_examples=30)
@given(network=networks(), data=st.data())
def test_the_affected_part_loses_what_the_whole_loses_more(network: Network, data: st.DataObject) -> None:
    whole = make_plan(network, _SHORT)
    if not whole.arcs:
        return
    shut = [Closing(data.draw(st.sampled_from(whole.arcs)), 0, data.draw(st.integers(1, 8)))]
    keep = affected(whole, shut)
    part = part_of(whole, keep)
    more = respond(close(whole, shut)).lost_margin - respond(whole).lost_margin
    more_of_part = respond(close(part, shut)).lost_margin - respond(part).lost_margin
    assert more_of_part == pytest.approx(more, rel=1e-7, abs=1e-5)


@settings(max_examples=25)
@given(network=networks(), factor=st.sampled_from([0.01, 3.0, 500.0]))
def test_scaling_every_unit_scales_the_answer(network: Network, factor: float) -> None:
    large = dataclasses.replace(
        network,
        sites=tuple(dataclasses.replace(site, capacity=site.capacity * factor) for site in network.sites),
        stocks=tuple(
            dataclasses.replace(stock, quantity=stock.quantity * factor) for stock in network.stocks
        ),
        demand=tuple(
            dataclasses.replace(row, quantity=Range.of(row.quantity.typical * factor))
            for row in network.demand
        ),
    )
    plain, scaled = make_plan(network, _SHORT), make_plan(large, _SHORT)
    expected = respond(plain).lost_margin * factor
    assert respond(scaled).lost_margin == pytest.approx(expected, rel=1e-6, abs=1e-6 * max(factor, 1))
    assert simulate(scaled).lost_margin == pytest.approx(
        simulate(plain).lost_margin * factor, rel=1e-6, abs=1e-6
    )


def test_an_arc_that_serves_no_need_changes_nothing(example_b: Network) -> None:
    useless = Arc(arc_id="J>K", from_site_id="J", to_site_id="K", material="hf")
    wider = dataclasses.replace(example_b, arcs=(*example_b.arcs, useless))
    plan = make_plan(wider, CLOCK)
    shut = close(plan, [Closing("J>K", 0, 12)])
    assert plan.arcs == make_plan(example_b, CLOCK).arcs
    assert respond(shut).lost.tolist() == respond(plan).lost.tolist()
    assert not affected(plan, [Closing("J>K", 0, 12)]).any()
