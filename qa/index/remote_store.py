"""Index folder on an object store, with copies of its segments on this machine."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from qa.errors import IndexFolderError, QAError, StorageError
from qa.index.index import Index
from qa.index.segment import Segment
from qa.index.snapshot import MANIFEST, Snapshot
from qa.index.store import INDEX_FILES, Store
from qa.settings import DEFAULTS
from qa.storage import UNFINISHED, RemotePath, delete_file

HOUR = 3_600
"""In seconds. A file that no manifest names is kept for this long: another writer may need it."""

DAY = 24 * HOUR
"""In seconds. A copy that is still incomplete after this long was abandoned."""


class RemoteStore(Store):
    """An index folder on an object store, see `Store`. Its segments are copied to this machine to be opened.

    The lock covers only this machine. If writers on two machines run at once, the slower one fails, because
    the manifest is no longer the one that it started from.

    Args:
        source: The folder.
    """

    def __init__(self, source: RemotePath) -> None:
        super().__init__(source.local)
        self.source: RemotePath = source
        self._before = b""
        self._origins: dict[str, RemotePath] = {}

    @contextmanager
    def locked(self, seconds: float = DEFAULTS.lock_seconds) -> Iterator[None]:
        """Hold the lock, see `Store.locked`."""
        with super().locked(seconds):
            self._before = self._manifest()
            yield

    def adopt(self, folder: Path | RemotePath, name: str, checksums: Mapping[str, str]) -> Segment:
        """Take over a segment that was saved to another folder, see `Store.adopt`."""
        if isinstance(folder, RemotePath):
            self._origins |= {file: folder / file for file in checksums}
        return super().adopt(folder, name, checksums)

    def delete_copies(self, snapshot: Snapshot) -> None:
        """Delete local copies that a snapshot does not need, unless a writer is active on this machine."""
        needed = snapshot.files
        with suppress(IndexFolderError, OSError), super().locked(0):
            for path in self.folder.iterdir():
                is_unneeded = INDEX_FILES.fullmatch(path.name) is not None and path.name not in needed
                is_left = path.suffix == UNFINISHED and time.time() - path.stat().st_mtime > DAY
                if is_unneeded or is_left:
                    delete_file(path)

    def _commit(self, index: Index, content: bytes) -> None:
        """Upload the segments, then the manifest.

        Raises:
            StorageError: The object store does not answer, or another process has replaced the manifest
                meanwhile. The index on the store is unchanged.
        """
        try:
            there = self.source.files()
        except FileNotFoundError:
            there = {}
        snapshot = Snapshot(self.source, content)
        for file in snapshot.files:
            path = self.folder / file
            if file not in there or there[file].size != path.stat().st_size:
                if file in self._origins:
                    self._origins[file].copy(self.source / file)
                else:
                    (self.source / file).put(path)
        if self._manifest() != self._before:
            raise StorageError(
                f"Another process has written the index in {self.source}: run this again to continue."
            )
        (self.source / MANIFEST).put_bytes(content)
        self.delete_unused_files(index)
        with suppress(QAError):  # the next writer tries again
            self._delete_unneeded(snapshot.files)

    def _delete_unneeded(self, needed: set[str]) -> None:
        """Delete remote files needed neither now nor by the previous manifest, which may still be read."""
        with suppress(IndexFolderError):
            needed = needed | (Snapshot(self.source, self._before).files if self._before else set())
        oldest = (time.time() - HOUR) * 1e9
        for file, stamp in self.source.files().items():
            if INDEX_FILES.fullmatch(file) is not None and file not in needed and stamp.time < oldest:
                (self.source / file).delete()

    def _manifest(self) -> bytes:
        """Return the current remote manifest, empty if there is none."""
        try:
            return (self.source / MANIFEST).read_bytes()
        except FileNotFoundError:
            return b""


def store_at(folder: Path | RemotePath) -> Store:
    """Return the store of an index folder, on this machine or on an object store."""
    return RemoteStore(folder) if isinstance(folder, RemotePath) else Store(folder)
