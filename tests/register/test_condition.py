"""The language of conditions: against a plain evaluator and SQL, and every way to get it wrong."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sekisho.errors import ConditionInvalid
from sekisho.model import Fact, FactValue
from sekisho.register.condition import (
    ALWAYS,
    Arithmetic,
    Comparison,
    Junction,
    Literal,
    Membership,
    Name,
    Negation,
    Node,
    check,
    names,
    parse,
)
from sekisho.register.evaluation import first_missing, holds, missing
from sekisho.register.register import Register

NUMBERS = ("width", "height")
TRUTHS = ("listed", "informed")
Tree = Any
"""A condition as nested tuples: what the text means, written down without the parser."""

numbers = st.sampled_from((-1.5, 0.0, 1.0, 2.0, 30.0, 1e-7))
leaves = st.sampled_from(NUMBERS) | numbers
sums = st.recursive(leaves, lambda part: st.tuples(st.sampled_from("+-*/"), part, part), max_leaves=4)
signs = st.sampled_from(("=", "<>", "<", "<=", ">", ">="))
texts = st.sampled_from(("'ring'", "'plate'", "'and or'"))
tests = st.one_of(
    st.sampled_from(TRUTHS),
    st.tuples(signs, sums, sums),
    st.tuples(st.just("IN"), sums, st.lists(numbers, min_size=1, max_size=3).map(tuple)),
    st.tuples(st.sampled_from(("=", "<>")), st.just("shape"), texts),
    st.tuples(st.just("IN"), st.just("shape"), st.lists(texts, min_size=1, max_size=3).map(tuple)),
)


def junctions(part: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    many = st.lists(part, min_size=2, max_size=3).map(tuple)
    return st.one_of(
        st.tuples(st.just("NOT"), part),
        many.map(lambda parts: ("AND", *(p for p in parts))),
        many.map(lambda parts: ("OR", *(p for p in parts))),
    )


trees = st.recursive(tests, junctions, max_leaves=8)
given_facts = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(NUMBERS, numbers),
        **dict.fromkeys(TRUTHS, st.booleans()),
        "shape": st.sampled_from(("ring", "plate", "other")),
    },
)
LEVEL = {"OR": 0, "AND": 1, "NOT": 2, "+": 4, "-": 4, "*": 5, "/": 5}


def written(tree: Tree, level: int = 0) -> str:
    """A tree as text, with parentheses only where the grammar needs them."""
    if not isinstance(tree, tuple):
        return str(tree)
    head, *parts = tree
    own = LEVEL.get(head, 3)
    if head in {"AND", "OR"}:
        text = f" {head} ".join(written(part, own + 1) for part in parts)
    elif head == "NOT":
        text = f"NOT {written(parts[0], own)}"
    elif head == "IN":
        text = f"{written(parts[0], 4)} IN ({', '.join(map(str, parts[1]))})"
    else:
        text = f"{written(parts[0], max(own, 4))} {head} {written(parts[1], max(own + 1, 4))}"
    return f"({text})" if own < level else text


def read_back(node: Node) -> Tree:
    match node:
        case Name(name):
            return name
        case Literal(value):
            return f"'{value}'" if isinstance(value, str) else value
        case Comparison(sign, left, right) | Arithmetic(sign, left, right):
            return sign, read_back(left), read_back(right)
        case Membership(left, values):
            return "IN", read_back(left), tuple(map(read_back, values))
        case Negation(of):
            return "NOT", read_back(of)
        case Junction(word, parts):
            return word, *map(read_back, parts)


def meaning(tree: Tree, facts: dict[str, FactValue]) -> Any:
    """What a tree comes to by the tables of three-valued logic: the reference."""
    if not isinstance(tree, tuple):
        return tree if not isinstance(tree, str) else tree[1:-1] if "'" in tree else facts.get(tree)
    head, *parts = tree
    if head == "IN":
        left = meaning(parts[0], facts)
        return None if left is None else any(left == meaning(value, facts) for value in parts[1])
    values = [meaning(part, facts) for part in parts]
    if head in {"AND", "OR"}:
        return head == "OR" if (head == "OR") in values else None if None in values else head == "AND"
    if None in values or (head == "/" and values[1] == 0):
        return None
    if head == "NOT":
        return not values[0]
    left, right = values
    table = {
        "=": lambda: left == right, "<>": lambda: left != right, "<": lambda: left < right,
        "<=": lambda: left <= right, ">": lambda: left > right, ">=": lambda: left >= right,
        "+": lambda: left + right, "-": lambda: left - right, "*": lambda: left * right,
        "/": lambda: left / right,
    }  # fmt: skip
    return table[head]()


@settings(max_examples=300)
@given(trees)
def test_a_condition_is_read_as_it_was_meant(tree: Tree) -> None:
    text = written(tree)
    assert read_back(parse(text)) == tree
    assert written(read_back(parse(text))) == text


@settings(max_examples=500)
@given(trees, given_facts)
@example((">", ("/", "width", 0.0), 1.0), {"width": 1.0})
def test_a_condition_holds_as_the_reference_says(tree: Tree, facts: dict[str, FactValue]) -> None:
    assert holds(parse(written(tree)), facts) == meaning(tree, facts)


DATABASE = sqlite3.connect(":memory:")


@settings(max_examples=500)
@given(trees, given_facts)
def test_a_condition_holds_as_sql_says(tree: Tree, facts: dict[str, FactValue]) -> None:
    text = written(tree)
    columns = ", ".join(f":{name} AS {name}" for name in (*NUMBERS, *TRUTHS, "shape"))
    values = {name: facts.get(name) for name in (*NUMBERS, *TRUTHS, "shape")}
    (found,) = DATABASE.execute(f"SELECT {text} FROM (SELECT {columns})", values).fetchone()  # noqa: S608
    assert holds(parse(text), facts) == (None if found is None else bool(found))


def divides(tree: Tree) -> bool:
    return isinstance(tree, tuple) and (tree[0] == "/" or any(map(divides, tree[1:])))


@settings(max_examples=500)
@given(trees.filter(lambda tree: not divides(tree)), given_facts, given_facts)
def test_what_is_missing_is_what_decides(
    tree: Tree, facts: dict[str, FactValue], more: dict[str, FactValue]
) -> None:
    node = parse(written(tree))
    asked = missing(node, facts)
    assert set(asked) <= names(node) - facts.keys()
    assert first_missing(node, facts) == (asked[0] if asked else "")
    assert bool(asked) is (holds(node, facts) is None)
    defaults: dict[str, FactValue] = {"width": 1.0, "height": 2.0, "listed": True, "informed": False}
    answers = {**defaults, "shape": "ring", **more}
    assert holds(node, {**facts, **{name: answers[name] for name in asked}}) is not None


@settings(max_examples=300)
@given(trees, given_facts, given_facts)
def test_learning_more_never_turns_an_answer_round(
    tree: Tree, facts: dict[str, FactValue], more: dict[str, FactValue]
) -> None:
    node = parse(written(tree))
    before = holds(node, facts)
    assert before is None or holds(node, {**more, **facts}) is before


def test_the_empty_condition_always_holds() -> None:
    assert parse("") is parse("  ") is ALWAYS
    assert holds(ALWAYS, {}) is True
    assert missing(ALWAYS, {}) == ()


OPERAND = "a fact, a number or a 'text'"
END = "AND, OR or the end of the condition"
SIGN = "a fact, a number, a 'text' or a sign"
BROKEN = [
    ("a >", 3, "the condition ends early", OPERAND),
    ("a AND", 5, "the condition ends early", OPERAND),
    ("a > > 1", 4, "unexpected '>'", OPERAND),
    ("a OR AND b", 5, "unexpected 'AND'", OPERAND),
    ("(a OR b", 7, "the condition ends early", "')'"),
    ("a b", 2, "unexpected 'b'", END),
    ("a and b", 2, "unexpected 'and'", END),
    ("a < b < c", 6, "unexpected '<'", END),
    ("a IN 1", 5, "unexpected '1'", "'('"),
    ("a IN ()", 6, "unexpected ')'", OPERAND),
    ("a IN (1, b)", 9, "unexpected 'b'", "a number or a 'text'"),
    ("a IN (1", 7, "the condition ends early", "')'"),
    ("a = 'x", 4, "unexpected \"'\"", SIGN),
    ("a; DROP", 1, "unexpected ';'", SIGN),
    ("a % 2 = 0", 2, "unexpected '%'", SIGN),
    ("a == 1", 3, "unexpected '='", OPERAND),
    ("a != 1", 2, "unexpected '!'", SIGN),
    ("f(a)", 1, "unexpected '('", END),
]  # fmt: skip


@pytest.mark.parametrize(("text", "position", "problem", "expected"), BROKEN)
def test_a_broken_condition_says_where(text: str, position: int, problem: str, expected: str) -> None:
    with pytest.raises(ConditionInvalid) as caught:
        parse(text)
    error = caught.value
    assert (error.position, error.problem, error.expected) == (position, problem, expected)
    assert str(error) == f"condition {text!r}, character {position + 1}: {problem}; expected {expected}"


def fact(name: str, kind: str, *values: str) -> Fact:
    return Fact(name=name, scope="item", type=kind, unit="", values=values, question="?", note="")


DECLARED = {
    one.name: one
    for one in (
        fact("width", "number"),
        fact("listed", "yes_no"),
        fact("shape", "text", "ring"),
        fact("maker", "text"),
    )
}
WRONG = [
    ("width > 1 AND listed", []),
    ("shape = 'ring' OR shape = 'other' OR maker <> 'x'", []),
    ("weight > 1", ["'weight' is not a declared fact"]),
    ("weight", ["'weight' is not a declared fact"]),
    ("width", ["'width' is number, where yes_no is needed"]),
    ("NOT shape", ["'shape' is text, where yes_no is needed"]),
    ("width = 'ring'", ["'ring' is text, where number is needed"]),
    ("shape = 1", ["'1.0' is number, where text is needed", "1.0 is not a declared value of shape"]),
    ("shape = 'cube'", ["'cube' is not a declared value of shape"]),
    ("shape IN ('ring', 'cube')", ["'cube' is not a declared value of shape"]),
    ("shape > 'ring'", ["'shape' is text and cannot be ordered by >"]),
    ("listed + 1 > 2", ["'listed' is yes_no, where number is needed"]),
    ("width + 1", ["'arithmetic' is number, where yes_no is needed"]),
    ("width >", ["condition 'width >', character 8: the condition ends early; expected " + OPERAND]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "problems"), WRONG)
def test_a_condition_is_checked_against_the_declared_facts(text: str, problems: list[str]) -> None:
    assert list(check(text, DECLARED)) == problems


def test_every_shipped_condition_turns_on_declared_facts_of_its_row(register: Register) -> None:
    regime = register.regimes["JP"]
    found = {name for limb in regime.limbs for name in names(parse(limb.condition))}
    assert found <= regime.facts.keys()
