"""Running the application: a socket that is open before the address is told, and patience with limits."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from sekisho.errors import OutputRefused
from sekisho.web.app import create_app
from sekisho.web.settings import Settings

_HEAD_SECONDS = 15.0
_CONNECTIONS = 512


class PatientProtocol(H11Protocol):
    """Hangs up on a connection whose request line and headers do not arrive in time."""

    _head: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Starts to wait for the first request."""
        super().connection_made(transport)
        self._await_head()

    def data_received(self, data: bytes) -> None:
        """Stops waiting once a request has begun to be answered."""
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self._stop_waiting()
        elif self._head is None:
            self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stops waiting."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _await_head(self) -> None:
        self._head = self.loop.call_later(_HEAD_SECONDS, self._hang_up)

    def _stop_waiting(self) -> None:
        if self._head is not None:
            self._head.cancel()
            self._head = None

    def _hang_up(self) -> None:
        self._head = None
        answered = self.cycle is None or self.cycle.response_complete
        if answered and not self.transport.is_closing():
            self.transport.close()


@contextmanager
def listen(address: str, port: int) -> Iterator[socket.socket]:
    """A socket that listens.

    Raises:
        OutputRefused: If the address is taken or not there.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    # With the protocol named, asyncio sends answers at once; else each waits for 40 ms.
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            held.bind((address.strip("[]"), port))
            held.listen(1024)
        except OSError as error:
            problem = error.strerror or str(error)
            raise OutputRefused(f"{address}:{port}", problem, "give another --port or --bind") from None
        yield held


def server_of(settings: Settings, **how: Any) -> uvicorn.Server:
    """A server that is ready to run."""
    config = uvicorn.Config(
        create_app(settings), http=PatientProtocol, ws="none", lifespan="on", server_header=False,
        proxy_headers=False, limit_concurrency=_CONNECTIONS, timeout_keep_alive=10,
        timeout_graceful_shutdown=5, log_level="warning", **how,
    )  # fmt: skip
    return uvicorn.Server(config)


def run(settings: Settings, held: socket.socket) -> None:
    """Answers until it is stopped."""
    server_of(settings).run([held])
