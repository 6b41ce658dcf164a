from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pytest
from fastapi import HTTPException

from qa.server.fair_queue import FairQueue

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine in its own thread: the browser tests leave an event loop in this one."""
    with ThreadPoolExecutor() as pool:
        return pool.submit(asyncio.run, work).result()


async def order_of(queue: FairQueue, clients: str) -> str:
    """Let clients queue up one after the other. Return the order in which they are served."""
    served = []

    async def come(client: str) -> None:
        async with queue.turn(client):
            await asyncio.sleep(0)
            served.append(client)

    await asyncio.gather(*map(come, clients))
    return "".join(served)


def test_clients_take_turns() -> None:
    """A client with many requests does not keep the others waiting."""
    queue = FairQueue(1, most=60, most_of_client=60)
    assert run(order_of(queue, "aaaaabbc")) == "abcabaaa"
    assert queue.waiting == 0


def test_no_more_requests_run_at_once_than_there_are_places() -> None:
    async def highest() -> int:
        queue, working, most = FairQueue(2, most=60, most_of_client=60), 0, 0

        async def come(client: str) -> None:
            nonlocal working, most
            async with queue.turn(client):
                working += 1
                most = max(most, working)
                await asyncio.sleep(0)
                working -= 1

        await asyncio.gather(*map(come, "abcdefgh"))
        return most

    assert run(highest()) == 2


@pytest.mark.parametrize(
    ("clients", "status", "words"),
    [("aaaa", 429, "2 of your requests are waiting already"), ("abcde", 503, "Too many requests")],
)
def test_a_full_queue_says_when_to_retry(clients: str, status: int, words: str) -> None:
    queue = FairQueue(1, most=3, most_of_client=2)
    with pytest.raises(HTTPException) as caught:
        run(order_of(queue, clients))
    assert caught.value.status_code == status
    assert words in caught.value.detail
    assert caught.value.headers is not None
    assert int(caught.value.headers["Retry-After"]) > 0


def test_a_cancelled_request_gives_its_place_back() -> None:
    """Whether it was waiting or its turn had just come. So does a request that fails."""

    async def leave() -> str:
        queue = FairQueue(1, most=60, most_of_client=60)

        async def fail() -> None:
            async with queue.turn("x"):
                raise ValueError

        async def stay() -> None:
            async with queue.turn("y"):
                await asyncio.sleep(60)

        staying, waiting = asyncio.create_task(stay()), asyncio.create_task(stay())
        await asyncio.sleep(0)
        waiting.cancel()
        staying.cancel()
        await asyncio.gather(staying, waiting, return_exceptions=True)
        with pytest.raises(ValueError):  # noqa: PT011
            await fail()
        return await order_of(queue, "ab")

    assert run(leave()) == "ab"
