"""Of each type the nearest act and thing are guessed at, and what stands near is found by its place."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.reading.article import lexicon
from sekisho.reading.frames.guesses import _nearest
from sekisho.reading.frames.scan import Scan
from sekisho.reading.frames.seen import Seen
from sekisho.reading.frames.things import _after, _before
from sekisho.reading.parties import Cast
from sekisho.reading.status import asked
from sekisho.reading.tokens import sentences_of, tokens_of

WORDS = "Chile Peru tightened eased removed signed met ruled export controls white list talks pact and"
SENTENCES = st.lists(st.sampled_from(WORDS.split()), min_size=1, max_size=40).map(" ".join)


def scan_of(text: str) -> Scan:
    sentence = next(sentences_of(text))
    cast = Cast.of(lexicon(), [sentence])
    return Scan.of(Seen(lexicon(), cast, text), 0, sentence, cast.parties(sentence), headline=False)


@settings(max_examples=60, deadline=None)
@given(SENTENCES, st.sampled_from([frozenset(), frozenset({"export_control_tightened", "talks_held"})]))
def test_the_nearest_pair_of_each_type_is_the_first_of_all_pairs(text: str, done: frozenset[str]) -> None:
    scan = scan_of(text)
    every = [
        (gap, act.first, thing.first, frame.type)
        for act in scan.acts
        for thing in scan.things
        for verb in act.verbs
        for head in thing.value
        for frame in scan.seen.words.frames.get((verb.head, head), ())
        if not act.clause.conditional
        and (gap := max(thing.first - act.last, act.first - thing.last)) >= 0
        and frame.type not in done
    ]
    first = {pair[3]: pair for pair in sorted(every, key=lambda pair: pair[:3], reverse=True)}
    nearest = [(act.first, thing.first, frame.type) for act, frame, thing in _nearest(scan, done)]
    assert sorted(nearest) == sorted(pair[1:] for pair in first.values())
    gaps = [first[kind][:3] for _, _, kind in nearest]
    assert gaps == sorted(gaps)


@settings(max_examples=60, deadline=None)
@given(SENTENCES)
def test_things_beside_an_act_are_those_of_its_clause(text: str) -> None:
    scan = scan_of(text)
    for act in scan.acts:
        clause = act.clause
        assert _before(scan, act) == [
            thing for thing in scan.things if clause.first <= thing.first and thing.last <= act.first
        ]
        assert all(act.last <= thing.first < clause.last for thing in _after(scan, act))


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Chile called on Peru to act", 1),
        ("Chile called in the envoy", None),
        ("Chile urged Peru, then called in the envoy", 1),
        ("Chile met Peru", None),
    ],
)
def test_who_calls_in_an_envoy_asks_nobody(text: str, place: int | None) -> None:
    tokens = tuple(tokens_of(text))
    assert asked(tokens, range(len(tokens))) == place
