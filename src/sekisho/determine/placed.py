"""Rows of law before the goods of a line: what goods alone tell is worked out once for goods alike."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sekisho.model import Rule
from sekisho.register.candidates import ELSEWHERE, Candidate, Match

R = TypeVar("R", bound=Rule, covariant=True)
K = TypeVar("K")
V = TypeVar("V")
_KEPT = 1 << 10


@dataclass(frozen=True, slots=True)
class Placed(Generic[R]):
    """The rows of a table that speak of a place and an item, matched as far as the goods tell.

    Attributes:
        rows: Each row with its match, or ``None`` where facts that its condition names tell.
        open: Those rows.
        kept: What was worked out of all rows, by the matches of these.
    """

    rows: Sequence[tuple[Candidate[R], Match | None]]
    open: Sequence[Candidate[R]]
    kept: dict[tuple[Match, ...], Any]


class Table:
    """What the rows of a table ask of the goods; nothing is looked at for which no row asks.

    Attributes:
        by_kind: Whether any row asks for technology or goods.
        by_goods: Whether any asks which conditions the goods fall under, as it is technology or not.
        placed: The rows before goods, by what these rows tell of them.
    """

    __slots__ = ("by_goods", "by_kind", "placed")

    def __init__(self, rules: Sequence[Candidate[Rule]]) -> None:
        asking = [rule for rule in rules if rule.settled is None]
        self.by_kind = any(rule.row.kind != "any" for rule in asking)
        self.by_goods = {
            technology: any(rule.by_facts and rule.is_of_kind(technology) is not False for rule in asking)
            for technology in (True, False, None)
        }
        self.placed: dict[Hashable, Placed[Any]] = {}


def placed(rules: Iterable[Candidate[R]], match: Callable[[Candidate[R]], Match]) -> Placed[R]:
    """Rows before the goods of a line, which ``match`` matches with it."""
    matched = [(rule, match(rule)) for rule in rules]
    rows = [(rule, None if rule.condition.facts and how is not ELSEWHERE else how) for rule, how in matched]
    return Placed(rows, [rule for rule, how in rows if how is None], {})


def keep(found: dict[K, V], key: K, value: V) -> V:
    """Keeps what was worked out; what is kept is forgotten when it is too much."""
    if len(found) >= _KEPT:
        found.clear()
    found[key] = value
    return value
