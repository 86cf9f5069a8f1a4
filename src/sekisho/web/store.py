"""What a server keeps for a while: answers by id, and the answers to idempotency keys."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sekisho.web.problems import Problem


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer that is kept.

    Attributes:
        digest: Of the request that it answers.
        name: The file name to offer for it; empty for none.
    """

    body: bytes
    media_type: str
    status: int = 200
    digest: str = ""
    name: str = ""


_ENTRIES = 20_000
"""The most answers that are kept; even one without a body takes room."""


class Store:
    """Answers by id, the oldest forgotten first; never more than some bytes and seconds.

    Args:
        clock: Seconds that only go up.
    """

    def __init__(self, most_bytes: int, seconds: float, clock: Callable[[], float]) -> None:
        self.most_bytes, self.seconds, self.clock = most_bytes, seconds, clock
        self._kept: OrderedDict[str, tuple[float, Kept]] = OrderedDict()
        self._taken: dict[str, str] = {}
        self._bytes = 0
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def put(self, name: str, kept: Kept) -> None:
        """Keeps an answer; one larger than all that may be kept is not kept at all."""
        with self._lock:
            self._drop(name)
            if len(kept.body) <= self.most_bytes:
                self._kept[name] = self.clock(), kept
                self._bytes += len(kept.body)
            self._forget()

    def get(self, name: str) -> Kept | None:
        """An answer, if it is still kept."""
        with self._lock:
            self._forget()
            found = self._kept.get(name)
            return found[1] if found else None

    def take(self, key: str, digest: str) -> Kept | None:
        """The answer that a key already got; without one the key is taken for a request.

        Raises:
            Problem: If it is another request's.
        """
        with self._lock:
            self._forget()
            _, found = self._kept.get(f"key:{key}", (0.0, None))
            used_for = found.digest if found is not None else self._taken.get(key, digest)
            if used_for != digest:
                raise Problem(422, "key_reused", "give every different request an Idempotency-Key of its own")
            if found is None:
                if key in self._taken:
                    raise _InUse
                self._taken[key] = digest
            return found

    def give_back(self, key: str) -> None:
        """Ends the taking of a key."""
        with self._lock:
            self._taken.pop(key, None)

    def drop(self, name: str) -> None:
        """Forgets an answer."""
        with self._lock:
            self._drop(name)

    def _drop(self, name: str) -> None:
        found = self._kept.pop(name, None)
        self._bytes -= len(found[1].body) if found else 0

    def _forget(self) -> None:
        now = self.clock()
        while self._kept:
            name, (at, _) = next(iter(self._kept.items()))
            fits = self._bytes <= self.most_bytes and len(self._kept) <= _ENTRIES
            if fits and now - at <= self.seconds:
                return
            self._drop(name)


class _InUse(Problem):
    """A key whose first request is still being answered."""

    def __init__(self) -> None:
        detail = (
            "the first request with this Idempotency-Key is still being answered; send it again in a moment"
        )
        super().__init__(409, "key_in_use", detail, Retry_After="1")


@contextmanager
def once(store: Store, key: str | None, digest: str) -> Iterator[Kept | None]:
    """Lets a write that is sent twice be done once.

    It gives the answer that the key already got, or ``None``: then the key is this request's
    own until the block ends, and no other request with it is let in meanwhile.

    Args:
        store: Where answers are kept.
        key: The idempotency key; without one nothing is held.
        digest: What tells the request from any other.

    Raises:
        Problem: If the key was, or is being, used for another request, or if the same request
            is still being answered.
    """
    if not key:
        yield None
        return
    found = store.take(key, digest)
    try:
        yield found
    finally:
        if found is None:
            store.give_back(key)
