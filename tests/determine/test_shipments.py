"""Shipments stated by a program: what is not what it should be is refused, all at once."""

# ruff: noqa: DTZ001  moments without a zone are among what is refused

from __future__ import annotations

import datetime as dt
import pickle
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

import sekisho
from sekisho.errors import InputInvalid, NotFound, ValueInvalid
from sekisho.model import Answer, Shipment
from sekisho.plain import plain
from sekisho.register.register import Register, View

DAY = dt.date(2020, 7, 4)
RESIST = Shipment(
    decisive_date=DAY,
    ship_from="JP",
    destination="KR",
    code="7(19)",
    classification_status="approved",
    facts={
        "item_kind": "goods", "informed": False, "end_use_wmd": False, "end_use_conventional": False,
        "end_user_wmd": False, "end_user_conventional": False, "value_jpy": 5_000_000.0, "icp": False,
    },
    licences_held=frozenset({"individual"}),
)  # fmt: skip

REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"destination": "Iran"},
     "destination: 'Iran' is not an ISO 3166-1 alpha-2 code; expected 'IR' if that country is meant"),
    ({"ultimate_destination": "PRK"},
     "ultimate_destination: 'PRK' is not an ISO 3166-1 alpha-2 code; expected 'KP' if that country is meant"),
    ({"destination": ""}, "destination: '' is not an ISO 3166-1 alpha-2 code; expected ISO 3166-1 alpha-2"),
    ({"licences_held": "special_general_bulk"},
     "licences_held: 'special_general_bulk' is a str; expected a frozenset of licence types"),
    ({"licences_held": frozenset({"foo"})}, "licences_held: 'foo' is no licence type; expected "),
    ({"classification_status": "Approved"},
     "classification_status: 'Approved' is not the word itself; expected 'approved'"),
    ({"code": "7(99)"}, "code: unknown item number '7(99)'; expected a number of Appended Table 1"),
    ({"code": "7 (19)"}, "code: '7 (19)' is not the word itself; expected '7(19)'"),
    ({"decisive_date": dt.datetime(2020, 7, 4, 9)},
     "decisive_date: the day is datetime.datetime(2020, 7, 4, 9, 0), a datetime; expected a datetime.date"),
    ({"informd": True}, "informd: this fact is not declared; expected a declared fact. Did you mean infor"),
    ({"end_use_code": "wmd"}, "end_use_code: this fact is not declared"),
    ({"value_jpy": -5.0}, "value_jpy: '-5' is negative; expected a number of zero or more"),
    ({"value_jpy": float("nan")}, "value_jpy: nan is not a finite number; expected a number"),
    ({"value_jpy": "5"}, "value_jpy: '5' is a str; expected a float"),
    ({"substance_wt_pct": 140.0}, "substance_wt_pct: '140' is not between 0 and 100; expected a number"),
    ({"item_kind": "service"}, "item_kind: 'service' is not allowed here; expected goods, "),
    ({"item_kind": "Goods"}, "item_kind: 'Goods' is not the word itself; expected 'goods'"),
    ({"informed": "no"}, "informed: 'no' is a str; expected True or False"),
    ({"icp": 1}, "icp: 1 is a int; expected True or False"),
    ({"icp": 0.0}, "icp: 0.0 is a float; expected True or False"),
    ({"icp": None}, "icp: None is a NoneType; expected True or False"),
    ({"icp": np.True_}, "icp: np.True_ is a numpy.bool; expected True or False"),
    ({"value_jpy": True}, "value_jpy: True is a bool; expected a float in JPY"),
    ({"value_jpy": None}, "value_jpy: None is a NoneType; expected a float in JPY"),
    ({"value_jpy": [5.0]}, "value_jpy: [5.0] is a list; expected a float in JPY"),
    ({"value_jpy": Decimal(5)}, "value_jpy: Decimal('5') is a decimal.Decimal; expected a float in JPY"),
    ({"value_jpy": np.int64(5)}, "value_jpy: np.int64(5) is a numpy.int64; expected a float in JPY"),
    ({"value_jpy": 10**400}, "value_jpy: a number of 1329 bits is not a finite number; expected a number"),
    ({"substance_wt_pct": "50 g"}, "substance_wt_pct: '50 g' is a str; expected a float in % by weight"),
    ({"item_kind": 1}, "item_kind: 1 is a int; expected a text"),
    ({"item_kind": ["goods"]}, "item_kind: ['goods'] is a list; expected a text"),
    ({"hs_code": 281111}, "hs_code: 281111 is a int; expected a text"),
    ({"hs_2": 28.0}, "hs_2: '28' is not taken: it follows from hs_code; expected the HS code in hs_code"),
    ({"destination": ["KR"]}, "destination: ['KR'] is not an ISO 3166-1 alpha-2 code; expected ISO"),
    ({"code": ["7(19)"]}, "code: ['7(19)'] is a list; expected a text"),
    ({"classification_status": ["approved"]},
     "classification_status: ['approved'] is a list; expected a text"),
    ({"licences_held": ["individual"]},
     "licences_held: ['individual'] is a list; expected a frozenset of licence types"),
    ({"decisive_date": "2020-07-04"},
     "decisive_date: the day is '2020-07-04', a str; expected a datetime.date"),
]  # fmt: skip


def changed(change: dict[str, Any]) -> Shipment:
    fields = {name: value for name, value in change.items() if name in Shipment.__dataclass_fields__}
    facts = {name: value for name, value in change.items() if name not in fields}
    return replace(RESIST, facts={**RESIST.facts, **facts}, **fields)


@pytest.fixture(scope="module")
def view(register: Register) -> View:
    """A view that has decided sound lines like those that are not."""
    made = register.view(DAY)
    for icp in (True, False):
        for with_reasons in (True, False):
            made.decide(changed({"icp": icp}), with_reasons=with_reasons)
    return made


@pytest.mark.parametrize(("change", "message"), REFUSED)
def test_what_a_file_could_not_state_is_refused(
    change: dict[str, Any], message: str, register: Register, view: View
) -> None:
    asks: list[Callable[[Shipment], object]] = [
        lambda shipment: sekisho.decide(shipment, register),
        lambda shipment: sekisho.explain(shipment, register),
        view.decide,
        lambda shipment: view.decide(shipment, with_reasons=False),
    ]
    for ask in asks:
        with pytest.raises(InputInvalid) as caught:
            ask(changed(change))
        assert str(caught.value).startswith(f"shipment: {message}")


FULL = replace(RESIST, facts={
    **RESIST.facts, "hs_code": "370790", "substance_wt_pct": 1.0, "value_basis": "line", "icp": True,
})  # fmt: skip
EQUAL_BUT_OTHER: list[tuple[str, Any]] = [
    ("icp", 1), ("icp", 1.0), ("icp", np.True_), ("informed", 0), ("informed", 0.0), ("end_use_wmd", -0.0),
    ("substance_wt_pct", True), ("substance_wt_pct", Decimal(1)), ("substance_wt_pct", 1 + 0j),
    ("value_jpy", Decimal(5_000_000)), ("value_jpy", np.int64(5_000_000)),
    ("value_jpy", np.array([1.0, 2.0])), ("value_jpy", np.array(5_000_000.0)),
    ("value_jpy", float("inf")), ("value_jpy", -0.5), ("substance_wt_pct", float("nan")),
    ("substance_wt_pct", 100.00001), ("hs_code", 370790), ("hs_code", "37079"),
    ("hs_code", "3707.90"), ("value_basis", "total"), ("item_kind", "Goods"),
]  # fmt: skip
"""What a line that was found sound does not vouch for, though it is equal to, or near, what it states."""


@pytest.mark.parametrize(("name", "value"), EQUAL_BUT_OTHER)
def test_a_line_like_one_before_is_still_checked(name: str, value: Any, register: Register) -> None:
    view, other = register.view(DAY), replace(FULL, facts={**FULL.facts, name: value})
    with pytest.raises(InputInvalid) as expected:
        sekisho.decide(other, register)
    for with_reasons in (True, False, True, False):
        sound = view.decide(FULL, with_reasons=with_reasons)
        assert sound == sekisho.decide(FULL, register, with_reasons=with_reasons)
        with pytest.raises(InputInvalid) as caught:
            view.decide(other, with_reasons=with_reasons)
        assert str(caught.value) == str(expected.value)


def test_threads_may_share_a_view(register: Register) -> None:
    lines = [
        replace(FULL, destination=place, code=code, facts={**FULL.facts, "value_jpy": value, "icp": icp})
        for place in ("KR", "CN", "US") for code in ("7(19)", "3(1)", "16", "NOT_LISTED")
        for value in (1.0, 5_000_000.0) for icp in (True, False)
    ]  # fmt: skip
    expected = [sekisho.decide(line, register) for line in lines]
    was = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _ in range(3):
            view = register.view(DAY)
            with ThreadPoolExecutor(4) as pool:
                assert list(pool.map(view.decide, lines * 4)) == expected * 4
    finally:
        sys.setswitchinterval(was)


class Day(dt.date):
    """A day of a kind of its own, which equals the plain one."""


@pytest.mark.parametrize(
    "day", ["", 0, False, [], np.datetime64(DAY), dt.datetime(2019, 7, 4), Day(2020, 7, 4)]
)
def test_what_passes_for_no_day_or_for_the_day_is_still_refused(day: Any, register: Register) -> None:
    view, other = register.view(DAY), replace(FULL, decisive_date=day)
    for with_reasons in (True, False):
        with pytest.raises(InputInvalid, match="decisive_date: the day is"):
            view.decide(other, with_reasons=with_reasons)
        view.decide(FULL, with_reasons=with_reasons)
        view.decide(replace(FULL, decisive_date=None), with_reasons=with_reasons)
        with pytest.raises(InputInvalid, match="decisive_date: the day is"):
            view.decide(other, with_reasons=with_reasons)


def test_days_between_which_nothing_was_learned_share_a_law(register: Register) -> None:
    told = dt.date(2019, 7, 1)  # the day on which the measure of 4 July 2019 was announced
    assert register.law("JP", told) is register.law("JP", told + dt.timedelta(days=1))
    assert register.law("JP", told) is not register.law("JP", told - dt.timedelta(days=1))
    assert register.law("JP", dt.date.max) is register.law("JP")
    shipment = replace(RESIST, decisive_date=dt.date(2019, 7, 5))
    answers = {}
    for day in (told - dt.timedelta(days=1), told, told + dt.timedelta(days=1)):
        made = register.view(dt.date(2019, 7, 5), day).decide(shipment)
        assert made == sekisho.decide(shipment, register, day)
        assert made.known_on == day
        answers[day] = made.licence_types
    assert len(set(answers.values())) == 2


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        (None, "facts: None is a NoneType; expected a mapping of declared facts to their values"),
        ([("icp", True)], "facts: [('icp', True)] is a list; expected a mapping of declared facts"),
        ({7: True}, "7: this fact is not declared; expected a declared fact"),
    ],
)
def test_facts_that_are_none_are_refused(facts: Any, message: str, register: Register, view: View) -> None:
    shipment = replace(RESIST, facts=facts)
    for ask in (lambda: sekisho.decide(shipment, register), lambda: view.decide(shipment)):
        with pytest.raises(InputInvalid) as caught:
            ask()
        assert str(caught.value).startswith(f"shipment: {message}")


def test_all_faults_are_told_at_once(register: Register) -> None:
    everything = {name: value for change, _ in REFUSED for name, value in change.items()}
    with pytest.raises(InputInvalid) as caught:
        sekisho.decide(changed(everything), register)
    assert {fault.column for fault in caught.value.faults} == set(everything)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("register",), "register is a str; expected a Register, as open_register gives it"),
        ((None, "2019-06-30"), "known_on is '2019-06-30', a str; expected a datetime.date"),
        ((None, dt.datetime(2019, 6, 30)), "known_on is datetime.datetime(2019, 6, 30, 0, 0), a datetime;"),
    ],
)
def test_arguments_of_another_kind_are_refused(
    arguments: tuple[Any, ...], message: str, register: Register
) -> None:
    given = [register if argument is None else argument for argument in arguments]
    with pytest.raises(ValueInvalid) as caught:
        sekisho.decide(RESIST, *given)
    assert str(caught.value).startswith(message)


def test_a_view_decides_lines_of_its_day(register: Register) -> None:
    view = register.view(DAY)
    made = view.decide(RESIST)
    assert made == sekisho.decide(RESIST, register)
    assert view.decide(replace(RESIST, decisive_date=None)) == made
    assert made.answer is Answer.AUTHORISED
    with pytest.raises(ValueInvalid) as caught:
        view.decide(replace(RESIST, decisive_date=dt.date(2020, 7, 5)))
    assert str(caught.value) == (
        "the line ships on 2020-07-05, the view is of 2020-07-04; expected a line of that day, or one"
        " without a day"
    )
    with pytest.raises(InputInvalid, match="'Iran' is not"):
        view.decide(replace(RESIST, destination="Iran"))


def test_a_view_gives_the_coded_answer_with_its_rules(register: Register) -> None:
    view = register.view(DAY)
    whole, coded = view.decide(RESIST), view.decide(RESIST, with_reasons=False)
    assert coded == replace(whole, reasons=())
    assert coded.rules == whole.rules != ()
    assert view.decide(replace(RESIST), with_reasons=False) is coded


def test_a_decision_that_is_kept_is_told_of_the_line_that_asks(register: Register) -> None:
    """In JSON too, where the reasons are those of this line, not of the one before."""
    view = register.view(DAY)
    for value in (4_000_000.0, 5_000_000.0):
        shipment = replace(RESIST, facts={**RESIST.facts, "value_jpy": value})
        told: Any = plain(view.decide(shipment))
        assert told == plain(sekisho.decide(shipment, register))
        facts = [fact for reason in told["reasons"] for fact in reason["facts"]]
        assert ["value_jpy", value] in facts


def test_reasons_are_a_sequence_that_equals_a_tuple(register: Register) -> None:
    reasons = sekisho.decide(RESIST, register).reasons
    as_tuple = tuple(reasons)
    assert reasons == as_tuple
    assert as_tuple == reasons
    assert hash(reasons) == hash(as_tuple)
    assert (len(reasons), reasons[0], reasons[1:]) == (len(as_tuple), as_tuple[0], as_tuple[1:])
    assert pickle.loads(pickle.dumps(reasons)) == as_tuple  # noqa: S301  of our own
    assert reasons != as_tuple[1:]


def test_a_view_is_of_days_and_says_so(register: Register) -> None:
    for wrong in ("2019-07-04", dt.datetime(2019, 7, 4)):
        with pytest.raises(ValueInvalid, match="in_force_on is"):
            register.view(wrong)  # type: ignore[arg-type]  # what a program may do
    with pytest.raises(ValueInvalid, match="known_on is"):
        register.view(DAY, "2019-07-04")  # type: ignore[arg-type]  # the same
    assert repr(register.view(DAY)) == f"<View {register.fingerprint}@2020-07-04/all>"
    assert repr(register) == f"<Register {register.version}, {register.fingerprint}>"


def test_other_functions_refuse_arguments_of_another_kind(register: Register) -> None:
    line = {
        "ship_from_country": "JP",
        "destination_country": "KR",
        "code": "3(1)",
        "order_date": "2019-07-04",
    }
    frame = pa.Table.from_pylist([line])
    refused: list[tuple[dict[str, Any], str]] = [
        ({"register": "/nope"}, "register is a str; expected a Register"),
        (
            {"known_on": dt.datetime(2019, 7, 4)},
            "known_on is datetime.datetime(2019, 7, 4, 0, 0)",
        ),
        ({"columns": ["answr"]}, "'answr' is no column of a decision; expected answer, "),
        ({"carry": "some"}, "carry is 'some'; expected other, all, none"),
    ]
    for arguments, message in refused:
        with pytest.raises(ValueInvalid) as caught:
            sekisho.check(frame, **arguments)
        assert str(caught.value).startswith(message)
    with pytest.raises(InputInvalid) as missing:
        sekisho.check(frame, known_on="2019-07-04", register=register)
    assert str(missing.value) == "frame:1: 2019-07-04: the column is missing; expected it in the header"
    with pytest.raises(NotFound, match="there is no register folder '/nope'"):
        sekisho.open_register("/nope")
    with pytest.raises(InputInvalid, match="the file cannot be read: No such file"):
        sekisho.read_rates("/nope.csv")


def test_a_whole_number_counts_as_the_number_it_is(register: Register) -> None:
    """Not as the place between two limits at which another number was kept."""
    view = register.view(DAY)
    acid = {"controlled_substance": "hydrogen_fluoride", "item_kind": "goods"}
    for percent in (*(n / 2 for n in range(200)), *range(100)):
        facts = {**acid, "substance_wt_pct": percent}
        shipment = replace(RESIST, code="3(1)", classification_status=None, facts=facts)
        expected = sekisho.decide(shipment, register)
        assert (view.decide(shipment).answer, view.decide(shipment).rules) == (
            expected.answer,
            expected.rules,
        )
