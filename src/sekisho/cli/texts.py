"""The texts that a command is given: files, folders, patterns, standard input."""

from __future__ import annotations

import glob
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sekisho.errors import Fault, ValueInvalid

_LARGEST = 32 * 1024 * 1024
_KINDS = (".txt", ".text", ".html", ".htm", ".xhtml")
_STDIN = Path("-")


@dataclass(frozen=True, slots=True)
class Text:
    """A text to be read.

    Attributes:
        name: Its name in what is written: the stem of its file, or its path if two share a stem.
        path: Its file; ``-`` is standard input.
    """

    name: str
    path: Path

    def content(self) -> bytes:
        """Its bytes.

        Raises:
            OSError: If it cannot be read.
            ValueInvalid: If it is too large.
        """
        if self.path == _STDIN:
            return _bounded(sys.stdin.buffer.read(_LARGEST + 1))
        if self.path.stat().st_size > _LARGEST:
            msg = f"it has {self.path.stat().st_size:,} bytes"
            raise ValueInvalid(msg, f"a text of at most {_LARGEST:,} bytes")
        return self.path.read_bytes()


def texts_of(given: Sequence[Path]) -> tuple[list[Text], list[Fault], list[str]]:
    """The texts that paths mean, what is wrong with the paths that mean none, and which mean one again.

    A folder means all texts in it and below it, in the order of their names; a pattern that
    the shell left as it is means the files that it matches.
    """
    paths: list[Path] = []
    faults: list[Fault] = []
    for path in given:
        found = list(dict.fromkeys(_files(path)))
        paths += found
        if not found:
            problem = "there is no text in it" if path.is_dir() else "no file matches it"
            faults.append(Fault(str(path), 0, "", problem, f"files that end in {', '.join(_KINDS)}"))
    places = [_place(path) for path in paths]
    first: dict[Path, Path] = {}
    for place, path in zip(places, paths, strict=True):
        first.setdefault(place, path)
    again = [
        f"{first[place]} is given {times} times, and is read once"
        for place, times in Counter(places).items()
        if times > 1
    ]
    paths = list(first.values())
    stems = Counter(path.stem for path in paths)
    names = (
        "stdin" if path == _STDIN else path.stem if stems[path.stem] == 1 else path.as_posix()
        for path in paths
    )
    return [Text(name, path) for name, path in zip(names, paths, strict=True)], faults, again


def _place(path: Path) -> Path:
    """Where a file is, by whatever way it is given."""
    return path if path == _STDIN else path.resolve()


def _files(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from sorted(
            each for each in path.rglob("*") if each.suffix.lower() in _KINDS and each.is_file()
        )
    elif any(mark in str(path) for mark in "*?[") and not path.exists():
        found = glob.glob(str(path), recursive=True)  # noqa: PTH207  any pattern, from any root
        yield from sorted(each for each in map(Path, found) if each.is_file())
    else:
        yield path


def _bounded(content: bytes) -> bytes:
    if len(content) > _LARGEST:
        msg = "standard input is too long"
        raise ValueInvalid(msg, f"a text of at most {_LARGEST:,} bytes")
    return content
