"""Index folder: read without a lock, and replaced atomically, even if a crash interrupts it."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from qa.errors import IndexFolderError
from qa.index.embedding import IndexSettings
from qa.index.embedding_cache import EmbeddingCache
from qa.index.index import Index
from qa.index.live_segment import LiveSegment
from qa.index.manifest import encode_manifest, manifest_version, pack_mask
from qa.index.segment import Segment
from qa.index.snapshot import MANIFEST, Snapshot, checksum, fetch
from qa.index.stored_index import StoredIndex
from qa.settings import DEFAULTS
from qa.storage import (
    RemotePath,
    delete_file,
    link_or_copy,
    make_folder,
    replace_file,
    sync_folder,
    write_whole,
)

log = logging.getLogger(__name__)

LOCK = "lock"

MAX_READS = 5
"""Maximum number of attempts to read the folder while another process replaces files."""

INDEX_FILES = re.compile(
    r"[0-9a-f]{32}\.(arrays|vectors\.(npy|codes))|manifest\.json\.new|embedded-[0-9a-f]{32}"
)
"""The files that may be deleted if no manifest names them. Users may have other files in the folder."""


class Store:
    """An index folder. Reading needs no lock and never waits. A writer must hold the lock.

    Everything a writer needs to know about a segment is kept in the segment, so readers cannot interfere.

    Args:
        folder: The folder. It need not exist.

    Attributes:
        folder: The folder.
        source: Where readers find the manifest and the segments that it names.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.source: Path | RemotePath = folder
        # The segments that were opened last, by name: they need not be verified again.
        self._opened: dict[str, Segment] = {}

    @contextmanager
    def locked(self, seconds: float = DEFAULTS.lock_seconds) -> Iterator[None]:
        """Hold the lock in a `with` block. Only one process can hold it at a time.

        Args:
            seconds: How long to wait for it.

        Raises:
            OSError: The folder cannot be written to.
            IndexFolderError: Another process still holds the lock.
        """
        from filelock import FileLock, Timeout

        make_folder(self.folder)
        lock = FileLock(self.folder / LOCK)
        try:
            lock.acquire(blocking=False)
        except Timeout:
            log.info("waiting for another process that is writing the index in %s", self.folder)
            try:
                lock.acquire(timeout=seconds)
            except Timeout:
                raise IndexFolderError(
                    f"another process is writing the index in {self.folder}: try again when it is done"
                ) from None
        try:
            yield
        finally:
            lock.release()

    def read(self) -> StoredIndex | None:
        """Return what the folder contains, None if there is no index.

        Damaged segments are left out and reported in `damaged`.

        Raises:
            IndexFolderError: The manifest is damaged or of another format.
        """
        for _ in range(MAX_READS):
            snapshot = Snapshot.read(self.source)
            if snapshot is None:
                return None
            stored = self._open(snapshot)
            # A file may be missing because a writer deleted it. Then there is a newer manifest: read again.
            with suppress(OSError):
                if not stored.damaged or (self.source / MANIFEST).read_bytes() == snapshot.content:
                    break
        return stored

    def version(self) -> str:
        """Return the version of the manifest in the folder, "" if there is none."""
        try:
            return manifest_version((self.source / MANIFEST).read_bytes())
        except OSError:
            return ""

    def write(self, stored: StoredIndex) -> StoredIndex:
        """Replace the contents of the folder atomically.

        Returns:
            The stored index, with its segments opened from the folder.

        Raises:
            OSError: The folder cannot be written to. Its contents are unchanged.
        """
        segments = [
            LiveSegment(self.save_segment(live.segment), live.deleted, live.deleted_rows)
            for live in stored.index.segments
        ]
        sync_folder(self.folder)
        index = self._remembered(Index(stored.index.settings, segments))
        content = encode_manifest(
            {
                "model": stored.model,
                "settings": asdict(index.settings),
                "segments": [_segment_entry(live) for live in index.segments],
                "stamps": {file_id: [stamp.size, stamp.time] for file_id, stamp in stored.stamps.items()},
                "skipped": {
                    file_id: [file.stamp.size, file.stamp.time, file.duplicate_of, file.problem]
                    for file_id, file in stored.skipped.items()
                },
            }
        )
        self._commit(index, content)
        return StoredIndex(index, stored.stamps, stored.skipped, stored.model, manifest_version(content))

    def save_segment(self, segment: Segment) -> Segment:
        """Write a segment's files to the folder, unless they exist already.

        They are kept only if the next manifest names them.

        Returns:
            The segment, opened from the folder.

        Raises:
            OSError: A file cannot be written completely. No file of the segment is left.
        """
        if segment.checksums:
            if all((self.folder / file).exists() for file in segment.checksums):
                return segment
            # A file was deleted. Use a new name: other processes may still map files with the old one.
            segment = segment.renamed()
        try:
            names = segment.save(self.folder)
            checksums = {name: checksum(self.folder / name) for name in names}
        except FileExistsError:
            raise
        except OSError:
            for path in self.folder.glob(f"{segment.name}.*"):
                delete_file(path)
            raise
        return Segment.open(self.folder, segment.name, checksums)

    def adopt(self, folder: Path | RemotePath, name: str, checksums: Mapping[str, str]) -> Segment:
        """Take over a segment that was saved to another folder. Its files remain there as well.

        Args:
            folder: The other folder. If it is on the same file system, files are linked instead of copied.
            name: The name of the segment.
            checksums: The checksum of each of its files.

        Raises:
            OSError: A file is missing, or the folder cannot be written to.
            ValueError: A file has no valid structure, or was damaged in transit.
            StorageError: The object store does not answer.
        """
        for file, expected in checksums.items():
            if isinstance(folder, RemotePath):
                fetch(folder / file, self.folder / file, expected)
            elif not (self.folder / file).exists():
                link_or_copy(folder / file, self.folder / file)
        return Segment.open(self.folder, name, checksums)

    def cache(self, settings: IndexSettings) -> EmbeddingCache:
        """Open the cache of vectors that were made with these settings."""
        return EmbeddingCache(self.folder / _cache_name(settings), settings.dimension)

    def delete_unused_files(self, index: Index, *, keep_cache: bool = False) -> None:
        """Delete files of the store that an index does not need, such as those of a killed writer.

        Args:
            index: The index that the folder contains.
            keep_cache: Whether to keep its embedding cache.
        """
        kept = {_cache_name(index.settings)} if keep_cache else set()
        for path in self.unused_files(index):
            if path.name not in kept:
                # Windows refuses to delete a file that is mapped. The next call tries again.
                with suppress(OSError):
                    delete_file(path)

    def unused_files(self, index: Index) -> list[Path]:
        """Return the files of the store that an index does not need."""
        needed = {file for live in index.segments for file in live.segment.checksums}
        if not self.folder.is_dir():
            return []
        return [
            path
            for path in self.folder.iterdir()
            if path.name not in needed and INDEX_FILES.fullmatch(path.name) is not None
        ]

    def _commit(self, index: Index, content: bytes) -> None:
        """Replace the manifest, and delete the files that its index does not need."""
        new_manifest = self.folder / f"{MANIFEST}.new"
        write_whole(new_manifest, content)
        replace_file(new_manifest, self.folder / MANIFEST)
        self.delete_unused_files(index)

    def _open(self, snapshot: Snapshot) -> StoredIndex:
        """Open the index of a snapshot."""
        live_segments, damaged, opened = [], [], self._opened
        for entry in snapshot.segments:
            known = opened.get(entry.name)
            if known is not None and known.checksums != entry.checksums:
                known = None
            try:
                live_segments.append(snapshot.open(entry, known))
            except (OSError, ValueError) as error:
                damaged.append(str(error))
        return StoredIndex(
            self._remembered(Index(snapshot.settings, live_segments)),
            snapshot.stamps,
            snapshot.skipped,
            snapshot.model,
            snapshot.version,
            tuple(damaged),
            needs_writing=bool(damaged),
        )

    def _remembered(self, index: Index) -> Index:
        """Remember the segments of an index, which need not be verified again, and return the index."""
        self._opened = {live.segment.name: live.segment for live in index.segments}
        return index


def _segment_entry(live: LiveSegment) -> dict[str, Any]:
    """Describe a segment in the manifest."""
    return {
        "name": live.segment.name,
        "checksums": live.segment.checksums,
        "documents": len(live),
        "passages": live.rows,
        "deleted": pack_mask(live.deleted),
    }


def _cache_name(settings: IndexSettings) -> str:
    return f"embedded-{settings.embedder[:32]}"
