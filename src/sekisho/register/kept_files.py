"""Files in the user's cache folder that hold what took long to work out.

A file is named by a hash of all that its content was made from, and by. One that is missing,
stale, damaged, of another version, or that someone else could have written is not used: what it
would hold is worked out anew, and is the same. ``SEKISHO_CACHE`` says where they are, or ``off``.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

VARIABLE = "SEKISHO_CACHE"
"""The environment variable that says where files are kept, or ``off``."""
_KEPT = 8


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is kept.

    Attributes:
        key: The hash of all that it was made from, and by.
    """

    path: Path
    key: str

    def read(self) -> bytes:
        """What is kept; nothing if there is no file that can be used."""
        head, _, body = _content(self.path).partition(b"\n")
        return body if body and head == self._head(body) else b""

    def write(self, body: bytes) -> None:
        """Keeps some bytes, if the folder takes them; of many files of its kind the oldest go."""
        with contextlib.suppress(OSError):
            _put(self.path, self._head(body) + b"\n" + body)
            _forget(self.path)

    def _head(self, body: bytes) -> bytes:
        return f"{self.key} {hashlib.sha256(body).hexdigest()}".encode()


def folder() -> Path | None:
    """The folder for such files; ``None`` if none are to be kept.

    Raises:
        RuntimeError: If the user has no home.
    """
    told = os.environ.get(VARIABLE, "")
    if told:
        return None if told.lower() == "off" else Path(told)
    import platformdirs  # noqa: PLC0415  not needed where the folder is told

    return platformdirs.user_cache_path("sekisho", appauthor=False)


def hashed(head: str, files: Iterable[tuple[str, str | Path]]) -> str:
    """The hash of a text and of the bytes of files, each with its name.

    Raises:
        OSError: If a file cannot be read.
    """
    digest = hashlib.sha256(head.encode())
    for name, path in files:
        content = Path(path).read_bytes()
        digest.update(os.fsencode(f"{name}\0{len(content)}\0"))
        digest.update(content)
    return digest.hexdigest()


def _content(path: Path) -> bytes:
    """The bytes of a file that this user alone could have written; none of any other."""
    flags = (
        os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    )
    with contextlib.suppress(OSError), open(os.open(path, flags), "rb") as file:  # noqa: PTH123  by its number
        if _is_own(os.fstat(file.fileno())):
            return file.read()
    return b""


def _is_own(found: os.stat_result) -> bool:
    if not stat.S_ISREG(found.st_mode):
        return False
    if not hasattr(os, "geteuid"):  # where files of a user's folder are that user's
        return True
    return found.st_uid == os.geteuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _put(path: Path, content: bytes) -> None:
    """Writes a file at once and whole, for this user alone."""
    import tempfile  # noqa: PLC0415  not needed to read

    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(".part", _kind(path), path.parent)
    try:
        with open(number, "wb") as file:  # noqa: PTH123  by its number
            file.write(content)
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)


def _forget(path: Path) -> None:
    """Removes the oldest of many kept files of a kind: of other data, versions, or never finished."""
    kept = sorted(path.parent.glob(f"{_kind(path)}*"), key=lambda one: one.stat().st_mtime, reverse=True)
    for old in kept[_KEPT:]:
        old.unlink(missing_ok=True)


def _kind(path: Path) -> str:
    """What the names of files of one kind begin with."""
    return path.name.partition("-")[0] + "-"
