"""Listed goods: barred, excepted, or which licence, and does a held one cover them?"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from sekisho.determine.docket import VALUE, Docket, Findings, Outcome, undetermined
from sekisho.determine.placed import keep
from sekisho.model import Answer, Bar, Confidence, Exemption, FactValue, LicenceType, Policy, Provision
from sekisho.register.candidates import Candidate, Match
from sekisho.register.condition import facts_of
from sekisho.register.evaluation import Condition, condition
from sekisho.register.law import INDIVIDUAL, Standing
from sekisho.register.selectors import Held

_WIDEST = (0, 0)
_SURENESS = {confidence: rank for rank, confidence in enumerate(Confidence)}
_MOST_UNKNOWN = 8
_ONE_LINE = (
    "the value limit is on the total value of all goods of the item number in the contract, and only"
    " the value of this line was compared (value_basis says contract where it is that total)"
)


def bar(docket: Docket) -> Outcome | None:
    """Goods for which no licence is given at all."""
    for rule, placed in docket.placed(Bar).rows if docket.listed and docket.rules(Bar) else ():
        match = placed or docket.match(rule)
        if match.held is False:
            continue
        docket.note_rule("bar", rule, match, rule.row.clause)
        if match.held:
            docket.use(rule.entry)
            return Outcome(Answer.PROHIBITED, f"No licence is given: {rule.row.clause}.")
        docket.may_be_barred = rule.row.clause
        docket.leave_open((f"it cannot be excluded that no licence is given: {rule.row.clause}",))
        docket.leave_open(match.gaps)
        docket.ask(match.asks)
    return None


def exceptions(docket: Docket) -> Outcome | None:
    """Exceptions from the licence duty: small value and others."""
    undecided: list[Match] = []
    for rule in docket.rules(Exemption) if docket.listed else ():
        if rule.claim and docket.look(rule.claim) is None:
            continue
        match = docket.match(rule)
        if match.placed is False or _not_claimed(docket, match):
            continue
        lost, lost_facts = _lost(docket, rule.row)
        docket.note("exceptions", rule.entry, _excepts(match.held, lost), rule.row.clause,
                    (*rule.condition.facts, *lost_facts))  # fmt: skip
        if match.held and lost is False:
            return _excepted(docket, rule)
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
    return bool(match.asks) and not docket.law.regime.claims.isdisjoint(match.asks)


def _lost(docket: Docket, row: Exemption) -> tuple[Held, tuple[str, ...]]:
    """Whether an exception is lost, and the facts on which that turns."""
    if not row.lost_if:
        return False, ()
    held = docket.holds(row.lost_if)
    lost_if = condition(row.lost_if)
    return held, lost_if.missing(docket.look) if held is None else lost_if.facts


def _excepted(docket: Docket, rule: Candidate[Exemption]) -> Outcome:
    docket.use(rule.entry)
    docket.use_membership(rule.row.destination)
    if VALUE in rule.condition.facts and docket.look("value_basis") == "line":
        docket.leave_open((_ONE_LINE,))
    return Outcome(Answer.NO_REQUIREMENT_FOUND, f"No licence is needed: {rule.row.clause}.")


def licence(docket: Docket) -> Outcome | None:
    """Which licence types may be used, and whether a held one covers the line."""
    if not docket.listed:
        return None
    grant = _grant(docket)
    usable, possible = _licence_types(docket, grant)
    lightest, covering = _lightest_for_exporter(docket, usable), _covering(docket, usable)
    _rest_on(docket, grant, covering or lightest)
    heading = f"{docket.code} to {docket.place} needs a licence"
    if covering:
        docket.leave_open(("the terms, period and balance of the held licence are not checked",))
        title = docket.law.licence_types[covering].row.title_en
        return Outcome(Answer.AUTHORISED, f"{heading}, and the held {title} covers it.", usable, covering)
    types = ", ".join(usable)
    more = f"; perhaps also {', '.join(possible)}" if possible else ""
    told = f"{heading}. Usable types: {types}{more}{_would_cover(docket, usable)}."
    return Outcome(Answer.LICENCE_REQUIRED, told, usable, lightest)


def licence_types_of(docket: Docket) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The licence types usable for certain, and those usable if what is open turns out so."""
    grant = _grant(docket)
    usable, possible = _licence_types(docket, grant)
    _rest_on(docket, grant, usable[0])
    return usable, possible


Rows = list[tuple[Candidate[Policy], Match]]


@dataclass(frozen=True, slots=True)
class Grant:
    """What rows of the matrix, matched as they are, grant together.

    Attributes:
        types: All that may be usable, before any of them lapses, lightest first.
        usable: Those that are for certain.
        possible: The others, which are if what is open turns out so.
        found: The rows that say so, and the reasons.
        asks: The missing facts that keep rows open, row by row.
        surest: The surest row that grants each type.
        lapses: What makes any of the types lapse.
    """

    types: tuple[str, ...]
    usable: tuple[str, ...]
    possible: tuple[str, ...]
    found: Findings
    asks: tuple[tuple[str, ...], ...]
    surest: Mapping[str, Standing[Policy]]
    lapses: Sequence[str]


def _grant(docket: Docket) -> Grant:
    """What the rows that speak of the line grant; worked out once for lines they speak alike of."""
    placed = docket.placed(Policy)
    matches = tuple([docket.match(rule) for rule in placed.open])
    found: Grant | None = placed.kept.get(matches)
    if found is None:
        left = iter(matches)
        rows = [(rule, match or next(left)) for rule, match in placed.rows]
        found = keep(placed.kept, matches, _worked_out(docket, _narrowest(rows)))
    return found


def _narrowest(matched: Rows) -> Rows:
    """The rows that speak of the line most narrowly, and narrower ones that may.

    A row for every item and destination always speaks: it is what any line may use.
    """
    placed = [(rule, match) for rule, match in matched if match.placed is not False]
    sure = [match.specificity for _, match in placed if match.placed]
    narrowest = max(sure, default=_WIDEST)
    return [
        (rule, match)
        for rule, match in placed
        if match.specificity >= narrowest or match.specificity == _WIDEST
    ]


def _worked_out(docket: Docket, rows: Rows) -> Grant:
    """What rows grant; a narrower row that may speak of the line takes away what it would not allow."""
    usable, possible, found = {INDIVIDUAL}, set[str](), Findings()
    granting: dict[str, list[Standing[Policy]]] = {}
    for rule, match in rows:
        row, told = rule.row, f"licence types: {', '.join(sorted(set(rule.row.licence_types)))}"
        found.notes.append(("licence", row.id, match.held, told, rule.condition.facts))
        if match.held:
            found.use(rule.entry, sure=True)
            for membership in docket.law.memberships(row.destination, docket.destination):
                found.use(membership)
            usable.update(row.licence_types)
            for name in row.licence_types:
                granting.setdefault(name, []).append(rule.entry)
        elif match.held is None:
            found.leave_open((*match.gaps, row.note))
            possible.update(row.licence_types)
    for rule, match in rows:
        if match.placed is None:
            possible |= usable - set(rule.row.licence_types)
            usable &= {*rule.row.licence_types, INDIVIDUAL}
    surest = {name: min(entries, key=_sureness) for name, entries in granting.items()}
    asks = tuple(match.asks for _, match in rows if match.held is None)
    all_of_them, possible = usable | possible, possible - usable
    types, sure, open_ = (_ranked(docket, names) for names in (all_of_them, usable, possible))
    lapses = dict.fromkeys(docket.law.licence_types[name].row.lapses_if for name in types)
    return Grant(types, sure, open_, found, asks, surest, [text for text in lapses if text])


def _licence_types(docket: Docket, grant: Grant) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The types of a grant that do not lapse for this deal: usable for certain, and perhaps."""
    docket.findings.add(grant.found, with_notes=docket.with_reasons)
    for asks in grant.asks:
        docket.ask(asks)
    if not any(map(docket.holds, grant.lapses)):
        return grant.usable, grant.possible
    lapsed = _lapsed(docket, grant.types)
    return (
        tuple(name for name in grant.usable if name not in lapsed),
        tuple(name for name in grant.possible if name not in lapsed),
    )


def _rest_on(docket: Docket, grant: Grant, licence_type: str) -> None:
    """The answer is as sure as the surest row that grants the licence it names."""
    if licence_type in grant.surest:
        docket.use(grant.surest[licence_type])


def _sureness(entry: Standing[Provision]) -> int:
    return _SURENESS[entry.confidence]


def _ranked(docket: Docket, types: Collection[str]) -> tuple[str, ...]:
    return tuple([name for name in docket.law.licence_types if name in types])


def _lapsed(docket: Docket, types: Iterable[str]) -> set[str]:
    """Licence types that a stated concern or inform notice takes away for this deal."""
    lapsed, entries = set[str](), docket.law.licence_types
    for name in types:
        entry = entries[name]
        if entry.row.lapses_if and docket.holds(entry.row.lapses_if):
            docket.use(entry)
            told = f"{entry.row.title_en} lapses for this deal"
            docket.note("licence", entry, False, told, facts_of(entry.row.lapses_if))
            lapsed.add(name)
    return lapsed


def _lightest_for_exporter(docket: Docket, usable: tuple[str, ...]) -> str:
    """The lightest usable type whose holder's conditions this exporter meets."""
    for name in usable:
        holder = docket.law.licence_types[name].row.holder
        if not holder or docket.holds(holder):
            return name
        docket.ask_for(holder)
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
    held = docket.licences_held or ()
    for name in usable if held else ():
        entry = docket.law.licence_types[name]
        if name in held and entry.certain:
            needed = _needed(docket, entry.row)
            if needed:
                return f"; the held {entry.row.title_en} would cover it if {needed}"
    return ""


def _needed(docket: Docket, row: LicenceType) -> str:
    """How the missing facts must be answered for a licence to be used, or empty if that is open."""
    holder, lapses = condition(row.holder), condition(row.lapses_if) if row.lapses_if else None
    unknown = (*holder.missing(docket.look), *(lapses.missing(docket.look) if lapses else ()))
    names = tuple(dict.fromkeys(unknown))
    declared = docket.law.regime.facts
    if not names or len(names) > _MOST_UNKNOWN or any(declared[name].type != "yes_no" for name in names):
        return ""
    answers = (dict(zip(names, words, strict=True)) for words in product((True, False), repeat=len(names)))
    found = [answer for answer in answers if _suffices({**docket.stated, **answer}, holder, lapses)]
    return _answered(found[0]) if len(found) == 1 else ""


def _suffices(facts: Mapping[str, FactValue], holder: Condition, lapses: Condition | None) -> bool:
    return bool(holder.holds(facts.get)) and (lapses is None or lapses.holds(facts.get) is False)


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
    holder, lapses_if = entry.row.holder, entry.row.lapses_if
    lapsed = docket.holds(lapses_if) if lapses_if else False
    docket.ask_for(holder)
    if lapsed is None:
        docket.ask_for(lapses_if)
    return bool(entry.certain and docket.holds(holder)) and lapsed is False
