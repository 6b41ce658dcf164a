"""Font sizes of a PDF, to half a point, and the size of most letters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Protocol


class Sized(Protocol):
    """Letters of one font size.

    Attributes:
        text: The letters.
        size: The font size in points.
    """

    text: str
    size: float


def rounded(size: float) -> float:
    """Return a font size rounded to half a point."""
    return round(2 * size) / 2


def common_size(parts: Iterable[Sized]) -> float:
    """Return the rounded font size of most letters, the larger of two equally common ones; 0 if empty."""
    letters: Counter[float] = Counter()
    for part in parts:
        letters[rounded(part.size)] += len(part.text)
    return max(letters, key=lambda size: (letters[size], size), default=0.0)
