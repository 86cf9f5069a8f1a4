"""The pages for people: rendered on the server, usable without a script."""

from __future__ import annotations

from fastapi import APIRouter

from sekisho.web.pages import check, coming, desk, exposure, home, impact, law, record, timeline

router = APIRouter()
for page in (home, timeline, law, check, impact, exposure, coming, desk, record):
    router.include_router(page.router)
