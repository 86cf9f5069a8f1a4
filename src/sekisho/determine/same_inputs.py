"""Whether the files at hand are those that decisions were made of, as ``run.json`` tells them.

Other files give other decisions, and a line that differs would be looked for in vain. So files
that are missing, too many or in another order are refused before anything is decided again. A file
of the same name that has changed is told, and decided: which line changed is what is asked then.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sekisho.determine.parts import RUN, described
from sekisho.errors import Fault, InputInvalid

_Content = tuple[int | None, str]


def changed_inputs(recorded: Mapping[str, Any], files: Sequence[Path]) -> tuple[str, ...]:
    """Which files are not as they were when they were decided, in sentences; names do not matter.

    Args:
        recorded: What a folder of parts says of the run that wrote it; nothing may be said of inputs.
        files: The files that are said to be its inputs.

    Raises:
        InputInvalid: If they are others, more, fewer, or in another order.
    """
    told = recorded.get("inputs")
    if not isinstance(told, list) or not told or not all(isinstance(one, dict) for one in told):
        return ()
    was, now = [_content(one) for one in told], [_content(one) for one in described(files)]
    names = [str(one.get("name", "")) for one in told]
    if was == now:
        return ()
    if Counter(was) == Counter(now):
        raise InputInvalid([_in_another_order(names, was, files, now)])
    pairs = list(zip(names, was, files, now, strict=False))
    if len(was) == len(now) and all(old == new or Path(n).stem == f.stem for n, old, f, new in pairs):
        return tuple(_changed(path, old, new) for _, old, path, new in pairs if old != new)
    raise InputInvalid([*_missing(names, was, now), *_others(files, now, was, names)])


def _content(told: Mapping[str, object]) -> _Content:
    size = told.get("bytes")
    return size if isinstance(size, int) else None, str(told.get("ends"))


def _in_another_order(
    names: Sequence[str], was: Sequence[_Content], files: Sequence[Path], now: Sequence[_Content]
) -> Fault:
    at = next(at for at, (old, new) in enumerate(zip(was, now, strict=True)) if old != new)
    problem = (
        f"it is file {at + 1} of those that are given, and {RUN} says that {names[at]} was decided there"
    )
    return Fault(str(files[at]), 0, "", problem, f"the files in the order {_named(names)}")


def _missing(names: Sequence[str], was: Sequence[_Content], now: Sequence[_Content]) -> Iterator[Fault]:
    left = Counter(was) - Counter(now)
    for name, content in zip(names, was, strict=True):
        if left[content] > 0:
            left[content] -= 1
            problem = f"{RUN} says that it was decided, and it is not among the files that are given"
            yield Fault(name, 0, "", problem, f"it too, as it was, of {_bytes(content)}")


def _others(
    files: Sequence[Path], now: Sequence[_Content], was: Sequence[_Content], names: Sequence[str]
) -> Iterator[Fault]:
    left = Counter(now) - Counter(was)
    found = []
    for path, content in zip(reversed(files), reversed(now), strict=True):
        if left[content] > 0:  # of two alike the first is taken for the one that was decided
            left[content] -= 1
            problem = f"it is not among the files that were decided (it has {_bytes(content)})"
            if path.name.startswith("part-") and (path.parent / RUN).exists():
                problem = "it is a part of a folder of decisions, and no file of order lines"
            found.append(Fault(str(path), 0, "", problem, f"only what was decided: {_named(names)}"))
    yield from reversed(found)


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN:,} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


_SHOWN = 10


def _changed(path: Path, old: _Content, new: _Content) -> str:
    sizes = f"it has {_bytes(new)}, and had {_bytes(old)}" if old[0] != new[0] else "its bytes are others"
    return f"{path} is not as it was when it was decided: {sizes}"


def _bytes(content: _Content) -> str:
    size, _ = content
    return f"{size:,} bytes" if size is not None else "a size that is not told"
