"""The register: everything on record, loaded, checked, and asked in two times."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from sekisho.dates import in_order, require_day
from sekisho.errors import NotFound
from sekisho.model import Confidence, Decision, Dossier, Event, Link, Provision, Shipment, Source
from sekisho.register.countries import Countries
from sekisho.register.law import Law, LawInForce, Regime, learned
from sekisho.register.life_cycle import LifeCycle, Moment, Status, moments, notice_deadline, status

DATA = Path(__file__).parent.parent / "data"
"""The shipped data files."""


_LISTED = "sekisho register list names the kinds of records"
_DOSSIERS_LISTED = "sekisho register list dossiers names all"


@dataclass(frozen=True, repr=False)
class Register:
    """All records, with the fingerprint of the files they came from.

    Attributes:
        fingerprint: 16 hexadecimal digits; two registers with the same give the same answers.
        scenario: Name of the scenario laid over the shipped data, or empty.
        supposed: What the scenario supposes, by its own title, or empty.
    """

    version: str
    fingerprint: str
    scenario: str
    sources: Mapping[str, Source]
    dossiers: Mapping[str, Dossier]
    life_cycles: Mapping[str, LifeCycle]
    regimes: Mapping[str, Regime]
    countries: Countries
    root: Path
    supposed: str = ""
    _laws: dict[tuple[str, dt.date | None], Law] = field(default_factory=dict, repr=False, compare=False)

    def __repr__(self) -> str:
        scenario = f", scenario {self.scenario!r}" if self.scenario else ""
        return f"<Register {self.version}, {self.fingerprint}{scenario}>"

    @property
    def events(self) -> Mapping[str, Event]:
        """Every event of every dossier, by id."""
        return {event.id: event for dossier in self.dossiers.values() for event in dossier.events}

    def law(self, country: str, known_on: dt.date | None = None) -> Law | None:
        """The export control law of a country as known on a day; ``None`` if not on record.

        Days between which nothing was learned share one law.
        """
        regime = self.regimes.get(country)
        if regime is None:
            return None
        since = self._learned_by(country, known_on) if known_on is not None else None
        law = self._laws.get((country, since))
        if law is None:
            law = self._laws[country, since] = Law(regime, self.events, since)
        return law

    def _learned_by(self, country: str, known_on: dt.date) -> dt.date | None:
        """The last day by then on which more of a law was learned; ``None`` if it was the last of all."""
        days = self._learned[country]
        at = bisect_right(days, known_on)
        return None if at == len(days) else days[at - 1] if at else dt.date.min

    @cached_property
    def _learned(self) -> Mapping[str, list[dt.date]]:
        """The days from which more of each law is known: between two of them it is the same."""
        events = self.events
        return {country: sorted(learned(regime, events)) for country, regime in self.regimes.items()}

    def view(self, in_force_on: dt.date, known_on: dt.date | None = None) -> View:
        """The law in force on a day, as known on another."""
        return View(self, in_force_on, known_on)

    def dossier(self, name: str) -> Dossier:
        """One dossier by id.

        Raises:
            NotFound: With the nearest ids.
        """
        if name not in self.dossiers:
            raise NotFound("dossier", name, nearest(name, self.dossiers), _DOSSIERS_LISTED)
        return self.dossiers[name]

    def status(self, name: str, on: dt.date, known_on: dt.date | None = None) -> Status:
        """Where a dossier stood on a day, as known on another."""
        dossier = self.dossier(name)
        return status(dossier, self.life_cycles[dossier.kind], on, known_on)

    def links(self, name: str, known_on: dt.date | None = None) -> tuple[Link, ...]:
        """The links of a dossier, as known on a day: only those published by then."""
        links = self.dossier(name).links
        return tuple(link for link in links if self.published(link.sources, known_on))

    def published(self, sources: tuple[str, ...], known_on: dt.date | None) -> bool:
        """Whether sources were all published by a day; one without a day was not, for sure."""
        if known_on is None:
            return True
        days = [self.sources[name].published for name in sources]
        return all(day is not None and day.reached(known_on) for day in days)

    def timeline(
        self,
        between: tuple[str, ...] = (),
        since: dt.date | None = None,
        until: dt.date | None = None,
        known_on: dt.date | None = None,
    ) -> tuple[Moment, ...]:
        """The moments of all dossiers that concern every party named, oldest first.

        ``since`` and ``until`` are both included; a partial date is kept if it may lie
        between them.

        Raises:
            ValueInvalid: If ``until`` lies before ``since``.
        """
        if since is not None and until is not None:
            in_order(since, until)
        found = [
            moment
            for dossier in self.dossiers.values()
            if concerns(dossier, between)
            for moment in moments(dossier.events, known_on)
            if (since is None or moment.date.last >= since) and (until is None or moment.date.first <= until)
        ]
        return tuple(sorted(found, key=lambda m: (m.date.first, m.date.last)))

    def coming(self, on: dt.date, known_on: dt.date | None = None) -> tuple[Coming, ...]:
        """What is known and still to come on a day; known by that day unless said."""
        found = list(self._pending(on, known_on or on))
        found += self._deadlines(on, known_on or on)
        return tuple(sorted(found, key=lambda entry: (entry.date, entry.dossier)))

    def _pending(self, on: dt.date, known_on: dt.date) -> Iterator[Coming]:
        for name, dossier in self.dossiers.items():
            for moment in moments(dossier.events, known_on):
                if not moment.date.reached(on):
                    yield Coming(moment.date.last, name, moment.name, moment.event, "")

    def _deadlines(self, on: dt.date, known_on: dt.date) -> Iterator[Coming]:
        for name, dossier in self.dossiers.items():
            found = notice_deadline(dossier, on)
            if found is None or not self._renews(name, on, known_on):
                continue
            deadline, last_day = found
            text = f"last day to give notice; without notice the term that ends with {last_day} renews itself"
            yield Coming(deadline, name, "notice_deadline", None, text)

    def _renews(self, name: str, on: dt.date, known_on: dt.date) -> bool:
        return self.status(name, on, known_on).state == "in_force"

    def find(self, name: str) -> object:
        """Any record by id: source, dossier, event, row of law, item or fact.

        Raises:
            NotFound: With the nearest ids.
        """
        for table in self._tables():
            if name in table:
                return table[name]
        names = [known for table in self._tables() for known in table]
        raise NotFound("record", name, nearest(name, names), _LISTED)

    def _tables(self) -> tuple[Mapping[str, object], ...]:
        provisions: dict[str, Provision] = {}
        items: dict[str, object] = {}
        facts: dict[str, object] = {}
        for regime in self.regimes.values():
            provisions |= {row.id: row for row in regime.provisions}
            items |= {item.item: item for item in regime.items}
            facts |= regime.facts
        return self.dossiers, self.events, provisions, items, facts, self.sources


@dataclass(frozen=True, repr=False)
class View:
    """The law in force on a day, as known on another."""

    register: Register
    in_force_on: dt.date
    known_on: dt.date | None

    def __post_init__(self) -> None:
        require_day("in_force_on", self.in_force_on)
        if self.known_on is not None:
            require_day("known_on", self.known_on)

    def __repr__(self) -> str:
        return f"<View {self.fingerprint}>"

    @property
    def fingerprint(self) -> str:
        """Names the register and both days, so that an answer can be replayed."""
        known = self.known_on.isoformat() if self.known_on else "all"
        return f"{self.register.fingerprint}@{self.in_force_on.isoformat()}/{known}"

    def decide(self, shipment: Shipment, *, with_reasons: bool = True) -> Decision:
        """Decides one order line by this law; a line without a day ships on the day of the view.

        A line like one decided before is answered in microseconds, most quickly without its
        reasons: the answer comes with the ids of its rules.

        Raises:
            ValueInvalid: If the line ships on another day.
            InputInvalid: With everything in the shipment that is not what it should be.
        """
        decider = self._decider if with_reasons else self._coded
        try:
            return decider.decide(shipment)  # type: ignore[no-any-return]
        except Exception:  # what is stated may be of any kind, and compare and hash as it will
            decider.refuse(shipment)
            raise

    @cached_property
    def _decider(self) -> Any:
        return self._new_decider(with_reasons=True)

    @cached_property
    def _coded(self) -> Any:
        return self._new_decider(with_reasons=False)

    def _new_decider(self, *, with_reasons: bool) -> Any:
        from sekisho.determine.decider import Decider  # noqa: PLC0415  a package above this one

        return Decider(
            self.register, self.known_on, with_reasons=with_reasons, checks=True, day=self.in_force_on
        )

    def law(self, country: str) -> LawInForce | None:
        """What stands in a country's law, or ``None`` if it is not on record."""
        law = self.register.law(country, self.known_on)
        return law.on(self.in_force_on) if law else None


@dataclass(frozen=True, slots=True)
class Coming:
    """Something known and still to come.

    Attributes:
        date: The day by which it has certainly come.
        moment: ``promulgated``, ``effective`` or ``notice_deadline``.
        event: The event, or ``None`` for a deadline that follows from a term.
    """

    date: dt.date
    dossier: str
    moment: str
    event: Event | None
    text: str


def concerns(dossier: Dossier, parties: tuple[str, ...]) -> bool:
    """Whether a dossier concerns all the parties; ``*`` among its parties means everyone."""
    return all(party in dossier.parties or "*" in dossier.parties for party in parties)


_NEAREST = 3
_ALIKE = 0.65
"""How alike two names must be: of four letters three, of seven five."""


def nearest(name: str, known: Mapping[str, object] | list[str]) -> list[str]:
    """Up to three known names that look like a name, letter case aside."""
    import difflib  # noqa: PLC0415  needed only on the way to an error

    folded: dict[str, list[str]] = {}
    for one in known:
        folded.setdefault(one.casefold(), []).append(one)
    if name.casefold() in folded:
        return folded[name.casefold()]
    close = difflib.get_close_matches(name.casefold(), list(folded), n=_NEAREST, cutoff=_ALIKE)
    return [one for key in close for one in folded[key]][:_NEAREST]


def lowest(*confidences: Confidence) -> Confidence:
    """The least sure of several."""
    result = Confidence.HIGH
    for confidence in confidences:
        result = result.capped(confidence)
    return result
