"""What an article has shown so far: the memory between its sentences."""

from __future__ import annotations

from dataclasses import dataclass, field

from sekisho.reading.frames.told import Told
from sekisho.reading.lexicon import Lexicon
from sekisho.reading.parties import Cast
from sekisho.reading.times import Time


@dataclass(slots=True)
class Seen:
    """What the sentences of one article so far have shown."""

    words: Lexicon
    cast: Cast
    text: str
    subject: tuple[str, ...] = ()
    person: tuple[str, ...] = ()
    exporting: bool = False
    importing: bool = False
    listing: bool = False
    disputed: bool = False
    blacklisting: bool = False
    pact: str = ""
    short_names: frozenset[str] = frozenset()
    speaker: tuple[str, ...] = ()
    last: Told | None = None
    told: Told | None = None
    circle: tuple[str, ...] = ()
    """Who talked or agreed last."""
    chronology: bool = False
    entry: Time | None = None
    """The date with which the paragraph begins, in a chronology."""
    said_on: Time | None = None
    met_on: Time | None = None
    """The day of the talks told last."""
    first_said: Time | None = None
    latest: list[Told] = field(default_factory=list)
    times: list[Time] = field(default_factory=list)
    placed: list[tuple[int, Time]] = field(default_factory=list)
    """The times that are no lengths, each with the number of its sentence."""
    future: set[Time] = field(default_factory=set)
    passing: set[Time] = field(default_factory=set)
    series: set[Time] = field(default_factory=set)
