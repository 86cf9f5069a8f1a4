"""``sekisho serve`` and ``sekisho mcp``: the same answers on a page, over HTTP, and for assistants."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sekisho.cli import show
from sekisho.cli.options import AsJson, RatesFile, RegisterPath, Scenario, opened, rates_of
from sekisho.errors import Fault, InputInvalid

if TYPE_CHECKING:  # the web is an extra, and slow to import
    from sekisho.web.settings import Settings

_TOKEN = "SEKISHO_TOKEN"  # noqa: S105  the name of a variable
_LOOPBACK = "127.0.0.1"


def serve(  # noqa: PLR0913  one option for each thing asked
    *,
    bind: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Where to listen; the default is this machine alone.")
    ] = _LOOPBACK,
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 takes a free one.")] = 8350,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="A host name to answer under; may be repeated, * is any."),
    ] = None,
    token_file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help=f"Holds the token for writing; else ${_TOKEN}, else one is made."),
    ] = None,
    user_header: Annotated[
        str, typer.Option(metavar="HEADER", help="The header in which a reverse proxy names the person.")
    ] = "",
    proxy: Annotated[
        list[str] | None,
        typer.Option(metavar="ADDRESS", help="A proxy whose header is believed; else this machine."),
    ] = None,
    protect_all: Annotated[
        bool, typer.Option("--protect-all", help="Ask for the token for everything.")
    ] = False,
    desk: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The desk where proposals wait; none if not given.")
    ] = None,
    overlay: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Where accepted proposals are written.")
    ] = Path("overlay"),
    scenario: Scenario = None,
    rates: RatesFile = None,
    register: RegisterPath = None,
    as_json: AsJson = False,
) -> None:
    """Serves pages, an HTTP API and MCP.

    It listens on this machine alone unless --bind says otherwise. Asking is free; writing
    (the desk of proposals) needs the token that is printed, or a reverse proxy that names the
    person.
    """
    settings = _settings(
        register=register, scenario=scenario, rates=rates, token=_token(token_file), user_header=user_header,
        proxies=tuple(proxy or ()), protect_all=protect_all, desk=desk, overlay=overlay,
        hosts=_hosts(bind, allow_host),
    )  # fmt: skip
    from sekisho.web.server import listen, run  # noqa: PLC0415  see above

    with listen(bind, port) as socket:
        url = f"http://{f'[{bind}]' if ':' in bind else bind}:{socket.getsockname()[1]}/"
        made = token_file is None and not os.environ.get(_TOKEN)
        _tell(url, bind, settings, made=made, as_json=as_json)
        run(settings, socket)


def mcp(*, scenario: Scenario = None, rates: RatesFile = None, register: RegisterPath = None) -> None:
    """Answers an assistant over MCP, by standard input and output.

    Tools: check a shipment, explain it, the status of a dossier, differences, a timeline,
    reading a text. Nothing is written anywhere.
    """
    settings = _settings(register=register, scenario=scenario, rates=rates)
    from sekisho.web.mcp import make_server  # noqa: PLC0415  see above

    make_server(settings).run("stdio")


def _settings(
    *, register: Path | None, scenario: Path | None, rates: Path | None, **more: object
) -> Settings:
    try:
        import fastapi as _  # noqa: PLC0415, F401  an extra that may be missing
        import mcp as __  # noqa: PLC0415, F401  the same
    except ModuleNotFoundError as error:
        problem = f"{error.name} is not installed"
        raise InputInvalid([Fault("sekisho", 0, "", problem, "pip install 'sekisho[web]'")]) from None
    from sekisho.web.settings import Settings  # noqa: PLC0415  see above

    found, base = opened(register, scenario), opened(register, None)
    known = {name: value for name, value in more.items() if value not in (None, ())}
    return Settings(register=found, base=base, rates=rates_of(rates), **known)  # type: ignore[arg-type]  # named above


def _token(file: Path | None) -> str:
    """The token for writing: of a file, of the environment, or made for this run."""
    if file is not None:
        found = file.read_text(encoding="utf-8").strip()
        if not found:
            raise InputInvalid([Fault(str(file), 0, "", "the file is empty", "a token on its first line")])
        return found
    return os.environ.get(_TOKEN, "").strip() or secrets.token_urlsafe(24)


def _hosts(bind: str, allowed: list[str] | None) -> tuple[str, ...]:
    from sekisho.web.settings import LOOPBACK  # noqa: PLC0415  see above

    own = (*LOOPBACK, bind.strip("[]").lower())
    return (*own, *(name.lower() for name in allowed or ()))


def _tell(url: str, bind: str, settings: Settings, *, made: bool, as_json: bool) -> None:
    local = bind in {_LOOPBACK, "::1", "localhost"}
    if as_json:
        show.as_json({
            "url": url, "api": f"{url}api/v1/", "mcp": f"{url}mcp", "this_machine_alone": local,
            "token": settings.token if made else None, "desk": str(settings.desk) if settings.desk else None,
            "register": settings.register.fingerprint, "scenario": settings.register.scenario,
        })  # fmt: skip
        return
    typer.echo(f"Sekisho on {url} (API: {url}api/v1/, MCP: {url}mcp)")
    if local:
        typer.echo("It listens on this machine alone; --bind ADDRESS opens it to others.")
    else:
        typer.echo("Whoever reaches this address can read; put a proxy with TLS before it.")
    if made:
        typer.echo(f"Token for writing, made for this run: {settings.token}")
    typer.echo(f"Desk: {settings.desk or 'none (--desk FILE)'}; register {settings.register.fingerprint}")
    typer.echo("Ctrl-C stops it.")
