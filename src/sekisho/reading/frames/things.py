"""What an act is done to: the thing that makes a frame with it."""

from __future__ import annotations

from collections.abc import Iterator

from sekisho.reading.frames.controls import about_exports, exports_fit, licence_fits, listing_fits
from sekisho.reading.frames.disputes import before_wto
from sekisho.reading.frames.pacts import of_pact, pact_fits
from sekisho.reading.frames.redress import compensation_fits
from sekisho.reading.frames.scan import Act, Scan
from sekisho.reading.frames.sight import clause_words, subject_in
from sekisho.reading.frames.talks import cooperation_fits, talks_fit
from sekisho.reading.frames.told import LISTS
from sekisho.reading.lexicon import Found, Frame, Verb
from sekisho.reading.status import asked

_FAR = 16


def match_all(scan: Scan) -> None:
    """Gives each act its thing; of two acts before one thing the nearer one takes it."""
    for act in scan.acts:
        act.match = thing_of(scan, act)
    for act in scan.acts:
        if (
            act.match is not None
            and act.first < act.match[1].first
            and any(
                other.match is not None
                and other.match[1] is act.match[1]
                and act.first < other.first <= act.match[1].first
                for other in scan.acts
            )
        ):
            act.match = None


def only_discussed(scan: Scan, act: Act) -> bool:
    """Whether the act is what talks are about: "talks on lifting the curbs"."""
    words = [scan.tokens[place].lower for place in range(max(act.clause.first, act.first - 6), act.first)]
    about = {"on", "about", "over", "regarding", "concerning"}
    return any(
        word in about
        and set(words[max(0, at - 2) : at])
        & {
            "talks",
            "discussions",
            "discussion",
            "consultations",
            "negotiations",
            "dialogue",
            "progress",
            "issue",
            "views",
        }
        for at, word in enumerate(words)
    )


def thing_of(scan: Scan, act: Act) -> tuple[Frame, Found[list[str]]] | None:
    """The nearest thing that makes a frame with the act."""
    for thing in reachable(scan, act):
        for verb in act.verbs:
            for head in thing.value:
                frame = scan.seen.words.frames.get((verb.head, head))
                if frame is not None and fits(scan, act, verb, frame, thing, head):
                    return frame, thing
    return None


def reachable(scan: Scan, act: Act) -> Iterator[Found[list[str]]]:  # noqa: C901
    """Things the act can be done to, nearest first."""
    clause = act.clause
    before = [found for found in scan.things if clause.first <= found.first and found.last <= act.first]
    after = [found for found in scan.things if act.last <= found.first < min(clause.last, act.last + _FAR)]
    nexts = [
        other.first
        for other in scan.acts
        if other.first >= act.last and other.form in {"past", "s"} and other.clause is clause
    ]
    if nexts:
        after = [found for found in after if found.first <= nexts[0] or found.first < act.last + 4]
    if act.form == "noun":
        yield from after
        standing = act.verbs[0].base in {"hiatus", "halt"}
        yield from (
            found
            for found in reversed(scan.things if standing else before)
            if found.last <= act.first and (standing or act.first - found.last <= 1)
        )
        return
    verbs = {verb.head for verb in act.verbs}
    if "effect" in verbs:
        yield from reversed(before)
        return
    if act.passive:
        yield from reversed(before)
        if clause.opener in {"which", "that", "who"} or not before:
            earlier = [
                found
                for found in scan.things
                if found.last <= clause.first and clause.first - found.last <= 4  # noqa: PLR2004
            ]
            yield from reversed(earlier)
        yield from (found for found in after if set(found.value) & {"country_list", "entity_list", "imports"})
        return
    yield from after
    earlier = [
        found for found in scan.things if found.last <= clause.first and clause.first - found.last <= _FAR
    ]
    if clause.opener in {"which", "that"} and (not after or "lapse" in verbs):
        yield from reversed(earlier)
    if act.form in {"past", "done"} and before and act.first - before[-1].last <= 1 and not after:
        yield before[-1]
    if verbs & {"lapse", "resume", "keep", "effect"} and before:
        yield before[-1]


def fits(scan: Scan, act: Act, verb: Verb, frame: Frame, thing: Found[list[str]], head: str) -> bool:  # noqa: C901, PLR0911, PLR0912
    """Whether the words around bear the frame out."""
    kind = frame.type
    between = [token.lower for token in scan.tokens[min(act.last, thing.last) : max(act.first, thing.first)]]
    after = thing.first >= act.last
    if kind in LISTS:
        return listing_fits(scan, act, verb, thing, between)
    if head == "exports":
        return exports_fit(scan, act, verb, kind, thing)
    if head == "export_control" and is_of_another(scan, act, thing):
        return False
    if head == "export_control" and thing.last - thing.first == 1 and not about_exports(scan, thing):
        return False
    if (
        kind == "export_control_tightened"
        and verb.head == "impose"
        and verb.base
        in {
            "renew",
            "extend",
            "add",
            "begin",
            "start",
            "set",
            "issue",
            "publish",
            "announce",
            "unveil",
            "apply",
            "launch",
            "adopt",
        }
    ):
        return after and len(between) <= 6 and "of" not in between  # noqa: PLR2004
    if kind == "export_control_eased" and verb.head == "keep":
        return (
            verb.base in {"keep", "maintain", "retain"}
            or "place" in clause_words(scan, act)
            or "force" in clause_words(scan, act)
        )
    if verb.head == "effect":
        return thing.last <= act.first and act.first - thing.last <= _FAR
    if kind == "dispute_appealed":
        return scan.seen.disputed and len(between) <= 5  # noqa: PLR2004
    if verb.head == "demand":
        return (
            bool(
                {"export", "exports", "exporting", "shipment", "shipments", "exporters"}
                & set(scan.lower.split())
            )
            and len(between) <= 6  # noqa: PLR2004
        )
    if head == "complaint":
        return before_wto(scan, thing)
    if head == "notice":
        return of_pact(scan, verb, thing)
    if head in {"pact", "joint_work"}:
        return pact_fits(scan, act, verb, kind, thing, between, head)
    if kind in {"talks_held", "talks_resumed", "talks_suspended", "summit_held"}:
        return talks_fit(verb, kind, between)
    if kind in {"talks_agreed", "summit_agreed"}:
        return (
            verb.base in {"agree", "arrange", "schedule", "set", "plan", "fix"}
            and len(between) <= 8  # noqa: PLR2004
            and after
        )
    if kind == "cooperation_launched":
        return cooperation_fits(scan, act, thing)
    if kind == "compensation_plan":
        return compensation_fits(scan, act, thing)
    if kind == "export_licence_granted":
        return licence_fits(scan, act, verb, thing)
    if head in {"imports", "import_ban"}:
        return head == "imports" or thing.last - thing.first > 1 or scan.seen.importing
    return True


def is_of_another(scan: Scan, act: Act, thing: Found[list[str]]) -> bool:
    """Whether the thing is another party's own than who acts: one lifts one's own controls."""
    owner = next(
        (p for p in scan.parties if 0 <= thing.first - p.last <= 2 and p.form in {"own", "adjective"}),  # noqa: PLR2004
        None,
    )
    if owner is None or act.passive or act.form == "noun":
        return False
    if asked(scan.tokens, range(act.clause.first, act.first)) is not None:
        return False
    subject = subject_in(scan, act.clause.first, act.first)
    return subject is not None and not set(subject.codes) & set(owner.codes)
