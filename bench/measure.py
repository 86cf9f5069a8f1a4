"""One case in a process of its own: its seconds, CPU seconds and peak memory."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import IO, Any

import psutil

_MEGA = 1 << 20
_EVERY = 0.02
SHORT = 20.0
Args = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Measured:
    """What one case took; ``note`` says what was done, or why it was not."""

    rows: int = 0
    seconds: float = 0.0
    cpu: float = 0.0
    peak: float = 0.0
    note: str = ""
    more: Mapping[str, float] | None = None


def timed(rows: int, work: Callable[[], object], note: str = "") -> Measured:
    """Times the work of a case inside its process."""
    cpu, start = _cpu(), time.perf_counter()
    work()
    seconds = time.perf_counter() - start
    return Measured(rows, seconds, _cpu() - cpu, 0.0, note)


def _cpu() -> float:
    """CPU seconds of this process and of those it started."""
    here = psutil.Process()
    used = 0.0
    for process in (here, *here.children(recursive=True)):
        with contextlib.suppress(psutil.Error):
            times = process.cpu_times()
            used += times.user + times.system
    return used


def run(case: str, args: Args, limit: float, times: int = 2) -> Measured:
    """Runs a case; a short one more than once, of which the quickest counts."""
    best = _run(case, args, limit)
    for _ in range(times - 1):
        if best.seconds == 0 or best.seconds >= SHORT:
            break
        again = _run(case, args, limit)
        if again.rows:
            quicker, peak = min(best, again, key=lambda one: one.seconds), max(best.peak, again.peak)
            best = replace(quicker, peak=peak)
    return best


def _run(case: str, args: Args, limit: float) -> Measured:
    command = [sys.executable, str(Path(__file__).parent / "cases.py"), case, json.dumps(args, default=str)]
    with tempfile.TemporaryFile("w+") as told, tempfile.TemporaryFile("w+") as wrong:
        process = subprocess.Popen(command, stdout=told, stderr=wrong, text=True)
        peak, over = _watch(process, limit)
        process.wait()
        out, err = (_text(file) for file in (told, wrong))
    if over:
        return Measured(note=f"not done in {limit:.0f} s")
    if process.returncode:
        return Measured(note=f"failed: {(err.strip().splitlines() or ['no message'])[-1][:90]}")
    made = Measured(**json.loads(out.splitlines()[-1]))
    return replace(made, peak=max(peak, made.peak))


def _text(file: IO[str]) -> str:
    file.seek(0)
    return file.read()


def _watch(process: subprocess.Popen[str], limit: float) -> tuple[float, bool]:
    """The most memory that the process and those it started held at once, in MB."""
    peak, end = 0.0, time.monotonic() + limit
    while process.poll() is None:
        if time.monotonic() > end:
            for one in (*psutil.Process(process.pid).children(recursive=True), process):
                one.kill()
            return peak, True
        peak = max(peak, _resident(process.pid))
        time.sleep(_EVERY)
    return peak, False


def _resident(pid: int) -> float:
    held = 0
    with contextlib.suppress(psutil.Error):
        tree = psutil.Process(pid)
        for process in (tree, *tree.children(recursive=True)):
            with contextlib.suppress(psutil.Error):
                held += process.memory_info().rss
    return held / _MEGA


def report(made: Measured) -> None:
    """Prints what a case took as the last line of its process."""
    print(json.dumps(asdict(replace(made, peak=high_water()))))


def high_water() -> float:
    """The most memory that this process held, in MB, where the system tells it."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0.0
    lines = status.read_text(encoding="ascii").splitlines()
    return next(float(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))
