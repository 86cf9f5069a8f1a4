"""Decisions by what of a line was looked at, in the numbers of classes.

Two lines that differ only in cells that no step of the decision of one of them looked at
have the same decision. So of each decision the columns that were looked at are kept with
their classes, and a line alike in these needs no decision of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from operator import itemgetter
from typing import Any

from sekisho.determine.docket import TECHNICAL
from sekisho.determine.intake import FOLLOWS_FROM

Codes = Sequence[int]
_ALWAYS = (
    "ship_from_country", "destination_country", "ultimate_destination_country", "law of item",
    "classification_status", "decisive day", "known day", "licences_held",
)  # fmt: skip
"""Columns that every decision looks at, or whose cells may be faulty unseen."""
_WITH_VALUE = frozenset({"value_jpy", "value_basis"})


class Memo:
    """Decisions of lines with the same columns.

    Args:
        names: The columns whose numbers are given for each line, in order.
        technical: The facts that technical conditions name.
    """

    def __init__(self, names: Sequence[str], technical: Collection[str]) -> None:
        self.names, self.technical = tuple(names), frozenset(technical)
        pairs = {name for name, other in FOLLOWS_FROM.items() if name in names and other in names}
        both = pairs | {FOLLOWS_FROM[name] for name in pairs}  # stated twice is a fault
        self._base = _picker([at for at, name in enumerate(names) if name in _ALWAYS or name in both])
        self._branches: dict[Any, list[tuple[frozenset[str], Callable[[Codes], Any], dict[Any, int]]]] = {}

    def find(self, codes: Codes) -> int | None:
        """The number of the decision of a line like this; ``None`` if there is none yet."""
        for _, pick, found in self._branches.get(self._base(codes), ()):
            number = found.get(pick(codes))
            if number is not None:
                return number
        return None

    def keep(self, codes: Codes, looked_at: frozenset[str], number: int) -> None:
        """Keeps the number of a decision that looked at some facts."""
        branches = self._branches.setdefault(self._base(codes), [])
        for facts, pick, found in branches:
            if facts == looked_at:
                found[pick(codes)] = number
                return
        columns = self._columns(looked_at)
        pick = _picker([at for at, name in enumerate(self.names) if name in columns])
        branches.append((looked_at, pick, {pick(codes): number}))

    def _columns(self, looked_at: frozenset[str]) -> set[str]:
        """The columns that facts are read from."""
        facts = looked_at | (self.technical if TECHNICAL in looked_at else frozenset())
        columns = {*facts, *(FOLLOWS_FROM[name] for name in facts if name in FOLLOWS_FROM)}
        return columns | ({"value", "currency"} if facts & _WITH_VALUE else set())


def _picker(places: list[int]) -> Callable[[Codes], Any]:
    return itemgetter(*places) if places else lambda _: ()
