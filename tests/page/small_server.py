"""Serves the page with tiny real models on two short texts.

    python -m tests.page.small_server --port 7860 --options '{"mcp": true}'

The options are arguments of `open_page`, as JSON.
"""

from __future__ import annotations

import argparse
import json

from qa.page import open_page
from tests.helpers import BRIDGE, tiny_chatbot


def main() -> None:
    """Serve until told to end."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int)
    parser.add_argument("--options", type=json.loads, default={})
    options = parser.parse_args()
    page = open_page(
        tiny_chatbot(BRIDGE, "the mill stood by the river"), port=options.port, **options.options
    )
    print(f"http://127.0.0.1:{options.port}", flush=True)
    page.block_thread()


if __name__ == "__main__":
    main()
