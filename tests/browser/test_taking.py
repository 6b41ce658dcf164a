"""What a reader takes away or leaves behind: quotations, the conversation, verdicts on replies."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from unicodedata import normalize

from pypdf import PdfReader

from qa.evaluation import GoldQuestion, load_gold
from tests.browser.conftest import EXAMPLES, WAFFLES, Served, Visit
from tests.serving import running


def test_a_quotation_is_copied_with_its_source(visit: Visit) -> None:
    """To the clipboard, as it is in the document, and the button says so."""
    visit.ask(EXAMPLES[1])
    visit.page.get_by_role("button", name="Copy quotation").click()
    visit.page.get_by_role("button", name="Copied").click()  # again, while it still says so
    copied = visit.page.evaluate("navigator.clipboard.readText()")
    assert "costs twelve crowns <img src=http://tracker.invalid" in copied
    assert copied.splitlines()[-1].startswith("— sea/ferry & <i>.md, characters ")
    visit.page.get_by_role("button", name="Copy quotation").wait_for()
    assert visit.page.locator("[data-copy] svg").count() == 1


def test_the_conversation_can_be_saved(visit: Visit) -> None:
    """As Markdown and as JSON, by the browser; a new conversation begins empty."""
    visit.ask(EXAMPLES[0])
    visit.ask(WAFFLES)
    saved = {}
    for form in ("Markdown", "JSON"):
        with visit.page.expect_download() as download:
            visit.page.get_by_role("button", name=f"Save as {form}").click()
        saved[download.value.suggested_filename] = Path(download.value.path()).read_text(encoding="utf-8")
    assert "**Ingrid Aalto**" in saved["conversation.md"]
    assert "I found no answer." in saved["conversation.md"]
    answered, silent = json.loads(saved["conversation.json"])
    assert (answered["answer"], silent["answer"]) == ("Ingrid Aalto", None)
    visit.page.get_by_role("button", name="Start over").click()
    visit.page.get_by_text("What would you like to know?").wait_for()
    assert visit.page.locator(".turn").count() == 0
    visit.ask(WAFFLES)


def test_the_whole_conversation_is_printed(visit: Visit) -> None:
    """Together with the whole open document, and without controls."""
    for question in (*EXAMPLES, WAFFLES, "When was the lighthouse on Skarholm lit for the first time?"):
        visit.ask(question)
    pages = PdfReader(io.BytesIO(visit.page.pdf())).pages
    printed = normalize("NFKC", " ".join(" ".join(page.extract_text().split()) for page in pages))
    assert len(pages) > 1
    assert [printed.count(question) for question in (*EXAMPLES, WAFFLES)] == [1, 1, 1]
    assert printed.count("In 1815 the harbour office counted") == 2
    for pressed in ("Copy quotation", "Wrong place", "Add files", "Start over", "Ask about the text"):
        assert pressed not in printed


def test_a_new_conversation_stays_empty(visit: Visit) -> None:
    """A question that was in progress when it began does not come back."""
    visit.page.evaluate(
        """() => {
            const panel = document.querySelector('#conversation');
            const button = [...document.querySelectorAll('#conversation-buttons button')].at(-1);
            new MutationObserver((_, observer) => {
                if (!panel.querySelector('.progress')) return;
                observer.disconnect();
                button.click();
                window.clicked = true;
            }).observe(panel, {subtree: true, childList: true});
        }"""
    )
    box = visit.page.get_by_role("textbox", name="Question")
    box.fill(EXAMPLES[0])
    box.press("Enter")
    visit.page.wait_for_function("window.clicked")
    visit.page.get_by_text("What would you like to know?").wait_for()
    visit.page.wait_for_timeout(1_000)
    visit.ask(WAFFLES)
    assert visit.page.locator(".question").all_inner_texts() == [WAFFLES]


def test_a_verdict_is_stored_where_qa_eval_reads_it(visit: Visit, served: Served) -> None:
    """Right, then changed to "should not have answered"; a reply without an answer is right."""
    for kept in served.feedback.iterdir():
        kept.unlink()
    visit.ask(EXAMPLES[0])
    visit.page.get_by_role("button", name="Right", exact=True).click()
    visit.ask(WAFFLES)
    visit.page.get_by_role("button", name="Right, there is no answer").click()
    visit.ask(EXAMPLES[1])
    last = visit.page.locator(".turn").nth(2)
    last.get_by_role("button", name="Right", exact=True).click()
    assert not last.get_by_role("button", name="It should not have answered").is_visible()
    last.get_by_role("button", name="Wrong", exact=True).click()
    last.get_by_role("button", name="It should not have answered").click()
    last.locator("[aria-pressed=true]", has_text="It should not have answered").wait_for()
    assert last.locator("[aria-pressed=true]").count() == 1
    known = [
        GoldQuestion(EXAMPLES[0], ("Ingrid Aalto",)),
        GoldQuestion(WAFFLES, ()),
        GoldQuestion(EXAMPLES[1], ()),
    ]
    questions = served.feedback / "questions.csv"
    for _ in range(100):
        if questions.exists() and load_gold(questions) == known:
            break
        visit.page.wait_for_timeout(100)
    assert load_gold(questions) == known
    assert (served.feedback / "feedback.csv").read_text(encoding="utf-8").count("\n") == 6


def test_a_verdict_that_cannot_be_stored_is_not_marked(open_visit: Callable[[str], Visit]) -> None:
    """The page says that it was not saved, without the path."""
    with running("-m", "qa", "serve", "--feedback", "/dev/null/x") as address:
        visit = open_visit(address)
        visit.ask(WAFFLES)
        visit.page.get_by_role("button", name="Right, there is no answer").click()
        visit.page.get_by_text("could not be saved").wait_for()
        assert "/dev/null" not in visit.page.locator("body").inner_text()
        assert visit.page.locator("[aria-pressed=true]").count() == 0
        assert visit.page.locator("#live", has_text="Noted").count() == 0
