"""What an article asserts of an act: happened, announced, conditional, considered, denied.

The words that govern an act stand before it in its clause: "decided to", "is considering",
"did not", "threatened to". The rules are tried in order, the strongest first, and what is
unreal never counts as happened.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from sekisho.reading.tokens import Token
from sekisho.reading.vocabulary import phrases, vocabulary


class Status(StrEnum):
    """What the article asserts about an act at the time of the article."""

    HAPPENED = "happened"
    ANNOUNCED = "announced"
    CONDITIONAL = "conditional"
    CONSIDERED = "considered"
    DENIED = "denied"

    @property
    def real(self) -> bool:
        """Whether the act was done or formally decided."""
        return self in {Status.HAPPENED, Status.ANNOUNCED}


_ASKING = vocabulary("asking")
_PUT_OFF_WITHIN = 3
_INTENT_WITHIN = 4
_DONE = frozenset({"done", "past"})
_BEFORE_MONTHS = frozenset(
    {"in", "of", "last", "since", "by", "until", "early", "late", "mid", "this", "next", "from"}
)


def status_of(
    tokens: Sequence[Token], chain: Sequence[int], form: str, *, conditional: bool, headline: bool
) -> Status:
    """The status of an act.

    Args:
        tokens: The tokens of the sentence.
        chain: Places of the words that govern the act, in order; those between its subject and it.
        form: Form of the act: ``base``, ``s``, ``past``, ``done``, ``ing`` or ``noun``.
        conditional: Whether a condition stands in the sentence that governs the act.
        headline: Whether the present tense and the infinitive are those of headlines.
    """
    words = tuple(_word(tokens, place) for place in chain)
    governed = _Governed(words, f" {' '.join(words)} ", form, conditional, headline)
    return next((found for rule in _RULES if (found := rule(governed)) is not None), Status.HAPPENED)


def _word(tokens: Sequence[Token], place: int) -> str:
    """A word in small letters; the month of May is not what may be."""
    before = tokens[place - 1].lower if place else ""
    after = tokens[place + 1].lower if place + 1 < len(tokens) else ""
    dated = any(char.isdigit() for char in (*before, *after[:1]))  # "5 May", "on May 5"
    month = tokens[place].text == "May" and (before in _BEFORE_MONTHS or dated)
    return "in-may" if month else tokens[place].lower


def asked(tokens: Sequence[Token], chain: Sequence[int]) -> int | None:
    """The place of a word by which one party asks another to act; ``None`` if there is none."""
    asking = (place for place in reversed(chain) if tokens[place].lower in _ASKING)
    return next((place for place in asking if not _calls_in(tokens, place)), None)


def _calls_in(tokens: Sequence[Token], place: int) -> bool:
    """Whether a word of asking does not ask: "called in the envoy", unlike "called on Chile to"."""
    following = tokens[place + 1].lower if place + 1 < len(tokens) else ""
    return tokens[place].lower.startswith("call") and following == "in"


@dataclass(frozen=True, slots=True)
class _Governed:
    """An act with the words that govern it."""

    words: tuple[str, ...]
    said: str
    form: str
    conditional: bool
    headline: bool

    def has(self, name: str) -> bool:
        """Whether a phrase of a list is said."""
        return phrases(name).search(self.said) is not None

    def last(self, words: Collection[str]) -> int:
        """Where one of some words stands last; -1 if none does."""
        return max((at for at, word in enumerate(self.words) if word in words), default=-1)

    @property
    def decided(self) -> int:
        """Where a word or phrase of deciding stands last; a phrase counts as standing at the act."""
        if self.has("announced_phrases"):
            return max(len(self.words) - 1, 0)
        return self.last(vocabulary("announced"))


def _left_open(act: _Governed) -> Status | None:
    asked_about = act.form in {"ing", "noun"} and act.has("asked_about_phrases")
    return Status.CONSIDERED if asked_about or act.has("left_open_phrases") else None


def _denied(act: _Governed) -> Status | None:
    if act.has("denied_phrases"):
        return Status.DENIED
    if act.form in {"noun", "ing"} and not vocabulary("putting_off").isdisjoint(act.words[-_PUT_OFF_WITHIN:]):
        return Status.DENIED
    if _is_given_up(act.words):
        return Status.DENIED
    for word, following in pairwise((*act.words, "")):
        no = word in vocabulary("denied") or word.endswith("n't")
        if no and not (word in {"no", "not"} and following in {"only", "longer", "later"}):
            return Status.DENIED
    return None


def _is_given_up(words: Sequence[str]) -> bool:
    """Whether the intent to act is given up: "scrapped plans to", unlike "may scrap plans to"."""
    at = next((at for at, word in enumerate(words) if word in vocabulary("giving_up")), None)
    if at is None or not vocabulary("considered").isdisjoint(words[:at]):
        return False
    return not vocabulary("intents").isdisjoint(words[at + 1 : at + 1 + _INTENT_WITHIN])


def _conditional(act: _Governed) -> Status | None:
    if act.conditional and vocabulary("weighing").intersection(act.words):
        return Status.CONSIDERED
    tied = not vocabulary("conditional").isdisjoint(act.words) or act.has("conditional_phrases")
    return Status.CONDITIONAL if act.conditional or tied else None


def _considered(act: _Governed) -> Status | None:
    at = act.last(vocabulary("considered"))
    if at < 0 or _announced_plan(act.words, at):
        return None
    if act.words[at] == "planned" and act.form in _DONE and {"was", "were"} & {*act.words[at:]}:
        return None  # "the planned ending was halted": what was planned is the thing, not the act
    overruled = act.decided > at and act.words[at] in {"plan", "plans", "expected", "planned"}
    return None if overruled else Status.CONSIDERED


def _announced_plan(words: Sequence[str], at: int) -> bool:
    """As in "announced plans to" is announced: the plan is the act's own announcement."""
    return words[at] in vocabulary("plans") and not vocabulary("unveiling").isdisjoint(words[:at])


def _announced(act: _Governed) -> Status | None:
    if act.decided >= 0 and not _told_as_done(act):
        return Status.ANNOUNCED
    if act.form in _DONE and "would have" in act.said:
        return Status.DENIED
    return Status.ANNOUNCED if "would" in act.words else None


def _told_as_done(act: _Governed) -> bool:
    """As in "announced it has lifted": the act itself is told as done after the word of announcing."""
    rest = act.words[act.decided + 1 :]
    done = act.form in _DONE and not {"has", "have", "had", "was", "were"}.isdisjoint(rest)
    return done and "will" not in act.words and "be" not in rest


def _bare(act: _Governed) -> Status | None:
    """What a bare verb or infinitive says where no word of deciding stands before it."""
    if "can" in act.words:
        return Status.CONDITIONAL
    if act.form in _DONE and act.words[-2:] == ("to", "be"):
        return Status.ANNOUNCED
    if act.form == "base" and "to" in act.words:
        if not vocabulary("begun").isdisjoint(act.words):
            return Status.HAPPENED
        return Status.ANNOUNCED if act.headline or len(act.words) == 1 else Status.CONSIDERED
    if act.form == "base" and act.words[-1:] in {("and",), ("or",)}:
        return Status.CONSIDERED  # nothing says that it was done
    return None


_RULES = (_left_open, _denied, _conditional, _considered, _announced, _bare)
