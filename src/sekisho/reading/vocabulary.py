"""Word lists that steer the reading, from ``sekisho/reading/lexicon/vocabulary.toml``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files


@cache
def vocabulary(name: str) -> frozenset[str]:
    """The words of a list, in small letters."""
    return frozenset(_lists()[name])


@cache
def phrases(name: str) -> re.Pattern[str]:
    """Any of the phrases of a list, between spaces, as they stand in words joined by single spaces."""
    return re.compile(f"(?= (?:{'|'.join(map(re.escape, sorted(_lists()[name])))}) )")


@cache
def _lists() -> Mapping[str, list[str]]:
    return tomllib.loads(files("sekisho.reading").joinpath("lexicon/vocabulary.toml").read_text("utf-8"))
