"""What earlier runs decided is used where it is the same, and nowhere else."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import shutil
import subprocess
import sys
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc
import pytest

from sekisho.determine import kept_kinds
from sekisho.determine.check import Checker
from sekisho.determine.classes import Unreadable
from sekisho.determine.contents import Number, digest
from sekisho.determine.files import table_batches
from sekisho.determine.kept_kinds import KeptKinds, place_of
from sekisho.determine.rates import Rates
from sekisho.model import Confidence
from sekisho.register.kept_files import VARIABLE, Place
from sekisho.register.register import Register

PLACES = ("KR", "CN", "TW", "US", "DE", "SG", "VN", "AE", "RU", "IR")
CODES = ("3(1)", "5(17)", "7(19)", "6(2)", "16", "NOT_LISTED", "7 (19)", "7(99)")
HELD = ("none", "general_bulk", "special_general_bulk", "individual;general_bulk")
DAYS = ("2019-07-03", "2019-07-04", "2022-03-01", "2024-05-01", "2019-02-30", "")
TABLE = pa.table({
    "transaction_id": [f"T{at}" for at in range(960)],
    "ship_from_country": ["JP"] * 960,
    "destination_country": [PLACES[at % 10] for at in range(960)],
    "ultimate_destination_country": [PLACES[at % 10] if at % 3 else PLACES[at % 7] for at in range(960)],
    "code": [CODES[at // 10 % 8] for at in range(960)],
    "export_date": [DAYS[at // 80 % 6] for at in range(960)],
    "licences_held": [HELD[at // 3 % 4] for at in range(960)],
    "classification_status": ["approved"] * 900 + [""] * 60,
    "substance_wt_pct": [str(at % 41) for at in range(960)],
    "icp": ["yes", "no", ""] * 320,
})  # fmt: skip
RATES = Rates({"USD": ((dt.date(2000, 1, 1), dt.date(2030, 1, 1), 110.0),)})


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "kept"
    monkeypatch.setenv(VARIABLE, str(folder))
    return folder


def run(register: Register, table: pa.Table = TABLE, known_on: Any = None, *, kept: bool = True) -> Any:
    """What a run gives and says, and how many kinds it had to decide that may be kept."""
    checker = Checker(register, known_on)
    if kept:
        checker.use_kept()
    found = [checker.batch(batch) for batch in table_batches(table)]
    summary = checker.summary
    checker.keep()
    return found, repr(summary), checker.new_kinds


def place(register: Register, known_on: Any = None) -> Place:
    found = place_of(register, known_on, None)
    assert found is not None
    return found


def test_a_kind_is_decided_in_the_first_run_alone(cache: Path, register: Register) -> None:
    plain, said, kinds = run(register, kept=False)
    assert not cache.exists()
    assert run(register) == (plain, said, kinds)
    assert run(register) == (plain, said, 0)
    assert kinds > KeptKinds.few
    (file,) = cache.iterdir()
    assert file == place(register).path
    assert file.stat().st_size < 50_000
    if os.name == "posix":
        assert file.stat().st_mode & 0o777 == 0o600


def test_other_files_share_what_they_can(register: Register) -> None:
    run(register)
    shuffled = TABLE.select(TABLE.column_names[::-1]).take(np.random.default_rng(1).permutation(960))
    assert run(register, shuffled) == (*run(register, shuffled, kept=False)[:2], 0)
    more = TABLE.append_column("informed", pa.array(["no"] * 960)).append_column("own", TABLE["code"])
    decided = run(register, more, kept=False)
    assert run(register, more) == decided  # a column that rules read: decided anew, and kept beside
    assert run(register, more)[2] == run(register)[2] == 0
    assert run(register, TABLE.append_column("own", TABLE["code"]))[2] == 0
    words = {"KR": "Republic of Korea", "CN": "中国", "DE": " de "}
    places = pa.array([words.get(cell, cell) for cell in TABLE["destination_country"].to_pylist()])
    spelled = TABLE.set_column(2, "destination_country", places)
    assert run(register, spelled) == (*run(register, spelled, kept=False)[:2], 0)


def test_few_new_kinds_are_neither_looked_up_nor_kept(
    cache: Path, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    monkeypatch.setattr(kept_kinds, "place_of", lambda *view: asked.append(view))
    assert 0 < run(register, TABLE.slice(0, 40))[2] < KeptKinds.few
    assert (asked, cache.exists()) == ([], False)


def test_a_line_with_a_fault_is_never_kept(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(KeptKinds, "few", 1)
    odd = ["2811.11?", "x" * 10_000, "２８１１", "\0d", "no", "-1", "1", "True", "1.0"]
    column = pa.array([odd[at % len(odd)] for at in range(960)])
    for name in ("hs_code", "substance_wt_pct", "icp", "value", "code", "ultimate_destination_country"):
        kept = [one for one in TABLE.column_names if one != name]
        table = TABLE.select(kept).append_column(name, column)
        plain = run(register, table, kept=False)
        assert run(register, table)[:2] == plain[:2]
        assert run(register, table) == (*plain[:2], 0)
        assert "faulty=0" not in plain[1]


def test_another_process_finds_the_same(cache: Path, tmp_path: Path) -> None:
    """In which texts hash otherwise, so that sets are in another order."""
    pc.write_csv(TABLE, tmp_path / "orders.csv")
    written = set()
    for seed, folder in (("1", str(cache)), ("2", str(cache)), ("3", "off")):
        env = os.environ | {"PYTHONHASHSEED": seed, VARIABLE: folder}
        command = [sys.executable, "-c", CHECKED, str(tmp_path / "orders.csv"), str(tmp_path / "out.csv")]
        done = subprocess.run(command, env=env, text=True, capture_output=True, check=True)
        new, said = done.stdout.split(maxsplit=1)
        written.add((said, (tmp_path / "out.csv").read_bytes()))
        assert (int(new) == 0) == (seed == "2")
    assert len(written) == 1


CHECKED = """
import sys
from pathlib import Path
from sekisho.determine.check import Checker
from sekisho.determine.runs import check_file
from sekisho.register.open import open_register

checker = Checker(open_register())
checker.use_kept()
for _ in check_file(*map(Path, sys.argv[1:]), checker):
    pass
print(checker.new_kinds, checker.summary)
"""


def test_the_place_hangs_on_all_that_a_decision_hangs_on(
    register: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, country = place(register), register.countries.by_code["KR"]
    places = replace(
        register.countries, by_code={**register.countries.by_code, "KR": replace(country, name="Corea")}
    )
    others = [
        place_of(replace(register, fingerprint="0" * 16), None, None),
        place_of(replace(register, scenario="eased"), None, None),
        place_of(replace(register, countries=places), None, None),
        place_of(register, dt.date(2019, 7, 3), None),
        place_of(register, "known", None),
        place_of(register, None, RATES),
    ]
    monkeypatch.setattr(kept_kinds, "__version__", "9.9.9")
    others.append(place_of(register, None, None))
    monkeypatch.undo()
    monkeypatch.setenv(VARIABLE, str(tmp_path / "kept"))
    code = Path(shutil.copytree(kept_kinds._CODE, tmp_path / "code", ignore=lambda *_: ["data", "web"]))
    monkeypatch.setattr(kept_kinds, "_CODE", code)
    monkeypatch.setattr(kept_kinds, "__file__", str(code / "determine" / "kept_kinds.py"))
    assert place(register) == first
    for changed in ("determine/licensing.py", "register/law.py", "model.py"):
        path = code / changed
        path.write_text(path.read_text() + "# other\n")
        others.append(place_of(register, None, None))
    assert len({None, first, *others}) == len(others) + 2
    monkeypatch.setattr(kept_kinds, "__file__", str(code / "elsewhere.py"))
    assert place_of(register, None, None) is None  # a package without its source does not say what it is


def test_days_between_which_nothing_was_learned_share(register: Register) -> None:
    one, other = dt.date(2019, 7, 2), dt.date(2019, 7, 3)
    assert place(register, one) == place(register, other)
    run(register, known_on=one)
    found, said, new = run(register, known_on=other)
    assert (found, said) == run(register, known_on=other, kept=False)[:2]
    assert new == 0
    assert found[0]["known_on"].to_pylist()[0] == "2019-07-03"


def put(place: Place, content: bytes) -> None:
    """A file with a right checksum, whatever it holds."""
    body = zlib.compress(content)
    place.path.write_bytes(f"{place.key} {hashlib.sha256(body).hexdigest()}\n".encode() + body)
    place.path.chmod(0o600)


def parts(place: Place) -> tuple[dict[str, Any], bytes]:
    text, _, rest = zlib.decompress(place.path.read_bytes().partition(b"\n")[2]).partition(b"\n")
    return json.loads(text), rest


def put_changed(place: Place, **changed: object) -> None:
    head, rest = parts(place)
    put(place, json.dumps(head | changed).encode() + b"\n" + rest)


def put_numbers(place: Place, change: Callable[[Any], object]) -> None:
    """A file of which one of the numbers of its decisions and trees is another."""
    head, rest = parts(place)
    end = 16 * head["classes"]
    numbers = np.frombuffer(rest, dtype="<i4", offset=end).copy()
    change(numbers)
    put(place, json.dumps(head).encode() + b"\n" + rest[:end] + numbers.tobytes())


def swap(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


UNUSABLE: dict[str, Callable[[Place], object]] = {
    "empty": lambda place: place.path.write_bytes(b""),
    "cut short": lambda place: place.path.write_bytes(place.path.read_bytes()[:-1]),
    "a byte changed": lambda place: swap(place.path),
    "not packed": lambda place: place.path.write_bytes(
        f"{place.key} {hashlib.sha256(b'x').hexdigest()}\nx".encode()
    ),
    "not JSON": lambda place: put(place, b"{"),
    "other JSON": lambda place: put(place, b"[]\n"),
    "a tree more": lambda place: put_changed(place, trees=[[["code"], 100_000_000]]),
    "classes more": lambda place: put_changed(place, classes=1),
    "no values": lambda place: put_changed(place, values=[]),
    "a value that is none": lambda place: put_numbers(place, lambda n: n.__setitem__(0, -1)),
    "a node before the one that leads to it": lambda place: put_numbers(place, lambda n: n.fill(1)),
    "a class that is none": lambda place: put_numbers(place, lambda n: n.__setitem__(-1, 1 << 30)),
    "a column that is none": lambda place: put_numbers(place, lambda n: n.fill(1 << 20)),
    "others may write it": lambda place: place.path.chmod(0o666),
    "of another view": lambda place: place.path.write_bytes(
        place.path.read_bytes().replace(place.key.encode(), b"0" * 64)
    ),
    "a folder": lambda place: (place.path.unlink(), place.path.mkdir()),
}


@pytest.mark.skipif(os.name != "posix", reason="modes are those of POSIX")
@pytest.mark.parametrize("what", UNUSABLE)
def test_what_cannot_be_trusted_is_decided_anew(what: str, register: Register) -> None:
    decided = run(register)
    UNUSABLE[what](place(register))
    assert run(register) == decided
    again = run(register)
    assert again[:2] == decided[:2]
    assert (again[2] > 0) == (what == "a folder")  # and is kept again, where it can be


@pytest.mark.parametrize("told", ["off", "/proc/none", "file"])
def test_a_place_that_takes_nothing_is_done_without(
    told: str, tmp_path: Path, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = run(register, kept=False)
    (tmp_path / "file").write_text("x")
    monkeypatch.setenv(VARIABLE, str(tmp_path / told) if told == "file" else told)
    assert run(register) == run(register) == plain


def test_what_would_be_too_large_is_not_kept(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    decided = run(register)
    size = place(register).path.stat().st_size
    more = TABLE.append_column("informed", pa.array(["no"] * 960))
    monkeypatch.setattr(KeptKinds, "most_bytes", size)
    run(register, more)
    assert run(register, more)[2] > 0  # both would not fit
    assert run(register) == (*decided[:2], 0)
    monkeypatch.setattr(KeptKinds, "most_bytes", 10 * size)
    monkeypatch.setattr(KeptKinds, "most_nodes", 3 * nodes_of(register) // 2)
    plain = run(register, more, kept=False)
    run(register, more)
    assert run(register, more) == (*plain[:2], 0)  # what was kept before made room
    assert run(register)[2] > 0
    monkeypatch.setattr(KeptKinds, "most_nodes", nodes_of(register) + 200)
    held = ["individual" if at < 60 else cell for at, cell in enumerate(TABLE["licences_held"].to_pylist())]
    alike = TABLE.set_column(6, "licences_held", pa.array(held))
    monkeypatch.setattr(KeptKinds, "few", 1)
    assert 0 < run(register, alike)[2] < decided[2]
    assert run(register) == (*decided[:2], 0)  # what both have is kept once, so that both fit
    monkeypatch.setattr(KeptKinds, "most_nodes", 10)
    assert run(register)[2] == 0  # what is kept already may be used
    kept = place(register).path.read_bytes()
    assert run(register, more)[2] > 0
    assert place(register).path.read_bytes() == kept


def nodes_of(register: Register) -> int:
    return sum(size for _, size in parts(place(register))[0]["trees"])


def test_runs_at_once_are_both_right(register: Register) -> None:
    plain = run(register, kept=False)
    table = TABLE.append_column("informed", pa.array(["no"] * 960))
    checkers = [Checker(register) for _ in range(2)]
    for checker, lines in zip(checkers, (TABLE, table), strict=True):
        checker.use_kept()
        for batch in table_batches(lines):
            checker.batch(batch)
    for checker in checkers:
        checker.keep()
    assert run(register, table)[2] == 0  # the last stays
    assert run(register) == plain


def test_a_checker_of_another_input_goes_on_with_it(register: Register) -> None:
    plain, said, kinds = run(register, kept=False)
    first = Checker(register)
    first.use_kept()
    second = first.renewed("frame", first.wanted)
    assert [second.batch(batch) for batch in table_batches(TABLE)] == plain
    second.keep()
    assert (repr(second.summary), second.new_kinds, first.new_kinds) == (said, kinds, 0)
    again = Checker(register)
    again.use_kept()
    again = again.renewed("frame", again.wanted)
    assert [again.batch(batch) for batch in table_batches(TABLE)] == plain
    assert (repr(again.summary), again.new_kinds) == (said, 0)


def test_the_oldest_of_many_are_forgotten(cache: Path, register: Register) -> None:
    cache.mkdir()
    for at in range(12):
        for kind in ("kinds", "register"):
            old = cache / f"{kind}-{at:032}"
            old.write_bytes(b"")
            os.utime(old, (at, at))
    run(register)
    assert len(list(cache.glob("kinds-*"))) == 8
    assert len(list(cache.glob("register-*"))) == 12


ALIKE_BUT_NOT_THE_SAME: list[Any] = [
    True, 1, "1", "True", "", None, 1.5, "1.5", Unreadable("1"), Unreadable(""), dt.date(2019, 7, 4),
    "2019-07-04", Number(1), Number(2), ("1",), ("1", "2"), ("1,2",), ("1", ("2",)), (("1", "2"),), (),
    frozenset({"1", "2"}), frozenset({"1"}), frozenset(), Confidence.HIGH, "high", "str:'1'", "'", '"',
    "(str:'1',str:'2')", "\0", "\\0", "\ud800", "é", "e\u0301",
]  # fmt: skip


def test_what_differs_has_another_digest() -> None:
    found = [digest(thing, lambda number: bytes([number])) for thing in ALIKE_BUT_NOT_THE_SAME]
    assert len(set(found)) == len(found)
    assert digest(frozenset("abcdef"), repr) == digest(frozenset("fedcba"), repr)  # type: ignore[arg-type]
