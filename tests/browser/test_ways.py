"""Other ways to use the page: sheets in a narrow window, dropped files, deselected documents, search."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Literal

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import EXAMPLES, Visit
from tests.pages import pdf
from tests.serving import running

if TYPE_CHECKING:
    from playwright.sync_api import FilePayload, Page

DROP = """(files) => {
    const transfer = new DataTransfer();
    for (const [name, text] of files) transfer.items.add(new File([text], name, {type: 'text/plain'}));
    const event = (kind) => new DragEvent(
        kind, {dataTransfer: transfer, bubbles: true, cancelable: true});
    document.querySelector('#reader').dispatchEvent(event('dragover'));
    window.framed = document.body.classList.contains('hovered');
    document.querySelector('#reader').dispatchEvent(event('drop'));
}"""


@pytest.fixture(scope="module")
def tiny() -> Iterator[str]:
    """The address of a server with tiny models."""
    with running("-m", "tests.browser.tiny_server") as address:
        yield address


def wait_for_view(page: Page, selector: str) -> None:
    """Wait until the middle of an element can be touched: sheets and texts move into place first."""
    for _ in range(100):
        if page.locator(selector).first.evaluate(
            """(element) => {
                const box = element.getBoundingClientRect();
                const touched = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
                return element.contains(touched) || touched?.contains(element) === true;
            }"""
        ):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{selector} is not in view")


def test_a_narrow_window_shows_the_conversation_alone(visit: Visit) -> None:
    """The box is at the bottom; documents and evidence are sheets over it, and every way back closes them."""
    page = visit.page
    page.set_viewport_size({"width": 360, "height": 740})
    visit.ask(EXAMPLES[0])
    box = page.locator("#question").bounding_box()
    assert box is not None
    assert 620 < box["y"] < box["y"] + box["height"] <= 740
    assert not page.locator("#reader").is_visible()
    assert not page.locator("#side").is_visible()
    documents = page.get_by_role("button", name="Documents 3")
    documents.click()
    wait_for_view(page, "#side .document-list")
    page.get_by_role("button", name="Back to the conversation").click()
    page.locator("#side").wait_for(state="hidden")
    assert documents.evaluate("(button) => button === document.activeElement")
    for way in ("button", "history", "Escape"):
        page.locator(".from button").first.click()
        page.locator("#reader mark.answer").wait_for()
        wait_for_view(page, "#reader mark.answer")
        if way == "button":
            page.get_by_role("button", name="Back to the conversation").click()
        elif way == "history":
            page.go_back()
        else:
            page.keyboard.press("Escape")
        page.locator("#reader").wait_for(state="hidden")
        wait_for_view(page, "#question")
    assert page.locator(".question").all_text_contents() == [EXAMPLES[0]]
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_touch_targets_are_large_enough(visit: Visit) -> None:
    """24 pixels in each direction, except for links within a line of text."""
    visit.ask(EXAMPLES[0])
    visit.page.set_viewport_size({"width": 360, "height": 740})
    small = visit.page.evaluate(
        """() => [...document.querySelectorAll('button, summary, input')].filter((one) => {
            const box = one.getBoundingClientRect();
            return box.width && one.checkVisibility() && !one.closest('.read-as, .rivals')
                && (box.height < 24 || box.width < 24);
        }).map((one) => one.outerHTML.slice(0, 120))"""
    )
    assert small == []


def test_files_can_be_dropped_anywhere(open_visit: Callable[[str], Visit], tiny: str) -> None:
    """The window is framed while they are dragged; the dialog offers only readable files."""
    visit = open_visit(tiny)
    page = visit.page
    page.evaluate(DROP, [["a.txt", "The mill stands."], ["b.md", "The ferry left."]])
    assert page.evaluate("window.framed") is True
    for name in ("a.txt", "b.md"):
        page.locator("#documents", has_text=name).wait_for()
    assert not page.evaluate("document.body.classList.contains('hovered')")
    assert page.locator("#uploads .failed").count() == 0
    page.locator("#uploads .done").first.wait_for(state="hidden")
    page.get_by_role("button", name="Start over").click()
    with page.expect_file_chooser() as chosen:
        page.locator("#drop button").click()
    accepted = chosen.value.element.get_attribute("accept")
    assert ".pdf" in str(accepted)


def test_a_file_being_read_is_shown_and_can_be_stopped(open_visit: Callable[[str], Visit], tiny: str) -> None:
    """Its progress, and the files waiting behind it, even if dropped later; × stops it at once."""
    visit = open_visit(tiny)
    page = visit.page
    page.evaluate(
        """() => {
            window.bars = [];
            new MutationObserver(() => {
                const bar = document.querySelector('#uploads progress');
                if (bar && window.bars.at(-1) !== bar.value) window.bars.push(bar.value);
            }).observe(document.querySelector('#uploads'),
                {subtree: true, childList: true, attributes: true});
        }"""
    )
    words = " ".join(f"word{number} stands." for number in range(60_000))
    page.evaluate(DROP, [["novel.txt", words], ["later.txt", "The ferry left."]])
    page.locator("#uploads .busy", has_text="novel.txt").wait_for()
    page.evaluate(DROP, [["dropped.txt", "The mill stands."]])
    page.locator("#uploads .busy", has_text="dropped.txt").wait_for()
    assert page.locator("#uploads .busy", has_text="novel.txt").count() == 1
    page.locator("#uploads progress").wait_for()
    page.get_by_role("button", name="Stop novel.txt").click()
    page.locator("#uploads .failed", has_text="novel.txt was stopped").wait_for()
    for name in ("later.txt", "dropped.txt"):
        page.locator("#documents", has_text=name).wait_for()
    assert "novel.txt" not in page.locator("#documents").inner_text()
    assert page.evaluate("window.bars.every((bar) => 0 <= bar && bar < 100)")
    page.get_by_role("button", name="Dismiss novel.txt").click()
    page.locator("#uploads .failed").wait_for(state="detached")


def test_a_pdf_shows_its_pages_while_being_read_and_can_be_stopped(
    open_visit: Callable[[str], Visit], tiny: str
) -> None:
    """Before any of it is indexed; the next file is read at once."""
    visit = open_visit(tiny)
    page = visit.page
    lines = [(40, 780 - 14 * line, 11, f"The harbour office counted {line} boats.") for line in range(50)]
    data = pdf([lines] * 900)
    book: FilePayload = {"name": "book.pdf", "mimeType": "application/pdf", "buffer": data}
    page.locator("#drop input[type=file]").set_input_files(book)
    state = page.locator("#uploads .busy .state")
    expect(state).to_have_text(re.compile(r"is being read: page [\d,]+ of 900, about \d+ seconds more"))
    share = page.locator("#uploads progress").evaluate("(bar) => bar.value")
    assert 0 < share < 100
    page.get_by_role("button", name="Stop book.pdf").click()
    page.locator("#uploads .failed", has_text="book.pdf was stopped").wait_for()
    visit.upload(("later.txt", b"The ferry left."))
    assert "book.pdf" not in page.locator("#documents").inner_text()


def test_only_selected_documents_are_searched(visit: Visit) -> None:
    """And the page says so, also after a reload."""
    page = visit.page
    page.get_by_role("checkbox", name="Ask lighthouse.txt").uncheck()
    page.get_by_role("checkbox", name="Ask names.txt").uncheck()
    assert page.locator("#asking").inner_text().strip() == "Asking 1 of 3 documents"
    visit.ask("Who designed the lighthouse on Skarholm?")
    assert "Ingrid Aalto" not in page.locator(".reply").inner_text()
    page.reload()
    page.locator("body[data-arrived]").wait_for()
    page.locator("#asking", has_text="Asking 1 of 3 documents").wait_for()
    page.get_by_role("checkbox", name="Ask lighthouse.txt").check()
    visit.ask("Who designed the lighthouse on Skarholm?")
    assert page.locator(".answer-text").text_content() == "Ingrid Aalto"


def test_the_text_can_be_searched(visit: Visit) -> None:
    """Matches are counted, in any case and across marks, and can be stepped through; ticks show them."""
    page = visit.page
    visit.ask(EXAMPLES[0])
    page.locator("#reader mark.answer").wait_for()
    field = page.get_by_role("searchbox", name="Search in the text")
    field.fill("by INGRID aalto and")
    page.locator("#search output", has_text="1 of 1").wait_for()
    field.fill("harbour office")
    page.locator("#search output", has_text="1 of 30").wait_for()
    field.press("Enter")
    page.locator("#search output", has_text="2 of 30").wait_for()
    page.get_by_role("button", name="Previous match").click()
    page.locator("#search output", has_text="1 of 30").wait_for()
    assert page.locator("#reader .ticks .found").count() == 30
    assert page.locator("#reader .ticks .marked").count() > 0
    field.fill("waffles")
    page.locator("#search output", has_text="None").wait_for()


def test_background_and_name_are_there_before_anything_is_drawn(visit: Visit) -> None:
    """In the initial HTML, before any script has run."""
    page = visit.page
    page.route("**/*.js", lambda route: route.abort())
    page.reload(wait_until="domcontentloaded")
    name, ground = page.evaluate(
        """() => [getComputedStyle(document.body, '::before').content,
            getComputedStyle(document.body).backgroundColor]"""
    )
    assert name == '"Verbatim"'
    assert ground == "rgb(250, 249, 246)"
    page.unroute("**/*.js")
    page.reload()
    page.locator("body[data-arrived]").wait_for()
    assert page.evaluate("document.fonts.check('600 24px \"Source Serif 4\"')")
    fonts = [url for url in visit.requests if url.endswith(".woff2")]
    assert any("/fonts/source-serif-4-" in url for url in fonts)


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_opened_folds_are_scrolled_into_view(
    visit: Visit, motion: Literal["reduce", "no-preference"]
) -> None:
    """Why, "In numbers", and the other candidates of the last answer, just above the question box."""
    page = visit.page
    page.emulate_media(reduced_motion=motion)
    page.set_viewport_size({"width": 1280, "height": 520})
    visit.ask(EXAMPLES[0])
    page.get_by_role("button", name="Why this answer").click()
    expect(page.locator(".fold.why .in-words")).to_be_in_viewport(ratio=1)
    page.get_by_text("In numbers").click()
    expect(page.get_by_role("heading", name="What decided")).to_be_in_viewport(ratio=1)
    page.get_by_role("button", name="Why this answer").click()
    page.get_by_role("button", name="Other candidates").click()
    expect(page.locator(".fold.others li").first).to_be_in_viewport(ratio=1)
