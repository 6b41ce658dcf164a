"""Example questions, generated from the documents by rule."""

from __future__ import annotations

from qa.suggestions.selection import Examples, example_questions, offered

__all__ = ["Examples", "example_questions", "offered"]
