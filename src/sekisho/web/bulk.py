"""Many order lines in and out: JSON and Arrow IPC, decided by the same calls as a file."""

from __future__ import annotations

import dataclasses
import io
import json
import re
import struct
import threading
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from sekisho.determine.check import OUTPUT, Checker, Wanted, plain_decisions, require_wanted
from sekisho.determine.files import Batch, name_columns, require_columns_few, table_batches
from sekisho.determine.intake import canonical_column, cell_text
from sekisho.errors import Fault, InputInvalid, ValueInvalid
from sekisho.model import Answer
from sekisho.web.problems import fault_fields, too_many_lines
from sekisho.web.settings import Settings
from sekisho.web.weight import Weighed, require_calendar, require_kinds

ARROW = "application/vnd.apache.arrow.stream"
_LISTS = frozenset({"licence_types", "rules", "sources"})
_NEXT_QUESTION = re.compile(r"; (?=[a-z][a-z0-9_]*: )")


_CHECKERS = 8
_DECISIONS = 20_000


class Checkers:
    """Checkers that wait to be used again, so that a request need not work out what another did.

    Each is used by one request at a time.
    """

    def __init__(self) -> None:
        self._waiting: deque[Checker] = deque(maxlen=_CHECKERS)
        self._lock = threading.Lock()

    def take(self, settings: Settings, known_on: Any, wanted: Wanted) -> Checker:
        """A checker of its own for a request."""
        with self._lock:
            found = next((one for one in self._waiting if one.known_on == known_on), None)
            if found is not None:
                self._waiting.remove(found)
        if found is None:
            return Checker(settings.register, known_on, settings.rates, "lines", wanted)
        return found.renewed("lines", wanted)

    def give(self, checker: Checker) -> None:
        """Lets a checker be used again, unless it keeps too much."""
        if checker.decided <= _DECISIONS:
            with self._lock:
                self._waiting.append(checker)


@dataclass(frozen=True, slots=True)
class Decided:
    """Lines with their decisions.

    Attributes:
        batches: The decisions, in the order of the lines.
    """

    checker: Checker
    batches: tuple[pa.RecordBatch, ...]
    not_covered: tuple[str, ...]
    sources: tuple[str, ...]


def decide_lines(
    settings: Settings,
    checkers: Checkers,
    batches: Iterator[Batch],
    known_on: Any,
    wanted: Wanted,
    limit: int,
) -> Decided:
    """Decides lines that came in a request.

    Raises:
        InputInvalid: If needed columns are missing.
        Problem: If there are too many lines.
    """
    require_wanted(wanted)
    checker = checkers.take(settings, known_on, wanted)
    found: list[pa.RecordBatch] = []
    for batch in batches:
        if sum(map(len, found)) + len(batch.lines) > limit:
            raise too_many_lines(limit)
        found.append(checker.batch(batch))
    summary = checker.summary
    checkers.give(checker)
    return Decided(checker, tuple(found), tuple(summary.gaps), tuple(_sources(found)))


def _sources(batches: Sequence[pa.RecordBatch]) -> Iterator[str]:
    """The ids of every source that is named, each once."""
    seen: dict[str, None] = {}
    for batch in batches:
        if "sources" in batch.schema.names:
            column = batch.column("sources")
            texts = column.dictionary if pa.types.is_dictionary(column.type) else column.unique()
            for text in texts.to_pylist():
                seen.update(dict.fromkeys((text or "").split(";")))
    yield from (name for name in seen if name)


def json_batches(lines: Sequence[Mapping[str, Any]]) -> Iterator[Batch]:
    """Order lines of a JSON request as one batch; what is wrong with a line stays with it.

    Raises:
        InputInvalid: If there are no lines.
    """
    if not lines:
        raise InputInvalid([Fault("lines", 0, "", "there are no lines", "at least one order line")])
    broken: dict[int, Fault] = {}
    named: dict[str, str] = {}
    rows = [_row(at, line, broken, named) for at, line in enumerate(lines)]
    names = list(dict.fromkeys(name for row in rows for name in row))
    require_columns_few("lines", len(names))
    columns = {name: pa.array([row.get(name, "") for row in rows], pa.string()) for name in names}
    yield Batch(columns, range(1, len(rows) + 1), broken)


def _row(at: int, line: Mapping[str, Any], broken: dict[int, Fault], named: dict[str, str]) -> dict[str, str]:
    """The cells of a line by the project's names; ``named`` keeps the names met so far."""
    cells: dict[str, str] = {}
    for name, value in line.items():
        if name not in named:
            named[name] = canonical_column(name) or "column"
        if named[name] in cells:
            fault = Fault("lines", at + 1, named[name], "two names have this meaning", "one of them")
            broken.setdefault(at, fault)
        cells[named[name]] = value if isinstance(value, str) else cell_text(value)
    try:
        "".join([*cells, *cells.values()]).encode()
    except UnicodeEncodeError:
        broken[at] = Fault("lines", at + 1, "", "a text holds half a character", "whole characters")
        return {}
    return cells


def arrow_batches(body: bytes, limit: int) -> Iterator[Batch]:
    """Order lines of an Arrow IPC stream.

    Raises:
        InputInvalid: If it is no such stream, or holds what is not taken.
        Problem: If there are too many lines.
    """
    table = _table(body, limit)
    name_columns("lines", table.schema.names, 0)
    yield from table_batches(table)


def _table(body: bytes, limit: int) -> pa.Table:
    try:
        _require_plain(body)
        with pa.ipc.open_stream(body) as reader:
            require_kinds("lines", reader.schema)
            batches, rows, weighed = [], 0, Weighed()
            for batch in reader:
                rows += batch.num_rows
                if rows > limit:
                    raise too_many_lines(limit)
                batch.validate(full=True)
                weighed.add(batch.columns)
                require_calendar("lines", batch)
                batches.append(batch)
            return pa.Table.from_batches(batches, reader.schema)
    except (pa.ArrowException, OSError, struct.error, IndexError, KeyError, UnicodeDecodeError) as error:
        fault = Fault("lines", 0, "", f"not an Arrow IPC stream: {error}", f"a whole {ARROW}")
        raise InputInvalid([fault]) from error


def _require_plain(body: bytes) -> None:
    """Refuses compressed batches: what they unpack to is not known before it is unpacked."""
    for message in pa.ipc.MessageReader.open_stream(pa.BufferReader(body)):
        if message.type in {"record batch", "dictionary"} and _is_compressed(message):
            fault = Fault("lines", 0, "", "the batches are compressed", "batches without compression")
            raise InputInvalid([fault])


_HEADER, _DICTIONARY_DATA, _COMPRESSION = 2, 1, 3
"""Places of fields in the tables of the Arrow format: Message, DictionaryBatch, RecordBatch."""


def _is_compressed(message: pa.Message) -> bool:
    data = message.metadata.to_pybytes()
    table = _field(data, struct.unpack_from("<I", data, 0)[0], _HEADER)
    if message.type == "dictionary":
        table = _field(data, table, _DICTIONARY_DATA)
    return _field(data, table, _COMPRESSION) != 0


def _field(data: bytes, table: int, place: int) -> int:
    """Where the table stands that a field of a FlatBuffers table points to; 0 if it is absent."""
    layout = table - struct.unpack_from("<i", data, table)[0]
    size = struct.unpack_from("<H", data, layout)[0]
    at = 4 + 2 * place
    offset = struct.unpack_from("<H", data, layout + at)[0] if at < size else 0
    return table + offset + int(struct.unpack_from("<I", data, table + offset)[0]) if offset else 0


def as_arrow(decided: Decided) -> bytes:
    """The decisions as an Arrow IPC stream."""
    table = pa.Table.from_batches([plain_decisions(batch) for batch in decided.batches])
    held = io.BytesIO()
    with pa.ipc.new_stream(held, table.schema) as writer:
        writer.write_table(table)
    return held.getvalue()


def as_results(decided: Decided) -> Iterator[str]:
    """Each result as JSON text; what many lines share is worded once."""
    faults: dict[int, list[dict[str, Any]]] = {}
    for fault in decided.checker.summary.faults:
        faults.setdefault(fault.line, []).append(fault_fields(fault))
    first = 1
    for batch in decided.batches:
        yield from _results(batch, first, faults)
        first += batch.num_rows


def _results(batch: pa.RecordBatch, first: int, faults: Mapping[int, Any]) -> Iterator[str]:
    own = [name for name in batch.schema.names if name in OUTPUT]
    other = [name for name in batch.schema.names if name not in OUTPUT]
    worded: dict[tuple[Any, ...], str] = {}
    nothing: list[tuple[Any, ...]] = [()] * batch.num_rows
    carried = zip(*(batch.column(name).to_pylist() for name in other), strict=True) if other else nothing
    values = [_values(batch.column(name)) for name in own]
    rows = zip(*(_codes(batch.column(name)) for name in own), strict=True) if own else nothing
    for at, (codes, before) in enumerate(zip(rows, carried, strict=True), start=first):
        if codes not in worded:
            worded[codes] = _worded(own, [held[code] for held, code in zip(values, codes, strict=True)])
        head = {**dict(zip(other, map(cell_text, before), strict=True)), "line": at}
        more = {"faults": faults[at]} if at in faults else {}
        text = json.dumps({**head, **more}, ensure_ascii=False)
        yield f"{text[:-1]}{', ' if worded[codes] else ''}{worded[codes]}}}"


def _codes(column: pa.Array) -> list[Any]:
    if pa.types.is_dictionary(column.type):
        return list(column.indices.to_pylist())
    return list(column.dictionary_encode().indices.to_pylist())


def _values(column: pa.Array) -> dict[Any, Any]:
    held = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    return {None: None, **dict(enumerate(held.dictionary.to_pylist()))}


def _worded(names: Sequence[str], values: Sequence[Any]) -> str:
    """Fields of a result as the inside of a JSON object."""
    fields = {name: _value(name, value) for name, value in zip(names, values, strict=True)}
    return json.dumps(fields, ensure_ascii=False)[1:-1]


def _value(name: str, value: Any) -> Any:
    if name in _LISTS:
        return [part for part in (value or "").split(";") if part]
    if name == "questions":
        return [_question(part) for part in _NEXT_QUESTION.split(value or "") if part]
    if name == "not_covered":
        return [part for part in (value or "").split("; ") if part]
    return value


def _question(text: str) -> dict[str, str]:
    fact, _, words = text.partition(": ")
    return {"fact": fact, "text": words}


def summary_fields(decided: Decided) -> dict[str, Any]:
    """What came out, counted."""
    summary = decided.checker.summary
    return {
        "lines": summary.rows, "faulty": summary.faulty,
        "may_ship": sum(summary.answers[answer.value] for answer in Answer if answer.may_ship),
        "answers": {answer.value: summary.answers[answer.value] for answer in Answer},
        "blocked": dict(summary.blocked.most_common()),
        "questions": [
            {"fact": fact, "lines": count, "text": summary.texts[fact]}
            for fact, count in summary.questions.most_common()
        ],
        "faults": [fault_fields(fault) for fault in summary.faults],
        "dated_by": dict(summary.dated_by.most_common()),
        "unread_columns": {name: list(near) for name, near in summary.unread.items()},
    }  # fmt: skip


def canonical_cells(line: Mapping[str, Any]) -> dict[str, str]:
    """The cells of one order line by the project's names.

    Raises:
        ValueInvalid: If two names have one meaning.
    """
    broken: dict[int, Fault] = {}
    cells = _row(0, line, broken, {})
    for fault in broken.values():
        msg = f"{fault.column}: {fault.problem}" if fault.column else fault.problem
        raise ValueInvalid(msg, fault.expected)
    return cells


def with_place(faults: Sequence[Fault], place: str) -> list[Fault]:
    """Faults of a line with the place where it stands."""
    return [dataclasses.replace(fault, file=place) for fault in faults]
