"""What would let a blocked line ship: each action is tried by deciding the line again.

An action is offered only if the line, changed as the action says, is answered so that it
may ship. Nothing is said of whether the authority grants a licence.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from sekisho.determine.counterfactual import worth_trying
from sekisho.determine.decider import Decider
from sekisho.determine.intake import NOT_LISTED
from sekisho.model import Answer, Decision, Fact, FactValue, LicenceType, Shipment
from sekisho.register.condition import facts_of
from sekisho.register.law import Law, LawInForce

_INDIVIDUAL = "individual"
_ONE_DAY = dt.timedelta(days=1)
_APPROVED = "approved"


class ActionKind(StrEnum):
    """What is done about a blocked line, in the order in which it is told."""

    APPLY = "apply"
    SHIP_BY = "ship_by"
    SHIP_FROM = "ship_from"
    HOLD = "hold"
    OTHER_GRADE = "other_grade"


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One action, and the answer that the changed line gets.

    Attributes:
        kind: ``apply`` (for an individual licence), ``ship_by`` and ``ship_from`` (move the
            date), ``hold`` (a bulk licence, a programme, a named pair), ``other_grade``.
        name: The licence type, the day, or the fact.
        changes: What is stated otherwise: name and new value, in order.
        review_days: For ``apply`` the usual time of review.
        answer: The answer that it gives.
        usable_licence: The licence that then covers the line, if one does.
    """

    kind: ActionKind
    name: str
    changes: tuple[tuple[str, str], ...]
    review_days: int | None = None
    answer: Answer
    usable_licence: str

    @property
    def code(self) -> str:
        """The action as one word of a cell, such as ``hold:special_general_bulk+icp``."""
        match self.kind:
            case ActionKind.OTHER_GRADE:
                return f"{self.kind}:" + ",".join(f"{name}={value}" for name, value in self.changes)
            case ActionKind.HOLD:
                return f"{self.kind}:" + "+".join(filter(None, (self.name, *self._besides)))
            case _:
                return f"{self.kind}:{self.name}"

    @property
    def _besides(self) -> tuple[str, ...]:
        """Facts that must be so beside the licence."""
        return tuple(name for name, _ in self.changes if name != "licences_held")

    def __str__(self) -> str:
        match self.kind:
            case ActionKind.APPLY:
                return f"apply for an {self.name} licence"
            case ActionKind.SHIP_BY:
                return f"ship by {self.name}"
            case ActionKind.SHIP_FROM:
                return f"ship on {self.name} or later"
            case ActionKind.HOLD:
                licence = [f"a licence of type {self.name}"] if self.name else []
                return "hold " + " and ".join((*licence, *(_IN_WORDS.get(n, n) for n in self._besides)))
            case ActionKind.OTHER_GRADE:
                return "sell another grade: " + ", ".join(f"{name} {value}" for name, value in self.changes)


_IN_WORDS = {
    "icp": "a compliance programme (ICP)",
    "named_pair": "it for this named pair of exporter and importer",
}
"""What a holder of a licence needs beside it."""


@dataclass(frozen=True)
class Actions:
    """Looks for the actions that would release lines under one law.

    Attributes:
        decider: Decides the changed lines.
    """

    decider: Decider

    @property
    def known_on(self) -> dt.date | None:
        """The law as known on this day; dates before it have gone and are not offered."""
        return self.decider.known_on

    def of(self, shipment: Shipment, now: Decision) -> tuple[Action, ...]:
        """The actions that let a line ship, simplest first; none if it may ship as it is."""
        law = self.decider.register.law(shipment.ship_from or "", self.known_on)
        if now.answer.may_ship or law is None or shipment.decisive_date is None:
            return ()
        return tuple(self._found(shipment, now, law, shipment.decisive_date))

    def _found(self, shipment: Shipment, now: Decision, law: Law, day: dt.date) -> Iterator[Action]:
        state = law.on(day)
        yield from self._apply(shipment, now)
        yield from self._dates(shipment, law, day)
        yield from self._licences(shipment, state)
        yield from self._grades(shipment, state)

    def _proved(
        self, kind: ActionKind, name: str, other: Shipment, changes: tuple[tuple[str, str], ...],
        review_days: int | None = None,
    ) -> Action | None:  # fmt: skip
        """The action, if the changed line may ship."""
        then = self.decider.decide(other)
        if not then.answer.may_ship:
            return None
        return Action(
            kind=kind, name=name, changes=changes, review_days=review_days,
            answer=then.answer, usable_licence=then.usable_licence,
        )  # fmt: skip

    def _apply(self, shipment: Shipment, now: Decision) -> Iterator[Action]:
        held = (shipment.licences_held or frozenset()) | {_INDIVIDUAL}
        other, changes = replace(shipment, licences_held=held), (("licences_held", _INDIVIDUAL),)
        days = now.review_days if now.usable_licence == _INDIVIDUAL else None
        found = self._proved(ActionKind.APPLY, _INDIVIDUAL, other, changes, days)
        if found is not None:
            yield found

    def _dates(self, shipment: Shipment, law: Law, day: dt.date) -> Iterator[Action]:
        """The nearest earlier and the nearest later day on which the line may ship."""
        first = max(law.regime.covered_from, self.known_on or law.regime.covered_from)
        earlier = (edge - _ONE_DAY for edge in reversed(law.changes) if edge <= day)
        later = (edge for edge in law.changes if edge > day)
        for kind, days in ((ActionKind.SHIP_BY, earlier), (ActionKind.SHIP_FROM, later)):
            for other in days:
                if other < first:
                    break
                changes = (("decisive_date", other.isoformat()),)
                moved = replace(shipment, decisive_date=other)
                found = self._proved(kind, other.isoformat(), moved, changes)
                if found is not None:
                    yield found
                    break

    def _licences(self, shipment: Shipment, state: LawInForce) -> Iterator[Action]:
        """Each bulk licence that would cover the line, with no more than it needs beside."""
        for name, entry in state.licence_types.items():
            if name == _INDIVIDUAL:
                continue
            for facts in _needs(entry.row, shipment.facts):
                found = self._hold(shipment, name, facts)
                if found is not None:
                    yield found
                    break

    def _hold(self, shipment: Shipment, name: str, facts: Mapping[str, FactValue]) -> Action | None:
        held = shipment.licences_held or frozenset()
        if name in held and not facts:
            return None
        other = replace(shipment, licences_held=held | {name}, facts={**shipment.facts, **facts})
        got = "" if name in held else name
        changes = ((("licences_held", name),) if got else ()) + tuple((fact, "yes") for fact in facts)
        return self._proved(ActionKind.HOLD, got, other, changes)

    def _grades(self, shipment: Shipment, state: LawInForce) -> Iterator[Action]:
        """Grades that the list does not name, where that is what the line turns on.

        The same goods with the finding that they are not listed must not be free: then it
        is the grade that frees the line, and not the finding.
        """
        if shipment.code in {None, NOT_LISTED}:
            return
        found_free = replace(shipment, code=NOT_LISTED, classification_status=_APPROVED)
        if self.decider.decide(found_free).answer.may_ship:
            return
        conditions = tuple(limb.row.condition for limb in state.limbs(shipment.code or ""))
        numbers = [
            fact
            for fact in state.regime.facts.values()
            if fact.scope == "item" and fact.type == "number" and fact.name in shipment.facts
            and any(fact.name in facts_of(condition) for condition in conditions)
        ]  # fmt: skip
        for fact in numbers:
            yield from self._measured_otherwise(found_free, fact, conditions)

    def _measured_otherwise(
        self, shipment: Shipment, fact: Fact, conditions: tuple[str, ...]
    ) -> Iterator[Action]:
        """The nearest lower and the nearest higher number that frees a line, if any does."""
        tried = worth_trying(fact, shipment.facts, conditions)
        now = float(shipment.facts[fact.name])
        for side in ([v for v in tried if v < now], [v for v in tried if v > now]):
            for value in side:
                other = replace(shipment, facts={**shipment.facts, fact.name: value})
                changes = ((fact.name, f"{value:.15g}"),)
                found = self._proved(ActionKind.OTHER_GRADE, fact.name, other, changes)
                if found is not None:
                    yield found
                    break


def _needs(row: LicenceType, stated: Mapping[str, FactValue]) -> Iterator[dict[str, FactValue]]:
    """What must be so for a licence type to be held: nothing more, or what its holder needs."""
    yield {}
    wanted = (
        {name: True for name in facts_of(row.holder) if stated.get(name) is not True} if row.holder else {}
    )
    if wanted:
        yield dict(wanted)
