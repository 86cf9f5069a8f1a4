"""Dossier files: one TOML file, one thing followed over time, with its events in order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

from sekisho.dates import PartialDate
from sekisho.errors import ValueInvalid
from sekisho.model import Confidence, Dossier, Event, Link, Term
from sekisho.register.load import Reader
from sekisho.register.tables import enum_of, needed, one_of

KINDS = ("measure", "listing", "agreement", "dispute", "dialogue", "judgment", "sharing")
LINKS = (
    "answers",
    "retaliates_against",
    "settles",
    "implements",
    "depends_on",
    "part_of",
    "follows",
)

Take = Callable[[Any], object]


def _string(value: object) -> str:
    if not isinstance(value, str):
        msg = f"{value!r} is not a text"
        raise ValueInvalid(msg, "a text in quotes")
    return value


def _need(value: object) -> str:
    return needed(_string(value))


def _strings(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
        msg = f"{value!r} is not a list of texts"
        raise ValueInvalid(msg, 'a list such as ["JP", "KR"]')
    return tuple(value)


def _some(value: object) -> tuple[str, ...]:
    parts = _strings(value)
    if not parts:
        msg = "the list is empty"
        raise ValueInvalid(msg, "at least one")
    return parts


def _date(value: object) -> PartialDate:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return PartialDate.of(value)
    return PartialDate.parse(_string(value))


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        msg = f"{value!r} is not a whole number"
        raise ValueInvalid(msg, "a number such as 90")
    return value


def _years(value: object) -> int:
    if _count(value) == 0:
        msg = "a term of 0 years never ends"
        raise ValueInvalid(msg, "1 or more")
    return _count(value)


_EVENT: Mapping[str, tuple[str, Take, object]] = {
    "id": ("id", _need, ...),
    "kind": ("kind", _need, ...),
    "by": ("by", _strings, ()),
    "toward": ("toward", _strings, ()),
    "announced": ("announced", _date, None),
    "promulgated": ("promulgated", _date, None),
    "effective": ("effective", _date, None),
    "summary": ("summary", _need, ...),
    "source": ("sources", _some, ...),
    "confidence": ("confidence", enum_of(Confidence), ...),
    "stops": ("stops", _strings, ()),
    "answers": ("answers", _strings, ()),
    "note": ("note", _string, ""),
}
_LINK: Mapping[str, tuple[str, Take, object]] = {
    "kind": ("kind", one_of(*LINKS), ...),
    "dossier": ("dossier", _need, ...),
    "source": ("sources", _some, ...),
    "note": ("note", _string, ""),
}
_TERM: Mapping[str, tuple[str, Take, object]] = {
    "starts_with": ("starts_with", _need, ...),
    "years": ("years", _years, ...),
    "notice_days": ("notice_days", _count, ...),
}
_DOSSIER: Mapping[str, tuple[str, Take, object]] = {
    "id": ("id", _need, ...),
    "kind": ("kind", one_of(*KINDS), ...),
    "title": ("title", _need, ...),
    "title_ja": ("title_ja", _string, ""),
    "title_ko": ("title_ko", _string, ""),
    "parties": ("parties", _some, ...),
    "about": ("about", _need, ...),
    "first": ("first", _string, ""),
    "source": ("sources", _strings, ()),
}


class DossierReader:
    """Turns one dossier file into records, keeping faults in the reader."""

    def __init__(self, reader: Reader, path: Path) -> None:
        self.reader, self.path = reader, path
        self.name = path.relative_to(reader.root).as_posix()

    def read(self, known: Collection[str] = ()) -> Dossier | None:
        """The dossier, or ``None`` if it has faults of its own.

        ``known``: Dossiers that a scenario may add events to.
        """
        content = self.reader.toml(self.path)
        if content is None:
            return None
        own = {key: value for key, value in content.items() if key not in {"event", "link", "term"}}
        fields = self._fields(own, _DOSSIER, self._line(content.get("id")))
        if fields is None:
            return None
        name = str(fields["id"])
        if name not in known:
            self.reader.keep(name, (self.name, self._line(name)))
        entries = self.reader.tables(self.path, content, "link")
        links = (self._fields(link, _LINK, self._line(name)) for link in entries)
        return Dossier(
            **fields,  # type: ignore[arg-type]  # the parsers give the fields' types
            events=self.events(name, self.reader.tables(self.path, content, "event")),
            links=tuple(Link(**link) for link in links if link),  # type: ignore[arg-type]
            term=self._term(content.get("term")),
        )

    def events(self, dossier: str, tables: list[dict[str, Any]]) -> tuple[Event, ...]:
        """The events of a dossier, in the order of the file."""
        events = (self.event(dossier, table) for table in tables)
        return tuple(event for event in events if event is not None)

    def event(self, dossier: str, table: dict[str, Any]) -> Event | None:
        """One event, or ``None`` with its faults kept."""
        line = self._line(table.get("id"))
        fields = self._fields(table, _EVENT, line)
        if fields is None:
            return None
        event = Event(dossier=dossier, **fields)  # type: ignore[arg-type]
        self.reader.keep(event.id, (self.name, line))
        if not event.moments:
            self.reader.fault(
                (self.name, line), event.id, "the event has no date",
                "announced, promulgated or effective",
            )  # fmt: skip
            return None
        return event

    def _term(self, table: object) -> Term | None:
        if table is not None and not isinstance(table, dict):
            self.reader.fault((self.name, 0), "term", "it is not a table", "[term]")
        fields = self._fields(table, _TERM, 0) if isinstance(table, dict) else None
        return Term(**fields) if fields else None  # type: ignore[arg-type]

    def _line(self, name: object) -> int:
        return self.reader.line_with(self.path, f'id = "{name}"') if name else 0

    def _fields(
        self, table: dict[str, Any], spec: Mapping[str, tuple[str, Take, object]], line: int
    ) -> dict[str, object] | None:
        place, before = (self.name, line), len(self.reader.faults)
        for key in (key for key in table if key not in spec):
            self.reader.fault(place, key, "the key is not known", f"one of {', '.join(spec)}")
        fields: dict[str, object] = {}
        for key, (name, take, default) in spec.items():
            if key not in table and default is ...:
                self.reader.fault(place, key, "the key is missing", "a value for it")
                continue
            try:
                fields[name] = take(table[key]) if key in table else default
            except ValueInvalid as error:
                self.reader.fault(place, key, error.problem, error.expected)
        return fields if len(self.reader.faults) == before else None
