"""How answers are shown: plain text that fits a terminal, and JSON with keys in a fixed order."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import json
import shutil
import sys
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum

import typer

from sekisho.dates import PartialDate
from sekisho.model import (
    Answer,
    CatchAll,
    Consequence,
    Dossier,
    Event,
    Fact,
    Item,
    LicenceType,
    Limb,
    Link,
    Policy,
    Provision,
    Region,
    Rule,
    Source,
)
from sekisho.register.register import Register

MEANINGS: Mapping[Answer, str] = {
    Answer.PROHIBITED: "no licence is given for this",
    Answer.UNDETERMINED: "it cannot be told yet; see what is open",
    Answer.LICENCE_REQUIRED: "a licence is needed, and none that is stated covers it",
    Answer.REFER_ELSEWHERE: "another authority or another law must be asked",
    Answer.AUTHORISED: "a licence is needed, and one that is held covers it",
    Answer.NO_REQUIREMENT_FOUND: "by the rules read, no licence is needed",
    Answer.NOT_LISTED: "on no list, and no rule on end use or user was met",
}
"""Each answer in plain words."""
MAY_SHIP = frozenset(answer for answer in Answer if answer.may_ship)
_NARROWEST, _WIDEST = 60, 100


def as_json(value: object) -> None:
    """Prints a value as JSON."""
    typer.echo(json.dumps(plain(value), ensure_ascii=False, indent=2))


def plain(value: object) -> object:  # noqa: PLR0911  one return for each kind of value
    """A value as JSON holds it: records by field, dates and enums as text.

    >>> plain((PartialDate.parse("2012-07"), Answer.NOT_LISTED))
    ['2012-07', 'not_listed']
    """
    if isinstance(value, PartialDate):
        return str(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(str(part) for part in value)
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    return value


def width() -> int:
    """Columns of text that the terminal takes, within what is easy to read."""
    return min(max(shutil.get_terminal_size().columns, _NARROWEST), _WIDEST)


def say(text: str, indent: int = 0, hang: int = 0) -> None:
    """Prints a text, broken into lines; those after the first stand ``hang`` further in."""
    lines = textwrap.wrap(
        text,
        width(),
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + hang),
        break_long_words=False,
        break_on_hyphens=False,
    )
    typer.echo("\n".join(lines))


def heading(text: str) -> None:
    """Prints an empty line and a heading."""
    typer.echo(f"\n{text}")


def section(title: str, lines: Iterable[str]) -> None:
    """Prints a heading with lines under it; nothing if there are no lines."""
    found = list(lines)
    if found:
        heading(title)
        for line in found:
            say(line, indent=2, hang=2)


def table(rows: Sequence[Sequence[str]], right: frozenset[int] = frozenset()) -> None:
    """Prints cells in columns; the columns named in ``right`` end at the same place.

    The last cell is broken into lines within its column.
    """
    if not rows:
        return
    wide = [max(len(row[at]) for row in rows) for at in range(len(rows[0]) - 1)]
    for row in rows:
        cells = [c.rjust(w) if at in right else c.ljust(w) for at, (c, w) in enumerate(zip(row, wide))]  # noqa: B905  the last cell has no width
        start = "  " + "  ".join(cells) + "  "
        last = textwrap.wrap(
            row[-1], max(width() - len(start), 24), break_long_words=False, break_on_hyphens=False
        )
        typer.echo((start + ("\n" + " " * len(start)).join(last)).rstrip())


def known(day: dt.date | None) -> str:
    """As known on which day, in words."""
    return f"as known on {day}" if day else "by everything on record"


def read_by(register: Register, day: dt.date | None) -> str:
    """As known on which day, and with which scenario, in words."""
    return f"{known(day)} with the scenario {register.scenario}" if register.scenario else known(day)


def source_text(source: Source) -> str:
    """One source on one line."""
    by = ", ".join(str(part) for part in (source.publisher, source.published) if part)
    return f"{source.id}: {source.title}{f' ({by})' if by else ''}{f', {source.url}' if source.url else ''}"


def sources(register: Register, names: Iterable[str]) -> list[str]:
    """Sources by id, each once, one line each."""
    return [source_text(register.sources[name]) for name in dict.fromkeys(names)]


def event_text(event: Event) -> str:
    """One event on one line."""
    return f"{event.id} ({moments_text(event)}): {event.summary}"


def link_text(link: Link) -> str:
    """How one dossier stands to another, on one line."""
    return f"{link.kind.replace('_', ' ')} {link.dossier}: {link.note}"


def moments_text(event: Event) -> str:
    """The dated moments of an event in words."""
    return ", ".join(f"{name} {date}" for name, date in event.moments)


def record_text(record: object) -> str:
    """What a record is about, on one line."""
    match record:
        case Dossier():
            return record.title
        case Event():
            return f"{moments_text(record)}: {record.summary}"
        case Source():
            return f"{record.title} ({record.publisher})"
        case Fact():
            return record.question
        case Provision():
            return row_text(record)
        case _:
            return str(record)


def row_text(row: Provision) -> str:
    """What a row of law says, on one line."""
    match row:
        case Item():
            return f"{row.item}: {row.heading_en or row.heading_ja}"
        case Limb():
            return f"{';'.join(row.items)} {row.clause}: {row.heading}"
        case Region():
            kind = "all but " if row.list_kind == "all_except" else ""
            return f"{row.region}: {kind}{', '.join(row.countries)}"
        case LicenceType():
            return row.title_en
        case Rule():
            return _rule_text(row)
        case _:
            return row.id


def _rule_text(row: Rule) -> str:
    where = f"items {row.item}, destinations {row.destination}"
    match row:
        case Policy():
            return f"{where}: {', '.join(row.licence_types)}"
        case CatchAll():
            return f"{where}: {row.branch} {row.test} test, {row.duty}"
        case Consequence():
            return f"{row.topic.replace('_', ' ')}: {row.text or row.value}"
        case _:
            clause = getattr(row, "clause", "")
            return f"{where}: {clause}" if clause else where


def beside_output(*, taken: bool) -> contextlib.AbstractContextManager[object]:
    """Where to print: the error stream while standard output is taken by the answer itself."""
    return contextlib.redirect_stdout(sys.stderr) if taken else contextlib.nullcontext()
