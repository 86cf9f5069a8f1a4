"""One thing broken in a copy of the data: the fault names file, line, value and what to do."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from sekisho.errors import NotFound, RegisterInvalid
from sekisho.register.open import open_register
from sekisho.register.register import DATA


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A copy of the shipped data that may be broken."""
    return shutil.copytree(DATA, tmp_path / "data", ignore=shutil.ignore_patterns("cases"))


def faults(folder: Path) -> list[str]:
    with pytest.raises(RegisterInvalid) as caught:
        open_register(folder)
    count = len(caught.value.faults)
    assert str(caught.value).startswith(f"the register has {count} fault{'s' * (count > 1)}:\n  ")
    return [str(fault) for fault in caught.value.faults]


def write_cell(path: Path, row: str, column: str, cell: str) -> int:
    """Writes one cell of a CSV file; gives its line."""
    text = path.read_text(encoding="utf-8")
    rows = list(csv.reader(io.StringIO(text)))
    assert len(rows) == text.count("\n"), "a row per line"
    line = next(at for at, cells in enumerate(rows, start=1) if cells[0] == row)
    rows[line - 1][rows[0].index(column)] = cell
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    return line


# ruff: noqa: E501, ISC004  tables of exact messages
VALIDITY = "high, medium, low, disputed"
HF = "jp-pol-kr-hf-individual"
SOME = "jp-cond-0001"
CELLS = [
    ("policy", HF, "from_event", "no-such", "there is no event 'no-such'; expected the id of an event"),
    ("policy", HF, "until_event", "no-such", "there is no event 'no-such'; expected the id of an event"),
    ("policy", HF, "from_event", "", "the cell is empty; expected a value"),
    ("policy", HF, "source", "no-such", "there is no source 'no-such'; expected an id of sources.csv"),
    ("policy", HF, "source", "", "the cell is empty; expected a value"),
    ("policy", HF, "confidence", "sure", f"'sure' is not allowed here; expected one of {VALIDITY}"),
    ("policy", HF, "basis", "guess",
     "'guess' is not allowed here; expected one of amended, earliest_read, newest_only, newest_only_not_before"),
    ("policy", HF, "kind", "thing", "'thing' is not allowed here; expected one of goods, technology, any"),
    ("policy", HF, "destination", "KX",
     "'KX' is neither a region nor a country; expected *, ISO 3166-1 alpha-2 or a region of regions.csv"),
    ("policy", HF, "destination", "!tabel_3",
     "'tabel_3' is neither a region nor a country; expected *, ISO 3166-1 alpha-2 or a region of regions.csv"),
    ("policy", HF, "destination", "KR;",
     "'' is neither a region nor a country; expected *, ISO 3166-1 alpha-2 or a region of regions.csv"),
    ("policy", HF, "item", "row:99", "'99' is not on record; expected an item selector"),
    ("policy", HF, "item", "group:none", "'none' is not on record; expected an item selector"),
    ("policy", HF, "item", "3(99)", "'3(99)' is not on record; expected an item selector"),
    ("policy", HF, "licence_types", "bulk", "'bulk' is not on record; expected a declared one"),
    ("policy", HF, "condition", "icp AND",
     "condition 'icp AND', character 8: the condition ends early; expected a fact, a number or a 'text';"
     " expected a condition on declared facts"),
    ("policy", HF, "condition", "no_such_fact",
     "'no_such_fact' is not a declared fact; expected a condition on declared facts"),
    ("policy", HF, "until_event", "jp-three-materials-individual",
     "the row ends on 2019-07-04, not after its start on 2019-07-04;"
     " expected an event that takes effect later"),
    ("conditions", SOME, "condition", "substance_wt_pct",
     "'substance_wt_pct' is number, where yes_no is needed; expected a condition on declared facts"),
    ("conditions", SOME, "condition", "controlled_substance = 'gold'",
     "'gold' is not a declared value of controlled_substance; expected a condition on declared facts"),
    ("conditions", SOME, "condition", "", "the cell is empty; expected a value"),
    ("conditions", SOME, "item", "3(99)", "'3(99)' is not on record; expected a declared one"),
    ("conditions", SOME, "id", "jp-cond-0002", None),
    ("regions", "jp-table-3-ar", "countries", "XX", "'XX' is not a country code; expected ISO 3166-1 alpha-2"),
    ("regions", "jp-table-3-ar", "countries", "EU", "'EU' is not a country code; expected ISO 3166-1 alpha-2"),
    ("items", "jp-item-3(1)", "item", "3-(1",
     "'3-(1' is not an item number; expected a row and an item such as 3(1), 7(15-2), 3-2(2)5-2 or 8"),
    ("items", "jp-item-3(1)", "parent", "4", "'4' is not above 3(1); expected its head"),
    ("facts", "informed", "question", "one; two", "the question holds ';'; expected a sentence without ';'"),
    ("facts", "informed", "type", "bool", "'bool' is not allowed here; expected one of number, yes_no, text"),
    ("licence_types", "individual", "rank", "-1", "'-1' is not a whole number; expected digits, such as 6"),
    ("licence_types", "general_bulk", "holder", "icp = 1",
     "'1.0' is number, where yes_no is needed; expected a condition on declared facts"),
    ("exceptions", "jp-exc-small-value-other-1", "lost_if", "informd",
     "'informd' is not a declared fact; expected a condition on declared facts"),
    ("consequences", "jp-pen-ordinary", "licence_type", "bulk", "'bulk' is not on record; expected a declared one"),
    ("consequences", "jp-pen-ordinary", "topic", "fine",
     "'fine' is not allowed here; expected one of penalty, record_years, office, review_days, papers"),
    ("sources", "S01", "published", "2019-02-30",
     "'2019-02-30' is not a date: February 2019 has 28 days; expected YYYY-MM-DD"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "row", "column", "cell", "message"), CELLS)
def test_a_broken_cell(table: str, row: str, column: str, cell: str, message: str | None, data: Path) -> None:
    line = write_cell(data / "japan" / f"{table}.csv", row, column, cell)
    if message is None:
        line += 1  # the same id twice: the second is at fault
        message = f"{cell!r} is already used at japan/{table}.csv:{line - 1}; expected a new id"
    assert f"japan/{table}.csv:{line}: {column}: {message}" in faults(data)


def test_a_number_of_days_must_be_one(data: Path) -> None:
    path = data / "japan" / "consequences.csv"
    with path.open(encoding="utf-8") as file:
        row = next(row["id"] for row in csv.DictReader(file) if row["topic"] == "record_years")
    line = write_cell(path, row, "value", "five")
    message = "'five' is not a whole number; expected years or days, such as 90"
    assert faults(data) == [f"japan/consequences.csv:{line}: value: {message}"]


GSOMIA = "relations/dossiers/gsomia.toml"
START = 'id = "gsomia-in-force"\nkind = "agreement_signed"'
DATED = "announced = 2016-11-23\neffective = 2016-11-23\n"
KEYS = "id, kind, by, toward, announced, promulgated, effective, summary, source, confidence, stops, answers, note"
TEXTS = [
    (GSOMIA, DATED, "", "gsomia-in-force: the event has no date; expected announced, promulgated or effective"),
    (GSOMIA, DATED, f"{DATED}effectiv = 2016-11-23\n", f"effectiv: the key is not known; expected one of {KEYS}"),
    (GSOMIA, DATED, "effective = 2016-11-23T10:00:00\n",
     "effective: datetime.datetime(2016, 11, 23, 10, 0) is not a text; expected a text in quotes"),
    (GSOMIA, DATED, 'effective = "2016-13"\n',
     "effective: '2016-13' is not a date: there is no month 13; expected YYYY-MM-DD"),
    (GSOMIA, DATED, "promulgated = 2016-12-01\neffective = 2016-11-23\n",
     "effective: 2016-11-23 is before the promulgation on 2016-12-01;"
     " expected the day of promulgation or a later one"),
    (GSOMIA, START, START.replace("signed", "sealed"),
     "kind: 'agreement_sealed' is not an event of a dossier of kind agreement; expected what life_cycles.toml allows there"),
    (GSOMIA, START, START.replace("signed", "termination_notice"),
     "kind: 'agreement_termination_notice' (announced) is forbidden while the agreement is 'none';"
     " expected what life_cycles.toml allows there"),
    (GSOMIA, 'by = ["JP", "KR"]', 'by = ["JP", "XK?"]',
     "by: 'XK?' is not a country code; expected ISO 3166-1 alpha-2"),
    (GSOMIA, 'by = ["JP", "KR"]', 'by = "JP"',
     "by: 'JP' is not a list of texts; expected a list such as [\"JP\", \"KR\"]"),
    (GSOMIA, 'source = ["gsomia-text"]\nconfidence', "source = []\nconfidence",
     "source: the list is empty; expected at least one"),
    (GSOMIA, 'source = ["gsomia-text"]\nconfidence = "high"', 'source = ["gsomia-text"]',
     "confidence: the key is missing; expected a value for it"),
    (GSOMIA, 'answers = ["jp-group-a-kr-removal"]', 'answers = ["no-such"]',
     "answers: there is no event 'no-such'; expected the id of an event"),
    (GSOMIA, 'starts_with = "gsomia-in-force"', 'starts_with = "no-such"',
     "starts_with: there is no event 'no-such'; expected the id of an event"),
    (GSOMIA, 'dossier = "jp-kr-summits"', 'dossier = "no-such"',
     "link: there is no dossier 'no-such'; expected the id of one"),
    (GSOMIA, 'kind = "agreement"\n', 'kind = "treaty"\n',
     "kind: 'treaty' is not allowed here; expected one of measure, listing, agreement, dispute, dialogue,"
     " judgment, sharing"),
    (GSOMIA, "notice_days = 90", "notice_days = -90",
     "notice_days: -90 is not a whole number; expected a number such as 90"),
    (GSOMIA, "years = 1", "years = 0", "years: a term of 0 years never ends; expected 1 or more"),
    (GSOMIA, '[[event]]\nid = "gsomia-in-force"', '[[evnt]]\nid = "gsomia-in-force"',
     "evnt: the key is not known;"
     " expected one of id, kind, title, title_ja, title_ko, parties, about, first, source"),
    ("life_cycles.toml", 'to = "proposed"', 'to = "propsed"', "measure: 'propsed' is not a state; expected one of"),
    ("life_cycles.toml", 'moment = "announced"', 'moment = "anounced"',
     "measure: 'anounced' is not a moment; expected one of announced, promulgated, effective"),
    ("life_cycles.toml", 'first = "none"', "", "the key 'first' is missing; expected see README.md"),
    ("japan/regime.toml", "covered_from = 2004-01-01", 'covered_from = "2004"',
     "covered_from: the key is missing or of another type; expected date"),
    (GSOMIA, 'kind = "agreement"\n', "kind = agreement\n",
     ":2: not TOML: Invalid value (at line 2, column 8); expected valid TOML"),
    ("japan/policy.csv", "id,kind,item", "id,item",
     "japan/policy.csv:1: kind: the column is missing; expected the header id,kind,item,destination,condition,"
     "licence_types,from_event,until_event,basis,source,confidence,note"),
    ("japan/policy.csv", "id,kind,item", "kind,id,item",
     "japan/policy.csv:1: the columns are in another order; expected the header id,kind"),
    ("japan/policy.csv", "id,kind,item", "id,kind,thing,item", "japan/policy.csv:1: thing: the column is not known"),
    ("japan/policy.csv", "\njp-pol-individual,any", "\njp-pol-individual,any,more",
     "japan/policy.csv:2: the row has 13 cells; expected 12, as in the header"),
    ("japan/policy.csv", "\njp-pol-individual,any", '\njp-pol-individual,"any" ',
     "japan/policy.csv:2: not CSV: ',' expected after '\"'; expected cells quoted with \""),
    ("countries.csv", "\nKR,KOR", "\nKr,KOR", "alpha_2: 'Kr' is not a code; expected two capital letters, such as KR"),
    ("japan/item_changes.csv", ",jp-list-2019-01-09,", ",no-such,",
     "item_changes.csv: event: there is no event 'no-such' (item 2(48)); expected the id of an event"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "old", "new", "message"), TEXTS)
def test_a_broken_file(file: str, old: str, new: str, message: str, data: Path) -> None:
    path = data / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    found = [fault for fault in faults(data) if message in fault]
    assert found, faults(data)
    assert all(file.rpartition("/")[2] in fault for fault in found)


def without(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def as_bytes(name: str, content: bytes) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes(content)


FILES = [
    (without("japan/policy.csv"), "japan/policy.csv: the file is missing; expected columns id,kind,item"),
    (without("register.toml"), "register.toml: the file is missing; expected see the README.md of the data"),
    (without("life_cycles.toml"), "life_cycles.toml: the file is missing; expected see the README.md"),
    (without("countries.csv"), "countries.csv: the file is missing; expected columns alpha_2,alpha_3"),
    (
        without("relations/dossiers/jp-kr-summits.toml"),
        "link: there is no dossier 'jp-kr-summits'; expected the id of one",
    ),
    (
        as_bytes("japan/policy.csv", b"id,kind\n\xe4"),
        "japan/policy.csv:2: byte 8 is not UTF-8; expected a UTF-8",
    ),
    (as_bytes("register.toml", b"\xff"), "register.toml:1: byte 0 is not UTF-8; expected a UTF-8 text file"),
    (as_bytes("relations/dossiers/gsomia.toml", b"[event]\nid = 1\n"), "gsomia.toml: id: the key is missing"),
]


@pytest.mark.parametrize(("breaks", "message"), FILES, ids=range(len(FILES)))
def test_a_file_that_is_missing_or_no_text(
    breaks: Callable[[Path], object], message: str, data: Path
) -> None:
    breaks(data)
    assert any(message in fault for fault in faults(data)), faults(data)


def test_a_single_table_where_a_list_belongs(data: Path) -> None:
    path = data / GSOMIA
    text = path.read_text(encoding="utf-8")
    head, event, _ = text.partition("[[event]]")
    path.write_text(head + event.replace("[[event]]", "[event]") + "\nid = 1\n", encoding="utf-8")
    line = head.count("\n") + 1
    assert f"{GSOMIA}:{line}: event: it is not a list of tables; expected [[event]]" in faults(data)


def test_all_faults_are_told_at_once_in_order(data: Path) -> None:
    policy = write_cell(data / "japan" / "policy.csv", HF, "confidence", "sure")
    write_cell(data / "japan" / "policy.csv", HF, "kind", "thing")
    region = write_cell(data / "japan" / "regions.csv", "jp-table-3-ar", "basis", "guess")
    (data / "register.toml").write_text("version = ", encoding="utf-8")
    assert [fault.split(": ")[0] for fault in faults(data)] == [
        f"japan/policy.csv:{policy}", f"japan/policy.csv:{policy}", f"japan/regions.csv:{region}",
        "register.toml:1",
    ]  # fmt: skip


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="there is no register folder"):
        open_register(tmp_path / "none")


def test_an_unbroken_copy_is_the_same_register(data: Path) -> None:
    assert open_register(data).fingerprint == open_register().fingerprint


FILES = sorted(
    name.as_posix()
    for name in (path.relative_to(DATA) for path in DATA.rglob("*"))
    if name.suffix in {".csv", ".toml"} and "cases" not in name.parts
)


@pytest.mark.parametrize("name", FILES)
def test_the_fingerprint_changes_with_any_byte_of_any_file(data: Path, name: str) -> None:
    path = data / name
    path.write_bytes(path.read_bytes() + b"\n")
    assert open_register(data).fingerprint != open_register().fingerprint


LIFE_CYCLES = [
    ('to = "proposed"', "to = []", "transition 1.to is [], not a text; expected see README.md"),
    ('from = ["none"]', 'from = "none"', "transition 1.from is 'none', not a list of texts; expected see README.md"),
    ('first = "none"', "first = 5", "first is 5, not a text; expected see README.md"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "problem"), LIFE_CYCLES)
def test_life_cycles_of_the_wrong_kind_are_faults(old: str, new: str, problem: str, data: Path) -> None:
    path = data / "life_cycles.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert f"life_cycles.toml: {problem}" in faults(data)


def test_a_condition_that_nests_too_deep_is_a_fault(data: Path) -> None:
    for deep in ("(" * 3000 + "icp" + ")" * 3000, "NOT " * 3000 + "icp", "-" * 3000 + "1 > 2"):
        write_cell(data / "japan" / "policy.csv", HF, "condition", deep)
        (fault,) = faults(data)
        assert "expected at most 200 brackets, NOT and minus signs" in fault


def test_a_record_may_be_read_until_the_last_day_there_is(data: Path) -> None:
    path = data / "japan" / "regime.toml"
    text = path.read_text(encoding="utf-8")
    line = next(line for line in text.splitlines() if line.startswith("read_until"))
    path.write_text(text.replace(line, "read_until = 9999-12-31"), encoding="utf-8")
    law = open_register(data).law("JP")
    assert law is not None
    assert law.changes
