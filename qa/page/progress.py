"""Progress of a document that is being added, and a way to stop it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from qa.documents import Document, Sandbox, Span, load_document
from qa.errors import DocumentError
from qa.index import Embedder

if TYPE_CHECKING:
    from numpy.typing import NDArray

BATCH = 32
"""Number of chunks between two reports."""

LEAST_SHARE = 0.05
"""The share that must be done before the remaining time is estimated."""


class StoppedError(DocumentError):
    """Adding a document was stopped."""


class Progress:
    """The progress of adding a document: written by the thread that adds it, read and stopped by others.

    Attributes:
        step: The current step: "read", then "indexed".
        pages: The number of pages; 0 if the document has none, or the number is not known yet.
        share: The share of the step that is done, from 0 to 1; None if not known yet.
    """

    def __init__(self) -> None:
        self.step: Literal["read", "indexed"] = "read"
        self.pages = 0
        self.share: float | None = None
        self._begin, self._is_stopped = 0.0, False
        self._sandbox: Sandbox | None = None

    def stop(self) -> None:
        """Stop adding the document: at once while a file is read, else at the next report."""
        self._is_stopped = True
        sandbox = self._sandbox
        if sandbox is not None:
            sandbox.stop()

    def read(self, path: Path, name: str) -> Document:
        """Read a file, see `load_document`, and note the number of pages read.

        Raises:
            StoppedError: reading was stopped.
            DocumentError: it cannot become a document.
        """
        try:
            with Sandbox() as self._sandbox:
                return load_document(path, name=name, sandbox=self._sandbox, on_progress=self._tell_read)
        except DocumentError as error:
            if self._is_stopped:
                raise StoppedError("was stopped") from error
            raise
        finally:
            self._sandbox = None

    def tell(self, document: Document, share: float) -> None:
        """Note which share of a document is indexed.

        Raises:
            StoppedError: indexing was stopped.
        """
        self._tell("indexed", len(document.pages), min(share, 1.0))

    def words(self) -> str:
        """Return the progress in words: "is being read: page 12 of 43, about 20 seconds more"."""
        if self.share is None:
            return "is being read …"
        where = f"is being {self.step}: {100 * self.share:.0f}%"
        if self.pages > 1:
            page = max(1, round(self.share * self.pages))
            where = f"is being {self.step}: page {page:,} of {self.pages:,}"
        if self.share < LEAST_SHARE:
            return where
        left = (time.monotonic() - self._begin) * (1 - self.share) / self.share
        return f"{where}, about {_about(left)} more" if left >= 1 else where

    def _tell_read(self, done: int, count: int) -> None:
        self._tell("read", count, done / count)

    def _tell(self, step: Literal["read", "indexed"], pages: int, share: float) -> None:
        if self.share is None or step != self.step:
            self._begin = time.monotonic()
        self.step, self.pages, self.share = step, pages, share
        if self._is_stopped:
            raise StoppedError("was stopped")


class WatchedEmbedder:
    """Embeds with another embedder, and reports the progress.

    Args:
        embedder: The other embedder.
        document: The document whose chunks are embedded.
        progress: Where the progress is noted.
    """

    def __init__(self, embedder: Embedder, document: Document, progress: Progress) -> None:
        self._embedder, self._document, self._progress = embedder, document, progress
        self.name, self.digest = embedder.name, embedder.digest
        self.dimension, self.max_tokens = embedder.dimension, embedder.max_tokens
        self._done = 0
        progress.tell(document, 0.0)

    def token_offsets(self, text: str) -> list[tuple[int, int]]:
        """See `Embedder.token_offsets`."""
        return self._embedder.token_offsets(text)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See `Embedder.embed`."""
        return self._embedder.embed(texts)

    def embed_with_sentences(
        self, texts: Sequence[str], sentences: Sequence[Sequence[Span]]
    ) -> list[NDArray[np.float32]]:
        """See `Embedder.embed_with_sentences`. Reports the share of characters done after each batch."""
        vectors = []
        for start in range(0, len(texts), BATCH):
            batch = texts[start : start + BATCH]
            vectors += self._embedder.embed_with_sentences(batch, sentences[start : start + BATCH])
            self._done += sum(map(len, batch))
            self._progress.tell(self._document, self._done / max(1, len(self._document.text)))
        return vectors


def _about(seconds: float) -> str:
    """Return a duration in words, rounded."""
    if seconds < 10:
        return f"{seconds:.0f} seconds" if round(seconds) > 1 else "a second"
    if seconds < 90:
        return f"{round(seconds, -1):.0f} seconds"
    return f"{seconds / 60:.0f} minutes"
