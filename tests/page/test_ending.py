"""The end of a server: a process gets a signal while a model runs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.helpers import ROOT
from tests.serving import free_port

QUESTION = "Who stood by the river?"


@pytest.mark.skipif(os.name == "nt", reason="signals of Windows are others")
@pytest.mark.parametrize(
    ("number", "seconds"), [(signal.SIGTERM, 60), (signal.SIGINT, 60), (signal.SIGTERM, 2)]
)
def test_a_busy_server_shuts_down_cleanly(tmp_path: Path, number: signal.Signals, seconds: int) -> None:
    """With status 0, in seconds, and no output on stderr; quick requests still get their answer."""
    address = f"http://127.0.0.1:{free_port()}"
    command = ["-m", "tests.page.small_server", "--port", address.rpartition(":")[2]]
    with (
        subprocess.Popen(
            [sys.executable, *command, "--seconds", str(seconds), "--busy"],
            cwd=ROOT,
            env=os.environ | {"GRADIO_TEMP_DIR": str(tmp_path)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # In the background of a script Ctrl-C is ignored, and child processes inherit that.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        ) as server,
        ThreadPoolExecutor() as threads,
    ):
        try:
            assert server.stdout is not None
            assert address in server.stdout.readline()
            httpx.post(
                f"{address}/gradio_api/call/ask", json={"data": [QUESTION, 3, 0.5, [], None]}
            ).raise_for_status()
            reply = threads.submit(httpx.post, f"{address}/v1/ask", json={"question": QUESTION}, timeout=20)
            assert [server.stdout.readline() for _ in range(2)] == ["asked\n", "asked\n"]
            server.send_signal(number)
            _, errors = server.communicate(timeout=20)
        finally:
            server.kill()  # or `with` would wait forever
    assert (server.returncode, errors) == (0, "")
    assert not list(tmp_path.glob("verbatim-qa-*"))
    if seconds == 60:
        assert isinstance(reply.exception(), httpx.TransportError)
    else:
        assert reply.result().json()["question"] == QUESTION
