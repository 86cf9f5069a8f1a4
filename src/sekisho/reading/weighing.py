"""What a telling shows of itself: the features by which what was learned weighs it, whoever is meant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sekisho.reading.frames.told import Told, family_of
from sekisho.reading.frames.viewing import step_of

Codes = tuple[str, ...]
_MOST_WORDS = 24
_MOST_BESIDE = 24
"""Of one sentence; no sentence tells more, but a text that never ends a line may."""
_LEAD, _EARLY = 1, 5
_MANY = 3
_WITH_TYPE = ("act=", "base=", "noun=", "form=", "opener=")
_MARKS = ("aside", "mention", "just_now", "by_report", "partner_guessed", "leader")


@dataclass(frozen=True, slots=True)
class Gist:
    """What an article tells by rule: how often each type, and by whom toward whom.

    Attributes:
        main: The countries that it names most.
        last: Its last sentence that tells something.
        told: How many events are told by rule.
        types: How often each type is.
        circles: How often each family has each set of parties.
        pairs: How often each family has each actor and counterpart.
        actors: How often each family has each actor.
        aimed: How often each family has each actor toward someone in particular.
        places: What each sentence tells, guesses too.
    """

    main: Codes
    last: int
    told: int
    types: Counter[str]
    circles: Counter[tuple[str, frozenset[str]]]
    pairs: Counter[tuple[str, Codes, Codes]]
    actors: Counter[tuple[str, Codes]]
    aimed: Counter[tuple[str, Codes]]
    places: Mapping[int, Sequence[Told]]

    @classmethod
    def of(cls, told: Sequence[Told], main: Codes) -> Gist:
        """Counts what is told."""
        sure = [one for one in told if not one.guess]
        places: dict[int, list[Told]] = {}
        for one in told:
            held = places.setdefault(one.sentence, [])
            if len(held) < _MOST_BESIDE:
                held.append(one)
        return cls(
            main,
            max((one.sentence for one in told if one.sentence > 0), default=0),
            len(sure),
            Counter(one.type for one in sure),
            Counter((family_of(one.type), frozenset((*one.actor, *one.counterpart))) for one in sure),
            Counter((family_of(one.type), one.actor, one.counterpart) for one in sure),
            Counter((family_of(one.type), one.actor) for one in sure),
            Counter((family_of(one.type), one.actor) for one in sure if one.counterpart not in {(), ("*",)}),
            places,
        )


def way_of(one: Told) -> str:
    """Whether a telling is told by rule or guessed."""
    return "guess" if one.guess else "rule"


def features_of_telling(one: Told, gist: Gist) -> Iterator[str]:
    """The features of a telling: its kind, its words, its place in the article, what stands beside it."""
    yield from _of_kind(one)
    yield from _of_words(one)
    yield from _of_place(one, gist)
    yield from _of_sentence(one, gist)
    yield from _of_neighbours(one, gist)


def _of_kind(one: Told) -> Iterator[str]:
    way, status, family = one.guess or "rule", one.status.value, family_of(one.type)
    yield f"type={one.type}"
    yield f"way={way}"
    yield f"way={way},{one.type}"
    yield f"status={status}"
    yield f"status={status},{way}"
    yield f"status={status},{family}"
    for mark in _MARKS:
        if getattr(one, mark):
            yield mark
            yield f"{mark},{one.type}"
    if one.condition:
        yield "condition"
    dates = min(len(one.times), 2)
    yield f"dates={dates}"
    yield f"dates={dates},{one.type}"


def _of_words(one: Told) -> Iterator[str]:
    family = family_of(one.type)
    for cue in one.view.cues:
        yield cue
        if cue.startswith(_WITH_TYPE):
            yield f"{one.type},{cue}"
        if one.guess:
            yield f"guess,{cue}"
    for word in one.view.words[:_MOST_WORDS]:
        yield f"word={word}"
        yield f"word={word},{family}"


def _of_place(one: Told, gist: Gist) -> Iterator[str]:
    way = way_of(one)
    place = "lead" if one.sentence <= _LEAD else "early" if one.sentence <= _EARLY else "late"
    place = "headline" if one.headline else place
    yield f"place={place}"
    yield f"place={place},{way}"
    yield f"length={step_of(gist.last)}"
    yield f"told={step_of(gist.told)}"
    yield f"again={min(gist.types[one.type] - (not one.guess), _MANY)},{way}"


def _of_sentence(one: Told, gist: Gist) -> Iterator[str]:
    """What else the sentence tells, and how close."""
    way = way_of(one)
    others = [other for other in gist.places[one.sentence] if other is not one]
    rules = [other for other in others if not other.guess]
    yield f"beside={min(len(rules), _MANY)},{way}"
    yield f"guesses={min(len(others) - len(rules), _MANY + 1)},{way}"
    for other in rules:
        shared = min(one.end, other.end) > max(one.start, other.start)
        yield f"beside={other.type},{one.type}"
        yield f"beside={shared},{way}"
        if family_of(other.type) == family_of(one.type):
            yield f"beside=family,{shared},{way}"
        if other.place == one.place:
            yield f"beside=place,{way}"
    for other in others:
        if other.guess and one.guess and other.place == one.place:
            yield "beside=guess"
            yield f"beside=guess,{other.type},{one.type}"


def _of_neighbours(one: Told, gist: Gist) -> Iterator[str]:
    """What the sentences before and behind tell."""
    for number in (one.sentence - 1, one.sentence + 1):
        for other in gist.places.get(number, ()):
            if not other.guess:
                yield f"around={family_of(other.type)},{one.type}"
