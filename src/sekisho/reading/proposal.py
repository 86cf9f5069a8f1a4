"""Proposals: events of a text with their quotes, dates and status."""

from __future__ import annotations

from dataclasses import dataclass, field

from sekisho.dates import PartialDate
from sekisho.reading.status import Status


@dataclass(frozen=True, slots=True)
class Quote:
    """A stretch of a text; offsets of characters, the end not included."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Dated:
    """A date of an event and what happened on it: announced, effective, happened or planned.

    Attributes:
        date: The date, at the resolution of the text; ``None`` if the text gives none.
        role: announced, effective, happened or planned.
        by_report: Whether it is only the day of the report, of the article or of who is quoted.
        words: By which rule of the grammar of times the act's own words give it; empty if they do not.
        chance: How likely it is, among all dates that the text offers for the telling.
    """

    date: PartialDate | None
    role: str
    by_report: bool = field(default=False, compare=False, repr=False)
    words: str = field(default="", compare=False, repr=False)
    chance: float = field(default=1.0, compare=False, repr=False)

    @property
    def of_the_act(self) -> bool:
        """Whether something happened or was announced on it, not took effect or is planned."""
        return self.role in {"announced", "happened"}


@dataclass(frozen=True, slots=True)
class Proposal:
    """One event that a text tells, as a proposal for the register.

    Attributes:
        id: The name of the text and a number.
        type: One of the types of events.
        actor: Who does it: ISO 3166-1 alpha-2, or EU, UN, WTO.
        counterpart: Toward whom or with whom; ``*`` for all destinations.
        subject: Goods, agreement, list or case in the words of the text.
        status: What the text asserts of it.
        condition: What it depends on, in the words of the text.
        dates: Its dates with their roles, at the resolution of the text.
        quotes: Where the text says so; the first says it best.
        attribution: Who says so: "first link (via last link)".
        sentence: The sentence around the first quote, in lower case without hyphens.
        confidence: How likely type and parties are right, between 0 and 1, in hundredths.
        guessed: Whether no rule tells it, only words that often go with it.
    """

    id: str
    type: str
    actor: tuple[str, ...]
    counterpart: tuple[str, ...]
    subject: str
    status: Status
    condition: str
    dates: tuple[Dated, ...]
    quotes: tuple[Quote, ...]
    attribution: str
    sentence: str = field(default="", repr=False)
    confidence: float = 1.0
    guessed: bool = field(default=False, repr=False)

    @property
    def parties(self) -> frozenset[str]:
        """Everyone in it."""
        return frozenset((*self.actor, *self.counterpart)) - {"*"}
