"""Saying: the days on which acts were told of or spoken about, apart from the days of the acts."""

from __future__ import annotations

from sekisho.reading.frames.scan import Act, Scan
from sekisho.reading.frames.sight import ended_by, within
from sekisho.reading.times import Time
from sekisho.reading.vocabulary import vocabulary

_SAID = vocabulary("said")
_COMMENTING = vocabulary("commenting")
_POINTING = vocabulary("pointing")
_DATING = vocabulary("dating_verbs") | _SAID
_OPENING = 6
_NAMED_WITHIN = 7
_BE_WITHIN = 4
_BE = vocabulary("be")
_SETTINGS = ("talks", "summit")
"""What the main verb may be told of as well: "agreed at talks on Monday"."""
_AROUND = vocabulary("around_nouns")
DAYS = frozenset({"weekday", "relday", "monthday", "daymonth", "mdy", "dmy", "dayof", "iso"})
LENGTHS = frozenset({"for", "range", "in", "decade"})


def is_saying_day(scan: Scan, time: Time) -> bool:
    """Whether the day is that of the saying: "the countries said Thursday"."""
    at = ended_by(scan, time.start) - 1
    while at >= 0 and scan.tokens[at].lower == "on":
        at -= 1
    if at >= 0 and scan.tokens[at].lower in vocabulary("audience"):  # "told reporters on Thursday"
        at -= 1
    return at >= 0 and scan.tokens[at].lower in _SAID


def commented(scan: Scan, act: Act) -> int:
    """Where the clause only speaks of the act: "defended its decision to remove"; -1 if it does not."""
    words = [token.lower for token in scan.tokens[act.clause.first : act.first]]
    spoken = next((at for at, word in enumerate(words) if word in _COMMENTING), -1)
    if spoken < 0 and "decision" in words:  # "Peru said last week Chile's decision to remove it was wrong"
        owned = words.index("decision")
        said = next((at for at, word in enumerate(words[:owned]) if word in {"said", "says", "told"}), owned)
        spoken = said if said < owned - 1 and words[owned - 1] in {"'s", "’s"} else -1
    return spoken


def is_gerund(scan: Scan, act: Act) -> bool:
    """Whether an act in "-ing" has a noun or a preposition before it: "a row that involved Chile banning"."""
    if act.form != "ing" or act.first == act.clause.first:
        return False
    before = [token.lower for token in scan.tokens[max(act.clause.first, act.first - _BE_WITHIN) : act.first]]
    if not _BE.isdisjoint(before):
        return False
    return (
        before[-1] in _AROUND or before[-1] == "of" or any(party.last == act.first for party in scan.parties)
    )


def in_passing(scan: Scan, act: Act, kind: str) -> bool:
    """Whether an act told as a noun is only named behind a preposition: "a row over its curbs on exports"."""
    if act.form != "noun" or kind.startswith(_SETTINGS):
        return False
    at = act.first - 1
    while at >= max(act.clause.first, act.first - _NAMED_WITHIN):
        word = scan.tokens[at].lower
        time = next((one for one in scan.times if one.start <= scan.tokens[at].start < one.end), None)
        if time is not None:  # "announced on Monday the removal"
            at = ended_by(scan, time.start) - 1
            at -= at >= 0 and scan.tokens[at].lower in {"on", "in"}
            continue
        if word in _AROUND:
            return True
        if any(other.first == at and other.form != "noun" for other in scan.acts):
            return False
        at -= 1
    return False


def is_of_comment(scan: Scan, time: Time, act: Act) -> bool:
    """Whether a time before an act is of what was said about it."""
    return commented(scan, act) >= 0 and time.start < scan.tokens[act.first].start


def day_of_saying(scan: Scan) -> Time | None:
    """The day on which a sentence says that something was said or done about what was told before."""
    for clause in scan.clauses:
        words = {token.lower for token in scan.tokens[clause.first : clause.last]}
        days = (time for time in scan.times if time.kind in DAYS and within(scan, time, clause))
        if words & _DATING and (day := next(days, None)) is not None:
            return day
    return None


def points_back(scan: Scan) -> bool:
    """Whether a sentence speaks of an act told just before: "announced the decision"."""
    before = (
        scan.tokens[place - 1].lower
        for place, token in enumerate(scan.tokens)
        if place and token.lower in _POINTING
    )
    return not {"the", "this", "its", "their", "his", "her"}.isdisjoint(before)


def also_said(scan: Scan) -> bool:
    """Whether a sentence goes on with what was said: "It also said that"."""
    words = [token.lower for token in scan.tokens[:_OPENING]]
    return "also" in words and not _SAID.isdisjoint(words)


def reported_times(scan: Scan, act: Act) -> list[Time]:
    """The time of the clause that reports the act."""
    for clause in scan.clauses:
        words = {token.lower for token in scan.tokens[clause.first : clause.last]}
        times = [time for time in scan.times if within(scan, time, clause) and time.kind not in LENGTHS]
        if clause is not act.clause and times and words & _SAID:
            return times[:1]
    return []
