"""The template of a network folder: a small network that runs, to be replaced."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from sekisho.errors import OutputRefused


def write_template(folder: str | Path, *, headers_only: bool = False) -> tuple[Path, ...]:
    """Writes the files of a network into a folder.

    Args:
        folder: Made if it is missing.
        headers_only: Leave out the rows of the example.

    Raises:
        OutputRefused: If a file is there already; nothing is written then.
    """
    root = Path(folder)
    template = files("sekisho.exposure") / "template"
    made = sorted(source.name for source in template.iterdir())
    there = [name for name in made if (root / name).exists()]
    if there:
        raise OutputRefused(str(root / there[0]), "the file is there already", "name another folder")
    root.mkdir(parents=True, exist_ok=True)
    for name in made:
        text = (template / name).read_text("utf-8")
        if headers_only and name.endswith(".csv"):
            text = text.splitlines(keepends=True)[0]
        (root / name).write_text(text, encoding="utf-8", newline="\n")
    return tuple(root / name for name in made)
