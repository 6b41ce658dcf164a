"""Waiting places: how many events of each address may wait in Gradio's queue, and in which order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from qa.page.gate import client_address
from qa.settings import DEFAULTS, Limits

if TYPE_CHECKING:
    from gradio.block_function import BlockFunction
    from gradio.queueing import Event, Queue


class WaitingPlaces:
    """Replaces `push` of Gradio's queue, which has only one limit for all clients and events.

    Events with the same concurrency id (questions from the page, questions from programs, changes to
    documents; every other listener has its own) wait in one line. Each address has a limited number of places
    in each line, and addresses take turns.

    Args:
        queue: The queue of a page.
        limits: How many events of an address may wait.
    """

    def __init__(self, queue: Queue, limits: Limits) -> None:
        self._queue, self._limits, self._push = queue, limits, queue.push
        queue.max_size = None
        queue.push = self.push  # type: ignore[method-assign]

    async def push(self, body: Any, request: Any, username: str | None) -> Any:
        """Queue an event, or say why not, as Gradio's `push` does."""
        line = None if body.fn_index is None else self._concurrency(self._queue.blocks.fns.get(body.fn_index))
        if line is not None:
            address = client_address(request.scope)
            waiting = [client_address(event.request.scope) for event in self._waiting(line)]
            if waiting.count(address) >= self._limits.waiting:
                reason = f"{self._limits.waiting} of your requests are waiting already: let one finish first"
                return False, reason, "queue_full"
            if len(waiting) >= DEFAULTS.queue_size:
                return False, "Too many requests are waiting: try again in a minute", "queue_full"
        result = await self._push(body, request, username)
        if line is not None:
            self._take_turns(line)
        return result

    def _take_turns(self, line: str) -> None:
        running = [
            event for job in self._queue.active_jobs for event in job or () if event.concurrency_id == line
        ]
        waiting = self._waiting(line)
        places = fair_order(
            [client_address(event.request.scope) for event in waiting],
            [client_address(event.request.scope) for event in running],
        )
        waiting[:] = [waiting[place] for place in places]

    def _waiting(self, line: str) -> list[Event]:
        lines = self._queue.event_queue_per_concurrency_id
        return lines[line].queue if line in lines else []

    @staticmethod
    def _concurrency(function: BlockFunction | None) -> str | None:
        return None if function is None else function.concurrency_id


def waiting_events(queue: Queue) -> int:
    """Return how many events wait in Gradio's queue."""
    return sum(len(line.queue) for line in queue.event_queue_per_concurrency_id.values())


def fair_order(waiting: Sequence[str], running: Sequence[str]) -> list[int]:
    """Return the order in which waiting events are served, round robin by address.

    The first event of each address comes before the second of any. Running events count as earlier ones.

    Args:
        waiting: The address of each waiting event, in the order of arrival.
        running: The address of each running event.

    Returns:
        Positions in `waiting`.
    """
    served = Counter(running)
    turns = []
    for position, address in enumerate(waiting):
        turns.append((served[address], position))
        served[address] += 1
    return [position for _, position in sorted(turns)]
