"""Opening the register: the shipped folder, and a scenario laid over it.

A scenario is a folder in the layout of the shipped data, with only what it adds, or one
TOML file::

    title = "What if gas hydrogen fluoride alone is eased"

    [[source]]
    id = "scenario-source"
    title = "Imagined for planning"
    kind = "derived"

    [[event]]
    dossier = "jp-three-materials"
    id = "scenario-hf-eased"
    ...

    [[end]]
    row = "jp-pol-hf-kr-individual"
    event = "scenario-hf-eased"

    [[japan.policy]]
    id = "scenario-pol-hf-kr"
    ...

An ``end`` takes a row of law out from an event on (in a folder: ``endings.csv`` with the
columns ``row,event``). The shipped files are never changed.
"""

from __future__ import annotations

from pathlib import Path

from sekisho.errors import NotFound
from sekisho.register import kept
from sekisho.register.register import DATA, Register


def open_register(path: str | Path | None = None, scenario: str | Path | None = None) -> Register:
    """Opens the shipped register, or the one in a folder, with a scenario over it.

    What was read and checked is kept in the user's cache folder (:mod:`sekisho.register.kept`), so
    that the same files are not read and checked again; with a scenario all is read.

    Args:
        path: A folder of data files; the shipped ones if ``None``.
        scenario: A folder or TOML file of further events and rows.

    Raises:
        RegisterInvalid: With every fault of every file.
        NotFound: If there is no such folder or file.
    """
    root = DATA if path is None else Path(path)
    if not root.is_dir():
        raise NotFound("register folder", str(root))
    place = kept.place_of(root) if scenario is None else None
    found = kept.read(place, root) if place is not None else None
    if found is not None:
        return found
    from sekisho.register.gather import gather  # noqa: PLC0415  it takes as long to import as to read

    made = gather(root, Path(scenario) if scenario is not None else None)
    if place is not None:
        kept.write(place, made)
    return made
