"""Scenarios: laid over the register they change what they say and nothing else."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from sekisho.determine.cases import read_cases
from sekisho.determine.decide import decide
from sekisho.determine.intake import read_line
from sekisho.errors import NotFound, RegisterInvalid
from sekisho.model import Decision, LicenceType, Provision
from sekisho.register import tables
from sekisho.register.open import open_register
from sekisho.register.register import DATA, Register

TURN = dt.date(2020, 3, 1)
EVENT = """
[[event]]
dossier = "jp-control-list"
id = "imagined"
kind = "list_amended"
by = ["JP"]
announced = 2020-02-20
effective = 2020-03-01
summary = "Imagined."
source = ["S03"]
confidence = "high"
"""
END = """
[[end]]
row = "jp-pol-kr-hf-individual"
event = "imagined"
"""
ROW = """
[[japan.policy]]
id = "imagined-row"
kind = "any"
item = "group:hydrogen-fluoride"
destination = "KR"
licence_types = "special_general_bulk;individual"
from_event = "imagined"
until_event = "jp-three-materials-special-general"
basis = "amended"
source = "S03"
confidence = "high"
"""
HF = {
    "ship_from_country": "JP", "destination_country": "KR", "ultimate_destination_country": "KR",
    "code": "3(1)", "classification_status": "approved", "item_kind": "goods", "icp": "yes",
    "controlled_substance": "hydrogen_fluoride", "substance_wt_pct": "50", "licences_held": "none",
    "value": "900000", "currency": "JPY",
}  # fmt: skip


def scenario(folder: Path, text: str) -> Path:
    path = folder / "what_if.toml"
    path.write_text(text, encoding="utf-8")
    return path


def faults(folder: Path, text: str) -> list[str]:
    with pytest.raises(RegisterInvalid) as caught:
        open_register(scenario=scenario(folder, text))
    return [str(fault) for fault in caught.value.faults]


def types_on(day: str, register: Register, known_on: dt.date | None = None) -> tuple[str, ...]:
    line = read_line({**HF, "decisive_date": day}, register)
    return decide(line.shipment, register, known_on).licence_types


def test_a_scenario_changes_the_days_it_speaks_of(tmp_path: Path, register: Register) -> None:
    imagined = open_register(scenario=scenario(tmp_path, EVENT + END + ROW))
    assert types_on("2020-02-29", imagined) == types_on("2020-02-29", register) == ("individual",)
    assert types_on("2020-03-01", register) == ("individual",)
    assert types_on("2020-03-01", imagined) == ("special_general_bulk", "individual")
    assert types_on("2020-03-01", imagined, dt.date(2020, 2, 19)) == ("individual",)
    assert imagined.fingerprint != register.fingerprint
    assert (imagined.scenario, register.scenario) == ("what_if", "")


def as_toml(folder: str, table: tables.Table, ids: Iterable[str]) -> str:
    """The rows of a table with these ids once more, from the imagined event on."""
    wanted, found = set(ids), []
    with (DATA / folder / table.file).open(encoding="utf-8", newline="") as file:
        for row in (row for row in csv.DictReader(file) if row["id"] in wanted):
            again = row | {"id": f"{row['id']}-again", "from_event": "imagined", "basis": "amended"}
            cells = "\n".join(f"{key} = {json.dumps(cell)}" for key, cell in again.items())
            ending = f'[[end]]\nrow = "{row["id"]}"\nevent = "imagined"'
            found.append(f"[[{folder}.{table.name}]]\n{cells}\n{ending}\n")
    return "\n".join(found)


def stands_over_the_turn(row: Provision, register: Register) -> bool:
    law = register.law("JP")
    assert law is not None
    span = {one.id: span for one, span in law.windows}.get(row.id)
    days = (TURN - dt.timedelta(days=1), TURN)
    return span is not None and not span.unread(days[0]) and all(span.holds(day) for day in days)


def what_is_told(decision: Decision) -> tuple[object, ...]:
    """A decision with what it gathered in any order; a row that came again counts as itself."""
    rules = {name.removesuffix("-again") for name in decision.rules}
    asked, gaps = set(decision.questions), set(decision.not_covered)
    told = dataclasses.replace(
        decision, rules=(), reasons=(), sources=(), register="", questions=(), not_covered=()
    )
    return told, rules, asked, gaps


def test_a_row_that_ends_and_comes_again_changes_no_answer(tmp_path: Path, register: Register) -> None:
    """Every row of law that stood is taken out and brought back in under another id."""
    regime = register.regimes["JP"]
    ids = [
        row.id
        for row in regime.provisions
        if not isinstance(row, LicenceType) and stands_over_the_turn(row, register)
    ]
    text = EVENT + "\n".join(
        as_toml("japan", table, ids) for table in tables.PROVISIONS if table is not tables.LICENCE_TYPES
    )
    again = open_register(scenario=scenario(tmp_path, text))
    assert sum(row.id.endswith("-again") for row in again.regimes["JP"].provisions) == len(ids) > 400
    for case in read_cases(DATA / "japan" / "cases"):
        for day in ("", "2020-02-29", "2020-03-01", "2022-01-01"):
            cells = {**case.line, **({"decisive_date": day} if day else {})}
            line = read_line(cells, register)
            before = decide(line.shipment, register, case.known_on)
            after = decide(line.shipment, again, case.known_on)
            assert what_is_told(after) == what_is_told(before), (case.id, day)


# ruff: noqa: E501, ISC004  a table of exact messages
KEYS = ", ".join(tables.POLICY.headers)
BAD = [
    (EVENT + END.replace("jp-pol-kr-hf-individual", "no-such"),
     "what_if.toml:14: row: there is no row 'no-such'; expected the id of a row of law"),
    (END, "what_if.toml:3: event: there is no event 'imagined'; expected the id of an event"),
    (EVENT + '[[end]]\nrow = "jp-pol-kr-hf-individual"\n',
     "what_if.toml:13: event: the cell is empty; expected a value"),
    (EVENT + END.replace("row =", "rows ="), "what_if.toml: rows: the key is not known; expected one of row, event"),
    (EVENT.replace("jp-control-list", "no-such"),
     "what_if.toml:3: dossier: there is no dossier 'no-such'; expected the id of one"),
    (EVENT.replace('dossier = "jp-control-list"\n', ""),
     "what_if.toml: dossier: there is no dossier ''; expected the id of one"),
    (EVENT.replace("S03", "no-such"), "what_if.toml:4: source: there is no source 'no-such'; expected an id of sources.csv"),
    (EVENT.replace("list_amended", "agreement_signed"),
     "what_if.toml:4: kind: 'agreement_signed' is not an event of a dossier of kind measure;"
     " expected what life_cycles.toml allows there"),
    (EVENT.replace('"imagined"', '"jp-list-2019-01-09"'), "what_if.toml:4: id: 'jp-list-2019-01-09' is already used at"),
    (EVENT + ROW.replace("licence_types", "licence_typs"),
     f"what_if.toml:14: licence_typs: the key is not known; expected one of {KEYS}"),
    (EVENT + ROW.replace('"special_general_bulk;individual"', '["individual"]'),
     "what_if.toml:14: licence_types: ['individual'] is not a text; expected a text in quotes, a list joined by ;"),
    (EVENT + ROW.replace("imagined-row", "jp-pol-kr-hf-individual"),
     "what_if.toml:14: id: 'jp-pol-kr-hf-individual' is already used at japan/policy.csv:"),
    (EVENT + ROW.replace("group:hydrogen-fluoride", "group:gold"),
     "what_if.toml:14: item: 'gold' is not on record; expected an item selector"),
    (EVENT + ROW.replace('from_event = "imagined"', 'from_event = "no-such"'),
     "what_if.toml:14: from_event: there is no event 'no-such'; expected the id of an event"),
    (EVENT + ROW.replace("japan.policy", "japan.polices"), "what_if.toml:13: polices: the table is not known; expected one of items"),
    (EVENT + ROW.replace("japan.policy", "korea.policy"),
     "what_if.toml:13: korea: the table is not known; expected one of title, source, event, end, japan"),
    (EVENT.replace("[[event]]", "[event]"), "what_if.toml:2: event: it is not a list of tables; expected [[event]]"),
    (EVENT + "[japan]\npolicy = 1\n", "what_if.toml: policy: it is not a list of tables; expected [[policy]]"),
    ("[[event]\n", "what_if.toml:1: not TOML: Expected ']]' at the end of an array declaration"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), BAD, ids=range(len(BAD)))
def test_a_faulty_scenario_says_what_and_where(text: str, message: str, tmp_path: Path) -> None:
    found = faults(tmp_path, text)
    assert any(fault.startswith(message) for fault in found), found


def test_a_scenario_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="there is no scenario"):
        open_register(scenario=tmp_path / "none.toml")


def folder_of(tmp_path: Path) -> Path:
    """The scenario of this file as a folder in the layout of the data."""
    folder = tmp_path / "imagined"
    (folder / "japan" / "dossiers").mkdir(parents=True)
    head = (DATA / "japan" / "dossiers" / "jp-control-list.toml").read_text(encoding="utf-8")
    event = EVENT.replace('dossier = "jp-control-list"\n', "")
    own = head.partition("[[")[0]
    (folder / "japan" / "dossiers" / "jp-control-list.toml").write_text(own + event, encoding="utf-8")
    (folder / "endings.csv").write_text("row,event\njp-pol-kr-hf-individual,imagined\n", encoding="utf-8")
    row = (
        "imagined-row,any,group:hydrogen-fluoride,KR,,special_general_bulk;individual,"
        "imagined,jp-three-materials-special-general,amended,S03,high,"
    )
    (folder / "japan" / "policy.csv").write_text(
        f"{','.join(tables.POLICY.headers)}\n{row}\n", encoding="utf-8"
    )
    return folder


def test_a_folder_may_add_events_to_a_dossier_and_end_rows(tmp_path: Path, register: Register) -> None:
    imagined = open_register(scenario=folder_of(tmp_path))
    assert types_on("2020-03-01", imagined) == ("special_general_bulk", "individual")
    assert types_on("2020-02-29", imagined) == ("individual",)
    assert imagined.scenario == "imagined"
    known = {event.id for event in register.dossier("jp-control-list").events}
    assert {event.id for event in imagined.dossier("jp-control-list").events} == {*known, "imagined"}


def test_faults_of_a_folder_are_placed_in_it(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    (folder / "endings.csv").write_text("row,event\nno-such,imagined\n", encoding="utf-8")
    with pytest.raises(RegisterInvalid) as caught:
        open_register(scenario=folder)
    assert [str(fault) for fault in caught.value.faults] == [
        "endings.csv:2: row: there is no row 'no-such'; expected the id of a row of law"
    ]
