"""Corpus: a folder of documents and its index, kept in step by one writer at a time."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from threading import RLock

from qa.corpus.corpus_file import CorpusFile, corpus_files
from qa.corpus.kept_index import KeptIndex
from qa.corpus.remote_folder import corpus_folder_at
from qa.corpus.sync import Update, UpdateMaker, compare
from qa.corpus.trash import RemovedFile
from qa.documents import SUFFIXES_IN_WORDS, Document, check_folder, document_name, stamp
from qa.errors import CorpusError, DocumentError, IndexFolderError
from qa.index import Embedder, Index, IndexSettings, StoredIndex, store_at
from qa.settings import DEFAULTS
from qa.storage import RemotePath

log = logging.getLogger(__name__)

INDEX_FOLDER = ".qa-index"

SYNC_LOCK_SECONDS = 10.0
"""How long `sync` waits for another writer if there is an older index to fall back on."""


class Corpus:
    """A folder of documents and its index.

    The folder is authoritative: whoever changed it, `sync` brings the index up to date, and reads and embeds
    only what changed. Among all threads and processes, only one writes at a time. Readers use `index`, which
    is immutable, and never wait.

    Args:
        folder: The folder, on this machine or on an object store.
        index_folder: The folder of the index; `.qa-index` in the folder if None.
        size: Maximum number of tokens in a chunk.
        overlap: Maximum number of tokens shared by neighbouring chunks.
        update: Makes the update that brings changed files into the index.
    """

    def __init__(
        self,
        folder: Path | RemotePath,
        *,
        index_folder: Path | RemotePath | None = None,
        size: int = DEFAULTS.chunk_size,
        overlap: int = DEFAULTS.chunk_overlap,
        update: UpdateMaker = Update,
    ) -> None:
        self.folder = corpus_folder_at(folder)
        store = store_at(folder / INDEX_FOLDER if index_folder is None else index_folder)
        self._kept = KeptIndex(store, self.folder)
        self._size, self._overlap = size, overlap
        self._update = update
        self._unreadable: dict[str, str] = {}
        self._writing = RLock()

    @property
    def index_folder(self) -> Path | RemotePath:
        """The folder of the index."""
        return self._kept.store.source

    @property
    def index(self) -> Index:
        """The index after the last synchronisation or change.

        Raises:
            ValueError: There was none yet.
        """
        if self._kept.in_memory is None:
            raise ValueError("call sync() before you use the index")
        return self._kept.in_memory.index

    @property
    def failures(self) -> tuple[DocumentError, ...]:
        """The error for each file that could not be read, sorted by file."""
        skipped = {} if self._kept.in_memory is None else self._kept.in_memory.skipped
        problems = {**self._unreadable, **{file_id: file.problem for file_id, file in skipped.items()}}
        return tuple(DocumentError(problem) for _, problem in sorted(problems.items()) if problem is not None)

    def nothing_to_read(self) -> CorpusError:
        """Return the error for a corpus without documents."""
        reason = f" ({self.failures[0]})" if self.failures else ""
        where = str(self.folder.source)
        return CorpusError(f"no readable documents in {where!r}{reason}: put {SUFFIXES_IN_WORDS} files in it")

    def files(self) -> list[CorpusFile]:
        """Return every file of the folder, sorted by id. No file is opened and no model is loaded.

        Raises:
            CorpusError: The folder does not exist.
        """
        return corpus_files(self._kept.find(), self.folder.listing())

    def sync(self, embedder: Embedder, *, retry: bool = False, progress: bool = False) -> None:
        """Bring the index up to date with the folder.

        Files that cannot be read become `failures`. A damaged index is repaired, with a warning. If the
        index folder cannot be written to, the index stays in memory, with a warning. If another process
        does not finish writing soon, an older index is used, with a warning.

        Args:
            embedder: The embedder.
            retry: Whether to retry unchanged files that could not be read before.
            progress: Whether to show a progress bar on stderr.

        Raises:
            CorpusError: The folder does not exist, or there are too many documents.
            IndexFolderError: Another process does not finish writing, and there is no older index.
        """
        with self._writing:
            # Without changes, no lock is needed.
            stored, listing = self._kept.read(self._settings(embedder)), self.folder.listing()
            self._unreadable = listing.problems
            if not stored.needs_writing and not compare(stored, listing, retry=retry):
                self._kept.in_memory = stored
                self._kept.tidy()
                return
            has_index = bool(stored.index.segments)
            try:
                with self._kept.locked(SYNC_LOCK_SECONDS if has_index else DEFAULTS.lock_seconds):
                    self._sync(embedder, retry=retry, progress=progress)
            except IndexFolderError as error:
                if not has_index:
                    raise
                log.warning("%s. The old index is used until then.", error)
                self._kept.in_memory = stored

    def add(self, source: Path | str, embedder: Embedder, *, name: str | None = None) -> Document:
        """Add a file or a text to the folder and the index. A file with the same id is replaced.

        If the file is already in the folder and another document has the same text, it stays there as a
        duplicate.

        Args:
            source: The path of a file, or a text.
            embedder: The embedder.
            name: The id, see `document_name`.

        Returns:
            The document. If another document has the same text, that one is returned, and nothing is added.

        Raises:
            DocumentError: The file or the text cannot become a document.
            CorpusError: The folder cannot be written to, or there are too many documents.
            IndexFolderError: Another process does not finish writing.
        """
        self.folder.check_changeable()
        with self._writing, self._kept.locked():
            stored = self._kept.read(self._settings(embedder))
            taken = {*stored.index.documents.ids, *stored.skipped} if name is None else ()
            document_id = document_name(source, name, taken, folder=self.folder.path)
            try:
                with self.folder.staged(source, document_id) as (document, staged_path):
                    indexed, has_duplicates = self._add(stored, source, document, staged_path, embedder)
            except OSError as error:
                raise CorpusError(
                    f"{document_id!r} cannot be saved in {str(self.folder.path)!r} ({error.strerror}): "
                    "check that the folder is writable and the disk is not full"
                ) from error
            if has_duplicates:
                self._sync(embedder)
            return indexed

    def remove(self, document_id: str) -> tuple[str, ...]:
        """Delete a document from the folder and the index. For a while, `restore` can bring its file back.

        Returns:
            The ids of the remaining files with the same text. The next `sync` indexes one of them.

        Raises:
            CorpusError: There is no such document, or its file cannot be deleted.
            IndexFolderError: Another process does not finish writing.
        """
        self.folder.check_changeable()
        check_folder(self.folder.path)  # taking the lock would create it
        with self._writing, self._kept.locked():
            in_use = self._kept.in_memory
            stored = self._kept.find(None if in_use is None else in_use.index.settings)
            is_indexed = stored is not None and stored.index.find(document_id) is not None
            if not is_indexed and document_id not in self.folder.listing().stamps:
                raise CorpusError.no_document(document_id)
            same_text = set() if stored is None else stored.same_text(document_id)
            self._delete(stored, document_id)
            return tuple(sorted(same_text - {document_id}))

    def path(self, document_id: str) -> Path:
        """Return the path of a document's file. It need not exist.

        Raises:
            DocumentError: It would be outside the folder.
        """
        return self.folder.file_path(document_id)

    def removed(self) -> list[RemovedFile]:
        """Return the files that `restore` can bring back, the latest first.

        Raises:
            CorpusError: The folder does not exist.
        """
        self.folder.check_changeable()
        check_folder(self.folder.path)
        return self.folder.trash.files()

    def restore(self, name: str, embedder: Embedder) -> str:
        """Bring back a file that was removed or replaced. A file that now has its id goes to the trash.

        Args:
            name: Its name in the trash, or its id for the latest file with this id.
            embedder: The embedder.

        Returns:
            Its id.

        Raises:
            CorpusError: It is not in the trash, or the folder cannot be written to.
            IndexFolderError: Another process does not finish writing.
        """
        self.folder.check_changeable()
        check_folder(self.folder.path)
        with self._writing, self._kept.locked():
            document_id = self.folder.restore(name)
            self._sync(embedder)
            return document_id

    def _settings(self, embedder: Embedder) -> IndexSettings:
        return IndexSettings.of(embedder, size=self._size, overlap=self._overlap)

    def _sync(self, embedder: Embedder, *, retry: bool = False, progress: bool = False) -> None:
        """Do the work of `sync`. Needs the lock."""
        stored, listing = self._kept.read(self._settings(embedder), warn=True), self.folder.listing()
        self._unreadable = listing.problems
        difference = compare(stored, listing, retry=retry)
        if not difference and not stored.needs_writing:  # another process was faster
            self._kept.in_memory = stored
            return
        store = self._kept.writable_store
        if store is not None:
            store.delete_unused_files(stored.index, keep_cache=True)
        update = self._update(stored, difference, embedder, self.folder, store)
        self._kept.write(update.run(progress=progress))
        update.tidy()

    def _add(
        self,
        stored: StoredIndex,
        source: Path | str,
        document: Document,
        staged_path: Path,
        embedder: Embedder,
    ) -> tuple[Document, bool]:
        """Commit a staged file and index it.

        Returns:
            The document that is indexed, and whether there are duplicates that `_sync` must examine.
        """
        same = stored.index.same_text(document)
        if same is not None and not self.folder.has(same.id, stored.stamp_of(same.id)):
            # That file was changed without `sync`, and may no longer have this text.
            self._sync(embedder)
            stored = self._kept.read(self._settings(embedder))
            same = stored.index.same_text(document)
        has_duplicates = bool(stored.duplicates_of(document.id))
        if same is not None and same.id != document.id:
            if self.folder.contains(source, document.id):
                return same, True
            self._delete(stored, document.id)
            return same, has_duplicates
        file_stamp = stamp(staged_path)
        if same == document:
            changed = replace(stored, stamps={**stored.stamps, document.id: file_stamp})
        else:
            index = stored.index.with_documents([document], embedder, stamps=[file_stamp])
            changed = replace(
                stored.without_files([document.id]),
                index=index.merged(foreground=True),
                model=embedder.name,
            )
        self.folder.commit(staged_path, document.id)
        self._kept.write(changed)
        return document, has_duplicates

    def _delete(self, stored: StoredIndex | None, document_id: str) -> None:
        """Delete a file, and its document if it is indexed."""
        self.folder.delete(document_id)
        if stored is not None and stored.knows(document_id):
            index = stored.index.without([document_id]).merged(foreground=True)
            self._kept.write(replace(stored.without_files([document_id]), index=index))
