"""What a case comes to, and what many cases come to together: bands, never one number."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sekisho.exposure.cases import Case, Choice, Setting, make_case
from sekisho.exposure.network import DAYS, Range
from sekisho.exposure.plan import Floats, make_plan
from sekisho.exposure.result import Band
from sekisho.exposure.simulate import simulate
from sekisho.exposure.weekly import Layout, Response, full_periods, lasts, respond

QUANTILES = (0.05, 0.5, 0.95)
"""The ends and the middle of a band of draws."""


LARGEST = 250_000
"""Columns up to which the best response is solved; it takes some tens of seconds."""


def columns(setting: Setting) -> int:
    """How many columns the best response of a setting has."""
    everything = (one.mitigation_id for one in setting.network.mitigations)
    return Layout(make_plan(setting.network, setting.clock, everything)).count


def answer(setting: Setting, case: Case, method: str = "choose") -> tuple[Response, int | None]:
    """The response to a case, and the full periods that all can last.

    Where the best response would be too large, the forward simulation stands in its place:
    it loses no less.
    """
    if not setting.simulated:
        response = respond(case.plan, case.bounds, method)
        return response, lasts(case.plan, case.bounds, method) if response.lost.any() else None
    course = simulate(case.plan, case.bounds, case.open)
    made, moved, lost, stock, held = course.made, course.moved, course.lost, course.stock, course.need_stock
    response = Response(course.lost_margin, made, moved, lost, stock, held)
    return response, full_periods(lost)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One case under the best response.

    Attributes:
        lasts: Full weeks before the first loss anywhere; infinite if none is reached.
        survival: (n) the same for each site in the response of least loss.
        lost_by_period: (W, n) units.
    """

    case: Case
    response: Response
    lasts: float
    survival: Floats


def outcome(setting: Setting, choice: Choice, method: str = "choose") -> Outcome:
    """The best response to a case, and how long all could last."""
    case = make_case(setting, choice)
    response, longest = answer(setting, case, method)
    week = setting.clock.days / DAYS
    periods = (full_periods(response.lost[:, at]) for at in range(response.lost.shape[1]))
    survival = np.array([np.inf if n is None else n * week for n in periods], dtype=np.float64)
    return Outcome(case, response, np.inf if longest is None else longest * week, survival)


def corners(
    setting: Setting, advance: Callable[[int], None] = lambda _: None, *, not_covered_open: bool = False
) -> tuple[Outcome, ...]:
    """The best, the typical and the worst case: all review times and demands at one end.

    Loss never falls when a review or a demand grows, so that these are the exact bounds.
    """
    ends = [
        Choice(review=end, demand=end, not_covered_open=not_covered_open)
        for end in ("low", "typical", "high")
    ]
    certain = all(row.quantity.is_known for row in setting.network.demand) and all(
        verdict.review is None or verdict.review.is_known for verdict in setting.verdicts if verdict.closed
    )
    found = []
    for end in ends[1:2] if certain else ends:
        found.append(outcome(setting, end))
        advance(1)
    return tuple(found * 3) if certain else tuple(found)


def draws(
    setting: Setting,
    count: int,
    seed: int,
    advance: Callable[[int], None] = lambda _: None,
    *,
    not_covered_open: bool = False,
) -> tuple[Outcome, ...]:
    """Outcomes of seeded draws of review times and demands, each range on its own.

    Args:
        setting: The network and what is closed.
        count: How many.
        seed: The same seed gives the same draws on every machine.
        advance: Called with 1 after each.
        not_covered_open: Whether arcs that are not covered count as open; the draws are the same.
    """
    random = np.random.default_rng(seed)
    found = []
    for choice in _choices(setting, count, random):
        found.append(outcome(setting, replace(choice, not_covered_open=not_covered_open)))
        advance(1)
    return tuple(found)


def _choices(setting: Setting, count: int, random: np.random.Generator) -> Iterator[Choice]:
    closed = [verdict for verdict in setting.verdicts if verdict.closed and verdict.review is not None]
    for _ in range(count):
        reviews = {
            verdict.arc.arc_id: _draw(verdict.review, random)
            for verdict in closed
            if verdict.review is not None
        }
        demands = [_draw(row.quantity, random) for row in setting.network.demand]
        yield Choice(review_days=reviews, demands=demands)


def _draw(number: Range, random: np.random.Generator) -> float:
    if number.is_known:
        return number.typical
    if number.uniform:
        return float(random.uniform(number.low, number.high))
    return float(random.triangular(number.low, number.typical, number.high))


def band(values: Sequence[float] | Floats, *, drawn: bool) -> Band:
    """The band of values of the best, typical and worst case, or of draws."""
    return bands(np.asarray(values, dtype=np.float64)[:, None], drawn=drawn)[0]


def either(opened: Band, closed: Band) -> Band:
    """The band over both ways to count what is not covered; its typical case counts it closed."""
    lows = [one.low for one in (opened, closed) if one.low is not None]
    highs = [one.high for one in (opened, closed) if one.high is not None]
    return Band(min(lows, default=None), closed.typical, max(highs) if len(highs) > 1 else None)


def bands(table: Floats, *, drawn: bool) -> tuple[Band, ...]:
    """The band of each column of a table with a row for each case.

    Infinite values are not reached. Of draws the 5, 50 and 95 per cent points are taken
    among the values themselves, so that what is not reached is never mixed with a number.
    """
    if drawn:
        ends = np.quantile(table, QUANTILES, axis=0, method="inverted_cdf")
    else:
        ends = np.stack([table.min(axis=0), table[1], table.max(axis=0)])
    rows = np.where(np.isfinite(ends), ends, np.nan).T.tolist()
    return tuple(Band(*(None if end != end else end for end in row)) for row in rows)  # noqa: PLR0124  not a number
