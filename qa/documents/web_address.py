"""Web addresses that are safe to follow."""

from __future__ import annotations

from urllib.parse import urlsplit


def is_web_address(url: str) -> bool:
    """Return whether `url` is a complete http or https address of printable characters without spaces.

    An address with a user name is not safe: it can look like that of another host.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    is_complete = parts.scheme in ("http", "https") and parts.netloc != "" and "@" not in parts.netloc
    return is_complete and url.isprintable() and " " not in url
