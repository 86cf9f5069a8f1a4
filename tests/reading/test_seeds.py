"""The five real articles that were annotated before the reader was written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sekisho.reading import Reading, read

GROUP_A = "jp-group-a-kr"


@pytest.fixture(scope="module")
def gold(shared: Path, scores: Any) -> Any:
    return scores.articles((shared / "facts" / "seed_gold.jsonl").read_text(encoding="utf-8").splitlines())


@pytest.fixture(scope="module")
def seeds(shared: Path, gold: Any, register: Any, scores: Any) -> dict[str, Reading]:
    return {name: read(text, register, name=name) for name, text in scores.texts(shared / "seeds", gold)}


@pytest.fixture(scope="module")
def counted(gold: Any, seeds: Any, scores: Any, as_read: Any) -> Any:
    return scores.score(gold, {name: as_read(reading) for name, reading in seeds.items()})


def test_most_events_are_found(counted: Any) -> None:
    """Type, actor and counterpart right: at least 36 of 41, and hardly any too many."""
    assert counted.all.gold == 41
    assert counted.all.found >= 36
    assert counted.all.precision >= 0.85


def test_nothing_unreal_is_offered_as_happened(counted: Any) -> None:
    assert counted.unreal >= 4
    assert counted.offered == []


def test_statuses_are_right(counted: Any) -> None:
    assert counted.status_accuracy >= 0.95


def test_every_date_is_right_at_its_resolution_or_left_empty(counted: Any) -> None:
    assert counted.dates["wrong"] == counted.dates["coarser"] == counted.dates["invented"] == 0
    assert counted.date_accuracy >= 0.85


def test_the_days_of_publication(gold: Any, seeds: Any) -> None:
    """Two are given in the text, two follow from events on record; of one only the year does."""
    found = {name[:3]: reading.published for name, reading in seeds.items()}
    assert {name: str(each.date) for name, each in found.items() if name != "002"} == {
        name[:3]: each.published for name, each in gold.items() if not name.startswith("002")
    }
    assert str(found["002"].date) in {"2023", "2023-04"}
    assert [name for name, each in sorted(found.items()) if each.sure] == ["001", "003"]


def test_quotes_point_at_the_text(seeds: Any, shared: Path) -> None:
    for name, reading in seeds.items():
        text = (shared / "seeds" / f"{name}.txt").read_bytes().decode("utf-8")
        for proposal, _ in reading:
            assert all(text[quote.start : quote.end] == quote.text for quote in proposal.quotes)


@pytest.mark.parametrize(
    ("seed", "kind", "field", "shown"),
    [
        # the return to the list is put before the easing, in a March without its own date
        ("001", "country_list_reinstated", "date", "effective 2023-07-21"),
        # a summit of December 2019, and talks of ministers, lie inside the twelve years
        ("002", "summit_held", "first_in", "summit-chengdu-2019"),
        # the company whose rulings became final in 2024 only
        ("003", "court_ruling", "defendant", "2024-01-25"),
        # a duty of an individual licence is no customs procedure
        ("003", "export_control_tightened", "kind", "individual export licence"),
    ],
)
def test_what_the_record_contradicts(
    seeds: Any, register: Any, seed: str, kind: str, field: str, shown: str
) -> None:
    """What the text says, what the record says instead, and the events and sources that show it."""
    reading = next(each for name, each in seeds.items() if name.startswith(seed))
    found = [
        (proposal, each)
        for proposal, against in reading
        for each in against.contradicts
        if proposal.type == kind and each.field == field
    ]
    ((_, each),) = found
    assert each.text
    assert shown in each.record
    known = {event.id for dossier in register.dossiers.values() for event in dossier.events}
    assert {*each.events} <= known
    assert each.events
    assert each.sources
    assert {*each.sources} <= {*register.sources}


def test_two_acts_told_as_one_are_two_on_record(seeds: Any) -> None:
    """The measure on three materials and the loss of Group A are two acts of two dossiers."""
    reading = next(each for name, each in seeds.items() if name.startswith("000"))
    held = {proposal.type: against for proposal, against in reading if proposal.status.value == "happened"}
    assert held["export_control_tightened"].dossier == "jp-three-materials"
    assert held["country_list_removed"].dossier == GROUP_A
    assert {*held["export_control_tightened"].events}.isdisjoint(held["country_list_removed"].events)


def test_only_what_can_be_shown_is_contradicted(seeds: Any) -> None:
    """Every contradiction is one of those above."""
    found = sorted(
        (name[:3], each.field)
        for name, reading in seeds.items()
        for _, a in reading
        for each in a.contradicts
    )
    assert set(found) <= {
        ("000", "order"), ("001", "date"), ("001", "order"), ("002", "first_in"), ("003", "defendant"),
        ("003", "kind"),
    }  # fmt: skip
