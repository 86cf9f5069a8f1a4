"""The desk: proposals wait for a named person, in one SQLite file.

Nothing is ever written to the shipped register. What is accepted is written out as a local
overlay, a scenario folder in the layout of the register's data, made anew from the desk each
time: accepting twice gives the same files.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sekisho.dates import PartialDate
from sekisho.errors import NotFound, OutputRefused, ValueInvalid
from sekisho.reading.reading import Reading, as_record
from sekisho.register.register import nearest

_VERSION = 2
_SCHEMA = """
create table text (name text primary key, digest text not null, published text not null, text text not null) strict;
create table proposal (id text primary key, text text not null references text (name), place integer not null, rows text not null) strict;
create table decision (
    number integer primary key, proposal text not null references proposal (id),
    verdict text not null check (verdict in ('accepted', 'rejected')),
    by text not null, reason text not null, on_day text not null, dossier text not null,
    announced text not null default ''
) strict;
"""  # noqa: E501


@dataclass(frozen=True, slots=True)
class Decided:
    """What a person decided of a proposal.

    Attributes:
        announced: The day on which it was announced, if the person gave it; else empty.
    """

    verdict: str
    by: str
    reason: str
    on: str
    dossier: str
    announced: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """A proposal on the desk.

    Attributes:
        rows: Its rows in the schema of events; one for each date.
        published: When its text was published; empty if not known.
        state: open, accepted or rejected.
        history: Every decision, the last one stands.
    """

    id: str
    text: str
    published: str
    rows: tuple[Mapping[str, Any], ...]
    history: tuple[Decided, ...]

    @property
    def state(self) -> str:
        """open, accepted or rejected."""
        return self.history[-1].verdict if self.history else "open"

    @property
    def confidence(self) -> float:
        """How sure the reader is of it; 1 where it was read before that was told."""
        return float(self.rows[0].get("confidence", 1.0))

    @property
    def dossier(self) -> str:
        """The dossier it goes to: by decision, else by the reader."""
        chosen = self.history[-1].dossier if self.history else ""
        return chosen or str(self.rows[0]["dossier"])


_WAIT = 30.0
"""Seconds; a decision takes less than one."""


class Desk:
    """Proposals in a file, and what was decided of them.

    Raises:
        ValueInvalid: If the file is no such desk.
        NotFound: If it must exist and does not.
    """

    def __init__(self, path: Path, *, create: bool = False) -> None:
        self.path = path
        if not create and not path.exists():
            raise NotFound("desk", str(path), (), "sekisho read FILES --desk FILE makes one")
        try:
            with closing(self._connect()) as base, base:
                version = base.execute("pragma user_version").fetchone()[0]
                if version == 0 and not base.execute("select 1 from sqlite_master").fetchone():
                    base.executescript(_SCHEMA)
                    base.execute(f"pragma user_version = {_VERSION}")
                elif version == 1:
                    _add_announced(base)
                elif version != _VERSION:
                    msg = f"{path} is not a desk of proposals"
                    raise ValueInvalid(msg, "a file that sekisho read --desk made")
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise OutputRefused(
                    str(path), str(error), "name a file in a folder that can be written"
                ) from error
            msg = f"{path} is not a desk of proposals: {error}"
            raise ValueInvalid(msg, "a file that sekisho read --desk made") from error

    def _connect(self) -> sqlite3.Connection:
        base = sqlite3.connect(self.path, timeout=10)
        base.execute("pragma foreign_keys = on")
        return base

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keeps every other thread and process waiting that decides on this desk too.

        Raises:
            OutputRefused: If another does not finish, or the place cannot be written.
        """
        path = self.path.with_name(f"{self.path.name}.lock")
        try:
            held = sqlite3.connect(path, timeout=_WAIT, isolation_level=None)
            held.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            raise OutputRefused(str(path), str(error), "let the other decision finish") from None
        try:
            yield
        finally:
            held.close()

    def put(self, readings: Sequence[Reading]) -> int:
        """Puts the proposals of texts on the desk; a text read before keeps its decisions.

        Returns:
            How many proposals are new.

        Raises:
            ValueInvalid: If another text of the same name is there.
        """
        with closing(self._connect()) as base, base:
            return sum(self._put(base, reading) for reading in readings)

    def _put(self, base: sqlite3.Connection, reading: Reading) -> int:
        digest = hashlib.sha256(reading.text.encode("utf-8", "surrogatepass")).hexdigest()
        held = base.execute("select digest from text where name = ?", (reading.name,)).fetchone()
        if held is not None and held[0] != digest:
            msg = f"another text named {reading.name!r} is on the desk {self.path}"
            raise ValueInvalid(msg, "texts with different names; rename the file, or use another desk")
        record = as_record(reading)
        text = reading.text.encode("utf-8", "replace").decode("utf-8")
        base.execute(
            "insert into text values (?, ?, ?, ?) on conflict (name) do update set published = excluded.published",  # noqa: E501
            (reading.name, digest, record["publication_date"], text),
        )
        by_id: dict[str, list[Mapping[str, Any]]] = {}
        for row in record["events"]:
            by_id.setdefault(row["event_id"], []).append(row)
        new = 0
        for place, (name, rows) in enumerate(by_id.items()):
            new += base.execute("select 1 from proposal where id = ?", (name,)).fetchone() is None
            base.execute(
                "insert into proposal values (?, ?, ?, ?) on conflict (id) do update set rows = excluded.rows",  # noqa: E501
                (name, reading.name, place, json.dumps(rows, ensure_ascii=False)),
            )
        return new

    def all(self) -> tuple[Kept, ...]:
        """Every proposal, by text and place."""
        with closing(self._connect()) as base:
            return tuple(self._kept(base, "select id, text, rows from proposal order by text, place", ()))

    def get(self, name: str) -> Kept:
        """One proposal by id.

        Raises:
            NotFound: With the nearest ids.
        """
        with closing(self._connect()) as base:
            found = next(self._kept(base, "select id, text, rows from proposal where id = ?", (name,)), None)
            if found is None:
                known = [row[0] for row in base.execute("select id from proposal")]
                advice = f"sekisho proposals list --desk {self.path} names all"
                raise NotFound("proposal", name, nearest(name, known), advice)
            return found

    def text_of(self, name: str) -> str:
        """The text that a proposal was read in."""
        with closing(self._connect()) as base:
            row = base.execute("select text from text where name = ?", (name,)).fetchone()
            return str(row[0]) if row is not None else ""

    def _kept(self, base: sqlite3.Connection, query: str, values: tuple[str, ...]) -> Iterator[Kept]:
        for name, text, rows in base.execute(query, values).fetchall():
            history = base.execute(
                "select verdict, by, reason, on_day, dossier, announced from decision where proposal = ? order by number",  # noqa: E501
                (name,),
            ).fetchall()
            published = base.execute("select published from text where name = ?", (text,)).fetchone()[0]
            yield Kept(
                name, text, published, tuple(json.loads(rows)), tuple(Decided(*each) for each in history)
            )

    def decide(  # noqa: PLR0913  one argument for each thing that a decision is made of
        self, name: str, verdict: str, *, by: str, reason: str, on: dt.date, dossier: str = "",
        announced: dt.date | None = None,
    ) -> bool:  # fmt: skip
        """Accepts or rejects a proposal; the same decision again changes nothing.

        Args:
            name: The id of the proposal.
            verdict: accepted or rejected.
            by: The person who decides.
            reason: Why.
            on: The day of the decision.
            dossier: Where it belongs, if the reader did not find it.
            announced: The day on which it was announced, if the text does not tell it.

        Returns:
            Whether something changed.

        Raises:
            NotFound: If there is no such proposal.
            ValueInvalid: If the person or the reason is empty, or a day cannot be.
        """
        for field, value, expected in (
            ("--by", by, "the name of the person who decides"),
            ("--reason", reason, "why the proposal is accepted or rejected"),
        ):
            if not value.strip():
                msg = f"{field} is empty"
                raise ValueInvalid(msg, expected)
        kept = self.get(name)
        _require_possible(kept, on, announced)
        told = announced.isoformat() if announced is not None else ""
        last = kept.history[-1] if kept.history else None
        if last is not None and last.verdict == verdict:  # what is not said anew stays
            dossier, told = dossier or last.dossier, told or last.announced
            if (dossier, told) == (last.dossier, last.announced):
                return False
        with closing(self._connect()) as base, base:
            base.execute(
                "insert into decision (proposal, verdict, by, reason, on_day, dossier, announced) values (?, ?, ?, ?, ?, ?, ?)",  # noqa: E501
                (name, verdict, by.strip(), reason.strip(), on.isoformat(), dossier, told),
            )
        return True

    def undo(self, name: str) -> None:
        """Takes back the last decision of a proposal, where it could not be carried out."""
        with closing(self._connect()) as base, base:
            base.execute(
                "delete from decision where number = (select max(number) from decision where proposal = ?)",
                (name,),
            )


def _add_announced(base: sqlite3.Connection) -> None:
    """From version 1 to 2: a decision may give the day of announcement. Another process may be quicker."""
    base.execute("begin immediate")
    if base.execute("pragma user_version").fetchone()[0] == 1:
        base.execute("alter table decision add column announced text not null default ''")
        base.execute("pragma user_version = 2")


def _require_possible(kept: Kept, on: dt.date, announced: dt.date | None) -> None:
    """Refuses days that cannot be: nobody decides on a text, or reads of an act, before it is there.

    Raises:
        ValueInvalid: If the decision is before the text, or the announcement after either.
    """
    published = PartialDate.parse(kept.published) if kept.published else None
    if published is not None and on < published.first:
        msg = f"the day of the decision, {on}, is before the text of {kept.id} was published, on {published}"
        raise ValueInvalid(
            msg, "the day of publication or a later one; if the text was published on another day, read it again with --published DAY"  # noqa: E501
        )  # fmt: skip
    before = max((each.on for each in kept.history), default="")
    if on.isoformat() < before:
        msg = f"the day of the decision, {on}, is before {kept.id} was decided last, on {before}"
        raise ValueInvalid(msg, "that day or a later one")
    if announced is None:
        return
    if published is not None and announced > published.last:
        msg = f"the day of announcement, {announced}, is after the text of {kept.id} was published, on {published}"  # noqa: E501
        raise ValueInvalid(msg, "the day on which the act was announced, or first told")
    if announced > on:
        msg = f"the day of announcement, {announced}, is after the day of the decision, {on}"
        raise ValueInvalid(msg, "the day on which the act was announced, or first told")
