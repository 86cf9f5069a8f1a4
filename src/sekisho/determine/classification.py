"""Is it on the control list (rows 1 to 15) on this day?

An approved item number stands unless a stated fact contradicts it. Any other number is
tested: one condition that holds lists the goods; only when every condition was read and
fails does the number not apply. Anything between is asked.
"""

from __future__ import annotations

from sekisho.determine.docket import APPROVED, NOT_LISTED, Docket, Outcome, undetermined
from sekisho.model import Item, Limb
from sekisho.register.condition import facts_of
from sekisho.register.evaluation import condition
from sekisho.register.law import Standing
from sekisho.register.selectors import CATCH_ALL_ROW, row_of

STEP = "classification"


def classification(docket: Docket) -> Outcome | None:
    """Sets ``docket.listed``, or concludes that it cannot be told."""
    if not docket.code:
        docket.ask(("code",))
        docket.note(STEP, None, None, "the line has no item number", ("code",))
        return undetermined(docket, "the goods are not classified")
    if docket.code == NOT_LISTED or row_of(docket.code) == CATCH_ALL_ROW:
        return _found_on_no_list(docket)
    entry = docket.item
    if entry is None or entry.row.kind == "deleted":
        return _no_such_item(docket)
    if docket.shipment.classification_status == APPROVED:
        return _approved(docket, entry)
    return _tested(docket, entry)


def _found_on_no_list(docket: Docket) -> Outcome | None:
    """``NOT_LISTED`` or a row 16 number: the exporter found the goods on no list."""
    met = _limbs_met_by_stated_facts(docket)
    if met:
        return _listed_elsewhere(docket, met)
    if docket.shipment.classification_status != APPROVED:
        docket.ask(("classification_status",))
        docket.note(STEP, None, None, f"the finding {docket.code} is not approved")
        return undetermined(docket, "the finding that the goods are on no list is not approved")
    docket.find_unlisted()
    docket.note(STEP, None, False, f"the exporter's approved finding is {docket.code}")
    return None


def _limbs_met_by_stated_facts(docket: Docket) -> list[Standing[Limb]]:
    named = docket.law.limbs_by_fact
    limbs = {limb.row.id: limb for name in docket.technical_facts for limb in named.get(name, ())}
    tests = ((limb, condition(limb.row.condition)) for limb in limbs.values() if limb.certain)
    return [limb for limb, test in tests if test.holds(docket.look)]


def _listed_elsewhere(docket: Docket, met: list[Standing[Limb]]) -> Outcome:
    """The facts meet conditions under which the line does not stand: it is not free of them."""
    for limb in met:
        _note_limb(docket, limb, held=True)
    clauses = ", ".join(f"{limb.row.items[0]} {limb.row.clause}" for limb in met)
    return _contradicted(docket, f"The stated facts meet {clauses}")


def _contradicted(docket: Docket, what: str) -> Outcome:
    docket.ask_about("code", f"{what}, but the line says {docket.code}. Which is right?")
    return undetermined(docket, f"{docket.code} is contradicted by the stated facts")


def _no_such_item(docket: Docket) -> Outcome:
    """The number is not on the list of that day; the goods may stand under another."""
    problem = f"{docket.code} is not on the list in force on that day"
    docket.ask_about("code", f"{problem}. Which item number of that day's list describes the goods?")
    docket.note(STEP, None, None, problem)
    return undetermined(docket, problem)


def _approved(docket: Docket, entry: Standing[Item]) -> Outcome | None:
    if _is_unknown_clause(docket):
        docket.ask_about("clause", f"Which clause of {docket.code} do the goods meet?")
        problem = f"{docket.code} is contradicted by the clause that is stated: none of its conditions has it"
        return undetermined(docket, problem)
    if _fails_every_condition(docket, entry):
        _note_limbs(docket)
        if docket.is_technology is None:
            docket.ask(("item_kind",))
            return undetermined(docket, f"as goods the line would meet no condition of {docket.code}")
        return _contradicted(
            docket, f"The stated facts meet no condition of {docket.code} in force on that day"
        )
    if entry.certain is None:
        docket.leave_open((entry.caveat,))
        return undetermined(docket, entry.caveat)
    docket.listed = True
    docket.use(entry)
    docket.note(STEP, entry, True, f"the item number is approved: {entry.row.heading_en}")
    _use_limbs_met(docket)
    return None


def _is_unknown_clause(docket: Docket) -> bool:
    """Whether a clause is stated that none of the item's conditions has."""
    clause = docket.look("clause")
    return clause is not None and bool(docket.limbs.limbs) and not docket.candidates.limbs


def _fails_every_condition(docket: Docket, entry: Standing[Item]) -> bool:
    """Whether the stated facts rule the item out; never for technology, which has its own text."""
    if entry.row.conditions != "complete" or docket.is_technology:
        return False
    return docket.candidates.fails


def _tested(docket: Docket, entry: Standing[Item]) -> Outcome | None:
    if docket.is_technology is not False:
        return _untested_technology(docket, entry)
    if entry.certain and any(limb.certain for limb in docket.limbs.met):
        docket.listed = True
        docket.use(entry)
        docket.note(STEP, entry, True, f"a condition is met: {entry.row.heading_en}")
        _use_limbs_met(docket)
        return None
    _note_limbs(docket)
    return _not_met(docket, entry)


def _untested_technology(docket: Docket, entry: Standing[Item]) -> Outcome:
    if docket.is_technology is None:
        docket.ask(("item_kind",))
        docket.note(STEP, entry, None, entry.row.heading_en, ("item_kind",))
        return undetermined(docket, "it is not stated whether goods or technology are sent")
    docket.leave_open(("the technical conditions for technology are not on record",))
    docket.ask(("classification_status",))
    docket.note(STEP, entry, None, "the technical conditions for technology are not on record")
    return undetermined(docket, "the classification of the technology is not approved")


def _not_met(docket: Docket, entry: Standing[Item]) -> Outcome | None:
    """No condition holds for certain: conclude only if all were read and fail."""
    docket.ask(docket.limbs.asks)
    unread = [limb.caveat for limb, _ in docket.limbs.limbs if limb.caveat]
    if entry.row.conditions != "complete":
        gap = f"the conditions of {docket.code} are not all on record"
        docket.leave_open((gap,))
        docket.ask(("classification_status",))
        return undetermined(docket, gap)
    if any(held is not False for _, held in docket.limbs.limbs):
        return undetermined(docket, f"facts that decide on {docket.code} are missing")
    if unread or not entry.certain or not docket.limbs.limbs:
        docket.leave_open(unread or (entry.caveat,))
        docket.ask(("classification_status",))
        return undetermined(docket, f"the text of {docket.code} in force on that day was not read")
    met = _limbs_met_by_stated_facts(docket)
    if met:
        return _listed_elsewhere(docket, met)
    docket.find_unlisted()
    docket.use(entry)
    for limb, _ in docket.limbs.limbs:
        docket.use(limb)
    docket.leave_open((f"only {docket.code} was tested, the other items of the list were not",))
    return None


def _note_limbs(docket: Docket) -> None:
    if docket.with_reasons:
        docket.findings.notes += [(STEP, *told) for told in docket.limbs.told]


def _use_limbs_met(docket: Docket) -> None:
    for limb in docket.limbs.met:
        docket.use(limb)
        _note_limb(docket, limb, held=True)


def _note_limb(docket: Docket, limb: Standing[Limb], *, held: bool | None) -> None:
    sentence = f"{limb.row.clause}: {limb.row.heading}"
    docket.note(STEP, limb, held, sentence, facts_of(limb.row.condition))
