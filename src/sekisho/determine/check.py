"""Many order lines: each different kind of line is decided once, every line gets its answer.

``check`` takes a frame, ``check_file`` a file. Both read batches of text cells, put each
cell into its class (``classes.py``), decide one line of each combination of classes with
the same steps as a single line, and give every row its decision, in input order.
"""

from __future__ import annotations

import copy
import datetime as dt
import difflib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from sekisho.dates import require_day
from sekisho.determine.codes import Codes, counted, first_rows
from sekisho.determine.days import iso_days
from sekisho.determine.decide import decide
from sekisho.determine.decisions import Cells
from sekisho.determine.docket import Reads
from sekisho.determine.doubles import KeyRows
from sekisho.determine.files import Batch, key_columns, table_batches
from sekisho.determine.frames import like, to_arrow
from sekisho.determine.intake import DATES, KEY, OWN, SYNONYMS, Readings, names_of, read_day, read_line, tidy
from sekisho.determine.kept_kinds import KeptKinds, Told
from sekisho.determine.keys import Keys
from sekisho.determine.kinds import Kind, Kinds
from sekisho.determine.output import plain
from sekisho.determine.rates import Rates
from sekisho.determine.shipments import require_register
from sekisho.determine.summaries import Decided, Summary
from sekisho.errors import Fault, InputInvalid, ValueInvalid
from sekisho.model import Answer, Decision, Shipment
from sekisho.register.open import open_register
from sekisho.register.register import Register

OUTPUT = (
    "answer", "licence_types", "usable_licence", "rules", "sources", "questions", "review_days",
    "confidence", "not_covered", "in_force_on", "known_on", "register", "explanation",
)  # fmt: skip
"""The columns of a decision, in order; they follow the key of the line."""
CARRY = ("other", "all", "none")
_OF_DECISIONS = 2
"""So many columns of a decision, and none that an order line needs: the file holds decisions."""
_PLACE = {name: at for at, name in enumerate(OUTPUT)}
_DATED_BY = (*DATES, "")
NEEDED = ("ship_from_country", "destination_country", "code")
_SOME_PLACE = "\0"
_SOME_PLACES = (f"{_SOME_PLACE}d", f"{_SOME_PLACE}u")
"""Stand for the names of places in sentences that many kinds of line share."""
_KEPT = 1 << 17
"""How many decisions are kept before starting anew."""
_MOST_NODES = 1 << 20
"""How many steps on the way to decisions, and numbers of the law, are kept before starting anew."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which columns decisions are given with.

    Attributes:
        columns: Columns of the decision, in order.
        carry: Columns of the input to give beside the key: ``other`` (those that no rule
            reads), ``all``, or ``none``.
    """

    columns: tuple[str, ...] = OUTPUT
    carry: str = "other"


_EVERYTHING = Wanted()


class Checker:
    """Decides batches of one input by one register.

    Args:
        known_on: What was known on this day; ``None`` is all that is recorded. The name
            of a column takes the day of each row from it.
        compare_keys: Whether a key that stood before is a fault.

    Attributes:
        files: The names of the files of the input, in its order; a batch says which it is of.
        new_kinds: How many kinds of line were decided that may be kept for later runs.
    """

    def __init__(
        self,
        register: Register,
        known_on: dt.date | str | None = None,
        rates: Rates | None = None,
        name: str = "frame",
        wanted: Wanted = _EVERYTHING,
        *,
        compare_keys: bool = True,
    ) -> None:
        self.register, self.known_on, self.rates = register, known_on, rates
        self.wanted, self.compare_keys = wanted, compare_keys
        self.keys = Keys()
        self._summary = Summary()
        self.files: Sequence[str] = (name,)
        self.new_kinds = 0
        self._kinds_kept: KeptKinds | None = None
        self._start()

    def _start(self) -> None:
        self.kinds = Kinds(self.register, self.known_on, self.rates, kept=self._kinds_kept)
        self._decided: list[Decided] = []
        self._cells = {n: Cells(pa.int64() if n == "review_days" else pa.string()) for n in OUTPUT}
        self._readings: Readings = {}
        self._lines_of = np.zeros(0, dtype=np.int64)
        self._met: dict[int, None] = {}

    def described(self) -> dict[str, object]:
        """What the decisions hang on beside the input."""
        rates = self.rates.fingerprint if self.rates else None
        known_on = None if self.known_on is None else str(self.known_on)
        return {
            "register": self.register.fingerprint, "scenario": self.register.scenario,
            "known_on": known_on, "rates": rates,
            "columns": list(self.wanted.columns), "carry": self.wanted.carry,
        }  # fmt: skip

    def renewed(self, name: str, wanted: Wanted) -> Checker:
        """A checker of another input that keeps what was worked out for this one.

        The two are used one after the other, never side by side.
        """
        other = copy.copy(self)
        other.wanted, other.keys = wanted, Keys()
        other._begin(name)  # noqa: SLF001  it is one of these too
        if self._kinds_kept is not None:
            self._kinds_kept.decider = other
        return other

    def _begin(self, name: str) -> None:
        self._summary, self.files = Summary(), (name,)
        self._lines_of = np.zeros(0, dtype=np.int64)

    @property
    def decided(self) -> int:
        """How many decisions are kept."""
        return len(self._decided)

    @property
    def summary(self) -> Summary:
        """What came out so far."""
        for at in self._met:  # what lines met first comes first among what is as frequent
            if self._lines_of[at]:
                self._summary.add(self._decided[at], int(self._lines_of[at]))
        self._lines_of[:] = 0
        self._summary.keys_compared &= not self.keys.full
        return self._summary

    def so_far(self) -> Summary:
        """The summary where a run may be stopped, from which on it is the same if it goes on."""
        summary = self.summary
        self._met = {}
        return summary

    def read_again_by(self, batches: Callable[[], Iterable[Batch]], folder: Path | None = None) -> None:
        """Says how the keys of the whole input are read again where there are too many to hold.

        Args:
            batches: Gives all batches in the order in which they are decided; the key is enough.
            folder: Made where keys have to be put on disk; a temporary one if not given.
        """
        self.keys.read_again_by(partial(_key_rows, batches), folder)

    def go_on(self, summary: Summary) -> None:
        """Goes on with a run of which this came out so far."""
        self._summary = summary

    def pass_over(self, batch: Batch) -> None:
        """Takes notice of rows that were decided and counted before: of their keys."""
        self._stood_before(batch)

    def batch(self, batch: Batch) -> pa.RecordBatch:
        """The decisions of a batch, one row for each of its rows."""
        require_columns(self.files[batch.file], batch.columns, self.kinds.known_by)
        if len(self._decided) > _KEPT or len(self.kinds) > _MOST_NODES:
            _ = self.summary  # counted before the kinds are forgotten
            self._add_kept()
            self._start()
        kind = self.kinds.of(batch, self)
        of_row, used, refused = self._of_rows(batch, kind.of_row)
        self._count(batch, kind)
        return self._columns(batch, kind, of_row, used, refused)

    def use_kept(self) -> None:
        """Takes what earlier runs decided, and keeps what this one does for later ones.

        For a register that was opened from files: its fingerprint has to say all that it holds.
        """
        self._kinds_kept = self.kinds.kept = KeptKinds(self.register, self.known_on, self.rates, self)

    def keep(self) -> None:
        """Keeps what was decided for later runs, if it is asked for and worth the time."""
        if self._kinds_kept is not None and self.new_kinds >= self._kinds_kept.few:
            self._add_kept()
            self._kinds_kept.write()

    def _add_kept(self) -> None:
        if self._kinds_kept is not None:
            self.kinds.keep()

    def _of_rows(self, batch: Batch, of_row: Codes) -> tuple[Codes, Codes, list[Decided]]:
        """The number of the decision of each row, which there are, and those of rows that are refused.

        These are numbered from the last of all others on, and forgotten after the batch.
        """
        known, faults = len(self._decided), batch.broken | self._doubles(batch)
        if faults:
            of_row = of_row.astype(np.int32)
            of_row[list(faults)] = np.arange(known, known + len(faults))
        lines_of = np.bincount(of_row, minlength=known)
        used = np.flatnonzero(lines_of[:known])
        self._meet(of_row, used.tolist())
        lines_of[: len(self._lines_of)] += self._lines_of
        self._lines_of = lines_of[:known]
        refused = [self._refuse(fault) for fault in faults.values()]
        for one in refused:
            self._summary.add(one, 1)
        self._report(
            batch, of_row, {at: self._decided[at] for at in used.tolist()} | dict(enumerate(refused, known))
        )
        return of_row, used, refused

    def _meet(self, of_row: Codes, used: list[int]) -> None:
        """Notes decisions that no line had before, by the first line that has them."""
        new = [at for at in used if at not in self._met]
        if new:
            first = first_rows(of_row, int(of_row.max()) + 1)
            self._met.update(dict.fromkeys(sorted(new, key=first.__getitem__)))

    def fields(self, names: Iterable[str]) -> dict[str, str]:
        """The columns that decisions are given with, each with the input column it carries.

        Those of the decision carry none and have an empty text.
        """
        names = list(names)
        found = {name: name for name in KEY if name in names}
        found |= dict.fromkeys(self.wanted.columns, "")
        return found | {_free_name(name, names): name for name in names if self._is_carried(name)}

    def _columns(
        self, batch: Batch, kind: Kind, of_row: Codes, used: Codes, refused: list[Decided]
    ) -> pa.RecordBatch:
        columns: dict[str, pa.Array] = {}
        for name, carried in self.fields(batch.columns).items():
            if carried:
                columns[name] = batch.columns[carried]
            elif name == "in_force_on":
                columns[name] = iso_days(kind.days)
            elif name == "known_on" and self.kinds.known_by:
                columns[name] = iso_days(kind.known)
            else:
                others = [one.cells[_PLACE[name]] for one in refused]
                columns[name] = self._cells[name].column(of_row, used, others)
        return pa.RecordBatch.from_pydict(columns)

    def _key(self, batch: Batch) -> list[str]:
        return [name for name in KEY if name in batch.columns]

    def wants(self, name: str) -> bool:
        """Whether a column of the input is read or carried."""
        return name in KEY or not self._is_unread(name) or self._is_carried(name)

    def _is_carried(self, name: str) -> bool:
        if name in KEY or self.wanted.carry == "none":
            return False
        return self.wanted.carry == "all" or self._is_unread(name)

    def _is_unread(self, name: str) -> bool:
        return name not in OWN and name not in self.kinds.relevant and name != self.kinds.known_by

    def decide(self, cells: Mapping[str, str]) -> tuple[int, Iterable[str], bool]:
        """Decides a line: the number of the decision, what was looked at, and if it names places."""
        line = read_line(cells, self.register, self.rates, self._readings)
        known_on, faults = self._known_on(cells)
        looked_at: Reads = {}
        decision = decide(
            line.shipment, self.register, known_on, with_reasons=False, reads=looked_at, names=_SOME_PLACES
        )
        faults = (*line.faults, *faults)
        self._summary.kinds += 1
        self.new_kinds += not faults
        named = not faults and _SOME_PLACE in decision.explanation
        return self._kept(_decided(decision, faults)), looked_at, named

    def to(self, number: int, places: tuple[str, str]) -> int:
        """The number of a decision with the names of its places in its explanation."""
        one = self._decided[number]
        cells = list(one.cells)
        for some, code in zip(_SOME_PLACES, places, strict=True):
            name = self.register.countries.name(code) if code else ""
            cells[_PLACE["explanation"]] = str(cells[_PLACE["explanation"]]).replace(some, name)
        return self._kept(replace(one, cells=tuple(cells)))

    def recall(self, told: Told) -> int:
        """The number of a decision that an earlier run made."""
        self._summary.kinds += 1
        cells = list(told.cells)
        cells[_PLACE["register"]] = self.register.fingerprint
        cells[_PLACE["known_on"]] = self.known_on.isoformat() if isinstance(self.known_on, dt.date) else None
        return self._kept(Decided(tuple(cells), str(cells[0]), told.questions, told.gaps, ()))

    def told(self, number: int) -> Told | None:
        """A decision as it is kept; ``None`` for one of a line with faults."""
        one = self._decided[number]
        cells = list(one.cells)
        cells[_PLACE["register"]] = cells[_PLACE["known_on"]] = None
        named = self.kinds.is_named(number)
        return None if one.faults else Told(tuple(cells), one.questions, one.gaps, named)

    def _kept(self, one: Decided) -> int:
        self._decided.append(one)
        for name, cell in zip(OUTPUT, one.cells, strict=True):
            self._cells[name].add(cell)
        return len(self._decided) - 1

    def _known_on(self, cells: Mapping[str, str]) -> tuple[dt.date | None, tuple[Fault, ...]]:
        """A day as known on which a line is decided as on its own, and why there is none."""
        if not isinstance(self.known_on, str):
            return self.known_on, ()
        try:
            return self.kinds.as_known(read_day(tidy(cells[self.known_on]) or "an empty cell")), ()
        except ValueInvalid as error:
            return dt.date.min, (Fault("", 0, self.known_on, error.problem, error.expected),)

    def _refuse(self, fault: Fault) -> Decided:
        return _decided(self._of_nothing, (fault,))

    @cached_property
    def _of_nothing(self) -> Decision:
        """What is decided of a line of which nothing is known."""
        nothing = Shipment(decisive_date=None, ship_from=None, destination=None)
        known_on = None if isinstance(self.known_on, str) else self.known_on
        return decide(nothing, self.register, known_on, with_reasons=False)

    def _doubles(self, batch: Batch) -> dict[int, Fault]:
        """Rows whose key stood before: the same line twice is a fault, not two lines."""
        names, again = self._key(batch), self._stood_before(batch)
        rows = sorted(again.keys() - batch.broken.keys())
        found: dict[int, Fault] = {}
        for at, cells in zip(rows, batch.rows(rows, names), strict=True):
            key = "/".join(cells[name] for name in names)
            problem = f"the key {key!r} already stands on {self._place_of(again[at], batch.file)}"
            found[at] = Fault("", 0, names[-1], problem, "a key of its own for each line")
        return found

    def _stood_before(self, batch: Batch) -> dict[int, int]:
        """Rows whose key was met before, each with the number of the line it was met on."""
        names = self._key(batch)
        if not names or not self.compare_keys:
            return {}
        return self.keys.doubles([batch.columns[name] for name in names], _numbers(batch), batch.file)

    def _place_of(self, number: int, here: int) -> str:
        """The line, and the file if it is not the one here, that a number stands for."""
        file, line = number >> _LINE_BITS, number & _LAST_LINE
        return f"line {line}" + ("" if file == here else f" of {self.files[file]}")

    def _count(self, batch: Batch, kind: Kind) -> None:
        self._summary.rows += len(batch.lines)
        given = counted(kind.given_by, len(_DATED_BY))
        self._summary.dated_by.update({name: n for name, n in zip(_DATED_BY, given, strict=True) if n})
        for name in (name for name in (*batch.columns, *batch.unread) if self._is_unread(name)):
            if name not in self._summary.unread:
                self._summary.unread[name] = _alike(name, self.kinds.relevant)

    def _report(self, batch: Batch, of_row: Codes, decided: dict[int, Decided]) -> None:
        odd = [at for at, one in decided.items() if one.faults]
        if not odd:
            return
        faulty = np.zeros(max(decided) + 1, dtype=np.bool_)
        faulty[odd] = True
        for at in np.flatnonzero(faulty[of_row]).tolist():
            self._summary.faulty += 1
            for f in decided[int(of_row[at])].faults:
                fault = Fault(self.files[batch.file], batch.lines[at], f.column, f.problem, f.expected)
                self._summary.fault(fault)


def _key_rows(batches: Callable[[], Iterable[Batch]]) -> Iterator[KeyRows]:
    """The keys of an input, with the number of each line."""
    for batch in batches():
        columns = [batch.columns[name] for name in KEY if name in batch.columns]
        if columns:
            yield columns, _numbers(batch)


_LINE_BITS = 40
_LAST_LINE = (1 << _LINE_BITS) - 1


def _numbers(batch: Batch) -> Codes:
    """A number for each line that no other line of the input has, of whichever file."""
    lines = batch.lines
    given = np.arange(lines.start, lines.stop) if isinstance(lines, range) else np.asarray(lines, np.int64)
    return given + (batch.file << _LINE_BITS)


def _alike(name: str, known: Iterable[str]) -> tuple[str, ...]:
    """Known columns that a name may have been meant for."""
    words = {*known, *SYNONYMS}
    near = difflib.get_close_matches(name, words, n=2, cutoff=0.75)
    return tuple(dict.fromkeys(SYNONYMS.get(word, word) for word in near))


def _free_name(name: str, names: Collection[str]) -> str:
    """The name under which a column is carried: its own, or with a prefix that no other has."""
    while name in OUTPUT:
        name = f"input_{name}"
        while name in names:
            name = f"input_{name}"
    return name


def require_columns(name: str, columns: Collection[str], known_by: str = "", *, dated: bool = True) -> None:
    """Refuses an input without the columns that every line needs.

    Raises:
        InputInvalid: With every column that is missing, and the names it may have.
    """
    needed = (*NEEDED, *((known_by,) if known_by else ()))
    missing = [column for column in needed if column not in columns]
    if {*missing} >= {*NEEDED} and len({*columns} & {*OUTPUT}) >= _OF_DECISIONS:
        problem = "it holds decisions that check wrote, and no order lines"
        raise InputInvalid([Fault(name, 1, "", problem, "the files of order lines that were decided")])
    faults = [Fault(name, 1, column, "the column is missing", _in_the_header(column)) for column in missing]
    if dated and not any(column in columns for column in DATES):
        faults.append(Fault(name, 1, "decisive_date", "no column gives a date", f"one of {', '.join(DATES)}"))
    if faults:
        raise InputInvalid(faults)


def _in_the_header(column: str) -> str:
    others = names_of(column)
    return f"it in the header, or one of {', '.join(others)}" if others else "it in the header"


def _decided(decision: Decision, faults: tuple[Fault, ...]) -> Decided:
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
    return Decided(cells, answer.value, asked, decision.not_covered, faults)


def _full_stop(sentence: str) -> str:
    return "" if sentence.endswith("?") else "."


def _told(fault: Fault) -> str:
    column = f"{fault.column}: " if fault.column else ""
    return f"{column}{fault.problem}, expected {fault.expected}".replace(";", ",")


def check(  # noqa: PLR0913  one argument for each thing asked
    frame: Any,
    *,
    register: Register | None = None,
    known_on: dt.date | str | None = None,
    rates: Rates | None = None,
    columns: Sequence[str] = OUTPUT,
    carry: str = "other",
    categories: bool = False,
) -> Any:
    """Decides the order lines of a data frame.

    Args:
        frame: A pandas, Polars or Arrow frame, or anything with the Arrow C stream
            interface; columns as in the documentation, in any order.
        register: The register to decide by; the shipped one if not given.
        known_on: What was known on this day; all that is recorded if not given. The name
            of a column takes the day of each row from it.
        rates: Exchange rates for values not in JPY.
        columns: The columns of the decision that are wanted.
        carry: Columns of the frame to give beside the key: ``other`` (those that no rule
            reads), ``all`` or ``none``.
        categories: Whether the texts of decisions are given as categories (pandas, Polars) or
            dictionaries (Arrow): each different text is then held once, however many rows.

    Returns:
        A frame of the same kind with one row for each line, in the same order: the key
        of the line, the columns of the decision, and those carried.

    Raises:
        InputInvalid: If needed columns are missing.
        ValueInvalid: If an argument is of another kind.
    """
    table = to_arrow(frame)
    register = open_register() if register is None else register
    require_register(register)
    if known_on is not None and not isinstance(known_on, str):
        require_day("known_on", known_on)
    wanted = Wanted(tuple(columns), carry)
    require_wanted(wanted)
    checker = Checker(register, known_on, rates, wanted=wanted)
    keys = table.select(key_columns(table.column_names))
    checker.read_again_by(lambda: table_batches(keys))
    batches = (checker.batch(batch) for batch in table_batches(table))
    if categories:
        return like(frame, pa.Table.from_batches(list(batches)).unify_dictionaries())
    return like(frame, pa.Table.from_batches([plain_decisions(batch) for batch in batches]))


def require_wanted(wanted: Wanted) -> None:
    """Refuses columns that no decision has."""
    for name in wanted.columns:
        if name not in OUTPUT:
            msg = f"{name!r} is no column of a decision"
            raise ValueInvalid(msg, ", ".join(OUTPUT))
    if wanted.carry not in CARRY:
        msg = f"carry is {wanted.carry!r}"
        raise ValueInvalid(msg, ", ".join(CARRY))


def plain_decisions(decisions: pa.RecordBatch) -> pa.RecordBatch:
    """Decisions with plain columns for dictionaries; what is carried stays as it came."""
    kinds = {field.name: field for field in plain(decisions.schema)}
    schema = pa.schema([kinds[f.name] if f.name in OUTPUT else f for f in decisions.schema])
    return decisions.cast(schema)
