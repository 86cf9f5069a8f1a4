"""An event as a sentence tells it: its quote, subject and who says so."""

from __future__ import annotations

from collections.abc import Iterable

from sekisho.reading.clauses import CONDITIONS, Clause
from sekisho.reading.frames.assertion import condition_behind
from sekisho.reading.frames.lending import times_beside
from sekisho.reading.frames.saying import commented, in_passing, is_gerund, is_saying_day
from sekisho.reading.frames.scan import Act, Scan
from sekisho.reading.frames.sight import clause_at, governed, within, words_of
from sekisho.reading.frames.timing import of_the_verb, times_for
from sekisho.reading.frames.told import Told
from sekisho.reading.frames.viewing import view_of
from sekisho.reading.lexicon import Found
from sekisho.reading.parties import Party
from sekisho.reading.status import Status
from sekisho.reading.vocabulary import vocabulary

_PLAIN_PACTS = vocabulary("plain_pacts")
_SAID = vocabulary("said")
_SAYS = vocabulary("says")
_BEFORE_SAYING = vocabulary("before_saying")
_OPENS_SPEAKER = vocabulary("opens_speaker")
_LONGEST_SPEAKER = 12
_BACKDROP = frozenset({"while", "although", "after", "because", "when", "since"})


def tell(  # noqa: PLR0913, PLR0917
    scan: Scan, act: Act, kind: str, actor: Iterable[str], counterpart: Iterable[str], status: Status,
    thing: Found[list[str]] | None, subject: Party | None,
) -> Told:  # fmt: skip
    """Builds the event that an act tells."""
    start, end = quote_of(scan, act, thing)
    condition = ""
    if status is Status.CONDITIONAL:
        behind = condition_behind(scan, act)
        clause = next((clause for clause in scan.clauses if clause.opener in CONDITIONS), None)
        clause = clause if behind is None else Clause(behind, len(scan.tokens), "if")
        condition = (
            words_of(scan, clause.first, _end_of_condition(scan, clause)) if clause is not None else ""
        )
    told = Told(
        kind, tuple(actor), tuple(counterpart), subject_text(scan, act, thing), status, start, end, scan.number, act.first,  # noqa: E501
        condition=condition, headline=scan.headline, sentence_text=scan.lower, leader=bool(subject and subject.leader),  # noqa: E501
        aside=act.clause.opener not in {"", "and", "but", "that", "marking"} or act.reduced or commented(scan, act) >= 0 or in_passing(scan, act, kind) or is_gerund(scan, act), passive=act.passive or act.reduced or any(verb.head == "effect" for verb in act.verbs),  # noqa: E501
    )  # fmt: skip
    told.view = view_of(scan, act, thing, told.actor, told.counterpart)
    told.likely = next(
        (p.codes for p in scan.parties if p.acts and p.form != "own" and not governed(scan, p, 0)), ()
    )
    told.times = list(times_for(scan, act, status, kind))
    told.thing = tuple(thing.value) if thing is not None else ()
    own = (time for time, _ in told.times if within(scan, time, act.clause))
    told.by_report = bool(told.times) and all(is_saying_day(scan, time) for time in own)
    told.sure = frozenset(time for time, _ in told.times if of_the_verb(scan, time, act))
    told.just_now = act.clause.opener in {"as", "after"} and bool(
        {"has", "have"} & {scan.tokens[place].lower for place in range(act.clause.first, act.first)}
    )
    if (
        kind.startswith("agreement")
        and thing is not None
        and thing.last - thing.first == 1
        and scan.tokens[thing.first].lower in _PLAIN_PACTS
        and scan.seen.pact
        and "gsomia" not in scan.lower
    ):
        told.subject = scan.seen.pact.replace("-", " ")
    if scan.speaker is None:
        scan.speaker = speaker_named(scan)
    told.said_by = scan.speaker
    if not told.times:
        told.beside = times_beside(scan, act)
    return told


def _end_of_condition(scan: Scan, clause: Clause) -> int:
    """Where a condition ends: before who says so, and without the mark behind it."""
    said = next(
        (at for at in range(clause.first, clause.last) if scan.tokens[at].lower in _SAID), clause.last
    )
    commas = [at for at in range(clause.first + 1, said) if scan.tokens[at].lower in {",", "."}]
    if said < clause.last and commas:
        return commas[-1]
    return clause.last - (scan.tokens[clause.last - 1].lower in {",", ".", ";"})


def quote_of(scan: Scan, act: Act, thing: Found[list[str]] | None) -> tuple[int, int]:
    """Offsets of the clause that tells an act."""
    first, last = act.clause.first, act.clause.last
    if thing is not None:
        first, last = min(first, thing.first), max(last, thing.last)
    while first < last - 1 and (scan.tokens[first].lower in {",", ";", "and", "--", "–", "—", '"', "“"}):
        first += 1
    while last > first + 1 and scan.tokens[last - 1].lower in {",", ".", ";", "--", "–", "—", ":"}:
        last -= 1
    return scan.tokens[first].start, scan.tokens[last - 1].end


def subject_text(scan: Scan, act: Act, thing: Found[list[str]] | None) -> str:
    """The thing in the words of the text, with what it is of."""
    if thing is None:
        return words_of(scan, act.first, act.last)
    last = thing.last
    while (
        last < min(act.clause.last, thing.last + 8)
        and scan.tokens[last].is_word
        and scan.tokens[last].lower
        not in {"after", "in", "on", "against", "and", "by", "that", "which", "to", "as", "with", "said"}
    ):
        last += 1
    return words_of(scan, thing.first, last)


def speaker_named(scan: Scan) -> str:
    """Who says so: the subject of the saying verb, in the words of the text; empty if that is not sure."""
    for verb, token in enumerate(scan.tokens):
        if token.lower == "according" and verb + 2 < len(scan.tokens):
            return named_span(scan, verb + 2)
        if token.lower in _SAYS and verb and clause_at(scan, verb).opener not in _BACKDROP:
            first, last = _subject_of_saying(scan, verb)
            if first < last <= first + _LONGEST_SPEAKER:
                return words_of(scan, first, last)
    return ""


def _subject_of_saying(scan: Scan, verb: int) -> tuple[int, int]:
    """The words right before a saying verb, from the mark or the word that they begin behind."""
    last = verb
    while last > 0 and scan.tokens[last - 1].lower in _BEFORE_SAYING:
        last -= 1
    first = last
    while first > 0 and not _opens_speaker(scan, first - 1):
        first -= 1
    return first, last


def _opens_speaker(scan: Scan, place: int) -> bool:
    """Whether a token stands before the subject: a mark, or a word that opens a clause."""
    token = scan.tokens[place]
    possessive = token.lower in {"'s", "’s", "'"}
    return (not token.is_word and not possessive and token.text != "&") or token.lower in _OPENS_SPEAKER


def named_span(scan: Scan, first: int, last: int | None = None) -> str:
    """The name that begins at a place."""
    stop = last if last is not None else min(first + 8, len(scan.tokens))
    end = first
    while (
        end < stop
        and (scan.tokens[end].is_word or scan.tokens[end].lower in {"'s", "’s"})
        and scan.tokens[end].lower not in {"on", "in", "after", "as", "at", "also"}
    ):
        end += 1
    return words_of(scan, first, end) if end > first else ""
