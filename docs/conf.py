"""Sphinx configuration: MyST pages, reference from docstrings and ``--help``, nothing fetched.

A comment such as ``<!-- generated: commands -->`` in a page is replaced, when the page is
read, by text made from the code or from the register, so that no list is kept twice.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping

import typer.main
from pydantic import BaseModel
from typer.testing import CliRunner

import sekisho
from sekisho.cli import app
from sekisho.determine.intake import OWN, SYNONYMS
from sekisho.exposure.columns import SETTINGS, TABLES
from sekisho.model import Fact, Item
from sekisho.web.api.models import Answered, DecisionIn, ReadingIn
from sekisho.web.api.readings import ReadingOut
from sekisho.web.problems import CODES

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
autodoc_typehints_description_target = "documented_params"
napoleon_use_ivar = True
highlight_language = "text"
nitpick_ignore_regex = [("py:.*", ".*")]  # names of other projects; no inventory is fetched

_GENERATED = re.compile(r"^<!-- generated: ([a-z ]+) -->$", re.MULTILINE)
_HELP_WIDTH = "80"
_DERIVED = frozenset({"value_jpy", "hs_2", "hs_4", "hs_6"})
"""Facts that follow from a column of their own."""


def command_paths(group: object | None = None, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The words of every command, such as ``("register", "check")``."""
    members = getattr(group or typer.main.get_command(app), "commands", {})
    for name, member in members.items():
        yield (*path, name)
        yield from command_paths(member, (*path, name))


def commands() -> str:
    """The help of every command, as a terminal shows it."""
    return "\n".join(_command(path) for path in ((), *command_paths()))


def _command(path: tuple[str, ...]) -> str:
    shown = CliRunner().invoke(app, [*path, "--help"], prog_name="sekisho", env={"COLUMNS": _HELP_WIDTH})
    return f"## {' '.join(('sekisho', *path))}\n\n```text\n{shown.output.strip()}\n```\n"


def synonyms() -> str:
    """The other names of each column."""
    named: dict[str, list[str]] = {}
    for other, name in SYNONYMS.items():
        named.setdefault(name, []).append(f"`{other}`")
    return _table(("column", "other names"), ((f"`{name}`", ", ".join(o)) for name, o in named.items()))


def deal_facts() -> str:
    """The facts of a deal, which concern every item."""
    facts = (fact for regime in sekisho.open_register().regimes.values() for fact in regime.facts.values())
    return _table(
        ("column", "takes", "question"),
        ((f"`{fact.name}`", _takes(fact), fact.question) for fact in facts if _is_asked_of_deal(fact)),
    )


def _is_asked_of_deal(fact: Fact) -> bool:
    return fact.scope != "item" and fact.name not in OWN and fact.name not in _DERIVED


def _takes(fact: Fact) -> str:
    if fact.values:
        return ", ".join(f"`{value}`" for value in (*fact.values, "other"))
    return {"yes_no": "yes or no", "number": f"a number ({fact.unit})", "text": "text"}[fact.type]


def complete_items() -> str:
    """The items of which every condition is on record."""
    return _table(("item", "goods"), ((item.item, item.heading_en) for item in _items("complete")))


def partial_items() -> str:
    """The numbers of the items of which some conditions are on record."""
    return ", ".join(item.item for item in _items("partial"))


def _items(conditions: str) -> tuple[Item, ...]:
    rows = sekisho.open_register().regimes["JP"].items
    return tuple(row for row in rows if row.conditions == conditions)


def network_settings() -> str:
    """The keys of ``network.toml``."""
    return _table(("key", "meaning"), ((f"`{name}`", meaning) for name, meaning in SETTINGS.items()))


def network_tables() -> str:
    """The tables of a network folder, each with its columns; those that are needed in bold."""
    parts = []
    for table in TABLES:
        rows = ((_column_name(c.name, needed=c.needed), c.takes, c.meaning) for c in table.columns)
        needed = " Needed." if table.needed else ""
        columns = _table(("column", "takes", "meaning"), rows)
        parts.append(f"### {table.name}.csv\n\n{table.meaning}{needed}\n\n{columns}\n")
    return "\n".join(parts)


def _column_name(name: str, *, needed: bool) -> str:
    return f"**`{name}`**" if needed else f"`{name}`"


def _table(head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '&#124;') for cell in line)} |" for line in lines)


def problem_codes() -> str:
    """The codes of the problems that the HTTP API answers with."""
    return _table(("code", "meaning"), ((f"`{code}`", title) for code, title in CODES.items()))


def reading_request() -> str:
    """The fields of a request to read a text."""
    return _request_fields(ReadingIn)


def decision_request() -> str:
    """The fields of a request to decide a proposal."""
    return _request_fields(DecisionIn)


def _request_fields(model: type[BaseModel]) -> str:
    """The fields of a body of JSON; those that are needed in bold."""
    rows = (
        (
            _column_name(name, needed=field.is_required()),
            "" if field.is_required() else json.dumps(field.default),
            str(field.description),
        )
        for name, field in model.model_fields.items()
    )
    return _table(("field", "if not given", "takes"), rows)


def reading_answer() -> str:
    """The fields of the answer to a text, besides those that every answer carries."""
    own = {
        name: field for name, field in ReadingOut.model_fields.items() if name not in Answered.model_fields
    }
    return _table(
        ("field", "meaning"), ((f"`{name}`", str(field.description)) for name, field in own.items())
    )


GENERATED: Mapping[str, Callable[[], str]] = {
    "commands": commands,
    "problem codes": problem_codes,
    "reading request": reading_request,
    "reading answer": reading_answer,
    "decision request": decision_request,
    "synonyms": synonyms,
    "deal facts": deal_facts,
    "complete items": complete_items,
    "partial items": partial_items,
    "network settings": network_settings,
    "network tables": network_tables,
}
"""What can stand in a ``generated`` comment."""


def fill_in(text: str) -> str:
    """A page with its generated parts."""
    return _GENERATED.sub(lambda found: GENERATED[found[1]](), text)


def setup(sphinx: object) -> None:
    """Fills in the generated parts of each page when Sphinx reads it."""

    def read(_: object, __: str, source: list[str]) -> None:
        source[0] = fill_in(source[0])

    sphinx.connect("source-read", read)  # type: ignore[attr-defined]  # typed by Sphinx itself
