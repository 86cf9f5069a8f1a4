"""What the rows of a network's tables must hold together: ids, units, circles, days."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sekisho.errors import Fault
from sekisho.exposure.rows import Row, arc_id
from sekisho.register.register import nearest

Rows = Mapping[str, Sequence[Row]]


def check(rows: Rows, unread: Mapping[str, Iterable[str]]) -> list[Fault]:
    """Every fault that only shows when rows are held against each other.

    Args:
        rows: The rows that could be read, by table.
        unread: Ids of the others, by table: what names them is not told as a second fault.
    """
    return [*_references(rows, unread), *(fault for test in CHECKS for fault in test(rows))]


def _twice(rows: Iterable[Row], key: Callable[[Row], Any], column: str) -> Iterator[Fault]:
    first: dict[Any, Row] = {}
    for row in rows:
        name = key(row)
        if name in first:
            told = " to ".join(map(str, name)) if isinstance(name, tuple) else name
            yield row.fault(column, f"{told!r} is already used at line {first[name].line}", "each once")
        first.setdefault(name, row)


def _unique(rows: Rows) -> Iterator[Fault]:
    """No id, and no arc or component, may be stated twice."""
    for table, column in (("items", "item_id"), ("sites", "site_id"), ("mitigations", "mitigation_id")):
        yield from _twice(rows.get(table, ()), lambda row, name=column: row.values[name], column)  # type: ignore[misc]  # bound at once
    arcs = rows.get("arcs", ())
    yield from _twice(arcs, arc_id, "arc_id")
    sites = {row.values["site_id"]: row for row in rows.get("sites", ())}
    for row in (row for row in arcs if arc_id(row) in sites):
        problem = f"{arc_id(row)!r} is the site of line {sites[arc_id(row)].line} of sites.csv too"
        yield row.fault("arc_id", problem, "an id of its own: what is closed is named by it")
    stated = [row for row in arcs if row.get("arc_id")]
    ends = ("from_site_id", "to_site_id", "material_id")
    yield from _twice(stated, lambda row: tuple(row.get(name, "its item") for name in ends), "from_site_id")
    bill = ("parent_item_id", "component_item_id", "site_id")
    yield from _twice(
        rows.get("bill_of_materials", ()),
        lambda row: tuple(row.get(name, "every site") for name in bill),
        "component_item_id",
    )


def _same_goods(rows: Rows) -> Iterator[Fault]:
    """Quantities are added, so that the same row twice would count goods that are not there."""
    for table in QUANTITIES:
        first: dict[tuple[tuple[str, Any], ...], Row] = {}
        for row in rows.get(table, ()):
            stated = tuple(sorted(pair for pair in row.values.items() if pair[0] != "quantity_unit"))
            if stated in first:
                problem = f"the row is that of line {first[stated].line}"
                yield row.fault("quantity", problem, "each row once; what is really there twice as one sum")
            first.setdefault(stated, row)


def added(rows: Rows) -> Iterator[str]:
    """What to know of rows that differ in their quantity only: they are added."""
    for table, keys in QUANTITIES.items():
        count = Counter(tuple(row.get(key) for key in keys) for row in rows.get(table, ()))
        again = {names: times - 1 for names, times in count.items() if times > 1}
        if again:
            first = " ".join(str(name) for name in next(iter(again)) if name is not None)
            more = sum(again.values())
            told = f"{more} rows are" if more > 1 else "1 row is"
            yield f"{table}: {told} added to another of the same goods, such as {first}."


QUANTITIES: Mapping[str, tuple[str, ...]] = {
    "stocks": ("site_id", "item_id", "available_on"),
    "in_transit": ("arc_id", "arrives_on"),
}
"""Tables of goods, with the columns that tell which goods."""


def _missing(row: Row, column: str, known: Mapping[str, Any], what: str) -> Iterator[Fault]:
    stated = row.get(column, "")
    for name in stated if isinstance(stated, tuple) else (stated,):
        if name and name not in known:
            near = nearest(name, known)
            hint = f". Did you mean {' or '.join(near)}?" if near else ""
            yield row.fault(column, f"there is no {what} {name!r}", f"one that {what}s.csv names{hint}")


def _references(rows: Rows, unread: Mapping[str, Iterable[str]]) -> Iterator[Fault]:
    """Every site, arc, item and mitigation that is named must be there."""
    not_read = {table: set(names) for table, names in unread.items()}
    known: Mapping[str, Mapping[str, Any]] = {
        "site": dict.fromkeys(row.values["site_id"] for row in rows.get("sites", ())),
        "arc": dict.fromkeys(arc_id(row) for row in rows.get("arcs", ())),
        "mitigation": dict.fromkeys(row.values["mitigation_id"] for row in rows.get("mitigations", ())),
        "item": dict.fromkeys(
            row.values["item_id"] for name in ("sites", "items") for row in rows.get(name, ())
        ),
    }
    for table, column, what in _NAMED:
        for row in rows.get(table, ()):
            if row.get(column) not in not_read.get(f"{what}s", ()):
                yield from _missing(row, column, known[what], what)


_NAMED = (
    ("arcs", "from_site_id", "site"),
    ("arcs", "to_site_id", "site"),
    ("arcs", "item_id", "item"),
    ("arcs", "material_id", "item"),
    ("arcs", "mitigation_id", "mitigation"),
    ("bill_of_materials", "parent_item_id", "item"),
    ("bill_of_materials", "component_item_id", "item"),
    ("bill_of_materials", "site_id", "site"),
    ("stocks", "site_id", "site"),
    ("stocks", "item_id", "item"),
    ("in_transit", "arc_id", "arc"),
    ("demand", "site_id", "site"),
    ("capacity", "site_id", "site"),
    ("capacity", "arc_id", "arc"),
    ("mitigations", "site_id", "site"),
    ("mitigations", "item_id", "item"),
    ("mitigations", "arc_id", "arc"),
)
"""Table, column, and what the column names."""


def _units_of(rows: Rows) -> dict[str, tuple[str, Row]]:
    """The unit of each item and the row that states it."""
    units: dict[str, tuple[str, Row]] = {}
    for table in ("items", "sites"):
        for row in rows.get(table, ()):
            if row.get("quantity_unit"):
                units.setdefault(row.values["item_id"], (row.values["quantity_unit"], row))
    return units


def _units(rows: Rows) -> Iterator[Fault]:
    """Every quantity of an item is in its unit; nothing is converted behind the user's back."""
    units = _units_of(rows)
    makes = {row.values["site_id"]: row.values["item_id"] for row in rows.get("sites", ())}
    arcs = {arc_id(row): makes.get(row.values["from_site_id"], "") for row in rows.get("arcs", ())}
    of: Mapping[str, Callable[[Row], str]] = {
        "sites": lambda row: row.values["item_id"],
        "arcs": lambda row: makes.get(row.values["from_site_id"], ""),
        "bill_of_materials": lambda row: row.values["component_item_id"],
        "stocks": lambda row: row.values["item_id"],
        "in_transit": lambda row: arcs.get(row.values["arc_id"], ""),
        "demand": lambda row: makes.get(row.values["site_id"], ""),
    }
    for table, item_of in of.items():
        for row in rows.get(table, ()):
            item = item_of(row)
            unit, stated = units.get(item, (None, row))
            given = row.get("quantity_unit")
            if given and unit and given != unit:
                problem = (
                    f"{given!r} is not the unit of {item!r}, which is {unit!r} at {stated.file}:{stated.line}"
                )
                yield row.fault("quantity_unit", problem, f"the quantity in {unit}")
    for row in rows.get("arcs", ()):
        yield from _conversion(row, units, makes.get(row.values["from_site_id"], ""))


def _conversion(row: Row, units: Mapping[str, tuple[str, Row]], item: str) -> Iterator[Fault]:
    material = row.get("material_id") or item
    own, other = units.get(item), units.get(material)
    if own and other and own[0] != other[0] and "conversion" not in row.values:
        problem = f"{item!r} is in {own[0]} and serves as {material!r}, which is in {other[0]}"
        yield row.fault("conversion", problem, f"how many {other[0]} one {own[0]} stands for")


def _arcs(rows: Rows) -> Iterator[Fault]:
    """An arc carries what its seller makes, to another site."""
    makes = {row.values["site_id"]: row.values["item_id"] for row in rows.get("sites", ())}
    for row in rows.get("arcs", ()):
        seller, item = row.values["from_site_id"], row.get("item_id")
        if seller == row.values["to_site_id"]:
            yield row.fault("to_site_id", f"{seller!r} is the seller too", "another site")
        if item and seller in makes and item != makes[seller]:
            problem = f"{seller!r} makes {makes[seller]!r}, not {item!r}"
            yield row.fault("item_id", problem, "the item of the seller; one site makes one item")
        low, typical, high = (row.get(f"review_days{end}") for end in ("_low", "", "_high"))
        yield from _ordered(row, "review_days", low, typical, high)


def _ordered(row: Row, name: str, *bounds: float | None) -> Iterator[Fault]:
    stated = [bound for bound in bounds if bound is not None]
    if stated != sorted(stated):
        told = ", ".join(f"{bound:g}" for bound in stated)
        yield row.fault(name, f"low, typical and high are {told}", "them in rising order")


def bill(rows: Rows) -> dict[str, dict[str, Row]]:
    """The components of each site, each with the row that states it; a row of a site goes first."""
    found: dict[str, dict[str, Row]] = {}
    by_parent: dict[str, list[Row]] = {}
    for row in rows.get("bill_of_materials", ()):
        by_parent.setdefault(row.values["parent_item_id"], []).append(row)
    for site in rows.get("sites", ()):
        name = site.values["site_id"]
        for row in by_parent.get(site.values["item_id"], ()):
            of = row.get("site_id", "")
            if of == name or (not of and row.values["component_item_id"] not in found.get(name, {})):
                found.setdefault(name, {})[row.values["component_item_id"]] = row
    return found


def _holdings(rows: Rows) -> Iterator[Fault]:
    """A site holds what it makes or needs, and nothing else."""
    needs = bill(rows)
    makes = {row.values["site_id"]: row.values["item_id"] for row in rows.get("sites", ())}
    for table in ("stocks", "mitigations"):
        for row in rows.get(table, ()):
            site, item = row.get("site_id", ""), row.get("item_id", "")
            if site in makes and item and item != makes[site] and item not in needs.get(site, {}):
                problem = f"{site!r} neither makes {item!r} nor needs it"
                yield row.fault("item_id", problem, "its item, or a component of its bill of materials")
    for row in rows.get("bill_of_materials", ()):
        site, parent = row.get("site_id", ""), row.values["parent_item_id"]
        if site in makes and makes[site] != parent:
            yield row.fault(
                "site_id", f"{site!r} makes {makes[site]!r}, not {parent!r}", "a site that makes it"
            )


def _uses(rows: Rows) -> Iterator[Fault]:
    """An arc brings what its buyer needs; what nobody needs would be lost without a word."""
    needs = bill(rows)
    makes = {row.values["site_id"]: row.values["item_id"] for row in rows.get("sites", ())}
    for row in rows.get("arcs", ()):
        seller, buyer = row.values["from_site_id"], row.values["to_site_id"]
        if seller in makes and buyer in makes and seller != buyer:
            material = row.get("material_id") or makes[seller]
            if material not in needs.get(buyer, {}):
                column = "material_id" if row.get("material_id") else "to_site_id"
                expected = "a component of the bill of materials of what it makes"
                yield row.fault(column, f"{buyer!r} does not need {material!r}", expected)


def _circles(rows: Rows) -> Iterator[Fault]:
    """Nothing goes into itself, over any number of steps."""
    parts: dict[str, dict[str, Row]] = {}
    for row in rows.get("bill_of_materials", ()):
        parts.setdefault(row.values["parent_item_id"], {}).setdefault(row.values["component_item_id"], row)
    for circle in _find_circles(parts):
        row = parts[circle[0]][circle[1]]
        yield row.fault("component_item_id", f"{' needs '.join(circle)}: a circle", "a bill without circles")
    needs = bill(rows)
    makes = {row.values["site_id"]: row.values["item_id"] for row in rows.get("sites", ())}
    ways: dict[str, dict[str, Row]] = {}
    for row in rows.get("arcs", ()):
        seller, buyer = row.values["from_site_id"], row.values["to_site_id"]
        material = row.get("material_id") or makes.get(seller, "")
        if seller != buyer and material in needs.get(buyer, {}):
            ways.setdefault(buyer, {}).setdefault(seller, row)
    if not _find_circles(parts):  # they would show twice
        for circle in _find_circles(ways):
            row = ways[circle[0]][circle[1]]
            yield row.fault(
                "from_site_id", f"{' needs '.join(circle)}: a circle of sites", "a way without circles"
            )


def _find_circles(parts: Mapping[str, Mapping[str, Row]]) -> list[list[str]]:
    """A circle for each step that leads back to where one came from."""
    found: list[list[str]] = []
    done: set[str] = set()
    for start in parts:
        path, ways = [start], [iter(parts[start] if start not in done else ())]
        on_path = {start}
        while ways:
            after = next(ways[-1], None)
            if after is None:
                ways.pop()
                done.add(path[-1])
                on_path.discard(path.pop())
            elif after in on_path:
                found.append([*path[path.index(after) :], after])
            elif after not in done:
                path.append(after)
                on_path.add(after)
                ways.append(iter(parts.get(after, ())))
    return found


def _spans(rows: Rows) -> Iterator[Fault]:
    """Days come in order, and no two rows state the same for a day."""
    for table, keys in (("demand", ("site_id",)), ("capacity", ("site_id", "arc_id"))):
        seen: dict[tuple[Any, ...], list[Row]] = {}
        for row in rows.get(table, ()):
            first, last = row.get("from_day"), row.get("until_day")
            if first and last and last <= first:
                yield row.fault(
                    "until_day", f"{last} is not after {first}", "a later day; it is not included"
                )
            others = seen.setdefault(tuple(row.get(key) for key in keys), [])
            for other in others:
                if _overlap(row, other):
                    problem = f"the days are also those of line {other.line}"
                    yield row.fault("from_day", problem, "each day in one row")
            others.append(row)


def _overlap(one: Row, other: Row) -> bool:
    for first, second in ((one, other), (other, one)):
        until, begins = first.get("until_day"), second.get("from_day")
        if until and begins and until <= begins:
            return False
    return True


def _demands(rows: Rows) -> Iterator[Fault]:
    for row in rows.get("demand", ()):
        low, typical, high = (row.get(f"quantity_per_week{end}") for end in ("_low", "", "_high"))
        if typical is None and (low is None or high is None):
            yield row.fault("quantity_per_week", "the cell is empty", "a quantity, or both bounds")
        yield from _ordered(row, "quantity_per_week", low, typical, high)
    for row in rows.get("capacity", ()):
        if bool(row.get("site_id")) == bool(row.get("arc_id")):
            yield row.fault("site_id", "a site or an arc must be named, not both", "one of the two")


def _margins(rows: Rows) -> Iterator[Fault]:
    """What a site that sells loses must count; only if none states a margin do units count."""
    selling = {row.values["site_id"] for row in rows.get("demand", ())}
    sites = [row for row in rows.get("sites", ()) if row.values["site_id"] in selling]
    stated = any("margin" in row.values for row in sites)
    for row in sites if stated else ():
        if not row.get("margin"):
            problem = "the margin is 0" if "margin" in row.values else "the cell is empty"
            problem = f"{problem}, and {row.values['site_id']!r} sells: what it loses would count nothing"
            yield row.fault(
                "margin", problem, "money per unit, above zero, for every site that sells, or for none"
            )


_NEEDED_BY = {
    "stock": ("site_id", "item_id"),
    "apply_earlier": ("days",),
}


def _mitigations(rows: Rows) -> Iterator[Fault]:
    """Each kind of mitigation states what it is made of."""
    opens = {row.get("mitigation_id") for row in rows.get("arcs", ())}
    kinds = {row.values["mitigation_id"]: row.values["kind"] for row in rows.get("mitigations", ())}
    for row in rows.get("mitigations", ()):
        kind, name = row.values["kind"], row.values["mitigation_id"]
        for column in _NEEDED_BY.get(kind, ()):
            if not row.get(column):
                yield row.fault(column, f"the cell is empty, and {kind!r} needs it", "a value")
        if kind == "stock" and ("quantity" in row.values) == ("weeks" in row.values):
            yield row.fault("quantity", "quantity or weeks must be stated, not both", "one of the two")
        if kind in {"alternate", "substitute"} and name not in opens:
            problem = f"no arc names {name!r} in its mitigation_id"
            yield row.fault("mitigation_id", problem, "an arc in arcs.csv that it opens")
    for row in rows.get("arcs", ()):
        kind = kinds.get(row.get("mitigation_id", ""), "alternate")
        if kind not in {"alternate", "substitute"}:
            problem = f"{row.values['mitigation_id']!r} is of the kind {kind!r}, which opens no arc"
            yield row.fault("mitigation_id", problem, "an alternate or a substitute")


CHECKS: tuple[Callable[[Rows], Iterator[Fault]], ...] = (
    _unique, _same_goods, _units, _arcs, _holdings, _uses, _circles, _spans, _demands, _margins, _mitigations,
)  # fmt: skip
"""In the order in which they run; each looks at all rows that could be read."""
