"""Fixtures for browser tests: a served corpus, and a Chromium that can reach no other host."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.serving import running

if TYPE_CHECKING:
    from playwright.sync_api import Browser, FilePayload, Page

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
TIMEOUT_MS = 60_000  # long, for busy machines

YEARS = "".join(
    f"In {year} the harbour office counted {year % 97 + 20} boats, a few more than the year before, and the "
    "keeper of the book wrote that the ice had gone early.\n"
    for year in range(1801, 1816)
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
NAMES = (
    "Skarholm has one lighthouse. The lighthouse on Skarholm was designed by Ingrid Aalto, they say. "
    "Of the harbour it is said that Nils Berg designed it.\n"
)
TEXTS = {"lighthouse.txt": LIGHTHOUSE, "names.txt": NAMES, "sea/ferry & <i>.md": FERRY}
EXAMPLES = ("Who designed the lighthouse on Skarholm?", "How much does the ferry to Norvik cost?")
WAFFLES = "What is the recipe for Belgian waffles?"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The browser tests come last: Playwright leaves an event loop in the main thread."""
    items.sort(key=lambda item: "/browser/" in item.path.as_posix())


@dataclass
class Visit:
    """An open page in a browser context of its own, with its requests and script errors."""

    page: Page
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def ask(self, question: str) -> None:
        """Type a question, press Enter and wait for the reply or the error."""
        before = self.page.locator(".turn").count()
        box = self.page.get_by_role("textbox", name="Question")
        box.fill(question)
        box.press("Enter")
        self.wait_for_turn(before)

    def wait_for_turn(self, number: int) -> None:
        """Wait until a turn, counted from 0, has its reply or error."""
        self.page.locator(".turn").nth(number).locator(".reply, .notice").wait_for()

    def upload(self, *files: tuple[str, bytes]) -> None:
        """Upload files, given as name and content, and wait until the last one is indexed or refused."""
        payload: list[FilePayload] = [
            {"name": name, "mimeType": "text/plain", "buffer": data} for name, data in files
        ]
        self.page.locator("#drop input[type=file]").set_input_files(payload)
        last = self.page.locator("#uploads li").nth(len(files) - 1)
        last.and_(self.page.locator(".done, .failed")).filter(has_text=files[-1][0]).wait_for()


@dataclass(frozen=True)
class Served:
    """A running server: its address and its feedback folder."""

    address: str
    feedback: Path


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Run `qa serve` on a small corpus, with Gradio's analytics switched on, which the page must override."""
    folder, feedback = tmp_path_factory.mktemp("corpus"), tmp_path_factory.mktemp("feedback")
    for name, text in TEXTS.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8", newline="")
    command = ["-m", "qa", "serve", "--corpus", str(folder), "--feedback", str(feedback)]
    with running(*command, GRADIO_ANALYTICS_ENABLED="True") as address:
        yield Served(address, feedback)


@pytest.fixture(scope="session")
def address(served: Served) -> str:
    return served.address


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Start the system's Chromium without a window."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        pytest.skip(f"no browser: none of {', '.join(PROGRAMS)} is installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def open_visit(chromium: Browser) -> Iterator[Callable[[str], Visit]]:
    """Return a function that opens an address in a new browser context.

    At the end of the test, check that no script failed and that no other host was contacted.
    """
    visits: list[tuple[str, Visit]] = []

    def open_(address: str) -> Visit:
        context = chromium.new_context(
            viewport={"width": 1600, "height": 900}, permissions=["clipboard-read", "clipboard-write"]
        )
        context.set_default_timeout(TIMEOUT_MS)
        opened = Visit(context.new_page())
        visits.append((address, opened))
        opened.page.on("request", lambda request: opened.requests.append(request.url))
        opened.page.on("pageerror", lambda error: opened.errors.append(str(error)))
        opened.page.on("dialog", lambda dialog: opened.errors.append(dialog.message))
        opened.page.goto(address)
        opened.page.get_by_text("What would you like to know?").wait_for()
        opened.page.locator("body[data-arrived]").wait_for()
        return opened

    yield open_
    for address, visit in visits:
        if not visit.page.is_closed():
            visit.page.context.close()
        assert len(visit.requests) > 5
        hosts = {urlsplit(url).netloc for url in visit.requests if not url.startswith(("data:", "blob:"))}
        assert hosts == {urlsplit(address).netloc}
        assert visit.errors == []


@pytest.fixture
def visit(open_visit: Callable[[str], Visit], address: str) -> Visit:
    return open_visit(address)
