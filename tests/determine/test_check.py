"""Frames and whole runs: every row gets its answer, and exchange rates are read or refused."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sekisho
from sekisho.determine.check import OUTPUT, Checker, check
from sekisho.determine.decide import decide
from sekisho.determine.files import table_batches
from sekisho.determine.intake import read_line
from sekisho.determine.rates import Rates, read_rates
from sekisho.determine.runs import check_file
from sekisho.errors import InputInvalid, ValueInvalid
from sekisho.register.open import open_register
from sekisho.register.register import Register

COLUMNS: dict[str, list[Any]] = {
    "order_no": ["A", "B"],
    "ship_from_country": ["JP", "JP"],
    "destination_country": ["KR", "Korea"],
    "code": ["3(1)", "7(19)"],
    "classification_status": ["approved", None],
    "export_date": [dt.date(2019, 7, 4), dt.date(2019, 7, 5)],
    "value": [30.0, None],
    "currency": ["JPY", None],
    "informed": [False, None],
    "remark": ["x", None],
}
CARRIED = ("transaction_id", *OUTPUT, "remark")
RESIST_LINE = {
    "ship_from_country": "JP", "destination_country": "KR", "code": "7(19)", "order_date": "2019-07-04",
    "classification_status": "approved", "item_kind": "goods", "value": 5e6, "currency": "JPY",
}  # fmt: skip


@pytest.mark.parametrize("kind", [pd.DataFrame, pl.DataFrame, pa.table])
def test_a_frame_comes_back_as_the_kind_it_was(kind: Any, register: Register) -> None:
    frame = kind(COLUMNS)
    result = check(frame, register=register)
    assert type(result) is type(frame)
    names = result.column_names if isinstance(result, pa.Table) else list(result.columns)
    assert tuple(names) == CARRIED
    assert list(map(str, result["answer"])) == ["licence_required", "undetermined"]
    assert list(map(str, result["in_force_on"])) == ["2019-07-04", "2019-07-05"]


def test_a_record_batch_and_anything_with_an_arrow_stream_are_frames(register: Register) -> None:
    table = pa.table(COLUMNS)
    first = check(table, register=register)
    assert check(table.to_batches()[0], register=register) == first
    assert (
        check(pa.RecordBatchReader.from_batches(table.schema, table.to_batches()), register=register) == first
    )


def test_a_pandas_frame_keeps_its_index(register: Register) -> None:
    """Answers joined to another row by a lost index would free the wrong line."""
    frame = pd.DataFrame(COLUMNS, index=[7, 3])
    joined = frame.join(check(frame, register=register)[["answer"]])
    assert joined.loc[7, "answer"] == "licence_required"
    assert joined.loc[3, "answer"] == "undetermined"


def test_a_pandas_column_of_mixed_types_is_read_as_text(register: Register) -> None:
    frame = pd.DataFrame({**COLUMNS, "code": ["3(1)", 8], "remark": [pd.NA, 1.0]})
    result = check(frame, register=register)
    assert result["explanation"].str.contains("Korea").tolist()[1]
    assert result["remark"].tolist() == ["", "1"]


@pytest.mark.parametrize("kind", [pd.DataFrame, pl.DataFrame, pa.table])
def test_a_frame_without_rows_gives_no_rows(kind: Any, register: Register) -> None:
    frame = kind({name: [] for name in ("輸出国", "仕向国", "項番", "輸出日")})
    assert len(check(frame, register=register)) == 0


UNUSABLE = [
    ([["JP"]], "frame: list is not a data frame; expected a pandas, Polars or Arrow frame"),
    (pa.table({**COLUMNS, "項番": ["1", "2"]}),
     "frame: code: two columns have this meaning; expected one of them"),
    (pa.table({name: cells for name, cells in COLUMNS.items() if name != "code"}),
     ("frame:1: code: the column is missing; expected it in the header, or one of"
      " control_code, item_number, 項番")),
    (pd.DataFrame([["JP", "KR", "KR"]], columns=["ship_from_country", "to", "to"]),
     "frame: destination_country: two columns have this meaning; expected one of them"),
]  # fmt: skip


@pytest.mark.parametrize(("frame", "message"), UNUSABLE, ids=range(len(UNUSABLE)))
def test_a_frame_that_cannot_be_used_says_why(frame: Any, message: str, register: Register) -> None:
    with pytest.raises(InputInvalid) as caught:
        check(frame, register=register)
    assert str(caught.value) == message


def test_the_same_key_twice_is_a_fault_in_a_frame_too(register: Register) -> None:
    result = check(pl.DataFrame({**COLUMNS, "order_no": ["A", "A"]}), register=register)
    assert result["questions"][1] == (
        "transaction_id: the key 'A' already stands on line 1, expected a key of its own for each line"
    )


def test_the_shipped_register_is_taken_and_knowing_less_is_told(register: Register) -> None:
    result = sekisho.check(pl.DataFrame(COLUMNS), known_on=dt.date(2019, 6, 30))
    assert set(result["register"]) == {register.fingerprint}
    assert set(result["known_on"]) == {"2019-06-30"}


def test_nothing_is_left_behind_when_a_run_is_stopped(tmp_path: Path, register: Register) -> None:
    orders, output = tmp_path / "orders.csv", tmp_path / "out.csv"
    orders.write_bytes(
        b"ship_from_country,destination_country,code,order_date\nJP,KR,3(1),2019\n" + b"\xff\n"
    )
    with pytest.raises(InputInvalid, match="0xff is not UTF-8"):
        list(check_file(orders, output, Checker(register)))
    assert [path.name for path in tmp_path.iterdir()] == ["orders.csv"]


def test_an_output_that_stood_before_is_kept_when_a_run_fails(tmp_path: Path, register: Register) -> None:
    orders, output = tmp_path / "orders.csv", tmp_path / "out.csv"
    output.write_text("before", encoding="utf-8")
    orders.write_text("code\n", encoding="utf-8")
    with pytest.raises(InputInvalid):
        list(check_file(orders, output, Checker(register)))
    assert output.read_text(encoding="utf-8") == "before"


def test_a_summary_counts_faults_beyond_those_it_keeps(register: Register) -> None:
    rows = 1200
    frame = pa.table({name: [cells[1]] * rows for name, cells in COLUMNS.items() if name != "order_no"})
    checker = Checker(register)
    from sekisho.determine.files import arrow_batch  # noqa: PLC0415  only here

    checker.batch(arrow_batch(frame.combine_chunks().to_batches()[0], 1))
    assert (checker.summary.faulty, len(checker.summary.faults), checker.summary.kinds) == (rows, 1000, 1)


RATE = "expected JPY for one unit, a number above zero"
CELLS = "the row has more or fewer cells than the header; expected currency,from,until,jpy"
COLS = "expected currency,from,until,jpy"
LONG = "currency,rate,of,of,of,of,of,of,of,of,of,of,of,of"[:48]
BEGINS = "rates.csv:1: the header begins with"
RATES = "a UTF-8 file of exchange rates (currency,from,until,jpy)"
HEADER = "currency,from,until,jpy\n"
BAD_RATES = [
    (b"", "rates.csv:1: the header is ''; expected currency,from,until,jpy"),
    (b"currency,rate\n", "rates.csv:1: the header is 'currency,rate'; expected currency,from,until,jpy"),
    (b"currency,rate" + b",of" * 50, f"{BEGINS} '{LONG}' and has 52 columns; {COLS}"),
    (b"currency " + b"<p>" * 999, f"{BEGINS} 'currency <p><p><p><p><p><p><p><p><p><p><p><p><p>'; {COLS}"),
    (b"USD,2019-07-01,2019-08-01\n", f"rates.csv:2: {CELLS}"),
    (b"USD,2019-07-01,,1,2\n", f"rates.csv:2: {CELLS}"),
    (b"USD,2019-07-32,,108\n",
     "rates.csv:2: '2019-07-32' is not a date: July 2019 has 31 days; expected YYYY-MM-DD"),
    (b"USD,,,108\n", "rates.csv:2: '' is not a day; expected YYYY-MM-DD"),
    (b"USD,2019-07-01,,zero\n", f"rates.csv:2: 'zero' is not a rate; {RATE}"),
    (b"USD,2019-07-01,,0\n", f"rates.csv:2: '0' is not a rate; {RATE}"),
    (b"USD,2019-07-01,,nan\n", f"rates.csv:2: 'nan' is not a rate; {RATE}"),
    (b"Dollar,2019-07-01,,108\n",
     "rates.csv:2: 'Dollar' is not a currency code; expected ISO 4217 in capitals, such as USD"),
    (b"USD,2019-07-01,2019-07-01,108\n",
     "rates.csv:2: the period ends on 2019-07-01, before it starts; expected a later day, or nothing"),
    (b"USD,2019-07-01,,108\nUSD,2019-08-01,,109\n",
     "rates.csv: two periods of 'USD' hold 2019-08-01; expected one rate for each day"),
    ("円,2019-07-01,,1\n".encode("cp932"), f"rates.csv: byte 0x89 is not UTF-8; expected {RATES}"),
]  # fmt: skip


@pytest.mark.parametrize(("rows", "message"), BAD_RATES, ids=lambda part: str(part)[:32])
def test_faults_of_a_rates_file_say_what_and_where(rows: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "rates.csv"
    path.write_bytes(rows if rows.startswith(b"currency") or not rows else HEADER.encode() + rows)
    with pytest.raises(InputInvalid) as caught:
        read_rates(path)
    assert str(caught.value) == message


def test_a_rates_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(InputInvalid, match=r"none\.csv: the file cannot be read: No such file"):
        read_rates(tmp_path / "none.csv")


def test_rates_are_half_open_and_never_reach_beyond_their_period(tmp_path: Path) -> None:
    path = tmp_path / "rates.csv"
    path.write_text(f"\ufeff{HEADER}USD,2019-07-01,2019-08-01,108\nUSD,2019-08-01,,109.5\n", encoding="utf-8")
    rates = read_rates(path)
    assert rates.rate("USD", dt.date(2019, 7, 31)) == 108
    assert rates.rate("USD", dt.date(2019, 8, 1)) == 109.5
    with pytest.raises(ValueInvalid, match="no rate for 'USD' on 2019-06-30"):
        rates.rate("USD", dt.date(2019, 6, 30))
    with pytest.raises(ValueInvalid, match="no rate for 'EUR'"):
        rates.rate("EUR", dt.date(2019, 7, 1))


def test_rates_of_the_contract_day_decide_on_small_value(register: Register) -> None:
    """10,000 dollars are below a million yen by one rate, above it by the other."""
    turn = dt.date(2019, 7, 1)
    rates = Rates({"USD": ((dt.date(2019, 1, 1), turn, 99.0), (turn, dt.date(2020, 1, 1), 101.0))})
    line = {
        "ship_from_country": "JP", "destination_country": "US", "code": "7(19)", "item_kind": "goods",
        "classification_status": "approved", "export_date": "2019-09-01", "value": "10000",
        "currency": "USD", "licences_held": "none", "informed": "no",
    }  # fmt: skip
    days = ("2019-06-30", "2019-07-01", "")
    result = check(
        pa.Table.from_pylist([{**line, "contract_date": d} for d in days]), register=register, rates=rates
    )
    assert result["answer"].to_pylist() == ["no_requirement_found", "licence_required", "licence_required"]


def test_many_values_in_a_currency_without_a_rate_are_faults_of_their_lines(register: Register) -> None:
    line = {"ship_from_country": "JP", "destination_country": "KR", "code": "7(19)", "currency": "USD"}
    table = pa.Table.from_pylist(
        [{**line, "export_date": "2010-01-01", "value": float(n)} for n in range(300)]
    )
    result = check(table, register=register, rates=Rates({}))
    assert set(result["answer"].to_pylist()) == {"undetermined"}


@pytest.mark.parametrize("kind", ["pandas", "polars", "arrow"])
def test_categories_say_the_same_and_hold_each_text_once(kind: str) -> None:
    table = pa.Table.from_pylist([{**RESIST_LINE, "line_id": str(at)} for at in range(3)])
    make: dict[str, Any] = {"pandas": pa.Table.to_pandas, "polars": pl.from_arrow, "arrow": lambda one: one}
    frame = make[kind](table)
    plain, coded = sekisho.check(frame), sekisho.check(frame, categories=True)
    assert type(coded) is type(frame)
    assert pa.table(coded).to_pylist() == pa.table(plain).to_pylist()
    kinds = {"pandas": "category", "polars": "Categorical"}
    if kind in kinds:
        assert str(coded["answer"].dtype) == kinds[kind]
    else:
        assert len(coded["explanation"].chunk(0).dictionary) == 1


def test_periods_and_sparse_columns_of_pandas_are_read_as_they_would_be_written() -> None:
    frame = pd.DataFrame([{**RESIST_LINE, "line_id": str(at)} for at in range(3)])
    frame["order_date"] = pd.PeriodIndex(["2019-07-05", None, "2019-07-04"], freq="D")
    frame["value"] = pd.arrays.SparseArray([1.0, float("nan"), 5e9])
    made = sekisho.check(frame)
    assert made["in_force_on"].tolist()[::2] == ["2019-07-05", "2019-07-04"]
    assert made["answer"].tolist()[1] == "undetermined"
    assert "value_jpy" not in made["questions"].iloc[2]
    frame["order_date"] = pd.PeriodIndex(["2019-07"] * 3, freq="M")
    assert set(sekisho.check(frame)["questions"]) == {
        "order_date: '2019-07' is not a day, expected YYYY-MM-DD"
    }


RESIST = {
    "ship_from_country": "JP", "code": "7(19)", "classification_status": "approved", "item_kind": "goods",
    "product_type": "resist", "for_semiconductor_lithography": "yes", "resist_tone": "positive",
    "optimised_wavelength_nm": "13.5", "value": "23970000", "currency": "JPY", "end_use_code": "none",
    "end_user_concern": "none", "informed": "no", "named_pair": "no", "export_date": "2019-09-04",
    "licences_held": "general_bulk;special_general_bulk", "bulk_matrix_cell": "general_bulk",
}  # fmt: skip
PLACES = ("KR", "NL", "TW", "KP", "")


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(st.sampled_from(PLACES[:-1]), st.sampled_from(PLACES), st.sampled_from(("yes", "no"))),
        min_size=2,
        max_size=9,
    )
)
def test_a_final_destination_is_not_taken_for_another_line_s(
    register: Register, places: list[tuple[str, str, str]]
) -> None:
    """Both columns of places number countries in their own order; one once read the other's table."""
    rows = [
        RESIST | {"destination_country": first, "ultimate_destination_country": last, "icp": icp}
        for first, last, icp in places
    ]
    answers = check(pa.Table.from_pylist(rows), register=register).to_pylist()
    for row, found in zip(rows, answers, strict=True):
        made = decide(read_line(row, register).shipment, register)
        assert (found["answer"], found["usable_licence"]) == (made.answer.value, made.usable_licence)


def test_resist_to_korea_by_way_of_the_netherlands_is_never_freed_by_its_neighbours(
    register: Register,
) -> None:
    rows = [
        RESIST | {"destination_country": "NL", "ultimate_destination_country": last, "icp": icp}
        for last, icp in (("KR", "no"), ("NL", "yes"), ("KR", "yes"))
    ]
    for order in (rows, rows[::-1], [rows[1], rows[0], rows[2]]):
        found = check(pa.Table.from_pylist(order), register=register).to_pylist()
        stopped = {
            row["ultimate_destination_country"]: answer["answer"]
            for row, answer in zip(order, found, strict=True)
        }
        assert stopped == {"KR": "licence_required", "NL": "authorised"}


def test_faults_that_differ_in_every_line_are_one_reason(register: Register) -> None:
    rows = 40
    table = pa.table({
        "line_id": ["1"] * rows,
        "export_date": ["2019-07-10"] * (rows - 1) + ["soon"],
        "ship_from_country": ["JP"] * rows,
        "destination_country": ["KR"] + [f"Nowhere {row}" for row in range(1, rows)],
        "code": ["3(1)"] * rows,
    })  # fmt: skip
    checker = Checker(register)
    for batch in table_batches(table):
        checker.batch(batch)
    reasons = checker.summary.blocked
    assert reasons["Cannot be determined: faults in line_id."] == rows - 1
    assert len(reasons) == 2
    assert len(checker.summary.faults) == rows - 1
    checker = Checker(register, compare_keys=False)
    for batch in table_batches(table):
        checker.batch(batch)
    assert checker.summary.blocked["Cannot be determined: faults in destination_country."] == rows - 2
    assert sum("export_date" in reason for reason in checker.summary.blocked) == 1


def test_a_rule_that_names_an_hs_code_by_its_text_tells_lines_apart() -> None:
    """HS codes that share every heading that rules compare are one class, but not where a rule names one."""
    register = open_register(scenario=Path(__file__).with_name("what_if_hs.toml"))
    line = {
        "ship_from_country": "JP",
        "destination_country": "KR",
        "code": "7(19)",
        "classification_status": "approved",
        "decisive_date": "2020-03-02",
        "item_kind": "goods",
    }
    lines = [{**line, "line_id": str(at), "hs_code": code} for at, code in enumerate(("854232", "854231"))]
    found = check(pa.Table.from_pylist(lines), register=register).to_pylist()
    alone = [decide(read_line(cells, register).shipment, register) for cells in lines]
    assert [row["explanation"] for row in found] == [made.explanation for made in alone]
    assert alone[0].explanation != alone[1].explanation
