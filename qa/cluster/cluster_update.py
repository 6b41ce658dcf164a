"""Cluster update: one run of a synchronisation whose files are parsed and embedded by many workers."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import TypeAlias

from qa.cluster.parts import Part, PartFile, PartRecord
from qa.corpus import Difference, Folder
from qa.documents import Stamp
from qa.errors import CorpusError
from qa.index import Embedder, Index, LiveSegment, SkippedFile, Store, StoredIndex
from qa.storage import RemotePath, delete_file, delete_folder

log = logging.getLogger(__name__)

PARTS = "parts"
"""The folder inside the index folder that keeps finished parts until all are made."""

Work: TypeAlias = Callable[[Sequence[Part]], Iterator[Part]]
"""Makes parts, and yields each as soon as it is made."""


class ClusterUpdate:
    """Does what `qa.corpus.Update` does on one machine. An interrupted run resumes where it stopped.

    Args:
        work: Makes the parts.
        stored: The previous index.
        difference: How the folder differs from it.
        embedder: The embedder of its settings.
        folder: The folder.
        store: Where the index is.

    Raises:
        CorpusError: The index folder cannot be written to.
    """

    def __init__(
        self,
        work: Work,
        stored: StoredIndex,
        difference: Difference,
        embedder: Embedder,
        folder: Folder,
        store: Store | None,
    ) -> None:
        if store is None:
            raise CorpusError("the index folder cannot be written to: all nodes must share it")
        self._work, self._stored, self._embedder = work, stored, embedder
        self._folder, self._store = folder, store
        self._changed = difference.changed
        gone = difference.removed | set(difference.changed)
        self._index = stored.index.without(gone)
        unchanged = stored.without_files(gone)
        self._stamps, self._skipped = dict(unchanged.stamps), dict(unchanged.skipped)

    def run(self, *, progress: bool) -> StoredIndex:
        """Have the changed files parsed and embedded, and take over the segments.

        Args:
            progress: Whether to show a progress bar on stderr.

        Raises:
            CorpusError: A worker cannot write to the folder.
        """
        from tqdm import tqdm

        stamps = self._folder.listing().stamps
        files = [(file_id, stamps[file_id]) for file_id in self._changed if file_id in stamps]
        target = self._store.source / PARTS
        # Workers have another working directory.
        parts = list(Part.of(self._folder.source.absolute(), target.absolute(), self._index.settings, files))
        waiting = [part for part in parts if part.record() is None]
        with tqdm(total=len(files), desc="documents", disable=not progress) as bar:
            bar.update(len(files) - sum(len(part.files) for part in waiting))
            for part in self._work(waiting):
                bar.update(len(part.files))
        for part in parts:
            record = part.record()
            if record is None:
                raise CorpusError(f"{target} is not the same folder on all nodes: all must share it")
            self._take(part, record)
        index = self._index.merged(save=self._store.save_segment)
        return StoredIndex(index, self._stamps, self._skipped, self._embedder.name, self._stored.version)

    def tidy(self) -> None:
        """Delete the parts, which the index has taken over."""
        target = self._store.source / PARTS
        if isinstance(target, RemotePath):
            with suppress(FileNotFoundError):
                for name in target.files():
                    (target / name).delete()
            return
        for path in target.glob("*"):
            delete_file(path)
        delete_folder(target)

    def _take(self, part: Part, record: PartRecord) -> None:
        """Take over the segment of a part, without the texts that are indexed already."""
        first = {file.digest: file.id for file in reversed(record.files) if file.digest is not None}
        same = {digest: self._index.id_of_text(bytes.fromhex(digest)) for digest in first}
        for file in record.files:
            self._note(file, {digest: same[digest] or file_id for digest, file_id in first.items()})
        if record.segment is not None:
            try:
                segment = self._store.adopt(part.target, record.segment, record.checksums)
            except (FileNotFoundError, ValueError) as error:
                part.forget()
                raise CorpusError(f"the output of a worker is damaged ({error}): run this again") from error
            digests = [digest.tobytes().hex() for digest in segment.documents.digests]
            duplicates = [number for number, digest in enumerate(digests) if same[digest] is not None]
            live = LiveSegment(segment).without(duplicates)
            self._index = Index(self._index.settings, (*self._index.segments, live))

    def _note(self, file: PartFile, known: dict[str, str]) -> None:
        """Record a file that is not indexed."""
        if file.stamp is None:
            return
        if file.digest is None:
            self._skipped[file.id] = SkippedFile(Stamp(*file.stamp), duplicate_of=None, problem=file.problem)
        elif known[file.digest] != file.id:
            self._skipped[file.id] = SkippedFile(Stamp(*file.stamp), known[file.digest], problem=None)
            log.warning("%r has the same text as %r: only the latter is indexed", file.id, known[file.digest])
