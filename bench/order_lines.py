"""Order lines for measurements: realistic in shape, the same for the same seed."""

from __future__ import annotations

import csv
import datetime as dt
import random
from pathlib import Path

HEADER = (
    "transaction_id", "line_id", "order_date", "requested_ship_date", "export_date",
    "ship_from_country", "destination_country", "ultimate_destination_country", "code",
    "classification_status", "item_kind", "hs_code", "controlled_substance", "substance_wt_pct",
    "description", "quantity", "quantity_unit", "value", "currency", "end_use_code",
    "end_user_concern", "informed", "licences_held", "icp", "named_pair",
)  # fmt: skip
CODES = ("3(1)", "7(19)", "5(17)", "6(2)", "7(16)", "NOT_LISTED")
PLACES = ("KR", "KR", "KR", "TW", "CN", "US", "DE", "SG", "VN", "IN")
HELD = ("none", "general_bulk", "special_general_bulk")
FIRST_DAY = dt.date(2018, 1, 1)
DAYS = 3000


def write_order_lines(path: Path, rows: int, seed: int = 1) -> None:
    """Writes a CSV file of order lines from Japan, 2018 to 2026."""
    chance = random.Random(seed)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows(_row(chance, number) for number in range(rows))


def _row(chance: random.Random, number: int) -> tuple[object, ...]:
    code, place = chance.choice(CODES), chance.choice(PLACES)
    day = FIRST_DAY + dt.timedelta(chance.randrange(DAYS))
    shipped = day + dt.timedelta(30) if chance.random() < 0.7 else ""  # noqa: PLR2004  a share
    acid = code == "3(1)"
    return (
        f"T{number // 10}", number % 10, day, day + dt.timedelta(20), shipped, "JP", place, place,
        code, "" if acid else "approved", "goods", "8542.31" if code == "NOT_LISTED" else "",
        "hydrogen_fluoride" if acid else "",
        chance.choice(("5", "30", "49", "50", "99.9")) if acid else "", "some goods",
        chance.randrange(1, 1000), "KGM", chance.randrange(10_000, 9_000_000), "JPY", "none",
        "none", "no", chance.choice(HELD), chance.choice(("yes", "no")), "no",
    )  # fmt: skip
