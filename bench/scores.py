"""How what was read of a text compares with what a person found in it.

An event is found if its type, its actor and its counterpart are right; for the types that
have no direction the parties count as one set. Events are matched one to one. How many of
an article are found does not depend on which is matched with which; of several that agree,
those are matched first that also agree in status, dates and place.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SYMMETRIC = frozenset(
    {
        "agreement_signed", "agreement_terminated", "agreement_renewed", "agreement_normalised",
        "talks_held", "talks_agreed", "talks_resumed", "talks_suspended",
        "summit_held", "summit_agreed", "cooperation_launched",
    }
)  # fmt: skip
UNREAL = frozenset({"conditional", "considered", "denied"})
Key = tuple[str, frozenset[str], frozenset[str]]


@dataclass(frozen=True, slots=True)
class Event:
    """One event of an article: the rows that share an ``event_id``, put together."""

    id: str
    type: str
    actor: frozenset[str]
    counterpart: frozenset[str]
    status: str
    dates: tuple[str, ...]
    start: int
    end: int
    quote: str = ""

    @property
    def key(self) -> Key:
        """What must be right: the type and who does it to whom."""
        if self.type in SYMMETRIC:
            return (self.type, self.actor | self.counterpart, frozenset())
        return (self.type, self.actor, self.counterpart)

    def overlap(self, other: Event) -> int:
        """How many characters both quotes share."""
        return max(0, min(self.end, other.end) - max(self.start, other.start))


@dataclass(frozen=True, slots=True)
class Article:
    """What was found in one text."""

    id: str
    published: str
    events: tuple[Event, ...]


def articles(lines: Iterable[str]) -> dict[str, Article]:
    """Articles of JSON lines in the schema of events, by id."""
    found = (article(json.loads(line)) for line in lines if line.strip())
    return {each.id: each for each in found}


def article(record: Mapping[str, Any]) -> Article:
    """One article; rows with the same ``event_id`` are one event with several dates."""
    rows: dict[str, list[Mapping[str, Any]]] = {}
    for row in record["events"]:
        rows.setdefault(row["event_id"], []).append(row)
    events = tuple(_event(name, each) for name, each in rows.items())
    return Article(record["id"], record.get("publication_date") or "", events)


def _event(name: str, rows: Sequence[Mapping[str, Any]]) -> Event:
    first = rows[0]
    dates = tuple(dict.fromkeys(row["date"] for row in rows if row["date"]))
    return Event(
        name, first["type"], _codes(first["actor"]), _codes(first["counterpart"]), first["status"], dates,
        first["quote_start"], first["quote_end"], first["quote"],
    )  # fmt: skip


def _codes(joined: str) -> frozenset[str]:
    return frozenset(code for code in joined.split(";") if code)


def matched(gold: Sequence[Event], read: Sequence[Event]) -> list[tuple[Event, Event]]:
    """Pairs of events that agree in type and parties, one to one."""
    pairs = [(one, other) for one in gold for other in read if one.key == other.key]
    pairs.sort(key=lambda pair: _likeness(*pair), reverse=True)
    taken: set[int] = set()
    found = []
    for one, other in pairs:
        if id(one) not in taken and id(other) not in taken:
            taken |= {id(one), id(other)}
            found.append((one, other))
    return found


def _likeness(gold: Event, read: Event) -> tuple[bool, int, int]:
    return gold.status == read.status, len({*gold.dates} & {*read.dates}), gold.overlap(read)


@dataclass
class Tally:
    """Counts of one type, or of all."""

    gold: int = 0
    read: int = 0
    found: int = 0

    @property
    def precision(self) -> float | None:
        """Share of what was read that is right; ``None`` of nothing."""
        return self.found / self.read if self.read else None

    @property
    def recall(self) -> float | None:
        """Share of what is there that was found; ``None`` of nothing."""
        return self.found / self.gold if self.gold else None

    @property
    def f1(self) -> float | None:
        """The harmonic mean of both."""
        return 2 * self.found / (self.gold + self.read) if self.gold or self.read else None


@dataclass
class Scores:
    """How a set of articles was read.

    Attributes:
        statuses: Of the events found: status in the text, status as read.
        dates: Of the dates of the events found: right, coarser, none, wrong; ``invented`` counts
            dates as read that the text does not give.
        unreal: Unreal events of the text.
        offered: Those of them that were offered as happened.
        missed: What became of the events that were not found.
        publication: Of the days of publication: right, coarser, none, wrong.
        notes: One line for each event that was missed or read for nothing.
    """

    types: dict[str, Tally] = field(default_factory=dict)
    statuses: Counter[tuple[str, str]] = field(default_factory=Counter)
    dates: Counter[str] = field(default_factory=Counter)
    unreal: int = 0
    offered: list[str] = field(default_factory=list)
    missed: Counter[str] = field(default_factory=Counter)
    publication: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)

    @property
    def all(self) -> Tally:
        """All types together."""
        tallies = self.types.values()
        return Tally(
            sum(t.gold for t in tallies), sum(t.read for t in tallies), sum(t.found for t in tallies)
        )

    @property
    def status_accuracy(self) -> float | None:
        """Share of the events found whose status is right."""
        return _share(sum(n for (said, read), n in self.statuses.items() if said == read), self.statuses)

    @property
    def date_accuracy(self) -> float | None:
        """Share of the dates of events found that are right at their resolution."""
        rows = Counter({name: n for name, n in self.dates.items() if name != "invented"})
        return _share(rows["right"], rows)

    @property
    def date_or_none(self) -> float | None:
        """Share of the dates of events found that are right at their resolution, or left empty."""
        rows = Counter({name: n for name, n in self.dates.items() if name != "invented"})
        return _share(rows["right"] + rows["none"], rows)

    def add(self, gold: Article, read: Article) -> None:
        """Counts one article."""
        self.publication[_dated(gold.published, (read.published,) if read.published else ())] += 1
        pairs = matched(gold.events, read.events)
        for name, events in (("gold", gold.events), ("read", read.events), ("found", [a for a, _ in pairs])):
            for event in events:
                tally = self.types.setdefault(event.type, Tally())
                setattr(tally, name, getattr(tally, name) + 1)
        for one, other in pairs:
            self._pair(one, other)
        self._rest(gold, read, pairs)

    def _pair(self, gold: Event, read: Event) -> None:
        self.statuses[gold.status, read.status] += 1
        for date in gold.dates or ("",):
            self.dates[_dated(date, read.dates)] += 1
        invented = [date for date in read.dates if date not in gold.dates]
        self.dates["invented"] += len(invented)
        if gold.status != read.status:
            self.notes.append(f"status   {gold.id} {gold.type}: {gold.status}, read {read.status}")
        if invented or {*gold.dates} - {*read.dates}:
            self.notes.append(
                f"date     {gold.id} {gold.type}: {_list(gold.dates)}, read {_list(read.dates)}"
            )

    def _rest(self, gold: Article, read: Article, pairs: Sequence[tuple[Event, Event]]) -> None:
        done = {id(event) for pair in pairs for event in pair}
        spare = [event for event in read.events if id(event) not in done]
        as_read = {id(one): other for one, other in pairs}
        for event in gold.events:
            near = [each for each in spare if event.overlap(each) * 2 >= min(_length(event), _length(each))]
            if id(event) not in done:
                self._miss(event, near)
            if event.status in UNREAL:
                offers = (
                    [as_read[id(event)]] if id(event) in done else [e for e in near if e.type == event.type]
                )
                self.unreal += 1
                self.offered += [event.id for each in offers[:1] if each.status == "happened"]
        self.notes += [f"too many {_told(event)}" for event in spare]

    def _miss(self, event: Event, near: Sequence[Event]) -> None:
        kinds = [each for each in near if each.type == event.type]
        name = "parties" if kinds else "type" if near else "nothing"
        self.missed[name] += 1
        read = (
            f"; read {kinds[0].type} {_who(kinds[0])}" if kinds else f"; read {near[0].type}" if near else ""
        )
        self.notes.append(f"missed   {_told(event)}{read}")


def _length(event: Event) -> int:
    return max(1, event.end - event.start)


def _dated(gold: str, read: Sequence[str]) -> str:
    """How a date was read: ``right`` at its resolution, ``coarser``, ``none`` or ``wrong``."""
    if gold in read or (not gold and not read):
        return "right"
    if not read:
        return "none"
    return "coarser" if gold and any(gold.startswith(date) for date in read) else "wrong"


def _told(event: Event) -> str:
    return f"{event.id} {event.type} {_who(event)} {event.status} {' '.join(event.quote.split())[:110]!r}"


def _who(event: Event) -> str:
    return f"{_list(sorted(event.actor))} -> {_list(sorted(event.counterpart))}"


def _list(values: Iterable[str]) -> str:
    return ";".join(values) or "-"


def _share(part: int, whole: Counter[Any]) -> float | None:
    total = whole.total()
    return part / total if total else None


def score(gold: Mapping[str, Article], read: Mapping[str, Article]) -> Scores:
    """Scores of all articles of a set; one that was not read counts as read with nothing in it."""
    scores = Scores()
    for name, each in gold.items():
        scores.add(each, read.get(name) or Article(name, "", ()))
    return scores


def texts(folder: Path, gold: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The texts of annotated articles.

    Raises:
        SystemExit: If one is missing.
    """
    for name in gold:
        path = folder / f"{name}.txt"
        if not path.is_file():
            raise SystemExit(f"{path} is not there, but annotated; expected <id>.txt for every id")
        yield name, path.read_bytes().decode("utf-8")
