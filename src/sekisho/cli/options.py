"""Options that several commands share, and how their values are read."""

from __future__ import annotations

import datetime as dt
import math
import shlex
from pathlib import Path
from typing import Annotated, Any

import typer

from sekisho.determine.calendars import read_day
from sekisho.determine.intake import canonical_column, tidy
from sekisho.determine.rates import Rates, read_rates
from sekisho.errors import ValueInvalid
from sekisho.register.open import open_register
from sekisho.register.register import Register

FAULTY = 1
"""The exit code when every row was read and some have faults."""
DIFFERENT = 1
"""The exit code when decisions on file are not those decided now."""


def day(text: str) -> dt.date:
    """One day of an option, with the library's words if it is none."""
    try:
        return read_day(tidy(text))
    except ValueInvalid as error:
        raise typer.BadParameter(str(error)) from error


def confidence(text: str) -> float:
    """How sure the reader is at least, between 0 and 1."""
    try:
        found = float(text)
    except ValueError:
        found = math.nan
    if not 0 <= found <= 1:
        error = ValueInvalid(f"{text!r} is no confidence", "a number between 0 and 1, such as 0.7")
        raise typer.BadParameter(str(error)) from error
    return found


def day_or_column(text: str) -> dt.date | str:
    """A day, or the name of the column that holds one for each line."""
    return canonical_column(text) if text[:1].isalpha() else day(text)


Day = Annotated[dt.date, typer.Option("--on", parser=day, metavar="DAY", help="The day asked about.")]
KNOWN_ON = "By what was known on this day; else by all on record."
KnownOn = Annotated[
    dt.date | None,
    typer.Option("--known-on", parser=day, metavar="DAY", help=KNOWN_ON),
]
KnownOnSameDay = Annotated[
    dt.date | None,
    typer.Option(
        "--known-on",
        parser=day,
        metavar="DAY",
        help="By what was known on this day; else on the day asked about.",
    ),
]
KnownOnOrColumn = Annotated[
    Any,
    typer.Option("--known-on", parser=day_or_column, metavar="DAY|COLUMN", help=KNOWN_ON),
]
KnownOnColumn = Annotated[
    str | None,
    typer.Option(
        "--known-on", parser=canonical_column, metavar="COLUMN", help="The column that said so, if one did."
    ),
]
Scenario = Annotated[
    Path | None,
    typer.Option(metavar="PATH", help="Lay a scenario over the register: a file, a folder, or DESK#ID."),
]
RegisterPath = Annotated[
    Path | None,
    typer.Option("--register", metavar="PATH", help="Use the register in this folder."),
]
RatesFile = Annotated[
    Path | None,
    typer.Option("--rates", metavar="FILE", help="Rates for values that are not in JPY."),
]
Picture = Annotated[
    Path | None,
    typer.Option(metavar="OUT", help="Draw it: one page (.html), or an image (.png, .svg)."),
]
OrderFile = Annotated[Path, typer.Argument(metavar="FILE", help="CSV, XLSX, Parquet or JSON lines.")]
OrderFiles = Annotated[
    list[Path], typer.Argument(metavar="FILES", help="CSV, XLSX, Parquet or JSON lines; folders, patterns.")
]
AnyOrder = Annotated[
    bool,
    typer.Option("--any-order", help="Read several files side by side; lines of one keep their order."),
]
AnyOrderToo = Annotated[bool, typer.Option("--any-order", help="If check was told so.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def rates_of(path: Path | None) -> Rates | None:
    """The rates of a file, if one is given.

    Raises:
        InputInvalid: If there is no such file, or with every fault of it.
    """
    return None if path is None else read_rates(path)


def opened(register: Path | None, scenario: Path | None) -> Register:
    """The register that a command works by; ``DESK#ID`` tries a proposal that waits on a desk.

    Raises:
        ValueInvalid: If a desk is given without the id of a proposal.
    """
    if scenario is not None and not scenario.exists() and "#" in str(scenario):
        desk, name = _desk_and_id(str(scenario))
        return _tried(register, desk, name)
    if scenario is not None and _is_database(scenario):
        raise _without_id(scenario)
    return open_register(register, scenario)


def _desk_and_id(given: str) -> tuple[Path, str]:
    """The two parts of ``DESK#ID``, of which each may hold the sign too."""
    marks = [at for at, char in enumerate(given) if char == "#"]
    at = next((at for at in marks if Path(given[:at]).is_file()), marks[-1])
    return Path(given[:at]), given[at + 1 :]


def _is_database(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(_SQLITE)) == _SQLITE


_SQLITE = b"SQLite format 3\0"


def _without_id(desk: Path) -> ValueInvalid:
    msg = f"--scenario {desk} is a desk of proposals, and no proposal on it is named"
    return ValueInvalid(
        msg,
        f"{desk}#ID with the id of one; sekisho proposals list --desk {shlex.quote(str(desk))} tells them",
    )


def _tried(register: Path | None, desk: Path, name: str) -> Register:
    import tempfile  # noqa: PLC0415  only a proposal needs it

    from sekisho.reading.desk import Desk  # noqa: PLC0415  only a proposal needs the reader
    from sekisho.reading.tried import write_scenario  # noqa: PLC0415  the same

    if not name and desk.is_file():
        raise _without_id(desk)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{name.replace('/', '-')}.toml"
        write_scenario(Desk(desk), open_register(register), path, name)
        return open_register(register, path)
