"""Countries: a code or a name stands for a country exactly, or is refused.

A text is matched only after its letters are made alike (:func:`normalise`). It is never
matched by a part of it, nor by likeness: "Korea" may be two countries with very different
rules. Parts and likeness serve only to name candidates when a text is refused.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from sekisho.errors import RegisterInvalid, UnknownCountry, ValueInvalid
from sekisho.register.load import Reader
from sekisho.register.tables import Column, Parser, Table, needed, text, words

_MOST_CANDIDATES = 5
_LIKE_ENOUGH = 0.8
_NEAR_THE_LIKEST = 0.1
_FIRST_CJK = "\u3000"
_LONGEST_COMPARED = 80
_TYPOGRAPHIC = str.maketrans("’‘ʼ‐‑–−", "'''----")
_WORD = re.compile(r"[^\W_]+")
_COMMON_WORDS = frozenset({"and", "of", "republic", "the"})


@dataclass(frozen=True, slots=True)
class Country:
    """One country or territory of ISO 3166-1, or Kosovo.

    Attributes:
        numeric: Three digits; empty where no code is assigned.
        name: The short English name in plain use.
        name_ja: The same in Japanese; empty if not on record.
        name_ko: The same in Korean; empty if not on record.
    """

    alpha_2: str
    alpha_3: str
    numeric: str
    name: str
    name_ja: str
    name_ko: str


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


@dataclass(frozen=True, slots=True)
class Countries:
    """All countries, found by exact code or name.

    Attributes:
        by_code: Each country by its alpha-2 code.
        by_text: The country that each normalised code, name or alias stands for.
        refused: Texts that are refused, with the countries they may mean.
    """

    by_code: Mapping[str, Country]
    by_text: Mapping[str, Country]
    refused: Mapping[str, tuple[Country, ...]]

    def __iter__(self) -> Iterator[Country]:
        return iter(self.by_code.values())

    def __len__(self) -> int:
        return len(self.by_code)

    def has(self, code: str) -> bool:
        """Whether this is the alpha-2 code of a country, in capital letters."""
        return code in self.by_code

    def name(self, code: str) -> str:
        """The English name of the country with this alpha-2 code.

        Raises:
            UnknownCountry: If no country has the code.
        """
        if code not in self.by_code:
            raise UnknownCountry(code, self._candidates(code))
        return self.by_code[code].name

    def resolve(self, value: str) -> Country:
        """The country that a code or name stands for, exactly.

        Example:
            >>> import sekisho
            >>> data = Path(sekisho.__file__).parent / "data"
            >>> countries = load_countries(data / "countries.csv")
            >>> countries.resolve("Republic of Korea").alpha_2
            'KR'
            >>> countries.resolve("Korea")
            Traceback (most recent call last):
            ...
            sekisho.errors.UnknownCountry: unknown country 'Korea'; expected ISO 3166-1 alpha-2 (KR), alpha-3 (KOR) or an exact name. Did you mean KR (South Korea) or KP (North Korea)?

        Args:
            value: An alpha-2, alpha-3 or numeric code, or a name in English, Japanese or
                Korean. Capitals, width of letters and spaces do not matter.

        Raises:
            UnknownCountry: If no code or name is the same text; with up to five candidates.
        """  # noqa: E501
        country = self.by_text.get(normalise(value))
        if country is None:
            raise UnknownCountry(value, self._candidates(value))
        return country

    def _candidates(self, value: str) -> list[tuple[str, str]]:
        """Code and name of what a refused text may mean, the likeliest first."""
        wanted = normalise(value)
        found = self.refused.get(wanted) or self._alike(wanted[:_LONGEST_COMPARED])
        return [(country.alpha_2, country.name) for country in found[:_MOST_CANDIDATES]]

    def _alike(self, wanted: str) -> tuple[Country, ...]:
        scores: dict[Country, float] = {}
        likeness = _Likeness(wanted)
        for key, countries in self._names():
            if score := likeness.to(key):
                scores |= {one: max(score, scores.get(one, 0)) for one in countries}
        least = max(scores.values(), default=0) - _NEAR_THE_LIKEST
        near = (one for one, score in scores.items() if score >= least)
        return tuple(sorted(near, key=lambda one: (-scores[one], one.alpha_3)))

    def _names(self) -> Iterator[tuple[str, tuple[Country, ...]]]:
        """Texts worth comparing: a code is like too many others."""
        for key, country in self.by_text.items():
            if len(key) > len(country.alpha_3) or not key.isascii():
                yield key, (country,)
        yield from self.refused.items()


class _Likeness:
    """How like one text other texts are; for candidates only."""

    def __init__(self, wanted: str) -> None:
        self.wanted = wanted
        self.words = _telling_words(wanted)
        self.matcher = SequenceMatcher(b=wanted, autojunk=False)

    def to(self, key: str) -> float:
        """Over 1 if one text holds the other, else the share alike if it is high, else 0."""
        self.matcher.set_seq1(key)
        if self._holds(key):
            return 1 + self.matcher.ratio()
        if min(self.matcher.real_quick_ratio(), self.matcher.quick_ratio()) < _LIKE_ENOUGH:
            return 0
        ratio = self.matcher.ratio()
        return ratio if ratio >= _LIKE_ENOUGH else 0

    def _holds(self, key: str) -> bool:
        if max(key) >= _FIRST_CJK:  # Japanese and Korean names have no spaces to part words at
            shorter, longer = sorted((key, self.wanted), key=len)
            return len(shorter) > 1 and shorter in longer
        telling = _telling_words(key)
        return bool(telling and self.words) and (telling <= self.words or self.words <= telling)


def normalise(value: str) -> str:
    """A text with width, capitals, spaces, apostrophes and hyphens made alike.

    Example:
        >>> normalise("  Ｃôte  d’IVOIRE ")
        "côte d'ivoire"
    """
    folded = unicodedata.normalize("NFKC", value).casefold()
    return " ".join(unicodedata.normalize("NFKC", folded).translate(_TYPOGRAPHIC).split())


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


def _telling_words(value: str) -> frozenset[str]:
    return frozenset(_WORD.findall(value.replace("'", ""))) - _COMMON_WORDS


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
