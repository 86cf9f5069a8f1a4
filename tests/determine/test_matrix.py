"""The licence matrix agrees with decisions, and never says more than the record."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest

from sekisho.determine.matrix import matrix, matrix_kept
from sekisho.determine.shipments import decide
from sekisho.errors import NotFound
from sekisho.model import Answer, Shipment
from sekisho.register.register import Register

BEFORE, ON = dt.date(2019, 7, 3), dt.date(2019, 7, 4)


def _lightest(register: Register, day: dt.date, known_on: dt.date | None = None) -> dict[str, str]:
    found = matrix(register, "JP", day, known_on, ("KR",))
    return {f"{row.items[0].item} {row.group}".strip(): row.cells[0].lightest for row in found.rows}


@pytest.mark.parametrize("item", ["7(19)", "3(1) hydrogen-fluoride", "5(17) fluorinated-polyimide"])
def test_the_three_materials_on_3_and_4_july_2019(register: Register, item: str) -> None:
    assert _lightest(register, BEFORE)[item] == "general_bulk"
    assert _lightest(register, ON)[item] == "individual"
    assert _lightest(register, ON, dt.date(2019, 6, 30))[item] == "general_bulk"


def test_resist_was_eased_for_named_pairs(register: Register) -> None:
    assert _lightest(register, dt.date(2019, 12, 20))["7(19)"] == "specific_bulk"
    assert _lightest(register, dt.date(2023, 3, 23))["7(19)"] == "special_general_bulk"
    assert _lightest(register, dt.date(2023, 7, 21))["7(19)"] == "general_bulk"


@pytest.mark.parametrize("day", [BEFORE, ON, dt.date(2023, 7, 23)])
def test_every_country_and_item_stands_in_it_once(register: Register, day: dt.date) -> None:
    found = matrix(register, "JP", day)
    countries = [code for column in found.columns for code in column.countries]
    assert sorted(countries) == sorted(set(register.countries.by_code) - {"JP"})
    whole = [item.item for row in found.rows if not row.group for item in row.items]
    assert len(whole) == len(set(whole))
    assert all(len(row.cells) == len(found.columns) for row in found.rows)


@pytest.mark.parametrize("day", [BEFORE, ON, dt.date(2023, 7, 23)])
def test_a_cell_is_what_a_decision_of_such_goods_says(register: Register, day: dt.date) -> None:
    """Of a line without an exception and without concerns; what hangs on facts stays out of both."""
    found = matrix(register, "JP", day, None, ("KR", "US", "CN"))
    facts = {
        "item_kind": "goods", "value_jpy": 1e9, "informed": False, "end_use_wmd": False,
        "end_use_conventional": False, "end_user_wmd": False, "end_user_conventional": False,
    }  # fmt: skip
    compared = 0
    for row, (place, column) in itertools.product(found.rows, enumerate(found.columns)):
        line = Shipment(
            decisive_date=day, ship_from="JP", destination=column.countries[0], code=row.items[0].item,
            classification_status="approved", facts=facts, licences_held=frozenset(),
        )  # fmt: skip
        decision = decide(line, register)
        if not row.group and decision.answer is Answer.LICENCE_REQUIRED:
            compared += 1
            assert decision.licence_types == row.cells[place].certain
    assert compared > 50


def test_what_was_worked_out_once_is_the_same(register: Register) -> None:
    kept = matrix_kept(register, "JP", dt.date(2019, 7, 20), None, ("KR",))
    assert kept == matrix(register, "JP", dt.date(2019, 7, 20), None, ("KR",))
    assert kept.columns[kept.column_of("KR")].countries == ("KR",)


def test_a_country_without_law_or_place_is_told(register: Register) -> None:
    with pytest.raises(NotFound, match="law of a country 'FR'"):
        matrix(register, "FR", ON)
    with pytest.raises(NotFound, match="law of a country"):
        matrix_kept(register, "FR", ON, None, ())
    with pytest.raises(NotFound, match="destination 'JP'"):
        matrix(register, "JP", ON).column_of("JP")
