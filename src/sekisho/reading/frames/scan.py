"""A sentence with everything the reader sees in it: parties, things, acts, clauses, times."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field

from sekisho.reading.clauses import Clause, clauses_of
from sekisho.reading.frames.forms import form_of, is_passive
from sekisho.reading.frames.naming import named_things
from sekisho.reading.frames.seen import Seen
from sekisho.reading.lexicon import Found, Frame, Verb
from sekisho.reading.parties import Party
from sekisho.reading.times import Time, times_of
from sekisho.reading.tokens import Sentence, Token


@dataclass(slots=True)
class Act:
    """An act at a place."""

    verbs: Sequence[Verb]
    first: int
    last: int
    form: str
    passive: bool
    clause: Clause
    reduced: bool = False
    match: tuple[Frame, Found[list[str]]] | None = None


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a time stands in its sentence, whatever the act: its place among tokens and among clauses."""

    place: int
    clause: int
    features: tuple[str, ...]


@dataclass(slots=True)
class Scan:
    """A sentence with everything the reader sees in it."""

    seen: Seen
    number: int
    tokens: tuple[Token, ...]
    parties: tuple[Party, ...]
    things: list[Found[list[str]]]
    times: list[Time]
    clauses: tuple[Clause, ...]
    acts: list[Act]
    headline: bool
    lower: str
    words: frozenset[str]
    """Its words, in small letters."""
    speaker: str | None = None
    """Who says it, once that was asked."""
    spots: dict[Time, Spot] = field(default_factory=dict)
    """Where its times stand, once that was asked."""
    bound: dict[int, tuple[str, str]] = field(default_factory=dict)
    """By the place of a party, the preposition that governs it and its form, once that was asked."""
    before: dict[int, str] = field(default_factory=dict)
    """By where a time begins, the words before it, once that was asked."""
    owners: dict[tuple[int, str], Party | None] = field(default_factory=dict)
    """By place and form of an act, the nearest party before it that owns it, once that was asked."""

    @classmethod
    def of(
        cls, seen: Seen, number: int, sentence: Sentence, parties: tuple[Party, ...], *, headline: bool
    ) -> Scan:
        """Reads what a sentence shows."""
        tokens = sentence.tokens
        words = seen.words
        named = {place for party in parties for place in range(party.first, party.last)}
        things = [
            found
            for found in named_things(words, tokens)
            if found.first not in named or found.last - found.first > 1
        ]
        things = _without_topics(_with_short_names(seen, tokens, things))
        inside = {
            place
            for found in things
            if found.last - found.first > 1
            for place in range(found.first, found.last)
        }
        raw: list[tuple[Sequence[Verb], int, int, str]] = []
        place = 0
        while place < len(tokens):
            act = words.acts.at(tokens, place) if place not in inside and place not in named else None
            form = form_of(tokens, act.value, place, parties) if act is not None else ""
            if act is not None and form:
                raw.append((act.value, place, act.last, form))
                place = max(act.last, place + 1)
            else:
                place += 1
        verbs = frozenset(place for _, place, _, form in raw if form != "noun")
        times = list(times_of(seen.text, sentence.start, sentence.end))
        clauses = clauses_of(tokens, parties, verbs, _inside_times(tokens, times))
        lower = f" {' '.join(token.lower for token in tokens)} "
        every = frozenset(lower.split())
        found = cls(seen, number, tokens, parties, things, times, clauses, [], headline, lower, every)
        for value, first, last, form in raw:
            clause = next((one for one in clauses if one.first <= first < one.last), clauses[-1])
            found.acts.append(Act(value, first, last, form, is_passive(tokens, first, form), clause))
        return found


_WITH_COMMA = frozenset({"mdy", "dmy", "monthyear", "after"})


def _inside_times(tokens: Sequence[Token], times: Sequence[Time]) -> frozenset[int]:
    """Places where no clause begins: inside "Feb. 11, 2020", and at "after two months"."""
    inside: set[int] = set()
    for time in times:
        if time.kind not in _WITH_COMMA:
            continue
        first = bisect_left(tokens, time.start, key=_start)
        inside.update(range(first + (time.kind != "after"), bisect_left(tokens, time.end, key=_start)))
    return frozenset(inside)


def _start(token: Token) -> int:
    return token.start


def _without_topics(things: list[Found[list[str]]]) -> list[Found[list[str]]]:
    """The things, without the agreement that only says what talks are about: "peace treaty talks"."""
    talks = {found.first for found in things if "talks" in found.value}
    return [found for found in things if not ("pact" in found.value and found.last in talks)]


def _with_short_names(
    seen: Seen, tokens: Sequence[Token], things: list[Found[list[str]]]
) -> list[Found[list[str]]]:
    """The things, with the agreements that the article calls by letters: "the VFA"."""
    taken = {place for found in things for place in range(found.first, found.last)}
    short = [
        Found(["pact"], place, place + 1)
        for place, token in enumerate(tokens)
        if token.text in seen.short_names and place not in taken
    ]
    return sorted([*things, *short], key=lambda found: found.first)
