"""Servers that run in their own process for the duration of a test."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

import qa

ROOT = Path(qa.__file__).parent.parent


@contextmanager
def running(*command: str, **environment: str) -> Iterator[str]:
    """Run a Python program on a free port and yield its address once it has printed it.

    Args:
        command: The arguments for Python. `--port` and the port are appended.
        environment: Environment variables to set.
    """
    with running_process(*command, **environment) as (address, _):
        yield address


@contextmanager
def running_process(*command: str, **environment: str) -> Iterator[tuple[str, int]]:
    """Do the same as `running`, but yield the address and the process id."""
    with running_on(free_port(), *command, **environment) as started:
        yield started


def free_port() -> int:
    """Return a port that is not in use."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@contextmanager
def running_on(port: int, *command: str, **environment: str) -> Iterator[tuple[str, int]]:
    """Do the same as `running_process`, on a given port."""
    arguments = [sys.executable, *command, "--port", str(port)]
    with subprocess.Popen(
        arguments, cwd=ROOT, env=os.environ | environment, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        try:
            assert f"127.0.0.1:{port}" in server.stdout.readline()
            yield f"http://127.0.0.1:{port}", server.pid
        finally:
            server.terminate()


def wake_ups(process_id: int) -> int:
    """Return how many times the threads of a process have gone to sleep and woken up."""
    tasks = Path(f"/proc/{process_id}/task").glob("*/status")
    return sum(
        int(n)
        for task in tasks
        for n in re.findall(r"^voluntary_ctxt_switches:\s*(\d+)", task.read_text(), re.M)
    )


def from_address(source: str) -> httpx.Client:
    """Return a client that calls from one of the many addresses of this machine, such as 127.0.0.2."""
    return httpx.Client(
        transport=httpx.HTTPTransport(local_address=source, verify=False), timeout=60, trust_env=False
    )
