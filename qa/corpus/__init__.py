"""A folder of documents and its index, kept alike."""

from __future__ import annotations

from qa.corpus.corpus import Corpus
from qa.corpus.folder import document_name

__all__ = [
    "Corpus",
    "document_name",
]
