"""Control characters, grouped by where they do harm."""

from __future__ import annotations

import re

UNSAFE_IN_LINE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""Unsafe in a file name or on a terminal line: all controls, line separators and bidirectional controls."""

UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
"""Not printable in a text: all controls except tab, line feed and carriage return."""

INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202d\u202e]")
"""`UNPRINTABLE`, and the two characters that override the direction of the letters after them."""

BINARY = re.compile("[\x00-\x08\x0e-\x1f\x7f]")
"""ASCII controls other than white space, which only binary files contain."""

NOT_IN_WORD = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
"""Not allowed in a Word document: ASCII controls except tab and line feed."""


def valid_text(text: str) -> str:
    """Return a text as valid Unicode, without the control characters that no document shows.

    A surrogate pair becomes its character, a lone surrogate the replacement character.
    """
    text = NOT_IN_WORD.sub("", text)
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
