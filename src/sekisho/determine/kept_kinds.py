"""The decisions of kinds of line that earlier runs made, kept in the user's cache folder.

To decide a line of each kind takes most of the time of a file with many kinds, and files that
follow one another hold much the same. So the tree of decisions (:mod:`sekisho.determine.memo`) is
kept, with its numbers as digests of what they stand for (:mod:`sekisho.determine.contents`): a
later run that meets a row of the same classes takes the decision from there, and adds the way to
it to its own tree as if it had made it. The file is named by a hash of the register, the day as
known, the rates, the code that decides and the version, and is used or not as
:mod:`sekisho.register.kept_files` says. It holds no cells of lines, and no line with a fault.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pyarrow as pa

from sekisho import __version__
from sekisho.determine.codes import Codes
from sekisho.determine.contents import SIZE
from sekisho.determine.decisions import Cell
from sekisho.determine.memo import Memo, Recode
from sekisho.determine.rates import Rates
from sekisho.register import kept_files
from sekisho.register.kept_files import Place, hashed
from sekisho.register.law import learned
from sekisho.register.register import Register

Names = tuple[str, ...]
DigestOf = Callable[[str, int], bytes]
"""The digest of what a number of a column stands for."""
_FORMAT = 1
_CODE = Path(__file__).parent.parent
_FASTEST = 1


@dataclass(frozen=True, slots=True)
class Told:
    """A decision as it is kept, without what is the same for a whole run.

    Attributes:
        cells: Its cells, in the order of the columns of a decision.
        named: Whether sentences stand in it that take the names of the places of each row.
    """

    cells: tuple[Cell, ...]
    questions: tuple[str, ...]
    gaps: tuple[str, ...]
    named: bool


def place_of(register: Register, known_on: dt.date | str | None, rates: Rates | None) -> Place | None:
    """Where the decisions of a view are kept; ``None`` if they cannot be."""
    try:
        folder = kept_files.folder()
        view = _known(register, known_on), rates.fingerprint if rates else ""
        key = _key(register, *view) if folder is not None else None
    except (OSError, RuntimeError):  # a file that cannot be read, or a user without a home
        return None
    return Place(folder / f"kinds-{key[:32]}", key) if folder is not None and key else None


def _known(register: Register, known_on: dt.date | str | None) -> str:
    """How a day as known on is told: days between which nothing was learned are one."""
    if not isinstance(known_on, dt.date):
        return "by line" if known_on else ""
    events = register.events
    days = {day for regime in register.regimes.values() for day in learned(regime, events)}
    return str(max((day for day in days if day <= known_on), default=dt.date.min))


def _key(register: Register, known: str, rates: str) -> str | None:
    """The hash of all that a decision hangs on beside the line, and of the code that makes it."""
    code = [
        path for folder in ("", "determine", "register") for path in sorted((_CODE / folder).glob("*.py"))
    ]
    if Path(__file__) not in code:  # a package without its source does not say what it is
        return None
    places = register.countries
    texts = [(text, one.alpha_2) for text, one in places.by_text.items()]
    refused = [(text, [one.alpha_2 for one in may]) for text, may in places.refused.items()]
    view = register.fingerprint, register.scenario, known, rates
    made_with = __version__, _FORMAT, sys.version, np.__version__, pa.__version__
    head = repr((made_with, view, list(places.by_code.values()), texts, refused))
    return hashed(head, [(path.relative_to(_CODE).as_posix(), path) for path in code])


class Table:
    """What is kept: trees by the columns of their lines, and what their numbers stand for.

    Attributes:
        classes: The number of each class of cells, by its digest.
    """

    def __init__(self) -> None:
        self.trees: dict[Names, Memo] = {}
        self.classes: dict[bytes, int] = {}
        self._values: dict[tuple[type, Any], int] = {}
        self._decisions: dict[tuple[int, ...], int] = {}
        self._told: list[Told] = []
        self._numbers: dict[Told, int] = {}

    @property
    def nodes(self) -> int:
        """How many steps on the way to decisions it holds."""
        return sum(map(len, self.trees.values()))

    def told(self, number: int) -> Told:
        """The decision of a number."""
        if len(self._told) < len(self._decisions):
            values = [value for _, value in self._values]
            for row in list(self._decisions)[len(self._told) :]:
                *cells, questions, gaps, named = (values[place] for place in row)
                self._told.append(Told(tuple(cells), questions, gaps, named))
        return self._told[number]

    def number(self, told: Told) -> int:
        """The number of a decision."""
        found = self._numbers.get(told)
        if found is None:
            values = *told.cells, told.questions, told.gaps, told.named
            row = tuple(self._values.setdefault((type(v), v), len(self._values)) for v in values)
            found = self._numbers[told] = self._decisions.setdefault(row, len(self._decisions))
        return found

    def body(self) -> bytes:
        """All of it as bytes: a line of JSON, and the numbers."""
        trees = [(names, tree.nodes()) for names, tree in self.trees.items()]
        head = {
            "values": [value for _, value in self._values],
            "decisions": [len(self._decisions), len(next(iter(self._decisions)))],
            "classes": len(self.classes),
            "trees": [[names, len(nodes[0])] for names, nodes in trees],
        }
        numbers = [np.array(list(self._decisions)), *(one for _, nodes in trees for one in nodes)]
        parts = [json.dumps(head, separators=(",", ":")).encode(), b"\n", b"".join(self.classes)]
        parts += [np.asarray(one, dtype=_NUMBER).tobytes() for one in numbers]
        return zlib.compress(b"".join(parts), _FASTEST)

    @classmethod
    def of(cls, body: bytes) -> Table:
        """The table that some bytes hold.

        Raises:
            Exception: Of any kind, if they do not hold one.
        """
        text, _, rest = zlib.decompress(body).partition(b"\n")
        head, made = json.loads(text), cls()
        values = [tuple(value) if isinstance(value, list) else value for value in head["values"]]
        made._values = {(type(value), value): at for at, value in enumerate(values)}
        end = SIZE * head["classes"]
        made.classes = {rest[at : at + SIZE]: at // SIZE for at in range(0, end, SIZE)}
        numbers = np.frombuffer(rest, dtype=_NUMBER, offset=end).astype(np.int64)
        decisions, width = head["decisions"]
        rows, numbers = np.split(numbers, [decisions * width])
        _require(rows, 0, len(values))
        made._decisions = {tuple(row): at for at, row in enumerate(rows.reshape(-1, width).tolist())}
        for names, size in head["trees"]:
            nodes, numbers = np.split(numbers, [3 * size])
            columns, parents, codes = nodes.reshape(3, size)
            _require(columns, -1 - decisions, len(names))
            _require(codes, 0, len(made.classes))
            made.trees[tuple(names)] = Memo.of(columns, parents, codes)
        return made


_NUMBER = np.dtype("<i4")


def _require(numbers: Codes, least: int, end: int) -> None:
    """Refuses numbers that lead to nothing."""
    if len(numbers) and not least <= numbers.min() <= numbers.max() < end:
        msg = f"numbers from {numbers.min()} to {numbers.max()}, expected from {least} to before {end}"
        raise ValueError(msg)


class Recalls(Protocol):
    """What takes decisions that were made before, and gives those to be kept."""

    def recall(self, told: Told) -> int:
        """The number of a decision that an earlier run made."""

    def told(self, number: int) -> Told | None:
        """A decision as it is kept; ``None`` if it is not to be kept."""


class KeptKinds:
    """What earlier runs decided by one view, and this one.

    Args:
        known_on: The day as known on which lines are decided, or the name of the column that says it.
        decider: Decides them by this view.

    Attributes:
        few: So many kinds are decided in the time that it takes to open what is kept.
        most_nodes: More steps on the way to decisions are not kept, and not more than ``most_bytes``.
    """

    few = 64
    most_nodes = 1 << 18
    most_bytes = 5_000_000

    def __init__(
        self, register: Register, known_on: dt.date | str | None, rates: Rates | None, decider: Recalls
    ) -> None:
        self._view, self.decider = (register, known_on, rates), decider
        self._table: Table | None = None

    @cached_property
    def place(self) -> Place | None:
        """Where it is kept; ``None`` if it cannot be."""
        return place_of(*self._view)

    @property
    def _kept(self) -> Table:
        if self._table is None:
            self._table = read(self.place)
        return self._table

    def graft(
        self, names: Names, memo: Memo, cells: Codes, digest: DigestOf, recall: Callable[[Told], int]
    ) -> None:
        """Adds to a tree the ways of some rows that are known.

        Args:
            names: The columns of the rows.
            memo: The tree.
            cells: Their numbers; rows whose way the tree does not know.
            digest: What the numbers stand for.
            recall: Gives a number to a decision that was made before.
        """
        if len(cells) < self.few and self._table is None:
            return
        tree = self._kept.trees.get(names)
        if tree is None:
            return
        coded, backs = np.zeros_like(cells), dict[int, Codes]()
        for column in tree.looked_at().tolist():
            coded[:, column], backs[column] = self._recoded(names[column], cells[:, column], digest)
        ends = tree.ends(coded)
        ends = np.unique(ends[ends >= 0])
        if not len(ends):
            return
        numbers = [recall(self._kept.told(number)) for number in tree.decisions(ends).tolist()]
        memo.graft(
            tree, ends, np.array(numbers, dtype=np.int64), _by_column(lambda c, codes: backs[c][codes])
        )

    def _recoded(self, name: str, codes: Codes, digest: DigestOf) -> tuple[Codes, Codes]:
        """The kept number of each number of a column, and the number of each kept one."""
        classes = self._kept.classes
        numbers, at = np.unique(codes, return_inverse=True)
        kept = np.array([classes.get(digest(name, number), len(classes)) for number in numbers.tolist()])
        back = np.full(len(classes) + 1, -1)
        back[kept] = numbers
        return kept[at], back

    def add(self, trees: Mapping[Names, Memo], digest: DigestOf, told: Callable[[int], Told | None]) -> None:
        """Adds the decisions of a run, if they are not too many.

        Args:
            trees: Its trees.
            digest: What their numbers stand for.
            told: The decision of a number; ``None`` if it is not to be kept.
        """
        if self.place is None or sum(map(len, trees.values())) > self.most_nodes:
            return
        self._add_all(trees, digest, told)
        if self._kept.nodes > self.most_nodes:  # what this run did not meet makes room
            self._table = Table()
            self._add_all(trees, digest, told)

    def _add_all(
        self, trees: Mapping[Names, Memo], digest: DigestOf, told: Callable[[int], Told | None]
    ) -> None:
        for names, memo in trees.items():
            self._add(names, memo, digest, told)

    def _add(self, names: Names, memo: Memo, digest: DigestOf, told: Callable[[int], Told | None]) -> None:
        kept = self._kept
        found = [(end, one) for end, number in memo.all_ends() if (one := told(number)) is not None]
        ends = np.array([end for end, _ in found], dtype=np.int64)
        numbers = np.array([kept.number(one) for _, one in found], dtype=np.int64)

        def recode(column: int, codes: Codes) -> Codes:
            numbers, at = np.unique(codes, return_inverse=True)
            digests = [digest(names[column], number) for number in numbers.tolist()]
            return np.array([kept.classes.setdefault(one, len(kept.classes)) for one in digests])[at]

        kept.trees.setdefault(names, Memo()).graft(memo, ends, numbers, _by_column(recode))

    def write(self) -> None:
        """Keeps all of it for later runs, if it is not too large."""
        if self.place is not None and self._kept.nodes:
            body = self._kept.body()
            if len(body) <= self.most_bytes:
                self.place.write(body)


def _by_column(recode: Callable[[int, Codes], Codes]) -> Recode:
    """Gives numbers of several columns other numbers, column by column."""

    def of(columns: Codes, codes: Codes) -> Codes:
        found = np.empty_like(codes)
        for column in np.unique(columns).tolist():
            here = columns == column
            found[here] = recode(column, codes[here])
        return found

    return of


def read(place: Place | None) -> Table:
    """What is kept; an empty table if there is none that can be used."""
    body = place.read() if place is not None else b""
    try:
        return Table.of(body) if body else Table()
    except Exception:  # noqa: BLE001  whatever it holds, each kind can be decided
        return Table()
