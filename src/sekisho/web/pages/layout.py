"""How a page is made: templates, the language of its texts, and error pages."""

from __future__ import annotations

import datetime as dt
import gettext
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from sekisho import __version__
from sekisho.dates import parse_day
from sekisho.errors import Fault, InputInvalid, ValueInvalid
from sekisho.plain import MEANINGS, row_text, row_title
from sekisho.web.guard import writer
from sekisho.web.problems import CODES, Problem
from sekisho.web.settings import Settings

_HERE = Path(__file__).parent.parent
LOCALE = _HERE / "locale"
"""Catalogues by language; ``messages.pot`` holds every text that waits for a translation."""
PAGES = (
    ("timeline", "Timeline"), ("law", "Law"), ("check", "Check"), ("impact", "Impact"),
    ("exposure", "Exposure"), ("desk", "Reading desk"), ("coming", "Coming"),
)  # fmt: skip


def languages() -> tuple[str, ...]:
    """The languages that pages can be read in."""
    found = sorted(path.parent.parent.name for path in LOCALE.glob("*/LC_MESSAGES/sekisho.mo"))
    return ("en", *found)


@lru_cache
def _environment(language: str) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"), autoescape=True, undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"], trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    texts = gettext.translation("sekisho", LOCALE, [language], fallback=True)
    environment.install_gettext_translations(texts, newstyle=True)  # type: ignore[attr-defined]  # by the extension
    environment.globals |= {
        "row_text": row_text,
        "row_title": row_title,
        "MEANINGS": MEANINGS,
        "PAGES": PAGES,
        "version": __version__,
    }
    environment.filters |= {"words": _words, "words_pair": lambda name: (name, _words(name))}
    return environment


def _words(name: object) -> str:
    return str(name).replace("_", " ")


def language_of(request: Request) -> str:
    """The language that a browser asks for, of those that there are."""
    known = languages()
    asked = request.headers.get("accept-language", "")
    wanted = [part.partition(";")[0].strip().lower().partition("-")[0] for part in asked.split(",")]
    return next((language for language in wanted if language in known), "en")


def page(request: Request, template: str, http_status: int = 200, **context: Any) -> Response:
    """A page in the language of its reader."""
    settings: Settings = request.app.state.settings
    language = language_of(request)
    found = _environment(language).get_template(template)
    text = found.render(
        request=request, language=language, path=request.url.path, register=settings.register,
        settings=settings, who=writer(request, settings), **context,
    )  # fmt: skip
    headers = {"Cache-Control": "no-store", "Vary": "Accept-Language, Cookie", "Content-Language": language}
    return HTMLResponse(text, http_status, headers=headers)


def error_page(request: Request, problem: Problem) -> Response:
    """A problem as a page."""
    title = CODES[problem.code]
    return page(request, "error.html", problem.http_status, problem=problem, title=title)


def day_of(values: Mapping[str, str], name: str, default: dt.date | None = None) -> dt.date | None:
    """A day of a form; empty is the default.

    Raises:
        InputInvalid: Naming the field.
    """
    text = values.get(name, "").strip()
    if not text:
        return default
    try:
        return parse_day(text)
    except ValueInvalid as error:
        raise InputInvalid([Fault("form", 0, name, error.problem, error.expected)]) from None
