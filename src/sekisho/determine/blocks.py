"""Text files in blocks of whole lines, and the rows that formats make of them."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from sekisho.errors import Fault

BLOCK = 1 << 23
"""Bytes read at once."""
PIECE = 1 << 18
NEWLINE, RETURN = b"\n\r"
Bytes = np.ndarray[Any, np.dtype[np.uint8]]


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one block.

    Attributes:
        columns: name -> cells.
        lines: The line each row begins on.
        broken: Rows that could not be read, by position.
        read: How many bytes of the file were read so far.
    """

    columns: Mapping[str, pa.Array]
    lines: Sequence[int]
    broken: dict[int, Fault]
    read: int


@dataclass(frozen=True, slots=True)
class Block:
    """Whole lines at the start of a buffer, until the next block is read into it.

    Behind a last line of the file that has no end stands one in the buffer.
    """

    buffer: bytearray
    end: int

    def __len__(self) -> int:
        return self.end

    def __bytes__(self) -> bytes:
        return bytes(self.view)

    @property
    def view(self) -> memoryview:
        """The bytes of the lines."""
        return memoryview(self.buffer)[: self.end]

    def head(self, size: int) -> Block:
        """The whole lines among the first bytes; all lines if the first is longer."""
        return Block(self.buffer, self.buffer.rfind(b"\n", 0, min(size, self.end)) + 1 or self.end)

    def lines(self) -> int:
        """How many lines there are."""
        content = self.content()
        return sum(int(np.count_nonzero(content[piece] == NEWLINE)) for piece in pieces(content))

    def holds(self, mark: bytes) -> bool:
        """Whether some bytes are anywhere in the lines."""
        return self.buffer.find(mark, 0, self.end) >= 0

    def content(self) -> Bytes:
        """The bytes of the lines, each of which has its end."""
        open_ended = bool(self.end) and self.buffer[self.end - 1] != NEWLINE
        return np.frombuffer(self.buffer, dtype=np.uint8, count=self.end + open_ended)


def pieces(content: Bytes) -> Iterator[slice]:
    """Parts that stay in the cache of a processor while they are looked at."""
    return (slice(first, first + PIECE) for first in range(0, len(content), PIECE))


class Source:
    """A file as blocks of whole lines; each is a share, such as a half, of what a block may be."""

    def __init__(self, path: Path, raw: io.BufferedReader, share: int = 1) -> None:
        self.path, self.raw = path, raw
        self.size = max(BLOCK // share, 1)
        self.line = 0
        self.buffer = bytearray()
        self.rest = b""
        self.ended = False
        self.blocks = 0

    def block(self) -> Block:
        """The next whole lines; empty at the end of a file that ends with its header."""
        self.blocks += 1
        held = len(self.rest)
        self._make_room(held)
        self.buffer[:held] = self.rest
        while read := self.raw.readinto(memoryview(self.buffer)[held : held + self.size]):
            end = self.buffer.rfind(b"\n", held, held + read) + 1
            held += read
            if end:
                self.rest = bytes(memoryview(self.buffer)[end:held])
                self.ended = not self.rest and not self.raw.peek(1)
                return Block(self.buffer, end)
            self._make_room(held)
        self.rest, self.ended = b"", True
        self.buffer[held] = NEWLINE
        return Block(self.buffer, held)

    def _make_room(self, held: int) -> None:
        """Room for a block after what is held; the same memory again is quicker than new."""
        if len(self.buffer) <= held + self.size:
            self.buffer = self.buffer[:held] + bytearray(held + self.size + 1)

    def more(self) -> Block:
        """The lines after a block, for a cell that goes on beyond it."""
        return Block(self.buffer, 0) if self.ended else self.block()
