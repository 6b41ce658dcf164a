"""Watcher of the corpus folder while the page is served."""

from __future__ import annotations

import logging
import time

from qa.chatbot import Chatbot

INTERVAL = 1.0  # seconds between two looks at the folder, at least
MAX_SHARE = 0.01  # of a processor core, while nothing changes

log = logging.getLogger(__name__)


def watch(chatbot: Chatbot) -> None:
    """Refresh the chatbot whenever its folder changes, until the process ends.

    The more files there are, the longer a look takes, and the longer it waits for the next. An error is
    logged once, not each time that it recurs.
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
        except Exception as error:  # of any kind: it may be fixed by the next time
            if str(error) != last_error:
                log.warning("Cannot watch the folder: %s", error)
            last_error = str(error)
