"""What is said of a licence that is held and does not cover the line yet."""

from __future__ import annotations

import datetime as dt

import pytest

from sekisho.determine.decide import decide
from sekisho.model import Answer, Shipment
from sekisho.register.register import Register

NO_CONCERN = {
    "informed": False, "end_use_wmd": False, "end_use_conventional": False,
    "end_user_wmd": False, "end_user_conventional": False,
}  # fmt: skip
NEEDS = (
    "7(19) to South Korea needs a licence."
    " Usable types: general_bulk, special_general_bulk, individual"
)  # fmt: skip
WOULD = f"{NEEDS}; the held Special General Bulk Licence would cover it if"


@pytest.mark.parametrize(
    ("facts", "explanation"),
    [
        (NO_CONCERN, f"{WOULD} icp is answered yes."),
        ({**NO_CONCERN, "icp": False}, f"{NEEDS}."),
        (
            {"icp": True, "end_use_wmd": False, "end_use_conventional": False},
            f"{WOULD} informed, end_user_wmd, end_user_conventional are answered no.",
        ),
        (
            {k: v for k, v in NO_CONCERN.items() if k != "informed"},
            f"{WOULD} icp is answered yes and informed is answered no.",
        ),
    ],
)
def test_the_answer_that_would_do_is_named(
    facts: dict[str, bool], explanation: str, register: Register
) -> None:
    shipment = Shipment(
        decisive_date=dt.date(2019, 7, 3), ship_from="JP", destination="KR", code="7(19)",
        classification_status="approved", facts={"item_kind": "goods", "value_jpy": 5e6, **facts},
        licences_held=frozenset({"special_general_bulk"}),
    )  # fmt: skip
    decision = decide(shipment, register)
    assert (decision.answer, decision.explanation) == (Answer.LICENCE_REQUIRED, explanation)
