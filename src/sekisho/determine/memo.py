"""Decisions by what was looked at on the way to them, in the numbers of classes.

The steps look at one thing after another, and what they look at next hangs only on what
they saw before. So the decisions made so far are a tree: each node names the column that
is looked at there, each edge a class of its cells, each leaf a decision. All rows of a
batch walk down the tree at once; only one row of those that leave it at the same place is
decided, and its way is added.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable

import numpy as np
import pyarrow as pa

from sekisho.determine.codes import Codes

_OPEN = -1
"""The column of a node of which nothing is known yet; a decision N is the column -2 - N."""
_FREE = -1
_NODE_BITS = 32
_FIRST_SLOTS = 1 << 12
_MIX = np.uint64(0x9E3779B97F4A7C15)

Decide = Callable[[Codes], Iterable[tuple[int, Iterable[int]]]]
"""Decides some rows: of each the number of its decision, and the columns looked at, in order."""


class Memo:
    """The tree of the decisions of lines with the same columns."""

    def __init__(self) -> None:
        self.columns: Codes = np.full(64, _OPEN, dtype=np.int64)
        self.parents = array("q", [0])
        self._edges = _Edges()

    def __len__(self) -> int:
        return len(self.parents)

    def find(self, cells: Codes, decide: Decide) -> Codes:
        """The number of the decision of each row, deciding rows unlike all before.

        Args:
            cells: A row of numbers for each line, one number for each column.
            decide: Decides rows by their place.
        """
        nodes = np.zeros(len(cells), dtype=np.int64)
        rows = np.arange(len(cells))
        while len(rows := self._walk(cells, nodes, rows)):
            first = self._unlike(cells, nodes, rows)
            for row, (number, looked_at) in zip(first.tolist(), decide(first), strict=True):
                self._add(cells[row], int(nodes[row]), number, looked_at)
        return -2 - self.columns[nodes]

    def _walk(self, cells: Codes, nodes: Codes, rows: Codes) -> Codes:
        """Moves rows to where the tree ends; gives those that have no decision there."""
        left = []
        while len(rows):
            at = nodes[rows]
            columns = self.columns[at]
            inner = columns >= 0
            left.append(rows[columns == _OPEN])
            rows, at = rows[inner], at[inner]
            child = self._edges.find((at << _NODE_BITS) | cells[rows, columns[inner]])
            known = child != _FREE
            left.append(rows[~known])
            rows = rows[known]
            nodes[rows] = child[known]
        return np.concatenate(left) if left else rows

    def _unlike(self, cells: Codes, nodes: Codes, rows: Codes) -> Codes:
        """One row of those that leave the tree at the same place by the same class."""
        at = nodes[rows]
        columns = self.columns[at]
        seen = np.where(columns == _OPEN, 0, cells[rows, np.maximum(columns, 0)])
        ways = pa.array((at << _NODE_BITS) | seen).dictionary_encode()
        first = np.zeros(len(ways.dictionary), dtype=np.int64)
        first[np.asarray(ways.indices)[::-1]] = rows[::-1]  # of several, the last written stays
        return first

    def _add(self, codes: Codes, node: int, number: int, looked_at: Iterable[int]) -> None:
        """Adds the way of a row on from a node, with its decision at the end."""
        passed = self._passed(node)
        if self.columns[node] != _OPEN:
            passed.add(int(self.columns[node]))
            node = self._child(node, int(codes[self.columns[node]]))
        for column in dict.fromkeys(looked_at):
            if column not in passed:
                self.columns[node] = column
                node = self._child(node, int(codes[column]))
        self.columns[node] = -2 - number

    def _passed(self, node: int) -> set[int]:
        """The columns that were looked at before a node."""
        found = set()
        while node:
            node = self.parents[node]
            found.add(int(self.columns[node]))
        return found

    def _child(self, node: int, code: int) -> int:
        child = len(self.parents)
        self.parents.append(node)
        if child == len(self.columns):
            self.columns = np.concatenate([self.columns, np.full(child, _OPEN, dtype=np.int64)])
        self._edges.add((node << _NODE_BITS) | code, child)
        return child


class _Edges:
    """Where each edge leads: a table of fixed-size numbers, looked up many at once."""

    def __init__(self) -> None:
        self.keys: Codes = np.full(_FIRST_SLOTS, _FREE, dtype=np.int64)
        self.ends: Codes = np.full(_FIRST_SLOTS, _FREE, dtype=np.int64)
        self.new: dict[int, int] = {}
        self.count = 0

    def add(self, key: int, end: int) -> None:
        """Adds an edge, which is put into the table when one is next looked up."""
        self.new[key] = end

    def find(self, keys: Codes) -> Codes:
        """Where edges lead; ``_FREE`` where there is none."""
        self._place_new()
        found = np.full(len(keys), _FREE, dtype=np.int64)
        rows, at = np.arange(len(keys)), self._home(keys)
        while len(rows):
            held = self.keys[at]
            here = held == keys[rows]
            found[rows[here]] = self.ends[at[here]]
            on = ~here & (held != _FREE)
            rows, at = rows[on], (at[on] + 1) & (len(self.keys) - 1)
        return found

    def _place_new(self) -> None:
        if not self.new:
            return
        keys = np.fromiter(self.new.keys(), dtype=np.int64, count=len(self.new))
        ends = np.fromiter(self.new.values(), dtype=np.int64, count=len(self.new))
        self.new = {}
        self.count += len(keys)
        if 2 * self.count > len(self.keys):
            kept = self.keys != _FREE
            keys, ends = np.concatenate([self.keys[kept], keys]), np.concatenate([self.ends[kept], ends])
            slots = 1 << (4 * self.count).bit_length()
            self.keys, self.ends = (np.full(slots, _FREE, dtype=np.int64) for _ in range(2))
        self._place(keys, ends)

    def _place(self, keys: Codes, ends: Codes) -> None:
        """Puts edges into free slots; of two that reach for one, the other looks on."""
        at = self._home(keys)
        while len(keys):
            free = self.keys[at] == _FREE
            self.keys[at[free]] = keys[free]
            won = self.keys[at] == keys
            self.ends[at[won]] = ends[won]
            keys, ends, at = keys[~won], ends[~won], (at[~won] + 1) & (len(self.keys) - 1)

    def _home(self, keys: Codes) -> Codes:
        mixed = (keys.astype(np.uint64) * _MIX) >> np.uint64(64 - (len(self.keys) - 1).bit_length())
        return mixed.astype(np.int64)
