"""``sekisho impact --watch``: what differs since an order book was last looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from sekisho.cli import show
from sekisho.cli.progress import Bar
from sekisho.errors import Fault, InputInvalid, OutputRefused

if TYPE_CHECKING:  # these read and write files with Arrow, which is slow to import
    from sekisho.determine.flips import State
    from sekisho.determine.rates import Rates
    from sekisho.determine.watch import Watch, Watcher

_SHOWN = 10


def look(inputs: Sequence[Path], path: Path, now: State, rates: Rates | None) -> tuple[Watch, Watcher]:
    """Holds the lines of files against the state on file.

    Raises:
        InputInvalid: If the state cannot be read, or no column names the lines.
    """
    from sekisho.determine.check import require_columns  # noqa: PLC0415  see above
    from sekisho.determine.files import read_batches  # noqa: PLC0415  see above
    from sekisho.determine.runs import read_keys  # noqa: PLC0415  see above
    from sekisho.determine.watch import Watcher, read_state  # noqa: PLC0415  see above

    watcher = Watcher(read_state(path), now, rates)
    watcher.assessment.read_again_by(lambda: chain.from_iterable(read_keys(inputs)))
    with Bar(list(inputs)) as bar:
        for file in inputs:
            for batch in read_batches(file):
                require_columns(file.name, batch.columns)
                watcher.batch(batch, file.name)
                bar.advance(batch)
    return watcher.result(), watcher


def keep(watcher: Watcher, path: Path) -> None:
    """Puts the state of this look into its place, for the next.

    Raises:
        OutputRefused: If it cannot be written.
    """
    try:
        watcher.write(path)
    except OSError as error:
        problem = error.strerror or str(error)
        raise OutputRefused(str(path), problem, "name a file in a folder that can be written") from error


def require_alone(asked: Mapping[str, object]) -> None:
    """Refuses options that name a change of the law: with ``--watch`` the state on file does.

    Raises:
        InputInvalid: With every such option.
    """
    faults = [
        Fault(name, 0, "", "it does not go with --watch", "one of the two")
        for name, value in asked.items()
        if value is not None
    ]
    if faults:
        raise InputInvalid(faults)


def print_watch(found: Watch, path: Path) -> None:
    """Prints what differs beside what the law flips."""
    if found.since is None:
        show.say(
            f"{found.impact.looked_at:,} lines looked at for the first time; nothing to compare with yet"
        )
    else:
        counts = (
            (found.impact.flipped, "answered otherwise by the law: a register update, or what became known"),
            (found.edited_lines, "changed in the book and answered otherwise"),
            (found.new, "new in the book"),
            (found.gone_lines, "no longer in the book"),
        )
        show.say(f"{path} against now: {found.impact.change.words}", hang=2)
        show.heading(f"Of {found.impact.looked_at:,} lines, since then")
        show.table([(f"{count:,}", what) for count, what in counts], frozenset({0}))
    edited = [(each.key, f"{each.before} -> {each.after}") for each in found.edited[:_SHOWN]]
    if edited:
        show.heading("The first lines changed in the book")
        show.table(edited)
    if found.gone:
        show.section("The first lines no longer in the book", [", ".join(found.gone[:_SHOWN])])


def print_kept(path: Path) -> None:
    """Says where the state is."""
    typer.echo(f"\nstate kept in {path}; run again with it after an update")


def as_json(found: Watch, impact: dict[str, object], path: Path) -> dict[str, object]:
    """What differs, as JSON shows it."""
    return {
        "state": str(path), "since": found.since, "now": found.now, "edited_lines": found.edited_lines,
        "edited": found.edited, "new": found.new, "gone_lines": found.gone_lines, "gone": found.gone,
        "impact": impact,
    }  # fmt: skip
