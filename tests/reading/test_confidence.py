"""How sure the reader is: the less sure is listed apart, never lost; nothing left open is guessed as done."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.dates import PartialDate
from sekisho.errors import ValueInvalid
from sekisho.reading import as_record, read
from sekisho.reading.answers import answers
from sekisho.reading.article import draft, proposals
from sekisho.reading.confidence import THRESHOLD
from sekisho.reading.reading import doubtful_rows
from sekisho.reading.weighing import Gist
from sekisho.reading.weights import Weights, lines_of, parse_weights, weights

DAY = PartialDate(2022, 5, 23)
STORY = """Chile tightens controls on lithium exports

SANTIAGO, May 23, 2022 - Chile tightened its controls on exports of lithium to Peru on Monday, the trade ministry said.

The curbs came after talks between the two countries on a water treaty. Peru may file a complaint at the World Trade Organization.

Peruvian shops dropped Chilean wine, and Chile's top court ruled on a Peruvian firm last year.
"""  # noqa: E501
CONFIDENCES = st.integers(0, 100).map(lambda number: number / 100)


def found(text: str, model: Weights | None = None) -> list[Any]:
    return list(proposals("a", draft(text), DAY, model=model))


def test_a_confidence_is_between_none_and_one_in_hundredths(made_up: Any) -> None:
    told = [one for case in made_up for one in found(case.text)]
    assert len(told) > 200
    assert all(0 <= one.confidence <= 1 and one.confidence == round(one.confidence, 2) for one in told)
    assert len({one.confidence for one in told}) > 20


@given(CONFIDENCES, CONFIDENCES)
def test_what_is_left_out_is_listed_apart(register: Any, one: float, other: float) -> None:
    low, high = (
        read(STORY, register, published_on=DAY, least_confidence=least) for least in sorted((one, other))
    )
    for reading in (low, high):
        assert all(each.confidence >= reading.least_confidence for each in reading.proposals)
        assert all(each.confidence < reading.least_confidence for each in reading.doubtful)
        assert len(reading.against) == len(reading.proposals)
    assert {*low.proposals, *low.doubtful} == {*high.proposals, *high.doubtful}
    assert {*high.proposals} <= {*low.proposals}


def test_what_a_rule_tells_is_never_lost(made_up: Any) -> None:
    """However little it is trusted, it is there to be listed; what is only guessed is not."""
    sure, doubted = Weights(0.0, {}), Weights(-20.0, {})
    for case in made_up:
        kept = [one for one in found(case.text, sure) if not one.guessed]
        low = found(case.text, doubted)
        assert all(one.confidence == 0 and not one.guessed for one in low)
        assert [(one.id, one.type, one.actor, one.counterpart) for one in low] == [
            (one.id, one.type, one.actor, one.counterpart) for one in kept
        ]


def test_a_guess_changes_nothing_that_is_told(made_up: Any) -> None:
    for case in made_up:
        told = {one.id: one for one in found(case.text, Weights(-20.0, {}))}
        for one in found(case.text, Weights(20.0, {})):
            if not one.guessed:
                same = told[one.id]
                assert (one.status, one.dates, one.condition, one.quotes[0]) == (
                    same.status,
                    same.dates,
                    same.condition,
                    same.quotes[0],
                )


@pytest.mark.parametrize(
    "text",
    [
        "Chile's curbs on lithium exports to Peru could follow, officials said.",
        "No controls on exports of lithium to Peru came into being in Chile.",
        "Chile and Peru planned a summit on exports of lithium.",
        "Would a boycott of Chilean wine in Peru help?",
        "Peru's officials were asked about an agreement with Chile.",
        "If Chile's ban on Peruvian fish comes, the pact with Peru is void.",
    ],
)
def test_what_a_word_leaves_open_is_not_guessed_as_done(text: str) -> None:
    certain = Weights(20.0, {})
    assert [one for one in found(text, certain) if one.guessed and one.status.real] == []


def test_answers_begin_with_that_of_the_rules_and_come_once(made_up: Any) -> None:
    for case in made_up:
        read_ = draft(case.text)
        gist = Gist.of(read_.told, read_.main)
        for one in read_.told:
            given_ = list(answers(one, gist))
            assert {*given_[0][0]} >= {*one.actor}
            assert len(given_) == len({*given_})


def test_an_answer_says_toward_whom_where_the_text_names_anybody(made_up: Any) -> None:
    for case in made_up:
        read_ = draft(case.text)
        gist = Gist.of(read_.told, read_.main)
        for one in read_.told:
            given_ = list(answers(one, gist))
            assert all(actor and at for actor, at in given_) or len(given_) == 1
            assert all({*actor}.isdisjoint(at) for actor, at in given_[1:])


def test_a_panel_is_toward_a_side_of_its_dispute_though_its_sentence_names_none() -> None:
    read_ = draft(
        "Norway filed a complaint against Chile at the World Trade Organization over duties on salmon.\n\n"
        "At its meeting on May 30, 2016, the WTO established a panel."
    )
    gist = Gist.of(read_.told, read_.main)
    (panel,) = (one for one in read_.told if one.type == "dispute_panel_established" and not one.guess)
    given_ = list(answers(replace(panel, counterpart=()), gist))
    assert (("WTO",), ("CL",)) in given_
    assert {actor for actor, _ in given_} == {("WTO",)}
    assert (("WTO",), ()) not in given_


def test_who_acts_alone_stays_where_the_text_names_nobody_else() -> None:
    read_ = draft("Chile filed a complaint.")
    gist = Gist.of(read_.told, read_.main)
    given_ = [pair for one in read_.told for pair in answers(one, gist)]
    assert {*given_} <= {(("CL",), ())}


def test_a_choice_of_parties_is_by_weight() -> None:
    text = "Chile tightened its controls on exports of lithium to Peru on Monday."
    toward_all = Weights(0.0, {"toward=*,export_control_tightened": 9.0})
    (one,) = (each for each in found(text, toward_all) if not each.guessed)
    assert (one.actor, one.counterpart) == (("CL",), ("*",))
    (one,) = (each for each in found(text) if not each.guessed)
    assert (one.actor, one.counterpart) == (("CL",), ("PE",))


@pytest.mark.parametrize(
    ("word", "number", "parties"), [("trilateral", 3, {"CL", "PE", "BR"}), ("bilateral", 2, {"CL", "PE"})]
)
def test_how_many_met_is_weighed_with_the_word_that_says_so(
    word: str, number: int, parties: set[str]
) -> None:
    text = f"Chile and Peru held {word} talks on Monday in a hall in Lima, watched by Brazil."
    (one,) = (
        each for each in found(text, Weights(0.0, {f"circle={number},{word}": 9.0})) if not each.guessed
    )
    assert {*one.actor, *one.counterpart} == parties


@pytest.mark.parametrize("least", [-0.01, 1.01, float("nan")])
def test_a_least_confidence_that_is_none_is_refused(register: Any, least: float) -> None:
    with pytest.raises(ValueInvalid, match=r"is no confidence; expected a number between 0 and 1"):
        read(STORY, register, least_confidence=least)


def test_rows_tell_the_confidence(register: Any) -> None:
    reading = read(STORY, register, published_on=DAY)
    record = as_record(reading)
    assert record["least_confidence"] == THRESHOLD
    assert all(row["confidence"] >= THRESHOLD for row in record["events"])
    assert all(row["confidence"] < THRESHOLD for row in doubtful_rows(reading))
    assert record["events"]
    everything = read(STORY, register, published_on=DAY, least_confidence=0.0)
    ids = {row["event_id"] for row in as_record(everything)["events"]}
    assert ids == {row["event_id"] for row in (*record["events"], *doubtful_rows(reading))}


def test_the_weights_that_are_shipped_are_as_they_are_written() -> None:
    text = files("sekisho.reading").joinpath("weights/tellings.csv").read_text(encoding="utf-8")
    kept = parse_weights(text, "tellings.csv")
    assert kept == weights("tellings")
    assert "".join(f"{line}\n" for line in lines_of(kept)) == text
    assert len(text) < 100_000
    assert len(kept.of) > 500
