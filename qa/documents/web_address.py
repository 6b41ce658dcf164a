"""Web addresses that are safe to follow."""

from __future__ import annotations

from urllib.parse import urlsplit


def is_web_address(url: str) -> bool:
    """Whether `url` is a complete http or https address of printable characters without spaces."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and parts.netloc != "" and url.isprintable() and " " not in url
