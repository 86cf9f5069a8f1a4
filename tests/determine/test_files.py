"""Order files in and out: what cannot be read says why, and no row is lost on the way."""

from __future__ import annotations

import csv
import datetime as dt
import json
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sekisho.determine import files
from sekisho.determine.cells import texts
from sekisho.determine.check import Checker
from sekisho.determine.files import Batch, cell_text, read_batches
from sekisho.determine.runs import check_file
from sekisho.errors import Fault, InputInvalid
from sekisho.register.register import Register

HEADER = "line_id,ship_from_country,destination_country,code,classification_status,export_date"
GOOD = "1,JP,KR,3(1),approved,2019-07-04"
NEXT = "2,JP,KR,3(1),approved,2019-07-03"
ENDINGS = ".csv, .tsv, .txt, .parquet, .xlsx, .jsonl, .ndjson"
QUOTED = 'expected a cell that holds the separator or a quote written as "..." with "" for each quote'


def run(path: Path, register: Register) -> tuple[list[dict[str, Any]], list[str]]:
    """The rows of output and the faults of a file."""
    checker = Checker(register, name=path.name)
    rows = [row for batch in check_file(path, None, checker) for row in batch.to_pylist()]
    assert checker.summary.rows == len(rows) == sum(checker.summary.answers.values())
    assert checker.summary.faulty == sum(row["answer"] == "undetermined" for row in rows)
    return rows, [str(fault) for fault in checker.summary.faults]


def written(folder: Path, content: str | bytes, name: str = "orders.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


BINARY = "the file is binary, not CSV; expected a text file, or the ending .xlsx or .parquet if it is one"
UTF_8 = "expected a UTF-8 file; in a spreadsheet save as 'CSV UTF-8'"
DATES = "decisive_date, export_date, requested_ship_date, order_date"
NO_NAME = "not JSON: Expecting property name enclosed in double quotes"
OBJECT = "expected one JSON object a line"

UNUSABLE = [
    ("orders.csv", b"", "orders.csv: the file is empty; expected a header row and order lines"),
    ("orders.csv", b" \n\n", "orders.csv: the file is empty; expected a header row and order lines"),
    ("orders.jsonl", b"", f"orders.jsonl: the file is empty; {OBJECT}"),
    ("orders.csv", b"PK\x03\x04rest", f"orders.csv:1: {BINARY}"),
    ("orders.csv", b"a,b\n\x00\x01\n", f"orders.csv:1: {BINARY}"),
    ("orders.csv", "輸出国,仕向地\n".encode("cp932"), f"orders.csv:1: byte 0x97 is not UTF-8; {UTF_8}"),
    ("orders.csv", HEADER.encode("utf-16"), f"orders.csv: the file is UTF-16; {UTF_8}"),
    ("orders.doc", b"x", f"orders.doc: the ending '.doc' is not known; expected {ENDINGS}"),
    ("orders", b"x", f"orders: the ending '' is not known; expected {ENDINGS}"),
    ("orders.csv", b"code,export_date,ship_from_country\n3(1),2019-07-04,JP\n",
     ("orders.csv:1: destination_country: the column is missing; expected it in the header, or one of"
      " destination, to, 仕向け国, 仕向先, 仕向国, 仕向国名, 仕向地")),
    ("orders.csv", b"ship_from_country,destination_country,code\nJP,KR,3(1)\n",
     f"orders.csv:1: decisive_date: no column gives a date; expected one of {DATES}"),
    ("orders.csv", f"{HEADER},項番,Control Code\n".encode(),
     "orders.csv:1: code: two columns have this meaning; expected one of them"),
    ("orders.jsonl", b'{"code": "3(1)"}\n',
     ("orders.jsonl:1: ship_from_country: the column is missing; expected it in the header, or one of"
     " from, 輸出国")),
    ("orders.jsonl", b"[1, 2]\n{}\n",
     'orders.jsonl:1: the line is not a JSON object; expected one such as {"code": "3(1)"}'),
    ("orders.jsonl", b"{'a'}\n{\n", f"orders.jsonl:1: {NO_NAME} (character 2); {OBJECT}"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "content", "message"), UNUSABLE, ids=lambda part: str(part)[:30])
def test_a_file_that_cannot_be_used_says_why(
    name: str, content: bytes, message: str, tmp_path: Path, register: Register
) -> None:
    with pytest.raises(InputInvalid) as caught:
        run(written(tmp_path, content, name), register)
    assert str(caught.value).splitlines()[0] == message


@pytest.mark.parametrize(
    ("name", "content", "problem", "expected"),
    [
        ("orders.xlsx", b"no zip", "not a workbook: File is not a zip file", "an .xlsx file"),
        ("orders.parquet", b"PAR1 cut", "not a whole Parquet file", "a Parquet file written to its end"),
        ("none.csv", None, "there is no such file", "a file of order lines"),
    ],
)
def test_a_file_of_another_format_says_so(
    name: str, content: bytes | None, problem: str, expected: str, tmp_path: Path
) -> None:
    path = tmp_path / name if content is None else written(tmp_path, content, name)
    with pytest.raises(InputInvalid) as caught:
        list(read_batches(path))
    (fault,) = caught.value.faults
    assert fault.problem.startswith(problem)
    assert fault.expected.startswith(expected)


def test_a_parquet_file_cut_short_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "orders.parquet"
    pq.write_table(pa.table({"code": ["3(1)"] * 999}), path)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(InputInvalid, match="not a whole Parquet file"):
        list(read_batches(path))


KOREA = (
    "unknown country 'Korea'; expected ISO 3166-1 alpha-2 (KR), alpha-3 (KOR) or an exact name."
    " Did you mean KR (South Korea) or KP (North Korea)?"
)
BROKEN_ROWS = [
    ("1,JP,KR,3(1)", "the row has 4 cells; expected 6, as in the header"),
    (f"{GOOD},more", "the row has 7 cells; expected 6, as in the header"),
    ('1,"JP" ,KR,3(1),approved,2019-07-04',
     f"the quotes of the row are wrong (',' expected after '\"'); {QUOTED}"),
    ("1,JP,Korea,3(1),approved,2019-07-04", f"destination_country: {KOREA}"),
    ("1,JP,KR,3(1),approved,2019-02-31",
     "export_date: '2019-02-31' is not a date: February 2019 has 28 days; expected YYYY-MM-DD"),
    ("1,JP,KR,3(1),approved,soon", "export_date: 'soon' is not a day; expected YYYY-MM-DD"),
]  # fmt: skip


def lines(*rows: str) -> str:
    return "".join(f"{row}\n" for row in rows)


@pytest.mark.parametrize(("row", "message"), BROKEN_ROWS)
def test_one_broken_row_leaves_the_others_alone(
    row: str, message: str, tmp_path: Path, register: Register
) -> None:
    rows, faults = run(written(tmp_path, lines(HEADER, row, NEXT)), register)
    assert faults == [f"orders.csv:2: {message}"]
    assert [found["answer"] for found in rows] == ["undetermined", "licence_required"]
    assert rows[0]["questions"] == message.replace(";", ",")


def test_an_unclosed_quote_loses_no_line(tmp_path: Path, register: Register) -> None:
    content = lines(HEADER, GOOD, '2,"JP,KR,3(1),approved,2019-07-04', NEXT, "", GOOD)
    rows, faults = run(written(tmp_path, content), register)
    assert [row["answer"] for row in rows] == ["licence_required", *["undetermined"] * 4]
    swallowed = f"a quoted cell of line 3 is never closed; everything to line 6 is in it; {QUOTED}"
    assert faults == [f"orders.csv:{line}: {swallowed}" for line in (3, 4, 5, 6)]


def test_quotes_that_swallow_a_line_break_lose_no_line(tmp_path: Path, register: Register) -> None:
    content = lines(HEADER, '2,"JP,KR', '3,"JP",KR,3(1),approved,2019-07-04', NEXT)
    rows, faults = run(written(tmp_path, content), register)
    assert [row["answer"] for row in rows] == ["undetermined", "undetermined", "licence_required"]
    problem = f"the quotes of lines 2 to 3 are wrong (',' expected after '\"'); {QUOTED}"
    assert faults == [f"orders.csv:2: {problem}", f"orders.csv:3: {problem}"]


def test_lines_are_counted_as_an_editor_counts_them(tmp_path: Path, register: Register) -> None:
    content = f'{HEADER},remark\r\n\r\n{GOOD},"two\r\nlines"\r\n\r\n{NEXT},""x\r\n9,JP\r\n{NEXT},a\r\n'
    rows, faults = run(written(tmp_path, content), register)
    assert [fault.split(": ")[0] for fault in faults] == ["orders.csv:6", "orders.csv:7"]
    assert [row["remark"] for row in rows] == ["two\r\nlines", "", "", "a"]


def test_the_same_key_twice_is_a_fault_of_the_second(tmp_path: Path, register: Register) -> None:
    rows, faults = run(written(tmp_path, lines(HEADER, GOOD, NEXT, GOOD)), register)
    problem = "the key '1' already stands on line 2; expected a key of its own for each line"
    assert faults == [f"orders.csv:4: line_id: {problem}"]
    assert [row["answer"] for row in rows] == ["licence_required"] * 2 + ["undetermined"]


@pytest.mark.parametrize(
    "content",
    [
        lines(HEADER, GOOD),
        lines(HEADER, GOOD).rstrip(),
        "\ufeff" + lines(HEADER, GOOD),
        lines(HEADER, GOOD).replace("\n", "\r\n"),
        lines(HEADER, GOOD).replace(",", ";"),
        lines(HEADER, GOOD).replace(",", "\t"),
        lines(HEADER, "１,ＪＰ,大韓民国,３（１）,Approved,令和元年７月４日"),
        lines("明細番号,輸出国,仕向国,項番,Classification Status,輸出日", GOOD),
        lines(f"{HEADER},,", f"{GOOD},,"),
    ],
)
def test_the_same_line_in_other_writing_is_decided_alike(
    content: str, tmp_path: Path, register: Register
) -> None:
    ((row,), faults) = run(written(tmp_path, content), register)
    assert faults == []
    assert (row["answer"], row["in_force_on"]) == ("licence_required", "2019-07-04")


def test_a_file_with_only_a_header_gives_no_rows(tmp_path: Path, register: Register) -> None:
    output = tmp_path / "out.csv"
    path = written(tmp_path, HEADER)
    assert [b.num_rows for b in check_file(path, output, Checker(register))] == [0]
    assert output.read_text(encoding="utf-8").startswith("line_id,answer,licence_types")


def json_lines(*rows: object) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def test_one_bad_json_line_leaves_the_others_alone(tmp_path: Path, register: Register) -> None:
    row = dict(zip(HEADER.split(","), GOOD.split(","), strict=True))
    again = '{"code": "3(1)", "項番": "16(1)"}\n'
    twice = '{"code": "3(1)", "code": "16(1)"}\n'
    content = json_lines(row, {**row, "line_id": 2}) + "{'a'}\n[]\n" + again + twice + "[" * 9000 + "\n"
    rows, faults = run(written(tmp_path, content, "orders.jsonl"), register)
    assert [row["answer"] for row in rows] == ["licence_required"] * 2 + ["undetermined"] * 5
    assert faults[:-1] == [
        f"orders.jsonl:3: {NO_NAME} (character 2); {OBJECT}",
        'orders.jsonl:4: the line is not a JSON object; expected one such as {"code": "3(1)"}',
        "orders.jsonl:5: code: two names have this meaning; expected one of them",
        f"orders.jsonl:6: not JSON: a name stands twice in one object; {OBJECT}",
    ]
    assert faults[-1].startswith("orders.jsonl:7: not JSON: maximum recursion depth exceeded")


def test_names_that_come_late_in_json_lines_are_kept(
    tmp_path: Path, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "BATCH", 2)
    row = dict(zip(HEADER.split(","), GOOD.split(","), strict=True))
    rows = [{**row, "line_id": at} for at in range(5)]
    rows[4] |= {"remark": "late", "icp": True}
    output = tmp_path / "out.csv"
    path = written(tmp_path, json_lines(*rows), "orders.jsonl")
    for _ in check_file(path, output, Checker(register)):
        pass
    with output.open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    assert [row["remark"] for row in found] == ["", "", "", "", "late"]


def workbook(path: Path, *rows: tuple[object, ...]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def test_a_workbook_is_read_as_its_text(tmp_path: Path, register: Register) -> None:
    head = (*HEADER.split(","), None, None)
    day = dt.datetime(2019, 7, 4)  # noqa: DTZ001  a day of a sheet has no zone
    path = workbook(
        tmp_path / "orders.xlsx",
        head,
        (1, "JP", "KR", "3(1)", "approved", day),
        (),
        (2.0, "JP", "Korea"),
        (3, "JP", "KR", "3(1)", "approved", day, "more"),
    )
    rows, faults = run(path, register)
    assert [row["line_id"] for row in rows] == ["1", "2", "3"]
    assert [row["answer"] for row in rows] == ["licence_required", "undetermined", "undetermined"]
    assert faults == [
        f"orders.xlsx:4: destination_country: {KOREA}",
        "orders.xlsx:5: the row has 7 cells; expected 6, as in the header",
    ]


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet", "xlsx"])
def test_what_is_written_can_be_checked_again(ending: str, tmp_path: Path, register: Register) -> None:
    """Columns named like those of the output are carried under another name, none is lost."""
    content = f"{HEADER},answer,input_answer,remark\n{GOOD},yes,no,=1+1\n"
    output = tmp_path / f"out.{ending}"
    for _ in check_file(written(tmp_path, content), output, Checker(register)):
        pass
    (batch,) = read_batches(output)
    row = batch.row(0)
    assert row["answer"] == "licence_required"
    assert (row["input_answer"], row["input_input_answer"], row["remark"]) == ("no", "yes", "=1+1")


@pytest.mark.parametrize(
    ("cell", "text"),
    [(1e16, "1e+16"), (0.1, "0.1"), (float("nan"), ""), (False, "no"), (["a", 2], "a;2")],
)  # fmt: skip
def test_typed_cells_become_the_text_of_a_csv_file(cell: object, text: str) -> None:
    assert cell_text(cell) == text


def test_small_row_groups_are_read_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "BATCH", 50)
    monkeypatch.setattr(files, "_MOST_BATCHES", 1)
    path = tmp_path / "orders.parquet"
    chunks = [7, 9, 40, 3, 120, 8]
    with pq.ParquetWriter(path, pa.schema({"line_id": pa.int64(), "code": pa.string()})) as writer:
        for at, rows in enumerate(chunks):
            columns = {"line_id": range(sum(chunks[:at]), sum(chunks[: at + 1])), "code": [f"c{at}"] * rows}
            writer.write_table(pa.table(columns))
    batches = list(read_batches(path))
    assert [len(batch.lines) for batch in batches] == [16, 43, 50, 50, 20, 8]
    assert [line for batch in batches for line in batch.lines] == list(range(1, 188))
    codes = [code for batch in batches for code in texts(batch.columns["code"])]
    assert codes == [f"c{at}" for at, rows in enumerate(chunks) for _ in range(rows)]
    few = list(read_batches(path, passed=60))
    assert [list(batch.columns) for batch in few] == [["line_id"]] * 2 + [["line_id", "code"]] * 4
    assert [batch.lines for batch in few] == [batch.lines for batch in batches]


@pytest.mark.parametrize(("length", "rows"), [(1, 128), (50, 64), (100, 32), (1000, 4)])
def test_a_batch_of_long_texts_has_fewer_rows(
    length: int, rows: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, limit in {
        "BATCH": 64,
        "_MOST_BATCHES": 2,
        "_FEWEST": 4,
        "_BYTES": 8192,
        "_DICTIONARY": 0,
    }.items():
        monkeypatch.setattr(files, name, limit)
    path = tmp_path / "orders.parquet"
    cells = [f"{at:03}" * length for at in range(128)]
    pq.write_table(pa.table({"description": cells, "line_id": range(128)}), path)
    batches = list(read_batches(path))
    assert [len(batch.lines) for batch in batches] == [rows] * (128 // rows)
    assert [cell for batch in batches for cell in texts(batch.columns["description"])] == cells


def test_a_batch_of_texts_stored_as_places_in_a_list_keeps_them_so(tmp_path: Path) -> None:
    path = tmp_path / "orders.parquet"
    columns = {"code": ["3(1)", "7(19)"] * 50, "description": [f"goods {at}" for at in range(100)]}
    pq.write_table(pa.table(columns), path, use_dictionary=["code"])
    (batch,) = read_batches(path)
    assert [pa.types.is_dictionary(batch.columns[name].type) for name in columns] == [True, False]
    assert {name: texts(batch.columns[name]) for name in columns} == columns


def test_a_parquet_output_tells_the_least_and_greatest_key(tmp_path: Path, register: Register) -> None:
    cells = {
        "ship_from_country": "JP",
        "destination_country": "KR",
        "code": "7(19)",
        "export_date": "2020-01-01",
    }
    rows = [{"transaction_id": f"T{at}", **cells} for at in range(3)]
    path, output = tmp_path / "orders.parquet", tmp_path / "out.parquet"
    pq.write_table(pa.Table.from_pylist(rows), path)
    for _ in check_file(path, output, Checker(register)):
        pass
    group = pq.read_metadata(output).row_group(0)
    chunks = [group.column(at) for at in range(group.num_columns)]
    told = {
        chunk.path_in_schema: chunk.is_stats_set and (chunk.statistics.min, chunk.statistics.max)
        for chunk in chunks
    }
    assert (told["transaction_id"], told["answer"]) == (("T0", "T2"), False)


def test_a_part_of_a_batch_keeps_its_lines_and_faults() -> None:
    fault = Fault("x.csv", 5, "", "odd")
    batch = Batch({"code": pa.array(["a", "b", "c", "d"])}, [2, 3, 5, 6], {2: fault}, read=9)
    part = batch.part(1, 3)
    assert (part.row(1), part.lines, part.broken, part.read) == ({"code": "c"}, [3, 5], {1: fault}, 9)
    assert batch.part(3, 4).broken == {}
