"""Ending: a process that serves the page ends when it is told to, whatever its threads are doing."""

from __future__ import annotations

import atexit
import os
import signal
import sys
import time
from contextlib import suppress
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    import gradio as gr


LOOK_SECONDS = 0.1
"""Between two looks whether the page was closed."""


def serve_until_ended(page: gr.Blocks) -> NoReturn:
    """Serve a page until Ctrl-C or SIGTERM, then end the process with status 0.

    Who waits for an answer has it within five seconds, or not at all. Python's own end would stop the
    threads in which models run, and their libraries abort the process then; it would also wait for documents
    that are being read. So the process ends without it, once what is registered with `atexit` is done.
    """

    def end(number: int, frame: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, end)
    with suppress(KeyboardInterrupt):
        while page.is_running:
            time.sleep(LOOK_SECONDS)
    with suppress(KeyboardInterrupt):  # told again: at once
        page.close(verbose=False)
    atexit._run_exitfuncs()
    sys.stdout.flush()
    os._exit(0)
