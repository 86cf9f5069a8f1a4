"""What becomes of proposals: an overlay of accepted events, and a scenario of one that is tried.

The overlay is a folder in the layout of the register's data, the scenario one file; both are
laid over the register with ``--scenario``. An
accepted event is a record: it changes no row of law, which only people who know the law
write. A proposal that is tried is an assumption: it undoes, row by row, the last event of its
dossier that it reverses, and says so.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomli_w

from sekisho.dates import PartialDate
from sekisho.errors import RegisterInvalid, ValueInvalid
from sekisho.model import Event
from sekisho.reading.desk import Desk, Kept
from sekisho.register.open import open_register
from sekisho.register.register import Register
from sekisho.register.tables import SOURCES

_DOSSIER_KINDS = (
    ("country_list", "listing"),
    ("agreement", "agreement"),
    ("dispute", "dispute"),
    ("talks", "dialogue"),
    ("summit", "dialogue"),
    ("cooperation", "sharing"),
    ("court", "judgment"),
    ("", "measure"),
)
_REVERSES = {
    "export_control_eased": ("export_control_tightened", "rule_introduced"),
    "country_list_reinstated": ("country_list_removed",),
    "country_list_removed": ("country_list_reinstated",),
    "export_control_tightened": ("export_control_eased", "export_control_ended"),
}
_UNREAL = frozenset({"conditional", "considered", "denied"})
_ROLES = {"announced": "announced", "effective": "effective", "happened": "effective", "planned": "effective"}


@dataclass(frozen=True, slots=True)
class Tried:
    """A scenario made of one proposal.

    Attributes:
        event: Its event.
        reverses: The event on record that it undoes; empty if none.
        ends: Rows of law that it ends.
        returns: Rows of law that stand again under new ids.
    """

    event: str
    reverses: str
    ends: tuple[str, ...]
    returns: tuple[str, ...]


def write_overlay(desk: Desk, register: Register, folder: Path) -> tuple[str, ...]:
    """Writes all accepted proposals as a local overlay.

    Args:
        desk: Where the proposals lie.
        register: The register without the overlay.
        folder: Where; its dossiers and sources are made anew.

    Returns:
        The ids of the events written.

    Raises:
        ValueInvalid: If a proposal cannot be an event, saying what is missing.
    """
    accepted = [kept for kept in desk.all() if kept.state == "accepted"]
    by_dossier: dict[str, list[Kept]] = {}
    for kept in accepted:
        by_dossier.setdefault(dossier_name(kept), []).append(kept)
    files: dict[str, str] = {}
    written: list[str] = []
    for name, found in by_dossier.items():
        new = [kept for kept in found if kept.rows[0]["against_record"]["state"] != "on_record"]
        if new:
            told = _same_events(new)
            files[f"relations/dossiers/{name}.toml"] = _dossier_file(name, told, register)
            written += [_event_id(group[0]) for group in told]
    files["relations/sources.csv"] = _sources(accepted)
    if folder.exists():
        shutil.rmtree(folder / "relations", ignore_errors=True)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    return tuple(written)


def _same_events(found: Iterable[Kept]) -> list[list[Kept]]:
    """The proposals of a dossier, those of one event together: same type, parties, status and dates."""
    groups: dict[tuple[str, ...], list[Kept]] = {}
    for kept in found:
        row = kept.rows[0]
        dates = sorted(f"{each['date_role']} {each['date']}" for each in kept.rows if each["date"])
        same = (row["type"], row["actor"], row["counterpart"], row["status"], *(dates or [kept.id]))
        groups.setdefault(same, []).append(kept)
    return list(groups.values())


def decide_and_write(  # noqa: PLR0913  one argument for each thing that a decision is made of
    desk: Desk, register: Register, folder: Path, name: str, verdict: str,
    *, by: str, reason: str, on: dt.date, dossier: str = "",
) -> tuple[bool, tuple[str, ...]]:  # fmt: skip
    """Decides a proposal and writes the overlay anew; what the record forbids is taken back.

    Args:
        desk: Where the proposal waits.
        register: The register without the overlay.
        folder: Where the overlay is; a rejection does not make one.
        name: The id of the proposal.
        verdict: accepted or rejected.
        by: The person who decides.
        reason: Why.
        on: The day of the decision.
        dossier: Where it belongs, if the reader did not find it.

    Returns:
        Whether something changed, and the ids of the events in the overlay.

    Raises:
        NotFound: If there is no such proposal or dossier.
        ValueInvalid: If a proposal cannot be an event, saying what is missing.
    """
    with desk.alone():
        if dossier:
            register.dossier(dossier)
        changed = desk.decide(name, verdict, by=by, reason=reason, on=on, dossier=dossier)
        if verdict == "rejected" and not folder.exists():
            return changed, ()
        try:
            written = write_overlay(desk, register, folder)
            open_register(register.root, folder)
        except (RegisterInvalid, ValueInvalid) as error:
            if changed:
                desk.undo(name)
                write_overlay(desk, register, folder)
            msg = f"{name} cannot be {verdict} as an event: {error}"
            raise ValueInvalid(
                msg, "an event that the record allows; reject it, or accept it with another dossier"
            ) from error
        return changed, written


def dossier_name(kept: Kept) -> str:
    """The dossier of a proposal; a new one is named after what happens between whom."""
    if kept.dossier:
        return kept.dossier
    row = kept.rows[0]
    parties = "-".join(
        part for part in f"{row['actor']};{row['counterpart']}".lower().split(";") if part and part != "*"
    )
    return f"read-{row['type'].split('_')[0]}-{parties}"


def write_scenario(kept: Kept, register: Register, path: Path, effective: dt.date | None = None) -> Tried:
    """Writes one proposal, accepted or not, as a scenario: what if it were so.

    Args:
        kept: The proposal.
        register: The register that it is tried against.
        path: The TOML file to write.
        effective: The day it takes effect; by default the day that the text gives.

    Raises:
        ValueInvalid: If the day is missing, or the proposal names no dossier on record.
    """
    row = kept.rows[0]
    day = effective or _day(kept)
    if day is None:
        msg = f"{kept.id} has no day on which it takes effect"
        raise ValueInvalid(msg, "--effective DAY")
    if kept.dossier not in register.dossiers:
        msg = f"{kept.id} belongs to no dossier on record"
        raise ValueInvalid(msg, "a proposal of a dossier on record; accept it with --dossier ID to name one")
    _refuse_if_later(register, kept, row["type"], day)
    event = f"tried-{_slug(kept.id)}"
    undone = _undone(register, kept.dossier, row["type"], day)
    ended, returned = _rows(register, undone, event) if undone is not None else ((), {})
    told = f"{kept.id} of {kept.text}: {row['quote']}"
    content: dict[str, Any] = {
        "title": f"What if: {' '.join(row['quote'].split())}",
        "source": [dict(zip(_SOURCE_COLUMNS, _source(kept), strict=True))],
        "event": [
            {
                "dossier": kept.dossier, "id": event, "kind": row["type"], "by": _codes(row["actor"]), "toward": _codes(row["counterpart"]),  # noqa: E501
                "effective": day, "summary": f"Tried: {' '.join(told.split())}", "source": [_source_id(kept)], "confidence": "low",  # noqa: E501
                "note": f"Assumed. {f'It undoes {undone.id} row by row.' if undone is not None else 'It changes no row of law.'}",  # noqa: E501
            }
        ],
        "end": [{"row": name, "event": event} for name in ended],
    }  # fmt: skip
    content |= returned
    path.write_text(tomli_w.dumps({key: value for key, value in content.items() if value}), encoding="utf-8")
    names = tuple(row["id"] for tables in returned.values() for rows in tables.values() for row in rows)
    return Tried(event, undone.id if undone is not None else "", tuple(ended), names)


def _refuse_if_later(register: Register, kept: Kept, kind: str, day: dt.date) -> None:
    """A scenario cannot do again what the record has done on that day or later."""
    for event in register.dossier(kept.dossier).events:
        if event.kind == kind and event.effective is not None and event.effective.last >= day:
            msg = f"{kept.id} cannot take effect on {day}: the record has {event.id} on {event.effective}"
            raise ValueInvalid(msg, f"a day after that with --effective, or sekisho status {kept.dossier}")


_SOURCE_COLUMNS = SOURCES.headers
_LAW_TABLES = ("policy", "regions", "exceptions", "consequences", "catch_all", "bars", "approvals")


def _day(kept: Kept) -> dt.date | None:
    """The day on which the text has the event take effect, or else announced."""
    for role in ("effective", "planned", "happened", "announced"):
        for row in kept.rows:
            if row["date_role"] == role and row["date"]:
                date = PartialDate.parse(row["date"])
                return date.first if date.is_day else None
    return None


def _undone(register: Register, dossier: str, kind: str, day: dt.date) -> Event | None:
    """The last event before a day that one of this kind reverses and that changed rows of law."""
    changing = {row.from_event for regime in register.regimes.values() for row in regime.provisions}
    before = [
        event
        for event in register.dossier(dossier).events
        if event.kind in _REVERSES.get(kind, ())
        and event.effective is not None
        and event.effective.last < day
        and event.id in changing
    ]
    return max(
        before,
        key=lambda event: event.effective.last if event.effective is not None else dt.date.min,
        default=None,
    )


def _rows(
    register: Register, undone: Event, event: str
) -> tuple[tuple[str, ...], dict[str, dict[str, list[dict[str, str]]]]]:
    """The rows that an event brought in, to be ended, and those it ended, to stand again."""
    ended: list[str] = []
    returned: dict[str, dict[str, list[dict[str, str]]]] = {}
    for regime in register.regimes.values():
        for table in _LAW_TABLES:
            rows = list(_cells(register.root / regime.id / f"{table}.csv"))
            brought = [row for row in rows if row["from_event"] == undone.id]
            ended += [row["id"] for row in brought]
            until = Counter(row["until_event"] for row in brought).most_common(1)
            again = [
                {
                    **{key: cell for key, cell in row.items() if cell},
                    "id": f"{row['id']}-again", "from_event": event, "until_event": until[0][0] if until else "",  # noqa: E501
                    "basis": "amended", "confidence": "low", "note": f"Assumed: stands again as before {undone.id}.",  # noqa: E501
                }
                for row in rows
                if row["until_event"] == undone.id
            ]  # fmt: skip
            if again:
                returned.setdefault(regime.id, {})[table] = again
    return tuple(ended), returned


def _cells(path: Path) -> Iterator[dict[str, str]]:
    if path.exists():
        with path.open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)


def _dossier_file(name: str, found: Sequence[Sequence[Kept]], register: Register) -> str:
    """One dossier with the events that were accepted for it, in the order of their days."""
    known = register.dossiers.get(name)
    first = found[0][0].rows[0]
    head: dict[str, Any] = (
        {
            "id": name,
            "kind": known.kind,
            "title": known.title,
            "parties": list(known.parties),
            "about": known.about,
        }
        if known is not None
        else {
            "id": name,
            "kind": next(kind for start, kind in _DOSSIER_KINDS if first["type"].startswith(start)),
            "title": first["subject"],
            "parties": list(dict.fromkeys(_codes(first["actor"]) + _codes(first["counterpart"]))),
            "about": "From texts that were read; accepted by named persons.",
            "source": [_source_id(found[0][0])],
        }
    )
    events = sorted(
        (_event(group) for group in found),
        key=lambda event: str(event.get("announced") or event.get("effective")),
    )
    return tomli_w.dumps({**head, "event": events})


def _event(group: Sequence[Kept]) -> dict[str, Any]:
    """Accepted proposals of one event as that event; known from the day of the first text that tells it."""
    kept = group[0]
    row = kept.rows[0]
    dates = _dates(group)
    if not any(dates.values()):
        msg = f"{kept.id} has no date, and the day of its text is not known"
        raise ValueInvalid(msg, "the text read with --published DAY")
    notes = [
        f"Accepted by {one.history[-1].by} on {one.history[-1].on}: {one.history[-1].reason}" for one in group
    ]
    notes += [f"Condition: {row['condition']}"] if row["condition"] else []
    return {
        "id": _event_id(kept),
        "kind": row["type"] if row["status"] not in _UNREAL else "statement_made",
        "by": _codes(row["actor"]),
        "toward": _codes(row["counterpart"]),
        **{role: _toml_date(date) for role, date in sorted(dates.items()) if date},
        "summary": f"{row['type']}, {row['status']}: {' '.join(row['quote'].split())}",
        "source": list(dict.fromkeys(_source_id(one) for one in group)),
        "confidence": "low",
        "note": ". ".join(notes),
    }


def _dates(group: Sequence[Kept]) -> dict[str, str]:
    """The dates of an event; what is not told to be announced is known from the first text that tells it."""
    dates: dict[str, str] = {}
    for each in group[0].rows:
        if each["date"]:
            dates.setdefault(_ROLES[each["date_role"]], each["date"])
    told = min((one.published for one in group if one.published), default="")
    if group[0].rows[0]["status"] in _UNREAL:
        return {"announced": dates.get("announced") or told}
    if told and "announced" not in dates:
        dates["announced"] = told
    return dates


def _toml_date(date: str) -> dt.date | str:
    found = PartialDate.parse(date)
    return found.first if found.is_day else date


def _codes(joined: str) -> list[str]:
    return [code for code in joined.split(";") if code and code != "*"]


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def _event_id(kept: Kept) -> str:
    return f"read-{_slug(kept.id)}"


def _source_id(kept: Kept) -> str:
    return f"text-{_slug(kept.text)}"


def _source(kept: Kept) -> tuple[str, ...]:
    cells: Mapping[str, str] = {
        "id": _source_id(kept), "title": kept.text, "publisher": kept.rows[0]["attribution"], "kind": "news",
        "published": kept.published, "language": "en", "note": "A text that was read.",
    }  # fmt: skip
    return tuple(cells.get(column, "") for column in _SOURCE_COLUMNS)


def _sources(found: Iterable[Kept]) -> str:
    rows = {_source_id(kept): _source(kept) for kept in found}
    held = io.StringIO()
    writer = csv.writer(held, lineterminator="\n")
    writer.writerow(_SOURCE_COLUMNS)
    writer.writerows(rows.values())
    return held.getvalue()
