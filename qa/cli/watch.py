"""Watcher of the corpus folder while the page is served."""

from __future__ import annotations

import logging
import time

from qa.chatbot import Chatbot

INTERVAL = 1.0  # minimum seconds between two checks of the folder
MAX_SHARE = 0.01  # share of a processor core to use while nothing changes

log = logging.getLogger(__name__)


def watch(chatbot: Chatbot) -> None:
    """Refresh the chatbot whenever its folder changes, until the process ends.

    The more files there are, the longer a check takes, and the longer the pause before the next one. A
    recurring error is logged once.
    """
    last_error, pause = "", INTERVAL
    while True:
        time.sleep(pause)
        pause = INTERVAL
        start = time.thread_time()
        try:
            if chatbot.refresh():
                for failure in chatbot.failures:
                    log.warning("%s", failure)
                print(f"The documents have changed: {len(chatbot.documents)} in all.", flush=True)
            else:
                pause = max(INTERVAL, (time.thread_time() - start) / MAX_SHARE)
            last_error = ""
        except Exception as error:  # of any kind: it may be fixed by the next check
            if str(error) != last_error:
                log.warning("Cannot watch the folder: %s", error)
            last_error = str(error)
