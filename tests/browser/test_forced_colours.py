"""Forced colours, as in contrast themes: states that colours distinguish elsewhere still look different."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, expect

from tests.browser.conftest import EXAMPLES, WAFFLES, Visit

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from playwright.sync_api import FloatRect

GUESSED = "How many boats did the harbour have?"


def dots(part: Locator, margin: int = 0) -> NDArray[np.uint8]:
    """A screenshot of an element with a margin around it, (height, width, 3)."""
    part.scroll_into_view_if_needed()
    box = part.evaluate("(one) => one.getClientRects()[0].toJSON()")  # for a mark, its first line
    area: FloatRect = {
        "x": max(0.0, box["x"] - margin),
        "y": max(0.0, box["y"] - margin),
        "width": box["width"] + 2 * margin,
        "height": box["height"] + 2 * margin,
    }
    data = part.page.screenshot(clip=area, animations="disabled")
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def ground(part: Locator, margin: int = 0) -> tuple[tuple[int, ...], int]:
    """The most frequent colour of an element, and the number of pixels with other colours."""
    colours, counts = np.unique(dots(part, margin).reshape(-1, 3), axis=0, return_counts=True)
    most = int(counts.argmax())
    return tuple(map(int, colours[most])), int(counts.sum() - counts[most])


def changed(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> int:
    """The number of pixels that differ."""
    assert one.shape == other.shape
    return int((one != other).any(axis=2).sum())


@pytest.fixture(params=["light", "dark"])
def forced(request: pytest.FixtureRequest, open_visit: Callable[[str], Visit], address: str) -> Visit:
    scheme: Literal["light", "dark"] = request.param
    visit = open_visit(address)
    visit.page.emulate_media(color_scheme=scheme, forced_colors="active", reduced_motion="reduce")
    assert visit.page.evaluate("matchMedia('(forced-colors: active)').matches")
    return visit


def test_marks_and_outcomes_look_different(forced: Visit) -> None:
    """Answer, sentence and text have different backgrounds, and so have the frames of the outcomes."""
    page = forced.page
    forced.ask(EXAMPLES[0])
    answer = page.locator("#reader mark.answer").first
    expect(answer).to_be_in_viewport()
    sentence = page.locator("#reader mark.sentence:not(.answer)").last
    grounds = {ground(one)[0] for one in (answer, sentence, page.locator("#reader .head"))}
    assert len(grounds) == 3
    expect(page.locator("#reader .ticks .marked").first).to_be_attached()
    assert ground(page.locator("#reader .ticks .marked").first, margin=3)[1] > 20
    forced.ask(GUESSED)
    forced.ask(WAFFLES)
    replies = page.locator(".reply")
    expect(replies).to_have_count(3)
    frame = """(one) => {
        const {borderTopWidth, borderTopStyle} = getComputedStyle(one);
        return parseFloat(borderTopWidth) ? borderTopStyle : '';
    }"""
    frames = [replies.nth(number).evaluate(frame) for number in range(3)]
    assert frames == ["solid", "dashed", ""]
    assert ground(page.locator(".question").last, margin=3)[1] > 500  # it has a frame


def test_selected_pressed_and_finished_states_are_visible(forced: Visit) -> None:
    """Checkboxes, the slider, a verdict, a half-full progress bar, and the arrows of folds."""
    page = forced.page
    first, second = (page.get_by_role("checkbox").nth(number) for number in range(2))
    second.uncheck()
    page.mouse.move(640, 450)
    assert changed(dots(first), dots(second)) > 30
    slider = page.get_by_role("slider", name="How sure must it be?")
    low = dots(slider)
    slider.press("End")
    page.locator("body").click(position={"x": 640, "y": 5})
    assert changed(dots(slider), low) > 100
    forced.ask(EXAMPLES[0])
    right, wrong = (page.get_by_role("button", name=name, exact=True) for name in ("Right", "Wrong"))
    right.click()
    page.locator("[aria-pressed=true]").wait_for()
    assert ground(right)[0] != ground(wrong)[0]
    bar = "<ul class=uploads><li><progress max=100 value=50></progress></li></ul>"
    page.locator("#uploads .html-container > div").evaluate("(panel, bar) => { panel.innerHTML = bar; }", bar)
    drawn = dots(page.locator("#uploads progress"))
    middle = drawn[len(drawn) // 2]
    assert (middle[len(middle) // 4] != middle[3 * len(middle) // 4]).any()
    for fold in (page.locator("#paste > button"), page.locator("#limits summary")):
        arrow = dots(fold)[:, :14]
        assert (arrow != arrow[0, 0]).any(axis=2).sum() > 5


def test_the_focus_is_visible_on_every_kind_of_control(forced: Visit) -> None:
    """A ring of more than a hundred pixels, also on pressed and checked controls."""
    page = forced.page
    forced.ask(EXAMPLES[0])
    page.get_by_role("button", name="Right", exact=True).click()
    page.locator("[aria-pressed=true]").wait_for()
    controls = (
        page.get_by_role("checkbox").first,
        page.get_by_role("slider", name="How sure must it be?"),
        page.get_by_role("button", name="Save as Markdown"),
        page.get_by_role("button", name="Right", exact=True),
        page.get_by_role("button", name="Show in the text"),
        page.locator("#conversation summary").first,
        page.get_by_role("searchbox", name="Search in the text"),
    )
    for control in controls:
        page.evaluate("document.activeElement.blur()")
        before = dots(control, margin=5)
        page.keyboard.press("Tab")  # from now on, the focus is shown as for keyboard use
        control.focus()
        after = dots(control, margin=5)
        assert changed(before, after) > 100, control
