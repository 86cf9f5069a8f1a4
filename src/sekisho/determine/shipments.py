"""Shipments that a program states: everything is checked before anything is decided.

A line of a file is read cell by cell; a :class:`Shipment` comes from a program, which may
hold a country's name for its code, or a text for yes. What would be read otherwise than
it was meant is refused, every fault of it at once.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable, Container, Hashable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any, NamedTuple

from sekisho.dates import require_day
from sekisho.determine.decide import decide as determine
from sekisho.determine.intake import (
    FOLLOWS_FROM,
    NOT_LISTED,
    STATUSES,
    bounds,
    cell_text,
    fact_reader,
    one_of,
    read_code,
)
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
    day, held, known = shipment.decisive_date, shipment.licences_held, register.countries.by_code
    return (
        (day is None or type(day) is dt.date)
        and _is_among(shipment.ship_from, known)
        and _is_among(shipment.destination, known)
        and _is_among(shipment.ultimate_destination, known)
        and (type(shipment.facts) is dict or isinstance(shipment.facts, Mapping))
        and (held is None or isinstance(held, frozenset))
        and (shipment.classification_status is None or shipment.classification_status in STATUSES)
        and (regime is None or _is_sound_by(regime, shipment))
    )


def _is_sound_by(regime: Regime, shipment: Shipment) -> bool:
    """Whether the law of the country of export declares what a shipment states."""
    checks, yes_no, types, codes = _declared_by(regime)
    held = shipment.licences_held
    if not (_is_among(shipment.code, codes) and (held is None or held <= types)):
        return False
    for name, value in shipment.facts.items():
        if type(value) is bool and name in yes_no:
            continue
        check = checks.get(name)
        if check is None or not check(value):
            return False
    return True


def _countries(shipment: Shipment) -> dict[str, str | None]:
    return {
        "ship_from": shipment.ship_from,
        "destination": shipment.destination,
        "ultimate_destination": shipment.ultimate_destination,
    }


def _is_among(code: object, known: Container[str]) -> bool:
    return code is None or (isinstance(code, str) and code in known)


def _faults(shipment: Shipment, register: Register) -> Iterator[Fault]:
    regime = register.regimes.get(str(shipment.ship_from))
    yield from _taken("decisive_date", lambda: _day(shipment.decisive_date))
    for column, code in _countries(shipment).items():
        if not _is_among(code, register.countries.by_code):
            yield _fault(column, f"{code!r} is not an ISO 3166-1 alpha-2 code", _meant(code, register))
    if shipment.code is not None and regime is not None:
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
    known = _types(regime) if regime else held
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
    return type(value) is float or (isinstance(value, float | int) and not isinstance(value, bool))


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


class _Declared(NamedTuple):
    """What a law declares: the check of each fact, its licence types, what a line may state as code.

    The facts that are yes or no, most of those that lines state, are told by their type at once.
    """

    checks: Mapping[str, Check]
    yes_no: frozenset[str]
    types: frozenset[str]
    codes: frozenset[str]


def _declared_by(regime: Regime) -> _Declared:
    found = _DECLARED.get(id(regime))
    if found is None or found[0] is not regime:
        if len(_DECLARED) >= _REGIMES_KEPT:
            _DECLARED.clear()
        found = _DECLARED[id(regime)] = regime, _declared(regime)
    return found[1]


def _declared(regime: Regime) -> _Declared:
    checks = {name: _check_of(fact) for name, fact in regime.facts.items()}
    follows = {name for name, other in FOLLOWS_FROM.items() if other == "hs_code"}
    yes_no = frozenset({name for name, fact in regime.facts.items() if fact.type == "yes_no"} - follows)
    return _Declared(checks, yes_no, _types(regime), frozenset({*regime.numbers, NOT_LISTED}))


_DECLARED: dict[int, tuple[Regime, _Declared]] = {}
"""By the regime's id, which is its own as long as the regime is kept here."""
_REGIMES_KEPT = 16


def _types(regime: Regime) -> frozenset[str]:
    return frozenset(row.id for row in regime.licence_types)


def _check_of(fact: Fact) -> Check:
    """Whether a value is one that a cell of this fact could have held."""
    if FOLLOWS_FROM.get(fact.name) == "hs_code":
        return lambda _: False
    if fact.type == "yes_no":
        return lambda value: isinstance(value, bool)
    if fact.type == "number":
        lowest, highest = finite_bounds(fact)
        return lambda value: _is_number(value) and lowest <= value <= highest
    is_sound = lru_cache(maxsize=_TEXTS_KEPT)(partial(_reads_as_itself, fact_reader(fact)))
    return lambda value: isinstance(value, str) and is_sound(value)


_TEXTS_KEPT = 1 << 16


def _reads_as_itself(reader: Callable[[str], object], value: str) -> bool:
    try:
        return reader(value) == value
    except ValueInvalid:
        return False


class Sound:
    """Remembers which values were sound, of lines that state the same in the same order.

    Whether a yes or no is sound is told by its type, and of a number by its bounds as well;
    of texts those that were found sound are remembered.

    Args:
        names: What the lines state: facts, and the licences held.
        regime: The law that declares the facts.

    Attributes:
        types: Of all values, as they were found sound.
        numbers: Where each number stands, and its bounds.
        texts: Where each text stands, and those found sound.
    """

    def __init__(self, names: Sequence[str], regime: Regime) -> None:
        kinds = {name: regime.facts[name].type if name in regime.facts else "" for name in names}
        places = {name: at for at, name in enumerate(names)}
        self.types: list[list[type]] = []
        self.numbers = {
            name: (places[name], *finite_bounds(regime.facts[name]))
            for name, kind in kinds.items()
            if kind == "number"
        }
        self.texts = {
            name: (places[name], set[Hashable]())
            for name, kind in kinds.items()
            if kind not in {"number", "yes_no"}
        }

    def has(self, values: tuple[Any, ...]) -> bool:
        """Whether values are known to be sound."""
        if list(map(type, values)) not in self.types:
            return False
        for at, lowest, highest in self.numbers.values():
            if not lowest <= values[at] <= highest:
                return False
        for at, known in self.texts.values():  # noqa: SIM110  in half the time
            if values[at] not in known:
                return False
        return True

    def keep(self, values: tuple[Any, ...]) -> None:
        """Remembers values that were found sound."""
        types = list(map(type, values))
        if types not in self.types:
            self.types[_TYPES_KEPT:] = []
            self.types.insert(0, types)
        for at, known in self.texts.values():
            if len(known) >= _TEXTS_KEPT:
                known.clear()
            known.add(values[at])


_TYPES_KEPT = 15


def finite_bounds(fact: Fact) -> tuple[float, float]:
    """The least and the greatest finite number that a fact may be."""
    lowest, highest = bounds(fact)
    return max(lowest, -sys.float_info.max), min(highest, sys.float_info.max)
