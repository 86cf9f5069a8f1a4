"""What requests and answers look like, for the OpenAPI document and for checks at the edge."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from sekisho.dates import PartialDate, parse_day
from sekisho.errors import ValueInvalid
from sekisho.reading.confidence import THRESHOLD


def _day(value: object) -> object:
    """A day as ISO 8601 writes it; a number or a moment is none."""
    if isinstance(value, str):
        return parse_day(value)
    if value is None or type(value) is dt.date:
        return value
    msg = f"{value!r} is not a day"
    raise ValueInvalid(msg, "YYYY-MM-DD in quotes")


def _partial(value: object) -> object:
    return str(PartialDate.parse(value)) if isinstance(value, str) else value


_DAY = {"type": "string", "format": "date", "examples": ["2019-07-04"]}
Day = Annotated[dt.date, BeforeValidator(_day), WithJsonSchema(_DAY)]
"""One day, YYYY-MM-DD, in the time zone of the regulator."""
Partial = Annotated[str, BeforeValidator(_partial), Field(examples=["2019-07-01", "2019-07"])]
"""A day, a month or a year, as far as it is known."""
Cell = str | float | int | bool | None | list[str]


LONGEST_TEXT = 2 << 20
"""The most characters of a text that is read in one request."""


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Source(BaseModel):
    """A text that says something."""

    id: str
    title: str
    publisher: str
    kind: str
    published: str | None
    url: str
    language: str


class Answered(BaseModel):
    """What every answer carries."""

    model_config = ConfigDict(extra="allow")
    in_force_on: str | None = Field(description="The day of the law; null where there is no one day.")
    known_on: str | None = Field(description="By what was known on this day; null is all that is on record.")
    register_: str = Field(alias="register", description="The fingerprint of the register.")
    register_version: str
    scenario: str = Field(description="The scenario laid over the register, or empty.")
    engine_version: str
    not_covered: list[str] = Field(description="What the answer leaves out.")
    sources: list[Source]


class FaultOut(BaseModel):
    """One thing wrong in one place."""

    file: str
    line: int
    column: str
    problem: str
    expected: str


class ProblemOut(BaseModel):
    """A problem document (RFC 9457)."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    faults: list[FaultOut]


LINE: dict[str, Any] = {
    "transaction_id": "SO-1", "line_id": "10", "ship_from_country": "JP", "destination_country": "KR",
    "code": "7(19)", "classification_status": "approved", "item_kind": "goods", "decisive_date": "2019-07-04",
    "value": 5000000, "currency": "JPY", "licences_held": ["special_general_bulk"], "icp": True,
    "end_use_code": "none", "end_user_concern": "none", "informed": False,
}  # fmt: skip
"""An order line, as the examples show it."""


class ChecksIn(_Record):
    """Order lines to decide."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"lines": [LINE]}]})
    lines: list[dict[str, Cell]] = Field(description="One object for each order line, cells by column name.")
    known_on: Day | None = None
    columns: list[str] | None = Field(None, description="The fields of each result; all if not given.")


class QuestionOut(BaseModel):
    """A fact that is missing, and how to ask for it."""

    fact: str
    text: str


class Result(BaseModel):
    """The answer for one line; fields that were not asked for are absent."""

    model_config = ConfigDict(extra="allow")
    transaction_id: str | None = None
    line_id: str | None = None
    line: int = Field(description="The place of the line in the request, from 1.")
    answer: str | None = None
    faults: list[FaultOut] = Field(default=[], description="What could not be read of the line.")


class Summary(BaseModel):
    """What came out, counted."""

    lines: int
    faulty: int
    may_ship: int
    answers: dict[str, int]
    blocked: dict[str, int]
    questions: list[dict[str, Any]]


class ChecksOut(Answered):
    """Every line with its answer."""

    id: str = Field(description="Follows from the request and the register; GET /checks/{id} gives it again.")
    summary: Summary
    results: list[Result]


class ExplanationIn(_Record):
    """One order line to explain."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"line": LINE}]})
    line: dict[str, Cell] = Field(description="An order line, cells by column name.")
    known_on: Day | None = None


class ExplanationOut(Answered):
    """The answer for one line with its reasoning and what would change it."""

    answer: str
    meaning: str
    may_ship: bool
    explanation: str
    licence_types: list[str]
    usable_licence: str
    questions: list[QuestionOut]
    tree: list[dict[str, Any]]
    changes: list[dict[str, Any]]


class ReadingIn(_Record):
    """A text to read."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "text": "TOKYO, July 1, 2019 - Japan will require individual licences for exports of"
                    " resist to South Korea from July 4.",
                    "name": "article-1",
                    "published_on": "2019-07-01",
                }
            ]
        },
    )
    text: str = Field(
        min_length=1, max_length=LONGEST_TEXT, description="An article or notice, plain text or HTML."
    )
    name: str = Field(
        "text",
        pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$",
        description="What the ids of its proposals begin with.",
    )
    published_on: Partial | None = Field(
        None, description="The day of publication, if it is known: YYYY-MM-DD, YYYY-MM or YYYY."
    )
    known_on: Day | None = Field(
        None, description="Hold it against the record as known on this day; else against all on record."
    )
    least_confidence: float = Field(
        THRESHOLD, ge=0, le=1, description="From which confidence on an event is proposed."
    )
    keep: bool = Field(default=False, description="Put the proposals on the desk; this needs the token.")


class DecisionIn(_Record):
    """What a named person decides of a proposal."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"verdict": "accepted", "by": "A. Mori", "reason": "METI notice seen", "on": "2019-07-01"}
            ]
        },
    )
    verdict: Literal["accepted", "rejected"] = Field(description="'accepted' or 'rejected'.")
    by: str = Field("", description="The person; a proxy that names the person goes before this.")
    reason: str = Field(min_length=1, description="Why it is accepted or rejected.")
    on: Day = Field(description="The day of the decision, YYYY-MM-DD.")
    dossier: str = Field("", description="Where it belongs, if the reader did not find it.")
    announced: Day | None = Field(
        None, description="The day it was announced; needed to accept where the text tells no day."
    )
