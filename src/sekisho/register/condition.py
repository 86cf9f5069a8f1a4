"""The closed language of conditions, with SQL's three-valued logic.

``controlled_substance = 'hydrogen_fluoride' AND substance_wt_pct > 30`` is parsed once to
a tree; the tree is checked against the declared facts, asked of the facts of shipments
(:mod:`sekisho.register.evaluation`), and read by the other engines. Nothing else can be
written in it: no calls, no names that are not declared facts.

Grammar::

    either  := both ("OR" both)*
    both    := negated ("AND" negated)*
    negated := "NOT" negated | test
    test    := sum (comparison sum | "IN" "(" literal ("," literal)* ")")?
    sum     := product (("+" | "-") product)*
    product := factor (("*" | "/") factor)*
    factor  := number | "-" factor | 'text' | fact | "(" either ")"
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from sekisho.errors import ConditionInvalid
from sekisho.model import Fact

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)"
    r"|'(?P<text>[^']*)'"
    r"|(?P<word>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<mark><>|<=|>=|[=<>+\-*/(),]))"
)
_KEYWORDS = {"AND", "OR", "NOT", "IN"}
_COMPARE = ("=", "<>", "<", "<=", ">", ">=")


@dataclass(frozen=True, slots=True)
class Literal:
    """A number or a text."""

    value: float | str


@dataclass(frozen=True, slots=True)
class Name:
    """A fact, by name."""

    name: str


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Two numbers and ``+``, ``-``, ``*`` or ``/``; unknown if either is, or on ``/ 0``."""

    sign: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two values and a comparison; unknown if either is."""

    sign: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Membership:
    """A value among literals."""

    left: Node
    values: tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class Negation:
    """``NOT``: unknown stays unknown."""

    of: Node


@dataclass(frozen=True, slots=True)
class Junction:
    """``AND`` or ``OR`` over two or more parts."""

    word: str
    parts: tuple[Node, ...]


Node = Literal | Name | Arithmetic | Comparison | Membership | Negation | Junction
ALWAYS = Junction("AND", ())
"""The empty condition: it always holds."""


@cache
def parse(text: str) -> Node:
    """Parses a condition; the empty text always holds.

    >>> parse("informed OR substance_wt_pct > 30").word
    'OR'

    Raises:
        ConditionInvalid: With the position and what was expected there.
    """
    if not text.strip():
        return ALWAYS
    parser = _Parser(text)
    parser.refuse_depth()
    node = parser.either()
    parser.end()
    return node


_DEEPEST = 200


class _Parser:
    """Reads tokens from left to right, one method for each line of the grammar."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = list(_tokens(text))
        self.at = 0

    def refuse_depth(self) -> None:
        """Refuses what nests deeper than any reader could follow."""
        opened = [at for at, (_, value, _) in enumerate(self.tokens) if value in {"(", "NOT", "-"}]
        if len(opened) > _DEEPEST:
            self.at = opened[_DEEPEST]
            raise self.fail(f"at most {_DEEPEST} brackets, NOT and minus signs")

    def fail(self, expected: str) -> ConditionInvalid:
        kind, value, position = self.tokens[self.at]
        problem = "the condition ends early" if kind == "end" else f"unexpected {value!r}"
        return ConditionInvalid(self.text, position, problem, expected)

    def accept(self, *values: str) -> str | None:
        kind, value, _ = self.tokens[self.at]
        if kind in {"mark", "keyword"} and value in values:
            self.at += 1
            return value
        return None

    def expect(self, value: str) -> None:
        if self.accept(value) is None:
            raise self.fail(repr(value))

    def end(self) -> None:
        if self.tokens[self.at][0] != "end":
            raise self.fail("AND, OR or the end of the condition")

    def either(self) -> Node:
        return self._junction("OR", self.both)

    def both(self) -> Node:
        return self._junction("AND", self.negated)

    def _junction(self, word: str, part: Callable[[], Node]) -> Node:
        parts = [part()]
        while self.accept(word):
            parts.append(part())
        return parts[0] if len(parts) == 1 else Junction(word, tuple(parts))

    def negated(self) -> Node:
        return Negation(self.negated()) if self.accept("NOT") else self.test()

    def test(self) -> Node:
        left = self.sum()
        if self.accept("IN"):
            return Membership(left, self._literals())
        sign = self.accept(*_COMPARE)
        return left if sign is None else Comparison(sign, left, self.sum())

    def _literals(self) -> tuple[Literal, ...]:
        self.expect("(")
        values = [self._literal()]
        while self.accept(","):
            values.append(self._literal())
        self.expect(")")
        return tuple(values)

    def _literal(self) -> Literal:
        node = self.factor()
        if not isinstance(node, Literal):
            self.at -= 1
            raise self.fail("a number or a 'text'")
        return node

    def sum(self) -> Node:
        return self._operation(("+", "-"), self.product)

    def product(self) -> Node:
        return self._operation(("*", "/"), self.factor)

    def _operation(self, signs: tuple[str, str], part: Callable[[], Node]) -> Node:
        left = part()
        while sign := self.accept(*signs):
            left = Arithmetic(sign, left, part())
        return left

    def factor(self) -> Node:
        if self.accept("("):
            node = self.either()
            self.expect(")")
            return node
        if self.accept("-"):
            return self._negative()
        kind, value, _ = self.tokens[self.at]
        if kind not in {"number", "text", "word"}:
            raise self.fail("a fact, a number or a 'text'")
        self.at += 1
        if kind == "number":
            return Literal(float(value))
        return Literal(value) if kind == "text" else Name(value)

    def _negative(self) -> Node:
        node = self.factor()
        if isinstance(node, Literal) and isinstance(node.value, float):
            return Literal(-node.value)
        return Arithmetic("-", Literal(0.0), node)


def _tokens(text: str) -> Iterator[tuple[str, str, int]]:
    position, stripped = 0, text.rstrip()
    while position < len(stripped):
        match = _TOKEN.match(text, position)
        if match is None:
            start = position + len(text[position:]) - len(text[position:].lstrip())
            raise ConditionInvalid(
                text, start, f"unexpected {text[start]!r}", "a fact, a number, a 'text' or a sign"
            )
        kind = match.lastgroup or ""
        value, start = match[kind], match.start(kind)
        if kind == "word" and value in _KEYWORDS:
            kind = "keyword"
        yield kind, value, start
        position = match.end()
    yield "end", "", len(stripped)


def names(node: Node) -> frozenset[str]:
    """The facts a condition names.

    >>> sorted(names(parse("a > 1 AND NOT b")))
    ['a', 'b']
    """
    return frozenset(_names(node))


@cache
def facts_of(text: str) -> tuple[str, ...]:
    """The facts a condition names, sorted.

    >>> facts_of("b OR a > 1")
    ('a', 'b')
    """
    return tuple(sorted(names(parse(text))))


def _names(node: Node) -> Iterator[str]:
    if isinstance(node, Name):
        yield node.name
    for part in parts_of(node):
        yield from _names(part)


def parts_of(node: Node) -> tuple[Node, ...]:
    """The nodes directly under a node."""
    match node:
        case Arithmetic(_, left, right) | Comparison(_, left, right):
            return left, right
        case Membership(left, _):
            return (left,)
        case Negation(of):
            return (of,)
        case Junction(_, parts):
            return parts
    return ()


def check(text: str, facts: Mapping[str, Fact]) -> Iterator[str]:
    """What is wrong with a condition against the declared facts, one sentence each."""
    try:
        node = parse(text)
    except ConditionInvalid as error:
        yield str(error)
        return
    yield from _check(node, "yes_no", facts)


def _check(  # noqa: C901  one branch for each kind of node
    node: Node, wanted: str, facts: Mapping[str, Fact]
) -> Iterator[str]:
    """Faults of a node that should give ``wanted`` (``yes_no``, ``number`` or ``text``)."""
    given = kind_of(node, facts)
    if given is None:
        yield f"{_label(node)!r} is not a declared fact"
    elif given != wanted:
        yield f"{_label(node)!r} is {given}, where {wanted} is needed"
    match node:
        case Comparison(sign, left, right):
            yield from _check_comparison(sign, left, right, facts)
        case Membership(left, values):
            for literal in values:
                yield from _check_comparison("=", left, literal, facts)
        case Arithmetic(_, left, right):
            yield from _check(left, "number", facts)
            yield from _check(right, "number", facts)
        case Negation() | Junction():
            for part in parts_of(node):
                yield from _check(part, "yes_no", facts)


def _check_comparison(sign: str, left: Node, right: Node, facts: Mapping[str, Fact]) -> Iterator[str]:
    wanted = kind_of(left, facts) or "number"
    if wanted != "number" and sign not in {"=", "<>"}:
        yield f"{_label(left)!r} is {wanted} and cannot be ordered by {sign}"
    yield from _check(left, wanted, facts)
    yield from _check(right, wanted, facts)
    if isinstance(left, Name) and isinstance(right, Literal) and left.name in facts:
        allowed = facts[left.name].values
        if allowed and right.value not in (*allowed, "other"):
            yield f"{right.value!r} is not a declared value of {left.name}"


def kind_of(node: Node, facts: Mapping[str, Fact]) -> str | None:
    """``number``, ``text`` or ``yes_no``; ``None`` for a name that is not declared."""
    match node:
        case Name(name):
            return facts[name].type if name in facts else None
        case Literal(value):
            return "number" if isinstance(value, float) else "text"
        case Arithmetic():
            return "number"
    return "yes_no"


def _label(node: Node) -> str:
    match node:
        case Name(name):
            return name
        case Literal(value):
            return str(value)
    return type(node).__name__.lower()
