"""Hashes of keys: 64 bits for the cells of a row, whatever the type they are stored in."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from sekisho.determine.cells import as_texts, encoded
from sekisho.determine.codes import Flags

_WORD = 8
_SEED = 0x9E3779B97F4A7C15
_MIX = 0xFF51AFD7ED558CCD

Hashes = np.ndarray[tuple[int], np.dtype[np.uint64]]
Lines = np.ndarray[tuple[int], np.dtype[np.int64]]


def hash_rows(columns: Sequence[pa.Array]) -> tuple[Hashes, Flags]:
    """A hash of 64 bits of the cells of each row, and whether any of them is stated."""
    rows = len(columns[0]) if columns else 0
    found = np.zeros(rows, dtype=np.uint64)
    stated = np.zeros(rows, dtype=np.bool_)
    for column in columns:
        hashes, lengths = _hash_cells(column)
        found = _mixed(found * np.uint64(3) + hashes)
        stated |= lengths > 0
    return found, stated


def _hash_cells(column: pa.Array) -> tuple[Hashes, Lines]:
    """A hash of the text of each cell, and its length in bytes; a text that repeats is hashed once."""
    if not pa.types.is_dictionary(column.type) and not pa.types.is_integer(column.type):
        return _hash_texts(as_texts(column))
    known, places = encoded(column)
    hashes, lengths = _hash_texts(pa.array(known, pa.string()))
    return hashes.take(places), lengths.take(places)


def _hash_texts(column: pa.Array) -> tuple[Hashes, Lines]:
    """A hash of each text, and its length in bytes."""
    column = column.cast(pa.large_string())
    _, offsets, data = column.buffers()
    ends = np.frombuffer(offsets, dtype=np.int64)[column.offset : column.offset + len(column) + 1]
    held = data if data is None else data.slice(int(ends[0]), int(ends[-1] - ends[0]))
    starts, lengths = ends[:-1] - ends[0], np.diff(ends)
    words = _words(held)
    found = _mixed(lengths.astype(np.uint64) + np.uint64(_SEED))
    for word in range(0, int(lengths.max(initial=0)), _WORD):
        left = np.clip(lengths - word, 0, _WORD)
        part = words[np.minimum(starts + word, len(words) - 1)]
        cut = (8 * (_WORD - left)).astype(np.uint64)
        mixed = _mixed(found + ((part << cut) >> cut) * np.uint64(_SEED))
        found = np.where(left > 0, mixed, found)
    return found, lengths


def _words(data: pa.Buffer | None) -> Hashes:
    """The eight bytes from each place of a buffer on, as a number."""
    padded = np.frombuffer((data.to_pybytes() if data is not None else b"") + bytes(_WORD), dtype=np.uint8)
    return np.ndarray((len(padded) - _WORD + 1,), dtype="<u8", buffer=padded, strides=(1,))


def _mixed(value: Hashes) -> Hashes:
    value = (value ^ (value >> np.uint64(33))) * np.uint64(_MIX)
    return value ^ (value >> np.uint64(29))
