"""Sphinx configuration: MyST pages, reference from docstrings, nothing fetched."""

import sekisho

project = "Sekisho"
author = "The Sekisho maintainers"
copyright = author  # noqa: A001  the name Sphinx reads
version = release = sekisho.__version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
html_theme = "furo"
html_title = "Sekisho"
exclude_patterns = ["_build"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
autodoc_member_order = "bysource"
autodoc_typehints = "description"
nitpick_ignore_regex = [("py:.*", ".*")]  # names of other projects; no inventory is fetched
