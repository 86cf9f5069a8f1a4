"""What changed between two days: the rows of law that came, went, or stand differently."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from sekisho.dates import in_order
from sekisho.errors import NotFound
from sekisho.model import Event, Provision, Region, Rule
from sekisho.register.law import Law, LawInForce, Standing
from sekisho.register.register import Register


@dataclass(frozen=True, slots=True)
class Change:
    """One row of law that differs between two days.

    Attributes:
        change: ``came``, ``went``, ``became certain`` or ``became uncertain``.
        row: The row of law.
        event: The event that made the difference; ``None`` where only its day is in doubt.
    """

    change: str
    row: Provision
    event: Event | None


def difference(
    register: Register,
    first: dt.date,
    second: dt.date,
    *,
    country: str = "JP",
    destination: str | None = None,
    known_on: dt.date | None = None,
) -> tuple[Change, ...]:
    """The rows that differ between the law of two days, in the order of the files.

    Args:
        register: The register to compare in.
        first: The earlier day.
        second: The later day.
        country: The exporting country whose law is compared.
        destination: Only rows that may concern this destination.
        known_on: What was known on this day; ``None`` is all that is recorded.

    Raises:
        NotFound: If the law of the country is not in the register.
        ValueInvalid: If the second day lies before the first.
    """
    in_order(first, second)
    law = register.law(country, known_on)
    if law is None:
        raise NotFound("law of a country", country, sorted(register.regimes))
    changes = _changes(law, law.on(first), law.on(second))
    if destination is None:
        return tuple(changes)
    states = law.on(first), law.on(second)
    return tuple(c for c in changes if any(_concerns(c.row, destination, s) for s in states))


def _changes(law: Law, before: LawInForce, after: LawInForce) -> Iterator[Change]:
    old, new = _standing(before), _standing(after)
    for row in law.regime.provisions:
        was, now = old.get(row.id), new.get(row.id)
        if was is None and now is not None:
            yield Change("came", row, law.events.get(row.from_event))
        elif was is not None and now is None:
            yield Change("went", row, law.events.get(row.until_event))
        elif was is not None and now is not None and was.certain is not now.certain:
            word = "became certain" if now.certain else "became uncertain"
            yield Change(word, row, law.events.get(row.from_event))


def _standing(state: LawInForce) -> dict[str, Standing[Provision]]:
    return {entry.row.id: entry for entries in state.standing.values() for entry in entries}


def _concerns(row: Provision, destination: str, state: LawInForce) -> bool:
    if isinstance(row, Region):
        return (destination in row.countries) is (row.list_kind == "members")
    if isinstance(row, Rule):
        return state.is_at(row.destination, destination) is not False
    return True
