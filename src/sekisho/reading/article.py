"""From one text to proposals: read, complete, date, merge.

What a sentence leaves unsaid is taken from the article where grammar allows it: "the two
countries", "it", "the ministry", "in response". Nothing is taken from outside but the days
of events on record, and those only to find the day of publication.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from sekisho.dates import PartialDate
from sekisho.reading.acts import ACTS, Account
from sekisho.reading.choice import Setting, days_of_news
from sekisho.reading.clean import Block, Part, blocks_of, flat
from sekisho.reading.confidence import TELLINGS, Weighed, weighed
from sekisho.reading.dating import Marks, dates_of, lead_of, news_day, resolved
from sekisho.reading.frames.entries import is_chronology
from sekisho.reading.frames.read import read_sentence
from sekisho.reading.frames.seen import Seen
from sekisho.reading.frames.told import Told
from sekisho.reading.gaps import complaints_one_way, complete, kept
from sekisho.reading.lexicon import lexicon
from sekisho.reading.merging import merged
from sekisho.reading.parties import Cast
from sekisho.reading.proposal import Dated, Proposal, Quote
from sekisho.reading.times import Time
from sekisho.reading.tokens import sentences_of
from sekisho.reading.weights import Weights, weights

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
_BLACKLIST = re.compile(r"entity list|black-?list|unverified list|end-?user list", re.IGNORECASE)
_SHORT_NAME = re.compile(
    r"(?:Agreement|Treaty|Pact|Accord|Convention|Protocol|Arrangement|Deal)\s*\(\W?([A-Z]{2,10})\W?\)"
    r"|\b([A-Z]{3,10})\b(?=,? (?:the |a )?(?:[\w-]+ ){0,4}(?:treaty|pact|accord|agreement)\b)"
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


@dataclass(frozen=True, slots=True)
class Draft:
    """What is read of a text before its day of publication is known."""

    text: str
    blocks: tuple[Block, ...]
    told: tuple[Told, ...]
    times: tuple[Time, ...]
    marks: Marks
    said: Time | None
    outlet: str
    main: tuple[str, ...]


def draft(text: str) -> Draft:
    """Reads a text into events, without dates."""
    blocks = blocks_of(text)
    running = flat(text)
    body = [
        (block, sentence)
        for block in blocks
        if block.part in {Part.BODY, Part.HEADLINE}
        for sentence in sentences_of(text, block.start, block.end)
    ]
    cast = Cast.of(lexicon(), [sentence for _, sentence in body])
    plain = " ".join(
        running[block.start : block.end] for block in blocks if block.part in {Part.BODY, Part.HEADLINE}
    )
    seen = Seen(lexicon(), cast, running)
    seen.exporting = bool(_EXPORT.search(plain))
    seen.importing = bool(_IMPORT.search(plain))
    seen.listing = bool(_LIST.search(plain))
    seen.disputed = bool(_WTO.search(plain))
    named = _PACT.search(plain)
    seen.pact = named[0] if named else ""
    seen.blacklisting = bool(_BLACKLIST.search(plain))
    seen.short_names = frozenset(
        name for found in _SHORT_NAME.finditer(plain) for name in found.groups() if name
    )
    seen.chronology = is_chronology(text, blocks)
    told: list[Told] = []
    number, last = 0, None
    for block, sentence in body:
        seen.entry, last = seen.entry if block is last else None, block
        headline = block.part is Part.HEADLINE
        told += _finished(
            read_sentence(seen, -1 if headline and number == 0 else number, sentence, headline=headline), seen
        )
        number += not headline
    return Draft(
        text,
        blocks,
        tuple(complaints_one_way(list(kept(told, cast.main)))),
        tuple(seen.times),
        Marks(frozenset(seen.future), frozenset(seen.passing), frozenset(seen.series)),
        seen.first_said,
        _outlet(text, blocks),
        cast.main,
    )


def _finished(told: Sequence[Told], seen: Seen) -> Iterator[Told]:
    """Completes the parties of events by what the article says elsewhere."""
    for one in told:
        complete(one, seen)
        yield one


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
    name: str,
    read: Draft,
    published: PartialDate | None,
    not_before: dt.date | None = None,
    model: Weights | None = None,
    of_dates: Weights | None = None,
) -> tuple[Proposal, ...]:
    """The events of a draft with their dates, told once each, in the order of the text.

    Args:
        name: What the ids of the proposals begin with.
        read: The draft.
        published: When it was published.
        not_before: The earliest day of that, where only its year is known.
        model: How parties and events weigh; ``None`` is as this package ships it.
        of_dates: How dates weigh, likewise.
    """
    return _numbered(name, merged(accounts_of(read, published, not_before, model, of_dates), weights(ACTS)))


def accounts_of(
    read: Draft,
    published: PartialDate | None,
    not_before: dt.date | None = None,
    model: Weights | None = None,
    of_dates: Weights | None = None,
) -> list[Account]:
    """Every telling of a draft with what is proposed of it, as for :func:`proposals`."""
    setting = setting_of(read, published, not_before)
    of_dates = of_dates if of_dates is not None else weights("dates")
    return [
        Account(each.told, _proposal(read, each, dates_of(each.told, setting, of_dates)))
        for each in weighed(read.told, read.main, model or weights(TELLINGS))
    ]


def setting_of(read: Draft, published: PartialDate | None, not_before: dt.date | None = None) -> Setting:
    """What an article says of its times as a whole, once it is known when it was published."""
    sure = [one for one in read.told if not one.guess]
    dates, frames = resolved(sure, read.times, read.marks, published, not_before)
    lead = lead_of(sure)
    leading = next((one for one in sure if one.sentence == lead), None)
    taken: dict[int, set[Time]] = {}
    for one in sure:
        taken.setdefault(one.sentence, set()).update(time for time, _ in one.times)
    news = news_day(sure, dates, published, lead, read.said)
    if news is not None and news.month is None and not_before is not None:
        news = None  # a year that was inferred is not the day of the news
    return Setting(dates, frames, taken, published, news, lead, leading, days_of_news(dates, published))


def _numbered(name: str, found: Sequence[Proposal]) -> tuple[Proposal, ...]:
    """Proposals with their ids: what rules tell is numbered first, so that no guess moves a number."""
    places = sorted(range(len(found)), key=lambda at: (found[at].guessed, at))
    number = {at: count for count, at in enumerate(places, 1)}
    return tuple(replace(one, id=f"{name}-{number[at]}") for at, one in enumerate(found))


def _proposal(read: Draft, each: Weighed, dates: tuple[Dated, ...]) -> Proposal:
    one = each.told
    counterpart = one.counterpart or (
        ("*",) if one.type.startswith(("export_control", "import_restriction", "export_licence")) else ()
    )
    quote = Quote(one.start, one.end, read.text[one.start : one.end])
    return Proposal(
        "", one.type, one.actor, counterpart, " ".join(one.subject.split()), one.status, " ".join(one.condition.split()),  # noqa: E501
        dates, (quote,), _attribution(read, one), one.sentence_text, round(each.chance, 2), bool(one.guess),
    )  # fmt: skip


def _attribution(read: Draft, one: Told) -> str:
    """As in "first (via last)": the ministry or person quoted, and the agency that quotes it."""
    sentence = read.text[max(0, one.start - 300) : one.end + 300]
    quoted = _QUOTED.search(sentence) if one.said_by else None
    via = quoted[1] if quoted is not None else read.outlet
    said = " ".join(one.said_by.split())
    if said and via and via.lower() not in said.lower():
        return f"{said} (via {via})"
    return said or via
