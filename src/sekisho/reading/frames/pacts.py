"""Agreements: signed, noticed, let lapse, kept."""

from __future__ import annotations

from collections.abc import Iterator

from sekisho.reading.frames.actors import subject_of
from sekisho.reading.frames.assertion import status_in
from sekisho.reading.frames.pairing import Pairing
from sekisho.reading.frames.scan import Act, Scan
from sekisho.reading.frames.sight import pact_named
from sekisho.reading.frames.telling import tell
from sekisho.reading.frames.told import Told
from sekisho.reading.frames.turning import is_decided
from sekisho.reading.status import Status
from sekisho.reading.vocabulary import vocabulary

_ORDERED_WITHIN = 8


def ordered(scan: Scan, act: Act) -> bool:
    """Whether an act told as a noun is said to be done: "announced the termination of the pact"."""
    first = max(act.clause.first, act.first - _ORDERED_WITHIN)
    words = {token.lower for token in scan.tokens[first : act.first]}
    return bool(words & vocabulary("ordering"))


def is_notice(pair: Pairing) -> bool:
    """Whether a notice, a termination or "the move" is one of ending an agreement."""
    named = pact_named(pair.scan)
    if pair.last_word == "decision" and "notice" in pair.thing.value:
        return bool(pair.scan.seen.pact) and pair.verb.base in vocabulary("halting")
    if pair.last_word == "move":
        return named and pair.verb.base in vocabulary("halting")
    if not named and not pair.scan.seen.pact:
        return False
    return pair.verb.head not in {"announce", "file"} or " export" not in pair.scan.lower


def is_real(pair: Pairing) -> bool:
    """Whether the thing is an agreement that can end, not a statement or a convention."""
    return pair.last_word not in vocabulary("no_pacts")


def ends(pair: Pairing) -> bool:
    """Whether an agreement is ended; an end told as a noun must be ordered by someone."""
    real = is_real(pair) or (pair.verb.head == "lapse" and pair.last_word.startswith("arrangement"))
    return real and (pair.act.form != "noun" or ordered(pair.scan, pair.act))


def is_renewed(pair: Pairing) -> bool:
    """Whether an agreement is renewed by an act, not by itself."""
    return ends(pair) and "automatically" not in pair.scan.lower


def is_decided_on(pair: Pairing) -> bool:
    """Whether the act is governed by a word of deciding."""
    return is_decided(pair.scan, pair.act)


def letting_lapse(scan: Scan, act: Act) -> Iterator[Told]:
    """As in "let it lapse", "stick with the pact": the pact named before or behind."""
    words = [token.lower for token in scan.tokens[act.first : act.first + 4]]
    lapses = any(verb.base in {"let", "allow"} for verb in act.verbs) and bool(
        {"lapse", "expire"} & set(words)
    )
    if not lapses or not (scan.seen.pact or pact_named(scan)):
        return
    subject = subject_of(scan, act)
    actor = subject.codes if subject is not None else ()
    status = status_in(scan, act)
    said = {scan.tokens[place].lower for place in range(act.clause.first, act.first)}
    if {"indicated", "decided", "announced"} & said and status is Status.ANNOUNCED:
        status = Status.HAPPENED
    told = tell(scan, act, "agreement_termination_notice", actor, (), status, None, subject)
    told.subject = scan.seen.pact.replace("-", " ") or told.subject
    yield told
