"""Links to quoted words: a browser that follows one scrolls there."""

from __future__ import annotations

import html
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from qa.documents import Document, Span
from qa.presentation import text_link

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FILLER = [f"Paragraph {number} of many, in which it rained again and again." for number in range(200)]
MIDDLE = [
    "First, it rained in May, all day long.",
    "See: well-known, R&D   100% (Größe), 漢字 too.",
    "Alpha beta gamma delta epsilon zeta.",
    f"{'One two three four five six seven. ' * 20}The end.",
]


@pytest.fixture(scope="module")
def article() -> Iterator[Document]:
    """A long web page, as it was read, and served."""
    text = "\n".join([*FILLER, *MIDDLE, *FILLER])
    body = "".join(f"<p>{html.escape(line)}</p>" for line in text.splitlines())
    page = f"<!doctype html><meta charset=utf-8><body>{body}".replace("May", "<b>May</b>").encode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield Document("page.html", text, url=f"http://127.0.0.1:{server.server_port}/page")
        server.shutdown()


def test_a_browser_scrolls_to_the_words(chromium: Browser, article: Document) -> None:
    """Words with special characters, repeated words, a quotation over two paragraphs, and long ones.

    A link to words that are not there scrolls nowhere, so it is the words that scroll the page.
    """
    page = chromium.new_page()
    cases = {
        MIDDLE[0]: 0,
        "it rained in May": 0,
        MIDDLE[1]: 1,
        "well-known, R&D   100%": 1,
        "Alpha beta": 2,
        f"{MIDDLE[2]}\n{MIDDLE[3]}": 2,
        MIDDLE[3]: 3,
    }
    for words, paragraph in cases.items():
        start = article.text.index(words)
        length = len("it rained") if words.startswith("it rained") else len(words)
        link = text_link(article, Span(start, start + length))
        assert link is not None
        page.goto("about:blank")
        page.goto(link)
        page.wait_for_function("scrollY > 0")
        goal = page.locator("p").nth(len(FILLER) + paragraph).bounding_box()
        assert goal is not None
        assert 0 <= goal["y"] < 720
    page.goto("about:blank")
    page.goto(f"{article.url}#:~:text=nowhere%20in%20it")
    page.wait_for_timeout(300)
    assert page.evaluate("scrollY") == 0
    page.close()
