"""How values become text and JSON."""

from __future__ import annotations

import datetime as dt

import pytest

from sekisho.cli import show
from sekisho.dates import PartialDate
from sekisho.model import Answer, Confidence
from sekisho.register.life_cycle import Status
from sekisho.register.open import open_register


def test_every_answer_has_a_meaning() -> None:
    assert set(show.MEANINGS) == set(Answer)
    assert Answer.UNDETERMINED not in show.MAY_SHIP


def test_values_as_json() -> None:
    status = Status("none", "not yet", None, (), (), (), Confidence.LOW)
    assert show.plain(status) == {
        "state": "none", "words": "not yet", "since": None, "happened": [], "pending": [],
        "uncertain": [], "confidence": "low",
    }  # fmt: skip
    assert show.plain({"d": dt.date(2019, 7, 4), "p": PartialDate(2004)}) == {"d": "2019-07-04", "p": "2004"}
    assert show.plain(frozenset({"b", "a"})) == ["a", "b"]


def test_lines_hang(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    show.say("word " * 20, indent=2, hang=2)
    lines = capsys.readouterr().out.splitlines()
    assert [line[: len(line) - len(line.lstrip())] for line in lines] == ["  ", "    "]


def test_a_table_lines_up(capsys: pytest.CaptureFixture[str]) -> None:
    show.table([("1", "a"), ("1,000", "b")], frozenset({0}))
    assert capsys.readouterr().out == "      1  a\n  1,000  b\n"
    show.table([])
    assert capsys.readouterr().out == ""


def test_every_row_of_law_has_a_text() -> None:
    register = open_register()
    for regime in register.regimes.values():
        for row in regime.provisions:
            assert show.record_text(row)
