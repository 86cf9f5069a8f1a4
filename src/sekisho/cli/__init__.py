"""The command line: read, call, show. The work is done by the library.

Exit codes: 0 done, 1 some lines of a file have faults or differ, 2 the input or an option
cannot be used, 3 the register has faults, 4 what was asked for is not on record, 5 the
output cannot be written, 130 stopped with Ctrl-C.
"""

from __future__ import annotations

import gc
from typing import Annotated, Any

import typer

from sekisho import __version__
from sekisho.cli.failing import Commands as Telling
from sekisho.cli.later import PLAIN, Commands, DefaultCommand, Later, LaterGroup, examples

_CODES = (
    "Exit codes: 0 done; 1 some lines of a file have faults or differ; 2 the input or an option"
    " cannot be used; 3 the register has faults; 4 not on record; 5 the output cannot be"
    " written; 130 stopped with Ctrl-C."
)
_COMMON: Any = {
    **PLAIN,
    "no_args_is_help": True,
    "context_settings": {"help_option_names": ["-h", "--help"], "max_content_width": 80},
}


_COMMANDS: dict[str, Later | LaterGroup] = {
    "check": Later("check", "check", examples(
        "check orders.csv",
        "check orders.xlsx -o decisions.xlsx --rates rates.csv",
        "check orders.csv --known-on 2019-07-03 --json",
        "check orders.csv --scenario what_if.toml -o - | head",
        codes=[_CODES],
    )),
    "verify": Later("verify", "verify", examples(
        "verify decisions.csv orders.csv",
        "verify decisions/ orders/ --rates rates.csv --json",
    )),
    "explain": Later("explain", "explain", examples(
        "explain orders.csv --line SO-2019001/10",
        "explain orders.csv --line SO-2019001/10 --known-on 2019-07-03 --json",
    )),
    "ask": Later("ask", "ask", examples(
        "ask --from JP --to KR --code '7(19)' --on 2019-07-10",
        "ask --from JP --to KR --code '3(1)' --on 2019-07-10 --status approved \\\n"
        "    --fact controlled_substance=hydrogen_fluoride --fact substance_wt_pct=50",
    )),
    "status": Later("record", "status", examples(
        "status gsomia --on 2019-09-01", "status gsomia --on 2019-09-01 --known-on 2019-08-22",
    )),
    "timeline": Later("record", "timeline", examples(
        "timeline --between JP KR --since 2019-07-01 --until 2019-12-31",
        "timeline --kind agreement --json",
    )),
    "coming": Later("record", "coming", examples(
        "coming --on 2019-07-10", "coming --on 2019-07-10 --known-on 2019-08-30"
    )),
    "diff": Later("record", "diff", examples(
        "diff 2019-07-03 2019-07-04 --to KR", "diff 2023-07-22 2023-07-23 --from JP --json",
    )),
    "impact": Later("impact", "impact", examples(
        "impact orders.csv --event jp-three-materials-individual --known-on 2019-07-01",
        "impact orders.csv --before 2019-08-27 --after 2019-08-28 -o flips.csv",
        "impact orders.csv --scenario what_if.toml --rates rates.csv --json",
        codes=[_CODES],
    )),
    "read": Later("read", "read", examples(
        "read article.txt notice.html",
        "read article.txt --published 2023-03-16 --json",
        "read articles/*.txt --events events.jsonl --desk proposals.sqlite",
    )),
    "serve": Later("serve", "serve", examples(
        "serve", "serve --port 8000 --desk proposals.sqlite", "serve --scenario overlay/"
    )),
    "mcp": Later("serve", "mcp", examples("mcp", "mcp --scenario what_if.toml")),
    "proposals": LaterGroup({
        "list": Later("proposals", "list_proposals", examples("proposals list --state open")),
        "show": Later("proposals", "show_proposal", examples("proposals show article-1")),
        "accept": Later("proposals", "accept", examples(
            "proposals accept article-1 --by 'A. Mori' --on 2023-03-17 \\\n    --reason 'Notice seen'"
        )),
        "reject": Later("proposals", "reject", examples(
            "proposals reject article-2 --by 'A. Mori' --reason 'a rumour' --on 2023-03-17"
        )),
        "scenario": Later("proposals", "scenario", examples(
            "proposals scenario article-1 --effective 2023-04-01 -o what_if.toml"
        )),
    }, {**_COMMON, "help": "Lists, shows, accepts and rejects what texts proposed."}),
    "exposure": LaterGroup({
        "run": Later("exposure", "run", examples(
            "exposure run network/ --event jp-three-materials-individual",
            "exposure network/ orders.csv --scenario what_if.toml --known-on 2019-07-01",
            "exposure network/ --close PORT --for 30 --by day --draws 200 --seed 1 --json",
            codes=[_CODES],
        )),
        "init": Later("exposure", "init", examples("exposure init network/")),
    }, {
        **_COMMON,
        "cls": DefaultCommand,
        "help": "Tells how long sites last when their supply is cut.",
        "epilog": examples(
            "exposure init network/", "exposure network/ --event jp-three-materials-individual"
        ),
    }),
    "register": LaterGroup({
        "check": Later("register", "check", examples(
            "register check", "register check my_data/", "register check --scenario x.toml"
        )),
        "show": Later("register", "show_record", examples(
            "register show jp-three-materials", "register show '7(19)' --json"
        )),
        "list": Later("register", "list_records", examples("register list", "register list dossiers")),
    }, {
        **_COMMON,
        "help": "Checks, shows and lists the register's data files.",
        "epilog": examples("register check", "register list dossiers"),
    }),
}  # fmt: skip


class _Sekisho(Telling):
    """All commands, of which only those that are asked for are imported."""

    def __init__(self, **how: Any) -> None:
        super().__init__(**{**how, "commands": {}})
        self.commands: Any = Commands(_COMMANDS)

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002  by the rules of Typer
        """The names of the commands, in the order of the help."""
        return list(self.commands)


app = typer.Typer(
    name="sekisho",
    cls=_Sekisho,
    epilog=examples(
        "check orders.csv -o decisions.csv",
        "ask --from JP --to KR --code '7(19)' --on 2019-07-10",
        "status gsomia --on 2019-09-01",
        codes=[_CODES],
    ),
    **_COMMON,
)


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
    gc.set_threshold(*_COLLECTED)
    try:
        app()
    finally:
        gc.freeze()  # what is left is not looked through once more, a tenth of a short command


_COLLECTED = 100_000, 20, 20
"""After how many new things those that nothing reaches are looked for: not while a command starts."""
