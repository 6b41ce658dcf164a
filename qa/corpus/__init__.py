"""Corpus: a folder of documents and its index, kept in step."""

from __future__ import annotations

from qa.corpus.corpus import Corpus
from qa.corpus.trash import RemovedFile

__all__ = [
    "Corpus",
    "RemovedFile",
]
