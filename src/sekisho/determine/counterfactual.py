"""The smallest single changes that would change the answer for one order line.

A counterfactual explains a rule: it shows on which day, fact or licence the answer turns.
It is no advice to state a fact otherwise than it is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby

from sekisho.determine.decide import decide
from sekisho.determine.docket import APPROVED, VALUE
from sekisho.determine.intake import fact_reader
from sekisho.errors import ValueInvalid
from sekisho.model import Answer, Decision, Fact, FactValue, Shipment
from sekisho.register.condition import (
    Comparison,
    Literal,
    Membership,
    Name,
    Node,
    facts_of,
    parse,
    parts_of,
)
from sekisho.register.evaluation import holds
from sekisho.register.law import Law
from sekisho.register.register import Register

_FREE = frozenset({Answer.AUTHORISED, Answer.NO_REQUIREMENT_FOUND, Answer.NOT_LISTED})
_NOT_TRIED = frozenset({"clause", "hs_2", "hs_4", "hs_6", "hs_code", "item_kind"})
_EXPORTER = ("informed", "icp", "named_pair", "bulk_matrix_cell")
_CONDITIONS = ("condition", "lost_if", "holder", "lapses_if")
_MOST_VALUES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change, and the answer it would give.

    Attributes:
        kind: ``fact`` (a missing one supplied), ``date``, ``licence`` or ``other fact``
            (a stated one taken otherwise).
        name: The fact, ``decisive_date`` or ``licences_held``.
        before: What is stated now; empty if nothing.
        after: What it would be.
        distance: How far the change goes: 0 for a missing fact, days for a date.
        answer: The answer it would give.
        usable_licence: The licence it would allow.
    """

    kind: str
    name: str
    before: str
    after: str
    distance: float
    answer: Answer
    usable_licence: str

    def __str__(self) -> str:
        licence = f" ({self.usable_licence})" if self.usable_licence else ""
        return f"{self._what()}: {self.answer.value}{licence}"

    def _what(self) -> str:
        if self.kind == "date":
            return f"on {self.after} instead of {self.before}"
        if self.kind == "licence":
            return f"if a licence of type {self.after} is held"
        if not self.before:
            return f"if {self.name} is {self.after}"
        return f"if {self.name} were {self.after}, not {self.before}"


def changes(
    shipment: Shipment, register: Register, known_on: dt.date | None = None, limit: int = 5
) -> tuple[Change, ...]:
    """The smallest changes that give another answer or licence.

    Missing facts come first, then a higher value, then days by distance, then licences, then
    stated facts taken otherwise; of each kind those that would let the line ship come first.

    Args:
        shipment: The order line.
        register: The register to decide by.
        known_on: What was known on this day; ``None`` is all that is recorded.
        limit: How many to give at most.
    """
    law = register.law(shipment.ship_from or "", known_on)
    if law is None or shipment.decisive_date is None or shipment.destination is None:
        return ()
    now = decide(shipment, register, known_on)
    found = [
        replace(change, answer=then.answer, usable_licence=then.usable_licence)
        for change, other in _tried(shipment, law, now)
        if _differs(now, then := decide(other, register, known_on, with_reasons=False))
    ]
    told = _told_once(found, law.regime.facts)
    return tuple(sorted(told, key=_order)[:limit])


def _differs(now: Decision, then: Decision) -> bool:
    return (now.answer, now.usable_licence) != (then.answer, then.usable_licence)


_RANK = {"fact": 0, "date": 2, "licence": 3, "other fact": 4}
_RANK_OF_VALUE = 1
"""A deal grows more easily than the calendar goes back."""


def _order(change: Change) -> tuple[int, bool, float, str, str]:
    higher_value = change.name == VALUE and change.kind == "other fact"
    return (
        _RANK_OF_VALUE if higher_value else _RANK[change.kind],
        change.answer not in _FREE,
        change.distance,
        change.name,
        change.after,
    )


def _told_once(found: list[Change], facts: Mapping[str, Fact]) -> Iterator[Change]:
    """Of changes that say the same, only the nearest."""
    missing: list[Change] = []
    seen: set[tuple[object, ...]] = set()
    for change in sorted(found, key=lambda change: change.distance):
        if change.kind == "fact" and _is_number(change, facts):
            missing.append(change)
        elif (alike := _alike(change, facts)) not in seen:
            seen.add(alike)
            yield change
    yield from _at_the_edges(missing)


def _alike(change: Change, facts: Mapping[str, Fact]) -> tuple[object, ...]:
    """What changes have in common that say the same.

    Days: that they lie before, or after. Stated numbers: that they lie on the same side of
    what is stated and give the same answer. Words for what is missing: the same answer.
    """
    result = change.kind, change.name, change.answer, change.usable_licence
    if change.kind == "date":
        return change.kind, change.after > change.before
    if _is_number(change, facts):
        return *result, float(change.after) > float(change.before)
    return result if change.kind == "fact" else (*result, change.after)


def _at_the_edges(missing: Iterable[Change]) -> Iterator[Change]:
    """Of numbers that give the same answer, only the one beside the limit where it turns."""
    by_value = sorted(missing, key=lambda change: (change.name, float(change.after)))
    for _, same_name in groupby(by_value, key=lambda change: change.name):
        runs = groupby(same_name, key=lambda change: (change.answer, change.usable_licence))
        for at, (_, run) in enumerate(runs):
            values = list(run)
            yield values[0] if at else values[-1]


def _is_number(change: Change, facts: Mapping[str, Fact]) -> bool:
    return change.name in facts and facts[change.name].type == "number"


def _tried(shipment: Shipment, law: Law, now: Decision) -> Iterator[tuple[Change, Shipment]]:
    yield from _days(shipment, law)
    yield from _licences(shipment, law)
    yield from _approval(shipment, now)
    conditions = _conditions_in_play(shipment, law, now)
    for name in _facts_in_play(now, law):
        fact = law.regime.facts[name]
        yield from _facts(shipment, fact, _compared(fact, shipment.facts, conditions))


def _facts_in_play(now: Decision, law: Law) -> Iterable[str]:
    """The facts that were asked for, or on which a rule turned."""
    asked = [question.fact for question in now.questions]
    turned = [name for reason in now.reasons for name, _ in reason.facts]
    names = dict.fromkeys((*asked, *turned, *_EXPORTER))
    declared = law.regime.facts
    return [name for name in names if name in declared and name not in _NOT_TRIED]


def _conditions_in_play(shipment: Shipment, law: Law, now: Decision) -> tuple[str, ...]:
    """The conditions of the rules that were read, of the item, and of the licence types."""
    day = shipment.decisive_date
    assert day is not None  # noqa: S101  checked by the caller
    read = {*now.rules, *(reason.rule for reason in now.reasons)}
    rows = [row for row in law.regime.provisions if row.id in read]
    limbs = [limb.row for limb in law.on(day).limbs(shipment.code or "")]
    found = (
        getattr(row, column, "")
        for row in (*rows, *limbs, *law.regime.licence_types)
        for column in _CONDITIONS
    )
    return tuple(dict.fromkeys(text for text in found if text))


def worth_trying(
    fact: Fact, stated: Mapping[str, FactValue], conditions: tuple[str, ...]
) -> tuple[float, ...]:
    """Numbers beside the limits that conditions set a stated number, the nearest first."""
    now = stated[fact.name]
    assert isinstance(now, float | int)  # noqa: S101  asked of numbers only
    sides = (value for value in _values(fact, _compared(fact, stated, conditions), now) if value != now)
    return tuple(sorted((float(value) for value in sides), key=lambda value: abs(value - now)))


def _compared(
    fact: Fact, stated: Mapping[str, FactValue], conditions: tuple[str, ...]
) -> tuple[float | str, ...]:
    """What a fact is compared with, where the other stated facts leave the matter to it."""
    others = {name: value for name, value in stated.items() if name != fact.name}
    naming = (text for text in conditions if fact.name in facts_of(text))
    open_ = (node for node in map(parse, naming) if holds(node, others) is None)
    return tuple(dict.fromkeys(value for node in open_ for value in _literals(node, fact.name)))


def _literals(node: Node, name: str) -> Iterator[float | str]:
    match node:
        case Comparison(_, Name(found), Literal(value)) if found == name:
            yield value
        case Comparison(_, Literal(value), Name(found)) if found == name:
            yield value
        case Membership(Name(found), values) if found == name:
            yield from (literal.value for literal in values)
        case _:
            for part in parts_of(node):
                yield from _literals(part, name)


def _days(shipment: Shipment, law: Law) -> Iterator[tuple[Change, Shipment]]:
    day = shipment.decisive_date
    assert day is not None  # noqa: S101  checked by the caller
    one = dt.timedelta(days=1)
    for edge in law.changes:
        other = edge if edge > day else edge - one
        if other >= law.regime.covered_from:
            distance = float(abs((other - day).days))
            change = _change("date", "decisive_date", day.isoformat(), other.isoformat(), distance)
            yield change, replace(shipment, decisive_date=other)


def _licences(shipment: Shipment, law: Law) -> Iterator[tuple[Change, Shipment]]:
    held = shipment.licences_held or frozenset()
    before = ";".join(sorted(held))
    for row in law.regime.licence_types:
        if row.id not in held:
            change = _change("licence", "licences_held", before, row.id, float(row.rank))
            yield change, replace(shipment, licences_held=held | {row.id})


def _approval(shipment: Shipment, now: Decision) -> Iterator[tuple[Change, Shipment]]:
    """An approved classification, where that is asked for."""
    if any(question.fact == "classification_status" for question in now.questions):
        stated = shipment.classification_status or ""
        kind, distance = ("other fact", 1.0) if stated else ("fact", 0.0)
        change = _change(kind, "classification_status", stated, APPROVED, distance)
        yield change, replace(shipment, classification_status=APPROVED)


def _facts(
    shipment: Shipment, fact: Fact, compared: tuple[float | str, ...]
) -> Iterator[tuple[Change, Shipment]]:
    stated = shipment.facts.get(fact.name)
    for value in _values(fact, compared, stated):
        if value == stated:
            continue
        kind = "fact" if stated is None else "other fact"
        before = "" if stated is None else _written(stated)
        change = _change(kind, fact.name, before, _written(value), _distance(stated, value))
        yield change, replace(shipment, facts=_with(shipment.facts, fact.name, value))


def _values(fact: Fact, compared: tuple[float | str, ...], stated: FactValue | None) -> Iterable[FactValue]:
    """Values worth trying: both answers, the words of the conditions, each side of each limit.

    Words that no condition holds say nothing of a line whose own word is known. A stated value
    is tried higher only: that of the contract is not to be split.
    """
    if fact.type == "yes_no":
        return (True, False)
    if fact.type == "text":
        return dict.fromkeys((*compared, *(fact.values[:_MOST_VALUES] if stated is None else ())))
    limits = (limit for limit in compared if isinstance(limit, float))
    sides = dict.fromkeys(value for limit in limits for value in _sides(limit) if _can_be(fact, value))
    if fact.name == VALUE and isinstance(stated, float | int):
        return tuple(value for value in sides if value > stated)
    return tuple(sides)


def _can_be(fact: Fact, value: float) -> bool:
    """Whether a line could state the number: no share is below zero."""
    try:
        fact_reader(fact)(f"{value:f}")
    except ValueInvalid:
        return False
    return True


def _sides(limit: float) -> tuple[float, float, float]:
    """Just below a limit, on it, and just above it."""
    step = max(abs(limit) * 0.01, 1e-6) if abs(limit) < 1000 else 1.0  # noqa: PLR2004  whole units
    return round(limit - step, 9), limit, round(limit + step, 9)


def _with(facts: Mapping[str, FactValue], name: str, value: FactValue) -> dict[str, FactValue]:
    return {**facts, name: value}


def _change(kind: str, name: str, before: str, after: str, distance: float) -> Change:
    return Change(
        kind=kind,
        name=name,
        before=before,
        after=after,
        distance=distance,
        answer=Answer.UNDETERMINED,
        usable_licence="",
    )


def _distance(stated: FactValue | None, value: FactValue) -> float:
    if stated is None:
        return 0.0
    if not isinstance(stated, bool | str) and not isinstance(value, bool | str):
        return abs(value - stated) / max(abs(stated), 1e-9)
    return 1.0


def _written(value: FactValue) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else f"{value:.15g}"
