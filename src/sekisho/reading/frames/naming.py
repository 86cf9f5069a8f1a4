"""Things as they are named: also with a word in quotes, or with the goods in between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sekisho.reading.lexicon import Found, Lexicon
from sekisho.reading.tokens import Token
from sekisho.reading.vocabulary import vocabulary

_QUOTES = frozenset("\"“”‘'")
_OVER = frozenset({"on", "of", "over", "against"})
_GOODS_WITHIN = 7
_TRADED = {"export_control": vocabulary("exported"), "import_ban": vocabulary("imported")}


def named_things(words: Lexicon, tokens: Sequence[Token]) -> Iterator[Found[list[str]]]:
    """The things that a sentence names, from left to right, none overlapping another."""
    plain = [place for place, token in enumerate(tokens) if token.text not in _QUOTES]
    unquoted = [tokens[place] for place in plain]
    stop = 0
    for found in words.things.find(unquoted):
        if found.first < stop:
            continue
        whole = _with_goods(unquoted, found)
        stop = whole.last
        yield Found(whole.value, plain[whole.first], plain[whole.last - 1] + 1)


def _with_goods(tokens: Sequence[Token], found: Found[list[str]]) -> Found[list[str]]:
    """A restriction with what it is on: "curbs on shipments", "a ban on Japanese seafood imports"."""
    word = tokens[found.first].lower
    behind = tokens[found.last : found.last + 1]
    if found.last - found.first > 1 or word not in vocabulary("restrictions") or not behind:
        return found
    if behind[0].lower not in _OVER:
        return found
    for place in range(found.last + 1, min(found.last + 1 + _GOODS_WITHIN, len(tokens))):
        traded = [head for head, nouns in _TRADED.items() if tokens[place].lower in nouns]
        if traded:
            return Found(traded, found.first, place + 1)
        if not tokens[place].is_word or tokens[place].lower in vocabulary("ends_goods"):
            break
    return found
