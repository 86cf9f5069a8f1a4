"""The scoring of readings: what counts as found, and what as right."""

from __future__ import annotations

from typing import Any

import pytest


def row(
    name: str, kind: str, parties: str, status: str = "happened", date: str = "", at: int = 0
) -> dict[str, Any]:
    actor, counterpart = parties.split(">")
    return {
        "event_id": name, "type": kind, "actor": actor, "counterpart": counterpart, "status": status,
        "date": date, "date_role": "happened", "quote_start": at, "quote_end": at + 10, "quote": "x" * 10,
    }  # fmt: skip


@pytest.fixture
def scored(scores: Any) -> Any:
    def scored(
        gold: list[dict[str, Any]], read: list[dict[str, Any]], published: tuple[str, str] = ("", "")
    ) -> Any:
        total = scores.Scores()
        one, other = (
            scores.article({"id": "a", "publication_date": day, "events": rows})
            for day, rows in zip(published, (gold, read), strict=True)
        )
        total.add(one, other)
        return total

    return scored


def counts(total: Any) -> tuple[int, int, int]:
    return total.all.gold, total.all.read, total.all.found


@pytest.mark.parametrize(
    ("gold", "read", "found"),
    [
        (("export_control_eased", "JP>KR"), ("export_control_eased", "JP>KR"), 1),
        (("export_control_eased", "JP>KR"), ("export_control_eased", "KR>JP"), 0),
        (("export_control_eased", "JP>KR"), ("export_control_tightened", "JP>KR"), 0),
        (("export_control_eased", "JP>KR"), ("export_control_eased", "JP>*"), 0),
        (("talks_held", "JP>KR;US"), ("talks_held", "US;KR;JP>"), 1),
        (("talks_held", "JP>KR"), ("talks_held", "JP>KR;US"), 0),
        (("country_list_removed", "JP>KR;TW"), ("country_list_removed", "JP>TW;KR"), 1),
    ],
)
def test_type_and_parties_must_be_right(scored: Any, gold: Any, read: Any, found: int) -> None:
    assert counts(scored([row("g", *gold)], [row("r", *read)])) == (1, 1, found)


def test_rows_of_one_event_are_one_event(scored: Any) -> None:
    rows = [row("e", "talks_agreed", "JP>KR", date=day) for day in ("2019-11-23", "2019-12")]
    total = scored(rows, rows)
    assert counts(total) == (1, 1, 1)
    assert total.dates["right"] == 2


def test_each_is_found_once(scored: Any) -> None:
    """Two rulings told and one read: one is found; one told and two read: one is too many."""
    two = [row(name, "court_ruling", "KR>JP", date=day) for name, day in (("x", "2018"), ("y", "2023-12-21"))]
    total = scored(two, [row("r", "court_ruling", "KR>JP", date="2023-12-21")])
    assert counts(total) == (2, 1, 1)
    assert total.dates["right"] == 1  # the one of that day
    assert (total.all.precision, total.all.recall) == (1.0, 0.5)
    assert counts(scored(two[:1], two)) == (1, 2, 1)


@pytest.mark.parametrize(
    ("gold", "read", "counted"),
    [
        ("2023-03-16", "2023-03-16", {"right": 1}),
        ("2023-03-16", "2023-03", {"coarser": 1, "invented": 1}),
        ("2023-03", "2023-03-16", {"wrong": 1, "invented": 1}),
        ("2023-03", "2022-03", {"wrong": 1, "invented": 1}),
        ("2023-03", "", {"none": 1}),
        ("", "", {"right": 1}),
        ("", "2023", {"wrong": 1, "invented": 1}),
    ],
)
def test_dates_are_right_at_their_resolution(
    scored: Any, gold: str, read: str, counted: dict[str, int]
) -> None:
    total = scored([row("g", "boycott", "KR>JP", date=gold)], [row("r", "boycott", "KR>JP", date=read)])
    assert {name: n for name, n in total.dates.items() if n} == counted


@pytest.mark.parametrize(
    ("read", "offered"),
    [
        ([("agreement_termination_notice", "KR>JP", "happened")], 1),
        ([("agreement_termination_notice", "KR>JP", "announced")], 0),
        ([("agreement_termination_notice", "JP>KR", "happened")], 1),  # by whomever: it is offered as done
        ([("agreement_signed", "KR>JP", "happened")], 0),
        ([], 0),
    ],
)
def test_unreal_events_offered_as_happened(scored: Any, read: list[Any], offered: int) -> None:
    gold = [row("g", "agreement_termination_notice", "KR>JP", "conditional")]
    total = scored(gold, [row("r", *each) for each in read])
    assert (total.unreal, len(total.offered)) == (1, offered)


def test_a_real_event_beside_an_unreal_one_is_not_taken_for_it(scored: Any) -> None:
    both = [
        row("done", "agreement_termination_notice", "KR>JP", "happened", at=0),
        row("may", "agreement_termination_notice", "KR>JP", "conditional", at=100),
    ]
    total = scored(both, both[:1])
    assert counts(total) == (2, 1, 1)
    assert total.offered == []


def test_what_became_of_the_missed(scored: Any) -> None:
    gold = [row(str(at), "dispute_filed", "KR>JP", at=at * 100) for at in range(3)]
    read = [row("x", "dispute_filed", "JP>KR", at=0), row("y", "dispute_ruling", "WTO>JP", at=102)]
    assert scored(gold, read).missed == {"parties": 1, "type": 1, "nothing": 1}


def test_the_day_of_publication_is_counted(scored: Any) -> None:
    days = (
        ("2023-03-16", "2023-03-16"),
        ("2023-03-16", "2023"),
        ("2023-03-16", ""),
        ("2023-03-16", "2022-01-01"),
    )
    found = [next(iter(scored([], [], published=each).publication)) for each in days]
    assert found == ["right", "coarser", "none", "wrong"]


def test_an_article_that_was_not_read_counts_as_empty(scores: Any) -> None:
    gold = scores.article({"id": "a", "events": [row("g", "boycott", "KR>JP")]})
    total = scores.score({"a": gold}, {})
    assert counts(total) == (1, 0, 0)
    assert total.all.precision is None
    assert total.all.f1 == 0.0
