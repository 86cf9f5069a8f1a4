"""What becomes of accepted proposals: events of a local overlay.

The overlay is a folder in the layout of the register's data, laid over the register with
``--scenario``. An accepted event is a record: it changes no row of law, which only people who
know the law write.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import shutil
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomli_w

from sekisho.dates import PartialDate
from sekisho.errors import OutputRefused, RegisterInvalid, ValueInvalid
from sekisho.reading.desk import Decided, Desk, Kept
from sekisho.reading.identity import event_id, source_id
from sekisho.reading.places import require_own
from sekisho.register.open import open_register
from sekisho.register.register import Register
from sekisho.register.tables import SOURCES

SOURCE_COLUMNS = SOURCES.headers
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
_UNREAL = frozenset({"conditional", "considered", "denied"})
_ROLES = {"announced": "announced", "effective": "effective", "happened": "effective", "planned": "effective"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a decision did.

    Attributes:
        changed: Whether it differs from the decision before.
        undone: The decision of the other kind that it undid; ``None`` if there was none.
        events: The events that are in the overlay now, by id.
        left: The events that were in the overlay and are no more.
        overlay: Whether there is an overlay.
        note: What a person should know of the event that was accepted; empty if nothing.
    """

    changed: bool
    undone: Decided | None
    events: tuple[str, ...]
    left: tuple[str, ...] = ()
    overlay: bool = True
    note: str = ""


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
        OutputRefused: If the folder is a register, or holds what is not of this desk.
    """
    require_own(desk, register, folder)
    accepted = [kept for kept in desk.all() if kept.state == "accepted"]
    by_dossier: dict[str, list[Kept]] = {}
    for kept in accepted:
        by_dossier.setdefault(dossier_name(kept), []).append(kept)
    files: dict[str, str] = {}
    written: list[str] = []
    for name, found in by_dossier.items():
        new = [kept for kept in found if not _is_on_record(kept)]
        if new:
            told = _same_events(new)
            files[f"relations/dossiers/{name}.toml"] = _dossier_file(name, told, register)
            written += [event_id(group[0]) for group in told]
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
    *, by: str, reason: str, on: dt.date, dossier: str = "", announced: dt.date | None = None,
) -> Outcome:  # fmt: skip
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
        announced: The day on which it was announced, if the text does not tell it.

    Raises:
        NotFound: If there is no such proposal or dossier.
        ValueInvalid: If a proposal cannot be an event, saying what is missing.
        OutputRefused: If the overlay cannot be written there; nothing is decided then.
    """
    with desk.alone():
        if dossier:
            register.dossier(dossier)
        require_own(desk, register, folder)
        before = desk.get(name).history[-1:]
        changed = desk.decide(
            name, verdict, by=by, reason=reason, on=on, dossier=dossier, announced=announced
        )
        undone = next((each for each in before if each.verdict != verdict), None)
        if verdict == "rejected" and not folder.exists():
            return Outcome(changed, undone, (), overlay=False)
        held = _events_in(folder)
        try:
            _require_day(desk.get(name))
            written = write_overlay(desk, register, folder)
            open_register(register.root, folder)
        except (RegisterInvalid, ValueInvalid) as error:
            if changed:
                desk.undo(name)
                write_overlay(desk, register, folder)
            raise _refused(name, verdict, error) from error
        except OSError as error:
            if changed:
                desk.undo(name)
            raise OutputRefused(str(folder), error.strerror or str(error), _WRITABLE) from error
        left = tuple(each for each in held if each not in written)
        return Outcome(changed, undone, written, left, note=_note(desk.get(name)))


_WRITABLE = "name a folder that can be written"


def _refused(name: str, verdict: str, error: RegisterInvalid | ValueInvalid) -> ValueInvalid:
    """Why a decision cannot be carried out, and what to do."""
    if isinstance(error, ValueInvalid):
        problem, expected = error.problem, error.expected
    else:
        problem, expected = forbidden(error), ""
    return ValueInvalid(
        f"{name} cannot be {verdict} as an event: {problem}",
        expected or "an event that the record allows; reject it, or accept it with another dossier",
    )


def forbidden(error: RegisterInvalid) -> str:
    """What the record has against an event, each thing once; its file was not written, or is taken back."""
    return "; ".join(dict.fromkeys(f"{fault.column}: {fault.problem}" for fault in error.faults))


def _events_in(folder: Path) -> list[str]:
    """The events that stand in an overlay, by id."""
    files = sorted((folder / "relations" / "dossiers").glob("*.toml"))
    try:
        told = [tomllib.loads(file.read_text(encoding="utf-8")) for file in files]
    except (OSError, ValueError):  # what is there is written anew, whatever it is
        return []
    return [str(event.get("id", "")) for each in told for event in each.get("event", ())]


def _require_day(kept: Kept) -> None:
    """Refuses an event without a day of its own: the day of publication is not taken for it.

    Raises:
        ValueInvalid: If neither the text nor the person who accepts it gives one.
    """
    if kept.state != "accepted" or _is_on_record(kept) or _own_dates([kept]):
        return
    told = f"published on {kept.published}" if kept.published else "of an unknown day"
    what = "that was said" if kept.rows[0]["status"] in _UNREAL else "it happened or was announced"
    msg = f"its text ({told}) does not tell on which day {what}"
    raise ValueInvalid(msg, "that day, as announced (--announced DAY)")


def _is_on_record(kept: Kept) -> bool:
    return bool(kept.rows[0]["against_record"]["state"] == "on_record")


def _note(kept: Kept) -> str:
    """What the event of an accepted proposal takes from elsewhere than its text."""
    if kept.state != "accepted":
        return ""
    if _is_on_record(kept):
        events = ", ".join(kept.rows[0]["against_record"]["events"])
        return f"it is on record as {events}; its text is added as a source, and no event"
    if "announced" in _own_dates([kept]):
        return ""
    return f"its text tells no day of announcement; announced is the day of its publication, {kept.published}"


def dossier_name(kept: Kept) -> str:
    """The dossier of a proposal; a new one is named after what happens between whom."""
    if kept.dossier:
        return kept.dossier
    row = kept.rows[0]
    parties = "-".join(
        part for part in f"{row['actor']};{row['counterpart']}".lower().split(";") if part and part != "*"
    )
    return f"read-{row['type'].split('_')[0]}-{parties}"


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
            "parties": list(dict.fromkeys(codes(first["actor"]) + codes(first["counterpart"]))),
            "about": "From texts that were read; accepted by named persons.",
            "source": [source_id(found[0][0])],
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
    if not dates:
        msg = f"{kept.id} has no date, and the day of its text is not known"
        raise ValueInvalid(msg, "the text read with --published DAY")
    notes = [
        f"Accepted by {one.history[-1].by} on {one.history[-1].on}: {one.history[-1].reason}" for one in group
    ]
    if "announced" not in _own_dates(group):
        notes.append("Announced is the day of publication of its text, which tells no other")
    notes += [f"Condition: {row['condition']}"] if row["condition"] else []
    return {
        "id": event_id(kept),
        "kind": row["type"] if row["status"] not in _UNREAL else "statement_made",
        "by": codes(row["actor"]),
        "toward": codes(row["counterpart"]),
        **{role: toml_date(date) for role, date in sorted(dates.items())},
        "summary": f"{row['type']}, {row['status']}: {' '.join(row['quote'].split())}",
        "source": list(dict.fromkeys(source_id(one) for one in group)),
        "confidence": "low",
        "note": ". ".join(notes),
    }


def _dates(group: Sequence[Kept]) -> dict[str, str]:
    """The dates of an event; what is not told to be announced is known from the first text that tells it."""
    dates = _own_dates(group)
    told = min((one.published for one in group if one.published), default="")
    return {"announced": told, **dates} if told else dates


def _own_dates(group: Sequence[Kept]) -> dict[str, str]:
    """The dates that the text, or the person who accepted it, gives; of what is unreal, when it was said."""
    dates: dict[str, str] = {}
    for each in group[0].rows:
        if each["date"]:
            dates.setdefault(_ROLES[each["date_role"]], each["date"])
    if group[0].rows[0]["status"] in _UNREAL:
        dates.pop("effective", None)
    given = [one.history[-1].announced for one in group if one.history and one.history[-1].announced]
    return dates | ({"announced": min(given)} if given else {})


def toml_date(date: str) -> dt.date | str:
    """A date as TOML writes it; one without a day is text."""
    found = PartialDate.parse(date)
    return found.first if found.is_day else date


def codes(joined: str) -> list[str]:
    """The parties of a cell, without the mark of all destinations."""
    return [code for code in joined.split(";") if code and code != "*"]


def source_cells(kept: Kept) -> tuple[str, ...]:
    """The text of a proposal as a row of sources."""
    cells: Mapping[str, str] = {
        "id": source_id(kept), "title": kept.text, "publisher": kept.rows[0]["attribution"], "kind": "news",
        "published": kept.published, "language": "en", "note": "A text that was read.",
    }  # fmt: skip
    return tuple(cells.get(column, "") for column in SOURCE_COLUMNS)


def _sources(found: Iterable[Kept]) -> str:
    rows = {source_id(kept): source_cells(kept) for kept in found}
    held = io.StringIO()
    writer = csv.writer(held, lineterminator="\n")
    writer.writerow(SOURCE_COLUMNS)
    writer.writerows(rows.values())
    return held.getvalue()
