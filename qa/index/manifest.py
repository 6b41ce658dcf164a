"""Manifest of an index folder: JSON that contains a checksum of itself."""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

FORMAT = 6
"""Increment it when the files, the text or structure read from a document, or the chunk boundaries change."""


def encode_manifest(entries: Mapping[str, Any]) -> bytes:
    """Encode a manifest with the format's number and a checksum."""
    return _with_checksum({"format": FORMAT, **entries})


def decode_manifest(content: bytes) -> dict[str, Any]:
    """Decode a manifest.

    Raises:
        ValueError: It is damaged, or of another format.
    """
    try:
        manifest = json.loads(content)
    except ValueError:
        raise ValueError("its manifest is damaged") from None
    if not isinstance(manifest, dict) or "format" not in manifest:
        raise ValueError("its manifest is damaged")
    if manifest["format"] != FORMAT:
        raise ValueError(f"its format is {manifest['format']}, not {FORMAT}")
    # Compare all bytes: after some damage, such as changed white space, the JSON is still valid.
    if manifest.pop("checksum", None) is None or _with_checksum(manifest) != content:
        raise ValueError("its manifest is damaged")
    return manifest


def manifest_version(content: bytes) -> str:
    """Return a digest that identifies a manifest."""
    return hashlib.sha256(content).hexdigest()


def pack_mask(mask: NDArray[np.bool_] | None) -> str | None:
    """Compress a mask to a short string."""
    if mask is None:
        return None
    return base64.b64encode(zlib.compress(np.packbits(mask).tobytes(), 1)).decode()


def unpack_mask(packed: str | None, length: int) -> list[int]:
    """Return the positions at which a packed mask of this length is true."""
    if packed is None:
        return []
    content = np.frombuffer(zlib.decompress(base64.b64decode(packed)), np.uint8)
    positions: list[int] = np.flatnonzero(np.unpackbits(content, count=length)).tolist()
    return positions


def _with_checksum(entries: Mapping[str, Any]) -> bytes:
    content = json.dumps(entries, separators=(",", ":"))
    checksum = hashlib.sha256(content.encode()).hexdigest()
    return json.dumps({**entries, "checksum": checksum}, separators=(",", ":")).encode()
