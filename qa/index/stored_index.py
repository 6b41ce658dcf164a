"""Stored index: the contents of an index folder, that is, the index and what is known of skipped files."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from qa.documents import Stamp
from qa.index.index import Index


@dataclass(frozen=True, slots=True)
class SkippedFile:
    """A corpus file that is not indexed, because it duplicates another or could not be parsed.

    Attributes:
        stamp: The stamp of the file when it was read.
        duplicate_of: The id of the document with the same text, if that is why.
        problem: The message of the error, if that is why.
    """

    stamp: Stamp
    duplicate_of: str | None
    problem: str | None


@dataclass(frozen=True, slots=True, eq=False)
class StoredIndex:
    """An index and what is known about the files of its corpus.

    Attributes:
        index: The index.
        stamps: Stamps, by id, of files that were overwritten with the same text. They replace those in the
            index.
        skipped: The files that are not indexed, by id.
        model: The name of the embedder.
        version: The version of the manifest that was last read or written.
        damaged: Messages about parts of the folder that could not be used.
        needs_writing: Whether this differs from the contents of the folder and must be written to it.
    """

    index: Index
    stamps: Mapping[str, Stamp] = field(default_factory=dict)
    skipped: Mapping[str, SkippedFile] = field(default_factory=dict)
    model: str = ""
    version: str = ""
    damaged: tuple[str, ...] = ()
    needs_writing: bool = False

    def stamp_of(self, file_id: str) -> Stamp | None:
        """Return the last known stamp of an indexed file."""
        return self.stamps.get(file_id, self.index.stamps.get(file_id))

    def duplicates_of(self, document_id: str) -> list[str]:
        """Return the ids of the files that duplicate a document."""
        return [file_id for file_id, file in self.skipped.items() if file.duplicate_of == document_id]

    def knows(self, file_id: str) -> bool:
        """Return whether a file is known: indexed or skipped."""
        return file_id in self.skipped or self.index.find(file_id) is not None

    def same_text(self, file_id: str) -> set[str]:
        """Return the ids of a known file and of all files known to have the same text."""
        skipped = self.skipped.get(file_id)
        original = file_id if skipped is None or skipped.duplicate_of is None else skipped.duplicate_of
        return {original, *self.duplicates_of(original)}

    def without_files(self, ids: Collection[str]) -> StoredIndex:
        """Forget what is known about these files and their duplicates. The index stays the same."""
        return replace(
            self,
            stamps={file_id: stamp for file_id, stamp in self.stamps.items() if file_id not in ids},
            skipped={
                file_id: file
                for file_id, file in self.skipped.items()
                if file_id not in ids and file.duplicate_of not in ids
            },
        )
