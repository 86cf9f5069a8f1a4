"""Whether conditions hold, and what is missing to tell: three-valued, made ready once.

A condition is asked of the facts of many lines, so its tree is turned into functions that
look up the facts of a line and nothing else. What is unknown stays unknown, as in SQL.
"""

from __future__ import annotations

import math
import operator
from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sekisho.model import FactValue
from sekisho.register.condition import (
    Arithmetic,
    Comparison,
    Junction,
    Literal,
    Membership,
    Name,
    Negation,
    Node,
    names,
    parse,
    parts_of,
)

_ACTIONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
}
Limits = tuple[float, ...]
Look = Callable[[str], FactValue | None]
"""Gives the value of a fact by its name; ``None`` if it is missing."""
Test = Callable[[Look], FactValue | None]
Lack = Callable[[Look], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition made ready to be asked of the facts of many lines.

    Attributes:
        node: Its tree.
        facts: The facts it names, sorted.
        holds: Whether it holds; ``None`` if a missing fact decides.
        missing: The missing facts that keep it undecided, in the order of the text.
        first_missing: The first of them; what lies behind it is not looked at.
    """

    node: Node
    facts: tuple[str, ...]
    holds: Callable[[Look], bool | None]
    missing: Lack
    first_missing: Lack


_conditions: dict[int, Condition] = {}


def of_node(node: Node) -> Condition:
    """The condition of a tree, made once; the tree is kept in it, so that its id stays its own."""
    found = _conditions.get(id(node))
    if found is None:
        lack, first = _compile_lack(node, only_first=False), _compile_lack(node, only_first=True)
        facts = tuple(sorted(names(node)))
        found = _conditions[id(node)] = Condition(node, facts, _truth(node), lack, first)
    return found


@cache
def condition(text: str) -> Condition:
    """The condition of a text.

    >>> condition("informed OR substance_wt_pct > 30").missing({}.get)
    ('informed', 'substance_wt_pct')

    Raises:
        ConditionInvalid: With the position and what was expected there.
    """
    return of_node(parse(text))


def holds(node: Node, facts: Mapping[str, FactValue]) -> bool | None:
    """Whether a condition holds on facts; ``None`` if a missing fact decides.

    >>> holds(parse("a AND b"), {"a": False}), holds(parse("a AND b"), {"a": True})
    (False, None)
    """
    return of_node(node).holds(facts.get)


def missing(node: Node, facts: Mapping[str, FactValue]) -> tuple[str, ...]:
    """The missing facts that keep a condition undecided, in the order of the text.

    >>> missing(parse("a = 'x' AND b > 30"), {"a": "x"})
    ('b',)
    """
    return of_node(node).missing(facts.get)


def first_missing(node: Node, facts: Mapping[str, FactValue]) -> str:
    """The first missing fact that keeps a condition undecided; empty if there is none."""
    return next(iter(of_node(node).first_missing(facts.get)), "")


def _truth(node: Node) -> Callable[[Look], bool | None]:
    test = _compile(node)

    def truth(look: Look) -> bool | None:
        value = test(look)
        return None if value is None else bool(value)

    return truth if isinstance(node, Name | Literal | Arithmetic) else test  # type: ignore[return-value]


def _compile(node: Node) -> Test:  # noqa: PLR0911  one return for each kind of node
    match node:
        case Name(name):
            return lambda look: look(name)
        case Literal(value):
            return lambda _: value
        case Junction(word, parts):
            return _junction(word == "OR", parts)
        case Comparison(sign, Name(name), Literal(value)):
            return _compared(_ACTIONS[sign], name, value)
        case Comparison(sign, left, right) | Arithmetic(sign, left, right):
            return _applied(_ACTIONS[sign], _compile(left), _compile(right))
        case Membership(left, values):
            return _membership(_compile(left), frozenset(literal.value for literal in values))
        case Negation(of):
            return _negation(_compile(of))


def _junction(absorbing: bool, nodes: tuple[Node, ...]) -> Test:  # noqa: FBT001  OR absorbs True
    facts = tuple(node.name for node in nodes if isinstance(node, Name))
    if len(facts) == len(nodes):
        return _named(absorbing, facts)
    parts = tuple(map(_compile, nodes))

    def test(look: Look) -> bool | None:
        unknown = False
        for part in parts:
            value = part(look)
            if value is None:
                unknown = True
            elif bool(value) is absorbing:
                return absorbing
        return None if unknown else not absorbing

    return test


def _named(absorbing: bool, facts: tuple[str, ...]) -> Test:  # noqa: FBT001  as above
    """As :func:`_junction`, of facts alone: what nearly every list of concerns is."""

    def test(look: Look) -> bool | None:
        unknown = False
        for fact in facts:
            value = look(fact)
            if value is None:
                unknown = True
            elif bool(value) is absorbing:
                return absorbing
        return None if unknown else not absorbing

    return test


def _compared(action: Callable[..., bool], name: str, value: float | str) -> Test:
    """As :func:`_applied`, of a fact and a literal: what nearly every test is."""

    def test(look: Look) -> bool | None:
        given = look(name)
        return None if given is None else action(given, value)

    return test


def _membership(left: Test, values: frozenset[float | str]) -> Test:
    def test(look: Look) -> bool | None:
        given = left(look)
        return None if given is None else given in values

    return test


def _negation(of: Test) -> Test:
    def test(look: Look) -> bool | None:
        inner = of(look)
        return None if inner is None else not inner

    return test


def _applied(action: Callable[..., FactValue], left: Test, right: Test) -> Test:
    def test(look: Look) -> FactValue | None:
        first = left(look)
        if first is None:
            return None
        second = right(look)
        if second is None:
            return None
        try:
            return action(first, second)
        except (ZeroDivisionError, OverflowError):
            return None

    return test


def _compile_lack(node: Node, *, only_first: bool) -> Lack:
    """What finds the missing facts of a node, or the first of them."""
    match node:
        case Name(name) | Comparison(_, Name(name), Literal()) | Membership(Name(name), _):
            alone = (name,)
            return lambda look: () if look(name) is not None else alone
    return _lack(_compile(node), tuple(_compile_lack(p, only_first=only_first) for p in parts_of(node)),
                 only_first)  # fmt: skip


def _lack(test: Test, parts: tuple[Lack, ...], only_first: bool) -> Lack:  # noqa: FBT001  as above
    def lack(look: Look) -> tuple[str, ...]:
        if test(look) is not None:
            return ()
        found: tuple[str, ...] = ()
        for part in parts:
            found += part(look)
            if only_first and found:  # what lies behind it is not looked at
                break
        return tuple(dict.fromkeys(found)) if len(found) > 1 else found

    return lack


def limits_of(nodes: Iterable[Node]) -> dict[str, Limits | None]:
    """The numbers that each fact is compared with; ``None`` where it is also reckoned with.

    >>> limits_of([parse("a > 30 OR a IN (1, 2)"), parse("b + 1 > 2")])
    {'a': (1.0, 2.0, 30.0), 'b': None}
    """
    found: dict[str, set[float]] = {}
    reckoned: dict[str, None] = {}
    for name, value in (compared for node in nodes for compared in _comparisons(node)):
        if value is None:
            reckoned[name] = None
        else:
            found.setdefault(name, set()).add(value)
    return {name: None if name in reckoned else tuple(sorted(found[name])) for name in {**found, **reckoned}}


def _comparisons(node: Node) -> Iterator[tuple[str, float | None]]:
    """Each numeric fact of a condition with what it is compared with."""
    match node:
        case Comparison(_, Name(name), Literal(value)) | Comparison(_, Literal(value), Name(name)):
            yield from ((name, number) for number in (value,) if isinstance(number, float))
        case Membership(Name(name), values):
            yield from ((name, one.value) for one in values if isinstance(one.value, float))
        case Comparison() | Arithmetic():
            yield from ((name, None) for name in names(node))
        case _:
            for part in parts_of(node):
                yield from _comparisons(part)


def searched(limits: Sequence[float] | None) -> Sequence[float] | None:
    """Limits, each followed by the next number there is: one search tells below, on and above."""
    if not limits:
        return None
    return [number for limit in limits for number in (limit, math.nextafter(limit, math.inf))]


def class_of(value: Any, limits: Sequence[float] | None) -> Hashable:
    """Where a number lies among limits that are :func:`searched`; any other value is its own class."""
    return value if limits is None else bisect_right(limits, value)
