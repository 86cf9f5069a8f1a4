"""An event as one sentence tells it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

from sekisho.reading.status import Status
from sekisho.reading.times import Time
from sekisho.reading.vocabulary import vocabulary

SYMMETRIC = vocabulary("symmetric")
"""Types without direction: only the set of parties counts."""
LISTS = frozenset({"country_list_removed", "country_list_reinstated"})


@dataclass(frozen=True, slots=True)
class Near:
    """A time that an act may have.

    Attributes:
        role: What the time would be of the act: happened, announced, effective or planned.
        features: What speaks for it and against it, such as ``side=behind``.
        behind: How many sentences before the act it stands; 0 is its own.
    """

    time: Time
    role: str
    features: tuple[str, ...]
    behind: int = 0


@cache
def family_of(kind: str) -> str:
    """The types that are one family: controls on exports, lists, agreements, disputes, talks."""
    for start in ("export_control", "country_list", "agreement", "dispute", "import_restriction"):
        if kind.startswith(start):
            return start
    return "talks" if kind.startswith(("talks", "summit")) else kind


@dataclass(frozen=True, slots=True)
class Mention:
    """A party of the sentence, as an act sees it.

    Attributes:
        codes: Whom it names.
        acts: Whether it can act for a state.
        side: before or after the act.
        inside: Whether it stands in the clause of the act.
        near: near, mid or far.
        prep: The preposition that governs it, or "-".
        form: noun, adjective, pointer or own.
        kind: country, government, ministry, person, court, firm, people, goods or body.
    """

    codes: tuple[str, ...]
    acts: bool
    side: str
    inside: bool
    near: str
    prep: str
    form: str
    kind: str


@dataclass(frozen=True, slots=True)
class View:
    """What a sentence shows around an act, for what was learned to weigh it.

    Attributes:
        cues: The form, the clause, the verb and the thing, as ``name=value``.
        words: The words around act and thing.
        mentions: The parties of the sentence.
        actor: Who acts, as far as the sentence says so.
        counterpart: Toward whom, as far as the sentence says so.
        thing: The place of the thing; -1 if there is none.
    """

    cues: tuple[str, ...]
    words: tuple[str, ...]
    mentions: tuple[Mention, ...]
    actor: tuple[str, ...]
    counterpart: tuple[str, ...]
    thing: int


UNSEEN = View((), (), (), (), (), -1)


@dataclass(slots=True)
class Told:
    """An event as one sentence tells it, before the article completes it.

    Attributes:
        actor: Who does it; empty if the sentence does not say.
        counterpart: Toward whom; empty if the sentence does not say.
        times: The times that belong to it, each with whether it lies ahead and whether it is the
            day of an announcement or of taking effect: ``happened``, ``announced``, ``effective``
            or ``planned``.
        place: Token place of the act.
        mention: Whether it is only named, so that it counts where the article does not tell it.
        partner_guessed: Whether only one party of what takes two is named where it is told.
        features: Of its act: the form, the tense.
        near: All times that it may have, whether the rules give them to it or not.
        view: What the sentence shows around the act.
        guess: By what it is guessed, where no rule tells it: ``pair``, ``discussed``, ``thing`` or ``act``.
        sure: Of the times those that the act's own verb has, with nothing in between that may have them.
    """

    type: str
    actor: tuple[str, ...]
    counterpart: tuple[str, ...]
    subject: str
    status: Status
    start: int
    end: int
    sentence: int
    place: int
    condition: str = ""
    times: list[tuple[Time, str]] = field(default_factory=list)
    said_by: str = ""
    headline: bool = False
    sentence_text: str = ""
    thing: tuple[str, ...] = ()
    leader: bool = False
    aside: bool = False
    just_now: bool = False
    by_report: bool = False
    sure: frozenset[Time] = frozenset()
    beside: list[Time] = field(default_factory=list)
    passive: bool = False
    likely: tuple[str, ...] = ()
    mention: bool = False
    partner_guessed: bool = False
    features: tuple[str, ...] = ()
    near: tuple[Near, ...] = ()
    view: View = UNSEEN
    guess: str = ""
