"""How a command that fails tells it: in words, or with ``--json`` as a document; on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import typer
from typer.core import TyperGroup

from sekisho.errors import Fault, InputInvalid, OutputRefused, SekishoError, ValueInvalid
from sekisho.problems import TITLES, code_of, document, faults_of

_AS_JSON = "--json"
_INTERRUPTED = 130
_USAGE: Any = typer.BadParameter.__base__
"""What is raised for options that cannot be read: of the click that Typer brings."""


class Commands(TyperGroup):
    """Turns errors into plain words, or with ``--json`` into a document, and into exit codes."""

    in_json = False

    def main(self, args: Sequence[str] | None = None, **how: Any) -> Any:  # type: ignore[override]  # by name alone
        """Runs a command; options that cannot be read are told like any other error."""
        self.in_json = _AS_JSON in (sys.argv[1:] if args is None else args)
        if not self.in_json:
            return super().main(args, **how)
        try:
            code = super().main(args, **{**how, "standalone_mode": False})
        except _USAGE as error:
            self._tell("bad_request", error.format_message(), [_fault(error)], error.exit_code)
            code = error.exit_code
        sys.exit(code)

    def invoke(self, ctx: Any) -> Any:
        """Calls the command."""
        try:
            return super().invoke(ctx)
        except SekishoError as error:
            raise self._ended(error) from None
        except BrokenPipeError:
            raise
        except OSError as error:
            raise self._ended(_not_read_or_written(error)) from None
        except KeyboardInterrupt:
            self._tell("stopped", "stopped", (), _INTERRUPTED)
            raise typer.Exit(_INTERRUPTED) from None

    def _ended(self, error: SekishoError) -> typer.Exit:
        self._tell(code_of(error), str(error), faults_of(error, "options"), error.exit_code)
        return typer.Exit(error.exit_code)

    def _tell(self, code: str, problem: str, faults: Iterable[Fault], exit_code: int) -> None:
        found = document(code, TITLES[code], problem, faults, exit_code=exit_code)
        in_words = f"error: {problem}"
        typer.echo(json.dumps(found, ensure_ascii=False, indent=2) if self.in_json else in_words, err=True)


def _fault(error: Any) -> Fault:
    place, cause = _option(error), error.__cause__
    if isinstance(cause, ValueInvalid):
        return Fault(place, 0, "", cause.problem, cause.expected)
    return Fault(place, 0, "", error.message or error.format_message())


def _option(error: Any) -> str:
    """The option or argument that cannot be read; that of the command line if none is named."""
    param = getattr(error, "param", None)
    names: Sequence[str] = getattr(param, "opts", None) or [getattr(error, "option_name", None) or "options"]
    return max(names, key=len)


def _not_read_or_written(error: OSError) -> SekishoError:
    """An error of a named file comes from reading; writers of files speak for themselves."""
    if error.filename is None:
        return OutputRefused("standard output", error.strerror or str(error), "write to another place")
    return InputInvalid([unreadable(str(error.filename), error)])


def unreadable(path: str, error: OSError) -> Fault:
    """That a file cannot be read, and why."""
    return Fault(path, 0, "", f"it cannot be read: {error.strerror or error}", "a file that can")
