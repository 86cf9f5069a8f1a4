"""Unlisted goods: the catch-all controls; and duties that another authority part decides."""

from __future__ import annotations

from sekisho.determine.docket import Docket, Findings, Outcome, undetermined
from sekisho.model import Answer, Approval, CatchAll
from sekisho.register.candidates import Candidate, Match
from sekisho.register.law import INDIVIDUAL

STEP = "catch_all"
_TEST = {
    "use": "a use of concern is known",
    "user": "a user of concern is known",
    "inform": "METI has informed the exporter",
}
_BRANCH = {"wmd": "weapons of mass destruction", "conventional": "conventional weapons"}
_FREE = frozenset({Answer.NOT_LISTED, Answer.NO_REQUIREMENT_FOUND, Answer.AUTHORISED})


def catch_all(docket: Docket) -> Outcome | None:
    """The catch-all controls (row 16) for goods on no list."""
    if docket.listed is not False:
        return None
    if docket.is_technology is not False:
        return _technology(docket)
    undecided: list[Match] = []
    for rule in docket.rules(CatchAll):
        match = docket.match(rule)
        if match.held:
            return _caught(docket, rule, match)
        if match.held is None:
            undecided.append(match)
        else:
            docket.use(rule.entry)
        docket.note_rule(STEP, rule, match, _words(rule.row))
    for match in undecided:
        docket.ask(match.asks)
        docket.leave_open(match.gaps)
    if undecided:
        return undetermined(docket, "facts that decide on the catch-all controls are missing")
    return _not_caught(docket)


def _not_caught(docket: Docket) -> Outcome:
    docket.findings.add(_regions(docket), with_notes=False)
    if not docket.rules(CatchAll):
        docket.note(STEP, None, False, f"no catch-all test stands for {docket.place} on that day")
    return Outcome(
        Answer.NOT_LISTED,
        f"Not on the control list, and on the stated facts no catch-all test applies to {docket.place}.",
    )


def _regions(docket: Docket) -> Findings:
    """The rows that put the destination into the regions that the tests name, for all lines to it."""
    kept = docket.law.regions_of_tests
    if docket.destination not in kept:
        found = kept[docket.destination] = Findings()
        for test in docket.law.rows(CatchAll):
            for entry in docket.law.memberships(test.row.destination, docket.destination):
                found.use(entry)
    regions: Findings = kept[docket.destination]
    return regions


def _technology(docket: Docket) -> Outcome:
    if docket.is_technology is None:
        docket.ask(("item_kind",))
        docket.note(STEP, None, None, "goods, technology or a program is sent", ("item_kind",))
        return undetermined(docket, "it is not stated whether goods or technology are sent")
    gap = "the catch-all controls for technology are not on record"
    docket.leave_open((gap,))
    return undetermined(docket, gap)


def _caught(docket: Docket, rule: Candidate[CatchAll], match: Match) -> Outcome:
    row = rule.row
    docket.use(rule.entry)
    docket.use_membership(row.destination)
    docket.note_rule(STEP, rule, match, _words(row))
    sentence = (
        f"Not on the control list, but the catch-all control for {_BRANCH[row.branch]} applies to"
        f" {docket.place}: {_TEST[row.test]} ({row.duty})."
    )
    return Outcome(Answer.LICENCE_REQUIRED, sentence, (INDIVIDUAL,), INDIVIDUAL)


def _words(row: CatchAll) -> str:
    return f"{_TEST[row.test]}, {_BRANCH[row.branch]}"


def approvals(docket: Docket, outcome: Outcome) -> Outcome:
    """A duty besides the licence that must be checked elsewhere before anything ships."""
    for rule in docket.rules(Approval):
        match = docket.match(rule)
        if match.held is False:
            continue
        docket.use(rule.entry)
        docket.leave_open((f"{rule.row.clause}: not determined here", *match.gaps))
        docket.note_rule("approvals", rule, match, rule.row.clause)
        if outcome.answer in _FREE and match.held is None:
            docket.ask(match.asks)
            outcome = undetermined(docket, f"another duty may apply: {rule.row.clause}")
        elif outcome.answer in _FREE:
            outcome = Outcome(Answer.REFER_ELSEWHERE, f"Another duty decides: {rule.row.clause}.")
    return outcome
