"""One event told twice in an article is one proposal with two quotes."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import replace

from sekisho.dates import PartialDate
from sekisho.reading.dating import fineness
from sekisho.reading.frames.told import SYMMETRIC
from sekisho.reading.proposal import Dated, Proposal, Quote
from sekisho.reading.vocabulary import vocabulary

_NEAR = 900
_REPORTED_WITHIN = 45
_MOST_COMPARED = 100
"""Events of one kind by one actor that a telling is compared with; no article tells so many."""
_DISTINCT = frozenset(
    {
        "court_ruling",
        "talks_held",
        "talks_agreed",
        "summit_held",
        "summit_agreed",
        "agreement_signed",
        "cooperation_launched",
        "export_control_tightened",
        "export_control_eased",
    }
)


def merged_tellings(raw: Sequence[Proposal]) -> list[Proposal]:
    """One event told twice is one proposal with two quotes; in time linear in what is told."""
    held: list[Proposal] = []
    quotes: list[list[Quote]] = []
    by_kind: dict[tuple[str, frozenset[str]], list[int]] = {}
    for one in raw:
        kind = (one.type, one.parties if one.type in SYMMETRIC else frozenset(one.actor))
        places = by_kind.setdefault(kind, [])
        at = next((place for place in places[:_MOST_COMPARED] if _same(held[place], one)), None)
        if at is None:
            places.append(len(held))
            held.append(one)
            quotes.append([*one.quotes])
        else:
            held[at] = _joined(held[at], one)
            quotes[at] += one.quotes
    return [replace(one, quotes=tuple(dict.fromkeys(said))) for one, said in zip(held, quotes, strict=True)]


def _same(one: Proposal, other: Proposal) -> bool:
    """Whether two tellings are of one event."""
    if one.type != other.type or not _parties_agree(one, other):
        return False
    if one.status is not other.status and not (one.status.real and other.status.real):
        return False
    return one.quotes[0] == other.quotes[0] or (_dates_agree(one, other) and not _told_apart(one, other))


def _told_apart(one: Proposal, other: Proposal) -> bool:
    """Whether two tellings that could be one event are two: acts of a kind that a text tells several of."""
    if one.type in {"talks_held", "summit_held"} and _undated(other) and _close(one, other):
        return False
    if one.type.startswith("export_control") and (_undated(one) or _undated(other)):
        return False
    if one.type == "court_ruling" and not _dates_equal(one, other) and _all_dated(one, other):
        return True
    return one.type in _DISTINCT and not _dates_equal(one, other) and not _subjects_agree(one, other)


def _close(one: Proposal, other: Proposal) -> bool:
    return abs(one.quotes[0].start - other.quotes[0].start) < _NEAR


def _all_dated(one: Proposal, other: Proposal) -> bool:
    return all(dated.date is not None for dated in (*one.dates, *other.dates))


def _undated(one: Proposal) -> bool:
    return all(dated.date is None for dated in one.dates)


def _parties_agree(one: Proposal, other: Proposal) -> bool:
    if one.type in SYMMETRIC:
        return one.parties == other.parties
    return set(one.actor) == set(other.actor) and (
        set(one.counterpart) == set(other.counterpart) or "*" in (*one.counterpart, *other.counterpart)
    )


def _dates_agree(one: Proposal, other: Proposal) -> bool:
    """Whether no date of one excludes those of the other; the day of a report excludes little."""
    return all(
        _overlap(first.date, second.date) or _reported_soon(first, second)
        for first in one.dates
        for second in other.dates
        if first.date is not None and second.date is not None and _slot(first) == _slot(second)
    )


def _slot(dated: Dated) -> str:
    """Acts happen or are announced on one day; they take effect, or are planned for, another."""
    return "act" if dated.role in {"announced", "happened"} else "effect"


def _reported_soon(one: Dated, other: Dated) -> bool:
    """Whether one is only the day of a report within weeks of the other."""
    if one.date is None or other.date is None or not (one.by_report or other.by_report):
        return False
    gap = max(one.date.first - other.date.last, other.date.first - one.date.last)
    return gap <= dt.timedelta(days=_REPORTED_WITHIN)


def _overlap(one: PartialDate, other: PartialDate) -> bool:
    return one.first <= other.last and other.first <= one.last


def _dates_equal(one: Proposal, other: Proposal) -> bool:
    first = {dated.date for dated in one.dates if dated.date is not None}
    second = {dated.date for dated in other.dates if dated.date is not None}
    return bool(first & second)


_PLAIN = vocabulary("plain")


def _subjects_agree(one: Proposal, other: Proposal) -> bool:
    """Whether the subjects share a telling word, or one of them says nothing of its own."""
    first = set(re.findall(r"\w+", one.subject.lower())) - _PLAIN
    second = set(re.findall(r"\w+", other.subject.lower())) - _PLAIN
    undated = all(d.date is None for d in one.dates) or all(d.date is None for d in other.dates)
    return bool(first & second) or (undated and (not first or not second) and one.type != "court_ruling")


def _joined(one: Proposal, other: Proposal) -> Proposal:
    """Two tellings as one: all quotes, the finer dates."""
    dates = _dates_joined(one, other)
    counterpart = other.counterpart if one.counterpart == ("*",) else one.counterpart
    return replace(
        one,
        dates=dates or one.dates,
        counterpart=counterpart,
        attribution=one.attribution or other.attribution,
        confidence=max(one.confidence, other.confidence),
    )


def with_guesses(told: Sequence[Proposal], guessed: Sequence[Proposal]) -> list[Proposal]:
    """What is told and what is guessed besides; a guess of what is told adds its quote."""
    held = {key_of(one): one for one in reversed(told)}
    for one in sorted(guessed, key=_surest):
        key = key_of(one)
        held[key] = _quoting(held[key], one) if key in held else one
    first = {key_of(one): one for one in reversed(told)}
    again = [one for one in told if one is not first[key_of(one)]]
    return sorted([*held.values(), *again], key=_start)


def key_of(one: Proposal) -> tuple[str, frozenset[str], frozenset[str]]:
    """What two tellings of one event agree in: the type, and who acts toward whom."""
    if one.type in SYMMETRIC:
        return one.type, one.parties, frozenset()
    return one.type, frozenset(one.actor), frozenset(one.counterpart)


def _quoting(one: Proposal, guess: Proposal) -> Proposal:
    """What is told with a further quote; all that is said of it stays as the rules read it."""
    return replace(one, quotes=tuple(dict.fromkeys((*one.quotes, *guess.quotes))))


def _surest(one: Proposal) -> tuple[float, int]:
    return -one.confidence, _start(one)


def _start(one: Proposal) -> int:
    return one.quotes[0].start


def _dates_joined(one: Proposal, other: Proposal) -> tuple[Dated, ...]:
    """For each role the date that the text itself gives, else the day of the report; the finer of two."""
    held: dict[str, Dated] = {}
    for dated in (*one.dates, *other.dates):
        known = held.get(dated.role)
        if dated.date is not None and (known is None or _better(dated, known)):
            held[dated.role] = dated
    acts = [dated for dated in held.values() if _slot(dated) == "act"]
    own = [dated for dated in acts if not dated.by_report] or acts[:1]
    return tuple(dated for dated in held.values() if _slot(dated) != "act" or dated in own)


def _better(one: Dated, other: Dated) -> bool:
    if one.by_report is not other.by_report:
        return other.by_report
    if one.date is None or other.date is None or one.by_report:
        return False
    return fineness(one.date) > fineness(other.date)
