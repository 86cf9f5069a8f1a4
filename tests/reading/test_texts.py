"""Made-up articles about many countries and goods: what they tell is found, and nothing unreal as real."""

from __future__ import annotations

from typing import Any

import pytest

TYPES = 32
UNREAL = {"conditional", "considered", "denied"}


@pytest.fixture(scope="module")
def all_scores(made_up: Any, reading_of: Any, wanted: Any, as_read: Any, scores: Any) -> Any:
    total = scores.Scores()
    for case in made_up:
        total.add(wanted(case), as_read(reading_of(case)))
    return total


def test_the_texts_cover_every_type_and_status(made_up: Any) -> None:
    events = [event for case in made_up for event in case.events]
    assert len(made_up) >= 80
    assert len({event.type for event in events}) == TYPES
    assert {event.status for event in events} == UNREAL | {"happened", "announced"}
    parties = {code for event in events for code in f"{event.actor};{event.counterpart}".split(";")}
    assert len(parties - {"", "*"}) >= 30


def test_no_unreal_event_is_offered_as_happened(
    case: Any, reading_of: Any, wanted: Any, as_read: Any
) -> None:
    """Whoever is said to do it: an act that only may be done is never read as done."""
    told = wanted(case).events
    done = {(event.type, event.key) for event in told if event.status not in UNREAL}
    unreal = [event for event in told if event.status in UNREAL and (event.type, event.key) not in done]
    read = {event.key: event.status for event in as_read(reading_of(case)).events}
    assert [event.key for event in unreal if read.get(event.key) == "happened"] == []


def test_every_quote_is_the_text_at_its_offsets(case: Any, reading_of: Any) -> None:
    reading = reading_of(case)
    assert reading.text == case.text
    for proposal, _ in reading:
        assert proposal.quotes
        for quote in proposal.quotes:
            assert case.text[quote.start : quote.end] == quote.text != ""


def test_events_are_found(found_case: Any, reading_of: Any, wanted: Any, as_read: Any, scores: Any) -> None:
    """Type, actor, counterpart and status of each, and of its dates none that the text does not give."""
    gold, read = wanted(found_case), as_read(reading_of(found_case))
    pairs = scores.matched(gold.events, read.events)
    found = {one.id for one, _ in pairs}
    assert [f"{event.type} {event.id}" for event in gold.events if event.id not in found] == []
    assert [(one.id, one.status, other.status) for one, other in pairs if one.status != other.status] == []
    wrong = [(one.id, one.dates, other.dates) for one, other in pairs if {*other.dates} - {*one.dates}]
    assert wrong == []


def test_most_of_all_texts_is_right(all_scores: Any) -> None:
    """The floor that a change of the reader must not fall under."""
    strict = all_scores.all
    assert strict.precision >= 0.85
    assert strict.recall >= 0.80
    assert all_scores.status_accuracy >= 0.95
    assert all_scores.date_accuracy >= 0.90
    assert all_scores.offered == []


def test_reading_again_gives_the_same(made_up: Any, reading_of: Any, register: Any) -> None:
    from sekisho.dates import PartialDate  # noqa: PLC0415
    from sekisho.reading import as_record, read  # noqa: PLC0415

    for case in made_up[::9]:
        again = read(case.text, register, name=case.id, published_on=PartialDate.parse(case.published))
        assert as_record(again) == as_record(reading_of(case))
