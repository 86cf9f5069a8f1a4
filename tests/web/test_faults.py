"""What is wrong with a request: each fault says what, where, and what was expected, in our words."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

READINGS, DECISIONS = "/readings", "/proposals/none-1/decisions"
FIELDS = "one of text, name, published_on, known_on, least_confidence, keep"
CHECKS = "one of lines, known_on, columns. Did you mean lines?"
STATES = "open, accepted or rejected"
OBJECT = "one JSON object, sent as application/json"
A_CELL = "a text, a number, true, false, null or a list of texts"
NAME = "1 to 80 of A-Z a-z 0-9 . _ - with a letter or number first"


@pytest.mark.parametrize(
    ("field", "value", "problem", "expected"),
    [
        ("text", "", "it is empty", "an article or notice, plain text or HTML"),
        ("text", 5, "5 is not a text", "a text in quotes"),
        ("text", "\ud800", '"?" is not a text', "a text in quotes"),
        ("txt", "b", "there is no such field", f"{FIELDS}. Did you mean text?"),
        ("name", "a b", '"a b" is not allowed here', NAME),
        ("name", "é" * 99, f'"{"é" * 59}... is not allowed here', NAME),
        ("published_on", "soon", "'soon' is not a date", "YYYY-MM-DD, YYYY-MM or YYYY"),
        ("published_on", 2019, "2019 is not a text", "a text in quotes"),
        ("known_on", 20190704, "20190704 is not a day", "YYYY-MM-DD in quotes"),
        ("known_on", "2019-02-30", "'2019-02-30' is not a date: February 2019 has 28 days", "YYYY-MM-DD"),
        ("least_confidence", "x", '"x" is not a number', "a number"),
        ("least_confidence", 1.1, "1.1 is too large", "a number of at most 1.0"),
        ("least_confidence", -1, "-1 is too small", "a number of at least 0.0"),
        ("keep", "maybe", '"maybe" is neither true nor false', "true or false"),
    ],
)
def test_what_is_wrong_with_a_reading(
    client: httpx.Client, field: str, value: Any, problem: str, expected: str
) -> None:
    answer = _post(client, READINGS, {"text": "a", field: value})
    found = answer.json()
    assert (answer.status_code, found["code"]) == (422, "value_invalid")
    assert found["faults"] == [
        {"file": "request", "line": 0, "column": f"body.{field}", "problem": problem, "expected": expected}
    ]
    assert found["detail"] == f"request: body.{field}: {problem}; expected {expected}"


@pytest.mark.parametrize(
    ("asked", "fault"),
    [
        ({}, "body.text: it is missing; expected an article or notice, plain text or HTML"),
        ([], f"body: [] is not an object; expected {OBJECT}"),
        (None, f"body: null is not an object; expected {OBJECT}"),
        ({"\ud800": "b"}, 'body: "?" is not a text; expected a text in quotes'),
    ],
)
def test_what_is_wrong_with_a_body(client: httpx.Client, asked: Any, fault: str) -> None:
    assert f"request: {fault}" in _post(client, READINGS, asked).json()["detail"].splitlines()


def _post(client: httpx.Client, path: str, asked: Any) -> httpx.Response:
    """Sent in ASCII, so that halves of pairs can be."""
    body = json.dumps(asked).encode()
    return client.post(f"/api/v1{path}", content=body, headers={"Content-Type": "application/json"})


def test_all_faults_are_told_at_once(writer: httpx.Client) -> None:
    asked = {"verdict": "maybe", "by": 1, "reason": "", "on": "2019", "announced": "x"}
    found = _post(writer, DECISIONS, asked).json()
    assert {one["column"]: f"{one['problem']}; {one['expected']}" for one in found["faults"]} == {
        "body.verdict": "\"maybe\" is not allowed here; 'accepted' or 'rejected'",
        "body.by": "1 is not a text; a text in quotes",
        "body.reason": "it is empty; why it is accepted or rejected",
        "body.on": "'2019' is not a day; YYYY-MM-DD",
        "body.announced": "'x' is not a day; YYYY-MM-DD",
    }
    assert len(found["detail"].splitlines()) == 5


@pytest.mark.parametrize(
    ("path", "asked", "place", "fault"),
    [
        ("/explanations", {"line": {"code": {"a": 1}}}, "body.line.code", f'{{"a": 1}} is no cell; {A_CELL}'),
        ("/explanations", {"line": {"str": [1]}}, "body.line.str", f"[1] is no cell; {A_CELL}"),
        ("/checks", {"lines": [{"code": {"a": 1}}]}, "lines.0.code", f'{{"a": 1}} is no cell; {A_CELL}'),
        ("/checks", {"lines": 3}, "lines", "3 is not a list; a list"),
        ("/checks", {"line": []}, "line", f"there is no such field; {CHECKS}"),
        ("/checks", {"lines": [{}], "known_on": "5"}, "known_on", "'5' is not a day; YYYY-MM-DD"),
    ],
)
def test_a_cell_is_told_once(client: httpx.Client, path: str, asked: Any, place: str, fault: str) -> None:
    found = {one["column"]: one for one in _post(client, path, asked).json()["faults"]}
    assert f"{found[place]['problem']}; {found[place]['expected']}" == fault
    assert len(found) == 1 or "lines" in found


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ("law/matrix", "query.in_force_on: it is missing; expected the day asked about"),
        ("timeline?limit=x", 'query.limit: "x" is not a whole number; expected a whole number'),
        ("timeline?offset=-1", 'query.offset: "-1" is too small; expected a number of at least 0'),
        ("proposals?state=shut", f'query.state: "shut" is not allowed here; expected {STATES}'),
    ],
)
def test_what_is_wrong_with_an_address(client: httpx.Client, query: str, fault: str) -> None:
    assert client.get(f"/api/v1/{query}").json()["detail"] == f"request: {fault}"


def test_a_body_that_is_not_json(client: httpx.Client) -> None:
    headers = {"Content-Type": "application/json"}
    found = client.post("/api/v1/readings", content=b'{"text": "a"', headers=headers).json()
    problem = "it is not JSON: Expecting ',' delimiter at character 12"
    assert found["detail"] == f"request: body: {problem}; expected {OBJECT}"


def test_a_long_list_of_faults_is_cut_and_says_so(client: httpx.Client) -> None:
    asked = {"text": "a", **{f"field{at}": 1 for at in range(9)}}
    found = _post(client, READINGS, asked).json()
    assert (len(found["faults"]), found["detail"].splitlines()[-1]) == (9, "and 4 more")
