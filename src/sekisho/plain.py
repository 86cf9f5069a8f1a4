"""Records in plain values and plain words, for every way in which answers are shown."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping, Sequence
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
