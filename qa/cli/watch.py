"""Following the folder while the page is served."""

from __future__ import annotations

import logging
import time

from qa.chatbot import Chatbot
from qa.settings import DEFAULTS

log = logging.getLogger(__name__)


def watch(chatbot: Chatbot) -> None:
    """Let the chatbot follow its folder, until the process ends."""
    told, took = "", 0.0
    while True:
        # A look at very many files takes its time: at most a tenth of all.
        time.sleep(max(DEFAULTS.watch_seconds, 9 * took))
        start = time.perf_counter()
        try:
            if chatbot.refresh():
                for failure in chatbot.failures:
                    log.warning("%s", failure)
                print(f"The articles have changed: documents {len(chatbot.documents)}.", flush=True)
            told = ""
        # Whatever it is, the next look may find it mended.
        except Exception as error:
            if str(error) != told:
                log.warning("The folder cannot be followed: %s", error)
            told = str(error)
        took = time.perf_counter() - start
