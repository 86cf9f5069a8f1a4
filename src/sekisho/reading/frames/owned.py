"""Controls that are told as nouns with who has them: "China's ban on seafood from Japan"."""

from __future__ import annotations

from collections.abc import Iterator

from sekisho.reading.clauses import CONDITIONS
from sekisho.reading.frames.roles import toward
from sekisho.reading.frames.scan import Act, Scan
from sekisho.reading.frames.sight import clause_at
from sekisho.reading.frames.telling import tell
from sekisho.reading.frames.told import Told
from sekisho.reading.lexicon import Found
from sekisho.reading.parties import Party
from sekisho.reading.status import Status
from sekisho.reading.vocabulary import vocabulary

_OWNED_WITHIN = 4


def export_controls(scan: Scan) -> Iterator[Told]:
    """Controls that someone made closer: "Tokyo's recent export curbs".

    That a state has controls is no event; that it has new or closer ones is.
    """
    taken = _taken(scan)
    for thing in scan.things:
        clause = clause_at(scan, thing.first)
        if "export_control" not in thing.value or thing.first in taken or clause.opener in CONDITIONS:
            continue
        owner = _owner(scan, thing)
        if owner is None or not _is_closer(scan, owner, thing):
            continue
        act = Act([], thing.first, thing.last, "noun", False, clause)
        parties = owner.codes, toward(scan, act, owner.codes, "export_control_tightened")
        told = tell(scan, act, "export_control_tightened", *parties, Status.HAPPENED, thing, owner)
        told.mention = True
        yield told


def _is_closer(scan: Scan, owner: Party, thing: Found[list[str]]) -> bool:
    """Whether the words before the control say that it is new or closer than before."""
    words = {token.lower for token in scan.tokens[owner.last : thing.last]}
    plain = thing.last - thing.first == 1 and not scan.seen.exporting
    return not plain and not words.isdisjoint(vocabulary("closer"))


def _is_bare(scan: Scan, thing: Found[list[str]]) -> bool:
    """Whether a thing is one word that may be of anything; "tariffs on" is of imports."""
    words = [token.lower for token in scan.tokens[thing.first : thing.last + 1]]
    return thing.last - thing.first == 1 and not (
        words[0] in {"tariffs", "duties", "tariff"} and words[1:] == ["on"]
    )


def _taken(scan: Scan) -> set[int]:
    taken = {act.match[1].first for act in scan.acts if act.match is not None}
    return taken | {place for act in scan.acts for place in range(act.first, act.last)}


def import_bans(scan: Scan) -> Iterator[Told]:
    """Bans that someone has: "China's ban on seafood from Japan"."""
    taken = _taken(scan)
    judged = any(party.kind == "court" or "WTO" in party.codes for party in scan.parties)
    for thing in scan.things:
        clause = clause_at(scan, thing.first)
        if "import_ban" not in thing.value or thing.first in taken or _is_bare(scan, thing):
            continue
        if judged and clause.opener == "that":
            continue  # what a panel ruled about
        owner = _owner(scan, thing)
        if owner is not None and clause.opener not in CONDITIONS:
            act = Act([], thing.first, thing.last, "noun", False, clause)
            parties = owner.codes, toward(scan, act, owner.codes)
            yield tell(scan, act, "import_restriction_imposed", *parties, Status.HAPPENED, thing, owner)


def _owner(scan: Scan, thing: Found[list[str]]) -> Party | None:
    return next(
        (
            party
            for party in reversed(scan.parties)
            if 0 <= thing.first - party.last <= _OWNED_WITHIN and party.form in {"own", "adjective"}
        ),
        None,
    )
