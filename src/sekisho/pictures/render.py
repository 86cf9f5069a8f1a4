"""Drawing: pictures to PNG, SVG and files, by the converter that carries its own Vega-Lite.

The converter reads no address and opens no browser: data stand in the specification.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sekisho.errors import Fault, InputInvalid, OutputRefused
from sekisho.pictures.page import Table, page
from sekisho.pictures.phone import PHONE_CONFIG, for_phone
from sekisho.pictures.picture import CONFIG, Picture, Spec

FORMATS = (".html", ".png", ".svg")
_SCALE = 2.0
_VERSION = "5.21"
_SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"


def svg(*pictures: Picture) -> str:
    """The pictures, one under the other, as SVG."""
    return _svg(_whole(pictures))


def phone_svg(picture: Picture) -> str:
    """A picture for a narrow screen, as SVG, without its title."""
    return _svg({**_whole([_bare(for_phone(picture))]), "config": PHONE_CONFIG})


def _svg(spec: Spec) -> str:
    return str(_converter().vegalite_to_svg(spec, vl_version=_VERSION, allowed_base_urls=[]))


def png(*pictures: Picture) -> bytes:
    """The pictures, one under the other, as PNG."""
    made = _converter().vegalite_to_png(
        _whole(pictures), vl_version=_VERSION, scale=_SCALE, allowed_base_urls=[]
    )
    return bytes(made)


def write(
    path: Path,
    title: str,
    pictures: Sequence[Picture],
    lead: Sequence[str] = (),
    tables: Sequence[Table] = (),
) -> None:
    """Writes pictures to a file: PNG, SVG, or one HTML page that needs nothing else.

    Args:
        path: The file; its ending says what it is.
        title: The heading of a page.
        pictures: What is drawn.
        lead: Sentences above the pictures of a page.
        tables: Tables under the pictures of a page.

    Raises:
        InputInvalid: If the ending is another, or the converter is not installed.
        OutputRefused: If the file cannot be written.
    """
    require_format(path)
    content = _content(path.suffix.lower(), title, pictures, lead, tables)
    try:
        path.write_bytes(content)
    except OSError as error:
        problem = error.strerror or str(error)
        raise OutputRefused(str(path), problem, "name a file in a folder that can be written") from error


def require_format(path: Path) -> None:
    """Refuses a file of another ending, and a machine that cannot draw, before any work is done.

    Raises:
        InputInvalid: If one of them is so.
    """
    if path.suffix.lower() not in FORMATS:
        problem = f"the ending {path.suffix!r} is no picture"
        raise InputInvalid([Fault("--picture", 0, "", problem, ", ".join(FORMATS))])
    _converter()


def _content(
    ending: str, title: str, pictures: Sequence[Picture], lead: Sequence[str], tables: Sequence[Table]
) -> bytes:
    if ending == ".png":
        return png(*pictures)
    if ending == ".svg":
        return svg(*pictures).encode()
    drawn = [(picture, svg(_bare(picture))) for picture in pictures]
    return page(title, lead, drawn, tables).encode()


def _bare(picture: Picture) -> Picture:
    """A picture whose title and caption stand on the page instead."""
    return Picture(picture.name, "", "", picture.spec)


def _whole(pictures: Sequence[Picture]) -> Spec:
    views = [picture.titled() if picture.title else picture.spec for picture in pictures]
    body: Spec = views[0] if len(views) == 1 else {"vconcat": views, "spacing": 44}
    if len(views) > 1:
        body["resolve"] = {"scale": {"color": "independent"}, "legend": {"color": "independent"}}
    return {"$schema": _SCHEMA, "config": dict(CONFIG), **body}


def _converter() -> Any:
    try:
        import vl_convert  # noqa: PLC0415  large, and not installed everywhere
    except ModuleNotFoundError:
        problem = "vl-convert-python is not installed"
        raise InputInvalid([Fault("--picture", 0, "", problem, "pip install 'sekisho[pictures]'")]) from None
    return vl_convert
