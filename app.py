"""Entry point of a Hugging Face Space: the page on the articles in corpus/, as `qa serve` shows it."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from qa.chatbot import Chatbot
from qa.errors import QAError
from qa.models import let_threads_sleep
from qa.page import open_page, serve_until_ended
from qa.server import programs

CORPUS = Path(__file__).parent / "corpus"


def main() -> None:
    """Serve the page until interrupted."""
    let_threads_sleep()
    if find_spec("spaces") is not None:
        import_module("spaces").GPU(main)  # a ZeroGPU Space refuses apps without a GPU function
    try:
        page = open_page(Chatbot.from_corpus(CORPUS, progress=True), beside=programs())
    except QAError as error:
        raise SystemExit(str(error)) from error
    serve_until_ended(page)


if __name__ == "__main__":
    main()
