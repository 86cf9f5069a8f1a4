"""What a change of the law does to order lines: equal to deciding all twice, and conserved in sums."""

from __future__ import annotations

import csv
import datetime as dt
import math
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sekisho
from sekisho.determine.files import table_batches
from sekisho.determine.impact import Assessment, Impact, impact
from sekisho.determine.impact_lines import LINES
from sekisho.determine.intake import DATES, read_line
from sekisho.determine.law_change import change_of
from sekisho.determine.rates import read_rates
from sekisho.errors import InputInvalid, NotFound, ValueInvalid
from sekisho.register.open import open_register

EXAMPLES = Path(__file__).parents[2] / "examples"
REGISTER = open_register()
SCENARIO = open_register(scenario=EXAMPLES / "scenario_hf_eased.toml")
THREE = "jp-three-materials-individual"
TURN = dt.date(2019, 7, 4)
DAY = dt.timedelta(days=1)
CHANGES: dict[str, dict[str, Any]] = {
    "three materials": {"event": THREE},
    "as announced": {"event": THREE, "known_on": dt.date(2019, 7, 1)},
    "group A": {"before": dt.date(2019, 8, 27), "after": dt.date(2019, 8, 28)},
    "eased": {"before": dt.date(2023, 3, 22), "after": dt.date(2023, 3, 23)},
    "all of it": {"before": dt.date(2019, 7, 1), "after": dt.date(2023, 7, 23)},
    "scenario": {"scenario": SCENARIO},
    "event of the scenario": {"scenario": SCENARIO, "event": "scenario-hf-eased"},
    "same law": {"before": dt.date(2019, 7, 10), "after": dt.date(2019, 7, 11)},
}
COMPARED = ("answer", "licence_types", "usable_licence", "review_days")


def book() -> list[dict[str, str]]:
    with (EXAMPLES / "orders_2019_2023.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


BOOK = book()
CELLS = {
    "code": ("3(1)", "7(19)", "5(17)", "NOT_LISTED", "", "9(9)"),
    "destination_country": ("KR", "TW", "北朝鮮", "Korea", ""),
    "ultimate_destination_country": ("KR", "CN", ""),
    "licences_held": ("", "none", "special_general_bulk", "general_bulk;specific_bulk", "magic"),
    "export_date": (
        "",
        "2018-03-01",
        "2019-07-03",
        "2019-07-04",
        "2019-12-20",
        "2021-06-01",
        "2023-08-01",
        "soon",
    ),
    "value": ("", "0", "49999", "1,000", "-5", "12.5"),
    "currency": ("JPY", "USD", "EUR", ""),
    "quantity": ("", "3", "0.25", "many"),
    "quantity_unit": ("KGM", "LTR", ""),
    "icp": ("yes", "no", ""),
    "informed": ("no", "yes", ""),
    "substance_wt_pct": ("", "29", "50"),
}


@st.composite
def order_books(draw: st.DrawFn) -> pa.Table:
    rows = []
    for at in range(draw(st.integers(1, 10))):
        row = dict(draw(st.sampled_from(BOOK))) | {"line_id": str(at)}
        for name in draw(st.sets(st.sampled_from(sorted(CELLS)), max_size=4)):
            row[name] = draw(st.sampled_from(CELLS[name]))
        rows.append(row)
    return pa.Table.from_pylist(rows)


def law_of(name: str) -> Any:
    asked = {"scenario": None, **CHANGES[name]}
    scenario = asked.pop("scenario")
    return change_of(REGISTER, scenario, **asked)


def decided(row: dict[str, str], state: Any) -> tuple[Any, ...] | None:
    """What one line is answered in a state, worked out for itself; nothing if it has a fault."""
    line = read_line(row, state.register)
    if line.faults:
        return None
    shipment = line.shipment
    if state.in_force_on is not None:
        shipment = replace(shipment, decisive_date=state.in_force_on)
    made = sekisho.decide(shipment, state.register, state.known_on)
    return tuple(getattr(made, name) for name in COMPARED)


def run(table: Any, name: str, **more: Any) -> Impact:
    return impact(table, register=REGISTER, **CHANGES[name], **more)


@settings(max_examples=30)
@given(order_books(), st.sampled_from(sorted(CHANGES)))
def test_the_lines_are_those_that_differ_when_all_are_decided_twice(table: pa.Table, name: str) -> None:
    law, found = law_of(name), run(table, name)
    rows = table.to_pylist()
    apart = {
        at for at, row in enumerate(rows, 1)
        if decided(row, law.before) != decided(row, law.after)
    }  # fmt: skip
    lines = found.lines.to_pylist()
    assert {row["line"] for row in lines if row["effect"] != "open"} == apart
    assert found.flipped == len(apart)
    faulty = sum(decided(row, law.after) is None for row in rows)
    assert found.faulty == faulty
    assert faulty <= len(found.faults)
    assert all(fault.problem and fault.expected and fault.line for fault in found.faults)


@settings(max_examples=15)
@given(order_books(), st.sampled_from(sorted(CHANGES)), st.integers(1, 4))
def test_a_line_is_told_the_same_alone_and_among_others(table: pa.Table, name: str, size: int) -> None:
    whole = run(pa.Table.from_batches(table.to_batches(max_chunksize=size)), name)
    alone = [run(table.slice(at, 1), name) for at in range(table.num_rows)]
    told = [row | {"line": at} for at, one in enumerate(alone, 1) for row in one.lines.to_pylist()]
    assert whole.lines.to_pylist() == told
    assert (whole.decided, whole.faulty) == (
        sum(one.decided for one in alone),
        sum(one.faulty for one in alone),
    )
    assert whole.questions == sum((Counter(one.questions) for one in alone), Counter())


@settings(max_examples=20)
@given(order_books(), st.sampled_from(sorted(CHANGES)))
def test_sums_of_groups_are_the_sums_of_their_lines(table: pa.Table, name: str) -> None:
    found = run(table, name, rates=read_rates(EXAMPLES / "rates_2019_2023.csv"))
    flipped = [row for row in found.lines.to_pylist() if row["effect"] != "open"]
    reached = [row for row in flipped if row["timing"] in {"ships_after", "no_date"}]
    assert sum(group.lines for group in found.groups) == found.flipped == len(flipped)
    assert sum(found.timings.values()) == found.flipped
    assert sum(group.affected.lines for group in found.groups) == found.affected.lines == len(reached)
    for column in ("values", "quantities"):
        parts = [each for group in found.groups for each in getattr(group.affected, column)]
        for whole in getattr(found.affected, column):
            same = [part for part in parts if part.unit == whole.unit]
            assert sum(part.lines for part in same) == whole.lines
            assert math.isclose(math.fsum(part.amount for part in same), whole.amount, rel_tol=1e-12)
    for group in found.groups:
        assert sum(group.effects.values()) == sum(group.answers.values()) == group.lines
        assert all(release.lines <= group.affected.lines for release in group.releases)


@settings(max_examples=10)
@given(order_books(), st.sampled_from(("same law", "scenario")))
def test_nothing_flips_between_two_states_that_are_the_same(table: pa.Table, name: str) -> None:
    same = {"before": TURN, "after": TURN} if name == "same law" else {"scenario": open_register()}
    found = impact(table, register=REGISTER, **same)
    assert (found.flipped, found.decided, found.groups) == (0, 0, ())
    assert found.lines.num_rows == 0


@settings(max_examples=20)
@given(order_books(), st.sampled_from(sorted(CHANGES)))
def test_every_action_frees_the_line_when_it_is_decided_anew(table: pa.Table, name: str) -> None:
    law, found = law_of(name), run(table, name)
    rows = dict(enumerate(table.to_pylist(), 1))
    for line in found.lines.to_pylist():
        shipment = read_line(rows[line["line"]], law.after.register).shipment
        if law.after.in_force_on:
            shipment = replace(shipment, decisive_date=law.after.in_force_on)
        for code in filter(None, line["released_by"].split(";")):
            changed = acted(shipment, code)
            assert sekisho.decide(changed, law.after.register, law.known_on).answer.may_ship, code


def acted(shipment: sekisho.Shipment, code: str) -> sekisho.Shipment:
    """A shipment changed as the code of an action says."""
    kind, _, what = code.partition(":")
    held = shipment.licences_held or frozenset()
    match kind:
        case "apply":
            return replace(shipment, licences_held=held | {what})
        case "ship_by" | "ship_from":
            return replace(shipment, decisive_date=dt.date.fromisoformat(what))
        case "hold":
            names = what.split("+")
            types = {row.id for row in REGISTER.regimes["JP"].licence_types}
            facts = {name: True for name in names if name not in types}
            return replace(
                shipment, licences_held=held | (types & set(names)), facts={**shipment.facts, **facts}
            )
        case _:
            facts = {name: float(value) for name, value in (part.split("=") for part in what.split(","))}
            return replace(
                shipment, code="NOT_LISTED", classification_status="approved",
                facts={**shipment.facts, **facts},
            )  # fmt: skip


def test_the_three_materials_of_july_2019_are_the_groups() -> None:
    found = run(pa.Table.from_pylist(BOOK), "as announced")
    groups = {group.rules: group for group in found.groups}
    assert set(groups) == {(f"jp-pol-kr-{name}-individual",) for name in ("hf", "polyimide", "resist")}
    assert all((group.event, group.changed_on) == (THREE, TURN) for group in found.groups)
    need = groups[("jp-pol-kr-resist-individual",)].needs[0]
    assert (need.licence_type, need.review_days) == ("individual", 90)
    assert "only" in need.office
    assert "purpose in detail" in need.papers
    assert need.in_time is not None
    assert 0 < need.in_time < need.lines
    assert "KR" in {row["destination_country"] for row in found.lines.to_pylist()}


def test_a_line_that_ships_before_the_change_is_counted_apart() -> None:
    rows = [dict(row) for row in BOOK if row["code"] == "7(19)" and row["destination_country"] == "KR"][:1]
    for day, timing in (
        ("2019-07-03", "ships_before"), ("2019-07-04", "ships_after"), ("2023-08-01", "changed_again"),
        ("", "no_date"),
    ):  # fmt: skip
        row = {**rows[0], **dict.fromkeys(DATES, ""), "export_date": day}
        found = run(pa.Table.from_pylist([row]), "three materials")
        assert found.timings == {timing: 1}
        assert found.affected.lines == (timing in {"ships_after", "no_date"})


def test_values_of_currencies_are_added_only_with_rates() -> None:
    rows = [dict(row) for row in BOOK if row["code"] == "3(1)" and row["currency"] in {"JPY", "USD"}]
    plain = run(pa.Table.from_pylist(rows), "three materials").affected
    assert {value.unit for value in plain.values} == {"JPY", "USD"}
    rates = read_rates(EXAMPLES / "rates_2019_2023.csv")
    summed = run(pa.Table.from_pylist(rows), "three materials", rates=rates).affected
    assert [value.unit for value in summed.values] == ["JPY"]
    dollars = next(value.amount for value in plain.values if value.unit == "USD")
    yen = next(value.amount for value in plain.values if value.unit == "JPY")
    assert summed.values[0].amount > yen + 100 * dollars


def _of_columns(line: str, **more: str) -> pa.Table:
    """A line to South Korea that the removal from Group A stops, with more columns."""
    told = {"ship_from_country": "JP", "destination_country": "KR", "code": "NOT_LISTED", "informed": "no"}
    told |= {"export_date": "2019-08-27", "classification_status": "approved", "item_kind": "goods"}
    return pa.Table.from_pylist([{"line_id": line, **told, "hs_code": "8482.10", **more}])


def test_lines_of_files_with_other_columns_are_not_taken_for_one_another() -> None:
    """Their cells have the same numbers in the same places, under other names."""
    tables = [
        _of_columns("1", end_user_concern="wmd", end_use_wmd="yes"),
        _of_columns("2", end_user_concern="wmd", end_use_code="none"),
        _of_columns("3", end_user_concern="wmd", end_use_wmd="perhaps"),
        _of_columns("4", end_user_concern="wmd", end_use_code="perhaps"),
    ]
    change = change_of(REGISTER, before=dt.date(2019, 8, 27), after=dt.date(2019, 8, 28))
    for order in (tables, tables[::-1]):
        assessed = Assessment(change)
        for table in order:
            for batch in table_batches(table):
                assessed.batch(batch)
        found = assessed.result()
        answers = {row["line_id"]: row["answer_after"] for row in found.lines.to_pylist()}
        assert answers == {"1": "licence_required", "2": "undetermined"}
        assert {fault.column for fault in found.faults} == {"end_use_wmd", "end_use_code"}


def test_a_key_told_twice_is_a_fault_and_not_a_second_line() -> None:
    row = next(row for row in BOOK if row["code"] == "7(19)" and row["destination_country"] == "KR")
    found = run(pa.Table.from_pylist([row, row]), "three materials")
    assert (found.looked_at, found.flipped, found.faulty) == (2, 1, 1)
    assert str(found.faults[0]) == (
        f"frame:2: line_id: the key '{row['transaction_id']}/{row['line_id']}' already stands on an earlier"
        " line of the input; expected a key of its own for each line"
    )


@pytest.mark.parametrize(
    ("asked", "error", "message"),
    [
        ({}, ValueInvalid, "no change of the law is named; expected days before and after, an event"),
        ({"before": TURN}, ValueInvalid, "only one of the two days is given; expected both before and after"),
        ({"before": TURN, "after": TURN - DAY}, ValueInvalid, "lies before the first, 2019-07-04"),
        ({"event": THREE, "before": TURN}, ValueInvalid, "an event and days are given; expected the event"),
        ({"event": "jp-three-material"}, NotFound, "there is no event 'jp-three-material'; did you mean"),
        (
            {"event": "jp-three-materials-easing-announced"}, ValueInvalid,
            "expected an event with an effective day (jp-three-materials-special-general followed it), or a",
        ),
        (
            {"event": "jp-licence-polyimide-first"}, ValueInvalid,
            "the day of jp-licence-polyimide-first is on record only as 2019-09; expected two days",
        ),
        (
            {"event": THREE, "known_on": dt.date(2019, 6, 30)}, ValueInvalid,
            f"{THREE} was not known on 2019-06-30: it became known on 2019-07-01; expected a later day",
        ),
        ({"event": THREE, "known_on": "2019-07-01"}, ValueInvalid, "known_on is '2019-07-01', a str"),
    ],
)  # fmt: skip
def test_what_is_no_change_of_the_law_is_refused(
    asked: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error) as caught:
        impact(pa.Table.from_pylist(BOOK[:1]), register=REGISTER, **asked)
    assert message in str(caught.value)


def test_an_event_that_changed_no_row_of_law_says_so() -> None:
    found = impact(pa.Table.from_pylist(BOOK[:5]), register=REGISTER, event="jp-licence-resist-first")
    assert found.change.notes == ("no row of law on record starts or ends with jp-licence-resist-first",)
    assert found.flipped == 0


def test_frames_of_every_kind_come_back_as_they_went_in() -> None:
    table = pa.Table.from_pylist(BOOK)
    found = run(table, "three materials")
    assert found.lines.schema == LINES
    for frame in (table.to_pandas(), pl.from_arrow(table)):
        same = run(frame, "three materials").lines
        assert type(same) is type(frame)
        assert list(same.columns) == LINES.names
        assert len(same) == found.lines.num_rows
    with pytest.raises(InputInvalid, match="destination_country"):
        run(table.drop_columns(["destination_country"]), "three materials")


def test_two_registers_are_compared_line_by_line() -> None:
    """An older release of the register against a newer one: what the update does to the book."""
    older = open_register(scenario=EXAMPLES / "scenario_hf_eased.toml")
    found = impact(pa.Table.from_pylist(BOOK), register=older, scenario=REGISTER)
    effects = Counter(row["effect"] for row in found.lines.to_pylist() if row["effect"] != "open")
    assert effects == {"stopped": 9}
    assert found.groups[0].rules == ("jp-pol-kr-hf-individual",)
