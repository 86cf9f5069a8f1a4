"""Worked decisions: the tests of the law, kept beside the law as data.

A compliance officer can read and write a case: the cells of an order line as in a file,
and what must come out. ``cases/*.toml`` of a regime holds decisions, ``cases/status.csv``
of the relations holds where a dossier stood on a day.
"""

from __future__ import annotations

import csv
import datetime as dt
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sekisho.dates import parse_day
from sekisho.determine.decide import decide
from sekisho.determine.intake import read_line
from sekisho.errors import Fault, NotFound, RegisterInvalid, ValueInvalid
from sekisho.model import Answer, Confidence, Decision
from sekisho.register.register import Register

_KEYS = frozenset({"id", "title", "source", "derived_from", "known_on", "line", "expect"})
_STATUS_COLUMNS = ("id", "dossier", "on", "known_on", "state", "note")

Check = Callable[[Decision, object], str]


@dataclass(frozen=True, slots=True)
class Case:
    """One worked decision.

    Attributes:
        place: File and line, for messages.
        sources: Ids of the sources that state the result.
        derived_from: Ids of the rows of law that the result follows from.
        known_on: Decide as known on this day; ``None`` is all that is recorded.
        line: The cells of the order line by column, as text.
        expect: What must come out, by key; see ``EXPECTATIONS``.
    """

    id: str
    title: str
    place: tuple[str, int]
    sources: tuple[str, ...]
    derived_from: tuple[str, ...]
    known_on: dt.date | None
    line: Mapping[str, str]
    expect: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class StatusCase:
    """Where a dossier must stand on a day, as known on another."""

    id: str
    dossier: str
    on: dt.date
    known_on: dt.date | None
    state: str
    note: str


def read_cases(folder: Path) -> tuple[Case, ...]:
    """The cases of every TOML file of a folder, in the order of the files.

    Raises:
        RegisterInvalid: With every fault of every file.
    """
    faults: list[Fault] = []
    cases = [case for path in sorted(folder.glob("*.toml")) for case in _file_cases(path, faults)]
    faults += _used_twice(cases)
    if faults:
        raise RegisterInvalid(faults)
    return tuple(cases)


def run_case(case: Case, register: Register) -> tuple[str, ...]:
    """How the decision of a case differs from what it expects, as sentences; empty if it passes."""
    line = read_line(case.line, register)
    decision = decide(line.shipment, register, case.known_on)
    return (
        *_unknown_names(case, register),
        *(f"a cell cannot be read: {fault}" for fault in line.faults),
        *_differences(case, decision),
    )


def read_status_cases(path: Path) -> tuple[StatusCase, ...]:
    """The cases of ``id,dossier,on,known_on,state,note``; ``known_on`` may be empty.

    Raises:
        RegisterInvalid: With every fault of the file.
    """
    faults: list[Fault] = []
    cases: list[StatusCase] = []
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        if tuple(rows.fieldnames or ()) != _STATUS_COLUMNS:
            header = ",".join(rows.fieldnames or ())
            expected = ",".join(_STATUS_COLUMNS)
            raise RegisterInvalid([Fault(path.name, 1, "", f"the header is {header!r}", expected)])
        for row in rows:
            try:
                cases.append(_status_case(row))
            except ValueInvalid as error:
                faults.append(Fault(path.name, rows.line_num, "", error.problem, error.expected))
    if faults:
        raise RegisterInvalid(faults)
    return tuple(cases)


def run_status_case(case: StatusCase, register: Register) -> tuple[str, ...]:
    """How the state of a dossier differs from what a case expects; empty if it passes."""
    try:
        state = register.status(case.dossier, case.on, case.known_on).state
    except NotFound as error:
        return (str(error),)
    if state == case.state:
        return ()
    known = f", as known on {case.known_on}" if case.known_on else ""
    return (f"{case.dossier} on {case.on}{known}: expected {case.state}, got {state}",)


def _status_case(row: Mapping[str, str]) -> StatusCase:
    return StatusCase(
        id=row["id"],
        dossier=row["dossier"],
        on=parse_day(row["on"]),
        known_on=parse_day(row["known_on"]) if row["known_on"] else None,
        state=row["state"],
        note=row["note"],
    )


def _file_cases(path: Path, faults: list[Fault]) -> Iterator[Case]:
    text = path.read_text(encoding="utf-8")
    try:
        entries = tomllib.loads(text).get("case", [])
    except tomllib.TOMLDecodeError as error:
        faults.append(Fault(path.name, 0, "", f"not TOML: {error}", "valid TOML"))
        return
    for entry in entries:
        place = path.name, _line_of(text, str(entry.get("id", "")))
        found = [Fault(*place, key, problem, wanted) for key, problem, wanted in _wrong(entry)]
        faults += found
        if not found:
            yield _case(place, entry)


def _line_of(text: str, name: str) -> int:
    before, found, _ = text.partition(f'id = "{name}"')
    return before.count("\n") + 1 if found else 0


def _case(place: tuple[str, int], entry: Mapping[str, object]) -> Case:
    known_on = entry.get("known_on")
    return Case(
        id=str(entry["id"]),
        title=str(entry["title"]),
        place=place,
        sources=_words(entry.get("source")),
        derived_from=_words(entry.get("derived_from")),
        known_on=known_on if isinstance(known_on, dt.date) else None,
        line=_table(entry["line"]),
        expect=_table(entry["expect"]),
    )


def _words(value: object) -> tuple[str, ...]:
    return tuple(str(word) for word in value) if isinstance(value, list) else ()


def _table(value: object) -> Mapping[str, str]:
    return value if isinstance(value, dict) else {}


def _wrong(entry: Mapping[str, object]) -> Iterator[tuple[str, str, str]]:
    """What is wrong with the keys of a case: key, problem, what was expected."""
    for key in sorted(set(entry) - _KEYS):
        yield key, "the key is not known", ", ".join(sorted(_KEYS))
    for key in ("id", "title"):
        if not entry.get(key):
            yield key, "the key is missing", "a text"
    if not entry.get("source") and not entry.get("derived_from"):
        yield "source", "nothing says why this result is right", "source or derived_from"
    if not isinstance(entry.get("known_on", dt.date.min), dt.date):
        yield "known_on", "not a day", "a TOML day such as 2019-07-03"
    yield from _wrong_line(_table(entry.get("line")))
    yield from _wrong_expectations(_table(entry.get("expect")))


def _wrong_line(cells: Mapping[str, object]) -> Iterator[tuple[str, str, str]]:
    if not cells:
        yield "line", "the order line is missing", "a table [case.line]"
    for column, cell in cells.items():
        if not isinstance(cell, str):
            yield f"line.{column}", f"{cell!r} is not a text", "the cell in quotes, as in a file"


def _wrong_expectations(expect: Mapping[str, object]) -> Iterator[tuple[str, str, str]]:
    if expect.get("answer") not in set(Answer):
        yield "expect.answer", "the answer is missing or not known", ", ".join(Answer)
    if expect.get("confidence", Confidence.HIGH) not in set(Confidence):
        yield "expect.confidence", "the confidence is not known", ", ".join(Confidence)
    for key in sorted(set(expect) - set(EXPECTATIONS)):
        yield f"expect.{key}", "the key is not known", ", ".join(EXPECTATIONS)
    for key in _LISTS & set(expect):
        if not isinstance(expect[key], list):
            yield f"expect.{key}", "not a list", 'a list such as ["individual"]'


def _used_twice(cases: Iterable[Case]) -> Iterator[Fault]:
    first: dict[str, Case] = {}
    for case in cases:
        if case.id in first:
            file, line = first[case.id].place
            yield Fault(*case.place, "id", f"{case.id!r} is already used at {file}:{line}", "a new id")
        first.setdefault(case.id, case)


def _unknown_names(case: Case, register: Register) -> Iterator[str]:
    for name in case.sources:
        if name not in register.sources:
            yield f"the case names the source {name}, which is not in the register"
    for name in case.derived_from:
        try:
            register.find(name)
        except NotFound as error:
            yield f"the case is derived from {name}: {error}"


def _differences(case: Case, decision: Decision) -> Iterator[str]:
    for key, wanted in case.expect.items():
        difference = EXPECTATIONS[key](decision, wanted)
        if difference:
            yield difference


def _same(name: str) -> Check:
    """The field of the decision is exactly the value."""

    def check(decision: Decision, wanted: object) -> str:
        given = getattr(decision, name)
        given = list(given) if isinstance(given, tuple) else given
        return "" if given == wanted else f"{name}: expected {_show(wanted)}, got {_show(given)}"

    return check


def _among(name: str, read: Callable[[Decision], Iterable[str]]) -> Check:
    """Each name of the list is among those of the decision."""

    def check(decision: Decision, wanted: object) -> str:
        given = list(read(decision))
        missing = [word for word in _words(wanted) if word not in given]
        return f"{name}: {_show(missing)} is not among {_show(given)}" if missing else ""

    return check


def _part_of(name: str, read: Callable[[Decision], Iterable[str]]) -> Check:
    """Each text is part of some sentence of the decision."""

    def check(decision: Decision, wanted: object) -> str:
        sentences = list(read(decision))
        texts = _words(wanted) or (str(wanted),)
        missing = [text for text in texts if not any(text in sentence for sentence in sentences)]
        return f"{name}: {_show(missing)} is in none of {_show(sentences)}" if missing else ""

    return check


def _show(value: object) -> str:
    if isinstance(value, list):
        return "; ".join(str(part) for part in value) or "nothing"
    return str(value) or "nothing"


EXPECTATIONS: Mapping[str, Check] = {
    "answer": _same("answer"),
    "usable_licence": _same("usable_licence"),
    "licence_types": _same("licence_types"),
    "questions": _among("questions", lambda d: (question.fact for question in d.questions)),
    "rules": _among("rules", lambda d: d.rules),
    "not_covered": _part_of("not_covered", lambda d: d.not_covered),
    "confidence": _same("confidence"),
    "review_days": _same("review_days"),
    "record_years": _same("record_years"),
    "office": _part_of("office", lambda d: (d.office,)),
    "papers": _part_of("papers", lambda d: (d.papers,)),
    "penalty": _part_of("penalty", lambda d: (d.penalty,)),
}
"""What a case may expect, and how each is compared with the decision."""
_LISTS = frozenset({"licence_types", "questions", "rules", "not_covered"})
