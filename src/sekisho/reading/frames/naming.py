"""Things as they are named: also with a word in quotes, or with the goods in between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sekisho.reading.lexicon import Found, Lexicon
from sekisho.reading.tokens import Token
from sekisho.reading.vocabulary import vocabulary

_QUOTES = frozenset("\"“”‘'")
_OVER = frozenset({"on", "of", "over", "against"})
_GOODS_WITHIN = 7
_RESTRICTIONS = vocabulary("restrictions")
_DUTIES = vocabulary("export_duties")
_ENDS = vocabulary("ends_goods")
_TRADED = {"export_control": vocabulary("exported"), "import_ban": vocabulary("imported")}


def named_things(words: Lexicon, tokens: Sequence[Token]) -> Iterator[Found[list[str]]]:
    """The things that a sentence names, from left to right, none overlapping another."""
    plain = [place for place, token in enumerate(tokens) if token.text not in _QUOTES]
    unquoted = [tokens[place] for place in plain]
    place = 0
    while place < len(unquoted):
        found = words.things.at(unquoted, place)
        restricts = unquoted[place].lower in _RESTRICTIONS or unquoted[place].lower in _DUTIES
        whole = _with_goods(unquoted, place) if restricts else None
        if whole is not None and (found is None or found.last < whole.last):
            found = whole
        if found is not None:
            yield Found(found.value, plain[found.first], plain[found.last - 1] + 1)
        place = found.last if found is not None else place + 1


def _with_goods(tokens: Sequence[Token], first: int) -> Found[list[str]] | None:
    """A restriction with what it is on: "curbs on shipments", "a ban on Japanese seafood imports"."""
    behind = tokens[first + 1].lower if first + 1 < len(tokens) else ""
    follows = tokens[first + 2].lower if first + 2 < len(tokens) else ""
    if tokens[first].lower in _DUTIES and (behind, follows) == ("on", "exports"):
        return Found(["export_control"], first, first + 3)
    if tokens[first].lower not in _RESTRICTIONS or behind not in _OVER:
        return None
    for place in range(first + 2, min(first + 2 + _GOODS_WITHIN, len(tokens))):
        traded = [head for head, nouns in _TRADED.items() if tokens[place].lower in nouns]
        if traded:
            return Found(traded, first, place + 1)
        if not tokens[place].is_word or tokens[place].lower in _ENDS:
            return None
    return None
