"""The table of countries: the texts that stand for each, and those that are refused."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sekisho.errors import RegisterInvalid, ValueInvalid
from sekisho.register.countries import Countries, Country, normalise
from sekisho.register.load import Reader
from sekisho.register.tables import Column, Parser, Table, needed, text, words


@dataclass(frozen=True, slots=True)
class _Entry:
    """One row of ``countries.csv``; ``id`` is the alpha-2 code."""

    id: str
    alpha_3: str
    numeric: str
    name: str
    name_ja: str
    name_ko: str
    aliases: tuple[str, ...]
    may_mean: tuple[str, ...]
    note: str

    @property
    def country(self) -> Country:
        return Country(self.id, self.alpha_3, self.numeric, self.name, self.name_ja, self.name_ko)

    def exact(self) -> Iterator[tuple[str, str]]:
        """Every text that stands for the country, with the column that holds it."""
        for column in ("id", "alpha_3", "numeric", "name", "name_ja", "name_ko"):
            if cell := getattr(self, column):
                yield ("alpha_2" if column == "id" else column), cell
        for alias in self.aliases:
            yield "aliases", alias


def load_countries(path: Path) -> Countries:
    """The countries of one CSV file.

    Raises:
        RegisterInvalid: With every fault of the file and its line.
    """
    reader = Reader(path.parent)
    countries = read_countries(reader, path)
    if reader.faults:
        raise RegisterInvalid(reader.faults)
    return countries


def read_countries(reader: Reader, path: Path) -> Countries:
    """The countries of one CSV file; what is faulty is left out and kept in the reader."""
    entries = {entry.id: entry for entry in reader.table(path, COUNTRIES)}
    by_code = {code: entry.country for code, entry in entries.items()}
    owners: dict[str, _Entry] = {}
    for entry in entries.values():
        _own(reader, entry, owners)
    refused: dict[str, tuple[Country, ...]] = {}
    for entry in sorted(entries.values(), key=lambda entry: entry.alpha_3):
        for key in _refused(reader, entry, owners):
            refused[key] = (*refused.get(key, ()), by_code[entry.id])
    by_text = {key: by_code[entry.id] for key, entry in owners.items()}
    return Countries(by_code, by_text, refused)


def _own(reader: Reader, entry: _Entry, owners: dict[str, _Entry]) -> None:
    """Gives an entry its texts; one that already stands for a country is a fault."""
    for column, cell in entry.exact():
        key = normalise(cell)
        if key in owners:
            owner = owners[key]
            line = reader.places[owner.id][1]
            problem = f"{cell!r} already stands for {owner.id} ({owner.name}) at line {line}"
            reader.fault_at(entry.id, column, problem, "each text once, for one country")
        owners.setdefault(key, entry)


def _refused(reader: Reader, entry: _Entry, owners: Mapping[str, _Entry]) -> Iterator[str]:
    """The texts that an entry is a candidate for; one that is a name is a fault."""
    for cell in entry.may_mean:
        key = normalise(cell)
        owner = owners.get(key)
        if owner is None:
            yield key
        else:
            problem = f"{cell!r} is an exact name of {owner.id} ({owner.name})"
            reader.fault_at(entry.id, "may_mean", problem, "only texts that are to be refused")


def _code(pattern: str, example: str) -> Parser:
    """A parser of a code."""
    form = re.compile(pattern)

    def parse(cell: str) -> str:
        if not form.fullmatch(cell):
            msg = f"{cell!r} is not a code"
            raise ValueInvalid(msg, example)
        return cell

    return parse


COUNTRIES = Table(
    "countries",
    _Entry,
    (
        Column("alpha_2", "id", _code("[A-Z]{2}", "two capital letters, such as KR")),
        Column("alpha_3", "alpha_3", _code("[A-Z]{3}", "three capital letters, such as KOR")),
        Column("numeric", "numeric", _code("([0-9]{3})?", "three digits, such as 410, or nothing")),
        Column("name", "name", needed),
        Column("name_ja", "name_ja", text),
        Column("name_ko", "name_ko", text),
        Column("aliases", "aliases", words),
        Column("may_mean", "may_mean", words),
        Column("note", "note", text),
    ),
)
