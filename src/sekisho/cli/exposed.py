"""How an exposure is told on a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sekisho.cli import show

if TYPE_CHECKING:  # slow to import
    from sekisho.exposure.result import ArcClosed, Band, Exposure, MitigationSet, Supply

_NOTHING = 1e-6
"""Money below which nothing is lost: rounding of the solver."""
_SOME = 12
"""Arcs named for one reason; the table has them all."""


def tell(found: Exposure, top: int, written: Sequence[Path]) -> None:
    """Prints an exposure: the headline, what closes, who lasts how long, what helps, what was assumed."""
    show.say(_headline(found))
    show.section("Closed", [*map(_arc_line, found.arcs_closed), *_site_lines(found)])
    show.section("Not covered by the law on record", _not_covered_lines(found))
    if found.sites:
        show.heading(f"Weeks before the first loss, and the {found.value_basis} lost")
        show.table(_site_table(found), frozenset(range(1, 6)))
    show.section("Why", [f"{name} {text}" for name, text in found.explanation.items()])
    if found.mitigations:
        show.heading("Mitigations, by net benefit")
        show.table(_mitigation_table(found), frozenset(range(1, 7)))
        show.section(
            "Of these", [f"{one.mitigation_id}: {one.note}" for one in found.mitigations if one.note]
        )
        show.section("Best sets", map(_set_line, found.mitigation_sets))
    if found.supplies:
        show.heading("Supply of what the affected sites need, the most concentrated first")
        show.table(_supply_table(found.supplies[: top or None]), frozenset({2, 3}))
    worst = [one for one in found.scenarios[:top] if one.lost_margin > 0 or one.time_to_survive is not None]
    if found.scenarios and top:
        show.heading("Weak points: each arc and site closed alone, in one bucket of time")
        show.table(_scenario_table(worst), frozenset(range(1, 5)))
    show.section("Assumed", found.assumptions)
    show.section("Read by", _read_by(found))
    for path in written:
        show.say(f"written to {path}")


def _headline(found: Exposure) -> str:
    if not found.arcs_closed and not found.sites_closed and not found.arcs_not_covered:
        return "Nothing of this network is closed."
    low, high = found.lost_margin.low, found.lost_margin.high
    if high is None or high < _NOTHING:
        return f"{_closed(found)}; nothing need be lost within {_horizon(found)}."
    return f"{_closed(found)}; {_lasting(found, found.survival_weeks)}; {_lost(found, low, high)}."


def _lasting(found: Exposure, lasts: Band) -> str:
    if lasts.low is None:
        return f"all sites last {_horizon(found)}"
    weeks = f"{_number(lasts.low, 0)} weeks or longer" if lasts.high is None else f"{_band(lasts)} weeks"
    return f"all sites can last {weeks}"


def _lost(found: Exposure, low: float | None, high: float | None) -> str:
    if high is None or high < _NOTHING:
        return "nothing need be lost"
    lost = _money(found, low) if low == high else f"{_money(found, low)} to {_money(found, high)}"
    return f"{lost} {'units are' if found.value_basis == 'units' else f'of {found.value_basis} is'} lost"


def _not_covered_lines(found: Exposure) -> Iterator[str]:
    """What is not known of which arcs, and the answer with them open and with them closed."""
    arcs: dict[str, list[str]] = {}
    for arc in found.arcs_not_covered:
        arcs.setdefault(arc.missing, []).append(arc.arc_id)
    for missing, names in arcs.items():
        shown = ", ".join(names[:_SOME]) + (f" and {len(names) - _SOME} more" if len(names) > _SOME else "")
        yield f"{shown}: {missing}."
    for bound in found.bounds:
        told = _lasting(found, bound.survival_weeks)
        lost = _lost(found, bound.lost_margin.low, bound.lost_margin.high)
        yield f"With {'them' if len(found.arcs_not_covered) > 1 else 'it'} {bound.counted}: {told}; {lost}."


def _horizon(found: Exposure) -> str:
    period = "week" if found.period_days > 1 else "day"
    return f"{found.periods} {period}{'s' if found.periods > 1 else ''}"


def _closed(found: Exposure) -> str:
    parts = [(len(found.arcs_closed), "arc"), (len(found.sites_closed), "site")]
    count = sum(number for number, _ in parts)
    told = " and ".join(f"{number} {what}{'s' if number > 1 else ''}" for number, what in parts if number)
    closed = f"{told or 'no arc'} {'are' if count > 1 else 'is'} closed"
    unknown = len(found.arcs_not_covered)
    if not unknown:
        return closed
    return f"{closed}, {unknown} {'are' if unknown > 1 else 'is'} not covered by the law on record"


def _money(found: Exposure, amount: float | None) -> str:
    return f"{amount or 0:,.0f} {found.currency}".strip()


def _number(number: float | None, digits: int = 1) -> str:
    return "not reached" if number is None else f"{number:,.{digits}f}"


def _band(band: Band, digits: int = 0) -> str:
    """The ends of a band, or one value where they are the same."""
    low, high = _number(band.low, digits), _number(band.high, digits)
    return low if low == high else f"{low} to {high}"


def _arc_line(arc: ArcClosed) -> str:
    days = [str(one) if one is not None else "not in the horizon" for one in arc.opens_on]
    opens = days[1] if len(set(days)) == 1 else f"{days[1]} ({days[0]} to {days[2]})"
    told = f"{arc.arc_id} ({arc.item_id}) from {arc.closed_on}: {arc.why}"
    if arc.review_days is not None:
        applied = f" Applied for {arc.applied_on}, review {_band(arc.review_days)} days, open {opens}"
        return f"{told}{applied}, recovery {_band(arc.recovery_weeks, 1)} weeks."
    questions = f" Open: {'; '.join(arc.questions)}" if arc.questions else ""
    return f"{told}. Open: {opens}.{questions}" if arc.cause == "disruption" else f"{told}{questions}"


def _site_lines(found: Exposure) -> Iterator[str]:
    for site in found.sites_closed:
        until = site.opens_on or "the end of the horizon"
        yield f"{site.site_id} from {site.closed_on} until {until} ({site.stops})"


def _site_table(found: Exposure) -> list[tuple[str, ...]]:
    head = (
        "site",
        "simulated" if found.simulated else "best response",
        "simulated",
        "one bucket",
        "lost units",
        "lost",
        "",
    )
    rows = [
        (
            site.site_id, _band(site.survival_weeks), _number(site.survival_simulated, 0),
            "-" if found.simulated else _number(site.time_to_survive, 2),
            _band(site.lost_units, 1), _band(site.lost_margin), site.name,
        )
        for site in found.sites
    ]  # fmt: skip
    total = (
        "all", _band(found.survival_weeks), _number(found.survival_simulated, 0),
        _number(found.time_to_survive, 2), "", _band(found.lost_margin), "",
    )  # fmt: skip
    return [head, *rows, total]


def _mitigation_table(found: Exposure) -> list[tuple[str, ...]]:
    head = ("mitigation", "cost", "loss left", "loss avoided", "net benefit", "rank by loss", "weeks", "")
    rows = [
        (
            one.mitigation_id, f"{one.cost:,.0f}", f"{one.lost_margin:,.0f}", f"{one.loss_avoided:,.0f}",
            f"{one.net_benefit:,.0f}", str(one.rank_by_loss), _number(one.survival_weeks, 0), one.description,
        )
        for one in found.mitigations
    ]  # fmt: skip
    return [head, *rows]


def _set_line(found: MitigationSet) -> str:
    names = " and ".join(found.mitigation_ids) or "none"
    aim = {"keep_running": "cheapest that loses nothing", "net_benefit": "least cost and loss together"}
    if not found.found:
        losing = ", ".join(found.still_losing)
        left = f"all together leave a loss of {found.lost_margin:,.0f} at {losing}"
        return f"{aim[found.aim]}: there is none; {left}"
    price = f"cost {found.cost:,.0f}, loss {found.lost_margin:,.0f}"
    return f"{aim[found.aim]}: {names} ({price}; {found.method})"


def _supply_table(supplies: Sequence[Supply]) -> list[tuple[str, ...]]:
    head = ("site", "item", "HHI", "weeks held", "countries")
    rows = [
        (
            one.site_id, one.item_id, f"{one.concentration:.2f}", _number(one.cover_weeks),
            ", ".join(f"{country or 'unknown'} {share:.0%}" for country, share in one.countries.items()),
        )
        for one in supplies
    ]  # fmt: skip
    return [head, *rows]


def _scenario_table(scenarios: Sequence[Any]) -> list[tuple[str, ...]]:
    head = ("closed", "survives", "recovers", "lost", "index", "")
    rows = [
        (
            f"{one.kind} {one.id}", _number(one.time_to_survive, 2), f"{one.time_to_recover:.1f}",
            f"{one.lost_margin:,.0f}", f"{one.risk_exposure_index:.3f}",
            "hidden: a small spend" if one.hidden else one.name,
        )
        for one in scenarios
    ]  # fmt: skip
    return [head, *rows]


def _read_by(found: Exposure) -> Iterator[str]:
    event = f", event {found.event}" if found.event else ""
    scenario = f" with the scenario {found.scenario}" if found.scenario else ""
    yield f"{show.known(found.known_on)}{event}"
    seed = f", {found.draws} draws with seed {found.seed}" if found.draws else ""
    yield f"network {found.network}, register {found.register}{scenario}{seed}"
