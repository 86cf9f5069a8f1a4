"""The routes of the API under one address."""

from __future__ import annotations

import dataclasses
from typing import Any

from fastapi import APIRouter

from sekisho.plain import plain
from sekisho.web.api import checks, exposure, impact, jobs, law, readings, record
from sekisho.web.api.common import TheSettings
from sekisho.web.api.models import Answered
from sekisho.web.envelope import about
from sekisho.web.problems import CODES

router = APIRouter()


class AboutOut(Answered):
    """What the server is."""

    limits: dict[str, int | float]
    codes: dict[str, str]
    regimes: list[dict[str, Any]]


@router.get("/about", response_model=AboutOut, tags=["about"], summary="What the server is")
def get_about(settings: TheSettings) -> dict[str, Any]:
    """The register, what it covers, the limits that are enforced, and the codes of problems."""
    register = settings.register
    return {
        **about(register, in_force_on=None, known_on=None),
        "limits": {name: _whole(most) for name, most in dataclasses.asdict(settings.limits).items()},
        "codes": dict(CODES),
        "regimes": [
            {
                "id": regime.id, "country": regime.country, "title": regime.title,
                "title_ja": regime.title_ja, "authority": regime.authority, "time_zone": regime.time_zone,
                "covered_from": plain(regime.covered_from), "read_until": plain(regime.read_until),
            }
            for regime in register.regimes.values()
        ],
    }  # fmt: skip


def _whole(number: float) -> float:
    """A number without a fraction where it has none: a limit of 60 is told as 60."""
    return int(number) if number == int(number) else number


for each in (checks, law, record, impact, exposure, jobs, readings):
    router.include_router(each.router)
