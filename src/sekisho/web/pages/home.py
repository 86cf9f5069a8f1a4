"""The first page, signing in, and whether the server is well."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from sekisho.web.guard import COOKIE, cookie_of, is_token
from sekisho.web.pages.layout import page
from sekisho.web.problems import Problem
from sekisho.web.settings import Settings

router = APIRouter()


@router.get("/")
def home(request: Request) -> Response:
    """What there is, in a few words."""
    return page(request, "home.html")


@router.get("/health")
def health() -> Response:
    """Says that the server answers."""
    return PlainTextResponse("ok")


@router.get("/sign-in")
def ask_token(request: Request, to: str = "/desk") -> Response:
    """Asks for the token."""
    return page(request, "sign_in.html", to=_inside(to), wrong=False)


@router.post("/sign-in")
async def sign_in(request: Request) -> Response:
    """Takes the token and keeps a sign of it in the browser."""
    settings: Settings = request.app.state.settings
    form = await request.form()
    to = _inside(str(form.get("to", "/desk")))
    if not settings.token:
        raise Problem(403, "sign_in_needed", "this server was started without a token; nobody may write")
    if not is_token(str(form.get("token", "")).strip(), settings.token):
        return page(request, "sign_in.html", 403, to=to, wrong=True)
    answer = RedirectResponse(to, 303)
    secure = request.url.scheme == "https"
    answer.set_cookie(COOKIE, cookie_of(settings.token), httponly=True, samesite="strict", secure=secure)
    return answer


@router.post("/sign-out")
def sign_out() -> Response:
    """Forgets who signed in."""
    answer = RedirectResponse("/", 303)
    answer.delete_cookie(COOKIE)
    return answer


def _inside(to: str) -> str:
    """A place on this server; anything else is the first page."""
    return to if to.startswith("/") and not to.startswith(("//", "/\\")) else "/"
