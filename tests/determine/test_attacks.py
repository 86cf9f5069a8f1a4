"""Lines and files that were once read as safer, or as less, than they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sekisho.determine.check import Checker, check
from sekisho.determine.decide import decide
from sekisho.determine.files import read_batches
from sekisho.determine.intake import read_line
from sekisho.determine.rates import read_rates
from sekisho.determine.runs import check_file
from sekisho.errors import InputInvalid
from sekisho.model import Answer
from sekisho.register.open import open_register
from sekisho.register.register import Register

FREE = {Answer.NOT_LISTED, Answer.NO_REQUIREMENT_FOUND, Answer.AUTHORISED}
BASE = {
    "ship_from_country": "JP", "destination_country": "CN", "decisive_date": "2025-12-01",
    "end_use_code": "none", "end_user_concern": "none", "informed": "no",
    "counterparty_designated": "no", "item_kind": "goods", "classification_status": "approved",
}  # fmt: skip
KOREA = {"destination_country": "KR", "decisive_date": "2019-07-04", "code": "3(1)"}
HF = {"controlled_substance": "hydrogen_fluoride", "substance_wt_pct": "99"}
NOT_FREE: list[dict[str, str]] = [
    {"code": "7(19)", "classification_status": "", "product_type": "other", **HF, "hs_code": "2811.11"},
    {**KOREA, "destination_country": "UA", "item_kind": "", "controlled_substance": "hydrogen_fluoride",
     "substance_wt_pct": "10", "licences_held": "individual"},
    {**KOREA, "item_kind": "technology", **HF, "licences_held": "special_general_bulk", "icp": "yes",
     "bulk_matrix_cell": "special_general_bulk", "clause": "garbage"},
    {"code": "16(2)", "end_use_code": "conventional_weapons", "hs_code": "8542.31"},
]  # fmt: skip


@pytest.mark.parametrize("cells", NOT_FREE)
def test_these_lines_are_not_free(cells: dict[str, str], register: Register) -> None:
    line = read_line({**BASE, **cells}, register)
    assert not line.faults
    assert decide(line.shipment, register).answer not in FREE


def test_what_follows_from_the_hs_code_is_not_stated_beside_it(register: Register) -> None:
    line = read_line({**BASE, "code": "NOT_LISTED", "hs_4": "85.42", "hs_6": "-1"}, register)
    assert [fault.problem for fault in line.faults] == [
        "'85.42' is not taken: it follows from hs_code",
        "'-1' is not taken: it follows from hs_code",
    ]


ENDED = """
title = "A disputed end"
[[source]]
id = "rumour"
title = "A rumour"
publisher = "nobody"
kind = "news"
url = "https://example.org"
language = "en"
[[event]]
id = "perhaps-over"
dossier = "jp-catch-all-2025"
kind = "{kind}"
effective = 2025-11-01
summary = "The test is said to be gone."
source = ["rumour"]
confidence = "disputed"
"""


def test_the_disputed_end_of_a_rule_frees_nothing(tmp_path: Path, register: Register) -> None:
    dossier, kind = next(
        (e.dossier, e.kind) for e in register.events.values() if e.id == "jp-order-text-2017-02-22"
    )
    text = ENDED.replace("jp-catch-all-2025", dossier).format(kind=kind)
    rows = ("jp-ca-wmd-use-2025", "jp-ca-wmd-user-2025")
    text += "".join(f'[[end]]\nrow = "{row}"\nevent = "perhaps-over"\n' for row in rows)
    path = tmp_path / "rumour.toml"
    path.write_text(text, encoding="utf-8")
    scenario = open_register(scenario=path)
    line = read_line({**BASE, "code": "NOT_LISTED", "end_use_code": "wmd", "hs_code": "8542.31"}, scenario)
    assert decide(line.shipment, register).answer is Answer.LICENCE_REQUIRED
    made = decide(line.shipment, scenario)
    assert made.answer not in FREE
    assert any("it is disputed whether perhaps-over ended" in gap for gap in made.not_covered)


def workbook(path: Path, cells: list[Any], number_format: str = "General") -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["line_id", "substance_wt_pct"])
    for at, cell in enumerate(cells):
        sheet.append([at, cell])
        sheet.cell(at + 2, 2).number_format = number_format
    book.save(path)
    return path


def test_a_cell_shown_as_a_percentage_is_not_its_fraction(tmp_path: Path) -> None:
    (batch,) = read_batches(workbook(tmp_path / "x.xlsx", [0.5, None], "0%"))
    assert batch.columns["substance_wt_pct"].to_pylist() == ["50%", ""]


def test_a_workbook_that_tells_too_small_a_size_loses_no_row(tmp_path: Path) -> None:
    import zipfile  # noqa: PLC0415  only here

    path, odd = workbook(tmp_path / "x.xlsx", list(range(20))), tmp_path / "odd.xlsx"
    with zipfile.ZipFile(path) as read, zipfile.ZipFile(odd, "w") as write:
        for name in read.namelist():
            write.writestr(name, read.read(name).replace(b'ref="A1:B21"', b'ref="A1:B3"'))
    (batch,) = read_batches(odd)
    assert len(batch.lines) == 20


def test_a_header_cell_over_two_lines_is_one_column(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text('line_id,"cur\nrency",code\n1,JPY,3(1)\n', encoding="utf-8")
    (batch,) = read_batches(path)
    assert (list(batch.columns), batch.row(0), list(batch.lines)) == (
        ["line_id", "cur_rency", "code"], {"line_id": "1", "cur_rency": "JPY", "code": "3(1)"}, [3],
    )  # fmt: skip


def test_json_that_holds_no_text_is_a_fault_of_its_line(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    deep = "[" * 500 + "]" * 500
    path.write_text(f'{{"code":"3(1)"}}\n{{"code":"\\ud800"}}\n{{"code":{deep}}}\n', encoding="utf-8")
    (batch,) = read_batches(path)
    assert list(batch.broken) in ([1], [1, 2])
    assert batch.broken[1].problem == "a text holds half a character (a lone surrogate)"


def test_days_beyond_the_calendar_and_bytes_are_faults(tmp_path: Path, register: Register) -> None:
    line = {"ship_from_country": "JP", "destination_country": "KR", "code": "3(1)"}
    columns = {name: pa.array([cell] * 2) for name, cell in line.items()}
    columns["order_date"] = pa.array([2**31 - 1, 18081], pa.int32()).cast(pa.date32())
    columns["seen"] = pa.array([2**62, 0], pa.timestamp("us"))
    offsets = pa.py_buffer(b"\x00\x00\x00\x00\x02\x00\x00\x00\x04\x00\x00\x00")
    columns["remark"] = pa.Array.from_buffers(pa.string(), 2, [None, offsets, pa.py_buffer(b"\xff\xfeok")])
    path, output = tmp_path / "x.parquet", tmp_path / "out.parquet"
    pq.write_table(pa.table(columns), path)
    checker = Checker(register, name=path.name)
    list(check_file(path, output, checker))
    assert (checker.summary.rows, checker.summary.faulty) == (2, 1)
    assert "order_date" in str(checker.summary.faults[0])
    assert pq.read_table(output).num_rows == 2


def test_rates_with_wrong_quotes_or_odd_numbers_are_refused(tmp_path: Path) -> None:
    for row, problem in (
        ('USD,2019-01-01,,"1', "the quotes are wrong"),
        ("USD,2019-01-01,,1_0", "'1_0' is not a rate"),
    ):
        path = tmp_path / "rates.csv"
        path.write_text(f"currency,from,until,jpy\n{row}\n", encoding="utf-8")
        with pytest.raises(InputInvalid, match=problem):
            read_rates(path)


def test_an_output_that_cannot_be_ended_leaves_nothing(tmp_path: Path, register: Register) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full to write to")
    orders, output = tmp_path / "orders.csv", tmp_path / "out.csv"
    orders.write_text("ship_from_country,destination_country,code,order_date\nJP,KR,3(1),2019-07-04\n")
    (tmp_path / "out.csv.part").symlink_to(full)
    with pytest.raises(OSError, match="No space left"):
        list(check_file(orders, output, Checker(register)))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["orders.csv"]


def test_a_frame_of_nothing_but_a_header_gives_no_rows(register: Register) -> None:
    names = ("ship_from_country", "destination_country", "code", "order_date")
    assert (
        check(pa.table({name: pa.array([], pa.string()) for name in names}), register=register).num_rows == 0
    )
