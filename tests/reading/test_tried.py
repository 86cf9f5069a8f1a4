"""A proposal tried as a scenario: from which day, and what is assumed beyond its text."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from sekisho.dates import PartialDate
from sekisho.errors import OutputRefused, ValueInvalid
from sekisho.reading import read
from sekisho.reading.desk import Desk
from sekisho.reading.tried import write_scenario
from sekisho.register.open import open_register

RUMOUR = "Japan is considering removing South Korea from its list of trusted trading partners."
TEXTS = {
    "rumour": RUMOUR,
    "denial": "Japan denied on Monday that it would remove South Korea from its white list on July 1.",
    "tied": "Japan will remove South Korea from its white list if talks fail.",
    "dated": "Japan is considering removing South Korea from its white list on July 1.",
    "told": "Japan announced on Monday that it will remove South Korea from its white list.",
    "month": "Japan will remove South Korea from its white list in July 2026.",
    "eased": "Japan is considering easing its export controls on photoresist bound for South Korea.",
    "other": "Peru may ban exports of tin ore.",
}
DAY = dt.date(2026, 7, 1)


@pytest.fixture
def desk(tmp_path: Path, register: Any) -> Desk:
    desk = Desk(tmp_path / "desk.sqlite", create=True)
    published = PartialDate(2026, 5, 11)
    desk.put([read(text, register, name=name, published_on=published) for name, text in TEXTS.items()])
    return desk


def test_a_rumour_can_be_tried(desk: Desk, register: Any, tmp_path: Path) -> None:
    """Nobody accepted it; tried, it undoes the return to the list row by row, from a day that is given."""
    path = tmp_path / "what_if.toml"
    tried = write_scenario(desk, register, path, "rumour-1", dt.date(2026, 7, 1))
    assert tried.reverses == "jp-group-a-kr-restoration"
    assert tried.ends
    law = open_register(scenario=path)
    event = next(each for each in law.dossier("jp-group-a-kr").events if each.id == tried.event)
    assert str(event.effective) == "2026-07-01"
    assert "Assumed" in event.note
    assert desk.get("rumour-1").state == "open"


_SAID = "announced 2026-05-11, planned 2026-07-01"


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("denial-1", f"is denied by its text ({_SAID}), and what is denied has no day of effect"),
        ("rumour-1", "is only considered in its text (announced 2026-05-11), which tells no day of effect"),
        ("tied-1", "is only conditional in its text (published 2026-05-11), which tells no day of effect"),
        ("told-1", "has no day of effect: its text tells none (announced 2026-05-11)"),
        ("month-1", "has no day of effect: its text tells none (announced 2026-05-11, planned 2026-07)"),
    ],
)
def test_the_day_of_a_telling_is_no_day_of_effect(
    desk: Desk, register: Any, tmp_path: Path, name: str, problem: str
) -> None:
    with pytest.raises(ValueInvalid) as refused:
        write_scenario(desk, register, tmp_path / "what_if.toml", name)
    as_if = " as if it were true" if name == "denial-1" else ""
    how = f"sekisho proposals scenario {name} --desk {desk.path} --effective DAY -o FILE.toml"
    expected = f"the day to try it from{as_if}: {how}, then --scenario FILE.toml"
    assert str(refused.value) == f"{name} {problem}; expected {expected}"
    assert not (tmp_path / "what_if.toml").exists()


@pytest.mark.parametrize(
    ("name", "assumed", "title"),
    [
        (
            "denial-1",
            f"its text denies the act ({_SAID}); it is tried as if it were true",
            f"What if it were true, though denied ({_SAID}): ",
        ),
        (
            "rumour-1",
            "its text only considers the act (announced 2026-05-11); it is tried as if it were done",
            "What if it were done, though only considered (announced 2026-05-11): ",
        ),
        (
            "tied-1",
            "its text ties the act to a condition (if talks fail); it is tried as if that were met",
            "What if its condition were met (if talks fail): ",
        ),
        ("told-1", "", "What if: "),
    ],
)
def test_what_is_assumed_beyond_the_text_is_said(
    desk: Desk, register: Any, tmp_path: Path, name: str, assumed: str, title: str
) -> None:
    tried = write_scenario(desk, register, tmp_path / "what_if.toml", name, DAY)
    assert (tried.assumed, tried.effective) == (assumed, "2026-07-01")
    law = open_register(scenario=tmp_path / "what_if.toml")
    assert law.supposed.startswith(title + "Japan ")
    assert assumed in law.events[tried.event].note


def test_the_day_on_which_a_text_has_it_take_effect_needs_no_other(
    desk: Desk, register: Any, tmp_path: Path
) -> None:
    assert write_scenario(desk, register, tmp_path / "what_if.toml", "dated-1").effective == "2026-07-01"


def test_what_belongs_to_no_dossier_cannot_be_tried(desk: Desk, register: Any, tmp_path: Path) -> None:
    with pytest.raises(ValueInvalid, match="other-1 belongs to no dossier on record"):
        write_scenario(desk, register, tmp_path / "what_if.toml", "other-1", DAY)


def test_what_the_record_did_later_cannot_be_tried_before(desk: Desk, register: Any, tmp_path: Path) -> None:
    with pytest.raises(ValueInvalid) as refused:
        write_scenario(desk, register, tmp_path / "what_if.toml", "rumour-1", dt.date(2019, 7, 1))
    assert str(refused.value).startswith(
        "rumour-1 cannot take effect on 2019-07-01: the record has jp-group-a-kr-removal on 2019-08-28;"
        " expected a day after that: sekisho proposals scenario rumour-1 --desk "
    )


def test_what_the_record_forbids_is_refused_before_it_is_written(
    desk: Desk, register: Any, tmp_path: Path
) -> None:
    """Korea was not on the list that spring, so it could not leave it; an earlier file stays."""
    path = tmp_path / "what_if.toml"
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(ValueInvalid) as refused:
        write_scenario(desk, register, path, "denial-1", dt.date(2023, 4, 1))
    assert str(refused.value) == (
        "denial-1 cannot be tried from 2023-04-01: kind: 'country_list_removed' (effective) is forbidden"
        " while the listing is 'off_list'; expected another day (--effective DAY), or another proposal"
    )
    assert path.read_text(encoding="utf-8") == "mine"


def test_what_is_undone_already_is_not_undone_again(desk: Desk, register: Any, tmp_path: Path) -> None:
    """The rows of July 2019 ended in March 2023: an easing after that changes no row of them."""
    tried = write_scenario(desk, register, tmp_path / "what_if.toml", "eased-1", dt.date(2023, 5, 2))
    assert (tried.reverses, tried.ends, tried.returns) == ("", (), ())


def test_what_is_tried_is_known_from_the_day_of_its_text(desk: Desk, register: Any, tmp_path: Path) -> None:
    """By what was known between the text and the day of effect, the law of that day is the tried one."""
    path = tmp_path / "what_if.toml"
    tried = write_scenario(desk, register, path, "rumour-1", DAY)
    event = open_register(scenario=path).events[tried.event]
    assert (str(event.announced), str(event.effective)) == ("2026-05-11", "2026-07-01")
    tried = write_scenario(desk, register, path, "eased-1", dt.date(2023, 5, 2))
    assert open_register(scenario=path).events[tried.event].announced is None


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("desk.sqlite", "a scenario is a TOML file; give a name that ends in .toml"),
        ("none/t.toml", "No such file or directory; name a file in a folder that can be written"),
        ("folder.toml", "Is a directory; name a file in a folder that can be written"),
    ],
)
def test_a_scenario_is_written_over_no_other_file(
    desk: Desk, register: Any, tmp_path: Path, name: str, problem: str
) -> None:
    (tmp_path / "folder.toml").mkdir()
    before = desk.path.read_bytes()
    with pytest.raises(OutputRefused) as refused:
        write_scenario(desk, register, tmp_path / name, "rumour-1", DAY)
    assert str(refused.value) == f"cannot write {str(tmp_path / name)!r}: {problem}"
    assert desk.path.read_bytes() == before


def test_what_cannot_be_announced_on_the_day_of_its_text_can_still_be_tried(
    desk: Desk, register: Any, tmp_path: Path
) -> None:
    """In March 2023 Korea was off the list, and nobody could announce that it leaves; in August it could."""
    text = "Japan denied that it would remove South Korea from its white list."
    desk.put([read(text, register, name="early", published_on=PartialDate(2023, 3, 20))])
    path = tmp_path / "what_if.toml"
    tried = write_scenario(desk, register, path, "early-1", dt.date(2023, 8, 1))
    event = open_register(scenario=path).events[tried.event]
    assert (event.announced, str(event.effective)) == (None, "2023-08-01")
