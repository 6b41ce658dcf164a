"""Copied shards: each shard has several copies, and the first one to answer counts."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any

from qa.cluster.absences import Absences
from qa.cluster.copies import PATIENT_SECONDS, RESTART_SECONDS, AwayError, Copies, NotYetError
from qa.cluster.delays import Delays
from qa.cluster.shard import NotOpenError
from qa.errors import UnavailableError
from qa.index import Snapshot

CALL_SECONDS = 10.0
"""How long a shard or a reader may take. After that, the question is refused rather than answered in part."""


class CopiedShards:
    """Shards with several copies, see `Shards`. Each call goes to a random copy of its shard.

    If that copy fails, another is asked instead; if it takes longer than most calls do, another is asked as
    well. A copy that failed or was overtaken is away until it answers. Each call names the version of the
    snapshot it is about, so that a copy never answers from another one.

    Args:
        copies: The copies.
        seconds: How long a call may take.
    """

    def __init__(self, copies: Copies, *, seconds: float = CALL_SECONDS) -> None:
        self.copies, self.seconds = copies, seconds
        self.absences, self.delays = Absences(copies), Delays()

    def __len__(self) -> int:
        return self.copies.shards

    def open(self, position: int, snapshot: Snapshot) -> Callable[[], None]:
        """Open a snapshot in all copies of a shard, see `Shards.open`.

        A copy that has ended opens it before it is asked again. At least one copy opens it now.
        """
        deadline = time.monotonic() + PATIENT_SECONDS

        def calls() -> list[Any]:
            copies = range(self.copies.count)
            return [self.copies.call(position, copy, "open", snapshot.content) for copy in copies]

        called = calls()

        def wait() -> None:
            nonlocal called
            while len(away := self._away(position, called, deadline)) == self.copies.count:
                if time.monotonic() > deadline:
                    raise self.restarting(position)
                time.sleep(RESTART_SECONDS)
                called = calls()
            for copy in away:
                self.absences.add(position, copy, snapshot)

        return wait

    def start(self, position: int, snapshot: Snapshot, method: str, *arguments: object) -> Callable[[], Any]:
        """Call a method of a shard, see `Shards.start`."""
        order = random.sample(range(self.copies.count), self.copies.count)
        return _Call(self, position, snapshot, method, arguments, order).wait

    def stop(self) -> None:
        """Stop the shards, for all clients."""
        self.absences.end()
        self.copies.stop()

    def restarting(self, position: int) -> UnavailableError:
        """Return the error for a shard that has no running copy."""
        return self._unavailable(position, "is restarting")

    def silent(self, position: int, seconds: float) -> UnavailableError:
        """Return the error for a shard that does not answer."""
        return self._unavailable(position, f"did not answer within {seconds:.0f} seconds")

    def _unavailable(self, position: int, why: str) -> UnavailableError:
        shard = f"Shard {position + 1} of {len(self)}"
        return UnavailableError(f"{shard} {why}. An answer without it may be wrong: try again.")

    def _away(self, position: int, called: list[Any], deadline: float) -> list[int]:
        """Wait for a call to each copy of a shard, and return the copies that have ended."""
        away = []
        for copy, call in enumerate(called):
            try:
                self.copies.result(call, max(0.0, deadline - time.monotonic()))
            except AwayError:
                away.append(copy)
            except NotYetError:
                self.copies.cancel(call)
                raise self.silent(position, PATIENT_SECONDS) from None
        return away


class _Call:
    """A call to one copy of a shard after another until one has a result.

    Args:
        shards: The shards.
        position: The shard.
        snapshot: The snapshot that is asked.
        method: The method.
        arguments: Its arguments.
        order: The copies, in the order in which they are asked.
    """

    def __init__(
        self,
        shards: CopiedShards,
        position: int,
        snapshot: Snapshot,
        method: str,
        arguments: tuple[object, ...],
        order: list[int],
    ) -> None:
        self._shards, self._copies = shards, shards.copies
        self._position, self._snapshot = position, snapshot
        self._method, self._arguments = method, arguments
        self._deadline = time.monotonic() + shards.seconds
        self._closed: list[int] = []  # copies that do not have the snapshot open
        self._has_opened = False
        self._asked: dict[Any, tuple[int, float]] = {}  # the copy and the start of each running call
        self._untried = order
        self._ask((shards.absences.present(position, order) or order)[0])

    def wait(self) -> Any:
        """Return the first result, see `Shards.start`."""
        began = time.monotonic()
        while True:
            spare = self._shards.absences.present(self._position, self._untried)
            end = self._deadline
            if spare:
                end = min(end, self._last_asked() + self._shards.delays.of(self._method))
            try:
                call = self._first(end)
                found = self._copies.result(call, max(0.0, end - time.monotonic()))
            except NotYetError:
                if end == self._deadline:
                    raise self._gave_up() from None
                self._ask(spare[0])
            except AwayError:
                self._leave(call)
                self._ask_another(spare)
            except NotOpenError:
                self._closed.append(self._leave(call))
                self._ask_another(spare)
            else:
                self._note(call, began)
                return found

    def _ask(self, copy: int) -> None:
        if copy in self._untried:
            self._untried.remove(copy)
        call = self._copies.call(self._position, copy, self._method, *self._arguments)
        self._asked[call] = copy, time.monotonic()

    def _last_asked(self) -> float:
        return max(since for _, since in self._asked.values())

    def _first(self, end: float) -> Any:
        """Return the running call; of several, the first one to finish."""
        calls = list(self._asked)
        return calls[0] if len(calls) == 1 else self._copies.first(calls, max(0.0, end - time.monotonic()))

    def _leave(self, call: Any) -> int:
        """Mark the copy of a call as away, and return it."""
        copy, _ = self._asked.pop(call)
        self._shards.absences.add(self._position, copy, self._snapshot)
        return copy

    def _ask_another(self, spare: list[int]) -> None:
        """Ask one of these copies, else have one open the snapshot, else ask one that is away."""
        if spare:
            self._ask(spare[0])
        elif self._asked:
            return
        elif self._closed and not self._has_opened:
            self._open(self._closed[-1])
        elif self._untried:
            self._ask(self._untried[0])
        else:
            raise self._shards.restarting(self._position) from None

    def _open(self, copy: int) -> None:
        """Have a copy open the snapshot, and ask it again."""
        self._has_opened = True
        seconds = self._shards.seconds
        try:
            opening = self._copies.call(self._position, copy, "open", self._snapshot.content)
            self._copies.result(opening, seconds)
        except AwayError:
            raise self._shards.restarting(self._position) from None
        except NotYetError:
            raise self._shards.silent(self._position, seconds) from None
        self._deadline = time.monotonic() + seconds
        self._ask(copy)

    def _gave_up(self) -> UnavailableError:
        for call in list(self._asked):
            self._copies.cancel(call)
            self._leave(call)
        return self._shards.silent(self._position, self._shards.seconds)

    def _note(self, call: Any, began: float) -> None:
        """Remember how long a call took. A copy that it overtook is away until it answers."""
        _, since = self._asked.pop(call)
        now = time.monotonic()
        self._shards.delays.note(self._method, now - since, waited=now - began)
        for other, (_, before) in list(self._asked.items()):
            self._copies.cancel(other)
            if before < since:
                self._leave(other)
