"""Fair queue: a limited number of requests run at once, and clients take turns."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count

from fastapi import HTTPException


class FairQueue:
    """Makes requests wait until a place is free. All calls must come from one event loop.

    Args:
        places: How many requests may run at once.
        most: How many requests may wait.
        most_of_client: How many requests of one client may wait.
    """

    def __init__(self, places: int, *, most: int, most_of_client: int) -> None:
        self._places, self._most, self._most_of_client = places, most, most_of_client
        self._running, self._turns = 0, count(1)
        self._served: dict[str, int] = {}
        self._waiting: list[tuple[str, asyncio.Future[None]]] = []

    @property
    def waiting(self) -> int:
        """The number of waiting requests."""
        return len(self._waiting)

    @asynccontextmanager
    async def turn(self, client: str) -> AsyncIterator[None]:
        """Wait for a place, and keep it while the `with` block runs.

        Raises:
            HTTPException: too many requests of this client are waiting (429), or of all clients (503).
        """
        if [waiting for waiting, _ in self._waiting].count(client) >= self._most_of_client:
            message = f"{self._most_of_client} of your requests are waiting already: let one finish first."
            raise HTTPException(429, message, {"Retry-After": "5"})
        if len(self._waiting) >= self._most:
            message = "Too many requests are waiting: try again in a minute."
            raise HTTPException(503, message, {"Retry-After": "60"})
        place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((client, place))
        self._fill()
        try:
            await place
        except asyncio.CancelledError:
            if (client, place) in self._waiting:
                self._waiting.remove((client, place))
            else:
                self._leave()
            raise
        try:
            yield
        finally:
            self._leave()

    def _leave(self) -> None:
        self._running -= 1
        self._fill()

    def _fill(self) -> None:
        """Give free places to waiting requests, starting with the client that was served longest ago."""
        while self._waiting and self._running < self._places:
            first = min(
                range(len(self._waiting)), key=lambda n: (self._served.get(self._waiting[n][0], 0), n)
            )
            client, place = self._waiting.pop(first)
            self._running += 1
            self._served[client] = next(self._turns)
            if not place.done():  # it is done if its client has gone
                place.set_result(None)
        if not self._running:
            self._served.clear()
