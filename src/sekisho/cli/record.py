"""``status``, ``timeline``, ``coming`` and ``diff``: what is on record, asked in two times."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer

from sekisho.cli import show
from sekisho.cli.options import (
    AsJson,
    Day,
    KnownOn,
    KnownOnSameDay,
    RatesFile,
    RegisterPath,
    Scenario,
    day,
    opened,
    rates_of,
)
from sekisho.errors import ValueInvalid
from sekisho.model import Provision
from sekisho.register.check import PARTIES
from sekisho.register.difference import Change, difference
from sekisho.register.dossiers import KINDS
from sekisho.register.life_cycle import Moment, Status
from sekisho.register.register import Coming, Register
from sekisho.register.span import beyond_law, beyond_record

Bound = Annotated[dt.date | None, typer.Option(parser=day, metavar="DAY", help="This day included.")]
Compared = Annotated[dt.date, typer.Argument(parser=day, metavar="DAY")]


def status(
    dossier: Annotated[str, typer.Argument(metavar="DOSSIER", help="See: sekisho register list dossiers.")],
    *,
    on: Day,
    known_on: KnownOn = None,
    scenario: Scenario = None,
    register: RegisterPath = None,
    as_json: AsJson = False,
) -> None:
    """Tells where a dossier stood on a day.

    A dossier is a measure, listing, agreement, dispute, dialogue or judgment.
    """
    opened_register = opened(register, scenario)
    about = opened_register.dossier(dossier)
    found = opened_register.status(dossier, on, known_on)
    deadlines = [
        entry
        for entry in opened_register.coming(on, known_on)
        if entry.dossier == dossier and entry.event is None
    ]
    links = opened_register.links(dossier, known_on)
    own = about.sources if opened_register.published(about.sources, known_on) else ()
    sources = _sources(own, found)
    gaps = tuple(beyond_record(opened_register, on))
    if as_json:
        show.as_json({
            "dossier": about.id, "title": about.title, "on": on, "known_on": known_on,
            **_fields(found), "deadlines": deadlines, "links": links,
            "sources": sources, **_by(opened_register, gaps),
        })  # fmt: skip
        return
    show.say(f"{about.id}: {about.title}")
    show.say(f"On {on}, {show.read_by(opened_register, known_on)}: {found.words}", hang=2)
    _say_supposed(opened_register)
    later = "Pending" if known_on else "Later on record"
    _print_status(found, deadlines, later)
    show.section("Links", map(show.link_text, links))
    show.section("Sources", show.sources(opened_register, sources))
    show.section("Confidence", [found.confidence])
    show.section("Not covered", gaps)


def _by(register: Register, gaps: tuple[str, ...]) -> dict[str, object]:
    """By what an answer was given, and what it leaves out, for JSON."""
    return {
        "not_covered": gaps, "register": register.fingerprint, "scenario": register.scenario,
        "supposed": register.supposed,
    }  # fmt: skip


def _say_supposed(register: Register) -> None:
    for line in show.supposed(register):
        show.say(line, indent=2, hang=2)


def _fields(found: Status) -> dict[str, object]:
    fields = show.plain(found)
    assert isinstance(fields, dict)  # noqa: S101  a record is shown by its fields
    return fields


def _print_status(found: Status, deadlines: list[Coming], later: str) -> None:
    if found.since is not None:
        show.section("Since", [_moment(found.since)])
    show.section("Not certain on that day", map(_doubt, found.uncertain))
    show.section(later, map(_moment, found.pending))
    show.section("Deadlines", map(_deadline, deadlines))


def _moment(moment: Moment) -> str:
    return f"{moment.date} {moment.name}: {moment.event.summary} ({moment.event.id})"


def _doubt(moment: Moment) -> str:
    return f"{_moment(moment)}. Its day is known only as {moment.date}, so it may or may not have come."


def _deadline(entry: Coming) -> str:
    return f"{entry.date} {entry.moment}: {entry.text}"


def _sources(own: tuple[str, ...], found: Status) -> list[str]:
    events = [moment.event for moment in (*found.happened, *found.uncertain, *found.pending)]
    return list(dict.fromkeys([*own, *(name for event in events for name in event.sources)]))


def timeline(  # noqa: PLR0913  one option for each thing asked
    *,
    between: Annotated[
        tuple[str, str] | None, typer.Option(metavar="A B", help="Only what concerns both.")
    ] = None,
    since: Bound = None,
    until: Bound = None,
    kind: Annotated[str | None, typer.Option(help=f"Only dossiers of a kind: {', '.join(KINDS)}.")] = None,
    known_on: KnownOn = None,
    scenario: Scenario = None,
    register: RegisterPath = None,
    as_json: AsJson = False,
) -> None:
    """Lists what happened, oldest first.

    A day that is known only as a month or a year is shown as that.
    """
    opened_register = opened(register, scenario)
    parties = tuple(_party(opened_register, name) for name in between or ())
    if kind is not None and kind not in KINDS:
        msg = f"{kind!r} is not a kind of dossier"
        raise ValueInvalid(msg, ", ".join(KINDS))
    found = [
        moment
        for moment in opened_register.timeline(parties, since, until, known_on)
        if kind in {None, opened_register.dossiers[moment.event.dossier].kind}
    ]
    gaps = tuple(beyond_record(opened_register, since, until))
    if as_json:
        show.as_json({
            "between": parties, "since": since, "until": until, "known_on": known_on, "kind": kind,
            "moments": found, **_by(opened_register, gaps),
        })  # fmt: skip
        return
    same_day = groupby(found, key=lambda moment: (moment.event.id, str(moment.date)))
    for (_, date), moments in same_day:
        told = list(moments)
        event = told[0].event
        names = ", ".join(moment.name for moment in told)
        _entry(date, names, event.dossier, event.summary, event.sources)
    show.say(f"{len(found)} moments, {show.read_by(opened_register, known_on)}")
    _say_supposed(opened_register)
    show.section("Not covered", gaps)


def _party(register: Register, name: str) -> str:
    return name if name in PARTIES else register.countries.resolve(name).alpha_2


def _entry(date: str, moment: str, dossier: str, text: str, sources: tuple[str, ...]) -> None:
    typer.echo(f"{date:<10}  {moment:<15}  {dossier}")
    named = f" [{', '.join(sources)}]" if sources else ""
    show.say(f"{text}{named}", indent=12)


def coming(
    *,
    on: Day,
    known_on: KnownOnSameDay = None,
    scenario: Scenario = None,
    register: RegisterPath = None,
    as_json: AsJson = False,
) -> None:
    """Lists what was known on a day and still to come.

    Rules, ends of rules, and last days to give notice.
    """
    opened_register = opened(register, scenario)
    found = opened_register.coming(on, known_on)
    gaps = tuple(beyond_record(opened_register, on))
    if as_json:
        show.as_json({
            "on": on, "known_on": known_on or on, "coming": found, **_by(opened_register, gaps),
        })  # fmt: skip
        return
    for entry in found:
        event = entry.event
        date = str(getattr(event, entry.moment)) if event else str(entry.date)
        text, sources = (event.summary, event.sources) if event else (entry.text, ())
        _entry(date, entry.moment, entry.dossier, text, sources)
    by = show.read_by(opened_register, known_on or on)
    show.say(f"{len(found)} known and still to come on {on}, {by}")
    _say_supposed(opened_register)
    show.section("Not covered", gaps)


def diff(  # noqa: PLR0913  one option for each thing asked
    first: Compared,
    second: Compared,
    *,
    ship_from: Annotated[str, typer.Option("--from", help="Country whose law is compared.")] = "JP",
    to: Annotated[str | None, typer.Option("--to", help="Only rules for this destination.")] = None,
    orders: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="Also the lines of this file that would be answered otherwise."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="OUT", help="Write those lines here.")
    ] = None,
    known_on: KnownOn = None,
    scenario: Scenario = None,
    rates: RatesFile = None,
    register: RegisterPath = None,
    as_json: AsJson = False,
) -> None:
    """Lists the rows of law that differ between two days.

    With --orders each line is decided as if it shipped on the one day and on the other.
    """
    opened_register = opened(register, scenario)
    country = opened_register.countries.resolve(ship_from).alpha_2
    destination = opened_register.countries.resolve(to).alpha_2 if to else None
    found = difference(
        opened_register, first, second, country=country, destination=destination, known_on=known_on
    )
    gaps = tuple(beyond_law(opened_register.regimes[country], first, second))
    flipped = None
    if orders or output:
        from sekisho.cli.flips import find_flips  # noqa: PLC0415  it reads files with Arrow, slow to import

        states = ((opened_register, known_on, first), (opened_register, known_on, second))
        flipped = find_flips(orders or [], states, rates_of(rates), output)
    if as_json:
        show.as_json({
            "first": first, "second": second, "country": country, "destination": destination,
            "known_on": known_on, "changes": [_change_fields(change) for change in found],
            **({"flips": flipped} if flipped is not None else {}),
            **_by(opened_register, gaps),
        })  # fmt: skip
        return
    _print_changes(found)
    by = show.read_by(opened_register, known_on)
    show.say(f"{len(found)} rows differ between {first} and {second}, {by}")
    _say_supposed(opened_register)
    if flipped is not None:
        flipped.show()
    show.section("Not covered", gaps)


def _change_fields(change: Change) -> dict[str, object]:
    return {"change": change.change, "table": _table(change.row), "row": change.row, "event": change.event}


def _table(row: Provision) -> str:
    return type(row).__name__


def _print_changes(found: tuple[Change, ...]) -> None:
    """The changes under the event that made them."""
    events = dict.fromkeys(change.event.id if change.event else "" for change in found)
    for name in events:
        under = [change for change in found if (change.event.id if change.event else "") == name]
        event = under[0].event
        show.say(show.event_text(event) if event else "by an event whose day is in doubt")
        for line in _lines(under):
            show.say(line, indent=2, hang=2)
        typer.echo()


def _lines(changes: list[Change]) -> Iterator[str]:
    for change in changes:
        row = change.row
        yield f"{change.change}: {_table(row)} {row.id}: {show.row_text(row)} [{', '.join(row.sources)}]"
