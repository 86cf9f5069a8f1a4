"""Law in two times: windows of rows, epochs between changes, and what was known when."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.dates import PartialDate
from sekisho.model import Approval, Basis, Confidence, Event, Provision
from sekisho.register.law import Window, window
from sekisho.register.register import Register

DAY = dt.timedelta(days=1)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def event(name: str, effective: str | None, announced: str | None = None) -> Event:
    return Event(
        id=name, dossier="d", kind="k", by=(), toward=(), promulgated=None, summary="", sources=("s",),
        announced=PartialDate.parse(announced) if announced else None,
        effective=PartialDate.parse(effective) if effective else None,
        confidence=Confidence.HIGH,
    )  # fmt: skip


def row(begins: str, ends: str = "", basis: Basis = Basis.AMENDED) -> Approval:
    return Approval(
        id="row", from_event=begins, until_event=ends, basis=basis, sources=("s",), note="", kind="any",
        confidence=Confidence.HIGH, item="*", destination="*", condition="", clause="c",
    )  # fmt: skip


EVENTS = {
    one.id: one
    for one in (
        event("start", "2019-07-04", "2019-07-01"),
        event("end", "2023-03-23", "2023-03-16"),
        event("year", "2004"),
        event("month", "2012-07"),
        event("late-news", "2012-04-01", "2012-04-02"),
        event("only-announced", None, "2019-07-01"),
        dataclasses.replace(
            event("gazette-first", "2012-04-01", "2012-04-02"), promulgated=PartialDate.parse("2012-03-31")
        ),
    )
}

STANDS = [
    ("start", "", Basis.AMENDED, [("2019-07-03", False), ("2019-07-04", True), ("2040-01-01", True)]),
    ("start", "end", Basis.AMENDED, [("2023-03-22", True), ("2023-03-23", False), ("2023-03-24", False)]),
    ("start", "", Basis.EARLIEST_READ, [("2000-01-01", True), ("2019-07-04", True)]),
    ("start", "", Basis.NEWEST_ONLY, [("2000-01-01", True), ("2019-07-04", True)]),
    ("start", "", Basis.NOT_BEFORE, [("2000-01-01", None), ("2019-07-03", None), ("2019-07-04", True)]),
    ("year", "month", Basis.AMENDED,
     [("2003-12-31", False), ("2004-01-01", None), ("2004-12-30", None), ("2004-12-31", True),
      ("2012-06-30", True), ("2012-07-01", None), ("2012-07-30", None), ("2012-07-31", False)]),
    ("year", "", Basis.EARLIEST_READ, [("2004-06-01", True)]),
    ("only-announced", "", Basis.AMENDED, [("2019-07-01", False), ("2040-01-01", False)]),
]  # fmt: skip


@pytest.mark.parametrize(("begins", "ends", "basis", "stands"), STANDS)
def test_when_a_row_stands(
    begins: str, ends: str, basis: Basis, stands: list[tuple[str, bool | None]]
) -> None:
    span = window(row(begins, ends, basis), EVENTS, None)
    assert span is not None
    assert [(text, span.holds(day(text))) for text, _ in stands] == stands


KNOWN = [
    ("start", "", Basis.AMENDED, "2019-06-30", None),
    ("start", "", Basis.AMENDED, "2019-07-01", "9999-12-31"),
    ("start", "end", Basis.AMENDED, "2023-03-15", "9999-12-31"),
    ("start", "end", Basis.AMENDED, "2023-03-16", "2023-03-23"),
    ("start", "end", Basis.EARLIEST_READ, "2000-01-01", "9999-12-31"),
    ("year", "", Basis.AMENDED, "2004-12-30", None),
    ("year", "", Basis.AMENDED, "2004-12-31", "9999-12-31"),
    ("late-news", "", Basis.AMENDED, "2012-04-01", None),
    ("late-news", "", Basis.AMENDED, "2012-04-02", "9999-12-31"),
    ("gazette-first", "", Basis.AMENDED, "2012-03-30", None),
    ("gazette-first", "", Basis.AMENDED, "2012-03-31", "9999-12-31"),
]


@pytest.mark.parametrize(("begins", "ends", "basis", "known_on", "until"), KNOWN)
def test_what_was_known_of_a_row(
    begins: str, ends: str, basis: Basis, known_on: str, until: str | None
) -> None:
    span = window(row(begins, ends, basis), EVENTS, day(known_on))
    assert (None if span is None else span.end[0].isoformat()) == until


days = st.dates(dt.date(2002, 1, 1), dt.date(2027, 1, 1))
spans = st.lists(days, min_size=4, max_size=4).map(sorted)


@given(spans, days, st.sampled_from(Basis))
def test_a_window_changes_only_at_its_edges(edges: list[dt.date], on: dt.date, basis: Basis) -> None:
    span = Window((edges[0], edges[1]), (edges[2], edges[3]), basis)
    if on not in span.edges():
        assert span.holds(on) is span.holds(on - DAY)
        assert span.unread(on) is span.unread(on - DAY) or on in span.edges()


@settings(max_examples=80)
@given(days, st.none() | days)
def test_nothing_changes_inside_an_epoch(register: Register, on: dt.date, known_on: dt.date | None) -> None:
    """What is kept for an epoch is what would be worked out for each of its days."""
    law = register.law("JP", known_on)
    assert law is not None
    assert law.on(on).standing == law._state(on).standing


@settings(max_examples=30)
@given(st.data())
def test_every_change_begins_an_epoch(register: Register, data: st.DataObject) -> None:
    law = register.law("JP")
    assert law is not None
    change = data.draw(st.sampled_from(law.changes))
    assert law.epoch(change) == law.epoch(change - DAY) + 1
    assert law.on(change) is not law.on(change - DAY)


def test_a_row_applied_before_the_oldest_text_read_says_so(register: Register) -> None:
    law = register.law("JP")
    assert law is not None
    unread = next(
        (provision, span) for provision, span in law.windows if provision.basis is Basis.EARLIEST_READ
    )
    standing = find(law.on(unread[1].start[1] - DAY).standing, unread[0])
    assert (standing.certain, standing.confidence) == (True, Confidence.LOW)
    assert "the oldest text read that holds it" in standing.caveat
    assert find(law.on(unread[1].start[1]).standing, unread[0]).caveat == ""


def find(standing: object, wanted: Provision) -> object:
    assert isinstance(standing, dict)
    return next(entry for entry in standing[type(wanted)] if entry.row == wanted)


def test_the_law_of_a_country_that_is_not_on_record(register: Register) -> None:
    assert register.law("US") is None
    assert register.view(day("2019-07-04")).law("US") is None


def test_a_view_is_named_by_both_days(register: Register) -> None:
    view = register.view(day("2019-07-04"), day("2019-07-02"))
    assert view.fingerprint == f"{register.fingerprint}@2019-07-04/2019-07-02"
    assert register.view(day("2019-07-04")).fingerprint.endswith("@2019-07-04/all")


def test_a_register_that_was_asked_is_equal_to_one_that_was_not(register: Register) -> None:
    asked, other = dataclasses.replace(register, _laws={}), dataclasses.replace(register, _laws={})
    assert asked.law("JP", day("2019-07-04")) is not None
    assert asked == other
    assert asked != dataclasses.replace(other, fingerprint="0" * 16)
