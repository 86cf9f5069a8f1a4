"""A whole file: the summary, the decisions, the places they are written to."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sekisho.determine import blocks
from sekisho.determine.check import Checker


def test_the_summary_adds_up(run_json: Any, examples: Path) -> None:
    found = run_json("check", examples / "orders_2019_2023.csv", "--rates", examples / "rates_2019_2023.csv")
    assert found["lines"] == sum(found["answers"].values()) == sum(found["dated_by"].values())
    assert sum(found["blocked"].values()) == found["lines"] - found["may_ship"]
    assert (found["faulty"], found["faults"], found["output"]) == (0, [], None)


def test_the_summary_reads_well(run: Any, examples: Path) -> None:
    text = run("check", examples / "orders_2019_2023.csv").stdout
    for part in (
        "lines, ", "may ship", "licence_required", "What blocks (lines)", "Open questions (lines)",
        "export_date", "Not covered (lines)", "Decided by", "by everything on record", "not written",
    ):  # fmt: skip
        assert part in text
    assert max(map(len, text.splitlines())) <= 80


def test_faults_are_shown_with_their_place_and_counted(run: Any, examples: Path) -> None:
    text = " ".join(run("check", examples / "orders_with_faults.csv", code=1).stdout.split())
    assert "orders_with_faults.csv:3: export_date: '2021-02-31' is not a date" in text
    assert "and 8 more" in text


def test_decisions_are_written_for_every_line(run: Any, examples: Path, tmp_path: Path) -> None:
    orders, output = examples / "orders_with_faults.csv", tmp_path / "decisions.csv"
    text = run("check", orders, "-o", output, code=1).stdout
    assert "decisions written to" in text
    with orders.open(encoding="utf-8") as before, output.open(encoding="utf-8") as after:
        keys = [(row["transaction_id"], row["line_id"]) for row in csv.DictReader(before)]
        assert [(row["transaction_id"], row["line_id"]) for row in csv.DictReader(after)] == keys


def test_standard_output_takes_the_same_bytes(run: Any, examples: Path, tmp_path: Path) -> None:
    orders, output = examples / "orders_with_faults.csv", tmp_path / "decisions.csv"
    run("check", orders, "-o", output, code=1)
    result = run("check", orders, "-o", "-", code=1)
    assert result.stdout_bytes == output.read_bytes()
    assert "decisions written to standard output" in result.stderr
    result = run("check", orders, "-o", "-", "--json", code=1)
    assert json.loads(result.stderr)["lines"] == len(list(csv.reader(io.StringIO(result.stdout)))) - 1


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet", ""])
def test_a_run_again_decides_no_kind_and_gives_the_same_bytes(
    ending: str, run: Any, examples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders, rates = examples / "orders_2019_2023.csv", examples / "rates_2019_2023.csv"
    options = ("--rates", rates, "--scenario", examples / "scenario_hf_eased.toml", "--json")
    written, decided, was = [], list[object](), Checker.decide
    monkeypatch.setattr(Checker, "decide", lambda self, cells: decided.append(cells) or was(self, cells))
    for at, kept in enumerate(("off", "kept", "kept")):
        monkeypatch.setenv("SEKISHO_CACHE", kept if kept == "off" else str(tmp_path / kept))
        output = (tmp_path / f"{at}" / "out").with_suffix(f".{ending}" if ending else "")
        output.parent.mkdir()
        decided.clear()
        said = run("check", orders, "-o", output, *options).stdout.replace(str(output.parent), "")
        files = [output] if ending else sorted(output.glob("part-*"))
        written.append((said, [file.read_bytes() for file in files]))
        assert (not decided) == (at == 2)
        assert len(list((tmp_path / "kept").glob("kinds-*"))) == (at > 0)
    assert written[0] == written[1] == written[2]


def test_known_on_and_scenario_change_the_answers(run_json: Any, examples: Path) -> None:
    orders = examples / "orders_2019_2023.csv"
    now = run_json("check", orders)
    then = run_json("check", orders, "--known-on", "2019-06-30")
    what_if = run_json("check", orders, "--scenario", examples / "scenario_hf_eased.toml")
    assert now["answers"] != then["answers"]
    assert now["answers"] != what_if["answers"]
    assert now["register"] == then["register"] != what_if["register"]
    assert then["known_on"] == "2019-06-30"


@pytest.mark.parametrize("ending", ["xlsx", "parquet", "jsonl"])
def test_other_formats_are_written(ending: str, run: Any, examples: Path, tmp_path: Path) -> None:
    output = tmp_path / f"decisions.{ending}"
    run("check", examples / "orders_with_faults.csv", "-o", output, code=1)
    assert output.stat().st_size > 0


def test_places_that_cannot_be_written_are_refused(run: Any, examples: Path, tmp_path: Path) -> None:
    orders = tmp_path / "orders.csv"
    before = (examples / "orders_with_faults.csv").read_bytes()
    orders.write_bytes(before)
    for output, problem in (
        (orders, "it is the input"),
        (tmp_path / "no" / "out.csv", "there is no such folder"),
        (tmp_path, "it is the folder of the input"),
    ):
        assert problem in run("check", orders, "-o", output, code=5).stderr
    assert "the ending '.doc' is not known" in run("check", orders, "-o", tmp_path / "o.doc", code=2).stderr
    assert orders.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["orders.csv"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "orders.csv: the file is empty"),
        ("a,b\n1,2\n", "orders.csv:1: code: the column is missing"),
    ],
)
def test_unusable_files(text: str, problem: str, run: Any, tmp_path: Path) -> None:
    orders = tmp_path / "orders.csv"
    orders.write_text(text, encoding="utf-8")
    assert problem in run("check", orders, code=2).stderr


def test_faults_of_the_rates_are_told(run: Any, examples: Path, tmp_path: Path) -> None:
    rates = tmp_path / "rates.csv"
    rates.write_text("currency,from,until,jpy\nUSD,2019-13-01,,110\n", encoding="utf-8")
    result = run("check", examples / "orders_with_faults.csv", "--rates", rates, code=2)
    assert "rates.csv:2: '2019-13-01' is not a date" in result.stderr
    assert "no such file" in run("check", "x.csv", "--rates", tmp_path / "no.csv", code=2).stderr


def test_files_folders_and_patterns_are_decided_in_order(
    run: Any, run_json: Any, examples: Path, tmp_path: Path
) -> None:
    header, *rows = (examples / "orders_2019_2023.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    folder = tmp_path / "orders"
    folder.mkdir()
    (folder / "b.csv").write_text(header + "".join(rows[100:]), encoding="utf-8")
    (folder / "a.csv").write_text(header + "".join(rows[:100]), encoding="utf-8")
    (folder / "notes.doc").write_text("not an order", encoding="utf-8")
    whole, parts = tmp_path / "whole.csv", tmp_path / "parts.csv"
    run("check", examples / "orders_2019_2023.csv", "-o", whole)
    for given in ((folder,), (folder / "?.csv",), (folder / "a.csv", folder / "b.csv")):
        found = run_json("check", *given, "-o", parts)
        assert (found["files"], found["lines"]) == (["a.csv", "b.csv"], len(rows))
        assert parts.read_bytes() == whole.read_bytes()
    empty = tmp_path / "empty"
    empty.mkdir()
    text = run("check", empty, tmp_path / "no*.csv", code=2).stderr
    endings = "files that end in .csv, .tsv, .txt, .parquet, .xlsx, .jsonl, .ndjson"
    assert text == (
        f"error: {empty}: there is no file of order lines in the folder; expected {endings}\n"
        f"{tmp_path}/no*.csv: no file matches the pattern; expected one that names {endings}\n"
    )


def test_a_key_of_an_earlier_file_is_told_with_its_file(run: Any, examples: Path, tmp_path: Path) -> None:
    rows = (examples / "orders_2019_2023.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    first.write_text("".join(rows[:5]), encoding="utf-8")
    second.write_text("".join([rows[0], rows[7], rows[3]]), encoding="utf-8")
    text = " ".join(run("check", first, second, code=1).stdout.split())
    assert "second.csv:3: line_id: the key" in text
    assert "already stands on line 4 of first.csv" in text


def test_a_folder_of_parts_holds_what_one_file_would(run: Any, examples: Path, tmp_path: Path) -> None:
    orders, whole, parts = examples / "orders_2019_2023.csv", tmp_path / "whole.csv", tmp_path / "parts"
    run("check", orders, "-o", whole)
    for found in ("", "of which 1 part stood there already"):
        text = run("check", orders, "-o", parts, "--format", "csv").stdout
        assert (parts / "part-00000.csv").read_bytes() == whole.read_bytes()
        assert found in text
        assert ("stood there already" in text) == bool(found)
    assert json.loads((parts / "run.json").read_text(encoding="utf-8"))["done"]["rows"] == 263
    text = run("check", orders, "-o", parts, "--format", "csv", "--carry", "all", code=5).stderr
    assert "the folder holds the decisions of another run (another carry); give another folder" in text
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").touch()
    assert "the folder holds other files" in run("check", orders, "-o", tmp_path / "full", code=5).stderr


@pytest.mark.parametrize(
    ("options", "problem", "advice"),
    [
        ("-o x --format doc", "'doc' is no format of a folder of parts", "parquet, csv, jsonl"),
        ("-o - --format csv", "standard output is written as CSV, and is no folder", "-o FOLDER with it"),
        ("--format csv", "no -o is given, and so no part of a folder is written", "-o FOLDER with it"),
        (
            "-o x.csv --format csv",
            "x.csv is a file, and its ending says its format",
            "-o FOLDER with it, or -o FILE without it",
        ),
    ],
)
def test_a_format_of_parts_is_for_a_folder(
    run: Any, examples: Path, options: str, problem: str, advice: str
) -> None:
    result = run("check", examples / "orders_2019_2023.csv", *options.split(), code=2)
    assert (result.stderr, result.stdout) == (f"error: --format: {problem}; expected {advice}\n", "")
    assert not Path("x").exists()


def test_decisions_are_no_order_lines(run: Any, examples: Path, tmp_path: Path) -> None:
    """Whether a file or a folder of them is given, with whichever columns."""
    orders, parts, narrow = examples / "orders_with_faults.csv", tmp_path / "parts", tmp_path / "narrow.csv"
    run("check", orders, "-o", parts, code=1)
    run("check", orders, "-o", narrow, "--columns", "answer,register", code=1)
    advice = "expected the files of order lines that were decided"
    for given, file in ((parts, "part-00000.parquet"), (narrow, "narrow.csv")):
        problem = "it holds decisions that check wrote, and no order lines"
        assert run("check", given, code=2).stderr == f"error: {file}:1: {problem}; {advice}\n"
    whole = tmp_path / "whole.csv"
    run("check", orders, "-o", whole, "--carry", "all", code=1)
    assert "lines" in run("check", whole, code=1).stdout  # what holds both can be decided again


def test_only_the_columns_asked_for_are_written(run: Any, examples: Path, tmp_path: Path) -> None:
    orders, output = examples / "orders_2019_2023.csv", tmp_path / "narrow.csv"
    run("check", orders, "-o", output, "--columns", "answer,rules", "--carry", "none")
    assert output.read_text(encoding="utf-8").splitlines()[0] == "transaction_id,line_id,answer,rules"
    run("check", orders, "-o", output, "--columns", "answer", "--carry", "all")
    with orders.open(encoding="utf-8") as before, output.open(encoding="utf-8") as after:
        for given, found in zip(csv.DictReader(before), csv.DictReader(after), strict=True):
            assert found.pop("answer")
            assert found == given
    text = run("check", orders, "--columns", "answr", "--carry", "some", code=2).stderr
    assert "--columns: 'answr' is no column of a decision; expected answer, " in text
    assert "--carry: 'some' is not allowed here; expected other, all, none" in text


def test_columns_that_no_rule_reads_are_named(run: Any, tmp_path: Path) -> None:
    orders = tmp_path / "orders.csv"
    orders.write_text(
        "ship_from_country,destination_country,code,order_date,final destinaton,remark\n"
        "JP,DE,3(1),2019-07-04,IR,x\n",
        encoding="utf-8",
    )
    text = " ".join(run("check", orders).stdout.split())
    assert "Columns that no rule reads final_destinaton" in text
    assert "remark" in text


def test_each_line_may_say_as_known_on_which_day(
    run: Any, run_json: Any, examples: Path, tmp_path: Path
) -> None:
    """What a column of days decides is what each day alone would."""
    header, *rows = (examples / "orders_2019_2023.csv").read_text(encoding="utf-8").splitlines()
    days = ("2018-12-31", "2019-07-01", "2023-03-20")
    orders, output = tmp_path / "orders.csv", tmp_path / "out.csv"
    known = [f"{row},{days[at % 3]}" for at, row in enumerate(rows)]
    orders.write_text("\n".join([f"{header},seen on", *known, ""]), encoding="utf-8")
    run("check", orders, "--known-on", "seen on", "-o", output)
    with output.open(encoding="utf-8") as file:
        found = list(csv.DictReader(file))
    for which, day in enumerate(days):
        alone = tmp_path / f"{day}.csv"
        run("check", examples / "orders_2019_2023.csv", "--known-on", day, "-o", alone)
        with alone.open(encoding="utf-8") as file:
            assert found[which::3] == list(csv.DictReader(file))[which::3]
    orders.write_text(
        "\n".join([f"{header},seen on", f"{rows[0]},", f"{rows[1]},soon", ""]), encoding="utf-8"
    )
    told = run_json("check", orders, "--known-on", "seen on", code=1)["faults"]
    assert [fault["problem"] for fault in told] == ["'an empty cell' is not a day", "'soon' is not a day"]
    text = run("check", orders, "--known-on", "seen", code=2).stderr
    assert "seen: the column is missing" in text


@pytest.mark.parametrize("name", ["out.csv", "out"])
def test_a_folder_without_permission_to_write_is_told(name: str, run: Any, examples: Path) -> None:
    folder = Path("/sys")  # where not even root may write
    if not folder.is_dir():
        pytest.skip("this system has no /sys")
    result = run("check", examples / "orders_2019_2023.csv", "-o", folder / name, code=5)
    told = {"out.csv": "Permission denied", "out": "Operation not permitted"}[name]
    assert result.stderr == (f"error: cannot write '/sys/{name}': {told}; mend that or give another place\n")


def test_a_full_disk_is_told_and_the_output_of_before_stays(run: Any, examples: Path, tmp_path: Path) -> None:
    full, output = Path("/dev/full"), tmp_path / "out.csv"
    if not full.exists():
        pytest.skip("this system has no /dev/full to write to")
    output.write_text("as before\n", encoding="utf-8")
    (tmp_path / "out.csv.part").symlink_to(full)
    result = run("check", examples / "orders_2019_2023.csv", "-o", output, code=5)
    assert result.stderr == (
        f"error: cannot write '{output}': No space left on device; mend that or give another place\n"
    )
    assert output.read_text(encoding="utf-8") == "as before\n"


def test_columns_of_parquet_that_nobody_wants_are_named_though_they_stay_unread(
    run_json: Any, tmp_path: Path
) -> None:
    line = {
        "ship_from_country": "JP",
        "destination_country": "KR",
        "code": "3(1)",
        "order_date": "2019-07-04",
    }
    source = tmp_path / "orders.parquet"
    pq.write_table(pa.Table.from_pylist([{**line, "remark": "x", "informd": "no"}]), source)
    narrow = run_json("check", source, "-o", tmp_path / "n.csv", "--carry", "none", "--columns", "answer")
    wide = run_json("check", source, "-o", tmp_path / "w.csv", "--columns", "answer")
    assert narrow["unread_columns"] == wide["unread_columns"] == {"remark": [], "informd": ["informed"]}
    assert (tmp_path / "n.csv").read_text(encoding="utf-8") == "answer\nundetermined\n"
    assert (tmp_path / "w.csv").read_text(encoding="utf-8").startswith("answer,remark,informd\n")


@pytest.fixture
def halves(examples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Two files of several batches each."""
    monkeypatch.setattr(blocks, "BLOCK", 1 << 13)
    header, *rows = (examples / "orders_2019_2023.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    paths = [tmp_path / "first.csv", tmp_path / "second.csv"]
    for path, part in zip(paths, (rows[:130], rows[130:]), strict=True):
        path.write_text("".join([header, *part]), encoding="utf-8")
    return paths


def test_in_any_order_lines_of_files_come_in_turns_with_the_same_decisions(
    run: Any, run_json: Any, halves: list[Path], tmp_path: Path
) -> None:
    ordered, turns = tmp_path / "ordered.csv", tmp_path / "turns.csv"
    assert run_json("check", *halves, "-o", ordered)["any_order"] is False
    text = run("check", *halves, "-o", turns, "--any-order").stdout
    assert "lines of the files stand there in turns; verify needs --any-order too" in text
    one, other = (path.read_text(encoding="utf-8").splitlines() for path in (ordered, turns))
    assert one != other
    assert sorted(one) == sorted(other)
    told, before = (run_json("check", *halves, *more) for more in (("--any-order",), ()))
    assert (told.pop("any_order"), before.pop("any_order")) == (True, False)
    for name in ("lines", "answers", "may_ship", "blocked", "dated_by", "not_covered", "faulty"):
        assert told[name] == before[name]
    assert run("check", *halves, "-o", "-", "--any-order").stdout.splitlines()[: len(other)] == other


def test_with_one_file_any_order_changes_nothing(
    run: Any, run_json: Any, halves: list[Path], tmp_path: Path
) -> None:
    found = []
    for more in ((), ("--any-order",)):
        folder = tmp_path / f"parts{len(more)}"
        assert "in turns" not in run("check", halves[0], "-o", folder, "--format", "csv", *more).stdout
        found.append([(path.name, path.read_bytes()) for path in sorted(folder.iterdir())])
    assert found[0] == found[1]
    assert run_json("check", halves[0], "--any-order")["any_order"] is False


def test_a_folder_is_gone_on_with_in_its_own_order_only(run: Any, halves: list[Path], tmp_path: Path) -> None:
    folder = tmp_path / "parts"
    run("check", *halves, "-o", folder, "--any-order")
    assert json.loads((folder / "run.json").read_text(encoding="utf-8"))["any_order"] == 4
    assert "1 part stood there already" in run("check", *halves, "-o", folder, "--any-order").stdout
    text = run("check", *halves, "-o", folder, code=5).stderr
    assert "the folder holds the decisions of another run (another any_order)" in text


def test_spark_keeps_no_order_to_give_up(run: Any, halves: list[Path], tmp_path: Path) -> None:
    result = run("check", *halves, "-o", tmp_path / "x", "--engine", "spark", "--any-order", code=2)
    assert "--any-order: Spark keeps no order anyway; expected --engine spark without it" in result.stderr


def test_a_fault_names_its_file_and_line_in_whichever_turn(run_json: Any, halves: list[Path]) -> None:
    for path in halves:
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        cells = lines[100].split(",")
        lines[100] = ",".join(["X", *cells[1:]]).replace(",JP,", ",Nowhere,")
        path.write_text("".join(lines), encoding="utf-8")
    told = [run_json("check", *halves, *more, code=1)["faults"] for more in ((), ("--any-order",))]
    places = [[(fault["file"], fault["line"]) for fault in faults] for faults in told]
    assert sorted(places[0]) == sorted(places[1])
    assert {("first.csv", 101), ("second.csv", 101)} <= set(places[1])
