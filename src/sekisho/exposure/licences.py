"""What a change of the law does to the arcs of a network.

Every arc that crosses the border of a country whose law is on record is decided like an
order line: on the day before the change, on the day of it, and on each later day of the
horizon on which the law changes again. A licence closes an arc, not a site: the same
seller goes on shipping elsewhere.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from sekisho.determine.codes import Codes, distinct
from sekisho.determine.decider import Decider
from sekisho.determine.files import Batch
from sekisho.determine.intake import DATES, read_line
from sekisho.determine.kinds import Kinds
from sekisho.determine.law_change import by_event, first_event
from sekisho.determine.rates import Rates
from sekisho.errors import Fault, InputInvalid
from sekisho.exposure.network import Arc, Network, Range, Site
from sekisho.exposure.result import Cause
from sekisho.model import Answer, Decision
from sekisho.register.difference import difference
from sekisho.register.register import Register

_SEVERITY = {answer: rank for rank, answer in enumerate(Answer)}
_DAY = dt.timedelta(days=1)
_CAUSES: Mapping[Answer, Cause] = {
    Answer.PROHIBITED: Cause.PROHIBITED,
    Answer.UNDETERMINED: Cause.UNDETERMINED,
    Answer.REFER_ELSEWHERE: Cause.ELSEWHERE,
    Answer.LICENCE_REQUIRED: Cause.LICENCE,
}
_EACH_CONTRACT = "individual"


@dataclass(frozen=True, slots=True)
class Change:
    """A change of the law to look at.

    Attributes:
        before: The register by which trade ran until now.
        after: The register with the change; the same, or one with a scenario.
        on: The day the change takes effect.
        event: Its event, or empty.
        known_on: As known on this day; ``None`` is all on record.
        notes: What to know of it, such as that no row of law turns on its event.
    """

    before: Register
    after: Register
    on: dt.date
    event: str = ""
    known_on: dt.date | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a change does to one arc.

    Attributes:
        closed: Whether nothing may ship from the day of the change.
        review: Days from application to approval; ``None`` if no licence opens it.
        applied_on: The day of the application.
        freed_on: The first later day on which the law itself lets it ship again.
        contract: What one licence covers; ``None``: no bound.
        stated: Whether the review time is the network's own.
        touched: Whether rows of law that may concern the arc changed.
    """

    arc: Arc
    before: Decision
    after: Decision
    closed: bool
    cause: Cause
    review: Range | None
    applied_on: dt.date
    freed_on: dt.date | None
    contract: float | None
    stated: bool


@dataclass(frozen=True, slots=True)
class NotCovered:
    """An arc of which the law on record cannot tell whether it may ship after the change.

    Attributes:
        missing: What is not on record.
    """

    arc: Arc
    from_country: str
    to_country: str
    item_id: str
    missing: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """All verdicts, with the arcs of which the law on record cannot tell."""

    verdicts: tuple[Verdict, ...]
    not_covered: tuple[NotCovered, ...]


def change_of(
    register: Register,
    *,
    event: str | None = None,
    scenario: Register | None = None,
    known_on: dt.date | None = None,
) -> Change | None:
    """The change that an event or a scenario makes; ``None`` if neither is given.

    Raises:
        NotFound: If there is no such event.
        ValueInvalid: If it was not known, its day is not known, or the scenario changes nothing.
    """
    after = scenario or register
    if event is None:
        if scenario is None:
            return None
        event = first_event(register, scenario).id
    found = by_event(after, event, known_on)
    on = found.effective
    assert on is not None  # noqa: S101  the change of an event has a day
    return Change(register, after, on, event, known_on, found.notes)


def judge(
    network: Network,
    change: Change,
    until: dt.date,
    orders: Mapping[str, Sequence[Mapping[str, str]]] | None = None,
    rates: Rates | None = None,
    advance: Callable[[int, int], None] = lambda *_: None,
) -> Judgement:
    """Decides every arc that crosses a border.

    Args:
        network: The network.
        change: The change of the law.
        until: The end of the horizon.
        orders: Facts of order lines by arc; the severest answer among them counts.
        rates: Exchange rates for values that are not in JPY.
        advance: Called with how many arcs are judged, and how many there are.

    Raises:
        InputInvalid: With every cell of an arc or item that cannot be read.
    """
    return _Judging(network, change, until, orders or {}, rates).judge(advance)


def _not_covered(arc: Arc, seller: Site, buyer: Site, missing: str) -> NotCovered:
    return NotCovered(arc, seller.country, buyer.country, seller.item_id, missing)


class _Judging:
    """Reads and decides the arcs of one network."""

    def __init__(
        self,
        network: Network,
        change: Change,
        until: dt.date,
        orders: Mapping[str, Sequence[Mapping[str, str]]],
        rates: Rates | None,
    ) -> None:
        self.network, self.change, self.until = network, change, until
        self.orders, self.rates = orders, rates
        self.sites = {site.site_id: site for site in network.sites}
        self.items = {item.item_id: item for item in network.items}
        self.deciders = {
            id(r): Decider(r, change.known_on, with_reasons=False) for r in (change.before, change.after)
        }
        self.kinds = {id(r): Kinds(r, change.known_on, rates) for r in (change.before, change.after)}
        self.faults: list[Fault] = []
        self._lines: tuple[str, Mapping[str, pa.Array]] = "", {}
        self._touched: dict[tuple[str, str], bool] = {}
        self._decided: dict[tuple[Any, ...], tuple[Decision, tuple[Fault, ...]]] = {}

    def judge(self, advance: Callable[[int, int], None]) -> Judgement:
        verdicts, not_covered = [], []
        for done, arc in enumerate(self.network.arcs):
            advance(done, len(self.network.arcs))
            seller, buyer = self.sites[arc.from_site_id], self.sites[arc.to_site_id]
            if seller.country == buyer.country:
                continue
            if seller.country not in self.change.after.regimes:
                name = self.change.after.countries.name(seller.country)
                missing = f"the export law of {name} ({seller.country}) is not on record"
                not_covered.append(_not_covered(arc, seller, buyer, missing))
                continue
            verdict = self._verdict(arc, seller, buyer)
            verdicts.append(verdict)
            if not verdict.closed and verdict.after.answer is Answer.REFER_ELSEWHERE:
                missing = f"another law decides, which is not on record: {verdict.after.explanation}"
                not_covered.append(_not_covered(arc, seller, buyer, missing.rstrip(".")))
        if self.faults:
            raise InputInvalid(sorted(set(self.faults)))
        return Judgement(tuple(verdicts), tuple(not_covered))

    def _verdict(self, arc: Arc, seller: Site, buyer: Site) -> Verdict:
        before, after, closed = self._severest(arc, seller, buyer)
        review = arc.review_days
        if review is None and after.review_days is not None:
            review = Range.of(after.review_days)
        return Verdict(
            arc=arc,
            before=before,
            after=after,
            closed=closed,
            cause=_CAUSES.get(after.answer, Cause.LICENCE),
            review=review if after.answer is Answer.LICENCE_REQUIRED else None,
            applied_on=arc.apply_on or self.change.on,
            freed_on=self._freed(arc, seller, buyer) if closed else None,
            contract=arc.contract_quantity if after.licence_types == (_EACH_CONTRACT,) else None,
            stated=arc.review_days is not None,
        )

    def _severest(self, arc: Arc, seller: Site, buyer: Site) -> tuple[Decision, Decision, bool]:
        """Before, after, and whether that closes the arc: of the lines of the arc the severest.

        Each line is held against itself: one that was stopped already must not hide that
        the change stops another.
        """
        on, change = self.change.on, self.change
        olds, old_of = self._decide(arc, seller, buyer, change.before, on - _DAY)
        news, new_of = self._decide(arc, seller, buyer, change.after, on)
        first, _ = distinct([old_of, new_of], len(old_of))
        pairs = [(olds[old_of[at]], news[new_of[at]]) for at in first.tolist()]
        found = [(old, new, self._closes(old, new, seller, buyer)) for old, new in pairs]
        return min(found, key=lambda one: (not one[2], _SEVERITY[one[1].answer]))

    def _closes(self, before: Decision, after: Decision, seller: Site, buyer: Site) -> bool:
        """Whether nothing may ship: what is prohibited never may, whatever the change."""
        if after.answer is Answer.PROHIBITED:
            return True
        return not after.answer.may_ship and self._is_new(before, after, seller, buyer)

    def _is_new(self, before: Decision, after: Decision, seller: Site, buyer: Site) -> bool:
        """Whether what stops the arc came with the change.

        An arc that needed a licence before ran on one. It stops if the licence types it may
        have run on are fewer now, or if it cannot be told and rows that may concern it changed.
        """
        if before.answer.may_ship:
            return True
        if Answer.UNDETERMINED in {before.answer, after.answer}:
            return self._is_touched(seller.country, buyer.country)
        fewer = bool(set(before.licence_types) - set(after.licence_types))
        return fewer or _SEVERITY[after.answer] < _SEVERITY[before.answer]

    def _is_touched(self, country: str, destination: str) -> bool:
        key = country, destination
        if key not in self._touched:
            on, known_on = self.change.on, self.change.known_on
            found = difference(
                self.change.after, on - _DAY, on, country=country, destination=destination, known_on=known_on
            )
            self._touched[key] = bool(found)
        return self._touched[key]

    def _freed(self, arc: Arc, seller: Site, buyer: Site) -> dt.date | None:
        for day in self._later(seller.country):
            decisions, _ = self._decide(arc, seller, buyer, self.change.after, day)
            if all(one.answer.may_ship for one in decisions):
                return day
        return None

    def _later(self, country: str) -> Iterator[dt.date]:
        law = self.change.after.law(country, self.change.known_on)
        for day in law.changes if law is not None else ():
            if self.change.on < day < self.until:
                yield day

    def _decide(
        self, arc: Arc, seller: Site, buyer: Site, register: Register, day: dt.date
    ) -> tuple[list[Decision], Codes]:
        """What the lines of an arc are answered, each different kind decided once, and the kind of each.

        An arc without lines is one line.
        """
        on = {
            "decisive_date": day.isoformat(),
            "ship_from_country": seller.country,
            "destination_country": buyer.country,
        }
        lines = self.orders.get(arc.arc_id)
        if not lines:
            cells = {**self._base(arc, seller), **on}
            return [self._decide_one(arc, seller, register, cells)], np.zeros(1, dtype=np.int64)
        count = len(lines)
        columns = {**self._columns(arc, seller), **{n: pa.repeat(cell, count) for n, cell in on.items()}}
        batch = Batch(columns, range(count))
        coded = self.kinds[id(register)].coded(batch)
        first, of_line = distinct(list(coded.values()), count)
        rows = batch.rows(first.tolist())
        told = [{name: cell for name, cell in row.items() if cell} for row in rows]
        return [self._decide_one(arc, seller, register, cells) for cells in told], of_line

    def _base(self, arc: Arc, seller: Site) -> Mapping[str, str]:
        """What an arc and its item state; days are those of the change."""
        item = self.items.get(seller.item_id)
        cells = {**(item.cells if item else {}), **arc.cells}
        return {name: cell for name, cell in cells.items() if name not in DATES}

    def _columns(self, arc: Arc, seller: Site) -> Mapping[str, pa.Array]:
        """The lines of an arc column by column, kept until another arc is asked for."""
        if self._lines[0] != arc.arc_id:
            base, lines = self._base(arc, seller), self.orders[arc.arc_id]
            names = dict.fromkeys([*base, *(name for line in lines for name in line)])
            columns = {
                name: pa.array([line.get(name) or base.get(name, "") for line in lines], pa.string())
                for name in names
                if name not in DATES
            }
            self._lines = arc.arc_id, columns
        return self._lines[1]

    def _decide_one(self, arc: Arc, seller: Site, register: Register, cells: Mapping[str, str]) -> Decision:
        key = id(register), *sorted(cells.items())
        if key not in self._decided:  # arcs of one item between two countries are alike
            read = read_line(cells, register, self.rates)
            decision = self.deciders[id(register)].decide(read.shipment)
            self._decided[key] = decision, read.faults
        decision, faults = self._decided[key]
        item = self.items.get(seller.item_id)
        self.faults += self._placed(faults, arc, item.item_id if item else "")
        return decision

    def _placed(self, faults: Iterable[Fault], arc: Arc, item: str) -> Iterator[Fault]:
        """Faults of cells with the place where a user finds them."""
        for fault in faults:
            place = f"arcs.csv:{arc.line}" if fault.column in arc.cells else f"item {item} of items.csv"
            yield dataclasses.replace(fault, file=f"{place} (arc {arc.arc_id})")
