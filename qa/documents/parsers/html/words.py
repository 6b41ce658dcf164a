"""Words of a web page, for comparing its parts."""

from __future__ import annotations

import re

_WORD = re.compile(r"\w+")


def lower_words(text: str) -> list[str]:
    """Return the words of a text in lower case."""
    return [word.lower() for word in _WORD.findall(text)]
