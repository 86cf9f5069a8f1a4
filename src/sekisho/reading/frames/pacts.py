"""Agreements: signed, noticed, let lapse, kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sekisho.reading.frames.assertion import is_decided, status_in
from sekisho.reading.frames.roles import subject_of
from sekisho.reading.frames.scan import Act, Scan
from sekisho.reading.frames.sight import pact_named
from sekisho.reading.frames.telling import tell
from sekisho.reading.frames.told import Told
from sekisho.reading.lexicon import Found, Verb
from sekisho.reading.status import Status


def of_pact(scan: Scan, verb: Verb, thing: Found[list[str]]) -> bool:
    """Whether a notice is one of ending an agreement."""
    words = scan.lower
    pact = pact_named(scan) or bool(scan.seen.pact)
    move = scan.tokens[thing.last - 1].lower == "move"
    if move:
        return pact_named(scan) and verb.base in {
            "halt",
            "suspend",
            "pause",
            "stop",
            "withdraw",
            "reverse",
            "freeze",
            "shelve",
            "postpone",
            "retract",
            "hold off",
            "put on hold",
            "call off",
            "drop",
        }
    if verb.head in {"announce", "file"}:
        return pact and " export" not in words
    return pact


def pact_fits(  # noqa: C901, PLR0911, PLR0913, PLR0917
    scan: Scan, act: Act, verb: Verb, kind: str, thing: Found[list[str]], between: Sequence[str], head: str
) -> bool:
    """Whether an act on an agreement makes an event of a type."""
    word = scan.tokens[thing.last - 1].lower
    if (
        word in {"arrangement", "arrangements", "statement", "statements", "convention"}
        and kind != "agreement_signed"
    ):
        return False
    if kind == "agreement_signed":
        if head == "joint_work":
            return len(between) <= 6 and is_decided(scan, act)  # noqa: PLR2004
        if verb.base == "agree":
            return False
        if verb.base in {"strike", "adopt", "initial"} and len(between) > 6:  # noqa: PLR2004
            return False
        return word != "cooperation" and len(between) <= 9 and not {"without", "on"} & set(between)  # noqa: PLR2004
    if verb.base in {"break", "kill", "cease", "allow", "let", "drop", "leave"} and len(between) > 3:  # noqa: PLR2004
        return False
    if kind == "agreement_suspended":
        return (
            verb.base in {"suspend", "halt", "freeze", "pause", "shelve", "put on hold"} and len(between) <= 8  # noqa: PLR2004
        )
    if kind == "agreement_renewed":
        return len(between) <= 8 and "automatically" not in scan.lower  # noqa: PLR2004
    if kind == "agreement_termination_suspended":
        return verb.base in {
            "keep",
            "maintain",
            "retain",
            "preserve",
            "stick with",
            "stick to",
            "stay in",
            "remain in",
            "abide by",
            "continue",
        } and is_decided(scan, act)
    if verb.head == "quit":
        return verb.base != "leave" or len(between) <= 3  # noqa: PLR2004
    return len(between) <= 10  # noqa: PLR2004


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
