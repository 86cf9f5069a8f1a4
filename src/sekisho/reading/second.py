"""Whether an event has a second date, and which: announced on one day, planned for or in force on another.

Once the first date is chosen (:mod:`sekisho.reading.choice`), what is left is offered again: the
other times and days of the report, each with how it lies to the first, and that there is no other.
What the rules say comes first, so that without weights they alone decide.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sekisho.dates import PartialDate
from sekisho.reading.choice import Option
from sekisho.reading.frames.told import Told
from sekisho.reading.status import Status

_ABOUT_FIRST = ("when=", "kind=", "report:is=", "prep=")
_IN_FORCE = ("export_control", "import_restriction", "country_list")
_TWICE = frozenset({Status.ANNOUNCED, Status.CONSIDERED})
"""What is made known on one day for another; what is tied to a condition or denied has no day of its own."""
_OF_EFFECT = frozenset({"effective", "planned"})
_BOUNDS = frozenset({"prep=until", "prep=till"})
"""A time behind these only ends what begins on another day."""


def seconds_of(
    one: Told, first: Option, options: Sequence[Option], ruled: Mapping[str, PartialDate]
) -> Iterator[Option]:
    """What the second date may be, by rule first; then that there is none; then all else.

    Args:
        one: The event.
        first: The date that was chosen.
        options: All that it may be.
        ruled: What the rules say, by role.
    """
    about = tuple(_about(one, first))
    held = {*ruled.values()}
    others = [
        each
        for each in options
        if each.date is not None and _is_apart(each.date, first, held) and _BOUNDS.isdisjoint(each.features)
    ]
    sure = held if first.date in held else {ruled["effective"]} if "effective" in ruled else set()
    yield from (_offered(one, each, first, about) for each in others if each.date in sure)
    yield Option(None, "", None, ("also:none", *(f"also:none:{each}" for each in about)))
    if one.status in _TWICE or (one.status is Status.HAPPENED and one.type.startswith(_IN_FORCE)):
        yield from (_offered(one, each, first, about) for each in others if each.date not in sure)


def _is_apart(date: PartialDate, first: Option, held: set[PartialDate]) -> bool:
    """Whether a date is another than the first, and not the same one told more or less finely."""
    known = first.date
    if known is None or date == known:
        return False
    return {date, known} <= held or date.last < known.first or known.last < date.first


def _offered(one: Told, other: Option, first: Option, about: Sequence[str]) -> Option:
    """An option as the second date, with how it lies to the first."""
    later = first.date is not None and other.date is not None and first.date.first < other.date.first
    side = "later" if later else "earlier"
    features = (
        f"also:{side}",
        f"also:{side}:{_known(other)}:{_known(first)}",
        f"also:{side}:{_known(other)}:{one.status.value}",
        f"also:{side}:{_known(other)}:{other.role}",
        *(f"also:{each}" for each in other.features),
        *(f"also:{side}:{each}" for each in about),
    )
    role = role_of_second(one, other, later=later)
    return Option(other.date, role, other.time, features)


def _known(option: Option) -> str:
    """How a date lies to the report; ``report`` if it is that."""
    return next((each for each in option.features if each.startswith("when=")), "report")


def role_of_second(one: Told, other: Option, *, later: bool) -> str:
    """Of two dates the earlier is that of the act or of its announcing, the later that of its effect."""
    if (other.role in _OF_EFFECT) is later:
        return other.role
    if not later:
        return "announced"
    return "effective" if one.type.startswith(_IN_FORCE) else "planned"


def _about(one: Told, first: Option) -> Iterator[str]:
    """What is known of the event and its first date."""
    head, _, tail = one.type.partition("_")
    yield f"status={one.status.value}"
    yield f"group={head}_{tail.rpartition('_')[2]}"
    yield f"aside={one.aside}"
    yield f"first_role={first.role}"
    yield from (f"first_{each}" for each in first.features if each.startswith(_ABOUT_FIRST))
    yield from one.features
