"""What is too large, too slow, too many or malformed gets a clear answer, and the server stays well."""

from __future__ import annotations

import asyncio
import concurrent.futures
import io
import socket
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sekisho.determine.files import read_batches
from sekisho.errors import InputInvalid
from sekisho.web.bulk import ARROW
from sekisho.web.pages.check import Counted
from sekisho.web.problems import Problem
from sekisho.web.settings import Limits
from sekisho.web.slots import Slots
from sekisho.web.uploads import folder_of, order_file, safe_name
from sekisho.web.weight import weight

from .conftest import EXAMPLES, LINE, Served


@pytest.fixture(autouse=True)
def _stays_well(served: Served) -> Iterator[None]:
    yield
    found = httpx.post(f"{served.url}/api/v1/checks", json={"lines": [LINE]}, timeout=20)
    assert found.json()["results"][0]["answer"] == "licence_required"


def _drop(client: httpx.Client, name: str, content: bytes) -> httpx.Response:
    return client.post("/check/file", files={"file": (name, content)}, headers={"Accept": "application/json"})


def test_a_body_of_100_mb_with_and_without_its_length(client: httpx.Client) -> None:
    part = b"x" * (1 << 20)
    whole = client.post("/api/v1/checks", content=part * 16)
    parts = client.post("/api/v1/checks", content=(part for _ in range(16)))
    file = _drop(client, "orders.csv", part * 16)
    for answer in (whole, parts, file):
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    with socket.create_connection((client.base_url.host, client.base_url.port or 80)) as held:
        held.sendall(
            b"POST /api/v1/checks HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n"
            b"Content-Length: 104857600\r\n\r\n"
        )
        held.settimeout(10)
        assert held.recv(100).startswith(b"HTTP/1.1 413 ")


def test_a_body_that_trickles_is_given_up(client: httpx.Client) -> None:
    def slow() -> Iterator[bytes]:
        for _ in range(30):
            yield b" "
            time.sleep(0.1)

    answer = client.post("/api/v1/checks", content=slow(), headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (408, "too_slow_body")


def test_too_many_lines(client: httpx.Client) -> None:
    answer = client.post("/api/v1/checks", json={"lines": [{"code": "7(19)"}] * 20_001})
    assert (answer.status_code, answer.json()["code"]) == (413, "too_many_lines")
    assert answer.json()["detail"].startswith("at most 20,000 lines")


def test_64_clients_at_once_all_get_an_answer(served: Served) -> None:
    lines = [{**LINE, "line_id": str(at)} for at in range(50)]

    def ask(at: int) -> tuple[int, str]:
        body = {"lines": [*lines, {**LINE, "line_id": f"x{at}"}]}
        found = httpx.post(f"{served.url}/api/v1/checks", json=body, timeout=60)
        return found.status_code, found.json()["results"][-1]["line_id"]

    with concurrent.futures.ThreadPoolExecutor(64) as pool:
        assert list(pool.map(ask, range(64))) == [(200, f"x{at}") for at in range(64)]


def test_too_many_at_once_are_told_to_come_again(register: Any, tmp_path: Path) -> None:
    from .conftest import settings_for  # noqa: PLC0415  a server of its own

    busy = Served(settings_for(register, tmp_path, limits=Limits(at_once=1, waiting=0)))
    busy.start()
    try:
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            body = {"lines": [{**LINE, "line_id": str(at)} for at in range(3000)]}
            found = list(
                pool.map(
                    lambda _: httpx.post(f"{busy.url}/api/v1/checks?columns=x", json=body, timeout=60),
                    range(8),
                )
            )
    finally:
        busy.stop()
    told = {answer.status_code: answer for answer in found}
    assert set(told) <= {200, 422, 503}
    if 503 in told:
        assert told[503].json()["code"] == "too_busy"
        assert told[503].headers["retry-after"] == "2"


def _zip(*members: tuple[str, bytes], level: int = zipfile.ZIP_DEFLATED) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", level) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return held.getvalue()


def _spoilt_pages() -> bytes:
    """A Parquet file whose foot is sound and whose pages are not."""
    held = pa.BufferOutputStream()
    pq.write_table(pa.table({"code": [f"{at}(1)" for at in range(3000)]}), held, use_dictionary=False)
    content = bytearray(held.getvalue().to_pybytes())
    content[4:400] = b"\xff" * 396
    return bytes(content)


def test_malformed_files_are_refused_in_words(client: httpx.Client) -> None:
    bomb = _zip(("xl/sharedStrings.xml", b"\0" * (300 << 20)))
    rows = pa.BufferOutputStream()
    pq.write_table(pa.table({"code": pa.nulls(60_000, pa.string())}), rows)
    cases = [
        ("orders.xlsx", b"PK\x03\x04 nonsense", 400, "not a readable archive"),
        ("orders.xlsx", bomb, 400, "it unpacks to 314,572,800 bytes"),
        ("orders.xlsx", _zip(("a.txt", b"a")), 400, "not a workbook"),
        ("orders.parquet", b"PAR1", 400, "not a whole Parquet file"),
        ("orders.parquet", rows.getvalue().to_pybytes(), 413, "at most 50,000 lines"),
        ("orders.parquet", _spoilt_pages(), 400, "not a whole Parquet file"),
        ("orders.exe", b"MZ", 400, "the ending '.exe' is not known"),
        ("orders.csv", b"", 400, "empty"),
        ("orders.csv", b"\xff\xfe\x00", 400, "orders.csv"),
        ("../../../etc/orders.csv", b"code\n7(19)\n", 400, "orders.csv:1: "),
        ("orders.jsonl", b"[" * 100_000, 400, "not JSON"),
    ]
    for name, content, status, told in cases:
        answer = _drop(client, name, content)
        assert answer.status_code == status, (name, answer.text[:300])
        assert told in answer.json()["detail"], (name, answer.json()["detail"][:300])
    answer = client.post("/check/file", content=b"nonsense", headers={"Content-Type": "multipart/form-data"})
    assert answer.status_code == 400


def test_uploads_leave_nothing_behind(
    client: httpx.Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))  # the server is a thread of this process
    answer = _drop(client, "orders.csv", (EXAMPLES / "orders_2019_2023.csv").read_bytes())
    assert answer.status_code == 200
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("../sites.csv", "leads out of the folder"),
        ("/etc/sites.csv", "leads out of the folder"),
        ("a\\..\\sites.csv", "leads out of the folder"),
        ("a/../../sites.csv", "leads out of the folder"),
    ],
)
def test_a_zip_whose_names_climb_is_refused(name: str, told: str) -> None:
    with pytest.raises(InputInvalid, match=told), folder_of([("net.zip", _zip((name, b"x")))], {".csv"}):
        pass


def test_a_zip_is_read_by_its_names_in_one_folder() -> None:
    files = [("net.zip", _zip(("net/sites.csv", b"a"), ("net/run.sh", b"rm")))]
    with folder_of(files, {".csv"}) as folder:
        assert [path.name for path in folder.iterdir()] == ["sites.csv"]
    assert not folder.exists()
    for members, told in (
        ([("a/x.csv", b""), ("b/y.csv", b"")], "several folders"),
        ([(f"{at}.csv", b"") for at in range(65)], "it holds 65 files"),
        ([("x.csv", b"\0" * (300 << 20))], "it unpacks to"),
    ):
        with pytest.raises(InputInvalid, match=told), folder_of([("n.zip", _zip(*members))], {".csv"}):
            pass
    with pytest.raises(InputInvalid, match="not a readable archive"), folder_of([("n.zip", b"PK")], {".csv"}):
        pass


def test_a_file_is_named_as_it_was_as_far_as_that_is_safe() -> None:
    assert safe_name("C:\\data\\orders 1.csv") == "orders_1.csv"
    assert safe_name("....csv") == "csv"
    assert len(safe_name("x" * 500 + ".csv")) == 80
    with order_file(b"code\n", "注文.csv", Limits()) as path:
        assert path.name == "注文.csv"


def test_a_head_that_never_ends_is_hung_up_on(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sekisho.web.server._HEAD_SECONDS", 0.3)
    address = served.socket.getsockname()
    with socket.create_connection(address) as held:
        held.sendall(b"GET / HTTP/1.1\r\nX: ")
        held.settimeout(10)
        assert held.recv(10) == b""


def _parquet(table: pa.Table) -> bytes:
    held = pa.BufferOutputStream()
    pq.write_table(table, held)
    return bytes(held.getvalue().to_pybytes())


def _arrow(table: pa.Table) -> bytes:
    held = io.BytesIO()
    with pa.ipc.new_stream(held, table.schema) as stream:
        stream.write_table(table)
    return held.getvalue()


def _workbook(text: str, rows: int) -> bytes:
    """A workbook that holds a text once and shows it in many cells."""
    strings = f"<sst xmlns='{_SHEET}'><si><t>note</t></si><si><t>{text}</t></si></sst>"
    held = io.BytesIO()
    book = openpyxl.Workbook(write_only=True)
    book.create_sheet().append(["placeholder"])
    book.save(held)
    cells = "".join(f'<row r="{at}"><c r="A{at}" t="s"><v>1</v></c></row>' for at in range(2, rows + 2))
    sheet = (
        f'<worksheet xmlns=\'{_SHEET}\'><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row>{cells}'
        "</sheetData></worksheet>"
    )
    with zipfile.ZipFile(held) as archive:
        kept = {name: archive.read(name) for name in archive.namelist()}
    kept["xl/worksheets/sheet1.xml"], kept["xl/sharedStrings.xml"] = sheet.encode(), strings.encode()
    told = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{_STRINGS}"/></Types>'
    types = kept["[Content_Types].xml"].decode()
    if "sharedStrings" not in types:
        kept["[Content_Types].xml"] = types.replace("</Types>", told).encode()
    return _zip(*kept.items())


_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_STRINGS = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"


def test_a_text_that_is_written_once_and_named_often_is_weighed(client: httpx.Client) -> None:
    rows, text = 6000, "x" * 100_000
    once = pa.array([text])
    coded = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), once)
    lines = {name: pa.array([cell] * rows) for name, cell in LINE.items() if isinstance(cell, str)}
    for name in ("note", "line_id", "value"):
        table = pa.table({**lines, name: coded})
        answer = client.post("/api/v1/checks", content=_arrow(table), headers={"Content-Type": ARROW})
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
        assert "when each is written out" in answer.json()["detail"]
    content = _parquet(pa.table({"note": coded}))
    assert len(content) < 100_000
    answer = _drop(client, "orders.parquet", content)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_a_workbook_is_weighed_while_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sekisho.web.weight.UNPACKED", 1_000_000)
    monkeypatch.setattr("sekisho.determine.files._SIGNS", 100_000)
    content, counted = _workbook("x" * 10_000, 400), Counted(Limits())
    with (
        order_file(content, "orders.xlsx", Limits()) as path,
        pytest.raises(Problem, match="when each is written out"),
    ):
        list(map(counted, read_batches(path)))
    assert 100 <= counted.rows < 200
    coded = pa.DictionaryArray.from_arrays(pa.array([0] * 400, pa.int32()), pa.array(["x" * 10_000]))
    for name, table in (("sites.xlsx", content), ("sites.parquet", _parquet(pa.table({"note": coded})))):
        with (
            pytest.raises(Problem, match="when each is written out"),
            folder_of([("net.zip", _zip((name, table)))], {".xlsx", ".parquet"}),
        ):
            pass


def test_a_view_and_a_list_are_weighed_too() -> None:
    views = pa.array(["x" * 100, "ab", None], pa.string()).cast(pa.string_view())
    assert weight(views[:2]) == 102
    assert weight(pa.array([["abc"], ["d", "e"]])) >= 5
    coded = pa.DictionaryArray.from_arrays(pa.array([0, 0, None], pa.int8()), pa.array(["xyz"]))
    assert weight(coded) == 6


@pytest.mark.parametrize(
    ("column", "told"),
    [
        (pa.array([b"\xff"], pa.binary_view()), "a column of type binary_view is not taken"),
        (pa.array([{"a": 1}]), "is not taken"),
        (pa.RunEndEncodedArray.from_arrays([1], ["x"]), "is not taken"),
        (pa.array([0], pa.timestamp("ns", "Foo/Bar")), "a day or moment cannot be read"),
        (pa.array([2**31 - 1], pa.int32()).cast(pa.date32()), "a day or moment cannot be read"),
        (pa.array([1 << 60], pa.int64()).cast(pa.timestamp("s")), "a day or moment cannot be read"),
    ],
    ids=lambda one: str(one.type) if isinstance(one, pa.Array) else "",
)
def test_columns_that_are_no_cells_are_refused_by_name(
    client: httpx.Client, column: pa.Array, told: str
) -> None:
    for name in ("line_id", "code"):
        cells = {key: [cell] for key, cell in LINE.items() if isinstance(cell, str)}
        body = _arrow(pa.table({**cells, name: column}))
        answer = client.post("/api/v1/checks", content=body, headers={"Content-Type": ARROW})
        assert (answer.status_code, answer.json()["faults"][0]["column"]) == (400, name)
        assert told in answer.json()["detail"]


def test_more_columns_than_an_order_file_has(client: httpx.Client) -> None:
    names = [f"c{at}" for at in range(1500)]
    apart = "\n".join(f'{{"{name}": 1}}' for name in names)
    for file, text in (("orders.csv", ",".join(names) + "\n"), ("orders.jsonl", apart)):
        answer = _drop(client, file, text.encode())
        assert answer.status_code == 400
        assert "there are 1,500 columns; expected at most 1,000" in answer.json()["detail"]
    answer = client.post("/api/v1/checks", json={"lines": [{name: 1} for name in names]})
    assert "there are 1,500 columns" in answer.json()["detail"]


def test_oddities_of_names_and_archives_are_told_in_words(client: httpx.Client) -> None:
    newer = bytearray(_zip(("a.txt", b"a")))
    at = newer.rindex(b"PK\x01\x02") + 6
    newer[at : at + 2] = b"\x63\x00"
    assert "not a readable archive" in _drop(client, "orders.xlsx", bytes(newer)).json()["detail"]
    assert _drop(client, "\U00020bb7" * 90 + ".csv", b"code\n7(19)\n").status_code == 400
    assert len(safe_name("\U00020bb7" * 90 + ".csv").encode()) <= 240
    with (
        pytest.raises(InputInvalid, match="not a readable archive"),
        folder_of([("n.zip", bytes(newer))], {}),
    ):
        pass
    packed = bytearray(_zip(("sites.csv", b"a" * 5000), level=zipfile.ZIP_LZMA))
    at = packed.index(b"sites.csv") + 15
    packed[at : at + 8] = b"\xff" * 8
    with pytest.raises(InputInvalid, match="cannot be unpacked"), folder_of([("n.zip", bytes(packed))], {}):
        pass


def test_bodies_take_only_so_much_together(register: Any, tmp_path: Path) -> None:
    from .conftest import settings_for  # noqa: PLC0415  a server of its own

    small = Served(settings_for(register, tmp_path, limits=Limits(bodies_bytes=1000)))
    small.start()
    try:
        answer = httpx.post(f"{small.url}/api/v1/checks", content=b" " * 2000)
        again = httpx.post(f"{small.url}/api/v1/checks", json={"lines": [LINE]})
    finally:
        small.stop()
    assert (answer.status_code, answer.json()["code"]) == (503, "too_busy")
    assert again.status_code == 200


def test_more_requests_than_are_taken_are_told_to_come_again(
    register: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Answers that take no slot are counted too, so that a flood of them waits nowhere."""
    from .conftest import settings_for  # noqa: PLC0415  a server of its own

    begun, go = threading.Event(), threading.Event()
    monkeypatch.setattr("sekisho.web.api.record.timeline", lambda *_, **__: begun.set() or go.wait(20))
    few = Served(settings_for(register, tmp_path, limits=Limits(requests=1)))
    few.start()
    try:
        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            pool.submit(httpx.get, f"{few.url}/api/v1/timeline", params={"between": "JP"}, timeout=20)
            assert begun.wait(20)
            answer = httpx.get(f"{few.url}/api/v1/about", timeout=20)
            go.set()
        again = httpx.get(f"{few.url}/api/v1/about", timeout=20)
    finally:
        go.set()
        few.stop()
    assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (
        503,
        "too_busy",
        "2",
    )
    assert again.status_code == 200


def test_who_gives_up_waits_no_longer_and_frees_no_place_too_early() -> None:
    go = threading.Event()

    async def ask() -> str:
        slots = Slots(Limits(at_once=1, waiting=0))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await slots.run(lambda: go.wait(20))
        assert not go.is_set()
        with pytest.raises(Problem, match="already run or wait"):
            await slots.run(lambda: "too early")
        go.set()
        for _ in range(500):
            try:
                return await slots.run(lambda: "a place is free again")
            except Problem:
                await asyncio.sleep(0.01)
        return ""

    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        assert pool.submit(asyncio.run, ask()).result() == "a place is free again"


def test_an_answer_that_takes_too_long_is_given_up(
    register: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from .conftest import settings_for  # noqa: PLC0415  a server of its own

    go = threading.Event()
    monkeypatch.setattr("sekisho.web.api.impact.impacts", lambda *_: go.wait(20))
    slow = Served(settings_for(register, tmp_path, limits=Limits(seconds=0.1, body_seconds=0.1)))
    slow.start()
    try:
        asked = {"lines": [LINE], "event": "jp-three-materials-individual"}
        answer = httpx.post(f"{slow.url}/api/v1/impacts", json=asked, timeout=15)
        assert not go.is_set()
    finally:
        go.set()
        slow.stop()
    assert (answer.status_code, answer.json()["code"]) == (503, "too_slow")
