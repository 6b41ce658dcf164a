"""What a reader sees: the answer marked and in view, silence called silence, every letter as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pytest

from tests.browser.conftest import EXAMPLES, FERRY, LIGHTHOUSE, Visit

if TYPE_CHECKING:
    from playwright.sync_api import Locator

FERRY_ON_SCREEN = FERRY.replace("\r\n", "\n")  # an HTML parser makes every line end a line feed


def in_view(mark: Locator) -> bool:
    """Whether the whole element lies inside the panel that scrolls it and inside the window."""
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
    """Span and sentence are marked in the whole document, scrolled to, told apart by more than colour."""
    visit.ask(EXAMPLES[0])
    article = visit.page.locator("#article")
    assert visit.page.locator(".said").text_content() == "Ingrid Aalto"
    assert article.locator("mark.answer").text_content() == "Ingrid Aalto"
    sentence = "".join(article.locator("mark.sentence").all_text_contents())
    assert sentence.startswith("The lighthouse on Skarholm was designed")
    assert sentence.endswith("in May 1871.")
    assert article.locator(".text").text_content() == LIGHTHOUSE
    assert in_view(article.locator("mark.answer"))
    assert not in_view(article.locator(".text p").first)
    weight, line = article.locator("mark.answer").evaluate(
        "(mark) => [getComputedStyle(mark).fontWeight, getComputedStyle(mark).textDecorationLine]"
    )
    assert (int(weight) >= 600, line) == (True, "underline")
    assert visit.page.get_by_label("Question").input_value() == ""


def test_silence_is_told_and_the_closest_passage_is_no_answer(visit: Visit) -> None:
    """Nothing is marked as an answer; the passage is opened, in view, under its right name."""
    visit.ask("What is the recipe for Belgian waffles?")
    reply = visit.page.locator(".reply")
    assert "The articles do not say." in reply.inner_text()
    assert "Closest passage, not an answer" in reply.inner_text()
    assert visit.page.locator("mark.answer").count() == 0
    assert "".join(visit.page.locator("#article mark.passage").all_text_contents()).strip() != ""


def test_hostile_text_is_shown_letter_for_letter(visit: Visit) -> None:
    """Neither the document, its name nor the question is taken for markup, script or a template."""
    visit.ask(EXAMPLES[1])
    assert visit.page.locator(".said").text_content() == "twelve crowns"
    assert visit.page.locator("#article .text").text_content() == FERRY_ON_SCREEN
    assert visit.page.get_by_label("Article").input_value() == "sea/ferry & <i>.md"
    assert visit.page.locator("cite").first.text_content() == "sea/ferry & <i>.md"
    visit.ask(f"What is \x00 {FERRY_ON_SCREEN}?")
    asked = visit.page.locator(".question").nth(1)
    assert asked.text_content() == f"What is  {FERRY_ON_SCREEN}?"  # the parser drops the null, but
    assert asked.locator(".unseen").first.get_attribute("data-name") == "U+0000"
    assert visit.page.title() == "Verbatim"
    assert visit.page.locator("#conversation :is(img, script, b), #article :is(img, script, b)").count() == 0


def test_every_candidate_can_be_opened(visit: Visit) -> None:
    """A folded candidate marks its own place; the answer's button brings the answer back."""
    visit.ask(EXAMPLES[0])
    visit.page.get_by_text("Other candidates").click()
    other = visit.page.locator(".others li button").first
    words = other.text_content()
    assert words != "Ingrid Aalto"
    other.click()
    visit.page.locator("#article mark.answer", has_text=words).first.wait_for()
    visit.page.get_by_role("button", name="Show in the text").click()
    visit.page.locator("#article mark.answer", has_text="Ingrid Aalto").wait_for()
    assert in_view(visit.page.locator("#article mark.answer"))


def test_another_document_can_be_read(visit: Visit) -> None:
    """The picker opens a document as it is, with nothing marked."""
    visit.page.get_by_label("Article").click()
    visit.page.get_by_role("option", name="sea/ferry & <i>.md").click()
    visit.page.locator("#article .text", has_text="Norvik").wait_for()
    assert visit.page.locator("#article .text").text_content() == FERRY_ON_SCREEN
    assert visit.page.locator("#article mark").count() == 0


def test_bad_questions_are_met_kindly(visit: Visit) -> None:
    """An empty one is a hint, a far too long one a line in the chat; the page goes on."""
    visit.page.get_by_label("Question").press("Enter")
    visit.page.get_by_text("Type a question about the text first.").wait_for()
    assert visit.page.locator(".turn").count() == 0
    visit.ask("x" * 100_000)
    assert "fewer words" in visit.page.locator(".notice").inner_text()
    visit.page.get_by_role("button", name=EXAMPLES[0]).click()
    visit.wait_for_turn(1)
    assert visit.page.locator(".said").text_content() == "Ingrid Aalto"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_every_screen(visit: Visit, scheme: Literal["light", "dark"]) -> None:
    """Nothing is cut off or scrolled sideways, and text stands out from its ground in both modes."""
    visit.page.emulate_media(color_scheme=scheme)
    visit.page.reload()
    visit.page.get_by_text("What would you like to know?").wait_for()
    visit.ask(EXAMPLES[0])
    for width in (360, 1600):
        visit.page.set_viewport_size({"width": width, "height": 800})
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
        for part in (".question", ".reply", "#question", "#article .text"):
            box = visit.page.locator(part).bounding_box()
            assert box is not None
            assert 0 <= box["x"] < box["x"] + box["width"] <= width
    ink, ground = visit.page.evaluate(
        """() => ['color', 'backgroundColor'].map((name) => {
            const parts = getComputedStyle(document.querySelector('.reply'))[name].match(/[0-9.]+/g);
            return parts.slice(0, 3).reduce((sum, part) => sum + Number(part), 0) / 3;
        })"""
    )
    assert (ink > 180 > 80 > ground) if scheme == "dark" else (ink < 80 < 180 < ground)


def test_programs_find_one_endpoint(address: str) -> None:
    """`/ask` gives the reply as plain data, an error its own words; nothing else is on offer."""
    from gradio_client import Client
    from gradio_client.exceptions import AppError

    client = Client(address, verbose=False, analytics_enabled=False)
    offered = client.view_api(print_info=False, return_format="dict")
    assert list(offered["named_endpoints"]) == ["/ask"]
    assert offered["unnamed_endpoints"] == {}
    reply = client.predict(EXAMPLES[0], api_name="/ask")
    assert reply["question"] == EXAMPLES[0]
    assert (reply["answer"], reply["document"]) == ("Ingrid Aalto", "lighthouse.txt")
    assert LIGHTHOUSE[reply["start"] : reply["end"]] == reply["answer"]
    assert client.predict("What is the recipe for Belgian waffles?", api_name="/ask")["answer"] is None
    with pytest.raises(AppError, match="fewer words"):
        client.predict("x" * 100_000, api_name="/ask")
    assert client.config["analytics_enabled"] is False
