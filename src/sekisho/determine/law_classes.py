"""What the law says of a place or of an item on a day, as one number.

Rules change on a few dozen days, and most changes touch few places and few items. A
table of place by epoch, and one of item by epoch, holds a number for what stands; it is
the same number in two epochs, or as known on two days, where the same rows stand with the
same certainty. Tables are filled as lines ask for them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Sequence

import numpy as np

from sekisho.determine.cells import Codes
from sekisho.determine.classes import Unreadable
from sekisho.determine.days import is_day, ordinals
from sekisho.determine.intake import NOT_LISTED
from sekisho.errors import ValueInvalid
from sekisho.model import (
    Approval,
    Bar,
    CatchAll,
    Consequence,
    Exemption,
    Item,
    LicenceType,
    Limb,
    Policy,
    Provision,
    Region,
)
from sekisho.register.law import Law, LawInForce, Standing
from sekisho.register.selectors import CATCH_ALL_ROW, row_of

RULES = (Bar, Exemption, Policy, CatchAll, Approval, Consequence)
Mark = tuple[object, object, object, str]


class Interned:
    """Gives each different thing a number, from 1."""

    def __init__(self) -> None:
        self.numbers: dict[Hashable, int] = {}

    def number(self, thing: Hashable) -> int:
        """The number of a thing, a new one if it is new."""
        return self.numbers.setdefault(thing, len(self.numbers) + 1)


class LawClasses:
    """The tables of one law.

    Args:
        law: The law of one country as known on a day; ``None`` if it is not on record.
        read_code: Makes an item number of a cell, as for a single line.
        interned: Numbers what stands; share one among laws whose decisions may be shared.
    """

    def __init__(self, law: Law | None, read_code: Callable[[str], str], interned: Interned) -> None:
        self.law, self.read_code, self.interned = law, read_code, interned
        self.changes = ordinals(law.changes if law else ())
        self.epochs = len(self.changes) + 1
        self._places: dict[str, _Table] = {}
        self._items = _Table(self.epochs + 1, self.item)
        self._known: dict[tuple[str, Hashable, int], int] = {}
        self._states: dict[int, tuple[Mark, ...]] = {}

    def epoch(self, days: Codes) -> Codes:
        """The epoch of each day; the last number is that of a line without a day."""
        found = np.searchsorted(self.changes, days, "right")
        return np.where(is_day(days), found, self.epochs)

    def places(self, column: str, codes: Codes, names: Sequence[Hashable], epochs: Codes) -> Codes:
        """What stands for the places of a column: ``names`` holds the country of each of its codes.

        Each column numbers countries in its own order, so each has a table of its own.
        """
        table = self._places.setdefault(column, _Table(self.epochs + 1, self.place))
        return table.look_up(codes, names, epochs)

    def items(self, codes: Codes, names: Sequence[Hashable], epochs: Codes) -> Codes:
        """What stands for an item number, with whether technical facts are stated."""
        return self._items.look_up(codes, names, epochs)

    def _state(self, epoch: int) -> LawInForce | None:
        if self.law is None or epoch == self.epochs:
            return None
        return self.law.on(self.law.changes[epoch - 1] if epoch else dt.date.min)

    def place(self, name: Hashable, epoch: int) -> int:
        """What stands for a place in an epoch."""
        key = "place", name, epoch
        if key not in self._known:
            self._known[key] = self._place(name, epoch)
        return self._known[key]

    def item(self, name: Hashable, epoch: int) -> int:
        """What stands for an item number in an epoch; the name says whether facts are stated."""
        key = "item", name, epoch
        if key not in self._known:
            self._known[key] = self._item(name, epoch)
        return self._known[key]

    def _place(self, name: Hashable, epoch: int) -> int:
        state = self._state(epoch)
        if state is None or not isinstance(name, str) or isinstance(name, Unreadable):
            return self.interned.number(("place", name, state is None))
        rules = tuple(mark(entry) for kind in RULES for entry in state.rules_at(kind, name))
        regions = {entry.row.region: None for entry in state.rows(Region)}
        members = tuple(mark(entry) for region in regions for entry in state.in_region(region, name)[1])
        return self.interned.number(("place", name, self._everywhere(epoch, state), rules, members))

    def _everywhere(self, epoch: int, state: LawInForce) -> tuple[Mark, ...]:
        """What stands whatever the place: licence types, tests, and the items they name."""
        if epoch not in self._states:
            kept = [mark(entry) for kind in (LicenceType, CatchAll) for entry in state.rows(kind)]
            limbs = (limb for limb in state.rows(Limb) if row_of(limb.row.items[0]) == CATCH_ALL_ROW)
            kept += [mark(entry) for entry in limbs]
            kept.append(("read", self._is_covered(epoch), self._is_read(epoch), ""))
            self._states[epoch] = tuple(kept)
        return self._states[epoch]

    def _is_covered(self, epoch: int) -> bool:
        assert self.law is not None  # noqa: S101  only asked of a law on record
        return epoch > 0 and self.law.changes[epoch - 1] >= self.law.regime.covered_from

    def _is_read(self, epoch: int) -> bool:
        assert self.law is not None  # noqa: S101  only asked of a law on record
        return epoch == 0 or self.law.changes[epoch - 1] <= self.law.regime.read_until

    def _item(self, name: Hashable, epoch: int) -> int:
        state = self._state(epoch)
        if state is None or not isinstance(name, tuple):
            return self.interned.number(("item", name, state is None))
        cell, is_technical = name
        try:  # a cell that is no item number of this country is a fault of the line
            code = self.read_code(cell)
        except ValueInvalid:
            return self.interned.number(("item", name))
        entry: Standing[Item] | None = state.items.get(code)
        limbs = state.limbs(code)
        if code == NOT_LISTED or row_of(code) == CATCH_ALL_ROW:
            limbs = [*limbs, *(state.rows(Limb) if is_technical else ())]
        marks = tuple(mark(limb) for limb in limbs)
        return self.interned.number(("item", code, mark(entry) if entry else None, marks))


class _Table:
    """Numbers by code and epoch, worked out when first asked for."""

    def __init__(self, epochs: int, work_out: Callable[[Hashable, int], int]) -> None:
        self.epochs, self.work_out = epochs, work_out
        self.cells: Codes = np.zeros(epochs * 64, dtype=np.int64)

    def look_up(self, codes: Codes, names: Sequence[Hashable], epochs: Codes) -> Codes:
        if len(names) * self.epochs > len(self.cells):
            more = max(len(names) * self.epochs, 2 * len(self.cells)) - len(self.cells)
            self.cells = np.concatenate([self.cells, np.zeros(more, dtype=np.int64)])
        at = codes * self.epochs + epochs
        found: Codes = self.cells[at]
        if not found.all():
            for cell in np.unique(at[found == 0]).tolist():
                code, epoch = divmod(cell, self.epochs)
                self.cells[cell] = self.work_out(names[code], epoch)
            found = self.cells[at]
        return found


def mark(entry: Standing[Provision]) -> Mark:
    """What of a standing row can show in a decision."""
    return entry.row, entry.certain, entry.confidence, entry.caveat
