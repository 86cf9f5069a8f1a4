"""Replay: decisions on file are proved, or the first line that differs is named."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from sekisho.determine import blocks
from sekisho.register.open import open_register


def test_decisions_are_proved_to_the_byte(run: Any, run_json: Any, examples: Path, tmp_path: Path) -> None:
    orders, rates = examples / "orders_2019_2023.csv", examples / "rates_2019_2023.csv"
    for name in ("out.csv", "out.parquet", "out.jsonl", "out"):
        for options in ((), ("--known-on", "2019-07-03"), ("--columns", "answer,register", "--carry", "all")):
            output = tmp_path / f"{len(options)}{name}"
            if len(options) > 2:
                output = tmp_path / f"narrow-{name}"
            run("check", orders, "-o", output, "--rates", rates, *options)
            found = run_json("verify", output, orders, "--rates", rates)
            assert (found["lines"], found["same_bytes"], found["difference"]) == (263, True, None)
    assert (
        "the same, byte for byte: 263 lines"
        in run("verify", tmp_path / "0out.csv", orders, "--rates", rates).stdout
    )


def test_a_workbook_is_proved_to_the_byte(run: Any, examples: Path, tmp_path: Path) -> None:
    orders, output = examples / "orders_with_faults.csv", tmp_path / "out.xlsx"
    run("check", orders, "-o", output, code=1)
    assert "the same, byte for byte" in run("verify", output, orders).stdout


def test_the_first_line_that_differs_is_named(run: Any, examples: Path, tmp_path: Path) -> None:
    orders, output = examples / "orders_2019_2023.csv", tmp_path / "out.csv"
    run("check", orders, "-o", output)
    lines = output.read_text(encoding="utf-8").splitlines(keepends=True)
    changed = [*lines[:7], lines[7].replace(",authorised,", ",not_listed,"), *lines[8:]]
    assert changed != lines
    output.write_text("".join(changed), encoding="utf-8")
    text = run("verify", output, orders, code=1).stdout
    assert "different at out.csv:8 (SO-" in text
    assert "answer: on file 'not_listed'" in text
    assert "answer: decided now 'authorised'" in text
    output.write_text("".join(lines[:-1]), encoding="utf-8")
    text = run("verify", output, orders, code=1).stdout
    assert "on file 'no such line'" in text


def test_decisions_as_known_on_days_of_a_column(run: Any, examples: Path, tmp_path: Path) -> None:
    rows = (examples / "orders_2019_2023.csv").read_text(encoding="utf-8").splitlines()[:30]
    orders, output = tmp_path / "orders.csv", tmp_path / "out.csv"
    known = [f"{row},2019-0{1 + at % 9}-01" for at, row in enumerate(rows[1:])]
    orders.write_text("\n".join([f"{rows[0]},seen", *known, ""]), encoding="utf-8")
    run("check", orders, "-o", output, "--known-on", "seen")
    assert "byte for byte" in run("verify", output, orders, "--known-on", "seen").stdout
    assert "decided as known on different days" in run("verify", output, orders, code=2).stderr


def test_what_is_not_this_registers_is_refused(run: Any, examples: Path, tmp_path: Path) -> None:
    orders, output = examples / "orders_2019_2023.csv", tmp_path / "out.csv"
    run("check", orders, "-o", output, "--columns", "answer,register")
    text = output.read_text(encoding="utf-8")
    fingerprint = open_register().fingerprint
    for old, new, problem in (
        (fingerprint, "0" * 16, f"are by the register {'0' * 16}, this one is {fingerprint}"),
        ("answer", "said", "out.csv:1: it holds no decisions; expected a file that check wrote"),
    ):
        output.write_text(text.replace(old, new), encoding="utf-8")
        assert problem in run("verify", output, orders, code=2).stderr


def test_decisions_in_any_order_are_verified_in_the_same_turns(
    run: Any, run_json: Any, examples: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "BLOCK", 1 << 13)
    header, *rows = (examples / "orders_2019_2023.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    paths = [tmp_path / "first.csv", tmp_path / "second.csv"]
    for path, part in zip(paths, (rows[:130], rows[130:]), strict=True):
        path.write_text("".join([header, *part]), encoding="utf-8")
    turns, ordered, parts = tmp_path / "turns.csv", tmp_path / "ordered.csv", tmp_path / "parts"
    run("check", *paths, "-o", turns, "--any-order")
    run("check", *paths, "-o", ordered)
    run("check", *paths, "-o", parts, "--any-order")
    assert "the same, byte for byte: 263 lines" in run("verify", turns, *paths, "--any-order").stdout
    assert "the same" in run("verify", parts, *paths).stdout
    assert run_json("verify", parts, *paths, "--any-order")["any_order"] is True
    text = run("verify", turns, *paths, code=1).stdout
    assert "If check was told --any-order, tell verify so too" in text
    text = run("verify", ordered, *paths, "--any-order", code=1).stdout
    assert "If check was not told --any-order, verify without it." in text
    run("check", *paths, "-o", tmp_path / "in_order")
    text = run("verify", tmp_path / "in_order", *paths, "--any-order", code=2).stderr
    assert "run.json says that the lines were decided in the order of the input" in text
    changed = ordered.read_text(encoding="utf-8").replace(",authorised,", ",not_listed,", 1)
    ordered.write_text(changed, encoding="utf-8")
    text = run("verify", ordered, *paths, code=1).stdout
    assert "answer: on file 'not_listed'" in text
    assert "--any-order" not in text


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
@pytest.mark.parametrize("turns", [(), ("--any-order",)])
def test_a_folder_of_files_with_other_columns_is_proved_to_the_byte(
    run: Any, tmp_path: Path, ending: str, turns: tuple[str, ...]
) -> None:
    head = "transaction_id,line_id,order_date,ship_from_country,destination_country,code"
    paths = [tmp_path / "plain.csv", tmp_path / "noted.csv"]
    paths[0].write_text(f"{head}\nA,1,2019-07-04,JP,KR,3(1)\n", encoding="utf-8")
    paths[1].write_text(f"{head},note\nB,1,2019-07-04,JP,KR,3(1),x\n", encoding="utf-8")
    parts = tmp_path / "parts"
    run("check", *paths, "-o", parts, "--format", ending, *turns)
    assert len(list(parts.glob("part-*"))) == 2
    assert "the same, byte for byte: 2 lines" in run("verify", parts, *paths).stdout
    if ending != "parquet":
        last = parts / f"part-00001.{ending}"
        last.write_text(last.read_text(encoding="utf-8").replace("undetermined", "not_listed", 1), "utf-8")
        text = run("verify", parts, *paths, code=1).stdout
        assert f"different at part-00001.{ending}:" in text
        assert "answer: on file 'not_listed'" in text


@pytest.fixture
def halves(examples: Path, tmp_path: Path) -> list[Path]:
    header, *rows = (examples / "orders_2019_2023.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    paths = [tmp_path / "one.csv", tmp_path / "two.csv"]
    for path, part in zip(paths, (rows[:9], rows[9:20]), strict=True):
        path.write_text("".join([header, *part]), encoding="utf-8")
    return paths


def test_files_that_were_not_decided_are_refused_before_anything_is(
    run: Any, halves: list[Path], tmp_path: Path
) -> None:
    """run.json knows them, so that no line that differs is looked for in vain."""
    (one, two), parts = halves, tmp_path / "parts"
    run("check", *halves, "-o", parts)
    other, sizes = tmp_path / "other.csv", [f"{path.stat().st_size:,}" for path in halves]
    other.write_text(one.read_text(encoding="utf-8").replace("SO-", "SX-"), encoding="utf-8")
    missing = (
        "one.csv: run.json says that it was decided, and it is not among the files that are given;"
        f" expected it too, as it was, of {sizes[0]} bytes\n"
    )
    besides = (
        f"{other}: it is not among the files that were decided (it has {sizes[0]} bytes); expected only what"
        " was decided: one.csv, two.csv\n"
    )
    swapped = (
        f"{two}: it is file 1 of those that are given, and run.json says that one.csv was decided there;"
        " expected the files in the order one.csv, two.csv\n"
    )
    a_part = (
        f"{parts}/part-00000.parquet: it is a part of a folder of decisions, and no file of order lines;"
        " expected only what was decided: one.csv, two.csv\n"
    )
    for given, said in (
        ((two, one), swapped),
        ((two,), missing),
        ((other, two), missing + besides),
        ((one, two, other), besides),
        ((two, parts), missing + a_part),
    ):
        assert run("verify", parts, *given, code=2).stderr == f"error: {said}"
    copy = tmp_path / "copy.csv"
    copy.write_bytes(one.read_bytes())
    assert "the same, byte for byte" in run("verify", parts, copy, two).stdout
    assert f"error: {copy}: it is not among" in run("verify", parts, one, two, copy, code=2).stderr


def test_a_file_that_has_changed_is_told_and_its_first_line_named(
    run: Any, run_json: Any, halves: list[Path], tmp_path: Path
) -> None:
    (one, two), parts = halves, tmp_path / "parts"
    run("check", *halves, "-o", parts)
    before = one.stat().st_size
    text = one.read_text(encoding="utf-8")
    one.write_text(text.replace("SO-2019001", "SO-2019999"), encoding="utf-8")
    told = " ".join(run("verify", parts, one, two, code=1).stdout.split())
    assert f"note: {one} is not as it was when it was decided: its bytes are others different at" in told
    one.write_text(f"{text}\n", encoding="utf-8")
    found = run_json("verify", parts, one, two)
    assert found["changed_inputs"] == [
        f"{one} is not as it was when it was decided: it has {before + 1:,} bytes, and had {before:,} bytes"
    ]
    assert found["difference"] is None


def test_rates_that_were_not_used_are_refused(
    run: Any, halves: list[Path], examples: Path, tmp_path: Path
) -> None:
    rates, others = examples / "rates_2019_2023.csv", tmp_path / "rates.csv"
    others.write_text("currency,from,until,jpy\nUSD,2019-01-01,,110\n", encoding="utf-8")
    for used, given, said in (
        ((), ("--rates", rates), "without rates; expected no --rates"),
        (("--rates", rates), (), "with rates; expected --rates with the file that was used"),
        (("--rates", others), ("--rates", rates), "with other rates; expected the rates file that was used"),
    ):
        parts = tmp_path / f"parts-{len(used)}{len(given)}"
        run("check", *halves, "-o", parts, *used)
        problem = "error: --rates: run.json says that the lines were decided"
        assert run("verify", parts, *halves, *given, code=2).stderr == f"{problem} {said}\n"


def test_what_is_no_place_of_decisions_says_so(run: Any, halves: list[Path], tmp_path: Path) -> None:
    parts, nothing = tmp_path / "parts", tmp_path / "nothing"
    run("check", *halves, "-o", parts)
    nothing.mkdir()
    first = "expected the decisions first, as check wrote them, then the order lines"
    for given, said in (
        (tmp_path / "no.csv", f"there is no such file or folder; {first}"),
        (tmp_path / "no*", f"there is no such file or folder; {first}"),
        (nothing, "the folder holds no decisions; expected what check wrote, run.json and parts"),
        (parts / "run.json", f"it tells of the run and holds no decisions; expected the folder, {parts}"),
    ):
        assert run("verify", given, *halves, code=2).stderr == f"error: {given}: {said}\n"


def test_a_file_of_decisions_of_other_lines_asks_whether_they_are_those(
    run: Any, halves: list[Path], tmp_path: Path
) -> None:
    """One file of decisions does not know its input."""
    output = tmp_path / "out.csv"
    run("check", halves[0], "-o", output)
    text = run("verify", output, halves[1], code=1).stdout
    assert "The lines are others: are these the files that were decided, in their order?" in text
    assert "--any-order" not in text


def test_a_line_that_one_of_the_two_lacks_is_named_by_the_file_of_decisions(
    run: Any, halves: list[Path], tmp_path: Path
) -> None:
    """A file too many was told as a line of again.csv, which is nowhere to be found."""
    output, shown = tmp_path / "out.csv", []
    for decided, given in ((halves[:1], halves), (halves, halves[:1])):
        run("check", *decided, "-o", output)
        shown.append(run("verify", output, *given, code=1).stdout.splitlines())
    more, fewer = shown
    hint = "The lines are others: are these the files that were decided, in their order?"
    assert re.fullmatch(r"different at out\.csv:\d+ \(SO-\d+/\d+\)", more[0])
    assert more[1:4] == ["  on file 'no such line'", "  decided now 'a line'", hint]
    assert fewer == [more[0], "  on file 'a line'", "  decided now 'no such line'", hint]
