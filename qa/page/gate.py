"""Gate: inspects every request before Gradio does, and refuses those that are not meant for this server."""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Callable
from typing import Any

from qa.page.asgi import App, Message, Receive, Scope, Send
from qa.page.fonts import font_file, send_font
from qa.page.hosts import Hosts
from qa.page.login_attempts import LoginAttempts
from qa.page.presence import Presence
from qa.page.refusal import is_for_programs, refuse, send_text
from qa.page.slow_requests import PatientReceive
from qa.page.uploads import Uploads
from qa.settings import DEFAULTS

_FETCHES = re.compile(r"/(?:file[=/]\s*[a-z][a-z0-9+.-]+:|proxy=)", re.IGNORECASE)
"""Paths that make Gradio fetch a URL and return its content."""

FORM_BYTES = 64 * 1024
"""The most bytes of a form besides the file in it."""

_HEARTBEAT = re.compile(r"/heartbeat/([^/]+)/?$")
"""The path of the connection that a page holds while it is open."""


class Gate:
    """An ASGI application around another one.

    Args:
        app: The application that answers the accepted requests.
        hosts: The host names and origins that are accepted.
        frames: Other origins that may show the page in a frame.
        origins: Other origins whose pages may call the endpoints for programs.
        attempts: The login attempts so far. None if there is no password.
        presence: Where open pages are noted.
        uploads: The folder of uploaded files. None if its size is not limited.
        health: Returns the response to GET /health, as plain data.
    """

    def __init__(
        self,
        app: App,
        hosts: Hosts,
        *,
        frames: tuple[str, ...] = (),
        origins: frozenset[str] = frozenset(),
        attempts: LoginAttempts | None = None,
        presence: Presence | None = None,
        uploads: Uploads | None = None,
        health: Callable[[], dict[str, Any]] = dict,
    ) -> None:
        self.app, self.hosts, self.origins, self.attempts = app, hosts, origins, attempts
        self.presence = Presence() if presence is None else presence
        self.uploads, self.health = uploads, health
        self._headers = _headers(frames)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse or answer a request, or pass it on."""
        if scope["type"] == "websocket":  # the page uses none
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *self._headers]
            await send(message)

        if not self._is_meant(scope):
            message = (
                "This host name or origin is not allowed here. The server's owner can add --allow-host NAME."
            )
            await refuse(scope, send_with_headers, 403, message)
        elif _FETCHES.search(scope["path"]) is not None:
            await refuse(scope, send_with_headers, 403, "This server does not fetch from other addresses.")
        elif self.attempts is not None and scope["path"].rstrip("/") == "/login":
            await self._log_in(self.attempts, scope, receive, send_with_headers)
        elif (font := font_file(scope)) is not None:
            await send_font(send_with_headers, font)
        elif scope["path"] == "/health":
            await send_text(send_with_headers, 200, json.dumps(self.health()), b"application/json")
        elif self.uploads is not None and _is_upload(scope):
            await self._upload(self.uploads, scope, receive, send_with_headers)
        elif (heartbeat := _HEARTBEAT.search(scope["path"])) is not None:
            with self.presence.open(heartbeat[1], client_address(scope)):
                await self.app(scope, receive, send_with_headers)
        else:
            await self._answer(scope, receive, send_with_headers)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, as long as its body arrives in time."""
        patient, has_begun = PatientReceive(receive), False

        async def send_and_note(message: Message) -> None:
            nonlocal has_begun
            if not patient.has_ended:
                has_begun = True
                await send(message)

        try:
            await self.app(scope, patient, send_and_note)
        except Exception:
            if not patient.has_ended:  # otherwise the application complains about the disconnect
                raise
        if patient.has_ended and not has_begun:
            await refuse(scope, send, 408, "The request took too long to arrive: send it again.")

    async def _upload(self, uploads: Uploads, scope: Scope, receive: Receive, send: Send) -> None:
        sizes = _values(scope, b"content-length")
        size = int(sizes[0]) if sizes and sizes[0].isdecimal() else DEFAULTS.max_file_bytes
        left = size

        async def receive_at_most() -> Message:
            nonlocal left
            message = await receive()
            left -= len(message.get("body", b""))
            return {"type": "http.disconnect"} if left < 0 else message

        if is_for_programs(scope["path"]) and size > DEFAULTS.max_file_bytes + FORM_BYTES:
            most = DEFAULTS.max_file_bytes // 1024**2
            await refuse(scope, send, 413, f"The document is larger than {most} MiB: split it.")
            return
        with uploads.arriving(size) as has_room:
            if has_room:
                await self._answer(scope, receive_at_most, send)
            else:
                await refuse(
                    scope, send, 507, "This server has no room for more files: try again in a minute."
                )

    def _is_meant(self, scope: Scope) -> bool:
        hosts, origins = _values(scope, b"host"), _values(scope, b"origin")
        return (
            len(hosts) == 1
            and self.hosts.serves(hosts[0])
            and all(self._trusts(origin, hosts[0], scope["path"]) for origin in origins)
        )

    def _trusts(self, origin: str, host: str, path: str) -> bool:
        return self.hosts.trusts(origin, host) or (is_for_programs(path) and origin in self.origins)

    async def _log_in(self, attempts: LoginAttempts, scope: Scope, receive: Receive, send: Send) -> None:
        address = client_address(scope)
        seconds = attempts.wait(address)
        if seconds > 0:
            message = f"Too many wrong passwords: wait {seconds:.0f} seconds and try again."
            await refuse(scope, send, 429, message, (b"retry-after", f"{seconds + 1:.0f}".encode()))
            return

        async def send_and_note(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] < 400:
                attempts.succeeded(address)
            await send(message)

        await self._answer(scope, receive, send_and_note)


def _is_upload(scope: Scope) -> bool:
    path = scope["path"].rstrip("/")
    return bool(path.endswith("/upload") or (scope["method"] == "POST" and path == "/v1/documents"))


def client_address(scope: Scope) -> str:
    """Return the address that a request comes from.

    For IPv6, that is the first half of the address, since its owner can choose the other half freely. An IPv4
    address mapped to IPv6 is returned as IPv4, and a loopback address as it is.
    """
    host = str(scope["client"][0]) if scope.get("client") else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    mapped = getattr(address, "ipv4_mapped", None)
    if mapped is not None:
        return str(mapped)
    if address.version == 4 or address.is_loopback:
        return host
    return str(ipaddress.ip_network((int(address) >> 64 << 64, 64)))


def _values(scope: Scope, name: bytes) -> list[str]:
    """Return all values of a header. `name` is in lower case."""
    return [value.decode("latin-1") for key, value in scope["headers"] if key == name]


def _headers(frames: tuple[str, ...]) -> list[tuple[bytes, bytes]]:
    """Return the headers of every response.

    Gradio's page has inline scripts and styles and compiles functions, which needs the `unsafe-` sources. The
    policy forbids loading from, and sending to, other hosts.
    """
    policy = "; ".join(
        (
            "default-src 'self'",
            "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            " ".join(("frame-ancestors 'self'", *frames)),
        )
    )
    headers = [
        (b"content-security-policy", policy.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"same-origin"),
    ]
    return headers if frames else [*headers, (b"x-frame-options", b"SAMEORIGIN")]
