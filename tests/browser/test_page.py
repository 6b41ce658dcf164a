"""What a reader sees: the answer marked and in view, "not found" said clearly, all text literal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pytest
from playwright.sync_api import expect

from qa.page.views.threshold import STOPS
from tests.browser.conftest import EXAMPLES, FERRY, LIGHTHOUSE, NAMES, WAFFLES, Visit

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Route

FERRY_ON_SCREEN = FERRY.replace("\r\n", "\n")  # an HTML parser turns every line end into a line feed


def in_view(mark: Locator) -> bool:
    """Whether an element is completely inside the panel that scrolls it, and inside the window."""
    inside: bool = mark.evaluate(
        """async (element) => {
            const panel = element.closest('.text');
            let before;
            do {  // until the scrolling is over
                before = panel.scrollTop;
                await new Promise((done) => setTimeout(done, 150));
            } while (panel.scrollTop !== before);
            const [box, around] = [element, panel].map((each) => each.getBoundingClientRect());
            return box.height > 0 && box.top >= Math.max(0, around.top)
                && box.bottom <= Math.min(innerHeight, around.bottom)
                && box.left >= 0 && box.right <= innerWidth;
        }"""
    )
    return inside


def test_an_answer_is_marked_and_in_view(visit: Visit) -> None:
    """Span and sentence are marked in the whole document, scrolled to, and differ by more than colour."""
    visit.ask("When was the lighthouse on Skarholm lit for the first time?")
    reader = visit.page.locator("#reader")
    assert visit.page.locator(".answer-text").text_content() == "May 1871"
    assert visit.page.locator(".from cite").first.text_content() == "lighthouse.txt"
    assert reader.locator("mark.answer").text_content() == "May 1871"
    sentence = "".join(reader.locator("mark.sentence").all_text_contents())
    assert sentence.startswith("The lighthouse on Skarholm was designed")
    assert sentence.endswith("in May 1871.")
    assert reader.locator(".letters").text_content() == LIGHTHOUSE
    assert in_view(reader.locator("mark.answer"))
    assert not in_view(reader.locator(".letters p").first)
    looks = (
        "(mark) => [getComputedStyle(mark).fontWeight, getComputedStyle(mark).textDecorationLine, "
        "getComputedStyle(mark).textDecorationStyle]"
    )
    weight, line, style = reader.locator("mark.answer").evaluate(looks)
    assert (int(weight) >= 600, line, style) == (True, "underline", "solid")
    assert reader.locator("mark.sentence:not(.answer)").first.evaluate(looks)[1:] == ["underline", "dotted"]
    assert visit.page.get_by_role("textbox", name="Question").input_value() == ""
    meaning = visit.page.get_by_text("in 100 are right").first
    assert not meaning.is_visible()
    visit.page.locator(".confidence summary").first.click()
    assert meaning.is_visible()


def test_all_evidence_can_be_stepped_through(visit: Visit) -> None:
    """The same answer in another document, then the candidates, each marked in its own text, and back."""
    visit.ask(EXAMPLES[0])
    reader = visit.page.locator("#reader")
    first = reader.locator(".source").text_content()
    assert "1 of" in reader.locator(".steps").inner_text()
    visit.page.get_by_role("button", name="also in 1 other place").click()
    reader.get_by_text("The same answer elsewhere").wait_for()
    second = reader.locator(".source").text_content()
    assert {first, second} == {"lighthouse.txt", "names.txt"}
    assert reader.locator("mark.answer").text_content() == "Ingrid Aalto"
    assert in_view(reader.locator("mark.answer"))
    visit.page.get_by_role("button", name="Next evidence").click()
    reader.get_by_text("Another candidate").wait_for()
    assert reader.locator("mark.answer").first.text_content() != "Ingrid Aalto"
    for role in ("The same answer elsewhere", "The answer"):
        visit.page.get_by_role("button", name="Previous evidence").click()
        reader.get_by_text(role, exact=True).wait_for()
    assert in_view(reader.locator("mark.answer"))
    visit.page.get_by_role("button", name="Other candidates").click()
    other = visit.page.locator(".others li button").first
    words = other.text_content()
    other.click()
    reader.locator("mark.answer", has_text=words).first.wait_for()
    visit.page.get_by_role("button", name="Why this answer").click()
    visit.page.get_by_text("In numbers").click()
    visit.page.locator(".passages button").last.click()
    reader.locator("mark.passage").first.wait_for()
    assert in_view(reader.locator("mark.passage").first)
    visit.page.locator(".from button").first.click()
    reader.locator("mark.answer", has_text="Ingrid Aalto").wait_for()


def test_without_an_answer_the_nearest_passage_is_shown(visit: Visit) -> None:
    """Only the best sentence is marked, and not as an answer; the passage is opened under its right name."""
    visit.ask(WAFFLES)
    reply = visit.page.locator(".reply")
    assert "I found no answer." in reply.inner_text()
    assert reply.locator("blockquote").inner_text() in LIGHTHOUSE + NAMES + FERRY
    reader = visit.page.locator("#reader")
    reader.get_by_text("Nearest passage, not an answer").wait_for()
    assert visit.page.locator("mark.answer").count() == 0
    assert "".join(reader.locator("mark.passage").all_text_contents()).strip() != ""


def test_hostile_text_is_shown_literally(visit: Visit) -> None:
    """Neither a document, its name nor the question is interpreted as markup, script or a template."""
    visit.ask(EXAMPLES[1])
    assert visit.page.locator(".answer-text").text_content() == "twelve crowns"
    assert visit.page.locator("#reader .letters").text_content() == FERRY_ON_SCREEN
    assert visit.page.locator("#reader .source").text_content() == "sea/ferry & <i>.md"
    assert visit.page.locator(".from cite").first.text_content() == "sea/ferry & <i>.md"
    visit.ask(f"What is \x00 {FERRY_ON_SCREEN}?")
    asked = visit.page.locator(".question").nth(1)
    assert asked.text_content() == f"What is  {FERRY_ON_SCREEN}?"  # the parser drops the null, but
    assert asked.locator(".unseen").first.get_attribute("data-name") == "U+0000"
    name = "<img src=x onerror=alert(1)> \u200f שלום **b** $x$ (1).txt"
    visit.upload((name, f"{FERRY}more".encode()), (f"{name}.exe", b"MZ"))
    assert name.replace("\u200f", "") in visit.page.locator("#documents .name").all_text_contents()
    assert visit.page.locator("#uploads .name").nth(1).text_content() == f"{name}.exe"
    assert visit.page.title() == "Verbatim"
    shown = ":is(img, script, b, i:not(.progress i))"
    assert visit.page.locator(f"#conversation {shown}, #reader {shown}, #side {shown}").count() == 0


def test_a_document_can_be_read_without_a_question(visit: Visit) -> None:
    """The list opens it with nothing marked."""
    visit.page.get_by_role("button", name="sea/ferry & <i>.md Markdown").click()
    visit.page.locator("#reader .text", has_text="Norvik").wait_for()
    assert visit.page.locator("#reader .letters").text_content() == FERRY_ON_SCREEN
    assert visit.page.locator("#reader mark").count() == 0


def test_bad_questions_get_a_helpful_message(visit: Visit) -> None:
    """An empty question gets a hint, a far too long one a notice in the conversation; the page works on."""
    visit.page.get_by_role("textbox", name="Question").press("Enter")
    visit.page.get_by_text("Type a question about the text first.").wait_for()
    assert visit.page.locator(".turn").count() == 0
    visit.ask("x" * 100_000)
    assert "fewer words" in visit.page.locator(".notice").inner_text()
    visit.ask(EXAMPLES[0])
    assert visit.page.locator(".answer-text").text_content() == "Ingrid Aalto"


def test_the_next_question_can_be_asked_while_one_is_in_progress(visit: Visit) -> None:
    """The box is emptied at once, text typed in it stays, and questions are answered in order.

    A double click on the button is one question.
    """
    page = visit.page
    box = page.get_by_role("textbox", name="Question")
    for question in EXAMPLES:
        box.fill(question)
        box.press("Enter")
    box.fill(WAFFLES)
    for number in range(2):
        visit.wait_for_turn(number)
    page.wait_for_timeout(300)
    assert page.locator(".question").all_text_contents() == list(EXAMPLES)
    assert box.input_value() == WAFFLES
    page.locator("#question button").dblclick()
    visit.wait_for_turn(2)
    page.wait_for_timeout(300)
    assert box.input_value() == ""
    assert page.locator(".turn").count() == 3
    assert page.get_by_text("Type a question about the text first.").count() == 0


def test_the_next_question_does_not_change_earlier_replies(visit: Visit) -> None:
    """Open folds stay open and pressed buttons pressed; a new conversation has neither."""
    visit.ask(EXAMPLES[0])
    visit.page.get_by_role("button", name="Why this answer").click()
    for _ in range(2):
        visit.page.get_by_role("button", name="Other candidates").click()
    visit.page.get_by_role("button", name="Right", exact=True).click()
    visit.page.locator("[aria-pressed=true]").wait_for()
    visit.ask(WAFFLES)
    assert visit.page.locator("#conversation .fold:not([hidden])").evaluate_all(
        "(folds) => folds.map((fold) => fold.className)"
    ) == ["fold why"]
    assert visit.page.locator("[aria-pressed=true]").evaluate_all(
        "(pressed) => pressed.map((one) => one.ariaLabel)"
    ) == ["Right"]
    visit.page.get_by_role("button", name="Start over").click()
    visit.page.get_by_text("What would you like to know?").wait_for()
    visit.ask(EXAMPLES[0])
    assert visit.page.locator("#conversation :is(.fold:not([hidden]), [aria-pressed=true])").count() == 0


def test_a_refused_question_goes_back_into_its_box(visit: Visit) -> None:
    """Unless the next is being typed there."""
    box = visit.page.get_by_role("textbox", name="Question")
    visit.ask("x" * 5_000)
    visit.page.wait_for_function("document.querySelector('#question textarea').value.length === 5000")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    visit.page.route("**/queue/join*", hold)  # so that the reply cannot arrive before the next text is typed
    box.press("Enter")
    box.press_sequentially("Who")
    visit.page.unroute("**/queue/join*", hold)  # releases the held requests
    assert held
    visit.wait_for_turn(1)
    visit.page.wait_for_timeout(300)
    assert box.input_value() == "Who"


def test_a_question_to_try_is_answered(visit: Visit) -> None:
    """It is asked exactly as shown, and not offered again."""
    offered = visit.page.locator(".examples button").first
    question = offered.text_content()
    offered.click()
    visit.wait_for_turn(0)
    assert visit.page.locator(".question").text_content() == question
    assert visit.page.locator(".reply .silent").count() == 0
    assert question not in visit.page.locator(".examples button").all_text_contents()


def test_progress_is_shown(visit: Visit) -> None:
    """Searching, then reading a number of passages, then the reply."""
    visit.page.evaluate(
        """() => {
            window.seen = [];
            const panel = document.querySelector('#conversation');
            new MutationObserver(() => {
                const told = panel.querySelector('.progress')?.textContent;
                if (told && window.seen.at(-1) !== told) window.seen.push(told);
            }).observe(panel, {subtree: true, childList: true, characterData: true});
        }"""
    )
    visit.ask(EXAMPLES[0])
    assert visit.page.evaluate("window.seen") == ["Searching...", "Reading 5 passages..."]


def test_the_threshold_can_be_changed(visit: Visit) -> None:
    """Above its confidence, the same answer is a guess."""
    visit.page.get_by_label("How sure must it be?").focus()
    assert visit.page.locator("#threshold output").inner_text().startswith("Balanced.")
    visit.page.keyboard.press("End")
    expect(visit.page.locator("#threshold output")).to_contain_text(STOPS[-1].words)
    visit.ask("Where does the lighthouse stand?")
    assert visit.page.locator(".reply .lead", has_text="Nothing reaches the confidence that").count() == 1
    visit.page.get_by_label("How sure must it be?").focus()
    visit.page.keyboard.press("Home")
    for question in ("Where does the lighthouse stand?", WAFFLES):
        visit.ask(question)
    assert visit.page.locator(".reply .lead").count() == 1


def test_the_threshold_survives_a_reload(visit: Visit) -> None:
    """Its words, and its effect on the next question."""
    visit.page.get_by_label("How sure must it be?").focus()
    visit.page.keyboard.press("End")
    visit.page.reload()
    visit.page.locator("body[data-arrived]").wait_for()
    expect(visit.page.locator("#threshold output")).to_contain_text(STOPS[-1].words)
    visit.ask("Where does the lighthouse stand?")
    expect(visit.page.locator(".reply .lead")).to_contain_text("Nothing reaches the confidence that")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_every_screen(visit: Visit, scheme: Literal["light", "dark"]) -> None:
    """Nothing is cut off or scrolls sideways, and text has enough contrast in both modes."""
    visit.page.emulate_media(color_scheme=scheme)
    visit.page.reload()
    visit.page.locator("body[data-arrived]").wait_for()
    visit.ask(EXAMPLES[0])
    for width, height in ((360, 800), (320, 256), (1000, 800), (1600, 800)):  # the second is 1280 at 400%
        visit.page.set_viewport_size({"width": width, "height": height})
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
        parts = [".question", ".reply", "#question"]
        if width < 1200:
            visit.page.get_by_role("button", name="Documents 3").click()
            visit.page.locator("#threshold-range").scroll_into_view_if_needed()
            assert visit.page.locator("#threshold-range").is_visible()
            visit.page.keyboard.press("Escape")
            visit.page.locator("#threshold-range").wait_for(state="hidden")
        if width >= 900:
            parts.append("#reader .text")
        for part in parts:
            visit.page.locator(part).first.scroll_into_view_if_needed()
            box = visit.page.locator(part).first.bounding_box()
            assert box is not None
            assert 0 <= box["x"] < box["x"] + box["width"] <= width
            assert box["y"] < height
    ink, ground = visit.page.evaluate(
        """() => ['color', 'backgroundColor'].map((name) => {
            const parts = getComputedStyle(document.querySelector('.reply'))[name].match(/[0-9.]+/g);
            return parts.slice(0, 3).reduce((sum, part) => sum + Number(part), 0) / 3;
        })"""
    )
    assert (ink > 180 > 80 > ground) if scheme == "dark" else (ink < 80 < 180 < ground)
