"""A corpus, the app served on it as a user would, and a browser that may go nowhere else."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

import qa

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

ROOT = Path(qa.__file__).parent.parent
PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]

YEARS = "".join(
    f"In {year} the harbour office counted {year % 97 + 20} boats, a few more than the year before, and the "
    "keeper of the book wrote that the ice had gone early.\n"
    for year in range(1801, 1831)
)
LIGHTHOUSE = (
    f"{YEARS}The lighthouse on Skarholm was designed by Ingrid Aalto and lit for the first time in May 1871. "
    f"It stands on the northern cliff.\n{YEARS}"
)
FERRY = (
    "<script>document.title = 'taken'</script> **bold** ${1 + 1} {{value}} &amp; &#65; \x1b\u202e!\u202c\r\n"
    "The <b>ferry</b> to Norvik costs twelve crowns <img src=http://tracker.invalid/pixel.png "
    "onerror=\"document.title = 'taken'\"> and takes forty minutes.\r\n</div></p></mark>\u200fשלום\tend\n"
)
EXAMPLES = ("Who designed the lighthouse on Skarholm?", "How much does the ferry to Norvik cost?")


@dataclass
class Visit:
    """A page that was opened, and all that the browser asked for since."""

    page: Page
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def ask(self, question: str) -> None:
        """Type a question, press Enter and wait for what comes of it."""
        before = self.page.locator(".turn").count()
        self.page.get_by_label("Question").fill(question)
        self.page.get_by_label("Question").press("Enter")
        self.wait_for_turn(before)

    def wait_for_turn(self, number: int) -> None:
        """Wait until the turn of this number, from 0, is no longer being read."""
        self.page.locator(".turn").nth(number).locator(".reply, .notice").wait_for()


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where `qa serve` serves the corpus; it is told to report to Gradio's makers, and must not."""
    folder = tmp_path_factory.mktemp("corpus")
    texts = {"lighthouse.txt": LIGHTHOUSE, "sea/ferry & <i>.md": FERRY, ".examples.txt": "\n".join(EXAMPLES)}
    for name, text in texts.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8", newline="")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "qa", "serve", "--corpus", str(folder), "--port", str(port)]
    environment = os.environ | {"GRADIO_ANALYTICS_ENABLED": "True"}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            assert f"127.0.0.1:{port}" in server.stdout.readline()
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


@pytest.fixture(scope="session")
def browser() -> Iterator[BrowserContext]:
    """The system's Chromium, without a window."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        pytest.skip(f"no browser: none of {', '.join(PROGRAMS)} is installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=OPTIONS)
        yield chromium.new_context(viewport={"width": 1280, "height": 800})
        chromium.close()


@pytest.fixture
def visit(browser: BrowserContext, address: str) -> Iterator[Visit]:
    """The page, just opened; in the end, no script has failed and nothing was asked of another machine."""
    opened = Visit(browser.new_page())
    opened.page.on("request", lambda request: opened.requests.append(request.url))
    opened.page.on("pageerror", lambda error: opened.errors.append(str(error)))
    opened.page.on("dialog", lambda dialog: opened.errors.append(dialog.message))
    opened.page.goto(address)
    opened.page.get_by_text("What would you like to know?").wait_for()
    yield opened
    opened.page.close()
    assert len(opened.requests) > 5
    hosts = {urlsplit(url).netloc for url in opened.requests if not url.startswith(("data:", "blob:"))}
    assert hosts == {urlsplit(address).netloc}
    assert opened.errors == []
