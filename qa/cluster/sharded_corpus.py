"""Sharded corpus: an index folder whose changes reach all shards before they are confirmed."""

from __future__ import annotations

from pathlib import Path
from threading import RLock

from qa.cluster.sharded_index import ShardedIndex
from qa.cluster.shards import Shards
from qa.corpus import Corpus
from qa.documents import Document
from qa.errors import CorpusError, DocumentError
from qa.index import Embedder, Snapshot


class ShardedCorpus:
    """A corpus folder whose index is held by shards, see `SearchableCorpus`.

    This process writes the folder and the index as on one machine. The first change reads the whole index
    once, to verify it.

    Args:
        corpus: The folder.
        shards: The shards.

    Raises:
        CorpusError: There is no index yet.
        IndexFolderError: The index is damaged.
        UnavailableError: A shard does not answer.
    """

    def __init__(self, corpus: Corpus, shards: Shards) -> None:
        self._corpus, self._shards = corpus, shards
        self._changing = RLock()
        self.index = ShardedIndex(shards, self._snapshot()).opened()

    @property
    def failures(self) -> tuple[DocumentError, ...]:
        """The error for each file that could not be read, sorted by file."""
        skipped = sorted(self.index.snapshot.skipped.items())
        return tuple(DocumentError(file.problem) for _, file in skipped if file.problem is not None)

    def sync(self, embedder: Embedder) -> None:
        """Switch to the current state of the index folder, after `qa index` or another process changed it.

        Raises:
            UnavailableError: A shard does not answer. The index stays as it was.
        """
        with self._changing:
            snapshot = self._snapshot()
            if snapshot.version != self.index.snapshot.version:
                self.index = ShardedIndex(self._shards, snapshot).opened()

    def add(self, source: Path | str, embedder: Embedder, *, name: str | None = None) -> Document:
        """Add a file or a text to the folder, the index and the shards, see `Corpus.add`.

        Raises:
            UnavailableError: A shard does not answer. The document is added as soon as it does.
        """
        with self._changing:
            document = self._corpus.add(source, embedder, name=name)
            self.sync(embedder)
            if self.index.documents.find(document.id) is None:
                raise CorpusError("the index folder cannot be written to: all nodes must share it")
            return document

    def remove(self, document_id: str) -> tuple[str, ...]:
        """Delete a document from the folder, the index and the shards, see `Corpus.remove`.

        Raises:
            UnavailableError: A shard does not answer. The document is gone as soon as it does.
        """
        with self._changing:
            same_text = self._corpus.remove(document_id)
            snapshot = self._snapshot()
            self.index = ShardedIndex(self._shards, snapshot).opened()
            return same_text

    def restore(self, name: str, embedder: Embedder) -> str:
        """Bring a file back into the folder, the index and the shards, see `Corpus.restore`.

        Raises:
            UnavailableError: A shard does not answer. The document is back as soon as it does.
        """
        with self._changing:
            document_id = self._corpus.restore(name, embedder)
            self.sync(embedder)
            return document_id

    def path(self, document_id: str) -> Path:
        """Return the path of a document's file, see `Corpus.path`."""
        return self._corpus.path(document_id)

    def _snapshot(self) -> Snapshot:
        snapshot = Snapshot.read(self._corpus.index_folder)
        if snapshot is None:
            raise CorpusError(f"there is no index in {str(self._corpus.index_folder)!r}: run qa index first")
        return snapshot
