"""Serves the page with tiny real models on a long text, which the packaged ones would take minutes to read.

The text has five million characters, including a line of a million, and few words, all of them long.
"""

from __future__ import annotations

import argparse

from qa.chatbot import Chatbot
from qa.documents import Document
from qa.index import Index
from qa.page import open_page
from qa.retrieval import HybridRetriever
from tests.helpers import INDIFFERENT
from tests.tiny_embedder import WordEmbedder
from tests.tiny_reader import tiny_reader

LINES = f"{'lighthouse' * 9}\n" * 22_000
MIDDLE = "Skarholm rests.\n"
LONG = Document("long.txt", f"{LINES}{'m' * 1_000_000}\n{MIDDLE}{LINES}")


def main() -> None:
    """Serve until a signal ends it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int)
    parser.add_argument("--keep", action="store_true")
    options = parser.parse_args()
    embedder = WordEmbedder()
    index = Index.build([LONG, Document("short.txt", "Nothing.")], embedder)
    chatbot = Chatbot(HybridRetriever(index, embedder), tiny_reader(), INDIFFERENT)
    page = open_page(chatbot, port=options.port, keep=options.keep)
    print(page.local_url, flush=True)
    page.block_thread()


if __name__ == "__main__":
    main()
