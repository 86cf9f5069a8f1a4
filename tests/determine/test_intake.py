"""What every cell of an order line takes, and the exact message where it takes it not."""

from __future__ import annotations

import datetime as dt

import pytest

from sekisho.determine.intake import (
    FOLLOWS_FROM,
    OWN,
    SYNONYMS,
    canonical_column,
    fact_reader,
    names_of,
    read_line,
)
from sekisho.determine.rates import Rates
from sekisho.register.register import Register

GOOD = {
    "decisive_date": "2019-07-04",
    "ship_from_country": "JP",
    "destination_country": "KR",
    "code": "7(19)",
}
RATES = Rates({"USD": ((dt.date(2019, 7, 1), dt.date(2019, 8, 1), 108.0),)})

DAY = "expected YYYY-MM-DD"
ORDER = f"is not a day: the order of its parts is not certain; {DAY}"
ZONE = (
    "carries a time zone, which may put it on another day;"
    " expected the day alone, in the time zone of the regulator (YYYY-MM-DD)"
)
HELD_NONE = "says none and something else; expected none alone, or the licence types that are held"
SERIAL = "An Excel serial? 43650 is 2019-07-04 if so"
COUNTRY = "expected ISO 3166-1 alpha-2 (KR), alpha-3 (KOR) or an exact name"
KOREAS = "Did you mean KR (South Korea) or KP (North Korea)?"
ITEM = "expected a number of Appended Table 1 such as 3(1), or NOT_LISTED"
STATUS = "approved, unclassified, proposed, under_review, expired, not_relevant_for_regime"
CONCERN = "expected none, wmd, conventional_weapons"
YES_NO = "is neither yes nor no; expected yes or no, or an empty cell if it is not known"
HEISEI = "the Heisei (平成) era ended on 2019-04-30; expected 2019-05-01 if that day is meant"
REIWA = "the Reiwa (令和) era began on 2019-05-01; expected 2018-01-01 if that day is meant"

BAD = [
    ("decisive_date", "2019-02-31", f"'2019-02-31' is not a date: February 2019 has 28 days; {DAY}"),
    ("decisive_date", "2019-07-00", f"'2019-07-00' is not a date: July 2019 has 31 days; {DAY}"),
    ("decisive_date", "2021-13-01", f"'2021-13-01' is not a date: there is no month 13; {DAY}"),
    ("decisive_date", "0000-01-01", f"'0000-01-01' is not a date: there is no year 0; {DAY}"),
    ("decisive_date", "04/07/2019", f"'04/07/2019' {ORDER}. Did you mean 2019-07-04 or 2019-04-07?"),
    ("decisive_date", "7/4/2019", f"'7/4/2019' {ORDER}. Did you mean 2019-04-07 or 2019-07-04?"),
    ("decisive_date", "4.4.2019", f"'4.4.2019' {ORDER}. Did you mean 2019-04-04?"),
    ("decisive_date", "31-12-2019", f"'31-12-2019' {ORDER}. Did you mean 2019-12-31?"),
    ("decisive_date", "31/31/2019", f"'31/31/2019' {ORDER}"),
    ("decisive_date", "2019/02/30", f"'2019/02/30' is not a date: February 2019 has 28 days; {DAY}"),
    ("decisive_date", "20191301", f"'20191301' is not a date: there is no month 13; {DAY}"),
    ("decisive_date", "2019-07-04T23:30:00Z", f"'2019-07-04T23:30:00Z' {ZONE}"),
    ("decisive_date", "2019-07-04 09:30+09:00", f"'2019-07-04 09:30+09:00' {ZONE}"),
    ("decisive_date", "2019-07-04T25:00", f"'2019-07-04T25:00' is not a day; {DAY}"),
    ("decisive_date", "2019-07", f"'2019-07' is not a day; {DAY}"),
    ("decisive_date", "2019", f"'2019' is not a day; {DAY}"),
    ("decisive_date", "43650", f"'43650' is not a day; {DAY}. {SERIAL}"),
    ("decisive_date", "43650.5", f"'43650.5' is not a day; {DAY}. {SERIAL}"),
    ("decisive_date", "平成31年5月1日", f"'平成31年5月1日' is not a date: {HEISEI}"),
    ("decisive_date", "令和0年1月1日", f"'令和0年1月1日' is not a date: {REIWA}"),
    ("decisive_date", "R1.6.31", f"'R1.6.31' is not a date: June 2019 has 30 days; {DAY}"),
    ("destination_country", "Korea", f"unknown country 'Korea'; {COUNTRY}. {KOREAS}"),
    ("destination_country", "Corea del Sur", f"unknown country 'Corea del Sur'; {COUNTRY}"),
    ("ship_from_country", "Jpan", f"unknown country 'Jpan'; {COUNTRY}. Did you mean JP (Japan)?"),
    ("ultimate_destination_country", "?", f"unknown country '?'; {COUNTRY}"),
    ("code", "7(99)", f"unknown item number '7(99)'; {ITEM}. Did you mean 7(9) or 7(19) or 9(9)?"),
    ("code", "EAR99", f"unknown item number 'EAR99'; {ITEM}"),
    ("classification_status", "settled", f"'settled' is not allowed here; expected {STATUS}"),
    ("end_use_code", "military", f"'military' is not allowed here; {CONCERN}"),
    ("end_use_code", "wnd", f"'wnd' is not allowed here; {CONCERN}. Did you mean wmd?"),
    ("end_use_code", "none;wmd",
     "'none;wmd' says none and something else; expected none alone, or wmd;conventional_weapons"),
    ("end_use_code", ";", f"';' names nothing; {CONCERN}"),
    ("end_user_concern", "unknown", f"'unknown' is not allowed here; {CONCERN}"),
    ("licences_held", ";", "';' names nothing; expected licence types, or none if none is held"),
    ("licences_held", "None;individual", f"'None;individual' {HELD_NONE}"),
    ("informed", "maybe", f"'maybe' {YES_NO}"),
    ("informed", "2", f"'2' {YES_NO}"),
    ("informed", "1.0", f"'1.0' {YES_NO}"),
    ("hs_code", "84862", "'84862' is not an HS code; expected 2, 4, 6 or up to 10 digits, such as 2811.11"),
    ("quantity", "-5", "'-5' is negative; expected a number of zero or more"),
    ("quantity", "ten", "'ten' is not a number; expected a number"),
    ("quantity", "5 kg", "'5 kg' is not a number; expected a number"),
    ("quantity", "1,00", "'1,00' is not a number; expected a number"),
    ("value", "1e999", "'1e999' is too large; expected a number"),
    ("value", "nan", "'nan' is not a number; expected a number"),
    ("value", "5,000,000円",
     "'5,000,000円' is not a number; expected a number: write 5,000,000 in value and JPY in currency"),
    ("value", "￥5000",
     "'¥5000' is not a number; expected a number: write 5000 in value and JPY in currency"),
    ("value", "$ 5,000",
     "'$ 5,000' is not a number; expected a number: write 5,000 in value and its currency code in currency"),
    ("value", "3.4 million", "'3.4 million' is not a number; expected a number"),
    ("value_jpy", "-1", "'-1' is negative; expected a number of zero or more"),
    ("currency", "Euro", "'Euro' is not a currency code; expected ISO 4217, such as JPY or USD"),
    ("currency", "¥", "'¥' is not a currency code; expected ISO 4217, such as JPY or USD"),
    ("optimised_wavelength_nm", "0.0135 um",
     "'0.0135 um' is in 'um', the unit is nm; expected a number in nm"),
    ("optimised_wavelength_nm", "EUV", "'EUV' is not a number; expected a number in nm"),
    ("optimised_wavelength_nm", "13.5.0", "'13.5.0' is not a number; expected a number in nm"),
    ("substance_wt_pct", "1,00", "'1,00' is not a number; expected a number in % by weight"),
    ("substance_wt_pct", "130", "'130' is not between 0 and 100; expected a number in % by weight"),
    ("substance_wt_pct", "-1", "'-1' is not between 0 and 100; expected a number in % by weight"),
]  # fmt: skip


@pytest.mark.parametrize(("column", "cell", "message"), BAD, ids=lambda part: str(part)[:24])
def test_a_cell_that_cannot_be_read_says_why(
    column: str, cell: str, message: str, register: Register
) -> None:
    line = read_line({**GOOD, column: cell}, register)
    assert [str(fault) for fault in line.faults] == [f": {column}: {message}"]


def test_a_licence_type_that_does_not_exist_names_those_that_do(register: Register) -> None:
    (fault,) = read_line({**GOOD, "licences_held": "special_bulk;individual"}, register).faults
    assert fault.problem == "'special_bulk' is not allowed here"
    assert set(fault.expected.partition(". ")[0].split(", ")) == {
        row.id for row in register.regimes["JP"].licence_types
    }


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2019-07-04", dt.date(2019, 7, 4)),
        (" 2019-07-04 ", dt.date(2019, 7, 4)),
        ("２０１９－０７－０４", dt.date(2019, 7, 4)),
        ("令和元年7月4日", dt.date(2019, 7, 4)),
        ("令和１年７月４日", dt.date(2019, 7, 4)),
        ("R1.7.4", dt.date(2019, 7, 4)),
        ("平成31年4月30日", dt.date(2019, 4, 30)),
        ("H1.1.8", dt.date(1989, 1, 8)),
        ("昭和64年1月7日", dt.date(1989, 1, 7)),
        ("S61/12/31", dt.date(1986, 12, 31)),
        ("2019/07/04", dt.date(2019, 7, 4)),
        ("2019/7/4", dt.date(2019, 7, 4)),
        ("2019年7月4日", dt.date(2019, 7, 4)),
        ("２０１９年７月４日", dt.date(2019, 7, 4)),
        ("20190704", dt.date(2019, 7, 4)),
        ("2019-07-04T09:30:00", dt.date(2019, 7, 4)),
        ("2019-07-04 23:59:59.999", dt.date(2019, 7, 4)),
        ("2019/07/04 00:00", dt.date(2019, 7, 4)),
    ],
)
def test_days_that_are_read(cell: str, day: dt.date, register: Register) -> None:
    line = read_line({**GOOD, "decisive_date": cell}, register)
    assert (line.shipment.decisive_date, line.faults) == (day, ())


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("KR", "KR"), ("kor", "KR"), ("410", "KR"), ("Republic of Korea", "KR"), ("south  korea", "KR"),
        ("韓国", "KR"), ("대한민국", "KR"), ("North Korea", "KP"), ("ＫＰ", "KP"), ("北朝鮮", "KP"),
    ],
)  # fmt: skip
def test_countries_that_are_read(cell: str, code: str, register: Register) -> None:
    line = read_line({**GOOD, "destination_country": cell}, register)
    assert (line.shipment.destination, line.faults) == (code, ())


@pytest.mark.parametrize(
    ("column", "cell", "value"),
    [
        ("substance_wt_pct", "３０．５", 30.5),
        ("substance_wt_pct", "30 % by weight", 30.0),
        ("optimised_wavelength_nm", "13.5nm", 13.5),
        ("optimised_wavelength_nm", "+1.35e1", 13.5),
        ("value_jpy", "1,000,001", 1_000_001.0),
        ("informed", "はい", True),
        ("informed", "FALSE", False),
        ("icp", "1", True),
        ("icp", "０", False),
        ("item_kind", "Goods", "goods"),
        ("controlled_substance", "Hydrogen Fluoride", "hydrogen_fluoride"),
        ("controlled_substance", "other", "other"),
        ("hs_code", "2811.11", "281111"),
    ],
)
def test_facts_that_are_read(column: str, cell: str, value: object, register: Register) -> None:
    line = read_line({**GOOD, column: cell}, register)
    assert line.faults == ()
    assert line.shipment.facts[column] == value


@pytest.mark.parametrize(
    ("cells", "facts"),
    [
        ({"end_use_code": "none"}, {"end_use_wmd": False, "end_use_conventional": False}),
        ({"end_use_code": "WMD"}, {"end_use_wmd": True, "end_use_conventional": False}),
        (
            {"end_user_concern": "wmd; conventional-weapons"},
            {"end_user_wmd": True, "end_user_conventional": True},
        ),
        ({"value": "100", "currency": "jpy"}, {"value_jpy": 100.0, "value_basis": "line"}),
        ({"value": "100", "currency": "USD"}, {"value_jpy": 10_800.0, "value_basis": "line"}),
        (
            {"value": "100", "currency": "JPY", "value_basis": "contract"},
            {"value_jpy": 100.0, "value_basis": "contract"},
        ),
        ({"value": "100"}, {}),
        ({"currency": "JPY"}, {}),
        ({"end_use_code": "  ", "value": "", "informed": "\u3000"}, {}),
    ],
)
def test_facts_that_follow_from_other_columns(
    cells: dict[str, str], facts: dict[str, object], register: Register
) -> None:
    line = read_line({**GOOD, **cells}, register, RATES)
    assert (line.shipment.facts, line.faults) == (facts, ())


def test_a_currency_without_a_rate_is_a_fault_of_that_cell(register: Register) -> None:
    cells = {**GOOD, "value": "100", "currency": "USD"}
    assert dict(read_line(cells, register).shipment.facts) == {"currency": "USD"}
    (fault,) = read_line({**cells, "contract_date": "2019-08-01"}, register, RATES).faults
    assert str(fault) == (
        ": currency: there is no rate for 'USD' on 2019-08-01; expected a row of the rates file for that day"
    )


@pytest.mark.parametrize(("fact", "column"), FOLLOWS_FROM.items())
def test_a_fact_and_the_column_it_follows_from_are_not_both_stated(
    fact: str, column: str, register: Register
) -> None:
    """One of the two would silently win: the line may be freed by the wrong one."""
    stated = {"hs_code": "2811.11", "value": "1", "end_use_code": "none", "end_user_concern": "none"}
    cell = "28" if fact.startswith("hs") else "9000000" if fact == "value_jpy" else "yes"
    line = read_line({**GOOD, column: stated[column], fact: cell}, register)
    assert [str(fault) for fault in line.faults] == [
        f": {fact}: the fact follows from {column}, which is stated too; expected one of the two columns"
    ]


def test_the_decisive_date_is_the_first_that_is_stated(register: Register) -> None:
    cells = {**GOOD, "decisive_date": " ", "order_date": "2019-01-01", "export_date": "2019-09-01"}
    line = read_line(cells, register)
    assert (line.dated_by, line.shipment.decisive_date) == ("export_date", dt.date(2019, 9, 1))
    faulty = read_line({**cells, "export_date": "soon"}, register)
    assert (faulty.shipment.decisive_date, faulty.dated_by) == (None, "export_date")


def test_every_declared_value_of_a_fact_reads_as_itself(register: Register) -> None:
    facts = register.regimes["JP"].facts.values()
    wrong = [(f.name, v) for f in facts for v in f.values if fact_reader(f)(v) != v]
    assert wrong == []


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("Destination Country", "destination_country"),
        ("TRANSACTION-ID", "transaction_id"),
        ("ＣＯＤＥ", "code"),
        ("項番", "code"),
        ("仕向け国", "destination_country"),
        ("仕向先", "destination_country"),
        ("仕向国名", "destination_country"),
        ("最終仕向国", "ultimate_destination_country"),
        ("Final Destination", "ultimate_destination_country"),
        ("final destination country", "ultimate_destination_country"),
        ("ultimate_dest", "ultimate_destination_country"),
        ("end-destination", "ultimate_destination_country"),
        ("origin_country", "origin_country"),
        ("ECCN", "eccn"),
        (" Remark ", "remark"),
    ],
)
def test_headers_that_are_read(header: str, name: str) -> None:
    assert canonical_column(header) == name


def test_synonyms_name_columns_that_exist(register: Register) -> None:
    known = {*OWN, *register.regimes["JP"].facts}
    assert {name for name in SYNONYMS.values() if name not in known} == set()


def test_the_other_names_of_a_column_are_told() -> None:
    assert names_of("code") == ["control_code", "item_number", "項番"]
    assert "origin_country" not in names_of("ship_from_country")
    assert names_of("informed") == []
