"""What becomes of accepted proposals: events of an overlay."""

from __future__ import annotations

import concurrent.futures
import datetime as dt
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sekisho.dates import PartialDate
from sekisho.errors import ValueInvalid
from sekisho.reading import read
from sekisho.reading.desk import Desk
from sekisho.reading.overlay import decide_and_write, write_overlay
from sekisho.register.open import open_register
from sekisho.register.register import DATA

TIN = """Vietnam banned exports of tin ore to China on Monday.

Peru may ban exports of tin ore as well."""
RUMOUR = """Japan is considering removing South Korea from its list of trusted trading partners.

Japan eased its export controls on photoresist bound for South Korea in December 2019."""
DECIDED = dt.date(2026, 5, 12)


@pytest.fixture(autouse=True)
def shipped() -> Iterator[None]:
    """Whatever is accepted or tried, the shipped register stays as it is, byte by byte."""
    before = _digest()
    yield
    assert _digest() == before


def _digest() -> str:
    files = sorted(path for path in DATA.rglob("*") if path.is_file())
    told = hashlib.sha256()
    for path in files:
        told.update(str(path.relative_to(DATA)).encode() + path.read_bytes())
    return told.hexdigest()


@pytest.fixture
def desk(tmp_path: Path, register: Any) -> Desk:
    desk = Desk(tmp_path / "desk.sqlite", create=True)
    desk.put(
        [
            read(TIN, register, name="tin", published_on=PartialDate(2023, 3, 24)),
            read(RUMOUR, register, name="rumour", published_on=PartialDate(2026, 5, 11)),
            read(TIN, register, name="undated"),
        ]
    )
    return desk


def accept(desk: Desk, name: str, dossier: str = "") -> None:
    desk.decide(name, "accepted", by="A. Mori", reason="notice seen", on=DECIDED, dossier=dossier)


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_an_accepted_proposal_is_an_event_of_the_overlay(desk: Desk, register: Any, tmp_path: Path) -> None:
    accept(desk, "tin-1")
    assert write_overlay(desk, register, tmp_path / "overlay") == ("read-tin-1",)
    law = open_register(scenario=tmp_path / "overlay")
    (dossier,) = {*law.dossiers} - {*register.dossiers}
    (event,) = law.dossier(dossier).events
    assert (event.kind, event.by, event.toward) == ("export_control_tightened", ("VN",), ("CN",))
    assert str(event.effective) == "2023-03-20"
    assert "Vietnam banned exports of tin ore to China on Monday" in event.summary
    assert "Accepted by A. Mori on 2026-05-12: notice seen" in event.note
    assert event.confidence.value == "low"
    assert law.fingerprint != register.fingerprint


def test_writing_again_gives_the_same_bytes(desk: Desk, register: Any, tmp_path: Path) -> None:
    """Accepted twice, or by another order of decisions, the overlay is the same."""
    accept(desk, "tin-1")
    accept(desk, "rumour-1")
    write_overlay(desk, register, tmp_path / "one")
    accept(desk, "tin-1")
    write_overlay(desk, register, tmp_path / "one")
    write_overlay(desk, register, tmp_path / "two")
    assert files(tmp_path / "one") == files(tmp_path / "two")


def test_one_event_of_two_texts_is_one_event_with_two_sources(register: Any, tmp_path: Path) -> None:
    desk = Desk(tmp_path / "two.sqlite", create=True)
    texts = (
        ("one", TIN),
        ("two", "HANOI - Vietnam banned exports of tin ore to China on Monday, traders said."),
    )
    desk.put([read(text, register, name=name, published_on=PartialDate(2023, 3, 24)) for name, text in texts])
    for kept in desk.all():
        if kept.rows[0]["actor"] == "VN":
            accept(desk, kept.id)
    assert len(write_overlay(desk, register, tmp_path / "overlay")) == 1
    law = open_register(scenario=tmp_path / "overlay")
    (dossier,) = {*law.dossiers} - {*register.dossiers}
    ((event,), sources) = law.dossier(dossier).events, ("text-one", "text-two")
    assert {*sources} <= {*event.sources}


def test_a_rejected_event_leaves_the_overlay(desk: Desk, register: Any, tmp_path: Path) -> None:
    accept(desk, "tin-1")
    write_overlay(desk, register, tmp_path / "overlay")
    desk.decide("tin-1", "rejected", by="A. Mori", reason="a mistake", on=DECIDED)
    assert write_overlay(desk, register, tmp_path / "overlay") == ()
    assert {*open_register(scenario=tmp_path / "overlay").dossiers} == {*register.dossiers}


def test_an_unreal_act_is_accepted_as_a_statement_only(desk: Desk, register: Any, tmp_path: Path) -> None:
    """Considered is not done: the event says that it was said, and no list changes."""
    accept(desk, "rumour-1")
    write_overlay(desk, register, tmp_path / "overlay")
    law = open_register(scenario=tmp_path / "overlay")
    new = [event for event in law.dossier("jp-group-a-kr").events if event.id == "read-rumour-1"]
    assert [(event.kind, str(event.announced), event.effective) for event in new] == [
        ("statement_made", "2026-05-11", None)
    ]


def test_what_is_on_record_adds_only_a_source(desk: Desk, register: Any, tmp_path: Path) -> None:
    name = next(kept.id for kept in desk.all() if kept.rows[0]["type"] == "export_control_eased")
    accept(desk, name)
    assert write_overlay(desk, register, tmp_path / "overlay") == ()
    assert "text-rumour" in (tmp_path / "overlay" / "relations" / "sources.csv").read_text(encoding="utf-8")


def test_without_any_day_it_cannot_be_an_event(desk: Desk, register: Any, tmp_path: Path) -> None:
    accept(desk, "undated-1")
    with pytest.raises(ValueInvalid, match="has no date, and the day of its text is not known"):
        write_overlay(desk, register, tmp_path / "overlay")


def test_nothing_is_known_before_its_text(desk: Desk, register: Any, tmp_path: Path) -> None:
    """A text of Friday tells an act of Monday: on Tuesday it was not known from it."""
    accept(desk, "tin-1")
    write_overlay(desk, register, tmp_path / "overlay")
    law = open_register(scenario=tmp_path / "overlay")
    (dossier,) = {*law.dossiers} - {*register.dossiers}
    assert law.status(dossier, dt.date(2023, 4, 1), dt.date(2023, 3, 24)).happened
    assert not law.status(dossier, dt.date(2023, 4, 1), dt.date(2023, 3, 21)).happened


def test_what_was_accepted_is_on_record_when_read_again(desk: Desk, register: Any, tmp_path: Path) -> None:
    accept(desk, "rumour-1")
    write_overlay(desk, register, tmp_path / "overlay")
    law = open_register(scenario=tmp_path / "overlay")
    states = [a.state.value for _, a in read(RUMOUR, law, published_on=PartialDate(2026, 5, 11))]
    assert states[0] == "on_record"


def test_decisions_at_the_same_time_are_made_one_after_another(
    desk: Desk, register: Any, tmp_path: Path
) -> None:
    names = [kept.id for kept in desk.all()]

    def decide(at: int) -> None:
        name, verdict = names[at % len(names)], "rejected" if at % 3 else "accepted"
        told = {"by": f"Person {at}", "reason": "a test", "on": DECIDED, "announced": dt.date(2023, 3, 20)}
        try:
            decide_and_write(desk, register, tmp_path / "overlay", name, verdict, **told)
        except ValueInvalid:  # what cannot be an event is taken back
            assert verdict == "accepted"

    decide(0)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(decide, range(1, 17)))
    write_overlay(desk, register, tmp_path / "again")
    assert files(tmp_path / "overlay") == files(tmp_path / "again")


def _decide(desk: Desk, register: Any, folder: Path, name: str, verdict: str, **more: Any) -> Any:
    told = {"by": "A. Mori", "reason": "notice seen", "on": DECIDED} | more
    return decide_and_write(desk, register, folder, name, verdict, **told)


def test_the_day_of_publication_is_not_taken_for_the_day_of_an_act(
    desk: Desk, register: Any, tmp_path: Path
) -> None:
    """Nothing in the text says when Peru spoke: a person does, or it is no event."""
    folder = tmp_path / "overlay"
    with pytest.raises(ValueInvalid) as refused:
        _decide(desk, register, folder, "tin-2", "accepted")
    assert str(refused.value) == (
        "tin-2 cannot be accepted as an event: its text (published on 2023-03-24) does not tell on which day"
        " that was said; expected that day, as announced (--announced DAY)"
    )
    assert desk.get("tin-2").state == "open"
    outcome = _decide(desk, register, folder, "tin-2", "accepted", announced=dt.date(2023, 3, 22))
    law = open_register(scenario=folder)
    assert str(law.events[outcome.events[0]].announced) == "2023-03-22"
    assert _decide(desk, register, folder, "tin-2", "accepted").changed is False


def test_a_day_of_announcement_that_is_the_day_of_publication_is_said(
    desk: Desk, register: Any, tmp_path: Path
) -> None:
    outcome = _decide(desk, register, tmp_path / "overlay", "tin-1", "accepted")
    assert outcome.note == (
        "its text tells no day of announcement; announced is the day of its publication, 2023-03-24"
    )
    law = open_register(scenario=tmp_path / "overlay")
    note = law.events["read-tin-1"].note
    assert "Announced is the day of publication of its text, which tells no other" in note


@pytest.mark.parametrize(
    ("on", "announced", "problem"),
    [
        ("2023-03-23", None, "the day of the decision, 2023-03-23, is before the text of tin-1 was published"),  # noqa: E501
        ("2023-03-30", "2023-03-25", "the day of announcement, 2023-03-25, is after the text of tin-1 was published"),  # noqa: E501
    ],
)  # fmt: skip
def test_days_that_cannot_be(
    desk: Desk, register: Any, tmp_path: Path, on: str, announced: str | None, problem: str
) -> None:
    days = {"on": dt.date.fromisoformat(on), "announced": announced and dt.date.fromisoformat(announced)}
    with pytest.raises(ValueInvalid) as refused:
        _decide(desk, register, tmp_path / "overlay", "tin-1", "accepted", **days)
    assert refused.value.problem == f"{problem}, on 2023-03-24"
    assert desk.get("tin-1").state == "open"


def test_an_announcement_after_the_decision_cannot_be(desk: Desk, register: Any, tmp_path: Path) -> None:
    """Also where nobody knows when the text was published."""
    with pytest.raises(ValueInvalid, match="2026-05-13, is after the day of the decision, 2026-05-12"):
        _decide(desk, register, tmp_path / "overlay", "undated-2", "accepted", announced=dt.date(2026, 5, 13))


def test_a_decision_is_not_undone_before_it_was_made(desk: Desk, register: Any, tmp_path: Path) -> None:
    _decide(desk, register, tmp_path / "overlay", "tin-1", "accepted")
    earlier = dt.date(2026, 5, 11)
    with pytest.raises(ValueInvalid, match="2026-05-11, is before tin-1 was decided last, on 2026-05-12"):
        _decide(desk, register, tmp_path / "overlay", "tin-1", "rejected", on=earlier)


def test_what_a_rejection_undoes_is_told(desk: Desk, register: Any, tmp_path: Path) -> None:
    folder = tmp_path / "overlay"
    _decide(desk, register, folder, "rumour-1", "accepted")
    _decide(desk, register, folder, "tin-1", "accepted")
    outcome = _decide(desk, register, folder, "tin-1", "rejected")
    assert (outcome.undone.verdict, outcome.undone.by) == ("accepted", "A. Mori")
    assert (outcome.left, outcome.events) == (("read-tin-1",), ("read-rumour-1",))
    again = _decide(desk, register, folder, "tin-1", "accepted")
    assert (again.undone.verdict, again.left) == ("rejected", ())


def test_an_overlay_that_stands_elsewhere_keeps_its_event_until_it_is_named(
    desk: Desk, register: Any, tmp_path: Path
) -> None:
    _decide(desk, register, tmp_path / "overlay", "tin-1", "accepted")
    outcome = _decide(desk, register, tmp_path / "elsewhere", "tin-1", "rejected")
    assert (outcome.overlay, outcome.left) == (False, ())
    again = _decide(desk, register, tmp_path / "overlay", "tin-1", "rejected")
    assert (again.changed, again.left) == (False, ("read-tin-1",))
