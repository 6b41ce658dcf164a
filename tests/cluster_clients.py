"""Clients that query a cluster during faults, and compare each reply with that of one machine."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterable
from threading import Event, Thread
from typing import Any

from qa.errors import UnavailableError

CLIENTS = 20
BACK_SECONDS = 120  # maximum time until the service is back after a fault
CALM_SECONDS = 6  # without a refusal, after which the service counts as back

Ask = Callable[[str], Any]


class Clients:
    """Clients that ask continuously and compare each reply with that of one machine.

    `outcomes` counts replies that were `right`, `wrong`, `refused` or `unexpected`, and `refusals` counts
    the messages of those that were not right. `slowest` is the time of the slowest reply, in seconds.
    """

    def __init__(self, ask: Ask, expected: dict[str, Any], clients: int) -> None:
        self._ask_one, self._expected = ask, expected
        self.outcomes: Counter[str] = Counter()
        self.refusals: Counter[str] = Counter()
        self.last_refusal = self.slowest = 0.0
        self._end = Event()
        self._threads = [Thread(target=self._ask, args=[seed], daemon=True) for seed in range(clients)]
        for thread in self._threads:
            thread.start()

    def _ask(self, seed: int) -> None:
        generator = random.Random(seed)
        while not self._end.is_set():
            question, start = generator.choice(list(self._expected)), time.monotonic()
            try:
                reply = self._ask_one(question)
            except UnavailableError as error:
                self.outcomes["refused"] += 1
                self.refusals[str(error)] += 1
                self.last_refusal = time.monotonic()
                time.sleep(min(1, error.retry_seconds))
            except Exception as error:
                self.outcomes["unexpected"] += 1
                self.refusals[repr(error)] += 1
            else:
                is_right = reply == self._expected[question]
                self.outcomes["right" if is_right else "wrong"] += 1
                if not is_right:
                    self.refusals[f"wrong: {question} {_difference(self._expected[question], reply)}"] += 1
                self.slowest = max(self.slowest, time.monotonic() - start)

    def end(self) -> None:
        self._end.set()
        for thread in self._threads:
            thread.join(60)


def _difference(expected: Any, found: Any) -> str:
    """Return the first difference between two replies, with its place."""
    parts: Iterable[tuple[str, Any, Any]]
    if isinstance(expected, dict) and isinstance(found, dict) and expected.keys() == found.keys():
        parts = ((name, expected[name], found[name]) for name in expected)
    elif isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        parts = ((str(number), *pair) for number, pair in enumerate(zip(expected, found, strict=True)))
    else:
        return f": {expected!r} is {found!r}"
    return next(f"/{name}{_difference(one, other)}" for name, one, other in parts if one != other)


def fault(
    name: str,
    ask: Ask,
    expected: dict[str, Any],
    do: Callable[[], None],
    *,
    clients: int = CLIENTS,
    enough: int = 50,
    refuses: bool = True,
    slowest: float = BACK_SECONDS,
) -> bool:
    """Cause a fault while clients ask, wait until the service is back, and report.

    Args:
        name: The name of the fault, for the report.
        ask: Asks a question.
        expected: The replies of one machine.
        do: Causes the fault.
        clients: The number of clients.
        enough: The number of right replies after which the service counts as back.
        refuses: Whether questions may be refused.
        slowest: The time that the slowest reply may take, in seconds.

    Returns:
        Whether the service came back and no reply was wrong, too slow or refused against `refuses`.
    """
    asking = Clients(ask, expected, clients)
    try:
        time.sleep(4)
        before, usual = asking.outcomes["right"], asking.slowest
        asking.slowest = 0.0
        asking.last_refusal = start = time.monotonic()
        do()
        is_back = False
        while not is_back and time.monotonic() - start < BACK_SECONDS:
            time.sleep(0.5)
            calm = time.monotonic() - asking.last_refusal
            is_back = calm > CALM_SECONDS and asking.outcomes["right"] > before + enough
        seconds = asking.last_refusal - start
    finally:
        asking.end()
    print(
        f"{name}: {dict(asking.outcomes)}, the last refusal after {seconds:.1f} s, the slowest reply "
        f"{asking.slowest:.1f} s, {usual:.1f} s before",
        flush=True,
    )
    for refusal, count in asking.refusals.most_common(4):
        print(f"    {count} x {refusal[:150]}", flush=True)
    harmless = refuses or not asking.outcomes["refused"]
    right = not asking.outcomes["wrong"] and not asking.outcomes["unexpected"]
    return is_back and right and harmless and asking.slowest < slowest
