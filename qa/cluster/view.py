"""View: the documents that a question is asked of, as sent to the shards."""

from __future__ import annotations

from dataclasses import dataclass

ROW_BITS = 32
"""In a cluster, the row of a chunk is the position of its segment in the manifest, shifted by this many bits,
plus its row there. So rows have the same order as on one machine, and locate their chunk."""


@dataclass(frozen=True, slots=True)
class View:
    """Documents of an index folder.

    Attributes:
        version: The version of the manifest.
        only: The ids of the only documents to include, None for all.
        without: The ids of the documents to exclude.
    """

    version: str
    only: frozenset[str] | None = None
    without: frozenset[str] = frozenset()
