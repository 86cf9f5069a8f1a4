"""The lines of order files that flip between two states of the law, counted and written."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from sekisho.cli import show
from sekisho.cli.progress import Bar
from sekisho.determine.check import require_columns
from sekisho.determine.files import read_batches
from sekisho.determine.flips import Comparison, State
from sekisho.determine.output import Writer
from sekisho.determine.rates import Rates
from sekisho.determine.runs import find_inputs
from sekisho.errors import Fault, InputInvalid
from sekisho.register.register import Register

Given = tuple[Register, dt.date | None, dt.date | None]
_FIRST = 10


@dataclass(frozen=True, slots=True)
class Flips:
    """What came out of a comparison.

    Attributes:
        lines: How many lines were looked at.
        decided: How many of them other rows of law speak of, and so were decided.
        flipped: How many are answered otherwise.
        answers: Number of flipped lines by answer before and after.
        first: The first flipped lines: key, answer before, answer after.
    """

    lines: int
    decided: int
    flipped: int
    answers: dict[str, int]
    first: tuple[tuple[str, str, str], ...]
    output: str | None

    def show(self) -> None:
        """Prints it for a person."""
        show.heading(f"Lines answered otherwise: {self.flipped:,} of {self.lines:,}")
        show.table([(f"{count:,}", change) for change, count in self.answers.items()], frozenset({0}))
        if self.first:
            show.heading("The first of them")
            show.table([(key, f"{before} -> {after}") for key, before, after in self.first])
        if self.output:
            show.say(f"written to {self.output}")


def find_flips(
    orders: list[Path], states: tuple[Given, Given], rates: Rates | None, output: Path | None
) -> Flips:
    """Compares the lines of files in two states, and writes those that flip if asked.

    Raises:
        InputInvalid: If no file is given, or one cannot be read.
    """
    if not orders:
        raise InputInvalid([Fault("--output", 0, "", "there are no lines to write", "--orders FILE with it")])
    before, after = (State(*given) for given in states)
    comparison, counts, first = Comparison(before, after, rates), Counter[str](), list[tuple[str, str, str]]()
    writer = Writer(output) if output is not None else None
    inputs = find_inputs(orders)
    try:
        with Bar(inputs) as bar:
            for found in _found(inputs, comparison, bar):
                counts.update(_changes(found))
                first += _rows(found)[: _FIRST - len(first)]
                if writer is not None:
                    writer.write(found)
    except BaseException:
        if writer is not None:
            writer.discard()
        raise
    if writer is not None:
        writer.close()
    return Flips(
        comparison.rows, comparison.candidates, counts.total(), dict(counts.most_common()), tuple(first),
        str(output) if output else None,
    )  # fmt: skip


def _found(inputs: Iterable[Path], comparison: Comparison, bar: Bar) -> Iterator[pa.RecordBatch]:
    for path in inputs:
        for batch in read_batches(path):
            require_columns(path.name, batch.columns, dated=False)
            yield comparison.batch(batch)
            bar.advance(batch)


def _changes(found: pa.RecordBatch) -> list[str]:
    """What changes in each line: its answer, or the licence where the answer stays."""
    return [
        f"{one} -> {other}" if one != other else f"{one}, by other licence types or with another review time"
        for one, other in _answers(found)
    ]


def _answers(found: pa.RecordBatch) -> Iterator[tuple[str, str]]:
    columns = (found.column(f"answer_{when}").to_pylist() for when in ("before", "after"))
    return zip(*columns, strict=True)


def _rows(found: pa.RecordBatch) -> list[tuple[str, str, str]]:
    names = [name for name in ("transaction_id", "line_id") if name in found.schema.names]
    keys = found.select([*names, "line"]).slice(0, _FIRST).to_pylist()
    told = ("/".join(str(row[name]) for name in names) or f"line {row['line']}" for row in keys)
    return [(key, *answers) for key, answers in zip(told, _answers(found.slice(0, _FIRST)), strict=True)]
