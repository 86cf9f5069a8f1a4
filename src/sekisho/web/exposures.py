"""Exposure as a job: a network of uploaded files, worked out in steps that can be stopped."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import io
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sekisho.determine.files import FORMATS
from sekisho.errors import Fault, InputInvalid
from sekisho.exposure import Asked, Exposure, Stop, expose, read_network, read_orders, write_template
from sekisho.exposure.expose import first_day
from sekisho.exposure.network import Network
from sekisho.plain import plain
from sekisho.web.changes import laid_over
from sekisho.web.envelope import about
from sekisho.web.jobs import Progress
from sekisho.web.settings import Settings
from sekisho.web.uploads import folder_of, order_file, require_weighed

ENDINGS = (*FORMATS, ".toml")
MOST_DRAWS = 2000
MOST_WEEKS = 520
MOST_DAYS = 36_500
Upload = tuple[str, bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExposureAsked:
    """What a request asks of a network.

    Attributes:
        files: The tables of the network, or one zip archive of them.
        orders: Order lines: facts of arcs, and goods afloat.
        scenario: A scenario as TOML.
    """

    files: Sequence[Upload]
    orders: Upload | None = None
    event: str = ""
    scenario: str = ""
    close: tuple[str, ...] = ()
    close_days: float | None = None
    stops: str = "all"
    on: dt.date | None = None
    known_on: dt.date | None = None
    by: str = "week"
    weeks: int | None = None
    draws: int = 0
    seed: int = 0

    @property
    def size(self) -> int:
        """How many bytes its files hold."""
        return sum(len(content) for _, content in (*self.files, *([self.orders] if self.orders else [])))

    def digest(self) -> str:
        """What tells this request from any other; files by what they hold."""
        uploads = [*self.files, *([self.orders] if self.orders else [])]
        held = [(name, hashlib.sha256(content).hexdigest()) for name, content in uploads]
        rest = dataclasses.replace(self, files=(), orders=None)
        return f"{held} {rest}"


@dataclass(frozen=True, slots=True)
class Found:
    """What a job gave."""

    settings: Settings
    exposure: Exposure
    network: Network

    def told(self) -> dict[str, Any]:
        """The exposure with what every answer carries."""
        found = self.exposure
        fields = plain(found)
        assert isinstance(fields, dict)  # noqa: S101  a record is told by its fields
        gaps = [f"arc {arc.arc_id}: {arc.missing}" for arc in found.arcs_not_covered]
        sources = [name for arc in found.arcs_closed for name in arc.sources]
        return {
            **fields,
            **about(
                self.settings.register, in_force_on=found.starts_on, known_on=found.known_on,
                not_covered=gaps, sources=sources,
            ),
            "scenario": found.scenario,
        }  # fmt: skip


def work_of(settings: Settings, asked: ExposureAsked) -> Callable[[Progress], Found]:
    """The work of a job; what can be seen to be wrong at once is told at once.

    Raises:
        InputInvalid: With everything that is not allowed.
    """
    require(asked)
    return lambda progress: _found(settings, asked, progress)


def require(asked: ExposureAsked) -> None:
    """Refuses what is not allowed, all of it at once.

    Raises:
        InputInvalid: With every fault.
    """
    checks = (
        ("network", bool(asked.files), "there is no file", "the tables of a network, or a zip of them"),
        ("stops", asked.stops in {stop.value for stop in Stop}, f"{asked.stops!r} is not allowed here",
         ", ".join(stop.value for stop in Stop)),
        ("by", asked.by in {"week", "day"}, f"{asked.by!r} is not allowed here", "week or day"),
        ("draws", 0 <= asked.draws <= MOST_DRAWS, f"{asked.draws} is not allowed here", f"0 to {MOST_DRAWS}"),
        ("close_days", asked.close_days is None or 0 < asked.close_days <= MOST_DAYS,
         f"{asked.close_days} is not allowed here", f"more than 0 and at most {MOST_DAYS:,}"),
        ("weeks", asked.weeks is None or 1 <= asked.weeks <= MOST_WEEKS, f"{asked.weeks} is not allowed here",
         f"1 to {MOST_WEEKS}"),
    )  # fmt: skip
    faults = [
        Fault("form", 0, name, problem, expected) for name, sound, problem, expected in checks if not sound
    ]
    if faults:
        raise InputInvalid(faults)


def _found(settings: Settings, asked: ExposureAsked, progress: Progress) -> Found:
    register = settings.base if asked.scenario.strip() else settings.register
    progress(0.0, "reading the network")
    scenario = laid_over(register, asked.scenario) if asked.scenario.strip() else None
    wanted = Asked(
        event=asked.event or None, scenario=scenario,
        close=asked.close, close_days=asked.close_days, stop=Stop(asked.stops), on=asked.on,
        known_on=asked.known_on, by=asked.by, weeks=asked.weeks, draws=asked.draws, seed=asked.seed,
    )  # fmt: skip
    with folder_of(asked.files, ENDINGS) as folder:
        network = read_network(folder, register)
        orders = None
        if asked.orders is not None:
            with order_file(asked.orders[1], asked.orders[0], settings.limits) as path:
                require_weighed(path)
                orders = read_orders(path, network, register, first_day(network, register, wanted))
    steps = _Steps(progress)
    exposure = expose(network, register, wanted, orders=orders, rates=settings.rates, advance=steps)
    return Found(settings, exposure, network)


class _Steps:
    """Turns the steps of the work into one progress from 0 to 1.

    How many steps there are is not known beforehand, so each takes half of what is left.
    """

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.began, self.doing = 0.05, ""

    def __call__(self, doing: str, done: int, total: int) -> None:
        if doing != self.doing:
            self.began += (1 - self.began) / 2 if self.doing else 0
            self.doing = doing
        share = done / total if total else 1.0
        self.progress(min(self.began + (1 - self.began) / 2 * share, 0.99), doing)


def template_zip() -> bytes:
    """The worked example of a network as a zip archive."""
    held = io.BytesIO()
    with tempfile.TemporaryDirectory(prefix="sekisho-") as folder, zipfile.ZipFile(held, "w") as archive:
        for path in sorted(write_template(Path(folder) / "network")):
            archive.writestr(zipfile.ZipInfo(path.name), path.read_bytes())
    return held.getvalue()
