"""Which items and destinations a row speaks of, also where it is not known."""

from __future__ import annotations

from itertools import product

import pytest

from sekisho.register.selectors import (
    Held,
    all_hold,
    any_holds,
    destination_selector,
    item_selector,
    lineage,
    row_of,
)

GROUPS: dict[str, Held] = {"met": True, "failed": False, "open": None}
REGIONS: dict[str, Held] = {"in": True, "out": False, "maybe": None}


@pytest.mark.parametrize(
    ("selector", "item", "held"),
    [
        ("*", "3(1)", True),
        ("*", "16", False),
        ("*", "16(1)", False),
        ("*", "15(1)", True),
        ("row:7", "7(19)", True),
        ("row:7", "7(15-2)", True),
        ("row:3", "3-2(1)", False),
        ("row:16", "16(1)", True),
        ("3(1)", "3(1)", True),
        ("3(1)", "3(10)", False),
        ("3(1)", "13(1)", False),
        ("6(6)", "6(6)1", True),
        ("6(6)1", "6(6)", False),
        ("7(15)", "7(15-2)", False),
        ("16", "16(1)", True),
        ("8", "8", True),
        ("*;!row:1", "1(1)", False),
        ("*;!row:1", "2(1)", True),
        ("row:7;row:8", "8", True),
        ("row:7;!7(2)", "7(2)", False),
        ("!7(2)", "7(3)", False),
        ("group:met", "3(1)", True),
        ("group:failed", "3(1)", False),
        ("group:open", "3(1)", None),
        ("group:failed;group:open", "3(1)", None),
        ("group:met;group:open", "3(1)", True),
        ("*;!group:open", "3(1)", None),
        ("*;!group:met", "3(1)", False),
        ("row:4;!group:open", "3(1)", False),
    ],
)
def test_items(selector: str, item: str, held: Held) -> None:
    assert item_selector(selector).matches(item, GROUPS.__getitem__) is held
    assert item_selector(selector).matches(item, GROUPS.__getitem__) is held, "the second time too"


@pytest.mark.parametrize(
    ("selector", "held"),
    [
        ("*", True), ("KR", True), ("JP", False), ("!KR", False), ("!JP", True),
        ("in", True), ("out", False), ("maybe", None), ("!in", False), ("!out", True), ("!maybe", None),
        ("in&!KR", False), ("in&maybe", None), ("out&maybe", False), ("JP&maybe", False),
        ("KR;JP", True), ("JP;out", False), ("JP;maybe", None), ("maybe;in", True),
        ("out&in;maybe&in", None), (" in & !out ; JP ", True), ("!*", False),
    ],
)  # fmt: skip
def test_destinations(selector: str, held: Held) -> None:
    assert destination_selector(selector).matches("KR", REGIONS.__getitem__) is held


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [("3(1)", "row:3"), ("row:3", "*"), ("group:met", "3(1)"), ("row:3", "*;!3(1)"), ("*;3(1)", "row:3")],
)
def test_a_narrower_item_selector(narrow: str, wide: str) -> None:
    assert item_selector(narrow).specificity > item_selector(wide).specificity


@pytest.mark.parametrize(("narrow", "wide"), [("KR", "in"), ("in", "*"), ("KR;*", "in"), ("KR", "in&!KR")])
def test_a_narrower_destination_selector(narrow: str, wide: str) -> None:
    assert destination_selector(narrow).specificity > destination_selector(wide).specificity


@pytest.mark.parametrize(
    ("item", "row", "above"),
    [
        ("8", "8", ("8",)),
        ("3(1)", "3", ("3(1)", "3")),
        ("3-2(2)5-2", "3-2", ("3-2(2)5-2", "3-2(2)", "3-2")),
        ("7(15-2)", "7", ("7(15-2)", "7")),
    ],
)
def test_rows_and_what_is_above_an_item(item: str, row: str, above: tuple[str, ...]) -> None:
    assert (row_of(item), lineage(item)) == (row, above)


@pytest.mark.parametrize("values", list(product((True, False, None), repeat=3)))
def test_three_valued_logic(values: tuple[Held, ...]) -> None:
    assert all_hold(values) is (False if False in values else None if None in values else True)
    assert any_holds(values) is (True if True in values else None if None in values else False)
