"""The outermost layer: size and pace of bodies, time, host names, and headers that protect pages."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from starlette.datastructures import Headers, MutableHeaders

from sekisho.web.problems import Problem, busy, problem_response, too_large
from sekisho.web.settings import Limits, Settings

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_ALLOWED = ("script-src", "style-src", "img-src", "font-src", "connect-src", "form-action")
POLICY = "; ".join(
    [
        "default-src 'none'",
        *(f"{what} 'self'" for what in _ALLOWED),
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
_HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
_DRAINED = 4
"""How many times the limit is read and thrown away, so that a client gets to read the answer."""


class Held:
    """How much of bodies all requests hold together."""

    def __init__(self, most: int) -> None:
        self.most, self.bytes = most, 0

    def take(self, size: int) -> bool:
        """Takes room for a part of a body, if there is some."""
        if self.bytes + size > self.most:
            return False
        self.bytes += size
        return True

    def give_back(self, size: int) -> None:
        """Gives the room of a request back."""
        self.bytes -= size


class Gate:
    """Lets a request through to the application, or answers it itself."""

    def __init__(self, app: App, settings: Settings) -> None:
        self.app, self.settings, self.held = app, settings, Held(settings.limits.bodies_bytes)
        self.running = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        exchange = _Exchange(receive, send, self.settings.limits, self.held)
        if self.running >= self.settings.limits.requests:
            await exchange.refuse(busy(), scope)
            return
        self.running += 1
        try:
            await self._answer(scope, exchange)
        finally:
            self.running -= 1

    async def _answer(self, scope: Scope, exchange: _Exchange) -> None:
        headers = Headers(scope=scope)
        if not _is_answered(headers.get("host", ""), self.settings.hosts):
            detail = "name the host that the server was started for, or start it with --allow-host NAME"
            await exchange.refuse(Problem(421, "unknown_host", detail), scope)
        elif _length(headers) > self.settings.limits.body_bytes:
            if "expect" not in headers:
                await exchange.drain()
            await exchange.refuse(too_large(self.settings.limits.body_bytes), scope)
        else:
            try:
                await self._run(scope, exchange)
            finally:
                self.held.give_back(exchange.kept)

    async def _run(self, scope: Scope, exchange: _Exchange) -> None:
        try:
            async with asyncio.timeout(self.settings.limits.seconds + self.settings.limits.body_seconds):
                await self.app(scope, exchange.receive, exchange.send)
        except TimeoutError:
            limit = self.settings.limits.seconds
            exchange.problem = Problem(503, "too_slow", f"an answer may take {limit:g} seconds; ask for less")
        except Exception:
            if exchange.problem is None:
                raise
        if exchange.problem is not None and not exchange.started:
            await exchange.refuse(exchange.problem, scope)


class _Exchange:
    """One request and its answer, watched."""

    def __init__(self, receive: Receive, send: Send, limits: Limits, held: Held) -> None:
        self._receive, self._send, self.limits = receive, send, limits
        self._held, self.kept = held, 0
        self.problem: Problem | None = None
        self.started, self.read, self.whole = False, 0, False
        self._deadline = asyncio.get_running_loop().time() + limits.body_seconds

    async def receive(self) -> Message:
        """The next part of the body, as long as it is neither too large nor too slow."""
        if self.whole:
            return await self._receive()
        left = self._deadline - asyncio.get_running_loop().time()
        try:
            message = await asyncio.wait_for(self._receive(), max(left, 0.001))
        except TimeoutError:
            detail = f"a body may take {self.limits.body_seconds:g} seconds to arrive"
            self.problem = Problem(408, "too_slow_body", detail, Connection="close")
            return {"type": "http.disconnect"}
        self.read += len(message.get("body", b""))
        self.whole = not message.get("more_body", False)
        if self.read > self.limits.body_bytes:
            self.problem = too_large(self.limits.body_bytes)
            await self.drain()
            return {"type": "http.disconnect"}
        if not self._held.take(len(message.get("body", b""))):
            self.problem = busy()
            await self.drain()
            return {"type": "http.disconnect"}
        self.kept += len(message.get("body", b""))
        return message

    async def drain(self) -> None:
        """Reads what still comes and throws it away, within bounds."""
        try:
            async with asyncio.timeout(self.limits.body_seconds):
                while not self.whole and self.read < _DRAINED * self.limits.body_bytes:
                    message = await self._receive()
                    self.read += len(message.get("body", b""))
                    self.whole = not message.get("more_body", False)
        except TimeoutError:
            return

    async def send(self, message: Message) -> None:
        """Sends a part of the answer; nothing of it once the request is refused."""
        if self.problem is not None and not self.started:
            return
        if message["type"] == "http.response.start":
            self.started = True
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
        await self._send(message)

    async def refuse(self, problem: Problem, scope: Scope) -> None:
        """Answers with a problem in the application's place."""
        self.problem = None
        await problem_response(problem)(scope, self._receive, self.send)


def _length(headers: Headers) -> int:
    told = headers.get("content-length", "0")
    return int(told) if told.isdecimal() else 0


def _is_answered(host: str, hosts: tuple[str, ...]) -> bool:
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdecimal() else host
    return "*" in hosts or name.strip("[]").lower() in hosts
