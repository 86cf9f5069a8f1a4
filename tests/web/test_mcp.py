"""The tools for assistants, over HTTP and over standard input and output, by the SDK's own client."""

from __future__ import annotations

import asyncio
import concurrent.futures
import json
import sys
import threading
from collections.abc import Callable, Coroutine
from typing import Any

import httpx
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

from sekisho.register.register import Register
from sekisho.web.mcp import make_server
from sekisho.web.settings import Limits, Settings
from sekisho.web.slots import Slots

from .conftest import ARTICLE, LINE, Served

TOOLS = {
    "check_shipment", "explain_shipment", "dossier_status_on", "list_dossiers", "law_differences",
    "timeline_between", "impact_of_change", "read_text",
}  # fmt: skip


def _call(where: Any, tool: str, arguments: dict[str, Any]) -> Any:
    async def call() -> Any:
        async with Client(where) as client:
            return await client.call_tool(tool, arguments)

    return _run(call)


def _run(call: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
    """Runs a call in a thread of its own, whatever loop this one may have."""
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(call())).result(60)


def _told(result: Any) -> Any:
    assert not result.is_error, result.content
    return json.loads(result.content[0].text)


@pytest.fixture(scope="module")
def server(register: Register) -> Any:
    return make_server(Settings(register=register, base=register))


def test_the_tools_over_http(served: Served) -> None:
    async def tools() -> set[str]:
        async with Client(f"{served.url}/mcp") as client:
            return {tool.name for tool in (await client.list_tools()).tools}

    assert _run(tools) >= TOOLS


def test_a_check_tells_the_licence_and_the_days(server: Any) -> None:
    found = _told(_call(server, "check_shipment", {"line": LINE}))
    assert (found["answer"], found["usable_licence"], found["may_ship"]) == (
        "licence_required",
        "individual",
        False,
    )
    assert (found["in_force_on"], found["known_on"]) == ("2019-07-04", None)
    assert len(json.dumps(found)) < 6000


def test_undetermined_stays_undetermined_with_its_questions(server: Any) -> None:
    few = {
        "ship_from_country": "JP",
        "destination_country": "KR",
        "code": "3(1)",
        "decisive_date": "2019-07-04",
    }
    found = _told(_call(server, "check_shipment", {"line": few}))
    assert found["answer"] == "undetermined"
    assert not found["may_ship"]
    assert found["questions"][0]["text"].endswith("?")


def test_errors_are_told_in_words(server: Any) -> None:
    result = _call(server, "check_shipment", {"line": {**LINE, "destination_country": "Korea"}})
    assert result.is_error
    assert (
        "Did you mean KP (North Korea) or KR (South Korea)" in result.content[0].text
        or "KR (South Korea)" in result.content[0].text
    )


def test_calls_wait_for_their_turn_with_all_other_computations(register: Register) -> None:
    go, slots = threading.Event(), Slots(Limits(at_once=1, waiting=0))
    busy = make_server(Settings(register=register, base=register), slots)

    async def ask() -> tuple[Any, Any]:
        holding = asyncio.ensure_future(slots.run(lambda: go.wait(20)))
        await asyncio.sleep(0)
        async with Client(busy) as client:
            refused = await client.call_tool("list_dossiers", {})
            go.set()
            await holding
            return refused, await client.call_tool("list_dossiers", {})

    refused, answered = _run(ask)
    slots.close()
    assert refused.is_error
    assert "already run or wait; try again" in refused.content[0].text
    assert not answered.is_error


@pytest.mark.parametrize(
    ("tool", "arguments", "told"),
    [
        ("explain_shipment", {"line": LINE}, "jp-pol-kr-resist-individual"),
        ("dossier_status_on", {"dossier": "gsomia", "on": "2019-09-01"}, "notice of termination given"),
        ("list_dossiers", {}, "gsomia (agreement; JP, KR)"),
        ("law_differences", {"first": "2019-07-03", "second": "2019-07-04"}, "came: Policy"),
        ("timeline_between", {"between": ["JP", "KR"], "since": "2019-07-01"}, "jp-three-materials"),
        ("impact_of_change", {"lines": [LINE], "event": "jp-three-materials-individual"}, "SO-1/10"),
        ("read_text", {"text": ARTICLE}, "export_control_tightened"),
        ("read_text", {"text": ARTICLE, "least_confidence": 1}, '"events": []'),
        ("read_text", {"text": ARTICLE, "least_confidence": 2}, "expected a number between 0 and 1"),
    ],
)  # fmt: skip
def test_each_tool_answers_shortly(server: Any, tool: str, arguments: dict[str, Any], told: str) -> None:
    text = _call(server, tool, arguments).content[0].text
    assert told in text
    assert len(text) < 12_000


def test_mcp_over_http_may_be_posted_by_hand(client: httpx.Client) -> None:
    asked = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    headers = {"Accept": "application/json, text/event-stream"}
    answer = client.post("/mcp", json=asked, headers=headers)
    assert answer.status_code in {200, 400}
    assert "jsonrpc" in answer.text


def test_over_standard_input_and_output() -> None:
    command = StdioServerParameters(
        command=sys.executable,
        args=["-c", "import sys; sys.argv[1:] = ['mcp']; from sekisho.cli import main; main()"],
    )
    found = _told(_call(stdio_client(command), "check_shipment", {"line": LINE}))
    assert found["answer"] == "licence_required"
