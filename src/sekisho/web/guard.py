"""Who may write: whoever knows the token, or whom a trusted reverse proxy names."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.requests import Request

from sekisho.web.problems import Problem
from sekisho.web.settings import Settings

COOKIE = "sekisho"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_OPEN = ("/static/", "/sign-in", "/health")


@dataclass(frozen=True, slots=True)
class Writer:
    """Someone who may write.

    Attributes:
        name: As the proxy names the person; empty if only the token is known.
    """

    name: str


def cookie_of(token: str) -> str:
    """What a browser keeps in place of the token."""
    return hmac.new(token.encode(), b"sekisho page", hashlib.sha256).hexdigest()


def is_token(given: str, token: str) -> bool:
    """Whether a text is the token, compared in the same time whatever it is."""
    return bool(token) and hmac.compare_digest(given.encode(), token.encode())


def writer(request: Request, settings: Settings) -> Writer | None:
    """Who asks, if it is someone who may write."""
    peer = request.client.host if request.client else ""
    if settings.user_header and peer in settings.proxies:
        name = request.headers.get(settings.user_header, "").strip()
        if name:
            return Writer(name)
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and is_token(given.strip(), settings.token):
        return Writer("")
    kept = request.cookies.get(COOKIE, "")
    if settings.token and hmac.compare_digest(kept.encode(), cookie_of(settings.token).encode()):
        return Writer("")
    return None


def require_writer(request: Request, settings: Settings) -> Writer:
    """Who asks.

    Raises:
        Problem: If it is nobody who may write.
    """
    found = writer(request, settings)
    if found is None:
        detail = (
            "send it as 'Authorization: Bearer TOKEN', or sign in on the page;"
            " sekisho serve prints the token when it starts"
        )
        raise Problem(401, "sign_in_needed", detail, WWW_Authenticate='Bearer realm="sekisho"')
    return found


def require_same_site(request: Request) -> None:
    """Refuses a write that a page of another site makes a browser send.

    Raises:
        Problem: If the browser says that it comes from elsewhere.
    """
    if request.method in _SAFE:
        return
    site, origin = request.headers.get("sec-fetch-site", ""), request.headers.get("origin", "")
    other = origin not in {"", "null"} and urlsplit(origin).netloc != request.headers.get("host", "")
    if site not in {"", "same-origin", "none"} or other or origin == "null":
        raise Problem(403, "other_site", "open the page of this server and send the form from there")


def require_reader(request: Request, settings: Settings) -> None:
    """Refuses someone who may not even read, where reading is protected.

    Raises:
        Problem: If reading needs the token and it is not there.
    """
    if settings.protect_all and not request.url.path.startswith(_OPEN):
        require_writer(request, settings)
