"""Results that wait to be fetched: tables in every format, and pictures, each for a while."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
from starlette.requests import Request

from sekisho.determine.output import Writer
from sekisho.pictures import Picture, phone_svg, svg
from sekisho.web.settings import Settings
from sekisho.web.store import Kept, Store
from sekisho.web.uploads import safe_name

FORMATS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
    "jsonl": "application/x-ndjson",
}
_SVG = "image/svg+xml"
_ROOM = {"padding": {"left": 56, "right": 40, "top": 16, "bottom": 16}}
"""A reader's font may be wider than the one that the labels were measured in."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture that waits to be fetched.

    Attributes:
        id: Where it waits.
        phone: Where the same for a narrow screen waits.
    """

    id: str
    phone: str
    title: str
    caption: str


def keep(request: Request, content: bytes, media_type: str, name: str) -> str:
    """Keeps a result under an id that cannot be guessed."""
    settings: Settings = request.app.state.settings
    kept: Store = request.app.state.kept
    made = settings.new_id()
    kept.put(f"file:{made}", Kept(content, media_type, name=name))
    return made


def keep_batches(request: Request, batches: Sequence[pa.RecordBatch], stem: str) -> Mapping[str, str]:
    """Keeps a table in every format; the ids by format."""
    return {kind: keep_one(request, batches, kind, stem) for kind in FORMATS}


def keep_one(request: Request, batches: Iterable[pa.RecordBatch], kind: str, stem: str) -> str:
    """Keeps a table in one format."""
    with tempfile.TemporaryDirectory(prefix="sekisho-") as folder:
        part = Path(folder) / f"written.{kind}"
        writer = Writer(part)
        for batch in batches:
            writer.write(batch)
        writer.close()
        content = part.read_bytes() if part.exists() else b""
    return keep(request, content, FORMATS[kind], f"{safe_name(stem)}.{kind}")


def draw(request: Request, pictures: Sequence[Picture]) -> list[Drawn]:
    """Draws pictures; their titles and captions stand on the page, as text."""
    return [Drawn(_drawn(request, one), _for_phone(request, one), one.title, one.caption) for one in pictures]


def _drawn(request: Request, one: Picture) -> str:
    untitled = Picture(one.name, "", "", {**one.spec, **_ROOM})
    return keep(request, svg(untitled).encode(), _SVG, f"{one.name}.svg")


def _for_phone(request: Request, one: Picture) -> str:
    return keep(request, phone_svg(one).encode(), _SVG, f"{one.name}-phone.svg")
