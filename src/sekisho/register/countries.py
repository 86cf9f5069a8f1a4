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

from sekisho.errors import UnknownCountry

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
            >>> countries = sekisho.open_register().countries
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


def _telling_words(value: str) -> frozenset[str]:
    return frozenset(_WORD.findall(value.replace("'", ""))) - _COMMON_WORDS
