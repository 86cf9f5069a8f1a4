"""Word lists that steer the reading, from ``sekisho/reading/lexicon/vocabulary.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files


@cache
def vocabulary(name: str) -> frozenset[str]:
    """The words of a list, in small letters."""
    return frozenset(_lists()[name])


@cache
def _lists() -> Mapping[str, list[str]]:
    return tomllib.loads(files("sekisho.reading").joinpath("lexicon/vocabulary.toml").read_text("utf-8"))
