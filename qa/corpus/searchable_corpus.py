"""Searchable corpus: the corpus interface of the chatbot, wherever the index is."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from qa.documents import Document
from qa.errors import DocumentError
from qa.index import Embedder, Searchable


class SearchableCorpus(Protocol):
    """Documents that can be changed, and their index. See `Corpus` for the methods."""

    @property
    def index(self) -> Searchable:
        """The index after the last synchronisation or change."""

    @property
    def failures(self) -> tuple[DocumentError, ...]:
        """The error for each file that could not be read, sorted by file."""

    def sync(self, embedder: Embedder) -> None:
        """Bring the index up to date with the documents."""

    def add(self, source: Path | str, embedder: Embedder, *, name: str | None = None) -> Document:
        """Add a file or a text. A document with the same id is replaced."""

    def path(self, document_id: str) -> Path:
        """Return the path of a document's file."""

    def remove(self, document_id: str) -> tuple[str, ...]:
        """Delete a document."""

    def restore(self, name: str, embedder: Embedder) -> str:
        """Bring a document back that was deleted."""
