"""A Python program that serves on a port of this machine, for as long as a test needs it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import qa

ROOT = Path(qa.__file__).parent.parent


@contextmanager
def running(*command: str, **environment: str) -> Iterator[str]:
    """The address of a program, once it serves on the `--port` it is given and has said so."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    arguments = [sys.executable, *command, "--port", str(port)]
    with subprocess.Popen(
        arguments, cwd=ROOT, env=os.environ | environment, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        try:
            assert f"127.0.0.1:{port}" in server.stdout.readline()
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
