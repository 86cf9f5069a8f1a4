"""``sekisho exposure``: what a change of the law does to a supply network."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from sekisho.cli import show
from sekisho.cli.options import (
    AsJson,
    KnownOn,
    Picture,
    RatesFile,
    RegisterPath,
    Scenario,
    day,
    opened,
    rates_of,
)
from sekisho.cli.progress import Steps
from sekisho.errors import Fault, InputInvalid, OutputRefused

if TYPE_CHECKING:  # slow to import
    from sekisho.exposure.network import Network
    from sekisho.exposure.result import ArcClosed, Band, Exposure, MitigationSet, Supply

_DEFAULT = "run"
_NOTHING = 1e-6
"""Money below which nothing is lost: rounding of the solver."""


class DefaultCommand(TyperGroup):
    """A group of which one command needs no name: ``sekisho exposure NETWORK``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Puts the name of the command before arguments that name none."""
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = [_DEFAULT, *args]
        return super().parse_args(ctx, args)


def run(  # noqa: PLR0913  one option for each thing that may be asked
    *,
    network: Annotated[Path, typer.Argument(metavar="NETWORK", help="A folder of tables.")],
    orders: Annotated[
        Path | None,
        typer.Argument(metavar="ORDERS", help="Order lines: facts of arcs, and goods afloat."),
    ] = None,
    event: Annotated[
        str | None, typer.Option(metavar="ID", help="An event of the register, or of the scenario.")
    ] = None,
    scenario: Scenario = None,
    close: Annotated[
        list[str] | None,
        typer.Option(metavar="ID", help="Close an arc or a site for another reason; may be repeated."),
    ] = None,
    close_days: Annotated[
        float | None, typer.Option("--for", metavar="DAYS", help="How long; else their recovery_days.")
    ] = None,
    stops: Annotated[
        str, typer.Option(metavar="WHAT", help="What stops at a closed site: all, making or shipping.")
    ] = "all",
    on: Annotated[
        dt.date | None,
        typer.Option("--on", parser=day, metavar="DAY", help="The day of the closing; else the first."),
    ] = None,
    known_on: KnownOn = None,
    by: Annotated[str, typer.Option(metavar="PERIOD", help="week or day.")] = "week",
    weeks: Annotated[
        int | None, typer.Option(min=1, max=520, metavar="N", help="The horizon; else the network's.")
    ] = None,
    draws: Annotated[
        int, typer.Option(min=0, metavar="N", help="Bands from N draws of the ranges; else best and worst.")
    ] = 0,
    seed: Annotated[int, typer.Option(metavar="N", help="Of the draws.")] = 0,
    top: Annotated[
        int, typer.Option(min=0, metavar="N", help="How many weak points to print; 0 looks for none.")
    ] = 10,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FOLDER", help="Write every table as CSV.")
    ] = None,
    picture: Picture = None,
    rates: RatesFile = None,
    register: RegisterPath = None,
    as_json: AsJson = False,
) -> None:
    """Tells how long each site lasts, what is lost, and what helps.

    NETWORK is a folder of tables; `sekisho exposure init FOLDER` writes one that runs. The
    name of this command may be left out. Arcs that cross a border are decided like order
    lines, by the law before and after the change; one that cannot be determined is closed.
    """
    from sekisho.exposure.closings import Stop  # noqa: PLC0415  slow to import
    from sekisho.exposure.expose import Asked, expose, first_day  # noqa: PLC0415  the same
    from sekisho.exposure.load import read_network  # noqa: PLC0415  the same
    from sekisho.exposure.orders import read_orders  # noqa: PLC0415  the same

    _check_words(stops, by, [stop.value for stop in Stop])
    _check_places(output, picture, orders)
    base = opened(register, None)
    asked = Asked(
        event=event, scenario=opened(register, scenario) if scenario is not None else None,
        close=tuple(close or ()), close_days=close_days, stop=Stop(stops), on=on, known_on=known_on,
        by=by, weeks=weeks, draws=draws, seed=seed, rank=top > 0,
    )  # fmt: skip
    read = read_network(network, base)
    lines = None
    if orders is not None:
        lines = read_orders(orders, read, base, first_day(read, base, asked))
    with Steps() as steps:
        found = expose(read, base, asked, orders=lines, rates=rates_of(rates), advance=steps.advance)
    if output is not None:
        write_tables(found, output)
    _draw(picture, found, read)
    if as_json:
        show.as_json(found)
    else:
        _print(found, top, [path for path in (output, picture) if path is not None])


def _check_places(output: Path | None, picture: Path | None, orders: Path | None) -> None:
    """Refuses places that cannot be written, or that hold an input, before any work is done."""
    if picture is not None:
        from sekisho.pictures import require_format  # noqa: PLC0415  only for a picture

        require_format(picture)
        if not picture.absolute().parent.is_dir():
            raise OutputRefused(str(picture), "there is no such folder", "make it first")
    if output is not None and output.is_dir():
        held = next((path for path in sorted(output.iterdir()) if _is_input(path, orders)), None)
        if held is not None:
            problem = f"{held.name} there is an input, and tables of the same name would go over it"
            raise OutputRefused(str(output), problem, "name another folder")


def _is_input(path: Path, orders: Path | None) -> bool:
    """Whether a file of the folder of results belongs to a network, or is the order file."""
    return path.stem in {"arcs", "demand"} or (
        orders is not None and orders.exists() and path.samefile(orders)
    )


def _draw(picture: Path | None, found: Exposure, network: Network) -> None:
    if picture is not None:
        from sekisho.pictures.exposure import draw  # noqa: PLC0415  only for a picture

        draw(picture, found, network)


def _check_words(stops: str, by: str, kinds: Sequence[str]) -> None:
    """Refuses words of options that are not allowed, all at once."""
    faults = [
        Fault(option, 0, "", f"{word!r} is not allowed here", ", ".join(allowed))
        for option, word, allowed in (("--stops", stops, kinds), ("--by", by, ("week", "day")))
        if word not in allowed
    ]
    if faults:
        raise InputInvalid(faults)


def init(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A new folder.")],
    *,
    headers: Annotated[bool, typer.Option("--headers", help="Headers only, without the example.")] = False,
    as_json: AsJson = False,
) -> None:
    """Writes a small network that runs, for you to replace."""
    from sekisho.exposure.template_files import write_template  # noqa: PLC0415  slow to import

    made = write_template(folder, headers_only=headers)
    if as_json:
        show.as_json({"written": [str(path) for path in made]})
        return
    show.say(f"{len(made)} files written to {folder}:")
    for path in made:
        show.say(path.name, indent=2)
    if not headers:
        show.say("Try:")
        show.say(f"sekisho exposure {folder} --event jp-three-materials-individual", indent=2, hang=2)


def write_tables(found: Exposure, folder: Path) -> None:
    """Writes every table of a result as a CSV file of a folder."""
    from sekisho.determine.output import Writer  # noqa: PLC0415  slow to import
    from sekisho.exposure.tables import as_tables  # noqa: PLC0415  the same

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputRefused(str(folder), error.strerror or str(error), "name a folder") from None
    for name, table in as_tables(found).items():
        _write_table(Writer(folder / f"{name}.csv"), table)


def _write_table(writer: Any, table: Any) -> None:
    try:
        for batch in table.combine_chunks().to_batches(max_chunksize=None) or [_header(table)]:
            writer.write(batch)
        writer.close()
    except OSError as error:
        writer.discard()
        raise OutputRefused(str(writer.path), error.strerror or str(error), "name another folder") from None


def _header(table: Any) -> Any:
    import pyarrow as pa  # noqa: PLC0415  slow to import

    return pa.RecordBatch.from_arrays(
        [pa.array([], field.type) for field in table.schema], schema=table.schema
    )


def _print(found: Exposure, top: int, written: Sequence[Path]) -> None:
    show.say(_headline(found))
    show.section("Closed", [*map(_arc_line, found.arcs_closed), *_site_lines(found)])
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
    if not found.arcs_closed and not found.sites_closed:
        return "Nothing of this network is closed."
    low, high = found.lost_margin.low, found.lost_margin.high
    if high is None or high < _NOTHING:
        return f"{_closed(found)}; nothing need be lost within {_horizon(found)}."
    lost = _money(found, low) if low == high else f"{_money(found, low)} to {_money(found, high)}"
    lasts = found.survival_weeks
    weeks = f"{_number(lasts.low, 0)} weeks or longer" if lasts.high is None else f"{_band(lasts)} weeks"
    what = "units are" if found.value_basis == "units" else f"of {found.value_basis} is"
    return f"{_closed(found)}; all sites can last {weeks}; {lost} {what} lost."


def _horizon(found: Exposure) -> str:
    period = "week" if found.period_days > 1 else "day"
    return f"{found.periods} {period}{'s' if found.periods > 1 else ''}"


def _closed(found: Exposure) -> str:
    parts = [(len(found.arcs_closed), "arc"), (len(found.sites_closed), "site")]
    told = " and ".join(f"{count} {what}{'s' if count > 1 else ''}" for count, what in parts if count)
    return f"{told} {'is' if sum(count for count, _ in parts) == 1 else 'are'} closed"


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
