"""Copies: the client's interface to the copies of each shard."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

PATIENT_SECONDS = 600.0
"""How long a copy may take to start and to open its segments, including the verification of every byte."""

RESTART_SECONDS = 1.0
"""Seconds between two calls to a copy that is restarting."""


class AwayError(Exception):
    """A copy has ended, or cannot be reached. It is being restarted."""


class NotYetError(Exception):
    """There is no result yet."""


class Copies(Protocol):
    """The copies of all shards, wherever they run."""

    @property
    def shards(self) -> int:
        """How many shards there are."""

    @property
    def count(self) -> int:
        """How many copies there are of each shard."""

    def call(self, shard: int, copy: int, method: str, *arguments: object) -> Any:
        """Start a call to a method of a copy, and return at once a hashable handle for the call."""

    def result(self, call: Any, seconds: float) -> Any:
        """Wait for the result of a call for at most `seconds`. An exception of the method is raised here.

        Raises:
            AwayError: The copy has ended, or cannot be reached.
            NotYetError: There is no result yet.
        """

    def first(self, calls: Sequence[Any], seconds: float) -> Any:
        """Wait until one of some calls has succeeded or failed, and return that call.

        Raises:
            NotYetError: None has finished in time.
        """

    def cancel(self, call: Any) -> None:
        """Cancel a call, unless it is running already."""

    def stop(self) -> None:
        """Stop all copies."""
