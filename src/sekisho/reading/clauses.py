"""Clauses: the stretches of a sentence that each assert, condition or report one thing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sekisho.reading.parties import Party
from sekisho.reading.tokens import Token
from sekisho.reading.vocabulary import phrases, vocabulary

CONDITIONS = frozenset({"if", "once", "unless", "provided", "assuming", "should"})
_OPENERS = vocabulary("openers")
_AFTER_COMMA = vocabulary("after_comma")
_WEAK_AFTER_COMMA = frozenset({"a", "an", "the", "in", "with", "one", "including"})
_TIME_WORDS = vocabulary("time_words")
_LEADING = 7
_BEFORE_LEADING = frozenset({"", "but", "while", "although", "though", "whereas"})
"""What may open a sentence before the words that lead to its clause: "But in May, Chile lifted"."""
_LONGEST_LACK = 8
_LEADING_TO_VERB = 12
_HARD = frozenset({";", ":", "--", "—", "|"})
_BEFORE_ADJECTIVES = frozenset({"the", "a", "an", "and", "or"})
"""Behind these a word in "-ed" with no verb before it is no verb: "resist and fluorinated polyimide"."""
_THAT_AFTER = vocabulary("that_after")


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause, by token places.

    Attributes:
        first: Its first token.
        last: Behind its last token.
        opener: The word that introduces it; empty for a main clause.
    """

    first: int
    last: int
    opener: str

    @property
    def conditional(self) -> bool:
        """Whether it states a condition."""
        return self.opener in CONDITIONS


def clauses_of(
    tokens: Sequence[Token],
    parties: Sequence[Party],
    verbs: frozenset[int],
    in_times: frozenset[int] = frozenset(),
) -> tuple[Clause, ...]:
    """The clauses of a sentence.

    Args:
        tokens: The sentence.
        parties: Its parties; no clause begins inside one.
        verbs: Places where a verb or an act begins.
        in_times: Places inside a time; no clause begins there either.
    """
    inside = {place for party in parties for place in range(party.first + 1, party.last)} | in_times
    cuts = dict(_cuts(tokens, inside, frozenset(party.first for party in parties if party.acts), verbs))
    cuts.pop(0, None)
    opener = tokens[0].lower if tokens and tokens[0].lower in _OPENERS | CONDITIONS else ""
    opener = "if" if tokens and tokens[0].lower in {"had", "were"} else opener  # "Had Chile removed ..."
    if (behind := _behind_lack(tokens)) is not None:
        opener, cuts[behind] = "if", cuts.get(behind, "")
    found: list[Clause] = []
    start = 0
    for place in [*sorted(cuts), len(tokens)]:
        leading = (
            not found
            and place < len(tokens)
            and opener in _BEFORE_LEADING
            and place - start <= (_LEADING_TO_VERB if place in verbs and opener == "" else _LEADING)
            and not any(start <= verb < place for verb in verbs)
        )
        if leading:  # "In 2019," belongs to what follows, and so does "But in 2019,"
            opener = cuts.get(place, "") or opener
            continue
        if place > start:
            found.append(Clause(start, place, opener))
        start, opener = place, cuts.get(place, "")
    return tuple(found)


def _behind_lack(tokens: Sequence[Token]) -> int | None:
    """Where what the lack of a deal leads to begins: "Without a deal, Chile bans exports"."""
    head = [token.lower for token in tokens[:_LONGEST_LACK]]
    lacks = "," in head and phrases("no_deal").match(f" {' '.join(head)} ") is not None
    return head.index(",") + 1 if lacks else None


def _cuts(  # noqa: C901
    tokens: Sequence[Token], inside: set[int], starts: frozenset[int], verbs: frozenset[int]
) -> Iterator[tuple[int, str]]:
    for place in range(1, len(tokens)):
        if place in inside:
            continue
        word, before = tokens[place].lower, tokens[place - 1].lower
        if before in _HARD or (
            before in {"–", "-"} and tokens[place - 1].start > tokens[place - 2].end if place > 1 else False
        ):
            yield place, _opener(word)
        elif before == "," and place - 1 not in inside:
            if _after_comma(tokens, place, inside, verbs):
                yield place, _opener(word)
        elif (
            word == "as"
            and tokens[place + 1 : place + 3]
            and [t.lower for t in tokens[place + 1 : place + 3]] == ["soon", "as"]
        ):
            yield place, "once"
        elif word in _OPENERS and not _not_opener(tokens, place, verbs):
            yield place, word
        elif word == "that" and before in _THAT_AFTER:
            yield place, "that"
        elif (
            word == "that"
            and place + 1 < len(tokens)
            and (
                place + 1 in verbs
                or tokens[place + 1].lower
                in {"were", "was", "are", "is", "has", "have", "had", "will", "would"}
            )
        ):
            yield place, "which"
        elif word in {"and", "but"} and (
            _new_predicate(tokens, place, verbs)
            or (place + 1 in starts and _subject_ahead(tokens, place + 1, verbs))
        ):
            yield place, word


def _opener(word: str) -> str:
    return word if word in _OPENERS | {"and", "but", "or", "so", "that"} else ""


def _after_comma(tokens: Sequence[Token], place: int, inside: set[int], verbs: frozenset[int]) -> bool:  # noqa: PLR0911
    word = tokens[place].lower
    if word in {"and", "or"}:
        return _new_predicate(tokens, place, verbs) or (
            place + 1 < len(tokens) and _subject_ahead(tokens, place + 1, verbs)
        )
    if word in _WEAK_AFTER_COMMA:
        return False
    if word in _OPENERS and word not in _AFTER_COMMA:
        return not _not_opener(tokens, place, verbs)
    if word in _AFTER_COMMA:
        return True
    if place in inside:
        return False
    if (
        word.endswith("ed")
        and not tokens[place].capital
        and tokens[place + 1 if place + 1 < len(tokens) else place].lower
        in {"by", "in", "on", "at", "to", "with", "a", "an", "the", "its"}
    ):
        return True  # a participle with its own time: "initiated in 1999"
    return place in verbs or _subject_ahead(tokens, place, verbs)


def _subject_ahead(tokens: Sequence[Token], place: int, verbs: frozenset[int]) -> bool:
    """Whether a few words on a verb follows, before any mark: a clause of its own."""
    for at in range(place, min(place + 9, len(tokens))):
        if not tokens[at].is_word and tokens[at].lower not in {"'s", '"', "“", "”"}:
            return False
        if at > place and tokens[at].lower in _OPENERS and at not in verbs:
            return False
        if at > place and (
            at in verbs
            or (tokens[at].lower.endswith("ed") and tokens[at - 1].lower not in _BEFORE_ADJECTIVES)
        ):
            return True
        if tokens[at].lower in {
            "said",
            "says",
            "will",
            "would",
            "has",
            "had",
            "have",
            "is",
            "was",
            "were",
            "are",
            "told",
        }:
            return True
    return False


def _new_predicate(tokens: Sequence[Token], place: int, verbs: frozenset[int]) -> bool:
    """Whether "and" joins a further predicate, not a further noun."""
    for at in range(place + 1, min(place + 5, len(tokens))):
        word = tokens[at].lower
        if at in verbs:
            return not (
                word.endswith("s") and at == place + 1 and tokens[place - 1].lower.endswith("s")
            ) or word.endswith("ed")
        if word in {
            "will",
            "would",
            "has",
            "had",
            "have",
            "was",
            "were",
            "is",
            "are",
            "could",
            "may",
            "might",
            "said",
            "agreed",
            "decided",
        }:
            return True
        if not (
            word.endswith("ly")
            or word
            in {
                "then",
                "also",
                "later",
                "eventually",
                "subsequently",
                "even",
                "in",
                "it",
                "to",
                "they",
                "he",
                "she",
                "on",
            }
        ):
            return False
    return False


def _not_opener(tokens: Sequence[Token], place: int, verbs: frozenset[int]) -> bool:
    """Words that open clauses only sometimes."""
    word = tokens[place].lower
    following = tokens[place + 1].lower if place + 1 < len(tokens) else ""
    if word == "since":
        return (
            following[:4].isdigit()
            or following in _TIME_WORDS
            or not any(at in verbs for at in range(place, min(place + 8, len(tokens))))
        )
    if word == "as":
        return (
            following
            in {"a", "an", "the", "well", "part", "of", "soon", "one", "many", "much", "early", "it"}
            and not (following in {"the", "it"} and _subject_ahead(tokens, place + 1, verbs))
        ) or not _subject_ahead(tokens, place + 1, verbs)
    if word == "once":
        return following in {"again", "a"} or tokens[place - 1].lower in {"at", "were", "was"}
    if word == "before":
        return following == "the" and not _subject_ahead(tokens, place + 1, verbs)
    if word == "following":
        return tokens[place - 1].lower == "the"
    return False
