"""The command line: read, call, show. The work is done by the library.

Exit codes: 0 done, 1 some lines of a file have faults or differ, 2 the input or an option
cannot be used, 3 the register has faults, 4 what was asked for is not on record, 5 the
output cannot be written, 130 stopped with Ctrl-C.
"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from sekisho import __version__
from sekisho.cli.ask import ask
from sekisho.cli.check import check
from sekisho.cli.explain import explain
from sekisho.cli.exposure import DefaultCommand
from sekisho.cli.exposure import init as exposure_init
from sekisho.cli.exposure import run as exposure_run
from sekisho.cli.failing import Commands
from sekisho.cli.impact import impact
from sekisho.cli.read import accept, list_proposals, read, reject, scenario, show_proposal
from sekisho.cli.record import coming, diff, status, timeline
from sekisho.cli.register import check as register_check
from sekisho.cli.register import list_records, show_record
from sekisho.cli.serve import mcp, serve
from sekisho.cli.verify import verify

_CODES = (
    "Exit codes: 0 done; 1 some lines of a file have faults or differ; 2 the input or an option"
    " cannot be used; 3 the register has faults; 4 not on record; 5 the output cannot be"
    " written; 130 stopped with Ctrl-C."
)


def _examples(*lines: str) -> str:
    """Examples for a help text; the mark keeps their lines apart."""
    return "Examples:\n\n\b\n" + "\n".join(f"  sekisho {line}" for line in lines)


_SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 80}
_COMMON: Any = {
    "no_args_is_help": True,
    "add_completion": False,
    "rich_markup_mode": None,
    "pretty_exceptions_enable": False,
    "context_settings": _SETTINGS,
}

app = typer.Typer(
    name="sekisho",
    cls=Commands,
    epilog=_examples(
        "check orders.csv -o decisions.csv",
        "ask --from JP --to KR --code '7(19)' --on 2019-07-10",
        "status gsomia --on 2019-09-01",
    )
    + "\n\n"
    + _CODES,
    **_COMMON,
)
app.command(
    epilog=_examples(
        "check orders.csv",
        "check orders.xlsx -o decisions.xlsx --rates rates.csv",
        "check orders.csv --known-on 2019-07-03 --json",
        "check orders.csv --scenario what_if.toml -o - | head",
    )
    + "\n\n"
    + _CODES,
)(check)
app.command(
    epilog=_examples(
        "verify decisions.csv orders.csv",
        "verify decisions/ orders/ --rates rates.csv --json",
    ),
)(verify)
app.command(
    epilog=_examples(
        "explain orders.csv --line SO-2019001/10",
        "explain orders.csv --line SO-2019001/10 --known-on 2019-07-03 --json",
    ),
)(explain)
app.command(
    epilog=_examples(
        "ask --from JP --to KR --code '7(19)' --on 2019-07-10",
        "ask --from JP --to KR --code '3(1)' --on 2019-07-10 --status approved \\\n"
        "    --fact controlled_substance=hydrogen_fluoride --fact substance_wt_pct=50",
    ),
)(ask)
app.command(
    epilog=_examples("status gsomia --on 2019-09-01", "status gsomia --on 2019-09-01 --known-on 2019-08-22"),
)(status)
app.command(
    epilog=_examples(
        "timeline --between JP KR --since 2019-07-01 --until 2019-12-31",
        "timeline --kind agreement --json",
    ),
)(timeline)
app.command(epilog=_examples("coming --on 2019-07-10", "coming --on 2019-07-10 --known-on 2019-08-30"))(
    coming
)
app.command(
    epilog=_examples("diff 2019-07-03 2019-07-04 --to KR", "diff 2023-07-22 2023-07-23 --from JP --json"),
)(diff)
app.command(
    epilog=_examples(
        "impact orders.csv --event jp-three-materials-individual --known-on 2019-07-01",
        "impact orders.csv --before 2019-08-27 --after 2019-08-28 -o flips.csv",
        "impact orders.csv --scenario what_if.toml --rates rates.csv --json",
    )
    + "\n\n"
    + _CODES,
)(impact)

app.command(
    epilog=_examples(
        "read article.txt notice.html",
        "read article.txt --published 2023-03-16 --json",
        "read articles/*.txt --events events.jsonl --desk proposals.sqlite",
    ),
)(read)

app.command(
    epilog=_examples("serve", "serve --port 8000 --desk proposals.sqlite", "serve --scenario overlay/"),
)(serve)
app.command(epilog=_examples("mcp", "mcp --scenario what_if.toml"))(mcp)

proposals_app = typer.Typer(help="Lists, shows, accepts and rejects what texts proposed.", **_COMMON)
proposals_app.command("list", epilog=_examples("proposals list --state open"))(list_proposals)
proposals_app.command("show", epilog=_examples("proposals show article-1"))(show_proposal)
proposals_app.command(
    epilog=_examples(
        "proposals accept article-1 --by 'A. Mori' --on 2023-03-17 \\\n    --reason 'Notice seen'"
    )
)(accept)
proposals_app.command(
    epilog=_examples("proposals reject article-2 --by 'A. Mori' --reason 'a rumour' --on 2023-03-17")
)(reject)
proposals_app.command(
    epilog=_examples("proposals scenario article-1 --effective 2023-04-01 -o what_if.toml")
)(scenario)
app.add_typer(proposals_app, name="proposals")

exposure_app = typer.Typer(
    cls=DefaultCommand,
    help="Tells how long sites last when their supply is cut.",
    **_COMMON,
)
exposure_app.command(
    "run",
    epilog=_examples(
        "exposure run network/ --event jp-three-materials-individual",
        "exposure network/ orders.csv --scenario what_if.toml --known-on 2019-07-01",
        "exposure network/ --close PORT --for 30 --by day --draws 200 --seed 1 --json",
    )
    + "\n\n"
    + _CODES,
)(exposure_run)
exposure_app.command("init", epilog=_examples("exposure init network/"))(exposure_init)
app.add_typer(
    exposure_app,
    name="exposure",
    epilog=_examples("exposure init network/", "exposure network/ --event jp-three-materials-individual"),
)

register_app = typer.Typer(help="Checks, shows and lists the register's data files.", **_COMMON)
register_app.command(
    "check", epilog=_examples("register check", "register check my_data/", "register check --scenario x.toml")
)(register_check)
register_app.command(
    "show", epilog=_examples("register show jp-three-materials", "register show '7(19)' --json")
)(show_record)
register_app.command("list", epilog=_examples("register list", "register list dossiers"))(list_records)
app.add_typer(register_app, name="register", epilog=_examples("register check", "register list dossiers"))


def _version(asked: bool) -> None:  # noqa: FBT001  called so by Typer
    if asked:
        typer.echo(f"sekisho {__version__}")
        raise typer.Exit


@app.callback()
def _app(
    *,
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version.", is_eager=True, callback=_version),
    ] = False,
) -> None:
    """Which export licence does an order line need on a date, and who says so?"""


def main() -> None:
    """Runs the command line."""
    app()
