"""Shards: the client's interface to them, in this process or elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Protocol

from qa.cluster.shard import NotOpenError, Shard
from qa.index import Snapshot


class Shards(Protocol):
    """All shards of an index folder."""

    def __len__(self) -> int: ...

    def open(self, position: int, snapshot: Snapshot) -> Callable[[], None]:
        """Start to open a shard's segments of a snapshot, and return at once a function that waits for it.

        No user is waiting, so the time limit is long. The function raises `UnavailableError` if the shard
        does not answer in time, and `IndexFolderError` if a segment is missing or damaged.
        """

    def start(self, position: int, snapshot: Snapshot, method: str, *arguments: object) -> Callable[[], Any]:
        """Start a call to a method of a shard, and return at once a function that waits for its result.

        A shard that was restarted opens the snapshot first. The function raises what the method raises, and
        `UnavailableError` if the shard does not answer in time.

        Args:
            position: The number of the shard, from 0.
            snapshot: The snapshot that is asked.
            method: The name of the method.
            arguments: Its arguments.
        """


class LocalShards:
    """Shards in this process."""

    def __init__(self, shards: Sequence[Shard]) -> None:
        self._shards = shards

    def __len__(self) -> int:
        return len(self._shards)

    def open(self, position: int, snapshot: Snapshot) -> Callable[[], None]:
        """Return a function that opens a snapshot."""
        return partial(self._shards[position].open, snapshot.content)

    def start(self, position: int, snapshot: Snapshot, method: str, *arguments: object) -> Callable[[], Any]:
        """Return a function that calls a method."""

        def wait() -> Any:
            call = partial(getattr(self._shards[position], method), *arguments)
            try:
                return call()
            except NotOpenError:
                self.open(position, snapshot)()
                return call()

        return wait
