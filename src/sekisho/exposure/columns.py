"""The tables of a network folder: their columns, how a cell is read, and what it means.

The loader, the template of ``sekisho exposure init`` and the reference page all read
these descriptions, so that they cannot differ.
"""

# ruff: noqa: E501  one column on one line is easier to check
from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sekisho.determine.intake import one_of, read_day, read_number, read_quantity, read_yes_no
from sekisho.errors import ValueInvalid
from sekisho.exposure.network import MitigationKind

Parser = Callable[[str], object]
LONGEST_DAYS = 36_500
"""The most days that a lead, a review or a standstill may take."""
FIRST_YEAR, LAST_YEAR = 1900, 2199


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, how its cells are read, and what it means.

    Attributes:
        needed: Whether every row must state it.
        takes: What its cells hold, in words.
    """

    name: str
    takes: str
    parser: Parser
    meaning: str
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One file of the folder.

    Attributes:
        needed: Whether the folder must have it.
        open: Whether further columns are facts for the determination.
    """

    name: str
    meaning: str
    columns: tuple[Column, ...]
    needed: bool = False
    open: bool = False


def _text(cell: str) -> str:
    return cell


def _above_zero(cell: str) -> float:
    number = read_number(cell)
    if number <= 0:
        msg = f"{cell!r} is not above zero"
        raise ValueInvalid(msg, "a number above zero")
    return number


def _days(cell: str) -> float:
    number = read_quantity(cell)
    if number > LONGEST_DAYS:
        msg = f"{cell!r} is more than a hundred years"
        raise ValueInvalid(msg, f"a number of days up to {LONGEST_DAYS}")
    return number


def day_in_reach(day: dt.date) -> dt.date:
    """A day, if a horizon and a review from there end within the calendar.

    Raises:
        ValueInvalid: If not.
    """
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        msg = f"{day} is out of reach"
        raise ValueInvalid(msg, f"a day of the years {FIRST_YEAR} to {LAST_YEAR}")
    return day


def _day_of(cell: str) -> dt.date:
    return day_in_reach(read_day(cell))


def _list(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(";") if part.strip())


def _id(name: str, meaning: str, *, needed: bool = True) -> Column:
    return Column(name, "text", _text, meaning, needed)


def _number(name: str, meaning: str, *, needed: bool = False) -> Column:
    return Column(name, "a number, not negative", read_quantity, meaning, needed)


def _time(name: str, meaning: str) -> Column:
    return Column(name, "a number of days, not negative", _days, meaning)


def _day(name: str, meaning: str, *, needed: bool = False) -> Column:
    return Column(name, "a day", _day_of, meaning, needed)


_UNIT = Column(
    "quantity_unit", "text", str.upper, "unit of the quantities of the row; must be that of the item"
)
_FROM = _day("from_day", "the first day it holds; empty: always")
_UNTIL = _day("until_day", "the first day it holds no more; empty: for good")
_KINDS = tuple(MitigationKind)

TABLES: tuple[Table, ...] = (
    Table(
        "items",
        "What is made and shipped, with the facts by which its licence need is determined. Needed for"
        " items that cross a border.",
        (
            _id("item_id", "the item"),
            Column("quantity_unit", "text", str.upper, "unit of every quantity of the item (UN/ECE code, such as KGM)", needed=True),
            _id("description", "in words", needed=False),
            _time("shelf_life_days", "how long it keeps; a stockpile above what is used in that time is not counted"),
        ),
        open=True,
    ),
    Table(
        "sites",
        "Who makes what. One site makes one item; a plant that makes two is two sites.",
        (
            _id("site_id", "the site"),
            _id("item_id", "what it makes"),
            _id("country", "where it is: ISO 3166-1 code or exact name"),
            _UNIT,
            _id("name", "in words", needed=False),
            _id("party_id", "the firm, as order lines name it", needed=False),
            _number("capacity_per_week", "the most it can make in a week; empty: no bound"),
            _number("margin", "money per unit sold: margin or revenue, as `network.toml` says; for every site that sells, or for none: then units are counted"),
            _time("recovery_days", "how long it stands still once it does; empty: to the end of the horizon"),
        ),
        needed=True,
    ),
    Table(
        "arcs",
        "Who ships to whom. An arc carries the item of its seller. Further columns are columns of an"
        " order line (`licences_held`, `end_use_code`, facts) and go before those of the item.",
        (
            _id("arc_id", "the arc; empty: `FROM>TO`", needed=False),
            _id("from_site_id", "the site that ships"),
            _id("to_site_id", "the site that receives"),
            _id("item_id", "checked against what the seller makes", needed=False),
            _id("material_id", "component of the buyer's bill that it serves; empty: the item", needed=False),
            Column("conversion", "a number above zero", _above_zero, "units of the material that one unit of the item stands for; empty: 1"),
            _UNIT,
            _number("capacity_per_week", "the most it can carry in a week; empty: no bound"),
            _time("lead_time_days", "from shipping to arrival; empty: 0"),
            _number("share", "usual weight among the suppliers of the material, for the simulation; empty: by capacity"),
            _number("price", "money per unit bought, to find weak points that hide behind a small spend"),
            _day("available_from", "the first day it can ship, after qualification; empty: always"),
            _time("recovery_days", "how long it stands still if it is closed for another reason than a licence"),
            _time("review_days_low", "shortest time from application to approval"),
            _time("review_days", "typical time from application to approval; empty: as the register has it"),
            _time("review_days_high", "longest time from application to approval"),
            _day("apply_on", "the day of the application; empty: the day of the change"),
            Column("contract_quantity", "a number above zero", _above_zero, "what one licence covers, if each contract needs its own; empty: one review, then no bound"),
            _id("mitigation_id", "the mitigation that opens the arc; empty: it is there already", needed=False),
            Column("may_ship", "yes or no", read_yes_no, "whether its exporter says that it may ship over the horizon, where the law on record cannot tell; empty: not known, and the loss is told with it open and with it closed"),
        ),
        needed=True,
        open=True,
    ),
    Table(
        "bill_of_materials",
        "What goes into what. There may be no circle.",
        (
            _id("parent_item_id", "what is made"),
            _id("component_item_id", "what goes into it"),
            Column("quantity_per", "a number above zero", _above_zero, "units of the component for one unit of the parent", needed=True),
            Column("quantity_unit", "text", str.upper, "unit of the component; must be that of the item"),
            _id("site_id", "only at this site; empty: wherever the parent is made", needed=False),
        ),
    ),
    Table(
        "stocks",
        "What a site holds on the first day: of its own item, or of one it needs. Goods at a seller are"
        " not stock of the buyer; goods past customs are.",
        (
            _id("site_id", "who holds it"),
            _id("item_id", "what it is"),
            _number("quantity", "how much", needed=True),
            _UNIT,
            _day("available_on", "the day from which it can be used; empty: the first"),
        ),
    ),
    Table(
        "in_transit",
        "Goods afloat with a licence that stays good.",
        (
            _id("arc_id", "the arc they are on"),
            _number("quantity", "how much, in the unit of the item shipped", needed=True),
            _UNIT,
            _day("arrives_on", "the day they arrive", needed=True),
        ),
    ),
    Table(
        "demand",
        "What is sold. A site without a row sells nothing and only supplies others.",
        (
            _id("site_id", "who sells"),
            _number("quantity_per_week_low", "least expected"),
            _number("quantity_per_week", "units sold in a week; needed unless both bounds are stated"),
            _number("quantity_per_week_high", "most expected"),
            _UNIT,
            _FROM,
            _UNTIL,
        ),
        needed=True,
    ),
    Table(
        "capacity",
        "Other capacities for a time: a ramp, a shutdown that is planned.",
        (
            _id("site_id", "the site, or", needed=False),
            _id("arc_id", "the arc", needed=False),
            _number("capacity_per_week", "the most in a week", needed=True),
            _FROM,
            _UNTIL,
        ),
    ),
    Table(
        "mitigations",
        "What could be done beforehand. An `alternate` or a `substitute` opens the arcs that name it in"
        " their `mitigation_id`.",
        (
            _id("mitigation_id", "the mitigation"),
            Column("kind", ", ".join(_KINDS), one_of(*_KINDS), "what it does", needed=True),
            _number("cost", "what it costs, in the currency of the network", needed=True),
            _id("description", "in words", needed=False),
            _id("site_id", "`stock`: where", needed=False),
            _id("item_id", "`stock`: of what", needed=False),
            _number("quantity", "`stock`: how much more"),
            _number("weeks", "`stock`: how many weeks of use more, instead of `quantity`"),
            Column("arc_id", "`;` list", _list, "`apply_earlier` and `bulk_licence`: of which arcs; empty: of all that need a licence"),
            _time("days", "`apply_earlier`: how many days earlier"),
        ),
    ),
)  # fmt: skip
"""The files of a network folder, in the order in which they are read."""

SETTINGS: Mapping[str, str] = {
    "title": "what the network is",
    "starts_on": "the day on which stocks are counted; without it the day of the change",
    "weeks": "the horizon, 52 if not stated",
    "currency": "ISO 4217, of margins, prices and costs",
    "value_basis": "`margin` or `revenue`: what the column `margin` of the sites states",
}
"""The keys of ``network.toml``."""
