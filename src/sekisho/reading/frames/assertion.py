"""What a sentence asserts of an act."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from sekisho.reading.clauses import Clause
from sekisho.reading.frames.roles import chain_of
from sekisho.reading.frames.scan import Act, Scan
from sekisho.reading.frames.sight import reported_from, subject_in
from sekisho.reading.status import Status, status_of
from sekisho.reading.vocabulary import phrases, vocabulary

_FAR = 16
_DOUBT_WITHIN = 12
_SAID_WITHIN = 8
_SAID_BEHIND = 12
_ARGUED_WITHIN = 5
_OBJECT_WITHIN = 3
_BREAKS = frozenset({",", ";", "after", "when", "because", "since", "as", "while"})
"""What stands behind these is no longer what the words before them tell."""
_NO_STILL = frozenset({"longer", "later", "less", "more", "fewer", "only", "doubt", "earlier", "sooner"})
"""Behind these "no" does not say that nothing was done."""
_ARGUES = frozenset({"is", "would", "could", "may", "might", "will", "should"})


def as_kept(status: Status) -> Status:
    """The status of easing what is told to be kept."""
    return Status.CONSIDERED if status in {Status.CONSIDERED, Status.CONDITIONAL} else Status.DENIED


def status_in(scan: Scan, act: Act) -> Status:
    """What the sentence asserts of an act."""
    chain = chain_of(scan, act)
    before = next((clause for clause in reversed(scan.clauses) if clause.last == act.clause.first), None)
    if act.clause.opener == "that" and before is not None:
        chain = [*governors(scan, before), *chain]
    elif (
        not subject_in(scan, act.clause.first, act.first)
        and act.clause.opener in {"and", "but", "or"}
        and before is not None
    ) and act.form == "base":
        first = subject_in(scan, before.first, before.last, leading=True)
        chain = [*range(first.last if first is not None else before.first, before.last), *chain]
    conditional = (
        condition_behind(scan, act) is not None
        or _without_a_deal(scan, act)
        or any(
            clause.conditional and clause is not act.clause and governs(clause, governed)
            for clause in scan.clauses
            for governed in _joined(scan, act, before)
        )
        or (
            " depending on " in scan.lower
            and bool({"can", "could", "may", "might", "will", "possible"} & set(scan.lower.split()))
        )
    )
    if act.reduced:
        return Status.HAPPENED
    if (doubted := doubt(scan, act)) is not None:
        return doubted
    weighed = act.match is not None and {
        verb.base for verb in act.verbs if verb.head == "weigh" or verb.base in vocabulary("rethinks")
    }
    if weighed and not act.passive:
        return Status.CONDITIONAL if "threaten" in weighed or conditional else Status.CONSIDERED
    found = status_of(scan.tokens, chain, act.form, conditional=conditional, headline=scan.headline)
    return _as_far_as_done(scan, act) if found is Status.HAPPENED else found


def _joined(scan: Scan, act: Act, before: Clause | None) -> Iterator[Clause]:
    """The clause of an act to come, and the one whose subject it shares: "if so, we will go and will ban"."""
    yield act.clause
    shares = act.clause.opener in {"and", "or"} and not subject_in(scan, act.clause.first, act.first)
    if before is not None and shares and act.form == "base":
        yield before


def _as_far_as_done(scan: Scan, act: Act) -> Status:
    """What becomes of an act that no word before it leaves open."""
    found = noun_status(scan, act) if act.form == "noun" else Status.HAPPENED
    if found is Status.HAPPENED and _is_bargained(act):
        return Status.CONSIDERED
    return Status.ANNOUNCED if found is Status.HAPPENED and _is_under_way(scan, act) else found


def _is_bargained(act: Act) -> bool:
    """Whether a pact is still being negotiated."""
    return act.form in {"base", "s", "ing"} and any(verb.base == "negotiate" for verb in act.verbs)


def _is_under_way(scan: Scan, act: Act) -> bool:
    """Whether someone said that it is being done: "said it was lifting the ban" announces that it will."""
    if act.form != "ing" or scan.tokens[act.first - 1].lower not in {"is", "was", "are", "were", "be"}:
        return False
    before = {token.lower for token in scan.tokens[max(0, act.first - _SAID_WITHIN) : act.first]}
    return not vocabulary("said").isdisjoint(before)


def doubt(scan: Scan, act: Act) -> Status | None:
    """What becomes of an act that is only rumoured, feared, or told and then taken back."""
    taken_back = " but " in scan.lower and _taken_back(scan, act)
    if taken_back or did_not_happen(scan, act) or _came_to_nothing(scan, act):
        return Status.DENIED
    if _is_only_argued(scan, act) or _is_asked_or_urged(scan, act):
        return Status.CONSIDERED
    words = [token.lower for token in scan.tokens[: act.first]]
    for place in range(max(1, act.first - _DOUBT_WITHIN), act.first):
        if words[place] in {"that", "of"} and words[place - 1] in vocabulary("doubts"):
            return Status.CONSIDERED if _is_believed(scan) else Status.DENIED
        if words[place] in {"that", "of"} and words[place - 1] in vocabulary("reports"):
            return None if _is_believed(scan) else Status.DENIED
    if _is_hearsay(words[reported_from(scan, act) :]):
        return Status.CONSIDERED if _is_believed(scan) else Status.DENIED
    return None


def _is_hearsay(words: Sequence[str]) -> bool:
    """Whether words that lead to an act tell it as hearsay: "rumours swept the market that Chile banned"."""
    at = next((at for at, word in enumerate(words) if word in vocabulary("hearsay")), None)
    if at is None or not _BREAKS.isdisjoint(words[at:]):
        return False
    return "that" in words[at:] or not vocabulary("said").isdisjoint(words[at:])


def _came_to_nothing(scan: Scan, act: Act) -> bool:
    """Whether an intent to act is told to have failed: "plans to ban exports were scrapped"."""
    first = max(act.clause.first, act.first - _DOUBT_WITHIN)
    intents = {token.lower for token in scan.tokens[first : act.first]} & vocabulary("intents")
    if act.form != "base" or not intents:
        return False
    words = [token.lower for token in scan.tokens[act.last : act.clause.last]]
    failed = any(word in vocabulary("come_to_nothing") for word in words)
    return failed or told_behind(words) is Status.DENIED


def _is_asked_or_urged(scan: Scan, act: Act) -> bool:
    """Whether another clause weighs an act: "considered granting", "whether", "urged that Chile lift"."""
    first = max(0, act.first - _DOUBT_WITHIN)
    words = [token.lower for token in scan.tokens[first : act.first]]
    if act.form == "ing" and act.first == act.clause.first and words[-1:]:
        return words[-1] in vocabulary("considered")
    if act.form == "base" and any(
        word == "that" and before in vocabulary("considered") for before, word in pairwise(words)
    ):
        return True
    return "whether" in words and "," not in words[words.index("whether") :]


def _is_only_argued(scan: Scan, act: Act) -> bool:
    """Whether an act is what something is said of: "restricting exports would hurt", "is wrong"."""
    first = act.clause.first
    opens = act.form == "ing" and (
        act.first == first or (act.first == first + 1 and act.clause.opener == "that")
    )
    thing = act.match[1] if act.match is not None else None
    if not opens or thing is None or thing.first < act.last:
        return False
    behind = {token.lower for token in scan.tokens[thing.last : thing.last + _ARGUED_WITHIN]}
    return not behind.isdisjoint(_ARGUES)


def _taken_back(scan: Scan, act: Act) -> bool:
    behind = f" {' '.join(token.lower for token in scan.tokens[act.last :])} "
    return phrases("taken_back").search(behind) is not None


def did_not_happen(scan: Scan, act: Act) -> bool:
    """Whether no such thing was done: "imposed no curbs", "it is untrue that", "never took place"."""
    before = (
        f" {' '.join(token.lower for token in scan.tokens[max(0, act.first - _DOUBT_WITHIN) : act.first])} "
    )
    behind = f" {' '.join(token.lower for token in scan.tokens[act.last : act.last + _FAR])} "
    never = act.form == "noun" and phrases("never_happened").search(behind) is not None
    return never or phrases("untrue_that").search(before) is not None or _has_no_object(scan, act)


def _has_no_object(scan: Scan, act: Act) -> bool:
    """Whether the object of a verb begins with "no": "filed no complaint", unlike "no longer"."""
    thing = act.match[1] if act.match is not None else None
    if act.form == "noun" or thing is None:
        return False
    words = [token.lower for token in scan.tokens[act.first : max(thing.last, act.first + _OBJECT_WITHIN)]]
    return any(word == "no" and following not in _NO_STILL for word, following in pairwise(words))


def _is_believed(scan: Scan) -> bool:
    return vocabulary("falsity").isdisjoint(scan.lower.split())


def condition_behind(scan: Scan, act: Act) -> int | None:
    """Where a condition begins behind an act to come: "as long as", "on condition that"."""
    if act.form not in {"base", "s", "ing", "noun"} or not phrases("condition_phrases").search(scan.lower):
        return None
    words = [token.lower for token in scan.tokens]
    ways = [tuple(phrase.split()) for phrase in vocabulary("condition_phrases")]
    places = range(act.last, len(words))
    return next((at for at in places if any(tuple(words[at : at + len(p)]) == p for p in ways)), None)


def _without_a_deal(scan: Scan, act: Act) -> bool:
    """Whether an act to come is tied to a deal that fails: "without a deal, Chile bans exports"."""
    words = scan.lower.lstrip()
    found = phrases("no_deal").search(f" {words}")
    if found is None or act.form in {"past", "done"}:
        return False
    return found.start() == 0 or act.form == "base"


def governors(scan: Scan, clause: Clause) -> Iterator[int]:
    """Words of the reporting clause that weigh on what it reports."""
    weigh = {
        "denied",
        "denies",
        "threatened",
        "warned",
        "considering",
        "hopes",
        "hope",
        "expects",
        "expected",
        "proposed",
        "urged",
        "demanded",
        "asked",
        "suggested",
        "hinted",
        "might",
        "may",
        "could",
        "possible",
        "possibility",
        "recommended",
        "recommends",
        "draft",
        "proposal",
        "speculation",
        "hoped",
    }
    words = {token.lower for token in scan.tokens[clause.first : clause.last]}
    if words & {"mean", "means"}:
        weigh |= {"not", "doesn't", "n't"}
    return (place for place in range(clause.first, clause.last) if scan.tokens[place].lower in weigh)


def governs(condition: Clause, clause: Clause) -> bool:
    """Whether a condition governs a clause: it stands next to it."""
    return condition.last == clause.first or clause.last == condition.first


def told_behind(words: Sequence[str]) -> Status | None:
    """What the predicate behind an act says of it: "the removal is expected", "hangs on", "was averted"."""
    for at, word in enumerate(words):
        if word in vocabulary("hanging"):
            return Status.CONSIDERED
        if word not in vocabulary("be"):
            continue
        rest = [
            each for each in words[at + 1 : at + 3] if each not in {"not", "also", "now", "still", "being"}
        ]
        if rest[:1] and rest[0] in vocabulary("not_yet"):
            return Status.CONSIDERED
        if rest[:1] and {rest[0], " ".join(rest)} & vocabulary("averted"):
            return Status.DENIED
    return None


def noun_status(scan: Scan, act: Act) -> Status:
    """An act told as a noun: what its clause says of it behind it."""
    words = [token.lower for token in scan.tokens[act.last : act.clause.last]]
    if (told := told_behind(words[:_SAID_BEHIND])) is not None:
        return told
    if {"would", "will", "could", "may", "might"} & set(words[:12]):
        return Status.CONSIDERED if {"could", "may", "might", "would"} & set(words[:12]) else Status.ANNOUNCED
    chain = {scan.tokens[place].lower for place in chain_of(scan, act)}
    if chain & {"for", "on", "about", "toward"} and chain & {
        "talks",
        "discussions",
        "discussion",
        "consultations",
        "negotiations",
        "discussing",
        "call",
        "calling",
        "calls",
        "called",
        "comment",
        "comments",
        "feedback",
        "opinion",
        "opinions",
        "vote",
    }:
        return Status.CONSIDERED
    return Status.HAPPENED
