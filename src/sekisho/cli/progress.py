"""A bar for long work on a file."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:  # slow to import, and here already when there is progress to show
    from sekisho.determine.files import Batch

_QUIET_SECONDS = 1.0


class Bar:
    """A bar on a terminal, once the work has taken a second."""

    def __init__(self, files: Sequence[Path]) -> None:
        self.files, self.began, self.rows = files, time.monotonic(), 0
        self.done = 0
        self.read: dict[int, int] = {}
        self.bar: Any = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.bar is not None:
            self.bar.stop()

    def advance(self, batch: Batch) -> None:
        """Moves on by a batch."""
        self.rows += len(batch.lines)
        last = self.read.get(batch.file, 0)
        self.done += batch.read - (last if last <= batch.read else 0)  # less: another file has begun
        self.read[batch.file] = batch.read
        if self.bar is None and sys.stderr.isatty() and time.monotonic() - self.began > _QUIET_SECONDS:
            self._start()
        if self.bar is not None:
            speed = f"{self.rows / (time.monotonic() - self.began):,.0f} rows/s"
            self.bar.update(0, completed=self.done, speed=speed)

    def _start(self) -> None:
        from rich.console import Console  # noqa: PLC0415  slow to import, seldom needed
        from rich.progress import (  # noqa: PLC0415  the same
            BarColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )

        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TextColumn("{task.percentage:>3.0f} %"),
            TextColumn("{task.fields[speed]}"),
            TimeRemainingColumn(),
        )
        self.bar = Progress(*columns, console=Console(stderr=True), transient=True)
        what = self.files[0].name if len(self.files) == 1 else f"{len(self.files)} files"
        totals = [_total(file) for file in self.files]
        self.bar.add_task(what, total=None if None in totals else sum(n or 0 for n in totals), speed="")
        self.bar.start()


def _total(file: Path) -> int | None:
    """The size of a file in what its batches count; ``None`` if it is not told beforehand."""
    from sekisho.determine.files import format_of  # noqa: PLC0415  see above

    match format_of(file):
        case "csv" | "jsonl":
            return file.stat().st_size
        case "parquet":
            import pyarrow.parquet as pq  # noqa: PLC0415  see above

            return int(pq.ParquetFile(file).metadata.num_rows)
        case _:
            return None


class Steps:
    """A bar for work of several steps on a terminal, once it has taken a second."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.bar: Any = None
        self.tasks: dict[str, Any] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.bar is not None:
            self.bar.stop()

    def advance(self, what: str, done: int, total: int) -> None:
        """Tells how much of a step is done."""
        if self.bar is None:
            if not sys.stderr.isatty() or time.monotonic() - self.began < _QUIET_SECONDS:
                return
            from rich.console import Console  # noqa: PLC0415  slow to import, seldom needed
            from rich.progress import Progress  # noqa: PLC0415  the same

            self.bar = Progress(console=Console(stderr=True), transient=True)
            self.bar.start()
        if what not in self.tasks:
            self.tasks[what] = self.bar.add_task(what, total=total)
        self.bar.update(self.tasks[what], completed=done)
