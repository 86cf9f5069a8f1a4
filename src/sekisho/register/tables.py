"""The columns of every table of law, and how a cell becomes a field of a record.

One :class:`Table` describes one CSV file: its columns in order, the record a row
becomes, and the parser of each cell. The loader, the scenario files and the reference
documentation all read these descriptions.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from sekisho.dates import PartialDate
from sekisho.errors import ValueInvalid
from sekisho.model import (
    Approval,
    Bar,
    Basis,
    CatchAll,
    Confidence,
    Consequence,
    Exemption,
    Fact,
    Item,
    ItemChange,
    LicenceType,
    Limb,
    Policy,
    Region,
    Source,
)

Parser = Callable[[str], object]
_ITEM = re.compile(r"\d{1,2}(-\d)?(\(\d{1,2}(-\d)?\)(\d{1,2}(-\d)?)?)?")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its header, the field of the record it fills, and its parser."""

    header: str
    field: str
    parser: Parser


@dataclass(frozen=True, slots=True)
class Table:
    """One CSV file of rows of one record."""

    name: str
    record: type
    columns: tuple[Column, ...]
    optional: bool = False

    @property
    def file(self) -> str:
        """The name of its CSV file."""
        return f"{self.name}.csv"

    @property
    def headers(self) -> tuple[str, ...]:
        """The header row."""
        return tuple(column.header for column in self.columns)


def text(cell: str) -> str:
    """Any text, also none."""
    return cell


def needed(cell: str) -> str:
    """A text that must be there."""
    if not cell:
        msg = "the cell is empty"
        raise ValueInvalid(msg, "a value")
    return cell


def words(cell: str) -> tuple[str, ...]:
    """A ``;`` list, also none."""
    return tuple(part.strip() for part in cell.split(";") if part.strip())


def some_words(cell: str) -> tuple[str, ...]:
    """A ``;`` list with at least one part."""
    return words(needed(cell))


def whole_number(cell: str) -> int:
    """A whole number of zero or more."""
    if not cell.isdecimal():
        msg = f"{cell!r} is not a whole number"
        raise ValueInvalid(msg, "digits, such as 6")
    return int(cell)


def maybe_number(cell: str) -> int | None:
    """A whole number, or nothing."""
    return whole_number(cell) if cell else None


def maybe_date(cell: str) -> PartialDate | None:
    """A day, month or year, or nothing."""
    return PartialDate.parse(cell) if cell else None


def item_number(cell: str) -> str:
    """An item number of Appended Table 1, such as ``3(1)`` or ``7(15-2)``."""
    if not _ITEM.fullmatch(cell):
        msg = f"{cell!r} is not an item number"
        raise ValueInvalid(msg, "a row and an item such as 3(1), 7(15-2), 3-2(2)5-2 or 8")
    return cell


def one_of(*allowed: str) -> Parser:
    """A parser that takes only the words given."""

    def parse(cell: str) -> str:
        if cell not in allowed:
            msg = f"{cell!r} is not allowed here"
            raise ValueInvalid(msg, f"one of {', '.join(allowed)}")
        return cell

    return parse


def enum_of(members: type[StrEnum]) -> Parser:
    """A parser that takes the values of an enumeration."""
    check = one_of(*(member.value for member in members))
    return lambda cell: members(str(check(cell)))


def _columns(spec: Mapping[str, Parser | tuple[str, Parser]]) -> tuple[Column, ...]:
    named = ((head, entry if isinstance(entry, tuple) else (head, entry)) for head, entry in spec.items())
    return tuple(Column(head, name, parser) for head, (name, parser) in named)


_VALIDITY: Mapping[str, Parser | tuple[str, Parser]] = {
    "from_event": needed,
    "until_event": text,
    "basis": enum_of(Basis),
    "source": ("sources", some_words),
    "confidence": enum_of(Confidence),
    "note": text,
}
_SELECTION: Mapping[str, Parser | tuple[str, Parser]] = {
    "id": needed,
    "kind": one_of("goods", "technology", "any"),
    "item": needed,
    "destination": needed,
    "condition": text,
}

SOURCES = Table(
    "sources",
    Source,
    _columns(
        {
            "id": needed,
            "title": needed,
            "publisher": text,
            "kind": one_of(
                "statute", "ordinance", "notice", "circular", "press_release", "ruling",
                "treaty", "news", "commentary", "reprint", "derived",
            ),
            "published": maybe_date,
            "url": text,
            "language": text,
            "note": text,
        }
    ),
)  # fmt: skip

FACTS = Table(
    "facts",
    Fact,
    _columns(
        {
            "name": needed,
            "scope": one_of("item", "deal", "claim"),
            "type": one_of("number", "yes_no", "text"),
            "unit": text,
            "values": words,
            "question": needed,
            "note": text,
        }
    ),
)

ITEM_CHANGES = Table(
    "item_changes",
    ItemChange,
    _columns(
        {
            "item": item_number,
            "event": needed,
            "change": one_of("added", "removed", "widened", "narrowed", "reworded", "renumbered", "split"),
            "note": text,
        }
    ),
)

ITEMS = Table(
    "items",
    Item,
    _columns(
        {
            "id": needed,
            "item": item_number,
            "row": needed,
            "parent": text,
            "kind": one_of("item", "head", "deleted"),
            "heading_en": needed,
            "heading_ja": text,
            "origin": needed,
            "conditions": one_of("complete", "partial", "none"),
            **_VALIDITY,
        }
    ),
)

CONDITIONS = Table(
    "conditions",
    Limb,
    _columns(
        {
            "id": needed,
            "item": ("items", some_words),
            "clause": needed,
            "heading": needed,
            "condition": needed,
            "cas": words,
            "group": ("groups", words),
            **_VALIDITY,
        }
    ),
)

REGIONS = Table(
    "regions",
    Region,
    _columns(
        {
            "id": needed,
            "region": needed,
            "list_kind": one_of("members", "all_except"),
            "countries": some_words,
            **_VALIDITY,
        }
    ),
)

LICENCE_TYPES = Table(
    "licence_types",
    LicenceType,
    _columns(
        {
            "id": needed,
            "rank": whole_number,
            "title_en": needed,
            "title_ja": text,
            "holder": text,
            "lapses_if": text,
            "validity_months": maybe_number,
            **_VALIDITY,
        }
    ),
)

POLICY = Table(
    "policy",
    Policy,
    _columns({**_SELECTION, "licence_types": some_words, **_VALIDITY}),
)

EXCEPTIONS = Table(
    "exceptions",
    Exemption,
    _columns({**_SELECTION, "lost_if": text, "clause": needed, **_VALIDITY}),
)

CATCH_ALL = Table(
    "catch_all",
    CatchAll,
    _columns(
        {
            **_SELECTION,
            "branch": one_of("wmd", "conventional"),
            "test": one_of("use", "user", "inform"),
            "duty": needed,
            **_VALIDITY,
        }
    ),
)

BARS = Table("bars", Bar, _columns({**_SELECTION, "clause": needed, **_VALIDITY}), optional=True)

APPROVALS = Table(
    "approvals", Approval, _columns({**_SELECTION, "clause": needed, **_VALIDITY}), optional=True
)

CONSEQUENCES = Table(
    "consequences",
    Consequence,
    _columns(
        {
            **_SELECTION,
            "topic": one_of("penalty", "record_years", "office", "review_days", "papers"),
            "licence_type": needed,
            "value": needed,
            "text": needed,
            **_VALIDITY,
        }
    ),
    optional=True,
)

PROVISIONS = (
    ITEMS,
    CONDITIONS,
    REGIONS,
    LICENCE_TYPES,
    POLICY,
    EXCEPTIONS,
    CATCH_ALL,
    BARS,
    APPROVALS,
    CONSEQUENCES,
)
"""The tables whose rows are law: each row is bounded by events."""
