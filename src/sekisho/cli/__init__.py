"""The command line: read, call, show. The work is done by the library.

Exit codes: 0 done, 1 some lines of a file have faults, 2 the input or an option cannot
be used, 3 the register has faults, 4 what was asked for is not on record, 5 the output
cannot be written, 130 stopped with Ctrl-C.
"""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from sekisho import __version__
from sekisho.cli.ask import ask
from sekisho.cli.check import check, explain
from sekisho.cli.record import coming, diff, status, timeline
from sekisho.cli.register import commands as register_commands
from sekisho.errors import SekishoError

_INTERRUPTED = 130
_EPILOG = """Examples:

\b
  sekisho check orders.csv -o decisions.csv
  sekisho ask --from JP --to KR --code '7(19)' --on 2019-07-10
  sekisho status gsomia --on 2019-09-01

Exit codes: 0 done; 1 some lines of a file have faults; 2 the input or an option cannot
be used; 3 the register has faults; 4 not on record; 5 the output cannot be written."""


class _Commands(TyperGroup):
    """Turns the library's errors into plain words and exit codes."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except SekishoError as error:
            raise _ended(str(error), error.exit_code) from None
        except BrokenPipeError:
            raise
        except OSError as error:
            name = f"{error.filename!r}: " if error.filename else ""
            raise _ended(f"{name}{error.strerror or error}", SekishoError.exit_code) from None
        except KeyboardInterrupt:
            raise _ended("stopped", _INTERRUPTED) from None


def _ended(problem: str, code: int) -> typer.Exit:
    typer.echo(f"error: {problem}", err=True)
    return typer.Exit(code)


app = typer.Typer(
    name="sekisho",
    cls=_Commands,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
    epilog=_EPILOG,
)
for command in (check, explain, ask, status, timeline, coming, diff):
    app.command(epilog=command.__doc__.partition("\f")[2] if command.__doc__ else None)(command)
app.add_typer(register_commands, name="register")


def _version(*, asked: bool) -> None:
    if asked:
        typer.echo(f"sekisho {__version__}")
        raise typer.Exit


@app.callback()
def _app(
    *,
    version: Annotated[bool, typer.Option("--version", help="Print the version.", is_eager=True)] = False,
) -> None:
    """Which export licence does an order line need on a date, why, and who says so?"""
    _version(asked=version)


def main() -> None:
    """Runs the command line."""
    app()
