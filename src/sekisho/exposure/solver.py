"""Linear models as arrays, solved by HiGHS."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from sekisho.errors import DependencyMissing, ModelRefused
from sekisho.exposure.plan import Floats, Ints

if TYPE_CHECKING:
    import highspy

METHODS = ("simplex", "ipm")
"""Dual simplex, or interior point with a crossover to a vertex."""
LARGE = 20_000
"""Columns from which a model is first solved by interior point, which is faster from nothing."""
TOLERANCE = 1e-10
"""Of feasibility and optimality: the tightest that HiGHS takes."""


@dataclass(slots=True)
class Rows:
    """Rows of a model as they are gathered: entries by row and column, and bounds."""

    count: int = 0
    parts: list[tuple[Ints, Ints, Floats]] = field(default_factory=list)
    lower: list[Floats] = field(default_factory=list)
    upper: list[Floats] = field(default_factory=list)

    def block(self, lower: Floats, upper: Floats) -> int:
        """Room for as many rows as there are bounds; gives the first."""
        first = self.count
        self.count += len(lower)
        self.lower.append(lower)
        self.upper.append(upper)
        return first

    def add(self, rows: Any, columns: Any, values: Any) -> None:
        """Entries; the three are broadcast against each other."""
        at, column, value = np.broadcast_arrays(rows, columns, values)
        self.parts.append((at.ravel(), column.ravel(), value.astype(np.float64).ravel()))


@dataclass(frozen=True, slots=True)
class Model:
    """Least cost over columns within bounds, by rows within bounds.

    Attributes:
        whole: Columns that take whole numbers only.
    """

    cost: Floats
    lower: Floats
    upper: Floats
    rows: Rows
    whole: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Solution:
    """The optimum: its cost, the columns, and what a unit of each row's bound is worth."""

    cost: float
    columns: Floats
    duals: Floats


class Solver:
    """A model loaded into HiGHS, which starts again from the last basis after a change.

    Args:
        model: The model.
        method: ``simplex``, ``ipm``, or ``choose``: by size at first, then simplex from the
            last basis.

    Raises:
        DependencyMissing: If HiGHS is not installed.
    """

    def __init__(self, model: Model, method: str = "choose") -> None:
        self.highs = _highs()
        self.count = len(model.cost)
        self.chooses = method == "choose" and not model.whole
        if method == "choose":
            method = "ipm" if self.count >= LARGE else "simplex"
        for name, value in _options(method, whole=bool(model.whole)):
            self.highs.setOptionValue(name, value)
        self.highs.passModel(_loaded(model))

    def bound(self, columns: Sequence[int] | Ints, lower: Floats, upper: Floats) -> None:
        """Other bounds of some columns."""
        self.highs.changeColsBounds(len(columns), np.asarray(columns, dtype=np.int32), lower, upper)

    def cost(self, cost: Floats) -> None:
        """Another cost of every column."""
        self.highs.changeColsCost(self.count, np.arange(self.count, dtype=np.int32), cost)

    def row(self, columns: Ints, values: Floats, lower: float, upper: float) -> None:
        """A further row."""
        self.highs.addRow(lower, upper, len(columns), columns.astype(np.int32), values)

    def solve(self, what: str) -> Solution | None:
        """The optimum; ``None`` if no columns meet every row.

        Args:
            what: What the model answers, for the words of an error.

        Raises:
            ModelRefused: If HiGHS ends in any other way.
        """
        import highspy  # noqa: PLC0415  asked for before

        self.highs.run()
        if self.chooses:
            self.highs.setOptionValue("solver", "simplex")
        status = self.highs.getModelStatus()
        if status in {highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible}:
            return None
        if status != highspy.HighsModelStatus.kOptimal:
            raise ModelRefused(what, self.highs.modelStatusToString(status).lower())
        found = self.highs.getSolution()
        cost = float(self.highs.getInfo().objective_function_value)
        return Solution(cost, np.asarray(found.col_value), np.asarray(found.row_dual))


def _highs() -> highspy.Highs:
    try:
        import highspy  # noqa: PLC0415  an extra; nothing else needs it
    except ImportError as error:
        raise DependencyMissing(
            "highspy", "exposure", "the models of exposure are solved by HiGHS"
        ) from error
    made: highspy.Highs = highspy.Highs()  # type: ignore[no-untyped-call]  # it states no types here
    return made


def _options(method: str, *, whole: bool) -> list[tuple[str, Any]]:
    options: list[tuple[str, Any]] = [
        ("output_flag", False),
        ("threads", 1),  # the same steps on every machine
        ("random_seed", 0),
        ("primal_feasibility_tolerance", TOLERANCE),
        ("dual_feasibility_tolerance", TOLERANCE),
    ]
    if whole:
        return [*options, ("mip_rel_gap", 0.0), ("mip_abs_gap", 0.0), ("mip_feasibility_tolerance", 1e-9)]
    return [*options, ("solver", method), ("ipm_optimality_tolerance", 1e-10)]


def _loaded(model: Model) -> highspy.HighsLp:
    """The model in HiGHS' own form, row by row."""
    import highspy  # noqa: PLC0415  see above

    rows = model.rows
    at, column, value = (
        (np.concatenate(part) for part in zip(*rows.parts, strict=True)) if rows.parts else _NONE
    )
    order = np.lexsort((column, at))
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(model.cost), rows.count
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = model.cost, model.lower, model.upper
    lp.row_lower_ = np.concatenate(rows.lower) if rows.lower else np.zeros(0)
    lp.row_upper_ = np.concatenate(rows.upper) if rows.upper else np.zeros(0)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.concatenate(([0], np.cumsum(np.bincount(at, minlength=rows.count)))).astype(
        np.int32
    )
    lp.a_matrix_.index_ = column[order].astype(np.int32)
    lp.a_matrix_.value_ = value[order]
    if model.whole:
        kinds = [highspy.HighsVarType.kContinuous] * len(model.cost)
        for whole in model.whole:
            kinds[whole] = highspy.HighsVarType.kInteger
        lp.integrality_ = kinds
    return lp


_NONE: tuple[Any, Any, Any] = (np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
