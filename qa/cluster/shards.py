"""Shards: how those who ask reach them, in this process or elsewhere."""

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
        """Have a shard open its segments of a state of the folder, and return at once what waits for it.

        Nobody waits for an answer, so there is much time. What waits raises `UnavailableError` if the shard
        does not answer in time, and `IndexFolderError` if a segment is missing or damaged.
        """

    def start(self, position: int, snapshot: Snapshot, method: str, *arguments: object) -> Callable[[], Any]:
        """Call a method of a shard, and return at once what waits for its result.

        A shard that was started anew opens the state first. What waits raises what the method raises, and
        `UnavailableError` if the shard does not answer in time.

        Args:
            position: Which shard, from 0.
            snapshot: The state that is asked.
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
        """Open a state when it is waited for."""
        return partial(self._shards[position].open, snapshot.content)

    def start(self, position: int, snapshot: Snapshot, method: str, *arguments: object) -> Callable[[], Any]:
        """Call a method when its result is waited for."""

        def wait() -> Any:
            call = partial(getattr(self._shards[position], method), *arguments)
            try:
                return call()
            except NotOpenError:
                self.open(position, snapshot)()
                return call()

        return wait
