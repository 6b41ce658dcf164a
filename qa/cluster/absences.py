"""Absences: copies that are not asked until they answer again."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from threading import Event, Lock, Thread

from qa.cluster.copies import PATIENT_SECONDS, RESTART_SECONDS, AwayError, Copies, NotYetError
from qa.errors import QAError
from qa.index import Snapshot

log = logging.getLogger(__name__)


class Absences:
    """Tracks which copies are away. Each comes back once it answers and has the snapshot open that it needs.

    Args:
        copies: The copies.
    """

    def __init__(self, copies: Copies) -> None:
        self._copies = copies
        self._needed: dict[tuple[int, int], Snapshot] = {}
        self._changing, self._ended = Lock(), Event()

    def present(self, shard: int, copies: Iterable[int]) -> list[int]:
        """Return the given copies of a shard without those that are away."""
        return [copy for copy in copies if (shard, copy) not in self._needed]

    def add(self, shard: int, copy: int, snapshot: Snapshot) -> None:
        """Mark a copy as away until it has a snapshot open. The only copy of a shard is never away."""
        if self._copies.count == 1:
            return
        with self._changing:
            is_known = (shard, copy) in self._needed
            self._needed[shard, copy] = snapshot
        if not is_known:
            Thread(target=self._bring_back, args=[shard, copy], daemon=True).start()

    def end(self) -> None:
        """Stop bringing copies back."""
        self._ended.set()

    def _bring_back(self, shard: int, copy: int) -> None:
        pause = 0.0
        while not self._ended.wait(pause):
            snapshot = self._needed[shard, copy]
            try:
                if not self._ask(shard, copy, "has_open", snapshot.version):
                    self._ask(shard, copy, "open", snapshot.content)
            except (AwayError, NotYetError, QAError) as error:
                log.info("copy %d of shard %d is away: %s", copy + 1, shard + 1, error)
                pause = RESTART_SECONDS
                continue
            with self._changing:
                if self._needed[shard, copy] is snapshot:
                    del self._needed[shard, copy]
                    return
            pause = 0.0

    def _ask(self, shard: int, copy: int, method: str, argument: object) -> object:
        return self._copies.result(self._copies.call(shard, copy, method, argument), PATIENT_SECONDS)
