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
def test_guesses_change_nothing_of_what_rules_tell_but_a_date_that_is_empty_or_coarse(
    text: str, model: Weights
) -> None:
    given_ = accounts(text)
    alone = merged([one for one in given_ if not one.proposal.guessed], model)
    with_guesses = [one for one in merged(given_, model) if not one.guessed]
    plain = [[replace(one, quotes=(), dates=()) for one in each] for each in (with_guesses, alone)]
    assert plain[0] == plain[1]
    for one, other in zip(with_guesses, alone, strict=True):
        assert one.quotes[: len(other.quotes)] == other.quotes
        before = [each for each in other.dates if each.date is not None]
        after = [each for each in one.dates if each.date is not None]
        assert len(after) == max(len(before), len(after[:1]))
        assert all(str(new.date).startswith(str(old.date)) for new, old in zip(after, before, strict=False))


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


BAN = "Chile banned exports of tin to Peru. Chile banned exports of zinc to Peru."


def day(date: str, role: str = "happened", chance: float = 0.8, *, by_report: bool = False) -> Dated:
    return Dated(PartialDate.parse(date), role, by_report, chance=chance)


def joined(*tellings: list[Dated]) -> list[tuple[str, str]]:
    told = accounts(" ".join(f"Chile banned exports of {good} to Peru." for good in ["tin", "zinc", "salt"]))
    [one] = merged([dated(each, *dates) for each, dates in zip(told, tellings, strict=False)], TOGETHER)
    return [(str(each.date), each.role) for each in one.dates]


@pytest.mark.parametrize(
    ("tellings", "kept"),
    [
        pytest.param([[day("2019", chance=0.5)], [day("2022-04")]], ["2022-04"], id="the surer"),
        pytest.param([[day("2022-04")], [day("2019", chance=0.5)]], ["2022-04"], id="the surer, told first"),
        pytest.param([[day("2022-04-02")], [day("2022-04-09")]], ["2022-04-02"], id="the first of equals"),
        pytest.param(
            [[day("2022-04-02")], [day("2022-04-09", chance=0.7)], [day("2022-04-09", chance=0.7)]],
            ["2022-04-09"],
            id="the one that two tellings give",
        ),
        pytest.param(
            [[day("2022", chance=0.9)], [day("2022-04-09", chance=0.6)]], ["2022-04-09"], id="the finer"
        ),
        pytest.param(
            [[day("2022-05-26", chance=0.99, by_report=True)], [day("2022-04", chance=0.4)]],
            ["2022-04"],
            id="the text's own before the day of the report",
        ),
        pytest.param([[], [day("2022-05-26", by_report=True)]], ["2022-05-26"], id="the only one"),
    ],
)
def test_of_several_dates_of_an_act_the_one_least_in_doubt_is_kept(
    tellings: list[list[Dated]], kept: list[str]
) -> None:
    assert joined(*tellings) == [(date, "happened") for date in kept]


def test_the_day_that_an_act_is_planned_for_is_not_that_of_its_announcement() -> None:
    said = day("2022-05-24", "announced", 0.6, by_report=True)
    assert joined([day("2022-06-09", "announced")], [day("2022-06-09", "planned")], [said]) == [
        ("2022-05-24", "announced"),
        ("2022-06-09", "planned"),
    ]
    only = [("2022-06-09", "announced"), ("2022-06-09", "planned")]
    assert joined([day("2022-06-09", "announced")], [day("2022-06-09", "planned")]) == only


@pytest.mark.parametrize(
    ("rule", "guess", "kept"),
    [
        pytest.param([], day("2022-04", chance=0.95), ["2022-04"], id="an empty date"),
        pytest.param([], day("2022-04", chance=0.85), ["None"], id="not unless it is sure"),
        pytest.param([], day("2022-05-26", chance=0.95, by_report=True), ["None"], id="not the report's"),
        pytest.param([day("2022")], day("2022-04", chance=0.95), ["2022-04"], id="a coarse date"),
        pytest.param([day("2021")], day("2022-04", chance=0.95), ["2021"], id="no other date"),
        pytest.param([day("2022-04-09")], day("2022-04", chance=0.95), ["2022-04-09"], id="no finer date"),
        pytest.param(
            [day("2022-04", by_report=True)], day("2022-04-09", chance=0.95), ["2022-04"], id="no report"
        ),
    ],
)
def test_a_guess_dates_what_rules_leave_empty_or_coarse_if_its_own_words_surely_do(
    rule: list[Dated], guess: Dated, kept: list[str]
) -> None:
    first, second = accounts(BAN)
    first = dated(first, *(rule or [Dated(None, "happened")]))
    second = dated(second, replace(guess, words="mdy"))
    [one] = merged([first, replace(second, proposal=replace(second.proposal, guessed=True))], TOGETHER)
    assert [str(each.date) for each in one.dates] == kept
    assert one.quotes[0] == first.proposal.quotes[0]
    assert not any(each.words for each in one.dates), "no day of publication is inferred from a guess"


@pytest.mark.parametrize("status", list(Status))
def test_a_guess_of_what_is_done_dates_nothing_that_is_open_or_denied(status: Status) -> None:
    told = [control(status), control(Status.HAPPENED, guessed=True)]
    dates = [Dated(None, "happened")], [day("2022-04", chance=0.95)]
    told = [replace(one, dates=tuple(each)) for one, each in zip(told, dates, strict=True)]
    both = [replace(each, proposal=one) for each, one in zip(accounts(BAN), told, strict=True)]
    [one] = merged(both, TOGETHER)
    assert [str(each.date) for each in one.dates] == (["2022-04"] if status.real else ["None"])


def test_the_first_quote_is_of_the_telling_that_gives_the_date() -> None:
    text = "The ban on exports of tin to Peru hurt Chile. Chile banned exports of tin to Peru in April 2021."
    told = accounts(text)
    [one] = merged([each for each in told if each.proposal.type == "export_control_tightened"], TOGETHER)
    assert "April 2021" in text[one.quotes[0].start : one.quotes[0].end + 20]
    assert len(one.quotes) == 2


def test_whichever_telling_leads_no_party_of_talks_is_lost() -> None:
    first, second = accounts("Chile and Peru held talks in Lima. Peru and Chile held talks in April.")
    pair = [replace(first.proposal, actor=("CL",), counterpart=("PE",), dates=(Dated(None, "happened"),))]
    pair += [replace(second.proposal, actor=("PE",), counterpart=("CL",), dates=(day("2022-04"),))]
    told = [replace(each, proposal=one) for each, one in zip((first, second), pair, strict=True)]
    [one] = merged(told, TOGETHER)
    assert (one.actor, one.counterpart) == (("PE",), ("CL",))


def test_a_telling_is_compared_with_no_more_acts_than_an_article_has(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: Counter[int] = Counter()

    def counted(one: Account, other: Account) -> list[str]:
        asked[other.told.start] += 1
        return [*features_of_acts(one, other)]

    monkeypatch.setattr(merging, "features_of_acts", counted)
    told = accounts(" ".join(f"Chile banned exports of tin to Peru in {year}." for year in range(1950, 2020)))
    assert len(merged(told, APART)) == len(told) == 70
    assert max(asked.values()) == 24
