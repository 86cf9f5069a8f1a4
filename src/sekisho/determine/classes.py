"""Classes of cells that the law cannot tell apart.

Two lines that differ only in a day of the same epoch, or in a percentage on the same
side of every threshold, get the same decision. Putting cells into such classes lets a
file of millions of lines be decided by its few thousand different kinds of line, each
decided once, by the same steps as a single line.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping

from sekisho.determine.intake import fact_reader, read_day, read_quantity, tidy
from sekisho.errors import ValueInvalid
from sekisho.model import Fact, LicenceType, Limb, Provision, Rule
from sekisho.register.condition import (
    Arithmetic,
    Comparison,
    Literal,
    Membership,
    Name,
    Node,
    names,
    parse,
    parts_of,
)
from sekisho.register.law import Law, Regime

Classify = Callable[[str], Hashable]
_CONDITIONS = ("condition", "lost_if", "holder", "lapses_if")
_FREE_TEXT = ("quantity_unit", "end_user_id")
"""Columns whose text no rule reads."""


def classifiers(laws: list[Law]) -> Mapping[str, Classify]:
    """For each column that needs one, the function from a cell to its class.

    Columns that are not in the mapping keep their text as their class.
    """
    found: dict[str, Classify] = dict.fromkeys(_FREE_TEXT, bool)
    found["quantity"] = _quantity
    declared = Counter(name for law in laws for name in law.regime.facts)
    for law in laws:
        limits = thresholds(law.regime)
        alone = (fact for fact in law.regime.facts.values() if declared[fact.name] == 1)
        numbers = (fact for fact in alone if fact.type == "number")
        found |= {fact.name: _numbers(fact, limits.get(fact.name, ())) for fact in numbers}
    return found


def value_limits(laws: list[Law]) -> tuple[float, ...]:
    """The values in JPY that the laws compare with, lowest first."""
    limits = {limit for law in laws for limit in thresholds(law.regime).get("value_jpy") or ()}
    return tuple(sorted(limits))


def value_class(limits: tuple[float, ...]) -> Callable[[float], int]:
    """The class of a value in JPY between limits."""
    return lambda value: _position(value, limits)


def thresholds(regime: Regime) -> dict[str, tuple[float, ...] | None]:
    """The numbers each fact is compared with; ``None`` where it is also reckoned with."""
    found: dict[str, set[float]] = {}
    reckoned: set[str] = set()
    for node in _nodes(regime):
        for name, value in _compared(node):
            if value is None:
                reckoned.add(name)
            else:
                found.setdefault(name, set()).add(value)
    return {
        name: None if name in reckoned else tuple(sorted(found.get(name, ()))) for name in {*found, *reckoned}
    }


def _nodes(regime: Regime) -> Iterator[Node]:
    for row in regime.provisions:
        for column in _CONDITIONS:
            text = _condition(row, column)
            if text:
                yield parse(text)


def _condition(row: Provision, column: str) -> str:
    if isinstance(row, Rule | Limb | LicenceType):
        return str(getattr(row, column, ""))
    return ""


def _compared(  # noqa: C901  one branch for each kind of node
    node: Node,
) -> Iterator[tuple[str, float | None]]:
    """Each numeric fact of a condition with what it is compared with."""
    match node:
        case Comparison(_, Name(name), Literal(float() as value)):
            yield name, value
        case Comparison(_, Literal(float() as value), Name(name)):
            yield name, value
        case Membership(Name(name), values):
            for literal in values:
                if isinstance(literal.value, float):
                    yield name, literal.value
        case Comparison() | Arithmetic():
            for name in names(node):
                yield name, None
        case _:
            for part in parts_of(node):
                yield from _compared(part)


def _position(value: float, limits: tuple[float, ...]) -> int:
    """Between which limits a value lies, or on which: an even number below, odd on one."""
    return bisect_left(limits, value) + bisect_right(limits, value)


def days(laws: list[Law]) -> Classify:
    """The class of a date: the epoch of each law it lies in."""

    def classify(cell: str) -> Hashable:
        try:
            day = read_day(tidy(cell))
        except ValueInvalid:
            return cell
        return tuple(law.epoch(day) for law in laws)

    return classify


def _numbers(fact: Fact, limits: tuple[float, ...] | None) -> Classify:
    read = fact_reader(fact)

    def classify(cell: str) -> Hashable:
        if limits is None:
            return cell
        try:
            return _position(float(read(tidy(cell))), limits)
        except ValueInvalid:
            return cell

    return classify


def _quantity(cell: str) -> Hashable:
    """Any readable quantity is the same to the law; a faulty one is not."""
    try:
        read_quantity(tidy(cell))
    except ValueInvalid:
        return cell
    return True
