"""An act told twice is one proposal with two quotes, two acts are two, and no telling is lost."""

from __future__ import annotations

import tomllib
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.dates import PartialDate
from sekisho.reading import merging
from sekisho.reading.acts import Account, features_of_acts, may_be_one
from sekisho.reading.article import accounts_of, draft, proposals
from sekisho.reading.merging import merged
from sekisho.reading.proposal import Dated, Proposal
from sekisho.reading.status import Status
from sekisho.reading.weights import Weights

TOLD_TWICE = tomllib.loads((Path(__file__).parent / "told_twice.toml").read_text("utf-8"))
PUBLISHED = PartialDate.parse(TOLD_TWICE["published"])
APART, TOGETHER = Weights(-30.0, {}), Weights(30.0, {})
SENTENCES = st.lists(
    st.sampled_from(
        [
            "Chile banned exports of tin to Peru on Monday.",
            "Chile banned exports of zinc to Peru in 2019.",
            "The ban on exports to Peru hurt Chile's mines.",
            "Chile may ban exports of copper to Peru.",
            "If talks fail, Chile would ban exports of salt to Peru.",
            "Chile denied that it banned exports of lead to Peru.",
            "Chile and Peru held talks in Lima on Tuesday.",
            "Traders spoke of Chile's curbs on tin.",
        ]
    ),
    max_size=12,
).map(" ".join)
MODELS = st.builds(
    Weights,
    st.floats(-3, 3),
    st.dictionaries(
        st.sampled_from(["dates=apart", "dates=equal", "status=same", "away=1", "ways=guess+rule"]),
        st.floats(-3, 3),
    ),
)


def accounts(text: str) -> list[Account]:
    return accounts_of(draft(text), PUBLISHED)


def control(status: Status, toward: str = "PE", *, guessed: bool = False) -> Proposal:
    [one] = accounts("Chile banned exports of tin to Peru on Monday.")
    return replace(one.proposal, status=status, counterpart=(toward,), guessed=guessed)


def dated(one: Account, *dates: Dated) -> Account:
    return replace(one, proposal=replace(one.proposal, dates=dates))


def known(case: dict[str, Any]) -> list[pytest.MarkDecorator]:
    return [pytest.mark.xfail(reason=case["miss"], strict=True)] if "miss" in case else []


@pytest.mark.parametrize(
    "case", [pytest.param(each, id=each["text"][:60], marks=known(each)) for each in TOLD_TWICE["case"]]
)
def test_an_act_is_told_once_however_often_the_text_tells_it(case: dict[str, Any]) -> None:
    found = [one for one in proposals("a", draft(case["text"]), PUBLISHED) if one.type == case["type"]]
    told = [[str(each.date or "") for each in one.dates] for one in found if not one.guessed]
    assert told == case["acts"]


@settings(max_examples=40, deadline=None)
@given(SENTENCES, MODELS)
def test_no_telling_is_lost_whatever_the_weights(text: str, model: Weights) -> None:
    given_ = accounts(text)
    found = merged(given_, model)
    kept = Counter((one.type, quote) for one in found for quote in one.quotes)
    assert {*kept} == {(one.proposal.type, one.proposal.quotes[0]) for one in given_}
    sure = [one.proposal.confidence for one in given_ if not one.proposal.guessed]
    assert max((one.confidence for one in found if not one.guessed), default=0) == max(sure, default=0)
    assert [one.quotes[0].start for one in found] == sorted(one.quotes[0].start for one in found)


@settings(max_examples=40, deadline=None)
@given(SENTENCES, MODELS)
def test_guesses_change_nothing_of_what_rules_tell(text: str, model: Weights) -> None:
    given_ = accounts(text)
    alone = merged([one for one in given_ if not one.proposal.guessed], model)
    with_guesses = [one for one in merged(given_, model) if not one.guessed]
    assert [replace(one, quotes=()) for one in with_guesses] == [replace(one, quotes=()) for one in alone]
    for one, other in zip(with_guesses, alone, strict=True):
        assert one.quotes[: len(other.quotes)] == other.quotes


@settings(max_examples=40, deadline=None)
@given(SENTENCES)
def test_features_are_the_same_whichever_telling_comes_first(text: str) -> None:
    told = accounts(text)
    for one in told:
        for other in told:
            if one.proposal.type == other.proposal.type and one.told.start != other.told.start:
                assert [*features_of_acts(one, other)] == [*features_of_acts(other, one)]


@pytest.mark.parametrize("status", list(Status))
@pytest.mark.parametrize("other", list(Status))
def test_what_is_open_or_denied_is_never_one_with_what_is_done(status: Status, other: Status) -> None:
    alike = status is other or (status.real and other.real)
    assert may_be_one(control(status), control(other)) is alike
    assert may_be_one(control(status), control(other, guessed=True))


def test_a_control_toward_all_may_be_the_one_toward_somebody() -> None:
    one, other, third = (control(Status.HAPPENED, toward) for toward in ("*", "PE", "BO"))
    assert may_be_one(one, other)
    assert not may_be_one(other, third)
    first, second = accounts("Chile banned exports of tin to Peru. Chile banned exports of zinc to Peru.")
    [found] = merged([replace(first, proposal=one), second], TOGETHER)
    assert found.counterpart == ("PE",)


def test_weights_alone_part_or_join() -> None:
    told = accounts(
        "Chile banned exports of tin to Peru on Monday. Chile banned exports of zinc to Peru in 2019."
    )
    assert len(merged(told, APART)) == 2
    [one] = merged(told, TOGETHER)
    assert len(one.quotes) == 2


@pytest.mark.parametrize(
    ("first", "second", "feature"),
    [
        ([("2022-05-23", "happened")], [("2022-05-23", "happened")], "dates=equal"),
        ([("2022-05", "happened")], [("2022-05-23", "happened")], "dates=overlap"),
        ([("2022-05-23", "happened")], [("2022-05-20", "happened")], "dates=apart,week,own"),
        ([("2022-05-23", "happened")], [("2022-04-20", "announced")], "dates=apart,month,own"),
        ([("2022-05-23", "happened")], [("2021-07", "happened")], "dates=apart,year,own"),
        ([("2022-05-23", "happened")], [("2016", "happened")], "dates=apart,long,own"),
        ([("2022-05-23", "announced")], [("2022-06-01", "effective")], "dates=beside"),
        ([("2022-05-23", "happened")], [], "dates=one"),
        ([], [], "dates=none"),
    ],
)
def test_dates_are_the_same_or_apart_where_both_are_of_the_act(
    first: list[tuple[str, str]], second: list[tuple[str, str]], feature: str
) -> None:
    told = accounts("Chile banned exports of tin to Peru. Chile banned exports of zinc to Peru.")
    one, other = (
        dated(each, *(Dated(PartialDate.parse(date), role) for date, role in dates))
        for each, dates in zip(told, (first, second), strict=True)
    )
    assert feature in {*features_of_acts(one, other)}


def test_the_date_of_the_text_goes_before_the_day_of_the_report_and_the_finer_before_the_coarser() -> None:
    told = accounts("Chile banned exports of tin to Peru. Chile banned exports of zinc to Peru.")
    report = Dated(PartialDate(2022, 5, 26), "happened", by_report=True)
    month, day = (Dated(PartialDate(2022, 5, at), "happened") for at in (None, 23))
    for first, second, kept in (
        (report, day, day),
        (month, day, day),
        (day, report, day),
        (report, month, month),
    ):
        [one] = merged([dated(told[0], first), dated(told[1], second)], TOGETHER)
        assert one.dates == (kept,)


def test_a_telling_is_compared_with_no_more_acts_than_an_article_has(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: Counter[int] = Counter()

    def counted(one: Account, other: Account) -> list[str]:
        asked[other.told.start] += 1
        return [*features_of_acts(one, other)]

    monkeypatch.setattr(merging, "features_of_acts", counted)
    told = accounts(" ".join(f"Chile banned exports of tin to Peru in {year}." for year in range(1950, 2020)))
    assert len(merged(told, APART)) == len(told) == 70
    assert max(asked.values()) == 24
