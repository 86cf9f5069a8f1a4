"""The lines of an impact under the rows of law that flip them: sums, needs, and what helps."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from sekisho.determine.actions import Action, ActionKind
from sekisho.determine.impact_lines import Timing
from sekisho.determine.totals import Total, total
from sekisho.model import Answer

REACHED = frozenset({str(Timing.SHIPS_AFTER), str(Timing.NO_DATE)})
"""The timings of lines that a change reaches: they ship after it, or may."""


@dataclass(frozen=True, slots=True)
class Need:
    """What lines need now.

    Attributes:
        licence_type: The lightest licence that the exporter can use.
        office: Where it is asked for.
        papers: What is asked with it.
        review_days: The usual time of review.
        lines: How many lines need this.
        in_time: How many of them would have it on their day by the usual review, if it is
            applied for on the day as known on which was asked; ``None`` if none was.
    """

    licence_type: str
    office: str
    papers: str
    review_days: int | None
    lines: int
    in_time: int | None


@dataclass(frozen=True, slots=True)
class Release:
    """An action, and how many of the lines of a group it would release.

    Attributes:
        action: The action.
        lines: How many of the lines that ship after the change.
    """

    action: Action
    lines: int


@dataclass(frozen=True, slots=True)
class Group:
    """The lines that flip by the same rows of law.

    Attributes:
        rules: The rows of law; empty if none that was read tells.
        event: The event that brought them in or took them out, or empty.
        changed_on: The day of the event, or from which the second state stands.
        lines: How many lines flip, whenever they ship.
        effects: Number of lines by effect.
        timings: Number of lines by timing.
        answers: Number of lines by answer before and after.
        affected: What the lines that ship after the change, or state no day, come to.
        needs: What those of them need that may not ship.
        releases: What would release those of them that may not ship.
    """

    rules: tuple[str, ...]
    event: str
    changed_on: dt.date | None
    lines: int
    effects: Mapping[str, int]
    timings: Mapping[str, int]
    answers: Mapping[str, int]
    affected: Total
    needs: tuple[Need, ...]
    releases: tuple[Release, ...]


def affected(lines: pa.Table) -> pa.Table:
    """The lines that the change reaches: those that ship after it, or may."""
    return lines.filter(pa.array([timing in REACHED for timing in lines["timing"].to_pylist()], pa.bool_()))


def counts(column: pa.ChunkedArray) -> dict[str, int]:
    """How often each cell stands, the most frequent first."""
    return dict(Counter(column.to_pylist()).most_common())


def group_of(
    key: tuple[str, str, dt.date | None],
    lines: pa.Table,
    actions: Mapping[str, Action],
    known_on: dt.date | None,
) -> Group:
    """The lines of one group, summed up."""
    rules, event, changed_on = key
    reached = affected(lines)
    answers = zip(lines["answer_before"].to_pylist(), lines["answer_after"].to_pylist(), strict=True)
    return Group(
        rules=tuple(rules.split(";")) if rules else (), event=event, changed_on=changed_on,
        lines=lines.num_rows, effects=counts(lines["effect"]), timings=counts(lines["timing"]),
        answers=dict(Counter(f"{one} -> {other}" for one, other in answers).most_common()),
        affected=total(reached), needs=tuple(_needs(reached, known_on)),
        releases=tuple(_releases(reached, actions)),
    )  # fmt: skip


def _blocked(lines: pa.Table, *names: str) -> list[tuple[Any, ...]]:
    """Some cells of the lines that may not ship after the change."""
    answers = lines["answer_after"].to_pylist()
    rows = zip(*(lines[name].to_pylist() for name in names), strict=True)
    return [row for row, answer in zip(rows, answers, strict=True) if not Answer(answer).may_ship]


def _needs(lines: pa.Table, known_on: dt.date | None) -> Iterator[Need]:
    needed: dict[tuple[Any, ...], list[dt.date | None]] = {}
    names = ("usable_licence_after", "office", "papers", "review_days_after", "apply_by")
    for *key, day in _blocked(lines, *names):
        if key[0]:
            needed.setdefault(tuple(key), []).append(day)
    for found, days in sorted(needed.items(), key=lambda entry: -len(entry[1])):
        in_time = sum(day is not None and day >= known_on for day in days) if known_on else None
        licence_type, office, papers, review_days = found
        yield Need(licence_type, office, papers, review_days, len(days), in_time)


def _releases(lines: pa.Table, actions: Mapping[str, Action]) -> Iterator[Release]:
    counted = Counter(_blocked(lines, "released_by"))
    counts: Counter[str] = Counter()
    for (cell,), lines_of in counted.items():
        counts.update({code: lines_of for code in cell.split(";") if code})
    found = [Release(actions[code], count) for code, count in counts.items()]
    kinds = list(ActionKind)
    yield from sorted(found, key=lambda r: (kinds.index(r.action.kind), -r.lines, r.action.code))
