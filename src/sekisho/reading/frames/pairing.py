"""An act and a thing side by side: what lies between them, and which word it is."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sekisho.reading.frames.scan import Act, Scan
from sekisho.reading.lexicon import Found, Verb


@dataclass(frozen=True, slots=True)
class Pairing:
    """An act that may be done to a thing.

    Attributes:
        verb: The verb of the act by which they may be paired.
        thing: The thing, with the heads that it may stand for.
        between: The words between them.
        words: The words of the sentence.
    """

    scan: Scan
    act: Act
    verb: Verb
    thing: Found[list[str]]
    between: tuple[str, ...]
    words: frozenset[str]

    @classmethod
    def of(cls, scan: Scan, act: Act, verb: Verb, thing: Found[list[str]]) -> Pairing:
        """Pairs an act with a thing of its sentence."""
        places = scan.tokens[min(act.last, thing.last) : max(act.first, thing.first)]
        between = tuple(token.lower for token in places)
        return cls(scan, act, verb, thing, between, scan.words)

    @property
    def distance(self) -> int:
        """How many words lie between them; a party counts as one, whatever its name and office."""
        first, last = min(self.act.last, self.thing.last), max(self.act.first, self.thing.first)
        named = sum(
            max(0, min(party.last, last) - max(party.first, first) - 1) for party in self.scan.parties
        )
        return len(self.between) - named

    @property
    def follows(self) -> bool:
        """Whether the thing stands behind the act."""
        return self.thing.first >= self.act.last

    @property
    def plain(self) -> bool:
        """Whether the thing is told in one word that may mean others; a pronoun means what was named."""
        return self.thing.last - self.thing.first == 1 and self.first_word not in {"it", "them"}

    @property
    def first_word(self) -> str:
        """The first word of the thing."""
        return self.scan.tokens[self.thing.first].lower

    @property
    def last_word(self) -> str:
        """The last word of the thing."""
        return self.scan.tokens[self.thing.last - 1].lower

    def says(self, words: Collection[str]) -> bool:
        """Whether the sentence has one of some words."""
        return not self.words.isdisjoint(words)

    def near(self, before: int, after: int) -> frozenset[str]:
        """The words around the thing."""
        start, end = max(0, self.thing.first - before), self.thing.last + after
        return frozenset(token.lower for token in self.scan.tokens[start:end])
