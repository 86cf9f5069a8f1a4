"""The words that the reader knows: parties, acts and things, from files of this package.

The files are data that anyone may extend: ``nations.csv``, ``bodies.csv``,
``persons.csv``, ``words.toml`` and ``frames.toml`` in ``sekisho/reading/lexicon``.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Generic, TypeVar

from sekisho.reading.tokens import Token, tokens_of
from sekisho.reading.vocabulary import vocabulary

T = TypeVar("T")
_DOUBLED = vocabulary("doubled")
_VOWELS = "aeiou"
_PREFIXES = frozenset({"re", "green", "fully", "co", "kick", "ring", "formally"})
_NO_LIMIT = 1000


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """What a run of tokens stands for; ``first`` included, ``last`` not."""

    value: T
    first: int
    last: int


@dataclass(slots=True)
class Phrases(Generic[T]):
    """Finds phrases in tokens: at each place the longest, in time linear in the tokens."""

    _by_first: dict[str, dict[tuple[str, ...], list[T]]] = field(default_factory=dict)
    _lengths: dict[str, list[int]] = field(default_factory=dict)
    """How many words follow the first in phrases that begin with it; the most first."""

    def add(self, words: Sequence[str], value: T) -> None:
        """Adds a phrase; one phrase may stand for several values."""
        first, *rest = words
        values = self._by_first.setdefault(first, {}).setdefault(tuple(rest), [])
        if value not in values:
            values.append(value)
        self._lengths[first] = sorted({*self._lengths.get(first, ()), len(rest)}, reverse=True)

    def at(self, tokens: Sequence[Token], place: int) -> Found[list[T]] | None:
        """The longest phrase that begins at a token."""
        first = tokens[place].lower
        lengths = self._lengths.get(first)
        if lengths is None:
            return None
        rest = tuple(token.lower for token in tokens[place + 1 : place + 1 + lengths[0]])
        for length in lengths:
            values = self._by_first[first].get(rest[:length]) if length <= len(rest) else None
            if values is not None:
                return Found(values, place, place + 1 + length)
        return None

    def find(self, tokens: Sequence[Token]) -> Iterator[Found[list[T]]]:
        """All phrases, from left to right, none overlapping another."""
        place = 0
        while place < len(tokens):
            found = self.at(tokens, place)
            if found is None:
                place += 1
                continue
            yield found
            place = found.last


@dataclass(frozen=True, slots=True)
class Name:
    """Who a name is.

    Attributes:
        code: ISO 3166-1 alpha-2, or EU, UN, WTO.
        form: noun, adjective or seat.
        kind: country, ministry, court, parliament, government, agency, body or person.
        office: Of a person.
    """

    code: str
    form: str
    kind: str
    office: str = ""


@dataclass(frozen=True, slots=True)
class Verb:
    """A form of a verb or an act told as a noun: ``base``, ``s``, ``past``, ``done``, ``ing``, ``noun``."""

    head: str
    base: str
    form: str


@dataclass(frozen=True, slots=True)
class Frame:
    """An act on a thing is an event of a type, if the sentence bears it out; see ``frames.toml``."""

    type: str
    status: str = ""
    verbs: frozenset[str] = frozenset()
    not_verbs: frozenset[str] = frozenset()
    within: int = _NO_LIMIT
    close: frozenset[str] = frozenset()
    close_within: int = _NO_LIMIT
    close_after: bool = False
    without: frozenset[str] = frozenset()
    needs: str = ""
    after: bool = False
    check: str = ""


@dataclass(frozen=True)
class Lexicon:
    """All words the reader knows."""

    names: Phrases[Name]
    surnames: Mapping[str, Name]
    acts: Phrases[Verb]
    things: Phrases[str]
    frames: Mapping[tuple[str, str], tuple[Frame, ...]]


@cache
def lexicon() -> Lexicon:
    """The lexicon of this package."""
    words = tomllib.loads(_text("words.toml"))
    names, surnames = _names()
    return Lexicon(names, surnames, _acts(words), _things(words["nouns"]), _frames())


def _text(name: str) -> str:
    return files("sekisho.reading").joinpath("lexicon", name).read_text(encoding="utf-8")


def _rows(name: str) -> Iterator[dict[str, str]]:
    return iter(csv.DictReader(_text(name).splitlines()))


def _split(text: str) -> list[str]:
    return [token.lower for token in tokens_of(text)]


def _names() -> tuple[Phrases[Name], Mapping[str, Name]]:
    names: Phrases[Name] = Phrases()
    surnames: dict[str, Name] = {}
    for row in _rows("nations.csv"):
        kind = "body" if row["alpha_2"] in {"WTO", "UN"} else "country"
        for column, form in (
            ("names", "noun"),
            ("adjectives", "adjective"),
            ("seats", "seat"),
            ("places", "place"),
        ):
            for text in filter(None, row[column].split(";")):
                names.add(_split(text), Name(row["alpha_2"], form, kind))
                if form == "adjective" and text.endswith("an"):  # Chileans
                    names.add(_split(f"{text}s"), Name(row["alpha_2"], "noun", "people"))
    for row in _rows("bodies.csv"):
        names.add(_split(row["name"]), Name(row["alpha_2"], "noun", row["kind"]))
    for row in _rows("persons.csv"):
        person = Name(row["alpha_2"], "noun", "person", row["office"])
        names.add(_split(row["name"]), person)
        if row["surname"]:
            surnames[row["surname"].lower()] = person
    return names, surnames


def _acts(words: Mapping[str, Mapping[str, Sequence[str]]]) -> Phrases[Verb]:
    acts: Phrases[Verb] = Phrases()
    for head, verbs in words["verbs"].items():
        for verb in verbs:
            for form, text in _forms(verb, words["irregular"]):
                acts.add(text.split(), Verb(head, verb, form))
    for head, nouns in words["acts"].items():
        for noun in nouns:
            acts.add(noun.split(), Verb(head, noun, "noun"))
    return acts


def _forms(verb: str, irregular: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str]]:
    """The forms of a verb; of a phrase those of its first word that is no prefix.

    >>> dict(_forms("lift", {}))["ing"], dict(_forms("scrap", {}))["past"], dict(_forms("apply", {}))["s"]
    ('lifting', 'scrapped', 'applies')
    """
    first, *rest = verb.split()
    prefix = ""
    if first in _PREFIXES and rest:
        prefix, first, *rest = f"{first} ", *rest
    tail = "".join(f" {word}" for word in rest)
    past, done = irregular.get(first, (_past(first), _past(first)))
    forms = [("base", first), ("s", _third(first)), ("past", past), ("done", done), ("ing", _ing(first))]
    if first in vocabulary("doubled_or_not"):  # cancelled in London, canceled in Washington
        forms += [("past", f"{first}{first[-1]}ed"), ("ing", f"{first}{first[-1]}ing")]
    seen = set()
    for form, text in forms:
        if text not in seen or form == "past":
            seen.add(text)
            yield form, f"{prefix}{text}{tail}"


def _third(verb: str) -> str:
    if verb.endswith("y") and verb[-2] not in _VOWELS:
        return verb[:-1] + "ies"
    return verb + ("es" if verb.endswith(("s", "sh", "ch", "x", "z", "o")) else "s")


def _past(verb: str) -> str:
    if verb.endswith("e"):
        return verb + "d"
    if verb.endswith("y") and verb[-2] not in _VOWELS:
        return verb[:-1] + "ied"
    return verb + (verb[-1] if verb in _DOUBLED and verb[-1] != "h" else "") + "ed"


def _ing(verb: str) -> str:
    if verb.endswith("e") and not verb.endswith("ee"):
        return verb[:-1] + "ing"
    return verb + (verb[-1] if verb in _DOUBLED and verb[-1] != "h" else "") + "ing"


def _things(nouns: Mapping[str, Iterable[str]]) -> Phrases[str]:
    things: Phrases[str] = Phrases()
    for head, phrases in nouns.items():
        for phrase in phrases:
            for text in _plurals(phrase):
                things.add(_split(text), head)
    return things


def _plurals(phrase: str) -> Iterator[str]:
    """A noun phrase, its last word also in the plural, and so the noun before "of", "on"."""
    words = phrase.split()
    yield phrase
    yield " ".join([*words[:-1], _third(words[-1])])
    for at, word in enumerate(words[1:], 1):
        if word in {"on", "of", "over", "with", "at", "for"}:
            head = [*words[: at - 1], _third(words[at - 1])]
            yield " ".join([*head, *words[at:]])
            yield " ".join([*head, *words[at:-1], _third(words[-1])])
            break


def _frames() -> Mapping[tuple[str, str], tuple[Frame, ...]]:
    found: dict[tuple[str, str], tuple[Frame, ...]] = {}
    for row in tomllib.loads(_text("frames.toml"))["frame"]:
        frame = _frame(row)
        for act in row["acts"]:
            for thing in row["things"]:
                found[act, thing] = (*found.get((act, thing), ()), frame)
    return found


def _frame(row: Mapping[str, Any]) -> Frame:
    return Frame(
        type=row["type"],
        status=row.get("status", ""),
        verbs=frozenset(row.get("verbs", ())),
        not_verbs=frozenset(row.get("not_verbs", ())),
        within=row.get("within", _NO_LIMIT),
        close=frozenset(row.get("close", ())),
        close_within=row.get("close_within", _NO_LIMIT),
        close_after=row.get("close_after", False),
        without=frozenset(row.get("without", ())),
        needs=row.get("needs", ""),
        after=row.get("after", False),
        check=row.get("check", ""),
    )
