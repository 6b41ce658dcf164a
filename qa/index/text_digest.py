"""Text digest: the key by which equal texts are found."""

from __future__ import annotations

import hashlib


def text_digest(text: str) -> bytes:
    """Return the SHA-256 of a text, which may contain lone surrogates."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
