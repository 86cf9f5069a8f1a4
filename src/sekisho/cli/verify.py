"""``sekisho verify``: decisions on file decided again and compared."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sekisho.cli import show
from sekisho.cli.options import (
    DIFFERENT,
    AnyOrderToo,
    AsJson,
    KnownOnColumn,
    OrderFiles,
    RatesFile,
    RegisterPath,
    Scenario,
    opened,
    rates_of,
)
from sekisho.cli.progress import Bar

if TYPE_CHECKING:  # this reads and writes files with Arrow, which is slow to import
    from sekisho.determine.verify import Proof


def verify(  # noqa: PLR0913  one option for each thing asked
    decisions: Annotated[Path, typer.Argument(metavar="DECISIONS", help="What check wrote.")],
    files: OrderFiles,
    *,
    known_on: KnownOnColumn = None,
    scenario: Scenario = None,
    rates: RatesFile = None,
    register: RegisterPath = None,
    any_order: AnyOrderToo = False,
    as_json: AsJson = False,
) -> None:
    """Proves that decisions on file are what an input gives.

    The input is decided again and compared. The register must be the one that the
    decisions name; the day as known on which, and the columns, are taken from them. Exit
    code 1 says that something differs. A folder of parts says itself if its lines were decided
    with --any-order; of one file of decisions this is to be said.
    """
    from sekisho.determine.runs import find_inputs  # noqa: PLC0415  see above
    from sekisho.determine.verify import verify as replay  # noqa: PLC0415  see above

    inputs = find_inputs(files)
    with Bar(inputs) as bar:
        proof = replay(
            decisions, inputs, opened(register, scenario), rates_of(rates), known_on, bar.advance,
            any_order=any_order,
        )  # fmt: skip
    if as_json:
        show.as_json(proof)
    else:
        _print(proof)
        if not decisions.is_dir():
            _print_order(proof, len(inputs))
    if proof.difference is not None:
        raise typer.Exit(DIFFERENT)


def _print(proof: Proof) -> None:
    for changed in proof.changed_inputs:
        show.say(f"note: {changed}", hang=2)
    found = proof.difference
    if found is None:
        how = "byte for byte" if proof.same_bytes else "cell for cell (the bytes are laid out otherwise)"
        show.say(f"the same, {how}: {proof.lines:,} lines by the register {proof.register}")
        return
    key = f" ({found.key})" if found.key else ""
    what = f"{found.column}: " if found.column else ""
    show.say(f"different at {found.file}:{found.line}{key}")
    show.say(f"{what}on file {found.on_file!r}", indent=2)
    show.say(f"{what}decided now {found.decided!r}", indent=2)


def _print_order(proof: Proof, files: int) -> None:
    """What to do if the first line that differs is another line than the one on file."""
    from sekisho.determine.intake import KEY  # noqa: PLC0415  see above

    found = proof.difference
    if found is None or (found.key and found.column not in {"", *KEY}):
        return
    show.say("The lines are others: are these the files that were decided, in their order?")
    if files == 1:
        return
    if proof.any_order:
        show.say("If check was not told --any-order, verify without it.")
    else:
        show.say("If check was told --any-order, tell verify so too: the lines then come in another order.")
