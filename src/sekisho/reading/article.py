"""From one text to proposals: read, complete, date, merge.

What a sentence leaves unsaid is taken from the article where grammar allows it: "the two
countries", "it", "the ministry", "in response". Nothing is taken from outside but the days
of events on record, and those only to find the day of publication.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from sekisho.dates import PartialDate
from sekisho.reading.clean import Block, Part, blocks_of
from sekisho.reading.frames.read import read_sentence
from sekisho.reading.frames.seen import Seen
from sekisho.reading.frames.told import LISTS, SYMMETRIC, Told
from sekisho.reading.lexicon import lexicon
from sekisho.reading.parties import Cast
from sekisho.reading.status import Status
from sekisho.reading.times import Frame, Time, resolve
from sekisho.reading.tokens import sentences_of
from sekisho.reading.vocabulary import vocabulary

_EXPORT = re.compile(r"\bexport(?:s|ed|ing)?\b", re.IGNORECASE)
_IMPORT = re.compile(
    r"\bimport(?:s|ed|ing)?\b|\btariffs?\b|anti-?dumping|\bduties\b|\bseafood\b", re.IGNORECASE
)
_LIST = re.compile(
    r"white[- ]?list|\bGroup A\b|trusted\s+(?:trad|export)|prefer(?:red|ential)\s+trad|list of [\w\s-]{0,30}partners",  # noqa: E501
    re.IGNORECASE,
)
_WTO = re.compile(r"\bWTO\b|World Trade Organi[sz]ation", re.IGNORECASE)
_PACT = re.compile(
    r"\bGSOMIA\b|intelligence[- ](?:sharing )?(?:pact|agreement|deal)|military[- ]information|\btreaty\b|\bpact\b|\baccord\b",  # noqa: E501
    re.IGNORECASE,
)
_AGENCIES = (
    "Reuters",
    "Kyodo",
    "Yonhap",
    "Sputnik",
    "AFP",
    "Associated Press",
    "AP",
    "Xinhua",
    "TASS",
    "Bloomberg",
    "Jiji",
    "NHK",
    "Nikkei",
    "dpa",
    "UrduPoint",
    "Interfax",
    "ANI",
    "Bernama",
    "EFE",
)
_QUOTED = re.compile(
    r"(?:quoted by|cited by|reported by|told|according to)\s+(?:the\s+)?(?:[\w-]+\s+){0,3}?("
    + "|".join(_AGENCIES)
    + r")\b"
)
_NEAR = 900
_UNREAL = frozenset({Status.CONDITIONAL, Status.CONSIDERED, Status.DENIED})
_TALKS = frozenset({"talks_held", "talks_agreed", "talks_resumed", "talks_suspended"})
_DISTINCT = frozenset(
    {
        "court_ruling",
        "talks_held",
        "talks_agreed",
        "summit_held",
        "summit_agreed",
        "agreement_signed",
        "cooperation_launched",
        "export_control_tightened",
        "export_control_eased",
    }
)


@dataclass(frozen=True, slots=True)
class Quote:
    """A stretch of a text; offsets of characters, the end not included."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Dated:
    """A date of an event and what happened on it: announced, effective, happened or planned."""

    date: PartialDate | None
    role: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """One event that a text tells, as a proposal for the register.

    Attributes:
        id: The name of the text and a number.
        type: One of the types of events.
        actor: Who does it: ISO 3166-1 alpha-2, or EU, UN, WTO.
        counterpart: Toward whom or with whom; ``*`` for all destinations.
        subject: Goods, agreement, list or case in the words of the text.
        status: What the text asserts of it.
        condition: What it depends on, in the words of the text.
        dates: Its dates with their roles, at the resolution of the text.
        quotes: Where the text says so; the first says it best.
        attribution: Who says so: "first link (via last link)".
        sentence: The sentence around the first quote, in lower case without hyphens.
    """

    id: str
    type: str
    actor: tuple[str, ...]
    counterpart: tuple[str, ...]
    subject: str
    status: Status
    condition: str
    dates: tuple[Dated, ...]
    quotes: tuple[Quote, ...]
    attribution: str
    sentence: str = field(default="", repr=False)

    @property
    def parties(self) -> frozenset[str]:
        """Everyone in it."""
        return frozenset((*self.actor, *self.counterpart)) - {"*"}


@dataclass(frozen=True, slots=True)
class Draft:
    """What is read of a text before its day of publication is known."""

    text: str
    blocks: tuple[Block, ...]
    told: tuple[Told, ...]
    times: tuple[Time, ...]
    outlet: str
    main: tuple[str, ...]


def draft(text: str) -> Draft:
    """Reads a text into events, without dates."""
    blocks = blocks_of(text)
    body = [
        (block, sentence)
        for block in blocks
        if block.part in {Part.BODY, Part.HEADLINE}
        for sentence in sentences_of(text, block.start, block.end)
    ]
    cast = Cast.of(lexicon(), [sentence for _, sentence in body])
    plain = " ".join(
        text[block.start : block.end] for block in blocks if block.part in {Part.BODY, Part.HEADLINE}
    )
    seen = Seen(lexicon(), cast, text)
    seen.exporting = bool(_EXPORT.search(plain))
    seen.importing = bool(_IMPORT.search(plain))
    seen.listing = bool(_LIST.search(plain))
    seen.disputed = bool(_WTO.search(plain))
    named = _PACT.search(plain)
    seen.pact = named[0] if named else ""
    told: list[Told] = []
    number = 0
    for block, sentence in body:
        headline = block.part is Part.HEADLINE
        told += _finished(read_sentence(seen, -1 if headline else number, sentence, headline=headline), seen)
        number += not headline
    return Draft(
        text, blocks, tuple(_kept(told, cast.main)), tuple(seen.times), _outlet(text, blocks), cast.main
    )


def _finished(told: Sequence[Told], seen: Seen) -> Iterator[Told]:
    """Completes the parties of events by what the article says elsewhere."""
    for one in told:
        _complete(one, seen)
        yield one


def _complete(one: Told, seen: Seen) -> None:
    main = seen.cast.main
    if one.type in SYMMETRIC:
        if len(one.actor) < 2:  # noqa: PLR2004
            one.actor = tuple(
                dict.fromkeys(
                    (
                        *one.actor,
                        *(c for c in main[:2] if one.actor and (one.actor[0] in main[:2] or len(main) < 2)),  # noqa: PLR2004
                        *(main[:2] if not one.actor else ()),
                    )
                )
            )
        if len(one.actor) < 2 and len(main) > 1:  # noqa: PLR2004
            one.actor = tuple(dict.fromkeys((*one.actor, next(c for c in main if c not in one.actor))))
        one.counterpart = one.actor[1:]
        one.actor = one.actor[:1]
        return
    if not one.actor and one.type in LISTS and one.counterpart:
        one.actor = tuple(c for c in main[:2] if c not in one.counterpart)[:1]
    if not one.actor and not one.passive:
        one.actor = tuple(c for c in seen.subject if c not in one.counterpart)[:2]
    if len(one.actor) > 1 and not one.type.startswith(("talks", "summit")) and one.counterpart:
        one.actor = tuple(c for c in one.actor if c not in one.counterpart) or one.actor
    one.counterpart = tuple(c for c in one.counterpart if c not in one.actor)


def _kept(told: Iterable[Told], main: tuple[str, ...]) -> Iterator[Told]:
    """Counterparts that only other sentences name, and headlines that the body repeats."""
    held = list(_acted(list(told)))
    named: dict[tuple[str, tuple[str, ...]], Counter[tuple[str, ...]]] = {}
    for one in held:
        if one.counterpart:
            named.setdefault((_family(one.type), one.actor), Counter())[one.counterpart] += 1
    bodies = {
        (_family(one.type), frozenset((*one.actor, *one.counterpart))) for one in held if not one.headline
    }
    for one in held:
        if not one.counterpart and one.type not in SYMMETRIC:
            others = named.get((_family(one.type), one.actor))
            one.counterpart = others.most_common(1)[0][0] if others else _other(one, main)
        if one.headline and (_family(one.type), frozenset((*one.actor, *one.counterpart))) in bodies:
            continue
        yield one


def _acted(told: Sequence[Told]) -> Iterator[Told]:
    """Gives an act that a sentence tells without its actor to whoever does the like in the article.

    Who did so last before it is the likeliest, then the subject of the sentence, then whoever
    does so most often behind it.
    """
    known: dict[str, Counter[tuple[str, ...]]] = {}
    for one in told:
        if one.actor:
            known.setdefault(_family(one.type), Counter())[one.actor] += 1
    last: dict[str, tuple[str, ...]] = {}
    for one in told:
        family = _family(one.type)
        if not one.actor:
            often = [actor for actor, _ in known.get(family, Counter()).most_common()]
            choice = (actor for actor in (last.get(family, ()), one.likely, *often) if actor)
            one.actor = next((actor for actor in choice if not set(actor) & set(one.counterpart)), ())
        if one.actor:
            last[family] = one.actor
            yield one


def _other(one: Told, main: tuple[str, ...]) -> tuple[str, ...]:
    """The other of the two countries an article is about; a control may be toward all."""
    if one.type.startswith(("export", "import")) or not set(one.actor) & set(main[:2]):
        return ()
    return tuple(code for code in main[:2] if code not in one.actor)[:1]


def _family(kind: str) -> str:
    for start in ("export_control", "country_list", "agreement", "dispute", "import_restriction"):
        if kind.startswith(start):
            return start
    return "talks" if kind.startswith(("talks", "summit")) else kind


def _outlet(text: str, blocks: Iterable[Block]) -> str:
    """The agency or outlet that dateline, byline or footer name."""
    around = " ".join(
        text[b.start : b.end]
        for b in blocks
        if b.part in {Part.DATELINE, Part.BYLINE, Part.FOOTER, Part.HEADER}
    )
    for agency in _AGENCIES:
        if re.search(rf"\b{re.escape(agency)}\b", around):
            return agency
    reported = re.search(r"\b(" + "|".join(_AGENCIES) + r")\s+(?:reported|reports|said)\b", text)
    return reported[1] if reported else ""


def proposals(
    name: str, read: Draft, published: PartialDate | None, not_before: dt.date | None = None
) -> tuple[Proposal, ...]:
    """The events of a draft with their dates, told once each, in the order of the text."""
    dates = _resolved(read, published, not_before)
    raw = [_proposal(read, one, dates, published) for one in read.told]
    merged = _merged(raw)
    return tuple(replace(one, id=f"{name}-{number}") for number, one in enumerate(merged, 1))


def _resolved(
    read: Draft, published: PartialDate | None, not_before: dt.date | None
) -> dict[Time, PartialDate | None]:
    """Every time of the text, each against the one before it."""
    ahead = {
        time
        for one in read.told
        for time, role in one.times
        if role == "planned" or (role == "effective" and one.status is not Status.HAPPENED)
    }
    past = {time for one in read.told for time, role in one.times if role in {"announced", "happened"}}
    found: dict[Time, PartialDate | None] = {}
    before: PartialDate | None = None
    for time in read.times:
        date = resolve(
            time, Frame(published, before, future=time in ahead and time not in past, not_before=not_before)
        )
        found[time] = date
        if date is not None and time.kind not in {"recent", "for"}:
            before = date
    return found


def _proposal(
    read: Draft, one: Told, dates: dict[Time, PartialDate | None], published: PartialDate | None
) -> Proposal:
    dated = list(_dated(one, dates, published))
    counterpart = one.counterpart or (
        ("*",) if one.type.startswith(("export_control", "import_restriction", "export_licence")) else ()
    )
    quote = Quote(one.start, one.end, read.text[one.start : one.end])
    return Proposal(
        "", one.type, one.actor, counterpart, " ".join(one.subject.split()), one.status, " ".join(one.condition.split()),  # noqa: E501
        tuple(dated), (quote,), _attribution(read, one), one.sentence_text,
    )  # fmt: skip


def _dated(  # noqa: C901
    one: Told, dates: dict[Time, PartialDate | None], published: PartialDate | None
) -> Iterator[Dated]:
    """One date for each role; the finest of them."""
    by_role: dict[str, PartialDate] = {}
    for time, role in one.times:
        date = dates.get(time)
        if date is None:
            continue
        held = by_role.get(role)
        if held is None or (held.year == date.year and _fineness(date) > _fineness(held)):
            by_role[role] = date
    if (
        not by_role
        and one.sentence == 0
        and not one.aside
        and published is not None
        and one.status.real
        and not one.times
    ):
        by_role["announced" if one.status is Status.ANNOUNCED else "happened"] = published
    if not by_role:
        yield Dated(
            None,
            "happened"
            if one.status is Status.HAPPENED
            else "announced"
            if one.status in {Status.ANNOUNCED, Status.DENIED}
            else "planned",
        )
    if by_role.get("happened") is not None and by_role["happened"] == by_role.get("effective"):
        del by_role["happened"]
    for role in ("announced", "happened", "effective", "planned"):
        if role in by_role:
            yield Dated(by_role[role], role)


def _fineness(date: PartialDate) -> int:
    return (date.month is not None) + (date.day is not None)


def _attribution(read: Draft, one: Told) -> str:
    """As in "first (via last)": the ministry or person quoted, and the agency that quotes it."""
    sentence = read.text[max(0, one.start - 300) : one.end + 300]
    quoted = _QUOTED.search(sentence) if one.said_by else None
    via = quoted[1] if quoted is not None else read.outlet
    said = " ".join(one.said_by.split())
    if said and via and via.lower() not in said.lower():
        return f"{said} (via {via})"
    return said or via


def _merged(raw: Sequence[Proposal]) -> list[Proposal]:
    """One event told twice is one proposal with two quotes."""
    held: list[Proposal] = []
    for one in raw:
        at = next((place for place, other in enumerate(held) if _same(other, one)), None)
        if at is None:
            held.append(one)
        else:
            held[at] = _joined(held[at], one)
    return held


def _same(one: Proposal, other: Proposal) -> bool:  # noqa: PLR0911
    if one.type != other.type or not _parties_agree(one, other):
        return False
    if one.status is not other.status and not (one.status.real and other.status.real):
        return False
    if one.quotes[0] == other.quotes[0]:
        return True
    if not _dates_agree(one, other):
        return False
    if (
        one.type == "court_ruling"
        and not _dates_equal(one, other)
        and all(d.date for d in (*one.dates, *other.dates))
    ):
        return False
    if (
        one.type in {"talks_held", "summit_held"}
        and _undated(other)
        and abs(one.quotes[0].start - other.quotes[0].start) < _NEAR
    ):
        return True
    if one.type in _DISTINCT:
        return _dates_equal(one, other) or _subjects_agree(one, other)
    return True


def _undated(one: Proposal) -> bool:
    return all(dated.date is None for dated in one.dates)


def _parties_agree(one: Proposal, other: Proposal) -> bool:
    if one.type in SYMMETRIC:
        return one.parties == other.parties
    return set(one.actor) == set(other.actor) and (
        set(one.counterpart) == set(other.counterpart) or "*" in (*one.counterpart, *other.counterpart)
    )


def _dates_agree(one: Proposal, other: Proposal) -> bool:
    """Whether no date of one excludes those of the other in the same role."""
    first = {dated.role: dated.date for dated in one.dates if dated.date is not None}
    second = {dated.role: dated.date for dated in other.dates if dated.date is not None}
    return all(_overlap(first[role], second[role]) for role in first.keys() & second.keys())


def _overlap(one: PartialDate, other: PartialDate) -> bool:
    return one.first <= other.last and other.first <= one.last


def _dates_equal(one: Proposal, other: Proposal) -> bool:
    first = {dated.date for dated in one.dates if dated.date is not None}
    second = {dated.date for dated in other.dates if dated.date is not None}
    return bool(first & second)


_PLAIN = vocabulary("plain")


def _subjects_agree(one: Proposal, other: Proposal) -> bool:
    """Whether the subjects share a telling word, or one of them says nothing of its own."""
    first = set(re.findall(r"\w+", one.subject.lower())) - _PLAIN
    second = set(re.findall(r"\w+", other.subject.lower())) - _PLAIN
    undated = all(d.date is None for d in one.dates) or all(d.date is None for d in other.dates)
    return bool(first & second) or (undated and (not first or not second) and one.type != "court_ruling")


def _joined(one: Proposal, other: Proposal) -> Proposal:
    """Two tellings as one: all quotes, the finer dates."""
    dates: dict[str, Dated] = {dated.role: dated for dated in one.dates if dated.date is not None}
    for dated in other.dates:
        held = dates.get(dated.role)
        if dated.date is not None and (
            held is None or (held.date is not None and _fineness(dated.date) > _fineness(held.date))
        ):
            dates[dated.role] = dated
    quotes = one.quotes if other.quotes[0] in one.quotes else (*one.quotes, *other.quotes)
    counterpart = other.counterpart if one.counterpart == ("*",) else one.counterpart
    return replace(
        one,
        dates=tuple(dates.values()) or one.dates,
        quotes=quotes,
        counterpart=counterpart,
        attribution=one.attribution or other.attribution,
    )
