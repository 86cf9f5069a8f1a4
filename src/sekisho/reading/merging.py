"""One event told twice in an article is one proposal with two quotes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

from sekisho.dates import PartialDate
from sekisho.reading.acts import Account, alike, features_of_acts, may_be_one
from sekisho.reading.frames.told import SYMMETRIC
from sekisho.reading.proposal import Dated, Proposal
from sekisho.reading.weights import Weights

_SAME = 0.72
"""From this chance on two tellings are taken to be of one act."""
_SURE = 0.9
"""From this chance on the words of a guess date an act that rules tell without a date."""
_SUREST = 0.99
"""No telling makes a date surer than this."""
_MOST_COMPARED = 24
"""Acts of one kind by one party that a telling is compared with; no article tells so many."""


def merged(accounts: Sequence[Account], model: Weights) -> list[Proposal]:
    """One event told twice is one proposal with two quotes; in time linear in what is told.

    What rules tell is put together first, so that no guess changes what it says; a guess of it adds its
    quote, and the date where rules leave it empty or coarse.

    Args:
        accounts: What is told and what is guessed, in the order of the text.
        model: How the features of two tellings weigh for one act.
    """
    held: dict[tuple[str, frozenset[str]], list[list[Account]]] = {}
    told = [one for one in accounts if not one.proposal.guessed]
    guessed = [one for one in accounts if one.proposal.guessed]
    for one in (*told, *sorted(guessed, key=_surest)):
        acts = held.setdefault(_kind(one.proposal), [])
        act = _act_of(one, acts[:_MOST_COMPARED], model)
        if act is None:
            acts.append([one])
        else:
            act.append(one)
    return sorted((_joined(act) for acts in held.values() for act in acts), key=_start)


def _kind(one: Proposal) -> tuple[str, frozenset[str]]:
    return one.type, one.parties if one.type in SYMMETRIC else frozenset(one.actor)


def _act_of(one: Account, acts: Iterable[list[Account]], model: Weights) -> list[Account] | None:
    """The act of which a telling is likeliest another, if it is likely enough."""
    chances = [
        (model.chance(features_of_acts(act[0], one)), act)
        for act in acts
        if may_be_one(act[0].proposal, one.proposal)
    ]
    chance, act = max(chances, key=lambda each: each[0], default=(0.0, None))
    return act if chance >= _SAME else None


def _joined(act: Sequence[Account]) -> Proposal:
    """The tellings of an act as one proposal: as the first that gives its date tells it, with all quotes."""
    told = [one.proposal for one in act if not one.proposal.guessed] or [act[0].proposal]
    guessed = [one.proposal for one in act if one.proposal not in told]
    dates = _dates_joined(told)
    leading = _leading(told, dates)
    return replace(
        leading,
        dates=_filled(dates, [one for one in guessed if alike(one, leading)]) or leading.dates,
        counterpart=next((one.counterpart for one in (leading, *told) if one.counterpart != ("*",)), ("*",)),
        attribution=next((one.attribution for one in (leading, *told) if one.attribution), ""),
        confidence=max(one.confidence for one in told),
        quotes=tuple(dict.fromkeys(quote for one in (leading, *told, *guessed) for quote in one.quotes)),
    )


def _surest(one: Account) -> tuple[float, int]:
    return -one.proposal.confidence, one.told.start


def _start(one: Proposal) -> int:
    return one.quotes[0].start


def _leading(told: Sequence[Proposal], dates: Sequence[Dated]) -> Proposal:
    """The telling whose quote says it best: the first that gives a date of the act; else the first."""
    return next((one for one in told if any(dated in dates for dated in one.dates)), told[0])


def _dates_joined(told: Sequence[Proposal]) -> tuple[Dated, ...]:
    """One date of the act and one for each role of its effect, of several the one least in doubt.

    The date that the text itself gives goes before the day of the report. A day on which the act is to
    take effect by one telling is not that of its announcement by another.
    """
    given = [dated for one in told for dated in one.dates if dated.date is not None]
    ahead = {dated.date for dated in given if not dated.of_the_act}
    acts = [dated for dated in given if dated.of_the_act]
    acts = [dated for dated in acts if dated.date not in ahead] or acts
    acts = [dated for dated in acts if not dated.by_report] or acts
    effects = [
        [dated for dated in given if dated.role == role]
        for role in sorted({dated.role for dated in given if not dated.of_the_act})
    ]
    return tuple(min(each, key=lambda dated: _doubt(dated, told)) for each in (acts, *effects) if each)


def _doubt(dated: Dated, told: Sequence[Proposal]) -> float:
    """How likely none of the tellings means a date; one that means it more coarsely speaks for it too."""
    return math.prod(
        1 - max((min(other.chance, _SUREST) for other in one.dates if _speaks_for(other, dated)), default=0.0)
        for one in told
    )


def _speaks_for(one: Dated, other: Dated) -> bool:
    return one.by_report is other.by_report and _lies_in(other.date, one.date)


def _lies_in(one: PartialDate | None, other: PartialDate | None) -> bool:
    return one is not None and other is not None and other.first <= one.first and one.last <= other.last


def _filled(dates: Sequence[Dated], guessed: Sequence[Proposal]) -> tuple[Dated, ...]:
    """Dates with what the words of a guess surely give, where there is none or a coarser one."""
    sure = [
        replace(dated, words="")
        for one in guessed
        for dated in one.dates
        if dated.date is not None and not dated.by_report and dated.chance >= _SURE
    ]
    if not dates:
        return tuple(sorted(sure, key=lambda dated: -dated.chance)[:1])
    return tuple(_finer(dated, sure) for dated in dates)


def _finer(dated: Dated, sure: Sequence[Dated]) -> Dated:
    found = next((one for one in sure if _lies_in(one.date, dated.date) and one.date != dated.date), None)
    return dated if found is None or dated.by_report else replace(found, role=dated.role)
