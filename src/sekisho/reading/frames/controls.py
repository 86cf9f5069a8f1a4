"""Controls on exports and imports, and licences: whether a thing is one of them."""

from __future__ import annotations

from sekisho.reading.frames.pairing import Pairing
from sekisho.reading.frames.sight import subject_in
from sekisho.reading.status import asked
from sekisho.reading.vocabulary import vocabulary

_AROUND = (10, 14)
_OWNED_WITHIN = 2
_GOODS_WITHIN = 6
_EXPORTS_BEHIND, _EXPORTS_BEFORE = 9, 16
_LICENCE_WITHIN = 5
_OF_EITHER = frozenset({"restriction", "restrictions", "curb", "curbs"})
_OBTAINS = frozenset({"receive", "obtain", "get", "win", "secure"})


def is_export_control(pair: Pairing) -> bool:
    """Whether a control is one of exports: "the curbs" alone are, where exports are spoken of."""
    if not pair.plain or pair.first_word in vocabulary("always_of_trade"):
        return True
    if pair.thing.first and pair.scan.tokens[pair.thing.first - 1].lower in {"under", "beyond"}:
        return False  # "keep prices under control"
    if _on_goods_of_another(pair):
        return False
    near, exports = pair.near(*_AROUND), vocabulary("export_context")
    if not near.isdisjoint(vocabulary("not_of_exports")):
        return False
    if pair.first_word in {"ban", "bans"} and near.isdisjoint(exports) and pair.scan.seen.importing:
        return False
    return pair.scan.seen.exporting or not near.isdisjoint(exports)


def is_own_export_control(pair: Pairing) -> bool:
    """Whether who acts changes a control of exports that is its own."""
    return not _of_another(pair) and is_export_control(pair)


def keeps(pair: Pairing) -> bool:
    """Whether a control is told to be kept."""
    if not is_own_export_control(pair):
        return False
    clause = {token.lower for token in pair.scan.tokens[pair.act.clause.first : pair.act.clause.last]}
    return pair.verb.base in {"keep", "maintain", "retain"} or bool({"place", "force"} & clause)


def _of_another(pair: Pairing) -> bool:
    """Whether the control is another party's own than who acts."""
    scan, act = pair.scan, pair.act
    owner = next(
        (
            party
            for party in scan.parties
            if 0 <= pair.thing.first - party.last <= _OWNED_WITHIN and party.form in {"own", "adjective"}
        ),
        None,
    )
    if owner is None or act.passive or act.form == "noun":
        return False
    if asked(scan.tokens, range(act.clause.first, act.first)) is not None:
        return False
    subject = subject_in(scan, act.clause.first, act.first)
    return subject is not None and not set(subject.codes) & set(owner.codes)


def of_imports(pair: Pairing) -> bool:
    """Whether a restriction is one of imports: "the ban" alone is, where imports are spoken of."""
    if not pair.plain:
        return True
    if _on_goods_of_another(pair):
        pair.scan.seen.importing = True  # and so are "the ban" and "the curbs" from here on
        return True
    if pair.first_word in _OF_EITHER and pair.scan.seen.exporting:
        return False
    return pair.scan.seen.importing


def _on_goods_of_another(pair: Pairing) -> bool:
    """As in "a ban on Australian coal": who keeps out another's goods restricts imports."""
    scan = pair.scan
    subject = subject_in(scan, pair.act.clause.first, pair.act.first)
    for party in scan.parties:
        if pair.thing.last < party.first <= pair.thing.last + 1 and party.kind == "goods":
            on = scan.tokens[pair.thing.last].lower in {"on", "against"}
            exported = scan.tokens[min(party.last, len(scan.tokens) - 1)].lower in vocabulary("exported")
            return on and not exported and subject is not None and not set(subject.codes) & set(party.codes)
    return False


def opens_to_goods(pair: Pairing) -> bool:
    """Whether a market is spoken of for the goods of another: "reopened its market to Chilean lobster"."""
    behind = (p for p in pair.scan.parties if 0 < p.first - pair.thing.last <= _GOODS_WITHIN)
    return any(party.kind in {"goods", "country"} for party in behind)


def are_tariffs(pair: Pairing) -> bool:
    """Whether what is cut is a tariff, no other curb."""
    words = {token.lower for token in pair.scan.tokens[pair.thing.first : pair.thing.last]}
    return not words.isdisjoint({"tariff", "tariffs", "duty", "duties"}) and of_imports(pair)


def restricts_exports(pair: Pairing) -> bool:
    """Whether an act on exports is a control of them by a state."""
    base, word = pair.verb.base, pair.first_word
    if base in {"require", "subject"} and not pair.says(vocabulary("licensing")):
        return False
    if base in vocabulary("also_of_business") and word in vocabulary("business"):
        return pair.says(vocabulary("under_licence"))
    if word in vocabulary("supply") and base not in {"require", "subject"}:
        return False
    return len(pair.between) <= (_EXPORTS_BEHIND if pair.follows else _EXPORTS_BEFORE)


def is_export_licence(pair: Pairing) -> bool:
    """Whether a licence is one for exports."""
    context = pair.says(vocabulary("exporting"))
    base, word = pair.verb.base, pair.last_word
    if word in vocabulary("permits") and not context:
        return False
    if word.startswith("application") and not context:
        return pair.scan.seen.exporting and base in {"approve", "clear", "grant"}
    if base in vocabulary("also_of_receiving"):
        if pair.act.form in {"base", "ing"} and base in _OBTAINS:
            return False  # "must obtain a licence" is the control itself
        return context and len(pair.between) <= _LICENCE_WITHIN
    return context or word.startswith("licen")
