"""Shipments that a program states: everything is checked before anything is decided.

A line of a file is read cell by cell; a :class:`Shipment` comes from a program, which may
hold a country's name for its code, or a text for yes. What would be read otherwise than
it was meant is refused, every fault of it at once.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sekisho.dates import require_day
from sekisho.determine.decide import decide as determine
from sekisho.determine.intake import FOLLOWS_FROM, STATUSES, bounds, cell_text, fact_reader, one_of, read_code
from sekisho.errors import Fault, InputInvalid, ValueInvalid
from sekisho.model import Decision, Fact, Shipment
from sekisho.register.law import Regime
from sekisho.register.register import Register

_NAME = "shipment"
Check = Callable[[Any], bool]


def decide(
    shipment: Shipment,
    register: Register,
    known_on: dt.date | None = None,
    *,
    with_reasons: bool = True,
) -> Decision:
    """Decides one order line by the law of its decisive date, as known on another day.

    The destination and the ultimate destination, where they differ, are both decided and
    the more severe answer is given.

    Args:
        shipment: The order line; what is not stated is unknown.
        register: The register to decide by.
        known_on: What was known on this day; ``None`` is all that is recorded.
        with_reasons: Whether to keep every rule that was read with why it applied or not.

    Raises:
        InputInvalid: With everything in the shipment that is not what it should be.
        ValueInvalid: If an argument is of another kind.
    """
    require(shipment, register)
    require_known_on(known_on)
    return determine(shipment, register, known_on, with_reasons=with_reasons)


def require_known_on(known_on: object) -> None:
    """Refuses a day as known on that is none."""
    if known_on is not None:
        require_day("known_on", known_on)


def require_register(register: object) -> None:
    """Refuses an argument that is no register."""
    if not isinstance(register, Register):
        msg = f"register is a {type(register).__name__}"
        raise ValueInvalid(msg, "a Register, as open_register gives it")


def require(shipment: Shipment, register: Register) -> None:
    """Refuses a shipment that a line of a file could not have stated.

    Raises:
        InputInvalid: With every fault.
    """
    require_register(register)
    if not _is_sound(shipment, register):
        raise InputInvalid(list(_faults(shipment, register)))


def _is_sound(shipment: Shipment, register: Register) -> bool:
    """Whether a shipment has no fault; fast, since nearly all have none."""
    regime = register.regimes.get(str(shipment.ship_from))
    checks = _checks(Identity(regime)) if regime else {}
    day, held = shipment.decisive_date, shipment.licences_held
    return (
        (day is None or type(day) is dt.date)
        and all(_is_country(code, register) for code in _countries(shipment).values())
        and isinstance(shipment.facts, Mapping)
        and (
            held is None
            or (isinstance(held, frozenset) and (regime is None or held <= _types(Identity(regime))))
        )
        and (shipment.classification_status is None or shipment.classification_status in STATUSES)
        and _is_code(shipment.code, regime)
        and (regime is None or all(name in checks and checks[name](v) for name, v in shipment.facts.items()))
    )


def _countries(shipment: Shipment) -> dict[str, str | None]:
    return {
        "ship_from": shipment.ship_from,
        "destination": shipment.destination,
        "ultimate_destination": shipment.ultimate_destination,
    }


def _is_country(code: object, register: Register) -> bool:
    return code is None or (isinstance(code, str) and code in register.countries.by_code)


def _is_code(code: str | None, regime: Regime | None) -> bool:
    return code is None or regime is None or code == "NOT_LISTED" or code in regime.numbers


def _faults(shipment: Shipment, register: Register) -> Iterator[Fault]:
    regime = register.regimes.get(str(shipment.ship_from))
    yield from _taken("decisive_date", lambda: _day(shipment.decisive_date))
    for column, code in _countries(shipment).items():
        if not _is_country(code, register):
            yield _fault(column, f"{code!r} is not an ISO 3166-1 alpha-2 code", _meant(code, register))
    if not _is_code(shipment.code, regime):
        yield from _taken(
            "code", lambda: _same(shipment.code, lambda c: read_code(c, shipment.ship_from, register))
        )
    if shipment.classification_status is not None:
        yield from _taken(
            "classification_status", lambda: _same(shipment.classification_status, one_of(*STATUSES))
        )
    yield from _licence_faults(shipment, regime)
    if not isinstance(shipment.facts, Mapping):
        given = f"{shipment.facts!r} is a {type(shipment.facts).__name__}"
        yield _fault("facts", given, "a mapping of declared facts to their values")
    elif regime is not None:
        for name, value in shipment.facts.items():
            yield from _fact_faults(name, value, regime)


def _fault(column: str, problem: str, expected: str) -> Fault:
    return Fault(_NAME, 0, column, problem, expected)


def _taken(column: str, check: Callable[[], object]) -> Iterator[Fault]:
    try:
        check()
    except ValueInvalid as error:
        yield _fault(column, error.problem, error.expected)


def _day(value: object) -> None:
    if value is not None:
        require_day("the day", value)


def _meant(code: object, register: Register) -> str:
    try:
        return f"{register.countries.resolve(str(code)).alpha_2!r} if that country is meant"
    except ValueInvalid as error:
        return error.expected


def _same(value: Any, read: Callable[[str], Any]) -> None:
    """Refuses a value that is read as another than it is."""
    if not isinstance(value, str):
        msg = f"{value!r} is a {type(value).__name__}"
        raise ValueInvalid(msg, "a text")
    found = read(value)
    if found != value:
        msg = f"{value!r} is not the word itself"
        raise ValueInvalid(msg, repr(found))


def _licence_faults(shipment: Shipment, regime: Regime | None) -> Iterator[Fault]:
    held = shipment.licences_held
    if held is None:
        return
    if not isinstance(held, frozenset):
        yield _fault("licences_held", f"{held!r} is a {type(held).__name__}", "a frozenset of licence types")
        return
    known = _types(Identity(regime)) if regime else held
    for name in sorted(map(str, held - known)):
        yield _fault("licences_held", f"{name!r} is no licence type", ", ".join(sorted(known)))


def _fact_faults(name: object, value: object, regime: Regime) -> Iterator[Fault]:
    fact = regime.facts.get(name) if isinstance(name, str) else None
    if fact is None:
        import difflib  # noqa: PLC0415  needed only on the way to an error

        near = difflib.get_close_matches(str(name), list(regime.facts), n=3, cutoff=0.6)
        hint = f". Did you mean {' or '.join(near)}?" if near else ""
        yield _fault(str(name), "this fact is not declared", f"a declared fact{hint}")
    elif fact.type == "yes_no" and not isinstance(value, bool):
        yield _fault(fact.name, f"{value!r} is a {_type_name(value)}", "True or False")
    elif fact.type == "number" and not _is_number(value):
        unit = f" in {fact.unit}" if fact.unit not in {"", "1"} else ""
        yield _fault(fact.name, f"{value!r} is a {_type_name(value)}", f"a float{unit}")
    elif not _check_of(fact)(value):
        yield from _taken(fact.name, lambda: _read(fact, value))


def _type_name(value: object) -> str:
    """The name of a type, with its module where it looks like another (``numpy.bool``)."""
    kind = type(value)
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"


def _is_number(value: object) -> bool:
    return isinstance(value, float | int) and not isinstance(value, bool)


def _read(fact: Fact, value: Any) -> None:
    reader = fact_reader(fact)
    if fact.type == "number":
        if not abs(value) <= sys.float_info.max:
            told = value if isinstance(value, float) else f"a number of {value.bit_length()} bits"
            msg = f"{told} is not a finite number"
            raise ValueInvalid(msg, "a number, or nothing if it is not known")
        reader(cell_text(value))
    else:
        _same(value, reader)


class Identity:
    """A regime as a key: by what it is, not by what it holds, which would take long to hash."""

    __slots__ = ("regime",)

    def __init__(self, regime: Regime) -> None:
        self.regime = regime

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Identity) and self.regime is other.regime

    def __hash__(self) -> int:
        return id(self.regime)


@lru_cache(maxsize=16)
def _checks(of: Identity) -> Mapping[str, Check]:
    return {name: _check_of(fact) for name, fact in of.regime.facts.items()}


@lru_cache(maxsize=16)
def _types(of: Identity) -> frozenset[str]:
    return frozenset(row.id for row in of.regime.licence_types)


def _check_of(fact: Fact) -> Check:
    """Whether a value is one that a cell of this fact could have held."""
    if FOLLOWS_FROM.get(fact.name) == "hs_code":
        return lambda _: False
    if fact.type == "yes_no":
        return lambda value: isinstance(value, bool)
    if fact.type == "number":
        lowest, highest = _finite(*bounds(fact))
        return lambda value: _is_number(value) and lowest <= value <= highest
    return lambda value: isinstance(value, str) and _reads_as_itself(fact, value)


def _reads_as_itself(fact: Fact, value: str) -> bool:
    try:
        return fact_reader(fact)(value) == value
    except ValueInvalid:
        return False


class Sound:
    """Remembers which values were sound, of lines that state the same facts in the same order.

    Whether a yes or no is sound is told by its type, and of a number by its bounds as well;
    of texts those that were found sound are remembered.

    Args:
        names: The facts that the lines state.
        regime: The law that declares them.
    """

    def __init__(self, names: Sequence[str], regime: Regime) -> None:
        facts = [(at, regime.facts[name]) for at, name in enumerate(names) if name in regime.facts]
        self._types = set[tuple[type, ...]]()
        self._numbers = [(at, *_finite(*bounds(fact))) for at, fact in facts if fact.type == "number"]
        self._texts = [(at, set[str]()) for at, fact in facts if fact.type not in {"number", "yes_no"}]
        self._texts.append((len(names), set()))  # the licences held

    def has(self, values: tuple[Any, ...]) -> bool:
        """Whether values, and the licences held behind them, are known to be sound."""
        if tuple(map(type, values)) not in self._types:
            return False
        for at, lowest, highest in self._numbers:
            if not lowest <= values[at] <= highest:
                return False
        for at, known in self._texts:  # noqa: SIM110  in half the time
            if values[at] not in known:
                return False
        return True

    def keep(self, values: tuple[Any, ...]) -> None:
        """Remembers values that were found sound."""
        self._types.add(tuple(map(type, values)))
        for at, known in self._texts:
            if len(known) >= _TEXTS_KEPT:
                known.clear()
            known.add(values[at])


_TEXTS_KEPT = 1 << 16


def _finite(lowest: float, highest: float) -> tuple[float, float]:
    return max(lowest, -sys.float_info.max), min(highest, sys.float_info.max)
