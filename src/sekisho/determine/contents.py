"""What the numbers of one run stand for, told so that another run finds it again.

Numbers are given as things are met, so they mean nothing in another run. What they stand for
does: two things have the same digest if, and only if, they would have the same number in one run.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable

SIZE = 16
"""The bytes of a digest."""


class Number(int):
    """The number of a thing, told from other numbers where it stands within another thing."""

    __slots__ = ()


def digest(thing: Hashable, of: Callable[[Number], bytes]) -> bytes:
    """The digest of a thing.

    Args:
        thing: A text, a number, a day, a record, or a tuple or set of these.
        of: Gives the digest of what a :class:`Number` stands for.
    """
    return hashlib.blake2b(_told(thing, of).encode(), digest_size=SIZE).digest()


def _told(thing: object, of: Callable[[Number], bytes]) -> str:
    """A thing as a text that no other thing has, whatever the run."""
    if isinstance(thing, Number):
        return f"#{of(thing).hex()}"
    if isinstance(thing, tuple):
        return f"({','.join(_told(part, of) for part in thing)})"
    if isinstance(thing, frozenset):  # which is in another order in each run
        return f"{{{','.join(sorted(_told(part, of) for part in thing))}}}"
    return f"{type(thing).__name__}:{thing!r}"
