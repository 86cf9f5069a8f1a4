"""One HTML page with pictures and tables that needs nothing else: no script, no address."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from sekisho.pictures.picture import Picture

_STYLE = """
:root { color-scheme: light; }
body { margin: 0; background: #fff; color: #22272e;
  font: 16px/1.55 "Liberation Sans", Arial, Helvetica, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 2.5rem 1.5rem 4rem; }
h1 { font-size: 1.75rem; line-height: 1.25; margin: 0 0 1rem; }
h2 { font-size: 1.2rem; line-height: 1.35; margin: 2.75rem 0 .35rem; }
p { margin: .3rem 0; } .caption, footer { color: #5b6570; font-size: .9rem; }
figure { margin: .75rem 0 0; overflow-x: auto; } figure svg { max-width: 100%; height: auto; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: .9rem; margin-top: .75rem; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .4rem .8rem .4rem 0;
  border-bottom: 1px solid #e3e7eb; }
th { color: #5b6570; font-weight: 500; white-space: nowrap; } td.n, th.n { text-align: right; }
@media print { main { max-width: none; padding: 0; } h2 { break-after: avoid; }
  figure, tr { break-inside: avoid; } }
""".strip()


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a page.

    Attributes:
        title: What it tells.
        head: The names of the columns.
        rows: The cells as text.
        numbers: The places of columns whose cells stand to the right.
    """

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: frozenset[int] = frozenset()


def page(
    title: str, lead: Sequence[str], drawn: Sequence[tuple[Picture, str]], tables: Sequence[Table] = ()
) -> str:
    """A whole page: a heading, sentences, drawn pictures with their captions, and tables.

    Args:
        title: The heading.
        lead: Sentences under it.
        drawn: Pictures, each with its SVG.
        tables: Tables under the pictures.
    """
    parts = [
        f"<h1>{escape(title)}</h1>",
        *(f"<p>{escape(sentence)}</p>" for sentence in lead),
        *(part for picture, image in drawn for part in _figure(picture, image)),
        *(part for table in tables for part in _table(table)),
    ]
    fit = '<meta name="viewport" content="width=device-width">'
    head = f'<meta charset="utf-8">{fit}<title>{escape(title)}</title>'
    body = "\n".join(parts)
    return (
        f'<!doctype html>\n<html lang="en"><head>{head}\n<style>\n{_STYLE}\n</style></head>\n'
        f"<body><main>\n{body}\n</main></body></html>\n"
    )


def _figure(picture: Picture, image: str) -> Iterator[str]:
    yield f'<h2 id="{escape(picture.name)}">{escape(picture.title)}</h2>'
    yield f'<p class="caption">{escape(picture.caption)}</p>'
    label = escape(f"{picture.title} {picture.caption}", quote=True)
    yield f'<figure role="img" aria-label="{label}">{image}</figure>'


def _table(table: Table) -> Iterator[str]:
    yield f"<h2>{escape(table.title)}</h2>"
    head = "".join(_cell("th", at, name, table) for at, name in enumerate(table.head))
    yield f'<div class="wide"><table><thead><tr>{head}</tr></thead><tbody>'
    for row in table.rows:
        yield "<tr>" + "".join(_cell("td", at, cell, table) for at, cell in enumerate(row)) + "</tr>"
    yield "</tbody></table></div>"


def _cell(tag: str, at: int, text: str, table: Table) -> str:
    mark = ' class="n"' if at in table.numbers else ""
    return f"<{tag}{mark}>{escape(text)}</{tag}>"
