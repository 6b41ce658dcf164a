"""Calls to readers that end, hang or are full: threads in place of the replicas of Ray Serve."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NoResultError
from threading import Event
from typing import Any

import pytest

pytest.importorskip("ray")

import qa.cluster.ray_readers
from qa.cluster.ray_readers import RayReaders
from qa.errors import UnavailableError

pytestmark = pytest.mark.filterwarnings("ignore")  # Ray's own, when it is imported


class Response:
    """The result of a call, as Ray Serve returns it."""

    def __init__(self, future: Future[Any]) -> None:
        self._future = future

    def result(self, *, timeout_s: float) -> Any:
        try:
            return self._future.result(timeout_s)
        except NoResultError:
            raise TimeoutError from None

    def cancel(self) -> None:
        self._future.cancel()


class Handle:
    """Replicas, each of which behaves in its own way, and is asked once."""

    def __init__(self, *replicas: Callable[[], Any]) -> None:
        self._pool, self._replicas = ThreadPoolExecutor(4), iter(replicas)
        self.count_tokens = self

    def remote(self, text: str) -> Response:
        return Response(self._pool.submit(next(self._replicas)))


@pytest.fixture
def stop() -> Iterator[Event]:
    stop = Event()
    yield stop
    stop.set()


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(qa.cluster.ray_readers, "PATIENCE", 0.1)


def ended() -> int:
    from ray.exceptions import RayActorError

    raise RayActorError


def full() -> int:
    from ray.serve.exceptions import BackPressureError

    raise BackPressureError(num_queued_requests=1, max_queued_requests=1)


def seven() -> int:
    return 7


def late() -> int:
    time.sleep(0.4)
    return 7


def test_another_replica_is_asked_when_one_ends_or_stands_still(stop: Event) -> None:
    for first in (ended, stop.wait):
        assert RayReaders(Handle(first, seven), seconds=5).count_tokens("") == 7


def test_the_first_may_still_answer(stop: Event) -> None:
    """Whatever happens to the second."""
    for second in (ended, full, stop.wait):
        assert RayReaders(Handle(late, second), seconds=5).count_tokens("") == 7


def test_what_fails_twice_is_refused(stop: Event) -> None:
    refusals = {
        "restarting": (ended, ended),
        "Too many": (full,),
        "No reader answered within 0 seconds": (stop.wait, stop.wait),
    }
    for message, replicas in refusals.items():
        with pytest.raises(UnavailableError, match=message):
            RayReaders(Handle(*replicas), seconds=0.3).count_tokens("")
