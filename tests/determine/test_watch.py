"""What differs since an order book was last looked at: by the law, by the book, or not at all."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sekisho.determine.files import table_batches
from sekisho.determine.flips import State, flips
from sekisho.determine.watch import STATE, Watch, Watcher, read_state
from sekisho.errors import InputInvalid
from sekisho.register.open import open_register

EXAMPLES = Path(__file__).parents[2] / "examples"
REGISTER = open_register()
SCENARIO = open_register(scenario=EXAMPLES / "scenario_hf_eased.toml")
STATES = {
    "before": State(REGISTER, dt.date(2019, 6, 30)), "announced": State(REGISTER, dt.date(2019, 7, 1)),
    "group A": State(REGISTER, dt.date(2019, 8, 5)), "all": State(REGISTER), "scenario": State(SCENARIO),
}  # fmt: skip

Row = dict[str, str]


def book() -> list[Row]:
    with (EXAMPLES / "orders_2019_2023.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


BOOK = book()


def look(path: Path, rows: list[Row], name: str) -> Watch:
    watcher = Watcher(read_state(path), STATES[name])
    for batch in table_batches(pa.Table.from_pylist(rows)):
        watcher.batch(batch, "book.csv")
    found = watcher.result()
    watcher.write(path)
    return found


def keys(rows: list[Any]) -> set[tuple[str, str]]:
    return {(row["transaction_id"], row["line_id"]) for row in rows}


def test_a_first_look_keeps_every_line_and_flips_none(tmp_path: Path) -> None:
    path = tmp_path / "state.parquet"
    found = look(path, BOOK, "announced")
    assert (found.since, found.new, found.impact.flipped, found.gone) == (None, len(BOOK), 0, ())
    state = pq.read_table(path)
    assert state.schema.names == STATE.names
    assert keys(state.to_pylist()) == keys(BOOK)
    assert set(state["known_on"].to_pylist()) == {"2019-07-01"}


def test_a_second_look_by_the_same_finds_nothing_and_leaves_the_bytes(tmp_path: Path) -> None:
    path = tmp_path / "state.parquet"
    look(path, BOOK, "announced")
    written = path.read_bytes()
    found = look(path, BOOK, "announced")
    assert (found.impact.flipped, found.edited_lines, found.new, found.gone_lines) == (0, 0, 0, 0)
    assert found.since == found.now
    assert path.read_bytes() == written


@settings(max_examples=6)
@given(st.sampled_from(sorted(STATES)), st.sampled_from(sorted(STATES)), st.randoms())
def test_what_the_law_flips_is_what_deciding_twice_flips(
    tmp_path_factory: Any, one: str, other: str, chance: Any
) -> None:
    path = tmp_path_factory.mktemp("watch") / "state.parquet"
    rows = chance.sample(BOOK, 60)
    look(path, rows, one)
    found = look(path, chance.sample(rows, len(rows)), other).impact
    twice = flips(pa.Table.from_pylist(rows), STATES[one], STATES[other])
    assert keys(found.lines.to_pylist()) == keys(twice.to_pylist())
    assert sum(group.lines for group in found.groups) == found.flipped == twice.num_rows


def test_the_announcement_of_group_a_is_put_down_to_its_event(tmp_path: Path) -> None:
    path = tmp_path / "state.parquet"
    look(path, BOOK, "announced")
    found = look(path, BOOK, "group A")
    groups = {group.rules: (group.event, group.lines) for group in found.impact.groups}
    assert groups == {
        ("jp-pol-kr-machine-tools",): ("jp-group-a-kr-removal", 3),
        ("jp-table-3-kr-2004",): ("jp-group-a-kr-removal", 3),
    }
    assert "as known on 2019-07-01 against" in found.impact.change.words


def test_of_another_register_no_event_is_guessed(tmp_path: Path) -> None:
    path = tmp_path / "state.parquet"
    look(path, BOOK, "scenario")
    found = look(path, BOOK, "all").impact
    assert [(group.rules, group.event, group.lines) for group in found.groups] == [
        (("jp-pol-kr-hf-individual",), "", 9)
    ]


_IMAGINED = """
[[event]]
dossier = "jp-three-materials"
id = "imagined-{day}"
kind = "export_control_eased"
by = ["JP"]
toward = ["KR"]
announced = 2019-08-01
effective = {day}
summary = "Imagined."
source = ["S03"]
confidence = "low"
note = "Imagined."
"""
_A_MONTH_IN_TABLE_3 = """
[[japan.regions]]
id = "imagined-kr"
region = "table_3"
list_kind = "members"
countries = "KR"
from_event = "imagined-2020-05-01"
until_event = "imagined-2020-06-01"
basis = "amended"
source = "S03"
confidence = "low"
note = "Imagined."
"""


def test_what_helps_is_told_of_each_lines_own_day(tmp_path: Path) -> None:
    """The law of both days is the same, but a month in which the goods may go lies between them."""
    imagined = tmp_path / "imagined.toml"
    events = [_IMAGINED.format(day=day) for day in ("2020-05-01", "2020-06-01")]
    imagined.write_text("".join(['title = "A month"', *events, _A_MONTH_IN_TABLE_3]), encoding="utf-8")
    register = open_register(scenario=imagined)
    bearings = next(row for row in BOOK if row["transaction_id"] == "SO-2019035")
    days = ("2020-02-01", "2020-09-01")
    rows = [{**bearings, "line_id": day, "export_date": day} for day in days]
    path = tmp_path / "state.parquet"
    for known_on in (dt.date(2019, 8, 1), dt.date(2019, 8, 30)):
        watcher = Watcher(read_state(path), State(register, known_on))
        for batch in table_batches(pa.Table.from_pylist(rows)):
            watcher.batch(batch)
        found = watcher.result()
        watcher.write(path)
    released = {row["line_id"]: row["released_by"] for row in found.impact.lines.to_pylist()}
    assert released == {"2020-02-01": "ship_from:2020-05-01", "2020-09-01": "ship_by:2020-05-31"}


def test_edits_new_lines_and_lines_gone_are_not_put_down_to_the_law(tmp_path: Path) -> None:
    path = tmp_path / "state.parquet"
    resist = [row for row in BOOK if row["code"] == "7(19)" and row["destination_country"] == "KR"]
    edited = next(row for row in resist if row["exporter_id"] == "JX-MATERIALS")
    look(path, [row for row in BOOK if row is not BOOK[0]], "all")
    changed = [{**row, "code": ""} if row is edited else row for row in BOOK]
    changed = [row for row in changed if row is not BOOK[1]]
    found = look(path, changed, "all")
    assert found.impact.flipped == 0
    assert [each.key for each in found.edited] == [f"{edited['transaction_id']}/{edited['line_id']}"]
    assert (found.new, found.gone_lines) == (1, 1)
    assert found.gone == (f"{BOOK[1]['transaction_id']}/{BOOK[1]['line_id']}",)


def test_an_empty_column_or_another_order_of_columns_is_no_edit(tmp_path: Path) -> None:
    path = tmp_path / "state.parquet"
    look(path, BOOK, "before")
    turned = [dict(reversed(list(row.items()))) | {"for_euv_resist_2": "", "clause": ""} for row in BOOK]
    found = look(path, turned, "announced")
    assert found.edited_lines == 0
    assert found.impact.flipped == 76


def test_lines_with_faults_are_told_and_kept_out_of_the_state(tmp_path: Path) -> None:
    path = tmp_path / "state.parquet"
    broken = [{**BOOK[0], "destination_country": "Korea"}, BOOK[1], BOOK[1]]
    found = look(path, broken, "all")
    assert found.impact.faulty == 2
    assert {fault.line for fault in found.impact.faults} == {1, 3}
    assert pq.read_table(path).num_rows == 1


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("state.csv", b"", "--watch: the ending '.csv' is not that of a state; expected a name that ends in"),
        ("state.parquet", b"nothing", "it is no Parquet file"),
    ],
)
def test_what_is_no_state_is_refused(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputInvalid, match=message):
        read_state(tmp_path / name)


def test_another_table_is_no_state(tmp_path: Path) -> None:
    pq.write_table(pa.table({"answer": ["authorised"]}), tmp_path / "other.parquet")
    with pytest.raises(InputInvalid, match=r"its columns are answer; expected a state that --watch wrote"):
        read_state(tmp_path / "other.parquet")


def test_lines_without_a_key_are_not_watched() -> None:
    rows = [{name: cell for name, cell in BOOK[0].items() if name not in {"transaction_id", "line_id"}}]
    watcher = Watcher(None, STATES["all"])
    with pytest.raises(InputInvalid, match="no column names the line; expected transaction_id or line_id"):
        watcher.batch(next(iter(table_batches(pa.Table.from_pylist(rows)))), "book.csv")
