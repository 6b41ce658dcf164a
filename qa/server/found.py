"""Passages found by a search, as plain data with their text."""

from __future__ import annotations

from typing import Any

from typing_extensions import TypedDict

from qa.results import Passage, PassageDict


class FoundPassageDict(PassageDict):
    """A passage with its text and its relevance, 0 to 1."""

    text: str
    score: float


class FoundDict(TypedDict):
    """The best-matching passages, best first."""

    passages: list[FoundPassageDict]


def found_passage(passage: Passage) -> FoundPassageDict:
    """Return a passage with its text, as plain data."""
    found: Any = {**passage.to_dict(), "text": passage.text, "score": float(passage.score)}
    return found  # type: ignore[no-any-return]
