"""A question to the passages that may answer it."""

from __future__ import annotations

from qa.retrieval.fusion import fuse
from qa.retrieval.retriever import Retriever

__all__ = [
    "Retriever",
    "fuse",
]
