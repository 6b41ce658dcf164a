"""Screenshots of every state of the page, at both widths, for docs/images/: `make screenshots`."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import FilePayload, Page, sync_playwright

from tests.browser.conftest import OPTIONS, PROGRAMS, TIMEOUT_MS, WAFFLES, Visit
from tests.serving import ROOT, running

COLOURS = 96  # the page has few, and more would only make the pictures larger
SIZES = {"": (1600, 900), "-narrow": (360, 740)}
QUESTION = "Who did Naqvi meet in Brussels?"
MEMO = (
    b"The clock tower of Brekkvik was built by Ada Berg in 1902. It is thirty metres high.\n\n"
    b"Ada Berg later drew the harbour hall, too.\n"
)


def empty(visit: Visit) -> None:
    """The page as it opens, with questions to try."""
    visit.page.locator(".examples button").first.wait_for()


def answered(visit: Visit) -> None:
    """The answer, and its place in the text next to it."""
    visit.ask(QUESTION)


def why(visit: Visit) -> None:
    """The folds under an answer."""
    visit.ask(QUESTION)
    visit.page.get_by_role("button", name="Why this answer").click()
    visit.page.get_by_text("In numbers").click()
    visit.page.locator(".fold.why").evaluate("(fold) => fold.scrollIntoView({block: 'start'})")


def candidate(visit: Visit) -> None:
    """Another candidate, opened in the reader."""
    visit.ask(QUESTION)
    visit.page.get_by_role("button", name="Other candidates").click()
    visit.page.locator(".others li button").first.click()
    visit.page.get_by_text("Another candidate").wait_for()


def unanswered(visit: Visit) -> None:
    """No answer, and the nearest passage."""
    visit.ask(WAFFLES)


def guess(visit: Visit) -> None:
    """A guess."""
    visit.ask("Who wants to fight terrorism?")


def error(visit: Visit) -> None:
    """A question that cannot be read."""
    visit.ask("why " * 500)


def documents(visit: Visit) -> None:
    """Open the side column, if it is a sheet."""
    if visit.page.locator("#side-toggle").is_visible():
        visit.page.locator("#side-toggle").click()


def files(visit: Visit) -> None:
    """The visitor's own documents: one that can be read, and one that cannot."""
    documents(visit)
    visit.upload(("tower.txt", MEMO), ("picture.txt", b"\x89PNG\r\n\x1a\n\x00\x00"))


def reading(visit: Visit) -> None:
    """A long file that is being read, and another that is waiting."""
    documents(visit)
    long = "".join(f"In {year} the harbour office counted {year % 97} boats. " for year in range(9_000))
    payload: list[FilePayload] = [
        {"name": "harbour.txt", "mimeType": "text/plain", "buffer": long.encode()},
        {"name": "tower.txt", "mimeType": "text/plain", "buffer": MEMO},
    ]
    visit.page.locator("#drop input[type=file]").set_input_files(payload)
    visit.page.locator("#uploads progress").wait_for()


STATES: tuple[Callable[[Visit], None], ...] = (
    empty,
    answered,
    why,
    candidate,
    guess,
    unanswered,
    error,
    files,
    reading,
)


def keep(page: Page, path: Path) -> None:
    """The window as a picture with few colours."""
    page.wait_for_timeout(1200)  # until scrolling and fading have ended
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"{path.relative_to(ROOT)}  {path.stat().st_size // 1024} KB")


def main() -> None:
    """Write all screenshots."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        raise SystemExit(f"No browser: install one of {', '.join(PROGRAMS)}.")
    with running("-m", "qa", "serve", "--no-feedback") as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=OPTIONS)
        for suffix, (width, height) in SIZES.items():
            for scheme in ("light", "dark"):
                for state in STATES:
                    context = browser.new_context(
                        viewport={"width": width, "height": height},
                        color_scheme="dark" if scheme == "dark" else "light",
                    )
                    context.set_default_timeout(TIMEOUT_MS)
                    visit = Visit(context.new_page())
                    visit.page.goto(address)
                    visit.page.locator("body[data-arrived]").wait_for()
                    state(visit)
                    dark = "-dark" if scheme == "dark" else ""
                    keep(visit.page, ROOT / "docs" / "images" / f"{state.__name__}{dark}{suffix}.png")
                    context.close()
        browser.close()


if __name__ == "__main__":
    main()
