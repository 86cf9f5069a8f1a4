"""Parties that a sentence leaves unsaid, taken from the article where grammar allows it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from sekisho.reading.frames.seen import Seen
from sekisho.reading.frames.told import LISTS, SYMMETRIC, Told, family_of

_COMPLAINTS = frozenset(
    {"dispute_filed", "dispute_suspended", "dispute_panel_requested", "dispute_withdrawn", "dispute_resumed"}
)


_WITH_PARTNERS = frozenset({"talks_held", "cooperation_launched"})
_ENDED = _COMPLAINTS - {"dispute_filed"}
_CONTROLS = ("export_control", "import_restriction")
_OF_A_ROW = ("country_list", "court_ruling", "agreement_termination")
"""What two states do only to each other."""


def complete(one: Told, seen: Seen) -> None:
    """Completes who acts and toward whom by what the article has said before."""
    main = seen.cast.main
    if one.type in SYMMETRIC:
        _complete_circle(one, seen)
        return
    if not one.actor and one.type in LISTS and one.counterpart:
        one.actor = tuple(c for c in main[:2] if c not in one.counterpart)[:1]
    if not one.actor and not one.passive:
        one.actor = tuple(c for c in seen.subject if c not in one.counterpart)[:2]
    if len(one.actor) > 1 and not one.type.startswith(("talks", "summit")) and one.counterpart:
        one.actor = tuple(c for c in one.actor if c not in one.counterpart) or one.actor
    one.counterpart = tuple(c for c in one.counterpart if c not in one.actor)


def _complete_circle(one: Told, seen: Seen) -> None:
    """Everyone in what has no direction: who talked or agreed last, else the countries of the article."""
    main = seen.cast.main
    one.partner_guessed = len(one.actor) == 1
    if not one.actor:
        one.actor = seen.circle or main[:2]
    elif len(one.actor) > 1:
        seen.circle = seen.circle if one.guess else one.actor
    elif one.actor[0] in main[:2] or len(main) < 2:  # noqa: PLR2004
        one.actor = tuple(dict.fromkeys((*one.actor, *main[:2])))
    if len(one.actor) < 2 and len(main) > 1:  # noqa: PLR2004
        one.actor = tuple(dict.fromkeys((*one.actor, next(c for c in main if c not in one.actor))))
    one.counterpart = one.actor[1:]
    one.actor = one.actor[:1]


def kept(told: Iterable[Told], main: tuple[str, ...]) -> Iterator[Told]:
    """Counterparts that only other sentences name, and headlines that the body repeats."""
    held = list(_acted(list(told)))
    named: dict[tuple[str, tuple[str, ...]], Counter[tuple[str, ...]]] = {}
    sure = [one for one in held if not one.guess]
    for one in sure:
        if one.counterpart and (one.status.real or not one.type.startswith("export_control")):
            named.setdefault((family_of(one.type), one.actor), Counter())[one.counterpart] += 1
    disputes = {one.actor: one.counterpart for one in sure if one.type in _COMPLAINTS and one.counterpart}
    bodies = {_core(one) for one in sure if not one.headline}
    rows = {frozenset((*one.actor, *one.counterpart)) for one in sure if one.type.startswith(_OF_A_ROW)}
    told_of = {(one.type, one.actor) for one in sure if not one.mention}
    for one in held:
        if one.mention and (one.type, one.actor) in told_of:
            continue
        if one.type.startswith("dispute"):
            _take_sides(one, disputes)
            one.counterpart = _disputed(one, disputes)
        if not one.counterpart and one.type not in SYMMETRIC:
            others = named.get((family_of(one.type), one.actor))
            one.counterpart = others.most_common(1)[0][0] if others else _other(one, main, rows)
        if (not one.headline or _core(one) not in bodies) and _has_its_parties(one, main):
            yield one


def complaints_one_way(held: Sequence[Told]) -> Sequence[Told]:
    """Who complains is who ends it: "asked that the complaint be withdrawn" is of the other side's."""
    ways = Counter(
        (one.actor, one.counterpart)
        for one in held
        if one.type in _COMPLAINTS and one.counterpart and not one.guess
    )
    for one in held:
        against = [(count, by) for (by, at), count in ways.items() if at == one.actor]
        own = max((count for (by, _), count in ways.items() if by == one.actor), default=0)
        if one.type in _ENDED and against and max(against)[0] > own:
            one.actor, one.counterpart = max(against)[1], one.actor
    return held


def _has_its_parties(one: Told, main: tuple[str, ...]) -> bool:
    """Whether who acts can act so.

    Both sides of a row toward nobody, and the WTO as a complainant, are misread; "a meeting of
    ministers" with one country beside it may be at home.
    """
    if one.type in SYMMETRIC:
        return not (one.partner_guessed and one.type in _WITH_PARTNERS)
    if one.type in _COMPLAINTS and "WTO" in one.actor:
        return False
    alone = len(one.actor) > 1 and not one.counterpart
    return not alone or (one.type.startswith(_CONTROLS) and set(one.actor) != set(main[:2]))


def _core(one: Told) -> tuple[str, frozenset[str]]:
    return family_of(one.type), frozenset((*one.actor, *one.counterpart))


def _take_sides(one: Told, disputes: Mapping[tuple[str, ...], tuple[str, ...]]) -> None:
    """Who complains and who defends, where both are said to act: "they agreed to suspend their dispute"."""
    if len(one.actor) != 2 or one.counterpart:  # noqa: PLR2004
        return
    first, second = (one.actor[0],), (one.actor[1],)
    turned = disputes.get(second) == first
    one.actor, one.counterpart = (second, first) if turned else (first, second)


def _disputed(one: Told, disputes: Mapping[tuple[str, ...], tuple[str, ...]]) -> tuple[str, ...]:
    """The other side of a dispute: who defends, or for an appeal of the defender who complains."""
    if one.actor == ("WTO",):
        if one.counterpart in disputes:  # a panel "at the request of" who complains
            return disputes[one.counterpart]
        return one.counterpart or next(iter(disputes.values()), ())
    if one.type == "dispute_appealed":
        sides = {**{at: by for by, at in disputes.items()}, **disputes}
        return sides.get(one.actor, one.counterpart)
    return one.counterpart


def _acted(told: Sequence[Told]) -> Iterator[Told]:
    """Gives an act that a sentence tells without its actor to whoever does the like in the article.

    Who did so last before it is the likeliest, then the subject of the sentence, then whoever
    does so most often behind it.
    """
    known: dict[str, Counter[tuple[str, ...]]] = {}
    for one in told:
        if one.actor and not one.guess:
            known.setdefault(family_of(one.type), Counter())[one.actor] += 1
    last: dict[str, tuple[str, ...]] = {}
    for one in told:
        family = family_of(one.type)
        if not one.actor:
            often = [actor for actor, _ in known.get(family, Counter()).most_common()]
            guesses = (*often, one.likely) if family == "dispute" else (one.likely, *often)
            choice = (actor for actor in (last.get(family, ()), *guesses) if actor)
            one.actor = next((actor for actor in choice if not set(actor) & set(one.counterpart)), ())
        if one.actor:
            last[family] = last.get(family, ()) if one.guess else one.actor
            yield one


def _other(one: Told, main: tuple[str, ...], rows: Collection[frozenset[str]]) -> tuple[str, ...]:
    """The other of the two countries an article is about; a control is toward all but in a row."""
    if not set(one.actor) & set(main[:2]):
        return ()
    if one.type.startswith("export") and not one.mention and frozenset(main[:2]) not in rows:
        return ()
    return tuple(code for code in main[:2] if code not in one.actor)[:1]
