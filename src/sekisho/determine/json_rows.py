"""JSON lines in blocks of whole lines.

A block of which every line is one flat object is read by Arrow at once. Anything odd in it
has it read again line by line, so that each broken line is named and keeps its place. The
file is gone through twice, as a name may first come in its last line.
"""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json as pajson

from sekisho.determine.blocks import NEWLINE, RETURN, Block, Rows, Source
from sekisho.determine.cells import as_texts
from sekisho.determine.intake import canonical_column, cell_text
from sekisho.errors import Fault, InputInvalid

_MARK = b"\xef\xbb\xbf"
_OPENS, _CLOSES, _LIST = b"{}["
_MOST_OPEN = 500
"""Arrow goes down into lists within lists without end."""
_EXACT = 1e15
"""Up to here the text of a number is the same whether it was written whole or not."""
_FAULTS_TOLD = 10
_OBJECT = "one JSON object a line"

Kinds = Mapping[str, pa.DataType]
JsonRow = dict[str, str] | Fault


def read_json_lines(
    path: Path, require_names: Callable[[Sequence[str]], None], share: int = 1
) -> Iterator[Rows]:
    """The rows of each block, all with the same columns; an absent name is an empty cell.

    Args:
        path: A file that exists.
        require_names: Refuses names of columns that cannot be.
        share: How many times smaller blocks are than they may be.

    Raises:
        InputInvalid: If no line is an object with a name.
    """
    names, kinds = _survey(path, share)
    require_names(names)
    for (source, block), kind in zip(_blocks(path, share), kinds, strict=False):
        if kind is None:
            yield _one_by_one(source, block, names)
        else:
            columns, first = _at_once(block, kind, names), source.line + 1
            yield Rows(columns, range(first, first + block.lines()), {}, source.raw.tell())


def _blocks(path: Path, share: int) -> Iterator[tuple[Source, Block]]:
    with path.open("rb") as raw:
        if raw.peek(len(_MARK)).startswith(_MARK):
            raw.read(len(_MARK))
        source = Source(path, raw, share)
        while not source.ended:
            block = source.block()
            yield source, block
            source.line += block.lines()


def _survey(path: Path, share: int) -> tuple[list[str], list[Kinds | None]]:
    """Every name that a line uses, and what each block holds, where Arrow can read it."""
    names: dict[str, None] = {}
    faults: list[Fault] = []
    kinds: list[Kinds | None] = []
    for source, block in _blocks(path, share):
        kinds.append(kind := _kinds(block))
        if kind is not None:
            names.update(dict.fromkeys(map(_name, kind)))
            continue
        for row in _rows(source, block).values():
            if isinstance(row, Fault):
                faults = [*faults, row][:_FAULTS_TOLD]
            else:
                names.update(dict.fromkeys(row))
    if not names:
        raise InputInvalid(faults or [Fault(path.name, 0, "", "the file is empty", _OBJECT)])
    return list(names), kinds


@lru_cache(1 << 12)
def _name(name: str) -> str:
    """The name of a column; an object may have an empty one, which stands in no place as in a header."""
    return canonical_column(name) or "unnamed"


def _kinds(block: Block) -> Kinds | None:
    """The names in a block as they are written, and what they hold; ``None`` if anything is odd."""
    if not _is_plain(block):
        return None
    try:
        table = _read(block, None)
    except pa.ArrowInvalid:
        return None
    names = {_name(name) for name in table.column_names}
    found = {field.name: _kind(table[field.name]) for field in table.schema}
    if table.num_rows != block.lines() or len(names) < len(found) or None in found.values():
        return None
    return found


def _kind(column: pa.ChunkedArray) -> pa.DataType | None:
    """As what a column is to be read, so that its texts are those of the file; ``None`` if as nothing."""
    kind = column.type
    if pa.types.is_timestamp(kind):
        return pa.string()
    if pa.types.is_nested(kind):
        return None
    if pa.types.is_floating(kind) and (pc.max(pc.abs(column)).as_py() or 0) >= _EXACT:
        return None
    return kind


def _is_plain(block: Block) -> bool:
    """Whether every line is one object, if Arrow finds as many objects as there are lines."""
    content = block.content()
    ends = np.flatnonzero(content == NEWLINE)
    if not len(ends):
        return False
    starts = np.concatenate([[0], ends[:-1] + 1])
    last = np.where(content[ends - 1] == RETURN, content[np.maximum(ends - 2, 0)], content[ends - 1])
    if not ((content[starts] == _OPENS).all() and (last == _CLOSES).all()):
        return False
    opened = np.add.reduceat((content == _OPENS) | (content == _LIST), starts, dtype=np.int64)
    return bool(opened.max() < _MOST_OPEN) and _is_utf_8(block)


def _is_utf_8(block: Block) -> bool:
    try:
        str(block.view, "utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _read(block: Block, kinds: Kinds | None) -> pa.Table:
    schema = pa.schema(kinds.items()) if kinds is not None else None
    return pajson.read_json(
        pa.BufferReader(pa.py_buffer(block.view)),
        pajson.ReadOptions(use_threads=False, block_size=len(block) + 1),
        pajson.ParseOptions(explicit_schema=schema),
    )


def _at_once(block: Block, kinds: Kinds, names: Sequence[str]) -> dict[str, pa.Array]:
    table = _read(block, kinds)
    found = {_name(name): as_texts(table[name].combine_chunks()) for name in table.column_names}
    absent = pa.repeat("", table.num_rows)
    return {name: found.get(name, absent) for name in names}


def _one_by_one(source: Source, block: Block, names: Sequence[str]) -> Rows:
    rows = _rows(source, block)
    cells = [{} if isinstance(row, Fault) else row for row in rows.values()]
    columns = {name: pa.array([row.get(name, "") for row in cells], pa.string()) for name in names}
    broken = {at: row for at, row in enumerate(rows.values()) if isinstance(row, Fault)}
    return Rows(columns, list(rows), broken, source.raw.tell())


def _rows(source: Source, block: Block) -> dict[int, JsonRow]:
    """The line and the cells of each line of a block that is not blank."""
    lines = enumerate(io.BytesIO(bytes(block)), start=source.line + 1)
    name = source.path.name
    return {line: _json_row(name, line, content) for line, content in lines if content.strip()}


def _json_row(file: str, line: int, content: bytes) -> JsonRow:
    try:
        value = json.loads(content.decode("utf-8-sig"), object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        problem = f"not JSON: {error.msg} (character {error.pos + 1})"
        return Fault(file, line, "", problem, _OBJECT)
    except (ValueError, RecursionError) as error:
        return Fault(file, line, "", f"not JSON: {error}", _OBJECT)
    if not isinstance(value, dict):
        return Fault(file, line, "", "the line is not a JSON object", 'one such as {"code": "3(1)"}')
    names = [_name(name) for name in value]
    for name, count in Counter(names).items():
        if count > 1:
            return Fault(file, line, name, "two names have this meaning", "one of them")
    try:
        cells = dict(zip(names, map(cell_text, value.values()), strict=True))
        "".join([*cells, *cells.values()]).encode()
    except (RecursionError, UnicodeEncodeError) as error:
        problem = "lists within lists are too deep" if isinstance(error, RecursionError) else _HALF
        return Fault(file, line, "", problem, "one flat JSON object a line")
    return cells


_HALF = "a text holds half a character (a lone surrogate)"


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object; one name twice would silently keep the last."""
    found = dict(pairs)
    if len(found) < len(pairs):
        msg = "a name stands twice in one object"
        raise ValueError(msg)
    return found
