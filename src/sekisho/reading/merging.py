"""One event told twice in an article is one proposal with two quotes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from sekisho.reading.acts import Account, features_of_acts, may_be_one
from sekisho.reading.dating import fineness
from sekisho.reading.frames.told import SYMMETRIC
from sekisho.reading.proposal import Dated, Proposal
from sekisho.reading.weights import Weights

_SAME = 0.72
"""From this chance on two tellings are taken to be of one act."""
_MOST_COMPARED = 24
"""Acts of one kind by one party that a telling is compared with; no article tells so many."""


def merged(accounts: Sequence[Account], model: Weights) -> list[Proposal]:
    """One event told twice is one proposal with two quotes; in time linear in what is told.

    What rules tell is put together first, so that no guess changes it; a guess of it adds its quote.

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
    return [_joined(act) for act in sorted((act for acts in held.values() for act in acts), key=_first)]


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
    """The tellings of an act as one proposal: as its first tells it, with all quotes and the finer dates."""
    told = [one.proposal for one in act if not one.proposal.guessed] or [act[0].proposal]
    return replace(
        told[0],
        dates=_dates_joined(told) or told[0].dates,
        counterpart=next((one.counterpart for one in told if one.counterpart != ("*",)), ("*",)),
        attribution=next((one.attribution for one in told if one.attribution), ""),
        confidence=max(one.confidence for one in told),
        quotes=tuple(dict.fromkeys(quote for one in act for quote in one.proposal.quotes)),
    )


def _surest(one: Account) -> tuple[float, int]:
    return -one.proposal.confidence, one.told.start


def _first(act: Sequence[Account]) -> int:
    """Where an act is told first: what is told by rule goes before its guesses."""
    return act[0].told.start


def _dates_joined(told: Sequence[Proposal]) -> tuple[Dated, ...]:
    """For each role the date that the text itself gives, else the day of the report; the finer of two."""
    held: dict[str, Dated] = {}
    for dated in (dated for one in told for dated in one.dates):
        known = held.get(dated.role)
        if dated.date is not None and (known is None or _better(dated, known)):
            held[dated.role] = dated
    acts = [dated for dated in held.values() if dated.of_the_act]
    own = [dated for dated in acts if not dated.by_report] or acts[:1]
    return tuple(dated for dated in held.values() if not dated.of_the_act or dated in own)


def _better(one: Dated, other: Dated) -> bool:
    if one.by_report is not other.by_report:
        return other.by_report
    if one.date is None or other.date is None or one.by_report:
        return False
    return fineness(one.date) > fineness(other.date)
