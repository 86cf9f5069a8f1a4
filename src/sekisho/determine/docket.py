"""The docket of one order line: what is known, what was read, what is still to be asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

from sekisho.model import (
    Answer,
    CatchAll,
    Confidence,
    FactValue,
    Item,
    Limb,
    Provision,
    Question,
    Reason,
    Rule,
    Shipment,
)
from sekisho.register.condition import facts_of, first_missing, holds, missing, parse
from sekisho.register.law import LawInForce, Standing
from sekisho.register.register import Register
from sekisho.register.selectors import (
    CATCH_ALL_ROW,
    Held,
    all_hold,
    any_holds,
    destination_selector,
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


TECHNICAL = "*"
"""Stands among what was looked at for every fact that a technical condition names, and for these."""
UNLISTED = "16"
"""Stands among what was looked at for the rules on goods on no list."""
Reads = dict[str, None]
"""What was looked at, in order."""


class _Facts(dict[str, FactValue]):
    """Facts that note which of them are looked at."""

    __slots__ = ("reads",)

    def __init__(self, facts: Mapping[str, FactValue], reads: Reads) -> None:
        super().__init__(facts)
        self.reads = reads

    def get(self, name: str, default: Any = None) -> Any:
        self.reads[name] = None
        return super().get(name, default)

    def __getitem__(self, name: str) -> FactValue:
        self.reads[name] = None
        return super().__getitem__(name)

    def __contains__(self, name: object) -> bool:
        self.reads[str(name)] = None
        return super().__contains__(name)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a step concluded."""

    answer: Answer
    explanation: str
    licence_types: tuple[str, ...] = ()
    usable_licence: str = ""


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


_ELSEWHERE = Match(False, False, False, (0, 0))
"""The match of a row that does not speak of the line at all."""


@dataclass(slots=True)
class Findings:
    """What a determination has gathered on its way."""

    rules: dict[str, None] = field(default_factory=dict)
    sources: dict[str, None] = field(default_factory=dict)
    reasons: list[Reason] = field(default_factory=list)
    questions: dict[str, Question] = field(default_factory=dict)
    not_covered: dict[str, None] = field(default_factory=dict)
    confidence: Confidence = Confidence.HIGH


@dataclass
class Docket:
    """One order line before the law of one day, toward one destination."""

    register: Register
    law: LawInForce
    day: dt.date
    shipment: Shipment
    destination: str
    with_reasons: bool = True
    reads: Reads = field(default_factory=dict)
    """The facts that were looked at, stated or not: a line alike in these gets the same answer."""
    place: str = ""
    """The name of the destination in sentences."""
    findings: Findings = field(default_factory=Findings)
    listed: Held = None
    may_be_barred: str = ""
    """The clause of a bar that a missing fact leaves open."""

    @cached_property
    def facts(self) -> Mapping[str, FactValue]:
        """The stated facts, with those that follow from the HS code."""
        return _Facts(known_facts(self.shipment), self.reads)

    @property
    def licences_held(self) -> frozenset[str] | None:
        """The licence types the exporter holds; ``None`` if not stated."""
        self.reads["licences_held"] = None
        return self.shipment.licences_held

    @property
    def technical_facts(self) -> Iterable[str]:
        """The stated facts among which those that technical conditions name are looked for."""
        self.reads[TECHNICAL] = None
        return self.shipment.facts

    @property
    def code(self) -> str:
        """The item number of the line, or an empty text."""
        return self.shipment.code or ""

    @property
    def item(self) -> Standing[Item] | None:
        """The item of the control list that the code names on this day."""
        return self.law.item(self.code)

    @property
    def is_technology(self) -> Held:
        """Whether technology or a program is sent, rather than goods."""
        kind = self.facts.get("item_kind")
        return None if kind is None else kind in TECHNOLOGY

    @cached_property
    def limbs(self) -> tuple[tuple[Standing[Limb], Held], ...]:
        """The conditions of the item, each with whether it holds on the stated facts."""
        return self.law.tested_limbs(self.code, self.facts)

    @cached_property
    def candidates(self) -> tuple[tuple[Standing[Limb], Held], ...]:
        """The conditions the goods may fall under: of an approved code, those of its clause."""
        clause = self.facts.get("clause")
        if clause is None or self.shipment.classification_status != APPROVED:
            return self.limbs
        return tuple((limb, held) for limb, held in self.limbs if limb.row.clause == clause)

    def find_unlisted(self) -> None:
        """Says that the goods are on no list: from here on the rules of row 16 are looked at."""
        self.listed = False
        self.reads[UNLISTED] = None

    def in_group(self, group: str) -> Held:
        """Whether the goods fall under a group of conditions."""
        met = [limb.row.groups for limb, held in self.candidates if held]
        if any(group in groups for groups in met):
            return True
        open_ = [limb.row.groups for limb, held in self.candidates if held is not False]
        inside = [group in groups for groups in open_]
        if not any(inside):
            return False
        return True if self.listed and all(inside) else None

    def rules(self, kind: type[R]) -> list[Standing[R]]:
        """The rows of a table that speak, or may speak, of the line's place and item."""
        return self.law.rules_for(kind, self.destination, self._number)

    @property
    def _number(self) -> str:
        """The item number that rules are matched with: goods on no list stand in the last row."""
        return CATCH_ALL_ROW if self.listed is False else self.code

    def match(self, entry: Standing[Rule]) -> Match:
        """How a row of law stands to this line, and what is missing to tell."""
        row = entry.row
        place = self.law.is_at(row.destination, self.destination)
        kind = True if row.kind == "any" else self._kind(row.kind)
        item = False if place is False or kind is False else self._item(row)
        if item is False:
            return _ELSEWHERE
        places, condition = destination_selector(row.destination), parse(row.condition)
        held = holds(condition, self.facts)
        narrowness = item_selector(row.item).specificity, places.specificity
        placed = True if kind and item and place and entry.certain else None
        if placed and held is not None:
            return Match(held, True, held, narrowness)
        return self._open_match(entry, held, narrowness, kind, item, place)

    def _open_match(
        self,
        entry: Standing[Rule],
        held: Held,
        narrowness: tuple[int, int],
        kind: Held,
        item: Held,
        place: Held,
    ) -> Match:
        """The match of a row that a missing fact, or a gap of the record, leaves open."""
        row = entry.row
        places, condition = destination_selector(row.destination), parse(row.condition)
        placed = all_hold((kind, item, place, entry.certain))
        asks: list[str] = []
        gaps: list[str] = []
        if held is not False:
            asks += ["item_kind"] if kind is None else []
            asks += self._item_asks(row) if item is None else []
            asks += missing(condition, self.facts) if held is None else ()
            gaps += self._region_gaps(places.names) if place is None else ()
            gaps += [entry.caveat] if entry.certain is None else []
        return Match(all_hold((placed, held)), placed, held, narrowness, tuple(asks), tuple(gaps))

    def _item(self, row: Rule) -> Held:
        if isinstance(row, CatchAll):
            return any_holds(self._in_row_16(name.strip()) for name in row.item.split(";"))
        return item_selector(row.item).matches(self._number, self.in_group)

    def _in_row_16(self, item: str) -> Held:
        """Whether goods on no list fall under an item of row 16, by their HS code."""
        limbs = self.law.own_limbs(item)
        held = any_holds(holds(parse(limb.row.condition), self.facts) for limb in limbs)
        if row_of(self.code) == CATCH_ALL_ROW and (item == CATCH_ALL_ROW or self.item is not None):
            return item in lineage(self.code) or held is True  # the HS code may say more than the number
        return held

    def _item_asks(self, row: Rule) -> list[str]:
        return ["hs_code"] if isinstance(row, CatchAll) else list(self.group_facts)

    def _kind(self, kind: str) -> Held:
        technology = self.is_technology
        return None if technology is None else technology is (kind == "technology")

    @cached_property
    def group_facts(self) -> tuple[str, ...]:
        """The first missing fact of each condition that is still open."""
        found = (
            first_missing(parse(limb.row.condition), self.facts) for limb, held in self.limbs if held is None
        )
        return tuple(dict.fromkeys(found))

    def _region_gaps(self, regions: Iterable[str]) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for region in sorted(regions):
            held, rows = self.law.in_region(region, self.destination)
            if held is None:
                found.update((row.caveat, None) for row in rows)
        return tuple(found)

    def use(self, entry: Standing[Provision], *, sure: bool = False) -> None:
        """Counts a row among those that decided: its id, sources and confidence.

        ``sure``: the answer does not hang on this row alone, so it does not lower confidence.
        """
        row, findings = entry.row, self.findings
        findings.rules[row.id] = None
        findings.sources.update(dict.fromkeys(row.sources))
        if not sure:
            findings.confidence = findings.confidence.capped(entry.confidence)
        if entry.caveat and entry.certain:
            findings.not_covered[entry.caveat] = None

    def use_membership(self, selector: str) -> None:
        """Counts the rows that put the destination into the regions a selector names."""
        for region in sorted(destination_selector(selector).names):
            held, rows = self.law.in_region(region, self.destination)
            if held:
                self.use(rows[0])

    def note(
        self, step: str, entry: Standing[Provision] | None, applies: Held, because: str,
        facts: Iterable[str] = (),
    ) -> None:  # fmt: skip
        """Keeps one reason, with the facts it turned on, if reasons are wanted."""
        if not self.with_reasons:
            return
        turned = tuple((name, self.facts.get(name)) for name in dict.fromkeys(facts))
        rule = entry.row.id if entry is not None else ""
        self.findings.reasons.append(
            Reason(step=step, rule=rule, applies=applies, because=because, facts=turned)
        )

    def note_rule(self, step: str, entry: Standing[Rule], match: Match, because: str) -> None:
        """Keeps the reason of a row of law that was matched."""
        self.note(step, entry, match.held, because, facts_of(entry.row.condition))

    def ask(self, facts: Iterable[str]) -> None:
        """Adds the questions that ask for facts."""
        declared = self.law.regime.facts
        for name in ("hs_code" if name in _BY_HS_CODE else name for name in facts):
            if name in declared and name not in self.findings.questions:
                text = declared[name].question
                text = f"{self._why_no_value()}{text}" if name == VALUE else text
                self.findings.questions[name] = Question(fact=name, text=text)

    def _why_no_value(self) -> str:
        """Why a value that is stated is not taken, as a sentence before the question."""
        currency = self.facts.get("currency")
        self.reads[VALUE] = None
        if self.shipment.facts.get(VALUE) == 0:  # which the facts leave out
            return "The value is stated as 0, which frees nothing. "
        return f"The value is in {currency}: give its rates (--rates FILE). " if currency else ""

    def ask_about(self, fact: str, text: str) -> None:
        """Adds one question in its own words."""
        self.findings.questions.setdefault(fact, Question(fact=fact, text=text))

    def leave_open(self, gaps: Iterable[str]) -> None:
        """Says what the record does not cover."""
        self.findings.not_covered.update(dict.fromkeys(gap for gap in gaps if gap))


def known_facts(shipment: Shipment) -> dict[str, FactValue]:
    """The stated facts, with those that follow from the HS code.

    A value of 0 is left out: order systems write it for what is unpriced or free.
    """
    stated = shipment.facts
    valued = {name: fact for name, fact in stated.items() if name != VALUE or fact != 0}
    return {**_customs_headings(stated.get("hs_code")), **valued}


def _customs_headings(code: FactValue | None) -> dict[str, FactValue]:
    """Chapter, heading and subheading of an HS code, as numbers, as far as it has them."""
    if not isinstance(code, str):
        return {}
    return {f"hs_{length}": float(code[:length]) for length in (2, 4, 6) if len(code) >= length}


def undetermined(docket: Docket, why: str) -> Outcome:
    """The outcome that asks: why it cannot be told, and the first question."""
    first = next(iter(docket.findings.questions.values()), None)
    more = f" First to answer: {first.text}" if first is not None else ""
    return Outcome(Answer.UNDETERMINED, f"Cannot be determined: {why}.{more}")
