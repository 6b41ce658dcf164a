"""Watcher of the corpus folder while the page is served."""

from __future__ import annotations

import logging
import time

from qa.chatbot import Chatbot

INTERVAL = 1.0  # seconds between two looks at the folder

log = logging.getLogger(__name__)


def watch(chatbot: Chatbot) -> None:
    """Refresh the chatbot whenever its folder changes, until the process ends.

    An error is logged once, not each time that it recurs.
    """
    last_error, duration = "", 0.0
    while True:
        # Looking at very many files takes long. Spend at most a tenth of the time on it.
        time.sleep(max(INTERVAL, 9 * duration))
        start = time.perf_counter()
        try:
            if chatbot.refresh():
                for failure in chatbot.failures:
                    log.warning("%s", failure)
                print(f"The articles have changed: documents {len(chatbot.documents)}.", flush=True)
            last_error = ""
        except Exception as error:  # of any kind: it may be fixed by the next time
            if str(error) != last_error:
                log.warning("Cannot watch the folder: %s", error)
            last_error = str(error)
        duration = time.perf_counter() - start
