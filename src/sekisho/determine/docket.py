"""The docket of one order line: what is known, what was read, what is still to be asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from sekisho.determine.placed import Placed, Table, keep, placed
from sekisho.model import (
    Answer,
    CatchAll,
    Confidence,
    FactValue,
    Item,
    Provision,
    Question,
    Rule,
    Shipment,
)
from sekisho.register.candidates import ELSEWHERE, Candidate, Match, RulesAt, TestedLimbs
from sekisho.register.evaluation import Look, condition
from sekisho.register.law import LawInForce, Standing
from sekisho.register.register import Register
from sekisho.register.selectors import (
    CATCH_ALL_ROW,
    Held,
    any_holds,
    item_selector,
    lineage,
    row_of,
)

R = TypeVar("R", bound=Rule, covariant=True)
NOT_LISTED = "NOT_LISTED"
VALUE = "value_jpy"
APPROVED = "approved"
_BY_HS_CODE = frozenset({"hs_2", "hs_4", "hs_6"})
TECHNOLOGY = frozenset({"technology", "software"})


LICENCES = "licences_held"
TECHNICAL = "*"
"""Stands among what was looked at for every fact that a technical condition names, and for these."""
UNLISTED = "16"
"""Stands among what was looked at for the rules on goods on no list."""
Reads = dict[str, None]
"""What was looked at, in order."""


Note = tuple[str, str, Held, str, Iterable[str]]
"""A reason before it is put into words: step, rule, whether it applies, why, and its facts."""


class Seen(dict[str, Any]):
    """The facts of a line that were looked at, in the order in which they were.

    Looking a fact up puts it here; one that is missing is ``None``.

    Attributes:
        stated: The facts of the line.
        keeps: Whether it is asked which facts were looked at; if not, none is put here.
    """

    __slots__ = ("keeps", "stated")

    def __init__(self, stated: Mapping[str, FactValue], *, keeps: bool = False) -> None:
        self.stated, self.keeps = stated, keeps

    @property
    def look(self) -> Look:
        """Looks a fact up."""
        return self.__getitem__ if self.keeps else self.stated.get

    def __missing__(self, name: str) -> FactValue | None:
        value = self[name] = self.stated.get(name)
        return value

    def take(self, unstated: Mapping[str, None]) -> None:
        """Looks several facts up, which are given as missing."""
        if self.keeps:
            self.update(unstated)
            for name in unstated.keys() & self.stated.keys():
                self[name] = self.stated[name]


class Outcome(NamedTuple):
    """What a step concluded."""

    answer: Answer
    explanation: str
    licence_types: tuple[str, ...] = ()
    usable_licence: str = ""


class Findings:
    """What a determination has gathered on its way."""

    __slots__ = ("confidence", "not_covered", "notes", "questions", "rules", "sources")

    def __init__(self) -> None:
        self.rules: dict[str, None] = {}
        self.sources: dict[str, None] = {}
        self.notes: list[Note] = []
        self.questions: dict[str, Question] = {}
        self.not_covered: dict[str, None] = {}
        self.confidence = Confidence.HIGH

    def use(self, entry: Standing[Provision], *, sure: bool = False) -> None:
        """Counts a row among those that decided: its id, sources and confidence.

        ``sure``: the answer does not hang on this row alone, so it does not lower confidence.
        """
        row = entry.row
        self.rules[row.id] = None
        for source in row.sources:
            self.sources[source] = None
        if not sure and entry.confidence is not self.confidence:
            self.confidence = self.confidence.capped(entry.confidence)
        if entry.caveat and entry.certain:
            self.not_covered[entry.caveat] = None

    def leave_open(self, gaps: Iterable[str]) -> None:
        """Says what the record does not cover."""
        for gap in gaps:
            if gap:
                self.not_covered[gap] = None

    def add(self, others: Findings, *, with_notes: bool) -> None:
        """Adds what was found of rows, whatever the line."""
        if with_notes:
            self.notes += others.notes
        self.rules.update(others.rules)
        self.sources.update(others.sources)
        self.not_covered.update(others.not_covered)
        if others.confidence is not self.confidence:
            self.confidence = self.confidence.capped(others.confidence)


@dataclass
class Docket:
    """One order line before the law of one day, toward one destination."""

    register: Register
    law: LawInForce
    day: dt.date
    shipment: Shipment
    destination: str
    with_reasons: bool = True
    seen: Seen = None  # type: ignore[assignment]  # of the shipment, if not given
    """The facts that were looked at, stated or not: a line alike in these gets the same answer."""
    place: str = ""
    """The name of the destination in sentences."""
    findings: Findings = field(default_factory=Findings)
    listed: Held = None
    may_be_barred: str = ""
    """The clause of a bar that a missing fact leaves open."""

    def __post_init__(self) -> None:
        if self.seen is None:
            self.seen = Seen(known_facts(self.shipment))
        self.look = self.seen.look
        self.code = self.shipment.code or ""
        self._limbs: TestedLimbs | None = None
        self._candidates: TestedLimbs | None = None
        self._rules_at: RulesAt | None = None
        self._in_row: dict[str, Held] = {}
        self._held: dict[str, Held] = {}
        self._kinds: dict[str, Held] = {"any": True}

    @property
    def stated(self) -> Mapping[str, FactValue]:
        """The stated facts, with those that follow from the HS code."""
        return self.seen.stated

    @property
    def licences_held(self) -> frozenset[str] | None:
        """The licence types the exporter holds; ``None`` if not stated."""
        self.seen[LICENCES] = None
        return self.shipment.licences_held

    @property
    def technical_facts(self) -> Iterable[str]:
        """The stated facts among which those that technical conditions name are looked for."""
        self.seen[TECHNICAL] = None
        return self.shipment.facts

    @property
    def item(self) -> Standing[Item] | None:
        """The item of the control list that the code names on this day."""
        return self.law.item(self.code)

    @property
    def is_technology(self) -> Held:
        """Whether technology or a program is sent, rather than goods."""
        kind = self.look("item_kind")
        return None if kind is None else kind in TECHNOLOGY

    @property
    def limbs(self) -> TestedLimbs:
        """The conditions of the item, each with whether it holds on the stated facts."""
        if self._limbs is None:
            tests = self.law.limb_tests(self.code)
            self.seen.take(tests.unstated)
            self._limbs = tests.tested(self.stated)
        return self._limbs

    @property
    def candidates(self) -> TestedLimbs:
        """The conditions the goods may fall under: of an approved code, those of its clause."""
        found = self._candidates
        if found is None:
            clause = self.look("clause")
            all_of_them = clause is None or self.shipment.classification_status != APPROVED
            found = self._candidates = self.limbs if all_of_them else self.limbs.of_clause(clause)
        return found

    @property
    def goods(self) -> Hashable:
        """What groups of conditions tell of the goods by."""
        return self.candidates, self.listed

    def find_unlisted(self) -> None:
        """Says that the goods are on no list: from here on the rules of row 16 are looked at."""
        self.listed, self._rules_at = False, None
        self.seen[UNLISTED] = None

    def in_group(self, group: str) -> Held:
        """Whether the goods fall under a group of conditions."""
        return self.candidates.in_group(group, listed=self.listed is True)

    @property
    def number(self) -> str:
        """The item number that rules are matched with: goods on no list stand in the last row."""
        return CATCH_ALL_ROW if self.listed is False else self.code

    @property
    def rules_at(self) -> RulesAt:
        """The rules that speak, or may speak, of the line's place and item."""
        if self._rules_at is None:
            self._rules_at = self.law.rules_at(self.destination, self.number)
        return self._rules_at

    def rules(self, kind: type[R]) -> tuple[Candidate[R], ...]:
        """The rows of a table that speak, or may speak, of the line's place and item."""
        found = self._rules_at
        return (self.rules_at if found is None else found)[kind]

    def placed(self, kind: type[R]) -> Placed[R]:
        """The same rows, matched as far as the goods tell; worked out once for goods alike."""
        tables, rules = self.rules_at.placed, self.rules(kind)
        table = tables.get(kind) or tables.setdefault(kind, Table(rules))
        technology = self.is_technology if table.by_kind else None
        told = technology, self.goods if table.by_goods[technology] else None
        found: Placed[R] | None = table.placed.get(told)
        return found or keep(table.placed, told, placed(rules, self.match))

    def match(self, rule: Candidate[Rule]) -> Match:
        """How a row of law stands to this line, and what is missing to tell."""
        if rule.settled is not None:
            return rule.settled
        wanted = rule.row.kind
        kind = self._kinds[wanted] if wanted in self._kinds else self._kind(wanted)
        if kind is False:
            return ELSEWHERE
        item = rule.item if rule.by_facts is None else self._item(rule)
        if item is False:
            return ELSEWHERE
        held = rule.condition.holds(self.look)
        if kind and item and rule.sure and held is not None:
            return rule.holding if held else rule.failing
        return self._open_match(rule, held, kind, item)

    def holds(self, condition_text: str) -> Held:
        """Whether a condition that several rows share holds on the stated facts."""
        if condition_text not in self._held:
            self._held[condition_text] = condition(condition_text).holds(self.look)
        return self._held[condition_text]

    def _open_match(self, rule: Candidate[Rule], held: Held, kind: Held, item: Held) -> Match:
        """The match of a row that a missing fact, or a gap of the record, leaves open."""
        placed = None if kind is None or item is None or not rule.sure else True
        if held is False:
            return Match(False, placed, False, rule.specificity)
        asks: tuple[str, ...] = ("item_kind",) if kind is None else ()
        if item is None:
            asks += ("hs_code",) if isinstance(rule.row, CatchAll) else self.limbs.asks
        if held is None:
            asks += rule.condition.missing(self.look)
        return Match(placed and held, placed, held, rule.specificity, asks, rule.gaps)

    def _item(self, rule: Candidate[Rule]) -> Held:
        """Whether a row selects the item, where facts tell."""
        if isinstance(rule.row, CatchAll):
            items = rule.row.item
            if items not in self._in_row:  # the tests of row 16 name the same items
                self._in_row[items] = any_holds(self._in_row_16(name.strip()) for name in items.split(";"))
            return self._in_row[items]
        return self.selected(rule.row.item)

    def selected(self, item: str) -> Held:
        """Whether an item selector selects the goods, by the groups of conditions they fall under."""
        if self._limbs is None:  # and perhaps the number alone tells
            return item_selector(item).matches(self.number, self.in_group)
        return self.candidates.selected(item, self.number, listed=self.listed is True)

    def _in_row_16(self, item: str) -> Held:
        """Whether goods on no list fall under an item of row 16, by their HS code."""
        look = self.look
        held = any_holds(condition(limb.row.condition).holds(look) for limb in self.law.own_limbs(item))
        if row_of(self.code) == CATCH_ALL_ROW and (item == CATCH_ALL_ROW or self.item is not None):
            return item in lineage(self.code) or held is True  # the HS code may say more than the number
        return held

    def _kind(self, kind: str) -> Held:
        technology = self.is_technology
        held = self._kinds[kind] = None if technology is None else technology is (kind == "technology")
        return held

    def use(self, entry: Standing[Provision]) -> None:
        """Counts a row among those that decided: its id, sources and confidence."""
        self.findings.use(entry)

    def use_membership(self, selector: str) -> None:
        """Counts the rows that put the destination into the regions a selector names."""
        for entry in self.law.memberships(selector, self.destination):
            self.use(entry)

    def note(
        self, step: str, entry: Standing[Provision] | None, applies: Held, because: str,
        facts: Iterable[str] = (),
    ) -> None:  # fmt: skip
        """Keeps one reason, with the facts it turned on, if reasons are wanted."""
        if self.with_reasons:
            rule = entry.row.id if entry is not None else ""
            self.findings.notes.append((step, rule, applies, because, facts))

    def note_rule(self, step: str, rule: Candidate[Rule], match: Match, because: str) -> None:
        """Keeps the reason of a row of law that was matched."""
        self.note(step, rule.entry, match.held, because, rule.condition.facts)

    def ask(self, facts: Iterable[str]) -> None:
        """Adds the questions that ask for facts."""
        declared, questions = self.law.regime.facts, self.findings.questions
        for fact in facts:
            name = "hs_code" if fact in _BY_HS_CODE else fact
            if name in declared and name not in questions:
                text = declared[name].question
                text = f"{self._why_no_value()}{text}" if name == VALUE else text
                questions[name] = _question(name, text)

    def _why_no_value(self) -> str:
        """Why a value that is stated is not taken, as a sentence before the question."""
        currency = self.look("currency")
        self.look(VALUE)
        if self.shipment.facts.get(VALUE) == 0:  # which the facts leave out
            return "The value is stated as 0, which frees nothing. "
        return f"The value is in {currency}: give its rates (--rates FILE). " if currency else ""

    def ask_for(self, condition_text: str) -> None:
        """Adds the questions that ask for what a condition turns on, if it is not decided."""
        if self.holds(condition_text) is None:
            self.ask(condition(condition_text).missing(self.look))

    def ask_about(self, fact: str, text: str) -> None:
        """Adds one question in its own words."""
        self.findings.questions.setdefault(fact, Question(fact=fact, text=text))

    def leave_open(self, gaps: Iterable[str]) -> None:
        """Says what the record does not cover."""
        self.findings.leave_open(gaps)


def known_facts(shipment: Shipment) -> Mapping[str, FactValue]:
    """The stated facts, with those that follow from the HS code.

    A value of 0 is left out: order systems write it for what is unpriced or free.
    """
    stated = shipment.facts
    if stated.get(VALUE) == 0:
        stated = {name: fact for name, fact in stated.items() if name != VALUE}
    code = stated.get("hs_code")
    return {**_customs_headings(code), **stated} if isinstance(code, str) else stated


@lru_cache(maxsize=1 << 14)
def _customs_headings(code: str) -> Mapping[str, FactValue]:
    """Chapter, heading and subheading of an HS code, as numbers, as far as it has them."""
    return {f"hs_{length}": float(code[:length]) for length in (2, 4, 6) if len(code) >= length}


@lru_cache(maxsize=1024)
def _question(fact: str, text: str) -> Question:
    return Question(fact=fact, text=text)


def undetermined(docket: Docket, why: str) -> Outcome:
    """The outcome that asks: why it cannot be told, and the first question."""
    first = next(iter(docket.findings.questions.values()), None)
    more = f" First to answer: {first.text}" if first is not None else ""
    return Outcome(Answer.UNDETERMINED, f"Cannot be determined: {why}.{more}")
