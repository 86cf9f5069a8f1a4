"""Work done in a thread of its own, a little ahead of its use."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from typing import Any, Generic, TypeVar

T = TypeVar("T")
_DEPTH = 1
_END = object()
_WAIT = 0.2


class Ahead(Generic[T]):
    """Items that are worked out in a thread, from now on; to be closed when no more are wanted.

    Args:
        items: What is worked out; closed, where it can be, at its end.
        depth: How many items wait for their use at most, beside the one that is being made.
    """

    def __init__(self, items: Iterator[T], depth: int = _DEPTH) -> None:
        self._made: queue.Queue[Any] = queue.Queue(depth)
        self._stop = threading.Event()
        self._ended = False
        self._thread = threading.Thread(target=self._make, args=(items,), daemon=True)
        self._thread.start()

    @property
    def works(self) -> bool:
        """Whether the thread still makes an item, or holds one for which there is no room."""
        return self._thread.is_alive()

    def take(self) -> T | None:
        """The next item; ``None`` after the last. What the work raised is raised here."""
        if self._ended:
            return None
        item = self._made.get()
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
        self._thread.join()

    def _make(self, items: Iterator[T]) -> None:
        try:
            for item in items:
                if not self._put(item):
                    break
            else:
                self._put(_END)
        except BaseException as error:  # noqa: BLE001  raised again where the items are used
            self._put(_Raised(error))
        finally:
            close = getattr(items, "close", None)
            if close is not None:
                close()

    def _put(self, item: object) -> bool:
        """Puts an item where it is wanted; False if nobody wants it any more."""
        while not self._stop.is_set():
            try:
                self._made.put(item, timeout=_WAIT)
            except queue.Full:
                continue
            return True
        return False


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
