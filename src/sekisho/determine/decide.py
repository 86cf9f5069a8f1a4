"""One order line to one decision."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import replace

from sekisho.determine.catch_all import approvals
from sekisho.determine.docket import Docket, Outcome, Reads, Seen, known_facts, undetermined
from sekisho.determine.reasons import Reasons
from sekisho.determine.steps import STEPS
from sekisho.model import Answer, Confidence, Consequence, Decision, Question, Reason, Shipment
from sekisho.register.candidates import Candidate, GoingWith
from sekisho.register.law import INDIVIDUAL, Law
from sekisho.register.register import Register

Names = tuple[str, str]
_ASSUMED_FINAL = "the ultimate destination is not stated and is taken to be the destination"
_NEGATIVE = frozenset({Answer.NOT_LISTED, Answer.NO_REQUIREMENT_FOUND, Answer.AUTHORISED})
_NEEDED = (
    Question(fact="decisive_date", text="On which day does the line ship (decisive date)?"),
    Question(fact="ship_from_country", text="From which country does the line ship?"),
    Question(fact="destination_country", text="To which country does the line ship?"),
)
"""What no line is decided without."""
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
    law, day = register.law(str(shipment.ship_from), known_on), shipment.decisive_date
    outside = _outside(shipment, register, law)
    if outside is not None:
        return _no_law(shipment, register, known_on, *outside)
    assert law is not None  # noqa: S101  checked by _outside
    assert day is not None  # noqa: S101  checked by _outside
    seen, in_force = Seen(known_facts(shipment), keeps=reads is not None), law.on(day)
    decisions = []
    for place, name in _places(shipment, register, names):
        docket = Docket(register, in_force, day, shipment, place, with_reasons, seen, name)
        decisions.append(_decide(docket, known_on))
    if reads is not None:
        reads.update(dict.fromkeys(seen))
    return decisions[0] if len(decisions) == 1 else _joined(shipment, decisions, law)


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


def _outside(
    shipment: Shipment, register: Register, law: Law | None
) -> tuple[str, tuple[Question, ...]] | None:
    """Why the register cannot decide at all, with the questions that would help."""
    country, day, place = shipment.ship_from, shipment.decisive_date, shipment.destination
    if day is None or country is None or place is None:
        question = _NEEDED[(day, country, place).index(None)]
        return f"{question.fact} is not stated", (question,)
    if law is None:
        name = register.countries.name(str(country))
        return f"export controls of {name} are not in the register", ()
    regime = law.regime
    if day < regime.covered_from:
        return f"the law of {regime.country} before {regime.covered_from} is not in the register", ()
    if country == place:
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
    kept, licence_type = docket.rules_at.going_with, outcome.usable_licence
    going_with = kept.get(licence_type)
    if going_with is None:
        going_with = kept[licence_type] = _going_with(docket.rules(Consequence), licence_type)
    if not going_with.open:
        return going_with.settled
    found = dict(going_with.settled)
    for topic, rules in going_with.open.items():
        for rule, value in rules:
            if docket.holds(rule.row.condition) and docket.match(rule).held:
                found[topic] = value
                break
    return found


def _going_with(rules: Iterable[Candidate[Consequence]], licence_type: str) -> GoingWith:
    """What may go with a licence type; of each topic the narrowest row first."""
    by_topic: dict[str, list[Candidate[Consequence]]] = {}
    for rule in sorted(rules, key=lambda rule: rule.specificity, reverse=True):
        if rule.row.licence_type in {"*", licence_type}:
            by_topic.setdefault(rule.row.topic, []).append(rule)
    settled: dict[str, int | str] = {}
    open_: dict[str, list[tuple[Candidate[Consequence], int | str]]] = {}
    for topic, found in by_topic.items():
        valued = [(rule, int(rule.row.value) if topic in _NUMBERS else rule.row.text) for rule in found]
        if found[0].settled and found[0].settled.held:
            settled[topic] = valued[0][1]
        else:
            open_[topic] = valued
    return GoingWith(settled, open_)
