"""One meaning: every shipped case, and many lines near them, by every engine."""

from __future__ import annotations

import datetime as dt
import importlib.util
import json
import os
import random
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

from sekisho.determine import seen
from sekisho.determine.cases import Case, read_cases
from sekisho.determine.check import OUTPUT, check
from sekisho.determine.decide import decide
from sekisho.determine.intake import read_line
from sekisho.errors import InputInvalid, ValueInvalid
from sekisho.register.law import learned
from sekisho.register.open import open_register
from sekisho.register.register import DATA

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

REGISTER = open_register()
CASES = tuple(case for folder in sorted(DATA.glob("*/cases")) for case in read_cases(folder))
FIRST_COLUMNS = ("ship_from_country", "destination_country", "code", "decisive_date")
KNOWN = "seen_on"
ALL = dt.date(2100, 1, 1)
"""A day by which everything on record was known."""
LEARNED = {day for regime in REGISTER.regimes.values() for day in learned(regime, REGISTER.events)}
KNOWN_DAYS = sorted({day - dt.timedelta(days) for day in LEARNED for days in (0, 1)})
"""The days from which more of the law was known, and the day before each."""


DAYS = ("2019-07-03", "2019-07-04", "2019-08-28", "2023-07-21", "x")


def lines_of_cases() -> list[dict[str, str]]:
    """The lines of all cases, each with the day as known on which it is decided."""
    return [{**case.line, KNOWN: (case.known_on or ALL).isoformat()} for case in CASES]


def lines_nearby(count: int) -> list[dict[str, str]]:
    """Lines made of the cells of two cases each, some without a cell, some on a day beside."""
    chance = random.Random(11)  # noqa: S311  a test
    found = []
    for _ in range(count):
        one, other = chance.choice(CASES), chance.choice(CASES)
        cells = {**one.line, **{n: c for n, c in other.line.items() if chance.random() < 0.3}}
        cells = {name: cell for name, cell in cells.items() if chance.random() < 0.95}
        if "decisive_date" in cells and chance.random() < 0.3:
            cells["decisive_date"] = chance.choice(
                ("2019-07-03", "2019-07-04", "2019-08-28", "2023-07-21", "x")
            )
        known = chance.choice(KNOWN_DAYS) if chance.random() < 0.5 else ALL
        found.append({**cells, KNOWN: known.isoformat()})
    return found


LINES = lines_of_cases() + lines_nearby(1500)


def table(lines: list[dict[str, str]]) -> pa.Table:
    names = dict.fromkeys((*FIRST_COLUMNS, *(name for cells in lines for name in cells)))
    return pa.table({name: pa.array([cells.get(name, "") for cells in lines]) for name in names})


def one_by_one(lines: list[dict[str, str]]) -> list[dict[str, Any]]:
    """What the one-row engine says, as a row of output."""
    return [told(cells) for cells in lines]


def told(cells: dict[str, str]) -> dict[str, Any]:
    line = read_line(cells, REGISTER)
    made = decide(line.shipment, REGISTER, dt.date.fromisoformat(cells[KNOWN]))
    if line.faults:
        return {"answer": "undetermined", "rules": ";".join(made.rules), "sources": ";".join(made.sources)}
    return {
        "answer": made.answer.value,
        "licence_types": ";".join(made.licence_types),
        "usable_licence": made.usable_licence,
        "rules": ";".join(made.rules),
        "sources": ";".join(made.sources),
        "questions": "; ".join(map(str, made.questions)),
        "review_days": made.review_days,
        "confidence": made.confidence.value,
        "not_covered": "; ".join(made.not_covered),
        "in_force_on": made.in_force_on.isoformat() if made.in_force_on else None,
        "known_on": cells[KNOWN],
        "register": made.register,
        "explanation": made.explanation,
    }


@pytest.mark.parametrize("long", [0, 1 << 20], ids=["in tables", "by one number"])
def test_columns_say_what_single_lines_say(long: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seen, "_LONG", long)
    found = check(table(LINES), register=REGISTER, known_on=KNOWN).to_pylist()
    for cells, row, alone in zip(LINES, found, one_by_one(LINES), strict=True):
        assert {name: row[name] for name in alone} == alone, cells


def test_typed_columns_say_what_texts_say() -> None:
    """A column of days, numbers or yes and no means what its texts mean."""
    lines = [case.line for case in CASES if not any(map(is_odd, case.line.values()))]
    texts = table([dict(cells) for cells in lines])
    typed = pa.table({name: as_typed(name, texts[name].to_pylist()) for name in texts.column_names})
    assert {str(kind) for kind in typed.schema.types} >= {"date32[day]", "double", "bool", "string"}
    assert check(typed, register=REGISTER).equals(check(texts, register=REGISTER))


def is_odd(cell: str) -> bool:
    return not cell.isascii()


def as_typed(name: str, cells: list[str]) -> pa.Array:
    for read in (
        ()
        if name == "hs_code"
        else (  # 8482.10 is no number
            dt.date.fromisoformat,
            float,
            {"yes": True, "no": False}.__getitem__,
        )
    ):
        try:
            return pa.array([read(cell) if cell else None for cell in cells])
        except (ValueError, KeyError):
            continue
    return pa.array(cells)


@pytest.fixture(scope="module")
def session() -> Iterator[SparkSession]:
    if importlib.util.find_spec("pyspark") is None:
        pytest.skip("pyspark is not installed: pip install 'sekisho[spark]'")
    if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
        pytest.skip("Spark needs Java, and there is none here")
    os.environ["PYSPARK_PYTHON"] = sys.executable
    from pyspark.sql import SparkSession  # noqa: PLC0415  not installed everywhere

    builder = SparkSession.builder.master("local[2]").appName("sekisho-tests")
    for name, value in {
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "3",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.ui.showConsoleProgress": "false",
    }.items():
        builder = builder.config(name, value)
    made = builder.getOrCreate()
    made.sparkContext.setLogLevel("OFF")
    yield made
    made.stop()


pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")


@pytest.mark.parametrize("parts", [1, 7])
def test_a_cluster_says_what_one_machine_says(session: SparkSession, parts: int) -> None:
    from sekisho import spark  # noqa: PLC0415  needs pyspark

    lines = [{**cells, "line_id": str(at)} for at, cells in enumerate(LINES)]
    given = table(lines)
    df = session.createDataFrame(given.to_pylist()).repartition(parts)
    made = spark.check(df, register=REGISTER, known_on=KNOWN)
    found = {row["line_id"]: row.asDict() for row in made.collect()}
    expected = check(given, register=REGISTER, known_on=KNOWN).to_pylist()
    assert len(found) == len(expected)
    for row in expected:
        assert found[row["line_id"]] == row


def test_keys_that_several_lines_have_are_faults_of_each(session: SparkSession) -> None:
    from sekisho import spark  # noqa: PLC0415  needs pyspark

    cells = {
        "ship_from_country": "JP",
        "destination_country": "KR",
        "code": "3(1)",
        "order_date": "2019-07-04",
    }
    keys = ("1", "2", "2", "", "")
    df = session.createDataFrame([{**cells, "line_id": key, "remark": f"r{key}"} for key in keys])
    rows = spark.check(df, register=REGISTER, columns=["answer", "questions"]).collect()
    assert sorted((row["line_id"], "stands on 2 lines" in row["questions"]) for row in rows) == [
        ("", False), ("", False), ("1", False), ("2", True), ("2", True),
    ]  # fmt: skip
    assert list(rows[0].asDict()) == ["line_id", "answer", "questions", "remark"]
    trusted = spark.check(
        df, register=REGISTER, columns=["questions"], carry="none", keys="trusted"
    ).collect()
    assert not any("stands on" in row["questions"] for row in trusted)


def test_types_are_kept_and_empty_frames_give_no_rows(session: SparkSession) -> None:
    from sekisho import spark  # noqa: PLC0415  needs pyspark

    df = session.sql(
        "SELECT 1L line_id, 'JP' ship_from_country, 'KR' destination_country, '3(1)' code,"
        " DATE'2019-07-04' order_date, 1.5D weight, TIMESTAMP'2019-07-04 01:02:03' seen"
    )
    made = spark.check(df, register=REGISTER, carry="all", columns=["answer", "review_days"])
    kinds = dict(made.dtypes)
    assert (kinds["line_id"], kinds["order_date"], kinds["review_days"]) == ("bigint", "date", "bigint")
    (row,) = made.collect()
    assert (row["weight"], row["order_date"], str(row["seen"])) == (
        1.5,
        dt.date(2019, 7, 4),
        "2019-07-04 01:02:03",
    )
    assert (
        made.schema
        == spark.check(df.limit(0), register=REGISTER, carry="all", columns=["answer", "review_days"]).schema
    )
    assert spark.check(df.limit(0), register=REGISTER).collect() == []


def test_what_cannot_be_decided_is_refused_before_anything_runs(session: SparkSession) -> None:
    from sekisho import spark  # noqa: PLC0415  needs pyspark

    df = session.sql("SELECT 'JP' ship_from_country, 'KR' destination_country, '3(1)' `項番`")
    with pytest.raises(InputInvalid, match="decisive_date: no column gives a date"):
        spark.check(df, register=REGISTER)
    with pytest.raises(InputInvalid, match="code: two columns have this meaning"):
        spark.check(df.selectExpr("*", "'x' control_code"), register=REGISTER)
    for arguments, message in (
        ({"keys": "some"}, "keys is 'some'; expected compared, trusted"),
        ({"known_on": 5}, "known_on is 5, a int; expected a datetime.date"),
        ({"columns": ["x"]}, "'x' is no column of a decision"),
        ({"register": "x"}, "register is a str; expected a Register"),
    ):
        with pytest.raises(ValueInvalid, match=message):
            spark.check(df, **arguments)


def test_cases_are_there() -> None:
    assert len(CASES) > 300
    assert all(isinstance(case, Case) for case in CASES)


def test_a_scenario_goes_with_the_lines(session: SparkSession) -> None:
    from sekisho import spark  # noqa: PLC0415  needs pyspark

    path = Path(__file__).parents[1] / "examples" / "scenario_hf_eased.toml"
    scenario = open_register(scenario=path)
    given = table([dict(case.line) for case in CASES])
    df = session.createDataFrame(given.to_pylist()).coalesce(1)
    made = [row.asDict() for row in spark.check(df, register=scenario, keys="trusted").collect()]
    expected = check(given, register=scenario).to_pylist()
    assert made == expected
    assert {row["register"] for row in made} == {scenario.fingerprint}
    assert set(OUTPUT) <= set(made[0])


def test_the_command_writes_a_folder_with_spark(session: SparkSession, tmp_path: Path) -> None:
    from typer.testing import CliRunner  # noqa: PLC0415  needed here only

    from sekisho.cli import app  # noqa: PLC0415  the same

    assert session
    orders = Path(__file__).parents[1] / "examples" / "orders_2019_2023.csv"
    given = ["check", str(orders), "--engine", "spark", "-o", str(tmp_path / "out"), "--json"]
    result = CliRunner().invoke(app, given)
    assert result.exit_code == 0, result.output
    alone = CliRunner().invoke(app, ["check", str(orders), "--json"])
    found, expected = json.loads(result.stdout), json.loads(alone.stdout)
    assert found["lines"] == 263
    assert found["answers"] == {name: n for name, n in expected["answers"].items() if n}
    refused = CliRunner().invoke(app, given)
    assert refused.exit_code == 5
    assert "it is there already; give the name of a new folder" in refused.stderr
    for options, problem in (
        (["--engine", "spark"], "--engine: Spark writes a folder; expected -o FOLDER with it"),
        (["--engine", "dask"], "--engine: 'dask' is not allowed here; expected columns or spark"),
        (["--master", "local[1]"], "--master: it is of Spark; expected --engine spark with it"),
    ):
        wrong = CliRunner().invoke(app, ["check", str(orders), *options])
        assert (wrong.exit_code, problem in wrong.stderr) == (2, True)
