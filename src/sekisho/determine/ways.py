"""The ways from the facts of a line to the decision that was made from them.

A decision looks at some facts, one after another; which it looks at next hangs on the
classes of those before. So decisions are kept in a tree of these facts, and a line that
the law cannot tell from one before finds its decision at the end of the same way.

Lines of one source state the same facts in the same order: that is their *shape*. Where
each fact of a way stands among the values of a shape is worked out once, so that a line
is read by position.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sekisho.determine.classes import technical_facts, thresholds
from sekisho.determine.docket import LICENCES, TECHNICAL, UNLISTED
from sekisho.determine.intake import FOLLOWS_FROM
from sekisho.determine.shipments import Identity, Sound, finite_bounds
from sekisho.model import Decision
from sekisho.register.evaluation import class_of, searched
from sekisho.register.law import Regime

Values = Sequence[Any]
"""The values of the stated facts in their order, and the licences held."""
Read = Callable[[Values], Hashable]
ReadAll = Callable[[Values], tuple[Hashable, ...]]
Decisions = dict[object, Decision]
"""Those at the end of a way, by what tells the days apart."""
NONE: Decisions = {}
"""Where no way ends; nothing is put here."""
_NOT_STATED = (frozenset[Hashable](), None)
"""Stands before the licences held for what a line does not state."""
_HELD, _UNSTATED, _NO_TECHNICAL = -1, -2, -3
"""Where the licences held stand among the values, and what stands for facts that are not stated."""
_SHAPES_KEPT, _ROOTS_KEPT, _ENDS_KEPT, _HEADINGS_KEPT = 1 << 12, 1 << 12, 1 << 12, 1 << 16


def _whole(values: Values) -> Values:
    """The values of a line with what stands for those that it does not state."""
    return *values[:-1], *_NOT_STATED, values[-1]


class Looked:
    """Some facts that are looked at together, in order; one for all nodes that look at them."""

    __slots__ = ("names",)

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names


class Node:
    """A place on the way to decisions: the facts that are looked at there, or the decisions.

    Attributes:
        looked: The facts; ``None`` at the end of a way, and where nothing was decided yet.
        after: Where their classes lead.
        decisions: By what tells the days apart.
    """

    __slots__ = ("after", "decisions", "looked")

    def __init__(self) -> None:
        self.looked: Looked | None = None
        self.after: dict[tuple[Hashable, ...], Node] = {}
        self.decisions: Decisions = {}


class Ends:
    """The decisions at the ends of the ways that lines of one shape take from one root.

    A line has an end here if one came by before that has the same classes in what is looked at.
    Where lines are checked that one was found sound, and so is this one, if its values have types
    that were found sound and so were its free texts: its numbers lie between the same bounds.
    """

    __slots__ = ("_now", "_types", "root", "shape")

    def __init__(self, root: Node, shape: Shape) -> None:
        self.root, self.shape = root, shape
        self._types = shape.sound.types if shape.sound is not None else None
        self._now = shape.told(())

    def of(self, facts: Mapping[str, Any], held: object) -> Decisions:
        """The decisions at the end of the way of a line; none if no line like it came by."""
        values = [*facts.values(), held]
        if self._types is not None and [*map(type, values)] not in self._types:
            return NONE
        now = self._now
        for at, known in now.texts:
            if values[at] not in known:
                return NONE
        for read in now.others:  # as now.read, written out: that call would be felt
            values.append(read(values))
        for at, limits in now.numbers:
            values[at] = bisect_right(limits, values[at])
        return now.found.get(now.pick(values), NONE)

    def walk(self, values: Values) -> Decisions:
        """As :meth:`of`, through the tree, for a line that is sound; its end is kept."""
        node: Node | None = self.root
        names, whole = dict[str, None](), _whole(values)
        while node is not None and node.looked is not None:
            names.update(dict.fromkeys(node.looked.names))
            node = node.after.get(self.shape.reader(node.looked)(whole))
        if node is None or not node.decisions:
            return NONE
        self._keep(names, values, node.decisions)
        return node.decisions

    def _keep(self, names: Iterable[str], values: Values, end: Decisions) -> None:
        """Keeps an end by all that lines of this shape look at behind the root, to be found at once."""
        now = self._now
        new = [name for name in names if name not in now.names and self.shape.tells(name)]
        if new or not now.found or len(now.found) >= _ENDS_KEPT:
            now = self.shape.told({*now.names, *new})
        now.found[now.read([*values])] = end
        self._now = now


@dataclass(frozen=True, slots=True, eq=False)
class _Told:
    """How the lines of one shape and root are told apart; replaced as one, as others may be reading.

    Attributes:
        names: The facts by which they are.
        others: What gives the classes of those that are not values themselves.
        numbers: Where each number stands, and its limits.
        pick: Picks of the values, with classes for numbers and the others behind, what tells lines apart.
        texts: Where each other text stands, and those that were found sound.
        found: The ends by what was picked.
    """

    names: frozenset[str]
    others: Sequence[Read]
    numbers: Sequence[tuple[int, Sequence[float]]]
    pick: ReadAll
    texts: Sequence[tuple[int, set[Hashable]]]
    found: dict[tuple[Hashable, ...], Decisions] = field(default_factory=dict)

    def read(self, values: list[Any]) -> tuple[Hashable, ...]:
        """What tells a line from others; its values are used up."""
        for read in self.others:
            values.append(read(values))
        for at, limits in self.numbers:
            values[at] = bisect_right(limits, values[at])
        return self.pick(values)


class Shape:
    """The facts that lines state, in order, and how those of a way are read from them.

    Attributes:
        places: Where each fact stands among the values of a line.
        sound: Which values are known to be sound, if lines are checked.
    """

    __slots__ = ("_ends", "_readers", "_reading", "places", "sound")

    def __init__(self, names: tuple[str, ...], reading: Reading, sound: Sound | None) -> None:
        self._reading, self.sound = reading, sound
        self.places = {name: at for at, name in enumerate(names)}
        self._readers: dict[Looked, ReadAll] = {}
        self._ends: dict[Node, Ends] = {}

    def ends(self, root: Node) -> Ends:
        """The ends of the ways from a root."""
        if len(self._ends) >= _ROOTS_KEPT:
            self._ends.clear()
        if root not in self._ends:
            self._ends[root] = Ends(root, self)
        return self._ends[root]

    def tells(self, name: str) -> bool:
        """Whether lines of this shape may differ in a fact."""
        return self._place(name) not in {_UNSTATED, _NO_TECHNICAL} or (
            self._reading.read(name, self.places) is not None
        )

    def told(self, names: Collection[str]) -> _Told:
        """What tells lines apart by some facts: values as they are, and what is worked out of others.

        Of the other numbers it tells whether they lie between their bounds, if lines are checked.
        """
        within = {name: self._reading.within(name, self.places) for name in sorted(names)}
        reads = {name: self._reading.read(name, self.places) for name in within if within[name] is None}
        others = [read for read in reads.values() if read is not None]
        numbers = [found for found in within.values() if found is not None]
        bounded = self.sound.numbers if self.sound is not None else {}
        numbers += [
            (at, searched(bounds) or ()) for name, (at, *bounds) in bounded.items() if name not in within
        ]
        held = len(self.places)  # where the licences held stand, and behind them the others
        places = [self.places.get(name, held) for name, read in reads.items() if read is None]
        behind = range(held + 1, held + 1 + len(others))
        pick = _picked([*places, *[at for at, _ in numbers], *behind])
        texts = self.sound.texts if self.sound is not None else {}
        known = [told for name, told in texts.items() if name not in within]
        return _Told(frozenset(within), others, numbers, pick, known)

    def reader(self, looked: Looked) -> ReadAll:
        """What gives of the facts of a line what the law can tell apart."""
        found = self._readers.get(looked)
        if found is None:
            found = self._readers[looked] = self._make(looked.names)
        return found

    def _make(self, names: Sequence[str]) -> ReadAll:
        pick = _picked([self._place(name) for name in names])
        made = ((at, self._reading.read(name, self.places)) for at, name in enumerate(names))
        worked_out = [(at, read) for at, read in made if read is not None]
        if not worked_out:
            return pick

        def read_all(values: Values) -> tuple[Hashable, ...]:
            found = list(pick(values))
            for at, read in worked_out:
                found[at] = read(values)
            return tuple(found)

        return read_all

    def _place(self, name: str) -> int:
        if name == LICENCES:
            return _HELD
        return self.places.get(name, _NO_TECHNICAL if name == TECHNICAL else _UNSTATED)


def _picked(places: Sequence[int]) -> ReadAll:
    if not places:
        return lambda _: ()
    if len(places) == 1:
        (place,) = places
        return lambda values: (values[place],)
    return itemgetter(*places)


class Reading:
    """How facts are read by the law of one country: which numbers it can tell apart."""

    def __init__(self, regime: Regime) -> None:
        limits = thresholds(regime)
        self.limits = {name: searched(found) for name, found in limits.items()}
        self.technical = technical_facts(regime)
        self._bounded = {
            name: searched(sorted({*found, *finite_bounds(fact)}))
            for name, fact in regime.facts.items()
            if fact.type == "number" and (found := limits.get(name, ())) is not None
        }

    def read(self, name: str, places: Mapping[str, int]) -> Read | None:
        """What works a class out, where it is not the value itself."""
        if name == TECHNICAL:
            return self._told(places)
        limits, place = self.limits.get(name), places.get(name)
        if place is None and FOLLOWS_FROM.get(name) == "hs_code" and "hs_code" in places:
            return _heading(_Headings(name, limits), places["hs_code"])
        if place is None or limits is None:
            return None
        return lambda values: class_of(values[place], limits)

    def within(self, name: str, places: Mapping[str, int]) -> tuple[int, Sequence[float]] | None:
        """Where a number stands, and its limits with those of what it may be; ``None`` for other facts."""
        limits, place = self._bounded.get(name), places.get(name)
        return None if place is None or limits is None else (place, limits)

    def _told(self, places: Mapping[str, int]) -> Read | None:
        """The stated facts among the technical ones, of which a line has few."""
        stated = [(name, self.read(name, places) or itemgetter(places[name]))
                  for name in places if name in self.technical]  # fmt: skip
        if not stated:
            return None
        return lambda values: frozenset([(name, read(values)) for name, read in stated])


@lru_cache(maxsize=16)
def _reading(of: Identity) -> Reading:
    return Reading(of.regime)


class Shapes(dict[tuple[str, ...], Shape]):
    """The shape of lines that state some facts in some order; made when it is first asked for.

    ``checks``: whether lines are checked.
    """

    __slots__ = ("checks", "reading", "regime")

    def __init__(self, regime: Regime, *, checks: bool) -> None:
        super().__init__()
        self.regime, self.reading, self.checks = regime, _reading(Identity(regime)), checks

    def __missing__(self, names: tuple[str, ...]) -> Shape:
        if len(self) >= _SHAPES_KEPT:
            self.clear()
        sound = Sound((*names, LICENCES), self.regime) if self.checks else None
        made = self[names] = Shape(names, self.reading, sound)
        return made


class _Headings(dict[Hashable, Hashable]):
    """The class of a part of HS codes: of that part as it is written, if the code has it."""

    __slots__ = ("digits", "limits")

    def __init__(self, name: str, limits: Sequence[float] | None) -> None:
        super().__init__()
        self.digits, self.limits = int(name.removeprefix("hs_")), limits

    def __missing__(self, code: Hashable) -> Hashable:
        if len(self) >= _HEADINGS_KEPT:
            self.clear()
        has = isinstance(code, str) and len(code) >= self.digits
        made = self[code] = class_of(float(str(code)[: self.digits]), self.limits) if has else None
        return made


def _heading(classes: _Headings, place: int) -> Read:
    return lambda values: classes[values[place]]


class Ways:
    """The tree: makes ways for new decisions."""

    def __init__(self) -> None:
        self._looked: dict[tuple[str, ...], Looked] = {}

    def end(self, node: Node, shape: Shape, values: Values, reads: Iterable[str]) -> Node:
        """The end of the way of a line that looked at some facts, made as far as it is new."""
        left, values = [name for name in reads if name != UNLISTED], _whole(values)
        while node.looked is not None:
            names = node.looked.names
            shared = _shared(names, left)
            if shared < len(names):
                self._split(node, names, shared)
            left = [name for name in left if name not in node.looked.names]
            node = node.after.setdefault(shape.reader(node.looked)(values), Node())
        if left and not node.decisions:
            node.looked = looked = self._of(tuple(left))
            node = node.after.setdefault(shape.reader(looked)(values), Node())
        return node

    def _split(self, node: Node, names: tuple[str, ...], shared: int) -> None:
        """Leaves a node its first facts; what came after the others goes to nodes behind it."""
        after = node.after
        node.after = {}
        for classes, on in after.items():
            behind = node.after.get(classes[:shared])
            if behind is None:
                behind = node.after[classes[:shared]] = Node()
                behind.looked = self._of(names[shared:])
            behind.after[classes[shared:]] = on
        node.looked = self._of(names[:shared])

    def _of(self, names: tuple[str, ...]) -> Looked:
        found = self._looked.get(names)
        if found is None:
            found = self._looked[names] = Looked(names)
        return found


def _shared(names: Sequence[str], others: Sequence[str]) -> int:
    """How many of the first names two ways share; at least one, so that a way goes on."""
    apart = (at for at, (one, other) in enumerate(zip(names, others, strict=False)) if one != other)
    return max(1, next(apart, min(len(names), len(others))))
