"""Corpus: a folder of documents and its index, kept in step."""

from __future__ import annotations

from qa.corpus.corpus import Corpus

__all__ = [
    "Corpus",
]
