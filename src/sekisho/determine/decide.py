"""One order line to one decision."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

from sekisho.determine.catch_all import approvals
from sekisho.determine.docket import Docket, Outcome, Reads, Seen, known_facts, undetermined
from sekisho.determine.reasons import Reasons
from sekisho.determine.steps import STEPS
from sekisho.model import Answer, Confidence, Consequence, Decision, Question, Reason, Shipment
from sekisho.register.candidates import Candidate
from sekisho.register.law import CANDIDATES_KEPT, INDIVIDUAL, GoingWith, Law
from sekisho.register.register import Register

Names = tuple[str, str]
_ASSUMED_FINAL = "the ultimate destination is not stated and is taken to be the destination"
_NEGATIVE = frozenset({Answer.NOT_LISTED, Answer.NO_REQUIREMENT_FOUND, Answer.AUTHORISED})
_SEVERITY = {answer: rank for rank, answer in enumerate(Answer)}


def decide(
    shipment: Shipment,
    register: Register,
    known_on: dt.date | None = None,
    *,
    with_reasons: bool = True,
    reads: Reads | None = None,
    names: Names | None = None,
) -> Decision:
    """Decides one order line by the law of its decisive date, as known on another day.

    The destination and the ultimate destination, where they differ, are both decided and
    the more severe answer is given.

    Args:
        shipment: The order line; what is not stated is unknown.
        register: The register to decide by.
        known_on: What was known on this day; ``None`` is all that is recorded.
        with_reasons: Whether to keep every rule that was read with why it applied or not.
        reads: Takes the names of the facts that were looked at, in order.
        names: What the destination and the ultimate destination are called in sentences;
            their names in English if not given.
    """
    outside = _outside(shipment, register)
    if outside is not None:
        return _no_law(shipment, register, known_on, *outside)
    law = register.law(str(shipment.ship_from), known_on)
    assert law is not None  # noqa: S101  checked by _outside
    day, seen = shipment.decisive_date, Seen(known_facts(shipment), keeps=reads is not None)
    assert day is not None  # noqa: S101  checked by _outside
    in_force = law.on(day)
    decisions = [
        _decide(Docket(register, in_force, day, shipment, place, with_reasons, seen, name), known_on)
        for place, name in _places(shipment, register, names)
    ]
    if reads is not None:
        reads.update(dict.fromkeys(seen))
    return _joined(shipment, decisions, law)


def _places(shipment: Shipment, register: Register, names: Names | None) -> list[tuple[str, str]]:
    """The places that are decided, each with what it is called."""
    place, final = str(shipment.destination), shipment.ultimate_destination
    called = names[0] if names else register.countries.name(place)
    if not final or final == place:
        return [(place, called)]
    return [(place, called), (final, names[1] if names else register.countries.name(final))]


def _joined(shipment: Shipment, decisions: list[Decision], law: Law) -> Decision:
    """One decision for all places of a line: the severest answer, and what serves every place.

    Whether a licence may be used for a deal does not hang on the place, so one that covers
    the line at one place and is a usable type at all of them covers it.
    """
    if len(decisions) == 1:
        return decisions[0]
    severest = min(decisions, key=lambda decision: _SEVERITY[decision.answer])
    licensed = [decision for decision in decisions if decision.licence_types]
    if len(licensed) < 2:  # noqa: PLR2004  nothing to reconcile
        return severest
    types = tuple(name for name in severest.licence_types if all(name in d.licence_types for d in licensed))
    if severest.answer is Answer.AUTHORISED:
        held = shipment.licences_held or frozenset()
        covering = {d.usable_licence for d in licensed} | ({INDIVIDUAL} & held)
        both = [name for name in types if name in covering]
        if both:
            return replace(severest, licence_types=types, usable_licence=both[0])
        severest = replace(severest, answer=Answer.LICENCE_REQUIRED)
    ranks = {row.id: row.rank for row in law.regime.licence_types}
    heaviest = max((decision.usable_licence for decision in licensed), key=lambda n: ranks[n])
    usable = heaviest if heaviest in types else INDIVIDUAL
    told = f"{shipment.code} needs a licence to both places. Usable types at both: {', '.join(types)}."
    return replace(severest, licence_types=types, usable_licence=usable, explanation=told)


def _outside(shipment: Shipment, register: Register) -> tuple[str, tuple[Question, ...]] | None:
    """Why the register cannot decide at all, with the questions that would help."""
    country, day = shipment.ship_from, shipment.decisive_date
    for value, fact, what in (
        (day, "decisive_date", "On which day does the line ship (decisive date)?"),
        (country, "ship_from_country", "From which country does the line ship?"),
        (shipment.destination, "destination_country", "To which country does the line ship?"),
    ):
        if value is None:
            return f"{fact} is not stated", (Question(fact=fact, text=what),)
    regime = register.regimes.get(str(country))
    if regime is None:
        name = register.countries.name(str(country))
        return f"export controls of {name} are not in the register", ()
    if day is not None and day < regime.covered_from:
        return f"the law of {regime.country} before {regime.covered_from} is not in the register", ()
    if country == shipment.destination:
        return "supply inside the country is not an export and is not decided here", ()
    return None


def _no_law(
    shipment: Shipment,
    register: Register,
    known_on: dt.date | None,
    why: str,
    questions: tuple[Question, ...],
) -> Decision:
    gaps = () if questions else (why,)
    return Decision(
        answer=Answer.UNDETERMINED,
        licence_types=(),
        usable_licence="",
        rules=(),
        sources=(),
        questions=questions,
        review_days=None,
        confidence=Confidence.LOW,
        not_covered=gaps,
        in_force_on=shipment.decisive_date,
        known_on=known_on,
        register=register.fingerprint,
        explanation=f"Cannot be determined: {why}.",
        reasons=(Reason(step="scope", rule="", applies=None, because=why),),
    )


def _decide(docket: Docket, known_on: dt.date | None) -> Decision:
    _note_scope(docket)
    outcome = _run(docket)
    outcome = _fail_closed(docket, approvals(docket, outcome))
    if docket.shipment.ultimate_destination is None:
        docket.leave_open((_ASSUMED_FINAL,))
    return _decision(docket, known_on, outcome)


def _note_scope(docket: Docket) -> None:
    regime = docket.law.regime
    if docket.day > regime.read_until:
        gap = f"amendments of {regime.title} after {regime.read_until} were not read"
        docket.leave_open((gap,))
        docket.findings.confidence = docket.findings.confidence.capped(Confidence.MEDIUM)


def _run(docket: Docket) -> Outcome:
    for step in STEPS:
        outcome = step(docket)
        if outcome is not None:
            return outcome
    msg = "the steps ended without an outcome"
    raise AssertionError(msg)


def _fail_closed(docket: Docket, outcome: Outcome) -> Outcome:
    """A disputed rule, or a bar that is not excluded, never frees a line."""
    if outcome.answer in _NEGATIVE and docket.may_be_barred:
        return undetermined(docket, f"it is not excluded that no licence is given: {docket.may_be_barred}")
    if outcome.answer in _NEGATIVE and docket.findings.confidence is Confidence.DISPUTED:
        why = "a rule that would free the line is disputed on record"
        return Outcome(Answer.UNDETERMINED, f"Cannot be determined: {why}.")
    return outcome


def _decision(docket: Docket, known_on: dt.date | None, outcome: Outcome) -> Decision:
    findings = docket.findings
    going_with = _consequences(docket, outcome)
    return Decision.of({
        "answer": outcome.answer,
        "licence_types": outcome.licence_types,
        "usable_licence": outcome.usable_licence,
        "rules": tuple(findings.rules),
        "sources": tuple(findings.sources),
        "questions": tuple(findings.questions.values()),
        "review_days": None,
        "confidence": findings.confidence,
        "not_covered": tuple(findings.not_covered),
        "in_force_on": docket.day,
        "known_on": known_on,
        "register": docket.register.fingerprint,
        "explanation": outcome.explanation,
        "reasons": Reasons(findings.notes, docket.shipment) if docket.with_reasons else (),
        "office": "",
        "penalty": "",
        "record_years": None,
        "papers": "",
        **going_with,
    })  # fmt: skip


_LICENSED = frozenset({Answer.LICENCE_REQUIRED, Answer.AUTHORISED})
_NUMBERS = frozenset({"review_days", "record_years"})
"""The topics of which a row gives a number; of others it gives a sentence."""


def _consequences(docket: Docket, outcome: Outcome) -> Mapping[str, int | str]:
    """What goes with the outcome: the narrowest row of each topic, a field of the decision."""
    if outcome.answer not in _LICENSED:
        return {}
    kept = docket.law.going_with
    key = docket.destination, docket.number, outcome.usable_licence
    by_topic = kept.get(key)
    if by_topic is None:
        if len(kept) >= CANDIDATES_KEPT:
            kept.clear()
        by_topic = kept[key] = _by_topic(docket, outcome.usable_licence)
    found: dict[str, int | str] = {}
    for topic, rules in by_topic:
        for rule in rules:
            if (rule.settled or docket.match(rule)).held:
                found[topic] = int(rule.row.value) if topic in _NUMBERS else rule.row.text
                break
    return found


def _by_topic(docket: Docket, licence_type: str) -> GoingWith:
    """The rows that may go with a licence type, by topic, the narrowest first."""
    found: dict[str, list[Candidate[Consequence]]] = {}
    for rule in docket.rules(Consequence):
        if rule.row.licence_type in {"*", licence_type}:
            found.setdefault(rule.row.topic, []).append(rule)
    return tuple(
        (topic, sorted(rules, key=lambda rule: rule.specificity, reverse=True))
        for topic, rules in found.items()
    )
