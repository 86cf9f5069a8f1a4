"""The kinds of line of an input: rows that no rule tells apart.

Cells become small numbers, column by column, and so does what the law of its day says of
a row's places and item. Rows with the same numbers in what a decision looked at have the
same decision.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Protocol

import numpy as np

from sekisho.determine.cells import encoded
from sekisho.determine.classes import Flags, Numbers, Texts, Unreadable, coders, technical_facts
from sekisho.determine.codes import Codes, Numbered, distinct, is_same, same, spread
from sekisho.determine.contents import Number, digest
from sekisho.determine.days import NO_DAY, UNREADABLE, Calendar, Days, are_days, is_day, ordinals
from sekisho.determine.docket import TECHNICAL, UNLISTED
from sekisho.determine.files import Batch
from sekisho.determine.intake import DATES, FOLLOWS_FROM, KEY, OWN, read_code, tidy, value_jpy
from sekisho.determine.kept_kinds import KeptKinds, Told
from sekisho.determine.law_classes import Interned, LawNumbers
from sekisho.determine.memo import Memo
from sekisho.determine.rates import Rates
from sekisho.determine.seen import Seen
from sekisho.register.law import learned
from sekisho.register.register import Register

_PLACES = ("destination_country", "ultimate_destination_country")
_WITH_VALUE = frozenset({"value_jpy", "value_basis"})
_WEIGHT = 4


class Decider(Protocol):
    """What decides one line of each kind."""

    def decide(self, cells: Mapping[str, str]) -> tuple[int, Iterable[str], bool]:
        """Decides a line from its cells.

        Returns:
            The number of the decision, what was looked at in order, and whether it is
            another for each place, of which the law says the same.
        """

    def to(self, number: int, places: tuple[str, str]) -> int:
        """The number of a decision for other places: the countries (alpha-2), or empty."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What the rows of a batch get.

    Attributes:
        of_row: The number of the decision of each row.
        days: The decisive day of each row.
        given_by: Which of ``DATES`` gave it; one beyond the last if none did.
        known: The day as known on which each row is decided, where rows say so.
    """

    of_row: Codes
    days: Codes
    given_by: Codes
    known: Codes


class Kinds:
    """Numbers the kinds of line of one input.

    Args:
        known_on: The day on which the law is taken as known, ``None`` for all on record, or
            the name of the column that says so for each row.
        beside: Gets the same numbers for the same classes, so that both can be compared.
        kept: What earlier runs decided, if it is to be used.

    Attributes:
        known_by: The name of that column, or empty.
        relevant: Columns whose cells can change a decision.
        read: Columns that a decision is read from.
    """

    def __init__(
        self,
        register: Register,
        known_on: dt.date | str | None,
        rates: Rates | None,
        beside: Kinds | None = None,
        kept: KeptKinds | None = None,
    ) -> None:
        self.register, self.rates, self.kept = register, rates, kept
        self.known_by = known_on if isinstance(known_on, str) else ""
        self.known_on = None if isinstance(known_on, str) else known_on
        events = register.events
        days = {day for regime in register.regimes.values() for day in learned(regime, events)}
        self._learned = [dt.date.min, *sorted(days)]
        laws = [law for country in register.regimes if (law := register.law(country))]
        facts = {name for law in laws for name in law.regime.facts}
        self.relevant = {*OWN, *facts} - {*KEY, "quantity_unit", "contract_date"}
        self.read = {*OWN, *facts, self.known_by}
        self.technical = {name for law in laws for name in technical_facts(law.regime)}
        if beside is not None and beside.register is not register:
            self.relevant |= beside.relevant
            self.read |= beside.read
            laws += [law for c in beside.register.regimes if (law := beside.register.law(c))]
        alike = beside if beside is not None and beside.register is register else None
        self.coders: dict[str, Texts] = alike.coders if alike is not None else dict(coders(register, laws))
        self.days = Days()
        self.laws: dict[tuple[Hashable, int], LawNumbers] = {}
        self.standing = Interned()
        if beside is not None:
            beside.coders, beside.days, beside.standing = self.coders, self.days, self.standing
        self.trees: dict[tuple[str, ...], Tree] = {}
        self._digests: dict[tuple[str, int], bytes] = {}
        self._variants: dict[tuple[int, tuple[int, int]], int] = {}
        self._seen = Seen()
        self._named: list[bool] = []

    def __len__(self) -> int:
        """How much is kept: nodes of the trees of decisions, and numbers of the law, which weigh more."""
        nodes = sum(len(tree.memo) for tree in self.trees.values())
        looked_up = sum(map(len, self.laws.values()))
        return nodes + looked_up + _WEIGHT * len(self.standing)

    def of(self, batch: Batch, decider: Decider) -> Kind:
        """The decision of each row of a batch; only lines unlike all before are decided."""
        rows = len(batch.lines)
        days, given_by = self.days.decisive(batch.columns, rows)
        known = self._known_days(batch, rows)
        columns = self._numbered(batch)

        def find(chosen: Codes) -> Codes:
            coded = {name: column.at(chosen) for name, column in columns.items()}
            classes = self._with_law(coded, days[chosen], known[chosen])
            return self._found(batch, chosen, classes, {n: coded[n] for n in _PLACES if n in coded}, decider)

        told = {
            **columns,
            "known": self._whens(known, self._as_known),
            "day": self._whens(days, self._calendar.span),
        }
        return Kind(self._seen.of(told, rows, find), days, given_by, known)

    def _found(
        self,
        batch: Batch,
        rows: Codes,
        classes: Mapping[str, Codes],
        places: Mapping[str, Codes],
        decider: Decider,
    ) -> Codes:
        """The number of the decision of each of some rows, by their classes and places."""
        first, of_row = distinct([*places.values(), *classes.values()], len(rows))
        classes, places = ({n: codes[first] for n, codes in told.items()} for told in (classes, places))
        numbers = self._numbers(batch, classes, rows[first], decider)
        return spread(self._to_places(numbers, places, decider), of_row)

    def _numbers(self, batch: Batch, classes: Mapping[str, Codes], rows: Codes, decider: Decider) -> Codes:
        """The number of the decision of each of some rows."""
        names = tuple(classes)
        if names not in self.trees:
            self.trees[names] = Tree(names, self.technical, self.unjudged(names))
        tree = self.trees[names]
        cells = np.stack([classes[name] for name in names], axis=1)

        def decide(places: Codes) -> Iterator[tuple[int, Iterable[int]]]:
            for texts in batch.rows(rows[places].tolist(), self.read):
                number, looked_at, named = decider.decide(texts)
                self._name(number, named=named)
                yield number, tree.columns(looked_at)

        def recall(unlike: Codes) -> None:
            if self.kept is not None:
                self.kept.graft(names, tree.memo, cells[unlike], self._digest, self._recall)

        return tree.memo.find(cells, decide, recall)

    def _recall(self, told: Told) -> int:
        assert self.kept is not None  # noqa: S101  checked by the caller
        number = self.kept.decider.recall(told)
        self._name(number, named=told.named)
        return number

    def keep(self) -> None:
        """Adds what was decided to what is kept."""
        if self.kept is not None:
            self.kept.add(
                {names: tree.memo for names, tree in self.trees.items()}, self._digest, self.kept.decider.told
            )

    def is_named(self, number: int) -> bool:
        """Whether a decision is another for each place."""
        return self._named[number]

    def _digest(self, name: str, number: int) -> bytes:
        """The digest of what a number of a column of a tree stands for."""
        of_law = name in OF_LAW
        found = self._digests.get(key := ("" if of_law else name, number))
        if found is None:
            found = self._digests[key] = (
                self.standing.digest_of_line(number)
                if of_law
                else digest(self._coder(name).classes[number], _no_number)
            )
        return found

    def _name(self, number: int, *, named: bool) -> None:
        self._named += [False] * (number + 1 - len(self._named))
        self._named[number] = named

    def _to_places(self, numbers: Codes, places: Mapping[str, Codes], decider: Decider) -> Codes:
        """The numbers of decisions whose sentences name the places of their rows."""
        named = np.array(self._named, dtype=np.bool_)[numbers]
        if not named.any():
            return numbers
        nowhere = np.zeros(len(numbers), dtype=np.int64)
        columns = [numbers, *(places.get(name, nowhere) for name in _PLACES)]
        chosen = np.flatnonzero(named)
        first, of_row = distinct([codes[chosen] for codes in columns], len(chosen))
        ways = np.stack([codes[chosen[first]] for codes in columns], axis=1).tolist()
        numbers = numbers.copy()
        made = [self._variant(number, (place, final), decider) for number, place, final in ways]
        numbers[chosen] = np.array(made, dtype=np.int64)[of_row]
        return numbers

    def _variant(self, number: int, places: tuple[int, int], decider: Decider) -> int:
        """The number of a decision with the places of these numbers in its sentences."""
        found = self._variants.get((number, places))
        if found is None:
            codes = (self._coder(name).classes[at] for name, at in zip(_PLACES, places, strict=True))
            one, other = map(self._country_of, codes)
            found = self._variants[number, places] = decider.to(number, (one, other))
        return found

    def _country_of(self, code: Hashable) -> str:
        known = isinstance(code, str) and code in self.register.countries.by_code
        return str(code) if known else ""

    def unjudged(self, names: Iterable[str]) -> set[str]:
        """Columns that are told apart by their text, any of which may be faulty."""
        return {
            name for name in names if type(self.coders.get(name)) is Texts and not self._coder(name).reads
        }

    def _known_days(self, batch: Batch, rows: int) -> Codes:
        if self.known_by:
            return self.days.codes(batch.columns[self.known_by])
        return same(0, rows)

    def coded(self, batch: Batch) -> dict[str, Codes]:
        """The number of the class of each cell that a rule may read."""
        return {name: column.spread() for name, column in self._numbered(batch).items()}

    def _numbered(self, batch: Batch) -> dict[str, Numbered]:
        """The same, held by the different cells of a column."""
        names = sorted(name for name in batch.columns if name in self.relevant - {*DATES, "value"})
        columns = {name: self._coder(name).numbered(batch.columns[name]) for name in names}
        if "value" in batch.columns:
            columns["value"] = self._values(batch)
        return columns

    def _whens(self, days: Codes, number: Callable[[Codes], Codes]) -> Numbered:
        """A number for each day, from 0, and others for no day and for each text that is none."""
        numbers, unread = number(days), _unread(days)
        if is_same(unread) and not unread[0]:
            return Numbered(numbers)
        return Numbered(np.where(unread == 0, numbers, self._most_spans + unread))

    @cached_property
    def _most_spans(self) -> int:
        return max(len(self._learned), self._calendar.spans)

    @cached_property
    def _calendar(self) -> Calendar:
        """The days on which anything changes in any law, as known on any day."""
        laws = (self.register.law(country) for country in self.register.regimes)
        return Calendar({day for law in laws if law for day in law.changes})

    def _coder(self, name: str) -> Texts:
        if name not in self.coders:
            self.coders[name] = Texts()
        return self.coders[name]

    def by_law(self, coded: Mapping[str, Codes], days: Codes, known: Codes | None = None) -> dict[str, Codes]:
        """The classes of rows, with what the law of its day says of place and item for their cells.

        Args:
            coded: The number of the class of each cell.
            days: The decisive day of each row.
            known: The day as known on which each is decided, where rows say so.
        """
        known = same(0, len(days)) if known is None else known
        return {**coded, **self._with_law(coded, days, known)}

    def _with_law(self, coded: Mapping[str, Codes], days: Codes, known: Codes) -> dict[str, Codes]:
        """What of rows a decision may look at; places and item as what stands for them."""
        nothing = same(0, len(days))
        places = [coded.get(name, nothing) for name in _PLACES]
        final = _unless(places[1] == places[0], places[1])
        found = {"law": nothing, "law of final": nothing, UNLISTED: nothing, "16 of final": nothing}
        found[TECHNICAL] = nothing
        for origin, day, chosen in _groups(coded.get("ship_from_country", nothing), self._as_known(known)):
            law = self._law(origin, day)
            epochs = law.epoch(days[chosen])
            codes = coded.get("code", nothing)[chosen]
            made = self._places(law, codes, (places[0][chosen], final[chosen]), epochs)
            stated = self._states_technical(coded, len(days))[chosen]
            if stated.any():
                made[TECHNICAL] = _unless(~stated, law.conditions(epochs))
            for name, numbers in made.items():
                found[name] = _put(found[name], chosen, numbers)
        found["base"] = self._base(coded, places, days, known)
        return found | {name: codes for name, codes in coded.items() if name not in BY_LAW}

    def _states_technical(self, coded: Mapping[str, Codes], rows: int) -> Flags:
        """Whether a row states a fact that technical conditions name."""
        stated = np.zeros(rows, dtype=np.bool_)
        for name in self.technical & coded.keys():
            stated |= coded[name] > 0
        return stated

    def _places(
        self, law: LawNumbers, codes: Codes, places: tuple[Codes, Codes], epochs: Codes
    ) -> dict[str, Codes]:
        """What stands for item and place of rows of one law; for the second place where it is another."""
        cells = self._coder("code").classes
        names = [self._coder(name).classes for name in _PLACES]
        found = {
            "law": law.lines(codes, cells, places[0], names[0], epochs),
            UNLISTED: law.unlisted(places[0], names[0], epochs),
        }
        other = np.flatnonzero(places[1])
        if len(other):
            final, day = places[1][other], epochs[other]
            nothing = same(0, len(codes))
            found["law of final"] = _put(nothing, other, law.lines(codes[other], cells, final, names[1], day))
            found["16 of final"] = _put(nothing, other, law.unlisted(final, names[1], day))
        return found

    def _base(self, coded: Mapping[str, Codes], places: Sequence[Codes], days: Codes, known: Codes) -> Codes:
        """One number for what every decision looks at, and for every cell that cannot be read."""
        nothing = same(0, len(days))
        stated = ("ship_from_country", "classification_status")
        columns = [
            *(coded.get(name, nothing) for name in stated),
            _relation(*places), _unread(days), _unread(known), self._unreadable(coded, len(days)),
        ]  # fmt: skip
        first, of_row = distinct(columns, len(days))
        origins, statuses = (self._coder(name).classes for name in stated)
        found = [
            self.standing.line(("base", origins[origin], statuses[status], *numbers, Number(unreadable)))
            for origin, status, *numbers, unreadable in zip(
                *(c[first].tolist() for c in columns), strict=True
            )
        ]
        return spread(found, of_row)

    def _unreadable(self, coded: Mapping[str, Codes], rows: int) -> Codes:
        """A number for the cells of a row that cannot be read; 0 if all can."""
        faulty = {
            name: bad.take(codes)
            for name, codes in coded.items()
            if name in self.coders and (bad := self.coders[name].unreadable()).any()
        }
        odd_rows = np.flatnonzero(np.logical_or.reduce(list(faulty.values()))) if faulty else ()
        if not len(odd_rows):
            return same(0, rows)
        found = np.zeros(rows, dtype=np.int32)
        for at in odd_rows:
            cells = tuple(
                (name, self.coders[name].classes[coded[name][at]]) for name, odd in faulty.items() if odd[at]
            )
            found[at] = self.standing.number(("unreadable", cells))
        return found

    def as_known(self, day: dt.date) -> dt.date:
        """The first day from which as much was known of the laws as on a day."""
        return self._learned[bisect_right(self._learned, day) - 1]

    def _as_known(self, days: Codes) -> Codes:
        """That day for each of some days; the first of all for what is no day."""
        if not self.known_by:
            return days
        return np.searchsorted(ordinals(self._learned[1:]), days, "right").astype(np.int32)

    def _law(self, origin: int, known: int) -> LawNumbers:
        country = self._coder("ship_from_country").classes[origin]
        key = country, known
        if key not in self.laws:
            known_on = self._learned[known] if self.known_by else self.known_on
            law = self.register.law(str(country), known_on) if country else None
            read = partial(_code, country=str(country), register=self.register)
            self.laws[key] = LawNumbers(law, read, self.standing)
        return self.laws[key]

    def _values(self, batch: Batch) -> Numbered:
        """The class of each value: of its JPY where a rate tells it."""
        column, coder = batch.columns["value"], self._coder("value")
        numbered = coder.numbered(column)
        if self.rates is None or "currency" not in batch.columns:
            return numbered
        known, places = encoded(batch.columns["currency"])
        foreign = np.array([tidy(cell).upper() not in {"", "JPY"} for cell in known], dtype=np.bool_)
        if not foreign.any():
            return numbered
        return Numbered(self._converted(batch, numbered.spread(), foreign[places]))

    def _converted(self, batch: Batch, codes: Codes, foreign: Flags) -> Codes:
        """Amounts in other currencies have the class of their value in JPY."""
        coder = self._coder("value")
        codes = codes.astype(np.int32)
        for row in np.flatnonzero(foreign).tolist():
            cells = batch.row(row)
            value = value_jpy(cells, self.register, self.rates)
            if value is None:
                codes[row] = coder.of_class(Unreadable("\0".join(cells.get(name, "") for name in _VALUED_BY)))
            elif isinstance(coder, Numbers):
                codes[row] = coder.of_values(np.array([value]))[0]
            else:
                codes[row] = coder.of_class(value)
        return codes


_VALUED_BY = ("value", "currency", "contract_date", "order_date", *DATES)
"""Columns that give the value in JPY: the amount, and the day whose rate counts."""


BY_LAW = frozenset({"ship_from_country", "classification_status", "code", *_PLACES})
"""Columns that are looked at through other numbers."""
OF_LAW = ("base", "law", "law of final", UNLISTED, "16 of final", TECHNICAL)
"""These numbers, which hang on the law and the day of a line too."""


class Tree:
    """The decisions of lines with the same columns, by what was looked at.

    Args:
        names: The columns whose numbers are given for each line, in order.
        technical: The facts that technical conditions name.
        unjudged: Columns that every decision has to look at.
    """

    def __init__(self, names: Sequence[str], technical: Collection[str], unjudged: Collection[str]) -> None:
        self.memo = Memo()
        self._place = {name: at for at, name in enumerate(names)}
        self._technical = [TECHNICAL, *sorted(technical)]
        twice = {name for name, other in FOLLOWS_FROM.items() if {name, other} <= self._place.keys()}
        both = sorted(twice | {FOLLOWS_FROM[name] for name in twice})  # stated twice is a fault
        first = ["base", "law", "law of final", *both, *sorted(unjudged)]
        self._first = [self._place[name] for name in first]
        self._read: dict[str, tuple[int, ...]] = {}

    def columns(self, looked_at: Iterable[str]) -> Iterator[int]:
        """The places of the columns that were looked at, in order."""
        yield from self._first
        for name in looked_at:
            found = self._read.get(name)
            if found is None:
                found = tuple(self._place[one] for one in self._read_from(name) if one in self._place)
                self._read[name] = found
            yield from found

    def _read_from(self, name: str) -> Iterable[str]:
        """The columns that a fact is read from."""
        if name == TECHNICAL:
            return self._technical
        if name == UNLISTED:
            return (UNLISTED, "16 of final")
        derived = [FOLLOWS_FROM[name]] if name in FOLLOWS_FROM else []
        return (name, *derived, *(("value", "currency") if name in _WITH_VALUE else ()))


def _put(codes: Codes, chosen: Codes | slice, numbers: Codes) -> Codes:
    """Codes with other numbers in some rows."""
    if isinstance(chosen, slice):
        return numbers
    codes = codes.astype(np.int32)
    codes[chosen] = numbers
    return codes


def _unless(none: Flags, codes: Codes) -> Codes:
    """Codes, and 0 in some rows."""
    if none.all():
        return same(0, len(codes))
    return codes if not none.any() else np.where(none, 0, codes)


def _relation(first: Codes, final: Codes) -> Codes:
    """Whether a second place is stated (0 if not), and is the first (1) or another (2)."""
    stated, alike = final != 0, final == first
    if (alike if stated.all() else ~stated).all():
        return same(int(stated.all()), len(final))
    return np.where(stated, np.where(alike, 1, 2), 0)


def _unread(days: Codes) -> Codes:
    """0 where there is a day, 1 where there is none, and a number for each unreadable text."""
    if are_days(days):
        return same(0, len(days))
    return np.where(is_day(days), 0, np.where(days == NO_DAY, 1, UNREADABLE + 2 - days))


def _no_number(number: Number) -> bytes:
    msg = f"a class of cells holds the number {number}"
    raise AssertionError(msg)


def _code(cell: str, country: str, register: Register) -> str:
    return read_code(tidy(cell), country, register)


def _groups(origins: Codes, known: Codes) -> Iterator[tuple[int, int, Codes | slice]]:
    """The rows of each law: its country, the day it is known on, and where they are."""
    pairs, where = _pairs(origins, known)
    if len(pairs) == 1:
        yield *pairs[0], slice(None)
        return
    for at, (origin, day) in enumerate(pairs):
        yield origin, day, np.flatnonzero(where == at)


def _pairs(origins: Codes, known: Codes) -> tuple[list[tuple[int, int]], Codes]:
    first, where = distinct([origins, known], len(origins))
    return list(zip(origins[first].tolist(), known[first].tolist(), strict=True)), where
