"""From the cells of an order line to the shipment that is decided.

Cells are text, whatever the file was. Full-width letters and digits, Japanese era dates
and the column names that users' files carry are accepted. What cannot be read is a fault
of that cell, and the line is undetermined: nothing is guessed and no other line suffers.
"""

from __future__ import annotations

import datetime as dt
import difflib
import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from sekisho.determine.calendars import read_day as read_day  # noqa: PLC0414  others take it from here
from sekisho.determine.rates import Rates
from sekisho.errors import Fault, ValueInvalid
from sekisho.model import Fact, FactValue, Shipment
from sekisho.register.register import Register

T = TypeVar("T")
NOT_LISTED = "NOT_LISTED"
KEY = ("transaction_id", "line_id")
DATES = ("decisive_date", "export_date", "requested_ship_date", "order_date")
"""The decisive date is the first of these that is stated."""
COUNTRIES = ("ship_from_country", "destination_country", "ultimate_destination_country")
LISTS = ("licences_held", "end_use_code")
CONCERNS = ("none", "wmd", "conventional_weapons")
STATUSES = (
    "approved", "unclassified", "proposed", "under_review", "expired", "not_relevant_for_regime",
)  # fmt: skip
PLAIN = ("quantity", "quantity_unit", "value", "currency", "contract_date")
OWN = (
    *KEY, *DATES, *COUNTRIES, *PLAIN, "code", "classification_status", "licences_held",
    "end_use_code", "end_user_id", "end_user_concern",
)  # fmt: skip
"""Columns with a meaning of their own; every other known column is a declared fact."""

# ruff: noqa: E501  names side by side are easier to check
SYNONYMS: Mapping[str, str] = {
    "transaction": "transaction_id", "transactionidhost": "transaction_id", "order_no": "transaction_id",
    "delivery_no": "transaction_id", "注文番号": "transaction_id", "受注番号": "transaction_id",
    "itemidhost": "line_id", "position": "line_id", "line": "line_id", "明細番号": "line_id", "行番号": "line_id",
    "decisivedate": "decisive_date", "判定日": "decisive_date", "輸出日": "export_date", "出荷日": "requested_ship_date",
    "ship_date": "requested_ship_date", "受注日": "order_date", "注文日": "order_date", "契約日": "contract_date",
    "from": "ship_from_country", "輸出国": "ship_from_country",
    "to": "destination_country", "destination": "destination_country", "仕向け国": "destination_country",
    "仕向国": "destination_country", "仕向国名": "destination_country", "仕向地": "destination_country",
    "仕向先": "destination_country", "最終仕向地": "ultimate_destination_country",
    "最終仕向国": "ultimate_destination_country", "最終仕向先": "ultimate_destination_country",
    "ultimate_destination": "ultimate_destination_country", "ultimate_dest": "ultimate_destination_country",
    "final_destination": "ultimate_destination_country", "end_destination": "ultimate_destination_country",
    "final_destination_country": "ultimate_destination_country",
    "項番": "code", "item_number": "code", "control_code": "code",
    "hs": "hs_code", "hscode": "hs_code", "hsコード": "hs_code", "数量": "quantity", "単位": "quantity_unit",
    "unit": "quantity_unit", "valueofgoods": "value", "amount": "value", "金額": "value", "通貨": "currency",
    "end_use": "end_use_code", "需要者": "end_user_id",
}  # fmt: skip
"""Other names of columns, as users' files have them, in lower case with ``_`` for spaces."""

FOLLOWS_FROM: Mapping[str, str] = {
    "end_use_wmd": "end_use_code",
    "end_use_conventional": "end_use_code",
    "end_user_wmd": "end_user_concern",
    "end_user_conventional": "end_user_concern",
    "value_jpy": "value",
    "hs_2": "hs_code",
    "hs_4": "hs_code",
    "hs_6": "hs_code",
}
"""Facts that follow from another column, so that only one of the two may be stated."""

_YES_NO = {
    "yes": True, "y": True, "true": True, "1": True, "はい": True, "有": True, "該当": True,
    "no": False, "n": False, "false": False, "0": False, "いいえ": False, "無": False, "非該当": False,
}  # fmt: skip
_NUMBER = re.compile(r"([+-]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?(?:[eE][+-]?\d+)?)\s*(.*)")
_MONEY = re.compile(r"([^\d\s.,+-]*)\s*(\d[\d,.]*)\s*([^\d\s.,+-]*)")
_CURRENCIES = {
    "円": "JPY", "¥": "JPY", "yen": "JPY", "jpy": "JPY", "usd": "USD", "us$": "USD", "eur": "EUR",
    **dict.fromkeys("$€£₩", "its currency code"),
}  # fmt: skip
"""Marks beside an amount, and what to write instead; other words may change the amount."""
_PLAIN_DIGITS = 15
PERCENT = frozenset({"% by weight", "mol %"})


@dataclass(frozen=True, slots=True)
class Line:
    """One order line as read.

    Attributes:
        shipment: What is decided; faulty cells count as not stated.
        faults: What could not be read; ``file`` and ``line`` are filled in by the caller.
        dated_by: The column that gave the decisive date, or empty.
    """

    shipment: Shipment
    faults: tuple[Fault, ...]
    dated_by: str


def canonical_column(header: str) -> str:
    """The project's name of a column.

    >>> canonical_column("Order No"), canonical_column("仕向け国")
    ('transaction_id', 'destination_country')
    """
    name = re.sub(r"[\s\-]+", "_", unicodedata.normalize("NFKC", header).strip().lower())
    return SYNONYMS.get(name, name)


def names_of(column: str) -> list[str]:
    """The other names under which a column is read, in alphabetical order.

    >>> names_of("code")
    ['control_code', 'item_number', '項番']
    """
    return sorted(other for other, name in SYNONYMS.items() if name == column)


def cell_text(cell: Any) -> str:
    """One typed cell as the text a CSV file would hold.

    >>> cell_text(30.0), cell_text(True), cell_text(None), cell_text(dt.date(2019, 7, 4))
    ('30', 'yes', '', '2019-07-04')
    """
    if cell is None or cell != cell:  # noqa: PLR0124  not a number
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)  # noqa: PLR2004
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time.min else cell.isoformat()
    if isinstance(cell, list | tuple):
        return ";".join(cell_text(part) for part in cell)
    return str(cell)


def tidy(cell: str) -> str:
    """A cell without surrounding spaces, full-width forms made plain."""
    return cell.strip() if cell.isascii() else unicodedata.normalize("NFKC", cell).strip()


Readings = dict[tuple[str, str, str | None], Any]
"""What cells were read as, by column, cell and country of export."""


def read_line(
    cells: Mapping[str, str],
    register: Register,
    rates: Rates | None = None,
    readings: Readings | None = None,
) -> Line:
    """Reads one order line from its cells by canonical column name.

    Args:
        cells: Text by column; an empty or absent cell is not stated.
        register: Names countries, items and facts.
        rates: Exchange rates for values that are not in JPY.
        readings: Keeps what cells were read as, for the lines that follow.
    """
    return _Reading(cells, register, rates, readings).line()


def value_jpy(cells: Mapping[str, str], register: Register, rates: Rates | None = None) -> float | None:
    """The value in JPY that the cells of a line give; ``None`` if not stated or faulty."""
    reading = _Reading(cells, register, rates)
    dated_by = next((name for name in DATES if name in reading.cells), "")
    day = reading.take(dated_by, read_day) if dated_by else None
    value = dict(reading.value(day)).get("value_jpy")
    return value if isinstance(value, float) and not reading.faults else None


class _Reading:
    """Reads the cells of one line and gathers their faults."""

    def __init__(
        self,
        cells: Mapping[str, str],
        register: Register,
        rates: Rates | None,
        readings: Readings | None = None,
    ) -> None:
        self.cells = {name: tidied for name, cell in cells.items() if cell and (tidied := tidy(cell))}
        self.register, self.rates = register, rates
        self.readings = {} if readings is None else readings
        self.country: str | None = None
        self.faults: list[Fault] = []

    def line(self) -> Line:
        dated_by = next((name for name in DATES if name in self.cells), "")
        day = self.take(dated_by, read_day) if dated_by else None
        country = self.country = self.take("ship_from_country", self._country)
        shipment = Shipment(
            decisive_date=day,
            ship_from=country,
            destination=self.take("destination_country", self._country),
            ultimate_destination=self.take("ultimate_destination_country", self._country),
            code=self.take("code", lambda cell: read_code(cell, country, self.register)),
            classification_status=self.take("classification_status", one_of(*STATUSES)),
            facts=dict(self._facts(country or "", day)),
            licences_held=self.take("licences_held", lambda c: self._licences(c, country or "")),
        )
        return Line(shipment, tuple(self.faults), dated_by)

    def take(self, column: str, read: Callable[[str], T]) -> T | None:
        """The value of a cell, or ``None`` if it is not stated or is faulty.

        What it is read as may hang on the cell and the country of export, and on nothing else.
        """
        cell = self.cells.get(column)
        if cell is None:
            return None
        key = column, cell, self.country
        found = self.readings.get(key)
        if found is None:
            if len(self.readings) >= _READINGS_KEPT:
                self.readings.clear()
            found = self.readings[key] = _taken(column, cell, read)
        if isinstance(found, Fault):
            self.faults.append(found)
            return None
        value: T = found
        return value

    def _country(self, cell: str) -> str:
        return self.register.countries.resolve(cell).alpha_2

    def _licences(self, cell: str, country: str) -> frozenset[str]:
        regime = self.register.regimes.get(country)
        return read_licences(cell, [row.id for row in regime.licence_types] if regime else ())

    def _facts(self, country: str, day: dt.date | None) -> Iterator[tuple[str, FactValue]]:
        regime = self.register.regimes.get(country)
        declared: Mapping[str, Fact] = regime.facts if regime else {}
        for name in sorted(self.cells):
            if name in declared and name not in OWN and not self._stated_twice(name):
                value = self.take(name, fact_reader(declared[name]))
                if value is not None:
                    yield name, value
        yield from self._concerns("end_use_code", "end_use")
        yield from self._concerns("end_user_concern", "end_user")
        self.take("quantity", read_quantity)
        for name, value in self.value(day):
            yield name, value
            if name == "value_jpy" and "value_basis" not in self.cells:
                yield "value_basis", "line"

    def _stated_twice(self, name: str) -> bool:
        """Whether a fact stands beside the column it follows from: two answers are none."""
        other = FOLLOWS_FROM.get(name)
        if other is None or other not in self.cells:
            return False
        problem = f"the fact follows from {other}, which is stated too"
        self.faults.append(Fault("", 0, name, problem, "one of the two columns"))
        return True

    def _concerns(self, column: str, prefix: str) -> Iterator[tuple[str, bool]]:
        stated = self.take(column, read_concerns)
        if stated is not None:
            yield f"{prefix}_wmd", "wmd" in stated
            yield f"{prefix}_conventional", "conventional_weapons" in stated

    def value(self, day: dt.date | None) -> Iterator[tuple[str, float | str]]:
        """The value of the line in JPY, or the currency that it still has."""
        value = self.take("value", read_amount)
        currency = self.take("currency", read_currency)
        if value is None or currency is None:
            return
        if currency == "JPY":
            yield "value_jpy", value
            return
        dated = next((n for n in ("contract_date", "order_date") if n in self.cells), "")
        rate_day = self.take(dated, read_day) if dated and self.rates else day
        if self.rates is None:
            yield "currency", currency
        elif rate_day is not None:
            rate = _taken("currency", currency, lambda code: self.rates_of(code, rate_day))
            if isinstance(rate, Fault):
                self.faults.append(rate)
            else:
                yield "value_jpy", value * rate

    def rates_of(self, code: str, day: dt.date) -> float:
        """JPY for one unit of a currency on a day."""
        assert self.rates is not None  # noqa: S101  checked by the caller
        return self.rates.rate(read_currency(code), day)


_READINGS_KEPT = 1 << 16


def _taken(column: str, cell: str, read: Callable[[str], T]) -> T | Fault:
    """What a cell is read as, or why it cannot be."""
    try:
        return read(cell)
    except ValueInvalid as error:
        return Fault("", 0, column, error.problem, error.expected)


def read_number(cell: str, unit: str = "") -> float:
    """A number, with thousands separators or the unit that is expected.

    Raises:
        ValueInvalid: If it is no finite number, or carries another unit.
    """
    if cell.isdecimal() and len(cell) <= _PLAIN_DIGITS:
        return float(cell)
    form = _NUMBER.fullmatch(cell)
    digits = form[1].replace(",", "") if form else ""
    expected = f"a number in {unit}" if unit not in {"", "1"} else "a number"
    try:
        number = float(digits)
    except ValueError:
        msg = f"{cell!r} is not a number"
        raise ValueInvalid(msg, expected) from None
    if not math.isfinite(number):
        msg = f"{cell!r} is too large"
        raise ValueInvalid(msg, expected)
    given = form[2].strip() if form else ""
    if given and (unit in {"", "1"} or given[0] in ".,+-0123456789"):
        msg = f"{cell!r} is not a number"
        raise ValueInvalid(msg, expected)
    if given and given != unit:
        msg = f"{cell!r} is in {given!r}, the unit is {unit}"
        raise ValueInvalid(msg, expected)
    return number


def read_quantity(cell: str) -> float:
    """A number of zero or more."""
    number = read_number(cell)
    if number < 0:
        msg = f"{cell!r} is negative"
        raise ValueInvalid(msg, "a number of zero or more")
    return number


def read_amount(cell: str) -> float:
    """An amount of money of zero or more, without its currency."""
    try:
        return read_quantity(cell)
    except ValueInvalid as error:
        form = _MONEY.fullmatch(cell)
        code = _CURRENCIES.get("".join(form.group(1, 3)).lower()) if form else None
        if form is None or code is None:
            raise
        expected = f"a number: write {form[2]} in value and {code} in currency"
        raise ValueInvalid(error.problem, expected) from None


def read_share(cell: str, unit: str) -> float:
    """A percentage of a whole."""
    number = read_number(cell, unit)
    if not 0 <= number <= 100:  # noqa: PLR2004  per cent
        msg = f"{cell!r} is not between 0 and 100"
        raise ValueInvalid(msg, f"a number in {unit}")
    return number


def read_yes_no(cell: str) -> bool:
    """Yes or no, in the words of English or Japanese files."""
    answer = _YES_NO.get(cell.lower())
    if answer is None:
        msg = f"{cell!r} is neither yes nor no"
        raise ValueInvalid(msg, "yes or no, or an empty cell if it is not known")
    return answer


def read_currency(cell: str) -> str:
    """An ISO 4217 code in capitals."""
    code = cell.upper()
    if not re.fullmatch(r"[A-Z]{3}", code):
        msg = f"{cell!r} is not a currency code"
        raise ValueInvalid(msg, "ISO 4217, such as JPY or USD")
    return code


def read_licences(cell: str, known: Iterable[str]) -> frozenset[str]:
    """The licence types of a ``;`` list; ``none`` stands alone.

    Where no type is known nothing is checked, and nothing is held.
    """
    parts = _parts(cell, "licence types, or none if none is held")
    words = {part.lower() for part in parts}
    if words == {"none"}:
        return frozenset()
    if "none" in words:
        msg = f"{cell!r} says none and something else"
        raise ValueInvalid(msg, "none alone, or the licence types that are held")
    allowed = sorted(known)
    return frozenset(_among(part, allowed) for part in parts if allowed)


def read_concerns(cell: str) -> frozenset[str]:
    """The concerns of a ``;`` list; ``none`` stands alone."""
    found = frozenset(_among(part, list(CONCERNS)) for part in _parts(cell, ", ".join(CONCERNS)))
    if "none" in found and len(found) > 1:
        msg = f"{cell!r} says none and something else"
        raise ValueInvalid(msg, "none alone, or wmd;conventional_weapons")
    return found - {"none"}


def read_code(cell: str, country: str | None, register: Register) -> str:
    """An item number of the exporting country's list, or ``NOT_LISTED``.

    Raises:
        ValueInvalid: If no list on record ever had such a number, with the nearest ones.
    """
    if cell.upper() == NOT_LISTED:
        return NOT_LISTED
    regime = register.regimes.get(country or "")
    if regime is None:
        return cell
    code = cell.replace(" ", "")
    numbers = regime.numbers
    if code in numbers:
        return code
    near = [n for n in numbers if n.startswith(code)][:3] or difflib.get_close_matches(code, numbers)
    msg = f"unknown item number {cell!r}"
    hint = f". Did you mean {' or '.join(near)}?" if near else ""
    raise ValueInvalid(msg, f"a number of Appended Table 1 such as 3(1), or {NOT_LISTED}{hint}")


def read_hs_code(cell: str) -> str:
    """The digits of an HS code: a chapter, heading or subheading, with national digits or not."""
    digits = re.sub(r"[.\s]", "", cell)
    if not re.fullmatch(r"\d{2}|\d{4}|\d{6}(\d{2,4})?", digits):
        msg = f"{cell!r} is not an HS code"
        raise ValueInvalid(msg, "2, 4, 6 or up to 10 digits, such as 2811.11")
    return digits


def bounds(fact: Fact) -> tuple[float, float]:
    """The least and the greatest number that a fact may be."""
    if fact.unit in PERCENT:
        return 0, 100
    return (0 if fact.name == "value_jpy" else -math.inf), math.inf


def _refuse_derived(cell: str) -> FactValue:
    """Chapter, heading and subheading follow from the HS code and are not stated beside it."""
    msg = f"{cell!r} is not taken: it follows from hs_code"
    raise ValueInvalid(msg, "the HS code in hs_code")


_READERS: Mapping[str, Callable[[str], FactValue]] = {
    "hs_code": read_hs_code,
    "value_jpy": read_quantity,
    **dict.fromkeys(("hs_2", "hs_4", "hs_6"), _refuse_derived),
}


def fact_reader(fact: Fact) -> Callable[[str], FactValue]:
    """The reader of the cells of a declared fact."""
    if fact.name in _READERS:
        return _READERS[fact.name]
    if fact.unit in PERCENT:
        return lambda cell: read_share(cell, fact.unit)
    if fact.type == "number":
        return lambda cell: read_number(cell, fact.unit)
    if fact.type == "yes_no":
        return read_yes_no
    if fact.values:
        allowed = [*fact.values, "other"] if fact.scope == "item" else list(fact.values)
        return lambda cell: _among(cell, allowed)
    return str


def one_of(*allowed: str) -> Callable[[str], str]:
    """A reader that takes only the words given."""
    return lambda cell: _among(cell, list(allowed))


def _among(cell: str, allowed: list[str]) -> str:
    word = cell.lower().replace(" ", "_").replace("-", "_")
    if word in allowed:
        return word
    near = difflib.get_close_matches(word, allowed, n=3, cutoff=0.6)
    msg = f"{cell!r} is not allowed here"
    some = ", ".join(allowed) if len(allowed) <= 12 else f"one of {len(allowed)} declared values"  # noqa: PLR2004  a readable line
    raise ValueInvalid(msg, f"{some}. Did you mean {' or '.join(near)}?" if near else some)


def _parts(cell: str, expected: str) -> list[str]:
    parts = [part.strip() for part in cell.split(";") if part.strip()]
    if not parts:  # an empty list would say that there is none, which nobody said
        msg = f"{cell!r} names nothing"
        raise ValueInvalid(msg, expected)
    return parts
