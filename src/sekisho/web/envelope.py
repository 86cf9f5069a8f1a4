"""What every answer carries: by which days and which register, what is left out, who says so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from sekisho import __version__
from sekisho.plain import plain
from sekisho.register.register import Register


def about(
    register: Register,
    *,
    in_force_on: dt.date | None,
    known_on: dt.date | None,
    not_covered: Iterable[str] = (),
    sources: Iterable[str] = (),
) -> dict[str, Any]:
    """The fields that every answer carries.

    Args:
        register: The register that answers.
        in_force_on: The day of the law; ``None`` where an answer has no one day.
        known_on: By what was known on this day; ``None`` is all that is on record.
        not_covered: What the answer leaves out.
        sources: The ids of the sources that say so.
    """
    return {
        "in_force_on": plain(in_force_on),
        "known_on": plain(known_on),
        "register": register.fingerprint,
        "register_version": register.version,
        "scenario": register.scenario,
        "engine_version": __version__,
        "not_covered": list(dict.fromkeys(not_covered)),
        "sources": source_fields(register, sources),
    }


def source_fields(register: Register, names: Iterable[str]) -> list[dict[str, Any]]:
    """Sources by id, each once."""
    found = (register.sources[name] for name in dict.fromkeys(names) if name in register.sources)
    return [
        {
            "id": source.id, "title": source.title, "publisher": source.publisher, "kind": source.kind,
            "published": plain(source.published), "url": source.url, "language": source.language,
        }
        for source in found
    ]  # fmt: skip
