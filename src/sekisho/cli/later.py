"""Commands that are imported when they are first asked for, so that each starts as fast as it can."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

Settings = Mapping[str, Any]
PLAIN: Settings = {"add_completion": False, "rich_markup_mode": None, "pretty_exceptions_enable": False}


@dataclass(frozen=True, slots=True)
class Later:
    """One command: where its function is, and the examples in its help.

    Attributes:
        module: Within ``sekisho.cli``.
        function: Its name there.
        epilog: The end of its help.
    """

    module: str
    function: str
    epilog: str

    def made(self, name: str) -> Any:
        """The command."""
        app = typer.Typer(**PLAIN)
        self.add_to(app, name)
        return get_command(app)

    def add_to(self, app: typer.Typer, name: str) -> None:
        """Adds it to other commands."""
        function = getattr(importlib.import_module(f"sekisho.cli.{self.module}"), self.function)
        app.command(name, epilog=self.epilog)(function)


@dataclass(frozen=True, slots=True)
class LaterGroup:
    """A group of commands under one name.

    Attributes:
        parts: Its commands by name.
        settings: Those of the group: its help, and how it shows it.
    """

    parts: Mapping[str, Later]
    settings: Settings

    def made(self, name: str) -> Any:
        """The group."""
        app = typer.Typer(name=name, **self.settings)
        for part, later in self.parts.items():
            later.add_to(app, part)
        return get_command(app)


class Commands(Mapping[str, Any]):
    """Commands by name, each made when it is first looked up."""

    def __init__(self, commands: Mapping[str, Later | LaterGroup]) -> None:
        self._later = commands
        self._made: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            self._made[name] = self._later[name].made(name)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._later)

    def __len__(self) -> int:
        return len(self._later)


class DefaultCommand(TyperGroup):
    """A group of which one command needs no name: ``sekisho exposure NETWORK``."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Puts the name of the command before arguments that name none."""
        if args and args[0] not in self.commands and args[0] not in ctx.help_option_names:
            args = [_DEFAULT, *args]
        return super().parse_args(ctx, args)


_DEFAULT = "run"


def examples(*lines: str, codes: Sequence[str] = ()) -> str:
    """Examples for a help text, and what follows them; the mark keeps their lines apart."""
    return "\n\n".join(["Examples:", "\b\n" + "\n".join(f"  sekisho {line}" for line in lines), *codes])
