"""How answers are shown: plain text that fits a terminal, and JSON with keys in a fixed order."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator, Sequence

import typer

from sekisho.model import Answer, Dossier, Event, Fact, Link, Provision, Source
from sekisho.plain import MEANINGS as MEANINGS  # noqa: PLC0414  commands take it from here
from sekisho.plain import plain as plain  # noqa: PLC0414  the same
from sekisho.plain import row_text as row_text  # noqa: PLC0414  the same
from sekisho.register.register import Register

MAY_SHIP = frozenset(answer for answer in Answer if answer.may_ship)
_NARROWEST, _WIDEST = 60, 100


def as_json(value: object) -> None:
    """Prints a value as JSON."""
    typer.echo(json.dumps(plain(value), ensure_ascii=False, indent=2))


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


def counted(number: int, what: str) -> str:
    """A number of things: one is not many."""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def known(day: dt.date | None) -> str:
    """As known on which day, in words."""
    return f"as known on {day}" if day else "by everything on record"


def read_by(register: Register, day: dt.date | None) -> str:
    """As known on which day, and with which scenario, in words."""
    return f"{known(day)} with the scenario {register.scenario}" if register.scenario else known(day)


def supposed(register: Register) -> Iterator[str]:
    """What the scenario of a register supposes, if it says so."""
    if register.supposed:
        yield f"the scenario supposes: {register.supposed}"


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


def beside_output(*, taken: bool) -> contextlib.AbstractContextManager[object]:
    """Where to print: the error stream while standard output is taken by the answer itself."""
    return contextlib.redirect_stdout(sys.stderr) if taken else contextlib.nullcontext()
