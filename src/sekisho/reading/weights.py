"""Weights that were learned from annotated articles, and what they make of features.

A model is a list of features, each with a weight: the sum of the weights of the features that
are there, and of the bias, is the logarithm of the odds. The lists are plain files beside the
code, ``sekisho/reading/weights/*.csv``, one feature a line, which a person can read and a
difference can show. Nothing is learned while texts are read.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from sekisho.errors import Fault, InputInvalid

BIAS = "bias"
_HEADER = ["feature", "weight"]
_EXPECTED = "a feature and its weight, as in type=talks_held,0.31"
_CERTAIN = 30.0
"""Odds beyond which nothing more is to be told; it keeps the exponential in range."""


@dataclass(frozen=True, slots=True)
class Weights:
    """A linear model of yes or no.

    Attributes:
        bias: What is added whatever the features.
        of: The weight of each feature; one that is not there weighs nothing.
    """

    bias: float
    of: Mapping[str, float]

    def score(self, features: Iterable[str]) -> float:
        """The logarithm of the odds; the order of the features and how often each comes changes nothing."""
        return math.fsum((self.bias, self.part(features)))

    def part(self, features: Iterable[str]) -> float:
        """What some features add to the logarithm of the odds."""
        of = self.of
        return math.fsum([of[each] for each in {*features} if each in of])

    def chance(self, features: Iterable[str]) -> float:
        """The chance that it is so, between 0 and 1."""
        return chance_of(self.score(features))


def chance_of(score: float) -> float:
    """The chance that goes with a logarithm of odds.

    >>> chance_of(0.0), round(chance_of(2.0), 2), round(chance_of(-1e9), 2)
    (0.5, 0.88, 0.0)
    """
    return 1 / (1 + math.exp(-max(-_CERTAIN, min(_CERTAIN, score))))


@cache
def weights(name: str) -> Weights:
    """The weights of a model that this package ships."""
    file = f"{name}.csv"
    text = files("sekisho.reading").joinpath("weights", file).read_text(encoding="utf-8")
    return parse_weights(text, file)


def parse_weights(text: str, file: str) -> Weights:
    """Weights from the text of a file.

    Raises:
        InputInvalid: With every fault of the file: another header, a row that is not a feature and a
            number, a feature told twice, no bias.
    """
    rows = csv.reader(text.splitlines())
    header = next(rows, [])
    if header != _HEADER:
        problem = f"the header is {','.join(header)!r}"
        raise InputInvalid([Fault(file, 1, "", problem, f"{','.join(_HEADER)!r}")])
    of: dict[str, float] = {}
    faults = [fault for row in rows if (fault := _taken(of, row, file, rows.line_num)) is not None]
    if not faults and BIAS not in of:
        faults = [Fault(file, 0, "feature", f"there is no row {BIAS!r}", "one row with that feature")]
    if faults:
        raise InputInvalid(faults)
    bias = of.pop(BIAS)
    return Weights(bias, of)


def _taken(of: dict[str, float], row: list[str], file: str, line: int) -> Fault | None:
    """Takes a row into the weights; what is wrong with it, if something is."""
    if len(row) != len(_HEADER) or not row[0]:
        return Fault(file, line, "", f"the row is {','.join(row)!r}", _EXPECTED)
    feature, told = row
    if feature in of:
        return Fault(file, line, "feature", f"{feature!r} stands twice", "each feature once")
    weight = _number(told)
    if weight is None:
        return Fault(file, line, "weight", f"{told!r} is no finite number", _EXPECTED)
    of[feature] = weight
    return None


def _number(told: str) -> float | None:
    try:
        weight = float(told)
    except ValueError:
        return None
    return weight if math.isfinite(weight) else None


def lines_of(found: Weights) -> Iterator[str]:
    """The lines of the file of some weights, features in the order of their letters.

    >>> list(lines_of(Weights(-1.5, {"b": 0.25, "a": 2.0})))
    ['feature,weight', 'bias,-1.5', 'a,2.0', 'b,0.25']
    """
    yield ",".join(_HEADER)
    for feature, weight in ((BIAS, found.bias), *sorted(found.of.items())):
        told = f'"{feature.replace(chr(34), chr(34) * 2)}"' if {*feature} & {*',"'} else feature
        yield f"{told},{weight!r}"
