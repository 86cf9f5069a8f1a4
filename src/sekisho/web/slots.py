"""Turns for long computations: a few run, some wait, the rest are told to come again."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from sekisho.web.problems import busy
from sekisho.web.settings import Limits

T = TypeVar("T")


class Slots:
    """Runs long computations in threads, never more than the limits allow.

    Who asks may give up, as a request does whose time is over; what then still runs keeps its
    place until it ends, and what had not begun never does.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._threads = ThreadPoolExecutor(limits.at_once, "sekisho-slot")
        self._asked = 0
        self._lock = threading.Lock()

    async def run(self, work: Callable[[], T]) -> T:
        """What a computation gives, when its turn has come.

        Raises:
            Problem: If too many run and wait already.
        """
        with self._lock:
            if self._asked >= self.limits.at_once + self.limits.waiting:
                raise busy()
            self._asked += 1
        future = self._threads.submit(work)
        future.add_done_callback(self._ended)
        return await asyncio.wrap_future(future)

    def close(self) -> None:
        """Lets nothing more begin."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _ended(self, _: Any) -> None:
        with self._lock:
            self._asked -= 1
