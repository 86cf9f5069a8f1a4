"""Faults of many lines: what each line alone would be told, found without reading every one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.determine.files import table_batches
from sekisho.determine.intake import read_line
from sekisho.determine.kinds import Kinds
from sekisho.determine.line_faults import LineFaults
from sekisho.determine.rates import Rates, read_rates
from sekisho.register.open import open_register

REGISTER = open_register()
RATES = read_rates(Path(__file__).parents[2] / "examples" / "rates_2019_2023.csv")
CELLS = {
    "ship_from_country": ("JP", "US", "Korea", ""),
    "destination_country": ("KR", "Taiwan", "Nowhere", ""),
    "code": ("7(19)", "99(9)", "EAR99", "NOT_LISTED", ""),
    "classification_status": ("approved", "sure", ""),
    "substance_wt_pct": ("30", "99.9", "much", "101", ""),
    "end_use_code": ("none", "weapons", ""),
    "end_use_wmd": ("yes", "perhaps", ""),
    "licences_held": ("general_bulk", "none", "a licence", ""),
    "value": ("5000000", "900000", "-1", "lots", ""),
    "currency": ("JPY", "USD", "XXX", "money", ""),
    "contract_date": ("2019-05-01", "soon", ""),
    "export_date": ("2019-07-10", "1850-01-01", "soon", ""),
    "quantity": ("5", "-5", ""),
    "ultimate_destination_country": ("CN", "Utopia", ""),
    "hs_code": ("854231", "85x", ""),
    "informed": ("no", "maybe", ""),
    "item_kind": ("goods", "things", ""),
}
ONE = st.fixed_dictionaries({name: st.sampled_from(cells) for name, cells in CELLS.items()})
OTHER = st.sampled_from([{name: cell} for name, cells in CELLS.items() for cell in cells])
ROWS = st.builds(
    lambda first, others: [first, *({**first, **other} for other in others)], ONE, st.lists(OTHER)
)
"""Lines that differ from the first in one cell each: alike as the lines of an order book are."""


@settings(max_examples=60, deadline=None)
@given(rows=ROWS, rates=st.sampled_from([None, RATES]))
def test_faults_are_those_of_each_line_alone(rows: list[dict[str, Any]], rates: Rates | None) -> None:
    finder = LineFaults(Kinds(REGISTER, None, rates), REGISTER, rates)
    for _ in range(2):  # what is remembered tells the same
        found = {}
        for batch in table_batches(pa.Table.from_pylist(rows)):
            for at, faults in finder.of(batch, "").items():
                found[at] = sorted((one.column, one.problem, one.expected) for one in faults)
        alone = {}
        for at, row in enumerate(rows):
            told = read_line(row, REGISTER, rates).faults
            if told:
                alone[at] = sorted((one.column, one.problem, one.expected) for one in told)
        assert found == alone
