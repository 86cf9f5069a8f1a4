"""What differs since an order book was last looked at: by the law, by the book, or not at all.

The state on file holds, for each line by its key, what it was answered, by which rows of law,
and a hash of the cells that rules read. A line whose cells are the same and whose answer is
not was flipped by the law: by a register update, or by what has become known since.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from sekisho.determine.cells import as_texts
from sekisho.determine.codes import Codes, distinct
from sekisho.determine.days import Calendar
from sekisho.determine.decide import decide
from sekisho.determine.files import Batch
from sekisho.determine.flips import Decided, Pair, State
from sekisho.determine.impact import Assessment, Impact
from sekisho.determine.intake import KEY, read_line
from sekisho.determine.key_hashes import Hashes, hash_rows
from sekisho.determine.kinds import Kind, Kinds
from sekisho.determine.law_change import LawChange
from sekisho.determine.output import Writer
from sekisho.determine.rates import Rates
from sekisho.errors import Fault, InputInvalid
from sekisho.model import Answer, Confidence, Decision, Shipment

STATE = pa.schema(
    [
        *((name, pa.string()) for name in KEY),
        ("cells", pa.uint64()),
        ("answer", pa.string()),
        ("licence_types", pa.string()),
        ("usable_licence", pa.string()),
        ("review_days", pa.int64()),
        ("rules", pa.string()),
        ("register", pa.string()),
        ("scenario", pa.string()),
        ("known_on", pa.string()),
        ("rates", pa.string()),
    ]
)
"""The columns of a state on file, in order."""
_ANSWER = ("answer", "licence_types", "usable_licence", "review_days", "rules")
_HEAD = ("register", "scenario", "known_on", "rates")
_KEYS_TOLD = 1000
_Told = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Edited:
    """A line of the book that was changed itself, and is answered otherwise.

    Attributes:
        key: Its key.
        before: The answer on file.
        after: The answer now.
    """

    key: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Watch:
    """What differs since the state on file.

    Attributes:
        since: By what the state was decided: register, scenario, known_on, rates; ``None``
            if there was no state yet.
        now: The same of this run.
        impact: The lines that the law flips: same cells, another answer.
        edited: The first lines whose cells and answer both differ.
        edited_lines: How many there are.
        new: How many lines the state does not hold.
        gone: Keys of the first lines that the book no longer holds.
        gone_lines: How many there are.
    """

    since: Mapping[str, str] | None
    now: Mapping[str, str]
    impact: Impact
    edited: tuple[Edited, ...]
    edited_lines: int
    new: int
    gone: tuple[str, ...]
    gone_lines: int


@dataclass(frozen=True)
class Stored:
    """A state on file, ready to be looked up by key.

    Attributes:
        head: By what it was decided.
        table: Its rows, in the order of the hashes of their keys.
        keys: These hashes.
        cells: The hash of the cells of each row.
        answers: Each different answer.
        answer_of: Which of them each row has.
    """

    head: Mapping[str, str]
    table: pa.Table
    keys: Hashes
    cells: Hashes
    answers: Sequence[_Told] = field(repr=False)
    answer_of: Codes = field(repr=False)


def read_state(path: Path) -> Stored | None:
    """The state on file; ``None`` if there is none yet.

    Raises:
        InputInvalid: If the file is no state, or its name is not that of one.
    """
    if path.suffix.lower() != ".parquet":
        problem = f"the ending {path.suffix!r} is not that of a state"
        raise InputInvalid([Fault("--watch", 0, "", problem, "a name that ends in .parquet")])
    if not path.exists():
        return None
    try:
        table = pq.read_table(path)
    except pa.ArrowException as error:
        problem = f"it is no Parquet file ({error})"
        raise InputInvalid([Fault(str(path), 0, "", problem, "a state that --watch wrote")]) from None
    if table.schema.names != STATE.names:
        problem = f"its columns are {', '.join(table.schema.names)}"
        raise InputInvalid([Fault(str(path), 0, "", problem, "a state that --watch wrote, or a new name")])
    return _stored(table)


def _stored(table: pa.Table) -> Stored:
    head = {name: table[name][0].as_py() if table.num_rows else "" for name in _HEAD}
    keys, _ = hash_rows([table[name].combine_chunks() for name in KEY])
    order = np.argsort(keys, kind="stable")
    table = table.take(pa.array(order))
    rows = list(zip(*(table[name].to_pylist() for name in _ANSWER), strict=True))
    places: dict[_Told, int] = {}
    answer_of = np.array([places.setdefault(row, len(places)) for row in rows], dtype=np.int64)
    cells = np.asarray(table["cells"].combine_chunks())
    return Stored(head, table, keys[order], cells, list(places), answer_of)


class Watcher:
    """Holds batches of an order book against a state on file, and gathers the next state.

    Args:
        stored: The state on file, if there is one.
        now: The state of the law to decide by.
        rates: Exchange rates for values that are not in JPY.
    """

    def __init__(self, stored: Stored | None, now: State, rates: Rates | None = None) -> None:
        self.stored, self.now, self.rates = stored, now, rates
        self.head = _head(now, rates)
        self.book = _Book(stored, now, rates)
        before = _before(stored, now, self.head)
        change = LawChange(before, now, told=_words(stored, self.head))
        self.assessment = Assessment(change, rates, self.book)

    def batch(self, batch: Batch, file: str = "") -> None:
        """Looks at a batch of lines of a file."""
        if not any(name in batch.columns for name in KEY):
            expected = f"{' or '.join(KEY)}, by which a line is known again"
            raise InputInvalid([Fault(file, 1, KEY[0], "no column names the line", expected)])
        self.assessment.batch(batch, file)

    def result(self) -> Watch:
        """What differs."""
        book = self.book
        gone = book.gone()
        return Watch(
            since=self.stored.head if self.stored else None, now=self.head, impact=self.assessment.result(),
            edited=tuple(book.edited[:_KEYS_TOLD]), edited_lines=len(book.edited), new=book.new,
            gone=tuple(gone[:_KEYS_TOLD]), gone_lines=len(gone),
        )  # fmt: skip

    def write(self, path: Path) -> None:
        """Puts the next state into its place."""
        table = pa.concat_tables([STATE.empty_table(), *self.book.tables])
        for name in _HEAD:
            cells = pa.array([self.head[name]] * table.num_rows, pa.string())
            table = table.set_column(table.schema.get_field_index(name), name, cells)
        writer = Writer(path)
        try:
            for batch in table.combine_chunks().to_batches() or [_empty()]:
                writer.write(batch)
            writer.close()
        except BaseException:
            writer.discard()
            raise


def _empty() -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([pa.array([], f.type) for f in STATE], schema=STATE)


def _head(now: State, rates: Rates | None) -> Mapping[str, str]:
    return {
        "register": now.register.fingerprint, "scenario": now.register.scenario,
        "known_on": now.known_on.isoformat() if now.known_on else "",
        "rates": rates.fingerprint if rates else "",
    }  # fmt: skip


def _before(stored: Stored | None, now: State, head: Mapping[str, str]) -> State:
    """The state of the law on file, so far as it is at hand.

    Of an older register only the answers are known: then no event is named for a flip.
    """
    names = ("register", "scenario")
    if stored is None or any(stored.head[name] != head[name] for name in names):
        return now
    known_on = stored.head["known_on"]
    return State(now.register, dt.date.fromisoformat(known_on) if known_on else None)


def _words(stored: Stored | None, now: Mapping[str, str]) -> str:
    if stored is None:
        return "nothing to compare with yet"
    if stored.head == now:
        return "the same register and days as before"
    return f"{_by(stored.head)} against {_by(now)}"


def _by(head: Mapping[str, str]) -> str:
    scenario = f" with the scenario {head['scenario']}" if head["scenario"] else ""
    known = f" as known on {head['known_on']}" if head["known_on"] else ""
    return f"register {head['register']}{scenario}{known}"


class _Book:
    """Decides each kind of line once, and compares with what is on file; as a comparison does."""

    def __init__(self, stored: Stored | None, now: State, rates: Rates | None) -> None:
        self.stored, self.now, self.rates = stored, now, rates
        kinds = Kinds(now.register, now.known_on, rates)
        self.kinds = kinds, kinds
        self.rows, self.candidates, self.new = 0, 0, 0
        self.edited: list[Edited] = []
        self.tables: list[pa.Table] = []
        self._made: list[tuple[Shipment, Decision, bool]] = []
        self._seen = np.zeros(0 if stored is None else len(stored.keys), dtype=np.bool_)
        self._keys: set[int] = set()

    def decided(self, batch: Batch) -> Decided:
        """The rows whose cells are those on file and whose answer is not."""
        self.rows += len(batch.lines)
        kind = self.kinds[1].of(batch, self)
        numbers = kind.of_row
        keys, stated = hash_rows([_key(batch, name) for name in KEY])
        cells = self._hash(batch)
        sound = stated & ~np.array([self._made[at][2] for at in numbers.tolist()], dtype=np.bool_)
        sound[list(batch.broken)] = False
        sound &= self._is_first(keys, sound)
        self.tables.append(self._next(batch, numbers, cells, np.flatnonzero(sound)))
        places, known = self._places(keys)
        self.new += int((sound & ~known).sum())
        return self._compared(batch, kind, cells, np.flatnonzero(sound & known), places)

    def _compared(self, batch: Batch, kind: Kind, cells: Hashes, rows: Codes, places: Codes) -> Decided:
        if self.stored is None or not len(rows):
            return Decided(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), [])
        on_file, numbers = self.stored.answer_of[places[rows]], kind.of_row[rows]
        first, of_row = distinct([on_file, numbers], len(rows))
        pairs = [self._pair(int(on_file[at]), int(numbers[at])) for at in first]
        flips = np.array([pair.flips for pair in pairs], dtype=np.bool_)[of_row]
        same = self.stored.cells[places[rows]] == cells[rows]
        for at in np.flatnonzero(flips & ~same).tolist():
            pair = pairs[int(of_row[at])]
            key = _told_key(batch, int(rows[at]))
            self.edited.append(Edited(key, pair.before.answer.value, pair.after.answer.value))
        flipped = Decided(rows[flips & same], of_row[flips & same], pairs)
        return self._with_own_lines(batch, kind, flipped) if len(flipped.rows) else flipped

    def _with_own_lines(self, batch: Batch, kind: Kind, flipped: Decided) -> Decided:
        """The same, with shipments of lines alike in all their cells, on all of which hangs what helps."""
        rows = flipped.rows
        cells = [codes[rows] for codes in self.kinds[1].coded(batch).values()]
        columns = [flipped.of_row, self._calendar.span(kind.days[rows]), *cells]
        first, of_row = distinct(columns, len(rows))
        texts = batch.rows(rows[first].tolist(), self.kinds[1].read)
        lines = [read_line(row, self.now.register, self.rates).shipment for row in texts]
        pairs = [flipped.pairs[at] for at in flipped.of_row[first].tolist()]
        own = [replace(pair, shipment=line) for pair, line in zip(pairs, lines, strict=True)]
        return Decided(rows, of_row, own)

    @cached_property
    def _calendar(self) -> Calendar:
        """The days on which any law changes."""
        laws = (self.now.register.law(country) for country in self.now.register.regimes)
        return Calendar(day for law in laws if law for day in law.changes)

    def decide(self, cells: Mapping[str, str]) -> tuple[int, Iterable[str], bool]:
        """Decides a line of each kind; as :class:`sekisho.determine.kinds.Decider`."""
        line = read_line(cells, self.now.register, self.rates)
        looked_at = dict[str, None]()
        made = decide(
            line.shipment, self.now.register, self.now.known_on, with_reasons=False, reads=looked_at
        )
        self.candidates += 1
        self._made.append((line.shipment, made, bool(line.faults)))
        return len(self._made) - 1, looked_at, not line.faults

    def to(self, number: int, places: tuple[str, str]) -> int:
        """The number of a decision for other places, with a line to them."""
        shipment, made, faulty = self._made[number]
        place, final = (code or None for code in places)
        there = replace(shipment, destination=place, ultimate_destination=final)
        self._made.append((there, made, faulty))
        return len(self._made) - 1

    def _pair(self, on_file: int, number: int) -> Pair:
        shipment, made, _ = self._made[number]
        assert self.stored is not None  # noqa: S101  only asked where there is a state
        return Pair(shipment, _as_decision(self.stored.answers[on_file]), made)

    def _is_first(self, keys: Hashes, sound: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Whether a key stands for the first time; a second line of the same key is a fault."""
        first = np.zeros(len(keys), dtype=np.bool_)
        for at in np.flatnonzero(sound).tolist():
            first[at] = int(keys[at]) not in self._keys
            self._keys.add(int(keys[at]))
        return first

    def _places(self, keys: Hashes) -> tuple[Codes, np.ndarray[Any, Any]]:
        """Where each key stands in the state, and whether it does."""
        if self.stored is None or not len(self.stored.keys):
            return np.zeros(len(keys), dtype=np.int64), np.zeros(len(keys), dtype=np.bool_)
        places = np.minimum(np.searchsorted(self.stored.keys, keys), len(self.stored.keys) - 1)
        known = self.stored.keys[places] == keys
        self._seen[places[known]] = True
        return places, known

    def _hash(self, batch: Batch) -> Hashes:
        """A hash of the cells that rules read; columns may come in any order, or be empty."""
        read = sorted((self.kinds[1].relevant | {"contract_date"}) & batch.columns.keys())
        found = np.zeros(len(batch.lines), dtype=np.uint64)
        for name in read:
            label = pa.array([name] * len(batch.lines), pa.string())
            hashes, _ = hash_rows([label, batch.columns[name]])
            _, stated = hash_rows([batch.columns[name]])
            found += np.where(stated, hashes, np.uint64(0))
        return found

    def _next(self, batch: Batch, numbers: Codes, cells: Hashes, rows: Codes) -> pa.Table:
        answers = [_as_cells(self._made[at][1]) for at in numbers[rows].tolist()]
        chosen = pa.array(rows)
        columns: dict[str, Any] = {name: _key(batch, name).take(chosen) for name in KEY}
        columns["cells"] = pa.array(cells[rows], pa.uint64())
        for at, name in enumerate(_ANSWER):
            columns[name] = [answer[at] for answer in answers]
        columns |= {name: [""] * len(rows) for name in _HEAD}
        return pa.Table.from_pydict({name: columns[name] for name in STATE.names}, schema=STATE)

    def gone(self) -> list[str]:
        """The keys of the state that the book no longer holds, in their order."""
        if self.stored is None:
            return []
        left = self.stored.table.filter(pa.array(~self._seen))
        return sorted(
            "/".join(filter(None, key)) for key in zip(*(left[n].to_pylist() for n in KEY), strict=True)
        )


def _key(batch: Batch, name: str) -> pa.Array:
    column = batch.columns.get(name)
    return pa.array([""] * len(batch.lines), pa.string()) if column is None else as_texts(column)


def _told_key(batch: Batch, row: int) -> str:
    return "/".join(filter(None, (_key(batch, name)[row].as_py() for name in KEY)))


def _as_cells(made: Decision) -> _Told:
    return (
        made.answer.value, ";".join(made.licence_types), made.usable_licence, made.review_days,
        ";".join(made.rules),
    )  # fmt: skip


def _as_decision(cells: _Told) -> Decision:
    """A decision on file: what is compared, and the rows of law; the rest is not kept."""
    answer, types, usable, days, rules = cells
    return Decision(
        answer=Answer(answer), licence_types=_parts(types), usable_licence=usable, review_days=days,
        rules=_parts(rules), sources=(), questions=(), confidence=Confidence.LOW, not_covered=(),
        in_force_on=None, known_on=None, register="", explanation="", reasons=(),
    )  # fmt: skip


def _parts(cell: str) -> tuple[str, ...]:
    return tuple(cell.split(";")) if cell else ()
