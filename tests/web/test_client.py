"""The client for Python: the same answers, frames of any kind, and refusals in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pandas as pd
import polars as pl
import pytest

import sekisho
from sekisho.register.register import Register
from sekisho.web.client import Client, Refused

from .conftest import ARTICLE, EXAMPLES, LINE, TOKEN, Served

DAY = dt.date(2019, 9, 1)


@pytest.fixture(scope="module")
def api(served: Served) -> Iterator[Client]:
    with Client(served.url, token=TOKEN) as found:
        yield found


def test_lines_and_their_explanation(api: Client) -> None:
    found = api.check([LINE], known_on=dt.date(2019, 7, 4), columns=["answer"], key="client-1")
    assert found["results"][0]["answer"] == "licence_required"
    assert found["known_on"] == "2019-07-04"
    assert api.explain(LINE)["answer"] == "licence_required"


def test_frames_are_decided_as_here(api: Client, register: Register) -> None:
    frame = pd.read_csv(EXAMPLES / "orders_2019_2023.csv", dtype=str)
    found = api.check_frame(frame)
    assert isinstance(found, pd.DataFrame)
    expected = sekisho.check(frame, register=register)
    assert found["answer"].tolist() == expected["answer"].tolist()
    assert found["explanation"].tolist() == expected["explanation"].tolist()
    few = api.check_frame(pl.from_pandas(frame.head(3)), columns=["answer"], known_on=DAY)
    assert isinstance(few, pl.DataFrame)
    assert few.columns[:3] == ["transaction_id", "line_id", "answer"]


def test_the_record(api: Client) -> None:
    assert api.dossier("gsomia", DAY)["state"] == "termination_notified"
    assert api.timeline(["JP", "KR"], since=dt.date(2019, 7, 1), limit=3)["total"] > 3
    assert api.differences(dt.date(2019, 7, 3), dt.date(2019, 7, 4), destination="KR")["changes"]
    assert api.matrix(DAY, apart=["KR"])["columns"][0]["countries"] == ["KR"]
    assert api.rules(DAY, table="Policy", limit=1)["total"] > 1
    assert api.event("gsomia-in-force")["event"]["kind"] == "agreement_signed"
    assert api.coming(DAY)["coming"]
    assert len(api.dossiers(["JP", "KR"])["dossiers"]) > 10


def test_the_desk(api: Client) -> None:
    told = api.read(ARTICLE, name="client-1", published_on="2019-07-01", keep=True)
    assert told["kept"] >= 1
    proposal = next(one["id"] for one in api.proposals("open")["proposals"] if one["text"] == "client-1")
    decided = api.decide(proposal, "rejected", by="A. Mori", reason="a test", on=DAY)
    assert decided["proposal"]["state"] == "rejected"
    told = {"by": "A. Mori", "reason": "heard", "on": DAY}
    with pytest.raises(Refused, match=r"there is no proposal 'a/b\?#1'"):
        api.decide("a/b?#1", "rejected", **told)
    api.read("Peru may ban exports of tin ore.", name="client-undated", keep=True)
    decided = api.decide("client-undated-1", "accepted", **told, announced=DAY)
    assert decided["proposal"]["decisions"][0]["announced"] == DAY.isoformat()
    api.decide("client-undated-1", "rejected", **told)


def test_refusals_are_told_in_words(api: Client, served: Served) -> None:
    with pytest.raises(Refused, match="did you mean gsomia") as caught:
        api.dossier("gsomi", DAY)
    assert (caught.value.http_status, caught.value.code) == (404, "not_on_record")
    with pytest.raises(Refused, match="there are no lines") as caught:
        api.check([])
    assert caught.value.faults[0]["expected"] == "at least one order line"
    with Client(served.url) as nobody, pytest.raises(Refused, match="Authorization: Bearer"):
        nobody.read(ARTICLE, name="client-2", keep=True)
    with pytest.raises(Refused, match="there is no job"):
        api.wait("nothing")
