"""Synchronisation: bringing changed files of a corpus folder into its index."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from qa.corpus.folder import Folder, Listing
from qa.documents import Document, Sandbox, Stamp
from qa.errors import DocumentError
from qa.index import SEGMENT_CHARACTERS, Embedder, Segment, SkippedFile, Store, StoredIndex

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Difference:
    """How a folder differs from its index.

    Attributes:
        changed: The ids of the files to read, sorted.
        removed: The ids of the files that are no longer in the folder.
    """

    changed: tuple[str, ...]
    removed: frozenset[str]

    def __bool__(self) -> bool:
        return bool(self.changed or self.removed)


def compare(stored: StoredIndex, listing: Listing, *, retry: bool = False) -> Difference:
    """Compare the stamps of the files with those of the last synchronisation.

    Args:
        stored: The index and what is known about the files.
        listing: The files in the folder.
        retry: Whether files that could not be parsed count as changed.
    """
    known = {
        **{file_id: file.stamp for file_id, file in stored.skipped.items()},
        **stored.index.stamps,
        **stored.stamps,
    }
    changed = {file_id for file_id, stamp in listing.stamps.items() if known.get(file_id) != stamp}
    removed = frozenset(known.keys() - listing.stamps.keys())
    for file_id in stored.skipped.keys() - removed:
        file = stored.skipped[file_id]
        # Without the document that it duplicates, the file must be indexed itself.
        has_lost_original = file.duplicate_of in changed or file.duplicate_of in removed
        if has_lost_original or (retry and file.problem is not None):
            changed.add(file_id)
    return Difference(tuple(sorted(changed)), removed)


class Updating(Protocol):
    """One run of a synchronisation, wherever its work is done."""

    def run(self, *, progress: bool) -> StoredIndex:
        """Read, chunk and embed the changed files, with a progress bar on stderr if `progress`."""

    def tidy(self) -> None:
        """Delete what is no longer needed once the manifest is written."""


UpdateMaker: TypeAlias = Callable[[StoredIndex, Difference, Embedder, Folder, Store | None], Updating]
"""Makes a run from the previous index, how the folder differs from it, the embedder, the folder, and where
new segments are saved."""


class Update:
    """One run of a synchronisation on this machine.

    Args:
        stored: The previous index.
        difference: How the folder differs from it.
        embedder: The embedder of its settings.
        folder: The folder.
        store: Where new segments are saved, None to keep them in memory.
    """

    def __init__(
        self,
        stored: StoredIndex,
        difference: Difference,
        embedder: Embedder,
        folder: Folder,
        store: Store | None,
    ) -> None:
        self._stored, self._embedder, self._folder, self._store = stored, embedder, folder, store
        self._cache = None if store is None else store.cache(stored.index.settings)
        self._unread = dict.fromkeys(difference.changed)  # in order
        self._index = stored.index.without(difference.removed)
        self._outdated = self._unread.keys() & self._index.stamps.keys()  # indexed with their old content
        unchanged = stored.without_files(difference.removed | self._unread.keys())
        self._stamps, self._skipped = dict(unchanged.stamps), dict(unchanged.skipped)
        self._batch: dict[str, tuple[Document, Stamp]] = {}  # by text
        self._batch_characters = 0

    def run(self, *, progress: bool) -> StoredIndex:
        """Read, chunk and embed the changed files.

        Args:
            progress: Whether to show a progress bar on stderr.
        """
        from tqdm import tqdm

        with (
            Sandbox() as sandbox,
            tqdm(total=len(self._unread), desc="documents", disable=not progress) as bar,
        ):
            for file_id in list(self._unread):
                del self._unread[file_id]
                self._read(file_id, sandbox)
                if self._batch_characters >= SEGMENT_CHARACTERS:
                    bar.update(self._index_batch())
            bar.update(self._index_batch())
        index = self._index.merged(save=self._save)
        return StoredIndex(index, self._stamps, self._skipped, self._embedder.name, self._stored.version)

    def tidy(self) -> None:
        """Do nothing: the store deletes the files that no manifest names."""

    def _read(self, file_id: str, sandbox: Sandbox) -> None:
        """Read a file. If its text is new, add it to the batch."""
        try:
            document, stamp = self._folder.read(file_id, sandbox)
        except OSError:  # deleted since it was listed
            self._delete(file_id)
            return
        if isinstance(document, DocumentError):
            self._skipped[file_id] = SkippedFile(stamp, duplicate_of=None, problem=str(document))
            self._delete(file_id)
            return
        same = self._same_text(document)
        if same == document:
            self._stamps[file_id] = stamp
        elif same is not None and same.id != file_id:
            self._skipped[file_id] = SkippedFile(stamp, duplicate_of=same.id, problem=None)
            self._delete(file_id)
            log.warning("%r has the same text as %r: only the latter is indexed", file_id, same.id)
        else:
            # Delete the old text of this file now: another file may have it.
            self._delete(file_id)
            self._batch[document.text] = (document, stamp)
            self._batch_characters += len(document.text)

    def _same_text(self, document: Document) -> Document | None:
        """Return the document with the same text, in the index or in the batch."""
        same = self._index.same_text(document)
        if same is not None and same.id in self._unread:
            # That file changed and will be read. It may no longer have this text.
            self._index = self._index.without([same.id])
            same = None
        if same is None and document.text in self._batch:
            same, _ = self._batch[document.text]
        return same

    def _delete(self, file_id: str) -> None:
        """Delete the document that was indexed for a file, if there is one."""
        if file_id in self._outdated:  # looking up any other id would search every segment in vain
            self._index = self._index.without([file_id])

    def _index_batch(self) -> int:
        """Chunk, embed and index the batch. Return the number of its documents."""
        documents = [document for document, _ in self._batch.values()]
        self._index = self._index.with_documents(
            documents,
            self._embedder,
            stamps=[stamp for _, stamp in self._batch.values()],
            known=self._stored.index,
            cache=self._cache,
            save=self._save,
        )
        self._batch.clear()
        self._batch_characters = 0
        return len(documents)

    def _save(self, segment: Segment) -> Segment:
        """Save a segment. If that fails, keep it in memory: writing the manifest will report the failure."""
        if self._store is None:
            return segment
        try:
            return self._store.save_segment(segment)
        except OSError:
            return segment
