"""The made-up texts, what is expected of them, and how they are scored."""

from __future__ import annotations

import importlib.util
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from sekisho.dates import PartialDate
from sekisho.reading import Reading, as_record, read
from sekisho.register.register import Register

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
SHARED = ROOT.parent / "shared"


@dataclass(frozen=True, slots=True)
class Expected:
    """An event that a text tells: ``type actor>counterpart status date/role,date/role``."""

    type: str
    actor: str
    counterpart: str
    status: str
    dates: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Case:
    """A made-up text; ``known_miss`` says why the reader does not find all of it yet."""

    id: str
    published: str
    text: str
    events: tuple[Expected, ...]
    known_miss: str


@cache
def cases() -> tuple[Case, ...]:
    """All made-up texts."""
    names = ("texts.toml", "articles.toml")
    rows = [row for name in names for row in tomllib.loads((HERE / name).read_text("utf-8"))["text"]]
    return tuple(
        Case(
            row["id"],
            row["published"],
            row["text"],
            tuple(map(_expected, row["events"])),
            row.get("miss", ""),
        )
        for row in rows
    )


def _expected(line: str) -> Expected:
    kind, parties, status, *rest = line.split()
    actor, counterpart = parties.split(">")
    dates = tuple(tuple(each.split("/")) for each in rest[0].split(",")) if rest else ()
    return Expected(kind, actor, counterpart, status, dates)  # type: ignore[arg-type]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Runs a test of a ``case`` on every made-up text; one of a ``found_case`` may miss what is known."""
    if "case" in metafunc.fixturenames and metafunc.module.__name__.endswith("test_texts"):
        metafunc.parametrize("case", [pytest.param(case, id=case.id) for case in cases()])
    if "found_case" in metafunc.fixturenames:
        metafunc.parametrize(
            "found_case", [pytest.param(case, id=case.id, marks=_known(case)) for case in cases()]
        )


def _known(case: Case) -> list[pytest.MarkDecorator]:
    return [pytest.mark.xfail(reason=case.known_miss, strict=True)] if case.known_miss else []


@pytest.fixture(scope="session")
def made_up() -> tuple[Case, ...]:
    """All made-up texts."""
    return cases()


@pytest.fixture(scope="session")
def reading_of(register: Register) -> Callable[[Case], Reading]:
    """A made-up text, read once."""

    @cache
    def reading_of(case: Case) -> Reading:
        return read(case.text, register, name=case.id, published_on=PartialDate.parse(case.published))

    return reading_of


@pytest.fixture(scope="session")
def scores() -> ModuleType:
    """The scoring of the bench, so that a test and a measurement mean the same."""
    spec = importlib.util.spec_from_file_location("scores", ROOT / "bench" / "scores.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["scores"] = module  # dataclasses look it up
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def wanted(scores: ModuleType) -> Callable[[Case], Any]:
    """What a made-up text tells, as the bench scores it; places are not annotated in them."""

    def wanted(case: Case) -> Any:
        rows = [row for at, event in enumerate(case.events) for row in _rows(f"{case.id}-{at}", event)]
        return scores.article({"id": case.id, "publication_date": case.published, "events": rows})

    return wanted


def _rows(name: str, event: Expected) -> Iterator[Mapping[str, Any]]:
    for date, role in event.dates or (("", "happened"),):
        yield {
            "event_id": name, "type": event.type, "actor": event.actor, "counterpart": event.counterpart,
            "status": event.status, "date": date, "date_role": role,
            "quote_start": 0, "quote_end": 0, "quote": "",
        }  # fmt: skip


@pytest.fixture(scope="session")
def as_read(scores: ModuleType) -> Callable[[Reading], Any]:
    """A reading as the bench scores it."""
    return lambda reading: scores.article(as_record(reading))


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared facts beside the clone."""
    if not SHARED.is_dir():
        pytest.skip("the folder shared is not beside the clone, so real articles cannot be read")
    return SHARED
