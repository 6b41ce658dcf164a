"""Ending: a process that serves the page exits on a signal, whatever its threads are doing."""

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
"""Interval between checks whether the page was closed."""


def serve_until_ended(page: gr.Blocks) -> NoReturn:
    """Serve a page until Ctrl-C or SIGTERM, then end the process with status 0.

    Requests in progress get up to five seconds to finish. The interpreter's own shutdown would stop the
    threads in which models run, which makes their libraries abort the process, and would wait for documents
    that are being read. So the process skips it, and exits as soon as the `atexit` handlers have run.
    """

    def end(number: int, frame: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, end)
    with suppress(KeyboardInterrupt):
        while page.is_running:
            time.sleep(LOOK_SECONDS)
    with suppress(KeyboardInterrupt):  # a second signal ends it at once
        page.close(verbose=False)
    atexit._run_exitfuncs()
    sys.stdout.flush()
    os._exit(0)
