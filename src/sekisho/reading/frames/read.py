"""Reads the sentences of an article in order."""

from __future__ import annotations

import re

from sekisho.reading.frames.echoes import taking_effect
from sekisho.reading.frames.entries import date_by_entry, day_of_entry
from sekisho.reading.frames.events import events_of
from sekisho.reading.frames.guesses import guesses
from sekisho.reading.frames.saying import DAYS, LENGTHS, also_said, day_of_saying, points_back
from sekisho.reading.frames.scan import Scan
from sekisho.reading.frames.seen import Seen
from sekisho.reading.frames.sight import clause_at
from sekisho.reading.frames.timing import shared_times, times_in_passing, times_in_series, times_to_come
from sekisho.reading.frames.told import Told
from sekisho.reading.parties import Party
from sekisho.reading.status import Status
from sekisho.reading.times import Time
from sekisho.reading.tokens import Sentence
from sekisho.reading.vocabulary import vocabulary

_SAID = vocabulary("said")
_AT_THE_TALKS = re.compile(r"\b(?:at|after|during|following) (?:the|their) (?:summit|meeting|talks)\b")
_SUSPENDED = {
    "agreement_termination_notice": "agreement_termination_suspended",
    "talks_held": "talks_suspended",
}
_OPENING = 5
"""The last sentence that still says on which day the news was."""


def read_sentence(seen: Seen, number: int, sentence: Sentence, *, headline: bool) -> list[Told]:
    """The events that a sentence tells."""
    parties = seen.cast.parties(sentence)
    one = Scan.of(seen, number, sentence, parties, headline=headline)
    found = []
    for told in events_of(one):
        found.append(told)
        if told.actor and told.counterpart:
            seen.told = told
    found = [told for told in found if not _is_what_was_suspended(one, told, found)]
    shared_times(one, found)
    if seen.chronology:
        seen.entry = day_of_entry(one) or seen.entry
        if seen.entry is not None:
            date_by_entry(found, seen.entry)
    _carry_saying_days(seen, one, found)
    _carry_day_of_talks(seen, one, found)
    found += taking_effect(one, seen.last)
    seen.last = next(
        (
            told
            for told in reversed(found)
            if told.type.startswith(("export_control", "country_list", "import_restriction"))
            and told.status.real
        ),
        seen.last,
    )
    seen.times += one.times
    seen.placed += [(number, time) for time in one.times if time.kind not in LENGTHS | {"recent"}]
    seen.future |= set(times_to_come(one))
    seen.passing |= set(times_in_passing(one))
    seen.series |= set(times_in_series(one)) - seen.future
    remember(seen, one)
    return [*found, *guesses(one, found)]


def _is_what_was_suspended(one: Scan, told: Told, found: list[Told]) -> bool:
    """Whether an act is only named as what was suspended: "suspended the termination of the pact"."""
    suspended = _SUSPENDED.get(told.type, "")
    return any(
        other.type == suspended
        and other.place < told.place
        and clause_at(one, other.place) is clause_at(one, told.place)
        for other in found
    )


def _carry_saying_days(seen: Seen, one: Scan, found: list[Told]) -> None:
    """The day of a saying also for what "it also said", and for the news that the next sentence dates."""
    day = day_of_saying(one)
    if day is None and also_said(one):
        day = seen.said_on
        _date_by_report(found, day)
    elif day is not None and one.number == 1 and points_back(one) and all(not told.times for told in found):
        _date_by_report([told for told in seen.latest if told.status is not Status.CONDITIONAL], day)
    seen.said_on = day
    if seen.first_said is None and 0 <= one.number <= _OPENING:
        seen.first_said = day
    seen.latest = found if one.number == 0 else []


def _carry_day_of_talks(seen: Seen, one: Scan, found: list[Told]) -> None:
    """The day of talks told before also for what was agreed at them: "after the summit, they agreed"."""
    if _AT_THE_TALKS.search(one.lower) and seen.met_on is not None:
        _date_by_report([told for told in found if told.status.real], seen.met_on)
    for told in found:
        if told.type in {"talks_held", "summit_held"}:
            days = [time for time, role in told.times if role == "happened" and time.kind in DAYS]
            seen.met_on = days[-1] if days else seen.met_on


def _date_by_report(told: list[Told], day: Time | None) -> None:
    for one in told if day is not None else ():
        if not one.times and (not one.aside or "agreed" in one.type) and day is not None:
            one.times = [(day, "happened" if one.status is Status.HAPPENED else "announced")]
            one.by_report = True


def remember(seen: Seen, one: Scan) -> None:
    """Keeps who acted and who spoke for the sentences that follow."""
    persons = [party for party in one.parties if party.kind == "person" or _is_named(one, party)]
    seen.person = persons[-1].codes[:1] if persons else seen.person
    subjects = [party.codes for party in one.parties if party.acts and party.form != "own"]
    if subjects:
        seen.subject = subjects[0]
    said = next((at for at, token in enumerate(one.tokens) if token.lower in _SAID), None)
    if said is not None:
        near = [
            party for party in one.parties if party.acts and party.form != "own" and party.last <= said + 8
        ]
        seen.speaker = near[-1].codes[:1] if near else seen.speaker


def _is_named(one: Scan, party: Party) -> bool:
    """Whether an office is told with the name of who holds it: "Foreign Minister Kang"."""
    return (
        party.kind in {"government", "ministry"}
        and one.tokens[party.last - 1].capital
        and party.last - party.first > 1
    )
