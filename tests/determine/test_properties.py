"""What must hold for every order line: two times, order, repetition, and failing closed."""

from __future__ import annotations

import datetime as dt
import random
import tempfile
from collections.abc import Iterable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from sekisho.determine import check as batches_of
from sekisho.determine import files, seen
from sekisho.determine.check import OUTPUT, Checker, check
from sekisho.determine.classes import thresholds
from sekisho.determine.decide import decide
from sekisho.determine.decider import Decider
from sekisho.determine.files import table_batches
from sekisho.determine.flips import COMPARED, State, flips
from sekisho.determine.intake import (
    CONCERNS,
    DATES,
    FOLLOWS_FROM,
    KEY,
    OWN,
    STATUSES,
    read_day,
    read_line,
    tidy,
)
from sekisho.determine.kept_kinds import KeptKinds
from sekisho.determine.rates import Rates
from sekisho.determine.runs import check_file
from sekisho.determine.summaries import Summary
from sekisho.model import (
    Answer,
    Basis,
    CatchAll,
    Confidence,
    Decision,
    Event,
    Fact,
    FactValue,
    LicenceType,
    Provision,
    Region,
    Rule,
    Shipment,
)
from sekisho.register.condition import Comparison, Literal, Membership, Name, Node, facts_of, parse, parts_of
from sekisho.register.kept_files import VARIABLE
from sekisho.register.open import open_register
from sekisho.register.register import Register

Cells = dict[str, str]
REGISTER = open_register()
JAPAN = REGISTER.regimes["JP"]
FACTS = JAPAN.facts
LAW = REGISTER.law("JP")
assert LAW is not None
DAY = dt.timedelta(days=1)
EDGES = sorted({day for change in LAW.changes for day in (change - DAY, change)})
COUNTRIES = (
    "KR", "Republic of Korea", "北朝鮮", "CN", "US", "TWN", "BG", "RU", "BY", "UA", "IR", "ER", "LY", "SS",
    "DE", "AF", "IN", "SG",
)  # fmt: skip
FREE = frozenset({Answer.NO_REQUIREMENT_FOUND, Answer.NOT_LISTED})
DEAL = tuple(
    fact for name, fact in FACTS.items() if fact.scope != "item" and name not in {*OWN, *FOLLOWS_FROM}
)
LIMITS = thresholds(JAPAN)
TURN = dt.date(2019, 7, 4)
RATES = Rates({"USD": ((dt.date(2000, 1, 1), TURN, 110.0), (TURN, dt.date(2022, 1, 1), 105.5))})


def literals() -> dict[str, list[str]]:
    """The texts that each fact is compared with somewhere in the law."""
    found: dict[str, list[str]] = {}
    for limb in JAPAN.limbs:
        for node in walk(parse(limb.condition)):
            match node:
                case Comparison(_, Name(name), Literal(str() as text)):
                    found.setdefault(name, []).append(text)
                case Membership(Name(name), values):
                    found.setdefault(name, []).extend(str(one.value) for one in values)
    return found


def walk(node: Node) -> Iterable[Node]:
    yield node
    for part in parts_of(node):
        yield from walk(part)


LITERALS = literals()
FACTS_OF_CODE: dict[str, tuple[str, ...]] = {}
for limb in JAPAN.limbs:
    for item in limb.items:
        known = FACTS_OF_CODE.get(item, ())
        FACTS_OF_CODE[item] = tuple(dict.fromkeys((*known, *facts_of(limb.condition))))


def fact_cells(fact: Fact) -> st.SearchStrategy[str]:
    """Cells of a fact: around its thresholds, its declared values, yes and no."""
    if fact.name == "hs_code":
        return st.sampled_from(("2811.11", "9306", "01", "8486.20.00", "281111000"))
    if fact.type == "yes_no":
        return st.sampled_from(("yes", "no", "はい", "N"))
    if fact.type == "text":
        return st.sampled_from((*LITERALS.get(fact.name, ()), *fact.values, "other"))
    limits = LIMITS.get(fact.name) or (1.0, 30.0)
    near = [repr(value) for limit in limits for value in (limit - 0.5, limit, limit + 0.5)]
    return st.sampled_from([*near, "0", "1,000"])


@st.composite
def days(draw: st.DrawFn) -> str:
    day = draw(st.sampled_from(EDGES) | st.dates(dt.date(1996, 1, 1), dt.date(2027, 1, 1)))
    return day.isoformat()


LICENCES = ("", "none", *(row.id for row in JAPAN.licence_types), "special_general_bulk;individual")
SETTLED = {
    "ship_from_country": "JP", "classification_status": "approved", "item_kind": "goods", "currency": "JPY",
    "value": "49999", "end_use_code": "none", "end_user_concern": "none", "informed": "no", "hs_code": "8486",
    "obviously_civil": "yes", "counterparty_designated": "no", "destination_donetsk_luhansk": "no",
    "bulk_matrix_cell": "general_bulk", "icp": "yes", "named_pair": "no", "table_3_3_designated": "no",
}  # fmt: skip
"""A line on which little is left to ask."""


@st.composite
def order_lines(draw: st.DrawFn, *, faulty: bool = False) -> Cells:
    """The cells of an order line that the register has much to say about."""
    cells = dict(SETTLED) if draw(st.booleans()) else {}
    code = draw(st.sampled_from(("NOT_LISTED", "16(1)", "3(1)", "7(19)", "7(22)", "5(17)", "")) | CODES)
    cells |= {
        "destination_country": draw(st.sampled_from(COUNTRIES)),
        "ultimate_destination_country": draw(st.sampled_from(("", *COUNTRIES))),
        "code": code,
        "licences_held": draw(st.sampled_from(LICENCES)),
        draw(st.sampled_from(DATES)): draw(days()),
    }
    changes = draw(_deal())
    for name in draw(st.sets(st.sampled_from(sorted(changes)))):
        cells[name] = changes[name]
    names = st.sampled_from((*FACTS_OF_CODE.get(code, ())[:12], *(fact.name for fact in DEAL)))
    for name in draw(st.sets(names, max_size=3 if "item_kind" in cells else 14)):
        cells[name] = draw(fact_cells(FACTS[name]))
    if faulty and draw(st.integers(0, 3)) == 0:
        cells[draw(st.sampled_from(sorted(cells)))] = draw(st.sampled_from(("?", " ", "-1", "Korea", ";")))
    return {name: cell for name, cell in cells.items() if cell}


CODES = st.sampled_from(tuple(FACTS_OF_CODE)) | st.sampled_from(JAPAN.numbers)


@st.composite
def _deal(draw: st.DrawFn) -> Cells:
    """The parties, the value, the use and the user, as order files state them."""
    return {
        "ship_from_country": draw(st.sampled_from(("JP", "日本", "JPN", "KR", ""))),
        "classification_status": draw(st.sampled_from(("approved", "", *STATUSES))),
        "item_kind": draw(st.sampled_from(("goods", "technology", ""))),
        "value": draw(st.sampled_from(("0", "49999", "50000", "454.55", "1000000", "9e9", ""))),
        "currency": draw(st.sampled_from(("JPY", "jpy", "USD", ""))),
        "contract_date": draw(st.sampled_from(("", "2019-07-03", "2019-07-04", "2019-07-35"))),
        "end_use_code": draw(st.sampled_from((*CONCERNS, "wmd;conventional_weapons", ""))),
        "end_user_concern": draw(st.sampled_from((*CONCERNS, ""))),
        "informed": draw(st.sampled_from(("yes", "no", ""))),
        draw(st.sampled_from(DATES)): draw(days()),
    }


def decided(cells: Cells, known_on: dt.date | None = None) -> Decision:
    return decide(read_line(cells, REGISTER).shipment, REGISTER, known_on)


def told(decision: Decision) -> tuple[object, ...]:
    """A decision without the day as known on which it was made."""
    return tuple(getattr(decision, name) for name in Decision.__dataclass_fields__ if name != "known_on")


BOUNDS = {name for row in JAPAN.provisions for name in (row.from_event, row.until_event) if name}
ANNOUNCED = [
    event
    for name, event in REGISTER.events.items()
    if name in BOUNDS and event.effective and event.known_from < event.effective.first
]


LIKE_A = {
    "value": st.sampled_from(("0", "1", "50000", "50001", "700000", "1000000", "1000001", "9000000")),
    "decisive_date": st.sampled_from([day.isoformat() for day in EDGES]),
    "destination_country": st.sampled_from(("KR", "TW", "CN", "DE", "KP")),
    "ultimate_destination_country": st.sampled_from(("", "KR", "TW", "CN", "DE", "IR")),
    "licences_held": st.sampled_from(("none", "general_bulk", "special_general_bulk;individual")),
    "classification_status": st.sampled_from(("", "approved", "proposed")),
    "hs_code": st.sampled_from(("", "8542.31", "8486", "38", "2811.11", "9999.99")),
    "substance_wt_pct": st.sampled_from(("0", "29.9", "30", "30.1", "100")),
    "icp": st.sampled_from(("", "yes", "no")),
    "informed": st.sampled_from(("", "yes", "no")),
}
"""Cells that a line near another may have instead."""
DECIDERS = {
    known_on: (Decider(REGISTER, known_on, with_reasons=False), Decider(REGISTER, known_on, checks=True))
    for known_on in (None, dt.date(2019, 7, 1), dt.date(2023, 3, 17), dt.date(2023, 6, 1))
}


SCENARIO = open_register(scenario=Path(__file__).parents[2] / "examples" / "scenario_hf_eased.toml")
STATES = {"now": State(REGISTER), "scenario": State(SCENARIO)}
STATES |= {f"known {day}": State(REGISTER, day) for day in EDGES[::7]}
STATES |= {f"on {day}": State(REGISTER, None, day) for day in EDGES[::5]}


def answered(cells: Cells, state: State) -> tuple[object, ...]:
    """What of a decision a line is compared by, worked out for itself."""
    if state.in_force_on is not None:
        cells = {name: cell for name, cell in cells.items() if name not in DATES}
        cells["decisive_date"] = state.in_force_on.isoformat()
    line = read_line(cells, state.register)
    made = decide(line.shipment, state.register, state.known_on)
    if line.faults:
        return Answer.UNDETERMINED, (), "", None
    return tuple(getattr(made, name) for name in COMPARED)


@settings(max_examples=100)
@given(st.lists(order_lines(faulty=True), min_size=1, max_size=12), *[st.sampled_from(sorted(STATES))] * 2)
def test_the_lines_that_flip_are_those_whose_answer_differs(lines: list[Cells], one: str, other: str) -> None:
    before, after = STATES[one], STATES[other]
    found = flips(as_table(lines), before, after).column("line").to_pylist()
    apart = [at for at, cells in enumerate(lines, 1) if answered(cells, before) != answered(cells, after)]
    assert found == apart


@settings(max_examples=1500)
@given(order_lines(), st.data())
def test_a_decision_kept_for_lines_alike_is_the_decision_of_the_line(
    cells: Cells, data: st.DataObject
) -> None:
    """Lines are changed a little, so that many find a decision that was made for another."""
    names = sorted(cells.keys() - {*KEY})
    shipments = [read_line(cells, REGISTER).shipment]
    for _ in range(3):
        changed = cells | {name: data.draw(LIKE_A[name]) for name in names if name in LIKE_A}
        shipments.append(read_line(changed, REGISTER).shipment)
    known_on = data.draw(st.sampled_from(list(DECIDERS)))
    plain, reasoned = DECIDERS[known_on]
    for shipment in shipments:
        made = decide(shipment, REGISTER, known_on)
        assert reasoned.decide(shipment) == made
        assert replace(plain.decide(shipment), reasons=()) == replace(made, reasons=())


ACID = {
    "controlled_substance": ("hydrogen_fluoride", "bz", "dimethylamine"), "substance_wt_pct": (20.0, 40.0),
    "item_kind": ("goods", "technology"), "clause": ("art.2(1)(i) ヘ", "art.2(1)(ii) ハ"),
    "informed": (True, False),
}  # fmt: skip
"""Facts of goods of item 3(1), which fall under groups of conditions or not."""


@settings(max_examples=40)
@given(
    st.lists(
        st.fixed_dictionaries({}, optional={n: st.sampled_from(v) for n, v in ACID.items()}), min_size=8
    ),
    st.sampled_from(("KR", "CN", "TW")),
    st.sampled_from((dt.date(2019, 7, 4), dt.date(2020, 7, 4), dt.date(2023, 8, 1))),
)
def test_what_was_worked_out_for_other_lines_changes_no_decision(
    goods: list[dict[str, FactValue]], place: str, day: dt.date
) -> None:
    """Rows of law are matched once for goods alike: what is kept of them is of no line alone."""
    *others, last = [
        Shipment(
            decisive_date=day, ship_from="JP", destination=place, ultimate_destination=place, code="3(1)",
            classification_status="approved", facts=facts, licences_held=frozenset(),
        )
        for facts in goods
    ]  # fmt: skip
    used, unused = replace(REGISTER, _laws={}), replace(REGISTER, _laws={})
    for shipment in others:
        decide(shipment, used)
    assert decide(last, used) == decide(last, unused)


@settings(max_examples=500)
@given(order_lines(), st.sampled_from(ANNOUNCED), st.integers(0, 4000), st.integers(1, 4000))
def test_an_announcement_changes_no_decision_dated_before_it_takes_effect(
    cells: Cells, event: Event, later: int, before: int
) -> None:
    """Only what takes effect by the decisive day can change the answer."""
    first, then = event.known_from - DAY, event.known_from + later * DAY
    learnt = [
        one.effective.first
        for name in BOUNDS
        if first < (one := REGISTER.events[name]).known_from <= then and one.effective
    ]
    day = min(learnt) - before * DAY
    cells = {name: cell for name, cell in cells.items() if name not in DATES}
    cells["decisive_date"] = day.isoformat()
    assert told(decided(cells, first)) == told(decided(cells, then))


@settings(max_examples=500)
@given(order_lines(), st.integers(0, 3000))
def test_knowing_less_changes_nothing_that_was_already_known(cells: Cells, later: int) -> None:
    day = read_line(cells, REGISTER).shipment.decisive_date
    assert day is not None
    events = (REGISTER.events[name] for name in BOUNDS)
    known = [event.known_from for event in events if event.effective and event.effective.first <= day]
    enough = max(known, default=dt.date(1990, 1, 1)) + later * DAY
    assert told(decided(cells, enough)) == told(decided(cells))


NO_TEST = {*DATES, *KEY, "ultimate_destination_country"}
"""A line without an ultimate destination has that of its destination, and says so."""


def contradicted(cells: Cells) -> bool:
    """Whether the cells of the line speak against one another, or cannot be read."""
    return bool(read_line(cells, REGISTER).faults) or "contradicted" in decided(cells).explanation


@settings(max_examples=1500)
@given(order_lines(), st.data())
def test_leaving_a_cell_empty_never_frees_a_line(cells: Cells, data: st.DataObject) -> None:
    """Unless it takes away one side of a contradiction: the other side then stands alone."""
    assume(not contradicted(cells))
    before = decided(cells).answer
    without = data.draw(st.sampled_from(sorted(cells.keys() - NO_TEST)))
    after = decided({name: cell for name, cell in cells.items() if name != without}).answer
    if before not in FREE:
        assert after not in FREE, without
    if before not in {*FREE, Answer.AUTHORISED} and is_one_deal(cells, without):
        assert after is not Answer.AUTHORISED, without


def is_one_deal(cells: Cells, without: str) -> bool:
    """Two places may need two licences, and a claim given up is another deal."""
    claimed = without in FACTS and FACTS[without].scope == "claim"
    return "ultimate_destination_country" not in cells and not claimed


CHEMICAL = {
    **SETTLED, "destination_country": "TW", "code": "3(1)", "decisive_date": "2026-03-01",
    "controlled_substance": "amiton_or_salt", "substance_wt_pct": "95", "licences_held": "individual",
}  # fmt: skip


def test_a_bar_that_cannot_be_excluded_lets_nothing_ship() -> None:
    """The chemical is barred; not to say which chemical it is must not free the line."""
    assert decided(CHEMICAL).answer is Answer.PROHIBITED
    unsaid = {name: cell for name, cell in CHEMICAL.items() if name != "controlled_substance"}
    assert decided(unsaid).answer is Answer.UNDETERMINED


def as_table(lines: list[Cells]) -> pa.Table:
    names = sorted({name for line in lines for name in line})
    return pa.table({name: pa.array([line.get(name) for line in lines], pa.string()) for name in names})


def expected_row(
    cells: Cells, rates: Rates | None, register: Register = REGISTER, known_on: dt.date | None = None
) -> dict[str, object]:
    """The row of output that the decision of one line gives, written out once more."""
    line = read_line(cells, register, rates)
    decision = decide(line.shipment, register, known_on)
    row: dict[str, object] = {
        "answer": decision.answer.value,
        "licence_types": ";".join(decision.licence_types),
        "usable_licence": decision.usable_licence,
        "rules": ";".join(decision.rules),
        "sources": ";".join(decision.sources),
        "questions": "; ".join(f"{q.fact}: {q.text}" for q in decision.questions),
        "review_days": decision.review_days,
        "confidence": decision.confidence.value,
        "not_covered": "; ".join(decision.not_covered),
        "in_force_on": stated_day(cells),
        "known_on": known_on.isoformat() if known_on else None,
        "register": register.fingerprint,
        "explanation": decision.explanation,
    }
    if line.faults:
        told = [f"{f.column}: {f.problem}, expected {f.expected}".replace(";", ",") for f in line.faults]
        stop = "" if told[0].endswith("?") else "."
        row |= {"answer": "undetermined", "licence_types": "", "usable_licence": "", "review_days": None}
        row |= {"questions": "; ".join(told), "explanation": f"Cannot be determined: {told[0]}{stop}"}
    return row


def stated_day(cells: Cells) -> str | None:
    stated = next((tidy(cells[name]) for name in DATES if tidy(cells.get(name, ""))), "")
    try:
        return read_day(stated).isoformat()
    except ValueError:
        return None


@settings(max_examples=150)
@given(st.lists(order_lines(faulty=True), min_size=1, max_size=12), st.sampled_from((None, RATES)))
@example(
    [
        {"ship_from_country": "JP", "destination_country": "KR", "code": "3(1)", "classification_status":
         "approved", "decisive_date": " ", "export_date": day}
        for day in ("2019-07-03", "2019-07-04", "R1.7.4")
    ],
    None,
)  # fmt: skip
@example([{"decisive_date": "2021-01-27", "end_use_code": ";", "ship_from_country": "JP"}], None)
@example(
    [
        SETTLED | {"code": "7(19)", "decisive_date": "2020-07-04", "licences_held": "general_bulk",
         "value": "2000000", "destination_country": place, "ultimate_destination_country": final}
        for place, final in (("SG", "KR"), ("VN", "DE"), ("TH", "TH"), ("MY", "KR"), ("VN", "VN"), ("SG", ""))
    ],
    None,
)  # fmt: skip
@example(
    [
        {"ship_from_country": "JP", "destination_country": place, "code": code, "decisive_date": "2023-07-04"}
        for place in ("KR", "KP", "RU") for code in ("", "7(99)")
    ],
    None,
)  # fmt: skip
def test_a_frame_gives_each_row_the_decision_of_its_line(lines: list[Cells], rates: Rates | None) -> None:
    needed = dict.fromkeys(("ship_from_country", "destination_country", "code", "order_date"), "")
    rows = by_columns(as_table([needed | line for line in lines]), register=REGISTER, rates=rates)
    assert rows.select(OUTPUT).to_pylist() == [expected_row(line, rates) for line in lines]


SMALL = {"_LONG": 0, "_FIRST_TABLE": 64, "_LARGEST_TABLE": 1 << 14, "_COMBINED": 8}


def by_columns(table: pa.Table, **asked: Any) -> pa.Table:
    """What columns say, all rows at once, and the same in batches whose rows are looked up in tables."""
    found = check(table, **asked)
    with pytest.MonkeyPatch.context() as patch:
        for name, limit in SMALL.items():
            patch.setattr(seen, name, limit)
        patch.setattr(files, "BATCH", 3)
        patch.setattr(files, "_MOST_BATCHES", 1)
        assert check(table, **asked).equals(found)
    return found


ITEMS = ("*", "*;!row:1", "row:3", "row:7;row:5;!7(19)", "3(1)", "3(1);7(22)", "16", "row:16", "group:resist")
DESTINATIONS = ("*", "KR", "table_3", "!table_3", "!table_3&!KR", "table_4;TW", "table_3_2&!table_4", "!CN")


def made_up_register(seed: int) -> Register:
    """A register whose rows of law begin, end, select and are sure otherwise than they do."""
    chance = random.Random(seed)  # noqa: S311  no secrets
    events, tables = sorted(BOUNDS), {}
    for table in fields(JAPAN):
        rows = getattr(JAPAN, table.name)
        if isinstance(rows, tuple) and rows and isinstance(rows[0], Provision):
            tables[table.name] = tuple(
                made_up(row, chance, events) if chance.random() < 0.4 else row
                for row in rows
                if chance.random() < 0.95 or isinstance(row, LicenceType)
            )
    return replace(REGISTER, fingerprint=f"{seed:016x}", regimes={"JP": replace(JAPAN, **tables)}, _laws={})


def made_up(row: Provision, chance: random.Random, events: list[str]) -> Provision:
    changed: dict[str, Any] = {
        "from_event": chance.choice(events), "until_event": chance.choice(["", row.until_event, *events]),
        "basis": chance.choice(list(Basis)), "confidence": chance.choice(list(Confidence)),
    }  # fmt: skip
    if isinstance(row, Rule) and not isinstance(row, CatchAll):
        changed |= {"item": chance.choice((row.item, *ITEMS))}
    if isinstance(row, Rule):
        changed |= {"destination": chance.choice((row.destination, *DESTINATIONS))}
    if isinstance(row, Region):
        changed |= {"countries": (*row.countries, chance.choice(("KR", "CN", "US", "IR")))}
    return replace(row, **changed)


@settings(max_examples=60)
@given(st.integers(0, 1 << 32), st.lists(order_lines(faulty=True), min_size=1, max_size=8), st.data())
def test_every_engine_gives_the_same_by_any_register(
    seed: int, lines: list[Cells], data: st.DataObject
) -> None:
    register = made_up_register(seed)
    known_on = data.draw(st.sampled_from((None, dt.date(2019, 7, 3), dt.date(2022, 12, 1))))
    lines += [line | {"destination_country": data.draw(st.sampled_from(COUNTRIES))} for line in lines]
    needed = dict.fromkeys(("ship_from_country", "destination_country", "code", "order_date"), "")
    rows = by_columns(as_table([needed | line for line in lines]), register=register, known_on=known_on)
    expected = [expected_row(line, None, register, known_on) for line in lines]
    assert rows.select(OUTPUT).to_pylist() == expected
    coded, reasoned = Decider(register, known_on, with_reasons=False), Decider(register, known_on)
    for cells in (*lines, *lines):
        shipment = read_line(cells, register).shipment
        made = decide(shipment, register, known_on)
        assert reasoned.decide(shipment) == made
        assert replace(coded.decide(shipment), reasons=()) == replace(made, reasons=())


@settings(max_examples=40)
@given(st.lists(order_lines(faulty=True), min_size=2, max_size=12), st.integers(0, 9999))
def test_the_order_of_rows_and_columns_changes_nothing(lines: list[Cells], seed: int) -> None:
    needed = dict.fromkeys(("ship_from_country", "destination_country", "code", "order_date"), "")
    table = as_table([{"line_id": str(at)} | needed | line for at, line in enumerate(lines)])
    names, chance = table.column_names, random.Random(seed)  # noqa: S311  no secrets
    chance.shuffle(names)
    order = list(range(len(lines)))
    chance.shuffle(order)
    once = check(table, register=REGISTER)
    again = check(table.select(names).take(order), register=REGISTER)
    wanted = ("line_id", *OUTPUT)
    assert again.select(wanted).sort_by("line_id") == once.select(wanted).sort_by("line_id")


VIEWS = {
    "now": (REGISTER, None), "scenario": (SCENARIO, None), "known before": (REGISTER, dt.date(2019, 7, 3)),
    "known on a day like it": (REGISTER, dt.date(2019, 7, 2)), "by line": (REGISTER, "known"),
}  # fmt: skip


@settings(max_examples=16)
@given(
    st.lists(st.lists(order_lines(faulty=True), min_size=1, max_size=8), min_size=2, max_size=2),
    st.sampled_from([*sorted(VIEWS), *range(3)]), st.sampled_from((None, RATES)),
    st.sampled_from((4, 1 << 17)), st.data(),
)  # fmt: skip
def test_what_earlier_runs_decided_changes_nothing(
    files_of_lines: list[list[Cells]], name: str | int, rates: Rates | None, size: int, data: st.DataObject
) -> None:
    view = VIEWS[name] if isinstance(name, str) else (made_up_register(name), None)
    known = st.sampled_from([*(day.isoformat() for day in EDGES[::9]), "", "soon"])
    needed = dict.fromkeys(("ship_from_country", "destination_country", "code", "order_date"), "")
    tables = []
    for lines in files_of_lines:
        lines += [line | {"destination_country": data.draw(st.sampled_from(COUNTRIES))} for line in lines]
        tables.append(as_table([needed | {"known": data.draw(known)} | line for line in lines]))
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, folder)
        patch.setattr(KeptKinds, "few", 1)
        patch.setattr(batches_of, "_KEPT", size)  # a small one has it start anew again and again
        for table in (*tables, tables[0]):
            plain, keeping = (Checker(*view, rates) for _ in range(2))
            keeping.use_kept()
            assert run(keeping, table) == run(plain, table)
        again = Checker(*view, rates)
        again.use_kept()
        run(again, tables[0])
        assert size == 4 or not again.new_kinds


def run(checker: Checker, table: pa.Table) -> tuple[list[pa.RecordBatch], str]:
    """The decisions of a table, taken in batches, and all that the summary says."""
    found = [checker.batch(batch) for part in table.to_batches(10) for batch in table_batches(pa.table(part))]
    summary = repr([getattr(checker.summary, field.name) for field in fields(Summary)])
    checker.keep()
    return found, summary


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_the_same_run_gives_the_same_bytes(ending: str, tmp_path: Path) -> None:
    orders = Path(__file__).parents[2] / "examples" / "orders_2019_2023.csv"
    written = []
    for name in ("first", "second"):
        output = tmp_path / f"{name}.{ending}"
        for _ in check_file(orders, output, Checker(open_register())):
            pass
        written.append(output.read_bytes())
    assert written[0] == written[1]
