"""How sure the reader is of what it reads: what was learned, applied to tellings and proposals.

The rules find what may be told, whether it is so and when. What was learned from annotated
articles answers two questions about each telling: which of the parties at hand act toward
which, and how likely the answer is right. It is a sum of weights in plain files, so the same
text gives the same bytes, and each weight can be read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sekisho.reading.answers import answers, features_of_answer
from sekisho.reading.frames.told import Told
from sekisho.reading.weighing import Gist, features_of_telling
from sekisho.reading.weights import Weights, chance_of

TELLINGS = "tellings"
"""The weights that are shipped; ``bench/weigh.py`` learns them."""
THRESHOLD = 0.46
"""From here on a proposal is offered, unless the user says otherwise."""
_FAINT = 0.3
"""A guess below this is none."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """A telling with the likeliest answer to who acts toward whom, and the chance that it is right."""

    told: Told
    chance: float


def weighed(told: Sequence[Told], main: tuple[str, ...], model: Weights) -> Iterator[Weighed]:
    """Each telling with its likeliest answer; guesses that are faint are left out."""
    gist = Gist.of(told, main)
    for one in told:
        found = _likeliest(one, gist, model)
        if found is not None and (not one.guess or found.chance >= _FAINT):
            yield found


def _likeliest(one: Told, gist: Gist, model: Weights) -> Weighed | None:
    best: tuple[float, tuple[str, ...], tuple[str, ...]] | None = None
    for actor, counterpart in answers(one, gist):
        score = model.part(features_of_answer(one, actor, counterpart, gist))
        if best is None or score > best[0]:
            best = (score, actor, counterpart)
    if best is None:
        return None
    score, actor, counterpart = best
    chance = chance_of(model.score(features_of_telling(one, gist)) + score)
    chosen = (
        one
        if (actor, counterpart) == (one.actor, one.counterpart)
        else replace(one, actor=actor, counterpart=counterpart)
    )
    return Weighed(chosen, chance)
