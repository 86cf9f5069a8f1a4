"""How fast ``POST /checks`` answers, against the call that answers it, and whether memory stays flat.

    .venv/bin/pip install --group bench
    .venv/bin/python bench/web.py

A server is started as a process of its own on this machine. Every request is another one, so
that no kept answer is given again. The lower bound is the same work by the library in this
process.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

import httpx
import psutil
import pyarrow as pa

import sekisho
from sekisho.determine.check import Checker, Wanted
from sekisho.web.bulk import Decided, as_results, json_batches

_ARROW = "application/vnd.apache.arrow.stream"
_START = "import sys; sys.argv[1:] = ['serve', '--port', '0', '--json']; from sekisho.cli import main; main()"
_NUMBER = count()


def lines(size: int) -> list[dict[str, Any]]:
    """Order lines that differ from all before: other keys, days, values and destinations."""
    places = ("KR", "US", "CN", "TW", "DE", "VN", "IN", "SG")
    codes = ("7(19)", "3(1)", "5(17)", "NOT_LISTED", "7(16)")
    return [
        {
            "transaction_id": f"T{next(_NUMBER)}", "line_id": str(at), "ship_from_country": "JP",
            "destination_country": places[at % 8], "code": codes[at % 5], "classification_status": "approved",
            "item_kind": "goods", "decisive_date": f"20{18 + at % 6}-{1 + at % 12:02d}-{1 + at % 28:02d}",
            "value": 1000 + at * 37, "currency": "JPY", "licences_held": "none",
            "end_use_code": "none", "end_user_concern": "none", "informed": False,
        }
        for at in range(size)
    ]  # fmt: skip


@contextmanager
def server() -> Iterator[tuple[str, psutil.Process]]:
    """A server on a free port, with its process."""
    with subprocess.Popen([sys.executable, "-c", _START], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None  # noqa: S101  it was asked for
        told = ""
        while not told.endswith("}\n"):
            told += process.stdout.readline()
        try:
            yield json.loads(told)["url"], psutil.Process(process.pid)
        finally:
            process.terminate()


def timed(run: Callable[[Any], object], made: Callable[[], Any], times: int) -> list[float]:
    """Seconds of each of several runs on inputs of their own."""
    found = []
    for _ in range(times):
        given = made()
        begun = time.perf_counter()
        run(given)
        found.append(time.perf_counter() - begun)
    return found


def in_process(register: sekisho.Register) -> Callable[[list[dict[str, Any]]], object]:
    """The call behind ``POST /checks``, results worded as it words them."""

    def run(asked: list[dict[str, Any]]) -> int:
        checker = Checker(register, None, None, "lines", Wanted(carry="none"))
        batches = tuple(checker.batch(batch) for batch in json_batches(asked))
        return sum(len(text) for text in as_results(Decided(checker, batches, (), ())))

    return run


def stream(asked: list[dict[str, Any]]) -> bytes:
    """Lines as an Arrow IPC stream."""
    table = pa.Table.from_pylist([{k: str(v) for k, v in line.items()} for line in asked])
    held = pa.BufferOutputStream()
    with pa.ipc.new_stream(held, table.schema) as writer:
        writer.write_table(table)
    return bytes(held.getvalue().to_pybytes())


def row(what: str, size: int, found: list[float], bound: list[float]) -> str:
    """One row of the table: p50, p95, lines a second, and the ratio to the lower bound."""
    p50, p95 = statistics.median(found), statistics.quantiles(found, n=20)[-1] if len(found) > 1 else found[0]
    ratio = p50 / statistics.median(bound)
    return f"| {what} | {size:,} | {p50 * 1000:,.1f} | {p95 * 1000:,.1f} | {size / p50:,.0f} | {ratio:.2f} |"


def speeds(url: str, register: sekisho.Register) -> Iterator[str]:
    """The table of speeds."""
    yield "| request | lines | p50 ms | p95 ms | lines/s | p50 against the call |"
    yield "|---|---|---|---|---|---|"
    call = in_process(register)
    call(lines(10))
    with httpx.Client(base_url=url, timeout=120) as client:

        def post(body: bytes, kind: str) -> None:
            answer = client.post(
                "/api/v1/checks", content=body, headers={"Content-Type": kind, "Accept": kind}
            )
            answer.raise_for_status()

        for size, times in ((1, 300), (100, 200), (100_000, 5)):
            bound = timed(call, lambda size=size: lines(size), times)
            yield row("in process", size, bound, bound)
            told = timed(
                lambda body: post(body, "application/json"),
                lambda size=size: json.dumps({"lines": lines(size)}).encode(), times,
            )  # fmt: skip
            yield row("JSON", size, told, bound)
            told = timed(lambda body: post(body, _ARROW), lambda size=size: stream(lines(size)), times)
            yield row("Arrow", size, told, bound)


def memory(url: str, process: psutil.Process, requests: int) -> Iterator[str]:
    """Resident memory of the server over many requests."""
    yield "| requests | resident MiB |"
    yield "|---|---|"
    with httpx.Client(base_url=url, timeout=60) as client:
        for done in range(1, requests + 1):
            client.post("/api/v1/checks", json={"lines": lines(1 + done % 5)}).raise_for_status()
            if done in {1000, requests // 2, requests}:
                yield f"| {done:,} | {process.memory_info().rss / 2**20:,.0f} |"


def main() -> None:
    """Prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=10_000)
    asked = parser.parse_args()
    register = sekisho.open_register()
    with server() as (url, process):
        for text in speeds(url, register):
            print(text, flush=True)
        print()
        for text in memory(url, process, asked.requests):
            print(text, flush=True)


if __name__ == "__main__":
    main()
