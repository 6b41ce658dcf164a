"""A visitor's own documents: added, searched, refused with a reason, invisible to others, gone at the end."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.conftest import EXAMPLES, Visit
from tests.pages import pdf

TOWER = b"The clock tower of Brekkvik was built by Ada Berg in 1902. It is thirty metres high.\n"
QUOTED = "The crane of Brekkvik was repaired by Olav Dahl in the spring."
QUESTION = "Who built the clock tower of Brekkvik?"


def names(visit: Visit) -> list[str]:
    """The names in the document list."""
    return visit.page.locator("#documents .open .name").all_text_contents()


def test_nobody_else_sees_added_documents(open_visit: Callable[[str], Visit], address: str) -> None:
    """Two browsers at once: one adds a file and gets answers from it, the other does not see it.

    Neither does another page of the first, see test_kept.py.
    """
    one, other = open_visit(address), open_visit(address)
    one.upload(("tower.txt", TOWER))
    assert "tower.txt is ready" in one.page.locator("#uploads").inner_text()
    assert one.page.locator("#reader .source").text_content() == "tower.txt"
    one.ask(QUESTION)
    assert one.page.locator(".answer-text").text_content() == "Ada Berg"
    other.ask(QUESTION)
    assert "Ada Berg" not in other.page.locator("#panels").inner_text()
    assert "tower.txt" not in other.page.locator("#panels").inner_text()
    assert names(one) == sorted([*names(other), "tower.txt"])
    one.page.evaluate("sessionStorage.clear()")
    one.page.reload()
    one.page.locator("body[data-arrived]").wait_for()
    assert names(one) == names(other)
    one.ask(QUESTION)
    assert "Ada Berg" not in one.page.locator("#panels").inner_text()


def test_each_file_shows_its_outcome(visit: Visit) -> None:
    """An unreadable file has a reason and does not affect others; types and limits are next to the box."""
    visit.page.get_by_text("What can I add?").click()
    assert ".txt, .text, .md" in visit.page.locator("#limits").inner_text()
    assert "seen by nobody else" in visit.page.locator("#limits").inner_text()
    visit.upload(
        ("tower.txt", TOWER),
        ("picture.txt", b"\x89PNG\r\n\x1a\n\x00\x00"),
        ("empty.md", b" \n"),
        ("run.exe", b"MZ"),
    )
    good, picture, empty, program = visit.page.locator("#uploads li").all_text_contents()
    assert good == "tower.txt is ready"
    assert picture.startswith("picture.txt is not")
    assert "contains no text" in empty
    assert "has an unsupported file type" in program
    assert [name for name in names(visit) if name not in ("lighthouse.txt", "names.txt")] == [
        "sea/ferry & <i>.md",
        "tower.txt",
    ]


def test_texts_can_be_pasted_and_removed(visit: Visit) -> None:
    """Under a given name, as a text file; once removed, it is in no answer."""
    visit.page.get_by_role("button", name="Paste text").click()
    visit.page.get_by_label("Text", exact=True).fill(TOWER.decode())
    visit.page.get_by_role("textbox", name="Name").fill("tower")
    visit.page.get_by_role("button", name="Add text").click()
    visit.page.locator("#uploads", has_text="tower.txt is ready").wait_for()
    expect(visit.page.get_by_label("Text", exact=True)).to_have_value("")
    visit.ask(QUESTION)
    assert visit.page.locator(".answer-text").text_content() == "Ada Berg"
    visit.page.get_by_role("button", name="Remove tower.txt").click()
    visit.page.locator("#uploads", has_text="tower.txt is removed").wait_for()
    assert "tower.txt" not in names(visit)
    visit.ask(QUESTION)
    assert "Ada Berg" not in visit.page.locator(".turn").nth(1).inner_text()
    visit.ask(EXAMPLES[0])
    assert visit.page.locator(".turn").nth(2).locator(".answer-text").text_content() == "Ingrid Aalto"


def test_pages_and_web_addresses_are_shown(visit: Visit) -> None:
    """A PDF's page next to the answer and in the reader; for a web page, a link to the quoted words."""
    lines = [(50, 700, 12, "Minutes of the harbour board.")], [(50, 700, 12, QUOTED)]
    page = (
        '<!doctype html><title>The hall</title><link rel="canonical" href="https://brekkvik.example/hall">'
        "<article><h1>The hall</h1><p>The harbour hall of Brekkvik cost nine thousand crowns when it was "
        "built, and the roof was paid by the guild of rope makers in the year after.</p></article>"
    )
    visit.upload(("minutes.pdf", pdf(lines)), ("hall.html", page.encode()))
    assert visit.page.locator("#uploads .failed").count() == 0
    visit.ask("Who repaired the crane of Brekkvik?")
    assert visit.page.locator(".answer-text").text_content() == "Olav Dahl"
    assert visit.page.locator(".from .place").inner_text() == "page 2"
    assert visit.page.locator("#reader .facts .pages").inner_text() == "Page 2 of 2"
    assert visit.page.locator("#reader .letters .page").evaluate_all(
        "(pages) => pages.map((page) => page.dataset.page)"
    ) == ["1", "2"]
    visit.ask("How much did the harbour hall of Brekkvik cost?")
    reply = visit.page.locator(".reply").nth(1)
    assert reply.locator(".answer-text").text_content() == "nine thousand crowns"
    reply.get_by_role("button", name="Copy link to it").click()
    reply.get_by_role("button", name="Copied").wait_for()
    link = visit.page.evaluate("navigator.clipboard.readText()")
    assert link.startswith("https://brekkvik.example/hall#:~:text=The%20harbour%20hall")
    assert visit.page.get_by_role("link", name="On the web").get_attribute("href") == link


def test_a_new_document_is_scrolled_into_view(visit: Visit) -> None:
    """The list scrolls to it, keeps its position, and fades if there is more below."""
    page, rows = visit.page, visit.page.locator("#documents .document-list > li")
    page.set_viewport_size({"width": 1280, "height": 700})
    expect(page.locator("#documents .document-list.more")).to_have_count(0)
    visit.upload(*((f"notes {number}.txt", TOWER + b"%d" % number) for number in range(6)))
    expect(page.locator("#documents .document-list.more")).to_have_count(1)
    visit.upload(("zoo.txt", TOWER + b"of the zoo"))
    expect(rows.last).to_contain_text("zoo.txt")
    expect(rows.last).to_be_in_viewport(ratio=1)
    expect(page.locator("#documents .document-list.more")).to_have_count(0)
    visit.ask(QUESTION)
    expect(rows.last).to_be_in_viewport(ratio=1)
    visit.upload(("a.txt", TOWER + b"of the aunt"))
    expect(rows.first).to_contain_text("a.txt")
    expect(rows.first).to_be_in_viewport(ratio=1)


def test_a_narrow_window_shows_that_a_file_is_ready(visit: Visit) -> None:
    """Beside the question box and to screen readers, until a question is asked, with questions to try."""
    page = visit.page
    page.set_viewport_size({"width": 390, "height": 844})
    page.locator("#side-toggle").click()
    page.evaluate(
        "new MutationObserver(() => { window.heard = `${window.heard} ${live.textContent}`; })"
        ".observe(live, {childList: true})"
    )
    visit.upload(("prices.md", b"| Card | Price |\n| --- | --- |\n| Day | 14.50 |\n"))
    page.keyboard.press("Escape")
    expect(page.locator("#asking .news")).to_have_text("prices.md is ready")
    expect(page.locator("#asking .news")).to_be_in_viewport(ratio=1)
    page.wait_for_function("window.heard.includes('prices.md is ready.')")
    examples = page.locator("#examples li")
    expect(examples.first).to_be_in_viewport(ratio=1)
    visit.ask(EXAMPLES[0])
    expect(page.locator("#asking .news")).to_be_empty()
