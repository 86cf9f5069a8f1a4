"""Compensation of victims, boycotts and bans on imports told as nouns."""

from __future__ import annotations

from collections.abc import Iterator

from sekisho.reading.clauses import CONDITIONS
from sekisho.reading.frames.assertion import status_in
from sekisho.reading.frames.roles import elsewhere, subject_of, toward
from sekisho.reading.frames.scan import Act, Scan
from sekisho.reading.frames.sight import word_before
from sekisho.reading.frames.telling import tell
from sekisho.reading.frames.told import Told
from sekisho.reading.lexicon import Found
from sekisho.reading.status import Status


def compensation_fits(scan: Scan, act: Act, thing: Found[list[str]]) -> bool:
    """Whether a plan is one to compensate victims."""
    words = set(scan.lower.split())
    about = words & {
        "labor",
        "labour",
        "victims",
        "victim",
        "forced",
        "wartime",
        "plaintiffs",
        "laborers",
        "labourers",
        "comfort",
        "survivors",
        "bereaved",
        "families",
        "workers",
        "compensate",
        "compensation",
        "reparations",
    }
    court = any(
        party.kind == "court"
        for party in scan.parties
        if party.first < act.first and act.first - party.last <= 3  # noqa: PLR2004
    )
    near = abs(thing.first - act.last) <= 14  # noqa: PLR2004
    return bool(about) and near and not court


def compensating(scan: Scan, act: Act) -> Iterator[Told]:
    """A state plans that victims are paid: "plans for its companies to compensate"."""
    words = [scan.tokens[place].lower for place in range(act.clause.first, act.first)]
    planned = {
        "plan",
        "plans",
        "scheme",
        "announced",
        "proposal",
        "solution",
        "foundation",
        "proposed",
        "fund",
    } & set(words)
    bound = {
        "ordered",
        "ordering",
        "order",
        "must",
        "ruled",
        "ruling",
        "orders",
        "liable",
        "refused",
        "failed",
    } & set(words)
    if not planned or bound or any(party.kind == "court" for party in scan.parties):
        return
    subject = subject_of(scan, act)
    actor = subject.codes if subject is not None else ()
    status = status_in(scan, act)
    if status is Status.HAPPENED:
        status = Status.ANNOUNCED
    yield tell(scan, act, "compensation_plan", actor, elsewhere(scan, actor), status, None, subject)


def acts_by_themselves(scan: Scan) -> Iterator[Told]:
    """Things that are acts by themselves: a boycott, a ban on imports."""
    used = {place for act in scan.acts for place in range(act.first, act.last)}
    framed = {act.match[1].first for act in scan.acts if act.match is not None}
    for thing in scan.things:
        clause = next(clause for clause in scan.clauses if clause.first <= thing.first < clause.last)
        if (
            "import_ban" in thing.value
            and thing.first not in framed
            and thing.first not in used
            and thing.last - thing.first > 1
        ):
            owner = next(
                (
                    p
                    for p in reversed(scan.parties)
                    if p.last <= thing.first
                    and thing.first - p.last <= 4  # noqa: PLR2004
                    and p.form in {"own", "adjective"}
                ),
                None,
            )
            if owner is not None and clause.opener not in CONDITIONS:
                act = Act([], thing.first, thing.last, "noun", False, clause)
                aim = toward(scan, act, owner.codes)
                yield tell(
                    scan,
                    act,
                    "import_restriction_imposed",
                    owner.codes,
                    aim,
                    Status.HAPPENED,
                    thing,
                    owner,
                )
        elif "boycott" in thing.value:
            act = Act(
                [],
                thing.first,
                thing.last,
                "base" if thing.first and scan.tokens[thing.first - 1].lower == "to" else "noun",
                False,
                clause,
            )
            who = next((p for p in scan.parties if p.kind == "people"), None) or next(
                (p for p in scan.parties if p.first > thing.last and word_before(scan, p) == "in"), None
            )
            goods = next(
                (
                    p
                    for p in scan.parties
                    if p.kind == "goods"
                    or (p.form == "adjective" and p.first >= thing.last)
                    or (
                        p.first >= thing.last
                        and scan.tokens[min(p.last, len(scan.tokens) - 1)].lower == "made"
                    )
                    or (p.last <= thing.first and thing.first - p.last <= 2 and p.form == "adjective")  # noqa: PLR2004
                ),
                None,
            )
            actor = who.codes if who else ()
            aim = tuple(c for c in (goods.codes if goods else ()) if c not in actor)
            said = {scan.tokens[place].lower for place in range(clause.first, thing.first)}
            status = (
                Status.CONSIDERED
                if {"could", "may", "might", "call", "calls", "called", "calling", "threatened", "urged"}
                & said
                else (Status.DENIED if {"no", "not", "end", "ended"} & said else Status.HAPPENED)
            )
            yield tell(scan, act, "boycott", actor, aim, status, thing, who)
            return
