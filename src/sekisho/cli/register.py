"""``sekisho register``: check the data files, show and list what is in them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from sekisho.cli import show
from sekisho.cli.options import AsJson, RegisterPath, Scenario, opened
from sekisho.determine.cases import read_cases, read_status_cases, run_case, run_status_case
from sekisho.errors import Fault, NotFound, RegisterInvalid
from sekisho.model import Dossier, Event, Provision
from sekisho.register.register import Register, nearest


def check(
    path: Annotated[Path | None, typer.Argument(help="Folder; the shipped register if not given.")] = None,
    *,
    scenario: Scenario = None,
    as_json: AsJson = False,
) -> None:
    """Checks every data file, and every worked case against the law.

    With a scenario, cases that come out differently are listed and are no fault.
    """
    register = opened(path, scenario)
    cases, differences = _run_cases(register)
    if differences and not register.scenario:
        raise RegisterInvalid(differences)
    if as_json:
        show.as_json({
            "register": register.fingerprint, "version": register.version,
            "scenario": register.scenario, "counts": {**_counts(register), "cases": cases},
            "faults": [], "differences": [str(fault) for fault in differences],
        })  # fmt: skip
        return
    show.table([(str(n), kind) for kind, n in {**_counts(register), "cases": cases}.items()], frozenset({0}))
    show.section("The scenario changes", map(str, differences))
    scenario_text = f", scenario {register.scenario}" if register.scenario else ""
    show.say(f"no faults; register {register.fingerprint}, version {register.version}{scenario_text}")


def _run_cases(register: Register) -> tuple[int, list[Fault]]:
    """The number of cases of a register, and how some come out otherwise than they say."""
    differences: list[Fault] = []
    count = 0
    for folder in sorted(register.root.glob("*/cases")):
        for case in read_cases(folder):
            count += 1
            file, line = case.place
            place = f"{folder.relative_to(register.root).as_posix()}/{file}"
            differences += [Fault(place, line, case.id, told) for told in run_case(case, register)]
    for path in sorted(register.root.glob("*/cases/status.csv")):
        place = path.relative_to(register.root).as_posix()
        for status_case in read_status_cases(path):
            count += 1
            told = run_status_case(status_case, register)
            differences += [Fault(place, 0, status_case.id, text) for text in told]
    return count, differences


def _kinds(register: Register) -> Mapping[str, Mapping[str, object]]:
    """Every kind of record, by id."""
    regimes = register.regimes.values()
    return {
        "sources": register.sources,
        "dossiers": register.dossiers,
        "events": register.events,
        "rows": {row.id: row for regime in regimes for row in regime.provisions},
        "items": {item.item: item for regime in regimes for item in regime.items},
        "facts": {name: fact for regime in regimes for name, fact in regime.facts.items()},
    }


def _counts(register: Register) -> dict[str, int]:
    return {kind: len(records) for kind, records in _kinds(register).items()}


def show_record(
    name: Annotated[str, typer.Argument(metavar="ID", help="Id of any record, or an item number.")],
    *,
    scenario: Scenario = None,
    register: RegisterPath = None,
    as_json: AsJson = False,
) -> None:
    """Shows one record with its events and sources.

    A record is a dossier, event, row of law, item, fact or source.
    """
    opened_register = opened(register, scenario)
    record = opened_register.find(name)
    events, sources = _events(record, opened_register), _sources(record)
    if as_json:
        show.as_json({
            "kind": type(record).__name__, "record": record, "events": events,
            "sources": [opened_register.sources[name] for name in sources],
            "register": opened_register.fingerprint,
        })  # fmt: skip
        return
    fields = show.plain(record)
    assert isinstance(fields, dict)  # noqa: S101  a record is shown by its fields
    rows = [(key, _cell(value)) for key, value in fields.items() if key not in {"events", "links"}]
    show.say(f"{type(record).__name__} {name}")
    show.table([(key, cell) for key, cell in rows if cell])
    show.section("Events", map(show.event_text, events))
    show.section("Links", map(show.link_text, getattr(record, "links", ())))
    show.section("Sources", show.sources(opened_register, sources))


def _cell(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {part}" for key, part in value.items() if part)
    if isinstance(value, list):
        return "; ".join(_cell(part) for part in value)
    return "" if value is None else str(value)


def _events(record: object, register: Register) -> list[Event]:
    match record:
        case Dossier():
            return list(record.events)
        case Provision():
            names = [record.from_event, record.until_event]
        case Event():
            names = [*record.stops, *record.answers]
        case _:
            names = []
    return [register.events[name] for name in names if name]


def _sources(record: object) -> tuple[str, ...]:
    found: tuple[str, ...] = getattr(record, "sources", ())
    if isinstance(record, Dossier):
        found = (*found, *(name for event in record.events for name in event.sources))
    return tuple(dict.fromkeys(found))


def list_records(
    kind: Annotated[
        str | None, typer.Argument(help="sources, dossiers, events, rows, items or facts.")
    ] = None,
    *,
    scenario: Scenario = None,
    register: RegisterPath = None,
    as_json: AsJson = False,
) -> None:
    """Lists the kinds of records, or the records of one kind."""
    opened_register = opened(register, scenario)
    kinds = _kinds(opened_register)
    if kind is not None and kind not in kinds:
        raise NotFound("kind of record", kind, nearest(kind, list(kinds)) or list(kinds))
    texts = {name: show.record_text(record) for name, record in kinds[kind].items()} if kind else {}
    if as_json:
        show.as_json({"counts": _counts(opened_register), "records": texts})
    elif kind:
        for name, text in texts.items():
            show.say(f"{name}: {text}", hang=2)
    else:
        show.table([(str(n), name) for name, n in _counts(opened_register).items()], frozenset({0}))
