"""Classes of cells that the law cannot tell apart.

A percentage on the same side of every threshold, or another spelling of one country, is
the same to the law. Putting cells into such classes lets a file of millions of lines be
decided by its few thousand different kinds of line, each decided once, by the same steps
as a single line.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sekisho.determine.cells import encoded, is_text, text_bytes
from sekisho.determine.codes import Codes, Numbered
from sekisho.determine.docket import VALUE
from sekisho.determine.intake import (
    COUNTRIES,
    FOLLOWS_FROM,
    STATUSES,
    bounds,
    fact_reader,
    one_of,
    read_concerns,
    read_currency,
    read_hs_code,
    read_licences,
    read_quantity,
    tidy,
)
from sekisho.errors import ValueInvalid
from sekisho.model import Fact, LicenceType, Limb, Provision, Rule
from sekisho.register.condition import (
    Node,
    facts_of,
    names,
    parse,
)
from sekisho.register.evaluation import Limits, limits_of
from sekisho.register.law import Law, Regime
from sekisho.register.register import Register
from sekisho.register.selectors import CATCH_ALL_ROW, row_of

Classify = Callable[[str], Hashable]
Flags = np.ndarray[tuple[int], np.dtype[np.bool_]]
_CONDITIONS = ("condition", "lost_if", "holder", "lapses_if")
_FREE_TEXT = ("quantity_unit", "end_user_id")
"""Columns whose text no rule reads."""
_HEADINGS = (2, 4, 6)
_PLAIN = r"^[0-9]{1,15}(\.[0-9]{1,15})?$"
_CELLS_KEPT = 1 << 16


class Texts:
    """Numbers the cells of a column by the class of their text; 0 is an empty cell.

    A cell that cannot be read is a class of its own: its fault names its text.

    Attributes:
        reads: Whether cells are read, so that it is known which cannot be.
    """

    def __init__(self, classify: Classify = tidy) -> None:
        self.classify, self.reads = classify, classify is not tidy
        self.classes: list[Hashable] = [""]
        self.numbers: dict[Hashable, int] = {}
        self._cells: dict[str, int] = {}
        self._odd: Flags = np.zeros(0, dtype=np.bool_)

    @property
    def size(self) -> int:
        """One more than the largest number given."""
        return len(self.classes)

    def codes(self, column: pa.Array) -> Codes:
        """The number of each cell."""
        return self.numbered(column).spread()

    def numbered(self, column: pa.Array) -> Numbered:
        """The number of each different cell, and where these stand."""
        known, places = encoded(column)
        return Numbered(places, np.array([self.number(cell) for cell in known], dtype=np.int32))

    def number(self, cell: str) -> int:
        """The number of one cell."""
        found = self._cells.get(cell)
        if found is None:
            if len(self._cells) >= _CELLS_KEPT:
                self._cells.clear()
            found = self._cells[cell] = self._number(cell)
        return found

    def _number(self, cell: str) -> int:
        if not tidy(cell):
            return 0
        try:
            return self.of_class(self.classify(cell))
        except ValueInvalid:
            return self.of_class(Unreadable(cell))

    def of_class(self, one: Hashable) -> int:
        """The number of a class."""
        found = self.numbers.get(one)
        if found is None:
            found = self.numbers[one] = len(self.classes)
            self.classes.append(one)
        return found

    def unreadable(self) -> Flags:
        """By number, whether the class is that of a cell that cannot be read."""
        known = len(self._odd)
        if known < len(self.classes):
            more = [isinstance(one, Unreadable) for one in self.classes[known:]]
            self._odd = np.concatenate([self._odd, np.array(more, dtype=np.bool_)])
        return self._odd


class Unreadable(str):
    """The text of a cell that cannot be read; equal to no class of readable cells."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Unreadable) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash((Unreadable, str(self)))


class Numbers(Texts):
    """Numbers cells by the thresholds they lie between, numeric columns all at once.

    Args:
        read: The number a cell holds.
        limits: The thresholds, lowest first.
        lowest: The least number that can be read; ``highest`` the greatest.
    """

    def __init__(
        self, read: Callable[[str], float], limits: Limits, lowest: float, highest: float = math.inf
    ) -> None:
        super().__init__(lambda cell: position(read(tidy(cell)), limits))
        self.limits, self.lowest, self.highest = limits, lowest, highest
        for place in range(2 * len(limits) + 1):
            self.of_class(place)

    def numbered(self, column: pa.Array) -> Numbered:
        """The number of each different cell, and where these stand; numeric cells stand for themselves."""
        if is_text(column.type):
            return Numbered(self._of_texts(column))
        if not (pa.types.is_integer(column.type) or pa.types.is_floating(column.type)):
            return super().numbered(column)
        floats = column.cast(pa.float64(), safe=False)
        values = np.asarray(floats.fill_null(math.nan) if floats.null_count else floats)
        codes = self.of_values(values)
        if len(values) and self._is_readable(values.min()) and self._is_readable(values.max()):
            return Numbered(codes)
        odd = np.isinf(values) | (values < self.lowest) | (values > self.highest)
        return Numbered(self._with_odd(codes, column, np.flatnonzero(odd)))

    def _is_readable(self, value: float) -> bool:
        return self.lowest <= value <= self.highest and not math.isinf(value)

    def _of_texts(self, column: pa.Array) -> Codes:
        """Plain digits are read all at once, as they seldom repeat."""
        values = _plain_numbers(column)
        odd = np.isnan(values) | (values > self.highest)
        return self._with_odd(self.of_values(values), column, np.flatnonzero(odd))

    def _with_odd(self, codes: Codes, column: pa.Array, odd: Codes) -> Codes:
        """Codes, with those of odd cells by their text."""
        if len(odd):
            codes = codes.astype(np.int32)
            codes[odd] = super().numbered(column.take(pa.array(odd))).spread()
        return codes

    def of_values(self, values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Codes:
        """The number of each value; 0 for no number."""
        if len(self.limits) > _FEW_LIMITS:
            below, upto = (np.searchsorted(self.limits, values, side) for side in ("left", "right"))
            return np.where(np.isnan(values), 0, below + upto + 1)
        found = (~np.isnan(values)).view(np.int8)  # which no limit is below or above of
        for limit in self.limits:  # many times quicker than a search, for a few
            found += (values > limit).view(np.int8)
            found += (values >= limit).view(np.int8)
        return found


_FEW_LIMITS = 32


def _plain_numbers(column: pa.Array) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The numbers of cells of plain digits; not a number elsewhere."""
    if not _holds_only(column, _DIGITS):
        is_plain = pc.match_substring_regex(column, _PLAIN)
        column = pc.if_else(is_plain, column, None)
    elif pc.min(pc.binary_length(column)).as_py() == 0:
        column = pc.if_else(pc.equal(column, ""), None, column)
    return np.asarray(column.cast(pa.float64()).fill_null(math.nan))


_DIGITS = b"0123456789"
_MOST_DIGITS = 15


def _holds_only(column: pa.Array, allowed: bytes) -> bool:
    """Whether the cells of a column hold no other bytes, and few of them."""
    longest = pc.max(pc.binary_length(column)).as_py()
    if longest is None or longest > _MOST_DIGITS:
        return False
    return not text_bytes(column).strip(allowed)


def coders(register: Register, laws: list[Law]) -> Mapping[str, Texts]:
    """For each column that needs one, how its cells are numbered.

    Columns that are not in the mapping are told apart by their text.
    """
    found = {name: Texts(bool) for name in _FREE_TEXT}
    found["classification_status"] = _read_by(one_of(*STATUSES))
    found["currency"] = _read_by(read_currency)
    types = [[row.id for row in law.regime.licence_types] for law in laws]
    found["licences_held"] = _read_by(lambda cell: tuple(read_licences(cell, known) for known in types))
    found |= {name: _read_by(read_concerns) for name in ("end_use_code", "end_user_concern")}
    found["quantity"] = Numbers(read_quantity, (), 0)
    # One for all columns of countries, so that two places of a line can be compared.
    found |= dict.fromkeys(COUNTRIES, Texts(lambda cell: register.countries.resolve(tidy(cell)).alpha_2))
    regimes = list({id(law.regime): law.regime for law in laws}.values())
    limits = thresholds(*regimes)
    found["value"] = _of_value(limits.get(VALUE, ()))
    named = {name for regime in regimes for node in _nodes(regime) for name in names(node)}
    for name, fact in _agreed(regimes).items():
        found.setdefault(name, _of_fact(fact, limits, named))
    return found


def _of_value(limits: Limits | None) -> Texts:
    """By the value in JPY that laws compare with; one that they reckon with is its own class."""
    return _read_by(read_quantity) if limits is None else Numbers(read_quantity, limits, 0)


def _agreed(regimes: Iterable[Regime]) -> Mapping[str, Fact]:
    """The facts that every regime which declares them declares alike."""
    declared: dict[str, Fact] = {}
    apart: set[str] = set()
    for name, fact in (item for regime in regimes for item in regime.facts.items()):
        if declared.setdefault(name, fact) != fact:
            apart.add(name)
    return {name: fact for name, fact in declared.items() if name not in apart}


def _read_by(read: Callable[[str], Hashable]) -> Texts:
    return Texts(lambda cell: read(tidy(cell)))


def _of_fact(fact: Fact, limits: Mapping[str, Limits | None], named: Collection[str]) -> Texts:
    compared = limits.get(fact.name, ())
    if fact.name == "hs_code" and fact.name not in named:
        return Texts(lambda cell: _headings(read_hs_code(tidy(cell)), limits))
    if fact.type != "number" or compared is None or FOLLOWS_FROM.get(fact.name) == "hs_code":
        return _read_by(fact_reader(fact))
    read = fact_reader(fact)
    return Numbers(lambda cell: float(read(cell)), compared, *bounds(fact))


def _headings(digits: str, limits: Mapping[str, Limits | None]) -> Hashable:
    """Chapter, heading and subheading of an HS code, as far as rules tell them apart."""
    found: list[Hashable] = []
    for length in _HEADINGS:
        compared = limits.get(f"hs_{length}", ())
        if len(digits) < length or compared is None:
            found.append(digits[:length])
        else:
            found.append(position(float(digits[:length]), compared))
    return tuple(found)


def thresholds(*regimes: Regime) -> dict[str, Limits | None]:
    """The numbers each fact is compared with in some regimes; ``None`` where it is also reckoned with."""
    found = limits_of(node for regime in regimes for node in _nodes(regime))
    limits = found.get(VALUE, ())
    if any(VALUE in regime.facts for regime in regimes) and limits is not None:
        found[VALUE] = tuple(sorted({*limits, 0.0}))  # a value of 0 counts as none
    return found


def _nodes(regime: Regime) -> Iterator[Node]:
    for row in regime.provisions:
        for column in _CONDITIONS:
            text = _condition(row, column)
            if text:
                yield parse(text)


def _condition(row: Provision, column: str) -> str:
    if isinstance(row, Rule | Limb | LicenceType):
        return str(getattr(row, column, ""))
    return ""


def position(value: float, limits: Limits) -> int:
    """Between which limits a value lies, or on which: an even number between, odd on one."""
    return bisect_left(limits, value) + bisect_right(limits, value)


def technical_facts(regime: Regime) -> frozenset[str]:
    """The facts that technical conditions of the control list name."""
    listed = (limb for limb in regime.limbs if row_of(limb.items[0]) != CATCH_ALL_ROW)
    return frozenset(name for limb in listed for name in facts_of(limb.condition))
