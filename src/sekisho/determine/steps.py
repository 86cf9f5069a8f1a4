"""The steps of a determination, in order. Each reads the docket and may conclude."""

from __future__ import annotations

from collections.abc import Callable

from sekisho.determine.catch_all import catch_all
from sekisho.determine.classification import classification
from sekisho.determine.docket import Docket, Outcome
from sekisho.determine.licensing import bar, exceptions, licence

STEPS: tuple[Callable[[Docket], Outcome | None], ...] = (
    classification,
    bar,
    exceptions,
    licence,
    catch_all,
)
"""One of the last two always concludes: goods are listed or they are not."""
