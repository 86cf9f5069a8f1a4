"""Held against the record: what it has, what it contradicts and shows, and what is new to it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from sekisho.dates import PartialDate
from sekisho.reading import AgainstRecord, Proposal, read


def held(
    register: Any, published: str, text: str, known_on: dt.date | None = None
) -> tuple[Proposal, AgainstRecord]:
    """The one proposal of a sentence, and how it stands to the record."""
    reading = read(text, register, published_on=PartialDate.parse(published), known_on=known_on)
    ((proposal, against),) = reading
    return proposal, against


@pytest.mark.parametrize(
    ("published", "text", "event"),
    [
        (
            "2019-08-01",
            "Japan tightened controls on exports of photoresist to South Korea on July 4.",
            "jp-three-materials-individual",
        ),
        (
            "2019-12-21",
            "Japan eased its export controls on photoresist bound for South Korea on Friday.",
            "jp-resist-specific-bulk",
        ),
        (
            "2019-09-01",
            "Japan removed South Korea from its white list on Aug. 28.",
            "jp-group-a-kr-removal",
        ),
        (
            "2023-07-25",
            "Japan returned South Korea to its list of trusted trading partners on July 21.",
            "jp-group-a-kr-restoration",
        ),
        (
            "2020-08-01",
            (
                "South Korea filed a complaint against Japan at the World Trade Organization in September"
                " 2019 over export curbs on chip materials."
            ),
            "ds590-consultations-requested",
        ),
        (
            "2023-03-24",
            (
                "South Korea withdrew its complaint against Japan at the World Trade Organization over export"
                " controls on Thursday."
            ),
            "ds590-withdrawn",
        ),
        (
            "2023-03-17",
            "South Korea signed a military intelligence pact with Japan, known as GSOMIA, in November 2016.",
            "gsomia-in-force",
        ),
        (
            "2023-05-08",
            "The leaders of Japan and South Korea held a summit in Seoul on Sunday.",
            "summit-seoul-2023",
        ),
        (
            "2018-12-30",
            "South Korea's Supreme Court ordered Nippon Steel of Japan on Oct. 30 to compensate labourers.",
            "wartime-labour-nippon-steel-2018",
        ),
    ],
)
def test_what_is_on_record(register: Any, published: str, text: str, event: str) -> None:
    _, against = held(register, published, text)
    assert (against.state.value, against.events, against.contradicts) == ("on_record", (event,), ())
    assert any(each.id == event for each in register.dossier(against.dossier).events)
    assert "source" in against.adds


@pytest.mark.parametrize(
    ("published", "text", "field", "said", "record"),
    [
        (
            "2023-07-25",
            "Japan returned South Korea to its white list in March this year, the ministry said.",
            "date",
            "2023-03",
            "effective 2023-07-21",
        ),
        (
            "2019-09-20",
            "Japan removed South Korea from its white list on Sept. 5.",
            "date",
            "2019-09-05",
            "announced 2019-08-02",
        ),
        (
            "2019-08-01",
            "Japan tightened controls on exports of photoresist to South Korea on June 4.",
            "date",
            "2019-06-04",
            "effective 2019-07-04",
        ),
        (
            "2020-08-01",
            (
                "South Korea filed a complaint against Japan at the World Trade Organization in July 2019"
                " over export curbs on chip materials."
            ),
            "date",
            "2019-07",
            "effective 2019-09-11",
        ),
        (
            "2019-08-01",
            "Japan banned exports of hydrogen fluoride to South Korea in July.",
            "kind",
            "banned",
            "neither a ban",
        ),
        (
            "2023-12-30",
            "South Korea's Supreme Court ordered Fujikoshi of Japan in 2018 to compensate forced labourers.",
            "defendant",
            "Fujikoshi",
            "2024-01-25",
        ),
        (
            "2023-05-08",
            (
                "The leaders of Japan and South Korea held a summit in Seoul on Sunday, the first summit of"
                " the two countries in twelve years."
            ),
            "first_in",
            "twelve years",
            "summit-tokyo-2023",
        ),
    ],
)
def test_what_the_record_contradicts(
    register: Any, published: str, text: str, field: str, said: str, record: str
) -> None:
    """Which field, what the text says, what the record says, and the sources that show it."""
    _, against = held(register, published, text)
    assert against.state.value == "contradicts"
    (each,) = against.contradicts
    assert each.field == field
    assert said in each.text
    assert record in each.record
    assert each.sources


@pytest.mark.parametrize(
    ("published", "text"),
    [
        ("2024-04-01", "Vietnam banned exports of tin ore to China on Monday."),
        pytest.param("2021-02-08", "Japan tightened controls on exports of helium to South Korea on Monday."),
        (
            "2018-12-30",
            "South Korea's Supreme Court ordered Nippon Steel of Japan on Nov. 30 to pay labourers.",
        ),
        ("2023-03-24", "Chile and Peru signed an agreement on copper on Monday."),
    ],
)
def test_what_is_new(register: Any, published: str, text: str) -> None:
    """Not on record, and nothing on record shows it to be wrong."""
    _, against = held(register, published, text)
    assert (against.state.value, against.contradicts) == ("new", ())


@pytest.mark.parametrize(
    ("published", "text"),
    [
        # coarser than the record, or without a date: not wrong
        ("2020-02-01", "Japan removed South Korea from its white list in August 2019."),
        ("2020-02-01", "Japan removed South Korea from its white list in 2019."),
        pytest.param("2020-02-01", "Japan removed South Korea from its white list."),
        # a day of the announcement or of the gazette is a day of the act
        ("2019-08-05", "Japan removed South Korea from its white list on Aug. 2."),
        # what may still come cannot be wrong yet
        ("2020-01-10", "Japan may return South Korea to its white list in February."),
        ("2020-01-10", "Japan will not return South Korea to its white list, the ministry said on Friday."),
        # a day that is not of the act's own verb: of a dateline, of a comment, of another act between
        (
            "2020-02-01",
            "Jan. 27 (UPI) -- Officials met a day before Japan's removal of South Korea from its white list.",
        ),
        (
            "2020-02-01",
            "On Jan. 30 Tokyo defended Japan's decision to remove South Korea from its white list.",
        ),
        (
            "2020-02-01",
            "Officials met on Jan. 30 to discuss Japan's removal of South Korea from its white list.",
        ),
        # an act of the kind that is not said to be about the goods on record
        ("2019-09-02", "Japan announced a revision of its export control law for South Korea on August 7."),
    ],
)
def test_what_a_register_cannot_show_to_be_wrong(register: Any, published: str, text: str) -> None:
    _, against = held(register, published, text)
    assert against.contradicts == ()


def test_the_record_of_a_day_knows_nothing_later(register: Any) -> None:
    """Held against what was known in 2020, a return in 2023 is new, and nothing later contradicts."""
    text = "Japan returned South Korea to its white list on July 21, 2023."
    assert held(register, "2023-07-25", text)[1].state.value == "on_record"
    _, against = held(register, "2023-07-25", text, known_on=dt.date(2020, 1, 1))
    assert against.state.value == "new"
    assert against.events == ()


def test_an_unreal_act_is_never_an_act_on_record(register: Any) -> None:
    """A plan to return to the list may be a step on record, but not the return."""
    _, against = held(register, "2023-03-24", "Japan may return South Korea to its white list in July.")
    assert "jp-group-a-kr-restoration" not in against.events
