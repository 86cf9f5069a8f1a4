"""What a sentence shows around an act, as plain names for what was learned to weigh it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from sekisho.reading.frames.saying import commented
from sekisho.reading.frames.scan import Act, Scan
from sekisho.reading.frames.sight import governed, within, word_before
from sekisho.reading.frames.told import Mention, View
from sekisho.reading.lexicon import Found
from sekisho.reading.parties import Party, owner_of
from sekisho.reading.vocabulary import vocabulary

_AROUND = 8
_NEAR, _FAR = 5, 12
_MOST_MENTIONS = 12
"""Parties around an act, the nearest; a sentence that names more lists them."""
_STEPS = (0, 1, 2, 3, 5, 8, 13, 21, 34)
_SAID = vocabulary("said")
_CALENDAR = vocabulary("calendar")


def view_of(
    scan: Scan, act: Act, thing: Found[list[str]] | None, actor: tuple[str, ...], counterpart: tuple[str, ...]
) -> View:
    """The cues, words and parties around an act."""
    first, last = act.first, act.last
    if thing is not None:
        first, last = min(first, thing.first), max(last, thing.last)
    words = tuple(dict.fromkeys(_words(scan, max(0, first - _AROUND), last + _AROUND)))
    far = len(scan.parties) > _MOST_MENTIONS
    near = sorted(scan.parties, key=lambda party: abs(party.first - act.first)) if far else scan.parties
    mentions = tuple(_mention(scan, act, party) for party in near[:_MOST_MENTIONS])
    return View(
        tuple(_cues(scan, act, thing)),
        words,
        mentions,
        actor,
        counterpart,
        thing.first if thing is not None else -1,
    )


def _words(scan: Scan, first: int, last: int) -> Iterator[str]:
    """The words between two places; who and which day is meant says nothing of what is told."""
    named = {place for party in scan.parties for place in range(party.first, party.last)}
    for place in range(first, min(last, len(scan.tokens))):
        token = scan.tokens[place]
        if token.text[0].isalpha() and place not in named and token.lower not in _CALENDAR:
            yield token.lower


def step_of(number: int) -> int:
    """A number in steps that widen: the largest step that it reaches.

    >>> [step_of(number) for number in (0, 4, 12, 99)]
    [0, 3, 8, 34]
    """
    return _STEPS[bisect_right(_STEPS, number) - 1]


def _cues(scan: Scan, act: Act, thing: Found[list[str]] | None) -> Iterator[str]:
    yield f"form={act.form}"
    yield f"opener={act.clause.opener}"
    yield from (name for name, is_so in (("passive", act.passive), ("reduced", act.reduced)) if is_so)
    for verb in act.verbs:
        yield f"base={verb.base}"
        yield f"act={verb.head}"
    yield f"before={_word(scan, act.first - 1)}"
    yield f"after={_word(scan, act.last)}"
    if commented(scan, act) >= 0:
        yield "commented"
    yield from _of_sentence(scan, act)
    if thing is not None:
        yield from _of_thing(scan, act, thing)


def _of_sentence(scan: Scan, act: Act) -> Iterator[str]:
    yield f"clause={'first' if act.clause is scan.clauses[0] else 'later'}"
    yield f"clauses={step_of(len(scan.clauses))}"
    yield f"acts={step_of(len(scan.acts))}"
    yield f"long={step_of(len(scan.tokens))}"
    if not _SAID.isdisjoint(scan.words):
        yield "said"
    beside = any(within(scan, time, act.clause) for time in scan.times)
    yield f"time={'clause' if beside else 'sentence' if scan.times else 'none'}"


def _of_thing(scan: Scan, act: Act, thing: Found[list[str]]) -> Iterator[str]:
    side = "after" if thing.first >= act.last else "before" if thing.last <= act.first else "same"
    yield f"gap={step_of(max(thing.first - act.last, act.first - thing.last, 0))}"
    yield f"thing={side}"
    yield f"noun={_word(scan, thing.last - 1)}"
    yield f"nouns={step_of(thing.last - thing.first)}"
    yield f"determiner={_word(scan, thing.first - 1)}"
    if not act.clause.first <= thing.first < act.clause.last:
        yield "thing=elsewhere"


def _word(scan: Scan, place: int) -> str:
    """The word at a place; "^" before the sentence, "$" behind it, "#" for a number, month or day."""
    if not 0 <= place < len(scan.tokens):
        return "^" if place < 0 else "$"
    word = scan.tokens[place].lower
    return "#" if word in _CALENDAR or word[0].isdigit() else word


def _mention(scan: Scan, act: Act, party: Party) -> Mention:
    side = "before" if party.last <= act.first else "after"
    inside = act.clause.first <= party.first < act.clause.last
    gap = party.first - act.last if side == "after" else act.first - party.last
    near = "near" if gap <= _NEAR else "mid" if gap <= _FAR else "far"
    if party.first not in scan.bound:
        prep = word_before(scan, party) if governed(scan, party, 0) else "-"
        scan.bound[party.first] = prep, "own" if owner_of(scan.tokens, party) else party.form
    return Mention(party.codes, party.acts, side, inside, near, *scan.bound[party.first], party.kind)
