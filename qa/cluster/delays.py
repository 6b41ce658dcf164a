"""Delays: how long to wait for a call before making it to another copy, too."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from threading import Lock

RECENT_CALLS = 256
"""Number of recent calls to a method whose times are remembered."""

FEW_CALLS = 20
"""The 95th percentile of fewer calls says nothing. It is recomputed after each such number of calls."""

FIRST_SECONDS = 1.0
"""The delay of the first calls."""

LEAST_SECONDS = 0.01
"""The minimum delay. Asking two copies costs more than such a short wait."""

READY_SECONDS = 0.001
"""A result that arrives faster than this was ready before it was waited for."""


class Delays:
    """The 95th percentile of the times of recent calls, by method. Several threads may use it.

    So about one call in twenty is made twice: J. Dean, L. A. Barroso, "The Tail at Scale", CACM 56(2), 2013.
    """

    def __init__(self) -> None:
        self._recent: defaultdict[str, deque[float]] = defaultdict(lambda: deque(maxlen=RECENT_CALLS))
        self._noted: Counter[str] = Counter()
        self._delays: dict[str, float] = {}
        self._noting = Lock()

    def of(self, method: str) -> float:
        """Return the delay of a method, in seconds."""
        return self._delays.get(method, FIRST_SECONDS)

    def note(self, method: str, seconds: float, *, waited: float) -> None:
        """Remember how long a call took.

        Args:
            method: The method.
            seconds: The time from the call to its result.
            waited: The part of it that was spent waiting for this result. If the result was ready before,
                because others were waited for first, nobody knows how long the call took, and it is not
                counted.
        """
        if waited < READY_SECONDS and seconds > LEAST_SECONDS:
            return
        with self._noting:
            recent = self._recent[method]
            recent.append(seconds)
            self._noted[method] += 1
            if self._noted[method] % FEW_CALLS == 0:
                self._delays[method] = max(LEAST_SECONDS, sorted(recent)[len(recent) * 95 // 100])
