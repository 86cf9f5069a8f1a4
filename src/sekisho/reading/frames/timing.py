"""When: the times that belong to an act and what they are the day of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from sekisho.reading.frames.lending import end_of_participle, times_lent
from sekisho.reading.frames.saying import (
    DAYS,
    LENGTHS,
    in_passing,
    is_of_comment,
    is_saying_day,
    reported_times,
)
from sekisho.reading.frames.scan import Act, Scan
from sekisho.reading.frames.sight import ended_by, within, words_before
from sekisho.reading.frames.told import Told
from sekisho.reading.parties import Party, owner_of
from sekisho.reading.status import Status
from sekisho.reading.times import Time
from sekisho.reading.vocabulary import vocabulary

_SAID = vocabulary("said")
_NO_YEAR = frozenset({"month", "monthday", "daymonth"})
_OWNED_WITHIN = 4
_QUALIFIED_WITHIN = 5
_PREPS = vocabulary("preps")
_BOUND_WITHIN = 24
_STILL_AHEAD = frozenset({"will", "would", "wo", "won't", "is", "are", "shall", "'ll", "no"})
_APPROVED = frozenset({"approved", "endorsed", "passed", "adopted"})
_EFFECT = (
    "take effect",
    "takes effect",
    "took effect",
    "taken effect",
    "into force",
    "into effect",
    "come into",
    "effective",
    "apply from",
    "applies from",
    "applied from",
    "in force",
    "implemented on",
    "implemented from",
    "starting",
    "with effect from",
    "taking effect",
    "enforced from",
    "enforced on",
    "enacted from",
    "enacted on",
    "valid from",
)
_TO_COME = ("to be", "due to", "set to", "scheduled to", "expected to", "is to", "are to")
_IN_FORCE_SOON = (
    "takes effect",
    "comes into force",
    "comes into effect",
    "goes into effect",
    "enters into force",
)
_AHEAD_OF = (" as early as", " as soon as", " ahead of", " ahead of a", " ahead of the", " no later than")
_IN_THE_WEEK = DAYS | {"relweek"}
_CALENDAR = vocabulary("calendar_times")
_OF_AN_ACT = DAYS | {"relweek", "month", "monthyear", "relyearmonth"}
_IN_FORCE = ("export_control", "import_restriction", "country_list")


def shared_times(scan: Scan, told: Sequence[Told]) -> None:
    """Takes a time behind two acts of a clause from the farther one, but for talks at which it was done."""
    for one in told:
        had = bool(one.times)
        for other in told:
            setting = other.type.startswith(("talks", "summit")) and not one.type.startswith(
                ("talks", "summit")
            )
            if one.place < other.place and not setting and not _mirrored(one, other):
                at = scan.tokens[other.place].start
                both = {time for time, _ in other.times if time.start > at}
                one.times = [(time, role) for time, role in one.times if time not in both]
        if had and not one.times:
            one.times = _of_the_opening(scan, one)


def _mirrored(one: Told, other: Told) -> bool:
    """Whether one act is told as two: "struck each other off their lists in 2019"."""
    both = one.type == other.type and one.actor == other.counterpart and one.counterpart == other.actor
    return both and (one.start, one.end) == (other.start, other.end) and one.place + 1 == other.place


def _of_the_opening(scan: Scan, one: Told) -> list[tuple[Time, str]]:
    """The time at the head of a sentence, for what "and" joins: "In 2019 it struck Peru off and raised"."""
    act = next((act for act in scan.acts if act.first == one.place), None)
    if act is None or one.status is not Status.HAPPENED:
        return []
    return [(time, "happened") for time in times_lent(scan, act, one.status)]


def times_for(scan: Scan, act: Act, status: Status, kind: str) -> Iterator[tuple[Time, str]]:
    """The times of an act: those of its clause, else those that its sentence lends it."""
    mine = [time for time in scan.times if within(scan, time, act.clause) and time.kind not in LENGTHS]
    beside = [other for other in scan.acts if other.clause is act.clause and other.match is not None]
    own = [time for time in mine if _belongs(scan, time, act, beside) and not is_of_comment(scan, time, act)]
    if act.reduced:  # a participle is dated by what follows it: "imposed at the end of 2020"
        behind, end = scan.tokens[act.first].start, end_of_participle(scan, act)
        yield from ((time, "happened") for time in own if behind < time.start < end)
        return
    if status is Status.HAPPENED and in_passing(scan, act, kind):
        yield from ((time, "happened") for time in own if _in_noun_phrase(scan, time, act))
        return
    own = own or [
        time
        for time in mine
        if time.end <= scan.tokens[act.first].start
        and not _of_visit(scan, time)
        and not is_of_comment(scan, time, act)
    ]
    lent = [] if own or (kind == "court_ruling" and not act.verbs) else list(times_lent(scan, act, status))
    ahead = looks_ahead(scan, act, status)
    own = [time for time in own if time.kind != "recent" or stands_near(scan, time, act)]
    if kind.startswith(("agreement", "dispute", "export_licence")) and kind != "agreement_signed":
        own = [time for time in own if not names_thing(scan, time)]
    own = [time for time in own if not bounds_span(scan, time, kind)]
    if status is Status.HAPPENED:  # the day of the act goes before the day on which it was told
        behind = scan.tokens[act.first].start
        own = [
            time
            for time in own
            if (time.kind in _OF_AN_ACT or time.get("fu") == "day")
            and time.start > behind
            and not is_saying_day(scan, time)
        ] or own
    roles = [(time, role_of(scan, time, act, status, kind, ahead=ahead)) for time in own or lent]
    if own and ahead and all(role in {"planned", "effective"} for _, role in roles):
        roles += [(time, "announced") for time in reported_times(scan, act)]
    yield from roles
    if kind.startswith(_IN_FORCE) and all(role != "effective" for _, role in roles):
        yield from ((time, "effective") for time in _of_effect_behind(scan, act))


def looks_ahead(scan: Scan, act: Act, status: Status) -> bool:
    """Whether times of an act may be to come: not of what was left undone, "stopped short of removing"."""
    if status is not Status.DENIED:
        return status is not Status.HAPPENED
    before = {token.lower for token in scan.tokens[act.clause.first : act.first]}
    return not before.isdisjoint(_STILL_AHEAD)


def _of_effect_behind(scan: Scan, act: Act) -> Iterator[Time]:
    """The day of effect in the clause behind an act: "which will be enforced from July 21"."""
    for clause in scan.clauses:
        if clause.first == act.clause.last and clause.opener in {"", "which", "and"}:
            for time in scan.times:
                words = [t.lower for t in scan.tokens[clause.first : clause.last] if t.end <= time.start]
                if within(scan, time, clause) and any(phrase in " ".join(words) for phrase in _EFFECT):
                    yield time
                    return


def _in_noun_phrase(scan: Scan, time: Time, act: Act) -> bool:
    """Whether a time stands with a noun, before the next verb or mark: "its removal in August"."""
    first, last = ended_by(scan, time.start), ended_by(scan, time.end)
    if last <= act.first:
        qualifies = time.kind != "recent" and _qualifies(scan, last, act)
        return qualifies or _between_owner_and(scan, time, act)
    verbs = {other.first for other in scan.acts if other.form != "noun" and other.first != act.last}
    between = range(act.last, first)
    return all(at not in verbs and scan.tokens[at].text != "," for at in between) and not is_saying_day(
        scan, time
    )


def _qualifies(scan: Scan, last: int, act: Act) -> bool:
    """Whether only adjectives and names stand between a time and its noun: "a 2018 top court ruling"."""
    verbs = {other.first for other in scan.acts if other.form != "noun"}
    between = [scan.tokens[at] for at in range(last, act.first)]
    plain = all(token.is_word and token.lower not in _PREPS for token in between)
    return plain and len(between) <= _QUALIFIED_WITHIN and verbs.isdisjoint(range(last, act.first))


def _belongs(scan: Scan, time: Time, act: Act, beside: Sequence[Act]) -> bool:
    """Whether a time is of the act: of the acts of its clause the one that it follows, else the first."""
    if _of_visit(scan, time) or _of_another_thing(scan, time, act):
        return False
    at = next((at for at, other in enumerate(beside) if other is act), -1)
    if at < 0:
        behind = scan.tokens[act.last - 1].end
        likened = not act.verbs and act.form == "past"  # "did the same the following month"
        return not likened or time.start >= behind or all(other.end <= behind for other in scan.times)
    before = scan.tokens[act.first].start if at else 0
    after = scan.tokens[beside[at + 1].first].start if at + 1 < len(beside) else len(scan.seen.text)
    return before <= time.start < after or (at > 0 and _between_owner_and(scan, time, act))


def _between_owner_and(scan: Scan, time: Time, act: Act) -> bool:
    """As in "U.S. moves last year to restrict": the time stands between the owner and the act."""
    asked = act.first, act.form
    if asked not in scan.owners:
        before = (party for party in reversed(scan.parties) if party.last <= act.first)
        scan.owners[asked] = next((party for party in before if _owns(scan, party, act)), None)
    owner = scan.owners[asked]
    return owner is not None and scan.tokens[owner.last - 1].end <= time.start < scan.tokens[act.first].start


def _owns(scan: Scan, party: Party, act: Act) -> bool:
    """Whether a party owns an act: "Japan's decision", "Japan's recent tightening"."""
    beside = (
        act.form == "noun" and party.form in {"own", "adjective"} and act.first - party.last <= _OWNED_WITHIN
    )
    return beside or owner_of(scan.tokens, party)


def _of_another_thing(scan: Scan, time: Time, act: Act) -> bool:
    """Whether the time is of a thing named beside the act: "after a court ruling in 2018"."""
    at = ended_by(scan, time.start) - 1
    at -= at > 0 and scan.tokens[at].lower in {"in", "on", "of", "from"}
    if at < act.last:
        return False
    own = act.match[1] if act.match is not None else None
    beside = [thing for thing in scan.things if thing.last - 1 == at and thing.first >= act.last]
    return any(thing is not own and "ruling" in thing.value for thing in beside)


def of_the_verb(scan: Scan, time: Time, act: Act) -> bool:
    """Whether a time is that of a verb: right at the head of its clause, or behind it before any other."""
    if act.form == "noun" or not within(scan, time, act.clause):
        return False
    head, verb = scan.tokens[act.clause.first], scan.tokens[act.first]
    if time.start > verb.start:
        return all(not verb.start < scan.tokens[other.first].start < time.start for other in scan.acts)
    opening = sum(head.start <= token.start < time.start for token in scan.tokens) <= 1
    return opening and scan.seen.text[time.end : time.end + 2].strip() != "("


def _of_visit(scan: Scan, time: Time) -> bool:
    """Whether the time is of a visit named in passing: "in retaliation for a visit this week"."""
    return words_before(scan, time).endswith((" visit", " trip", " tour"))


def times_to_come(scan: Scan) -> Iterator[Time]:
    """Times of what is still to come: "which will be enforced from July 21", "to be scrapped Friday"."""
    for time in scan.times:
        clause = next((clause for clause in scan.clauses if within(scan, time, clause)), None)
        if clause is None:
            continue
        before = [token.lower for token in scan.tokens[clause.first : ended_by(scan, time.start)]]
        said = any(word in _SAID for word in before[-3:]) or before[-1:] == ["since"]
        words = f" {' '.join(before)} "
        ahead = "will" in before or any(f" {phrase} " in words for phrase in (*_TO_COME, *_IN_FORCE_SOON))
        awaited = time.kind in _IN_THE_WEEK and words_before(scan, time).endswith(_AHEAD_OF)
        if (ahead or awaited) and not said:
            yield time


def times_in_series(scan: Scan) -> Iterator[Time]:
    """Times without a year behind one with a year: "filed it in May 2019, dropped it in July"."""
    dated = False
    for time in scan.times:
        clause = next((clause for clause in scan.clauses if within(scan, time, clause)), None)
        if clause is None or clause.opener not in {"", "and", "but"}:
            continue
        if time.kind in _NO_YEAR and dated and not words_before(scan, time).endswith(" since"):
            yield time
        dated = dated or time.kind in {"monthyear", "mdy", "dmy"}


def times_in_passing(scan: Scan) -> Iterator[Time]:
    """Days of a saying, and times told beside another: "that year" leans on neither."""
    beside = {
        time for time in scan.times if _in_after(scan, time) or words_before(scan, time).endswith(" of")
    }
    for time in scan.times:
        if is_saying_day(scan, time) or (time in beside and len(beside) < len(scan.times)):
            yield time


def _in_after(scan: Scan, time: Time) -> bool:
    return any(clause.opener == "after" and within(scan, time, clause) for clause in scan.clauses)


def bounds_span(scan: Scan, time: Time, kind: str) -> bool:
    """Whether a time only bounds a span: "for the first time since July", "gave it until May to answer"."""
    before = f"{words_before(scan, time)} {scan.seen.text[time.start : time.end].lower()}"
    if re.search(r" (?:until|till)\b(?! recent)", before[-_BOUND_WITHIN:]):
        return True
    return words_before(scan, time).endswith(" since") and not kind.endswith(
        ("suspended", "tightened", "imposed", "boycott")
    )


def names_thing(scan: Scan, time: Time) -> bool:
    """Whether a year only names the thing: "a 2016 agreement"."""
    before = words_before(scan, time).split()[-1:]
    alone = time.kind == "year" and scan.seen.text[time.start : time.end].isdigit()
    dayed = time.kind in {"monthday", "month"} and before in (["a"], ["since", "a"])
    return (alone and before in (["a"], ["the"], ["its"], ["their"])) or dayed


def stands_near(scan: Scan, time: Time, act: Act) -> bool:
    """Whether "recent" stands at the act itself."""
    between = [token for token in scan.tokens if time.end <= token.start < scan.tokens[act.first].start]
    return time.start <= scan.tokens[act.first].start and len(between) <= 4  # noqa: PLR2004


def role_of(scan: Scan, time: Time, act: Act, status: Status, kind: str, *, ahead: bool) -> str:
    """Whether a time is of announcing, of taking effect, or planned."""
    before = words_before(scan, time)
    from_then = ahead and before.split()[-1:] in (["from"], ["starting"], ["of"])
    control = kind.startswith(("export_control", "import", "country_list"))
    if (from_then and control) or any(phrase in before for phrase in _EFFECT):
        return "effective"
    if status is Status.HAPPENED:
        return "happened"
    behind = time.start > scan.tokens[act.first].start
    planned = ahead and time.kind in _CALENDAR and (_to_come(time) or (behind and _open(scan, time, act)))
    return "planned" if planned else "announced"


def _to_come(time: Time) -> bool:
    """Whether a time says itself that it is to come: "next week", "tomorrow"."""
    later = time.get("p") == "later" or time.get("rd") == "tomorrow"
    return later or time.get("w") in {"next", "the coming", "coming"}


def _open(scan: Scan, time: Time, act: Act) -> bool:
    """Whether nothing says that a time behind an act is of the past or of the saying."""
    governing = {token.lower for token in scan.tokens[act.clause.first : act.first]}
    if act.form == "noun" or governing & _APPROVED:  # "announced the removal on Aug. 2"
        return False
    before = words_before(scan, time).split()[-6:]
    if act.form == "base":  # "agreed to meet again in June" is of the meeting
        before = [token.lower for token in scan.tokens[act.last : ended_by(scan, time.start)]][-6:]
    said = not vocabulary("saying").isdisjoint(before)
    said = said and not any(is_saying_day(scan, other) for other in scan.times if other.end < time.start)
    return not said and time.get("w") != "last" and time.get("p") not in {"earlier", "early"}
