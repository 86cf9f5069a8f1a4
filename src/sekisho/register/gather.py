"""Gathering: all data files of a folder, and of a scenario, to one checked register."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sekisho.errors import NotFound, RegisterInvalid
from sekisho.model import Dossier, Provision, Source
from sekisho.register import check, tables
from sekisho.register.country_table import read_countries
from sekisho.register.dossiers import DossierReader
from sekisho.register.law import Regime
from sekisho.register.life_cycle import LifeCycle, read_life_cycles
from sekisho.register.load import Reader
from sekisho.register.register import Register
from sekisho.register.tables import Column, Table, needed

_PARTS: Mapping[str, Table] = {
    "items": tables.ITEMS,
    "limbs": tables.CONDITIONS,
    "regions": tables.REGIONS,
    "licence_types": tables.LICENCE_TYPES,
    "policies": tables.POLICY,
    "exemptions": tables.EXCEPTIONS,
    "catch_alls": tables.CATCH_ALL,
    "bars": tables.BARS,
    "approvals": tables.APPROVALS,
    "consequences": tables.CONSEQUENCES,
    "changes": tables.ITEM_CHANGES,
}
_ENDINGS = Table(
    "endings",
    dict,
    (Column("row", "row", needed), Column("event", "event", needed)),
    optional=True,
)


def gather(root: Path, scenario: Path | None) -> Register:
    """Reads and checks a folder, with a scenario over it.

    Raises:
        RegisterInvalid: With every fault of every file.
        NotFound: If there is no such scenario.
    """
    reader = Reader(root)
    gathered = Gathered()
    gathered.read_folder(reader)
    overlay = _read_scenario(scenario, gathered, reader) if scenario is not None else None
    return gathered.register(reader, overlay)


class Gathered:
    """What the files have given so far, before it becomes a register."""

    def __init__(self) -> None:
        self.sources: dict[str, Source] = {}
        self.dossiers: dict[str, Dossier] = {}
        self.regimes: dict[str, dict[str, Any]] = {}
        self.heads: dict[str, dict[str, Any]] = {}
        self.endings: list[tuple[str, str, tuple[str, int]]] = []
        self.scenario = ""
        self.supposed = ""

    def read_folder(self, reader: Reader) -> None:
        """Reads one folder of data: its sources, dossiers and regimes."""
        known = frozenset(self.dossiers)
        for path in sorted(reader.root.rglob("dossiers/*.toml")):
            dossier = DossierReader(reader, path).read(known)
            if dossier is not None:
                self.add_dossier(dossier)
        for path in sorted(reader.root.rglob("sources.csv")):
            self.sources |= {source.id: source for source in reader.table(path, tables.SOURCES)}
        for path in sorted(reader.root.glob("*/regime.toml")):
            self.heads[path.parent.name] = reader.toml(path) or {}
        for folder in self.heads:
            self._read_regime(reader, folder)

    def _read_regime(self, reader: Reader, folder: str) -> None:
        parts = self.regimes.setdefault(folder, {"facts": {}})
        base = reader.root / folder
        shipped = (base / "regime.toml").exists()
        for name, table in {**_PARTS, "facts": tables.FACTS}.items():
            path = base / table.file
            rows = list(reader.table(path, table)) if shipped or path.exists() else []
            self._add(parts, name, rows)

    def _add(self, parts: dict[str, Any], name: str, rows: list[Any]) -> None:
        if name == "facts":
            parts["facts"] |= {fact.name: fact for fact in rows}
        else:
            parts[name] = (*parts.get(name, ()), *rows)

    def add_dossier(self, dossier: Dossier) -> None:
        """Adds a dossier, or the events and links of one that is already there."""
        known = self.dossiers.get(dossier.id)
        if known is not None:
            dossier = dataclasses.replace(
                known,
                events=(*known.events, *dossier.events),
                links=(*known.links, *dossier.links),
            )
        self.dossiers[dossier.id] = dossier

    def read_scenario_file(self, reader: Reader, path: Path) -> None:
        """Adds the events, rows and endings of one TOML file."""
        content = reader.toml(path)
        if content is None:
            return
        entries = reader.tables(path, content, "source")
        for source in self._file_rows(reader, path, tables.SOURCES, entries):
            self.sources[source.id] = source
        self._add_events(reader, path, reader.tables(path, content, "event"))
        for entry in reader.tables(path, content, "end"):
            place = (path.name, reader.line_with(path, f'row = "{entry.get("row", "")}"'))
            values = _values(reader, place, entry, _ENDINGS)
            if values is not None:
                self.endings.append((str(values["row"]), str(values["event"]), place))
        for folder in (name for name in content if name in self.heads):
            _known_keys(reader, path, content[folder], [table.name for table in _PARTS.values()])
            for name, table in _PARTS.items():
                entries = reader.tables(path, content[folder], table.name)
                self._add(self.regimes[folder], name, self._file_rows(reader, path, table, entries))
        title = content.get("title", "")
        if not isinstance(title, str):
            reader.fault((path.name, 0), "title", f"{title!r} is not a text", "what the scenario supposes")
        self.supposed = " ".join(str(title).split())
        _known_keys(reader, path, content, ["title", "source", "event", "end", *self.heads])

    def _add_events(self, reader: Reader, path: Path, entries: list[dict[str, Any]]) -> None:
        for entry in entries:
            name = str(entry.pop("dossier", ""))
            place = (path.name, reader.line_with(path, f'dossier = "{name}"'))
            if name not in self.dossiers:
                reader.fault(place, "dossier", f"there is no dossier {name!r}", "the id of one")
                continue
            event = DossierReader(reader, path).event(name, entry)
            if event is not None:
                known = self.dossiers[name]
                events = (*known.events, event)
                self.dossiers[name] = dataclasses.replace(known, events=events)

    def _file_rows(
        self, reader: Reader, path: Path, table: Table, entries: list[dict[str, Any]]
    ) -> list[Any]:
        rows = []
        for entry in entries:
            place = (path.name, reader.line_with(path, f'id = "{entry.get("id", "")}"'))
            values = _values(reader, place, entry, table)
            if values is not None:
                reader.keep(str(values.get("id", "")), place)
                rows.append(table.record(**values))
        return rows

    def read_endings(self, reader: Reader) -> None:
        """Adds the endings of a scenario folder."""
        path = reader.root / _ENDINGS.file
        for row in reader.table(path, _ENDINGS):
            place = (path.name, reader.line_with(path, f"{row['row']},"))
            self.endings.append((row["row"], row["event"], place))

    def register(self, reader: Reader, overlay: Reader | None) -> Register:
        """Checks everything against everything and makes the register."""
        events = {event.id for dossier in self.dossiers.values() for event in dossier.events}
        ending = overlay or reader
        for name, event, place in self.endings:
            if event not in events:
                ending.fault(place, "event", f"there is no event {event!r}", "the id of an event")
            elif not self._end(name, event):
                ending.fault(place, "row", f"there is no row {name!r}", "the id of a row of law")
        register = self._assemble(reader, overlay)
        faults = reader.faults + (overlay.faults if overlay else [])
        if not faults:
            check.check(register, reader, overlay)
            faults = reader.faults + (overlay.faults if overlay else [])
        if faults:
            raise RegisterInvalid(faults)
        return register

    def _end(self, name: str, event: str) -> bool:
        """Ends a row of law with an event; whether there is such a row."""
        for parts in self.regimes.values():
            for part in _PARTS:
                rows = parts.get(part, ())
                if any(getattr(row, "id", None) == name for row in rows):
                    parts[part] = tuple(
                        dataclasses.replace(row, until_event=event)
                        if isinstance(row, Provision) and row.id == name
                        else row
                        for row in rows
                    )
                    return True
        return False

    def _assemble(self, reader: Reader, overlay: Reader | None) -> Register:
        heads = {name: _head(reader, name, head) for name, head in self.heads.items()}
        regimes = (Regime(**head, **self.regimes[name]) for name, head in heads.items() if head is not None)
        about = reader.toml(reader.root / "register.toml") or {}
        # The fingerprint is of all files that were read, so these are read before it is taken.
        life_cycles, countries = _life_cycles(reader), read_countries(reader, reader.root / "countries.csv")
        return Register(
            version=str(about.get("version", "")),
            fingerprint=_fingerprint(reader, overlay),
            scenario=self.scenario,
            sources=self.sources,
            dossiers=self.dossiers,
            life_cycles=life_cycles,
            regimes={regime.country: regime for regime in regimes},
            countries=countries,
            root=reader.root,
            supposed=self.supposed,
        )


def _values(
    reader: Reader, place: tuple[str, int], entry: Mapping[str, Any], table: Table
) -> dict[str, object] | None:
    """The values of a row that a TOML file states by header, or ``None`` if any is faulty."""
    before = len(reader.faults)
    for key, value in entry.items():
        if key not in table.headers:
            reader.fault(place, key, "the key is not known", f"one of {', '.join(table.headers)}")
        elif not isinstance(value, str | int | dt.date):
            reader.fault(place, key, f"{value!r} is not a text", "a text in quotes, a list joined by ;")
    if len(reader.faults) > before:
        return None
    cells = {column.header: str(entry.get(column.header, "")) for column in table.columns}
    return reader.values(place, cells, table.columns)


def _known_keys(reader: Reader, path: Path, content: Any, known: list[str]) -> None:
    """A misspelt table would silently leave out its rows."""
    for key in content if isinstance(content, dict) else ():
        if key not in known:
            place = (path.name, reader.line_with(path, key))
            reader.fault(place, key, "the table is not known", f"one of {', '.join(known)}")


def _read_scenario(scenario: Path, gathered: Gathered, base: Reader) -> Reader:
    if not scenario.exists():
        raise NotFound("scenario", str(scenario))
    folder = scenario if scenario.is_dir() else scenario.parent
    reader = Reader(folder, places=base.places)
    gathered.scenario = scenario.stem
    if scenario.is_dir():
        gathered.read_folder(reader)
        gathered.read_endings(reader)
    else:
        gathered.read_scenario_file(reader, scenario)
    return reader


def _life_cycles(reader: Reader) -> dict[str, LifeCycle]:
    content = reader.toml(reader.root / "life_cycles.toml")
    try:
        return read_life_cycles(content or {})
    except KeyError as error:
        reader.fault(("life_cycles.toml", 0), "", f"the key {error} is missing", "see README.md")
    except (TypeError, AttributeError) as error:
        reader.fault(("life_cycles.toml", 0), "", str(error), "see README.md")
    return {}


def _head(reader: Reader, name: str, head: Mapping[str, Any]) -> dict[str, Any] | None:
    place = (f"{name}/regime.toml", 0)
    kinds: Mapping[str, type] = {
        "id": str, "country": str, "title": str, "title_ja": str, "authority": str,
        "time_zone": str, "covered_from": dt.date, "read_until": dt.date,
    }  # fmt: skip
    wrong = [key for key, kind in kinds.items() if not isinstance(head.get(key), kind)]
    for key in wrong:
        reader.fault(place, key, "the key is missing or of another type", kinds[key].__name__)
    return None if wrong else {key: head[key] for key in kinds}


def _fingerprint(reader: Reader, overlay: Reader | None) -> str:
    """A hash of the bytes of every file read, by name."""
    digest = hashlib.sha256()
    for layer in (reader, overlay):
        for name, content in sorted((layer.texts if layer else {}).items()):
            digest.update(f"{name}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()[:16]
