"""The made-up texts and what is expected of them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

TEXTS = tuple(Path(__file__).parent / name for name in ("texts.toml", "articles.toml"))


@dataclass(frozen=True)
class Expected:
    """An event that a text tells."""

    type: str
    actor: frozenset[str]
    counterpart: frozenset[str]
    status: str
    dates: frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Case:
    """A made-up text."""

    id: str
    published: str
    text: str
    events: tuple[Expected, ...]


def cases() -> list[Case]:
    """All made-up texts."""
    rows = [row for path in TEXTS for row in tomllib.loads(path.read_text(encoding="utf-8"))["text"]]
    return [
        Case(row["id"], row["published"], row["text"], tuple(map(expected, row["events"]))) for row in rows
    ]


def expected(line: str) -> Expected:
    """One event of a line ``type actor>counterpart status date/role,date/role``."""
    kind, parties, status, *rest = line.split()
    actor, counterpart = parties.split(">")
    dates = frozenset(tuple(each.split("/")) for each in rest[0].split(",")) if rest else frozenset()
    return Expected(kind, codes(actor), codes(counterpart), status, dates)  # type: ignore[arg-type]


def codes(joined: str) -> frozenset[str]:
    """The codes of a ``;`` list."""
    return frozenset(code for code in joined.split(";") if code)
