"""What is kept for a while is forgotten in time, and never more than may be."""

from __future__ import annotations

import threading
import time

import pytest

from sekisho.errors import ValueInvalid
from sekisho.web.jobs import Jobs, Progress
from sekisho.web.problems import Problem
from sekisho.web.settings import Limits
from sekisho.web.store import Kept, Store, once


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_the_oldest_is_forgotten_first() -> None:
    store = Store(10, 100, Clock())
    for name in ("a", "b", "c"):
        store.put(name, Kept(b"1234", "x"))
    assert [store.get(name) is not None for name in ("a", "b", "c")] == [False, True, True]
    store.put("large", Kept(b"x" * 11, "x"))
    assert store.get("large") is None
    store.drop("b")
    assert len(store) == 1


def test_what_is_old_is_forgotten() -> None:
    clock = Clock()
    store = Store(100, 10, clock)
    store.put("a", Kept(b"1", "x"))
    clock.now = 10
    assert store.get("a") is not None
    clock.now = 11
    assert store.get("a") is None


def test_a_key_for_another_request_is_refused() -> None:
    store = Store(100, 10, Clock())
    store.put("key:k", Kept(b"1", "x", digest="one"))
    with once(store, "k", "one") as again:
        assert again is not None
    with once(store, "", "two") as again:
        assert again is None
    with pytest.raises(Problem, match="Idempotency-Key of its own"), once(store, "k", "two"):
        pass


def test_a_key_is_one_requests_while_that_is_being_answered() -> None:
    store = Store(100, 10, Clock())
    with once(store, "k", "one") as again:
        assert again is None
        for digest, code in (("two", "key_reused"), ("one", "key_in_use")):
            with pytest.raises(Problem) as refused, once(store, "k", digest):
                pass
            assert refused.value.code == code
        store.put("key:k", Kept(b"1", "x", digest="one"))
        with once(store, "k", "one") as answered:
            assert answered is not None
    with once(store, "k", "one") as answered:
        assert answered is not None


def test_a_key_of_a_request_that_failed_is_free_again() -> None:
    store = Store(100, 10, Clock())
    with pytest.raises(ValueInvalid), once(store, "k", "one"):
        raise ValueInvalid("no")
    with once(store, "k", "two") as again:
        assert again is None


def _jobs(clock: Clock, **limits: int) -> Jobs:
    names = iter(range(100))
    return Jobs(Limits(**{"at_once": 1, **limits}), clock, lambda: f"job-{next(names)}")  # type: ignore[arg-type]  # whole numbers


def _until(jobs: Jobs, name: str, *states: str) -> str:
    for _ in range(500):
        if jobs.get(name).state in states:
            return jobs.get(name).state
        time.sleep(0.01)
    return jobs.get(name).state


def test_a_job_tells_how_far_it_is_and_gives_its_result() -> None:
    jobs, go = _jobs(Clock()), threading.Event()

    def work(progress: Progress) -> str:
        progress(0.5, "half")
        go.wait(5)
        return "result"

    job = jobs.start("exposure", "d", work)
    assert _until(jobs, job.id, "running") == "running"
    while jobs.get(job.id).doing != "half":
        time.sleep(0.01)
    go.set()
    assert _until(jobs, job.id, "done") == "done"
    assert (job.result, job.fields()["progress"]) == ("result", 1.0)
    jobs.close()


def test_a_job_stops_when_it_is_told_to() -> None:
    jobs = _jobs(Clock())

    def work(progress: Progress) -> None:
        while True:
            progress(0.1, "on")
            time.sleep(0.01)

    running, waiting = jobs.start("x", "d", work), jobs.start("x", "d", work)
    _until(jobs, running.id, "running")
    assert jobs.cancel(waiting.id).state == "cancelled"
    jobs.cancel(running.id)
    assert _until(jobs, running.id, "cancelled") == "cancelled"
    jobs.cancel(running.id)
    with pytest.raises(Problem, match="there is no job"):
        jobs.get(running.id)
    jobs.close()


def test_a_job_that_fails_says_why() -> None:
    jobs = _jobs(Clock())

    def work(_: Progress) -> None:
        msg = "wrong"
        raise ValueInvalid(msg, "right")

    job = jobs.start("x", "d", work)
    _until(jobs, job.id, "failed")
    assert job.fields()["problem"]["code"] == "value_invalid"
    jobs.close()


def test_there_are_never_more_jobs_than_may_be() -> None:
    clock = Clock()
    jobs, go = _jobs(clock, jobs=2), threading.Event()
    first = jobs.start("x", "d", lambda _: go.wait(5))
    jobs.start("x", "d", lambda _: None)
    with pytest.raises(Problem, match="try again"):
        jobs.start("x", "d", lambda _: None)
    go.set()
    _until(jobs, first.id, "done")
    third = jobs.start("x", "d", lambda _: None)
    _until(jobs, third.id, "done")
    clock.now = 1000
    with pytest.raises(Problem):
        jobs.get(third.id)
    jobs.close()


def test_answers_without_a_body_are_not_kept_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sekisho.web.store._ENTRIES", 3)
    store = Store(10, 100, Clock())
    for at in range(9):
        store.put(f"key:{at}", Kept(b"", "x"))
    assert len(store) == 3


def test_a_job_that_is_cancelled_lets_go_of_what_it_held() -> None:
    holding = threading.Event()
    jobs = _jobs(Clock(), at_once=1, jobs=3, bodies_bytes=100)
    try:
        running = jobs.start("test", "", lambda _: holding.wait(5), size=60)
        with pytest.raises(Problem, match="as many long computations"):
            jobs.start("test", "", lambda _: None, size=60)
        waiting = jobs.start("test", "", lambda _: None, size=40)
        assert jobs.cancel(waiting.id).work is None
        assert jobs.start("test", "", lambda _: None, size=40).work is not None
    finally:
        holding.set()
        jobs.close()
    while running.work is not None:
        time.sleep(0.01)
