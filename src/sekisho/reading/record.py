"""A proposal held against the record: on record, contradicted by it, or new to it.

Only what the register can show counts as a contradiction: a date outside every moment of an
act that can happen but once, a "first in twelve years" with meetings on record in between, a
defendant whose first ruling came later, a measure called what it is not.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from sekisho.dates import PartialDate
from sekisho.model import Event
from sekisho.reading.article import Proposal
from sekisho.reading.status import Status
from sekisho.register.register import Register

KINDS: Mapping[str, tuple[str, ...]] = {
    "agreement_termination_notice": ("agreement_termination_notice", "agreement_termination_decided"),
    "export_control_tightened": ("export_control_tightened", "rule_introduced"),
    "export_control_eased": ("export_control_eased", "export_control_ended"),
    "talks_agreed": ("talks_agreed", "summit_agreed"),
    "talks_held": ("talks_held", "cooperation_launched"),
    "talks_resumed": ("talks_resumed", "talks_held"),
    "summit_held": ("summit_held", "leader_visit"),
    "summit_agreed": ("summit_agreed", "talks_agreed"),
    "dispute_withdrawn": ("dispute_withdrawn",),
    "cooperation_launched": ("cooperation_launched", "agreement_signed"),
    "country_list_reinstated": ("country_list_reinstated",),
}
"""Kinds of events of the register that an event of a text may be."""

DECIDED = {
    "dispute_withdrawn": "statement_made",
    "country_list_reinstated": "plan_announced",
    "agreement_normalised": "statement_made",
}
_UNREAL = {
    "agreement_termination_notice": ("statement_made",),
    "country_list_reinstated": ("plan_announced", "procedure_opened"),
    "country_list_removed": ("procedure_opened",),
    "export_control_tightened": ("procedure_opened",),
}
_ONCE = frozenset({"measure", "listing", "agreement", "dispute"})
_MEETINGS = frozenset({"summit_held", "talks_held", "leader_visit"})
_FIRST = re.compile(
    r"\bfirst\b(?:\s+[\w'’-]+){0,12}?\s+in\s+(?:nearly\s+|almost\s+|over\s+|more\s+than\s+|about\s+)?(?P<n>\w+)\s+years",
    re.IGNORECASE,
)
_DECADE = re.compile(
    r"\bfirst\b(?:\s+[\w'’-]+){0,12}?\s+in\s+(?:more\s+than\s+|over\s+|nearly\s+|almost\s+)?a\s+decade",
    re.IGNORECASE,
)
_NUMBERS = {
    word: number
    for number, word in enumerate((
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",  # noqa: E501
        "thirteen", "fourteen", "fifteen",
    ))
}  # fmt: skip
_ALSO = re.compile(
    r"^\W*(?:it|they|the (?:country|government|ministry)|tokyo|seoul|\w+)\s+also\b", re.IGNORECASE
)
_LATELY = 5


class Against(StrEnum):
    """How a proposal stands to the record."""

    ON_RECORD = "on_record"
    CONTRADICTS = "contradicts"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Contradiction:
    """What the text says and what the record says instead.

    Attributes:
        field: date, first_in, defendant, kind or order.
        events: The events on record that show it.
        sources: Their sources.
    """

    field: str
    text: str
    record: str
    events: tuple[str, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AgainstRecord:
    """A proposal held against the register.

    Attributes:
        dossier: The dossier it belongs to; empty if none was found.
        events: The events on record that it tells, or may tell.
        adds: What the record would gain: "source", "closer date: ...".
        note: What stands between the text and the record without contradicting it.
    """

    state: Against
    dossier: str = ""
    events: tuple[str, ...] = ()
    adds: tuple[str, ...] = ()
    contradicts: tuple[Contradiction, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Telling:
    """A proposal with what its text says around it.

    Attributes:
        passage: The sentences of its quotes, as they stand.
        beside: Dates of the predicates joined to it by "and", which may cover it.
        before: The proposal told just before it, with the same actor.
    """

    proposal: Proposal
    passage: str
    beside: tuple[PartialDate, ...] = ()
    before: Proposal | None = None


@dataclass(frozen=True, slots=True)
class _Subject:
    dossier: str
    types: tuple[str, ...]
    words: tuple[str, ...]
    without: tuple[str, ...]
    alone: bool
    is_a: str = ""
    not_a: tuple[str, ...] = ()
    companies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@cache
def _subjects() -> tuple[_Subject, ...]:
    text = files("sekisho.reading").joinpath("lexicon", "subjects.toml").read_text(encoding="utf-8")
    return tuple(_subject(row) for row in tomllib.loads(text)["subject"])


def _subject(row: Mapping[str, Any]) -> _Subject:
    return _Subject(
        row["dossier"], tuple(row["types"]), tuple(row["words"]), tuple(row.get("not", ())), row.get("alone", False),  # noqa: E501
        row.get("is_a", ""), tuple(row.get("not_a", ())), {name: tuple(words) for name, words in row.get("companies", {}).items()},  # noqa: E501
    )  # fmt: skip


def dossier_of(
    kind: str, actor: Iterable[str], counterpart: Iterable[str], words: str, register: Register
) -> str | None:
    """The dossier that an event of a text belongs to; ``None`` if none, or more than one, fits.

    Args:
        kind: The type of the event.
        actor: Who does it.
        counterpart: Toward whom.
        register: The record with the dossiers.
        words: The sentence, in lower case and without hyphens.
    """
    by, parties = set(actor), {*actor, *counterpart} - {"*", "WTO"}
    found: list[tuple[int, str]] = []
    for subject in _subjects():
        if subject.dossier not in register.dossiers or not kind.startswith(subject.types):
            continue
        dossier = register.dossier(subject.dossier)
        if not parties <= {*dossier.parties} or any(word in words for word in subject.without):
            continue
        if (
            len(parties) < len({*dossier.parties} - {"*", "WTO"})
            and "*" not in counterpart
            and "*" not in dossier.parties
        ):
            continue
        if not _may_act(dossier.events, by, kind):
            continue
        hits = sum(word in words for word in subject.words)
        if hits or subject.alone:
            found.append((hits, subject.dossier))
    found.sort(key=lambda entry: -entry[0])
    if not found or (len(found) > 1 and found[0][0] == found[1][0]):
        return None
    return found[0][1]


def _may_act(events: Sequence[Event], by: set[str], kind: str) -> bool:
    """Whether the actor is one who acts in the dossier; a control is of one side only."""
    if kind.startswith(("talks", "summit", "cooperation", "agreement_signed")):
        return True
    family = kind.split("_", maxsplit=1)[0]
    acting = {
        code
        for event in events
        for code in event.by
        if event.kind.startswith(family) or family in {"agreement", "compensation", "boycott"}
    }
    return not acting or bool(by & acting) or "WTO" in by


def hold(
    telling: Telling, register: Register, published: PartialDate | None, known_on: dt.date | None = None
) -> AgainstRecord:
    """Holds a proposal against the register as known on a day."""
    proposal = telling.proposal
    words = f"{proposal.sentence} {proposal.subject.lower()}"
    name = dossier_of(proposal.type, proposal.actor, proposal.counterpart, words, register)
    if name is None:
        return AgainstRecord(Against.NEW, contradicts=())
    events = [
        event for event in register.dossier(name).events if known_on is None or event.known_from <= known_on
    ]
    contradictions = list(_claims(telling, name, events, register, published))
    found = _linked(proposal, events, published)
    if found is None:
        contradictions = [*_date(proposal, name, events, register), *contradictions]
    if contradictions:
        linked = found or tuple(dict.fromkeys(event for each in contradictions for event in each.events))
        return AgainstRecord(
            Against.CONTRADICTS,
            name,
            linked,
            (),
            tuple(contradictions),
            _note(telling, found or (), register),
        )
    if found is None:
        return AgainstRecord(Against.NEW, name)
    return AgainstRecord(
        Against.ON_RECORD,
        name,
        found,
        tuple(_adds(proposal, found, register)),
        (),
        _note(telling, found, register),
    )


def _linked(
    proposal: Proposal, events: Sequence[Event], published: PartialDate | None
) -> tuple[str, ...] | None:
    """The events on record that the proposal tells; ``None`` if there is none."""
    kinds = KINDS.get(proposal.type, (proposal.type,))
    if not proposal.status.real:
        stated = [
            event
            for event in events
            if event.kind in _UNREAL.get(proposal.type, ("statement_made",)) and _dated_like(proposal, event)
        ]
        return (stated[0].id,) if stated else None
    likely = [event for event in events if event.kind in kinds and _by(proposal, event)]
    if proposal.status is Status.ANNOUNCED and proposal.type in DECIDED:
        likely += [event for event in events if event.kind == DECIDED[proposal.type] and _by(proposal, event)]
    dated = [event for event in likely if _dated_like(proposal, event)]
    if dated:
        return tuple(event.id for event in _nearest(proposal, dated))
    if any(date.date is not None for date in proposal.dates):
        return None
    past = [
        event
        for event in likely
        if event.kind in kinds and (published is None or event.moments[0][1].first <= published.last)
    ]
    return tuple(event.id for event in past) or None


def _by(proposal: Proposal, event: Event) -> bool:
    return bool(set(proposal.actor) & {*event.by}) or not event.by or bool(proposal.parties & {*event.by})


def _dated_like(proposal: Proposal, event: Event) -> bool:
    """Whether a date of the proposal fits a moment of the event."""
    return any(
        dated.date is not None
        and _overlap(dated.date, moment)
        and (
            dated.role != "announced"
            or proposal.status is not Status.ANNOUNCED
            or name != "effective"
            or len(event.moments) == 1
            or not moment.is_day
            or _early(event)
        )
        for dated in proposal.dates
        for name, moment in event.moments
    )


def _early(event: Event) -> bool:
    return event.announced is None or event.announced == event.effective


def _overlap(one: PartialDate, other: PartialDate) -> bool:
    return one.first <= other.last and other.first <= one.last


def _nearest(proposal: Proposal, events: Sequence[Event]) -> Sequence[Event]:
    """Of several events that fit, those that fit to the day, if there are any."""
    days = {dated.date for dated in proposal.dates if dated.date is not None and dated.date.is_day}
    exact = [event for event in events if any(date in days for _, date in event.moments)]
    return exact or events


def _date(
    proposal: Proposal, name: str, events: Sequence[Event], register: Register
) -> Iterator[Contradiction]:
    """A date outside every moment of an act that the record knows, in a dossier where acts are single."""
    dates = [dated for dated in proposal.dates if dated.date is not None and dated.role != "planned"]
    if proposal.status is not Status.HAPPENED or not dates or register.dossier(name).kind not in _ONCE:
        return
    kinds = KINDS.get(proposal.type, (proposal.type,))
    likely = [event for event in events if event.kind in kinds and _by(proposal, event)]
    if likely:
        said = ", ".join(f"{dated.role} {dated.date}" for dated in dates)
        yield _contradiction("date", said, likely)


def _contradiction(name: str, text: str, events: Sequence[Event], record: str = "") -> Contradiction:
    told = record or "; ".join(
        f"{event.id}: {', '.join(f'{moment} {date}' for moment, date in event.moments)}" for event in events
    )
    sources = tuple(dict.fromkeys(source for event in events for source in event.sources))
    return Contradiction(name, text, told, tuple(event.id for event in events), sources)


def _claims(
    telling: Telling, name: str, events: Sequence[Event], register: Register, published: PartialDate | None
) -> Iterator[Contradiction]:
    """What the passage claims besides the event itself, where the record can show it wrong."""
    subject = next((subject for subject in _subjects() if subject.dossier == name), None)
    proposal = telling.proposal
    yield from _beside(telling, events)
    if proposal.type in {"summit_held", "talks_held", "talks_resumed"} and proposal.status is Status.HAPPENED:
        yield from _first_in(telling, register, published)
    if subject is not None and proposal.status.real:
        yield from _called(telling, subject, events)
        if proposal.type == "court_ruling":
            yield from _defendants(telling, subject, events, published)


def _beside(telling: Telling, events: Sequence[Event]) -> Iterator[Contradiction]:
    """The sentence's only date, if it is meant for this act too."""
    proposal = telling.proposal
    likely = [
        event
        for event in events
        if event.kind in KINDS.get(proposal.type, (proposal.type,)) and _by(proposal, event)
    ]
    if (
        not likely
        or not telling.beside
        or any(dated.date is not None for dated in proposal.dates)
        or not proposal.status.real
    ):
        return
    date = telling.beside[0]
    if not any(_overlap(date, moment) for event in likely for _, moment in event.moments):
        after = [event for event in likely if event.moments[-1][1].first >= date.first] or likely
        yield _contradiction(
            "date", f"{date}, if the date of the sentence is meant for this act too", after[:1]
        )


def _first_in(telling: Telling, register: Register, published: PartialDate | None) -> Iterator[Contradiction]:
    """As in "the first bilateral meeting in twelve years", with meetings on record in between."""
    claim = _FIRST.search(telling.passage)
    years = _count(claim["n"]) if claim is not None else None
    if years is None and (claim := _DECADE.search(telling.passage)) is not None:
        years = 10
    if claim is None or years is None:
        return
    end = next(
        (dated.date.first for dated in telling.proposal.dates if dated.date is not None),
        published.first if published else None,
    )
    if end is None:
        return
    start = dt.date(max(1, end.year - years), end.month, 1)
    kinds = (
        _MEETINGS
        if re.search(r"\b(?:meeting|talks|contact)\b", claim[0], re.IGNORECASE)
        else {"summit_held"}
        if re.search(r"\bsummit\b", claim[0], re.IGNORECASE)
        else set()
    )
    met = [
        event
        for dossier in register.dossiers.values()
        if {*dossier.parties} - {"WTO"} == telling.proposal.parties
        for event in dossier.events
        if event.kind in kinds
        and event.effective is not None
        and start < event.effective.first
        and event.effective.last < end
    ]
    if met:
        met.sort(key=lambda event: event.effective.first if event.effective is not None else dt.date.min)
        yield _contradiction("first_in", " ".join(claim[0].split()), met[-_LATELY:])


def _count(word: str) -> int | None:
    return int(word) if word.isdigit() and len(word) < 3 else _NUMBERS.get(word.lower())  # noqa: PLR2004


def _called(telling: Telling, subject: _Subject, events: Sequence[Event]) -> Iterator[Contradiction]:
    """A measure called what the record shows it was not."""
    words = " ".join(re.sub(r"[^\w\s]", " ", telling.passage.lower()).split())
    wrong = next((term for term in subject.not_a if re.search(rf"\b{re.escape(term)}", words)), None)
    likely = [
        event for event in events if event.kind in KINDS.get(telling.proposal.type, (telling.proposal.type,))
    ]
    if wrong is not None and likely and telling.proposal.type.startswith("export_control"):
        yield _contradiction("kind", wrong, likely[:1], subject.is_a)


def _defendants(
    telling: Telling, subject: _Subject, events: Sequence[Event], published: PartialDate | None
) -> Iterator[Contradiction]:
    """A defendant whose first ruling on record came after the text."""
    passage = telling.passage.lower()
    for company, names in subject.companies.items():
        if not any(name.lower() in passage for name in names):
            continue
        ruled = [event for event in events if any(name.lower() in event.summary.lower() for name in names)]
        day = published.last if published is not None else None
        if ruled and day is not None and all(event.moments[0][1].first > day for event in ruled):
            yield _contradiction(
                "defendant", company, ruled[:1], f"{ruled[0].moments[0][1]}: {ruled[0].summary}"
            )


def _adds(proposal: Proposal, found: Sequence[str], register: Register) -> Iterator[str]:
    """What the record would gain from the text."""
    yield "source"
    for name in found[:1]:
        event = register.events[name]
        for dated in proposal.dates:
            for moment, date in event.moments:
                if (
                    dated.date is not None
                    and not date.is_day
                    and _overlap(dated.date, date)
                    and len(str(dated.date)) > len(str(date))
                ):
                    yield f"closer date: {moment} {dated.date}, on record {date}"


def _note(telling: Telling, found: Sequence[str], register: Register) -> str:
    """An act told in one breath with another that the record dates apart."""
    before, proposal = telling.before, telling.proposal
    if (
        before is None
        or not found
        or any(dated.date is not None for dated in proposal.dates)
        or not _ALSO.search(telling.passage)
    ):
        return ""
    date = next((dated.date for dated in before.dates if dated.date is not None), None)
    moments = [f"{name} {when}" for name, when in register.events[found[0]].moments]
    if date is None or any(_overlap(date, when) for _, when in register.events[found[0]].moments):
        return ""
    return f"told together with {before.type} of {date}, without a date of its own; the record holds two acts, this one {', '.join(moments)}"  # noqa: E501
