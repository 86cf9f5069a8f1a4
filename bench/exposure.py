"""Supply networks: arcs and weeks against seconds and memory, and peers on what they can do.

``python bench/exposure.py --write`` measures every case in a process of its own and writes the
section of ``RESULTS.md``. The lower bound of the linear models is HiGHS on the same model, built
already: what is above it is what it costs to make the model and to read the answer.

Peers run if they are installed: BoARIO simulates sectors and regions (``pip install boario pandas
progressbar2 pymrio``), stockpyl a chain of sites with base stocks (``pip install stockpyl``; it
needs an older Sphinx than the documentation, so that it wants an environment of its own).
"""

# ruff: noqa: PLC0415  each case imports what it measures, in a process of its own
from __future__ import annotations

import argparse
import datetime as dt
import json
import platform
import re
import resource
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).parent
RESULTS = HERE / "RESULTS.md"
START = dt.date(2019, 7, 4)
WEEKS = 52
ARCS_OF_A_SITE = 5
_TIERS = 4


def network(arcs: int, seed: int = 1) -> Any:
    """Four tiers of sites, each buying from five of the tier below; the last one sells."""
    from sekisho.exposure.network import Component, Demand, Network, Range, Site, Stock

    random = np.random.default_rng(seed)
    each = max(arcs // (ARCS_OF_A_SITE * (_TIERS - 1)), ARCS_OF_A_SITE)
    places = [(tier, at) for tier in range(_TIERS) for at in range(each)]
    buyers = [(tier, at) for tier, at in places if tier]
    return Network(
        sites=tuple(
            Site(site_id=f"{t}-{at}", item_id=f"i{t}", capacity=260.0 if t else 400.0, margin=10.0 + at % 7)
            for t, at in places
        ),
        arcs=tuple(_arc(*place, seller) for place in buyers for seller in _sellers(random, each)),
        bill_of_materials=tuple(
            Component(parent_item_id=f"i{t}", component_item_id=f"i{t - 1}", quantity_per=1.0)
            for t in range(1, _TIERS)
        ),
        stocks=tuple(
            Stock(site_id=f"{t}-{at}", item_id=f"i{t - 1}", quantity=float(random.integers(50, 500)))
            for t, at in buyers
        ),
        demand=tuple(
            Demand(site_id=f"{t}-{at}", quantity=Range.of(100.0)) for t, at in places if t == _TIERS - 1
        ),
        starts_on=START,
    )


def _sellers(random: np.random.Generator, each: int) -> list[int]:
    found: list[int] = random.choice(each, ARCS_OF_A_SITE, replace=False).tolist()
    return found


def _arc(tier: int, at: int, seller: int) -> Any:
    from sekisho.exposure.network import Arc

    ends = {"from_site_id": f"{tier - 1}-{seller}", "to_site_id": f"{tier}-{at}"}
    lead = 7.0 * (seller % 3)
    return Arc(arc_id=f"{tier}-{at}<{seller}", material=f"i{tier - 1}", lead_time_days=lead, **ends)


def _plan(arcs: int, weeks: int = WEEKS) -> Any:
    from sekisho.exposure.plan import Clock, make_plan

    return make_plan(network(arcs), Clock(START, 7, weeks))


def _some(plan: Any) -> list[Any]:
    """Closings of one arc in two hundred, for eight weeks."""
    from sekisho.exposure.closings import Closing

    return [Closing(name, 0, 8) for name in plan.arcs[:: max(len(plan.arcs) // 200, 1)][:200]]


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    found = work()
    return time.perf_counter() - began, found


def arrays(arcs: int) -> dict[str, Any]:
    """Records to arrays."""
    from sekisho.exposure.plan import Clock, make_plan

    made = network(arcs)
    seconds, plan = _timed(lambda: make_plan(made, Clock(START, 7, WEEKS)))
    return {"seconds": seconds, "note": f"{len(plan.sites):,} sites"}


def simulation(arcs: int) -> dict[str, Any]:
    """52 weeks forward, 200 arcs closed."""
    from sekisho.exposure.closings import close
    from sekisho.exposure.simulate import simulate

    plan = _plan(arcs)
    shut = close(plan, _some(plan))
    seconds, _ = _timed(lambda: simulate(shut, (), plan))
    return {
        "seconds": seconds,
        "note": f"{len(plan.arcs) * WEEKS / seconds / 1e6:,.1f} million arc weeks a second",
    }


def one_bucket(arcs: int) -> dict[str, Any]:
    """Loss in one bucket, 200 arcs closed; the bound is HiGHS on the model as it stands."""
    from sekisho.exposure.solver import LARGE
    from sekisho.exposure.survive import Loss, bucket

    plan = _plan(arcs, 8)
    shut = _some(plan)

    def work() -> Any:
        loss = Loss(bucket(plan), 8.0)
        loss.solve(shut)
        return loss

    seconds, loss = _timed(work)
    solver = loss.runs.solver
    columns = loss.runs.columns(shut)
    solver.bound(columns, np.zeros(len(columns)), np.zeros(len(columns)))
    bound = _bare(solver, "ipm" if solver.count >= LARGE else "simplex")
    return {"seconds": seconds, "bound": bound, "note": f"{solver.count:,} columns"}


def _bare(solver: Any, method: str) -> float:
    """HiGHS from nothing on a model that is loaded."""
    solver.highs.clearSolver()
    solver.highs.setOptionValue("solver", method)
    return _timed(solver.highs.run)[0]


def ranking(arcs: int) -> dict[str, Any]:
    """Every single arc and site; the bound is what HiGHS takes from nothing, once for each."""
    from sekisho.exposure.survive import Loss, Survival, bucket, every_single

    b = bucket(_plan(arcs, 8))
    solvers = [Loss(b, 8.0).runs.solver, Survival(b).runs.solver]
    once = sum(_bare(solver, "simplex") for solver in solvers)
    seconds, found = _timed(lambda: every_single(b, lambda *_: 8.0))
    note = f"{len(found):,} closings, {seconds / len(found) * 1e3:.2f} ms each"
    return {"seconds": seconds, "bound": once * len(found), "note": note}


def best_response(arcs: int) -> dict[str, Any]:
    """26 weeks, 20 arcs closed, both steps; the bound is HiGHS on the first model."""
    from sekisho.exposure.closings import close
    from sekisho.exposure.solver import LARGE, Solver
    from sekisho.exposure.weekly import make_model, respond

    plan = _plan(arcs, 26)
    shut = close(plan, _some(plan)[:20])
    seconds, _ = _timed(lambda: respond(shut))
    solver = Solver(make_model(shut)[0])
    bound = _bare(solver, "ipm" if solver.count >= LARGE else "simplex")
    return {"seconds": seconds, "bound": bound, "note": f"{solver.count:,} columns"}


def stockpyl(sites: int) -> dict[str, Any]:
    """A chain of sites with base stocks, 52 weeks; the bound is ours on the same chain."""
    from stockpyl.sim import simulation as simulate_chain
    from stockpyl.supply_chain_network import serial_system

    chain = serial_system(
        sites, node_order_in_system=list(range(sites, 0, -1)), demand_type="D", demand_list=[10],
        policy_type="BS", base_stock_level=30, shipment_lead_time=1, local_holding_cost=1, stockout_cost=1,
    )  # fmt: skip
    seconds, _ = _timed(lambda: simulate_chain(chain, WEEKS, rand_seed=1, progress_bar=False))
    return {
        "seconds": seconds,
        "bound": _chain(sites),
        "note": f"stockpyl {version('stockpyl')}; {sites - 1} arcs",
    }


def _chain(sites: int) -> float:
    from sekisho.exposure.network import Arc, Component, Demand, Network, Range, Site, Stock
    from sekisho.exposure.plan import Clock, make_plan
    from sekisho.exposure.simulate import simulate

    names = [f"s{at}" for at in range(sites)]
    pairs = list(pairwise(names))
    made = Network(
        sites=tuple(Site(site_id=name, item_id=name, margin=1.0) for name in names),
        arcs=tuple(
            Arc(arc_id=f"{one}>{other}", from_site_id=one, to_site_id=other, material=one, lead_time_days=7.0)
            for one, other in pairs
        ),
        bill_of_materials=tuple(
            Component(parent_item_id=other, component_item_id=one, quantity_per=1.0) for one, other in pairs
        ),
        stocks=tuple(Stock(site_id=other, item_id=one, quantity=30.0) for one, other in pairs),
        demand=(Demand(site_id=names[-1], quantity=Range.of(10.0)),),
    )
    plan = make_plan(made, Clock(START, 7, WEEKS))
    return _timed(lambda: simulate(plan))[0]


def boario(sectors: int) -> dict[str, Any]:
    """Sectors of two regions, 52 weeks of daily steps; the bound is ours by day, with as many arcs."""
    warnings.simplefilter("ignore")
    import pandas as pd
    import pymrio
    from boario.extended_models import ARIOPsiModel
    from boario.simulation import Simulation

    random = np.random.default_rng(1)
    index = pd.MultiIndex.from_product(
        [["KR", "JP"], [f"s{at}" for at in range(sectors)]], names=["region", "sector"]
    )
    use = pd.DataFrame(random.random((len(index), len(index))), index=index, columns=index)
    final = pd.MultiIndex.from_product([["KR", "JP"], ["Final consumption"]], names=["region", "category"])
    demand = pd.DataFrame(random.random((len(index), 2)) * sectors, index=index, columns=final)
    table = pymrio.IOSystem(Z=use, Y=demand)
    table.calc_all()
    days = WEEKS * 7
    model = ARIOPsiModel(table)
    run = Simulation(model, n_temporal_units_to_sim=days)
    seconds, _ = _timed(run.loop)
    from sekisho.exposure.plan import Clock, make_plan
    from sekisho.exposure.simulate import simulate

    plan = make_plan(network(len(index) ** 2), Clock(START, 1, days))
    bound, _ = _timed(lambda: simulate(plan))
    flows = f"{len(index) ** 2:,} flows of one dense table, without leads or licences"
    return {"seconds": seconds, "bound": bound, "note": f"BoARIO {version('boario')}; {flows}"}


CASES: dict[str, tuple[Callable[[int], dict[str, Any]], tuple[int, ...], str]] = {
    "records to arrays": (arrays, (1_000, 10_000, 100_000), ""),
    "simulation, 52 weeks": (simulation, (1_000, 10_000, 100_000), ""),
    "one bucket, loss": (one_bucket, (1_000, 10_000, 100_000), "HiGHS on the bare model"),
    "every single arc and site": (ranking, (1_000, 3_000), "HiGHS from nothing for each"),
    "best response, 26 weeks": (best_response, (300, 1_000, 3_000), "HiGHS on the bare model"),
    "stockpyl, 52 weeks": (stockpyl, (10, 50), "Sekisho on the same chain"),
    "BoARIO, 364 days": (boario, (20, 50), "Sekisho by day, as many arcs"),
}
"""What is measured: the function, the sizes, and what the bound is."""
_LONGEST = 150


def measure(name: str, size: int) -> dict[str, Any]:
    """One case in a process of its own; a peer that is not installed is skipped with the reason."""
    command = [sys.executable, str(HERE / "exposure.py"), "--case", name, "--size", str(size)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_LONGEST)
    except subprocess.TimeoutExpired:
        return {"skipped": f"took more than {_LONGEST} s"}
    if done.returncode:
        return {"skipped": done.stderr.strip().splitlines()[-1]}
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def one(name: str, size: int) -> dict[str, Any]:
    """One case in this process, with the most memory it held."""
    found = CASES[name][0](size)
    return {**found, "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def row(name: str, size: int, found: dict[str, Any]) -> str:
    """One row of the table."""
    if "skipped" in found:
        return f"| {name} | {size:,} | | | | skipped: {found['skipped']} |"
    bound = f"{found['seconds'] / found['bound']:.2f}" if found.get("bound") else ""
    note = "; ".join(part for part in (CASES[name][2], found["note"]) if part)
    return f"| {name} | {size:,} | {found['seconds']:.3f} | {bound} | {found['mb']:,.0f} | {note} |"


def _version(package: str) -> str:
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return f"{package} not installed"


def section(rows: list[str]) -> str:
    """The section of the results."""
    machine = f"Python {platform.python_version()}, {_version('numpy')}, {_version('highspy')}"
    return "\n".join([_HEAD.format(machine=machine), *rows, ""])


_HEAD = """## Supply networks

`python bench/exposure.py --write`: four tiers of sites, each buying from five of the tier below.
Sizes are arcs, for stockpyl sites and for BoARIO sectors of two regions. `x` is the time over that
of what the last column names first; of the peers it says how much longer they take. Every case is
a process of its own. Where other work runs on the machine the ratios are surer than the seconds.

- {machine}

| case | size | s | x | peak MB | |
|---|--:|--:|--:|--:|---|"""


def write(text: str) -> None:
    """Puts the section into the results, in place of the one there."""
    old = RESULTS.read_text("utf-8")
    found = re.search(r"^## Supply networks\n.*?(?=^## |\Z)", old, re.MULTILINE | re.DOTALL)
    new = old.replace(found[0], text + "\n") if found else f"{old.rstrip()}\n\n{text}"
    RESULTS.write_text(new.rstrip() + "\n", encoding="utf-8")


def main() -> None:
    """Reads the options and measures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--case", choices=CASES)
    parser.add_argument("--size", type=int, default=1_000)
    parser.add_argument("--write", action="store_true", help="write the section of RESULTS.md")
    options = parser.parse_args()
    if options.case:
        print(json.dumps(one(options.case, options.size)))
        return
    rows = []
    for name, (_, sizes, _) in CASES.items():
        for size in sizes:
            rows.append(row(name, size, measure(name, size)))
            print(rows[-1], flush=True)
    if options.write:
        write(section(rows))


if __name__ == "__main__":
    main()
