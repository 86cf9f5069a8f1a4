"""A register that was read and checked, kept in the user's cache folder.

Reading and checking the data files takes most of the time that a short question takes. What came
of it is therefore kept as JSON, named by a hash of the bytes of all data files, of the code that
reads and checks them, and of the version (:mod:`sekisho.register.kept_files`). Nothing in it is run.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from sekisho import __version__
from sekisho.dates import PartialDate
from sekisho.model import (
    Approval,
    Bar,
    Basis,
    CatchAll,
    Confidence,
    Consequence,
    Dossier,
    Event,
    Exemption,
    Fact,
    Item,
    ItemChange,
    LicenceType,
    Limb,
    Link,
    Policy,
    Region,
    Source,
    Term,
)
from sekisho.register import kept_files
from sekisho.register.countries import Countries, Country
from sekisho.register.kept_files import Place, hashed
from sekisho.register.law import Regime
from sekisho.register.life_cycle import LifeCycle
from sekisho.register.register import Register

T = TypeVar("T")
_FORMAT = 1
_DEEPEST = 8
_DATA = (".csv", ".toml")
_CODE = Path(__file__).parent
_TABLES: Mapping[str, type] = {
    "items": Item, "limbs": Limb, "regions": Region, "licence_types": LicenceType, "policies": Policy,
    "exemptions": Exemption, "catch_alls": CatchAll, "bars": Bar, "approvals": Approval,
    "consequences": Consequence, "changes": ItemChange, "facts": Fact,
}  # fmt: skip
"""What a regime holds beside its head."""


def place_of(root: Path) -> Place | None:
    """Where the register of a folder is kept; ``None`` if it cannot be."""
    try:
        folder = kept_files.folder()
        key = _key(root) if folder is not None else None
    except (OSError, RuntimeError):  # a file that cannot be read, or a user without a home
        return None
    return Place(folder / f"register-{key[:32]}.json", key) if folder is not None and key else None


def _key(root: Path) -> str | None:
    """The hash of the data files, and of the code that makes a register of them."""
    code = [*sorted(_CODE.glob("*.py")), *(_CODE.parent / name for name in ("model.py", "dates.py"))]
    if Path(__file__) not in code:  # a package without its source does not say what it is
        return None
    data = list(_files(str(root), 0))
    return hashed(f"{__version__} {_FORMAT}", [*((path.name, path) for path in code), *data])


def _files(folder: str, depth: int) -> Iterator[tuple[str, str]]:
    """Every data file under a folder, by a name that tells files in other folders apart."""
    if depth > _DEEPEST:
        msg = f"{folder} is too deep, or leads back to itself"
        raise OSError(msg)
    with os.scandir(folder) as entries:
        found = sorted(entries, key=lambda entry: entry.name)
    for entry in found:
        if entry.is_dir():
            for name, path in _files(entry.path, depth + 1):
                yield f"{entry.name}/{name}", path
        elif entry.name.endswith(_DATA):
            yield entry.name, entry.path


def read(place: Place, root: Path) -> Register | None:
    """The register that is kept; ``None`` if there is none that can be used."""
    body = place.read()
    try:
        return _register(json.loads(body), root) if body else None
    except Exception:  # noqa: BLE001  whatever it holds, the data files hold the answer
        return None


def write(place: Place, register: Register) -> None:
    """Keeps a register, if its files are still those it was named by and the folder takes it."""
    body = json.dumps(_data(register), ensure_ascii=False, separators=(",", ":")).encode()
    if place_of(register.root) == place:
        place.write(body)


def _data(register: Register) -> dict[str, Any]:
    """A register as JSON: each record as the list of its values."""
    places = register.countries
    return {
        "version": register.version,
        "fingerprint": register.fingerprint,
        "sources": _plain(register.sources.values()),
        "dossiers": _plain(register.dossiers.values()),
        "life_cycles": {
            kind: [cycle.first, cycle.states, [[*move, after] for move, after in cycle.moves.items()],
                   sorted(cycle.neutral)]
            for kind, cycle in register.life_cycles.items()
        },
        "regimes": [
            {name: _plain(value.values() if name == "facts" else value)
             for name, value in vars(regime).items() if name in _names(Regime)}
            for regime in register.regimes.values()
        ],
        "countries": _plain(places),
        "texts": {text: country.alpha_2 for text, country in places.by_text.items()},
        "refused": {text: [one.alpha_2 for one in may] for text, may in places.refused.items()},
    }  # fmt: skip


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, PartialDate | dt.date):
        return str(value)
    if is_dataclass(value) and not isinstance(value, Countries):
        return [_plain(getattr(value, one.name)) for one in fields(value)]
    return [_plain(part) for part in value]


@cache
def _names(record: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(record))


def _register(data: Mapping[str, Any], root: Path) -> Register:
    by_code = {country.alpha_2: country for country in _records(Country, data["countries"])}
    return Register(
        version=data["version"],
        fingerprint=data["fingerprint"],
        scenario="",
        sources={source.id: source for source in _records(Source, data["sources"])},
        dossiers={dossier.id: dossier for dossier in _records(Dossier, data["dossiers"])},
        life_cycles={kind: _life_cycle(*parts) for kind, parts in data["life_cycles"].items()},
        regimes={regime.country: regime for regime in map(_regime, data["regimes"])},
        countries=Countries(
            by_code,
            {text: by_code[code] for text, code in data["texts"].items()},
            {text: tuple(by_code[code] for code in codes) for text, codes in data["refused"].items()},
        ),
        root=root,
    )


def _life_cycle(
    first: str, states: Mapping[str, str], moves: Iterable[list[Any]], neutral: Iterable[str]
) -> LifeCycle:
    return LifeCycle(
        first, states, {(kind, moment): after for kind, moment, after in moves}, frozenset(neutral)
    )


def _regime(data: Mapping[str, Any]) -> Regime:
    parts: dict[str, Any] = {name: tuple(_records(record, data[name])) for name, record in _TABLES.items()}
    parts["facts"] = {fact.name: fact for fact in parts["facts"]}
    head: dict[str, Any] = {
        name: _READ.get(name, str)(value) for name, value in data.items() if name not in _TABLES
    }
    return Regime(**head, **parts)


def _records(record: Callable[..., T], rows: Iterable[list[Any]]) -> Iterator[T]:
    names = _names(record)
    for row in rows:
        for at, value in enumerate(row):
            if value is not None and names[at] in _READ:
                row[at] = _READ[names[at]](value)
            elif type(value) is list:
                row[at] = tuple(value)
        yield record(**dict(zip(names, row, strict=True)))


_READ: Mapping[str, Callable[[Any], object]] = {
    "confidence": Confidence,
    "basis": Basis,
    **dict.fromkeys(("published", "announced", "promulgated", "effective"), PartialDate.parse),
    **dict.fromkeys(("covered_from", "read_until"), dt.date.fromisoformat),
    "events": lambda rows: tuple(_records(Event, rows)),
    "links": lambda rows: tuple(_records(Link, rows)),
    "term": lambda row: next(_records(Term, [row])),
}
"""How the values of some fields are read; others are as in JSON, lists as tuples."""
