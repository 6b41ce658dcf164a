"""Snapshot: the read-only state of an index folder that one manifest describes."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from qa.documents import Stamp
from qa.errors import IndexFolderError
from qa.index.embedding import IndexSettings
from qa.index.live_segment import LiveSegment
from qa.index.manifest import decode_manifest, manifest_version, unpack_mask
from qa.index.segment import Segment
from qa.index.stored_index import SkippedFile
from qa.storage import RemotePath, delete_file, mapped

MANIFEST = "manifest.json"


class SegmentEntry(NamedTuple):
    """A segment's entry in a manifest.

    Attributes:
        name: Its name.
        checksums: The checksum of each of its files, by name.
        documents: The number of live documents.
        passages: The number of live chunks.
        deleted: The packed mask of the deleted documents, None if there are none.
    """

    name: str
    checksums: Mapping[str, str]
    documents: int
    passages: int
    deleted: str | None


class Snapshot:
    """The state of an index folder. Its files are kept until a writer replaces the manifest.

    Args:
        folder: The index folder. If it is on an object store, files are copied to this machine when they are
            first opened.
        content: The manifest.

    Attributes:
        folder: The index folder.
        content: The manifest.
        version: The version of the manifest.
        settings: What the chunks and vectors were made with.
        model: The name of the embedder.
        segments: The segments, in the order of their rows.
        stamps: See `StoredIndex`.
        skipped: See `StoredIndex`.

    Raises:
        IndexFolderError: The manifest is damaged or of another format.
    """

    def __init__(self, folder: Path | RemotePath, content: bytes) -> None:
        try:
            manifest = decode_manifest(content)
        except ValueError as error:
            raise unusable(folder, str(error)) from error
        self.folder, self.content, self.version = folder, content, manifest_version(content)
        self.settings, self.model = IndexSettings(**manifest["settings"]), str(manifest["model"])
        self.segments = tuple(SegmentEntry(**entry) for entry in manifest["segments"])
        self.stamps = {file_id: Stamp(*stamp) for file_id, stamp in manifest["stamps"].items()}
        self.skipped = {
            file_id: SkippedFile(Stamp(size, time), duplicate_of, problem)
            for file_id, (size, time, duplicate_of, problem) in manifest["skipped"].items()
        }

    @classmethod
    def read(cls, folder: Path | RemotePath) -> Snapshot | None:
        """Return the current state of a folder, None if there is no index.

        Raises:
            IndexFolderError: The manifest is damaged or of another format, or cannot be read.
        """
        try:
            return cls(folder, (folder / MANIFEST).read_bytes())
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise unusable(folder, str(error)) from error

    @property
    def files(self) -> set[str]:
        """The names of all files of the segments."""
        return {file for entry in self.segments for file in entry.checksums}

    def open(self, entry: SegmentEntry, known: Segment | None = None) -> LiveSegment:
        """Open a segment.

        Args:
            entry: Its entry among `segments`.
            known: The segment of this name if it is already open, so that it is not verified again.

        Raises:
            OSError: A file is missing.
            ValueError: A file is damaged.
            StorageError: The object store does not answer.
        """
        segment = self._verified(entry) if known is None else known
        return LiveSegment(segment).without(unpack_mask(entry.deleted, len(segment)))

    def _verified(self, entry: SegmentEntry) -> Segment:
        local = self.folder if isinstance(self.folder, Path) else self.folder.local
        for file, expected in entry.checksums.items():
            if isinstance(self.folder, RemotePath):
                fetch(self.folder / file, local / file, expected)
            elif checksum(local / file) != expected:
                raise ValueError(f"{local / file} is damaged")
        return Segment.open(local, entry.name, entry.checksums)


def fetch(source: RemotePath, target: Path, expected: str) -> None:
    """Copy a file from an object store, unless there already is an intact copy.

    Args:
        source: The file.
        target: The copy.
        expected: The checksum of the file.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: It is damaged.
        StorageError: The object store does not answer.
    """
    with suppress(FileNotFoundError):
        if checksum(target) == expected:
            return
    source.fetch(target)
    if checksum(target) != expected:
        delete_file(target)
        raise ValueError(f"{source} is damaged")


def checksum(path: Path) -> str:
    """Return the 128-bit XXH3 digest of a file, which is eight times as fast as SHA-256.

    Raises:
        OSError: The file cannot be read.
    """
    import xxhash

    return xxhash.xxh3_128(mapped(path)).hexdigest()


def unusable(folder: Path | RemotePath, reason: str) -> IndexFolderError:
    """Return the error for an index folder that must be rebuilt."""
    return IndexFolderError(f"The index in {folder} must be rebuilt: {reason}")
