"""Serves the page with tiny real models on two short texts.

    python -m tests.page.small_server --port 7860 --options '{"mcp": true}' --seconds 0.5

The options are arguments of `open_page`, as JSON; `programs` are those of `qa.server.programs`. An answer
takes the seconds longer.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from typing import Any

from qa.chatbot import Chatbot
from qa.page import open_page
from qa.results import Reply, Retrieved
from qa.server import programs
from tests.helpers import BRIDGE, tiny_chatbot


class SlowChatbot(Chatbot):
    """Takes its time."""

    seconds = 0.0

    def stream(self, *arguments: Any, **options: Any) -> Iterator[Retrieved | Reply]:
        time.sleep(self.seconds)
        return super().stream(*arguments, **options)


def main() -> None:
    """Serve until told to end."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int)
    parser.add_argument("--options", type=json.loads, default={})
    parser.add_argument("--seconds", type=float, default=0.0)
    options = parser.parse_args()
    chatbot = tiny_chatbot(BRIDGE, "the mill stood by the river")
    slow = SlowChatbot(chatbot.retriever, chatbot.reader, chatbot.calibrator)
    slow.seconds = options.seconds
    beside = programs(**options.options.pop("programs", {}))
    page = open_page(slow, port=options.port, beside=beside, **options.options)
    print(f"http://127.0.0.1:{options.port}", flush=True)
    page.block_thread()


if __name__ == "__main__":
    main()
