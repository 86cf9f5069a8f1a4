"""``sekisho explain``: one line of a file, with the rules read and what would change its answer."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from sekisho.cli import show
from sekisho.cli.options import (
    FAULTY,
    AsJson,
    KnownOn,
    OrderFile,
    RatesFile,
    RegisterPath,
    Scenario,
    opened,
    rates_of,
)
from sekisho.determine.counterfactual import changes
from sekisho.determine.explain import as_dict, render
from sekisho.determine.explain import explain as told
from sekisho.determine.intake import KEY, read_line
from sekisho.errors import Fault, InputInvalid, NotFound, ValueInvalid
from sekisho.model import Answer

_CHANGES = "What would change the answer (no advice to state otherwise what is so)"
_CANDIDATES = 10
_COMPARED = 100_000


def explain(  # noqa: PLR0913  one option for each thing asked
    file: OrderFile,
    *,
    line: Annotated[str, typer.Option(metavar="ID", help="transaction_id/line_id, or a line_id.")],
    known_on: KnownOn = None,
    scenario: Scenario = None,
    rates: RatesFile = None,
    register: RegisterPath = None,
    as_json: AsJson = False,
) -> None:
    """Explains one order line, and what would change its answer."""
    opened_register = opened(register, scenario)
    at, cells, broken = find_line(file, line)
    read = read_line(cells, opened_register, rates_of(rates))
    faults = [broken] if broken else [dataclasses.replace(f, file=file.name, line=at) for f in read.faults]
    if faults:
        _refuse(line, faults, as_json=as_json)
    found = told(read.shipment, opened_register, known_on)
    smallest = changes(read.shipment, opened_register, known_on)
    if as_json:
        show.as_json({"line": line, "place": f"{file.name}:{at}", **as_dict(found), "changes": smallest})
        return
    show.say(f"{line}, {file.name}:{at}, {show.read_by(opened_register, known_on)}")
    for supposed in show.supposed(opened_register):
        show.say(supposed, indent=2, hang=2)
    typer.echo(render(found, show.width()))
    show.section(_CHANGES, map(str, smallest))
    show.section("Not covered", found.decision.not_covered)
    show.section("Sources", (f"{name}: {title}" for name, title in found.sources.items()))


def _refuse(line: str, faults: list[Fault], *, as_json: bool) -> None:
    if as_json:
        show.as_json({"line": line, "answer": Answer.UNDETERMINED, "faults": faults})
    else:
        show.say(f"{Answer.UNDETERMINED}: {line} cannot be decided until this is mended")
        show.section("Faults", map(str, faults))
    raise typer.Exit(FAULTY)


def find_line(file: Path, line: str) -> tuple[int, Mapping[str, str], Fault | None]:
    """The place and cells of one order line, and why it could not be read if so.

    Args:
        file: A file of order lines.
        line: ``transaction_id/line_id``, or a ``line_id`` that stands once.

    Raises:
        NotFound: If no line has this key, with the nearest.
        ValueInvalid: If several lines have this ``line_id``.
    """
    from sekisho.determine.cells import texts  # noqa: PLC0415  see above
    from sekisho.determine.files import read_batches  # noqa: PLC0415  see above
    from sekisho.register.register import nearest  # noqa: PLC0415  needed with the above

    found: dict[str, tuple[int, Mapping[str, str], Fault | None]] = {}
    keys: list[str] = []
    for batch in read_batches(file):
        names = [name for name in KEY if name in batch.columns]
        if not names:
            raise InputInvalid([Fault(file.name, 1, KEY[-1], "the column is missing", "it in the header")])
        for at, parts in enumerate(zip(*(texts(batch.columns[name]) for name in names), strict=True)):
            key = "/".join(parts)
            keys.append(key)
            if line in {key, parts[-1]} and key not in found:
                found[key] = batch.lines[at], batch.row(at), batch.broken.get(at)
    if line in found or len(found) == 1:
        return found.get(line) or next(iter(found.values()))
    if not found:
        raise NotFound("line", line, nearest(line, keys[:_COMPARED]))
    some = ", ".join(list(found)[:_CANDIDATES]) + (", ..." if len(found) > _CANDIDATES else "")
    msg = f"the line {line!r} stands {len(found)} times"
    raise ValueInvalid(msg, f"transaction_id/line_id: {some}")
