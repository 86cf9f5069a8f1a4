"""Selectors: which items and which destinations a row of law speaks of.

Items: ``*`` (rows 1 to 15), ``row:7``, ``3(1)`` with its sub-items, ``group:resist`` (the
conditions that carry the group), joined by ``;`` (any), with a leading ``!`` to exclude.
Destinations: ``*``, a country ``KR``, a region ``table_3``, ``!`` for not, ``&`` for all
of several, ``;`` for any of several.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Literal

CATCH_ALL_ROW = "16"
_COUNTRY = re.compile(r"[A-Z]{2}")
Held = bool | None
Kind = Literal["*", "row", "item", "group"]


def all_hold(values: Iterable[Held]) -> Held:
    """Three-valued ``AND``."""
    result: Held = True
    for value in values:
        if value is False:
            return False
        if value is None:
            result = None
    return result


def any_holds(values: Iterable[Held]) -> Held:
    """Three-valued ``OR``."""
    result: Held = False
    for value in values:
        if value:
            return True
        if value is None:
            result = None
    return result


def row_of(item: str) -> str:
    """The row (項) of an item number.

    >>> row_of("3-2(2)5"), row_of("8")
    ('3-2', '8')
    """
    return item.partition("(")[0]


def lineage(item: str) -> tuple[str, ...]:
    """An item number and the numbers above it, nearest first.

    >>> lineage("6(6)1")
    ('6(6)1', '6(6)', '6')
    """
    head, bracket, tail = item.partition("(")
    number, _, sub = tail.partition(")")
    if not bracket:
        return (item,)
    whole = f"{head}({number})"
    return (item, whole, head) if sub else (whole, head)


@dataclass(frozen=True, slots=True)
class ItemPart:
    """One part of an item selector."""

    kind: Kind
    value: str
    excluded: bool

    @property
    def specificity(self) -> int:
        """How narrow it is: every item, a row, an item, a group of conditions."""
        return ("*", "row", "item", "group").index(self.kind)


@dataclass(frozen=True, slots=True)
class ItemSelector:
    """Which items a row of law speaks of."""

    parts: tuple[ItemPart, ...]
    included: tuple[ItemPart, ...]
    excluded: tuple[ItemPart, ...]
    specificity: int
    """How narrow its narrowest including part is."""
    has_groups: bool
    _found: dict[str, Held] = field(default_factory=dict, compare=False, repr=False)

    def matches(self, item: str, in_group: Callable[[str], Held]) -> Held:
        """Whether an item is selected; ``in_group`` answers for groups of conditions."""
        if self.has_groups:
            return self._matches(item, in_group)
        if item not in self._found:
            self._found[item] = self._matches(item, in_group)
        return self._found[item]

    def _matches(self, item: str, in_group: Callable[[str], Held]) -> Held:
        included = _any_part(self.included, item, in_group)
        if included is False or not self.excluded:
            return included
        excluded = _any_part(self.excluded, item, in_group)
        return all_hold((included, None if excluded is None else not excluded))


def _any_part(parts: tuple[ItemPart, ...], item: str, in_group: Callable[[str], Held]) -> Held:
    found: Held = False
    for part in parts:
        held = _item_part(part, item, in_group)
        if held:
            return True
        if held is None:
            found = None
    return found


def _item_part(part: ItemPart, item: str, in_group: Callable[[str], Held]) -> Held:
    if part.kind == "*":
        return row_of(item) != CATCH_ALL_ROW
    if part.kind == "row":
        return row_of(item) == part.value
    if part.kind == "item":
        return part.value in lineage(item)
    return in_group(part.value)


@cache
def item_selector(text: str) -> ItemSelector:
    """Parses an item selector.

    >>> item_selector("*;!row:1").matches("3(1)", lambda group: False)
    True
    """
    parts = tuple(_parse_item_part(part.strip()) for part in text.split(";"))
    included = tuple(part for part in parts if not part.excluded)
    return ItemSelector(
        parts,
        included,
        tuple(part for part in parts if part.excluded),
        max((part.specificity for part in included), default=0),
        any(part.kind == "group" for part in parts),
    )


def _parse_item_part(text: str) -> ItemPart:
    excluded, text = text.startswith("!"), text.removeprefix("!")
    if text == "*":
        return ItemPart("*", "", excluded)
    kind, colon, value = text.partition(":")
    if colon and kind == "row":
        return ItemPart("row", value, excluded)
    if colon and kind == "group":
        return ItemPart("group", value, excluded)
    return ItemPart("item", text, excluded)


@dataclass(frozen=True, slots=True)
class DestinationSelector:
    """Which destinations a row of law speaks of: any of several conjunctions."""

    alternatives: tuple[tuple[tuple[str, bool], ...], ...]
    specificity: int
    """0 every destination, 1 a region, 2 a country; what is excluded does not count."""
    names: frozenset[str]
    """The countries and regions it names."""

    def matches(self, country: str, in_region: Callable[[str], Held]) -> Held:
        """Whether a country is selected; ``in_region`` answers for regions."""
        return any_holds(
            all_hold(_destination_part(part, country, in_region) for part in parts)
            for parts in self.alternatives
        )


def _specificity(name: str) -> int:
    if name == "*":
        return 0
    return 2 if _COUNTRY.fullmatch(name) else 1


def _destination_part(part: tuple[str, bool], country: str, in_region: Callable[[str], Held]) -> Held:
    name, excluded = part
    if name == "*":
        held: Held = True
    elif _COUNTRY.fullmatch(name):
        held = name == country
    else:
        held = in_region(name)
    return held if not excluded or held is None else not held


@cache
def destination_selector(text: str) -> DestinationSelector:
    """Parses a destination selector.

    >>> destination_selector("!table_3&!KR").matches("KR", lambda region: False)
    False
    """
    alternatives = tuple(
        tuple((part.strip().removeprefix("!"), part.strip().startswith("!")) for part in parts)
        for parts in (alternative.split("&") for alternative in text.split(";"))
    )
    parts = [part for alternative in alternatives for part in alternative]
    specificity = max((_specificity(name) for name, excluded in parts if not excluded), default=1)
    return DestinationSelector(alternatives, specificity, frozenset(name for name, _ in parts))
