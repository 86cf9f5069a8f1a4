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
from typing import Any

from sekisho.determine.decide import decide
from sekisho.determine.intake import read_code, tidy
from sekisho.determine.law_classes import Interned, LawClasses
from sekisho.determine.reasons import Reasons
from sekisho.determine.shipments import require
from sekisho.determine.ways import NONE, Decisions, Ends, Node, Shapes, Values, Ways
from sekisho.errors import ValueInvalid
from sekisho.model import Decision, Shipment
from sekisho.register.law import Law
from sekisho.register.register import Register

KEPT = 1 << 18
"""How many decisions are kept before starting anew."""
Stated = tuple[Any, ...]
"""The facts that a line states, and then its places, item number and the state of its classification."""
_OTHERS = 4
"""How many of these are not facts."""


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
        place, final, code, status = stated[-_OTHERS:]
        epoch, classes, regime = self.epoch, self.classes, self.law.regime
        found = [
            (name, classes.line(code or "", name, epoch), classes.unlisted(name, epoch))
            for name in dict.fromkeys((place, final))
            if name
        ]
        own = place, final, code, status
        return regime.country, own, self.day >= regime.covered_from, classes.conditions(epoch), *found


class Decider:
    """Decides order lines by one register, as known on one day.

    Args:
        register: The register to decide by.
        known_on: What was known on this day; ``None`` is all that is recorded.
        with_reasons: Whether decisions keep their reasons.
        checks: Whether lines are checked first, as those that a program states to a view of one day.
        day: That of lines which state none; others must state it, if lines are checked.
    """

    def __init__(
        self, register: Register, known_on: dt.date | None = None, *, with_reasons: bool = True,
        checks: bool = False, day: dt.date | None = None,
    ) -> None:  # fmt: skip
        self.register, self.known_on, self.day = register, known_on, day
        self.with_reasons, self.checks = with_reasons, checks
        self.interned = Interned()
        self._forget()

    def decide(self, shipment: Shipment) -> Decision:
        """As :func:`sekisho.decide`, faster where a line like this one was decided before.

        Raises:
            InputInvalid: With all faults of a line, if lines are checked.
            ValueInvalid: If they are checked and the line states another day.
        """
        own = shipment.decisive_date
        if own is None:
            law = self._undated.get(shipment.ship_from)
        else:
            if self.checks and type(own) is not dt.date:
                self.refuse(shipment)  # one of a kind of its own may equal a day that was found sound
            law = self._days.get((shipment.ship_from, own))
        if law is None:
            law = self._open(shipment)
            if law is None:
                return self._outside(shipment)
        facts = shipment.facts
        stated = (
            *facts, shipment.destination, shipment.ultimate_destination, shipment.code,
            shipment.classification_status,
        )  # fmt: skip
        ends = law.lines.get(stated)
        alike = ends.of(facts, shipment.licences_held) if ends is not None else NONE
        found = alike.get(law)
        if found is None:
            found = self._like(law, alike) or self._unlike(law, shipment, stated)
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

    def _outside(self, shipment: Shipment) -> Decision:
        """The decision of a line that no law on record decides; it was checked before, if lines are."""
        own = shipment.decisive_date
        dated = shipment if own is not None else replace(shipment, decisive_date=self.day)
        return decide(dated, self.register, self.known_on, with_reasons=self.with_reasons)

    def _unlike(self, law: _Day, shipment: Shipment, stated: Stated) -> Decision:
        """The decision of a line that found none at once; it is checked first, if lines are."""
        values = *shipment.facts.values(), shipment.licences_held
        ends = law.lines.get(stated)
        sound = law.shapes[stated[:-_OTHERS]].sound
        if sound is not None and (ends is None or not sound.has(values)):
            require(shipment, self.register)
            sound.keep(values)
        ends = ends or self._line(law, stated)
        alike = ends.walk(values)
        return alike.get(law) or self._like(law, alike) or self._new(law, ends, shipment, values)

    def _line(self, law: _Day, stated: Stated) -> Ends:
        """Where the ways of lines that state the same facts, places and item end."""
        self._keep()
        root = self._roots.setdefault(law.stands(stated), Node())
        ends = law.lines[stated] = law.shapes[stated[:-_OTHERS]].ends(root)
        return ends

    def _like(self, law: _Day, alike: Decisions) -> Decision | None:
        """The decision of a line alike, if one was made for another day with the same law."""
        if not alike:
            return None
        self._keep()
        made = next(iter(alike.values())).but(in_force_on=law.day, known_on=law.known_on)
        alike[law] = made
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
        self._kinds = dict[str, tuple[LawClasses, Shapes]]()
        self._days, self._undated = dict[tuple[str | None, dt.date], _Day](), dict[str | None, _Day]()
        self._epochs = dict[tuple[str, int], dict[Stated, Ends]]()

    def _open(self, shipment: Shipment) -> _Day | None:
        """The law of the day of a line; ``None`` if there is none on record.

        Where lines are checked, only a sound line of the day opens the law that those like it find.
        """
        if self.checks:
            self._refuse_other(shipment)
        country, own = shipment.ship_from, shipment.decisive_date
        day = self.day if own is None else own
        law = self.register.law(country, self.known_on) if country and day is not None else None
        if law is None or country is None or day is None:
            return None
        self._keep()
        found = self._days.get((country, day)) or self._day(law, country, day)
        self._days[country, day] = found
        if own is None:
            self._undated[country] = found
        return found

    def _refuse_other(self, shipment: Shipment) -> None:
        require(shipment, self.register)
        if self.day is not None and shipment.decisive_date not in (None, self.day):
            msg = f"the line ships on {shipment.decisive_date}, the view is of {self.day}"
            raise ValueInvalid(msg, "a line of that day, or one without a day")

    def _day(self, law: Law, country: str, day: dt.date) -> _Day:
        kinds = self._kinds.get(country)
        if kinds is None:
            read = partial(_code, country=country, register=self.register)
            kinds = LawClasses(law, read, self.interned), Shapes(law.regime, checks=self.checks)
            self._kinds[country] = kinds
        epoch = law.epoch(day)
        return _Day(day, self.known_on, law, epoch, *kinds, self._epochs.setdefault((country, epoch), {}))


def _code(cell: str, country: str, register: Register) -> str:
    return read_code(tidy(cell), country, register)
