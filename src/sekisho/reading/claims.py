"""What a passage claims that the record can show to be wrong, and no more than it can show.

A date outside every moment of an act that can happen but once, a "first in twelve years" with
meetings on record in between, a defendant whose first ruling came later, a measure called what
it is not.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sekisho.dates import PartialDate
from sekisho.model import Event
from sekisho.reading.proposal import Dated, Proposal
from sekisho.reading.status import Status
from sekisho.reading.subjects import Subject, subjects
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
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
        "twelve",         "thirteen", "fourteen", "fifteen",
    ))
}  # fmt: skip
_LATELY = 5
_ABSOLUTE = frozenset({"iso", "dmy", "mdy", "monthyear", "year"})
_FROM_THE_DAY = frozenset(
    {"monthday", "daymonth", "month", "monthrel", "relyearmonth", "weekday", "relday", "relweek"}
)
"""Times that mean a date only from the day of publication; held if that day is sure."""
_MOST_YEARS = 99


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
class Telling:
    """A proposal with what its text says around it.

    Attributes:
        sentences: The sentences of its quotes, as they stand.
        beside: Dates of the predicates joined to it by "and", which may cover it.
        sure: Whether the day of publication is told, not inferred.
        before: For each sentence, the proposal told just before it with the same actor.
    """

    proposal: Proposal
    sentences: tuple[str, ...]
    beside: tuple[PartialDate, ...] = ()
    before: tuple[Proposal | None, ...] = ()
    sure: bool = True

    @property
    def passage(self) -> str:
        """The sentences in a row."""
        return " ".join(self.sentences)


def of_date(
    telling: Telling, name: str, events: Sequence[Event], register: Register, latest: dt.date
) -> Iterator[Contradiction]:
    """A date outside every moment of an act that the record knows, in a dossier where acts are single."""
    proposal = telling.proposal
    dates = [dated for dated in proposal.dates if _held(dated, latest, sure=telling.sure)]
    if proposal.status is not Status.HAPPENED or not dates or register.dossier(name).kind not in _ONCE:
        return
    likely = [event for event in events if is_like(proposal, event)]
    if likely and _names(telling, name):
        said = ", ".join(f"{dated.role} {dated.date}" for dated in dates)
        yield _contradiction("date", said, likely)


def _names(telling: Telling, name: str) -> bool:
    """Whether the quotes themselves name what the dossier is about, so that no other act is meant."""
    proposal = telling.proposal
    said = " ".join((proposal.subject, *(quote.text for quote in proposal.quotes))).lower().replace("-", " ")
    return any(word in said for subject in subjects() if subject.dossier == name for word in subject.words)


def _held(dated: Dated, latest: dt.date, *, sure: bool) -> bool:
    """Whether a date can be held against the record: the act's own words give it, not too late."""
    if dated.date is None or dated.role == "planned" or dated.by_report or dated.date.first > latest:
        return False
    return dated.words in _ABSOLUTE or (sure and dated.words in _FROM_THE_DAY)


def is_like(proposal: Proposal, event: Event) -> bool:
    """Whether an event on record is of the kind and the actor of a proposal."""
    by = not event.by or bool(proposal.parties & {*event.by})
    return by and event.kind in KINDS.get(proposal.type, (proposal.type,))


def overlap(one: PartialDate, other: PartialDate) -> bool:
    """Whether two dates may be the same day."""
    return one.first <= other.last and other.first <= one.last


def _contradiction(name: str, text: str, events: Sequence[Event], record: str = "") -> Contradiction:
    told = record or "; ".join(
        f"{event.id}: {', '.join(f'{moment} {date}' for moment, date in event.moments)}" for event in events
    )
    sources = tuple(dict.fromkeys(source for event in events for source in event.sources))
    return Contradiction(name, text, told, tuple(event.id for event in events), sources)


def of_passage(
    telling: Telling, name: str, events: Sequence[Event], register: Register, published: PartialDate | None
) -> Iterator[Contradiction]:
    """What the passage claims besides the event itself, where the record can show it wrong."""
    subject = next((subject for subject in subjects() if subject.dossier == name), None)
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
    likely = [event for event in events if is_like(proposal, event)]
    dated = any(dated.date is not None for dated in proposal.dates)
    if not likely or not telling.beside or dated or not proposal.status.real:
        return
    date = telling.beside[0]
    if not any(overlap(date, moment) for event in likely for _, moment in event.moments):
        after = [event for event in likely if event.moments[-1][1].first >= date.first] or likely
        said = f"{date}, if the date of the sentence is meant for this act too"
        yield _contradiction("date", said, after[:1])


def _first_in(telling: Telling, register: Register, published: PartialDate | None) -> Iterator[Contradiction]:
    """As in "the first bilateral meeting in twelve years", with meetings on record in between."""
    claim, years = _years_since(telling.passage)
    dates = [dated.date.first for dated in telling.proposal.dates if dated.date is not None]
    end = dates[0] if dates else published.first if published is not None else None
    if not claim or end is None:
        return
    start = dt.date(max(1, end.year - years), end.month, 1)
    kinds = _kinds_claimed(claim, telling.proposal)
    met = [
        event
        for dossier in register.dossiers.values()
        if {*dossier.parties} - {"WTO"} == telling.proposal.parties
        for event in dossier.events
        if event.kind in kinds and _took_place_between(event, start, end)
    ]
    if met:
        met.sort(key=lambda event: event.effective.first if event.effective is not None else dt.date.min)
        yield _contradiction("first_in", " ".join(claim.split()), met[-_LATELY:])


def _years_since(passage: str) -> tuple[str, int]:
    """The words of a claim to be the first in so many years, and how many; no words if there is none."""
    for pattern in (_FIRST, _DECADE):
        found = pattern.search(passage)
        years = _count(found.groupdict().get("n") or "ten") if found is not None else None
        if found is not None and years is not None:
            return found[0], years
    return "", 0


def _kinds_claimed(claim: str, proposal: Proposal) -> frozenset[str]:
    """What the claim is about; without a noun of its own, what the event is."""
    if re.search(r"\b(?:meeting|talks|contact)\b", claim, re.IGNORECASE):
        return _MEETINGS
    if re.search(r"\bsummit\b", claim, re.IGNORECASE) or proposal.type == "summit_held":
        return frozenset({"summit_held"})
    return frozenset()


def _took_place_between(event: Event, start: dt.date, end: dt.date) -> bool:
    return event.effective is not None and start < event.effective.first and event.effective.last < end


def _count(word: str) -> int | None:
    return int(word) if word.isdigit() and int(word) <= _MOST_YEARS else _NUMBERS.get(word.lower())


def _called(telling: Telling, subject: Subject, events: Sequence[Event]) -> Iterator[Contradiction]:
    """A measure called what the record shows it was not."""
    words = " ".join(re.sub(r"[^\w\s]", " ", telling.passage.lower()).split())
    wrong = next((term for term in subject.not_a if re.search(rf"\b{re.escape(term)}", words)), None)
    likely = [
        event for event in events if event.kind in KINDS.get(telling.proposal.type, (telling.proposal.type,))
    ]
    if wrong is not None and likely and telling.proposal.type.startswith("export_control"):
        yield _contradiction("kind", wrong, likely[:1], subject.is_a)


def _defendants(
    telling: Telling, subject: Subject, events: Sequence[Event], published: PartialDate | None
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
