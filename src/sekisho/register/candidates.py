"""Rules that speak, or may speak, of a line's place and item, made ready to be matched.

What of a rule hangs on the law, the place and the item number alone is worked out once;
what is left for each line are its facts.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from sekisho.model import CatchAll, Consequence, FactValue, Limb, Rule
from sekisho.register.condition import ALWAYS, facts_of
from sekisho.register.evaluation import Condition, Look, class_of, condition, limits_of, searched
from sekisho.register.selectors import Held, ItemSelector, destination_selector, item_selector

if TYPE_CHECKING:
    from sekisho.register.law import LawInForce, Standing

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
        claim: The fact that its condition rests on alone, where one that is not stated is not claimed.
        sure: Whether its place is selected and it stood that day, for certain.
        gaps: What the record lacks to tell either.
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
    claim: str
    specificity: tuple[int, int]
    sure: bool
    gaps: tuple[str, ...]
    settled: Match | None
    holding: Match
    failing: Match

    def is_of_kind(self, technology: Held) -> Held:
        """Whether the rule is on what is sent, technology or goods."""
        kind = self.row.kind
        return True if kind == "any" else None if technology is None else technology is (kind == "technology")


def selects(row: Rule, number: str, groups: Collection[str] | None) -> Held:
    """Whether a rule speaks of an item number; ``None`` where the number alone does not tell.

    ``groups``: those that conditions of the item carry; ``None`` if it may have any.
    """
    selector = item_selector(row.item)
    if not _by_facts(row, selector):
        return selector.matches(number, _no_group)
    return None if groups is None or may_include(row, groups) else False


def may_include(rule: Rule, groups: Collection[str]) -> bool:
    """Whether a rule may include an item, some of whose conditions carry these groups."""
    selector = item_selector(rule.item)
    included = (part for part in selector.parts if not part.excluded)
    return not selector.has_groups or any(p.kind != "group" or p.value in groups for p in included)


def _by_facts(row: Rule, selector: ItemSelector) -> bool:
    return selector.has_groups or isinstance(row, CatchAll)


def candidate(
    entry: Standing[R], place: Held, item: Held, claims: Collection[str], gaps: tuple[str, ...]
) -> Candidate[R]:
    """A rule whose destination selects, or may select, a place, before an item number.

    Args:
        entry: The rule.
        place: Whether its destination selects the place.
        item: Whether it :func:`selects` the item number.
        claims: The facts that count as not claimed where they are not stated.
        gaps: What the record lacks to tell whether its destination selects the place.
    """
    row, selector = entry.row, item_selector(entry.row.item)
    tested, narrowness = condition(row.condition), (selector.specificity, _narrowness(row))
    by_facts = selector if _by_facts(row, selector) else None
    holding = Match(True, True, True, narrowness)
    sure, settled = bool(place and entry.certain), None
    if item is False:
        settled = ELSEWHERE
    elif item and sure and row.kind == "any" and tested.node is ALWAYS:
        settled = holding
    claim = next((name for name in claims if tested.facts == (name,)), "")
    return Candidate(
        entry, row, tested, place, item, by_facts, claim, narrowness, sure,
        gaps if entry.certain else (*gaps, entry.caveat), settled,
        holding, Match(False, True, False, narrowness),
    )  # fmt: skip


def _narrowness(row: Rule) -> int:
    return destination_selector(row.destination).specificity


def _no_group(group: str) -> Held:
    raise AssertionError(group)  # only a selector without groups is asked


@dataclass(frozen=True, slots=True)
class GoingWith:
    """What may go with an answer, by topic.

    Attributes:
        settled: What goes with it for sure.
        open: Where facts tell, the rows and what each says, the narrowest first.
    """

    settled: Mapping[str, int | str]
    open: Mapping[str, Sequence[tuple[Candidate[Consequence], int | str]]]


class RulesAt(dict[type, tuple[Any, ...]]):
    """The rules that speak, or may speak, of a destination and an item: of each table, when it is asked for.

    Attributes:
        going_with: What may go with an answer, by the licence type that it names.
        placed: What is worked out of the rows of each table for goods alike.
    """

    __slots__ = ("_country", "_item", "_law", "going_with", "placed")

    def __init__(self, law: LawInForce, country: str, item: str) -> None:
        super().__init__()
        self._law, self._country, self._item = law, country, item
        self.going_with: dict[str, GoingWith] = {}
        self.placed: dict[type, Any] = {}

    def __missing__(self, kind: type[Rule]) -> tuple[Candidate[Any], ...]:
        found = self[kind] = tuple(self._law.candidates(kind, self._country, self._item))
        return found


class TestedLimbs:
    """The technical conditions of an item, each with whether it holds on some facts.

    Attributes:
        limbs: The conditions.
        met: Those that hold.
        fails: Whether there are conditions and none of them may hold.
        asks: The first missing fact of each that is still open.
    """

    def __init__(self, limbs: tuple[Tested, ...], asks: Sequence[tuple[str, ...]]) -> None:
        self.limbs, self.met = limbs, tuple(limb for limb, held in limbs if held)
        self.fails = bool(limbs) and all(held is False for _, held in limbs)
        self.asks = tuple(dict.fromkeys(name for names in asks for name in names))
        self._of_clause: dict[object, TestedLimbs] = {}
        self._in_group: dict[tuple[str, bool], Held] = {}
        self._selected: dict[tuple[str, str, bool], Held] = {}

    def of_clause(self, clause: object) -> TestedLimbs:
        """Those of one clause."""
        found = self._of_clause.get(clause)
        if found is None:
            limbs = tuple(tested for tested in self.limbs if tested[0].row.clause == clause)
            found = self._of_clause[clause] = TestedLimbs(limbs, ())
        return found

    @cached_property
    def told(self) -> Sequence[tuple[str, Held, str, tuple[str, ...]]]:
        """Of each condition the id, whether it holds, what it says, and the facts it turns on."""
        return [
            (limb.row.id, held, f"{limb.row.clause}: {limb.row.heading}", facts_of(limb.row.condition))
            for limb, held in self.limbs
        ]

    def selected(self, item: str, number: str, *, listed: bool) -> Held:
        """Whether an item selector selects goods of an item number; ``listed``: as below."""
        key = item, number, listed
        if key not in self._selected:
            in_group = partial(self.in_group, listed=listed)
            self._selected[key] = item_selector(item).matches(number, in_group)
        return self._selected[key]

    def in_group(self, group: str, *, listed: bool) -> Held:
        """Whether goods fall under a group of conditions; ``listed``: one condition is met for sure."""
        key = group, listed
        if key not in self._in_group:
            self._in_group[key] = self._find_group(group, listed=listed)
        return self._in_group[key]

    def _find_group(self, group: str, *, listed: bool) -> Held:
        if any(group in limb.row.groups for limb in self.met):
            return True
        inside = [group in limb.row.groups for limb, held in self.limbs if held is not False]
        if not any(inside):
            return False
        return True if listed and all(inside) else None


class LimbTests:
    """The technical conditions of an item, ready to be asked of the facts of lines.

    A line states few of the facts that the conditions of an item name; those of which it
    states none are as they are on no facts at all. Lines whose facts lie between the same
    limits are tested once.

    Attributes:
        unstated: The facts that the conditions name, in order, each as missing.
    """

    def __init__(self, limbs: Sequence[Standing[Limb]]) -> None:
        self._tests = [(limb, condition(limb.row.condition)) for limb in limbs]
        names = (name for _, test in self._tests for name in test.facts)
        self.unstated: Mapping[str, None] = dict.fromkeys(names)
        limits = limits_of(test.node for _, test in self._tests)
        self._limits = {name: searched(limits.get(name)) for name in self.unstated}
        self._found: dict[frozenset[tuple[str, Hashable]], TestedLimbs] = {}

    def tested(self, facts: Mapping[str, FactValue]) -> TestedLimbs:
        """Each condition, with whether it holds on facts."""
        limits, stated = self._limits, self.unstated.keys() & facts.keys()
        classes = frozenset([(name, class_of(facts[name], limits[name])) for name in stated])
        found = self._found.get(classes)
        if found is None:
            if len(self._found) >= _TESTED_KEPT:
                self._found.clear()
            found = self._found[classes] = self._test(facts.get)
        return found

    def _test(self, look: Look) -> TestedLimbs:
        limbs = tuple((limb, test.holds(look)) for limb, test in self._tests)
        open_ = (test for (_, test), (_, held) in zip(self._tests, limbs, strict=True) if held is None)
        return TestedLimbs(limbs, [test.first_missing(look) for test in open_])


_TESTED_KEPT = 1024
