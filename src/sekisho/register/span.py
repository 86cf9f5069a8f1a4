"""How far the record reaches: what lies outside it is not known, rather than not so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from sekisho.register.law import Regime
from sekisho.register.open import open_register
from sekisho.register.register import Register


def recorded(register: Register) -> tuple[dt.date, dt.date] | None:
    """The oldest and the newest day on record: of an event, or of the text that tells it.

    What a scenario imagines is no record, so only the register under it counts. An event
    that is still to come was announced by the newest day.
    """
    base = open_register(register.root) if register.scenario else register
    events = base.events.values()
    first = [date.first for event in events for _, date in event.moments]
    last = [event.known_from for event in events]
    last += [source.published.first for source in base.sources.values() if source.published]
    return (min(first), max(last)) if first else None


def beyond_record(register: Register, *days: dt.date | None) -> Iterator[str]:
    """What is not on record of some days: before the oldest, or after the newest."""
    asked = [day for day in days if day is not None]
    span = recorded(register)
    if span is None or not asked:
        return
    first, last = span
    if min(asked) < first:
        yield f"what happened before {first}, the oldest day on record, was not read"
    if max(asked) > last:
        yield f"what happened after {last}, the newest day on record, was not read"


def beyond_law(regime: Regime, *days: dt.date) -> Iterator[str]:
    """What was not read of a country's law on some days."""
    if min(days) < regime.covered_from:
        yield f"the law of {regime.country} before {regime.covered_from} is not in the register"
    if max(days) > regime.read_until:
        yield f"amendments of {regime.title} after {regime.read_until} were not read"
