"""The event that an act on a thing makes: of which type and status, by whom, toward whom."""

from __future__ import annotations

from sekisho.reading.frames.actors import subject_of
from sekisho.reading.frames.assertion import as_kept, status_in
from sekisho.reading.frames.disputes import panel_asked
from sekisho.reading.frames.roles import all_parties, elsewhere, list_parties, respondent, toward
from sekisho.reading.frames.scan import Act, Scan
from sekisho.reading.frames.sight import agent, within, word_before
from sekisho.reading.frames.talks import for_talks
from sekisho.reading.frames.telling import tell
from sekisho.reading.frames.told import LISTS, SYMMETRIC, Told
from sekisho.reading.frames.turning import turned
from sekisho.reading.lexicon import Found, Frame
from sekisho.reading.parties import Party
from sekisho.reading.status import Status
from sekisho.reading.vocabulary import vocabulary

_WORRIED_WITHIN = 5
_OBJECT_WITHIN = 4
_RELATIONS = frozenset({"relations", "ties", "relationship"})
_RECEIVES = frozenset({"receive", "obtain", "get", "win", "secure"})


def framed(scan: Scan, act: Act, frame: Frame, thing: Found[list[str]]) -> Told | None:
    """The event that an act on a thing makes; ``None`` if the sentence does not tell it as one."""
    kind, act = _kind(scan, act, frame, thing)
    if _in_passing(act, kind):
        return None
    subject = subject_of(scan, act)
    status = status_in(scan, act)
    kind, status = turned(scan, kind, as_kept(status) if frame.status == "denied" else status, act)
    if _untold(scan, act, kind, status) or _ends_an_intent(scan, act, thing, kind):
        return None
    if _ended_by_both(kind, status, subject):
        kind = "agreement_terminated"
    if kind == "summit_held" and subject is not None and subject.kind == "ministry":
        kind = "talks_held"
    parties = _parties(scan, act, kind, thing, subject)
    return tell(scan, act, kind, *parties, status, thing, subject) if parties is not None else None


def _kind(scan: Scan, act: Act, frame: Frame, thing: Found[list[str]]) -> tuple[str, Act]:
    """The type of a frame, turned by what surrounds the act; the act that counts."""
    if frame.type == "dispute_panel_established":
        asked_for = panel_asked(scan, act)
        return (frame.type, act) if asked_for is None else ("dispute_panel_requested", asked_for)
    if frame.type == "cooperation_launched" and for_talks(scan, thing):
        return "talks_agreed", act
    if frame.type == "export_licence_granted" and _word(scan, act.first - 1) in vocabulary("ceasing"):
        return "export_control_tightened", act  # "stopped issuing licences"
    return frame.type, act


def _ended_by_both(kind: str, status: Status, subject: Party | None) -> bool:
    """Whether an end is no notice by one to the other: "Japan and South Korea ended their swap"."""
    both = subject is not None and len(subject.codes) > 1
    return both and kind == "agreement_termination_notice" and status is Status.HAPPENED


def _in_passing(act: Act, kind: str) -> bool:
    """Whether talks are only a backdrop: "while talks go on", "attending the summit" of many."""
    if kind == "summit_held" and any(verb.base in {"attend", "join"} for verb in act.verbs):
        return True
    lasting = act.clause.opener == "while" and act.form in {"base", "s", "ing"}
    return lasting and kind in {"talks_held", "summit_held"}


def _ends_an_intent(scan: Scan, act: Act, thing: Found[list[str]], kind: str) -> bool:
    """Whether only an intent ends: "scrapped plans to ban exports" eases nothing."""
    ends = kind.endswith(("_eased", "_removed"))
    return ends and not vocabulary("intents").isdisjoint(_object_of(scan, act, thing))


def _untold(scan: Scan, act: Act, kind: str, status: Status) -> bool:
    """Whether an event would claim more than is said: an end that may come, a signing that did not."""
    if kind == "agreement_terminated" and status is not Status.HAPPENED:
        words = {token.lower for token in scan.tokens[act.clause.first : act.first]}
        return ("will" not in words and act.form != "s") or not any(
            within(scan, time, act.clause) for time in scan.times
        )
    if act.clause.opener in {"before", "until"} and status is Status.HAPPENED and _in_present(scan, act):
        return True  # "before it lifts the ban"
    if kind == "dispute_filed" and (_word(scan, act.last) == "that" or _taken_elsewhere(scan, act)):
        return True  # "requested that the complaint be withdrawn", "withdrew its complaint filed at the WTO"
    if kind == "agreement_normalised" and not _RELATIONS.isdisjoint(_behind(scan, act)):
        return True  # "the treaty that normalised diplomatic relations"
    if act.form in {"ing", "noun"} and _word(scan, act.first - 1) in {"over", "about"}:
        before = {_word(scan, place) for place in range(act.first - _WORRIED_WITHIN, act.first)}
        return not before.isdisjoint(vocabulary("worries"))  # "concern in Lima over resuming imports"
    return kind == "agreement_signed" and status is Status.DENIED


def _in_present(scan: Scan, act: Act) -> bool:
    return act.form == "s" or (act.passive and not {"is", "are"}.isdisjoint(_words_before(scan, act)))


def _words_before(scan: Scan, act: Act) -> set[str]:
    return {token.lower for token in scan.tokens[act.clause.first : act.first]}


def _taken_elsewhere(scan: Scan, act: Act) -> bool:
    """Whether a participle only tells which thing it is that another act is done to."""
    return act.reduced and any(
        other.match is not None and act.match is not None and other.match[1] is act.match[1]
        for other in scan.acts
        if other is not act
    )


def _object_of(scan: Scan, act: Act, thing: Found[list[str]]) -> set[str]:
    """The words between a verb and its thing, or before a thing that it is done to."""
    first = act.clause.first if act.passive else act.last
    return {token.lower for token in scan.tokens[first : thing.first]} if act.form != "noun" else set()


def _behind(scan: Scan, act: Act) -> set[str]:
    return {token.lower for token in scan.tokens[act.last : act.last + _OBJECT_WITHIN]}


def _word(scan: Scan, place: int) -> str:
    return scan.tokens[place].lower if 0 <= place < len(scan.tokens) else ""


def _without_broker(scan: Scan, act: Act, codes: tuple[str, ...]) -> tuple[str, ...]:
    """The parties of an agreement; who brokered it is none."""
    broker = (
        agent(scan, act.last, act.clause.last) if any(verb.base == "broker" for verb in act.verbs) else None
    )
    if broker is None:
        return codes
    others = (
        p.codes for p in scan.parties if p.acts and p.form != "own" and not set(p.codes) & set(broker.codes)
    )
    return tuple(dict.fromkeys(code for each in others for code in each))


def _toward(
    scan: Scan, act: Act, actor: tuple[str, ...], kind: str, thing: Found[list[str]]
) -> tuple[str, ...]:
    """Toward whom: behind a preposition, else the firms on a list, or who is given notice."""
    if kind == "dispute_filed" and (taken := next((p for p in scan.parties if p.first == act.last), None)):
        return tuple(code for code in taken.codes if code not in {"WTO", *actor})  # "took Chile to the WTO"
    at = toward(scan, act, actor, kind)
    if not at and "entity_list" in thing.value:
        return _listed_firms(scan, act, actor)
    if not at and kind.startswith("agreement_termination"):
        return _notified(scan, act, actor)
    return at


def _notified(scan: Scan, act: Act, actor: tuple[str, ...]) -> tuple[str, ...]:
    """Who is given notice: "notified Chile and Peru that it would leave"."""
    told = (
        party
        for party in scan.parties
        if party.last <= act.first and word_before(scan, party) in vocabulary("telling")
    )
    codes = next((party.codes for party in told), ())
    return tuple(code for code in codes if code not in actor)


def _listed_firms(scan: Scan, act: Act, actor: tuple[str, ...]) -> tuple[str, ...]:
    """The countries of the firms that are put on a list, or off it: "added Huawei to"."""
    firms = [party for party in scan.parties if party.kind == "firm" and act.clause.first <= party.first]
    codes = (code for party in firms if party.last <= act.clause.last for code in party.codes)
    return tuple(dict.fromkeys(code for code in codes if code not in actor))


def _parties(
    scan: Scan, act: Act, kind: str, thing: Found[list[str]], subject: Party | None
) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Who acts, and toward whom; ``None`` if an international body would act as a state."""
    actor = subject.codes if subject is not None else ()
    if kind in LISTS:
        return list_parties(scan, act, thing, subject)
    if kind in SYMMETRIC:
        return _without_broker(scan, act, all_parties(scan, act, actor)), ()
    if kind in {"dispute_panel_established", "dispute_ruling"}:
        return ("WTO",), respondent(scan)
    if "WTO" in actor and not kind.startswith("dispute"):
        return None
    if kind == "export_licence_granted" and any(verb.base in _RECEIVES for verb in act.verbs):
        firms = [party for party in scan.parties if party.last <= act.first and party.kind == "firm"]
        actor = firms[-1].codes if firms else actor
    actor = tuple(code for code in actor if code != "WTO")
    at = _toward(scan, act, actor, kind, thing)
    if kind.startswith("agreement"):
        return actor, at  # others of the sentence are no party to it; the article says who is
    return actor, at or (elsewhere(scan, actor) if actor else ())
