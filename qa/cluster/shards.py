"""Shards: how those who ask reach them, in this process or elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Protocol

from qa.cluster.shard import Shard


class Shards(Protocol):
    """All shards of an index folder."""

    def __len__(self) -> int: ...

    def start(
        self, position: int, method: str, *arguments: object, patient: bool = False
    ) -> Callable[[], Any]:
        """Call a method of a shard, and return at once what waits for its result.

        What waits raises what the method raises, and `UnavailableError` if the shard does not answer in time.

        Args:
            position: Which shard, from 0.
            method: The name of the method.
            arguments: Its arguments.
            patient: Whether nobody waits for an answer, so that there is much time.
        """


class LocalShards:
    """Shards in this process."""

    def __init__(self, shards: Sequence[Shard]) -> None:
        self._shards = shards

    def __len__(self) -> int:
        return len(self._shards)

    def start(
        self, position: int, method: str, *arguments: object, patient: bool = False
    ) -> Callable[[], Any]:
        """Call a method when its result is waited for."""
        return partial(getattr(self._shards[position], method), *arguments)
