"""Where a dossier stands: the fold of what had happened, as far as it was known."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.dates import PartialDate
from sekisho.errors import NotFound
from sekisho.model import Confidence, Dossier, Event, Term
from sekisho.register.life_cycle import forbidden, moments, notice_deadline, read_life_cycles, status
from sekisho.register.register import Register

PACT = read_life_cycles(
    {
        "agreement": {
            "first": "none",
            "states": {
                "none": "not concluded",
                "in_force": "in force",
                "notified": "ending",
                "ended": "ended",
            },
            "neutral": ["talk"],
            "transition": [
                {"event": "sign", "moment": "effective", "from": ["none", "ended"], "to": "in_force"},
                {"event": "notice", "moment": "announced", "from": ["in_force"], "to": "notified"},
                {"event": "notice", "moment": "effective", "from": ["notified"], "to": "ended"},
                {"event": "withdraw", "moment": "announced", "from": ["notified"], "to": "in_force"},
            ],
        }
    }
)["agreement"]


def event(
    name: str, kind: str, announced: str = "", effective: str = "", stops: tuple[str, ...] = ()
) -> Event:
    return Event(
        id=name, dossier="pact", kind=kind, by=("JP",), toward=(), promulgated=None, summary="s",
        announced=PartialDate.parse(announced) if announced else None,
        effective=PartialDate.parse(effective) if effective else None,
        sources=("s",), confidence=Confidence.HIGH, stops=stops,
    )  # fmt: skip


def pact(*events: Event, term: Term | None = None) -> Dossier:
    return Dossier(
        id="pact", kind="agreement", title="t", parties=("JP",), about="a", sources=(), events=events,
        term=term,
    )  # fmt: skip


SIGNED = event("signed", "sign", effective="2016-11-23")
NOTICE = event("notice", "notice", announced="2019-08-23", effective="2019-11-23")
WITHDRAWN = event("withdrawn", "withdraw", announced="2019-11-22", stops=("notice",))


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("events", "on", "known_on", "state", "pending"),
    [
        ((SIGNED,), "2016-11-22", None, "none", ["signed"]),
        ((SIGNED,), "2016-11-23", None, "in_force", []),
        ((SIGNED, NOTICE), "2019-08-23", None, "notified", ["notice"]),
        ((SIGNED, NOTICE), "2019-11-22", None, "notified", ["notice"]),
        ((SIGNED, NOTICE), "2019-11-23", None, "ended", []),
        ((SIGNED, NOTICE), "2019-11-23", "2019-08-22", "in_force", []),
        ((SIGNED, NOTICE, WITHDRAWN), "2019-11-21", "2019-11-21", "notified", ["notice"]),
        ((SIGNED, NOTICE, WITHDRAWN), "2019-11-23", None, "in_force", []),
        ((SIGNED, NOTICE, WITHDRAWN), "2019-11-23", "2019-11-21", "ended", []),
        ((SIGNED, event("t", "talk", announced="2018")), "2018-06-01", None, "in_force", []),
        ((event("s", "sign", effective="2016"),), "2016-06-01", None, "uncertain", []),
        ((event("s", "sign", effective="2016"),), "2016-12-31", None, "in_force", []),
    ],
)  # fmt: skip
def test_where_a_dossier_stands(
    events: tuple[Event, ...], on: str, known_on: str | None, state: str, pending: list[str]
) -> None:
    found = status(pact(*events), PACT, day(on), day(known_on) if known_on else None)
    assert found.state == state
    assert found.words == PACT.states.get(state, "not known on that day")
    assert [moment.event.id for moment in found.pending] == pending


@pytest.mark.parametrize(
    ("dossier", "problems"),
    [
        (pact(SIGNED, NOTICE, WITHDRAWN), []),
        (
            pact(NOTICE),
            [
                ("notice", "kind", "'notice' (announced) is forbidden while the agreement is 'none'"),
                ("notice", "kind", "'notice' (effective) is forbidden while the agreement is 'none'"),
            ],
        ),
        (
            pact(event("x", "burn", announced="2019")),
            [("x", "kind", "'burn' is not an event of a dossier of kind agreement")],
        ),
        (
            dataclasses.replace(pact(), first="asleep"),
            [("pact", "first", "'asleep' is not a state of a dossier of kind agreement")],
        ),
    ],
)
def test_what_a_life_cycle_forbids(dossier: Dossier, problems: list[tuple[str, str, str]]) -> None:
    assert list(forbidden(dossier, PACT)) == problems


@settings(max_examples=150)
@given(st.data(), st.dates(dt.date(2003, 1, 1), dt.date(2027, 1, 1)), st.integers(0, 9000))
def test_what_comes_later_never_changes_where_a_dossier_stood(
    register: Register, data: st.DataObject, on: dt.date, later: int
) -> None:
    """News after a day may change what is pending on it, not what had happened by then.

    Unless it tells of something that had happened: then it only adds.
    """
    name = data.draw(st.sampled_from(sorted(register.dossiers)))
    then = register.status(name, on, on + dt.timedelta(days=later))
    now = register.status(name, on, on)
    assert {m.event.id for m in now.happened} <= {m.event.id for m in then.happened}
    assert then.state in {*register.life_cycles[register.dossier(name).kind].states, "uncertain"}
    dates = [moment.date.last for moment in moments(register.dossier(name).events, on)]
    assert dates == sorted(dates)


TERM = Term(starts_with="signed", years=1, notice_days=90)


@pytest.mark.parametrize(
    ("on", "deadline", "last_day"),
    [
        ("2016-11-23", "2017-08-24", "2017-11-22"),
        ("2019-08-24", "2019-08-24", "2019-11-22"),
        ("2019-08-25", "2020-08-24", "2020-11-22"),
    ],
)
def test_the_last_day_to_give_notice(on: str, deadline: str, last_day: str) -> None:
    assert notice_deadline(pact(SIGNED, term=TERM), day(on)) == (day(deadline), day(last_day))


def test_no_notice_before_the_term_or_without_one() -> None:
    assert notice_deadline(pact(SIGNED, term=TERM), day("2016-11-22")) is None
    assert notice_deadline(pact(SIGNED), day("2019-01-01")) is None


def test_a_term_may_start_on_a_leap_day() -> None:
    """A year from 29 February ends with 28 February."""
    signed = event("signed", "sign", effective="2016-02-29")
    found = notice_deadline(pact(signed, term=TERM), day("2016-06-01"))
    assert found == (day("2016-11-30"), day("2017-02-28"))


def test_a_dossier_that_does_not_exist_names_the_nearest(register: Register) -> None:
    with pytest.raises(NotFound, match="there is no dossier 'gsomai'; did you mean gsomia"):
        register.status("gsomai", day("2019-08-23"))
