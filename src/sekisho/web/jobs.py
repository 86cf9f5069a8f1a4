"""Long work that goes on while the client does something else: progress, cancel, result."""

from __future__ import annotations

import queue
import threading
import traceback
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sekisho.errors import SekishoError
from sekisho.web.problems import Problem, busy, document, problem_of
from sekisho.web.settings import Limits

Progress = Callable[[float, str], None]
Work = Callable[[Progress], Any]
FINISHED = frozenset({"done", "failed", "cancelled"})


class Cancelled(Exception):
    """Raised inside a job's work when it was told to stop."""


@dataclass(slots=True)
class Job:
    """One piece of long work.

    Attributes:
        state: waiting, running, done, failed or cancelled.
        done: How much of it is done, from 0 to 1.
        doing: What it does now, in words.
        digest: Of the request that asked for it.
        work: What is still to be done; gone once it is done or will not be.
        size: How many bytes its work holds.
    """

    id: str
    kind: str
    digest: str
    began: float
    state: str = "waiting"
    done: float = 0.0
    doing: str = ""
    result: Any = None
    problem: Problem | None = None
    stop: threading.Event = field(default_factory=threading.Event)
    work: Work | None = None
    size: int = 0

    def fields(self) -> dict[str, Any]:
        """The job as the API tells it."""
        problem = document(self.problem) if self.problem else None
        return {
            "id": self.id, "kind": self.kind, "state": self.state, "progress": round(self.done, 3),
            "doing": self.doing, "problem": problem,
        }  # fmt: skip


class Jobs:
    """Runs jobs one after another in threads of their own; finished ones are kept for a while.

    Args:
        clock: Seconds that only go up.
        new_id: Makes ids that cannot be guessed.
    """

    def __init__(self, limits: Limits, clock: Callable[[], float], new_id: Callable[[], str]) -> None:
        self.limits, self.clock, self.new_id = limits, clock, new_id
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._waiting: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()

    def start(self, kind: str, digest: str, work: Work, size: int = 0) -> Job:
        """Puts work in the queue; ``size`` is how many bytes of uploaded files it holds.

        Raises:
            Problem: If as many jobs as are kept still wait or run, or they hold too much.
        """
        with self._lock:
            self._forget()
            self._make_room()
            held = sum(job.size for job in self._jobs.values() if job.work is not None)
            if len(self._jobs) >= self.limits.jobs or held + size > self.limits.bodies_bytes:
                raise busy()
            job = Job(self.new_id(), kind, digest, self.clock(), work=work, size=size)
            self._jobs[job.id] = job
            if len(self._threads) < self.limits.at_once:
                thread = threading.Thread(target=self._run, daemon=True, name="sekisho-job")
                self._threads.append(thread)
                thread.start()
        self._waiting.put(job)
        return job

    def get(self, name: str) -> Job:
        """A job by id.

        Raises:
            Problem: If there is none, or it is no longer kept.
        """
        with self._lock:
            self._forget()
            found = self._jobs.get(name)
        if found is None:
            raise Problem(
                404, "not_found", f"there is no job {name!r}; a finished one is kept for a while only"
            )
        return found

    def cancel(self, name: str) -> Job:
        """Tells a job to stop; one that has finished is forgotten."""
        job = self.get(name)
        job.stop.set()
        with self._lock:
            if job.state in FINISHED:
                self._jobs.pop(name, None)
            elif job.state == "waiting":
                job.state, job.work = "cancelled", None
        return job

    def close(self) -> None:
        """Tells every job to stop."""
        for job in self._jobs.values():
            job.stop.set()
        for _ in self._threads:
            self._waiting.put(None)

    def _forget(self) -> None:
        """Forgets what finished long ago."""
        now = self.clock()
        for job in self._finished():
            if now - job.began > self.limits.kept_seconds:
                del self._jobs[job.id]

    def _make_room(self) -> None:
        """Forgets the oldest finished job if no other place is left."""
        finished = self._finished()
        if len(self._jobs) >= self.limits.jobs and finished:
            del self._jobs[finished[0].id]

    def _finished(self) -> list[Job]:
        return [job for job in self._jobs.values() if job.state in FINISHED]

    def _run(self) -> None:
        while (job := self._waiting.get()) is not None:
            work = job.work
            if work is not None and not job.stop.is_set():
                self._do(job, work)
            job.work = work = None

    def _do(self, job: Job, work: Work) -> None:
        def progress(done: float, doing: str) -> None:
            if job.stop.is_set():
                raise Cancelled
            job.done, job.doing = done, doing

        job.state = "running"
        try:
            job.result = work(progress)
            job.done, job.state = 1.0, "done"
        except Cancelled:
            job.state = "cancelled"
        except SekishoError as error:
            job.problem, job.state = problem_of(error), "failed"
        except Exception:  # noqa: BLE001  the client is told, the log has it
            traceback.print_exc()
            detail = "the fault is in the server, and is in its log"
            job.problem, job.state = Problem(500, "internal", detail), "failed"
