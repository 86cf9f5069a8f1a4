"""Exchange rates for the value limits: a table the user gives, never one of our own.

The law takes the rate that METI and the Ministry of Finance lay down for the period in
which the contract was signed; the file holds those periods.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from sekisho.dates import parse_day
from sekisho.errors import Fault, InputInvalid, ValueInvalid

COLUMNS = ("currency", "from", "until", "jpy")


@dataclass(frozen=True, slots=True)
class Rates:
    """JPY for one unit of a currency, by half-open period.

    Attributes:
        periods: currency -> (first day, first day after, JPY), oldest first.
    """

    periods: dict[str, tuple[tuple[dt.date, dt.date, float], ...]]

    @property
    def fingerprint(self) -> str:
        """16 hexadecimal digits; tables with the same give the same values."""
        return hashlib.sha256(repr(sorted(self.periods.items())).encode()).hexdigest()[:16]

    def rate(self, currency: str, day: dt.date) -> float:
        """JPY for one unit on a day.

        Raises:
            ValueInvalid: If the table has no rate for it.
        """
        for first, after, jpy in self.periods.get(currency, ()):
            if first <= day < after:
                return jpy
        msg = f"there is no rate for {currency!r} on {day}"
        raise ValueInvalid(msg, "a row of the rates file for that day")


def read_rates(path: str | Path) -> Rates:
    """Reads ``currency,from,until,jpy``; ``until`` is the first day after, or empty.

    Raises:
        InputInvalid: With every fault of the file, or if there is none.
    """
    path = Path(path)
    _refuse_other_encodings(path)
    faults: list[Fault] = []
    periods: dict[str, list[tuple[dt.date, dt.date, float]]] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file, strict=True)
        if tuple(rows.fieldnames or ()) != COLUMNS:
            raise InputInvalid(
                [Fault(path.name, 1, "", _of_header(rows.fieldnames or ()), ",".join(COLUMNS))]
            )
        try:
            for row in rows:
                try:
                    periods.setdefault(row["currency"], []).append(_period(row))
                except ValueInvalid as error:
                    faults.append(Fault(path.name, rows.line_num, "", error.problem, error.expected))
        except csv.Error as error:
            faults.append(
                Fault(path.name, rows.line_num, "", f"the quotes are wrong ({error})", "plain cells")
            )
    faults += _overlaps(path, periods)
    if faults:
        raise InputInvalid(faults)
    return Rates({name: tuple(sorted(spans)) for name, spans in periods.items()})


def _of_header(names: Sequence[str]) -> str:
    """What the header is; of a long one how it begins, since it is of some other file."""
    header = ",".join(names)
    if len(header) <= _SHOWN:
        return f"the header is {header!r}"
    columns = f" and has {len(names)} columns" if len(names) > 1 else ""
    return f"the header begins with {header[:_SHOWN]!r}{columns}"


_SHOWN = 48


def _overlaps(path: Path, periods: Mapping[str, Iterable[tuple[dt.date, dt.date, float]]]) -> Iterator[Fault]:
    for name, spans in periods.items():
        for (_, after, _), (first, _, _) in pairwise(sorted(spans)):
            if first < after:
                problem = f"two periods of {name!r} hold {first}"
                yield Fault(path.name, 0, "", problem, "one rate for each day")


def _refuse_other_encodings(path: Path) -> None:
    try:
        path.read_text(encoding="utf-8-sig")
    except OSError as error:
        problem = f"the file cannot be read: {error.strerror}"
        raise InputInvalid([Fault(str(path), 0, "", problem, "a file of exchange rates")]) from None
    except UnicodeDecodeError as error:
        problem = f"byte {error.object[error.start]:#04x} is not UTF-8"
        raise InputInvalid(
            [Fault(path.name, 0, "", problem, f"a UTF-8 file of exchange rates ({','.join(COLUMNS)})")]
        ) from None


def _period(row: dict[str, str | None]) -> tuple[dt.date, dt.date, float]:
    if None in row.values() or None in row:
        msg = "the row has more or fewer cells than the header"
        raise ValueInvalid(msg, ",".join(COLUMNS))
    if not re.fullmatch("[A-Z]{3}", row["currency"] or ""):
        msg = f"{row['currency']!r} is not a currency code"
        raise ValueInvalid(msg, "ISO 4217 in capitals, such as USD")
    first = parse_day(row["from"] or "")
    after = parse_day(row["until"]) if row["until"] else dt.date.max
    if after <= first:
        msg = f"the period ends on {after}, before it starts"
        raise ValueInvalid(msg, "a later day, or nothing")
    return first, after, _jpy(row["jpy"] or "")


def _jpy(cell: str) -> float:
    try:
        jpy = float(cell) if "_" not in cell else -1.0
    except ValueError:
        jpy = -1.0
    if not 0 < jpy < float("inf"):
        msg = f"{cell!r} is not a rate"
        raise ValueInvalid(msg, "JPY for one unit, a number above zero")
    return jpy
