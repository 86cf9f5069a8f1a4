"""The change of the law that a request names: an event, two days, or a scenario."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path

from sekisho.determine.law_change import LawChange, change_of
from sekisho.errors import Fault, InputInvalid
from sekisho.model import Event
from sekisho.register.open import open_register
from sekisho.register.register import Register
from sekisho.web.settings import Settings

LARGEST_SCENARIO = 1 << 20


def change_asked(
    settings: Settings,
    *,
    event: str = "",
    before: dt.date | None = None,
    after: dt.date | None = None,
    scenario: str = "",
    known_on: dt.date | None = None,
) -> LawChange:
    """The change of the law that is asked about.

    Args:
        settings: The register that answers. A scenario is laid over, and held against, the one
            without a scenario of the server's own.
        event: The id of an event.
        before: The law of this day ...
        after: ... against the law of this later day.
        scenario: A scenario as TOML, against the record without it.
        known_on: By what was known on this day.

    Raises:
        InputInvalid: If none of the three is named, or more than one.
        NotFound: If there is no such event.
        ValueInvalid: If the days do not make one change.
        RegisterInvalid: With every fault of the scenario.
    """
    named = [bool(event), before is not None or after is not None, bool(scenario.strip())]
    if sum(named) != 1:
        problem = (
            "more than one change of the law is named" if any(named) else "no change of the law is named"
        )
        raise InputInvalid([Fault("change", 0, "", problem, "an event, or two days, or a scenario")])
    if scenario.strip():
        return change_of(settings.base, laid_over(settings.base, scenario), known_on=known_on)
    return change_of(settings.register, event=event or None, before=before, after=after, known_on=known_on)


def laid_over(register: Register, scenario: str) -> Register:
    """The register with a scenario of a request laid over it; the text is gone when it is read.

    Raises:
        RegisterInvalid: With every fault of the scenario.
        InputInvalid: If it is too long.
    """
    if len(scenario) > LARGEST_SCENARIO:
        problem = f"it has {len(scenario):,} characters"
        raise InputInvalid([Fault("scenario", 0, "", problem, f"at most {LARGEST_SCENARIO:,}")])
    with tempfile.TemporaryDirectory(prefix="sekisho-") as folder:
        path = Path(folder) / "scenario.toml"
        path.write_bytes(scenario.encode("utf-8", "surrogatepass"))  # what is no text is told as a fault
        return open_register(register.root, path)


def events_of_law(register: Register) -> list[Event]:
    """The events that bring rows into the law or take some out, newest first."""
    rows = [row for regime in register.regimes.values() for row in regime.provisions]
    named = {name for row in rows for name in (row.from_event, row.until_event)}
    found = [event for event in register.events.values() if event.id in named and event.effective]
    return sorted(found, key=lambda event: str(event.effective), reverse=True)
