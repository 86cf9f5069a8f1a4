"""A folder of parts: decisions in numbered files, so that a stopped run can go on.

Every part is whole or absent, and ``run.json`` says what was decided by what, how far, and
what came out so far. A run that finds the parts of the same run in its folder goes on behind
them; the parts of another run are refused.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from sekisho import __version__
from sekisho.determine.output import Writer, settle
from sekisho.errors import Fault, InputInvalid, OutputRefused

RUN = "run.json"
PART_ROWS = 1 << 20
"""A part ends with the batch that brings it to so many rows."""
_ENDS = 1 << 20


@dataclass(frozen=True, slots=True)
class Done:
    """How far a run has come: what its whole parts hold.

    Attributes:
        parts: How many parts there are.
        rows: How many rows they hold.
        begun: How many files of the input were begun.
        open: The place, among the inputs, of each file that was not gone through, and how many
            of its rows they hold, in the order of their turns.
        complete: Whether that is the whole input.
        summary: What came out, as JSON.
    """

    parts: int = 0
    rows: int = 0
    begun: int = 0
    open: Sequence[tuple[int, int]] = ()
    complete: bool = False
    summary: Mapping[str, Any] = field(default_factory=dict)


class Parts:
    """Writes decisions into a folder, part by part.

    Args:
        folder: Made if it is not there.
        suffix: The ending of the parts, such as ``.parquet``.
        run: What the decisions hang on; another run has another.
        part_rows: How many rows a part has at least, but for the last.

    Attributes:
        done: What an earlier run left in the folder; none of it is written again.

    Raises:
        OutputRefused: If the folder holds the parts of another run, or other files.
    """

    def __init__(
        self, folder: Path, suffix: str, run: Mapping[str, object], part_rows: int = PART_ROWS
    ) -> None:
        self.folder, self.suffix, self.part_rows = folder, suffix, part_rows
        run = {**run, "version": __version__, "part_rows": part_rows, "format": suffix[1:]}
        self.run: dict[str, object] = json.loads(json.dumps(run))
        self.done = self._begin()
        self.number = self.done.parts
        self._is_open = False
        self._writer: Writer | None = None

    def _begin(self) -> Done:
        self.folder.mkdir(exist_ok=True)
        for left in self.folder.glob("*.part"):
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        found = self._found()
        if found is None:
            if any(self.folder.iterdir()):
                raise OutputRefused(str(self.folder), "the folder holds other files", "give an empty one")
            self._say(Done())
            return Done()
        run, done = found
        if run != self.run:
            odd = ", ".join(sorted(k for k in {*run, *self.run} if run.get(k) != self.run.get(k)))
            problem = f"the folder holds the decisions of another run (another {odd})"
            raise OutputRefused(str(self.folder), problem, "give another folder, or empty this one")
        return done if all(self._path(at).exists() for at in range(done.parts)) else Done()

    def _found(self) -> tuple[dict[str, object], Done] | None:
        """The run whose parts are in the folder, and how far it came; ``None`` if there is none."""
        path = self.folder / RUN
        if not path.exists():
            return None
        try:
            run = json.loads(path.read_text(encoding="utf-8"))
            return run, Done(**run.pop("done", {}))
        except ValueError:
            raise OutputRefused(str(path), "it is not JSON", "give an empty folder") from None
        except (AttributeError, TypeError):
            raise OutputRefused(str(path), "it tells of no run", "give an empty folder") from None

    def _say(self, done: Done) -> None:
        path = self.folder / f"{RUN}.part"
        path.write_text(json.dumps({**self.run, "done": asdict(done)}, indent=2) + "\n", encoding="utf-8")
        settle(path)
        path.replace(self.folder / RUN)

    def write(self, table: pa.RecordBatch) -> None:
        """Adds the rows of a batch to the part that is being written.

        A part that is there although ``run.json`` does not say so is left as it is: the
        run was stopped between the two.
        """
        if not self._is_open:
            path = self._path(self.number)
            self._writer = None if path.exists() else Writer(path, settled=True)
            self._is_open = True
        if self._writer is not None:
            self._writer.write(table)

    def _path(self, number: int) -> Path:
        return self.folder / f"part-{number:05}{self.suffix}"

    def end_part(self, done: Done) -> None:
        """Puts the part into its place, then says that it is there."""
        if self._writer is not None:
            self._writer.close()
        self._writer, self._is_open = None, False
        self.number = done.parts
        self._say(done)

    def discard(self) -> None:
        """Takes away the part that is not whole; those that are stay for the next run."""
        if self._writer is not None:
            self._writer.discard()


def recorded_run(path: Path) -> dict[str, Any]:
    """What a folder of parts says of the run that wrote it.

    Raises:
        InputInvalid: If it says nothing.
    """
    try:
        run = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        run = None
    if not isinstance(run, dict):
        raise InputInvalid([Fault(str(path), 0, "", "it tells of no run", "the file that check wrote")])
    return run


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
