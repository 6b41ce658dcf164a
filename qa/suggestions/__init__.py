"""Example questions made from the documents themselves."""

from __future__ import annotations

from qa.suggestions.selection import Examples, example_questions

__all__ = [
    "Examples",
    "example_questions",
]
