"""Decisions by what was looked at on the way to them, in the numbers of classes.

The steps look at one thing after another, and what they look at next hangs only on what
they saw before. So the decisions made so far are a tree: each node names the column that
is looked at there, each edge a class of its cells, each leaf a decision. All rows of a
batch walk down the tree at once; only one row of those that leave it at the same place is
decided, and its way is added. A way may also be taken over from another tree, of which it is
known how its numbers are called here.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator

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
Recode = Callable[[Codes, Codes], Codes]
"""What numbers of another tree are here: of some columns, and a number of each."""


class Memo:
    """The tree of the decisions of lines with the same columns."""

    def __init__(self) -> None:
        self.columns: Codes = np.full(64, _OPEN, dtype=np.int64)
        self.parents, self._codes = array("q", [0]), array("q", [0])
        self._edges = _Edges()

    @classmethod
    def of(cls, columns: Codes, parents: Codes, codes: Codes) -> Memo:
        """The tree of some nodes, as :meth:`nodes` gives them.

        Raises:
            ValueError: If they are those of no tree.
        """
        made, places = cls(), np.arange(len(parents))
        inner = columns[parents[1:]]
        if (
            parents[0]
            or (parents[1:] >= places[1:]).any()
            or min(parents.min(), codes.min(), inner.min()) < 0
        ):
            msg = "a node stands before the one that leads to it"
            raise ValueError(msg)
        made.columns, made.parents, made._codes = columns, _array(parents), _array(codes)
        made._edges.add_all(_edge(parents[1:], codes[1:]), places[1:])
        return made

    def nodes(self) -> tuple[Codes, Codes, Codes]:
        """Of each node the column or decision, the node before it and the number that led from there."""
        return self.columns[: len(self)], _numbers(self.parents), _numbers(self._codes)

    def __len__(self) -> int:
        return len(self.parents)

    def find(self, cells: Codes, decide: Decide, recall: Callable[[Codes], None] | None = None) -> Codes:
        """The number of the decision of each row, deciding rows unlike all before.

        Args:
            cells: A row of numbers for each line, one number for each column.
            decide: Decides rows by their place.
            recall: May graft ways of such rows, of which it is told the places, before.
        """
        nodes = np.zeros(len(cells), dtype=np.int64)
        rows = np.arange(len(cells))
        if recall is not None and len(rows := self._walk(cells, nodes, rows)):
            recall(rows)
        while len(rows := self._walk(cells, nodes, rows)):
            first = self._unlike(cells, nodes, rows)
            for row, (number, looked_at) in zip(first.tolist(), decide(first), strict=True):
                self._add(cells[row], int(nodes[row]), number, looked_at)
        return -2 - self.columns[nodes]

    def ends(self, cells: Codes) -> Codes:
        """The node that holds the decision of each row; -1 if none does."""
        nodes = np.zeros(len(cells), dtype=np.int64)
        nodes[self._walk(cells, nodes, np.arange(len(cells)))] = _FREE
        return nodes

    def decisions(self, ends: Codes) -> Codes:
        """The numbers of the decisions that some nodes hold."""
        return -2 - self.columns[ends]

    def all_ends(self) -> Iterator[tuple[int, int]]:
        """Every node that holds a decision, with its number."""
        ends = np.flatnonzero(self.columns[: len(self)] < _OPEN)
        return zip(ends.tolist(), self.decisions(ends).tolist(), strict=True)

    def looked_at(self) -> Codes:
        """The columns that are looked at anywhere."""
        columns = np.unique(self.columns[: len(self)])
        return columns[columns >= 0]

    def graft(self, other: Memo, ends: Codes, numbers: Codes, recode: Recode) -> None:
        """Adds ways of another tree of lines with the same columns, as if their ends were decided here.

        A way that looks at something else than one of this tree does at the same place is not of
        the same law, and is left out.

        Args:
            other: That tree.
            ends: The nodes there at which the ways end.
            numbers: The numbers of their decisions here.
            recode: What the numbers of classes there are here.
        """
        columns, parents, codes = other.nodes()
        columns = columns.copy()
        columns[ends] = -2 - numbers
        here = np.full(len(columns), _FREE, dtype=np.int64)
        here[:1][self._agree(np.zeros(1, dtype=np.int64), columns[:1])] = 0
        left = other._ways(ends)
        while (ready := here[parents[left]] != _FREE).any():
            now, left = left[ready], left[~ready]
            before = parents[now]
            made = self._children(here[before], recode(columns[before], codes[now]))
            alike = self._agree(made, columns[now])
            here[now[alike]] = made[alike]

    def _ways(self, ends: Codes) -> Codes:
        """The nodes on the ways to some others, and these, but for the first of all."""
        chosen, parents = np.zeros(len(self), dtype=np.bool_), _numbers(self.parents)
        while len(ends):
            chosen[ends] = True
            ends = np.unique(parents[ends])
            ends = ends[~chosen[ends]]
        return np.flatnonzero(chosen[1:]) + 1

    def _agree(self, nodes: Codes, columns: Codes) -> Codes:
        """Which nodes look at some columns, or hold some decisions; one that is open does from here on."""
        held = self.columns[nodes]
        is_open = held == _OPEN
        self.columns[nodes[is_open]] = columns[is_open]
        return np.asarray(is_open | (held == columns))

    def _children(self, nodes: Codes, codes: Codes) -> Codes:
        """Where different edges lead; to new nodes if they are new."""
        keys = _edge(nodes, codes)
        found = self._edges.find(keys)
        new = np.flatnonzero(found == _FREE)
        found[new] = np.arange(len(self), len(self) + len(new))
        self.parents.extend(nodes[new].tolist())
        self._codes.extend(codes[new].tolist())
        self._make_room()
        self._edges.add_all(keys[new], found[new])
        return found

    def _walk(self, cells: Codes, nodes: Codes, rows: Codes) -> Codes:
        """Moves rows to where the tree ends; gives those that have no decision there."""
        left = []
        while len(rows):
            at = nodes[rows]
            columns = self.columns[at]
            inner = columns >= 0
            left.append(rows[columns == _OPEN])
            rows, at = rows[inner], at[inner]
            child = self._edges.find(_edge(at, cells[rows, columns[inner]]))
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
        self._codes.append(code)
        self._make_room()
        self._edges.add((node << _NODE_BITS) | code, child)
        return child

    def _make_room(self) -> None:
        room = len(self.columns)
        if len(self) > room:
            more = np.full(max(len(self) - room, room), _OPEN, dtype=np.int64)
            self.columns = np.concatenate([self.columns, more])


def _edge(nodes: Codes, codes: Codes) -> Codes:
    """The way out of each of some nodes by a number."""
    return (nodes << _NODE_BITS) | codes


def _array(numbers: Codes) -> array[int]:
    return array("q", numbers.astype(np.int64).tobytes())


def _numbers(numbers: array[int]) -> Codes:
    return np.array(numbers, dtype=np.int64)


class _Edges:
    """Where each edge leads: a table of fixed-size numbers, looked up many at once."""

    def __init__(self) -> None:
        self.keys: Codes = np.full(_FIRST_SLOTS, _FREE, dtype=np.int64)
        self.ends: Codes = np.full(_FIRST_SLOTS, _FREE, dtype=np.int64)
        self.new: dict[int, int] = {}
        self.count = 0
        self._more: list[tuple[Codes, Codes]] = []

    def add(self, key: int, end: int) -> None:
        """Adds an edge, which is put into the table when one is next looked up."""
        self.new[key] = end

    def add_all(self, keys: Codes, ends: Codes) -> None:
        """Adds edges, none of which was added before."""
        self._more.append((keys, ends))

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
        if self.new:
            keys = np.fromiter(self.new.keys(), dtype=np.int64, count=len(self.new))
            ends = np.fromiter(self.new.values(), dtype=np.int64, count=len(self.new))
            self._more.append((keys, ends))
            self.new = {}
        for keys, ends in self._more:
            self._place_all(keys, ends)
        self._more = []

    def _place_all(self, keys: Codes, ends: Codes) -> None:
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
