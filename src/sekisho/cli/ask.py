"""``sekisho ask``: one question, read and decided like one line of a file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

import typer

from sekisho.cli import show
from sekisho.cli.options import KNOWN_ON, AsJson, RatesFile, RegisterPath, Scenario, opened, rates_of
from sekisho.determine.explain import answer_dict, explain
from sekisho.determine.intake import CONCERNS, OWN, STATUSES, canonical_column, read_day, read_line, tidy
from sekisho.determine.rates import Rates
from sekisho.errors import Fault, InputInvalid, ValueInvalid
from sekisho.model import Decision, Fact, Provision, Shipment
from sekisho.register.register import Register, nearest

_OPTIONS: Mapping[str, str] = {
    "ship_from_country": "--from",
    "destination_country": "--to",
    "ultimate_destination_country": "--ultimate-destination",
    "code": "--code",
    "decisive_date": "--on",
    "item_kind": "--kind",
    "classification_status": "--status",
    "value": "--value",
    "currency": "--currency",
    "end_use_code": "--end-use",
    "end_user_concern": "--end-user",
    "informed": "--informed",
    "icp": "--icp",
    "named_pair": "--named-pair",
    "licences_held": "--licences",
}
"""The option that gives each column of an order line."""

Text = str | None
YesNo = bool | None


def ask(  # noqa: PLR0913  one option for each thing a line may state
    *,
    ship_from: Annotated[Text, typer.Option("--from", help="Country of export.")] = None,
    to: Annotated[Text, typer.Option("--to", help="Country of destination.")] = None,
    ultimate: Annotated[
        Text, typer.Option("--ultimate-destination", help="Final country, if another.")
    ] = None,
    code: Annotated[Text, typer.Option(help="Item number, such as 7(19), or NOT_LISTED.")] = None,
    on: Annotated[Text, typer.Option(metavar="DAY", help="The day of export.")] = None,
    kind: Annotated[str, typer.Option(help="goods, technology or software.")] = "goods",
    status: Annotated[Text, typer.Option(help=f"Of the item number: {', '.join(STATUSES)}.")] = None,
    value: Annotated[Text, typer.Option(help="Contract value of the goods of the item.")] = None,
    currency: Annotated[str, typer.Option(help="Currency of --value.")] = "JPY",
    end_use: Annotated[Text, typer.Option(help=f"Concern: {', '.join(CONCERNS)}.")] = None,
    end_user: Annotated[Text, typer.Option(help="Concern about the user, the same words.")] = None,
    informed: Annotated[
        YesNo, typer.Option("--informed/--not-informed", help="Told by the ministry to apply.")
    ] = None,
    icp: Annotated[YesNo, typer.Option("--icp/--no-icp", help="Compliance programme accepted.")] = None,
    named_pair: Annotated[
        YesNo,
        typer.Option("--named-pair/--no-named-pair", help="Pair named on a specific bulk licence."),
    ] = None,
    licences: Annotated[Text, typer.Option(help="Licence types held, joined by ;, or none.")] = None,
    fact: Annotated[
        list[str] | None, typer.Option(metavar="NAME=VALUE", help="A further fact; may be repeated.")
    ] = None,
    known_on: Annotated[Text, typer.Option(metavar="DAY", help=KNOWN_ON)] = None,
    scenario: Scenario = None,
    rates: RatesFile = None,
    register: RegisterPath = None,
    as_json: AsJson = False,
) -> None:
    """Answers for one shipment: which licence, why, and who says so.

    What is not stated is unknown, and is asked for where it matters.
    """
    opened_register = opened(register, scenario)
    stated = {
        "ship_from_country": ship_from, "destination_country": to,
        "ultimate_destination_country": ultimate, "code": code, "decisive_date": on,
        "item_kind": kind, "classification_status": status, "value": value,
        "currency": currency if value else None, "end_use_code": end_use,
        "end_user_concern": end_user, "informed": _word(informed), "icp": _word(icp),
        "named_pair": _word(named_pair), "licences_held": licences,
    }  # fmt: skip
    cells = {column: cell for column, cell in stated.items() if cell is not None}
    faults: list[Fault] = []
    cells |= _facts(fact or [], cells, opened_register, faults)
    if value:  # asked for as the total
        cells.setdefault("value_basis", "contract")
    table = _rates(rates, faults)
    known = _day("--known-on", known_on, faults)
    line = read_line(cells, opened_register, table)
    faults += (Fault(_option(f.column), 0, "", f.problem, f.expected) for f in line.faults)
    if faults:
        raise InputInvalid(faults)
    answer(line.shipment, opened_register, known, as_json=as_json)


def _rates(path: Path | None, faults: list[Fault]) -> Rates | None:
    """The rates of a file; its faults are kept to be told with those of the other options."""
    try:
        return rates_of(path)
    except InputInvalid as error:
        faults += error.faults
        return None


def _day(option: str, text: Text, faults: list[Fault]) -> dt.date | None:
    """The day of an option; a fault is kept to be told with those of the other options."""
    try:
        return read_day(tidy(text)) if text is not None else None
    except ValueInvalid as error:
        faults.append(Fault(option, 0, "", error.problem, error.expected))
        return None


def _word(stated: YesNo) -> Text:
    return None if stated is None else "yes" if stated else "no"


def _option(column: str) -> str:
    return _OPTIONS.get(column, f"--fact {column}")


def _facts(
    pairs: list[str], cells: Mapping[str, str], register: Register, faults: list[Fault]
) -> dict[str, str]:
    """The cells of ``name=value`` pairs; what is wrong with others is added to the faults."""
    declared = {name: fact for regime in register.regimes.values() for name, fact in regime.facts.items()}
    found: dict[str, str] = {}
    for pair in pairs:
        written, sign, value = pair.partition("=")
        name = canonical_column(written)
        problem, expected = _wrong_fact(name, {**cells, **found}, declared)
        if not sign or not value.strip():
            problem, expected = f"{pair!r} states nothing", "NAME=VALUE, such as substance_wt_pct=50"
        if problem:
            faults.append(Fault("--fact", 0, "", problem, expected))
        else:
            found[name] = value
    return found


def _wrong_fact(name: str, stated: Mapping[str, str], declared: Mapping[str, Fact]) -> tuple[str, str]:
    if name in stated:
        return f"{name!r} is stated twice", "it once"
    if name in _OPTIONS and name not in {"informed", "icp", "named_pair"}:
        return f"{name!r} has an option of its own", _OPTIONS[name]
    if name in declared or name in OWN:
        return "", ""
    near = nearest(name, list(declared))
    hint = f". Did you mean {' or '.join(near)}?" if near else ""
    return f"there is no fact {name!r}", f"a declared fact (sekisho register list facts){hint}"


def answer(shipment: Shipment, register: Register, known_on: dt.date | None, *, as_json: bool) -> None:
    """Decides a shipment and prints the answer."""
    found = explain(shipment, register, known_on)
    told = answer_dict(found, shipment, "--status")
    if as_json:
        show.as_json(told)
        return
    _print(found.decision, shipment, register, told["notes"])


def _print(decision: Decision, shipment: Shipment, register: Register, notes: list[str]) -> None:
    may = "may ship" if decision.answer in show.MAY_SHIP else "may not ship"
    show.say(f"{decision.answer}: {show.MEANINGS[decision.answer]}; {may}")
    show.heading("Why")
    for text in (decision.explanation, *notes):
        show.say(text, indent=2, hang=2)
    show.section("Licence types, lightest first", _licence_types(decision, shipment, register))
    show.section("What goes with it", _going_with(decision))
    show.section("Open questions", map(str, decision.questions))
    show.section("Rules", _rules(decision, register))
    show.section("Sources", show.sources(register, decision.sources))
    show.section("Not covered", decision.not_covered)
    show.section("Read by", _read_by(decision, register))


def _licence_types(decision: Decision, shipment: Shipment, register: Register) -> Iterator[str]:
    law = register.law(str(shipment.ship_from), decision.known_on)
    if law is None or decision.in_force_on is None:
        return
    titles = law.on(decision.in_force_on).licence_types
    for name in decision.licence_types:
        title = titles[name].row.title_en if name in titles else name
        mark = "  <- the lightest that this exporter can use" if name == decision.usable_licence else ""
        yield f"{name}: {title}{mark}"


def _going_with(decision: Decision) -> Iterator[str]:
    if decision.review_days is not None:
        yield f"review: {decision.review_days} days"
    if decision.office:
        yield f"office: {decision.office}"
    if decision.papers:
        yield f"papers: {decision.papers}"
    if decision.penalty:
        yield f"penalty: {decision.penalty}"
    if decision.record_years is not None:
        yield f"records: keep them {decision.record_years} years"


def _rules(decision: Decision, register: Register) -> Iterator[str]:
    for name in decision.rules:
        row = register.find(name)
        if isinstance(row, Provision):
            yield f"{name}: {show.row_text(row)} [{', '.join(row.sources)}]"


def _read_by(decision: Decision, register: Register) -> Iterator[str]:
    scenario = f" with the scenario {register.scenario}" if register.scenario else ""
    yield f"law in force on {decision.in_force_on or 'an unknown day'}, {show.known(decision.known_on)}"
    yield f"confidence {decision.confidence}, register {decision.register}{scenario}"
    yield from show.supposed(register)
