"""What a case comes to, and what many cases come to together: bands, never one number."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from sekisho.exposure.cases import Case, Choice, Setting, make_case
from sekisho.exposure.network import DAYS, Range
from sekisho.exposure.plan import Floats
from sekisho.exposure.result import Band
from sekisho.exposure.weekly import Response, full_periods, lasts, respond

QUANTILES = (0.05, 0.5, 0.95)
"""The ends and the middle of a band of draws."""


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
    response = respond(case.plan, case.bounds, method)
    week = setting.clock.days / DAYS
    longest = lasts(case.plan, case.bounds, method) if response.lost.any() else None
    periods = (full_periods(response.lost[:, at]) for at in range(response.lost.shape[1]))
    survival = np.array([np.inf if n is None else n * week for n in periods], dtype=np.float64)
    return Outcome(case, response, np.inf if longest is None else longest * week, survival)


def corners(setting: Setting, advance: Callable[[int], None] = lambda _: None) -> tuple[Outcome, ...]:
    """The best, the typical and the worst case: all review times and demands at one end.

    Loss never falls when a review or a demand grows, so that these are the exact bounds.
    """
    ends = [Choice(review=end, demand=end) for end in ("low", "typical", "high")]
    certain = all(row.quantity.is_known for row in setting.network.demand) and all(
        verdict.review is None or verdict.review.is_known for verdict in setting.verdicts if verdict.closed
    )
    found = []
    for end in ends[1:2] if certain else ends:
        found.append(outcome(setting, end))
        advance(1)
    return tuple(found * 3) if certain else tuple(found)


def draws(
    setting: Setting, count: int, seed: int, advance: Callable[[int], None] = lambda _: None
) -> tuple[Outcome, ...]:
    """Outcomes of seeded draws of review times and demands, each range on its own.

    Args:
        setting: The network and what is closed.
        count: How many.
        seed: The same seed gives the same draws on every machine.
        advance: Called with 1 after each.
    """
    random = np.random.default_rng(seed)
    found = []
    for choice in _choices(setting, count, random):
        found.append(outcome(setting, choice))
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
    """The band of values of the best, typical and worst case, or of draws.

    Infinite values are not reached. Of draws the 5, 50 and 95 per cent points are taken
    among the values themselves, so that what is not reached is never mixed with a number.
    """
    row = np.asarray(values, dtype=np.float64)
    if drawn:
        ends = np.quantile(row, QUANTILES, method="inverted_cdf")
    else:
        ends = np.array([row.min(), row[1], row.max()])
    return Band(*(float(end) if np.isfinite(end) else None for end in ends))
