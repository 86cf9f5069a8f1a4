"""The desk: proposals wait in a file, a named person decides with a reason, and history is kept."""

from __future__ import annotations

import datetime as dt
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from sekisho.dates import PartialDate
from sekisho.errors import NotFound, OutputRefused, ValueInvalid
from sekisho.reading import Reading, read
from sekisho.reading.desk import Desk

TEXT = """Japan eased export controls on three chip materials to South Korea on Thursday.

Vietnam banned exports of tin ore to China on Monday. Peru may ban exports of tin ore as well."""
DAY = dt.date(2023, 3, 25)


@pytest.fixture
def reading(register: Any) -> Reading:
    return read(TEXT, register, name="tin", published_on=PartialDate(2023, 3, 24))


@pytest.fixture
def desk(tmp_path: Path, reading: Reading) -> Desk:
    desk = Desk(tmp_path / "desk.sqlite", create=True)
    assert desk.put([reading]) == 3
    return desk


def test_what_was_read_waits(desk: Desk, reading: Reading) -> None:
    kept = desk.all()
    assert [each.state for each in kept] == ["open"] * 3
    assert [each.id for each in kept] == [proposal.id for proposal, _ in reading]
    assert {each.published for each in kept} == {"2023-03-24"}
    first = kept[0].rows[0]
    assert desk.text_of("tin") == TEXT
    assert TEXT[first["quote_start"] : first["quote_end"]] == first["quote"]


def test_reading_again_adds_nothing_and_keeps_decisions(desk: Desk, reading: Reading) -> None:
    name = desk.all()[1].id
    desk.decide(name, "accepted", by="A. Mori", reason="notice seen", on=DAY)
    assert desk.put([reading]) == 0
    assert Desk(desk.path).get(name).state == "accepted"


def test_accepting_twice_is_harmless(desk: Desk) -> None:
    name = desk.all()[0].id
    assert desk.decide(name, "accepted", by="A. Mori", reason="notice seen", on=DAY)
    once = desk.get(name)
    assert not desk.decide(name, "accepted", by="B. Han", reason="seen too", on=DAY)
    assert desk.get(name) == once
    assert len(once.history) == 1


def test_the_last_decision_stands_and_all_are_kept(desk: Desk) -> None:
    name = desk.all()[0].id
    desk.decide(name, "accepted", by="A. Mori", reason="notice seen", on=DAY)
    desk.decide(name, "rejected", by="B. Han", reason="another country", on=DAY + dt.timedelta(days=1))
    kept = desk.get(name)
    assert kept.state == "rejected"
    assert [(each.verdict, each.by, each.on) for each in kept.history] == [
        ("accepted", "A. Mori", "2023-03-25"),
        ("rejected", "B. Han", "2023-03-26"),
    ]
    desk.undo(name)
    assert desk.get(name).state == "accepted"


@pytest.mark.parametrize(("by", "reason"), [("", "seen"), ("  ", "seen"), ("A. Mori", ""), ("A. Mori", "\t")])
def test_a_decision_has_a_person_and_a_reason(desk: Desk, by: str, reason: str) -> None:
    name = desk.all()[0].id
    with pytest.raises(ValueInvalid, match="is empty"):
        desk.decide(name, "accepted", by=by, reason=reason, on=DAY)
    assert desk.get(name).state == "open"


def test_an_unknown_proposal_names_the_nearest(desk: Desk) -> None:
    known = desk.all()[0].id
    with pytest.raises(NotFound, match=known):
        desk.get(f"{known}x")


def test_another_text_of_the_same_name_is_refused(desk: Desk, register: Any) -> None:
    other = read(TEXT + " More.", register, name="tin", published_on=PartialDate(2023, 3, 24))
    with pytest.raises(ValueInvalid, match="another text named 'tin' is on the desk"):
        desk.put([other])
    assert desk.text_of("tin") == TEXT


def test_a_better_day_of_publication_replaces_the_old(desk: Desk, register: Any) -> None:
    desk.put([read(TEXT, register, name="tin", published_on=PartialDate(2023, 3, 31))])
    assert {each.published for each in desk.all()} == {"2023-03-31"}


def test_a_desk_must_be_there_unless_it_is_made(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="sekisho read FILES --desk FILE makes one"):
        Desk(tmp_path / "desk.sqlite")
    assert not (tmp_path / "desk.sqlite").exists()


def test_another_file_is_no_desk(tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("not a database, but long enough to be read as the head of one" * 20, encoding="utf-8")
    with pytest.raises(ValueInvalid, match="is not a desk of proposals"):
        Desk(text)
    other = tmp_path / "other.sqlite"
    with sqlite3.connect(other) as base:
        base.execute("create table own (x)")
    base.close()
    with pytest.raises(ValueInvalid, match="is not a desk of proposals"):
        Desk(other, create=True)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutputRefused, match="name a file in a folder that can be written"):
        Desk(tmp_path / "no" / "desk.sqlite", create=True)


def test_a_text_with_odd_letters_is_kept(tmp_path: Path, register: Any) -> None:
    text = "Japan banned exports of tin to Peru on Monday \ud800\x00 🗾."
    desk = Desk(tmp_path / "desk.sqlite", create=True)
    desk.put([read(text, register, name="odd")])
    assert len(desk.text_of("odd")) == len(text)
