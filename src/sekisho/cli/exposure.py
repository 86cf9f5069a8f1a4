"""``sekisho exposure``: what a change of the law does to a supply network."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sekisho.cli import show
from sekisho.cli.exposed import tell
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
from sekisho.cli.progress import Bar, Steps
from sekisho.errors import Fault, InputInvalid, OutputRefused

if TYPE_CHECKING:  # slow to import
    from sekisho.determine.rates import Rates
    from sekisho.exposure.expose import Asked
    from sekisho.exposure.network import Network
    from sekisho.exposure.result import Exposure
    from sekisho.register.register import Register


_Network = Annotated[Path, typer.Argument(metavar="NETWORK", help="A folder of tables.")]
_Orders = Annotated[
    Path | None, typer.Argument(metavar="ORDERS", help="Order lines: facts of arcs, and goods afloat.")
]
_Event = Annotated[
    str | None, typer.Option(metavar="ID", help="An event of the register, or of the scenario.")
]
_Close = Annotated[
    list[str] | None,
    typer.Option(metavar="ID", help="Close an arc or a site for another reason; may be repeated."),
]
_CloseDays = Annotated[
    float | None, typer.Option("--for", metavar="DAYS", help="How long; else their recovery_days.")
]
_Stops = Annotated[
    str, typer.Option(metavar="WHAT", help="What stops at a closed site: all, making or shipping.")
]
_On = Annotated[
    dt.date | None,
    typer.Option("--on", parser=day, metavar="DAY", help="The day of the closing; else the first."),
]
_By = Annotated[str, typer.Option(metavar="PERIOD", help="week or day.")]
_Weeks = Annotated[
    int | None, typer.Option(min=1, max=520, metavar="N", help="The horizon; else the network's.")
]
_Draws = Annotated[
    int, typer.Option(min=0, metavar="N", help="Bands from N draws of the ranges; else best and worst.")
]
_Seed = Annotated[int, typer.Option(metavar="N", help="Of the draws.")]
_Top = Annotated[
    int, typer.Option(min=0, metavar="N", help="How many weak points to print; 0 looks for none.")
]
_Output = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="FOLDER", help="Write every table as CSV.")
]


def run(  # noqa: PLR0913  one option for each thing that may be asked
    *,
    network: _Network,
    orders: _Orders = None,
    event: _Event = None,
    scenario: Scenario = None,
    close: _Close = None,
    close_days: _CloseDays = None,
    stops: _Stops = "all",
    on: _On = None,
    known_on: KnownOn = None,
    by: _By = "week",
    weeks: _Weeks = None,
    draws: _Draws = 0,
    seed: _Seed = 0,
    top: _Top = 10,
    output: _Output = None,
    picture: Picture = None,
    rates: RatesFile = None,
    register: RegisterPath = None,
    as_json: AsJson = False,
) -> None:
    """Tells how long each site lasts, what is lost, and what helps.

    NETWORK is a folder of tables; `sekisho exposure init FOLDER` writes one that runs. The
    name of this command may be left out. Arcs that cross a border are decided like order
    lines, by the law before and after the change; one that cannot be determined is closed,
    and one whose law is not on record is told both ways.
    """
    _check_words(stops, by)
    _check_places(output, picture, orders)
    base = opened(register, None)
    laid_over = opened(register, scenario) if scenario is not None else None
    asked = _asked(
        event=event, scenario=laid_over, close=tuple(close or ()), close_days=close_days, stop=stops,
        on=on, known_on=known_on, by=by, weeks=weeks, draws=draws, seed=seed, rank=top > 0,
    )  # fmt: skip
    found, read = _found(network, orders, base, asked, rates_of(rates))
    if output is not None:
        write_tables(found, output)
    _draw(picture, found, read)
    if as_json:
        show.as_json(found)
    else:
        tell(found, top, [path for path in (output, picture) if path is not None])


def _asked(*, stop: str, **asked: Any) -> Asked:
    from sekisho.exposure.closings import Stop  # noqa: PLC0415  slow to import
    from sekisho.exposure.expose import Asked  # noqa: PLC0415  the same

    return Asked(stop=Stop(stop), **asked)


def _found(
    network: Path, orders: Path | None, base: Register, asked: Asked, rates: Rates | None
) -> tuple[Exposure, Network]:
    """Reads the network and the order lines, and works out what the change does."""
    from sekisho.exposure.expose import expose, first_day  # noqa: PLC0415  slow to import
    from sekisho.exposure.load import read_network  # noqa: PLC0415  the same
    from sekisho.exposure.orders import read_orders  # noqa: PLC0415  the same

    read = read_network(network, base)
    lines = None
    if orders is not None:
        start = first_day(read, base, asked)
        with Bar([orders] if orders.is_file() else []) as bar:
            lines = read_orders(orders, read, base, start, bar.advance)
    with Steps() as steps:
        return expose(read, base, asked, orders=lines, rates=rates, advance=steps.advance), read


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


def _check_words(stops: str, by: str) -> None:
    """Refuses words of options that are not allowed, all at once."""
    from sekisho.exposure.closings import Stop  # noqa: PLC0415  slow to import

    kinds = tuple(stop.value for stop in Stop)
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
