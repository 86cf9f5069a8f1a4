"""The timeline as a picture: what each dossier was, day by day, and the marks of its events."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sekisho.model import Dossier
from sekisho.register.dossiers import KINDS
from sekisho.register.life_cycle import Moment, Status, moments
from sekisho.register.register import Register, concerns

TONES: Mapping[str, str] = {
    "none": "off", "off_list": "off", "ended": "off", "withdrawn": "off",
    "proposed": "coming", "announced": "coming", "signed": "coming", "agreed": "coming",
    "in_force": "on", "on_list": "on", "active": "on", "final": "on", "under_way": "on",
    "easing_announced": "easing", "partly_eased": "easing",
    "return_proposed": "easing", "return_announced": "easing",
    "end_announced": "ending", "removal_proposed": "ending", "removal_announced": "ending",
    "termination_decided": "ending", "termination_notified": "ending",
    "notice_suspended": "paused", "suspended": "paused", "consultations_suspended": "paused",
    "panel_suspended": "paused",
    "consultations": "coming", "panel_requested": "on", "panel_established": "on", "ruled": "on",
    "appealed": "on", "adopted": "off", "uncertain": "unsure",
}  # fmt: skip
"""How each state of a life cycle is coloured; the words stand beside the colour."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A span in which a dossier was in one state; places are percentages of the width.

    Attributes:
        to_come: Whether it lies after the day asked about.
    """

    left: float
    width: float
    state: str
    words: str
    first: dt.date
    last: dt.date
    to_come: bool

    @property
    def tone(self) -> str:
        """How it is coloured."""
        return TONES.get(self.state, "unsure")


@dataclass(frozen=True, slots=True)
class Mark:
    """A dated moment of an event.

    Attributes:
        width: Over which share of the width the day may lie; 0 where it is known.
        reached: Whether it had come by the day asked about; ``None`` if that is not known.
    """

    left: float
    width: float
    moment: Moment
    reached: bool | None


@dataclass(frozen=True, slots=True)
class Lane:
    """One dossier."""

    dossier: Dossier
    status: Status
    segments: tuple[Segment, ...]
    marks: tuple[Mark, ...]

    @property
    def tone(self) -> str:
        """How its state on the day is coloured."""
        return TONES.get(self.status.state, "unsure")


@dataclass(frozen=True, slots=True)
class Scale:
    """Days as percentages of the width, both ends included."""

    since: dt.date
    until: dt.date

    def at(self, day: dt.date, *, ended: bool = False) -> float:
        """Where a day begins, or ends."""
        span = (self.until - self.since).days + 1
        return round(min(max(((day - self.since).days + ended) / span, 0), 1) * 100, 3)

    def ticks(self) -> Iterator[tuple[float, str]]:
        """Where years begin, or months if the span is short."""
        months = (self.until - self.since).days
        step = 1 if months <= 200 else 3 if months <= 550 else 12 if months <= 3700 else 60  # noqa: PLR2004  readable ticks
        year, month = self.since.year, 1
        while year <= dt.MAXYEAR and dt.date(year, month, 1) <= self.until:
            day = dt.date(year, month, 1)
            if day >= self.since and (step < 60 or year % 5 == 0):  # noqa: PLR2004  every fifth year
                yield self.at(day), f"{year}" if step >= 12 else f"{year}-{month:02d}"  # noqa: PLR2004  months of a year
            month += min(step, 12)
            year, month = year + (month - 1) // 12, (month - 1) % 12 + 1


def day_after(day: dt.date) -> dt.date:
    """The next day; of the last that there is, itself."""
    return day if day == dt.date.max else day + dt.timedelta(days=1)


def lanes(
    register: Register, parties: tuple[str, ...], scale: Scale, in_force_on: dt.date, known_on: dt.date | None
) -> tuple[Lane, ...]:
    """The dossiers that concern all parties and of which something was known, those with news first."""
    found = [
        _lane(register, dossier, scale, in_force_on, known_on)
        for dossier in register.dossiers.values()
        if concerns(dossier, parties) and moments(dossier.events, known_on)
    ]
    return tuple(sorted(found, key=_order))


def _order(lane: Lane) -> tuple[bool, bool, int, float]:
    """What happened between the parties alone first, by kind, then by its first mark."""
    dossier = lane.dossier
    first = min((mark.left for mark in lane.marks), default=100.0)
    return not lane.marks, "*" in dossier.parties, KINDS.index(dossier.kind), first


def _lane(
    register: Register, dossier: Dossier, scale: Scale, in_force_on: dt.date, known_on: dt.date | None
) -> Lane:
    known = moments(dossier.events, known_on)
    status = register.status(dossier.id, in_force_on, known_on)
    segments = _segments(register, dossier, known, scale, in_force_on, known_on)
    return Lane(dossier, status, tuple(segments), tuple(_marks(known, scale, in_force_on)))


def _segments(
    register: Register, dossier: Dossier, known: list[Moment], scale: Scale, in_force_on: dt.date,
    known_on: dt.date | None,
) -> Iterator[Segment]:  # fmt: skip
    edges = {scale.since, day_after(in_force_on)} | {
        day for moment in known for day in (moment.date.first, moment.date.last)
    }
    days = sorted(day for day in edges if scale.since <= day <= scale.until)
    lasts = [*(day - dt.timedelta(days=1) for day in days[1:]), scale.until]
    for first, last in zip(days, lasts, strict=True):
        status = register.status(dossier.id, first, known_on)
        left, right = scale.at(first), scale.at(last, ended=True)
        to_come = first > in_force_on
        yield Segment(left, round(right - left, 3), status.state, status.words, first, last, to_come)


def _marks(known: list[Moment], scale: Scale, in_force_on: dt.date) -> Iterator[Mark]:
    for moment in known:
        if moment.date.last >= scale.since and moment.date.first <= scale.until:
            left, right = scale.at(moment.date.first), scale.at(moment.date.last)
            yield Mark(left, round(right - left, 3), moment, moment.date.reached(in_force_on))


def together(found: tuple[Segment, ...]) -> list[Segment]:
    """Neighbours in the same state as one."""
    joined: list[Segment] = []
    for one in found:
        before = joined[-1] if joined else None
        if before and (before.state, before.to_come) == (one.state, one.to_come):
            width = round(before.width + one.width, 3)
            joined[-1] = Segment(
                before.left, width, one.state, one.words, before.first, one.last, one.to_come
            )
        else:
            joined.append(one)
    return joined
