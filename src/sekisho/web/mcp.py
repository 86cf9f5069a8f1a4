"""Sekisho for assistants: the same calls as tools of the Model Context Protocol.

Answers are short enough for a model and never rounder than the record: what is undetermined
stays undetermined, with its questions; every answer names its days, register and sources.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Awaitable, Callable
from functools import partial, wraps
from typing import Any, ParamSpec

from fastapi import FastAPI
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.transport_security import TransportSecuritySettings

from sekisho import __version__
from sekisho.dates import PartialDate, parse_day
from sekisho.determine.explain import explain, render
from sekisho.determine.intake import read_line
from sekisho.errors import InputInvalid, SekishoError
from sekisho.reading.confidence import THRESHOLD
from sekisho.reading.reading import read
from sekisho.web.api.checks import explanation
from sekisho.web.api.impact import ImpactIn, impacts
from sekisho.web.api.law import differences
from sekisho.web.api.readings import reading_fields
from sekisho.web.api.record import dossier_status, timeline
from sekisho.web.bulk import canonical_cells, with_place
from sekisho.web.settings import Settings
from sekisho.web.slots import Slots

P = ParamSpec("P")
Cell = str | float | bool | list[str] | None
_MOST = 12
_TREE = 6000
_LONGEST_TEXT = 200_000
_INSTRUCTIONS = """\
Sekisho decides order lines under export control law (today: exports from Japan) and keeps the
record of measures, agreements, disputes and talks between Japan and South Korea. Days are
arguments, YYYY-MM-DD; nothing reads the clock, so ask the user for the day. What is not stated
is unknown: an answer "undetermined" comes with questions; put them to the user, never fill them
in. Repeat what is not covered, and name the sources. It is not legal advice.
"""


def make_server(settings: Settings, slots: Slots | None = None) -> MCPServer[Any]:
    """The tools over one register.

    Args:
        settings: The register that answers.
        slots: Where calls wait for their turn, with the computations of a server; its own if not given.
    """
    turns = slots or Slots(settings.limits)
    server: MCPServer[Any] = MCPServer(
        "sekisho", instructions=_INSTRUCTIONS, version=__version__, log_level="ERROR"
    )
    for tool in (_check, _explain, _status, _dossiers, _differences, _timeline, _impact, _read):
        made = tool(settings)
        server.add_tool(_told(made, turns), name=made.__name__, description=made.__doc__)
    return server


def mount(app: FastAPI, settings: Settings, slots: Slots) -> MCPServer[Any]:
    """Answers MCP over HTTP at ``/mcp``."""
    server = make_server(settings, slots)
    inner = server.streamable_http_app(
        streamable_http_path="/mcp", json_response=True, stateless_http=True,
        max_request_body_size=settings.limits.body_bytes,
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )  # fmt: skip
    app.router.routes.extend(inner.routes)  # host names are looked at by the gate, for all addresses
    return server


def _told(tool: Callable[P, dict[str, Any]], slots: Slots) -> Callable[P, Awaitable[dict[str, Any]]]:
    """A tool that waits for its turn, and whose errors are told in the library's words."""

    @wraps(tool)
    async def told(*args: P.args, **kwargs: P.kwargs) -> dict[str, Any]:
        try:
            return await slots.run(partial(tool, *args, **kwargs))
        except SekishoError as error:
            raise ToolError(str(error)) from error

    return told


def _day(text: str | None) -> dt.date | None:
    return parse_day(text) if text else None


def _few(told: dict[str, Any], *names: str) -> dict[str, Any]:
    """Lists cut to what a model can read, saying how much was left out."""
    for name in names:
        more = len(told[name]) - _MOST
        if more > 0:
            told[name] = told[name][:_MOST]
            told[f"{name}_left_out"] = more
    return told


def _check(settings: Settings) -> Callable[..., dict[str, Any]]:
    def check_shipment(line: dict[str, Cell], known_on: str | None = None) -> dict[str, Any]:
        """Which export licence one order line needs on its day, and why.

        line: cells by column name: ship_from_country, destination_country, code (item number such
        as 7(19), or NOT_LISTED), decisive_date (YYYY-MM-DD), classification_status, item_kind,
        value, currency, licences_held, icp, end_use_code, end_user_concern, informed, and facts
        such as substance_wt_pct. Leave out what is not known. known_on: decide by what was known
        on this day. An answer "undetermined" is final until its questions are answered.
        """
        told = explanation(settings, dict(line), _day(known_on))
        for name in ("tree", "engine_version", "register_version"):
            told.pop(name, None)
        told["sources"] = [f"{one['id']}: {one['title']} {one['url']}".strip() for one in told["sources"]]
        told["changes"] = [_change(one) for one in told["changes"]]
        return _few(told, "sources", "questions", "rules")

    return check_shipment


def _change(change: dict[str, Any]) -> str:
    before = f" instead of {change['before']}" if change["before"] else ""
    licence = f" ({change['usable_licence']})" if change["usable_licence"] else ""
    return f"{change['name']} {change['after']}{before}: {change['answer']}{licence}"


def _explain(settings: Settings) -> Callable[..., dict[str, Any]]:
    def explain_shipment(line: dict[str, Cell], known_on: str | None = None) -> dict[str, Any]:
        """Every rule that was read for one order line, with why it applied or not, as a tree.

        line and known_on: as for check_shipment.
        """
        read_as = read_line(canonical_cells(line), settings.register, settings.rates)
        if read_as.faults:
            raise InputInvalid(with_place(read_as.faults, "line"))
        found = explain(read_as.shipment, settings.register, _day(known_on))
        tree = render(found)
        cut = f"\n... {len(tree) - _TREE:,} more characters; POST /api/v1/explanations gives all"
        return {
            "answer": found.decision.answer.value,
            "reasoning": tree if len(tree) <= _TREE else tree[:_TREE] + cut,
            "questions": [str(question) for question in found.decision.questions],
            "not_covered": list(found.decision.not_covered),
            "register": found.decision.register,
        }

    return explain_shipment


def _status(settings: Settings) -> Callable[..., dict[str, Any]]:
    def dossier_status_on(dossier: str, on: str, known_on: str | None = None) -> dict[str, Any]:
        """Where a dossier (measure, agreement, dispute, dialogue) stood on a day; list_dossiers names them.

        on: the day asked about. known_on: by what was known on this day.
        """
        told = dossier_status(settings.register, dossier, parse_day(on), _day(known_on))
        for name in ("happened", "pending", "uncertain"):
            told[name] = [_moment(one) for one in told[name]]
        told["since"] = _moment(told["since"]) if told["since"] else None
        told["happened"] = told["happened"][-_MOST:]
        return _few(told, "sources", "pending")

    return dossier_status_on


def _moment(moment: dict[str, Any]) -> str:
    event = moment["event"]
    return f"{moment['date']} {moment['name']} {event['id']}: {event['summary']} [{event['confidence']}]"


def _dossiers(settings: Settings) -> Callable[..., dict[str, Any]]:
    def list_dossiers() -> dict[str, Any]:
        """Every dossier that is followed: id, kind, title and parties."""
        found = settings.register.dossiers.values()
        return {
            "dossiers": [f"{one.id} ({one.kind}; {', '.join(one.parties)}): {one.title}" for one in found],
            "register": settings.register.fingerprint,
        }

    return list_dossiers


def _differences(settings: Settings) -> Callable[..., dict[str, Any]]:
    def law_differences(
        first: str,
        second: str,
        destination: str | None = None,
        country: str = "JP",
        known_on: str | None = None,
    ) -> dict[str, Any]:
        """The rows of a country's export control law that differ between two days."""
        told = differences(
            settings.register, parse_day(first), parse_day(second), _day(known_on), country, destination
        )
        told["changes"] = [
            f"{one['change']}: {one['table']} {one['row']['id']}: {one['text']}" for one in told["changes"]
        ]
        told["sources"] = [one["id"] for one in told["sources"]]
        return _few(told, "changes", "sources")

    return law_differences


def _timeline(settings: Settings) -> Callable[..., dict[str, Any]]:
    def timeline_between(
        between: list[str], since: str | None = None, until: str | None = None, known_on: str | None = None,
        offset: int = 0,
    ) -> dict[str, Any]:  # fmt: skip
        """What happened between parties (such as JP and KR), oldest first, a dozen at a time."""
        told = timeline(
            settings.register, between, since=_day(since), until=_day(until), known_on=_day(known_on),
            kind=None, limit=_MOST, offset=max(offset, 0),
        )  # fmt: skip
        told["moments"] = [_moment(one) for one in told["moments"]]
        told["sources"] = [one["id"] for one in told["sources"]]
        return told

    return timeline_between


def _impact(settings: Settings) -> Callable[..., dict[str, Any]]:
    def impact_of_change(
        lines: list[dict[str, Cell]], event: str = "", before: str | None = None, after: str | None = None,
        known_on: str | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        """Which order lines a change of the law flips, by which rule, and what would let them ship.

        lines: as for check_shipment, each with its transaction_id and line_id. The change is an
        event (its id), or the law of the day before against that of the later day after.
        """
        asked = ImpactIn(
            lines=[dict(line) for line in lines], event=event, before=_day(before), after=_day(after),
            known_on=_day(known_on),
        )  # fmt: skip
        told = impacts(settings, asked)
        told["flipped_lines"] = [_flipped(line) for line in told["flipped_lines"]]
        told["groups"] = [_grouped(group) for group in told["groups"]]
        told["sources"] = [one["id"] for one in told["sources"]]
        for name in ("before", "after", "engine_version", "register_version"):
            told.pop(name)
        return _few(told, "flipped_lines", "groups", "sources")

    return impact_of_change


def _flipped(line: dict[str, Any]) -> str:
    key = "/".join(part for part in (line["transaction_id"], line["line_id"]) if part)
    return f"{key or line['line']}: {line['answer_before']} -> {line['answer_after']} ({line['timing']})"


def _grouped(group: dict[str, Any]) -> dict[str, Any]:
    return {
        "rules": group["rules"], "event": group["event"], "lines": group["lines"],
        "answers": group["answers"],
        "releases": [f"{one['words']}: {one['lines']}" for one in group["releases"][:_MOST]],
    }  # fmt: skip


def _read(settings: Settings) -> Callable[..., dict[str, Any]]:
    def read_text(
        text: str, published_on: str | None = None, least_confidence: float = THRESHOLD
    ) -> dict[str, Any]:
        """The dated events that an article or notice tells, each with its quote, held against the record.

        Nothing is added to the record. published_on: the day of publication, if it is known.
        least_confidence: what is less sure, from 0 to 1, is listed apart as doubtful.
        """
        if len(text) > _LONGEST_TEXT:
            raise ToolError(f"the text has {len(text):,} characters; at most {_LONGEST_TEXT:,} are read")
        published = PartialDate.parse(published_on) if published_on else None
        found = read(text, settings.register, published_on=published, least_confidence=least_confidence)
        told = reading_fields(settings, found)
        for name in ("text", "blocks", "engine_version", "register_version"):
            told.pop(name)
        return _few(told, "events", "doubtful", "sources")

    return read_text
