"""The frozen records that all parts share: sources, dossiers, events, rows of law, decisions.

Names are those of the data files (``data/README.md``) and of the regulation. Rows of law
carry no dates: they name the event that brought them in and the one that took them out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sekisho.dates import PartialDate


class Confidence(StrEnum):
    """How sure the record is of a row, an event or an answer; the first is the surest."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    DISPUTED = "disputed"

    def capped(self, other: Confidence) -> Confidence:
        """The less sure of the two.

        >>> Confidence.HIGH.capped(Confidence.LOW)
        <Confidence.LOW: 'low'>
        """
        return max(self, other, key=_SURENESS.__getitem__)


_SURENESS = {confidence: rank for rank, confidence in enumerate(Confidence)}


class Basis(StrEnum):
    """How the start of a row of law is known."""

    AMENDED = "amended"
    EARLIEST_READ = "earliest_read"
    NEWEST_ONLY = "newest_only"
    NOT_BEFORE = "newest_only_not_before"


class Answer(StrEnum):
    """The states of a decision, most severe first."""

    PROHIBITED = "prohibited"
    UNDETERMINED = "undetermined"
    LICENCE_REQUIRED = "licence_required"
    REFER_ELSEWHERE = "refer_elsewhere"
    AUTHORISED = "authorised"
    NO_REQUIREMENT_FOUND = "no_requirement_found"
    NOT_LISTED = "not_listed"

    @property
    def may_ship(self) -> bool:
        """Whether the export licence does not stop a line with this answer."""
        return self in _MAY_SHIP


_MAY_SHIP = frozenset({Answer.AUTHORISED, Answer.NO_REQUIREMENT_FOUND, Answer.NOT_LISTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A text that says something: statute, notice, ruling, press release, news."""

    id: str
    title: str
    publisher: str
    kind: str
    published: PartialDate | None
    url: str
    language: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to a dossier; the only record that carries dates."""

    id: str
    dossier: str
    kind: str
    by: tuple[str, ...]
    toward: tuple[str, ...]
    announced: PartialDate | None
    promulgated: PartialDate | None
    effective: PartialDate | None
    summary: str
    sources: tuple[str, ...]
    confidence: Confidence
    stops: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    note: str = ""

    @property
    def moments(self) -> tuple[tuple[str, PartialDate], ...]:
        """The dated moments of the event, in the order of a legal act."""
        named = (
            ("announced", self.announced),
            ("promulgated", self.promulgated),
            ("effective", self.effective),
        )
        return tuple((name, date) for name, date in named if date is not None)

    @property
    def known_from(self) -> dt.date:
        """The first day on which the event was certainly known.

        An act that was announced after its effect was known by its announcement, not by its
        effect; one that was promulgated before was known by that.
        """
        told_later = self.announced is not None and self.announced.is_day
        return min(date.last for name, date in self.moments if not (told_later and name == "effective"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """How one dossier stands to another."""

    kind: str
    dossier: str
    sources: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A term that renews itself unless notice is given in time."""

    starts_with: str
    years: int
    notice_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """A thing followed over time.

    Attributes:
        kind: measure, listing, agreement, dispute, dialogue, judgment or sharing.
        first: The state before the first event on record, where it is not that of the kind.
    """

    id: str
    kind: str
    title: str
    parties: tuple[str, ...]
    about: str
    sources: tuple[str, ...]
    events: tuple[Event, ...]
    links: tuple[Link, ...] = ()
    first: str = ""
    term: Term | None = None
    title_ja: str = ""
    title_ko: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provision:
    """What every row of law has: its id, the events that bound it, and who says so."""

    id: str
    from_event: str
    until_event: str
    basis: Basis
    sources: tuple[str, ...]
    confidence: Confidence
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item(Provision):
    """One numbered entry of the control list."""

    item: str
    row: str
    parent: str
    kind: str
    heading_en: str
    heading_ja: str
    origin: str
    conditions: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Limb(Provision):
    """One technical condition under an item; an item is met if any of its limbs is."""

    items: tuple[str, ...]
    clause: str
    heading: str
    condition: str
    cas: tuple[str, ...]
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Region(Provision):
    """Countries that are, or all but those that are, in a region."""

    region: str
    list_kind: str
    countries: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenceType(Provision):
    """A type of licence; rank 1 is the lightest."""

    rank: int
    title_en: str
    title_ja: str
    holder: str
    lapses_if: str
    validity_months: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule(Provision):
    """A row that selects items and destinations; base of the tables below."""

    kind: str
    item: str
    destination: str
    condition: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy(Rule):
    """A cell, or a rule for many cells, of the licence matrix."""

    licence_types: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exemption(Rule):
    """An exception from the licence duty; ``condition`` must hold and ``lost_if`` must not."""

    lost_if: str
    clause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CatchAll(Rule):
    """One objective test, or the inform condition, of a catch-all control."""

    branch: str
    test: str
    duty: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar(Rule):
    """Goods for which no licence is given."""

    clause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval(Rule):
    """A duty other than the licence that must be checked elsewhere."""

    clause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequence(Rule):
    """What goes with an answer: penalty, record keeping, office, review time or papers.

    Attributes:
        topic: ``penalty``, ``record_years``, ``office``, ``review_days`` or ``papers``.
        licence_type: The licence type it goes with, or ``*``.
        value: A number of years or days, or the name of an office, penalty class or set of papers.
        text: One plain sentence.
    """

    topic: str
    licence_type: str
    value: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something a condition may ask for."""

    name: str
    scope: str
    type: str
    unit: str
    values: tuple[str, ...]
    question: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemChange:
    """A dated change of an item that keeps its number."""

    item: str
    event: str
    change: str
    note: str


FactValue = float | bool | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    """One order line as the determination reads it. ``None`` and absent mean unknown.

    Attributes:
        decisive_date: The day whose law decides.
        ship_from: ISO 3166-1 alpha-2.
        destination: ISO 3166-1 alpha-2.
        ultimate_destination: ISO 3166-1 alpha-2, where it differs from ``destination``.
        code: Item number (``3(1)``), ``NOT_LISTED``, or ``None`` (unclassified).
        classification_status: ``approved`` or another state of the classification.
        facts: Declared facts by name: numbers in the fact's unit, yes/no as bool, text.
        licences_held: Licence types the exporter holds; ``None`` is unknown.
    """

    decisive_date: dt.date | None
    ship_from: str | None
    destination: str | None
    ultimate_destination: str | None = None
    code: str | None = None
    classification_status: str | None = None
    facts: Mapping[str, FactValue] = field(default_factory=dict)
    licences_held: frozenset[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One rule that was read on the way to an answer.

    Attributes:
        step: The step of the determination.
        rule: Id of the row of law, or empty for a note on the input.
        applies: Whether it applied; ``None`` if a fact is missing.
        because: One plain sentence.
        facts: The facts it turned on, by name, with their values (``None``: missing).
    """

    step: str
    rule: str
    applies: bool | None
    because: str
    facts: tuple[tuple[str, FactValue | None], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A fact that is missing, and how to ask for it."""

    fact: str
    text: str

    def __str__(self) -> str:
        return f"{self.fact}: {self.text}"


@dataclass(frozen=True, kw_only=True)
class Decision:
    """The answer for one order line, with everything needed to argue or replay it.

    It has no slots, so that one that is kept is told of another line at once.
    """

    answer: Answer
    licence_types: tuple[str, ...]
    usable_licence: str
    rules: tuple[str, ...]
    sources: tuple[str, ...]
    questions: tuple[Question, ...]
    review_days: int | None
    confidence: Confidence
    not_covered: tuple[str, ...]
    in_force_on: dt.date | None
    known_on: dt.date | None
    register: str
    explanation: str
    reasons: Sequence[Reason]
    office: str = ""
    penalty: str = ""
    record_years: int | None = None
    papers: str = ""

    def but(self, **changes: Any) -> Decision:
        """As ``dataclasses.replace``, several times as fast."""
        return Decision.of(self.__dict__ | changes)

    @classmethod
    def of(cls, fields: dict[str, Any]) -> Decision:
        """The decision with these fields, all of them, which are taken as they are."""
        made = object.__new__(cls)
        object.__setattr__(made, "__dict__", fields)
        return made
