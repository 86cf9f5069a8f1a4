"""What a server is told when it starts: the register, who may write, and its limits."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from sekisho.determine.rates import Rates
from sekisho.register.register import Register

MEBIBYTE = 1 << 20
LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one request may ask for; every limit is told in the error that enforces it.

    Attributes:
        body_bytes: The largest body, a file that is dropped on a page included.
        bodies_bytes: How much the bodies of all requests that are being answered may take together.
        body_seconds: How long a body may take to arrive.
        seconds: How long an answer may take to work out.
        lines: The most order lines in one JSON request.
        bulk_lines: The most order lines in one Arrow request or file.
        requests: How many requests are taken at the same time, those that wait included.
        quick: How many answers that take no slot are worked out at the same time.
        at_once: How many long computations run at the same time.
        waiting: How many more may wait for their turn.
        jobs: The most jobs that are kept, finished ones included.
        kept_bytes: How much memory kept answers may take.
        kept_seconds: How long a result waits to be fetched.
    """

    body_bytes: int = 64 * MEBIBYTE
    bodies_bytes: int = 512 * MEBIBYTE
    body_seconds: float = 60.0
    seconds: float = 120.0
    lines: int = 100_000
    bulk_lines: int = 1_000_000
    requests: int = 256
    quick: int = 8
    at_once: int = 2
    waiting: int = 64
    jobs: int = 32
    kept_bytes: int = 64 * MEBIBYTE
    kept_seconds: float = 900.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a server works.

    Attributes:
        register: The register that answers.
        base: The register without a scenario; proposals are accepted into an overlay of it.
        rates: Exchange rates for values that are not in JPY.
        token: Whoever knows it may write; empty means that nobody may, unless a proxy vouches.
        user_header: The header in which a reverse proxy names the person; empty for none.
        proxies: The addresses whose ``user_header`` is believed.
        protect_all: Whether asking needs the token too.
        hosts: The host names that are answered; ``*`` is any.
        desk: The file where proposals wait; ``None`` for no desk.
        overlay: The folder that accepted proposals are written to.
        clock: Seconds that only go up, to forget what was kept; no answer hangs on it.
        new_id: Makes ids that cannot be guessed.
    """

    register: Register
    base: Register
    rates: Rates | None = None
    token: str = ""
    user_header: str = ""
    proxies: tuple[str, ...] = ("127.0.0.1", "::1")
    protect_all: bool = False
    hosts: tuple[str, ...] = LOOPBACK
    desk: Path | None = None
    overlay: Path = Path("overlay")
    limits: Limits = field(default_factory=Limits)
    clock: Callable[[], float] = time.monotonic
    new_id: Callable[[], str] = lambda: secrets.token_urlsafe(18)
