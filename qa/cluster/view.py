"""View: the documents that a question is asked of, as shards are told."""

from __future__ import annotations

from dataclasses import dataclass

ROW_BITS = 32
"""In a cluster, the row of a chunk is the position of its segment in the manifest, shifted by this, plus its
row there. So rows have the order that they have on one machine, and say where their chunk is."""


@dataclass(frozen=True, slots=True)
class View:
    """Documents of an index folder.

    Attributes:
        version: The version of the manifest.
        only: The ids of the documents that there are, None for all.
        without: The ids of the documents that there are not.
    """

    version: str
    only: frozenset[str] | None = None
    without: frozenset[str] = frozenset()
