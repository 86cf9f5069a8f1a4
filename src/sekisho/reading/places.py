"""Where what was read may be written: no register, and no folder that holds the work of others.

An overlay is made anew at each decision, so what else stands in its folder would be lost.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator
from pathlib import Path

from sekisho.errors import OutputRefused
from sekisho.reading.desk import Desk
from sekisho.reading.identity import event_id, plain_slug, source_id
from sekisho.register.register import DATA, Register


def require_own(desk: Desk, register: Register, folder: Path) -> None:
    """Refuses a folder that a desk may not make anew.

    Raises:
        OutputRefused: If it is a register or lies in one, or if what stands in it is not of this desk.
    """
    if folder.exists() and not folder.is_dir():
        raise OutputRefused(str(folder), "it is a file", "name a folder for the overlay")
    place = folder.resolve()
    for root in (DATA, register.root):
        if place.is_relative_to(root.resolve()):
            problem = f"it lies in the register {root}, which no decision writes"
            raise OutputRefused(str(folder), problem, "name another folder for the overlay")
    other = next(_others(desk, folder), None)
    if other is not None:
        problem = f"{other}, and the overlay is made anew from {desk.path}: it would be lost"
        raise OutputRefused(str(folder), problem, "name another folder for the overlay, or move that away")


def _others(desk: Desk, folder: Path) -> Iterator[str]:
    """What stands in the overlay and does not come from the desk, in words."""
    kept = desk.all()
    events = {event_id(each) for each in kept} | {f"read-{plain_slug(each.id)}" for each in kept}
    sources = {source_id(each) for each in kept} | {f"text-{plain_slug(each.text)}" for each in kept}
    for path in sorted(path for path in (folder / "relations").rglob("*") if path.is_file()):
        name = path.relative_to(folder).as_posix()
        if path.parent.name == "dossiers" and path.suffix == ".toml":
            yield from (f"{name} holds {each}" for each in _event_ids(path) if each not in events)
        elif name == "relations/sources.csv":
            yield from (f"{name} holds {each}" for each in _source_ids(path) if each not in sources)
        else:
            yield f"it holds {name}"


def _event_ids(path: Path) -> list[str]:
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
        return [str(event["id"]) for event in told["event"]]
    except (ValueError, LookupError, TypeError):
        return ["what no desk wrote"]


def _source_ids(path: Path) -> list[str]:
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        return [str(row.get("id")) for row in csv.DictReader(file)]
