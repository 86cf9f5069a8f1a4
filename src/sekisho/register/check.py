"""What must be true of the register as a whole: every name resolves, no life cycle is broken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

from sekisho.model import Consequence, Event, Item, Provision, Region, Rule
from sekisho.register import condition
from sekisho.register.law import Regime
from sekisho.register.life_cycle import LifeCycle, forbidden
from sekisho.register.load import Reader
from sekisho.register.register import Register
from sekisho.register.selectors import destination_selector, item_selector, lineage

PARTIES = {"EU", "UN", "WTO", "*"}
"""Parties of a dossier that are not countries."""
MOMENTS = ("announced", "promulgated", "effective")


def check(register: Register, reader: Reader, overlay: Reader | None = None) -> None:
    """Checks a register and keeps every fault in the reader."""
    checker = _Checker(register, overlay or reader)
    for name, cycle in register.life_cycles.items():
        checker.life_cycle(name, cycle)
    for dossier in register.dossiers.values():
        checker.dossier(dossier.id)
    for regime in register.regimes.values():
        checker.regime(regime)


class _Checker:
    """Keeps the register and the reader at hand while it walks over the rows."""

    def __init__(self, register: Register, reader: Reader) -> None:
        self.register, self.reader = register, reader
        self.events: Mapping[str, Event] = register.events

    def fault(self, row: str, column: str, problem: str, expected: str = "") -> None:
        self.reader.fault_at(row, column, problem, expected)

    def life_cycle(self, name: str, cycle: LifeCycle) -> None:
        place = "life_cycles.toml", 0
        moved = {state for move in cycle.moves.values() for states in move.items() for state in states}
        for state in sorted({cycle.first, *moved} - cycle.states.keys()):
            self.reader.fault(place, name, f"{state!r} is not a state", f"one of {', '.join(cycle.states)}")
        for moment in sorted({moment for _, moment in cycle.moves} - set(MOMENTS)):
            self.reader.fault(place, name, f"{moment!r} is not a moment", f"one of {', '.join(MOMENTS)}")

    def dossier(self, name: str) -> None:
        dossier = self.register.dossiers[name]
        self.sources(name, dossier.sources)
        self.parties(name, "parties", dossier.parties)
        for link in dossier.links:
            self.sources(name, link.sources)
            if link.dossier not in self.register.dossiers:
                self.fault(name, "link", f"there is no dossier {link.dossier!r}", "the id of one")
        for event in dossier.events:
            self.event(event)
        if dossier.term is not None:
            self.known_event(name, "starts_with", dossier.term.starts_with)
        cycle = self.register.life_cycles.get(dossier.kind)
        if cycle is None:
            self.fault(name, "kind", f"{dossier.kind!r} has no life cycle", "one in life_cycles.toml")
            return
        for row, column, problem in forbidden(dossier, cycle):
            self.fault(row, column, problem, "what life_cycles.toml allows there")

    def event(self, event: Event) -> None:
        self.sources(event.id, event.sources)
        self.parties(event.id, "by", event.by)
        self.parties(event.id, "toward", event.toward)
        for column, names in (("stops", event.stops), ("answers", event.answers)):
            for name in names:
                self.known_event(event.id, column, name)
        if event.promulgated and event.effective and event.promulgated.first > event.effective.last:
            problem = f"{event.effective} is before the promulgation on {event.promulgated}"
            self.fault(event.id, "effective", problem, "the day of promulgation or a later one")

    def known_event(self, row: str, column: str, name: str) -> None:
        if name not in self.events:
            self.fault(row, column, f"there is no event {name!r}", "the id of an event")

    def sources(self, row: str, names: tuple[str, ...]) -> None:
        for name in names:
            if name not in self.register.sources:
                self.fault(row, "source", f"there is no source {name!r}", "an id of sources.csv")

    def parties(self, row: str, column: str, names: tuple[str, ...]) -> None:
        for name in names:
            if name not in PARTIES and not self.register.countries.has(name):
                self.fault(row, column, f"{name!r} is not a country code", "ISO 3166-1 alpha-2")

    def regime(self, regime: Regime) -> None:
        for row in regime.provisions:
            self.provision(row)
            for column, text in _conditions(row):
                for problem in condition.check(text, regime.facts) if text else ():
                    self.fault(row.id, column, problem, "a condition on declared facts")
        self.rows(regime)
        for change in regime.changes:
            if change.event not in self.events:
                problem = f"there is no event {change.event!r} (item {change.item})"
                self.reader.fault(("item_changes.csv", 0), "event", problem, "the id of an event")
        self.questions(regime)
        self.overlaps(regime)

    def rows(self, regime: Regime) -> None:
        """What the rows of each table name must be on record."""
        regions = {row.region for row in regime.regions}
        groups = {group for limb in regime.limbs for group in limb.groups}
        items = {row.item for row in regime.items} | {row.row for row in regime.items}
        types = {row.id for row in regime.licence_types}
        for rule in (row for row in regime.provisions if isinstance(row, Rule)):
            self.selectors(rule, regions, groups, items)
        for policy in regime.policies:
            self.known(policy.id, "licence_types", policy.licence_types, types)
        for limb in regime.limbs:
            self.known(limb.id, "item", limb.items, items)
        for region in regime.regions:
            self.countries(region)
        for consequence in regime.consequences:
            self.known(consequence.id, "licence_type", (consequence.licence_type,), {*types, "*"})
            self.number(consequence)

    def provision(self, row: Provision) -> None:
        self.sources(row.id, row.sources)
        for column, name in (("from_event", row.from_event), ("until_event", row.until_event)):
            if not name:
                continue
            self.known_event(row.id, column, name)
            event = self.events.get(name)
            if event is not None and event.effective is None:
                problem = f"{name!r} has no effective day"
                self.fault(row.id, column, problem, "an event that takes effect")
        starts = self.events[row.from_event].effective if row.from_event in self.events else None
        ends = self.events[row.until_event].effective if row.until_event in self.events else None
        if starts and ends and ends.last <= starts.first:
            problem = f"the row ends on {ends}, not after its start on {starts}"
            self.fault(row.id, "until_event", problem, "an event that takes effect later")

    def known(self, row: str, column: str, names: tuple[str, ...], among: set[str]) -> None:
        for name in names:
            if name not in among:
                self.fault(row, column, f"{name!r} is not on record", "a declared one")

    def selectors(self, row: Rule, regions: set[str], groups: set[str], items: set[str]) -> None:
        for part in item_selector(row.item).parts:
            among = {"*": {""}, "group": groups}.get(part.kind, items)
            if part.value not in among:
                self.fault(row.id, "item", f"{part.value!r} is not on record", "an item selector")
        for name in destination_selector(row.destination).names - regions - {"*"}:
            if not self.register.countries.has(name):
                problem = f"{name!r} is neither a region nor a country"
                self.fault(row.id, "destination", problem, "*, ISO 3166-1 alpha-2 or a region of regions.csv")

    def countries(self, row: Region) -> None:
        for name in row.countries:
            if not self.register.countries.has(name):
                self.fault(row.id, "countries", f"{name!r} is not a country code", "ISO 3166-1 alpha-2")

    def number(self, row: Consequence) -> None:
        if row.topic in {"record_years", "review_days"} and not row.value.isdecimal():
            self.fault(row.id, "value", f"{row.value!r} is not a whole number", "years or days, such as 90")

    def questions(self, regime: Regime) -> None:
        for fact in regime.facts.values():
            if ";" in fact.question:
                self.fault(fact.name, "question", "the question holds ';'", "a sentence without ';'")

    def overlaps(self, regime: Regime) -> None:
        """Two rows for one item number must not stand on the same day."""
        spans: dict[str, list[Item]] = {}
        for row in regime.items:
            spans.setdefault(row.item, []).append(row)
        for rows in spans.values():
            for earlier, later in pairwise(rows):
                if not (earlier.until_event or later.until_event):
                    problem = f"{later.item} already stands as {earlier.id}"
                    self.fault(later.id, "until_event", problem, "an end for one of the two")
        for row in regime.items:
            if row.parent and row.parent not in lineage(row.item):
                self.fault(row.id, "parent", f"{row.parent!r} is not above {row.item}", "its head")


def _conditions(row: Provision) -> Iterator[tuple[str, str]]:
    for column in ("condition", "lost_if", "holder", "lapses_if"):
        value = getattr(row, column, "")
        if isinstance(value, str):
            yield column, value
