"""A scenario of one proposal that is tried: what if it were so.

A proposal that is tried is an assumption: it undoes, row by row, the last event of its dossier
that it reverses, and says so. The day on which a thing was said is not the day on which it takes
effect, and an act that is denied takes effect on none: such a day is asked for.
"""

from __future__ import annotations

import csv
import datetime as dt
import shlex
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomli_w

from sekisho.dates import PartialDate
from sekisho.errors import OutputRefused, RegisterInvalid, ValueInvalid
from sekisho.model import Event
from sekisho.reading.desk import Desk, Kept
from sekisho.reading.identity import slug, source_id
from sekisho.reading.overlay import SOURCE_COLUMNS, codes, forbidden, source_cells, toml_date
from sekisho.register.open import open_register
from sekisho.register.register import Register

_REVERSES = {
    "export_control_eased": ("export_control_tightened", "rule_introduced"),
    "country_list_reinstated": ("country_list_removed",),
    "country_list_removed": ("country_list_reinstated",),
    "export_control_tightened": ("export_control_eased", "export_control_ended"),
}
_OF_EFFECT = ("effective", "planned", "happened")
"""The roles of dates on which an act takes effect; the day of its announcement is none."""
_LAW_TABLES = ("policy", "regions", "exceptions", "consequences", "catch_all", "bars", "approvals")


@dataclass(frozen=True, slots=True)
class Tried:
    """A scenario made of one proposal.

    Attributes:
        event: Its event.
        effective: The day from which it is tried.
        assumed: What its text does not say and the scenario assumes; empty if it tells the act as done.
        reverses: The event on record that it undoes; empty if none.
        ends: Rows of law that it ends.
        returns: Rows of law that stand again under new ids.
    """

    event: str
    effective: str
    assumed: str
    reverses: str
    ends: tuple[str, ...]
    returns: tuple[str, ...]


def write_scenario(
    desk: Desk, register: Register, path: Path, name: str, effective: dt.date | None = None
) -> Tried:
    """Writes one proposal, accepted or not, as a scenario: what if it were so.

    Args:
        desk: Where the proposal lies.
        register: The register that it is tried against.
        path: The TOML file to write.
        name: The id of the proposal.
        effective: The day from which it is tried; by default the day on which the text has it
            take effect. Of an act that the text denies it must be given.

    Raises:
        NotFound: If there is no such proposal.
        ValueInvalid: If the day is missing, the proposal names no dossier on record, or the record
            does not allow it on that day.
        OutputRefused: If the file is no TOML file, or cannot be written.
    """
    if path.suffix.lower() != ".toml":
        raise OutputRefused(str(path), "a scenario is a TOML file", "give a name that ends in .toml")
    kept = desk.get(name)
    _require_dossier(register, kept)
    day = effective or _day(kept)
    if day is None:
        how = " as if it were true" if kept.rows[0]["status"] == "denied" else ""
        raise ValueInvalid(_without_day(kept), f"the day to try it from{how}: {_command(desk, name)}")
    _refuse_if_later(register, desk, kept, day)
    text, tried = _allowed(register, kept, day)
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        problem = error.strerror or str(error)
        raise OutputRefused(str(path), problem, "name a file in a folder that can be written") from error
    return tried


def _allowed(register: Register, kept: Kept, day: dt.date) -> tuple[str, Tried]:
    """The scenario as TOML, known from the day of its text if the record allows that, and what it does.

    Raises:
        ValueInvalid: With all that the record has against it.
    """
    what = f"{kept.id} cannot be tried from {day}"
    for known in (_known(kept, day), {}):
        content, tried = _content(register, kept, day, known)
        text = tomli_w.dumps({key: value for key, value in content.items() if value})
        try:
            _require_allowed(register, text, what)
        except ValueInvalid:
            if not known:  # it is the act that is forbidden, not its announcement on that day
                raise
        else:
            break
    return text, tried


def _require_allowed(register: Register, text: str, what: str) -> None:
    """Refuses a scenario that the record does not allow, before any file of it is written.

    Raises:
        ValueInvalid: With all that the record has against it.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "tried.toml"
        path.write_text(text, encoding="utf-8")
        try:
            open_register(register.root, path)
        except RegisterInvalid as error:
            expected = "another day (--effective DAY), or another proposal"
            raise ValueInvalid(f"{what}: {forbidden(error)}", expected) from error


def _command(desk: Desk, name: str) -> str:
    """The command that tries a proposal from a day that is given."""
    where = f"{shlex.quote(name)} --desk {shlex.quote(str(desk.path))}"
    return f"sekisho proposals scenario {where} --effective DAY -o FILE.toml, then --scenario FILE.toml"


def _require_dossier(register: Register, kept: Kept) -> None:
    if kept.dossier not in register.dossiers:
        msg = f"{kept.id} belongs to no dossier on record"
        raise ValueInvalid(
            msg, "a proposal of a dossier on record; sekisho proposals accept with --dossier ID names one"
        )


def _refuse_if_later(register: Register, desk: Desk, kept: Kept, day: dt.date) -> None:
    """A scenario cannot do again what the record has done on that day or later."""
    for event in register.dossier(kept.dossier).events:
        if event.kind == kept.rows[0]["type"] and event.effective is not None and event.effective.last >= day:
            msg = f"{kept.id} cannot take effect on {day}: the record has {event.id} on {event.effective}"
            raise ValueInvalid(msg, f"a day after that: {_command(desk, kept.id)}")


def _day(kept: Kept) -> dt.date | None:
    """The day on which the text has the event take effect; ``None`` if it tells none, or denies the event."""
    if kept.rows[0]["status"] == "denied":
        return None
    for role in _OF_EFFECT:
        for row in kept.rows:
            if row["date_role"] == role and row["date"]:
                date = PartialDate.parse(row["date"])
                return date.first if date.is_day else None
    return None


def _without_day(kept: Kept) -> str:
    """Why the text gives no day to try a proposal from."""
    days = _days(kept)
    match kept.rows[0]["status"]:
        case "denied":
            return f"{kept.id} is denied by its text ({days}), and what is denied has no day of effect"
        case "considered" | "conditional" as status:
            return f"{kept.id} is only {status} in its text ({days}), which tells no day of effect"
        case _:
            return f"{kept.id} has no day of effect: its text tells none ({days})"


def _days(kept: Kept) -> str:
    """The dates that a text tells, in words."""
    told = ", ".join(f"{row['date_role']} {row['date']}" for row in kept.rows if row["date"])
    return told or (f"published {kept.published}" if kept.published else "no date")


def _assumed(kept: Kept) -> tuple[str, str]:
    """What is assumed beyond what the text says, as a sentence and as the start of a title."""
    row = kept.rows[0]
    match row["status"]:
        case "denied":
            told = f"its text denies the act ({_days(kept)}); it is tried as if it were true"
            return told, f"What if it were true, though denied ({_days(kept)})"
        case "considered":
            told = f"its text only considers the act ({_days(kept)}); it is tried as if it were done"
            return told, f"What if it were done, though only considered ({_days(kept)})"
        case "conditional":
            condition = " ".join(row["condition"].split()) or "not told in words"
            told = f"its text ties the act to a condition ({condition}); it is tried as if that were met"
            return told, f"What if its condition were met ({condition})"
        case _:
            return "", "What if"


def _content(
    register: Register, kept: Kept, day: dt.date, known: Mapping[str, dt.date | str]
) -> tuple[dict[str, Any], Tried]:
    """The content of a scenario file, and what it does."""
    row, event = kept.rows[0], f"tried-{slug(kept.id)}"
    undone = _undone(register, kept.dossier, row["type"], day)
    ended, returned = _rows(register, undone, event) if undone is not None else ((), {})
    assumed, title = _assumed(kept)
    quote = " ".join(row["quote"].split())
    does = f"It undoes {undone.id} row by row." if undone is not None else "It changes no row of law."
    content: dict[str, Any] = {
        "title": f"{title}: {quote}",
        "source": [dict(zip(SOURCE_COLUMNS, source_cells(kept), strict=True))],
        "event": [
            {
                "dossier": kept.dossier, "id": event, "kind": row["type"], "by": codes(row["actor"]), "toward": codes(row["counterpart"]),  # noqa: E501
                **known, "effective": day, "summary": f"Tried: {kept.id} of {kept.text}: {quote}", "source": [source_id(kept)],  # noqa: E501
                "confidence": "low", "note": f"Assumed: {assumed}. {does}" if assumed else f"Assumed. {does}",
            }
        ],
        "end": [{"row": name, "event": event} for name in ended],
    }  # fmt: skip
    names = tuple(row["id"] for tables in returned.values() for rows in tables.values() for row in rows)
    reverses = undone.id if undone is not None else ""
    return content | returned, Tried(event, day.isoformat(), assumed, reverses, tuple(ended), names)


def _known(kept: Kept, day: dt.date) -> dict[str, dt.date | str]:
    """When what is tried is known: from the day of its text, or else from the day of its effect."""
    published = PartialDate.parse(kept.published) if kept.published else None
    early = published is not None and published.last <= day
    return {"announced": toml_date(kept.published)} if early else {}


def _undone(register: Register, dossier: str, kind: str, day: dt.date) -> Event | None:
    """The last event before a day that this kind reverses and of whose rows of law most still stand."""
    stands: Counter[str] = Counter()
    for regime in register.regimes.values():
        for row in regime.provisions:
            stands[row.from_event] += -1 if _ended(register, row.until_event, day) else 1
    before = [
        event
        for event in register.dossier(dossier).events
        if event.kind in _REVERSES.get(kind, ())
        and event.effective is not None
        and event.effective.last < day
        and stands[event.id] > 0
    ]
    return max(
        before,
        key=lambda event: event.effective.last if event.effective is not None else dt.date.min,
        default=None,
    )


def _ended(register: Register, event: str, day: dt.date) -> bool:
    """Whether an event that ends a row has taken effect before a day."""
    found = register.events.get(event)
    return found is not None and found.effective is not None and found.effective.last < day


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
