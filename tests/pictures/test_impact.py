"""Pictures of an impact: what is drawn is what was found, offline and the same each time."""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import sekisho
from sekisho.determine.impact import Impact
from sekisho.errors import InputInvalid, OutputRefused
from sekisho.pictures import Picture, page, png, svg, write
from sekisho.pictures.impact import impact_lead, impact_pictures, impact_tables, rule_titles

pytest.importorskip("vl_convert", reason="the extra pictures is not installed")
EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module", name="found")
def _found() -> Impact:
    with (EXAMPLES / "orders_2019_2023.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return sekisho.impact(pa.Table.from_pylist(rows), event="jp-three-materials-individual")


@pytest.fixture(scope="module", name="pictures")
def _pictures(found: Impact) -> dict[str, Picture]:
    return {picture.name: picture for picture in impact_pictures(found)}


def values(spec: Any) -> list[dict[str, Any]]:
    """The rows of data of a specification, of its first layer or view."""
    first = next((spec[key][0] for key in ("layer", "vconcat") if key in spec), spec)
    found: list[dict[str, Any]] = (spec.get("data") or first["data"])["values"]
    return found


def test_every_flipped_line_is_drawn_once(found: Impact, pictures: dict[str, Picture]) -> None:
    assert list(pictures) == ["by-rule", "by-week", "by-value"]
    for name in ("by-rule", "by-week"):
        assert sum(value["lines"] for value in values(pictures[name].spec)) == found.flipped
    by_rule: Counter[str] = Counter()
    for value in values(pictures["by-rule"].spec):
        by_rule[value["rule"]] += value["lines"]
    assert by_rule == {rule_titles(found)[group.rules]: group.lines for group in found.groups}
    assert sorted(by_rule) == [
        "7(19) to South Korea: individual", "fluorinated polyimide to South Korea: individual",
        "hydrogen fluoride to South Korea: individual",
    ]  # fmt: skip


def test_a_day_that_stands_for_none_hides_no_other_line() -> None:
    """Order systems write 9999-12-31 for a day that is not known."""
    with (EXAMPLES / "orders_2019_2023.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    rows[0] = {**rows[2], "transaction_id": "FAR", "export_date": "9999-12-31", "decisive_date": "9999-12-31"}
    rows[1] = {**rows[0], "transaction_id": "EARLY", "decisive_date": "0001-01-01"}
    found = sekisho.impact(pa.Table.from_pylist(rows), event="jp-three-materials-individual")
    (picture,) = (one for one in impact_pictures(found) if one.name == "by-week")
    far = sum(day is not None and day.year == 9999 for day in found.lines["ship_date"].to_pylist())
    assert far == 1
    assert "Lines more than 20 years from the middle one, not drawn: 2." in picture.caption
    assert sum(value["lines"] for value in values(picture.spec)) == found.flipped - 2


def test_few_lines_are_counted_in_whole_numbers() -> None:
    with (EXAMPLES / "orders_2019_2023.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["code"] == "3(1)"][:4]
    few = sekisho.impact(pa.Table.from_pylist(rows), event="jp-three-materials-individual")
    assert 0 < few.flipped <= 4
    for picture in impact_pictures(few)[:2]:
        axes = [axis for axis in _axes(picture.spec) if "values" in axis]
        assert next(iter(axes))["values"][:2] == [0, 1]


def _axes(spec: Any) -> list[dict[str, Any]]:
    encodings = spec["layer"][0]["encoding"]
    return [encodings[name]["axis"] for name in ("x", "y") if encodings[name].get("axis")]


def test_currencies_have_axes_of_their_own(found: Impact, pictures: dict[str, Picture]) -> None:
    views = pictures["by-value"].spec["vconcat"]
    drawn = {view["data"]["values"][0]["currency"]: view["data"]["values"] for view in views}
    assert set(drawn) == {"JPY", "USD"}
    for each in found.affected.values:
        assert sum(value["amount"] for value in drawn[each.unit]) == pytest.approx(each.amount)


def test_a_picture_says_that_nothing_flips(found: Impact) -> None:
    empty = sekisho.impact(found.lines.select(["line_id"]).append_column(
        "code", pa.array(["NOT_LISTED"] * found.lines.num_rows)
    ).append_column("ship_from_country", pa.array(["JP"] * found.lines.num_rows)).append_column(
        "destination_country", pa.array(["TW"] * found.lines.num_rows)
    ), event="jp-three-materials-individual")  # fmt: skip
    assert empty.flipped == 0
    assert "No order line is answered otherwise" in svg(*impact_pictures(empty))


def test_images_are_drawn_and_the_same_each_time(pictures: dict[str, Picture]) -> None:
    image = png(*pictures.values())
    assert image.startswith(b"\x89PNG\r\n")
    width, height = (int.from_bytes(image[at : at + 4], "big") for at in (16, 20))
    assert width > 1200
    assert height > 1200
    assert png(*pictures.values()) == image
    drawn = svg(pictures["by-rule"])
    assert drawn == svg(pictures["by-rule"])
    for word in (
        "91 of 263 order lines are answered otherwise",
        "7(19) to South Korea: individual",
        "stopped",
    ):
        assert word in drawn


def test_a_page_needs_nothing_else(found: Impact, pictures: dict[str, Picture], tmp_path: Path) -> None:
    path = tmp_path / "impact.html"
    write(path, "What <changes>", list(pictures.values()), impact_lead(found), impact_tables(found))
    text = path.read_text("utf-8")
    assert "<h1>What &lt;changes&gt;</h1>" in text
    assert "<script" not in text
    assert set(re.findall(r"https?://[^\"' )<]+", text)) <= {
        "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink",
    }  # fmt: skip
    assert text.count("<svg") == len(pictures)
    assert "apply for an individual licence" in text
    assert page("t", [], []).startswith("<!doctype html>")


def test_a_file_of_another_kind_is_refused(pictures: dict[str, Picture], tmp_path: Path) -> None:
    with pytest.raises(InputInvalid, match=r"the ending '.pdf' is no picture; expected .html, .png, .svg"):
        write(tmp_path / "x.pdf", "t", list(pictures.values()))
    with pytest.raises(OutputRefused, match=r"cannot write"):
        write(tmp_path / "no" / "x.html", "t", [])


def test_rows_of_law_of_one_title_are_told_apart_by_their_ids(found: Impact) -> None:
    first = found.groups[0]
    twin = replace(first, rules=(f"{first.rules[0]}-2",))
    titles = rule_titles(replace(found, groups=(first, twin)))
    assert titles[twin.rules] == twin.rules[0]  # not on record: its id is all there is
    both = replace(first, rules=(*first.rules, *found.groups[1].rules))
    assert rule_titles(replace(found, groups=(both,)))[both.rules].count("; ") == 1
    assert [row[-1] for row in impact_tables(found)[0].rows] == [group.rules[0] for group in found.groups]
