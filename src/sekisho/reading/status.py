"""What an article asserts of an act: happened, announced, conditional, considered, denied.

The words that govern an act stand before it in its clause: "decided to", "is considering",
"did not", "threatened to". The strongest of them decides, and what is unreal never counts as
happened.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from sekisho.reading.tokens import Token
from sekisho.reading.vocabulary import vocabulary


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


_DENIED = vocabulary("denied")
_DENIED_PHRASES = (
    "ruled out",
    "rule out",
    "rules out",
    "yet to",
    "failed to",
    "fails to",
    "far from",
    "stopped short of",
    "stop short of",
    "no plan",
    "no plans",
    "no intention",
    "instead of",
    "rather than",
    "short of",
)
_CONDITIONAL = vocabulary("conditional")
_CONDITIONAL_PHRASES = (
    "depending on",
    "reserve the right",
    "reserves the right",
    "reserved the right",
    "could be forced",
    "in the event",
    "on condition",
    "provided that",
    "as long as",
    "only if",
    "right to",
    "at any time",
)
_CONSIDERED = vocabulary("considered")
_ANNOUNCED = vocabulary("announced")
_ANNOUNCED_PHRASES = (
    "go ahead to",
    "is to",
    "are to",
    "was to",
    "were to",
    "set to",
    "due to be",
    "about to",
    "plans for",
    "plans to compensate",
    "start procedures",
    "began procedures",
    "began the process",
    "procedures to",
)
_ASKING = vocabulary("asking")
_BEGUN = vocabulary("begun")


def status_of(  # noqa: C901, PLR0911
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
    words = [tokens[place].lower for place in chain]
    said = f" {' '.join(words)} "
    if _denied(words, said):
        return Status.DENIED
    if conditional and {"consider", "considering", "study", "studying", "review"} & set(words):
        return Status.CONSIDERED
    if (
        conditional
        or any(word in _CONDITIONAL for word in words)
        or any(f" {p} " in said for p in _CONDITIONAL_PHRASES)
    ):
        return Status.CONDITIONAL
    governed = _last(words, _CONSIDERED)
    decided = max(
        _last(words, _ANNOUNCED),
        (max((said.rfind(f" {p} ") for p in _ANNOUNCED_PHRASES), default=-1) >= 0 and len(words) - 1) or -1,
    )
    if (
        governed >= 0
        and not (decided > governed and words[governed] in {"plan", "plans", "expected", "planned"})
        and not _past_plan(words, governed)
    ):
        return Status.CONSIDERED
    if decided >= 0 and not _done(words, form, decided):
        return Status.ANNOUNCED
    if "would" in words:
        return Status.ANNOUNCED
    if "can" in words:
        return Status.CONDITIONAL
    if form == "base" and "to" in words:
        if any(word in _BEGUN for word in words):
            return Status.HAPPENED
        return Status.ANNOUNCED if headline or len(words) < 2 else Status.CONSIDERED  # noqa: PLR2004
    if form == "base" and words and words[-1] in {"and", "or"}:
        return Status.CONSIDERED  # a bare verb of which nothing says that it was done
    return Status.HAPPENED


def _denied(words: Sequence[str], said: str) -> bool:
    if any(f" {phrase} " in said for phrase in _DENIED_PHRASES):
        return True
    for at, word in enumerate(words):
        if word in _DENIED or word.endswith("n't"):
            following = words[at + 1] if at + 1 < len(words) else ""
            if word in {"no", "not"} and following in {"only", "longer", "later"}:
                continue
            return True
    return False


def _past_plan(words: Sequence[str], at: int) -> bool:
    """As in "announced plans to" is announced: the plan is the act's own announcement."""
    return words[at] in {
        "plan",
        "plans",
        "intention",
        "proposal",
        "proposals",
        "called",
        "bid",
        "calls",
    } and any(
        word
        in {
            "announced",
            "announces",
            "announcing",
            "unveiled",
            "confirmed",
            "disclosed",
            "approved",
            "approves",
            "adopted",
            "endorsed",
        }
        for word in words[:at]
    )


def _last(words: Sequence[str], among: frozenset[str]) -> int:
    return max((at for at, word in enumerate(words) if word in among), default=-1)


def _done(words: Sequence[str], form: str, decided: int) -> bool:
    """As in "announced it has lifted": the act itself is told as done after the word of announcing."""
    rest = words[decided + 1 :]
    return (
        form in {"done", "past"}
        and bool({"has", "have", "had", "was", "were"} & set(rest))
        and "will" not in words
        and "be" not in rest
    )


def asked(tokens: Sequence[Token], chain: Sequence[int]) -> int | None:
    """The place of a word by which one party asks another to act; ``None`` if there is none."""
    return next((place for place in reversed(chain) if tokens[place].lower in _ASKING), None)
