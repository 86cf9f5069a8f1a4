"""Pictures: charts as plain data, drawn to PNG, SVG and HTML without a network or a browser.

A :class:`Picture` is a title, a caption and a Vega-Lite specification with its data in it.
``impact_pictures`` and ``exposure_pictures`` make them; :func:`write` puts them on file.
"""

from sekisho.pictures.page import Table, page
from sekisho.pictures.picture import Picture
from sekisho.pictures.render import phone_svg, png, require_format, svg, write

__all__ = ["Picture", "Table", "page", "phone_svg", "png", "require_format", "svg", "write"]
