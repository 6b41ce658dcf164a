"""Access: who may call which path. If a token is set, it opens all of them."""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import parse_qsl, urlencode

from fastapi.responses import RedirectResponse
from starlette.requests import Request

from qa.page import App, Receive, Scope, Send, is_for_programs, refuse

COOKIE = "qa-token"

OWN_PATHS = ("/docs", "/metrics", "/openapi.json", "/static-offline-docs")
"""Paths that are served beside the page and /v1, each with everything below it."""

WAKING = "/gradio_api/startup-events"
"""Gradio calls this path when the server starts, without a token."""


def is_beside(path: str) -> bool:
    """Return whether a path is served beside the page."""
    return is_for_programs(path) or any(path == own or path.startswith(f"{own}/") for own in OWN_PATHS)


class Access:
    """ASGI middleware that only lets in clients with the token.

    A program sends it as `Authorization: Bearer TOKEN`. A browser opens any page with `?token=TOKEN` once,
    and gets a cookie.

    Args:
        app: The application to protect.
        token: The token. None if there is none.
        has_password: Whether the page asks for a password. The page then needs no token, and if there is no
            token, the endpoints for programs are closed.
    """

    def __init__(self, app: App, token: str | None, *, has_password: bool) -> None:
        self._app, self._token, self._has_password = app, token, has_password
        self._cookie = "" if token is None else hashlib.sha256(token.encode()).hexdigest()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http" or self._is_open(scope["path"]):
            await self._app(scope, receive, send)
            return
        headers = [(b"www-authenticate", b"Bearer")]
        if self._token is None:
            message = "The password is only for the page: the owner can set a token for programs (--token)."
            await refuse(scope, send, 401, message, *headers)
            return
        request = Request(scope)
        if "token" in request.query_params and scope["method"] == "GET":
            if self._is_token(request.query_params["token"]):
                await self._welcome(request)(scope, receive, send)
                return
        elif self._shows_token(request):
            await self._app(scope, receive, send)
            return
        message = "Send the token as Authorization: Bearer TOKEN, or open the page with ?token=TOKEN once."
        await refuse(scope, send, 401, message, *headers)

    def _is_open(self, path: str) -> bool:
        if path == WAKING:
            return True
        if "/mcp" in path or is_beside(path):  # Gradio's password covers neither
            return self._token is None and not self._has_password
        return self._token is None or self._has_password

    def _shows_token(self, request: Request) -> bool:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer":
            return self._is_token(token.strip())
        cookie = request.cookies.get(COOKIE, "")
        return hmac.compare_digest(cookie.encode(), self._cookie.encode())

    def _is_token(self, shown: str) -> bool:
        return hmac.compare_digest(shown.encode(), (self._token or "").encode())

    def _welcome(self, request: Request) -> RedirectResponse:
        """Return a redirect to the same page without the token, so that it leaves the address bar."""
        query = [(name, value) for name, value in parse_qsl(request.url.query) if name != "token"]
        path = request.url.path.lstrip("/")  # otherwise //host would lead to another host
        response = RedirectResponse(f"/{path}?{urlencode(query)}" if query else f"/{path}", 303)
        response.set_cookie(COOKIE, self._cookie, httponly=True, samesite="lax")
        return response
