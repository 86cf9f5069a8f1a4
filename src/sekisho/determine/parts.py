"""A folder of parts: decisions in numbered files, so that a stopped run can go on.

Every part is whole or absent, and ``run.json`` says what was decided by what. A run that
finds the parts of the same run in its folder leaves them as they are and writes the rest;
the parts of another run are refused.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import pyarrow as pa

from sekisho.determine.output import Writer
from sekisho.errors import OutputRefused

RUN = "run.json"
PART_ROWS = 1 << 20
"""A part ends with the batch that brings it to so many rows."""
_ENDS = 1 << 20


class Parts:
    """Writes decisions into a folder, part by part.

    Args:
        folder: Made if it is not there.
        suffix: The ending of the parts, such as ``.parquet``.
        run: What the decisions hang on; another run has another.
        part_rows: How many rows a part has at least, but for the last.

    Raises:
        OutputRefused: If the folder holds the parts of another run, or other files.
    """

    def __init__(
        self, folder: Path, suffix: str, run: Mapping[str, object], part_rows: int = PART_ROWS
    ) -> None:
        self.folder, self.suffix, self.part_rows = folder, suffix, part_rows
        self.run = json.loads(json.dumps({**run, "part_rows": part_rows, "format": suffix[1:]}))
        self.number, self.rows, self.total = 0, 0, 0
        self.kept = 0
        self._names: list[str] = []
        self._writer: Writer | None = None
        self._begin()

    def _begin(self) -> None:
        self.folder.mkdir(exist_ok=True)
        for left in self.folder.glob("*.part"):
            left.unlink()
        found = self._found()
        if found is None:
            if any(self.folder.iterdir()):
                raise OutputRefused(str(self.folder), "the folder holds other files", "give an empty one")
            self._say({})
        elif found != self.run:
            odd = ", ".join(sorted(k for k in {*found, *self.run} if found.get(k) != self.run.get(k)))
            problem = f"the folder holds the decisions of another run (another {odd})"
            raise OutputRefused(str(self.folder), problem, "give another folder, or empty this one")

    def _found(self) -> dict[str, object] | None:
        """The run whose parts are in the folder; ``None`` if there is none."""
        path = self.folder / RUN
        if not path.exists():
            return None
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            raise OutputRefused(str(path), "it is not JSON", "give an empty folder") from None
        found.pop("parts", None)
        found.pop("rows", None)
        return dict(found)

    def _say(self, ended: Mapping[str, int]) -> None:
        path = self.folder / f"{RUN}.part"
        path.write_text(json.dumps({**self.run, **ended}, indent=2) + "\n", encoding="utf-8")
        path.replace(self.folder / RUN)

    def write(self, table: pa.RecordBatch) -> None:
        """Adds the rows of a batch to the part they belong to."""
        if self._names and (self.rows >= self.part_rows or table.schema.names != self._names):
            self._end_part()
        if not self._names:
            self._begin_part(table.schema.names)
        if self._writer is not None:
            self._writer.write(table)
        self.rows += table.num_rows
        self.total += table.num_rows

    def _begin_part(self, names: list[str]) -> None:
        path = self.folder / f"part-{self.number:05}{self.suffix}"
        self._names, self.rows = names, 0
        self._writer = None if path.exists() else Writer(path)
        self.kept += path.exists()

    def _end_part(self) -> None:
        if self._writer is not None:
            self._writer.close()
        self._names, self._writer = [], None
        self.number += 1

    def close(self) -> None:
        """Ends the last part and says that the run is complete."""
        if self._names:
            self._end_part()
        self._say({"parts": self.number, "rows": self.total})

    def discard(self) -> None:
        """Takes away the part that is not whole; those that are stay for the next run."""
        if self._writer is not None:
            self._writer.discard()


def described(paths: Iterable[Path]) -> list[dict[str, object]]:
    """Input files by name, size, and a hash of their first and last megabyte."""
    return [{"name": path.name, "bytes": path.stat().st_size, "ends": _hash(path)} for path in paths]


def _hash(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        digest.update(file.read(_ENDS))
        file.seek(max(0, path.stat().st_size - _ENDS))
        digest.update(file.read(_ENDS))
    return digest.hexdigest()[:16]
