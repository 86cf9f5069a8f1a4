"""The smallest single changes that would change the answer for one order line.

A counterfactual explains a rule: it shows on which day, fact or licence the answer turns.
It is no advice to state a fact otherwise than it is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby

from sekisho.determine.classes import thresholds
from sekisho.determine.decide import decide
from sekisho.model import Answer, Decision, Fact, FactValue, Shipment
from sekisho.register.law import Law
from sekisho.register.register import Register

_FREE = frozenset({Answer.AUTHORISED, Answer.NO_REQUIREMENT_FOUND, Answer.NOT_LISTED})
_NOT_TRIED = frozenset({"clause", "hs_2", "hs_4", "hs_6", "hs_code", "item_kind"})
_EXPORTER = ("informed", "icp", "named_pair", "bulk_matrix_cell")
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

    Missing facts come first, then days by distance, then licences, then stated facts taken
    otherwise; of each kind those that would let the line ship come first.

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
    return tuple(sorted(_at_the_edges(_nearest_days(found)), key=_order)[:limit])


def _differs(now: Decision, then: Decision) -> bool:
    return (now.answer, now.usable_licence) != (then.answer, then.usable_licence)


_RANK = {"fact": 0, "date": 1, "licence": 2, "other fact": 3}


def _order(change: Change) -> tuple[int, bool, float, str, str]:
    return (
        _RANK[change.kind],
        change.answer not in _FREE,
        change.distance,
        change.name,
        change.after,
    )


def _nearest_days(found: list[Change]) -> Iterator[Change]:
    """Of the days, only the nearest before and the nearest after."""
    seen: set[bool] = set()
    for change in sorted(found, key=lambda change: change.distance):
        later = change.after > change.before
        if change.kind != "date":
            yield change
        elif later not in seen:
            seen.add(later)
            yield change


def _at_the_edges(found: Iterable[Change]) -> Iterator[Change]:
    """Of numbers that give the same answer, only the one beside the limit where it turns."""
    numbers: dict[str, list[Change]] = {}
    for change in found:
        if change.kind == "fact" and _is_number(change.after):
            numbers.setdefault(change.name, []).append(change)
        else:
            yield change
    for same_name in numbers.values():
        ranked = sorted(same_name, key=lambda change: float(change.after))
        runs = [list(run) for _, run in groupby(ranked, key=lambda c: (c.answer, c.usable_licence))]
        for at, run in enumerate(runs):
            yield run[0] if at else run[-1]


def _is_number(text: str) -> bool:
    return text.lstrip("-")[:1].isdigit()


def _tried(shipment: Shipment, law: Law, now: Decision) -> Iterator[tuple[Change, Shipment]]:
    yield from _days(shipment, law)
    yield from _licences(shipment, law)
    limits = thresholds(law.regime)
    for name in _facts_in_play(now, law):
        yield from _facts(shipment, law.regime.facts[name], limits.get(name) or ())


def _facts_in_play(now: Decision, law: Law) -> Iterable[str]:
    """The facts that were asked for, or on which a rule turned.

    A stated value is left alone: it is that of the contract, and is not to be split.
    """
    asked = [question.fact for question in now.questions]
    turned = [name for reason in now.reasons for name, _ in reason.facts]
    names = dict.fromkeys((*asked, *turned, *_EXPORTER))
    declared = law.regime.facts
    return [
        name
        for name in names
        if name in declared and name not in _NOT_TRIED and (name != "value_jpy" or name in asked)
    ]


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


def _facts(shipment: Shipment, fact: Fact, limits: tuple[float, ...]) -> Iterator[tuple[Change, Shipment]]:
    stated = shipment.facts.get(fact.name)
    for value in _values(fact, limits):
        if value == stated:
            continue
        kind = "fact" if stated is None else "other fact"
        before = "" if stated is None else _written(stated)
        change = _change(kind, fact.name, before, _written(value), _distance(stated, value))
        yield change, replace(shipment, facts=_with(shipment.facts, fact.name, value))


def _values(fact: Fact, limits: tuple[float, ...]) -> Iterable[FactValue]:
    """Values worth trying: both answers, the words declared, each side of each limit."""
    if fact.type == "yes_no":
        return (True, False)
    if fact.type == "text":
        return fact.values[:_MOST_VALUES]
    steps = (limit for limit in limits[:_MOST_VALUES])
    return tuple(dict.fromkeys(v for limit in steps for v in _sides(limit)))


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
    if isinstance(stated, float) and isinstance(value, float):
        return abs(value - stated) / max(abs(stated), 1e-9)
    return 1.0


def _written(value: FactValue) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.15g}" if isinstance(value, float) else value
