"""A folder of articles and the index of it, kept alike."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import RLock

from qa.corpus.folder import Folder
from qa.corpus.sync import Update, compare
from qa.documents import SUFFIXES_IN_WORDS, Document, check_folder, document_name, stamp
from qa.errors import CorpusError, DocumentError, IndexFolderError
from qa.index import Embedder, Index, IndexSettings, Store, StoredIndex
from qa.settings import DEFAULTS

log = logging.getLogger(__name__)

INDEX_FOLDER = ".qa-index"
PATIENCE = 10.0  # seconds that another writer is waited for by those who can be served what there is


@dataclass(frozen=True, slots=True)
class Listed:
    """A file of the folder: whether it is `indexed`, `waiting` to be read, or has `failed`.

    `problem` says why it failed, `double_of` which document has the same text.
    """

    id: str
    state: str
    problem: str | None = None
    double_of: str | None = None


class Corpus:
    """The articles in a folder, their index beside them, and what becomes of both when one of them changes.

    The folder is the truth: whatever was done to it, and by whom, `sync` makes the index follow, and reads
    and embeds only what changed. Of all threads and processes one writes at a time; who asks uses `index`,
    which never changes, and never waits.
    """

    def __init__(
        self,
        folder: Path,
        *,
        index_folder: Path | None = None,
        size: int = DEFAULTS.chunk_size,
        overlap: int = DEFAULTS.chunk_overlap,
    ) -> None:
        self.folder = Folder(folder)
        self._store = Store(folder / INDEX_FOLDER if index_folder is None else index_folder)
        self._size, self._overlap = size, overlap
        self._kept: StoredIndex | None = None
        self._forbidden: dict[str, str] = {}
        self._writing = RLock()

    @property
    def index(self) -> Index:
        """What is asked, as it was when it was last synchronised or changed."""
        if self._kept is None:
            raise ValueError("synchronise the corpus before it is asked")
        return self._kept.index

    @property
    def failures(self) -> tuple[DocumentError, ...]:
        """Why each file that is no document could not be read."""
        skipped = {} if self._kept is None else self._kept.skipped
        problems = {**self._forbidden, **{name: other.problem for name, other in skipped.items()}}
        return tuple(DocumentError(problem) for _, problem in sorted(problems.items()) if problem is not None)

    def nothing_to_read(self) -> CorpusError:
        """What to raise where there must be something to be asked and is not."""
        reason = f" ({self.failures[0]})" if self.failures else ""
        return CorpusError(
            f"nothing to read in {str(self.folder.path)!r}{reason}: put {SUFFIXES_IN_WORDS} files in it"
        )

    def listed(self) -> list[Listed]:
        """Every file of the folder, by id, and how the index stands with it. No file and no model is read.

        Raises:
            CorpusError: the folder is missing.
        """
        kept, listing = self._read(), self.folder.listing()
        waiting = set(compare(kept, listing).changed)
        found = [Listed(name, "failed", problem) for name, problem in listing.forbidden.items()]
        for name in listing.stamps:
            other = kept.skipped.get(name)
            if name in waiting:
                found.append(Listed(name, "waiting"))
            elif other is not None:
                state = "indexed" if other.problem is None else "failed"
                found.append(Listed(name, state, other.problem, other.double_of))
            else:
                found.append(Listed(name, "indexed"))
        return sorted(found, key=lambda one: one.id)

    def sync(self, embedder: Embedder, *, retry: bool = False, progress: bool = False) -> None:
        """Make the index follow the folder.

        Files that cannot be read become `failures`; one that has not changed since is read again only to
        `retry`. A damaged index is mended with a warning, and one that cannot be kept lives in memory,
        with a warning too. Another process that is writing is waited for; where there is something to be
        asked, for some seconds only.

        Raises:
            CorpusError: the folder is missing, or holds too much.
            IndexFolderError: another process does not finish.
        """
        settings = IndexSettings.of(embedder, size=self._size, overlap=self._overlap)
        with self._writing:
            kept, listing = self._read(settings), self.folder.listing()
            self._forbidden = listing.forbidden
            if not kept.damaged and not compare(kept, listing, retry=retry):
                self._kept = kept
                return
            try:
                with self._exclusive(PATIENCE if kept.index.parts else DEFAULTS.lock_seconds) as obstacle:
                    self._sync(settings, embedder, obstacle, retry=retry, progress=progress)
            except IndexFolderError as error:
                if not kept.index.parts:
                    raise
                log.warning("%s Until then what is there already is asked.", error)
                self._kept = kept

    def _sync(
        self,
        settings: IndexSettings,
        embedder: Embedder,
        obstacle: OSError | None,
        *,
        retry: bool = False,
        progress: bool = False,
    ) -> None:
        kept, listing = self._read(settings, warn=True), self.folder.listing()
        self._forbidden = listing.forbidden
        difference = compare(kept, listing, retry=retry)
        if not difference and not kept.damaged:
            self._kept = kept
            return
        if obstacle is None:
            self._store.tidy(kept.index, cache=True)
        store = self._store if obstacle is None else None
        update = Update(kept, difference, embedder, self.folder, store)
        self._keep(update.run(progress=progress), obstacle)

    def add(self, source: Path | str, embedder: Embedder, *, name: str | None = None) -> Document:
        """Take a file (a `Path`) or a text (a `str`) into the folder and the index; see `document_name`.

        A file of the same name is replaced. If another document has the same text, that one is returned,
        and nothing is added; a file that lies in the folder already stays there, as its double.

        Raises:
            DocumentError: the file or the text cannot become a document.
            CorpusError: the folder cannot be written to, or would hold too much.
            IndexFolderError: another process does not finish writing.
        """
        settings = IndexSettings.of(embedder, size=self._size, overlap=self._overlap)
        with self._writing, self._exclusive() as obstacle:
            kept = self._read(settings)
            taken = {*kept.index.documents.ids, *kept.skipped} if name is None else ()
            document_id = document_name(source, name, taken, folder=self.folder.path)
            try:
                with self.folder.staged(source, document_id) as (document, aside):
                    held = kept.index.same_text(document)
                    if held is not None and self._is_changed(kept, held.id):
                        self._sync(settings, embedder, obstacle)
                        kept = self._read(settings)
                        held = kept.index.same_text(document)
                    follow = any(other.double_of == document_id for other in kept.skipped.values())
                    if held is None or held.id == document_id:
                        if held == document:
                            change = replace(kept, stamps={**kept.stamps, document_id: stamp(aside)})
                        else:
                            index = kept.index.with_documents([document], embedder, stamps=[stamp(aside)])
                            index = index.merged(at_once=True)
                            change = replace(kept.without([document_id]), index=index, model=embedder.name)
                        self.folder.commit(aside, document_id)
                        self._keep(change, obstacle)
                    elif self.folder.holds(source, document_id):
                        follow = True
                    else:
                        self._forget(kept, document_id, obstacle)
            except OSError as error:
                raise CorpusError(
                    f"{document_id!r} cannot be kept in {str(self.folder.path)!r} ({error.strerror}): "
                    "see that the folder can be written to and its disk has room"
                ) from error
            if follow:  # of a double that comes into its own, or a file that has become one
                self._sync(settings, embedder, obstacle)
            return document if held is None or held.id == document_id else held

    def _is_changed(self, kept: StoredIndex, document_id: str) -> bool:
        """Whether a document's file is no longer as it was indexed."""
        try:
            now = stamp(self.folder.place(document_id))
        except OSError:
            return True
        return now != kept.stamps.get(document_id, kept.index.stamps.get(document_id))

    def remove(self, document_id: str) -> tuple[str, ...]:
        """Delete a document from folder and index; the names of the files that stay and have its text.

        Of these one comes in its place when the corpus is synchronised next.

        Raises:
            CorpusError: there is none of that id, or it cannot be deleted.
            IndexFolderError: another process does not finish writing.
        """
        check_folder(self.folder.path)  # one that is missing is not made
        with self._writing, self._exclusive() as obstacle:
            kept = self._read(None if self._kept is None else self._kept.index.settings)
            if kept.index.find(document_id) is None and document_id not in self.folder.listing().stamps:
                raise CorpusError.no_document(document_id)
            other = kept.skipped.get(document_id)
            first = document_id if other is None or other.double_of is None else other.double_of
            duplicates = (name for name, other in kept.skipped.items() if other.double_of == first)
            self._forget(kept, document_id, obstacle)
            return tuple(sorted({first, *duplicates} - {document_id}))

    def _forget(self, kept: StoredIndex, document_id: str, obstacle: OSError | None) -> None:
        self.folder.delete([document_id])
        if document_id in kept.skipped or kept.index.find(document_id) is not None:
            index = kept.index.without([document_id]).merged(at_once=True)
            self._keep(replace(kept.without([document_id]), index=index), obstacle)

    def _read(self, settings: IndexSettings | None = None, *, warn: bool = False) -> StoredIndex:
        """What is kept, made by these settings (any, if None): in the index folder, in memory, or nothing.

        What is in memory alone counts as damaged, so that it is written again.
        """
        kept = held = self._kept
        if held is None or held.version != self._store.version():
            try:
                kept = self._store.read()
            except IndexFolderError as error:
                kept = None
                if warn:
                    log.warning("%s", error)
            if warn and kept is not None and kept.damaged:
                log.warning("A part of the index is made anew: %s", "; ".join(kept.damaged))
        for found in (kept, held):
            if found is not None and settings in (None, found.index.settings):
                return found if found is kept else replace(found, damaged=("It is gone from its folder",))
        return StoredIndex(Index(IndexSettings("", 0, 1, 0) if settings is None else settings))

    def _keep(self, kept: StoredIndex, obstacle: OSError | None) -> None:
        """Hold what is to be kept, and keep it in the folder if that can be."""
        self._kept = kept
        if obstacle is None:
            try:
                self._kept = self._store.write(kept)
            except OSError as error:
                obstacle = error
        if obstacle is not None:
            self._kept = replace(kept, version=self._store.version(), damaged=())
            log.warning("The index cannot be kept and is made each time: %s", obstacle)

    @contextmanager
    def _exclusive(self, seconds: float = DEFAULTS.lock_seconds) -> Iterator[OSError | None]:
        """The right to write; with what forbids it, where there is no index folder to write to."""
        with ExitStack() as stack:
            obstacle = None
            try:
                stack.enter_context(self._store.locked(seconds))
                self.folder.clean()
            except OSError as error:
                obstacle = error
            yield obstacle
