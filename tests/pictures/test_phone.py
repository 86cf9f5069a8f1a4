"""Charts for a phone: the same data, no wider than the screen."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import sekisho
from sekisho.exposure import Asked, expose, read_network, write_template
from sekisho.pictures import Picture, phone_svg
from sekisho.pictures.exposure import exposure_pictures
from sekisho.pictures.impact import impact_pictures
from sekisho.pictures.phone import SCREEN, for_phone
from sekisho.register.register import Register

pytest.importorskip("vl_convert", reason="the extra pictures is not installed")
pytest.importorskip("highspy", reason="the extra exposure is not installed")
EXAMPLES = Path(__file__).parents[2] / "examples"
EVENT = "jp-three-materials-individual"


@pytest.fixture(scope="module", name="pictures")
def _pictures(register: Register, tmp_path_factory: Any) -> list[Picture]:
    folder = tmp_path_factory.mktemp("network")
    write_template(folder)
    network = read_network(folder, register)
    found = expose(network, register, Asked(event=EVENT, rank=False))
    with (EXAMPLES / "orders_2019_2023.csv").open(encoding="utf-8") as file:
        lines = pa.Table.from_pylist(list(csv.DictReader(file)))
    return [*exposure_pictures(found, network), *impact_pictures(sekisho.impact(lines, event=EVENT))]


def _data(value: Any) -> list[Any]:
    """Every row of data of a specification, in order."""
    if isinstance(value, list):
        return [row for part in value for row in _data(part)]
    if not isinstance(value, dict):
        return []
    own = list(value["data"]["values"]) if "data" in value else []
    return own + [row for name, part in value.items() if name != "data" for row in _data(part)]


def test_a_phone_gets_the_same_data_in_no_more_than_its_width(pictures: list[Picture]) -> None:
    assert [picture.name for picture in pictures] == [
        "survival", "loss", "network", "mitigations", "by-rule", "by-week", "by-value",
    ]  # fmt: skip
    for picture in pictures:
        narrow = for_phone(picture)
        assert _data(narrow.spec) == _data(picture.spec), picture.name
        assert "hconcat" not in narrow.spec
        width = re.search(r'<svg[^>]* width="([\d.]+)"', phone_svg(picture))
        assert width is not None
        assert SCREEN / 2 < float(width[1]) <= SCREEN + 8, picture.name


def test_views_that_stood_side_by_side_each_name_their_bars(pictures: list[Picture]) -> None:
    (mitigations,) = (for_phone(one) for one in pictures if one.name == "mitigations")
    drawn = phone_svg(mitigations)
    assert len(mitigations.spec["vconcat"]) == 3
    assert drawn.count(">a maker in Taiwan<") == 3
