"""Login attempts: an address that sends wrong passwords has to wait longer each time."""

from __future__ import annotations

import time
from collections.abc import Callable

FREE_ATTEMPTS = 5
"""Number of wrong passwords after which an address has to wait."""

LONGEST_WAIT = 300.0
"""In seconds. An address is forgotten this long after its latest attempt."""

MAX_ADDRESSES = 10_000


class LoginAttempts:
    """Counts the attempts of each address. A correct password resets its count to 0.

    Args:
        clock: Returns the time in seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._latest: dict[str, tuple[int, float]] = {}  # number of attempts and time; the oldest first

    def wait(self, address: str) -> float:
        """Count an attempt, unless it comes too early.

        Returns:
            The seconds that the address still has to wait; 0 if it may try now.
        """
        now = self._clock()
        self._forget(now)
        count, latest = self._latest.get(address, (0, now))
        pause = 0.0 if count < FREE_ATTEMPTS else min(2.0 ** (count - FREE_ATTEMPTS), LONGEST_WAIT)
        if now < latest + pause:
            return latest + pause - now
        self._latest.pop(address, None)
        self._latest[address] = (count + 1, now)
        return 0.0

    def succeeded(self, address: str) -> None:
        """Note that the password was correct."""
        self._latest.pop(address, None)

    def _forget(self, now: float) -> None:
        for address, (_, latest) in list(self._latest.items()):
            if now - latest <= LONGEST_WAIT and len(self._latest) <= MAX_ADDRESSES:
                break
            del self._latest[address]
