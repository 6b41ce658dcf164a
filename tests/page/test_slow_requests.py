"""Half-sent requests, sent to a real server by plain sockets."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Iterator
from contextlib import closing
from threading import Thread
from typing import Any

import pytest
import uvicorn

from qa.page.asgi import Receive, Scope, Send
from qa.page.gate import Gate
from qa.page.hosts import Hosts
from qa.page.slow_requests import limit_heads

LIMIT = 1.0
"""Seconds for the headers, and between two parts of a body."""

PATIENCE = 60
"""Seconds until a test fails. A server without limits would never end a half-sent request."""


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the size of the body."""
    size, more = 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionError("the client has gone")
        size, more = size + len(message["body"]), message.get("more_body", False)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": f"{size} bytes".encode()})


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    patch = pytest.MonkeyPatch()
    patch.setattr("qa.page.slow_requests.PAUSE_SECONDS", LIMIT)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = uvicorn.Config(Gate(echo, Hosts.of("127.0.0.1")), log_level="error", lifespan="off")
        server = uvicorn.Server(config)
        config.load()
        limit_heads(server, seconds=LIMIT)
        thread = Thread(target=lambda: asyncio.run(server.serve([listening])))
        thread.start()
        yield listening.getsockname()[1]
        server.should_exit = True
        thread.join()
    patch.undo()


def sent(port: int, data: bytes) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    connection.sendall(data)
    return connection


def read(connection: socket.socket) -> bytes:
    """Return everything received until the server closes the connection."""
    data = b""
    while part := connection.recv(4096):
        data += part
    return data


HEAD = b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n"


@pytest.mark.parametrize("half", [b"", b"POST / HT", HEAD])
def test_half_sent_headers_time_out(port: int, half: bytes) -> None:
    with closing(sent(port, half)) as connection:
        assert read(connection) == b""


def test_a_half_sent_body_times_out(port: int) -> None:
    with closing(sent(port, HEAD + b"\r\n" + b"x" * 50)) as connection:
        assert b" 408 " in read(connection)


def test_half_sent_headers_after_a_complete_request_time_out(port: int) -> None:
    whole = b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 3\r\n\r\nabc"
    with closing(sent(port, whole + b"POST / HT")) as connection:
        assert b"3 bytes" in read(connection)


def test_a_slow_but_steady_body_arrives(port: int) -> None:
    """It takes longer than a pause may last, but is never silent that long."""
    with closing(sent(port, HEAD + b"Connection: close\r\n\r\n")) as connection:
        for _ in range(10):
            connection.settimeout(PATIENCE)
            time.sleep(LIMIT / 5)
            connection.sendall(b"x" * 10)
        assert b"100 bytes" in read(connection)


def test_many_half_sent_requests_leave_room(port: int) -> None:
    """A complete request is answered meanwhile, and all half-sent ones end."""
    halves: list[Any] = [sent(port, HEAD) for _ in range(100)]
    whole = HEAD + b"Connection: close\r\n\r\n" + b"x" * 100
    with closing(sent(port, whole)) as connection:
        assert b"100 bytes" in read(connection)
    for half in halves:
        with closing(half):
            assert read(half) == b""
