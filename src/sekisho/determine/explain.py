"""The whole reasoning for one order line, as a tree: each rule read, and what decided it.

Nothing is decided again here: the tree is made of the reasons that the decision kept.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sekisho.determine.decide import decide
from sekisho.determine.docket import APPROVED
from sekisho.determine.shipments import require, require_known_on
from sekisho.model import Decision, Event, FactValue, Provision, Reason, Region, Rule, Shipment
from sekisho.plain import MEANINGS
from sekisho.register.register import Register

if TYPE_CHECKING:
    from rich.tree import Tree

__all__ = ["Explanation", "Node", "as_dict", "explain", "render"]

STEPS = {
    "scope": "Is the export control law of the exporting country on record?",
    "classification": "Are the goods on the control list on that day?",
    "bar": "Is there any licence for them at all?",
    "exceptions": "Does an exception free them?",
    "licence": "Which licence may be used?",
    "catch_all": "Does a catch-all control apply?",
    "approvals": "Must another duty be checked?",
    "region": "Where does the destination belong?",
}
_WORDS = {True: "applies", False: "does not apply", None: "open"}
_SIGNS = {True: "+", False: "-", None: "?"}
_COLLAPSED_FROM = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A fact on which a rule turned.

    Attributes:
        value: What is stated; ``None`` if it is missing.
        question: How to ask for it.
    """

    name: str
    value: FactValue | None
    unit: str
    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A step, or a rule that was read in it.

    Attributes:
        applies: Whether the rule applied; ``None`` if a fact is missing, or for a step.
        from_event: The event that brought the rule in.
        until_event: The event that took or will take it out, if that was known.
        confidence: How sure it is that the rule stood on that day.
        caveat: Why that is less sure than the text of the rule.
        rules: The ids that stand together in this node, where several were read alike.
    """

    label: str
    applies: bool | None = None
    because: str = ""
    facts: tuple[Turn, ...] = ()
    from_event: Event | None = None
    until_event: Event | None = None
    sources: tuple[str, ...] = ()
    confidence: str = ""
    caveat: str = ""
    note: str = ""
    rules: tuple[str, ...] = ()
    children: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A decision with its reasoning as a tree, one node for each step."""

    decision: Decision
    tree: tuple[Node, ...]
    sources: dict[str, str] = field(default_factory=dict)


def explain(shipment: Shipment, register: Register, known_on: dt.date | None = None) -> Explanation:
    """Decides one order line and tells why, rule by rule.

    Args:
        shipment: The order line.
        register: The register to decide by.
        known_on: What was known on this day; ``None`` is all that is recorded.

    Raises:
        InputInvalid: With everything in the shipment that is not what it should be.
    """
    require(shipment, register)
    require_known_on(known_on)
    decision = decide(shipment, register, known_on)
    teller = _Teller(register, shipment, known_on)
    tree = tuple(teller.steps(decision))
    named = {name for node in tree for name in _named_sources(node)}
    titles = {name: _source(register, name) for name in sorted(named | set(decision.sources))}
    return Explanation(decision=decision, tree=tree, sources=titles)


class _Teller:
    """Looks up what the reasons name."""

    def __init__(self, register: Register, shipment: Shipment, known_on: dt.date | None) -> None:
        self.register, self.shipment, self.known_on = register, shipment, known_on
        self.events = register.events
        law, day = register.law(shipment.ship_from or "", known_on), shipment.decisive_date
        tables = law.on(day).standing.values() if law and day else ()
        self.standing = {entry.row.id: entry for table in tables for entry in table}
        regime = register.regimes.get(shipment.ship_from or "")
        self.declared = regime.facts if regime else {}
        self.rows = {row.id: row for row in regime.provisions} if regime else {}

    def steps(self, decision: Decision) -> Iterator[Node]:
        """One node for each step in which something was read."""
        told = {reason.rule for reason in decision.reasons}
        for step, question in STEPS.items():
            reasons = [reason for reason in decision.reasons if reason.step == step]
            children = tuple(self.nodes(reasons))
            if step == "region":
                silent = (
                    self.rows[name] for name in decision.rules if name not in told and name in self.rows
                )
                children = tuple(self.place(row) for row in silent)
            if children:
                yield Node(label=question, children=children)

    def nodes(self, reasons: list[Reason]) -> Iterator[Node]:
        """The rules of a step; many that failed alike become one node."""
        failed = [reason for reason in reasons if reason.applies is False and reason.rule]
        together = failed if len(failed) >= _COLLAPSED_FROM else []
        for reason in reasons:
            if reason not in together:
                yield self.node(reason)
        if together:
            yield self.collapsed(together)

    def node(self, reason: Reason) -> Node:
        """One rule as it was read."""
        row = self.rows.get(reason.rule)
        return Node(
            label=reason.rule or reason.step,
            applies=reason.applies,
            because=reason.because,
            facts=tuple(self.turns(reason)),
            rules=(reason.rule,) if reason.rule else (),
            **self.origin(row),
        )

    def origin(self, row: Provision | None) -> dict[str, Any]:
        """The events, sources and confidence of a row, as it stood on the day."""
        if row is None:
            return {}
        entry = self.standing.get(row.id)
        return {
            "from_event": self.events.get(row.from_event),
            "until_event": self.known(row.until_event),
            "sources": row.sources,
            "confidence": (entry or row).confidence.value,
            "caveat": entry.caveat if entry else "",
            "note": row.note,
        }

    def known(self, name: str) -> Event | None:
        """An event, if it was known on the day asked; without hindsight."""
        event = self.events.get(name)
        if event is None or (self.known_on is not None and event.known_from > self.known_on):
            return None
        return event

    def turns(self, reason: Reason) -> Iterator[Turn]:
        """The facts of a reason with their units and questions."""
        for name, value in reason.facts:
            fact = self.declared.get(name)
            unit, question = (fact.unit, fact.question) if fact else ("", "")
            yield Turn(name=name, value=value, unit=unit, question=question)

    def collapsed(self, reasons: list[Reason]) -> Node:
        """Rules that were read and do not apply, told as one."""
        stated = {
            turn.name: turn for reason in reasons for turn in self.turns(reason) if turn.value is not None
        }
        return Node(
            label=f"{len(reasons)} rules read",
            applies=False,
            because="none of them applies on the stated facts",
            facts=tuple(stated.values()),
            rules=tuple(reason.rule for reason in reasons),
            children=tuple(self.node(reason) for reason in reasons),
        )

    def place(self, row: Provision) -> Node:
        """A row that decided without a test of its own: a place in a region, or what goes along."""
        because = ""
        if isinstance(row, Region):
            because = f"{self.places(row)} is in {row.region}"
        elif isinstance(row, Rule):
            because = f"items {row.item}, destinations {row.destination}"
        return Node(label=row.id, applies=True, because=because, rules=(row.id,), **self.origin(row))

    def places(self, row: Region) -> str:
        """The destinations of the line that a row puts into its region."""
        ends = dict.fromkeys((self.shipment.destination, self.shipment.ultimate_destination))
        listed = row.list_kind != "all_except"
        inside = (end for end in ends if end and (end in row.countries) is listed)
        return " and ".join(self.register.countries.name(end) for end in inside)


def _named_sources(node: Node) -> Iterator[str]:
    yield from node.sources
    for child in node.children:
        yield from _named_sources(child)


def _source(register: Register, name: str) -> str:
    source = register.sources[name]
    published = f", {source.published}" if source.published else ""
    publisher = f" ({source.publisher}{published})" if source.publisher else ""
    return f"{source.title}{publisher}" + (f", {source.url}" if source.url else "")


def answer_dict(
    explanation: Explanation, shipment: Shipment, status: str = "classification_status"
) -> dict[str, Any]:
    """The answer for a shipment with its meaning in words, as plain values for JSON.

    A note names the status of the item number by ``status``, as the caller's users know it.
    """
    decision = explanation.decision
    approved = shipment.code is None or shipment.classification_status == APPROVED
    not_approved = f"the item number is not stated to be approved ({status} {APPROVED})"
    return {
        "answer": decision.answer.value,
        "meaning": MEANINGS[decision.answer],
        "may_ship": decision.answer.may_ship,
        **as_dict(explanation),
        "rules": list(decision.rules),
        "notes": [] if approved else [not_approved],
    }


def as_dict(explanation: Explanation) -> dict[str, Any]:
    """The explanation as plain values for JSON, keys in a fixed order."""
    decision = explanation.decision
    return {
        "answer": decision.answer.value,
        "explanation": decision.explanation,
        "licence_types": list(decision.licence_types),
        "usable_licence": decision.usable_licence,
        "review_days": decision.review_days,
        "office": decision.office,
        "papers": decision.papers,
        "penalty": decision.penalty,
        "record_years": decision.record_years,
        "confidence": decision.confidence.value,
        "in_force_on": decision.in_force_on.isoformat() if decision.in_force_on else None,
        "known_on": decision.known_on.isoformat() if decision.known_on else None,
        "register": decision.register,
        "questions": [{"fact": q.fact, "text": q.text} for q in decision.questions],
        "not_covered": list(decision.not_covered),
        "tree": [_node_dict(node) for node in explanation.tree],
        "sources": explanation.sources,
    }


def _node_dict(node: Node) -> dict[str, Any]:
    return {
        "label": node.label,
        "applies": node.applies,
        "because": node.because,
        "rules": list(node.rules),
        "facts": [
            {"name": turn.name, "value": turn.value, "unit": turn.unit, "question": turn.question}
            for turn in node.facts
        ],
        "from_event": _event_dict(node.from_event),
        "until_event": _event_dict(node.until_event),
        "sources": list(node.sources),
        "confidence": node.confidence,
        "caveat": node.caveat,
        "note": node.note,
        "children": [_node_dict(child) for child in node.children],
    }


def _event_dict(event: Event | None) -> dict[str, str] | None:
    if event is None:
        return None
    dates = {name: str(date) for name, date in event.moments}
    return {"id": event.id, **dates, "summary": event.summary}


def render(explanation: Explanation, width: int = 100) -> str:
    """The tree as text, for a terminal of some width; nothing rests on colour."""
    from rich.console import Console  # noqa: PLC0415  slow to import, needed for text only

    console = Console(width=width, no_color=True, highlight=False, markup=False, emoji=False)
    with console.capture() as text:
        console.print(_drawn(explanation))
    return "\n".join(line.rstrip() for line in text.get().splitlines())


def _drawn(explanation: Explanation) -> Tree:
    from rich.text import Text  # noqa: PLC0415  see render
    from rich.tree import Tree  # noqa: PLC0415  see render

    decision = explanation.decision
    tree = Tree(Text(f"{decision.answer.value}: {decision.explanation}"))
    for step in explanation.tree:
        branch = tree.add(Text(step.label))
        for node in step.children:
            leaf = branch.add(Text(_headline(node)))
            for line in _details(node):
                leaf.add(Text(line))
    return tree


def _headline(node: Node) -> str:
    if not node.rules:
        return f"{_SIGNS[node.applies]} {node.because}"
    because = f": {node.because}" if node.because else ""
    return f"{_SIGNS[node.applies]} {node.label} {_WORDS[node.applies]}{because}"


def _details(node: Node) -> Iterator[str]:
    if node.facts:
        yield ", ".join(_stated(turn) for turn in node.facts)
    if node.from_event is not None:
        yield f"in by {_told(node.from_event)}"
    if node.until_event is not None:
        yield f"out by {_told(node.until_event)}"
    if node.sources:
        yield f"sources {', '.join(node.sources)}; confidence {node.confidence}"
    if node.caveat:
        yield f"caveat: {node.caveat}"
    if node.note:
        yield f"note: {node.note}"
    if node.children:
        yield _range(node.rules)


def _stated(turn: Turn) -> str:
    if turn.value is None:
        return f"{turn.name} is not stated"
    value = {True: "yes", False: "no"}.get(turn.value) if isinstance(turn.value, bool) else turn.value
    number = f"{value:,.15g}" if isinstance(value, float) else value
    unit = f" {turn.unit}" if turn.unit and turn.unit != "1" else ""
    return f"{turn.name} is {number}{unit}"


def _told(event: Event) -> str:
    dates = ", ".join(f"{name} {date}" for name, date in event.moments)
    return f"{event.id} ({dates})"


def _range(rules: Iterable[str]) -> str:
    names = list(rules)
    if len(names) <= _COLLAPSED_FROM:
        return ", ".join(names)
    return f"{names[0]}, {names[1]} ... {names[-1]}"
