"""The form that a word of acting has where it stands: base, s, past, done, ing, noun, or none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sekisho.reading.lexicon import Verb
from sekisho.reading.parties import Party
from sekisho.reading.tokens import Token
from sekisho.reading.vocabulary import vocabulary

_QUOTES = frozenset({'"', "“", "”", "'", "‘"})
_BETWEEN = frozenset(
    {
        "further",
        "also",
        "again",
        "soon",
        "partially",
        "fully",
        "now",
        "newly",
        "recently",
        "previously",
        "already",
    }
)
_LICENSING = frozenset(
    {"policy", "policies", "procedure", "procedures", "rules", "regime", "system", "requirements"}
)
_MODALS = frozenset({"to", "will", "would", "can", "could", "may", "might"})
_BE = vocabulary("be")
_HAVE = frozenset({"have", "has", "had"})
_OWNED_BY_HAVE = frozenset(
    {"a", "an", "the", "talks", "two", "three", "several", "another", "further", "his", "her", "their"}
)
_PREPS = vocabulary("preps") - {"and"}
_ADVERBS = vocabulary("adverbs")


@dataclass(frozen=True, slots=True)
class _Place:
    """A word with its neighbours.

    Attributes:
        forms: The forms that the lexicon knows of it.
        before: The word before it, past quotes and adverbs.
        after: The word behind it.
        party: Whether a party stands right before it.
        owned: Whether that party owns it.
        phrase: Whether the act is of several words.
    """

    forms: frozenset[str]
    word: str
    before: str
    after: str
    first: bool
    party: bool
    owned: bool
    phrase: bool


def form_of(tokens: Sequence[Token], verbs: Sequence[Verb], place: int, parties: Sequence[Party]) -> str:
    """The form of an act at a place; empty if the word is a noun there."""
    found = _at(tokens, verbs, place, parties)
    if found.word in _HAVE and found.after not in _OWNED_BY_HAVE:
        return ""  # "had gone on": no act of its own
    if found.forms == {"noun"}:
        return "noun"
    if found.forms & {"past", "done"}:
        return _past(found)
    if "ing" in found.forms:
        return _ing(found)
    return _base(found) if "base" in found.forms else _third(found)


def _at(tokens: Sequence[Token], verbs: Sequence[Verb], place: int, parties: Sequence[Party]) -> _Place:
    at = place - 1
    while at > 0 and (tokens[at].lower in _QUOTES or tokens[at].lower in _BETWEEN):
        at -= 1
    beside = [party for party in parties if party.last == place]
    return _Place(
        forms=frozenset(verb.form for verb in verbs),
        word=tokens[place].lower,
        before=tokens[at].lower if place else "",
        after=tokens[place + 1].lower if place + 1 < len(tokens) else "",
        first=place == 0,
        party=bool(beside),
        owned=any(party.form in {"own", "adjective"} for party in beside),
        phrase=len(verbs[0].base.split()) > 1,
    )


def _past(found: _Place) -> str:
    """A past form; "put" and "cut" are also base forms and nouns."""
    also_base = "base" in found.forms
    if also_base and found.before in _MODALS:
        return "base"
    nouns = {"the", "a", "an", "its", "of", "'s"} if also_base else {"the", "a", "an", "of"}
    if found.before in nouns or (found.before in _PREPS and found.after not in _PREPS):
        return ""  # "ahead of planned talks"
    return "past" if "past" in found.forms else "done"


def _ing(found: _Place) -> str:
    if found.word == "licensing" and found.after in _LICENSING:
        return ""  # "licensing policies": the rules, no licence
    if "noun" in found.forms and found.after == "of":
        return "noun"  # "the tightening of"
    return "" if (found.word, found.after) == ("adding", "that") else "ing"


def _base(found: _Place) -> str:
    if found.before in vocabulary("to_verb") or found.before.endswith("ly") or found.first:
        return "" if found.before == "and" and found.after in {"of", "on", "in"} else "base"
    if found.party and found.before not in {"'s", "’s"}:
        return "base"
    if "noun" in found.forms:
        return "noun"
    return "base" if found.before in vocabulary("plural_subjects") else ""


def _third(found: _Place) -> str:
    if "s" not in found.forms:
        return ""
    if found.before in vocabulary("before_noun") or found.owned:
        return "noun" if "noun" in found.forms else ""
    subject = found.party or found.phrase or found.before in vocabulary("singular_subjects")
    return "s" if subject else ""


def is_passive(tokens: Sequence[Token], first: int, form: str) -> bool:
    """Whether a form of "be" makes a past form passive."""
    if form not in {"past", "done"}:
        return False
    at = first - 1
    while at >= 0 and (tokens[at].lower in _ADVERBS or tokens[at].lower.endswith("ly")):
        at -= 1
    return at >= 0 and tokens[at].lower in _BE
