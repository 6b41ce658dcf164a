"""One greedy client and an ordinary one, on a server that others can reach."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from statistics import median
from threading import Event, Thread

import httpx
import pytest

from qa.page.waiting import fair_order
from qa.settings import PUBLIC_LIMITS
from tests.serving import from_address, running

SECONDS = 1.0
"""The minimum time of an answer, so that a busy machine hardly changes the ratios."""


def test_addresses_take_turns() -> None:
    """Addresses that are being served come later. Within an address, the order is kept."""
    assert fair_order([], []) == []
    assert fair_order(["a", "a", "a"], ["a"]) == [0, 1, 2]
    assert fair_order(["a", "a", "a", "b", "c", "b"], []) == [0, 3, 4, 1, 5, 2]
    assert fair_order(["a", "a", "b"], ["a", "a"]) == [2, 0, 1]


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    options = json.dumps({"allow_hosts": ["papers.example"]})
    command = ["-m", "tests.page.small_server", "--seconds", str(SECONDS), "--options", options]
    with running(*command) as served:
        yield served


@pytest.fixture
def greedy(address: str) -> Iterator[list[int]]:
    """A client that asks constantly without waiting for answers. Yields the statuses that it got."""
    statuses: list[int] = []
    ended = Event()

    def flood() -> None:
        with from_address("127.0.0.2") as client:
            while not ended.is_set():
                statuses.append(asked(client, address).status_code)
                if len(statuses) > 100:
                    time.sleep(0.05)

    thread = Thread(target=flood)
    thread.start()
    while len(statuses) < 50:
        time.sleep(0.1)
    yield statuses
    ended.set()
    thread.join()


def asked(client: httpx.Client, address: str) -> httpx.Response:
    """Ask without waiting for the answer."""
    return client.post(
        f"{address}/gradio_api/call/ask", json={"data": ["Who opened the bridge?", 5, 0, None, None]}
    )


def seconds_of_an_answer(client: httpx.Client, address: str) -> float:
    begin = time.monotonic()
    event = asked(client, address).json()["event_id"]
    assert "event: complete" in client.get(f"{address}/gradio_api/call/ask/{event}").text
    return time.monotonic() - begin


def test_a_greedy_client_gets_few_places(address: str, greedy: list[int]) -> None:
    """Meanwhile an ordinary client opens the page, lists, adds, and gets answers in twice the usual time.

    Without limits for each address, 60 events of one client would fill the queue for everybody.
    """
    begin = time.monotonic()
    session = {"session_hash": "ordinary"}
    with from_address("127.0.0.3") as client:
        config = client.get(f"{address}/config").json()
        loading = [d["id"] for d in config["dependencies"] if any(t[1] == "load" for t in d["targets"])]
        assert loading
        for function in loading:
            joined = {"data": [], "fn_index": function, **session}
            assert client.post(f"{address}/gradio_api/queue/join", json=joined).status_code == 200
        for endpoint, data in (("documents", []), ("add", ["The ferry left.", "ferry.txt", None])):
            call = client.post(f"{address}/gradio_api/call/{endpoint}", json={"data": data})
            assert call.status_code == 200
            event = call.json()["event_id"]
            assert "event: complete" in client.get(f"{address}/gradio_api/call/{endpoint}/{event}").text
        beside = median(seconds_of_an_answer(client, address) for _ in range(5))
    cores = os.cpu_count() or 1
    answered = (time.monotonic() - begin) / SECONDS * cores
    assert greedy.count(503) > 10
    assert greedy.count(200) <= PUBLIC_LIMITS.waiting + cores + answered + 10
    assert beside < 2 * (SECONDS + 0.2), beside


def test_an_address_gets_five_places(address: str) -> None:
    """Besides those in progress, five that wait."""
    with from_address("127.0.0.4") as client:
        responses = [asked(client, address) for _ in range(30)]
    taken = sum(response.status_code == 200 for response in responses)
    assert PUBLIC_LIMITS.waiting <= taken < 30
    assert "5 of your requests are waiting already" in responses[-1].text
