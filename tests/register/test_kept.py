"""A kept register is the one that the files give, or is not used."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sekisho
from sekisho.errors import RegisterInvalid
from sekisho.register import gather, kept
from sekisho.register.kept import place_of
from sekisho.register.kept_files import VARIABLE, Place
from sekisho.register.open import open_register
from sekisho.register.register import DATA, Register

SCENARIO = Path(__file__).parents[2] / "examples" / "scenario_hf_eased.toml"
OPEN = "from sekisho.register.open import open_register as o; print(o().fingerprint)"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "kept"
    monkeypatch.setenv(VARIABLE, str(folder))
    return folder


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the shipped data files, to change."""
    return Path(shutil.copytree(DATA, tmp_path / "data"))


def told(register: Register) -> dict[str, str]:
    """All that a register holds, in its order and with the types of its values."""
    return {field.name: repr(getattr(register, field.name)) for field in fields(register) if field.repr}


def read_anew(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Notes the folders that are read and checked from here on."""
    found: list[Path] = []
    was = gather.gather

    def noted(root: Path, scenario: Path | None) -> Register:
        found.append(root)
        return was(root, scenario)

    monkeypatch.setattr(gather, "gather", noted)
    return found


def test_a_kept_register_is_the_one_of_the_files(
    cache: Path, monkeypatch: pytest.MonkeyPatch, register: Register
) -> None:
    anew = read_anew(monkeypatch)
    first, second = open_register(), open_register()
    assert anew == [DATA]
    assert first == second == register
    assert told(first) == told(second)
    monkeypatch.setenv(VARIABLE, "off")
    assert told(open_register()) == told(second)
    (file,) = cache.iterdir()
    assert file.stat().st_size < 5_000_000
    if os.name == "posix":
        assert file.stat().st_mode & 0o777 == 0o600


CHANGES: dict[str, Callable[[Path], object]] = {
    "a byte": lambda data: swap(data / "japan" / "items.csv", b"semiconductor", b"Semiconductor"),
    "a file more": lambda data: (data / "japan" / "more.csv").write_text("x"),
    "a file less": lambda data: (data / "japan" / "consequences.csv").unlink(),
    "a file in another folder": lambda data: (data / "japan" / "consequences.csv").rename(data / "c.csv"),
}


def swap(path: Path, old: bytes, new: bytes) -> None:
    content = path.read_bytes()
    assert old in content
    path.write_bytes(content.replace(old, new, 1))


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.usefixtures("cache")
def test_files_that_changed_are_read_anew(change: str, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    open_register(data)
    CHANGES[change](data)
    anew = read_anew(monkeypatch)
    found = open_register(data)
    assert anew == [data]
    monkeypatch.setenv(VARIABLE, "off")
    assert told(found) == told(open_register(data))


def test_the_place_hangs_on_files_code_and_version(
    cache: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = place_of(DATA)
    assert place is not None
    assert place.path.parent == cache
    assert place == place_of(data)  # wherever the same files are
    monkeypatch.setattr(kept, "__version__", "9.9.9")
    assert place_of(DATA) != place
    monkeypatch.undo()
    code = Path(shutil.copytree(kept._CODE, data.parent / "code" / "register"))
    shutil.copy(kept._CODE.parent / "model.py", code.parent)
    shutil.copy(kept._CODE.parent / "dates.py", code.parent)
    monkeypatch.setenv(VARIABLE, str(cache))
    monkeypatch.setattr(kept, "_CODE", code)
    monkeypatch.setattr(kept, "__file__", str(code / "kept.py"))
    assert place_of(DATA) == place
    swap(code.parent / "model.py", b"The frozen records", b"The records")
    assert place_of(DATA) != place
    monkeypatch.setattr(kept, "__file__", str(code / "elsewhere.py"))
    assert place_of(DATA) is None  # a package without its source does not say what it is


def put(place: Place, body: bytes, key: str = "") -> None:
    place.path.write_bytes(f"{key or place.key} {hashlib.sha256(body).hexdigest()}\n".encode() + body)
    place.path.chmod(0o600)


def link(place: Place) -> None:
    place.path.rename(place.path.with_name("elsewhere"))
    place.path.symlink_to("elsewhere")


def without(place: Place, name: str) -> None:
    """A file with a right checksum that lacks something."""
    held = json.loads(place.path.read_bytes().partition(b"\n")[2])
    del held[name]
    put(place, json.dumps(held).encode())


UNUSABLE: dict[str, Callable[[Place], object]] = {
    "empty": lambda place: place.path.write_bytes(b""),
    "cut short": lambda place: place.path.write_bytes(place.path.read_bytes()[:-1]),
    "no newline": lambda place: place.path.write_bytes(b"x" * 1000),
    "a changed answer": lambda place: swap(place.path, b'"individual"', b'"general_bulk"'),
    "of other files": lambda place: put(place, place.path.read_bytes().partition(b"\n")[2], "0" * 64),
    "not JSON": lambda place: put(place, b"{"),
    "other JSON": lambda place: put(place, b"[]"),
    "JSON that is deep": lambda place: put(place, b"[" * 100_000),
    "JSON that lacks a part": lambda place: without(place, "regimes"),
    "others may write it": lambda place: place.path.chmod(0o666),
    "a link": link,
    "a pipe": lambda place: (place.path.unlink(), os.mkfifo(place.path)),
}


@pytest.mark.skipif(os.name != "posix", reason="modes, links and pipes are those of POSIX")
@pytest.mark.parametrize("what", UNUSABLE)
@pytest.mark.usefixtures("cache")
def test_what_cannot_be_trusted_is_made_anew(
    what: str, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_register()
    place = place_of(DATA)
    assert place is not None
    UNUSABLE[what](place)
    anew = read_anew(monkeypatch)
    assert told(open_register()) == told(register)
    assert told(open_register()) == told(register)
    assert anew == [DATA]  # and is kept again


@pytest.mark.skipif(os.name != "posix", reason="files have an owner")
@pytest.mark.usefixtures("cache")
def test_a_file_of_another_user_is_not_used(monkeypatch: pytest.MonkeyPatch, register: Register) -> None:
    open_register()
    anew, user = read_anew(monkeypatch), os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: user + 1)
    assert told(open_register()) == told(register)
    assert anew == [DATA]


@settings(max_examples=20)
@given(st.data())
def test_no_damaged_byte_is_believed(drawn: st.DataObject) -> None:
    open_register()
    place = place_of(DATA)
    assert place is not None
    sound = place.path.read_bytes()
    at = drawn.draw(st.integers(0, len(sound) - 1))
    bit = 1 << drawn.draw(st.integers(0, 7))
    damaged = sound[:at] + bytes([sound[at] ^ bit]) + sound[at + 1 :]
    place.path.write_bytes(damaged)
    try:
        assert kept.read(place, DATA) is None
    finally:
        place.path.write_bytes(sound)


def test_a_place_that_takes_nothing_is_done_without(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, register: Register
) -> None:
    (tmp_path / "file").write_text("x")
    for place in (tmp_path / "file", tmp_path / "file" / "below", Path("/proc/none")):
        monkeypatch.setenv(VARIABLE, str(place))
        assert told(open_register()) == told(register)
    for name in ("HOME", "XDG_CACHE_HOME", VARIABLE):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Path, "mkdir", lambda *_, **__: (_ for _ in ()).throw(PermissionError("mkdir")))
    assert told(open_register()) == told(register)


@pytest.mark.skipif(sys.platform != "linux", reason="XDG is of Linux")
def test_the_cache_folder_is_that_of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    open_register()
    assert [path.parent.name for path in tmp_path.rglob("register-*.json")] == ["sekisho"]
    monkeypatch.setenv(VARIABLE, "off")
    assert place_of(DATA) is None


def test_a_scenario_is_read_each_time(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain, anew = open_register(), read_anew(monkeypatch)
    for _ in range(2):
        with_scenario = open_register(scenario=SCENARIO)
        assert with_scenario.scenario == "scenario_hf_eased"
        assert with_scenario.fingerprint != plain.fingerprint
    assert len(anew) == 2
    assert len(list(cache.iterdir())) == 1


def test_a_register_with_faults_is_never_kept(cache: Path, data: Path) -> None:
    swap(data / "japan" / "policy.csv", b",individual,", b",indivdual,")
    said = set()
    for _ in range(2):
        with pytest.raises(RegisterInvalid) as caught:
            open_register(data)
        said.add(str(caught.value))
    assert len(said) == 1
    assert not cache.exists()


def test_files_that_change_while_they_are_read_are_not_kept(
    cache: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    was = gather.gather

    def changing(root: Path, scenario: Path | None) -> Register:
        CHANGES["a byte"](root)
        return was(root, scenario)

    monkeypatch.setattr(gather, "gather", changing)
    open_register(data)
    assert not cache.exists()


def test_links_that_lead_back_are_no_trouble(data: Path, cache: Path, register: Register) -> None:
    (data / "round").symlink_to(data, target_is_directory=True)
    assert place_of(data) is None
    assert told(open_register(data))["regimes"] == told(register)["regimes"]
    assert not cache.exists()


@pytest.mark.skipif(sys.platform != "linux", reason="names of files are bytes on Linux")
@pytest.mark.usefixtures("cache")
def test_a_file_name_that_is_no_text_is_no_trouble(data: Path, register: Register) -> None:
    (data / os.fsdecode(b"\xff.csv")).write_text("x")
    assert place_of(data) not in {None, place_of(DATA)}
    assert [told(open_register(data))["regimes"] for _ in range(2)] == [told(register)["regimes"]] * 2


def test_processes_that_start_at_once_agree(cache: Path, register: Register) -> None:
    start = [sys.executable, "-c", OPEN]
    started = [subprocess.Popen(start, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    assert {process.communicate(timeout=60)[0].strip() for process in started} == {register.fingerprint}
    (file,) = cache.iterdir()
    place = place_of(DATA)
    assert place is not None
    assert file == place.path
    found = kept.read(place, DATA)
    assert found == register


def test_the_oldest_of_many_are_forgotten(cache: Path) -> None:
    cache.mkdir()
    for at in range(12):
        old = cache / f"register-{at:032}.json"
        old.write_bytes(b"")
        os.utime(old, (at, at))
    (cache / "of-someone-else").write_bytes(b"")
    open_register()
    left = sorted(path.name for path in cache.iterdir())
    assert len(left) == 9
    assert "of-someone-else" in left
    assert f"register-{4:032}.json" not in left
    assert open_register().fingerprint == sekisho.open_register().fingerprint
