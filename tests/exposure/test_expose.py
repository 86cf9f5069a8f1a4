"""Exposure as a whole: the worked example from files to mitigations, bands and assumptions."""

# ruff: noqa: E501  a message is easier to check on one line
from __future__ import annotations

import dataclasses
import datetime as dt
import itertools
import sys
from pathlib import Path
from typing import Any

import pytest

from sekisho.errors import DependencyMissing, InputInvalid, NotFound, ValueInvalid
from sekisho.exposure.cases import Choice, Setting, further_stock, make_case
from sekisho.exposure.closings import Stop
from sekisho.exposure.expose import Asked, expose
from sekisho.exposure.licences import change_of, judge
from sekisho.exposure.mitigate import best_sets
from sekisho.exposure.network import Demand, Mitigation, MitigationKind, Network, Range
from sekisho.exposure.orders import read_orders
from sekisho.exposure.plan import Clock
from sekisho.exposure.scale import of_usual_size
from sekisho.exposure.tables import as_tables
from sekisho.exposure.weekly import respond
from sekisho.register.register import Register

EVENT = "jp-three-materials-individual"
START = dt.date(2019, 7, 4)
ASKED = Asked(event=EVENT)
EXACT = 1e-9


def _setting(network: Network, register: Register) -> Setting:
    change = change_of(register, event=EVENT)
    assert change is not None
    judged = judge(network, change, dt.date(2019, 9, 26))
    return Setting(network, Clock(START, 7, 12), START, judged.verdicts)


def test_example_b_from_the_files(example_b: Network, register: Register) -> None:
    found = expose(example_b, register, ASKED)
    assert found.lost_margin.typical == pytest.approx(2_275_000 / 3, rel=EXACT)
    assert found.survival_weeks.typical == 4
    assert found.time_to_survive == pytest.approx(71 / 15, rel=EXACT)
    assert found.time_to_recover == 8
    assert found.lost_margin_simulated >= found.lost_margin.typical
    assert [one.recovery_weeks.typical for one in found.arcs_closed] == [8, 8]
    assert found.arcs_closed[0].opens_on[1] == dt.date(2019, 8, 22)


def test_mitigations_rank_differently_by_loss_and_by_net_benefit(
    example_b: Network, register: Register
) -> None:
    found = {one.mitigation_id: one for one in expose(example_b, register, ASKED).mitigations}
    benefits = {"stockpile": 727_000 / 3, "x": 700_000 / 3, "early": 2_065_000 / 3, "bulk": 2_155_000 / 3}
    losses = {"stockpile": 510_000, "x": 435_000, "early": 60_000, "bulk": 0}
    for name, benefit in benefits.items():
        assert found[name].net_benefit == pytest.approx(benefit, rel=EXACT)
        assert found[name].lost_margin == pytest.approx(losses[name], rel=EXACT, abs=1e-6)
    assert [one.mitigation_id for one in sorted(found.values(), key=lambda one: one.rank_by_loss)] == [
        "bulk", "early", "x", "stockpile",
    ]  # fmt: skip
    assert [one.mitigation_id for one in sorted(found.values(), key=lambda one: one.rank_by_net_benefit)] == [
        "bulk", "early", "stockpile", "x",
    ]  # fmt: skip
    assert "no bulk licence serves J>F1, J>F2" in found["bulk"].note


def test_best_sets_are_those_of_an_exhaustive_search(example_b: Network, register: Register) -> None:
    setting = _setting(example_b, register)
    lawful = [one for one in example_b.mitigations if one.kind is not MitigationKind.BULK_LICENCE]
    tried = []
    for size in range(len(lawful) + 1):
        for taken in itertools.combinations(lawful, size):
            names = tuple(one.mitigation_id for one in taken)
            case = make_case(setting, Choice(mitigations=names))
            tried.append((respond(case.plan, case.bounds).lost_margin, sum(one.cost for one in taken), names))
    running, benefit = best_sets(setting)
    assert running.cost == min(cost for loss, cost, _ in tried if loss < 1e-6)
    assert running.lost_margin == pytest.approx(0, abs=1e-6)
    assert benefit.cost + benefit.lost_margin == pytest.approx(min(loss + cost for loss, cost, _ in tried))
    assert running.mitigation_ids == ("stockpile", "early")


def test_if_no_set_keeps_all_running_the_least_loss_is_told(example_b: Network, register: Register) -> None:
    weak = tuple(one for one in example_b.mitigations if one.mitigation_id in {"x", "stockpile"})
    running, _ = best_sets(_setting(dataclasses.replace(example_b, mitigations=weak), register))
    assert not running.found
    assert running.mitigation_ids == ("stockpile", "x")
    assert 0 < running.lost_margin < 435_000


def test_contracts_are_bounds_of_the_best_sets_too(example_b: Network, register: Register) -> None:
    arcs = tuple(dataclasses.replace(arc, contract_quantity=50.0) for arc in example_b.arcs)
    setting = _setting(dataclasses.replace(example_b, arcs=arcs), register)
    tried = []
    lawful = [one for one in setting.network.mitigations if one.mitigation_id != "bulk"]
    for size in range(len(lawful) + 1):
        for taken in itertools.combinations(lawful, size):
            case = make_case(setting, Choice(mitigations=tuple(one.mitigation_id for one in taken)))
            loss = respond(case.plan, case.bounds).lost_margin
            tried.append(loss + sum(one.cost for one in taken))
    _, benefit = best_sets(setting)
    assert benefit.cost + benefit.lost_margin == pytest.approx(min(tried), rel=1e-7)


def test_a_stockpile_counts_only_what_keeps(example_b: Network, register: Register) -> None:
    """Hydrogen fluoride keeps 120 days here: 17.1 weeks of 180 kg, of which 240 kg are held."""
    pile = Mitigation(
        mitigation_id="pile", kind=MitigationKind.STOCK, cost=1.0, site_id="F2", item_id="hf", weeks=30.0
    )
    setting = _setting(dataclasses.replace(example_b, mitigations=(pile,)), register)
    quantity, note = further_stock(setting, pile)
    assert quantity == pytest.approx(180 * 120 / 7 - 240)
    assert note == "pile: hf keeps 120 days, so that only 2845.71 of 5400 count"
    in_weeks = dataclasses.replace(pile, weeks=2.0)
    assert further_stock(setting, in_weeks) == (360.0, "")


def test_bands_are_the_ends_and_hold_every_draw(example_b: Network, register: Register) -> None:
    network = dataclasses.replace(
        example_b,
        demand=(
            Demand(site_id="F1", quantity=Range(90, 100, 110)),
            Demand(site_id="F2", quantity=Range(50, 55, 60, uniform=True)),
        ),
        mitigations=(),
    )
    ends = expose(network, register, dataclasses.replace(ASKED, rank=False))
    drawn = expose(network, register, dataclasses.replace(ASKED, rank=False, draws=12, seed=7))
    again = expose(network, register, dataclasses.replace(ASKED, rank=False, draws=12, seed=7))
    other = expose(network, register, dataclasses.replace(ASKED, rank=False, draws=12, seed=8))
    assert drawn == again != other
    assert ends.lost_margin.low <= drawn.lost_margin.low <= drawn.lost_margin.high <= ends.lost_margin.high  # type: ignore[operator]  # numbers
    assert ends.survival_weeks.low <= drawn.survival_weeks.low  # type: ignore[operator]  # the same
    assert (ends.seed, drawn.seed) == (None, 7)
    assert "5 and 95 per cent points of 12 draws" in "".join(drawn.assumptions)


def test_a_port_closes_an_arc_for_a_time(example_b: Network, register: Register) -> None:
    asked = Asked(close=("J>F2",), close_days=21, on=START, rank=False)
    found = expose(example_b, register, asked)
    assert [(arc.arc_id, arc.cause, arc.opens_on[1]) for arc in found.arcs_closed] == [
        ("J>F2", "disruption", dt.date(2019, 7, 25))
    ]
    assert found.lost_margin.high == pytest.approx(0, abs=1e-6)
    assert found.survival_weeks.typical is None


def test_a_site_closes_and_what_stops_is_told(example_b: Network, register: Register) -> None:
    found = expose(example_b, register, Asked(close=("F1",), stop=Stop.MAKING, rank=False))
    assert [(site.site_id, site.stops, site.opens_on) for site in found.sites_closed] == [
        ("F1", "making", START + dt.timedelta(days=56))
    ]
    assert "F1 makes nothing and ships what it has while closed." in found.assumptions
    assert found.explanation["F1"].endswith("it stands still itself")


def test_a_site_that_holds_no_such_need_changes_nothing(example_b: Network, register: Register) -> None:
    found = expose(example_b, register, Asked(close=("X>F1",), rank=False))
    assert found.lost_margin.high == 0


def test_weak_points_rank_by_loss_then_by_survival(example_b: Network, register: Register) -> None:
    found = expose(example_b, register, ASKED).scenarios
    assert [(one.kind, one.id) for one in found][:3] == [("site", "F2"), ("site", "F1"), ("site", "J")]
    assert found[0].risk_exposure_index == 1
    assert [one.rank for one in found] == list(range(1, len(found) + 1))
    assert {one.time_to_recover for one in found} == {8}


def test_a_weak_point_with_a_small_spend_is_hidden(example_b: Network, register: Register) -> None:
    cheap = tuple(
        dataclasses.replace(arc, price=0.001 if arc.from_site_id == "J" else 18.0) for arc in example_b.arcs
    )
    found = expose(dataclasses.replace(example_b, arcs=cheap), register, ASKED).scenarios
    assert [one.id for one in found if one.hidden] == ["J"]


def test_assumptions_are_told(example_b: Network, register: Register) -> None:
    found = expose(example_b, register, ASKED)
    assert found.assumptions == (
        "Stocks are those of 2019-07-04; the horizon is 12 weeks of 7 days.",
        "Losses are margin, and what is not sold in its week is lost.",
        "The best response sees all that comes and shares perfectly; the simulation sees nothing ahead.",
        "Bands are the best and the worst case: all review times and demands at one end together.",
        (
            "J>F1, J>F2: each contract needs a licence, but its quantity is not stated: one review opens the"
            " arc."
        ),
        "X>F1, X>F2: not covered by the law on record; the network states that they may ship.",
    )


def _abroad(network: Network, may_ship: bool | None) -> Network:  # noqa: FBT001  a fact of the case
    """The second maker, of whom nothing was closed, in a country whose law is not on record."""
    sites = (dataclasses.replace(s, country="TW") if s.site_id == "K" else s for s in network.sites)
    arcs = (
        dataclasses.replace(arc, may_ship=may_ship) if arc.from_site_id == "K" else arc
        for arc in network.arcs
    )
    return dataclasses.replace(network, sites=tuple(sites), arcs=tuple(arcs))


@pytest.mark.parametrize("draws", [0, 6])
def test_what_is_not_covered_is_told_open_and_closed(
    example_b: Network, register: Register, draws: int
) -> None:
    """The ends of the bands are those of the network that states each of the two answers."""
    asked = dataclasses.replace(ASKED, rank=False, draws=draws, seed=1)
    unknown, opened, closed = (
        expose(_abroad(example_b, answer), register, asked) for answer in (None, True, False)
    )
    assert [(one.arc_id, one.answer) for one in unknown.arcs_not_covered] == [
        ("K>F1", "not_covered"), ("K>F2", "not_covered"),
    ]  # fmt: skip
    assert {one.missing for one in unknown.arcs_not_covered} == {
        "the export law of Taiwan (TW) is not on record; may_ship in arcs.csv answers it, once the exporter has told"
    }
    assert [(one.counted, one.lost_margin, one.survival_weeks) for one in unknown.bounds] == [
        ("open", opened.lost_margin, opened.survival_weeks),
        ("closed", closed.lost_margin, closed.survival_weeks),
    ]
    assert opened.lost_margin.high < closed.lost_margin.high  # type: ignore[operator]  # numbers
    assert unknown.lost_margin.low == opened.lost_margin.low
    assert (unknown.lost_margin.typical, unknown.lost_margin.high) == (
        closed.lost_margin.typical, closed.lost_margin.high,
    )  # fmt: skip
    assert unknown.survival_weeks.low == closed.survival_weeks.low
    assert unknown.lost_margin_simulated == closed.lost_margin_simulated
    assert (opened.bounds, closed.bounds, opened.arcs_not_covered, closed.arcs_not_covered) == (
        (),
        (),
        (),
        (),
    )
    assert [(one.arc_id, one.cause) for one in closed.arcs_closed][2:] == [
        ("K>F1", "stated"), ("K>F2", "stated"),
    ]  # fmt: skip
    assert "K>F1 (not covered, counted closed)" in unknown.explanation["F1"]
    assert any("every single number counts them closed" in text for text in unknown.assumptions)


def test_what_is_not_covered_need_not_matter_and_is_told_all_the_same(
    example_b: Network, register: Register
) -> None:
    """An event that closes nothing of this network: an end of the band may still lose."""
    found = expose(_abroad(example_b, None), register, Asked(event="jp-resist-specific-bulk", rank=False))
    assert (found.arcs_closed, len(found.arcs_not_covered)) == ((), 2)
    assert [bound.lost_margin.high for bound in found.bounds] == pytest.approx([0, 0], abs=1e-6)


def test_a_mitigation_by_arcs_that_are_not_covered_helps_nothing(
    example_b: Network, register: Register
) -> None:
    """An alternate whose licence nobody knows of is in no best set, and its reservation is told."""
    arcs = tuple(dataclasses.replace(arc, may_ship=None) for arc in example_b.arcs)
    only = tuple(one for one in example_b.mitigations if one.mitigation_id == "x")
    network = dataclasses.replace(example_b, arcs=arcs, mitigations=only)
    found = expose(network, register, dataclasses.replace(ASKED, rank=False))
    (alternate,) = found.mitigations
    assert alternate.loss_avoided == pytest.approx(0, abs=1e-6)
    assert (
        alternate.note
        == "X>F1, X>F2: not covered by the law on record, counted closed; see may_ship in arcs.csv"
    )
    running, benefit = found.mitigation_sets
    assert not running.found
    assert benefit.mitigation_ids == ()
    assert found.time_to_recover == 8


def test_a_statement_that_the_law_on_record_does_not_need_is_told(
    example_b: Network, register: Register
) -> None:
    arcs = tuple(dataclasses.replace(arc, may_ship=True) for arc in example_b.arcs)
    found = expose(
        dataclasses.replace(example_b, arcs=arcs), register, dataclasses.replace(ASKED, rank=False)
    )
    assert [arc.arc_id for arc in found.arcs_closed] == ["J>F1", "J>F2"]
    assert "J>F1, J>F2: may_ship is not read, since the law on record decides them." in found.assumptions


def test_a_change_outside_the_horizon_is_told(example_b: Network, register: Register) -> None:
    early = dataclasses.replace(example_b, starts_on=dt.date(2019, 3, 1))
    found = expose(early, register, dataclasses.replace(ASKED, rank=False))
    assert found.lost_margin.high == pytest.approx(0, abs=1e-6)
    assert "takes effect on 2019-07-04, after the horizon" in found.assumptions[-1]
    late = dataclasses.replace(example_b, starts_on=dt.date(2019, 8, 1))
    found = expose(late, register, dataclasses.replace(ASKED, rank=False))
    assert "took effect on 2019-07-04, before the first day" in found.assumptions[-1]
    assert found.lost_margin.high > 0  # type: ignore[operator]  # a number


def test_order_lines_give_facts_and_goods_afloat(
    example_b: Network, register: Register, tmp_path: Path
) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(
        "transaction_id,line_id,ship_from_country,destination_country,code,export_date,arrival_date,quantity,"
        "quantity_unit,exporter_id,consignee_id,substance_wt_pct\n"
        "A,1,JP,KR,3(1),2019-07-01,2019-07-16,500,KGM,P-JP-001,P-KR-003,99.9\n"
        "A,2,JP,KR,3(1),2019-07-20,,500,KGM,P-JP-001,P-KR-003,99.9\n"
        "A,3,JP,TW,3(1),2019-07-01,2019-07-16,500,KGM,P-JP-001,P-TW-009,99.9\n",
        encoding="utf-8",
    )
    lines = read_orders(path, example_b, register, START)
    assert (lines.matched, lines.unmatched) == (2, 1)
    assert [(one.arc_id, one.quantity, one.arrives_on) for one in lines.in_transit] == [
        ("J>F2", 500, dt.date(2019, 7, 16))
    ]
    plain, with_lines = (expose(example_b, register, ASKED, orders=one) for one in (None, lines))
    assert with_lines.lost_margin.typical < plain.lost_margin.typical  # type: ignore[operator]  # numbers
    assert (
        "2 order lines gave the facts of 1 arcs, 1 of them are afloat; 1 are of no arc and were left out."
        in (with_lines.assumptions)
    )


def test_goods_afloat_in_another_unit_are_refused(
    example_b: Network, register: Register, tmp_path: Path
) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(
        "arc_id,export_date,arrival_date,quantity,quantity_unit\nJ>F2,2019-07-01,2019-07-16,500,LTR\n",
        "utf-8",
    )
    with pytest.raises(InputInvalid, match=r"orders.csv:2: quantity_unit: 'LTR' is not the unit of 'hf'"):
        read_orders(path, example_b, register, START)


def test_the_same_order_line_twice_is_a_fault(example_b: Network, register: Register, tmp_path: Path) -> None:
    """Its goods would be afloat twice. Lines without a key, and lines of no arc, are not compared."""
    path = tmp_path / "orders.csv"
    path.write_text(
        "transaction_id,line_id,arc_id,export_date,arrival_date,quantity\n"
        "A/1,,J>F2,2019-07-01,2019-07-16,500\nA,1,J>F2,2019-07-01,2019-07-16,500\n"
        ",,J>F2,2019-07-01,2019-07-16,500\n,,J>F2,2019-07-01,2019-07-16,500\n",
        encoding="utf-8",
    )
    assert [one.quantity for one in read_orders(path, example_b, register, START).in_transit] == [500] * 4
    path.write_text(path.read_text("utf-8") + "A,1,J>F2,2019-07-01,2019-07-16,500\n", "utf-8")
    with pytest.raises(InputInvalid) as raised:
        read_orders(path, example_b, register, START)
    assert str(raised.value) == (
        "orders.csv:6: line_id: the key 'A/1' already stands on line 3; expected a key of its own for each line"
    )


def test_reading_order_lines_tells_how_far_it_is(
    example_b: Network, register: Register, tmp_path: Path
) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("arc_id\n" + "J>F2\n" * 30, encoding="utf-8")
    read: list[int] = []
    read_orders(path, example_b, register, START, lambda batch: read.append(len(batch.lines)))
    assert sum(read) == 30
    told: list[tuple[str, int, int]] = []
    expose(example_b, register, dataclasses.replace(ASKED, rank=False), advance=lambda *one: told.append(one))
    assert ("arcs held against the law", 5, 6) in told


ORDERS = "ship_from_country,destination_country,code,export_date,quantity,substance_wt_pct,exporter_id"


@pytest.mark.parametrize(
    ("lines", "faults"),
    [
        (("a,b", "1,2"), [
            "orders.csv:1: destination_country: the column is missing; expected it in the header, or arc_id",
            "orders.csv:1: item_id: the column is missing; expected it in the header, or code or arc_id",
            "orders.csv:1: ship_from_country: the column is missing; expected it in the header, or arc_id",
        ]),
        (("arc_id", "J>F2", "J>F3"), [
            "orders.csv:3: arc_id: there is no arc 'J>F3'; expected one that arcs.csv names. Did you mean J>F2 or J>F1?",
        ]),
        ((ORDERS, "JP,KR,3(1),2019-13-45,lots,99.9,", "JP,Zz,3(1),,,,", "JP,KR,3(1),,,much,", "JP,KR,3(1),,,much,"), [
            "orders.csv:2: export_date: '2019-13-45' is not a date: there is no month 13; expected YYYY-MM-DD",
            "orders.csv:3: destination_country: unknown country 'Zz'; expected ISO 3166-1 alpha-2 (KR), alpha-3 (KOR) or an exact name",
            "orders.csv:4: substance_wt_pct: 'much' is not a number; expected a number in % by weight",
            "orders.csv:5: substance_wt_pct: 'much' is not a number; expected a number in % by weight",
        ]),
    ],
)  # fmt: skip
def test_every_fault_of_order_lines_has_its_place(
    example_b: Network, register: Register, tmp_path: Path, lines: tuple[str, ...], faults: list[str]
) -> None:
    path = tmp_path / "orders.csv"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    with pytest.raises(InputInvalid) as raised:
        read_orders(path, example_b, register, START)
    assert sorted(map(str, raised.value.faults)) == faults


def test_goods_afloat_of_several_arcs_are_told(
    example_b: Network, register: Register, tmp_path: Path
) -> None:
    path = tmp_path / "orders.csv"
    path.write_text(f"{ORDERS}\nJP,KR,3(1),2019-07-01,500,99.9,P-JP-001\n", "utf-8")
    found = read_orders(path, example_b, register, START)
    assert (found.matched, found.in_transit, found.shared) == (1, (), 1)
    told = expose(example_b, register, dataclasses.replace(ASKED, rank=False), orders=found).assumptions
    assert any(line.startswith("1 order lines afloat are of more than one arc") for line in told)


def test_goods_that_come_outside_the_horizon_are_told(example_b: Network, register: Register) -> None:
    (first, second), stock = example_b.in_transit, example_b.stocks[0]
    network = dataclasses.replace(
        example_b,
        in_transit=(
            dataclasses.replace(first, arrives_on=dt.date(2019, 7, 1)),
            dataclasses.replace(second, arrives_on=dt.date(2030, 1, 1)),
        ),
        stocks=(*example_b.stocks, dataclasses.replace(stock, available_on=dt.date(2030, 1, 1))),
    )
    told = expose(network, register, dataclasses.replace(ASKED, rank=False)).assumptions
    assert "in_transit: 1 rows arrive before 2019-07-04; they are taken to be in the stocks." in told
    assert "in_transit: 1 rows arrive after the horizon and help nobody within it." in told
    assert "stocks: 1 rows can be used after the horizon only and help nobody within it." in told


@pytest.mark.parametrize("by", [2.0**-20, 2.0**20, 2.0**40])
def test_the_unit_of_quantities_changes_no_answer(example_b: Network, register: Register, by: float) -> None:
    """A network in grams, or in millions of chips, is no other network; sets of mitigations are whole numbers."""
    plain, scaled = expose(example_b, register, ASKED), expose(_in_units(example_b, by), register, ASKED)
    assert 1 < of_usual_size(_in_units(example_b, by)).sites[0].capacity < 1e4
    assert [one.mitigation_ids for one in scaled.mitigation_sets] == [
        one.mitigation_ids for one in plain.mitigation_sets
    ]
    assert scaled.survival_weeks == plain.survival_weeks
    assert scaled.lost_margin.typical == pytest.approx(plain.lost_margin.typical, rel=1e-9)
    for one, site in zip(scaled.sites, plain.sites, strict=True):
        assert one.lost_units.high == pytest.approx(site.lost_units.high * by, rel=1e-7)  # type: ignore[operator]
        assert one.weeks[0].stock == pytest.approx(site.weeks[0].stock * by, rel=1e-7)
        assert one.time_to_survive == pytest.approx(site.time_to_survive, rel=1e-9)
    assert [one.lost_margin for one in scaled.scenarios] == pytest.approx(
        [one.lost_margin for one in plain.scenarios], rel=1e-9, abs=1e-6
    )


def _in_units(network: Network, by: float) -> Network:
    """The network in a unit of which as many make one of its own."""

    def more(rows: Any, name: str = "quantity") -> tuple[Any, ...]:
        return tuple(
            dataclasses.replace(
                row, **{name: None if getattr(row, name) is None else getattr(row, name) * by}
            )
            for row in rows
        )

    demand = tuple(dataclasses.replace(d, quantity=Range.of(d.quantity.typical * by)) for d in network.demand)
    sites = tuple(dataclasses.replace(s, margin=s.margin / by) for s in more(network.sites, "capacity"))
    return dataclasses.replace(
        network, sites=sites, arcs=more(network.arcs, "capacity"), stocks=more(network.stocks),
        in_transit=more(network.in_transit), demand=demand, capacity=more(network.capacity, "capacity"),
        mitigations=more(network.mitigations),
    )  # fmt: skip


def test_tables_have_every_column_whatever_the_first_row_states(
    example_b: Network, register: Register
) -> None:
    """An arc without a review first must not drop the reviews of those after it."""
    both = dataclasses.replace(ASKED, close=("K>F1",), close_days=7, rank=False)
    found = expose(example_b, register, both)
    turned = dataclasses.replace(found, arcs_closed=found.arcs_closed[::-1], mitigations=())
    tables = as_tables(turned)
    assert tables["arcs_closed"]["review_days_typical"].to_pylist() == [None, 49, 49]
    assert tables["mitigations"].num_rows == 0
    assert tables["mitigations"].column_names[:2] == ["mitigation_id", "kind"]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"close_days": float("nan")}, "nothing can be closed for nan days"),
        ({"close_days": 1e12}, "nothing can be closed for 1000000000000.0 days"),
        ({"close_days": 0.0}, "nothing can be closed for 0.0 days"),
        (
            {"close": (), "event": "jp-three-materials-individual", "close_days": 3.0},
            "but not what is closed",
        ),
        ({"seed": -1}, "-1 is no seed"),
        ({"draws": -1}, "-1 draws cannot be made"),
        ({"weeks": 521}, "521 weeks are no horizon"),
        ({"on": dt.date(9999, 12, 31)}, "9999-12-31 is out of reach"),
    ],
)
def test_numbers_that_cannot_be_asked(
    example_b: Network, register: Register, wrong: dict[str, object], told: str
) -> None:
    with pytest.raises(ValueInvalid, match=told):
        expose(example_b, register, dataclasses.replace(Asked(close=("J",)), **wrong))  # type: ignore[arg-type]


def test_a_closing_outside_the_horizon_is_told(example_b: Network, register: Register) -> None:
    late = Asked(close=("J",), on=dt.date(2030, 1, 1), rank=False)
    told = expose(example_b, register, late).assumptions
    twice = expose(example_b, register, dataclasses.replace(late, close=("J", "J")))
    assert [one.site_id for one in twice.sites_closed] == ["J"]
    assert "J closes on 2030-01-01, after the horizon; nothing of it is seen within it." in told
    early = dataclasses.replace(late, on=dt.date(2018, 1, 1), close_days=7)
    told = expose(example_b, register, early).assumptions
    assert "J is open again before the first day, 2019-07-04; nothing of it is seen." in told


def test_tables_for_frames(example_b: Network, register: Register) -> None:
    tables = as_tables(expose(example_b, register, ASKED))
    assert tables["weeks"].num_rows == 24
    assert tables["sites"].to_pandas()["survival_weeks_typical"].tolist() == [4.0, 5.0]
    assert tables["arcs_closed"].column("opens_on_typical").to_pylist() == [dt.date(2019, 8, 22)] * 2


def test_what_cannot_be_asked(example_b: Network, register: Register) -> None:
    with pytest.raises(ValueInvalid, match="nothing is changed and nothing is closed"):
        expose(example_b, register, Asked())
    with pytest.raises(NotFound, match=r"there is no arc or site 'J>F3'; did you mean J>F2, J>F1"):
        expose(example_b, register, Asked(close=("J>F3",)))
    with pytest.raises(ValueInvalid, match="the first day is not stated"):
        expose(dataclasses.replace(example_b, starts_on=None), register, Asked(close=("J",)))
    with pytest.raises(ValueInvalid, match="'month' is no period"):
        expose(example_b, register, Asked(close=("J",), by="month"))


def test_without_highs_it_says_how_to_install_it(
    example_b: Network, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "highspy", None)
    with pytest.raises(DependencyMissing, match=r"pip install 'sekisho\[exposure\]'"):
        expose(example_b, register, ASKED)
