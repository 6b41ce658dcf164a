"""Body limit: the largest body that a request in JSON may have."""

from __future__ import annotations

from fastapi import HTTPException

from qa.page import App, Message, Receive, Scope, Send

MOST_BYTES = 1024 * 1024


class BodyLimit:
    """ASGI middleware that rejects requests whose body is too large.

    Document uploads have their own limits.

    Args:
        app: The application that reads the body.
    """

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and stop reading it at the limit."""
        if scope["type"] != "http" or scope["path"].startswith("/v1/documents"):
            await self._app(scope, receive, send)
            return
        left = MOST_BYTES

        async def receive_at_most() -> Message:
            nonlocal left
            message = await receive()
            left -= len(message.get("body", b""))
            if left < 0:
                raise HTTPException(413, f"The request has more than {MOST_BYTES:,} bytes: send less.")
            return message

        await self._app(scope, receive_at_most, send)
