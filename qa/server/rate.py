"""Rate: how many requests from one client are answered per minute."""

from __future__ import annotations

import time

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from qa.page import App, Receive, Scope, Send, client_address, is_for_programs, refuse


class Rate:
    """ASGI middleware that limits how many requests to /v1 one address may send per minute.

    Args:
        app: The application that answers the requests.
        requests: The limit.
    """

    def __init__(self, app: App, requests: int) -> None:
        self._app, self._limit = app, RateLimitItemPerMinute(requests)
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or say when to send it again."""
        if scope["type"] != "http" or not is_for_programs(scope["path"]):
            await self._app(scope, receive, send)
            return
        client = client_address(scope)
        if self._limiter.hit(self._limit, client):
            await self._app(scope, receive, send)
            return
        seconds = max(1, round(self._limiter.get_window_stats(self._limit, client).reset_time - time.time()))
        message = (
            f"More than {self._limit.amount:,} of your requests in a minute: wait {seconds} s. "
            "The owner can allow more (--rate)."
        )
        await refuse(scope, send, 429, message, (b"retry-after", str(seconds).encode()))
