"""Whether two tellings are of one act: the features by which what was learned decides.

"Chile tightened controls on lithium" in the lead and "the curbs, which took effect in May" below may be
one act told twice, or two. What each feature weighs is the model ``acts`` of
:mod:`sekisho.reading.weights`, made by ``bench/acts.py``; here is only said what there is to see.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from sekisho.dates import PartialDate
from sekisho.reading.frames.told import SYMMETRIC, Told, family_of
from sekisho.reading.proposal import Dated, Proposal
from sekisho.reading.vocabulary import vocabulary

ACTS = "acts"
"""The weights that are shipped; ``bench/acts.py`` learns them."""
_AGAIN = vocabulary("again")
_WEEK, _RECENT, _YEAR = 7, 45, 366
_FAR = (1, 2, 4, 8)
"""Where the next class of distance begins, in sentences."""


@dataclass(frozen=True)
class Account:
    """A telling and what is proposed of it, before it is known whether another tells the same act."""

    told: Told
    proposal: Proposal

    @cached_property
    def dates(self) -> Sequence[Dated]:
        """The dates that it has."""
        return [dated for dated in self.proposal.dates if dated.date is not None]

    @cached_property
    def form(self) -> str:
        """The form of its act: ``noun``, ``past``."""
        return next((each[5:] for each in self.told.features if each.startswith("form=")), "-")

    @cached_property
    def marks(self) -> Sequence[str]:
        """The words of its sentence that set acts apart or one behind another: "another", "previously"."""
        return sorted(_AGAIN.intersection(self.proposal.sentence.split()))


def may_be_one(one: Proposal, other: Proposal) -> bool:
    """Whether two tellings of one kind by one party may be of one act at all.

    A control toward all may be the one toward somebody. What rules tell as conditional, considered or
    denied is one only with what they tell so too: else a condition would be lost, or an act.
    """
    toward = {*one.counterpart} == {*other.counterpart} or "*" in (*one.counterpart, *other.counterpart)
    guessed = one.guessed or other.guessed
    return (toward or one.type in SYMMETRIC) and (guessed or alike(one, other))


def alike(one: Proposal, other: Proposal) -> bool:
    """Whether two tellings assert the same of an act: both that it is real, or one and the same."""
    return one.status is other.status or (one.status.real and other.status.real)


def features_of_acts(one: Account, other: Account) -> Iterator[str]:
    """The features of two tellings, whichever comes first, for and against that they are of one act."""
    first, second = sorted((one, other), key=_start)
    kind = one.proposal.type
    yield f"type={kind}"
    yield f"family={family_of(kind)}"
    yield from _of_dates(first, second)
    yield from _of_statuses(first, second)
    yield from _of_places(first, second)
    yield f"ways={'+'.join(sorted('guess' if each.proposal.guessed else 'rule' for each in (one, other)))}"
    yield f"form={second.form}"
    yield f"forms={first.form},{second.form}"
    if one.proposal.counterpart != other.proposal.counterpart:
        yield "toward=all"
    for order, each in (("first", first), ("second", second)):
        if each.told.aside:
            yield f"{order}:aside"
        yield from (f"{order}:{mark}" for mark in each.marks)


def _of_dates(first: Account, second: Account) -> Iterator[str]:
    """Whether one of their dates is the same, or may be, or how far they are apart."""
    how, apart = _dates(first.dates, second.dates)
    by = _by(first.dates, second.dates)
    family, kind = family_of(first.proposal.type), first.proposal.type
    yield f"dates={how}"
    yield f"dates={how},{kind}"
    yield f"dates={how}{apart},{by}"
    yield f"dates={how}{apart},{by},{family}"


def _dates(first: Sequence[Dated], second: Sequence[Dated]) -> tuple[str, str]:
    if not first or not second:
        return ("one" if first or second else "none"), ""
    pairs = [
        (one.date, other.date)
        for one in first
        for other in second
        if one.date and other.date and _comparable(one, other)
    ]
    if not pairs:
        return "beside", ""
    if any(one == other for one, other in pairs):
        return "equal", ""
    gap = min(_gap(one, other) for one, other in pairs)
    if gap <= 0:
        return "overlap", ""
    return (
        "apart",
        f",{'week' if gap <= _WEEK else 'month' if gap <= _RECENT else 'year' if gap < _YEAR else 'long'}",
    )


def _comparable(one: Dated, other: Dated) -> bool:
    """Whether two dates of one act would be the same; what was done may still take effect, not be planned."""
    return one.of_the_act is other.of_the_act or {one.role, other.role} == {"happened", "planned"}


def _gap(one: PartialDate, other: PartialDate) -> int:
    """The days between two dates; none if one may lie in the other."""
    return max((one.first - other.last).days, (other.first - one.last).days)


def _by(first: Sequence[Dated], second: Sequence[Dated]) -> str:
    """Whether one of the dates is only the day of the report."""
    if not first or not second:
        alone = [*first, *second]
        return "report" if alone and all(dated.by_report for dated in alone) else "own"
    return "report" if any(dated.by_report for dated in (*first, *second)) else "own"


def _of_statuses(first: Account, second: Account) -> Iterator[str]:
    one, other = first.proposal.status, second.proposal.status
    both = "real" if one.real else "unreal"
    how = "same" if one is other else "mixed" if one.real is not other.real else both
    yield f"status={how}"
    yield f"status={'+'.join(sorted((one.value, other.value)))}"
    yield f"status={how},{family_of(first.proposal.type)}"
    yield f"status={how},dates={_dates(first.dates, second.dates)[0]}"


def _of_places(first: Account, second: Account) -> Iterator[str]:
    """How many sentences lie between them."""
    away = second.told.sentence - first.told.sentence
    yield f"away={sum(away >= each for each in _FAR)}"
    if first.proposal.quotes[0] == second.proposal.quotes[0]:
        yield "one quote"


def _start(one: Account) -> int:
    return one.told.start
