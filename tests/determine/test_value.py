"""What a value says: of which goods, in which currency, and when it is none."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from sekisho.determine.check import check
from sekisho.determine.decide import decide
from sekisho.determine.intake import read_line
from sekisho.determine.rates import read_rates
from sekisho.model import Answer, Decision, Shipment
from sekisho.register.open import open_register
from sekisho.register.register import Register

RESIST = {
    "ship_from_country": "JP", "destination_country": "KR", "code": "7(19)", "item_kind": "goods",
    "export_date": "2019-07-10", "classification_status": "approved", "currency": "JPY",
    "end_use_code": "none", "end_user_concern": "none", "informed": "no", "icp": "yes",
    "licences_held": "none",
}  # fmt: skip
RATES = read_rates(Path(__file__).parents[2] / "examples" / "rates_2019_2023.csv")
ONE_LINE = (
    "the value limit is on the total value of all goods of the item number in the contract, and only"
    " the value of this line was compared (value_basis says contract where it is that total)"
)
QUESTION = "What is the total value under the contract of all goods of this item number (in JPY)?"
ZERO = f"value_jpy: The value is stated as 0, which frees nothing. {QUESTION}"
IN_USD = f"value_jpy: The value is in USD: give its rates (--rates FILE). {QUESTION}"


def decided(register: Register, **cells: str) -> Decision:
    line = read_line({**RESIST, **cells}, register)
    assert line.faults == ()
    return decide(line.shipment, register)


def test_two_lines_below_the_limit_say_that_each_was_compared_alone(register: Register) -> None:
    """Together they are above it, and neither line knows of the other."""
    for value in ("600000", "700000"):
        decision = decided(register, value=value)
        assert decision.answer is Answer.NO_REQUIREMENT_FOUND
        assert ONE_LINE in decision.not_covered


@pytest.mark.parametrize("cells", [{"value": "600000", "value_basis": "contract"}, {"value_jpy": "600000"}])
def test_a_total_is_no_matter_for_remarks(cells: dict[str, str], register: Register) -> None:
    decision = decided(register, **cells)
    assert decision.answer is Answer.NO_REQUIREMENT_FOUND
    assert ONE_LINE not in decision.not_covered


def test_a_value_that_frees_nothing_needs_no_remark(register: Register) -> None:
    assert ONE_LINE not in decided(register, value="1000001").not_covered


@pytest.mark.parametrize("cell", ["0", "0.00", "０"])
@pytest.mark.parametrize("column", ["value", "value_jpy"])
def test_zero_is_no_value(column: str, cell: str, register: Register) -> None:
    """Order systems write 0 for samples and for lines that have no price yet."""
    decision = decided(register, **{column: cell})
    assert decision.answer is Answer.UNDETERMINED
    assert [str(question) for question in decision.questions] == [ZERO]


def test_zero_is_no_value_of_a_shipment_either(register: Register) -> None:
    line = read_line(RESIST, register).shipment
    shipment = Shipment(
        decisive_date=line.decisive_date, ship_from="JP", destination="KR", code="7(19)",
        classification_status="approved", facts={**line.facts, "value_jpy": 0},
    )  # fmt: skip
    assert decide(shipment, register).answer is Answer.UNDETERMINED


@pytest.mark.parametrize("values", [["500000", "0"], ["0", "500000"], ["1", "0.0"]])
def test_zero_is_a_kind_of_its_own_in_a_file(values: list[str], register: Register) -> None:
    frame = pd.DataFrame([{**RESIST, "line_id": str(at), "value": v} for at, v in enumerate(values)])
    answers = dict(zip(values, check(frame, register=register)["answer"], strict=True))
    assert {value: answers[value] for value in values if float(value) == 0} == {
        value: "undetermined" for value in values if float(value) == 0
    }
    assert answers[max(values, key=float)] == "no_requirement_found"


def test_a_value_without_rates_says_so(register: Register) -> None:
    decision = decided(register, value="5000", currency="USD")
    assert [str(question) for question in decision.questions] == [IN_USD]
    assert decision.explanation.endswith(f"First to answer: {IN_USD.removeprefix('value_jpy: ')}")
    lines = pd.DataFrame([{**RESIST, "value": "5000", "currency": "USD"}])
    assert check(lines, register=register)["questions"][0] == IN_USD


def test_a_value_with_rates_is_compared(register: Register, tmp_path: Path) -> None:
    path = tmp_path / "rates.csv"
    path.write_text("currency,from,until,jpy\nUSD,2019-07-01,,108\n", encoding="utf-8")
    line = read_line({**RESIST, "value": "5000", "currency": "USD"}, register, read_rates(path))
    assert decide(line.shipment, register).answer is Answer.NO_REQUIREMENT_FOUND


def test_a_value_that_a_rule_reckons_with_is_told_apart_in_a_file(tmp_path: Path) -> None:
    hs = Path(__file__).with_name("what_if_hs.toml").read_text(encoding="utf-8")
    scenario = tmp_path / "what_if_value.toml"
    scenario.write_text(hs.replace("hs_code IN ('854231')", "value_jpy / 2 > 100000"), encoding="utf-8")
    register = open_register(scenario=scenario)
    values = [("100", "JPY"), ("300000", "JPY"), ("200000", "JPY"), ("100", "USD"), ("9000", "USD")]
    rows = [
        {**RESIST, "export_date": "2020-06-01", "value": value, "currency": unit} for value, unit in values
    ]
    found = check(pd.DataFrame(rows), register=register, rates=RATES)
    alone = [check(pd.DataFrame([row]), register=register, rates=RATES) for row in rows]
    assert found["answer"].tolist() == [one["answer"].item() for one in alone]
    assert ["what-if-hs-bar" in rules for rules in found["rules"]] == [False, True, False, False, True]
