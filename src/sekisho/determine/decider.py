"""Deciding many lines one after another, each different kind of line once.

What a decision was made from is known: the rows that stood for its places and its item,
and the facts that were looked at on the way, in order. So the decisions made are kept in
a tree of these facts; a line that the law cannot tell from one before finds its decision
at the end of the same way.
"""

from __future__ import annotations

import datetime as dt
import math
from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from operator import attrgetter
from typing import Any

from sekisho.determine.classes import Limits, technical_facts, thresholds
from sekisho.determine.decide import decide
from sekisho.determine.docket import TECHNICAL, UNLISTED
from sekisho.determine.intake import FOLLOWS_FROM, read_code, tidy
from sekisho.determine.law_classes import Interned, LawClasses
from sekisho.determine.reasons import Reasons
from sekisho.determine.shipments import require
from sekisho.errors import ValueInvalid
from sekisho.model import Decision, Shipment
from sekisho.register.law import Law
from sekisho.register.register import Register

KEPT = 1 << 18
"""How many decisions are kept before starting anew."""
Read = Callable[[Shipment], Hashable]


class _Node:
    """A place on the way to decisions: the facts that are looked at there, or the decisions.

    Attributes:
        names: The facts, in the order in which they are looked at; empty at the end of a
            way, and where nothing was decided yet.
        measured: Those that are compared with numbers, by their place, with the numbers, each
            followed by the next number there is: one search tells below, on and above.
        read: Those that are not simply among the stated facts, by their place.
        after: Where the classes of the facts lead.
        decisions: By day, and day as known on.
    """

    __slots__ = ("after", "decisions", "measured", "names", "read")

    def __init__(self) -> None:
        self.names: tuple[str, ...] = ()
        self.measured: tuple[tuple[int, Sequence[float]], ...] = ()
        self.read: tuple[tuple[int, Read], ...] = ()
        self.after: dict[tuple[Hashable, ...], _Node] = {}
        self.decisions: dict[tuple[dt.date, dt.date | None], Decision] = {}

    def classes(self, shipment: Shipment) -> tuple[Hashable, ...]:
        """What of the facts of a line the law can tell apart."""
        found: list[Any] = list(map(shipment.facts.get, self.names))
        for at, read in self.read:
            found[at] = read(shipment)
        for at, limits in self.measured:
            if found[at] is not None:
                found[at] = bisect_right(limits, found[at])
        return tuple(found)

    def end(self, shipment: Shipment) -> _Node | None:
        """Where the way of a line ends; ``None`` if no line like it came by."""
        node: _Node | None = self
        while node is not None and node.names:
            node = node.after.get(node.classes(shipment))
        return node


class Decider:
    """Decides order lines by one register.

    Args:
        register: The register to decide by.
        with_reasons: Whether decisions keep their reasons.
    """

    def __init__(self, register: Register, *, with_reasons: bool = True) -> None:
        self.register, self.with_reasons = register, with_reasons
        self.interned = Interned()
        self._laws: dict[tuple[str | None, dt.date | None], _Known | None] = {}
        self._roots: dict[tuple[Hashable, ...], _Node] = {}
        self._kept = 0

    def decide(
        self, shipment: Shipment, known_on: dt.date | None = None, day: dt.date | None = None
    ) -> Decision:
        """As :func:`sekisho.decide`, faster where a line like this one was decided before.

        ``day`` is that of a line which states none.
        """
        day = shipment.decisive_date or day
        law = self._law(shipment.ship_from, known_on) if day is not None else None
        if day is None or law is None:
            shipment = replace(shipment, decisive_date=day)
            return decide(shipment, self.register, known_on, with_reasons=self.with_reasons)
        node = law.root(shipment, day).end(shipment)
        found = node.decisions.get((day, known_on)) if node is not None else None
        if found is None:
            found = self._new(node, shipment, known_on, day)
        if not self.with_reasons:
            return found
        reasons = found.reasons
        return replace(found, reasons=reasons.of(shipment) if isinstance(reasons, Reasons) else reasons)

    def decide_on(self, shipment: Shipment, day: dt.date, known_on: dt.date | None) -> Decision:
        """Decides a line that a program states, as shipped on one day.

        Raises:
            ValueInvalid: If the line ships on another day.
            InputInvalid: With everything in the shipment that is not what it should be.
        """
        if shipment.decisive_date is not None and shipment.decisive_date != day:
            msg = f"the line ships on {shipment.decisive_date}, the view is of {day}"
            raise ValueInvalid(msg, "a line of that day, or one without a day")
        require(shipment, self.register)
        return self.decide(shipment, known_on, day)

    def _new(
        self, node: _Node | None, shipment: Shipment, known_on: dt.date | None, day: dt.date
    ) -> Decision:
        """The decision of a line that none was kept for on that day."""
        self._keep()
        if node is not None and node.decisions:  # of another day with the same law
            made = replace(next(iter(node.decisions.values())), in_force_on=day, known_on=known_on)
            node.decisions[day, known_on] = made
            return made
        dated, reads = replace(shipment, decisive_date=day), dict[str, None]()
        made = decide(dated, self.register, known_on, with_reasons=self.with_reasons, reads=reads)
        law = self._law(shipment.ship_from, known_on)
        assert law is not None  # noqa: S101  checked by the caller
        law.end(law.root(shipment, day), shipment, reads).decisions[day, known_on] = made
        return made

    def _keep(self) -> None:
        self._kept += 1
        if self._kept > KEPT:
            self._roots.clear()
            self._laws.clear()
            self._kept = 0

    def _law(self, country: str | None, known_on: dt.date | None) -> _Known | None:
        key = country, known_on
        if key not in self._laws:
            law = self.register.law(country, known_on) if country else None
            self._laws[key] = _Known(law, self.register, self.interned, self._roots) if law else None
        return self._laws[key]


class _Known:
    """One law, ready to be asked what stands for a line."""

    def __init__(
        self, law: Law, register: Register, interned: Interned, roots: dict[tuple[Hashable, ...], _Node]
    ) -> None:
        read = partial(_code, country=law.regime.country, register=register)
        self.law, self.classes, self.shared = law, LawClasses(law, read, interned), roots
        self.limits = {name: _searched(limits) for name, limits in thresholds(law.regime).items()}
        self.technical = technical_facts(law.regime)
        self._near: dict[tuple[Hashable, ...], _Node] = {}

    def root(self, shipment: Shipment, day: dt.date) -> _Node:
        """Where the ways of lines begin for whose places and item the same rows stood."""
        key = (
            day, shipment.destination, shipment.ultimate_destination, shipment.code,
            shipment.classification_status,
        )  # fmt: skip
        found = self._near.get(key)
        if found is None:
            if len(self._near) >= KEPT:
                self._near.clear()
            found = self._near[key] = self.shared.setdefault(self._stands(*key), _Node())
        return found

    def _stands(
        self, day: dt.date, place: str | None, final: str | None, code: str | None, status: str | None
    ) -> tuple[Hashable, ...]:
        epoch, classes = self.law.epoch(day), self.classes
        stands = [
            (name, classes.line(code or "", name, epoch), classes.unlisted(name, epoch))
            for name in dict.fromkeys((place, final))
            if name
        ]
        country, read = self.law.regime.country, day >= self.law.regime.covered_from
        return country, place, final, code, status, read, classes.conditions(epoch), *stands

    def end(self, node: _Node, shipment: Shipment, reads: Iterable[str]) -> _Node:
        """The end of the way of a line that looked at some facts, made as far as it is new."""
        left = [name for name in reads if name != UNLISTED]
        while node.names:
            shared = _shared(node.names, left)
            if shared < len(node.names):
                self._split(node, shared)
            left = [name for name in left if name not in node.names]
            node = node.after.setdefault(node.classes(shipment), _Node())
        if left and not node.decisions:
            self._name(node, tuple(left))
            node = node.after.setdefault(node.classes(shipment), _Node())
        return node

    def _split(self, node: _Node, shared: int) -> None:
        """Leaves a node its first facts; what came after the others goes to nodes behind it."""
        names, after = node.names, node.after
        node.after = {}
        for classes, on in after.items():
            behind = node.after.get(classes[:shared])
            if behind is None:
                behind = node.after[classes[:shared]] = _Node()
                self._name(behind, names[shared:])
            behind.after[classes[shared:]] = on
        self._name(node, names[:shared])

    def _name(self, node: _Node, names: tuple[str, ...]) -> None:
        node.names = names
        limits = ((at, self.limits.get(name)) for at, name in enumerate(names))
        node.measured = tuple((at, found) for at, found in limits if found is not None)
        reads = ((at, self._read(name)) for at, name in enumerate(names))
        node.read = tuple((at, read) for at, read in reads if read is not None)

    def _read(self, name: str) -> Read | None:
        if name == "licences_held":
            return attrgetter(name)
        if name == TECHNICAL:
            return self._told
        if FOLLOWS_FROM.get(name) == "hs_code":
            return _heading(name)
        return None

    def _told(self, shipment: Shipment) -> Hashable:
        """The stated facts among the technical ones, of which a line has few."""
        if self.technical.isdisjoint(shipment.facts):
            return _NONE
        return frozenset(self._classed(shipment))

    def _classed(self, shipment: Shipment) -> Iterator[tuple[str, Hashable]]:
        for name, value in shipment.facts.items():
            if name in self.technical:
                limits: Any = self.limits.get(name)
                yield name, value if limits is None else bisect_right(limits, value)


_NONE = frozenset[Hashable]()


def _heading(name: str) -> Read:
    """Reads a part of the HS code: that part as it is written, unless it is stated itself."""
    digits = int(name.removeprefix("hs_"))

    def read(shipment: Shipment) -> Hashable:
        stated, code = shipment.facts.get(name), shipment.facts.get("hs_code")
        if stated is not None or not isinstance(code, str) or len(code) < digits:
            return stated
        return float(code[:digits])

    return read


def _shared(names: Sequence[str], others: Sequence[str]) -> int:
    """How many of the first names two ways share; at least one, so that a way goes on."""
    apart = (at for at, (one, other) in enumerate(zip(names, others, strict=False)) if one != other)
    return max(1, next(apart, min(len(names), len(others))))


def _searched(limits: Limits | None) -> Sequence[float] | None:
    if limits is None:
        return None
    return [number for limit in limits for number in (limit, math.nextafter(limit, math.inf))]


def _code(cell: str, country: str, register: Register) -> str:
    return read_code(tidy(cell), country, register)
