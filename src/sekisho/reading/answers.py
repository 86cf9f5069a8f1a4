"""Who may act toward whom in a telling, and the features by which what was learned chooses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sekisho.reading.frames.told import SYMMETRIC, Mention, Told, family_of
from sekisho.reading.vocabulary import vocabulary
from sekisho.reading.weighing import Codes, Gist, way_of

ALL: Codes = ("*",)
TOWARD_ALL = ("export_control", "import_restriction", "export_licence")
"""Types that are toward all destinations where no country is meant."""
_BY_WTO = frozenset({"dispute_ruling", "dispute_panel_established"})
_NO_STATES = frozenset({"WTO", "UN"})
_MAIN, _MANY = 3, 3
_MOST_ACTING = 6
"""Parties that are tried as who acts; a sentence that names more lists them."""
_HOW_MANY = vocabulary("how_many_meet")


def answers(one: Told, gist: Gist) -> Iterator[tuple[Codes, Codes]]:
    """Who may act toward whom in a telling, as (actor, counterpart); the answer of the rules first.

    Nobody acts toward itself, and an act is toward somebody: an answer that leaves out who, as of a panel
    whose sentence names only the WTO, stands only where the text names nobody else.
    """
    if one.type in SYMMETRIC:
        yield from _circles(one, gist)
        return
    found = dict.fromkeys((*_by_rule(one), *_by_others(one, gist), *_toward_others(one, gist)))
    whole = [(actor, at) for actor, at in found if actor and at and {*actor}.isdisjoint(at)]
    whole.sort(key=lambda pair: pair[0] != one.actor)
    yield from whole or [next(iter(found))]


def toward_by_rule(one: Told) -> Codes:
    """Toward whom by rule: all destinations where a control names none."""
    return one.counterpart or (ALL if one.type.startswith(TOWARD_ALL) else ())


def _by_rule(one: Told) -> Iterator[tuple[Codes, Codes]]:
    at = toward_by_rule(one)
    yield one.actor, at
    if at and at != ALL and one.type not in _BY_WTO:
        yield at, one.actor


def _by_others(one: Told, gist: Gist) -> Iterator[tuple[Codes, Codes]]:
    """The same by another party of the sentence, or by a main country of the article."""
    at = toward_by_rule(one)
    for actor in (*_acting(one), *_mains(gist)) if one.type not in _BY_WTO else ():
        yield actor, tuple(code for code in at if code not in actor) or one.actor


def _toward_others(one: Told, gist: Gist) -> Iterator[tuple[Codes, Codes]]:
    """The same toward another party of the sentence, toward a main country, toward all or nobody."""
    mentioned = [each.codes for each in one.view.mentions if _NO_STATES.isdisjoint(each.codes)]
    single = [(code,) for codes in mentioned for code in codes if len(codes) > 1]
    nobody = ALL if one.type.startswith(TOWARD_ALL) else ()
    for at in (*mentioned, *single, *_mains(gist), nobody):
        yield one.actor, tuple(code for code in at if code not in one.actor)


def _acting(one: Told) -> list[Codes]:
    acting = (each.codes for each in one.view.mentions if each.acts and _NO_STATES.isdisjoint(each.codes))
    return list(dict.fromkeys(acting))[:_MOST_ACTING]


def _mains(gist: Gist) -> list[Codes]:
    return [(code,) for code in gist.main[:_MAIN]]


def _circles(one: Told, gist: Gist) -> Iterator[tuple[Codes, Codes]]:
    """Who may have met or agreed: each set once; one party alone only where there is no other."""
    found: dict[frozenset[str], Codes] = {}
    for codes in _sets(one, gist):
        found.setdefault(frozenset(codes), tuple(dict.fromkeys(codes)))
    met = [circle for circle in found.values() if len(circle) > 1]
    for circle in met or [circle for circle in found.values() if circle]:
        yield circle[:1], circle[1:]


def _sets(one: Told, gist: Gist) -> Iterator[Codes]:
    acting = _acting(one)
    inside = [each for each in one.view.mentions if each.acts and each.inside]
    yield (*one.actor, *one.counterpart)
    yield tuple(code for codes in acting for code in codes)
    yield tuple(code for each in inside for code in each.codes if _NO_STATES.isdisjoint(each.codes))
    yield tuple(
        code for each in one.view.mentions if _NO_STATES.isdisjoint(each.codes) for code in each.codes
    )
    for codes in acting:
        if len(codes) > 1:
            yield codes
        else:
            yield from ((*codes, *other) for other in acting if other != codes)
            yield from ((*codes, main) for main in gist.main[:2] if main not in codes)
    yield gist.main[:2]
    yield gist.main[:3]


def features_of_answer(one: Told, actor: Codes, counterpart: Codes, gist: Gist) -> Iterator[str]:
    """The features of an answer to who acts toward whom in a telling."""
    if one.type in SYMMETRIC:
        yield from _of_circle(one, frozenset((*actor, *counterpart)), gist)
        return
    yield from _of_pair(one, actor, counterpart, gist)
    yield from _of_role("actor", actor, one)
    yield from _of_role("toward", counterpart, one)
    if counterpart == ALL:
        yield from _of_all(one, actor, gist)


def _of_circle(one: Told, codes: frozenset[str], gist: Gist) -> Iterator[str]:
    by_rule = codes == frozenset((*one.actor, *one.counterpart))
    way, number = way_of(one), min(len(codes), 4)
    yield f"circle=rule:{by_rule},{way}"
    yield f"circle=rule:{by_rule},{one.type}"
    yield f"circle={number}"
    yield f"circle={number},{one.type}"
    for word in _HOW_MANY.intersection(one.view.words):
        yield f"circle={number},{word}"
        yield f"circle=main:{_compared(codes, frozenset(gist.main[:_MAIN]))},{word}"
    yield f"circle=early:{codes == frozenset(one.view.actor)}"
    known = gist.circles[family_of(one.type), codes] - (by_rule and not one.guess)
    yield f"circle=known:{min(known, _MANY)}"
    if codes & _NO_STATES:
        yield "circle=body"
    main = frozenset(gist.main[:2])
    yield f"circle=main:{len(codes & main)}"
    yield f"circle=main:{_compared(codes, main)}"
    yield from _of_members(one, codes)


def _of_members(one: Told, codes: frozenset[str]) -> Iterator[str]:
    """How a circle compares with the parties of the sentence, and which of them are in it."""
    mentions = one.view.mentions
    anywhere = _codes(mentions)
    acting = [each for each in mentions if each.acts]
    yield f"circle=acting:{_compared(codes, _codes(acting))}"
    yield f"circle=inside:{_compared(codes, _codes([each for each in acting if each.inside]))}"
    yield f"circle=sentence:{_compared(codes, anywhere)}"
    unsaid = min(2, len(codes - anywhere))
    yield f"circle=unsaid:{unsaid}"
    yield f"circle=unsaid:{unsaid},{way_of(one)}"
    for each in mentions:
        sign = "+" if not codes.isdisjoint(each.codes) else "-" if each.acts else ""
        if sign:
            yield f"circle{sign}{each.form},{each.kind}"
            yield f"circle{sign}{each.prep}"
            yield f"circle{sign}{each.side},{each.inside},{each.near}"


def _codes(mentions: Iterable[Mention]) -> frozenset[str]:
    return frozenset(code for each in mentions for code in each.codes) - _NO_STATES


def _compared(one: frozenset[str], other: frozenset[str]) -> str:
    if one == other:
        return "same"
    return "less" if one < other else "more" if one > other else "other"


def _of_pair(one: Told, actor: Codes, counterpart: Codes, gist: Gist) -> Iterator[str]:
    """How an answer compares with that of the rules, and with what else the article tells."""
    family, way = family_of(one.type), way_of(one)
    same = f"{actor == one.actor}{counterpart == toward_by_rule(one)}"
    as_told = same == "TrueTrue" and not one.guess
    yield f"answer={same},{way}"
    yield f"answer={same},{family}"
    yield f"answer={same},{one.type}"
    yield f"actor=named:{actor == one.view.actor},{bool(one.view.actor)}"
    yield f"toward=named:{counterpart == one.view.counterpart},{bool(one.view.counterpart)}"
    known = min(gist.pairs[family, actor, counterpart] - as_told, _MANY)
    yield f"pair=known:{known}"
    yield f"pair=known:{known},{family}"
    yield f"pair=turned:{min(gist.pairs[family, counterpart, actor], 2)}"
    yield f"actor=known:{min(gist.actors[family, actor] - (actor == one.actor and not one.guess), _MANY)}"
    ranks = f"{_rank(actor, gist.main)}{_rank(counterpart, gist.main)}"
    yield f"pair=main:{ranks}"
    yield f"pair=main:{ranks},{family}"


def _rank(codes: Codes, main: Codes) -> str:
    """The place of a party among the main countries of the article."""
    if codes == ALL or len(codes) != 1:
        return "*" if codes == ALL else "+" if codes else "0"
    return str(main.index(codes[0])) if codes[0] in main else "-"


def _of_role(role: str, codes: Codes, one: Told) -> Iterator[str]:
    """How the sentence names who acts, or toward whom."""
    family = family_of(one.type)
    yield f"{role}=many:{min(len(codes), _MANY)}"
    if not codes or codes == ALL:
        yield f"{role}={'*' if codes else 'none'},{one.type}"
        return
    found = [each for each in one.view.mentions if not set(each.codes).isdisjoint(codes)]
    if not found:
        yield f"{role}=unsaid"
        yield f"{role}=unsaid,{family}"
    yield f"{role}=whole:{any(set(each.codes) == {*codes} for each in found)}"
    for each in found:
        yield f"{role}+{each.side},{each.inside},{each.near}"
        yield f"{role}+{each.side},{each.inside},{family}"
        yield f"{role}+{each.prep}"
        yield f"{role}+{each.prep},{family}"
        yield f"{role}+{each.form},{each.kind}"
        yield f"{role}+{each.form},{each.side},{each.inside}"
        yield f"{role}+{each.kind},{family}"


def _of_all(one: Told, actor: Codes, gist: Gist) -> Iterator[str]:
    """What speaks against "toward all": others in the sentence, and controls toward one elsewhere."""
    family = family_of(one.type)
    others = min(len(_codes(one.view.mentions) - {*actor}), 2)
    yield f"all=others:{others}"
    yield f"all=others:{others},{family}"
    toward_one = gist.aimed[family, actor]
    yield f"all=elsewhere:{min(toward_one, 2)}"
