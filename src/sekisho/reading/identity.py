"""The ids under which texts and their proposals enter an overlay or a scenario."""

from __future__ import annotations

import hashlib
import re

from sekisho.reading.desk import Kept


def slug(name: str) -> str:
    """A name in the letters of an id.

    Where letters beyond ASCII are left out, a digest keeps apart what differs in them only.
    """
    plain = plain_slug(name)
    if name.isascii():
        return plain
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{plain}-{digest}".strip("-")


def plain_slug(name: str) -> str:
    """A name in the letters of an id, whatever is left out; ids of overlays made before have no more."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def event_id(kept: Kept) -> str:
    """The id of a proposal, as an event."""
    return f"read-{slug(kept.id)}"


def source_id(kept: Kept) -> str:
    """The id of the text of a proposal, as a source."""
    return f"text-{slug(kept.text)}"
