"""Copies: how those who ask reach the copies of each shard."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

PATIENT_SECONDS = 600.0
"""How long a copy may take to start and to open its segments, of which it verifies every byte."""

RESTART_SECONDS = 1.0
"""Between two calls to a copy that is being started anew, where there is much time."""


class AwayError(Exception):
    """A copy has ended, or cannot be reached. It is started anew."""


class NotYetError(Exception):
    """There is no result yet."""


class Copies(Protocol):
    """The copies of all shards, wherever they run."""

    @property
    def shards(self) -> int:
        """How many shards there are."""

    @property
    def count(self) -> int:
        """How many copies there are of each."""

    def call(self, shard: int, copy: int, method: str, *arguments: object) -> Any:
        """Call a method of a copy, and return at once a hashable value that stands for the call."""

    def result(self, call: Any, seconds: float) -> Any:
        """Wait for the result of a call, at most so many seconds. What the method raises is raised.

        Raises:
            AwayError: The copy has ended, or cannot be reached.
            NotYetError: There is no result yet.
        """

    def first(self, calls: Sequence[Any], seconds: float) -> Any:
        """Wait until one of some calls has succeeded or failed, and return that call.

        Raises:
            NotYetError: None has.
        """

    def cancel(self, call: Any) -> None:
        """Drop a call, unless it runs already."""

    def stop(self) -> None:
        """End all copies."""
