"""Fonts: the serif's files, which the page's style sheet refers to by relative address."""

from __future__ import annotations

import re
from pathlib import Path

from qa.page.asgi import Scope, Send

FOLDER = Path(__file__).parent / "static" / "fonts"

PATH = re.compile(r"/fonts/([a-z0-9-]+\.woff2)$")

YEAR_SECONDS = 365 * 24 * 3600


def font_file(scope: Scope) -> Path | None:
    """Return the font file that a request asks for; None if there is no such font."""
    match = PATH.search(scope["path"])
    path = None if match is None else FOLDER / match[1]
    return path if path is not None and path.is_file() else None


async def send_font(send: Send, path: Path) -> None:
    """Answer a request with a font, which browsers may cache for a year."""
    headers = [
        (b"content-type", b"font/woff2"),
        (b"cache-control", f"public, max-age={YEAR_SECONDS}, immutable".encode()),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": path.read_bytes()})
