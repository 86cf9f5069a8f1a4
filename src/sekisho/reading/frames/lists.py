"""Lists of countries that are trusted, and of companies that are not."""

from __future__ import annotations

from sekisho.reading.frames.pairing import Pairing
from sekisho.reading.vocabulary import vocabulary

_DIRECT = 5
_SHORT = 2
_LIST = frozenset({"list", "lists"})


def is_known(pair: Pairing) -> bool:
    """Whether the list is one of countries: "the list" alone is, where the article speaks of one."""
    bare = pair.plain and pair.first_word in _LIST
    return not bare or (pair.scan.seen.listing and not pair.scan.seen.blacklisting)


def of_companies(pair: Pairing) -> bool:
    """Whether the list is one of companies under control."""
    bare = pair.plain and pair.first_word in _LIST
    return not bare or (pair.scan.seen.blacklisting and not pair.scan.seen.listing)


def changes(pair: Pairing) -> bool:
    """Whether an act on a list puts a country on it or strikes it off."""
    verb, act = pair.verb, pair.act
    if not is_known(pair) or _granted(pair):
        return False
    if verb.base in vocabulary("also_of_lists"):
        direct = len(pair.between) <= _DIRECT or not vocabulary("off_and_on").isdisjoint(pair.between)
        return direct and (pair.follows or verb.base not in {"leave", "withdraw"})
    if act.form == "noun" or pair.follows:
        return len(pair.between) <= _SHORT or not vocabulary("to_the_list").isdisjoint(pair.between)
    return act.passive


def _granted(pair: Pairing) -> bool:
    """Whether it is only said what countries on a list are granted: "given preferential treatment"."""
    act = pair.act
    given = act.form in {"past", "done"} and pair.scan.tokens[act.first].lower == "given" and not act.passive
    return given or (pair.verb.base in {"grant", "give", "extend"} and not pair.follows)
