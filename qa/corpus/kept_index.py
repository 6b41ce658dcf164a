"""Kept index: the index of a corpus, in memory and in its folder, changed by one writer at a time."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace

from qa.corpus.folder import Folder
from qa.errors import IndexFolderError
from qa.index import Index, IndexSettings, Store, StoredIndex
from qa.settings import DEFAULTS

log = logging.getLogger(__name__)


class KeptIndex:
    """The index of a corpus. It is in memory, and also in its folder if that can be written to.

    Args:
        store: The index folder.
        folder: The corpus folder.

    Attributes:
        store: The index folder.
        in_memory: The index in use, None before the first one. Readers need no lock.
    """

    def __init__(self, store: Store, folder: Folder) -> None:
        self.store, self._folder = store, folder
        self.in_memory: StoredIndex | None = None
        self._write_error: OSError | None = None  # of the writer that holds the lock
        self._is_tidy = False

    @contextmanager
    def locked(self, seconds: float = DEFAULTS.lock_seconds) -> Iterator[None]:
        """Hold the lock of the folder in a `with` block, for `write`. Threads are serialised by another lock.

        If the folder cannot be written to, there is no lock, and changes stay in memory.

        Args:
            seconds: How long to wait for another process.

        Raises:
            IndexFolderError: Another process still holds the lock.
        """
        with ExitStack() as stack:
            self._write_error = None
            try:
                stack.enter_context(self.store.locked(seconds))
                self._folder.tidy()
            except OSError as error:
                self._write_error = error
            yield

    @property
    def writable_store(self) -> Store | None:
        """The index folder, None if the writer that holds the lock cannot write to it."""
        return self.store if self._write_error is None else None

    def find(self, settings: IndexSettings | None = None, *, warn: bool = False) -> StoredIndex | None:
        """Return the index in the folder, otherwise the one in memory; None if there is neither.

        Args:
            settings: The settings that it must have, None for any.
            warn: Whether to log damage.
        """
        in_folder = in_memory = self.in_memory
        if in_memory is None or in_memory.version != self.store.version():
            in_folder = self._read(warn=warn)
        if in_folder is not None and settings in (None, in_folder.index.settings):
            return in_folder
        if in_memory is not None and settings in (None, in_memory.index.settings):
            return replace(in_memory, needs_writing=True)  # the folder was deleted or overwritten
        return None

    def read(self, settings: IndexSettings, *, warn: bool = False) -> StoredIndex:
        """Return the result of `find`, or an empty index with these settings."""
        found = self.find(settings, warn=warn)
        return StoredIndex(Index(settings)) if found is None else found

    def write(self, stored: StoredIndex) -> None:
        """Use an index, and write it to the folder if possible. Needs the lock."""
        self.in_memory = stored
        error = self._write_error
        if error is None:
            try:
                self.in_memory = self.store.write(stored)
            except OSError as failure:
                error = failure
        if error is not None:
            version = self.store.version()
            self.in_memory = replace(stored, version=version, damaged=(), needs_writing=False)
            log.warning("The index cannot be saved and is rebuilt at every start: %s", error)

    def tidy(self) -> None:
        """Delete, once, what killed writers left in both folders, unless a writer is active."""
        if self._is_tidy or self.in_memory is None:
            return
        self._is_tidy = True
        if self._folder.has_leftovers() or self.store.unused_files(self.in_memory.index):
            with suppress(IndexFolderError), self.locked(0):
                stored, store = self.find(), self.writable_store
                if stored is not None and not stored.needs_writing and store is not None:
                    store.delete_unused_files(stored.index)

    def _read(self, *, warn: bool) -> StoredIndex | None:
        """Return the index in the folder, None if there is no usable one."""
        try:
            stored = self.store.read()
        except IndexFolderError as error:
            if warn:
                log.warning("%s", error)
            return None
        if warn and stored is not None and stored.damaged:
            log.warning("Rebuilding part of the index: %s", "; ".join(stored.damaged))
        return stored
