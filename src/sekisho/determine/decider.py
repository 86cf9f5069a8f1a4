"""Deciding many lines one after another, each different kind of line once.

What a decision was made from is known: the rows that stood for its places and its item,
and the facts that were looked at on the way, in order. So the decisions made are kept
(:mod:`sekisho.determine.ways`), and a line like one before is not decided again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable
from dataclasses import dataclass, replace
from functools import partial

from sekisho.determine.decide import decide
from sekisho.determine.intake import read_code, tidy
from sekisho.determine.law_classes import Interned, LawClasses
from sekisho.determine.reasons import Reasons
from sekisho.determine.shipments import require
from sekisho.determine.ways import Ends, Node, Shapes, Values, Ways
from sekisho.errors import ValueInvalid
from sekisho.model import Decision, Shipment
from sekisho.register.law import Law
from sekisho.register.register import Register

KEPT = 1 << 18
"""How many decisions are kept before starting anew."""
Stated = tuple[tuple[str, ...], str | None, str | None, str | None, str | None]
"""The facts that a line states, its places, item number and the state of its classification."""


@dataclass(frozen=True, slots=True, eq=False)
class _Day:
    """The law of a country on one day, as known on another, and the ways that begin there.

    Attributes:
        known_on: The day as known on which the law is asked; the law may be that of others too.
        lines: Where the ways of lines end, by what they state; one for all days between which
            nothing changes.
    """

    day: dt.date
    known_on: dt.date | None
    law: Law
    epoch: int
    classes: LawClasses
    shapes: Shapes
    lines: dict[Stated, Ends]

    def stands(self, stated: Stated) -> Hashable:
        """What tells lines with these places and this item from others, by the law of the day."""
        _, place, final, code, status = stated
        epoch, classes, regime = self.epoch, self.classes, self.law.regime
        found = [
            (name, classes.line(code or "", name, epoch), classes.unlisted(name, epoch))
            for name in dict.fromkeys((place, final))
            if name
        ]
        own = place, final, code, status
        return regime.country, own, self.day >= regime.covered_from, classes.conditions(epoch), *found


class Decider:
    """Decides order lines by one register.

    Args:
        register: The register to decide by.
        with_reasons: Whether decisions keep their reasons.
        checks: Whether lines are checked first, as those that a program states to a view of one day.
    """

    def __init__(self, register: Register, *, with_reasons: bool = True, checks: bool = False) -> None:
        self.register, self.with_reasons, self.checks = register, with_reasons, checks
        self.interned = Interned()
        self._forget()

    def decide(
        self, shipment: Shipment, known_on: dt.date | None = None, day: dt.date | None = None
    ) -> Decision:
        """As :func:`sekisho.decide`, faster where a line like this one was decided before.

        ``day`` is that of a line which states none.

        Raises:
            InputInvalid: With all faults of a line, if lines are checked.
            ValueInvalid: If they are checked and the line states another day.
        """
        own = shipment.decisive_date
        key = shipment.ship_from, day if own is None else own, known_on
        try:
            law = self._days[key]
        except KeyError:
            self._refuse_other(shipment, day)
            law = self._open(*key)
        if law is None:
            return self._outside(shipment, known_on, day)
        facts = shipment.facts
        values = *facts.values(), shipment.licences_held
        stated = (
            tuple(facts), shipment.destination, shipment.ultimate_destination, shipment.code,
            shipment.classification_status,
        )  # fmt: skip
        ends = law.lines.get(stated)
        end = ends.of(values) if ends is not None else None
        found = end.decisions.get(law) if end is not None else None
        if found is None:
            found = self._like(law, end) or self._unlike(law, shipment, stated, values)
        if not self.with_reasons:
            return found
        reasons = found.reasons
        return found.but(reasons=reasons.of(shipment)) if isinstance(reasons, Reasons) else found

    def refuse(self, shipment: Shipment) -> None:
        """Says what is wrong with a line that could not even be looked up, if anything is.

        Raises:
            InputInvalid: With all faults of the line.
        """
        require(shipment, self.register)

    def _outside(self, shipment: Shipment, known_on: dt.date | None, day: dt.date | None) -> Decision:
        """The decision of a line that no law on record decides."""
        if self.checks:
            require(shipment, self.register)
        dated = shipment if shipment.decisive_date is not None else replace(shipment, decisive_date=day)
        return decide(dated, self.register, known_on, with_reasons=self.with_reasons)

    def _unlike(self, law: _Day, shipment: Shipment, stated: Stated, values: Values) -> Decision:
        """The decision of a line that found none at once; it is checked first, if lines are."""
        ends = law.lines.get(stated)
        sound = law.shapes[stated[0]].sound
        if sound is not None and (ends is None or not sound.has(values)):
            require(shipment, self.register)
            sound.keep(values)
        ends = ends or self._line(law, stated)
        end = ends.walk(values)
        found = end.decisions.get(law) if end is not None else None
        return found or self._like(law, end) or self._new(law, ends, shipment, values)

    def _line(self, law: _Day, stated: Stated) -> Ends:
        """Where the ways of lines that state the same facts, places and item end."""
        self._keep()
        root = self._roots.setdefault(law.stands(stated), Node())
        ends = law.lines[stated] = law.shapes[stated[0]].ends(root)
        return ends

    def _like(self, law: _Day, end: Node | None) -> Decision | None:
        """The decision at the end of a way, if one of another day with the same law is there."""
        alike = next(iter(end.decisions.values()), None) if end is not None else None
        if alike is None or end is None:
            return None
        self._keep()
        made = end.decisions[law] = alike.but(in_force_on=law.day, known_on=law.known_on)
        return made

    def _new(self, law: _Day, ends: Ends, shipment: Shipment, values: Values) -> Decision:
        """The decision of a line like none before."""
        self._keep()
        dated, reads = replace(shipment, decisive_date=law.day), dict[str, None]()
        made = decide(dated, self.register, law.known_on, with_reasons=self.with_reasons, reads=reads)
        self._ways.end(ends.root, ends.shape, values, reads).decisions[law] = made
        return made

    def _keep(self) -> None:
        """Counts a decision; when there are too many it starts anew."""
        self._kept += 1
        if self._kept > KEPT:
            self._forget()

    def _forget(self) -> None:
        self._ways, self._roots, self._kept = Ways(), dict[Hashable, Node](), 0
        self._shapes: dict[str, Shapes] = {}
        self._days: dict[tuple[str | None, dt.date | None, dt.date | None], _Day | None] = {}
        self._classes: dict[tuple[str, dt.date | None], LawClasses] = {}
        self._epochs: dict[tuple[str, dt.date | None, int], dict[Stated, Ends]] = {}

    def _refuse_other(self, shipment: Shipment, day: dt.date | None) -> None:
        """Where lines are checked, only a sound line of the day opens the law that those like it find."""
        if not self.checks:
            return
        require(shipment, self.register)
        if day is not None and shipment.decisive_date not in (None, day):
            msg = f"the line ships on {shipment.decisive_date}, the view is of {day}"
            raise ValueInvalid(msg, "a line of that day, or one without a day")

    def _open(self, country: str | None, day: dt.date | None, known_on: dt.date | None) -> _Day | None:
        """The law of a day; ``None`` if there is none on record."""
        self._keep()
        law = self.register.law(country, known_on) if country and day is not None else None
        if law is None or country is None or day is None:
            self._days[country, day, known_on] = None
            return None
        shapes = self._shapes.get(country)
        if shapes is None:
            shapes = self._shapes[country] = Shapes(law.regime, checks=self.checks)
        epoch = law.epoch(day)
        lines = self._epochs.setdefault((country, law.known_on, epoch), {})
        found = _Day(day, known_on, law, epoch, self._classes_of(law), shapes, lines)
        self._days[country, day, known_on] = found
        return found

    def _classes_of(self, law: Law) -> LawClasses:
        key = law.regime.country, law.known_on
        if key not in self._classes:
            read = partial(_code, country=law.regime.country, register=self.register)
            self._classes[key] = LawClasses(law, read, self.interned)
        return self._classes[key]


def _code(cell: str, country: str, register: Register) -> str:
    return read_code(tidy(cell), country, register)
