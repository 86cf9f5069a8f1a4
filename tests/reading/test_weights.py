"""Weights of a learned model: how they are read, what is wrong with a file, what they make of features."""

from __future__ import annotations

import math
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sekisho.errors import InputInvalid
from sekisho.reading.weights import Weights, chance_of, lines_of, parse_weights

NAMES = st.text(string.ascii_letters + string.digits + '=,"_ -', min_size=1, max_size=12).filter(
    "bias".__ne__
)
NUMBERS = st.floats(-5, 5).map(lambda number: round(number, 3))
MODELS = st.builds(Weights, NUMBERS, st.dictionaries(NAMES, NUMBERS, max_size=8))


@given(MODELS)
def test_what_is_written_is_read_again(model: Weights) -> None:
    text = "\n".join(lines_of(model))
    assert parse_weights(text, "a.csv") == model


@given(MODELS, st.lists(NAMES, max_size=6), st.data())
def test_order_and_number_of_features_change_nothing(
    model: Weights, unknown: list[str], data: st.DataObject
) -> None:
    features = [*model.of, *unknown]
    again = data.draw(st.permutations(features * 2))
    assert model.score(features) == model.score(again)
    assert model.score(features) == pytest.approx(model.bias + sum(model.of.values()))


@given(MODELS, NAMES)
def test_a_feature_moves_the_chance_as_its_weight_does(model: Weights, name: str) -> None:
    others = [feature for feature in model.of if feature != name]
    moved = model.score([*others, name]) - model.score(others)
    assert moved == pytest.approx(model.of.get(name, 0.0))
    assert (model.chance([*others, name]) >= model.chance(others)) or moved < 0


@given(st.floats(allow_nan=False))
def test_a_chance_is_between_none_and_one(score: float) -> None:
    assert 0 < chance_of(score) < 1
    assert math.isclose(chance_of(score) + chance_of(-score), 1)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", ["m.csv:1: the header is ''; expected 'feature,weight'"]),
        ("name,weight\nbias,1", ["m.csv:1: the header is 'name,weight'; expected 'feature,weight'"]),
        (
            "feature,weight\na,1",
            ["m.csv: feature: there is no row 'bias'; expected one row with that feature"],
        ),
        (
            "feature,weight\nbias,1\na\na,many\na,nan\nb,2\nb,3\n,4",
            [
                "m.csv:3: the row is 'a'; expected a feature and its weight, as in type=talks_held,0.31",
                "m.csv:4: weight: 'many' is no finite number; expected a feature and its weight, as in type=talks_held,0.31",  # noqa: E501
                "m.csv:5: weight: 'nan' is no finite number; expected a feature and its weight, as in type=talks_held,0.31",  # noqa: E501
                "m.csv:7: feature: 'b' stands twice; expected each feature once",
                "m.csv:8: the row is ',4'; expected a feature and its weight, as in type=talks_held,0.31",
            ],
        ),
    ],
)
def test_every_fault_of_a_file_is_told(text: str, told: list[str]) -> None:
    with pytest.raises(InputInvalid) as error:
        parse_weights(text, "m.csv")
    assert [str(fault) for fault in error.value.faults] == told
