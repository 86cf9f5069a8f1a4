"""Deciding many lines one after another, each different kind of line once.

What a decision was made from is known: the rows that stood for its places and its item,
and the facts that were looked at on the way. A line that is alike in all of these, as far
as the law can tell, has the same decision, which is kept and given again.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from functools import partial

from sekisho.determine.classes import Limits, position, technical_facts, thresholds
from sekisho.determine.decide import decide
from sekisho.determine.docket import TECHNICAL
from sekisho.determine.intake import FOLLOWS_FROM, read_code, tidy
from sekisho.determine.law_classes import Interned, LawClasses
from sekisho.model import Decision, FactValue, Shipment
from sekisho.register.law import Law
from sekisho.register.register import Register

Read = Callable[[Shipment], Hashable]
KEPT = 1 << 18
"""How many decisions are kept before starting anew."""


@dataclass(slots=True)
class _Branch:
    """Decisions that looked at the same facts, by what those facts were."""

    looked_at: frozenset[str]
    reads: tuple[Read, ...]
    decisions: dict[tuple[Hashable, ...], Decision] = field(default_factory=dict)


class Decider:
    """Decides order lines by one register.

    Args:
        register: The register to decide by.
        with_reasons: Whether decisions keep their reasons.
    """

    def __init__(self, register: Register, *, with_reasons: bool = True) -> None:
        self.register, self.with_reasons = register, with_reasons
        self.interned = Interned()
        self._laws: dict[tuple[str, dt.date | None], _Known | None] = {}
        self._branches: dict[tuple[Hashable, ...], list[_Branch]] = {}
        self._kept = 0

    def decide(self, shipment: Shipment, known_on: dt.date | None = None) -> Decision:
        """As :func:`sekisho.decide`, faster where a line like this one was decided before."""
        day, country = shipment.decisive_date, shipment.ship_from
        law = self._law(country, known_on) if day is not None and country else None
        if day is None or law is None:
            return decide(shipment, self.register, known_on, with_reasons=self.with_reasons)
        kept = self._find(shipment, known_on, law, day)
        if kept.in_force_on == day and kept.known_on == known_on:
            return kept
        return replace(kept, in_force_on=day, known_on=known_on)

    def _find(self, shipment: Shipment, known_on: dt.date | None, law: _Known, day: dt.date) -> Decision:
        branches = self._branches.setdefault(law.place_and_item(shipment, day), [])
        for branch in branches:
            found = branch.decisions.get(tuple([read(shipment) for read in branch.reads]))
            if found is not None:
                return found
        return self._decide(shipment, known_on, law, branches)

    def _decide(
        self, shipment: Shipment, known_on: dt.date | None, law: _Known, branches: list[_Branch]
    ) -> Decision:
        looked_at: set[str] = set()
        made = decide(shipment, self.register, known_on, with_reasons=self.with_reasons, reads=looked_at)
        branch = next((one for one in branches if one.looked_at == looked_at), None)
        if branch is None:
            branch = _Branch(frozenset(looked_at), law.readers(looked_at))
            branches.append(branch)
        branch.decisions[tuple([read(shipment) for read in branch.reads])] = made
        self._keep()
        return made

    def _keep(self) -> None:
        self._kept += 1
        if self._kept > KEPT:
            self._branches.clear()
            self._kept = 0

    def _law(self, country: str, known_on: dt.date | None) -> _Known | None:
        key = country, known_on
        if key not in self._laws:
            law = self.register.law(country, known_on)
            self._laws[key] = _Known(law, self.register, self.interned) if law else None
        return self._laws[key]


class _Known:
    """One law, ready to be asked what stands for a line."""

    def __init__(self, law: Law, register: Register, interned: Interned) -> None:
        read = partial(_code, country=law.regime.country, register=register)
        self.law, self.classes = law, LawClasses(law, read, interned)
        self.limits = thresholds(law.regime)
        self.technical = technical_facts(law.regime)

    def place_and_item(self, shipment: Shipment, day: dt.date) -> tuple[Hashable, ...]:
        """What stands for the places and the item of a line on its day."""
        epoch, classes = bisect_right(self.law.changes, day), self.classes
        place, final = shipment.destination, shipment.ultimate_destination
        is_technical = not self.technical.isdisjoint(shipment.facts)
        return (
            self.law.regime.country,
            classes.place(place, epoch),
            None if final is None else 0 if final == place else classes.place(final, epoch),
            classes.item((shipment.code or "", is_technical), epoch),
            shipment.code,
            shipment.classification_status,
        )

    def readers(self, looked_at: set[str]) -> tuple[Read, ...]:
        """For each fact that was looked at, what of it the law can tell apart."""
        names = (looked_at | (self.technical if TECHNICAL in looked_at else set())) - {TECHNICAL}
        stated = {*names, *(FOLLOWS_FROM[name] for name in names if FOLLOWS_FROM.get(name) == "hs_code")}
        return tuple(_reader(name, self.limits.get(name)) for name in sorted(stated))


def _reader(name: str, limits: Limits | None) -> Read:
    if name == "licences_held":
        return lambda shipment: shipment.licences_held
    if limits is None:
        return lambda shipment: shipment.facts.get(name)

    def read(shipment: Shipment) -> Hashable:
        value: FactValue | None = shipment.facts.get(name)
        return position(value, limits) if isinstance(value, float) else value

    return read


def _code(cell: str, country: str, register: Register) -> str:
    return read_code(tidy(cell), country, register)
