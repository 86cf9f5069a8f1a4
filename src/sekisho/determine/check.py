"""Many order lines: each different kind of line is decided once, every line gets its answer.

``check`` takes a frame, ``check_file`` a file. Both read batches of text cells, put each
cell into its class (``classes.py``), decide one line of each combination of classes with
the same steps as a single line, and give every row its decision, in input order.
"""

from __future__ import annotations

import datetime as dt
import gc
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from sekisho.determine.decide import decide
from sekisho.determine.files import Batch, arrow_batch, read_batches
from sekisho.determine.frames import like, to_arrow
from sekisho.determine.intake import DATES, KEY, OWN, read_line
from sekisho.determine.kinds import Kinds, days_in_force
from sekisho.determine.output import Writer, plain
from sekisho.determine.rates import Rates
from sekisho.errors import Fault, InputInvalid
from sekisho.model import Answer, Decision, Shipment
from sekisho.register.open import open_register
from sekisho.register.register import Register

OUTPUT = (
    "answer", "licence_types", "usable_licence", "rules", "sources", "questions", "review_days",
    "confidence", "not_covered", "in_force_on", "known_on", "register", "explanation",
)  # fmt: skip
"""The columns of a decision, in order; they follow the key of the line."""
NEEDED = ("ship_from_country", "destination_country", "code")
FAULTS_KEPT = 1000
Positions = np.ndarray[tuple[int], np.dtype[np.int64]]


@dataclass(slots=True)
class Summary:
    """What came out of a run, for a person to read.

    Attributes:
        answers: Number of lines by answer.
        questions: Number of lines by missing fact.
        texts: The question of each missing fact.
        dated_by: Number of lines by the column that gave the decisive date.
        faults: The first faults, with file and line.
        faulty: Number of lines with a fault.
    """

    rows: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    questions: Counter[str] = field(default_factory=Counter)
    texts: dict[str, str] = field(default_factory=dict)
    dated_by: Counter[str] = field(default_factory=Counter)
    gaps: Counter[str] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)
    faulty: int = 0
    kinds: int = 0

    def fault(self, fault: Fault) -> None:
        """Keeps a fault, as long as there are not too many to read."""
        if len(self.faults) < FAULTS_KEPT:
            self.faults.append(fault)


@dataclass(frozen=True, slots=True)
class _Decided:
    """One decision as output cells, with what the summary needs."""

    cells: tuple[str | int | None, ...]
    answer: str
    questions: tuple[str, ...]
    gaps: tuple[str, ...]
    faults: tuple[Fault, ...]
    dated_by: str


class Checker:
    """Decides batches of one input by one register, as known on one day."""

    def __init__(
        self,
        register: Register,
        known_on: dt.date | None = None,
        rates: Rates | None = None,
        name: str = "frame",
    ) -> None:
        self.register, self.known_on, self.rates, self.name = register, known_on, rates, name
        self.summary = Summary()
        laws = [law for c in register.regimes if (law := register.law(c, known_on))]
        self.kinds = Kinds(register, laws, rates)
        self.decided: list[_Decided] = []
        self.seen: dict[int, int] = {}

    def batch(self, batch: Batch) -> pa.RecordBatch:
        """The decisions of a batch, one row for each of its rows."""
        _require(self.name, batch)
        decided, position = self._decisions(batch)
        columns: dict[str, pa.Array] = {name: self._text(batch, name) for name in self._key(batch)}
        for at, name in enumerate(OUTPUT):
            columns[name] = _spread([one.cells[at] for one in decided], position, name)
        columns["in_force_on"] = days_in_force(batch.columns, len(batch.lines))
        for name in (name for name in batch.columns if self._is_carried(name)):
            columns[_free_name(name, batch)] = self._text(batch, name)
        self._count(batch, decided, position)
        return pa.RecordBatch.from_pydict(columns)

    def _text(self, batch: Batch, name: str) -> pa.Array:
        return pa.array(batch.columns[name], pa.string())

    def _key(self, batch: Batch) -> list[str]:
        return [name for name in KEY if name in batch.columns]

    def _is_carried(self, name: str) -> bool:
        return name not in KEY and name not in OWN and name not in self.kinds.relevant

    def _decisions(self, batch: Batch) -> tuple[list[_Decided], Positions]:
        """The different decisions of a batch, and which of them each row gets."""
        kinds, new = self.kinds.of(batch)
        self.decided += [self._decide(self._row(batch, at)) for at in new]
        used, position = np.unique(kinds, return_inverse=True)
        decided = [self.decided[kind] for kind in used]
        for at, fault in (batch.broken | self._doubles(batch)).items():
            position[at] = len(decided)
            decided.append(self._refuse(fault))
        return decided, position

    def _row(self, batch: Batch, at: int) -> dict[str, str]:
        return {name: cells[at] for name, cells in batch.columns.items()}

    def _decide(self, cells: Mapping[str, str]) -> _Decided:
        line = read_line(cells, self.register, self.rates)
        decision = decide(line.shipment, self.register, self.known_on, with_reasons=False)
        return _decided(decision, line.faults, line.dated_by)

    def _refuse(self, fault: Fault) -> _Decided:
        nothing = Shipment(decisive_date=None, ship_from=None, destination=None)
        decision = decide(nothing, self.register, self.known_on)
        return _decided(decision, (fault,), "")

    def _doubles(self, batch: Batch) -> dict[int, Fault]:
        """Rows whose key stood before: the same line twice is a fault, not two lines."""
        names = self._key(batch)
        found: dict[int, Fault] = {}
        for at, key in enumerate(zip(*(batch.columns[name] for name in names), strict=True)):
            if not any(key):
                continue
            first = self.seen.setdefault(hash(key), batch.lines[at])
            if first != batch.lines[at] and at not in batch.broken:
                problem = f"the key {'/'.join(key)!r} already stands on line {first}"
                found[at] = Fault("", 0, names[-1], problem, "a key of its own for each line")
        return found

    def _count(self, batch: Batch, decided: list[_Decided], position: Positions) -> None:
        summary = self.summary
        summary.rows += len(batch.lines)
        summary.kinds = len(self.decided)
        for one, count in zip(decided, np.bincount(position, minlength=len(decided)), strict=True):
            summary.answers[one.answer] += int(count)
            summary.dated_by[one.dated_by] += int(count)
            for question in one.questions:
                name, _, text = question.partition(": ")
                summary.questions[name] += int(count)
                summary.texts.setdefault(name, text)
            for gap in one.gaps:
                summary.gaps[gap] += int(count)
        self._report(batch, decided, position)

    def _report(self, batch: Batch, decided: list[_Decided], position: Positions) -> None:
        faulty = {at for at, one in enumerate(decided) if one.faults}
        if not faulty:
            return
        for at, kind in enumerate(position):
            if int(kind) in faulty:
                self.summary.faulty += 1
                for f in decided[int(kind)].faults:
                    self.summary.fault(Fault(self.name, batch.lines[at], f.column, f.problem, f.expected))


def _free_name(name: str, batch: Batch) -> str:
    """The name under which a column is carried: its own, or with a prefix that no other has."""
    while name in OUTPUT:
        name = f"input_{name}"
        while name in batch.columns:
            name = f"input_{name}"
    return name


def _require(name: str, batch: Batch) -> None:
    missing = [column for column in NEEDED if column not in batch.columns]
    faults = [Fault(name, 1, column, "the column is missing", "it in the header") for column in missing]
    if not any(column in batch.columns for column in DATES):
        faults.append(Fault(name, 1, "decisive_date", "no column gives a date", f"one of {', '.join(DATES)}"))
    if faults:
        raise InputInvalid(faults)


def _decided(decision: Decision, faults: tuple[Fault, ...], dated_by: str) -> _Decided:
    questions = tuple(str(question) for question in decision.questions)
    answer, explanation = decision.answer, decision.explanation
    if faults:
        answer = Answer.UNDETERMINED
        told = tuple(_told(fault) for fault in faults)
        questions, explanation = told, f"Cannot be determined: {told[0]}{_full_stop(told[0])}"
    known = decision.known_on.isoformat() if decision.known_on else None
    cells = (
        answer.value, ";".join(decision.licence_types if not faults else ()),
        decision.usable_licence if not faults else "", ";".join(decision.rules),
        ";".join(decision.sources), "; ".join(questions), decision.review_days if not faults else None,
        decision.confidence.value, "; ".join(decision.not_covered), None, known, decision.register,
        explanation,
    )  # fmt: skip
    asked = () if faults else questions
    return _Decided(cells, answer.value, asked, decision.not_covered, faults, dated_by)


def _full_stop(sentence: str) -> str:
    return "" if sentence.endswith("?") else "."


def _told(fault: Fault) -> str:
    column = f"{fault.column}: " if fault.column else ""
    return f"{column}{fault.problem}, expected {fault.expected}".replace(";", ",")


def _spread(values: list[Any], position: Positions, name: str) -> pa.Array:
    kind = pa.int64() if name == "review_days" else pa.string()
    indices = pa.array(position.astype(np.int32))
    return pa.DictionaryArray.from_arrays(indices, pa.array(values, kind))


def check(
    frame: Any,
    *,
    register: Register | None = None,
    known_on: dt.date | None = None,
    rates: Rates | None = None,
) -> Any:
    """Decides the order lines of a data frame.

    Args:
        frame: A pandas, Polars or Arrow frame, or anything with the Arrow C stream
            interface; columns as in the documentation, in any order.
        register: The register to decide by; the shipped one if not given.
        known_on: What was known on this day; all that is recorded if not given.
        rates: Exchange rates for values not in JPY.

    Returns:
        A frame of the same kind with one row for each line, in the same order: the key
        of the line, the columns of the decision, and columns that are not known.

    Raises:
        InputInvalid: If needed columns are missing.
    """
    table = to_arrow(frame)
    checker = Checker(register or open_register(), known_on, rates)
    empty = pa.RecordBatch.from_pylist([], table.schema)
    records = table.combine_chunks().to_batches() or [empty]
    batches = [checker.batch(arrow_batch(one, 1)) for one in records]
    decisions = pa.Table.from_batches([b.cast(plain(b.schema)) for b in batches])
    return like(frame, decisions)


def check_file(
    path: Path,
    output: Path | None,
    checker: Checker,
    on_batch: Callable[[Batch], None] = lambda _: None,
) -> Iterator[pa.RecordBatch]:
    """Decides the lines of a file, writes them if asked, and gives each batch of decisions.

    The output is put into its place only when the whole input has been decided.
    """
    writer = Writer(output) if output is not None else None
    try:
        # The cells of a batch hold no cycles; looking for some in millions of them costs a third.
        gc.disable()
        for batch in read_batches(path):
            decisions = checker.batch(batch)
            if writer is not None:
                writer.write(decisions)
            on_batch(batch)
            yield decisions
    except BaseException:
        if writer is not None:
            writer.discard()
        raise
    finally:
        gc.enable()
    if writer is not None:
        writer.close()
