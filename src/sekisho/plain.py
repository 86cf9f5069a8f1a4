"""Records in plain values and plain words, for every way in which answers are shown."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from enum import Enum

from sekisho.dates import PartialDate
from sekisho.model import (
    Answer,
    CatchAll,
    Consequence,
    Item,
    LicenceType,
    Limb,
    Policy,
    Provision,
    Region,
    Rule,
)

MEANINGS: Mapping[Answer, str] = {
    Answer.PROHIBITED: "no licence is given for this",
    Answer.UNDETERMINED: "it cannot be told yet; see what is open",
    Answer.LICENCE_REQUIRED: "a licence is needed, and none that is stated covers it",
    Answer.REFER_ELSEWHERE: "another authority or another law must be asked",
    Answer.AUTHORISED: "a licence is needed, and one that is held covers it",
    Answer.NO_REQUIREMENT_FOUND: "by the rules read, no licence is needed",
    Answer.NOT_LISTED: "on no list, and no rule on end use or user was met",
}
"""Each answer in plain words."""


def plain(value: object) -> object:  # noqa: PLR0911  one return for each kind of value
    """A value as JSON holds it: records by field, dates and enums as text.

    >>> plain((PartialDate.parse("2012-07"), Answer.NOT_LISTED))
    ['2012-07', 'not_listed']
    """
    if isinstance(value, PartialDate):
        return str(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(str(part) for part in value)
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return [plain(part) for part in value]
    return value


def row_text(row: Provision) -> str:
    """What a row of law says, on one line."""
    match row:
        case Item():
            return f"{row.item}: {row.heading_en or row.heading_ja}"
        case Limb():
            return f"{';'.join(row.items)} {row.clause}: {row.heading}"
        case Region():
            kind = "all but " if row.list_kind == "all_except" else ""
            return f"{row.region}: {kind}{', '.join(row.countries)}"
        case LicenceType():
            return row.title_en
        case Rule():
            return _rule_text(row)
        case _:
            return row.id


def _rule_text(row: Rule) -> str:
    where = f"items {row.item}, destinations {row.destination}"
    match row:
        case Policy():
            return f"{where}: {', '.join(row.licence_types)}"
        case CatchAll():
            return f"{where}: {row.branch} {row.test} test, {row.duty}"
        case Consequence():
            return f"{row.topic.replace('_', ' ')}: {row.text or row.value}"
        case _:
            clause = getattr(row, "clause", "")
            return f"{where}: {clause}" if clause else where


def row_title(row: Provision, place: Callable[[str], str] = str) -> str:
    """A short title of a row of law, for people who do not know its id.

    >>> from sekisho.register.open import open_register
    >>> register = open_register()
    >>> row_title(register.find("jp-pol-kr-hf-individual"), register.countries.name)
    'hydrogen fluoride to South Korea: individual'

    Args:
        row: The row.
        place: Names the country of a code.
    """
    match row:
        case Policy():
            types = ", ".join(name.replace("_", " ") for name in row.licence_types)
            return f"{_goods(row.item)} to {_places(row.destination, place)}: {types}"
        case CatchAll():
            branch = "WMD" if row.branch == "wmd" else row.branch
            return f"{branch} {row.test} test, to {_places(row.destination, place)}"
        case Consequence():
            topic = row.topic.replace("_", " ")
            return f"{topic}: {_goods(row.item)} to {_places(row.destination, place)}"
        case Rule():
            return str(getattr(row, "clause", "")) or _rule_text(row)
        case _:
            return row_text(row)


def _goods(selector: str) -> str:
    """The items of a selector in words."""
    parts = selector.split(";")
    named = [_kind(part) for part in parts if not part.startswith("!")]
    left_out = [_kind(part[1:]) for part in parts if part.startswith("!")]
    return _but(named, left_out)


def _kind(part: str) -> str:
    if part == "*":
        return "all items"
    kind, _, name = part.rpartition(":")
    return name.replace("-", " ") if kind == "group" else f"row {name}" if kind else name


def _places(selector: str, place: Callable[[str], str]) -> str:
    """The destinations of a selector in words."""
    return ", ".join(_place(part.split("&"), place) for part in selector.split(";"))


def _place(parts: list[str], place: Callable[[str], str]) -> str:
    named = [_where(part, place) for part in parts if not part.startswith("!")]
    return _but(named or ["all"], [_where(part[1:], place) for part in parts if part.startswith("!")])


def _where(part: str, place: Callable[[str], str]) -> str:
    if part == "*":
        return "all destinations"
    if len(part) == _CODE:
        return place(part)
    kind, _, name = part.partition("_")
    return f"{kind if kind == 'table' else f'region {kind}'} {name.replace('_', '-')}".rstrip()


_CODE, _NAMED = 2, 3
"""Letters of a country's code, and how many names of a kind a title has."""


def _but(named: list[str], left_out: list[str]) -> str:
    return " but ".join(
        ", ".join(names[:_NAMED]) + (" and more" if len(names) > _NAMED else "")
        for names in (named, left_out)
        if names
    )
