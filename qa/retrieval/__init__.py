"""Hybrid retrieval: vectors and BM25 fused, then re-ranked by sentence; spelling correction."""

from __future__ import annotations

from qa.retrieval.fusion import fuse
from qa.retrieval.retriever import HybridRetriever, Retriever

__all__ = [
    "HybridRetriever",
    "Retriever",
    "fuse",
]
