"""``sekisho exposure``: what a change of the law does to a supply network."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

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
from sekisho.cli.progress import Steps
from sekisho.errors import Fault, InputInvalid, OutputRefused

if TYPE_CHECKING:  # slow to import
    from sekisho.exposure.network import Network
    from sekisho.exposure.result import Exposure

_DEFAULT = "run"


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
        tell(found, top, [path for path in (output, picture) if path is not None])


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
