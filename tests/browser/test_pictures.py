"""Pictures of PDF pages: on request, framed, also for screen readers, keyboard and print."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import EXAMPLES, Visit
from tests.browser.test_access import violations
from tests.pages import pdf

QUOTED = "The crane of Brekkvik was repaired by Olav Dahl in the spring."
QUESTION = "Who repaired the crane of Brekkvik?"
MINUTES = pdf([[(50, 700, 12, "Minutes of the harbour board.")], [(50, 300, 12, QUOTED)]])

INK = """(image) => {
  const box = image.getBoundingClientRect();
  const frame = image.parentElement.querySelector('i').getBoundingClientRect();
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
  const context = canvas.getContext('2d');
  context.drawImage(image, 0, 0);
  const scale = image.naturalWidth / box.width;
  const dark = (left, top, width, height) => {
    const {data} = context.getImageData(left * scale, top * scale, width * scale, height * scale);
    let count = 0;
    for (let at = 0; at < data.length; at += 4) count += data[at] < 128;
    return count;
  };
  const inside = dark(frame.left - box.left, frame.top - box.top, frame.width, frame.height);
  const line = dark(0, frame.top - box.top, box.width, frame.height);
  return {inside, line, all: dark(0, 0, box.width, box.height), share: frame.width / box.width};
}"""
"""The amount of ink in the frame, in its line, and on the whole page."""


def opened(visit: Visit) -> Locator:
    """Add the minutes, ask, and open the picture by keyboard. Return it."""
    visit.upload(("minutes.pdf", MINUTES))
    visit.ask(QUESTION)
    fold = visit.page.get_by_text("View the page")
    expect(visit.page.locator("#reader img")).to_have_count(0)  # nothing is drawn before it is requested
    fold.focus()
    visit.page.keyboard.press("Enter")
    image = visit.page.get_by_role("img", name="Page 2 of 2 of minutes.pdf. Framed: Olav Dahl")
    image.wait_for()
    # It is not an address that others could fetch.
    assert str(image.get_attribute("src")).startswith("data:image/webp;base64,")
    return image


def test_the_answer_is_framed_on_its_page(visit: Visit) -> None:
    """Two of the eleven words of the line are in the frame, in view, and in the alternative text."""
    image = opened(visit)
    ink = image.evaluate(INK)
    assert ink["line"] == ink["all"] > 0
    assert 0.1 < ink["inside"] / ink["line"] < 0.25
    frame = visit.page.locator("#reader .paper i")
    expect(frame).to_be_in_viewport(ratio=1)
    assert violations(visit) == []
    paper = visit.page.get_by_role("region", name="Page 2 of 2, picture")
    paper.focus()
    before = paper.evaluate("(paper) => paper.scrollTop")
    visit.page.keyboard.press("Home")
    visit.page.wait_for_function(
        "(before) => document.querySelector('.paper').scrollTop < before", arg=before
    )


def test_the_next_evidence_has_its_picture_too_until_the_fold_is_closed(visit: Visit) -> None:
    """A text has none; going back draws the page again; a closed fold stays closed."""
    opened(visit)
    visit.ask(EXAMPLES[0])
    expect(visit.page.locator("#reader .source")).to_have_text("lighthouse.txt")
    expect(visit.page.locator("#reader .page-picture")).to_have_count(0)
    visit.page.locator(".turn").first.locator(".from button").first.click()
    visit.page.locator("#reader .paper i").wait_for()
    visit.page.get_by_text("View the page").click()
    visit.page.locator(".turn").nth(1).locator(".from button").first.click()
    expect(visit.page.locator("#reader .source")).to_have_text("lighthouse.txt")
    visit.page.locator(".turn").first.locator(".from button").first.click()
    expect(visit.page.locator("#reader .page-picture")).to_have_count(1)
    expect(visit.page.locator("#reader .page-picture")).not_to_have_attribute("open", "")


@pytest.mark.parametrize("media", ["print", "forced"])
def test_the_frame_stays_on_paper_and_in_forced_colours(visit: Visit, media: str) -> None:
    """Its border has a different colour from the page, and the whole picture is printed."""
    opened(visit)
    if media == "print":
        visit.page.emulate_media(media="print")
    else:
        visit.page.emulate_media(forced_colors="active")
    style = visit.page.locator("#reader .paper i").evaluate("(frame) => ({...getComputedStyle(frame)})")
    assert style["borderTopStyle"] == "solid"
    assert float(style["borderTopWidth"].removesuffix("px")) >= 2
    assert style["borderTopColor"] not in ("rgb(255, 255, 255)", "rgb(0, 0, 0)")
    if media == "print":
        heights = visit.page.locator("#reader .paper").evaluate(
            "(one) => [one.clientHeight, one.scrollHeight]"
        )
        assert heights[0] == heights[1] > 500


SIZES = "(one) => [one.scrollWidth, one.clientWidth, one.querySelector('img').naturalWidth]"
"""The widths of the picture, its box and the drawing."""


@pytest.mark.parametrize("width", [390, 1280])
def test_the_picture_fits_its_box_and_can_be_shown_at_full_size(visit: Visit, width: int) -> None:
    """By keyboard and by clicking on it. At full size it scrolls in its own box, to the frame."""
    page, is_narrow = visit.page, width < 900
    page.set_viewport_size({"width": width, "height": 844})
    if is_narrow:
        page.locator("#side-toggle").click()
    visit.upload(("minutes.pdf", MINUTES))
    if is_narrow:
        page.keyboard.press("Escape")
    visit.ask(QUESTION)
    page.locator(".from button").first.click()
    page.get_by_text("View the page").click()
    paper, frame = page.locator("#reader .paper"), page.locator("#reader .paper i")
    expect(frame).to_be_in_viewport(ratio=1)
    shown, room, drawn = paper.evaluate(SIZES)
    assert shown == room < drawn
    button = page.get_by_role("button", name="Full size")
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "true")
    assert paper.evaluate(SIZES) == [drawn, room, drawn]
    expect(frame).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert violations(visit) == []
    page.locator("#reader .paper img").click()
    expect(button).to_have_attribute("aria-pressed", "false")
    assert paper.evaluate(SIZES) == [room, room, drawn]


def test_a_quotation_over_a_page_break_is_framed_on_both_pages(visit: Visit) -> None:
    """One below the other, both frames in view and described; the hidden panel keeps no copy."""
    page = visit.page
    lines = (
        [(50, 700, 12, "Minutes."), (50, 60, 12, "The crane of Brekkvik was repaired in the spring, after")],
        [(50, 740, 12, "the great storm, by Olav Dahl and his sons."), (50, 700, 12, "The bell was sold.")],
    )
    visit.upload(("storm.pdf", pdf(lines)))
    visit.ask("Was the crane of Brekkvik repaired by Olav Dahl?")
    page.get_by_text("View the page").click()
    page.get_by_role("img", name="Page 1 of 2 of storm.pdf. Framed: The crane of Brekkvik").wait_for()
    page.get_by_role("img", name="Page 2 of 2 of storm.pdf. Framed: the great storm").wait_for()
    page.get_by_role("region", name="Pages 1 to 2 of 2, picture").wait_for()
    frames = page.locator("#reader .paper i")
    expect(frames).to_have_count(2)
    for frame in frames.all():
        expect(frame).to_be_in_viewport(ratio=1)
    assert violations(visit) == []
    expect(page.locator("#picture img")).to_have_count(0)
    page.get_by_text("View the page").click()
    page.get_by_text("View the page").click()
    expect(frames).to_have_count(2)
    expect(frames.first).to_be_in_viewport(ratio=1)
