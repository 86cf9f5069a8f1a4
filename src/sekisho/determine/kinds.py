"""The kinds of line of an input: rows that no rule tells apart.

Cells become small numbers, column by column, and the numbers of a row become one key;
only the distinct keys of a batch are looked at one by one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import pyarrow as pa

from sekisho.determine.cells import Codes, encoded
from sekisho.determine.classes import Numbers, Texts, Unreadable, coders, technical_facts
from sekisho.determine.days import NO_DAY, UNREADABLE, Days, is_day
from sekisho.determine.files import Batch
from sekisho.determine.intake import DATES, KEY, OWN, read_code, tidy, value_jpy
from sekisho.determine.law_classes import Interned, LawClasses
from sekisho.determine.memo import Memo
from sekisho.determine.rates import Rates
from sekisho.register.register import Register

_PLACES = ("destination_country", "ultimate_destination_country")
_BY_LAW = ("ship_from_country", "code", *_PLACES)
_LARGEST = 1 << 62
_NARROW = 1 << 31
_KEPT = 1 << 16
"""How many rows of numbers are kept with their decision, beside the decisions themselves."""


Decide = Callable[[Mapping[str, str]], tuple[int, frozenset[str] | None]]
"""Decides a line from its cells: the number of the decision, and the facts looked at;
``None`` for these if a cell cannot be read, so that the decision is of this line alone."""


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

    Attributes:
        known_by: The name of that column, or empty.
        relevant: Columns whose cells can change a decision.
    """

    def __init__(
        self,
        register: Register,
        known_on: dt.date | str | None,
        rates: Rates | None,
        beside: Kinds | None = None,
    ) -> None:
        self.register, self.rates = register, rates
        self.known_by = known_on if isinstance(known_on, str) else ""
        self.known_on = None if isinstance(known_on, str) else known_on
        laws = [law for country in register.regimes if (law := register.law(country))]
        facts = {name for law in laws for name in law.regime.facts}
        self.relevant = {*OWN, *facts} - {*KEY, "quantity_unit", "contract_date"}
        self.technical = {name for law in laws for name in technical_facts(law.regime)}
        if beside is not None:
            laws += [law for c in beside.register.regimes if (law := beside.register.law(c))]
        self.coders = dict(coders(register, laws))
        self.days = Days()
        self.laws: dict[tuple[Hashable, int], LawClasses] = {}
        self.standing = Interned()
        if beside is not None:
            beside.coders, beside.days, beside.standing = self.coders, self.days, self.standing
        self.known: dict[tuple[str, ...], dict[bytes, int]] = {}
        self.memos: dict[tuple[str, ...], Memo] = {}

    def of(self, batch: Batch, decide: Decide) -> Kind:
        """The decision of each row of a batch; only lines unlike all before are decided."""
        rows = len(batch.lines)
        days, given_by = self.days.decisive(batch.columns, rows)
        known = self._known_days(batch, rows)
        coded = self.by_law(self.coded(batch), days, known)
        first, places = distinct(list(coded.values()), rows)
        return Kind(self._numbers(batch, coded, first, decide)[places], days, given_by, known)

    def _numbers(self, batch: Batch, coded: Mapping[str, Codes], rows: Codes, decide: Decide) -> Codes:
        """The number of the decision of each of some rows, which all differ."""
        names = tuple(sorted(coded))
        cells = np.ascontiguousarray(np.stack([coded[name][rows] for name in names], axis=1))
        narrow = cells.astype(np.int32) if cells.max(initial=0) < _NARROW else cells
        keys = [narrow[at].tobytes() for at in range(len(rows))]
        known = self.known.setdefault(names, {})
        found = [known.get(key) for key in keys]
        new = [at for at, number in enumerate(found) if number is None]
        if len(known) + len(new) > _KEPT:
            known.clear()
        made = self._new(batch, rows[new], names, cells[new], decide)
        for at, number in zip(new, made, strict=True):
            found[at] = known[keys[at]] = number
        return np.array(found, dtype=np.int64)

    def _new(
        self, batch: Batch, rows: Codes, names: tuple[str, ...], cells: Codes, decide: Decide
    ) -> list[int]:
        """The numbers of the decisions of rows not seen before."""
        if names not in self.memos:
            self.memos[names] = Memo(names, self.technical)
        memo, odd = self.memos[names], self._unreadable(names, cells)
        codes: list[list[int]] = cells.tolist()  # type: ignore[assignment]  # rows of numbers
        found = [None if odd[at] else memo.find(code) for at, code in enumerate(codes)]
        open_ = [at for at, number in enumerate(found) if number is None]
        for at, texts in zip(open_, batch.rows(rows[open_].tolist()), strict=True):
            number = None if odd[at] else memo.find(codes[at])  # one just decided may do
            if number is None:
                number, looked_at = decide(texts)
                if looked_at is not None and not odd[at]:
                    memo.keep(codes[at], looked_at, number)
            found[at] = number
        return [number for number in found if number is not None]

    def _unreadable(self, names: tuple[str, ...], cells: Codes) -> list[bool]:
        """Whether a row has a cell that cannot be read, whose fault is its own."""
        odd = np.zeros(len(cells), dtype=np.bool_)
        for at, name in enumerate(names):
            coder = self.coders.get(name)
            if coder is not None and name not in _PLACES:
                odd |= coder.unreadable()[cells[:, at]]
        return list(odd.tolist())

    def _known_days(self, batch: Batch, rows: int) -> Codes:
        if self.known_by:
            return self.days.codes(batch.columns[self.known_by])
        return np.full(rows, 0, dtype=np.int64)

    def coded(self, batch: Batch) -> dict[str, Codes]:
        """The number of the class of each cell that a rule may read."""
        names = sorted(name for name in batch.columns if name in self.relevant - {*DATES, "value"})
        coded = {name: self._coder(name).codes(batch.columns[name]) for name in names}
        if "value" in batch.columns:
            coded["value"] = self._values(batch)
        return coded

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
        coded, rows = dict(coded), len(days)
        known = np.zeros(rows, dtype=np.int64) if known is None else known
        self._put_law(coded, days, known, rows)
        coded["decisive day"], coded["known day"] = _unread(days), _unread(known)
        return coded

    def _put_law(self, coded: dict[str, Codes], days: Codes, known: Codes, rows: int) -> None:
        nothing = np.zeros(rows, dtype=np.int64)
        origins = coded.get("ship_from_country", nothing)
        items = self._items(coded, rows)
        places = {name: coded[name] for name in _PLACES if name in coded}
        for origin, day, chosen in _groups(origins, known):
            law = self._law(origin, day)
            epochs = law.epoch(days[chosen])
            for name, codes in places.items():
                target = coded[name] = coded[name] if coded[name] is not codes else codes.copy()
                target[chosen] = law.places(name, codes[chosen], self._coder(name).classes, epochs)
            names = [(c, bool(t)) for c in self._coder("code").classes for t in (0, 1)]
            coded.setdefault("law of item", nothing.copy())[chosen] = law.items(items[chosen], names, epochs)
        coded.pop("code", None)

    def _items(self, coded: Mapping[str, Codes], rows: int) -> Codes:
        """The code of each row, with whether a technical fact is stated beside it."""
        stated = np.zeros(rows, dtype=np.bool_)
        for name in self.technical & coded.keys():
            stated |= coded[name] > 0
        codes = coded.get("code")
        return 2 * (codes if codes is not None else np.zeros(rows, dtype=np.int64)) + stated

    def _law(self, origin: int, day: int) -> LawClasses:
        country = self._coder("ship_from_country").classes[origin]
        key = country, day
        if key not in self.laws:
            known_on = self.known_on
            if self.known_by:
                known_on = dt.date.fromordinal(_ORDINAL + day) if day > UNREADABLE else dt.date.min
            law = self.register.law(str(country), known_on) if country else None
            read = partial(_code, country=str(country), register=self.register)
            self.laws[key] = LawClasses(law, read, self.standing)
        return self.laws[key]

    def _values(self, batch: Batch) -> Codes:
        """The class of each value: of its JPY where a rate tells it."""
        column, coder = batch.columns["value"], self._coder("value")
        codes = coder.codes(column)
        if self.rates is None or "currency" not in batch.columns:
            return codes
        return self._converted(batch, codes)

    def _converted(self, batch: Batch, codes: Codes) -> Codes:
        """Amounts in other currencies have the class of their value in JPY."""
        known, indices = encoded(batch.columns["currency"])
        foreign = np.array([tidy(cell).upper() not in {"", "JPY"} for cell in known], dtype=np.bool_)[indices]
        coder = self._coder("value")
        assert isinstance(coder, Numbers)  # noqa: S101  value is always a number
        codes = codes.copy()
        for row in np.flatnonzero(foreign).tolist():
            cells = batch.row(row)
            value = value_jpy(cells, self.register, self.rates)
            if value is None:
                codes[row] = coder.of_class(Unreadable("\0".join(cells.get(name, "") for name in _VALUED_BY)))
            else:
                codes[row] = coder.of_values(np.array([value]))[0]
        return codes


_VALUED_BY = ("value", "currency", "contract_date", "order_date", *DATES)
"""Columns that give the value in JPY: the amount, and the day whose rate counts."""


_ORDINAL = dt.date(1970, 1, 1).toordinal()


def _unread(days: Codes) -> Codes:
    """0 where there is a day, 1 where there is none, and a number for each unreadable text."""
    return np.where(is_day(days), 0, np.where(days == NO_DAY, 1, UNREADABLE + 2 - days))


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
    first, where = distinct([origins, known - known.min(initial=0)], len(origins))
    return list(zip(origins[first].tolist(), known[first].tolist(), strict=True)), where


def distinct(columns: list[Codes], rows: int) -> tuple[Codes, Codes]:
    """The first row of each different row of numbers, and which of these each row is."""
    kinds = pa.array(_combined(columns, rows)).dictionary_encode()
    places = np.asarray(kinds.indices)
    return _first(places, len(kinds.dictionary)), places


def _first(places: Codes, different: int) -> Codes:
    """The first row that has each place."""
    first = np.zeros(different, dtype=np.int64)
    first[places[::-1]] = np.arange(len(places))[::-1]  # of several, the last written stays
    return first


def _combined(columns: list[Codes], rows: int) -> Codes:
    """One number for each row, the same for rows that have the same numbers in all columns."""
    key, size = np.zeros(rows, dtype=np.int64), 1
    for codes in columns:
        span = int(codes.max(initial=0)) + 1
        if span == 1:
            continue
        if size * span > _LARGEST:
            kinds = pa.array(key).dictionary_encode()
            key, size = np.asarray(kinds.indices).astype(np.int64), len(kinds.dictionary)
        key, size = key * span + codes, size * span
    return key
