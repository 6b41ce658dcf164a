"""Serves the page with tiny real models on two short texts.

    python -m tests.page.small_server --port 7860 --options '{"mcp": true}' --seconds 0.5

The options are arguments of `open_page`, as JSON; `programs` has arguments of `qa.server.programs`. Each
answer takes the given seconds longer; with `--busy`, they are spent in PyTorch, and a message is printed.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from typing import Any

import torch

from qa.chatbot import Chatbot
from qa.page import open_page, serve_until_ended
from qa.results import Reply, Retrieved
from qa.server import programs
from tests.helpers import BRIDGE, tiny_chatbot


class SlowChatbot(Chatbot):
    """Reads slowly."""

    seconds, is_busy = 0.0, False

    def stream(self, *arguments: Any, **options: Any) -> Iterator[Retrieved | Reply]:
        end = time.monotonic() + self.seconds
        matrix = torch.ones(400, 400)
        if self.is_busy:
            print("asked", flush=True)
        while self.is_busy and time.monotonic() < end:
            matrix = matrix @ matrix / matrix.shape[0]
        time.sleep(max(0, end - time.monotonic()))
        return super().stream(*arguments, **options)


def main() -> None:
    """Serve until a signal ends it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int)
    parser.add_argument("--options", type=json.loads, default={})
    parser.add_argument("--seconds", type=float, default=0.0)
    parser.add_argument("--busy", action="store_true")
    options = parser.parse_args()
    chatbot = tiny_chatbot(BRIDGE, "the mill stood by the river")
    slow = SlowChatbot(chatbot.retriever, chatbot.reader, chatbot.calibrator)
    slow.seconds, slow.is_busy = options.seconds, options.busy
    beside = programs(**options.options.pop("programs", {}))
    page = open_page(slow, port=options.port, beside=beside, **options.options)
    print(f"http://127.0.0.1:{options.port}", flush=True)
    serve_until_ended(page)


if __name__ == "__main__":
    main()
