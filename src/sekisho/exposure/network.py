"""A supply network: sites, arcs between them, what they hold, need, sell and could do.

One site makes one item; a plant that makes two is two sites. An arc carries the item of
its seller to one buyer. Quantities are per week of 7 days, in the unit of the item; lead
times and review times are in days. Stock at a seller is the seller's: it does not count
for the buyer before an arc brings it.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

DAYS = 7
"""Days of a week, in which all rates are stated."""


@dataclass(frozen=True, slots=True)
class Range:
    """A number that is not known exactly.

    >>> Range(34, 90, 134).low, Range.of(90).high
    (34, 90)

    Attributes:
        low: The least that is expected.
        typical: The likeliest; where only bounds are stated, their middle.
        high: The most that is expected.
        uniform: Whether every number between the bounds is as likely; else the triangle
            over the three numbers.
    """

    low: float
    typical: float
    high: float
    uniform: bool = False

    @classmethod
    def of(cls, number: float) -> Range:
        """A number that is known."""
        return cls(number, number, number)

    @property
    def is_known(self) -> bool:
        """Whether it is one number."""
        return self.low == self.high


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What is made and shipped.

    Attributes:
        unit: The unit of every quantity of it.
        shelf_life_days: How long it keeps; ``None`` if not stated.
        cells: What the determination reads: ``code`` and facts, by column.
    """

    item_id: str
    unit: str
    description: str = ""
    shelf_life_days: float | None = None
    cells: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A place that makes one item.

    Attributes:
        country: ISO 3166-1 alpha-2.
        party_id: The firm; order lines name it.
        capacity: The most it can make in a week; infinite if not bounded.
        margin: Money per unit sold (or revenue: :attr:`Network.value_basis`).
        recovery_days: How long it stands still once it does; ``None`` if not stated.
    """

    site_id: str
    item_id: str
    country: str = ""
    name: str = ""
    party_id: str = ""
    capacity: float = math.inf
    margin: float = 0.0
    recovery_days: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arc:
    """A way by which the item of one site comes to another.

    Attributes:
        material: The component of the buyer's bill of materials that it serves.
        conversion: Units of the material that one unit of the item stands for.
        capacity: The most it can carry in a week.
        share: Its usual weight among the suppliers of the material; ``None`` if not stated.
        price: Money per unit bought, for the spend by which weak points hide.
        available_from: The first day it can ship; ``None`` is always.
        recovery_days: How long it stands still once it does; ``None`` if not stated.
        review_days: Time from application to approval; ``None`` takes the register's.
        apply_on: The day of the application; ``None`` is the day of the change.
        contract_quantity: What one licence covers where each contract needs its own.
        mitigation_id: The mitigation that opens it; empty if it is there already.
        may_ship: Whether it may, as its exporter says, where the law on record cannot tell;
            ``None`` if not stated.
        cells: What the determination reads beyond the item's cells.
        line: The line of its file, for messages.
    """

    arc_id: str
    from_site_id: str
    to_site_id: str
    material: str
    conversion: float = 1.0
    capacity: float = math.inf
    lead_time_days: float = 0.0
    share: float | None = None
    price: float | None = None
    available_from: dt.date | None = None
    recovery_days: float | None = None
    review_days: Range | None = None
    apply_on: dt.date | None = None
    contract_quantity: float | None = None
    mitigation_id: str = ""
    may_ship: bool | None = None
    cells: Mapping[str, str] = field(default_factory=dict)
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """How much of an item goes into one unit of another, at one site or at all."""

    parent_item_id: str
    component_item_id: str
    quantity_per: float
    site_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """What a site holds: of its own item, or of an item it needs."""

    site_id: str
    item_id: str
    quantity: float
    available_on: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transit:
    """Goods afloat on an arc, with a licence that is good, and the day they arrive."""

    arc_id: str
    quantity: float
    arrives_on: dt.date


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """What a site sells in a week, from a day until another (not included)."""

    site_id: str
    quantity: Range
    from_day: dt.date | None = None
    until_day: dt.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CapacityChange:
    """Another capacity of a site or an arc, from a day until another (not included)."""

    capacity: float
    site_id: str = ""
    arc_id: str = ""
    from_day: dt.date | None = None
    until_day: dt.date | None = None


class MitigationKind(StrEnum):
    """What a mitigation does."""

    STOCK = "stock"
    ALTERNATE = "alternate"
    SUBSTITUTE = "substitute"
    APPLY_EARLIER = "apply_earlier"
    BULK_LICENCE = "bulk_licence"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mitigation:
    """Something that can be done beforehand, and what it costs.

    Attributes:
        cost: Money, in the currency of the network.
        quantity: Further stock (``stock``), in the unit of the item.
        weeks: Further stock in weeks of use, instead of ``quantity``.
        arc_ids: Arcs whose licence is applied for earlier or kept in bulk; empty is all.
        days: How many days earlier (``apply_earlier``).
    """

    mitigation_id: str
    kind: MitigationKind
    cost: float
    description: str = ""
    site_id: str = ""
    item_id: str = ""
    quantity: float | None = None
    weeks: float | None = None
    arc_ids: tuple[str, ...] = ()
    days: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """A supply network as read.

    Attributes:
        starts_on: The day on which stocks are counted; ``None`` takes that of the change.
        weeks: The horizon.
        currency: ISO 4217, of margins, prices and costs.
        value_basis: ``margin`` or ``revenue``: what :attr:`Site.margin` states; ``units``
            where no site states one and each unit counts as 1.
        notes: What was read otherwise than a user may think.
        fingerprint: Names the bytes it was read from.
        scale: What its quantities were divided by, for the solver's sake.
    """

    sites: tuple[Site, ...]
    arcs: tuple[Arc, ...] = ()
    bill_of_materials: tuple[Component, ...] = ()
    stocks: tuple[Stock, ...] = ()
    in_transit: tuple[Transit, ...] = ()
    demand: tuple[Demand, ...] = ()
    capacity: tuple[CapacityChange, ...] = ()
    items: tuple[Item, ...] = ()
    mitigations: tuple[Mitigation, ...] = ()
    title: str = ""
    starts_on: dt.date | None = None
    weeks: int = 52
    currency: str = ""
    value_basis: str = "margin"
    notes: tuple[str, ...] = ()
    fingerprint: str = ""
    scale: float = 1.0
