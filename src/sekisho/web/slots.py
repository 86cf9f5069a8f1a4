"""Turns for long computations: a few run, some wait, the rest are told to come again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import anyio.to_thread

from sekisho.web.problems import busy
from sekisho.web.settings import Limits

T = TypeVar("T")


class Slots:
    """Runs long computations in threads, never more than the limits allow."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._limiter: anyio.CapacityLimiter | None = None

    async def run(self, work: Callable[[], T]) -> T:
        """What a computation gives, when its turn has come.

        Raises:
            Problem: If too many run and wait already.
        """
        if self._limiter is None:
            self._limiter = anyio.CapacityLimiter(self.limits.at_once)
        if self._limiter.statistics().tasks_waiting >= self.limits.waiting:
            raise busy()
        return await anyio.to_thread.run_sync(work, limiter=self._limiter)
