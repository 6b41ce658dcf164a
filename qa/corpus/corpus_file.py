"""A file of a corpus folder, and whether it is indexed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CorpusFile:
    """A file of the corpus folder.

    Attributes:
        id: Its path inside the folder.
        state: `indexed`, `waiting` (to be indexed) or `failed`.
        problem: Why it failed.
        duplicate_of: The document with the same text, if that one is indexed instead.
        notes: What to know of how it was read; see `Document.notes`.
    """

    id: str
    state: str
    problem: str | None = None
    duplicate_of: str | None = None
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, str | list[str] | None]:
        """Return the file as JSON shows it."""
        return {
            "id": self.id,
            "state": self.state,
            "problem": self.problem,
            "duplicate_of": self.duplicate_of,
            "notes": list(self.notes),
        }
