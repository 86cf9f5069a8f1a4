"""Deciding many lines one after another, each different kind of line once.

What a decision was made from is known: the rows that stood for its places and its item,
and the facts that were looked at on the way. A line that is alike in all of these, as far
as the law can tell, has the same decision, which is kept and given again.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import overload

from sekisho.determine.classes import Limits, position, technical_facts, thresholds
from sekisho.determine.decide import decide
from sekisho.determine.docket import TECHNICAL, known_facts
from sekisho.determine.intake import FOLLOWS_FROM, read_code, tidy
from sekisho.determine.law_classes import Interned, LawClasses
from sekisho.determine.shipments import require
from sekisho.errors import ValueInvalid
from sekisho.model import Decision, FactValue, Reason, Shipment
from sekisho.register.law import Law
from sekisho.register.register import Register

KEPT = 1 << 18
"""How many decisions are kept before starting anew."""


class _Branch:
    """Decisions that looked at the same facts, by what those facts were.

    Args:
        looked_at: The facts; ``TECHNICAL`` among them stands for all of ``technical``.
        names: The facts, with those they follow from.
        limits: The numbers that the law compares facts with.
        technical: The facts that technical conditions name.
    """

    __slots__ = ("_limits", "_technical", "decisions", "limited", "looked_at", "stated")

    def __init__(
        self,
        looked_at: frozenset[str],
        names: Iterable[str],
        limits: Mapping[str, Limits | None],
        technical: frozenset[str],
    ) -> None:
        self.looked_at = looked_at
        self.decisions: dict[tuple[Hashable, ...], Decision] = {}
        self._limits = limits
        self._technical = technical if TECHNICAL in looked_at else frozenset[str]()
        compared = {name: limits.get(name) for name in sorted(set(names) - self._technical)}
        self.limited = tuple((name, found) for name, found in compared.items() if found is not None)
        self.stated = tuple(name for name, found in compared.items() if found is None)

    def alike(self, shipment: Shipment) -> tuple[Hashable, ...]:
        """What of the facts of a line the law can tell apart."""
        facts = shipment.facts
        stated = facts.get
        found: list[Hashable] = [shipment.licences_held, *map(stated, self.stated)]
        for name, limits in self.limited:
            value = stated(name)
            found.append(position(value, limits) if isinstance(value, float) else value)
        if self._technical:
            found.append(frozenset(self._told(facts)))
        return tuple(found)

    def _told(self, facts: Mapping[str, FactValue]) -> Iterator[tuple[str, Hashable]]:
        """The stated facts among the technical ones, of which a line has few."""
        for name, value in facts.items():
            if name in self._technical:
                limits = self._limits.get(name)
                measured = limits is not None and isinstance(value, float)
                yield name, position(float(value), limits) if measured and limits is not None else value


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
        branches = law.branches(shipment, day)
        for branch in branches:
            found = branch.decisions.get(branch.alike(shipment))
            if found is not None:
                break
        else:
            found = self._decide(shipment, known_on, law, branches)
        if self.with_reasons:
            reasons = _Restated(found.reasons, shipment)
            return replace(found, in_force_on=day, known_on=known_on, reasons=reasons)
        if found.in_force_on == day and found.known_on == known_on:
            return found
        return replace(found, in_force_on=day, known_on=known_on)

    def decide_on(self, shipment: Shipment, day: dt.date, known_on: dt.date | None) -> Decision:
        """Decides a line that a program states, as shipped on one day.

        Raises:
            ValueInvalid: If the line ships on another day.
            InputInvalid: With everything in the shipment that is not what it should be.
        """
        if shipment.decisive_date is None:
            shipment = replace(shipment, decisive_date=day)
        elif shipment.decisive_date != day:
            msg = f"the line ships on {shipment.decisive_date}, the view is of {day}"
            raise ValueInvalid(msg, "a line of that day, or one without a day")
        require(shipment, self.register)
        return self.decide(shipment, known_on)

    def _decide(
        self, shipment: Shipment, known_on: dt.date | None, law: _Known, branches: list[_Branch]
    ) -> Decision:
        looked_at: set[str] = set()
        made = decide(shipment, self.register, known_on, with_reasons=self.with_reasons, reads=looked_at)
        branch = next((one for one in branches if one.looked_at == looked_at), None)
        if branch is None:
            branch = law.branch(frozenset(looked_at))
            branches.append(branch)
        branch.decisions[branch.alike(shipment)] = made
        self._keep()
        return made

    def _keep(self) -> None:
        self._kept += 1
        if self._kept > KEPT:
            self._branches.clear()
            self._laws.clear()
            self._kept = 0

    def _law(self, country: str, known_on: dt.date | None) -> _Known | None:
        key = country, known_on
        if key not in self._laws:
            law = self.register.law(country, known_on)
            self._laws[key] = _Known(law, self.register, self.interned, self._branches) if law else None
        return self._laws[key]


class _Restated(Sequence[Reason]):
    """Reasons of a line like this one, with the facts of this one, worked out when read."""

    __slots__ = ("_found", "_kept", "_shipment")

    def __init__(self, kept: Sequence[Reason], shipment: Shipment) -> None:
        self._kept, self._shipment = kept, shipment
        self._found: tuple[Reason, ...] | None = None

    @property
    def _reasons(self) -> tuple[Reason, ...]:
        if self._found is None:
            facts = known_facts(self._shipment)
            self._found = tuple(
                replace(reason, facts=tuple((name, facts.get(name)) for name, _ in reason.facts))
                for reason in self._kept
            )
        return self._found

    def __len__(self) -> int:
        return len(self._kept)

    @overload
    def __getitem__(self, at: int) -> Reason: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Reason, ...]: ...
    def __getitem__(self, at: int | slice) -> Reason | tuple[Reason, ...]:
        return self._reasons[at]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self._reasons == tuple(other)

    def __hash__(self) -> int:
        return hash(self._reasons)

    def __repr__(self) -> str:
        return repr(self._reasons)


class _Known:
    """One law, ready to be asked what stands for a line."""

    def __init__(
        self,
        law: Law,
        register: Register,
        interned: Interned,
        shared: dict[tuple[Hashable, ...], list[_Branch]],
    ) -> None:
        read = partial(_code, country=law.regime.country, register=register)
        self.law, self.classes = law, LawClasses(law, read, interned)
        self.limits = thresholds(law.regime)
        self.technical = technical_facts(law.regime)
        self.shared = shared
        self._near: dict[tuple[Hashable, ...], list[_Branch]] = {}

    def branches(self, shipment: Shipment, day: dt.date) -> list[_Branch]:
        """The decisions of lines for whose places and item the same rows stood."""
        key = (
            bisect_right(self.law.changes, day), shipment.destination, shipment.ultimate_destination,
            shipment.code, shipment.classification_status,
            self.technical.isdisjoint(shipment.facts),
        )  # fmt: skip
        found = self._near.get(key)
        if found is None:
            found = self._near[key] = self.shared.setdefault(self._stands(*key), [])
        return found

    def _stands(
        self, epoch: int, place: str | None, final: str | None, code: str | None, status: str | None,
        plain: bool,  # noqa: FBT001  no technical fact is stated
    ) -> tuple[Hashable, ...]:  # fmt: skip
        last = None if final is None else final == place or self.classes.place(final, epoch)
        item = self.classes.item((code or "", not plain), epoch)
        return self.law.regime.country, self.classes.place(place, epoch), last, item, code, status

    def branch(self, looked_at: frozenset[str]) -> _Branch:
        """A place for decisions that looked at some facts."""
        derived = {FOLLOWS_FROM[name] for name in looked_at if name in FOLLOWS_FROM}
        facts = (looked_at | derived) - {TECHNICAL, "licences_held"}
        return _Branch(looked_at, facts, self.limits, self.technical)


def _code(cell: str, country: str, register: Register) -> str:
    return read_code(tidy(cell), country, register)
