"""Document size: the memory that a document takes, counted in characters."""

from __future__ import annotations

from pathlib import Path

from qa.documents import TEXT_SUFFIXES, Document, suffix_of
from qa.errors import TooLargeError

MAX_CHARACTER_BYTES = 4
"""The most bytes of a character, in any encoding."""

PARAGRAPH_BYTES = 48
"""The bytes of the structure of a text that is a single paragraph."""


def document_size(document: Document) -> int:
    """Return the size of a document, in characters.

    The offset of a page counts as 8 characters, and a byte of its structure as one, except for the first
    paragraph, which every document has.
    """
    texts = (document.text, document.id, document.title or "", document.url or "")
    structure = max(0, len(document.blocks.data) - PARAGRAPH_BYTES)
    return sum(map(len, texts)) + 8 * len(document.pages) + structure


def check_length(source: Path | str, name: str, limit: int) -> None:
    """Refuse a source that cannot fit, before it is read.

    Raises:
        TooLargeError: it is too long, whatever its encoding is.
    """
    if isinstance(source, str):
        is_too_long = len(source) > limit
    else:
        is_too_long = suffix_of(name) in TEXT_SUFFIXES and source.stat().st_size > MAX_CHARACTER_BYTES * limit
    if is_too_long:
        raise TooLargeError(
            f"{name!r} is longer than the {limit:,} characters that a visitor may add: add less"
        )
