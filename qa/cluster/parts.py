"""Parts: files of a corpus folder, parsed and embedded by one worker into a segment."""

from __future__ import annotations

import hashlib
import json
import pickle
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from qa.corpus import corpus_folder_at
from qa.documents import Document, Sandbox, Stamp
from qa.errors import DocumentError
from qa.index import FORMAT, Embedder, IndexSettings, Segment, checksum, embed_documents, text_digest
from qa.storage import RemotePath, delete_file, make_folder, replace_file, write_whole

PART_BYTES = 4_000_000
"""Files become one part when they have at least this many bytes together: a few minutes for one core."""

PART_FILES = 2_000


class PartFile(NamedTuple):
    """What a worker found in a file.

    Attributes:
        id: Its id.
        stamp: Its size and time when it was read.
        digest: The digest of its text, in hexadecimal. None if it is not a document.
        problem: Why it is not a document. None if it is one, or was deleted meanwhile.
    """

    id: str
    stamp: tuple[int, int] | None
    digest: str | None
    problem: str | None


@dataclass(frozen=True, slots=True)
class PartRecord:
    """What a worker made from a part.

    Attributes:
        files: Its files.
        segment: The name of the segment, which has only the first of equal texts. None if no file is a
            document.
        checksums: The checksum of each file of the segment.
    """

    files: tuple[PartFile, ...]
    segment: str | None
    checksums: dict[str, str]


@dataclass(frozen=True, slots=True)
class Part:
    """Files for one worker. Its output is kept in `target` until all parts are made.

    Attributes:
        folder: The corpus folder.
        target: The folder for the segments, which all workers must reach under this path.
        settings: What chunks and vectors are made with.
        files: The ids of the files, each with its stamp as it was listed.
        key: The digest of the index format, the settings, and the files with their stamps.
    """

    folder: Path | RemotePath
    target: Path | RemotePath
    settings: IndexSettings
    files: tuple[tuple[str, Stamp], ...]
    key: str

    @classmethod
    def of(
        cls,
        folder: Path | RemotePath,
        target: Path | RemotePath,
        settings: IndexSettings,
        files: Sequence[tuple[str, Stamp]],
    ) -> Iterator[Part]:
        """Yield the parts of some files, in order."""
        batch: list[tuple[str, Stamp]] = []
        for file in files:
            batch.append(file)
            if len(batch) == PART_FILES or sum(stamp.size for _, stamp in batch) >= PART_BYTES:
                yield cls._of_batch(folder, target, settings, batch)
                batch = []
        if batch:
            yield cls._of_batch(folder, target, settings, batch)

    @classmethod
    def _of_batch(
        cls,
        folder: Path | RemotePath,
        target: Path | RemotePath,
        settings: IndexSettings,
        batch: Sequence[tuple[str, Stamp]],
    ) -> Part:
        described = json.dumps([FORMAT, asdict(settings), [[file_id, *stamp] for file_id, stamp in batch]])
        key = hashlib.sha256(described.encode()).hexdigest()
        return cls(folder, target, settings, tuple(batch), key)

    @property
    def record_path(self) -> Path | RemotePath:
        """Where the record is, once the part is made."""
        return self.target / f"{self.key}.json"

    def record(self) -> PartRecord | None:
        """Return the record of the part, from this or an earlier run. None if it must be made."""
        try:
            stored = json.loads(self.record_path.read_bytes())
            files = tuple(
                PartFile(name, None if stamp is None else (stamp[0], stamp[1]), digest, problem)
                for name, stamp, digest, problem in stored["files"]
            )
            record = PartRecord(files, stored["segment"], stored["checksums"])
        except (OSError, ValueError):
            return None
        return record if all((self.target / file).exists() for file in record.checksums) else None

    def forget(self) -> None:
        """Delete the record, so that the next run makes the part again."""
        if isinstance(self.record_path, RemotePath):
            self.record_path.delete()
        else:
            delete_file(self.record_path)

    def make(self, load: bytes) -> None:
        """Parse and embed the files, and write the segment, then the record.

        If it is made twice, because a worker was thought to be lost, the record names one of the two
        segments.

        Args:
            load: A pickled function without arguments that loads the embedder.

        Raises:
            OSError: The folder cannot be written to.
        """
        if self.record() is not None:
            return
        files, documents = self._read()
        name, checksums = None, {}
        if documents:
            embedded = embed_documents(
                [document for document, _ in documents], _embedder(load), self.settings
            )
            stamps = [stamp for _, stamp in documents]
            segment = Segment.build([document for document, _ in documents], embedded, stamps)
            name = segment.name
            checksums = self._save(segment)
        record = PartRecord(tuple(files), name, checksums)
        content = json.dumps(asdict(record)).encode()
        if isinstance(self.record_path, RemotePath):
            self.record_path.put_bytes(content)
            return
        make_folder(self.record_path.parent)
        unfinished = self.record_path.with_suffix(f".{name}.new")
        write_whole(unfinished, content)
        replace_file(unfinished, self.record_path)

    def _save(self, segment: Segment) -> dict[str, str]:
        """Save a segment to `target`. Return the checksum of each of its files."""
        if not isinstance(self.target, RemotePath):
            make_folder(self.target)
            return {file: checksum(self.target / file) for file in segment.save(self.target)}
        with TemporaryDirectory() as scratch:
            checksums = {file: checksum(Path(scratch, file)) for file in segment.save(Path(scratch))}
            for file in checksums:
                (self.target / file).put(Path(scratch, file))
        return checksums

    def _read(self) -> tuple[list[PartFile], list[tuple[Document, Stamp]]]:
        """Return what was found in each file, and the documents with different texts."""
        files: list[PartFile] = []
        documents: dict[str, tuple[Document, Stamp]] = {}
        folder = corpus_folder_at(self.folder, dict(self.files))
        names = [file_id for file_id, _ in self.files]
        with Sandbox() as sandbox, folder.at_hand(names):
            for file_id in names:
                try:
                    document, stamp = folder.read(file_id, sandbox)
                except OSError:  # deleted since it was listed
                    files.append(PartFile(file_id, None, None, None))
                    continue
                if isinstance(document, DocumentError):
                    files.append(PartFile(file_id, (stamp.size, stamp.time), None, str(document)))
                    continue
                digest = text_digest(document.text).hex()
                files.append(PartFile(file_id, (stamp.size, stamp.time), digest, None))
                documents.setdefault(digest, (document, stamp))
        return files, list(documents.values())


@lru_cache(1)
def _embedder(load: bytes) -> Embedder:
    """Return the embedder, which a process loads once for all its parts."""
    loader: Callable[[], Embedder] = pickle.loads(load)
    return loader()
