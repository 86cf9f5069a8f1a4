"""Which dossier of the register an event of a text belongs to."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from sekisho.model import Dossier, Event
from sekisho.reading.vocabulary import vocabulary
from sekisho.register.register import Register

_GOODS = re.compile(
    r"\b(?:exports?|exporting|shipments?|shipping|sales?|suppl(?:y|ies)) of (?P<goods>.+?)"
    r"(?= (?:to|from|for|in|on|used|by|that)\b|,|$)"
)


@dataclass(frozen=True, slots=True)
class Subject:
    """What an event must be about to belong to a dossier.

    Attributes:
        dossier: Its id.
        types: What the types of its events begin with.
        words: Words of which one must be said, unless the dossier stands alone.
        without: Words of which none may be said.
        alone: Whether nothing else on record fits such parties and types.
        is_a: What the measure is, by the record.
        not_a: What it is wrongly called.
        companies: Companies that the dossier names, each with its spellings.
    """

    dossier: str
    types: tuple[str, ...]
    words: tuple[str, ...]
    without: tuple[str, ...] = ()
    alone: bool = False
    is_a: str = ""
    not_a: tuple[str, ...] = ()
    companies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@cache
def subjects() -> tuple[Subject, ...]:
    """The subjects of all dossiers, from ``subjects.toml``."""
    text = files("sekisho.reading").joinpath("lexicon", "subjects.toml").read_text(encoding="utf-8")
    return tuple(_subject(row) for row in tomllib.loads(text)["subject"])


def _subject(row: Mapping[str, Any]) -> Subject:
    return Subject(
        dossier=row["dossier"],
        types=tuple(row["types"]),
        words=tuple(row["words"]),
        without=tuple(row.get("not", ())),
        alone=row.get("alone", False),
        is_a=row.get("is_a", ""),
        not_a=tuple(row.get("not_a", ())),
        companies={name: tuple(words) for name, words in row.get("companies", {}).items()},
    )


def dossier_of(
    kind: str, actor: Iterable[str], counterpart: Iterable[str], words: str, register: Register
) -> str | None:
    """The dossier that an event of a text belongs to; ``None`` if none, or more than one, fits.

    Args:
        kind: The type of the event.
        actor: Who does it.
        counterpart: Toward whom.
        words: The sentence, in lower case and without hyphens.
        register: The record with the dossiers.
    """
    by, at = frozenset(actor), frozenset(counterpart)
    found = [
        (hits, subject.dossier)
        for subject in subjects()
        if subject.dossier in register.dossiers
        and kind.startswith(subject.types)
        and _party_to(register.dossier(subject.dossier), by, at, kind)
        and (hits := _hits(subject, kind, words)) is not None
    ]
    found.sort(key=lambda entry: -entry[0])
    if not found or (len(found) > 1 and found[0][0] == found[1][0]):
        return None
    return found[0][1]


def _party_to(dossier: Dossier, by: frozenset[str], at: frozenset[str], kind: str) -> bool:
    """Whether the parties of an event are those of a dossier, acting as they act in it."""
    parties, own = (by | at) - {"*", "WTO"}, frozenset(dossier.parties)
    if not parties <= own:
        return False
    some = len(parties) < len(own - {"*", "WTO"}) and "*" not in at | own
    if some and "WTO" not in by:  # a panel acts toward one side only
        return False
    return _may_act(dossier.events, by, kind)


def _hits(subject: Subject, kind: str, words: str) -> int | None:
    """How many of its words are said; ``None`` if the event is about something else."""
    if any(word in words for word in subject.without):
        return None
    if kind.startswith("export_control") and _other_goods(subject, words):
        return None
    hits = sum(word in words for word in subject.words)
    return hits if hits or subject.alone else None


def _other_goods(subject: Subject, words: str) -> bool:
    """Whether the goods that are named are not those of the dossier: "exports of helium"."""
    named = [found["goods"] for found in _GOODS.finditer(words)]
    known = (*subject.words, *vocabulary("any_goods"))
    return bool(named) and not any(word in goods for goods in named for word in known)


def _may_act(events: Sequence[Event], by: frozenset[str], kind: str) -> bool:
    """Whether the actor is one who acts in the dossier; a control is of one side only."""
    if kind.startswith(("talks", "summit", "cooperation", "agreement_signed")):
        return True
    family = kind.split("_", maxsplit=1)[0]
    acting = {
        code
        for event in events
        for code in event.by
        if event.kind.startswith(family) or family in {"agreement", "compensation", "boycott"}
    }
    return not acting or bool(by & acting) or "WTO" in by
