"""Listed goods: barred, excepted, or which licence, and does a held one cover them?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import product

from sekisho.determine.docket import VALUE, Docket, Match, Outcome, undetermined
from sekisho.model import Answer, Bar, Confidence, Exemption, FactValue, LicenceType, Policy
from sekisho.register.condition import Node, facts_of, holds, missing, parse
from sekisho.register.law import Standing
from sekisho.register.selectors import Held

INDIVIDUAL = "individual"
_WIDEST = (0, 0)
_MOST_UNKNOWN = 8
_ONE_LINE = (
    "the value limit is on the total value of all goods of the item number in the contract, and only"
    " the value of this line was compared (value_basis says contract where it is that total)"
)


def bar(docket: Docket) -> Outcome | None:
    """Goods for which no licence is given at all."""
    for entry in docket.rules(Bar) if docket.listed else ():
        match = docket.match(entry)
        if match.held is False:
            continue
        docket.note_rule("bar", entry, match, entry.row.clause)
        if match.held:
            docket.use(entry)
            return Outcome(Answer.PROHIBITED, f"No licence is given: {entry.row.clause}.")
        docket.may_be_barred = entry.row.clause
        docket.leave_open((f"it cannot be excluded that no licence is given: {entry.row.clause}",))
        docket.leave_open(match.gaps)
        docket.ask(match.asks)
    return None


def exceptions(docket: Docket) -> Outcome | None:
    """Exceptions from the licence duty: small value and others."""
    undecided: list[Match] = []
    for entry in docket.rules(Exemption) if docket.listed else ():
        match = docket.match(entry)
        if match.placed is False or _not_claimed(docket, match):
            continue
        lost, lost_facts = _lost(docket, entry)
        docket.note("exceptions", entry, _excepts(match.held, lost), entry.row.clause,
                    (*facts_of(entry.row.condition), *lost_facts))  # fmt: skip
        if match.held and lost is False:
            return _excepted(docket, entry)
        if match.held is not False and lost is not True:
            asks = (*match.asks, *(lost_facts if lost is None else ()))
            undecided.append(Match(None, None, None, match.specificity, asks, match.gaps))
    for match in undecided:
        docket.ask(match.asks)
        docket.leave_open(match.gaps)
    return undetermined(docket, "an exception may apply") if undecided else None


def _excepts(held: Held, lost: Held) -> Held:
    if held is False or lost:
        return False
    return None if held is None or lost is None else True


def _not_claimed(docket: Docket, match: Match) -> bool:
    """A fact of scope ``claim`` that is not stated counts as not claimed."""
    declared = docket.law.regime.facts
    return any(name in declared and declared[name].scope == "claim" for name in match.asks)


def _lost(docket: Docket, entry: Standing[Exemption]) -> tuple[Held, tuple[str, ...]]:
    """Whether an exception is lost, and the facts on which that turns."""
    if not entry.row.lost_if:
        return False, ()
    condition = parse(entry.row.lost_if)
    held = holds(condition, docket.facts)
    return held, missing(condition, docket.facts) if held is None else facts_of(entry.row.lost_if)


def _excepted(docket: Docket, entry: Standing[Exemption]) -> Outcome:
    docket.use(entry)
    docket.use_membership(entry.row.destination)
    if VALUE in facts_of(entry.row.condition) and docket.facts.get("value_basis") == "line":
        docket.leave_open((_ONE_LINE,))
    return Outcome(Answer.NO_REQUIREMENT_FOUND, f"No licence is needed: {entry.row.clause}.")


def licence(docket: Docket) -> Outcome | None:
    """Which licence types may be used, and whether a held one covers the line."""
    if not docket.listed:
        return None
    rows = _policy_rows(docket)
    usable, possible = _licence_types(docket, rows)
    lightest, covering = _lightest_for_exporter(docket, usable), _covering(docket, usable)
    _rest_on(docket, rows, covering or lightest)
    heading = f"{docket.code} to {docket.place} needs a licence"
    if covering:
        docket.leave_open(("the terms, period and balance of the held licence are not checked",))
        title = docket.law.licence_types[covering].row.title_en
        return Outcome(Answer.AUTHORISED, f"{heading}, and the held {title} covers it.", usable, covering)
    types = ", ".join(usable)
    more = f"; perhaps also {', '.join(possible)}" if possible else ""
    told = f"{heading}. Usable types: {types}{more}{_would_cover(docket, usable)}."
    return Outcome(Answer.LICENCE_REQUIRED, told, usable, lightest)


Rows = list[tuple[Standing[Policy], Match]]


def licence_types_of(docket: Docket) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The licence types usable for certain, and those usable if what is open turns out so."""
    rows = _policy_rows(docket)
    usable, possible = _licence_types(docket, rows)
    _rest_on(docket, rows, usable[0])
    return usable, possible


def _policy_rows(docket: Docket) -> Rows:
    """The rows that speak of the line most narrowly, and narrower ones that may.

    A row for every item and destination always speaks: it is what any line may use. A row
    that grants only licence types which do not exist that day does not speak.
    """
    rows = docket.rules(Policy)
    matched = [(entry, docket.match(entry)) for entry in rows if _grants(docket, entry)]
    placed = [(entry, match) for entry, match in matched if match.placed is not False]
    sure = [match.specificity for _, match in placed if match.placed]
    narrowest = max(sure, default=_WIDEST)
    return [
        (entry, match)
        for entry, match in placed
        if match.specificity >= narrowest or match.specificity == _WIDEST
    ]


def _grants(docket: Docket, entry: Standing[Policy]) -> bool:
    lighter = [name for name in entry.row.licence_types if name != INDIVIDUAL]
    return not lighter or any(name in docket.law.licence_types for name in lighter)


def _licence_types(docket: Docket, rows: Rows) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Types usable for certain, and types usable if what is open turns out so.

    A narrower row that may speak of the line takes away what it would not allow.
    """
    usable, possible = {INDIVIDUAL}, set[str]()
    for entry, match in rows:
        types = set(entry.row.licence_types)
        docket.note_rule("licence", entry, match, f"licence types: {', '.join(sorted(types))}")
        if match.held:
            docket.use(entry, sure=True)
            docket.use_membership(entry.row.destination)
            usable |= types
        elif match.held is None:
            _leave_row_open(docket, entry, match)
            possible |= types
    for entry, match in rows:
        if match.placed is None:
            possible |= usable - set(entry.row.licence_types)
            usable &= {*entry.row.licence_types, INDIVIDUAL}
    lapsed = _lapsed(docket, usable | possible)
    return _ranked(docket, usable - lapsed), _ranked(docket, possible - usable - lapsed)


def _rest_on(docket: Docket, rows: Rows, licence_type: str) -> None:
    """The answer is as sure as the surest row that grants the licence it names."""
    granting = [entry for entry, match in rows if match.held and licence_type in entry.row.licence_types]
    if granting:
        docket.use(min(granting, key=lambda entry: list(Confidence).index(entry.confidence)))


def _leave_row_open(docket: Docket, entry: Standing[Policy], match: Match) -> None:
    docket.ask(match.asks)
    docket.leave_open((*match.gaps, entry.row.note))


def _ranked(docket: Docket, types: Iterable[str]) -> tuple[str, ...]:
    wanted = set(types)
    return tuple(name for name in docket.law.licence_types if name in wanted)


def _lapsed(docket: Docket, types: Iterable[str]) -> set[str]:
    """Licence types that a stated concern or inform notice takes away for this deal."""
    lapsed = set[str]()
    for name in _ranked(docket, types):
        entry = docket.law.licence_types[name]
        if entry.row.lapses_if and holds(parse(entry.row.lapses_if), docket.facts):
            docket.use(entry)
            facts = facts_of(entry.row.lapses_if)
            docket.note("licence", entry, False, f"{entry.row.title_en} lapses for this deal", facts)
            lapsed.add(name)
    return lapsed


def _lightest_for_exporter(docket: Docket, usable: tuple[str, ...]) -> str:
    """The lightest usable type whose holder's conditions this exporter meets."""
    for name in usable:
        holder = parse(docket.law.licence_types[name].row.holder)
        held = holds(holder, docket.facts)
        if held:
            return name
        docket.ask(missing(holder, docket.facts))
    return INDIVIDUAL


def _covering(docket: Docket, usable: tuple[str, ...]) -> str:
    """The lightest usable licence that is held and may be used for this deal, or empty."""
    held = docket.licences_held
    if held is None:
        docket.ask(("licences_held",) if usable != (INDIVIDUAL,) else ())
        return ""
    for name in usable:
        entry = docket.law.licence_types[name]
        if name in held and _may_use(docket, entry):
            docket.use(entry)
            docket.note("licence", entry, True, f"the exporter holds a {entry.row.title_en}")
            return name
    return ""


def _would_cover(docket: Docket, usable: tuple[str, ...]) -> str:
    """The lightest held licence that only missing facts keep from covering the line, in words."""
    for name in usable:
        row = docket.law.licence_types[name].row
        if name in (docket.licences_held or ()) and docket.law.licence_types[name].certain:
            needed = _needed(docket, row)
            if needed:
                return f"; the held {row.title_en} would cover it if {needed}"
    return ""


def _needed(docket: Docket, row: LicenceType) -> str:
    """How the missing facts must be answered for a licence to be used, or empty if that is open."""
    holder, lapses = parse(row.holder), parse(row.lapses_if) if row.lapses_if else None
    unknown = (*missing(holder, docket.facts), *(missing(lapses, docket.facts) if lapses else ()))
    names = tuple(dict.fromkeys(unknown))
    declared = docket.law.regime.facts
    if not names or len(names) > _MOST_UNKNOWN or any(declared[name].type != "yes_no" for name in names):
        return ""
    answers = (dict(zip(names, words, strict=True)) for words in product((True, False), repeat=len(names)))
    found = [answer for answer in answers if _suffices({**docket.facts, **answer}, holder, lapses)]
    return _answered(found[0]) if len(found) == 1 else ""


def _suffices(facts: Mapping[str, FactValue], holder: Node, lapses: Node | None) -> bool:
    return bool(holds(holder, facts)) and (lapses is None or holds(lapses, facts) is False)


def _answered(facts: Mapping[str, bool]) -> str:
    parts = []
    for word in (True, False):
        names = [name for name, value in facts.items() if value is word]
        if names:
            parts.append(
                f"{', '.join(names)} {'is' if len(names) == 1 else 'are'} answered {'yes' if word else 'no'}"
            )
    return " and ".join(parts)


def _may_use(docket: Docket, entry: Standing[LicenceType]) -> bool:
    """Whether the holder's conditions are met and nothing makes the licence lapse."""
    holder, lapses = parse(entry.row.holder), parse(entry.row.lapses_if)
    lapsed = holds(lapses, docket.facts) if entry.row.lapses_if else False
    docket.ask(missing(holder, docket.facts))
    docket.ask(missing(lapses, docket.facts) if lapsed is None else ())
    return bool(entry.certain and holds(holder, docket.facts)) and lapsed is False
