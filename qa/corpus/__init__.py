"""A folder of documents and its index, kept alike."""

from __future__ import annotations

from qa.corpus.corpus import Corpus

__all__ = [
    "Corpus",
]
