"""The API: answers as the field asks for them, in part if need be, and the same for the same."""

from __future__ import annotations

import concurrent.futures
import dataclasses
import json
import threading
from pathlib import Path
from typing import Any

import httpx
import pyarrow as pa
import pytest

import sekisho
from sekisho.register.open import open_register
from sekisho.register.register import Register
from sekisho.web.api import checks
from sekisho.web.changes import change_asked

from .conftest import ARTICLE, EXAMPLES, LINE, settings_for

ARROW = "application/vnd.apache.arrow.stream"
CARRIED = ("in_force_on", "known_on", "register", "not_covered", "sources")


def _check(client: httpx.Client, *lines: dict[str, Any], **more: Any) -> httpx.Response:
    return client.post("/api/v1/checks", json={"lines": list(lines), **more})


def _stream(table: pa.Table, compression: str | None = None) -> bytes:
    held = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression=compression)
    with pa.ipc.new_stream(held, table.schema, options=options) as writer:
        writer.write_table(table)
    return bytes(held.getvalue().to_pybytes())


def test_the_answer_changes_from_3_to_4_july_2019(client: httpx.Client) -> None:
    before = {**LINE, "line_id": "20", "decisive_date": "2019-07-03"}
    found = _check(client, LINE, before).json()["results"]
    assert [(one["line_id"], one["answer"], one["usable_licence"]) for one in found] == [
        ("10", "licence_required", "individual"),
        ("20", "authorised", "special_general_bulk"),
    ]
    assert found[0]["licence_types"] == ["individual"]
    assert "bakermckenzie-2019-07-three-materials" in found[0]["sources"]


def test_known_on_the_day_before_it_was_announced(client: httpx.Client) -> None:
    found = _check(client, LINE, known_on="2019-06-30").json()
    assert found["known_on"] == "2019-06-30"
    assert found["results"][0]["answer"] == "authorised"


def test_one_line_with_a_fault_loses_no_other(client: httpx.Client) -> None:
    answer = _check(client, LINE, {**LINE, "line_id": "20", "destination_country": "Korea"})
    found = answer.json()
    assert answer.status_code == 207
    assert [one["answer"] for one in found["results"]] == ["licence_required", "undetermined"]
    fault = found["results"][1]["faults"][0]
    assert (fault["column"], fault["problem"]) == ("destination_country", "unknown country 'Korea'")
    assert "KP (North Korea)" in fault["expected"]
    assert found["summary"]["faulty"] == 1


def test_what_is_not_stated_is_asked_for(client: httpx.Client) -> None:
    few = {name: LINE[name] for name in ("ship_from_country", "destination_country", "code", "decisive_date")}
    found = _check(client, few).json()["results"][0]
    assert found["answer"] == "undetermined"
    assert "item_kind" in [question["fact"] for question in found["questions"]]


def test_questions_are_told_apart_whatever_their_words(register: Register, client: httpx.Client) -> None:
    facts = [fact for regime in register.regimes.values() for fact in regime.facts.values()]
    assert not [fact.name for fact in facts if ": " in fact.question and "; " in fact.question]
    few = {name: LINE[name] for name in ("ship_from_country", "destination_country", "decisive_date")}
    decision = _check(client, {**few, "code": "3(1)"}).json()["results"][0]
    shipment = sekisho.Shipment(
        decisive_date=__import__("datetime").date(2019, 7, 4), ship_from="JP", destination="KR", code="3(1)"
    )
    expected = sekisho.decide(shipment, register).questions
    assert [(q["fact"], q["text"]) for q in decision["questions"]] == [(q.fact, q.text) for q in expected]


def test_the_same_request_is_the_same_answer_with_the_same_id(client: httpx.Client) -> None:
    one, other = _check(client, LINE), _check(client, LINE)
    assert one.content == other.content
    again = client.get(one.headers["content-location"])
    assert again.content == one.content
    assert client.get("/api/v1/checks/0000").json()["code"] == "gone"


def test_what_one_request_decided_changes_no_other(client: httpx.Client) -> None:
    """Checkers are used again: the same line in other company, with a double, gets the same answer."""
    day = "2019-12-01"
    alone = _check(client, LINE, known_on=day).json()["results"][0]
    other = {**LINE, "line_id": "77", "code": "3(1)"}
    among = _check(client, other, LINE, {**LINE}, known_on=day).json()
    assert {**among["results"][1], "line": 1} == alone
    assert among["results"][2]["faults"][0]["problem"].startswith("the key 'SO-1/10' already stands")
    counted = _check(client, LINE, other, known_on=day).json()["summary"]
    assert counted["lines"] == sum(counted["answers"].values()) == 2
    assert counted["faulty"] == 0


def test_an_idempotency_key_is_for_one_request(client: httpx.Client) -> None:
    key = {"Idempotency-Key": "key-1"}
    one = client.post("/api/v1/checks", json={"lines": [LINE]}, headers=key)
    again = client.post("/api/v1/checks", json={"lines": [LINE]}, headers=key)
    other = client.post("/api/v1/checks", json={"lines": [LINE, LINE]}, headers=key)
    assert one.content == again.content
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")


def test_requests_with_one_idempotency_key_at_the_same_time(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second is refused while the first is still being worked out, whatever its body."""
    begun, go = threading.Event(), threading.Event()
    answer = checks._answer

    def slow(*asked: Any) -> Any:
        begun.set()
        go.wait(20)
        return answer(*asked)

    monkeypatch.setattr(checks, "_answer", slow)
    key, first = {"Idempotency-Key": "key-at-once"}, {"lines": [{**LINE, "line_id": "at once"}]}
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        one = pool.submit(client.post, "/api/v1/checks", json=first, headers=key)
        assert begun.wait(20)
        try:
            other = client.post("/api/v1/checks", json={"lines": [LINE, LINE]}, headers=key)
            same = client.post("/api/v1/checks", json=first, headers=key)
        finally:
            go.set()
        assert one.result().status_code == 200
    assert (other.status_code, other.json()["code"]) == (422, "key_reused")
    assert (same.status_code, same.json()["code"], same.headers["retry-after"]) == (409, "key_in_use", "1")
    assert client.post("/api/v1/checks", json=first, headers=key).content == one.result().content


def test_limits_that_are_whole_are_told_as_whole_numbers(client: httpx.Client) -> None:
    limits = client.get("/api/v1/about").json()["limits"]
    assert {name for name, most in limits.items() if not isinstance(most, int)} == {"body_seconds"}
    assert (limits["lines"], limits["seconds"], limits["body_seconds"]) == (20_000, 60, 1.5)


def test_arrow_in_and_out_is_the_same_as_json(client: httpx.Client) -> None:
    lines = [{**LINE, "line_id": str(at), "licences_held": "special_general_bulk"} for at in range(3)]
    body = _stream(pa.Table.from_pylist(lines))
    answer = client.post("/api/v1/checks", content=body, headers={"Content-Type": ARROW, "Accept": ARROW})
    table = pa.ipc.open_stream(answer.content).read_all()
    told = _check(client, *lines).json()["results"]
    assert table.column("answer").to_pylist() == [one["answer"] for one in told]
    assert table.column("explanation").to_pylist() == [one["explanation"] for one in told]
    few = client.post(
        "/api/v1/checks?columns=answer", content=body, headers={"Content-Type": ARROW, "Accept": "*/*"}
    )
    assert few.json()["results"][0] == {
        "transaction_id": "SO-1", "line_id": "0", "line": 1, "answer": "licence_required"
    }  # fmt: skip


def test_compressed_and_broken_arrow_are_refused_in_words(client: httpx.Client) -> None:
    table = pa.table({"code": ["7(19)"] * 1000})
    for body, told in (
        (_stream(table, "zstd"), "the batches are compressed"),
        (_stream(table)[:200], "not an Arrow IPC stream"),
        (b"nonsense", "not an Arrow IPC stream"),
        (b"", "not an Arrow IPC stream"),
    ):
        answer = client.post("/api/v1/checks", content=body, headers={"Content-Type": ARROW})
        assert answer.status_code == 400
        assert told in answer.json()["detail"]


@pytest.mark.parametrize(
    ("body", "status", "code", "told"),
    [
        (b"{", 400, "bad_request", "it is not JSON: EOF while parsing an object at line 1 column 1"),
        (b"[]", 400, "bad_request", "object"),
        (b'{"lines": []}', 400, "input_invalid", "there are no lines"),
        (b'{"lines": 3}', 422, "value_invalid", "lines"),
        (b'{"lines": [{"code": {"a": 1}}]}', 422, "value_invalid", "lines.0.code"),
        (b'{"lines": [{"code": "7(19)"}]}', 400, "input_invalid", "destination_country: the column"),
        (b'{"lines": [{}], "known_on": "5"}', 422, "value_invalid", "known_on"),
        (b'{"lines": [{}], "columns": ["nothing"]}', 422, "value_invalid", "no column of a decision"),
        (b'{"line": []}', 422, "value_invalid", "lines: it is missing; expected one object for each order"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_body(
    client: httpx.Client, body: bytes, status: int, code: str, told: str
) -> None:
    answer = client.post("/api/v1/checks", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert told in answer.json()["detail"]
    assert answer.headers["content-type"] == "application/problem+json"


def test_two_names_of_one_meaning_are_a_fault_of_the_line(client: httpx.Client) -> None:
    found = _check(client, LINE, {**LINE, "line_id": "20", "to": "US"}).json()
    assert found["results"][0]["answer"] == "licence_required"
    assert found["results"][1]["faults"][0]["problem"] == "two names have this meaning"


def test_an_explanation_tells_every_rule_and_what_would_change_it(client: httpx.Client) -> None:
    found = client.post("/api/v1/explanations", json={"line": LINE}).json()
    assert (found["answer"], found["may_ship"]) == ("licence_required", False)
    assert found["tree"][0]["children"]
    assert found["changes"][0]["after"] == "2019-07-03"
    wrong = client.post("/api/v1/explanations", json={"line": {**LINE, "decisive_date": "soon", "to": "KR"}})
    assert wrong.json()["code"] == "value_invalid"
    wrong = client.post(
        "/api/v1/explanations", json={"line": {**LINE, "decisive_date": "soon", "value": "x"}}
    )
    assert [fault["column"] for fault in wrong.json()["faults"]] == ["decisive_date", "value"]


@pytest.mark.parametrize(
    "path",
    [
        "/law/matrix?in_force_on=2019-07-04&apart=KR",
        "/law/rules?in_force_on=2019-07-04&destination=KR&table=Policy",
        "/differences?first=2019-07-03&second=2019-07-04&destination=KR",
        "/timeline?between=JP&between=KR&since=2019-07-01&until=2019-12-31",
        "/dossiers?between=JP&between=KR",
        "/dossiers/gsomia?in_force_on=2019-09-01&known_on=2019-09-01",
        "/events/gsomia-termination-notice",
        "/coming?in_force_on=2019-07-10",
        "/records/7(19)",
        "/about",
    ],
)
def test_every_answer_says_by_what_it_was_given(client: httpx.Client, path: str, register: Register) -> None:
    found = client.get(f"/api/v1{path}")
    assert found.status_code == 200
    assert [name for name in CARRIED if name not in found.json()] == []
    assert found.json()["register"] == register.fingerprint


def test_the_matrix_of_two_days(client: httpx.Client) -> None:
    def resist(day: str) -> str:
        found = client.get("/api/v1/law/matrix", params={"in_force_on": day, "apart": "KR"}).json()
        row = next(row for row in found["rows"] if row["items"] == ["7(19)"])
        return str(row["cells"][0]["lightest"])

    assert (resist("2019-07-03"), resist("2019-07-04")) == ("general_bulk", "individual")


def test_the_state_of_an_agreement_as_known_on_two_days(client: httpx.Client) -> None:
    def state(known_on: str) -> str:
        params = {"in_force_on": "2019-11-22", "known_on": known_on}
        return str(client.get("/api/v1/dossiers/gsomia", params=params).json()["state"])

    assert (state("2019-11-21"), state("2019-11-22")) == ("termination_notified", "notice_suspended")


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        ("/dossiers/gsomi?in_force_on=2019-09-01", 404, "did you mean gsomia?"),
        ("/events/nothing", 404, "there is no event 'nothing'"),
        ("/dossiers/gsomia", 422, "in_force_on: it is missing; expected the day asked about"),
        ("/dossiers/gsomia?in_force_on=1562198400", 422, "is not a day"),
        ("/dossiers/gsomia?in_force_on=2019-02-30", 422, "February 2019 has 28 days"),
        ("/differences?first=2019-07-04&second=2019-07-03", 422, "lies before the first"),
        ("/law/matrix?in_force_on=2019-07-04&country=FR", 404, "law of a country"),
        ("/law/rules?in_force_on=2019-07-04&table=Nothing", 422, "table"),
        ("/timeline?between=Korea", 422, "unknown country 'Korea'"),
        (
            "/nothing",
            404,
            "GET /api/v1/nothing: there is nothing; expected an address of /api/v1/openapi.json",
        ),
        ("/proposals/nothing", 404, "there is no proposal"),
    ],
)
def test_errors_say_what_is_wrong(client: httpx.Client, path: str, status: int, told: str) -> None:
    answer = client.get(f"/api/v1{path}")
    assert answer.status_code == status
    assert told in answer.json()["detail"]


def test_reading_keeps_only_with_the_token(client: httpx.Client, writer: httpx.Client) -> None:
    asked = {"text": ARTICLE, "name": "kept-1", "keep": True}
    assert client.post("/api/v1/readings", json=asked).json()["code"] == "sign_in_needed"
    key = {"Idempotency-Key": "reading-1"}
    found, again = (writer.post("/api/v1/readings", json=asked, headers=key).json() for _ in range(2))
    assert found == again
    assert found["kept"] >= 1
    event = found["events"][0]
    assert found["text"][event["quote_start"] : event["quote_end"]] == event["quote"]
    assert [one["text"] for one in client.get("/api/v1/proposals?state=open").json()["proposals"]].count(
        "kept-1"
    )


def test_what_is_less_sure_is_told_apart(client: httpx.Client) -> None:
    usual = client.post("/api/v1/readings", json={"text": ARTICLE}).json()
    strict = client.post("/api/v1/readings", json={"text": ARTICLE, "least_confidence": 1}).json()
    assert (strict["events"], strict["least_confidence"]) == ([], 1)
    told = [one["event_id"] for one in (*usual["events"], *usual["doubtful"])]
    assert sorted({one["event_id"] for one in strict["doubtful"]}) == sorted({*told})
    refused = client.post("/api/v1/readings", json={"text": ARTICLE, "least_confidence": 1.1})
    assert refused.status_code == 422
    assert "least_confidence" in refused.text


def test_a_decision_of_a_proposal_is_done_once(client: httpx.Client, writer: httpx.Client) -> None:
    writer.post("/api/v1/readings", json={"text": ARTICLE, "name": "kept-2", "keep": True})
    proposal = next(
        one["id"] for one in client.get("/api/v1/proposals").json()["proposals"] if one["text"] == "kept-2"
    )
    told = {"verdict": "rejected", "by": "A. Mori", "reason": "known already", "on": "2019-07-02"}
    path = f"/api/v1/proposals/{proposal}/decisions"
    assert client.post(path, json=told).status_code == 401
    key = {"Idempotency-Key": "decide-1"}
    one, again = (writer.post(path, json=told, headers=key).json() for _ in range(2))
    assert one == again
    assert len(one["proposal"]["decisions"]) == 1
    assert one["proposal"]["state"] == "rejected"


def test_a_proposal_is_decided_by_whatever_name_its_text_has(
    writer: httpx.Client,
) -> None:
    """Texts of one name in two folders are named by their paths; such a proposal had no address."""
    told = {"verdict": "rejected", "by": "A. Mori", "reason": "known already", "on": "2019-07-02"}
    answer = writer.post("/api/v1/proposals/a%2Fb.txt-1%20%23/decisions", json=told)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_on_record")
    assert answer.json()["detail"].startswith("there is no proposal 'a/b.txt-1 #'")
    answer = writer.post("/api/v1/proposals/a")
    assert (answer.status_code, answer.json()["detail"]) == (
        405, "POST /api/v1/proposals/a: this address is not asked so; expected GET"
    )  # fmt: skip


def test_an_act_whose_day_no_text_tells_needs_one_to_be_accepted(
    client: httpx.Client, writer: httpx.Client
) -> None:
    """By the API and by the page alike."""
    text = "Prices rose in Lima. Traders were calm. Peru could ban exports of tin ore to Vietnam."
    asked = {"text": text, "name": "tied"}
    writer.post("/api/v1/readings", json={**asked, "published_on": "2023-03-24", "keep": True})
    told = {"verdict": "accepted", "by": "A. Mori", "reason": "heard", "on": "2023-03-27"}
    refused = writer.post("/api/v1/proposals/tied-1/decisions", json=told)
    assert (refused.status_code, refused.json()["faults"][0]["expected"]) == (
        422, "that day, as announced (--announced DAY)"
    )  # fmt: skip
    form = {**told, "proposal": "tied-1", "announced": "yesterday"}
    assert "announced: 'yesterday' is not a day" in writer.post("/desk/decide", data=form).json()["detail"]
    assert writer.post("/desk/decide", data={**form, "announced": "2023-03-23"}).status_code == 303
    found = client.get("/api/v1/proposals/tied-1").json()["proposal"]
    assert (found["state"], found["decisions"][0]["announced"]) == ("accepted", "2023-03-23")
    early = writer.post("/api/v1/proposals/tied-1/decisions", json={**told, "on": "2023-03-23"}).json()
    assert early["detail"].startswith("the day of the decision, 2023-03-23, is before the text of tied-1 was")
    undone = writer.post("/api/v1/proposals/tied-1/decisions", json={**told, "verdict": "rejected"}).json()
    assert undone["overlay_events"] == []


def test_the_openapi_document_has_examples(client: httpx.Client) -> None:
    found = client.get("/api/v1/openapi.json").json()
    for path, methods in found["paths"].items():
        for method, operation in methods.items():
            assert operation["summary"], (path, method)
            assert operation["description"], (path, method)
            told = operation["responses"].get("200") or operation["responses"]["202"]
            assert "application/json" in json.dumps(told), (path, method)
    assert "2019-07-04" in json.dumps(found["components"]["schemas"]["ExplanationIn"])
    asked = [
        (path, parameter["name"])
        for path, methods in found["paths"].items()
        for operation in methods.values()
        for parameter in operation.get("parameters", ())
        if parameter["required"] and "example" not in json.dumps(parameter)
    ]
    assert asked == []


def test_the_openapi_document_tells_problems_as_they_are_sent(client: httpx.Client) -> None:
    found = client.get("/api/v1/openapi.json").json()
    assert "HTTPValidationError" not in json.dumps(found)
    for path, methods in found["paths"].items():
        for operation in methods.values():
            for status, answer in operation["responses"].items():
                if int(status) >= 400:
                    assert list(answer["content"]) == ["application/problem+json"], (path, status)
                    told = answer["content"]["application/problem+json"]
                    assert told["example"]["status"] == int(status)
    decision = found["paths"]["/api/v1/proposals/{name}/decisions"]["post"]
    assert decision["security"] == [{"token": []}]
    assert found["components"]["securitySchemes"]["token"]["scheme"] == "bearer"


def test_a_text_longer_than_is_read_is_refused(client: httpx.Client) -> None:
    answer = client.post("/api/v1/readings", json={"text": "a" * ((2 << 20) + 1)})
    assert (answer.status_code, answer.json()["faults"][0]["column"]) == (422, "body.text")


def test_no_schema_is_asked_from_outside(client: httpx.Client) -> None:
    for page in Path(sekisho.__file__).parent.glob("web/templates/*.html"):
        assert 'src="http' not in page.read_text(encoding="utf-8")
    assert client.get("/docs").status_code == 404


def test_what_an_event_does_to_lines(client: httpx.Client) -> None:
    early = {**LINE, "line_id": "20", "decisive_date": "2019-06-01"}
    asked = {"lines": [LINE, early], "event": "jp-three-materials-individual"}
    found = client.post("/api/v1/impacts", json=asked).json()
    assert (found["lines"], found["flipped"]) == (2, 2)
    assert found["groups"][0]["event"] == "jp-three-materials-individual"
    told = {
        line["line_id"]: (line["answer_before"], line["answer_after"], line["timing"])
        for line in found["flipped_lines"]
    }
    assert told["10"] == ("authorised", "licence_required", "ships_after")
    assert told["20"][2] == "ships_before"
    assert found["sources"]
    assert [name for name in CARRIED if name not in found] == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({}, "no change of the law is named"),
        ({"event": "x", "before": "2019-07-03"}, "more than one change"),
        ({"event": "nothing"}, "there is no event 'nothing'"),
        ({"before": "2019-07-03"}, "only one of the two days"),
        ({"scenario": '[[event]]\nid = "x"'}, "scenario.toml"),
        ({"scenario": "["}, "not TOML"),
    ],
)
def test_a_change_that_is_none_is_refused(client: httpx.Client, change: dict[str, str], told: str) -> None:
    answer = client.post("/api/v1/impacts", json={"lines": [LINE], **change})
    assert answer.status_code in {400, 404, 422}
    assert told in answer.json()["detail"]


def test_a_scenario_is_held_against_lines(client: httpx.Client) -> None:
    scenario = (EXAMPLES / "scenario_hf_eased.toml").read_text(encoding="utf-8")
    line = {
        **LINE, "code": "3(1)", "decisive_date": "2022-06-01", "controlled_substance": "hydrogen_fluoride",
        "substance_wt_pct": 99.9,
    }  # fmt: skip
    found = client.post("/api/v1/impacts", json={"lines": [line], "scenario": scenario}).json()
    assert found["scenario"]
    assert found["lines"] == 1


@pytest.mark.parametrize("path", ["coming", "dossiers/gsomia"])
@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_ends_of_the_calendar_are_answered(client: httpx.Client, path: str, day: str) -> None:
    found = client.get(f"/api/v1/{path}", params={"in_force_on": day})
    assert found.status_code == 200
    page = client.get(f"/{path}", params={"in_force_on": day})
    assert page.status_code == 200


def test_half_a_character_in_a_scenario_is_a_fault_of_it(client: httpx.Client) -> None:
    body = json.dumps({"lines": [LINE], "scenario": "id = '\ud800'"})
    answer = client.post("/api/v1/impacts", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (422, "register_invalid")


def test_a_scenario_is_held_against_the_law_without_that_of_the_server(
    register: Register, tmp_path: Path
) -> None:
    text = (EXAMPLES / "scenario_hf_eased.toml").read_text(encoding="utf-8")
    own = open_register(None, EXAMPLES / "scenario_hf_eased.toml")
    settings = dataclasses.replace(settings_for(register, tmp_path), register=own)
    plain = change_asked(settings_for(register, tmp_path), scenario=text)
    under = change_asked(settings, scenario=text)
    assert under.before.register.fingerprint == plain.before.register.fingerprint == register.fingerprint


def test_an_event_has_the_heading_of_its_place(client: httpx.Client) -> None:
    path = "/events/jp-three-materials-individual"
    page, part = client.get(path).text, client.get(path, headers={"HX-Request": "true"}).text
    assert "<h1>Bulk licences may no longer be used" in page
    assert "<h1>" not in part
    assert "<h2>Bulk licences may no longer be used" in part
