"""Slow requests: the connection of a client that stalls in the middle of a request is closed."""

from __future__ import annotations

import asyncio
from typing import Any

from qa.page.asgi import Message, Receive

HEADER_SECONDS = 20.0
"""How long the request line and headers may take to arrive."""

PAUSE_SECONDS = 30.0
"""How long the body of a request may pause."""

BODY_SECONDS = 900.0
"""How long the body of a request may take to arrive."""


class PatientReceive:
    """Receives the body of a request, but does not wait for it indefinitely.

    Attributes:
        has_ended: Whether the client took too long. The application then gets a disconnect message.
    """

    def __init__(self, receive: Receive, *, pause: float = PAUSE_SECONDS, body: float = BODY_SECONDS) -> None:
        self._receive, self._pause = receive, pause
        self._end = asyncio.get_running_loop().time() + body
        self._is_complete = False
        self.has_ended = False

    async def __call__(self) -> Message:
        """Return the next part of the body; after the last one, wait for the client to disconnect."""
        if self._is_complete:
            return await self._receive()
        seconds = min(self._pause, self._end - asyncio.get_running_loop().time())
        try:
            message = await asyncio.wait_for(self._receive(), max(seconds, 0))
        except asyncio.TimeoutError:
            self.has_ended = self._is_complete = True
            return {"type": "http.disconnect"}
        self._is_complete = not message.get("more_body", False)
        return message


def limit_heads(server: Any, *, seconds: float = HEADER_SECONDS) -> None:
    """Make a running uvicorn server close connections on which request headers take too long.

    Uvicorn has a timeout for idle connections, but none from the first byte of a request to the end of its
    headers. An application sees a request only after that.
    """
    protocol: Any = server.config.http_protocol_class

    class ImpatientProtocol(protocol):  # type: ignore[misc]
        head_timer: asyncio.TimerHandle | None = None

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self.watch_head()

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            self.watch_head()

        def connection_lost(self, error: Exception | None) -> None:
            self.stop_head_timer()
            super().connection_lost(error)

        def watch_head(self) -> None:
            if self.cycle is not None and not self.cycle.response_complete:
                self.stop_head_timer()
            elif self.head_timer is None:
                self.head_timer = self.loop.call_later(seconds, self.transport.close)

        def stop_head_timer(self) -> None:
            if self.head_timer is not None:
                self.head_timer.cancel()
                self.head_timer = None

    server.config.http_protocol_class = ImpatientProtocol
