"""Work done in a thread of its own, a little ahead of its use."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from typing import Any, Generic, TypeVar

T = TypeVar("T")
_MOST = 2
_END = object()


class Ahead(Generic[T]):
    """Items that are worked out in a thread, from now on; to be closed when no more are wanted.

    Args:
        items: What is worked out; closed, where it can be, at its end.
        most: How many items wait for their use at most, with the one that is being made.
    """

    def __init__(self, items: Iterator[T], most: int = _MOST) -> None:
        self._made: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._room = threading.Semaphore(most)
        self._stop = threading.Event()
        self._ended = False
        self._thread = threading.Thread(target=self._make, args=(items,), daemon=True)
        self._thread.start()

    @property
    def works(self) -> bool:
        """Whether the thread still makes items, or waits until there is room for more."""
        return self._thread.is_alive()

    def take(self) -> T | None:
        """The next item; ``None`` after the last. What the work raised is raised here."""
        if self._ended:
            return None
        item = self._made.get()
        self._room.release()
        if isinstance(item, _Raised):
            self._ended = True
            raise item.error
        if item is _END:
            self._ended = True
            return None
        taken: T = item
        return taken

    def close(self) -> None:
        """Ends the work, and waits until it has ended."""
        self._stop.set()
        self._room.release()
        self._thread.join()

    def _make(self, items: Iterator[T]) -> None:
        try:
            while self._may_go_on() and (item := next(items, _END)) is not _END:
                self._made.put(item)
            self._made.put(_END)
        except BaseException as error:  # noqa: BLE001  raised again where the items are used
            self._made.put(_Raised(error))
        finally:
            close = getattr(items, "close", None)
            if close is not None:
                close()

    def _may_go_on(self) -> bool:
        """Waits until there is room for an item; False if nobody wants it any more."""
        self._room.acquire()
        return not self._stop.is_set()


class _Raised:
    def __init__(self, error: BaseException) -> None:
        self.error = error


def ahead(items: Iterator[T]) -> Iterator[T]:
    """The same items, worked out in a thread that begins with the first that is asked for."""
    work = Ahead(items)
    try:
        while (item := work.take()) is not None:
            yield item
    finally:
        work.close()
