"""Rules that speak, or may speak, of a line's place and item, made ready to be matched.

What of a rule hangs on the law, the place and the item number alone is worked out once;
what is left for each line are its facts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from sekisho.model import CatchAll, FactValue, Limb, Rule
from sekisho.register.condition import ALWAYS, Condition, condition
from sekisho.register.selectors import Held, ItemSelector, destination_selector, item_selector

if TYPE_CHECKING:
    from sekisho.register.law import Standing

R = TypeVar("R", bound=Rule, covariant=True)
Tested = tuple["Standing[Limb]", Held]
"""A technical condition, and whether it holds."""


class Match(NamedTuple):
    """How a row of law stands to a line, part by part.

    Attributes:
        held: Whether the row applies to the line.
        placed: Whether its kind, item and destination select the line and it stood that day.
        condition: Whether its condition holds on the stated facts.
        specificity: How narrow its item and destination are.
        asks: The missing facts that keep it open.
        gaps: What the record lacks to tell.
    """

    held: Held
    placed: Held
    condition: Held
    specificity: tuple[int, int]
    asks: tuple[str, ...] = ()
    gaps: tuple[str, ...] = ()


ELSEWHERE = Match(False, False, False, (0, 0))
"""The match of a row that does not speak of the line at all."""


@dataclass(frozen=True, slots=True)
class Candidate(Generic[R]):
    """A rule before a place and an item number.

    Attributes:
        entry: The rule as it stands that day.
        row: The rule.
        condition: Its condition.
        place: Whether its destination selects the place; never ``False``.
        item: Whether it speaks of the item number, where the number alone tells.
        by_facts: The selector of the items where facts tell: of groups of conditions, or of row 16.
        sure: Whether its place is selected and it stood that day, for certain.
        settled: Its match, where that hangs on no fact.
        holding: Its match where all else selects the line and the condition holds.
        failing: The same where the condition fails.
    """

    entry: Standing[R]
    row: R
    condition: Condition
    place: Held
    item: Held
    by_facts: ItemSelector | None
    specificity: tuple[int, int]
    sure: bool
    settled: Match | None
    holding: Match
    failing: Match


def candidate(entry: Standing[R], place: Held, number: str) -> Candidate[R]:
    """A rule whose destination selects, or may select, a place, before an item number."""
    row, selector = entry.row, item_selector(entry.row.item)
    tested, narrowness = condition(row.condition), (selector.specificity, _narrowness(row))
    by_facts = selector if selector.has_groups or isinstance(row, CatchAll) else None
    item = None if by_facts else selector.matches(number, _no_group)
    holding = Match(True, True, True, narrowness)
    sure, settled = bool(place and entry.certain), None
    if item is False:
        settled = ELSEWHERE
    elif item and sure and row.kind == "any" and tested.node is ALWAYS:
        settled = holding
    return Candidate(
        entry, row, tested, place, item, by_facts, narrowness, sure, settled,
        holding, Match(False, True, False, narrowness),
    )  # fmt: skip


def _narrowness(row: Rule) -> int:
    return destination_selector(row.destination).specificity


def _no_group(group: str) -> Held:
    raise AssertionError(group)  # only a selector without groups is asked


class LimbTests:
    """The technical conditions of an item, ready to be asked of a line's facts.

    A line states few of the facts that the conditions of an item name; those of which it
    states none are as they are on no facts at all.

    Attributes:
        names: The facts that the conditions name, in order.
        unstated: Each of these, as missing.
    """

    def __init__(self, limbs: Sequence[Standing[Limb]]) -> None:
        self._limbs = limbs
        self._conditions = [condition(limb.row.condition) for limb in limbs]
        self.names = tuple(dict.fromkeys(name for test in self._conditions for name in test.facts))
        self.unstated: Mapping[str, None] = dict.fromkeys(self.names)
        self._blank = tuple(zip(limbs, (test.holds(_nothing) for test in self._conditions), strict=True))
        self._naming: dict[str, list[int]] = {}
        for at, test in enumerate(self._conditions):
            for name in test.facts:
                self._naming.setdefault(name, []).append(at)
        self._asks = [test.first_missing(_nothing) for test in self._conditions]

    def tested(self, facts: Mapping[str, FactValue]) -> tuple[Tested, ...]:
        """Each condition, with whether it holds on facts."""
        stated = self.unstated.keys() & facts.keys()
        if not stated:
            return self._blank
        found = list(self._blank)
        for at in {at for name in stated for at in self._naming[name]}:
            found[at] = self._limbs[at], self._conditions[at].holds(facts.get)
        return tuple(found)

    def asks(self, tested: Sequence[Tested], facts: Mapping[str, FactValue]) -> tuple[str, ...]:
        """The first missing fact of each condition that is still open."""
        stated = self.unstated.keys() & facts.keys()
        named = {at for name in stated for at in self._naming[name]}
        found = (
            self._conditions[at].first_missing(facts.get) if at in named else self._asks[at]
            for at, (_, held) in enumerate(tested)
            if held is None
        )
        return tuple(dict.fromkeys(name for names in found for name in names))


def _nothing(_: str) -> None:
    """Looks a fact up where none is stated."""
