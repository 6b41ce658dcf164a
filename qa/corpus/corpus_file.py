"""A file of a corpus folder, and whether it is indexed."""

from __future__ import annotations

from dataclasses import dataclass

from qa.corpus.folder import Listing
from qa.corpus.sync import compare
from qa.index import StoredIndex


@dataclass(frozen=True, slots=True)
class CorpusFile:
    """A file of the corpus folder.

    Attributes:
        id: Its path inside the folder.
        state: `indexed`, `waiting` (to be indexed) or `failed`.
        problem: Why it failed.
        duplicate_of: The document with the same text, if that one is indexed instead.
        notes: Remarks on how it was read; see `Document.notes`.
    """

    id: str
    state: str
    problem: str | None = None
    duplicate_of: str | None = None
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, str | list[str] | None]:
        """Return the file as a dictionary for JSON."""
        return {
            "id": self.id,
            "state": self.state,
            "problem": self.problem,
            "duplicate_of": self.duplicate_of,
            "notes": list(self.notes),
        }


def corpus_files(stored: StoredIndex | None, listing: Listing) -> list[CorpusFile]:
    """Return every file of a folder and its state in the index, sorted by id.

    Args:
        stored: The index, None if there is none.
        listing: The files of the folder.
    """
    files = [CorpusFile(file_id, "failed", problem) for file_id, problem in listing.problems.items()]
    if stored is None:
        files += [CorpusFile(file_id, "waiting") for file_id in listing.stamps]
    else:
        changed, notes = set(compare(stored, listing).changed), stored.index.documents.notes()
        for file_id in listing.stamps:
            skipped = stored.skipped.get(file_id)
            if file_id in changed:
                files.append(CorpusFile(file_id, "waiting"))
            elif skipped is None:
                files.append(CorpusFile(file_id, "indexed", notes=notes.get(file_id, ())))
            else:
                state = "indexed" if skipped.problem is None else "failed"
                files.append(CorpusFile(file_id, state, skipped.problem, skipped.duplicate_of))
    return sorted(files, key=lambda file: file.id)
