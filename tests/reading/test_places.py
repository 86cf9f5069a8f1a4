"""Where an overlay may be written: what others wrote is never lost."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path
from typing import Any

import pytest

from sekisho.dates import PartialDate
from sekisho.errors import OutputRefused
from sekisho.reading import read
from sekisho.reading.desk import Desk
from sekisho.reading.overlay import decide_and_write
from sekisho.register.register import DATA

TIN = "Vietnam banned exports of tin ore to China on Monday."
LEAD = "Peru banned exports of lead ore to China on Monday."


def desk_of(path: Path, register: Any, **texts: str) -> Desk:
    desk = Desk(path, create=True)
    published = PartialDate(2023, 3, 24)
    desk.put([read(text, register, name=name, published_on=published) for name, text in texts.items()])
    return desk


@pytest.fixture
def desk(tmp_path: Path, register: Any) -> Desk:
    return desk_of(tmp_path / "desk.sqlite", register, tin=TIN)


def accept(desk: Desk, register: Any, folder: Path, name: str = "tin-1") -> Any:
    told: dict[str, Any] = {"by": "A. Mori", "reason": "seen", "on": dt.date(2023, 3, 27)}
    return decide_and_write(desk, register, folder, name, "accepted", **told)


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def refusal(desk: Desk, register: Any, folder: Path) -> str:
    """What is said when an overlay is refused; nothing is written and nothing decided then."""
    before = files(folder)
    with pytest.raises(OutputRefused) as refused:
        accept(desk, register, folder)
    assert files(folder) == before
    assert desk.get("tin-1").history == ()
    return str(refused.value)


ELSE = "name another folder for the overlay"


@pytest.mark.parametrize(
    ("name", "content", "holds"),
    [
        ("dossiers/mine.toml", '[[event]]\nid = "mine"\n', "relations/dossiers/mine.toml holds mine"),
        ("dossiers/mine.toml", "id = gsomia", "relations/dossiers/mine.toml holds what no desk wrote"),
        ("sources.csv", "id,title\nS99,A gazette\n", "relations/sources.csv holds S99"),
        ("notes.txt", "ours", "it holds relations/notes.txt"),
    ],
)
def test_what_others_wrote_is_kept(
    desk: Desk, register: Any, tmp_path: Path, name: str, content: str, holds: str
) -> None:
    folder = tmp_path / "ours"
    (folder / "relations" / "dossiers").mkdir(parents=True)
    (folder / "relations" / name).write_text(content, encoding="utf-8")
    assert refusal(desk, register, folder) == (
        f"cannot write {str(folder)!r}: {holds}, and the overlay is made anew from {desk.path}:"
        f" it would be lost; {ELSE}, or move that away"
    )


def test_the_overlay_of_another_desk_is_kept(desk: Desk, register: Any, tmp_path: Path) -> None:
    other = desk_of(tmp_path / "other.sqlite", register, lead=LEAD)
    accept(other, register, tmp_path / "overlay", "lead-1")
    told = refusal(desk, register, tmp_path / "overlay")
    assert "holds read-lead-1, and the overlay is made anew from" in told


@pytest.mark.parametrize("inside", ["", "relations", "japan/overlay"])
def test_a_register_is_never_written(desk: Desk, register: Any, inside: str) -> None:
    assert refusal(desk, register, DATA / inside) == (
        f"cannot write {str(DATA / inside)!r}: it lies in the register {DATA}, which no decision writes;"
        f" {ELSE}"
    )


def test_a_copy_of_the_register_is_kept(desk: Desk, register: Any, tmp_path: Path) -> None:
    shutil.copytree(DATA, tmp_path / "copy")
    assert "it would be lost" in refusal(desk, register, tmp_path / "copy")


def test_a_file_is_no_folder(desk: Desk, register: Any, tmp_path: Path) -> None:
    (tmp_path / "ours.txt").write_text("ours", encoding="utf-8")
    assert refusal(desk, register, tmp_path / "ours.txt") == (
        f"cannot write {str(tmp_path / 'ours.txt')!r}: it is a file; name a folder for the overlay"
    )


def test_what_cannot_be_written_is_not_decided(desk: Desk, register: Any, tmp_path: Path) -> None:
    folder = tmp_path / "overlay"
    folder.mkdir()
    (folder / "relations").write_text("ours", encoding="utf-8")
    assert refusal(desk, register, folder) == (
        f"cannot write {str(folder)!r}: Not a directory; name a folder that can be written"
    )


def test_names_in_other_scripts_are_kept_apart(register: Any, tmp_path: Path) -> None:
    """Both were read-1, and the second was refused for it."""
    desk = desk_of(tmp_path / "desk.sqlite", register, 韓国=TIN, 中国=LEAD)
    accept(desk, register, tmp_path / "overlay", "韓国-1")
    events = accept(desk, register, tmp_path / "overlay", "中国-1").events
    assert len(set(events)) == 2
    assert all(event.startswith("read-1-") for event in events)
    sources = (tmp_path / "overlay" / "relations" / "sources.csv").read_text(encoding="utf-8")
    assert "韓国" in sources
    assert "中国" in sources


def test_an_overlay_made_before_names_had_a_digest_is_made_anew(register: Any, tmp_path: Path) -> None:
    desk = desk_of(tmp_path / "desk.sqlite", register, 韓国=TIN)
    dossiers = tmp_path / "overlay" / "relations" / "dossiers"
    dossiers.mkdir(parents=True)
    (dossiers / "read-export-vn-cn.toml").write_text('[[event]]\nid = "read-1"\n', encoding="utf-8")
    (dossiers.parent / "sources.csv").write_text("id\ntext-\n", encoding="utf-8")
    outcome = accept(desk, register, tmp_path / "overlay", "韓国-1")
    assert outcome.left == ("read-1",)
    assert len(outcome.events) == 1
