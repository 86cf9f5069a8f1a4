"""Other engines on a small part of the law that each of them can express.

The part (``SUBSET``): goods whose item number is approved, from Japan, above the small
values, with no use or user of concern, where the bulk licence matrix allows what the
region allows. What is decided: which licence types serve item and destination on the
day, whether a held one covers the line, and hydrogen fluoride of 30 % or less, whose
approved number its facts contradict. Sekisho decides the same rows with all its rules.
"""

from __future__ import annotations

import datetime as dt
import json
from bisect import bisect_right
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from order_lines import PART, PERCENTS, keys, picked, texts_at, write_tables

SUBSET = (
    "3(1) hydrogen fluoride, 5(17), 7(16) ion implanters and 7(19), approved, from Japan to KR, TW, CN, US, "
    "DE, SG, VN and IN, 2019-01-09 to 2026-06-05: licence types by day, the held one that covers"
)
FROM, UNTIL = dt.date(2019, 1, 9), dt.date(2026, 6, 5)
GENERAL, SPECIAL, SPECIFIC, INDIVIDUAL = 1, 2, 4, 8
TYPES = {
    GENERAL: "general_bulk", SPECIAL: "special_general_bulk", SPECIFIC: "specific_bulk",
    INDIVIDUAL: "individual",
}  # fmt: skip
_ALL, _NO_GENERAL = GENERAL | SPECIAL | INDIVIDUAL, SPECIAL | INDIVIDUAL
_THREE = {"2019-01-09": _ALL, "2019-07-04": INDIVIDUAL, "2023-03-23": _NO_GENERAL, "2023-07-21": _ALL}
KOREA = {
    "3(1)": _THREE,
    "5(17)": _THREE,
    "7(16)": {"2019-01-09": _ALL, "2019-08-28": _NO_GENERAL, "2023-07-21": _ALL},
    "7(19)": _THREE | {"2019-12-20": SPECIFIC | INDIVIDUAL},
}
"""Licence types for Korea from a day on."""
ITEMS = tuple(KOREA)
TABLE_3 = ("US", "DE")
PLACES = ("KR", *TABLE_3, "TW", "CN", "SG", "VN", "IN")
THRESHOLD = 30
OUTPUT = ("answer", "licence_types", "usable_licence")


def types_by_day(item: str, place: str) -> dict[str, int]:
    """The licence types that serve an item and a place, from each day of change on."""
    if place == "KR":
        return dict(sorted(KOREA[item].items()))
    return {FROM.isoformat(): _ALL if place in TABLE_3 else _NO_GENERAL}


def write_peer_lines(path: Path, rows: int, seed: int = 1) -> None:
    """Writes a Parquet file of order lines that the part of the law decides."""
    chance = np.random.default_rng(seed)
    parts = (np.arange(first, min(first + PART, rows)) for first in range(0, rows, PART))
    write_tables(path, (_lines(chance, number) for number in parts))


def _lines(chance: np.random.Generator, number: np.ndarray[Any, Any]) -> pa.Table:
    rows = len(number)
    code, place = (picked(chance, dict.fromkeys(names, 1), rows) for names in (ITEMS, PLACES))
    names, same = np.asarray(code), np.zeros(rows)
    acid, film, tool = (names == item for item in ITEMS[:3])
    percent = PERCENTS[chance.integers(0, len(PERCENTS), rows)]
    day = np.datetime64(FROM) + chance.integers(0, (UNTIL - FROM).days + 1, rows)
    always = {
        "ship_from_country": "JP", "classification_status": "approved", "item_kind": "goods",
        "currency": "JPY", "end_use_code": "none", "end_user_concern": "none", "informed": "no",
        "bulk_matrix_cell": "general_bulk", "counterparty_designated": "no",
    }  # fmt: skip
    return pa.table(keys(number) | {
        "export_date": pa.array(day),
        "destination_country": place,
        "ultimate_destination_country": place,
        "code": code,
        "controlled_substance": texts_at(["hydrogen_fluoride"], same, acid),
        "substance_wt_pct": pa.array(percent, mask=~acid),
        "material": texts_at(["fluorinated_polyimide"], same, film),
        "combined_fluorine_wt_pct": pa.array(same + 12, mask=~film),
        "equipment_function": texts_at(["ion_implantation"], same, tool),
        "can_direct_write": texts_at(["yes"], same, tool),
        "product_type": texts_at(["other"], same, tool),
        "value": pa.array(chance.integers(1_000_001, 90_000_000, rows).astype(float)),
        "licences_held": picked(chance, {"none": 1} | dict.fromkeys(TYPES.values(), 1), rows),
        "icp": picked(chance, {"yes": 1, "no": 1}, rows),
        "named_pair": picked(chance, {"yes": 1, "no": 1}, rows),
        **{name: texts_at([cell], same) for name, cell in always.items()},
    })  # fmt: skip


Columns = dict[str, Any]
_READ = (
    "export_date", "code", "destination_country", "substance_wt_pct", "licences_held", "icp", "named_pair",
)  # fmt: skip


def run_peer(source: Path, target: Path, decide: Callable[[Columns], Columns], rows: int) -> None:
    """Reads lines, decides them with a peer and writes key and decision."""
    written = []
    for batch in pq.ParquetFile(source).iter_batches(batch_size=PART):
        records = batch.slice(0, rows)
        rows -= records.num_rows
        decided = decide({name: records.column(name) for name in _READ})
        key = {name: records.column(name) for name in ("transaction_id", "line_id")}
        written.append(pa.table(key | {name: pa.array(decided[name]) for name in OUTPUT}))
        if rows == 0:
            break
    pq.write_table(pa.concat_tables(written), target)


def _joined(types: int) -> str:
    return ";".join(name for bit, name in TYPES.items() if types & bit)


_NAMES = {types: _joined(types) for types in range(16)}
_BITS = {name: bit for bit, name in TYPES.items()} | {"none": 0}


def loop() -> Callable[[Columns], Columns]:
    """A plain Python loop: a dict of item and place, bisection over the days of change."""
    table = {}
    for item in ITEMS:
        for place in PLACES:
            changes = types_by_day(item, place)
            table[item, place] = [dt.date.fromisoformat(day) for day in changes], list(changes.values())

    def decide(columns: Columns) -> Columns:
        rows = zip(*(columns[name].to_pylist() for name in _READ), strict=True)
        found = [_one(table, *row) for row in rows]
        return dict(zip(OUTPUT, map(list, zip(*found, strict=True)), strict=True))

    return decide


def _one(  # noqa: PLR0913, PLR0917  the cells of a row
    table: dict[tuple[str, str], tuple[list[dt.date], list[int]]],
    day: dt.date,
    code: str,
    place: str,
    percent: float | None,
    held: str,
    icp: str,
    pair: str,
) -> tuple[str, str, str]:
    if code == "3(1)" and percent is not None and percent <= THRESHOLD:
        return "undetermined", "", ""
    days, choices = table[code, place]
    types = choices[bisect_right(days, day) - 1]
    may = GENERAL | INDIVIDUAL | (SPECIAL if icp == "yes" else 0) | (SPECIFIC if pair == "yes" else 0)
    covering = types & may & _BITS[held]
    lightest = types & may & -(types & may)
    return ("authorised" if covering else "licence_required"), _NAMES[types], _NAMES[covering or lightest]


def openfisca() -> Callable[[Columns], Columns]:
    """OpenFisca: dated parameters by item and place, formulas over arrays, a run for each epoch."""
    from openfisca_core.entities import build_entity  # noqa: PLC0415  only where it is installed
    from openfisca_core.simulations import SimulationBuilder  # noqa: PLC0415  the same
    from openfisca_core.taxbenefitsystems import TaxBenefitSystem  # noqa: PLC0415  the same

    line = build_entity(key="line", plural="lines", label="An order line", is_person=True)
    system = TaxBenefitSystem([line])
    system.parameters = _parameters()
    for variable in _variables(line):
        system.add_variable(variable)
    days = sorted({day for item in ITEMS for day in types_by_day(item, "KR")})
    starts = np.array(days, dtype="datetime64[D]")

    def decide(columns: Columns) -> Columns:
        cells = {
            "item": _places(columns["code"], ITEMS),
            "place": _places(columns["destination_country"], PLACES),
            "percent": columns["substance_wt_pct"].fill_null(100).to_numpy(zero_copy_only=False),
            "held": np.array(list(_BITS.values()))[_places(columns["licences_held"], tuple(_BITS))],
            "icp": _places(columns["icp"], ("no", "yes")).astype(bool),
            "pair": _places(columns["named_pair"], ("no", "yes")).astype(bool),
        }
        epochs = np.searchsorted(starts, columns["export_date"].to_numpy(zero_copy_only=False), "right") - 1
        found = {name: np.zeros(len(epochs), dtype=np.int64) for name in OUTPUT}
        for epoch, day in enumerate(days):
            chosen = np.flatnonzero(epochs == epoch)
            simulation = SimulationBuilder().build_default_simulation(system, len(chosen))
            for name, values in cells.items():
                simulation.set_input(name, day, values[chosen])
            for name, place in found.items():
                place[chosen] = simulation.calculate(name, day)
        names = pa.array([_NAMES[types] for types in range(16)])
        answers = pa.array(["undetermined", "licence_required", "authorised"])
        return {name: (answers if name == "answer" else names).take(pa.array(found[name])) for name in OUTPUT}

    return decide


def _places(column: pa.Array, texts: tuple[str, ...]) -> np.ndarray[Any, Any]:
    import pyarrow.compute as pc  # noqa: PLC0415  has no other use here

    return np.asarray(pc.index_in(column, pa.array(texts)))


def _parameters() -> Any:
    from openfisca_core.parameters import ParameterNode  # noqa: PLC0415  only where it is installed

    def dated(item: str, place: str) -> dict[str, Any]:
        return {"values": {day: {"value": types} for day, types in types_by_day(item, place).items()}}

    cells = {
        f"item_{at}": {f"place_{to}": dated(item, place) for to, place in enumerate(PLACES)}
        for at, item in enumerate(ITEMS)
    }
    return ParameterNode("", data={"types": cells})


def _variables(line: Any) -> Iterator[Any]:
    from openfisca_core.periods import DateUnit  # noqa: PLC0415  only where it is installed
    from openfisca_core.variables import Variable  # noqa: PLC0415  the same

    def variable(name: str, kind: type, formula: Any = None) -> Any:
        parts = {"value_type": kind, "entity": line, "definition_period": DateUnit.DAY, "label": name}
        return type(name, (Variable,), parts | ({"formula": formula} if formula else {}))

    def usable(lines: Any, period: Any, parameters: Any) -> Any:
        items = np.char.add("item_", lines("item", period).astype(str))
        places = np.char.add("place_", lines("place", period).astype(str))
        return parameters(period).types[items][places].astype(np.int32)

    def may(lines: Any, period: Any, _: Any) -> Any:
        holder = GENERAL | INDIVIDUAL | SPECIAL * lines("icp", period) | SPECIFIC * lines("pair", period)
        return lines("usable", period) & holder

    def contradicted(lines: Any, period: Any, _: Any) -> Any:
        return (lines("item", period) == ITEMS.index("3(1)")) & (lines("percent", period) <= THRESHOLD)

    def answer(lines: Any, period: Any, _: Any) -> Any:
        covered = (lines("may", period) & lines("held", period)) > 0
        return np.where(lines("contradicted", period), 0, 1 + covered)

    def licence_types(lines: Any, period: Any, _: Any) -> Any:
        return np.where(lines("contradicted", period), 0, lines("usable", period))

    def usable_licence(lines: Any, period: Any, _: Any) -> Any:
        may, held = lines("may", period), lines("held", period)
        covering = may & held
        return np.where(lines("contradicted", period), 0, np.where(covering > 0, covering, may & -may))

    yield from (variable(name, int) for name in ("item", "place", "held"))
    yield from (variable("icp", bool), variable("pair", bool), variable("percent", float))
    yield from (variable("usable", int, usable), variable("may", int, may))
    yield from (variable("contradicted", bool, contradicted), variable("answer", int, answer))
    yield variable("licence_types", int, licence_types)
    yield variable("usable_licence", int, usable_licence)


def zen() -> Callable[[Columns], Columns]:
    """zen-engine: one decision table of dated rules, one of held licences, in batches."""
    from zen import ZenEngine  # noqa: PLC0415  only where it is installed

    engine = ZenEngine({"loader": {"type": "static", "content": {"law": _graph()}}})

    def decide(columns: Columns) -> Columns:
        lists = {name: columns[name].to_pylist() for name in _READ}
        lists["export_date"] = [day.toordinal() for day in lists["export_date"]]
        rows = (dict(zip(lists, cells, strict=True)) for cells in zip(*lists.values(), strict=True))
        made = engine.evaluate_batch([{"key": "law", "context": row} for row in rows])
        results = [one["data"]["result"] for one in made]
        return {name: [result[name] for result in results] for name in OUTPUT}

    return decide


def _graph() -> dict[str, Any]:
    read = "code", "destination_country", "export_date", "substance_wt_pct"
    first = _table("types", read, ("licence_types",))
    first["rules"] = [_rule(first, ['"3(1)"', "", "", f"<= {THRESHOLD}"], ['""'])]
    for item in ITEMS:
        for place in PLACES:
            changes = types_by_day(item, place)
            days = [*(dt.date.fromisoformat(day).toordinal() for day in changes), dt.date.max.toordinal()]
            for (day, end), bits in zip(pairwise(days), changes.values(), strict=True):
                when = [json.dumps(item), json.dumps(place), f"[{day}..{end})", ""]
                first["rules"].append(_rule(first, when, [json.dumps(_NAMES[bits])]))
    read = "licence_types", "licences_held", "icp", "named_pair"
    second = _table("held", read, ("answer", "usable_licence"))
    second["rules"] = [_rule(second, *rule) for rule in _held_rules()]
    nodes = [
        {"id": "in", "name": "in", "type": "inputNode"},
        {"id": "types", "name": "types", "type": "decisionTableNode", "content": first},
        {"id": "held", "name": "held", "type": "decisionTableNode", "content": second},
        {"id": "out", "name": "out", "type": "outputNode"},
    ]
    order = ["in", "types", "held", "out"]
    edges = [
        {"id": f"{one}-{next_one}", "sourceId": one, "targetId": next_one, "type": "edge"}
        for one, next_one in pairwise(order)
    ]
    return {"contentType": "application/vnd.gorules.decision", "nodes": nodes, "edges": edges}


def _held_rules() -> Iterator[tuple[list[str], list[str]]]:
    """First the held licences that cover, then the lightest type for the exporter."""
    yield ['""', "", "", ""], ['"undetermined"', '""']
    holders = {SPECIAL: ('"yes"', ""), SPECIFIC: ("", '"yes"')}
    for answer in ("authorised", "licence_required"):
        for bit, name in TYPES.items():
            icp, pair = holders.get(bit, ("", ""))
            held = json.dumps(name) if answer == "authorised" else ""
            for bits in (_ALL, _NO_GENERAL, SPECIFIC | INDIVIDUAL, INDIVIDUAL):
                if bits & bit:
                    yield [json.dumps(_NAMES[bits]), held, icp, pair], [json.dumps(answer), json.dumps(name)]


def _table(name: str, inputs: tuple[str, ...], outputs: tuple[str, ...]) -> dict[str, Any]:
    return {
        "hitPolicy": "first",
        "passThrough": True,
        "inputs": [{"id": f"{name}-{field}", "name": field, "field": field} for field in inputs],
        "outputs": [{"id": f"{name}-{field}-out", "name": field, "field": field} for field in outputs],
    }


def _rule(table: dict[str, Any], when: list[str], then: list[str]) -> dict[str, str]:
    names = [column["id"] for column in (*table["inputs"], *table["outputs"])]
    return {"_id": f"rule-{len(table.get('rules', ()))}", **dict(zip(names, [*when, *then], strict=True))}


PEERS: dict[str, Callable[[], Callable[[Columns], Columns]]] = {
    "loop": loop, "openfisca": openfisca, "zen": zen,
}  # fmt: skip
